#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_GROUPS RHEO_PLOT_MAX_COLUMNS
#define N_GRID 160

typedef struct
{
  int transform, second_transform; /* RheoTransform */
  gboolean skip_zeros;
  double tail;
  const char *names, *second_names;
  const char *panel, *second_panel;
} Config;

static const RheoParam params[] = {
  RHEO_P_CHOICE (
      Config, transform, "transform", rheo_transform_choices, .label = N_ ("Shown as"), .max = RHEO_TRANSFORM_ABS,
      .help = N_ ("log1p-abs: log(1 + |x|). log10-abs: log₁₀ |x|. Auto: the first for changes of weights, the second "
                  "for gradients, else the numbers as they are.")),
  RHEO_P_CHOICE (Config, second_transform, "second-transform", rheo_transform_choices,
                 .label = N_ ("Second panel shown as"), .max = RHEO_TRANSFORM_ABS,
                 .help = N_ ("The same for the second panel.")),
  RHEO_P_BOOL (Config, skip_zeros, "skip-zeros", .label = N_ ("Leave out zeros"), .def = TRUE,
               .help = N_ ("Numbers that are exactly zero stand for synapses that do not exist.")),
  RHEO_P_REAL (Config, tail, "tail", .label = N_ ("Tails left out"), .unit = "%", .def = 1, .max = 25, .soft_max = 5,
               .help = N_ ("The axis leaves out this share of the numbers at each end; the density is that of all.")),
  RHEO_P_TEXT (Config, panel, "panel", .label = N_ ("Name of the panel"), .def_text = "",
               .help = N_ ("Below the violins, such as the epochs that are compared.")),
  RHEO_P_TEXT (Config, second_panel, "second-panel", .label = N_ ("Name of the second panel"), .def_text = "",
               .help = N_ ("Below the violins of the second panel.")),
  RHEO_P_TEXT (Config, names, "name", .label = N_ ("Name of the numbers"), .def_text = "",
               .help = N_ ("What is shown, for the y axis, such as ΔW. Empty: from the columns.")),
  RHEO_P_TEXT (Config, second_names, "second-name", .label = N_ ("Name of the second numbers"), .def_text = "",
               .help = N_ ("The same for the second panel.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "values", N_ ("numbers"), "...", TRUE, TRUE, .from = "*.change", .parts = TRUE },
  { "minus", N_ ("numbers to subtract"), "...", FALSE, TRUE },
  { "second", N_ ("numbers of the second panel"), "...", FALSE, TRUE, .from = "*.gradient", .parts = TRUE },
  { NULL },
};

/* --- statistics ---------------------------------------------------------------------------------------------------------- */
typedef struct
{
  int64_t n;
  double quartile[3]; /* lower, median, upper */
  double lo, hi;      /* of the drawn part */
  double at[N_GRID], density[N_GRID], peak;
  char name[80], part[80]; /* part: below the violin; the name is that, or "part, run" */
  int style, binding, entry;
} Group;

typedef struct
{
  Group group[MAX_GROUPS];
  int n;
  RheoPlotAxis y;
  const char *names[MAX_GROUPS + 1];
  char label[128], panel[64];
  RheoTransform transform;
} Panel;

typedef struct
{
  Panel panel[2];
  int n;
  char run[RHEO_N_STYLES][64]; /* where each violin is that of a part of a run */
  int run_style[RHEO_N_STYLES], n_runs;
} Prepared;

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  int n = rheo_plot_count (spec, "minus");

  if (n > rheo_plot_count (spec, "values"))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is more to subtract than there are numbers."));
  for (int i = 0; i < n; i++)
    {
      const RheoColumn *a = rheo_plot_find (spec, "values", i)->column, *b = rheo_plot_find (spec, "minus", i)->column;

      if (rheo_column_get_length (a) != rheo_column_get_length (b))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" and what is subtracted from it have different sizes."),
                          a->key);
    }
  return TRUE;
}

static void
measure (Group *g, const float *v, int64_t n, RheoTransform transform, double tail)
{
  const double p[] = { 0, tail, 0.25, 0.5, 0.75, 1 - tail, 1 };
  double q[G_N_ELEMENTS (p)];
  gboolean bounded = transform == RHEO_TRANSFORM_LOG1P_ABS || transform == RHEO_TRANSFORM_ABS;
  double h, from, to;

  g->n = n;
  g->lo = INFINITY;
  g->hi = -INFINITY;
  if (n == 0)
    return;
  rheo_plot_quantiles (v, n, p, G_N_ELEMENTS (p), q);
  memcpy (g->quartile, q + 2, sizeof g->quartile);
  g->lo = q[1];
  g->hi = q[5];
  /* The tails beyond the axis would only coarsen the grid; a little more than the axis shows is kept. */
  from = MAX (q[0], q[1] - 0.25 * (q[5] - q[1]));
  to = MIN (q[6], q[5] + 0.25 * (q[5] - q[1]));
  if (!(to > from))
    {
      /* All equal: a flat line at the value. */
      for (int i = 0; i < N_GRID; i++)
        {
          g->at[i] = from;
          g->density[i] = 1;
        }
      g->peak = 1;
      return;
    }
  h = 0.1 * (to - from);
  from = bounded ? MAX (from - h, 0) : from - h;
  to += h;
  rheo_plot_density (v, n, (const double[]){ q[2], q[4] }, bounded, from, to, N_GRID, g->density);
  for (int i = 0; i < N_GRID; i++)
    {
      g->at[i] = from + (to - from) * i / (N_GRID - 1);
      g->peak = MAX (g->peak, g->density[i]);
    }
}

static void
name_axis (Panel *p, const RheoPlotSpec *spec, const char *role, const char *name, gboolean difference)
{
  g_autofree char *what = *name != '\0' ? g_strdup (name)
                          : difference  ? g_strdup ("ΔW")
                                        : rheo_plot_common_label (spec, role);
  const RheoColumn *first = rheo_plot_find (spec, role, 0)->column;
  g_autofree char *shown = rheo_plot_transformed_name (p->transform, what != NULL ? what : first->label);

  g_strlcpy (p->label, shown, sizeof p->label);
  p->y.label = p->label;
  p->y.unit = p->transform == RHEO_TRANSFORM_NONE || p->transform == RHEO_TRANSFORM_ABS ? first->unit : "";
}

/* "In", "Rec": the projection's name is what stands before the dot. */
static void
name_group (Group *g, const RheoPlotBinding *b)
{
  const char *dot = strchr (b->column->key, '.');

  if (b->label != NULL)
    g_strlcpy (g->name, b->label, sizeof g->name);
  else
    {
      g_strlcpy (g->name, b->column->key,
                 dot != NULL ? MIN ((gsize) (dot - b->column->key) + 1, sizeof g->name) : sizeof g->name);
      g->name[0] = g_ascii_toupper (g->name[0]);
    }
}

static const char *
common_note (const RheoPlotSpec *spec, const char *role, const char *key)
{
  const char *common = rheo_table_get_note (rheo_plot_find (spec, role, 0)->table, key);

  for (int i = 1; i < rheo_plot_count (spec, role); i++)
    if (g_strcmp0 (rheo_table_get_note (rheo_plot_find (spec, role, i)->table, key), common) != 0)
      return NULL;
  return common;
}

/* "12", or "11–12" where the numbers are not of one time; NULL: they do not say. */
static char *
dup_iterations (const RheoPlotSpec *spec, const char *role)
{
  gint64 first = G_MAXINT64, last = -1;

  for (int i = 0; i < rheo_plot_count (spec, role); i++)
    {
      const char *note = rheo_table_get_note (rheo_plot_find (spec, role, i)->table, "iteration");
      const gint64 at = note != NULL ? g_ascii_strtoll (note, NULL, 10) : -1;

      first = MIN (first, at);
      last = MAX (last, at);
    }
  if (first < 0 || last < 0)
    return NULL;
  return first == last ? g_strdup_printf ("%" PRId64, first) : g_strdup_printf ("%" PRId64 "–%" PRId64, first, last);
}

/* "Change since epoch 1", "Epoch 12"; as it is given, or nothing where the numbers do not say. */
static void
name_panel (Panel *p, const RheoPlotSpec *spec, const char *role, const char *given)
{
  const char *unit = common_note (spec, role, "unit"), *since = common_note (spec, role, "since");
  g_autofree char *at = dup_iterations (spec, role);

  if (*given != '\0' || unit == NULL || at == NULL)
    g_strlcpy (p->panel, given, sizeof p->panel);
  else if (since != NULL && strcmp (since, "0") == 0)
    g_strlcpy (p->panel, _ ("Change since the start"), sizeof p->panel);
  else if (since != NULL)
    g_snprintf (p->panel, sizeof p->panel, _ ("Change since %s %s"), _ (unit), since);
  else
    {
      g_autofree char *text = g_strdup_printf ("%s %s", _ (unit), at), *initial = g_utf8_substring (text, 0, 1);
      g_autofree char *capital = g_utf8_strup (initial, -1);

      g_snprintf (p->panel, sizeof p->panel, "%s%s", capital, g_utf8_next_char (text));
    }
}

static void
fill_panel (Panel *p, const RheoPlotSpec *spec, const char *role, RheoTransform wanted, const char *name)
{
  const Config *config = spec->values;
  gboolean difference = strcmp (role, "values") == 0 && rheo_plot_count (spec, "minus") > 0;

  p->n = rheo_plot_count (spec, role);
  p->y = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY };
  p->transform = rheo_plot_transform (wanted, rheo_plot_find (spec, role, 0)->column, difference);
  for (int i = 0; i < p->n; i++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, role, i);
      const RheoPlotBinding *minus = difference ? rheo_plot_find (spec, "minus", i) : NULL;
      Group *g = &p->group[i];
      int64_t n;
      g_autofree float *v =
          rheo_plot_gather (b->column, minus != NULL ? minus->column : NULL, p->transform, config->skip_zeros, &n);

      measure (g, v, n, p->transform, config->tail / 100);
      g->binding = (int) (b - spec->binding);
      name_group (g, b);
      g->style = b->style >= 0 ? b->style : rheo_plot_theme_style (g->name, i);
      g->entry = i;
      g_strlcpy (g->part, g->name, sizeof g->part);
      p->names[i] = g->part;
      p->y.lo = MIN (p->y.lo, g->lo);
      p->y.hi = MAX (p->y.hi, g->hi);
    }
  name_axis (p, spec, role, name, difference);
  if ((p->transform == RHEO_TRANSFORM_LOG1P_ABS || p->transform == RHEO_TRANSFORM_ABS) && p->y.hi > 0)
    p->y.lo = 0;
  rheo_plot_axis_nice (&p->y);
}

/* "rec, e-prop" and "rec, BPTT": the legend names the runs, and each part is named once. */
static void
part_runs (Prepared *p)
{
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->panel[i].n; k++)
      {
        Group *g = &p->panel[i].group[k];
        const char *comma = strstr (g->name, ", ");
        int run = 0;

        while (comma != NULL && run < p->n_runs && !g_str_equal (p->run[run], comma + 2))
          run++;
        if (comma == NULL || run == RHEO_N_STYLES)
          {
            p->n_runs = 0;
            return;
          }
        if (run == p->n_runs)
          {
            g_strlcpy (p->run[run], comma + 2, sizeof p->run[run]);
            p->run_style[p->n_runs++] = g->style;
          }
      }
  for (int i = 0; i < p->n && p->n_runs > 1; i++)
    for (int k = 0; k < p->panel[i].n; k++)
      {
        Group *g = &p->panel[i].group[k];
        const char *run = strstr (g->name, ", ");

        g->part[run - g->name] = '\0';
        for (g->entry = 0; !g_str_equal (p->run[g->entry], run + 2);)
          g->entry++;
      }
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  if (p->n_runs < 2)
    return 0;
  for (int i = 0; i < p->n_runs; i++)
    {
      entries[i] = (RheoPlotEntry){ .style = p->run_style[i], .symbol = RHEO_SYMBOL_SQUARE };
      g_strlcpy (entries[i].label, p->run[i], sizeof entries[i].label);
    }
  return p->n_runs;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  Prepared *p = g_new0 (Prepared, 1);

  fill_panel (&p->panel[0], spec, "values", config->transform, config->names);
  name_panel (&p->panel[0], spec, "values", config->panel);
  p->n = 1;
  if (rheo_plot_count (spec, "second") > 0)
    {
      fill_panel (&p->panel[1], spec, "second", config->second_transform, config->second_names);
      name_panel (&p->panel[1], spec, "second", config->second_panel);
      p->n = 2;
    }
  part_runs (p);
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  *y = p->panel[0].y;
  *x = (RheoPlotAxis){ .lo = -0.5, .hi = MAX (p->panel[0].n, 1) - 0.5, .label = p->panel[0].panel, .unit = "" };
}

/* --- drawing ------------------------------------------------------------------------------------------------------------- */
static int
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *y,
             RheoPanel *panels)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double gap = 3 * canvas->theme->gap, w = (area->width - (p->n - 1) * gap) / p->n, room = 0;
  gboolean named = FALSE;

  for (int i = 0; i < p->n; i++)
    named = named || p->panel[i].panel[0] != '\0';
  for (int i = 0; i < p->n; i++)
    {
      const Panel *one = &p->panel[i];

      panels[i] = (RheoPanel){
        .outer = { area->x + i * (w + gap), area->y, w, area->height },
        .x = { .lo = -0.5,
               .hi = MAX (one->n, 1) - 0.5,
               .label = named ? (one->panel[0] != '\0' ? one->panel : " ") : "" },
        .y = i == 0 ? *y : rheo_plot_axis_limited (&one->y, &spec->second),
        .groups = one->names,
      };
      rheo_panel_layout (canvas, &panels[i]);
      room = MAX (room, panels[i].groups_room);
    }
  /* Frames end at one height. */
  for (int i = 0; i < p->n; i++)
    if (panels[i].groups_room < room)
      {
        panels[i].groups_room = room;
        rheo_panel_layout (canvas, &panels[i]);
      }
  return p->n;
}

static void
draw_violin (RheoPlotCanvas *canvas, const RheoPanel *panel, const Group *g, double middle, double half, double share)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRect *a = &panel->area;
  cairo_t *cr = canvas->cr;
  RheoRgb colour = rheo_rgb_mix (theme, theme->series[g->style % RHEO_N_STYLES], share);
  RheoRgb ink = rheo_rgb_mix (theme, theme->text, share);
  double y[3];

  if (g->n == 0)
    return;
  cairo_new_path (cr);
  for (int side = -1; side <= 1; side += 2)
    for (int k = 0; k < N_GRID; k++)
      {
        int i = side < 0 ? k : N_GRID - 1 - k;
        double at = rheo_plot_map (&panel->y, g->at[i], a->y + a->height, a->y);

        cairo_line_to (cr, middle + side * half * g->density[i] / g->peak, CLAMP (at, -1e5, 1e5));
      }
  cairo_close_path (cr);
  rheo_plot_source (canvas, rheo_rgb_mix (theme, colour, theme->fill), 1);
  cairo_fill_preserve (cr);
  rheo_plot_source (canvas, colour, 1);
  cairo_set_line_width (cr, theme->outline);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);

  for (int i = 0; i < 3; i++)
    y[i] = CLAMP (rheo_plot_map (&panel->y, g->quartile[i], a->y + a->height, a->y), -1e5, 1e5);
  rheo_plot_source (canvas, ink, 1);
  cairo_set_line_width (cr, theme->bar);
  cairo_move_to (cr, middle, y[0]);
  cairo_line_to (cr, middle, y[2]);
  cairo_stroke (cr);
  rheo_plot_disc (canvas, middle, y[1], theme->bar * 0.75);
  rheo_plot_source (canvas, theme->background, 1);
  cairo_fill_preserve (cr);
  rheo_plot_source (canvas, ink, 1);
  cairo_set_line_width (cr, theme->outline);
  cairo_stroke (cr);
}

static double
half_width (const RheoPlotCanvas *canvas, const RheoPanel *panel, int n)
{
  return MIN (panel->area.width / MAX (n, 1) * 0.42, 36 * canvas->theme->point * 0.75);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[2];
  int n = make_panels (spec, canvas, area, y, panels);

  for (int i = 0; i < n; i++)
    {
      const RheoRect *a = &panels[i].area;
      double half = half_width (canvas, &panels[i], p->panel[i].n);

      rheo_panel_draw_grid (canvas, &panels[i]);
      cairo_save (canvas->cr);
      cairo_rectangle (canvas->cr, a->x, a->y, a->width, a->height);
      cairo_clip (canvas->cr);
      for (int k = 0; k < p->panel[i].n; k++)
        {
          const Group *g = &p->panel[i].group[k];

          if (!rheo_plot_entry_hidden (spec, g->entry))
            draw_violin (canvas, &panels[i], g, rheo_plot_map (&panels[i].x, k, a->x, a->x + a->width), half,
                         rheo_plot_entry_share (spec, g->entry));
        }
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &panels[i]);
    }
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  RheoPanel frames[2];
  int n = make_panels (spec, canvas, area, y, frames);

  for (int i = 0; i < n; i++)
    out[i] =
        (RheoPlotPanel){ .area = frames[i].area, .x = frames[i].x, .y = frames[i].y, .second = i == 1, .groups = TRUE };
  return n;
}

/* --- hover and numbers --------------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[2];
  int n = make_panels (spec, canvas, area, y, panels);

  for (int i = 0; i < n; i++)
    {
      const RheoRect *a = &panels[i].area;
      int k = (int) floor (rheo_plot_unmap (&panels[i].x, px, a->x, a->x + a->width) + 0.5);
      const Group *g;
      char number[4][40];

      if (px < a->x || px > a->x + a->width || py < a->y || py > a->y + a->height || k < 0 || k >= p->panel[i].n
          || rheo_plot_entry_hidden (spec, p->panel[i].group[k].entry))
        continue;
      g = &p->panel[i].group[k];
      out->binding = g->binding;
      out->index = k;
      out->entry = g->entry;
      out->x = k;
      out->y = g->quartile[1];
      for (int q = 0; q < 3; q++)
        rheo_plot_number_short (g->n > 0 ? g->quartile[q] : NAN, 3, number[q], sizeof number[q]);
      g_snprintf (out->text, sizeof out->text, _ ("%s: median %s, quartiles %s and %s, n = %s"), g->name, number[1],
                  number[0], number[2], rheo_plot_number ((double) g->n, 0, number[3], sizeof number[3]));
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "violin");
  RheoColumn *group, *value;
  int64_t n = 0, row = 0;

  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->panel[i].n; k++)
      n += p->panel[i].group[k].n;
  group = rheo_table_add (table, "group", _ ("Group"), "", "row", RHEO_STRING, &n);
  value = rheo_table_add (table, "value", p->n == 1 ? p->panel[0].label : _ ("Value"), "", "row", RHEO_F32, &n);
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->panel[i].n; k++)
      {
        const RheoPlotBinding *b = rheo_plot_find (spec, i == 0 ? "values" : "second", k);
        const RheoPlotBinding *minus = i == 0 ? rheo_plot_find (spec, "minus", k) : NULL;
        g_autofree char *name = p->n == 1 ? g_strdup (p->panel[i].group[k].name)
                                          : g_strdup_printf ("%s %s", p->panel[i].label, p->panel[i].group[k].name);
        const char *kept = rheo_table_keep (table, name);
        int64_t m;
        g_autofree float *v = rheo_plot_gather (b->column, minus != NULL ? minus->column : NULL, p->panel[i].transform,
                                                config->skip_zeros, &m);

        for (int64_t j = 0; j < m; j++, row++)
          {
            ((const char **) group->data)[row] = kept;
            ((float *) value->data)[row] = v[j];
          }
      }
  return table;
}

const RheoPlotKind rheo_plot_violin = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "violin",
    .title = N_ ("Violins"),
    .summary = N_ ("Densities of several sets of numbers side by side, with quartiles and median."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .draw = draw,
  .own_axes = TRUE,
  .panels = panels,
  .pick = pick,
  .numbers = numbers,
};
