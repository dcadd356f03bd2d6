#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- registry --------------------------------------------------------------------------------------------------- */
#define RHEO_PLOT_KIND(name) extern const RheoPlotKind rheo_plot_##name;
#include "plot-registry.h"
#undef RHEO_PLOT_KIND

#define RHEO_PLOT_KIND(name) &rheo_plot_##name.base,
static const RheoComponent *const kinds[] = {
#include "plot-registry.h"
  NULL,
};
#undef RHEO_PLOT_KIND

const RheoComponent *const *
rheo_plot_kinds (void)
{
  return kinds;
}

const RheoPlotKind *
rheo_plot_kind_find (const char *id, GError **error)
{
  return (const RheoPlotKind *) rheo_component_find_in (kinds, RHEO_KIND_PLOT, id, error);
}

/* --- specs ------------------------------------------------------------------------------------------------------ */
/* What a spec and its copies in other threads work out once for all. */
typedef struct
{
  gatomicrefcount refs;
  GMutex lock;
  const RheoPlotKind *kind;
  void *prepared;
} Shared;

static void
release (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->refs))
    return;
  if (shared->prepared != NULL && shared->kind->release != NULL)
    shared->kind->release (shared->prepared);
  g_mutex_clear (&shared->lock);
  g_free (shared);
}

static void
forget (RheoPlotSpec *spec)
{
  if (spec->shared != NULL)
    release (spec->shared);
  else if (spec->prepared != NULL && spec->kind->release != NULL)
    spec->kind->release (spec->prepared);
  spec->prepared = spec->shared = NULL;
}

RheoPlotSpec *
rheo_plot_spec_new (const RheoPlotKind *kind)
{
  RheoPlotSpec *spec = g_new0 (RheoPlotSpec, 1);

  spec->kind = kind;
  spec->zoom = spec->font_scale = 1;
  spec->picked = -1;
  spec->unit = spec->point = -1;
  spec->moment = -1;
  if (kind != NULL && kind->base.config_size > 0)
    {
      spec->values = g_malloc0 (kind->base.config_size);
      rheo_params_reset (kind->base.params, spec->values);
    }
  return spec;
}

RheoPlotSpec *
rheo_plot_spec_dup (const RheoPlotSpec *spec)
{
  RheoPlotSpec *copy = g_memdup2 (spec, sizeof *spec);

  if (spec->values != NULL)
    copy->values = g_memdup2 (spec->values, spec->kind->base.config_size);
  for (int i = 0; i < copy->n_bindings; i++)
    rheo_table_ref (copy->binding[i].table);
  if (copy->places != NULL)
    rheo_plot_places_ref (copy->places);
  copy->prepared = NULL;
  if (spec->shared != NULL)
    g_atomic_ref_count_inc (&((Shared *) spec->shared)->refs);
  return copy;
}

void
rheo_plot_spec_free (RheoPlotSpec *spec)
{
  if (spec == NULL)
    return;
  forget (spec);
  for (int i = 0; i < spec->n_bindings; i++)
    rheo_table_unref (spec->binding[i].table);
  rheo_plot_places_unref (spec->places);
  g_free (spec->values);
  g_free (spec);
}

void
rheo_plot_set_places (RheoPlotSpec *spec, RheoPlotPlaces *places)
{
  if (spec->kind == NULL || spec->kind->places == NULL || places == spec->places)
    return;
  forget (spec);
  rheo_plot_places_unref (spec->places);
  spec->places = places != NULL ? rheo_plot_places_ref (places) : NULL;
}

RheoPlotPlaces *
rheo_plot_dup_places (const RheoPlotSpec *spec)
{
  RheoPlotPlaces *places =
      spec->kind != NULL && spec->kind->places != NULL && rheo_plot_has_data (spec) ? spec->kind->places (spec) : NULL;

  return places != NULL ? rheo_plot_places_ref (places) : NULL;
}

gboolean
rheo_plot_get_slide (const RheoPlotSpec *spec, RheoPlotSlide *slide)
{
  return spec->kind != NULL && spec->kind->slide != NULL && rheo_plot_has_data (spec)
         && spec->kind->slide (spec, slide);
}

void *
rheo_plot_get_prepared (const RheoPlotSpec *spec)
{
  RheoPlotSpec *own = (RheoPlotSpec *) spec; /* a cache: the spec means the same with and without it */
  Shared *shared = spec->shared;

  if (own->prepared != NULL || spec->kind->prepare == NULL)
    return own->prepared;
  if (shared == NULL)
    return own->prepared = spec->kind->prepare (spec);
  g_mutex_lock (&shared->lock);
  if (shared->prepared == NULL)
    shared->prepared = spec->kind->prepare (spec);
  own->prepared = shared->prepared;
  g_mutex_unlock (&shared->lock);
  return own->prepared;
}

void
rheo_plot_share (RheoPlotSpec *spec)
{
  Shared *shared;

  /* Kinds in space keep there what they have drawn last. */
  if (spec->shared != NULL || spec->kind == NULL || spec->kind->prepare == NULL || spec->kind->cloud != NULL)
    return;
  shared = g_new0 (Shared, 1);
  g_atomic_ref_count_init (&shared->refs);
  g_mutex_init (&shared->lock);
  shared->kind = spec->kind;
  shared->prepared = spec->prepared;
  spec->shared = shared;
}

void
rheo_plot_prepare (RheoPlotSpec *spec)
{
  rheo_plot_share (spec);
  if (rheo_plot_has_data (spec))
    rheo_plot_get_prepared (spec);
}

/* --- binding ---------------------------------------------------------------------------------------------------- */
static gboolean
words_fit (const char *wanted, const RheoColumn *column)
{
  g_auto (GStrv) want = g_strsplit (wanted, " ", -1);
  g_auto (GStrv) have = g_strsplit (column->axes != NULL ? column->axes : "", " ", -1);
  guint n = g_strv_length (want);

  if (n != (guint) column->n_dims)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (strcmp (want[i], "*") != 0 && (i >= g_strv_length (have) || strcmp (want[i], have[i]) != 0))
      return FALSE;
  return TRUE;
}

static gboolean
axes_fit (const char *axes, const RheoColumn *column)
{
  g_auto (GStrv) choices = NULL;

  if (strcmp (axes, "...") == 0)
    return TRUE;
  choices = g_strsplit (axes, "|", -1);
  for (int i = 0; choices[i] != NULL; i++)
    if (words_fit (g_strstrip (choices[i]), column))
      return TRUE;
  return FALSE;
}

/* "2 or 3 dimensions", "(time unit) or (trial time unit)". */
static char *
describe (const char *axes)
{
  g_auto (GStrv) choices = g_strsplit (axes, "|", -1);
  GString *s = g_string_new (NULL);

  for (int i = 0; choices[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (choices[i], " ", -1);
      int n = (int) g_strv_length (words), n_any = 0;

      for (int k = 0; k < n; k++)
        n_any += strcmp (words[k], "*") == 0;
      if (i > 0)
        g_string_append (s, _ (" or "));
      if (n_any == n)
        g_string_append_printf (s, g_dngettext (GETTEXT_PACKAGE, "%d dimension", "%d dimensions", (gulong) n), n);
      else
        g_string_append_printf (s, "(%s)", choices[i]);
    }
  return g_string_free (s, FALSE);
}

gboolean
rheo_plot_bind (RheoPlotSpec *spec, const char *role, RheoTable *table, const char *key, const char *label,
                GError **error)
{
  const RheoPlotRole *r = spec->kind != NULL ? spec->kind->roles : NULL;
  const RheoColumn *column;
  RheoPlotBinding *b;

  if (r == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("No plot is chosen."));
  while (r->key != NULL && g_strcmp0 (r->key, role) != 0)
    r++;
  if (r->key == NULL)
    {
      g_autoptr (GString) all = g_string_new (NULL);

      for (r = spec->kind->roles; r->key != NULL; r++)
        g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", r->key);
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The plot \"%s\" has no role \"%s\". It has: %s."),
                        spec->kind->base.id, role != NULL ? role : "", all->str);
    }
  column = table != NULL && key != NULL ? rheo_table_find (table, key) : NULL;
  if (column == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no column \"%s\" for the role \"%s\"."),
                      key != NULL ? key : "", role);
  if (!axes_fit (r->axes, column))
    {
      g_autofree char *want = describe (r->axes);

      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The role \"%s\" wants a column of %s. \"%s\" has (%s)."), role,
                        want, key, column->axes != NULL ? column->axes : "");
    }
  if (!r->many && rheo_plot_count (spec, role) > 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The role \"%s\" takes one column and has one."), role);
  if (spec->n_bindings == RHEO_PLOT_MAX_COLUMNS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A plot takes at most %d columns."), RHEO_PLOT_MAX_COLUMNS);
  forget (spec);
  b = &spec->binding[spec->n_bindings++];
  *b = (RheoPlotBinding){ .role = r->key, .table = rheo_table_ref (table), .column = column, .style = -1 };
  b->label = label != NULL ? g_intern_string (label) : NULL;
  return TRUE;
}

gboolean
rheo_plot_set (RheoPlotSpec *spec, const char *key, const char *text, GError **error)
{
  const RheoParam *row;
  void *at;

  if (spec->kind == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("No plot is chosen."));
  row = rheo_params_find (spec->kind->base.params, spec->values, key, NULL, &at, error);
  if (row == NULL || !rheo_param_set_text (row, at, text, key, error))
    return FALSE;
  forget (spec);
  return TRUE;
}

gboolean
rheo_plot_check (const RheoPlotSpec *spec, GError **error)
{
  if (spec == NULL || spec->kind == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("No plot is chosen."));
  for (const RheoPlotRole *r = spec->kind->roles; r->key != NULL; r++)
    if (r->required && rheo_plot_count (spec, r->key) == 0)
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The plot \"%s\" needs a column for %s."), spec->kind->base.title,
                        r->label);
  if (spec->kind->base.check != NULL && !spec->kind->base.check (spec->values, error))
    return FALSE;
  return spec->kind->check == NULL || spec->kind->check (spec, error);
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPlotCanvas *canvas;
  const RheoPlotSpec *spec;
  RheoPanel panel; /* of kinds with one frame; outer is what the title row leaves */
  RheoPlotAxis colour;
  char *message; /* instead of data */
} Scene;

static gboolean
has_data (const RheoPlotSpec *spec)
{
  gboolean any = FALSE;

  for (int i = 0; i < spec->n_bindings; i++)
    any = any || rheo_column_get_length (spec->binding[i].column) > 0;
  for (const RheoPlotRole *r = spec->kind->roles; r->key != NULL && any; r++)
    {
      int n = rheo_plot_count (spec, r->key);
      gboolean filled = !r->required;

      for (int i = 0; i < n; i++)
        filled = filled || rheo_column_get_length (rheo_plot_find (spec, r->key, i)->column) > 0;
      any = filled;
    }
  return any;
}

static void
settle (RheoPlotAxis *axis, const RheoPlotAxis *wanted)
{
  gboolean open = wanted->lo == 0 && wanted->hi == 0;

  axis->log = axis->log || wanted->log;
  axis->whole = axis->whole || wanted->whole;
  if (wanted->label != NULL)
    axis->label = wanted->label;
  if (wanted->unit != NULL)
    axis->unit = wanted->unit;
  if (!open)
    {
      axis->lo = wanted->lo;
      axis->hi = wanted->hi;
    }
  /* Limits that nothing can be drawn in: not finite, empty, or not positive on a log axis. */
  if (!isfinite (axis->lo) || !isfinite (axis->hi) || axis->lo == axis->hi
      || (axis->log && (axis->lo <= 0 || axis->hi <= 0)))
    rheo_plot_axis_nice (axis);
}

static int
entries_of (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  int n = spec->kind->legend != NULL ? spec->kind->legend (spec, entries) : 0;

  for (int i = 0; i < n; i++)
    rheo_plot_entry_show (spec, entries, i);
  return n;
}

const char *
rheo_plot_get_title (const RheoPlotSpec *spec)
{
  if (spec->title != NULL)
    return spec->title;
  return spec->kind->title != NULL ? spec->kind->title (spec) : _ (spec->kind->base.title);
}

char *
rheo_plot_dup_subtitle (const RheoPlotSpec *spec)
{
  const char *given = spec->subtitle != NULL ? spec->subtitle : "";
  g_autofree char *part = spec->kind != NULL && spec->kind->part != NULL ? spec->kind->part (spec) : NULL;

  return g_strdup_printf ("%s%s%s", given, *given != '\0' && part != NULL ? " · " : "", part != NULL ? part : "");
}

#define MOST_HEAD 0.35 /* of the height */

/* Title, legend and subtitle on one line, as long as they fit, then on more. Gives the height they take. */
static double
title_row (Scene *s, double width, gboolean draw)
{
  RheoPlotCanvas *c = s->canvas;
  const RheoPlotSpec *spec = s->spec;
  const RheoPlotTheme *theme = c->theme;
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  gboolean has_title = spec->title != NULL && *spec->title != '\0' && !(c->drop & RHEO_DROP_AXES);
  g_autofree char *whole = rheo_plot_dup_subtitle (spec);
  gboolean has_subtitle = *whole != '\0' && !(c->drop & RHEO_DROP_SUBTITLE);
  int n = c->drop & RHEO_DROP_LEGEND ? 0 : entries_of (spec, entry);
  double row = rheo_plot_text_height (c, has_title ? RHEO_TEXT_TITLE : RHEO_TEXT_TICK);
  double x = 0, y = 0, space = 2 * theme->gap;

  if (spec->no_head || (!has_title && !has_subtitle && n == 0))
    return 0;
  if (has_title)
    {
      g_autofree char *title = rheo_plot_text_fit (c, RHEO_TEXT_TITLE, spec->title, width);

      if (draw)
        rheo_plot_text (c, RHEO_TEXT_TITLE, theme->text, s->panel.outer.x, y + row / 2 + s->panel.outer.y, 0, 0.5,
                        title);
      rheo_plot_text_size (c, RHEO_TEXT_TITLE, title, &x, NULL);
      x += space;
    }
  for (int i = 0; i < n; i++)
    {
      double w, step;

      rheo_plot_text_size (c, RHEO_TEXT_TICK, entry[i].label, &w, NULL);
      step = rheo_plot_sample (&(RheoPlotCanvas){ .theme = theme, .font_scale = c->font_scale }, &entry[i], 0, 0);
      if (x > 0 && x + step + w > width)
        {
          x = 0;
          y += row;
          row = rheo_plot_text_height (c, RHEO_TEXT_TICK);
        }
      if (draw)
        rheo_plot_legend_row (c, &entry[i], s->panel.outer.x + x, s->panel.outer.y + y + row / 2);
      x += step + w + space;
    }
  if (has_subtitle)
    {
      double w;
      g_autofree char *subtitle = rheo_plot_text_fit (c, RHEO_TEXT_NAME, whole, width);

      rheo_plot_text_size (c, RHEO_TEXT_NAME, subtitle, &w, NULL);
      if (x > 0 && x + w > width)
        {
          x = 0;
          y += row;
          row = rheo_plot_text_height (c, RHEO_TEXT_NAME);
        }
      if (draw)
        rheo_plot_text (c, RHEO_TEXT_NAME, theme->dim, s->panel.outer.x + x, s->panel.outer.y + y + row / 2, 0, 0.5,
                        subtitle);
    }
  return y + row + theme->gap;
}

static void
scene_init (Scene *s, const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width, double height)
{
  g_autoptr (GError) error = NULL;
  RheoPlotAxis x, y;
  double pad = canvas->drop & RHEO_DROP_AXES ? 1 : canvas->theme->gap;
  double head;

  memset (s, 0, sizeof *s);
  s->spec = spec;
  s->canvas = canvas;
  s->panel.outer = (RheoRect){ pad, pad, MAX (width - 2 * pad, 1), MAX (height - 2 * pad, 1) };
  if (!rheo_plot_check (spec, &error))
    {
      /* Whoever waits for data knows more about why there are none. */
      s->message =
          g_strdup (spec != NULL && spec->n_bindings == 0 && spec->empty != NULL ? spec->empty : error->message);
      return;
    }
  if (!has_data (spec))
    {
      s->message = g_strdup (spec->empty != NULL ? spec->empty : _ ("No data yet"));
      return;
    }
  x = y = s->colour = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY };
  if (spec->kind->range != NULL)
    spec->kind->range (spec, &x, &y, &s->colour);
  settle (&x, &spec->x);
  settle (&y, &spec->y);
  settle (&s->colour, &spec->colour);
  s->panel.x = x;
  s->panel.y = y;
  s->panel.equal = spec->kind->equal_scale;
  s->panel.dense = spec->kind->dense;
  head = title_row (s, s->panel.outer.width, FALSE);
  /* Words leave room for the data. */
  for (unsigned drop = RHEO_DROP_LEGEND; head > MOST_HEAD * height && drop <= RHEO_DROP_SUBTITLE; drop <<= 1)
    {
      canvas->drop |= drop;
      head = title_row (s, s->panel.outer.width, FALSE);
    }
  s->panel.outer.y += head;
  s->panel.outer.height = MAX (s->panel.outer.height - head, 1);
  if (spec->kind->own_axes)
    {
      s->panel.area = s->panel.outer;
      return;
    }
  if (spec->kind->side != NULL && !(canvas->drop & RHEO_DROP_NAMES))
    s->panel.side = spec->kind->side (spec, canvas);
  rheo_panel_layout (canvas, &s->panel);
}

void
rheo_plot_message (RheoPlotCanvas *canvas, const char *message, double width, double height)
{
  double w, room = MAX (width - 2 * canvas->theme->gap, 1);
  g_autofree char *text = NULL;

  rheo_plot_text_size (canvas, RHEO_TEXT_NAME, message, &w, NULL);
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_CENTER);
  if (w > room)
    {
      /* One line becomes several rather than being cut. */
      pango_layout_set_width (canvas->layout, (int) (room * PANGO_SCALE));
      pango_layout_set_wrap (canvas->layout, PANGO_WRAP_WORD_CHAR);
      rheo_plot_text (canvas, RHEO_TEXT_NAME, canvas->theme->dim, canvas->theme->gap, height / 2, 0, 0.5, message);
      pango_layout_set_width (canvas->layout, -1);
    }
  else
    rheo_plot_text (canvas, RHEO_TEXT_NAME, canvas->theme->dim, width / 2, height / 2, 0.5, 0.5, message);
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_LEFT);
}

void
rheo_plot_draw (const RheoPlotSpec *spec, cairo_t *cr, double width, double height)
{
  rheo_plot_draw_hits (spec, cr, width, height, NULL);
}

void
rheo_plot_draw_hits (const RheoPlotSpec *spec, cairo_t *cr, double width, double height, GArray *hits)
{
  RheoPlotCanvas canvas;
  Scene s;
  const RheoPlotKind *kind;

  if (!(width >= 1) || !(height >= 1))
    return;
  cairo_save (cr);
  rheo_plot_canvas_init (&canvas, spec, cr, width, height);
  canvas.hits = hits;
  scene_init (&s, spec, &canvas, width, height);
  if (s.message != NULL)
    rheo_plot_message (&canvas, s.message, width, height);
  else
    {
      RheoRect outer = s.panel.outer;

      kind = spec->kind;
      s.panel.outer.y = canvas.drop & RHEO_DROP_AXES ? 1 : canvas.theme->gap;
      title_row (&s, outer.width, TRUE);
      s.panel.outer = outer;
      if (kind->own_axes)
        kind->draw (spec, &canvas, &s.panel.area, &s.panel.x, &s.panel.y);
      else
        {
          rheo_panel_draw_grid (&canvas, &s.panel);
          cairo_save (cr);
          rheo_plot_clip (&canvas, &s.panel.area, kind->dense ? 0 : canvas.theme->marker);
          kind->draw (spec, &canvas, &s.panel.area, &s.panel.x, &s.panel.y);
          cairo_restore (cr);
          rheo_panel_draw_frame (&canvas, &s.panel);
        }
      if (kind->draw_over != NULL)
        kind->draw_over (spec, &canvas, &s.panel.area, &s.panel.x, &s.panel.y);
    }
  g_free (s.message);
  rheo_plot_canvas_release (&canvas);
  cairo_restore (cr);
}

/* Measures only. Calls back with the scene when there are data. */
typedef void (*SceneFunc) (const Scene *s, gpointer data);

static void
with_scene (const RheoPlotSpec *spec, double width, double height, SceneFunc func, gpointer data)
{
  RheoPlotCanvas canvas;
  Scene s;

  rheo_plot_canvas_init (&canvas, spec, NULL, width, height);
  scene_init (&s, spec, &canvas, width, height);
  if (s.message == NULL)
    func (&s, data);
  g_free (s.message);
  rheo_plot_canvas_release (&canvas);
}

static void
get_height (const Scene *s, gpointer data)
{
  if (s->spec->kind->height != NULL)
    *(double *) data = ceil (s->spec->kind->height (s->spec, s->canvas, s->panel.area.width) + s->panel.area.y
                             + s->canvas->theme->gap);
}

double
rheo_plot_height (const RheoPlotSpec *spec, double width)
{
  double height = 0;

  with_scene (spec, width, width, get_height, &height);
  return height;
}

static void
get_panel (const Scene *s, gpointer data)
{
  *(RheoPanel *) data = s->panel;
}

void
rheo_plot_layout (const RheoPlotSpec *spec, double width, double height, RheoRect *area, RheoPlotAxis *x,
                  RheoPlotAxis *y)
{
  RheoPanel panel = { .area = { 0, 0, width, height } };

  with_scene (spec, width, height, get_panel, &panel);
  *area = panel.area;
  *x = panel.x;
  *y = panel.y;
}

typedef struct
{
  RheoPlotPanel *panels;
  int n;
} Panels;

static void
get_panels (const Scene *s, gpointer data)
{
  Panels *out = data;
  const RheoPanel *one = &s->panel;

  if (s->spec->kind->panels != NULL)
    out->n = s->spec->kind->panels (s->spec, s->canvas, &one->area, &one->x, &one->y, out->panels);
  else if (!s->spec->kind->own_axes)
    {
      gboolean plane = s->panel.equal || s->spec->kind->plane;

      out->panels[out->n++] = (RheoPlotPanel){ .area = one->area, .x = one->x, .y = one->y, .plane = plane };
    }
}

int
rheo_plot_panels (const RheoPlotSpec *spec, double width, double height, RheoPlotPanel *panels)
{
  Panels out = { panels, 0 };

  if (width >= 1 && height >= 1)
    with_scene (spec, width, height, get_panels, &out);
  return out.n;
}

gboolean
rheo_plot_leaves_cloud (const RheoPlotSpec *spec)
{
  return spec->cloud_from > 0 && spec->kind->count != NULL && spec->kind->count (spec) >= spec->cloud_from;
}

typedef struct
{
  RheoCloud *cloud;
  RheoCloudLook *look;
} CloudOut;

static void
get_cloud (const Scene *s, gpointer data)
{
  const RheoPanel *one = &s->panel;
  CloudOut *out = data;

  if (rheo_plot_leaves_cloud (s->spec))
    out->cloud = rheo_cloud_ref (s->spec->kind->cloud (s->spec, s->canvas, &one->area, &one->x, &one->y, out->look));
}

RheoCloud *
rheo_plot_dup_cloud (const RheoPlotSpec *spec, double width, double height, RheoCloudLook *look)
{
  CloudOut out = { NULL, look };

  if (width >= 1 && height >= 1)
    with_scene (spec, width, height, get_cloud, &out);
  return out.cloud;
}

gboolean
rheo_plot_has_data (const RheoPlotSpec *spec)
{
  return rheo_plot_check (spec, NULL) && has_data (spec);
}

int
rheo_plot_count_moments (const RheoPlotSpec *spec, double *ms)
{
  return spec->kind != NULL && spec->kind->moments != NULL && rheo_plot_has_data (spec) ? spec->kind->moments (spec, ms)
                                                                                        : 0;
}

int
rheo_plot_entries (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  return rheo_plot_has_data (spec) ? entries_of (spec, entries) : 0;
}

/* What was cut off in the middle of a letter ends before it. */
static void
end_text (char *text)
{
  const char *end;

  if (!g_utf8_validate (text, -1, &end))
    text[end - text] = '\0';
}

static const RheoPlotPick nothing = { .binding = -1, .entry = -1, .unit = -1 };

gboolean
rheo_plot_read (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *pick)
{
  gboolean found;

  *pick = nothing;
  found = spec->kind != NULL && spec->kind->read != NULL && rheo_plot_has_data (spec)
          && spec->kind->read (spec, x, at, pick);
  end_text (pick->text);
  return found;
}

typedef struct
{
  double x, y;
  RheoPlotPick *pick;
} Pointer;

static void
get_pick (const Scene *s, gpointer data)
{
  const Pointer *at = data;
  const RheoPanel *one = &s->panel;

  if (s->spec->kind->pick != NULL)
    s->spec->kind->pick (s->spec, s->canvas, &one->area, &one->x, &one->y, at->x, at->y, at->pick);
  end_text (at->pick->text);
}

void
rheo_plot_pick (const RheoPlotSpec *spec, double width, double height, double px, double py, RheoPlotPick *pick)
{
  Pointer at = { px, py, pick };

  *pick = nothing;
  with_scene (spec, width, height, get_pick, &at);
}
