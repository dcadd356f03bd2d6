#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/trajectory-private.h"

static const char *const layout_choices[] = { "auto", "plane", "time", NULL };
static const char *const arrange_choices[] = { "last-large", "equal", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (RheoTrajectoryConfig, layout, "layout", layout_choices, .label = N_ ("Layout"), .max = LAYOUT_TIME,
                 .help = N_ ("Plane: one signal against another. Time: each signal in a row, over time. Auto: in the "
                             "plane where the targets are a path.")),
  RHEO_P_CHOICE (
      RheoTrajectoryConfig, arrange, "arrange", arrange_choices, .label = N_ ("Panels"), .max = ARRANGE_EQUAL,
      .when = "layout=auto|plane",
      .help = N_ ("Last large: the newest stage in a large panel, earlier ones beside it. Equal: side by side.")),
  RHEO_P_INT (RheoTrajectoryConfig, trial, "trial", .label = N_ ("Trial"), .max = 1e9, .soft_max = 99,
              .help = N_ ("Which recorded trial is shown, counted from 0.")),
  RHEO_P_INT (RheoTrajectoryConfig, x_channel, "x-channel", .label = N_ ("Signal along x"), .max = 1e6, .soft_max = 9,
              .when = "layout=auto|plane", .help = N_ ("Which output, counted from 0.")),
  RHEO_P_INT (RheoTrajectoryConfig, y_channel, "y-channel", .label = N_ ("Signal along y"), .def = 1, .max = 1e6,
              .soft_max = 9, .when = "layout=auto|plane", .help = N_ ("Which output, counted from 0.")),
  RHEO_P_INT (RheoTrajectoryConfig, n_rows, "rows", .label = N_ ("Signals shown"), .max = MAX_CHANNELS,
              .when = "layout=auto|time", .help = N_ ("The first so many outputs, one row each. 0: all, up to 8.")),
  RHEO_P_TEXT (RheoTrajectoryConfig, names, "names", .label = N_ ("Names of signals"), .def_text = "",
               .help = N_ ("Separated by semicolons, in the order of the outputs. Empty: those of the task.")),
  RHEO_P_BOOL (RheoTrajectoryConfig, equal_scale, "equal-scale", .label = N_ ("Equal scale"), .def = TRUE,
               .when = "layout=auto|plane", .help = N_ ("A unit is as long along x as along y.")),
  RHEO_P_BOOL (RheoTrajectoryConfig, start, "start", .label = N_ ("Mark the start"), .def = TRUE,
               .when = "layout=auto|plane", .help = N_ ("A disc at the first point of the target.")),
  RHEO_P_BOOL (RheoTrajectoryConfig, thin_target, "thin-target", .label = N_ ("Thin target"),
               .help =
                   N_ ("The target as a thin dark line, for comparing runs: then each prediction has its own colour.")),
  RHEO_P_BOOL (RheoTrajectoryConfig, inputs, "inputs", .label = N_ ("Inputs below"), .when = "layout=auto|time",
               .help = N_ ("A row of the inputs of the trial: the larger a number, the stronger its colour.")),
  RHEO_P_REAL (RheoTrajectoryConfig, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6,
               .soft_max = 10, .when = "layout=auto|time",
               .help = N_ ("Length of a step, for an axis in milliseconds. 0: the axis counts steps.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "prediction", N_ ("outputs of the network"), "* *|* * *", FALSE, TRUE, .from = "out.value|*.value",
    .at = "first middle last" },
  { "target", N_ ("targets"), "* *|* * *", FALSE, TRUE, .with = "task.target" },
  { "input", N_ ("inputs of the same trial"), "* *|* * *", FALSE, FALSE, .with = "task.input" },
  { "x", N_ ("x of the network"), "*", FALSE, TRUE },
  { "y", N_ ("y of the network"), "*", FALSE, TRUE },
  { "target-x", N_ ("x of the target"), "*", FALSE, TRUE },
  { "target-y", N_ ("y of the target"), "*", FALSE, TRUE },
  { NULL },
};

/* --- stages: one panel each ------------------------------------------------------------------------------------------ */
static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoTrajectoryConfig *config = spec->values;
  int n_x = rheo_plot_count (spec, "x"), n_y = rheo_plot_count (spec, "y");

  if (n_x != n_y || rheo_plot_count (spec, "target-x") != rheo_plot_count (spec, "target-y"))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A trajectory needs as many columns for x as for y."));
  if (n_x + rheo_plot_count (spec, "prediction") + rheo_plot_count (spec, "target") + rheo_plot_count (spec, "target-x")
      == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A trajectory needs outputs of a network or targets."));
  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *c = spec->binding[i].column;

      if (c->n_dims == 3 && !rheo_plot_has_index (config->trial, c->dims[0], error))
        return FALSE;
    }
  return TRUE;
}

static RheoVector
channel_of (const RheoColumn *c, int trial, int channel)
{
  int64_t index[3] = { trial, 0, channel };

  if (channel >= c->dims[c->n_dims - 1])
    return (RheoVector){ 0 };
  return c->n_dims == 3 ? rheo_vector_along (c, 1, index) : rheo_vector_along (c, 0, index + 1);
}

/* Two signals that move together, as a pen does; what holds still and jumps is looked at over time. */
static gboolean
is_path (const RheoColumn *c, int trial)
{
  RheoVector x, y;
  int64_t n_moves = 0;

  if (c->dims[c->n_dims - 1] != 2)
    return FALSE;
  x = channel_of (c, trial, 0);
  y = channel_of (c, trial, 1);
  for (int64_t i = 1; i < x.n; i++)
    n_moves += (rheo_vector_get (&x, i) != rheo_vector_get (&x, i - 1))
               + (rheo_vector_get (&y, i) != rheo_vector_get (&y, i - 1));
  return n_moves > x.n;
}

static gboolean
is_over_time (const RheoPlotSpec *spec)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "target", 0);

  if (config->layout != LAYOUT_AUTO)
    return config->layout == LAYOUT_TIME;
  b = b != NULL ? b : rheo_plot_find (spec, "prediction", 0);
  return b != NULL && !is_path (b->column, config->trial);
}

static int
n_channels_of (const RheoPlotSpec *spec, gboolean over_time)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "prediction", 0);
  int64_t n = 2;

  if (!over_time)
    return 2;
  b = b != NULL ? b : rheo_plot_find (spec, "target", 0);
  if (b != NULL)
    n = b->column->dims[b->column->n_dims - 1];
  if (config->n_rows > 0)
    n = MIN (n, config->n_rows);
  return (int) CLAMP (n, 1, MAX_CHANNELS);
}

/* nth of `matrix` (channels of one column), or of the pair of columns first and second; the last stands for those that
 * come after it, so that one target serves all stages. */
static int
read_stage (const RheoPlotSpec *spec, const char *matrix, const char *first, const char *second, int nth,
            gboolean repeat, RheoVector *out, int n_channels, gboolean over_time)
{
  const RheoTrajectoryConfig *config = spec->values;
  int n = rheo_plot_count (spec, matrix), n_pairs = rheo_plot_count (spec, first);
  const RheoPlotBinding *b;

  if (repeat)
    nth = MIN (nth, MAX (n, n_pairs) - 1);
  if (nth < 0 || nth >= MAX (n, n_pairs))
    return -1;
  if (nth < n)
    {
      b = rheo_plot_find (spec, matrix, nth);
      for (int k = 0; k < n_channels; k++)
        out[k] = channel_of (b->column, config->trial, over_time ? k : k == 0 ? config->x_channel : config->y_channel);
      return (int) (b - spec->binding);
    }
  b = rheo_plot_find (spec, first, nth);
  out[0] = rheo_vector (b->column);
  if (n_channels > 1)
    out[1] = rheo_vector (rheo_plot_find (spec, second, nth)->column);
  return (int) (b - spec->binding);
}

static void
name_stage (const RheoPlotSpec *spec, RheoTrajectoryStage *s, int i, int n)
{
  static const char *const stages[] = { N_ ("Beginning"), N_ ("Middle"), N_ ("Now") };
  const RheoPlotBinding *b = s->binding >= 0 ? &spec->binding[s->binding] : NULL;
  const char *epoch = b != NULL ? rheo_table_get_note (b->table, "epoch") : NULL;
  const char *iteration = b != NULL ? rheo_table_get_note (b->table, "iteration") : NULL;
  const char *unit = b != NULL ? rheo_table_get_note (b->table, "unit") : NULL;
  const char *stage = n == 1 ? "" : i == n - 1 ? _ (stages[2]) : i < 2 ? _ (stages[i]) : "";
  g_autofree char *when = epoch != NULL ? g_strdup_printf (_ ("epoch %s"), epoch)
                          : iteration != NULL
                              ? g_strdup_printf ("%s %s", unit != NULL ? _ (unit) : _ ("iteration"), iteration)
                              : g_strdup ("");

  if (b != NULL && b->label != NULL)
    g_strlcpy (s->title, b->label, sizeof s->title);
  else if (n > 1)
    g_snprintf (s->title, sizeof s->title, "%s%s%s", stage, *stage != '\0' && *when != '\0' ? " · " : "", when);
}

static void
add_input (const RheoPlotSpec *spec, RheoTrajectory *p)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "input", 0);
  RheoLimits limit = RHEO_NO_LIMITS;

  if (b == NULL || !p->over_time || !config->inputs)
    return;
  for (int k = 0; k < b->column->dims[b->column->n_dims - 1]; k++)
    {
      const RheoVector v = channel_of (b->column, config->trial, k);

      rheo_vector_limits (&v, &limit);
    }
  p->input = b->column;
  p->most_input = limit.hi >= limit.lo ? MAX (fabs (limit.lo), fabs (limit.hi)) : 0;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoTrajectoryConfig *config = spec->values;
  RheoTrajectory *p = g_new0 (RheoTrajectory, 1);
  g_auto (GStrv) names = g_strsplit (config->names, ";", -1);
  int n_names = (int) g_strv_length (names);
  int n_out = MAX (rheo_plot_count (spec, "prediction"), rheo_plot_count (spec, "x"));

  p->over_time = is_over_time (spec);
  p->n_channels = n_channels_of (spec, p->over_time);
  p->n = CLAMP (n_out, 1, MAX_STAGES);
  for (int i = 0; i < p->n; i++)
    {
      RheoTrajectoryStage *s = &p->stage[i];
      int target = read_stage (spec, "target", "target-x", "target-y", i, TRUE, s->target, p->n_channels, p->over_time);

      s->binding = read_stage (spec, "prediction", "x", "y", i, FALSE, s->output, p->n_channels, p->over_time);
      p->has_output = p->has_output || s->binding >= 0;
      p->has_target = p->has_target || target >= 0;
      if (s->binding < 0)
        s->binding = target;
      s->style = s->binding >= 0 && spec->binding[s->binding].style >= 0 ? spec->binding[s->binding].style
                 : config->thin_target                                   ? i % RHEO_N_STYLES
                                                                         : 1;
      name_stage (spec, s, i, p->n);
    }
  for (int k = 0; k < p->n_channels; k++)
    {
      int channel = p->over_time ? k : k == 0 ? config->x_channel : config->y_channel;

      if (channel < n_names && *g_strstrip (names[channel]) != '\0')
        g_strlcpy (p->name[k], names[channel], sizeof p->name[k]);
      else
        g_snprintf (p->name[k], sizeof p->name[k], _ ("Output %d"), channel + 1);
    }
  add_input (spec, p);
  return p;
}

/* --- ranges ------------------------------------------------------------------------------------------------------------ */
/* Of n channels that share an axis; all panels share limits. An untrained network may be far off: its outputs widen the
 * limits of the targets by three quarters of their span at most. */
static void
limits (const RheoTrajectory *p, int first, int n, double *lo, double *hi)
{
  RheoLimits target = RHEO_NO_LIMITS, output = RHEO_NO_LIMITS;

  for (int i = 0; i < p->n; i++)
    for (int k = first; k < first + n; k++)
      {
        if (p->stage[i].target[k].column != NULL)
          rheo_vector_limits (&p->stage[i].target[k], &target);
        if (p->stage[i].output[k].column != NULL)
          rheo_vector_limits (&p->stage[i].output[k], &output);
      }
  if (target.hi > target.lo)
    {
      double more = 0.75 * (target.hi - target.lo);

      output.lo = MAX (output.lo, target.lo - more);
      output.hi = MIN (output.hi, target.hi + more);
    }
  *lo = MIN (*lo, MIN (target.lo, output.lo));
  *hi = MAX (*hi, MAX (target.hi, output.hi));
}

static int64_t
longest (const RheoTrajectory *p)
{
  int64_t n = 0;

  for (int i = 0; i < p->n; i++)
    n = MAX (n, MAX (p->stage[i].target[0].n, p->stage[i].output[0].n));
  return n;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  const RheoTrajectoryStage *s = &p->stage[0];
  const RheoColumn *c = s->target[0].column != NULL ? s->target[0].column : s->output[0].column;
  const char *unit = c != NULL && c->unit != NULL && *c->unit != '\0' ? c->unit : _ ("a.u.");

  if (p->over_time)
    {
      x->lo = 0;
      x->hi = (double) MAX (longest (p) - 1, 1) * (config->step_ms > 0 ? config->step_ms : 1);
      x->label = config->step_ms > 0 ? _ ("Time") : _ ("Time step");
      x->unit = config->step_ms > 0 ? "ms" : "";
      x->whole = config->step_ms == 0;
      rheo_plot_axis_nice (x);
      limits (p, 0, p->n_channels, &y->lo, &y->hi);
    }
  else
    {
      limits (p, 0, 1, &x->lo, &x->hi);
      limits (p, 1, 1, &y->lo, &y->hi);
      rheo_plot_axis_pad (x, 0.03);
      rheo_plot_axis_nice (x);
      x->label = g_intern_string (p->name[0]);
      x->unit = g_intern_string (unit);
      y->label = g_intern_string (p->name[1]);
    }
  rheo_plot_axis_pad (y, 0.03);
  rheo_plot_axis_nice (y);
  y->unit = g_intern_string (unit);
}

/* Over time outputs are rough and lie on their targets: those are dashed and stand in front. In the plane, and where runs
 * are compared, it is the outputs that are dashed. */
static RheoPlotSymbol
target_symbol (const RheoTrajectoryConfig *config, const RheoTrajectory *p)
{
  return config->thin_target ? RHEO_SYMBOL_THIN : p->over_time && p->has_output ? RHEO_SYMBOL_DASHED : RHEO_SYMBOL_LINE;
}

static RheoPlotSymbol
output_symbol (const RheoTrajectoryConfig *config, const RheoTrajectory *p)
{
  return p->over_time && p->has_target && !config->thin_target ? RHEO_SYMBOL_SOLID : RHEO_SYMBOL_LINE;
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  int n = 0;

  if (p->has_target)
    {
      entries[n] = (RheoPlotEntry){ .style = config->thin_target ? 3 : 0, .symbol = target_symbol (config, p) };
      g_strlcpy (entries[n++].label, _ ("target"), sizeof entries[0].label);
    }
  if (p->has_output && (!config->thin_target || p->n == 1))
    {
      entries[n] = (RheoPlotEntry){ .style = p->stage[0].style, .symbol = output_symbol (config, p) };
      g_strlcpy (entries[n++].label, _ ("prediction"), sizeof entries[0].label);
    }
  return n;
}

/* Entry numbers as in the legend: that of the outputs is 1 where there is a target (has_target), else 0. */
static gboolean
is_target_hidden (const RheoPlotSpec *spec, const RheoTrajectory *p)
{
  return p->has_target && rheo_plot_entry_hidden (spec, 0);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------ */
static RheoPoint
place (const RheoTrajectoryConfig *config, gboolean over_time, const RheoTrajectoryCell *cell, const RheoVector *v,
       int64_t i)
{
  const RheoRect *a = &cell->panel.area;
  double step = config->step_ms > 0 ? config->step_ms : 1;
  double vx = over_time ? (double) i * step : rheo_vector_get (&v[0], i);
  double vy = rheo_vector_get (&v[over_time ? cell->channel : 1], i);

  return (RheoPoint){ rheo_plot_map (&cell->panel.x, vx, a->x, a->x + a->width),
                      rheo_plot_map (&cell->panel.y, vy, a->y + a->height, a->y) };
}

static int64_t
n_points (gboolean over_time, const RheoTrajectoryCell *cell, const RheoVector *v)
{
  if (cell->channel == INPUT_ROW)
    return 0;
  if (over_time)
    return v[cell->channel].column != NULL ? v[cell->channel].n : 0;
  return v[0].column != NULL && v[1].column != NULL ? MIN (v[0].n, v[1].n) : 0;
}

static void
draw_path (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoTrajectoryCell *cell, const RheoVector *v,
           int style, RheoPlotSymbol symbol, int entry)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  RheoPoint last = { NAN, NAN };

  if (p->over_time)
    {
      if (n_points (p->over_time, cell, v) > 0)
        rheo_plot_decimate (NULL, 0, config->step_ms > 0 ? config->step_ms : 1, &v[cell->channel], &cell->panel.x,
                            &cell->panel.y, &cell->panel.area, canvas->vector ? 0 : 1 / canvas->pixel, points);
    }
  else
    for (int64_t i = 0; i < n_points (p->over_time, cell, v); i++)
      {
        RheoPoint q = place (config, p->over_time, cell, v, i);

        q.x = CLAMP (q.x, -1e5, 1e5);
        q.y = CLAMP (q.y, -1e5, 1e5);
        /* Steps below a quarter of a pixel cannot be seen. */
        if (!canvas->vector && hypot (q.x - last.x, q.y - last.y) < 0.25 / canvas->pixel)
          continue;
        g_array_append_val (points, q);
        last = q;
      }
  cairo_save (canvas->cr);
  rheo_plot_source (canvas, canvas->theme->series[style % RHEO_N_STYLES], rheo_plot_entry_share (spec, entry));
  rheo_plot_dash_of (canvas, symbol, style);
  rheo_plot_stroke (canvas, points,
                    symbol == RHEO_SYMBOL_THIN ? canvas->theme->outline * 0.8
                    : cell->small              ? canvas->theme->line * 0.7
                                               : canvas->theme->line);
  cairo_restore (canvas->cr);
}

/* All inputs, the first one at the bottom. */
static void
draw_input (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  const int n = (int) p->input->dims[p->input->n_dims - 1];
  const double step = config->step_ms > 0 ? config->step_ms : 1;
  g_autofree RheoVector *signal = g_new (RheoVector, n);
  RheoRect area = panel->area;

  for (int k = 0; k < n; k++)
    signal[k] = channel_of (p->input, config->trial, k);
  /* The axis may be longer than the trial. */
  area.width = rheo_plot_map (&panel->x, (double) signal[0].n * step, area.x, area.x + area.width) - area.x;
  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, &panel->area, 0);
  rheo_plot_signal_rows (canvas, &area, signal, n, p->most_input);
  cairo_restore (canvas->cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  g_autofree RheoTrajectoryCell *cells = g_new0 (RheoTrajectoryCell, MAX_PANELS);
  int n = rheo_trajectory_make_panels (spec, canvas, area, x, y, cells);

  for (int i = 0; i < n; i++)
    {
      const RheoTrajectoryStage *s = &p->stage[cells[i].stage];
      int target_style = config->thin_target ? 3 : 0;
      gboolean above = target_symbol (config, p) == RHEO_SYMBOL_DASHED;

      if (cells[i].channel == INPUT_ROW)
        {
          draw_input (spec, canvas, &cells[i].panel);
          rheo_panel_draw_frame (canvas, &cells[i].panel);
          continue;
        }
      rheo_panel_draw_grid (canvas, &cells[i].panel);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &cells[i].panel.area, canvas->theme->marker);
      for (int turn = 0; turn < 2; turn++)
        if ((turn == 1) == above)
          {
            if (!is_target_hidden (spec, p))
              draw_path (spec, canvas, &cells[i], s->target, target_style, target_symbol (config, p), 0);
          }
        else if (!rheo_plot_entry_hidden (spec, p->has_target))
          draw_path (spec, canvas, &cells[i], s->output, s->style, output_symbol (config, p), p->has_target);
      if (!is_target_hidden (spec, p) && config->start && !p->over_time
          && n_points (p->over_time, &cells[i], s->target) > 0)
        {
          RheoPoint q = place (config, p->over_time, &cells[i], s->target, 0);

          if (isfinite (q.x) && isfinite (q.y))
            {
              rheo_plot_source (canvas, canvas->theme->series[target_style], rheo_plot_entry_share (spec, 0));
              rheo_plot_disc (canvas, q.x, q.y, canvas->theme->marker * (cells[i].small ? 0.9 : 1.25));
              cairo_fill (canvas->cr);
            }
        }
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &cells[i].panel);
    }
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  g_autofree RheoTrajectoryCell *cells = g_new0 (RheoTrajectoryCell, MAX_PANELS);
  int n = rheo_trajectory_make_panels (spec, canvas, area, x, y, cells), n_signals = 0;

  /* The row of inputs has limits of its own. */
  for (int i = 0; i < n; i++)
    if (cells[i].channel != INPUT_ROW)
      out[n_signals++] = (RheoPlotPanel){
        .area = cells[i].panel.area, .x = cells[i].panel.x, .y = cells[i].panel.y, .plane = !p->over_time
      };
  return n_signals;
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  g_autofree RheoTrajectoryCell *cells = g_new0 (RheoTrajectoryCell, MAX_PANELS);
  int n = rheo_trajectory_make_panels (spec, canvas, area, x, y, cells);
  double best = 12;

  for (int i = 0; i < n; i++)
    for (int which = 0; which < 2; which++)
      {
        const RheoTrajectoryStage *s = &p->stage[cells[i].stage];
        const RheoVector *v = which == 0 ? s->target : s->output;
        int entry = which == 0 ? 0 : p->has_target;

        if ((which == 0 && !p->has_target) || rheo_plot_entry_hidden (spec, entry))
          continue;

        for (int64_t k = 0; k < n_points (p->over_time, &cells[i], v); k++)
          {
            RheoPoint q = place (config, p->over_time, &cells[i], v, k);
            double far = hypot (q.x - px, q.y - py), vx, vy;
            char a[40], b[40], c[40];

            if (!(far < best))
              continue;
            best = far;
            vx = rheo_vector_get (&v[p->over_time ? cells[i].channel : 0], k);
            vy = p->over_time ? vx : rheo_vector_get (&v[1], k);
            out->binding = s->binding;
            out->entry = entry;
            out->index = k;
            out->x = p->over_time ? (double) k * (config->step_ms > 0 ? config->step_ms : 1) : vx;
            out->y = vy;
            rheo_plot_number (k, 0, a, sizeof a);
            rheo_plot_number_short (vx, 4, b, sizeof b);
            rheo_plot_number_short (vy, 4, c, sizeof c);
            if (p->over_time)
              g_snprintf (out->text, sizeof out->text, _ ("Step %s: %s, %s %s"), a,
                          which == 0 ? _ ("target") : _ ("prediction"), p->name[cells[i].channel], b);
            else
              g_snprintf (out->text, sizeof out->text, _ ("Step %s: %s, %s %s, %s %s"), a,
                          which == 0 ? _ ("target") : _ ("prediction"), p->name[0], b, p->name[1], c);
          }
      }
}

static gboolean
read_at (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  const RheoTrajectoryStage *s = &p->stage[p->n - 1];
  double step = config->step_ms > 0 ? config->step_ms : 1;
  g_autoptr (GString) text = g_string_new (NULL);
  int64_t k = (int64_t) CLAMP (round (at / step), 0, 1e9);
  char a[40], b[40];

  if (!p->over_time || k >= longest (p))
    return FALSE;
  out->binding = s->binding;
  out->index = k;
  out->x = (double) k * step;
  g_string_printf (text, "%s %s:", x->label != NULL ? x->label : "x", rheo_plot_number_short (out->x, 6, a, sizeof a));
  for (int c = 0; c < p->n_channels; c++)
    {
      g_string_append_printf (text, "%s %s", c > 0 ? ";" : "", p->name[c]);
      if (s->target[c].column != NULL && k < s->target[c].n && !is_target_hidden (spec, p))
        g_string_append_printf (text, _ (" target %s"),
                                rheo_plot_number_short (rheo_vector_get (&s->target[c], k), 4, b, sizeof b));
      if (s->output[c].column != NULL && k < s->output[c].n && !rheo_plot_entry_hidden (spec, p->has_target))
        g_string_append_printf (text, _ (" prediction %s"),
                                rheo_plot_number_short (rheo_vector_get (&s->output[c], k), 4, b, sizeof b));
    }
  g_strlcpy (out->text, text->str, sizeof out->text);
  return TRUE;
}

static void
add (RheoTable *table, const char *kind, int stage, const char *name, const RheoVector *v, int64_t n)
{
  g_autofree char *key = NULL;
  RheoColumn *c;

  if (v->column == NULL)
    return;
  key = stage < 0 ? g_strdup_printf ("%s %s", kind, name) : g_strdup_printf ("%s %d %s", kind, stage + 1, name);
  c = rheo_table_add (table, key, key, v->column->unit, "time", RHEO_F64, &n);
  for (int64_t i = 0; i < n; i++)
    ((double *) c->data)[i] = i < v->n ? rheo_vector_get (v, i) : NAN;
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "trajectory");
  int64_t n = longest (p);
  RheoColumn *time = rheo_table_add (table, "time", _ ("Time step"), "", "time", RHEO_I64, &n);
  gboolean one_target = MAX (rheo_plot_count (spec, "target"), rheo_plot_count (spec, "target-x")) <= 1;

  for (int64_t i = 0; i < n; i++)
    ((int64_t *) time->data)[i] = i;
  for (int s = 0; s < p->n; s++)
    for (int k = 0; k < p->n_channels; k++)
      {
        if (s == 0 || !one_target)
          add (table, "target", one_target ? -1 : s, p->name[k], &p->stage[s].target[k], n);
      }
  for (int s = 0; s < p->n; s++)
    for (int k = 0; k < p->n_channels; k++)
      add (table, "prediction", p->n == 1 ? -1 : s, p->name[k], &p->stage[s].output[k], n);
  return table;
}

static const char *
get_title (const RheoPlotSpec *spec)
{
  return is_over_time (spec) ? _ ("Outputs") : _ ("Trajectory");
}

const RheoPlotKind rheo_plot_trajectory = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "trajectory",
    .title = N_ ("Trajectory"),
    .summary = N_ ("Targets and outputs in the plane or over time, at several stages of training."),
    .config_size = sizeof (RheoTrajectoryConfig),
    .params = params,
  },
  .roles = roles,
  .title = get_title,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .draw = draw,
  .own_axes = TRUE,
  .panels = panels,
  .pick = pick,
  .read = read_at,
  .numbers = numbers,
};
