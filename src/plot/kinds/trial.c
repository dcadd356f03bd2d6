#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

typedef struct
{
  const char *inputs, *targets;
  double step_ms;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, inputs, "inputs", .label = N_ ("Names of inputs"), .def_text = "",
               .help = N_ ("Separated by semicolons, in their order.")),
  RHEO_P_TEXT (Config, targets, "targets", .label = N_ ("Names of targets"), .def_text = "",
               .help = N_ ("Separated by semicolons, in their order.")),
  RHEO_P_REAL (Config, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 10,
               .help = N_ ("Length of a step, for an axis in milliseconds. 0: the axis counts steps.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "input", N_ ("inputs over time"), "time in", TRUE, FALSE },
  { "target", N_ ("targets over time"), "time out", FALSE, FALSE },
  { "weight", N_ ("weight of each step in the loss"), "time", FALSE, FALSE },
  { NULL },
};

#define N_PARTS 2

/* More signals than there are styles are shown as rows of a picture. */
typedef struct
{
  const RheoColumn *column;
  int binding;
  int64_t n_time;
  int n, first_style, first_entry;
  gboolean picture;
  RheoLimits limits;
  char name[RHEO_N_STYLES][48];
} Part;

typedef struct
{
  Part part[N_PARTS];
  int n;
  RheoVector weight; /* n 0: all steps count alike */
  double most;       /* weight */
} Prepared;

#define SHADE 3 /* of steps that do not count, over that of the part to come */

static void
add_part (const RheoPlotSpec *spec, Prepared *p, const char *role, const char *names, int first_style)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);
  g_auto (GStrv) words = g_strsplit (names, ";", -1);
  const int n_words = (int) g_strv_length (words);
  RheoLimits none = RHEO_NO_LIMITS;
  RheoVector all;
  Part *part = &p->part[p->n];

  if (b == NULL || b->column->dims[0] == 0 || b->column->dims[1] == 0)
    return;
  *part = (Part){ .column = b->column,
                  .binding = (int) (b - spec->binding),
                  .n_time = b->column->dims[0],
                  .n = (int) b->column->dims[1],
                  .first_style = first_style,
                  .first_entry = first_style,
                  .limits = none };
  part->picture = part->n > RHEO_N_STYLES;
  all = rheo_vector (b->column);
  rheo_vector_limits (&all, &part->limits);
  for (int k = 0; k < MIN (part->n, RHEO_N_STYLES); k++)
    if (k < n_words && *g_strstrip (words[k]) != '\0')
      g_strlcpy (part->name[k], words[k], sizeof part->name[k]);
    else if (part->n > 1)
      g_snprintf (part->name[k], sizeof part->name[k], "%d", k + 1);
  p->n++;
}

static void
take_weight (const RheoPlotSpec *spec, Prepared *p)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "weight", 0);
  RheoLimits limits = RHEO_NO_LIMITS;
  RheoVector all;

  if (b == NULL)
    return;
  all = rheo_vector (b->column);
  rheo_vector_limits (&all, &limits);
  if (!(limits.lo < limits.hi))
    return;
  p->weight = all;
  p->most = limits.hi;
}

/* 1: a step that does not count; 0: one that counts most. */
static double
get_shade (const Prepared *p, int64_t t)
{
  return t < p->weight.n && p->most > 0 ? 1 - MAX (rheo_vector_get (&p->weight, t), 0) / p->most : 0;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  Prepared *p = g_new0 (Prepared, 1);

  add_part (spec, p, "input", config->inputs, 0);
  add_part (spec, p, "target", config->targets, p->n > 0 && !p->part[0].picture ? p->part[0].n : 0);
  take_weight (spec, p);
  return p;
}

static double
step_of (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;

  return config->step_ms > 0 ? config->step_ms : 1;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  int64_t n_time = 1;

  for (int i = 0; i < p->n; i++)
    n_time = MAX (n_time, p->part[i].n_time);
  x->lo = 0;
  x->hi = (double) MAX (n_time - 1, 1) * step_of (spec);
  x->label = config->step_ms > 0 ? _ ("Time") : _ ("Time step");
  x->unit = config->step_ms > 0 ? "ms" : "";
  x->whole = config->step_ms == 0;
  y->lo = 0;
  y->hi = 1;
}

/* --- panels, inputs above targets ------------------------------------------------------------------------------------- */
static RheoPlotAxis
natural_y (const Part *part)
{
  RheoPlotAxis y = { .lo = part->limits.lo, .hi = part->limits.hi, .label = part->column->label };

  y.unit = *part->column->unit != '\0' ? part->column->unit : _ ("a.u.");
  if (part->picture)
    {
      y.lo = -0.5;
      y.hi = part->n - 0.5;
      y.whole = TRUE;
      y.unit = "";
      return y;
    }
  rheo_plot_axis_pad (&y, 0.03);
  rheo_plot_axis_nice (&y);
  return y;
}

/* Each panel has limits of its own. */
static RheoPlotAxis
y_axis (const RheoPlotSpec *spec, const Prepared *p, int i)
{
  const RheoPlotAxis y = natural_y (&p->part[i]);

  return rheo_plot_axis_limited (&y, i == 0 ? &spec->y : &spec->second);
}

static gboolean
is_hidden (const RheoPlotSpec *spec, const Part *part, int k)
{
  return rheo_plot_entry_hidden (spec, part->first_entry + k);
}

static double
widest_name (RheoPlotCanvas *canvas, const Prepared *p)
{
  double most = 0;

  for (int i = 0; i < p->n; i++)
    for (int k = 0; !p->part[i].picture && k < p->part[i].n; k++)
      {
        double w;

        rheo_plot_text_size (canvas, RHEO_TEXT_TICK, p->part[i].name[k], &w, NULL);
        most = MAX (most, w);
      }
  return most > 0 ? most + canvas->theme->gap + canvas->theme->marker + 2 : 0;
}

static void
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoRect *area,
             const RheoPlotAxis *x, RheoPanel *panels)
{
  const double gap = 2 * canvas->theme->gap, side = MIN (widest_name (canvas, p), area->width / 4);
  double foot, h, left = area->x, right = area->x + area->width;
  RheoPanel with = { .outer = *area, .x = *x, .y = y_axis (spec, p, 0) }, bare = with;

  bare.no_x_name = bare.no_x_labels = TRUE;
  rheo_panel_layout (canvas, &with);
  rheo_panel_layout (canvas, &bare);
  foot = bare.area.y + bare.area.height - with.area.y - with.area.height;
  h = MAX ((area->height - foot - (p->n - 1) * gap) / p->n, 1);
  for (int i = 0; i < p->n; i++)
    {
      const gboolean bottom = i == p->n - 1;

      panels[i] = (RheoPanel){ .x = *x, .y = y_axis (spec, p, i), .side = side, .dense = p->part[i].picture };
      panels[i].outer = (RheoRect){ area->x, area->y + i * (h + gap), area->width, h + (bottom ? foot : 0) };
      panels[i].no_x_name = panels[i].no_x_labels = !bottom;
      rheo_panel_layout (canvas, &panels[i]);
      left = MAX (left, panels[i].area.x);
      right = MIN (right, panels[i].area.x + panels[i].area.width);
    }
  /* One time axis: frames stand one above the other. */
  for (int i = 0; i < p->n; i++)
    {
      panels[i].area.x = left;
      panels[i].area.width = MAX (right - left, 1);
    }
}

static RheoVector
signal_of (const Part *part, int k)
{
  return rheo_vector_along (part->column, 0, (int64_t[]){ 0, k });
}

/* --- drawing ---------------------------------------------------------------------------------------------------------- */
static void
draw_lines (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Part *part, const RheoPanel *panel)
{
  const RheoRect *a = &panel->area;
  const double all = panel->outer.x + panel->outer.width - a->x;
  RheoLineEnd ends[RHEO_N_STYLES];
  RheoRoom room;
  gboolean all_shown = TRUE;
  int n_ends = 0;

  rheo_room_init (&room, &(RheoRect){ a->x, a->y - canvas->theme->gap, all, a->height + 2 * canvas->theme->gap });
  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, a, canvas->theme->line);
  for (int k = 0; k < part->n; k++)
    {
      g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
      RheoVector v = signal_of (part, k);
      const int style = part->first_style + k;

      all_shown = all_shown && !is_hidden (spec, part, k);
      if (is_hidden (spec, part, k))
        continue;
      rheo_plot_decimate (NULL, 0, step_of (spec), &v, &panel->x, &panel->y, a, canvas->vector ? 0 : 1 / canvas->pixel,
                          points);
      cairo_save (canvas->cr);
      rheo_plot_source (canvas, canvas->theme->series[(style + style / RHEO_N_STYLES) % RHEO_N_STYLES],
                        rheo_plot_entry_share (spec, part->first_entry + k));
      rheo_plot_theme_dash (canvas->theme, k, canvas->cr);
      rheo_plot_stroke (canvas, points, canvas->theme->line);
      cairo_restore (canvas->cr);
      for (guint i = 1; i < points->len; i++)
        {
          const RheoPoint *q = &g_array_index (points, RheoPoint, i - 1), *r = q + 1;

          rheo_room_take_line (&room, q->x, q->y, r->x, r->y);
        }
      if (points->len > 0 && part->name[k][0] != '\0')
        {
          const RheoPoint *last = &g_array_index (points, RheoPoint, points->len - 1);

          ends[n_ends] = (RheoLineEnd){ .order = part->first_entry + k, .x = last->x, .y = last->y };
          g_strlcpy (ends[n_ends++].text, part->name[k], sizeof ends->text);
        }
    }
  cairo_restore (canvas->cr);
  if (!(canvas->drop & RHEO_DROP_AXES) && (n_ends > 0 || !all_shown)
      && !(all_shown && rheo_plot_label_ends (canvas, &room, ends, n_ends)))
    {
      RheoPlotEntry entries[RHEO_N_STYLES];

      for (int k = 0; k < part->n; k++)
        {
          entries[k] = (RheoPlotEntry){ .style = part->first_style + k, .symbol = RHEO_SYMBOL_LINE };
          g_strlcpy (entries[k].label, part->name[k], sizeof entries[k].label);
          entries[k].entry = part->first_entry + k;
          entries[k].hidden = is_hidden (spec, part, k);
          entries[k].dull = rheo_plot_entry_share (spec, part->first_entry + k) < 1;
        }
      rheo_plot_label_legend (canvas, &room, entries, part->n);
    }
  rheo_room_clear (&room);
}

/* Each step reaches half a step to both sides. */
static void
draw_shade (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoPanel *panel)
{
  const RheoRect *a = &panel->area;
  const double step = step_of (spec);

  for (int64_t t = 0, end; t < p->weight.n; t = end)
    {
      const double shade = get_shade (p, t);
      double from, to;

      for (end = t + 1; end < p->weight.n && get_shade (p, end) == shade;)
        end++;
      from = rheo_plot_map (&panel->x, ((double) t - 0.5) * step, a->x, a->x + a->width);
      to = rheo_plot_map (&panel->x, ((double) end - 0.5) * step, a->x, a->x + a->width);
      from = rheo_plot_snap (canvas, CLAMP (from, a->x, a->x + a->width));
      to = rheo_plot_snap (canvas, CLAMP (to, a->x, a->x + a->width));
      if (shade <= 0 || to <= from)
        continue;
      rheo_plot_source (canvas, canvas->theme->text, shade * SHADE * canvas->theme->shade);
      cairo_rectangle (canvas->cr, from, a->y, to - from, a->height);
      cairo_fill (canvas->cr);
    }
}

static void
draw_picture (RheoPlotCanvas *canvas, const Part *part, const RheoPanel *panel)
{
  g_autofree RheoVector *signal = g_new (RheoVector, part->n);

  for (int k = 0; k < part->n; k++)
    signal[k] = signal_of (part, k);
  rheo_plot_signal_rows (canvas, &panel->area, signal, part->n, MAX (fabs (part->limits.lo), fabs (part->limits.hi)));
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[N_PARTS];

  make_panels (spec, canvas, p, area, x, panels);
  for (int i = 0; i < p->n; i++)
    {
      rheo_panel_draw_grid (canvas, &panels[i]);
      if (i == N_PARTS - 1)
        draw_shade (spec, canvas, p, &panels[i]);
      if (p->part[i].picture)
        draw_picture (canvas, &p->part[i], &panels[i]);
      else
        draw_lines (spec, canvas, &p->part[i], &panels[i]);
      rheo_panel_draw_frame (canvas, &panels[i]);
    }
}

static int
panels_of (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[N_PARTS];

  make_panels (spec, canvas, p, area, x, panels);
  for (int i = 0; i < p->n; i++)
    out[i] = (RheoPlotPanel){ .area = panels[i].area, .x = panels[i].x, .y = panels[i].y, .second = i == 1 };
  return p->n;
}

static gboolean
read_at (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int64_t t = (int64_t) CLAMP (round (at / step_of (spec)), 0, 1e9);
  g_autoptr (GString) text = g_string_new (NULL);
  char number[40];

  if (p->n == 0 || t >= p->part[0].n_time)
    return FALSE;
  out->binding = p->part[0].binding;
  out->index = t;
  out->x = (double) t * step_of (spec);
  g_string_printf (text, "%s %s:", x->label, rheo_plot_number_short (out->x, 6, number, sizeof number));
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->part[i].n && !p->part[i].picture; k++)
      {
        const RheoVector v = signal_of (&p->part[i], k);

        if (is_hidden (spec, &p->part[i], k) || t >= v.n)
          continue;
        g_string_append_printf (text, " %s %s;",
                                p->part[i].name[k][0] != '\0' ? p->part[i].name[k] : p->part[i].column->label,
                                rheo_plot_number_short (rheo_vector_get (&v, t), 4, number, sizeof number));
      }
  if (get_shade (p, t) == 1)
    g_string_append_printf (text, " %s;", _ ("does not count"));
  g_string_truncate (text, text->len - 1);
  g_strlcpy (out->text, text->str, sizeof out->text);
  return TRUE;
}

/* --- hover and numbers -------------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[N_PARTS];

  make_panels (spec, canvas, p, area, x, panels);
  for (int i = 0; i < p->n; i++)
    {
      const Part *part = &p->part[i];
      const RheoRect *a = &panels[i].area;
      const double at = rheo_plot_unmap (x, px, a->x, a->x + a->width) / step_of (spec);
      const int64_t t = (int64_t) CLAMP (round (at), 0, (double) part->n_time - 1);
      char number[40], name[48];
      double best = INFINITY;
      int found = 0;

      if (px < a->x - 4 || px > a->x + a->width + 4 || py < a->y - 4 || py > a->y + a->height + 4)
        continue;
      if (part->picture)
        found = (int) CLAMP (round (rheo_plot_unmap (&panels[i].y, py, a->y + a->height, a->y)), 0, part->n - 1);
      for (int k = 0; k < part->n && !part->picture; k++)
        {
          const RheoVector v = signal_of (part, k);
          const double far = fabs (rheo_plot_map (&panels[i].y, rheo_vector_get (&v, t), a->y + a->height, a->y) - py);

          if (far < best && !is_hidden (spec, part, k))
            {
              best = far;
              found = k;
            }
        }
      out->binding = part->binding;
      out->entry = part->picture ? -1 : part->first_entry + found;
      out->index = t * part->n + found;
      out->x = (double) t * step_of (spec);
      out->y = rheo_column_get_number (part->column, out->index);
      rheo_plot_number_short (out->y, 4, number, sizeof number);
      if (part->picture || part->name[found][0] == '\0')
        g_snprintf (name, sizeof name, "%.30s %d", part->column->label, found);
      else
        g_strlcpy (name, part->name[found], sizeof name);
      g_snprintf (out->text, sizeof out->text,
                  i == N_PARTS - 1 && get_shade (p, t) == 1 ? _ ("Step %d: %s %s, does not count")
                                                            : _ ("Step %d: %s %s"),
                  (int) t, name, number);
      return;
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : _ ("Trial"));
  const int64_t n = p->part[0].n_time;
  double *time = rheo_table_add (table, "time", _ ("Time step"), "", "time", RHEO_F64, &n)->data;

  for (int64_t t = 0; t < n; t++)
    time[t] = (double) t * step_of (spec);
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->part[i].n; k++)
      {
        const Part *part = &p->part[i];
        const RheoVector v = signal_of (part, k);
        g_autofree char *key = part->picture || part->name[k][0] == '\0'
                                   ? g_strdup_printf ("%s %d", part->column->label, k)
                                   : g_strdup_printf ("%s %s", part->column->label, part->name[k]);
        double *to = rheo_table_add (table, key, key, part->column->unit, "time", RHEO_F64, &part->n_time)->data;

        for (int64_t t = 0; t < part->n_time; t++)
          to[t] = rheo_vector_get (&v, t);
      }
  if (p->weight.n > 0)
    {
      const RheoColumn *column = rheo_plot_find (spec, "weight", 0)->column;
      double *to = rheo_table_add (table, "weight", column->label, "", "time", RHEO_F64, &p->weight.n)->data;

      for (int64_t t = 0; t < p->weight.n; t++)
        to[t] = rheo_vector_get (&p->weight, t);
    }
  return table;
}

const RheoPlotKind rheo_plot_trial = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "trial",
    .title = N_ ("One trial"),
    .summary = N_ ("Inputs and targets of one trial over time."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .own_axes = TRUE,
  .panels = panels_of,
  .read = read_at,
  .draw = draw,
  .pick = pick,
  .numbers = numbers,
};
