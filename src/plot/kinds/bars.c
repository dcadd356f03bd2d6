#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

/* What each action of an episode brought, as bars up and down from zero; beside them how often each value occurs in a longer
 * time, which has the same axis. */

#define MAX_BINS 200
#define STYLE_UP 0
#define STYLE_DOWN 1

typedef struct
{
  int episode, bins;
  gboolean histogram;
  double step_ms;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, episode, "episode", .label = N_ ("Episode"), .max = 1e6, .soft_max = 10,
              .help = N_ ("Which recorded episode is shown, counted from 0.")),
  RHEO_P_BOOL (Config, histogram, "histogram", .label = N_ ("Histogram"), .def = TRUE,
               .help = N_ ("How often each value occurs, at the right.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .def = 24, .min = 2, .max = MAX_BINS, .soft_min = 2,
              .soft_max = 50, .help = N_ ("Of the histogram."), .when = "histogram=true"),
  RHEO_P_REAL (Config, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 100,
               .help = N_ ("Of one value to the next, where the run does not say how long an action lasts. 0: the axis "
                           "counts.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "values", N_ ("a number of each step"), "*|* *", TRUE, FALSE, .from = "scene.reward" },
  { "length", N_ ("moments of each episode"), "episode", FALSE, FALSE, .with = "scene.length" },
  { "all", N_ ("numbers of a longer time"), "*", FALSE, FALSE, .with = "scene.rewards" },
  { NULL },
};

typedef struct
{
  RheoVector value; /* of the episode */
  double step;      /* s; 0: it has none */
  RheoLimits limits;
  int64_t most, count[MAX_BINS]; /* bins are from limits.lo to limits.hi */
} Prepared;

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *values = rheo_plot_find (spec, "values", 0)->column;

  return values->n_dims != 2 || rheo_plot_has_index (((const Config *) spec->values)->episode, values->dims[0], error);
}

static void
count_values (Prepared *p, const RheoVector *all, int bins)
{
  for (int64_t i = 0; i < all->n; i++)
    {
      const double v = rheo_vector_get (all, i), share = (v - p->limits.lo) / (p->limits.hi - p->limits.lo);
      const int bin = isfinite (share) ? CLAMP ((int) (share * bins), 0, bins - 1) : -1;

      if (bin >= 0)
        p->most = MAX (p->most, ++p->count[bin]);
    }
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoPlotBinding *values = rheo_plot_find (spec, "values", 0), *length = rheo_plot_find (spec, "length", 0);
  const RheoPlotBinding *all = rheo_plot_find (spec, "all", 0);
  const char *step = rheo_table_get_note (values->table, "scene.step");
  const double ms = step != NULL ? g_ascii_strtod (step, NULL) : config->step_ms;
  Prepared *p = g_new0 (Prepared, 1);
  RheoVector longer = all != NULL ? rheo_vector (all->column) : (RheoVector){ NULL };

  p->limits = (RheoLimits) RHEO_NO_LIMITS;
  p->value = values->column->n_dims == 2 ? rheo_vector_along (values->column, 1, (int64_t[]){ config->episode, 0 })
                                         : rheo_vector (values->column);
  if (length != NULL && values->column->n_dims == 2 && config->episode < rheo_column_get_length (length->column))
    p->value.n = CLAMP ((int64_t) rheo_column_get_number (length->column, config->episode), 0, p->value.n);
  p->step = ms > 0 ? ms / 1000 : 0;
  rheo_vector_limits (&p->value, &p->limits);
  if (all != NULL)
    rheo_vector_limits (&longer, &p->limits);
  p->limits.lo = MIN (p->limits.lo, 0);
  p->limits.hi = MAX (p->limits.hi, 0);
  /* Zero is between two bins: what is good and what is bad are counted apart. */
  if (p->limits.lo < 0 && p->limits.hi > 0)
    {
      const int below =
          CLAMP ((int) lround (-p->limits.lo / (p->limits.hi - p->limits.lo) * config->bins), 1, config->bins - 1);
      const double width = MAX (-p->limits.lo / below, p->limits.hi / (config->bins - below));

      p->limits.lo = -width * below;
      p->limits.hi = width * (config->bins - below);
    }
  if (!(p->limits.hi > p->limits.lo))
    p->limits.hi = p->limits.lo + 1;
  if (config->histogram)
    count_values (p, all != NULL ? &longer : &p->value, config->bins);
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *values = rheo_plot_find (spec, "values", 0)->column;
  const double step = p->step > 0 ? p->step : 1;

  x->lo = 0;
  x->hi = MAX ((double) p->value.n, 1) * step;
  x->whole = p->step == 0;
  x->label = p->step > 0 ? _ ("Time in the episode") : _ ("Step");
  x->unit = p->step > 0 ? "s" : "";
  y->lo = p->limits.lo;
  y->hi = p->limits.hi;
  y->label = values->label;
  y->unit = values->unit;
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */
static double
room_of (RheoPlotCanvas *canvas)
{
  return 6 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
}

static double
side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  return p->most > 0 && !(canvas->drop & RHEO_DROP_NAMES) ? room_of (canvas) + 2 * canvas->theme->gap : 0;
}

static void
bar (RheoPlotCanvas *canvas, gboolean up, double x0, double y0, double x1, double y1)
{
  const RheoPlotTheme *theme = canvas->theme;

  rheo_plot_source (canvas, theme->series[up ? STYLE_UP : STYLE_DOWN], 1);
  cairo_rectangle (canvas->cr, MIN (x0, x1), MIN (y0, y1), fabs (x1 - x0), fabs (y1 - y0));
  cairo_fill (canvas->cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double step = p->step > 0 ? p->step : 1, bottom = area->y + area->height;
  const double zero = rheo_plot_map (y, 0, bottom, area->y);

  for (int64_t i = 0; i < p->value.n; i++)
    {
      const double v = rheo_vector_get (&p->value, i);
      const double x0 = rheo_plot_map (x, (double) i * step, area->x, area->x + area->width);
      const double x1 = rheo_plot_map (x, (double) (i + 1) * step, area->x, area->x + area->width);
      const double gap = x1 - x0 > 3 ? 1 : 0; /* thin ones would be pale */

      if (isfinite (v) && v != 0)
        bar (canvas, v > 0, x0, zero, x1 - gap, rheo_plot_map (y, v, bottom, area->y));
    }
  rheo_plot_source (canvas, canvas->theme->axis, 1);
  rheo_plot_hairline (canvas, area->x, zero, area->x + area->width, zero, canvas->theme->hair);
}

/* The histogram, along the same axis. */
static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const RheoPlotTheme *theme = canvas->theme;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double left = area->x + area->width + 2 * theme->gap, bottom = area->y + area->height;
  const double width = (p->limits.hi - p->limits.lo) / config->bins, full = room_of (canvas);
  const double below = bottom + theme->tick + theme->gap / 2, row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  char most[40];

  if (side (spec, canvas) == 0)
    return;
  for (int i = 0; i < config->bins; i++)
    {
      const double lo = p->limits.lo + i * width;
      const double y0 = CLAMP (rheo_plot_map (y, lo, bottom, area->y), area->y, bottom);
      const double y1 = CLAMP (rheo_plot_map (y, lo + width, bottom, area->y), area->y, bottom);

      if (p->count[i] > 0 && y0 - y1 > 0.01)
        bar (canvas, lo + width / 2 > 0, left, y1 + MIN (1, (y0 - y1) / 4),
             left + full * (double) p->count[i] / (double) p->most, y0);
    }
  rheo_plot_source (canvas, theme->axis, 1);
  rheo_plot_hairline (canvas, left, area->y, left, bottom, theme->hair);
  rheo_plot_hairline (canvas, left, bottom, left + full, bottom, theme->hair);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, left, below, 0, 0, "0");
  rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, left + full, below, 1, 0,
                  rheo_plot_number ((double) p->most, 0, most, sizeof most));
  rheo_plot_text (canvas, RHEO_TEXT_NAME, theme->text, left + full / 2, below + row, 0.5, 0, _ ("Count"));
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double step = p->step > 0 ? p->step : 1;
  const int64_t i = (int64_t) floor (rheo_plot_unmap (x, px, area->x, area->x + area->width) / step);
  char at[40], value[40];

  if (px < area->x || px > area->x + area->width || py < area->y || py > area->y + area->height || i < 0
      || i >= p->value.n || !isfinite (rheo_vector_get (&p->value, i)))
    return;
  out->binding = (int) (rheo_plot_find (spec, "values", 0) - spec->binding);
  out->index = i;
  out->x = (double) i * step;
  out->y = rheo_vector_get (&p->value, i);
  g_snprintf (out->text, sizeof out->text, _ ("Step %s: %s"), rheo_plot_number ((double) i, 0, at, sizeof at),
              rheo_plot_number_short (out->y, 3, value, sizeof value));
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *values = rheo_plot_find (spec, "values", 0)->column;
  const double step = p->step > 0 ? p->step : 1;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "bars");
  double *at = rheo_table_add (table, "time", p->step > 0 ? _ ("Time in the episode") : _ ("Step"),
                               p->step > 0 ? "s" : "", "time", RHEO_F64, &p->value.n)
                   ->data;
  double *value = rheo_table_add (table, "value", values->label, values->unit, "time", RHEO_F64, &p->value.n)->data;

  for (int64_t i = 0; i < p->value.n; i++)
    {
      at[i] = (double) i * step;
      value[i] = rheo_vector_get (&p->value, i);
    }
  return table;
}

const RheoPlotKind rheo_plot_bars = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "bars",
    .title = N_ ("Rewards"),
    .summary = N_ ("What each action of an episode brought, up and down from zero, and how often each value occurs."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .side = side,
  .draw = draw,
  .draw_over = draw_over,
  .pick = pick,
  .numbers = numbers,
};
