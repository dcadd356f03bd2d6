#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_TRIALS 12
#define INPUT_SHARE 0.36 /* of the width, where inputs stand beside the signals */

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
  RHEO_P_TEXT (Config, names, "names", .label = N_ ("Names of signals"), .def_text = "",
               .help = N_ ("Separated by semicolons, in the order of the signals, where they bring no names of their "
                           "own.")),
  RHEO_P_REAL (Config, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 10,
               .help = N_ ("Length of a step, for an axis in milliseconds. 0: the axis counts steps.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "signals", N_ ("signals of trials"), "* * *", TRUE, FALSE,
    .from = "trials/*/output|causes/*/output|task.target|task.input" },
  { "target", N_ ("what the signals should be"), "* * *", FALSE, FALSE, .with = "=target" },
  { "input", N_ ("inputs of the same trials"), "* * *", FALSE, FALSE, .with = "=input" },
  { "signal-names", N_ ("names of the signals"), "*", FALSE, FALSE, .with = "axis:1" },
  { "input-names", N_ ("names of the inputs"), "*", FALSE, FALSE, .with = "=in" },
  { "trial", N_ ("numbers of the trials"), "*", FALSE, FALSE, .with = "axis:3" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  int first, n_trials, n_channels;
  int64_t n_time;
  char name[RHEO_N_STYLES][48];
  const RheoColumn *target, *input; /* or NULL */
  double most_input;                /* by amount */
  char **input_names;               /* NULL-ended, or NULL */
} Prepared;

/* The column of a role that has the trials and steps of the signals; other_width: not the channels. NULL: none. */
static const RheoColumn *
beside (const RheoPlotSpec *spec, const char *role, gboolean other_width)
{
  const RheoColumn *signals = rheo_plot_find (spec, "signals", 0)->column;
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL && b->column != signals && b->column->dims[0] == signals->dims[0]
                 && b->column->dims[1] == signals->dims[1] && (other_width || b->column->dims[2] == signals->dims[2])
             ? b->column
             : NULL;
}

static void
release (void *data)
{
  Prepared *p = data;

  g_strfreev (p->input_names);
  g_free (p);
}

static void
add_input (const RheoPlotSpec *spec, Prepared *p)
{
  const RheoPlotBinding *names = rheo_plot_find (spec, "input-names", 0);
  RheoLimits limits = RHEO_NO_LIMITS;
  RheoVector all;

  p->input = beside (spec, "input", TRUE);
  if (p->input == NULL)
    return;
  all = rheo_vector (p->input);
  rheo_vector_limits (&all, &limits);
  p->most_input = MAX (fabs (limits.lo), fabs (limits.hi));
  if (names == NULL || names->column->type != RHEO_STRING || names->column->dims[0] != p->input->dims[2])
    return;
  p->input_names = g_new0 (char *, names->column->dims[0] + 1);
  for (int64_t i = 0; i < names->column->dims[0]; i++)
    p->input_names[i] = g_strdup (rheo_column_get_string (names->column, i));
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoColumn *c = rheo_plot_find (spec, "signals", 0)->column;
  g_auto (GStrv) names = g_strsplit (config->names, ";", -1);
  int n_names = (int) g_strv_length (names);
  const RheoPlotBinding *own = rheo_plot_find (spec, "signal-names", 0);
  Prepared *p = g_new0 (Prepared, 1);

  p->n_trials = (int) MIN (config->n_trials, c->dims[0]);
  p->first = (int) CLAMP (config->first, 0, c->dims[0] - p->n_trials);
  p->n_time = c->dims[1];
  p->n_channels = (int) MIN (c->dims[2], RHEO_N_STYLES);
  p->target = beside (spec, "target", FALSE);
  add_input (spec, p);
  for (int k = 0; k < p->n_channels; k++)
    if (own != NULL && own->column->type == RHEO_STRING && k < own->column->dims[0])
      g_strlcpy (p->name[k], rheo_column_get_string (own->column, k), sizeof p->name[k]);
    else if (k < n_names && *g_strstrip (names[k]) != '\0')
      g_strlcpy (p->name[k], names[k], sizeof p->name[k]);
    else
      g_snprintf (p->name[k], sizeof p->name[k], _ ("Signal %d"), k + 1);
  return p;
}

static RheoVector
channel_of (const RheoColumn *column, const Prepared *p, int row, int channel)
{
  return rheo_vector_along (column, 1, (int64_t[]){ p->first + row, 0, channel });
}

static RheoVector
signal_of (const RheoPlotSpec *spec, const Prepared *p, int row, int channel)
{
  return channel_of (rheo_plot_find (spec, "signals", 0)->column, p, row, channel);
}

/* What a row is called: the number of its trial, in the set where that is known. */
static int
number_of (const RheoPlotSpec *spec, const Prepared *p, int row)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "trial", 0);

  return b != NULL && p->first + row < b->column->dims[0] ? (int) rheo_column_get_number (b->column, p->first + row)
                                                          : p->first + row;
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
        if (p->target == NULL)
          continue;
        v = channel_of (p->target, p, row, k);
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
      /* Dashes are those of targets then. */
      entries[k] = (RheoPlotEntry){ .style = k, .symbol = p->target != NULL ? RHEO_SYMBOL_SQUARE : RHEO_SYMBOL_LINE };
      g_strlcpy (entries[k].label, p->name[k], sizeof entries[k].label);
    }
  return p->n_channels;
}

/* --- panels, one above another -------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPanel panel, input; /* input: at the left, where there are inputs */
  char name[48];          /* of the y axis: the trial */
} Row;

/* Inputs stand beside the signals where there is room for both. */
static gboolean
has_input (const Prepared *p, RheoPlotCanvas *canvas, const RheoRect *area)
{
  return p->input != NULL && !(canvas->drop & RHEO_DROP_NAMES)
         && area->width > 20 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
}

/* Rows of panels in an area; the lowest has the numbers of x. input: those of the inputs; named: by their trials. */
static void
make_column (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
             const RheoPlotAxis *y, gboolean input, gboolean named, const char *title, Row *rows)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double left = -INFINITY, right = INFINITY;
  double gap = 1.5 * canvas->theme->gap, foot, head, h;
  RheoPanel with = { .outer = *area, .x = *x, .y = *y }, bare = with, titled;

  bare.no_x_name = bare.no_x_labels = TRUE;
  titled = bare;
  titled.title = title;
  rheo_panel_layout (canvas, &with);
  rheo_panel_layout (canvas, &bare);
  rheo_panel_layout (canvas, &titled);
  foot = bare.area.y + bare.area.height - with.area.y - with.area.height;
  head = titled.area.y - bare.area.y;
  h = (area->height - foot - head - (p->n_trials - 1) * gap) / MAX (1, p->n_trials);
  /* Rows come before what stands above them. */
  if (title != NULL && h < rheo_plot_text_height (canvas, RHEO_TEXT_NAME))
    {
      h += head / MAX (1, p->n_trials);
      head = 0;
      title = NULL;
    }
  for (int row = 0; row < p->n_trials; row++)
    {
      gboolean bottom = row == p->n_trials - 1;
      RheoPanel *panel = input ? &rows[row].input : &rows[row].panel;
      double wide, top = row == 0 ? 0 : head;

      *panel = (RheoPanel){ .x = *x, .y = *y, .title = row == 0 ? title : NULL };
      if (named)
        {
          g_snprintf (rows[row].name, sizeof rows[row].name, _ ("Trial %d"), number_of (spec, p, row));
          rheo_plot_text_size (canvas, RHEO_TEXT_NAME, rows[row].name, &wide, NULL);
          if (wide > h)
            g_snprintf (rows[row].name, sizeof rows[row].name, "%d", number_of (spec, p, row));
          panel->y.label = rows[row].name;
        }
      panel->no_y_name = !named;
      panel->outer = (RheoRect){ area->x, area->y + top + row * (h + gap), area->width,
                                 h + (bottom ? foot : 0) + (row == 0 ? head : 0) };
      panel->no_x_name = panel->no_x_labels = !bottom;
      rheo_panel_layout (canvas, panel);
      left = MAX (left, panel->area.x);
      right = MIN (right, panel->area.x + panel->area.width);
    }
  /* Frames stand below each other, whichever names have room beside them. */
  for (int row = 0; row < p->n_trials; row++)
    {
      RheoRect *a = input ? &rows[row].input.area : &rows[row].panel.area;

      a->x = left;
      a->width = MAX (right - left, 1);
    }
}

static void
make_rows (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y, Row *rows)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double gap = 2.5 * canvas->theme->gap, wide = INPUT_SHARE * (area->width - gap);
  const RheoRect left = { area->x, area->y, wide, area->height },
                 right = { area->x + wide + gap, area->y, area->width - wide - gap, area->height };
  RheoPlotAxis channels = { .lo = -0.5, .unit = "", .whole = TRUE, .names = (const char *const *) p->input_names };

  if (!has_input (p, canvas, area))
    {
      make_column (spec, canvas, area, x, y, FALSE, TRUE, NULL, rows);
      return;
    }
  channels.hi = (double) p->input->dims[2] - 0.5;
  make_column (spec, canvas, &left, x, &channels, TRUE, TRUE, p->input->label, rows);
  make_column (spec, canvas, &right, x, y, FALSE, FALSE, rheo_plot_find (spec, "signals", 0)->column->label, rows);
}

/* A target is dashed, and its signal is drawn over it in the same colour. */
static void
draw_signal (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, const RheoVector *v, int k,
             gboolean target)
{
  static const double dash[] = { 4, 3 };
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));

  rheo_plot_decimate (NULL, 0, config->step_ms > 0 ? config->step_ms : 1, v, &panel->x, &panel->y, &panel->area,
                      canvas->vector ? 0 : 1 / canvas->pixel, points);
  cairo_save (canvas->cr);
  rheo_plot_source (canvas, canvas->theme->series[k], rheo_plot_entry_share (spec, k));
  if (target)
    cairo_set_dash (canvas->cr, dash, G_N_ELEMENTS (dash), 0);
  else if (p->target == NULL)
    rheo_plot_theme_dash (canvas->theme, k, canvas->cr);
  rheo_plot_stroke (canvas, points, canvas->theme->line * (target ? 0.7 : 1));
  cairo_restore (canvas->cr);
}

static void
draw_input (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, int row)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int n = (int) p->input->dims[2];
  g_autofree RheoVector *signal = g_new (RheoVector, n);

  for (int k = 0; k < n; k++)
    signal[k] = channel_of (p->input, p, row, k);
  rheo_plot_signal_rows (canvas, &panel->area, signal, n, p->most_input);
  rheo_panel_draw_frame (canvas, panel);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  Row rows[MAX_TRIALS];

  make_rows (spec, canvas, area, x, y, rows);
  for (int row = 0; row < p->n_trials; row++)
    {
      const RheoPanel *panel = &rows[row].panel;

      if (has_input (p, canvas, area))
        draw_input (spec, canvas, &rows[row].input, row);
      rheo_panel_draw_grid (canvas, panel);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &panel->area, canvas->theme->line);
      for (int target = 1; target >= 0; target--)
        for (int k = 0; k < p->n_channels; k++)
          {
            RheoVector v;

            if (rheo_plot_entry_hidden (spec, k) || (target && p->target == NULL))
              continue;
            v = target ? channel_of (p->target, p, row, k) : signal_of (spec, p, row, k);
            draw_signal (spec, canvas, panel, &v, k, target);
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
            g_snprintf (out->text, sizeof out->text, _ ("Trial %d, step %d: %s %s"), number_of (spec, p, row), (int) t,
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
      g_string_append_printf (text, _ ("trial %d"), number_of (spec, p, row));
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

static void
add_numbers (RheoTable *table, const char *key, const char *unit, const RheoVector *v)
{
  double *to = rheo_table_add (table, key, key, unit, "time", RHEO_F64, &v->n)->data;

  for (int64_t t = 0; t < v->n; t++)
    to[t] = rheo_vector_get (v, t);
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
        g_autofree char *key = g_strdup_printf ("trial %d %s", number_of (spec, p, row), p->name[k]);
        g_autofree char *target_key = g_strconcat (key, " target", NULL);
        RheoVector v = signal_of (spec, p, row, k);

        add_numbers (table, key, c->unit, &v);
        if (p->target == NULL)
          continue;
        v = channel_of (p->target, p, row, k);
        add_numbers (table, target_key, c->unit, &v);
      }
  return table;
}

const RheoPlotKind rheo_plot_trials = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "trials",
    .title = N_ ("Trials"),
    .summary = N_ ("Signals of several trials over time, one trial above another, with their targets and inputs: a look at "
                   "the data."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .prepare = prepare,
  .release = release,
  .range = range,
  .legend = legend,
  .own_axes = TRUE,
  .panels = panels,
  .draw = draw,
  .pick = pick,
  .read = read_at,
  .numbers = numbers,
};
