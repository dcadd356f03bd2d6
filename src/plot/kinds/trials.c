#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_TRIALS 12

typedef struct
{
  int first, n_trials;
  const char *names;
  double step_ms;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, first, "first", .label = N_ ("First trial"), .max = 1e9, .soft_max = 99,
              .help = N_ ("Counted from 0.")),
  RHEO_P_INT (Config, n_trials, "trials", .label = N_ ("Trials shown"), .def = 5, .min = 1, .max = MAX_TRIALS,
              .help = N_ ("One row each.")),
  RHEO_P_TEXT (Config, names, "names", .label = N_ ("Names of signals"), .def_text = "x;y",
               .help = N_ ("Separated by semicolons, in the order of the signals.")),
  RHEO_P_REAL (Config, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 10,
               .help = N_ ("Length of a step, for an axis in milliseconds. 0: the axis counts steps.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "signals", N_ ("signals of trials"), "* * *", TRUE, FALSE, .from = "task.target|task.input" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  int first, n_trials, n_channels;
  int64_t n_time;
  char name[RHEO_N_STYLES][48];
} Prepared;

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoColumn *c = rheo_plot_find (spec, "signals", 0)->column;
  g_auto (GStrv) names = g_strsplit (config->names, ";", -1);
  int n_names = (int) g_strv_length (names);
  Prepared *p = g_new0 (Prepared, 1);

  p->n_trials = (int) MIN (config->n_trials, c->dims[0]);
  p->first = (int) CLAMP (config->first, 0, c->dims[0] - p->n_trials);
  p->n_time = c->dims[1];
  p->n_channels = (int) MIN (c->dims[2], RHEO_N_STYLES);
  for (int k = 0; k < p->n_channels; k++)
    if (k < n_names && *g_strstrip (names[k]) != '\0')
      g_strlcpy (p->name[k], names[k], sizeof p->name[k]);
    else
      g_snprintf (p->name[k], sizeof p->name[k], _ ("Signal %d"), k + 1);
  return p;
}

static RheoVector
signal_of (const RheoPlotSpec *spec, const Prepared *p, int row, int channel)
{
  return rheo_vector_along (rheo_plot_find (spec, "signals", 0)->column, 1, (int64_t[]){ p->first + row, 0, channel });
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *c = rheo_plot_find (spec, "signals", 0)->column;
  RheoLimits limits = RHEO_NO_LIMITS;

  x->lo = 0;
  x->hi = (double) MAX (p->n_time - 1, 1) * (config->step_ms > 0 ? config->step_ms : 1);
  x->label = config->step_ms > 0 ? _ ("Time") : _ ("Time step");
  x->unit = config->step_ms > 0 ? "ms" : "";
  x->whole = config->step_ms == 0;
  rheo_plot_axis_nice (x);
  for (int row = 0; row < p->n_trials; row++)
    for (int k = 0; k < p->n_channels; k++)
      {
        RheoVector v = signal_of (spec, p, row, k);

        rheo_vector_limits (&v, &limits);
      }
  y->lo = limits.lo;
  y->hi = limits.hi;
  rheo_plot_axis_pad (y, 0.03);
  rheo_plot_axis_nice (y);
  y->unit = *c->unit != '\0' ? c->unit : "";
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  for (int k = 0; k < p->n_channels; k++)
    {
      entries[k] = (RheoPlotEntry){ .style = k, .symbol = RHEO_SYMBOL_LINE };
      g_strlcpy (entries[k].label, p->name[k], sizeof entries[k].label);
    }
  return p->n_channels;
}

/* --- panels, one above another -------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPanel panel;
  char name[48]; /* of the y axis: the trial */
} Row;

static void
make_rows (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y, Row *rows)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double gap = 1.5 * canvas->theme->gap, foot, h;
  RheoPanel with = { .outer = *area, .x = *x, .y = *y }, bare = with;

  bare.no_x_name = bare.no_x_labels = TRUE;
  rheo_panel_layout (canvas, &with);
  rheo_panel_layout (canvas, &bare);
  foot = bare.area.y + bare.area.height - with.area.y - with.area.height;
  h = (area->height - foot - (p->n_trials - 1) * gap) / MAX (1, p->n_trials);
  for (int row = 0; row < p->n_trials; row++)
    {
      gboolean bottom = row == p->n_trials - 1;
      RheoPanel *panel = &rows[row].panel;
      double wide;

      *panel = (RheoPanel){ .x = *x, .y = *y };
      g_snprintf (rows[row].name, sizeof rows[row].name, _ ("Trial %d"), p->first + row);
      rheo_plot_text_size (canvas, RHEO_TEXT_NAME, rows[row].name, &wide, NULL);
      if (wide > h)
        g_snprintf (rows[row].name, sizeof rows[row].name, "%d", p->first + row);
      panel->y.label = rows[row].name;
      panel->outer = (RheoRect){ area->x, area->y + row * (h + gap), area->width, h + (bottom ? foot : 0) };
      panel->no_x_name = panel->no_x_labels = !bottom;
      rheo_panel_layout (canvas, panel);
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  Row rows[MAX_TRIALS];

  make_rows (spec, canvas, area, x, y, rows);
  for (int row = 0; row < p->n_trials; row++)
    {
      const RheoPanel *panel = &rows[row].panel;

      rheo_panel_draw_grid (canvas, panel);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &panel->area, canvas->theme->line);
      for (int k = 0; k < p->n_channels; k++)
        {
          g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
          RheoVector v = signal_of (spec, p, row, k);

          if (rheo_plot_entry_hidden (spec, k))
            continue;
          rheo_plot_decimate (NULL, 0, config->step_ms > 0 ? config->step_ms : 1, &v, &panel->x, &panel->y,
                              &panel->area, canvas->vector ? 0 : 1 / canvas->pixel, points);
          cairo_save (canvas->cr);
          rheo_plot_source (canvas, canvas->theme->series[k], rheo_plot_entry_share (spec, k));
          rheo_plot_theme_dash (canvas->theme, k, canvas->cr);
          rheo_plot_stroke (canvas, points, canvas->theme->line);
          cairo_restore (canvas->cr);
        }
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, panel);
    }
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  Row rows[MAX_TRIALS];

  make_rows (spec, canvas, area, x, y, rows);
  for (int row = 0; row < p->n_trials; row++)
    out[row] = (RheoPlotPanel){ .area = rows[row].panel.area, .x = rows[row].panel.x, .y = rows[row].panel.y };
  return p->n_trials;
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  double step = config->step_ms > 0 ? config->step_ms : 1, best = 12;
  Row rows[MAX_TRIALS];

  make_rows (spec, canvas, area, x, y, rows);
  for (int row = 0; row < p->n_trials; row++)
    for (int k = 0; k < p->n_channels; k++)
      {
        const RheoRect *a = &rows[row].panel.area;
        RheoVector v = signal_of (spec, p, row, k);

        for (int64_t t = 0; t < v.n && !rheo_plot_entry_hidden (spec, k); t++)
          {
            double value = rheo_vector_get (&v, t);
            double qx = rheo_plot_map (x, (double) t * step, a->x, a->x + a->width);
            double qy = rheo_plot_map (y, value, a->y + a->height, a->y), far = hypot (qx - px, qy - py);
            char number[40];

            if (!(far < best))
              continue;
            best = far;
            out->binding = 0;
            out->entry = k;
            out->index = ((p->first + row) * p->n_time + t) * p->n_channels + k;
            out->x = (double) t * step;
            out->y = value;
            rheo_plot_number_short (value, 4, number, sizeof number);
            g_snprintf (out->text, sizeof out->text, _ ("Trial %d, step %d: %s %s"), p->first + row, (int) t,
                        p->name[k], number);
          }
      }
}

static gboolean
read_at (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  double step = config->step_ms > 0 ? config->step_ms : 1;
  g_autoptr (GString) text = g_string_new (NULL);
  int64_t t = (int64_t) CLAMP (round (at / step), 0, 1e9);
  char a[40];

  if (t >= p->n_time)
    return FALSE;
  out->binding = 0;
  out->x = (double) t * step;
  g_string_printf (text, "%s %s:", x->label, rheo_plot_number_short (out->x, 6, a, sizeof a));
  for (int row = 0; row < p->n_trials; row++)
    {
      g_string_append (text, row > 0 ? "; " : " ");
      g_string_append_printf (text, _ ("trial %d"), p->first + row);
      for (int k = 0; k < p->n_channels; k++)
        {
          RheoVector v = signal_of (spec, p, row, k);

          if (!rheo_plot_entry_hidden (spec, k))
            g_string_append_printf (text, " %s %s", p->name[k],
                                    rheo_plot_number_short (rheo_vector_get (&v, t), 3, a, sizeof a));
        }
    }
  g_strlcpy (out->text, text->str, sizeof out->text);
  return TRUE;
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *c = rheo_plot_find (spec, "signals", 0)->column;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : c->label);
  int64_t n = p->n_time;
  int64_t *time = rheo_table_add (table, "time", _ ("Time step"), "", "time", RHEO_I64, &n)->data;

  for (int64_t t = 0; t < n; t++)
    time[t] = t;
  for (int row = 0; row < p->n_trials; row++)
    for (int k = 0; k < p->n_channels; k++)
      {
        g_autofree char *key = g_strdup_printf ("trial %d %s", p->first + row, p->name[k]);
        RheoVector v = signal_of (spec, p, row, k);
        double *to = rheo_table_add (table, key, key, c->unit, "time", RHEO_F64, &n)->data;

        for (int64_t t = 0; t < n; t++)
          to[t] = rheo_vector_get (&v, t);
      }
  return table;
}

const RheoPlotKind rheo_plot_trials = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "trials",
    .title = N_ ("Trials"),
    .summary = N_ ("Signals of several trials over time, one trial above another: a look at the data."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .own_axes = TRUE,
  .panels = panels,
  .draw = draw,
  .pick = pick,
  .read = read_at,
  .numbers = numbers,
};
