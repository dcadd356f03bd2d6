#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_BINS 400

enum
{
  FIT_NONE,
  FIT_NORMAL,
  FIT_LOG_NORMAL,
};

typedef struct
{
  int bins;
  gboolean density, log_y;
  int transform; /* RheoTransform */
  gboolean skip_zeros;
  double tail;
  int fit;
} Config;

static const char *const fit_choices[] = { "none", "normal", "log-normal", NULL };

static const RheoParam params[] = {
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .max = MAX_BINS, .soft_max = 100,
              .help = N_ ("0: from the spread and number of the data (Freedman and Diaconis 1981).")),
  RHEO_P_BOOL (Config, density, "density", .label = N_ ("Density"),
               .help =
                   N_ ("Heights are divided by the number of data and the width of a bin, so that sets of different "
                       "sizes can be compared.")),
  RHEO_P_BOOL (Config, log_y, "log-y", .label = N_ ("Logarithmic y axis"), .help = N_ ("Shows rare numbers too.")),
  RHEO_P_CHOICE (
      Config, transform, "transform", rheo_transform_choices, .label = N_ ("Shown as"), .max = RHEO_TRANSFORM_ABS,
      .help = N_ ("log1p-abs: log(1 + |x|). log10-abs: log₁₀ |x|. Auto: the first for changes of weights, the second "
                  "for gradients, else the numbers as they are.")),
  RHEO_P_BOOL (Config, skip_zeros, "skip-zeros", .label = N_ ("Leave out zeros"), .def = TRUE,
               .help = N_ ("Numbers that are exactly zero stand for synapses that do not exist.")),
  RHEO_P_REAL (Config, tail, "tail", .label = N_ ("Tails left out"), .unit = "%", .def = 0.1, .max = 25, .soft_max = 5,
               .help = N_ ("The x axis leaves out this share of the numbers at each end.")),
  RHEO_P_CHOICE (Config, fit, "fit", fit_choices, .label = N_ ("Curve"), .max = FIT_LOG_NORMAL,
                 .help =
                     N_ ("A normal or log-normal curve of the same mean and standard deviation (of the logarithm).")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "values", N_ ("numbers"), "...", TRUE, TRUE, .from = "rec.weight|*.weight", .parts = TRUE },
  { NULL },
};

/* --- counts ------------------------------------------------------------------------------------------------------------ */
typedef struct
{
  int64_t n, count[MAX_BINS];
  double mean, sd;         /* of the numbers */
  double log_mean, log_sd; /* of the logarithms of the positive ones */
  int64_t n_positive;
  int style, binding;
  char name[48];
} Set;

typedef struct
{
  Set set[RHEO_PLOT_MAX_COLUMNS];
  int n_sets, n_bins;
  double lo, hi;
  char label[96];
  RheoTransform transform;
} Prepared;

static void
moments (Set *s, const float *v, int64_t n)
{
  double sum = 0, sum2 = 0, log_sum = 0, log_sum2 = 0;

  for (int64_t i = 0; i < n; i++)
    sum += v[i];
  s->mean = n > 0 ? sum / n : NAN;
  for (int64_t i = 0; i < n; i++)
    {
      sum2 += (v[i] - s->mean) * (v[i] - s->mean);
      if (v[i] > 0)
        {
          log_sum += log (v[i]);
          s->n_positive++;
        }
    }
  s->sd = n > 1 ? sqrt (sum2 / (n - 1)) : 0;
  s->log_mean = s->n_positive > 0 ? log_sum / s->n_positive : NAN;
  for (int64_t i = 0; i < n; i++)
    if (v[i] > 0)
      log_sum2 += (log (v[i]) - s->log_mean) * (log (v[i]) - s->log_mean);
  s->log_sd = s->n_positive > 1 ? sqrt (log_sum2 / (s->n_positive - 1)) : 0;
}

/* Width 2 IQR n^(-1/3). */
static int
bins_for (double lo, double hi, double iqr, int64_t n)
{
  double width = 2 * iqr * pow ((double) MAX (n, 1), -1.0 / 3);

  return width > 0 ? (int) CLAMP (ceil ((hi - lo) / width), 8, 100) : 20;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  Prepared *p = g_new0 (Prepared, 1);
  float *v[RHEO_PLOT_MAX_COLUMNS];
  int bins = 0;
  const RheoColumn *first = rheo_plot_find (spec, "values", 0)->column;

  p->transform = rheo_plot_transform (config->transform, first, FALSE);
  p->lo = INFINITY;
  p->hi = -INFINITY;
  p->n_sets = rheo_plot_count (spec, "values");
  for (int k = 0; k < p->n_sets; k++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, "values", k);
      const double at[] = { config->tail / 100, 0.25, 0.75, 1 - config->tail / 100 };
      g_autofree char *name = rheo_plot_series_name (spec, b);
      Set *s = &p->set[k];
      double q[4];

      v[k] = rheo_plot_gather (b->column, NULL, p->transform, config->skip_zeros, &s->n);
      s->binding = (int) (b - spec->binding);
      g_strlcpy (s->name, name, sizeof s->name);
      s->style = b->style >= 0 ? b->style : rheo_plot_theme_style (name, k);
      moments (s, v[k], s->n);
      if (s->n == 0)
        continue;
      rheo_plot_quantiles (v[k], s->n, at, 4, q);
      p->lo = MIN (p->lo, q[0]);
      p->hi = MAX (p->hi, q[3]);
      bins = MAX (bins, bins_for (q[0], q[3], q[2] - q[1], s->n));
    }
  if (!isfinite (p->lo) || !isfinite (p->hi))
    {
      p->lo = 0;
      p->hi = 1;
    }
  if (!(p->hi > p->lo))
    {
      double pad = p->lo != 0 ? fabs (p->lo) * 0.1 : 0.5;

      p->lo -= pad;
      p->hi += pad;
    }
  p->n_bins = config->bins > 0 ? config->bins : MAX (bins, 1);
  if (config->bins == 0)
    {
      /* Edges at round numbers. */
      double width = rheo_plot_step (p->lo, p->hi, p->n_bins, FALSE);

      p->lo = floor (p->lo / width + 1e-9) * width;
      p->n_bins = (int) CLAMP (ceil ((p->hi - p->lo) / width - 1e-9), 1, MAX_BINS);
      p->hi = p->lo + p->n_bins * width;
    }
  for (int k = 0; k < p->n_sets; k++)
    {
      for (int64_t i = 0; i < p->set[k].n; i++)
        {
          double u = (v[k][i] - p->lo) / (p->hi - p->lo) * p->n_bins;

          /* The last bin holds its upper edge too. */
          if (u >= 0 && v[k][i] <= p->hi)
            p->set[k].count[MIN ((int) u, p->n_bins - 1)]++;
        }
      g_free (v[k]);
    }
  {
    g_autofree char *what = rheo_plot_common_label (spec, "values");
    g_autofree char *shown = rheo_plot_transformed_name (p->transform, what != NULL ? what : first->label);

    g_strlcpy (p->label, shown, sizeof p->label);
  }
  return p;
}

static double
height_of (const Config *config, const Prepared *p, const Set *s, int bin)
{
  if (!config->density)
    return (double) s->count[bin];
  return s->n > 0 ? (double) s->count[bin] / s->n / ((p->hi - p->lo) / p->n_bins) : 0;
}

static double
fit_at (const Config *config, const Prepared *p, const Set *s, double x)
{
  double width = (p->hi - p->lo) / p->n_bins, d;

  if (config->fit == FIT_NORMAL && s->sd > 0)
    d = exp (-0.5 * (x - s->mean) * (x - s->mean) / (s->sd * s->sd)) / (s->sd * sqrt (2 * RHEO_PLOT_PI));
  else if (config->fit == FIT_LOG_NORMAL && s->log_sd > 0 && x > 0)
    d = exp (-0.5 * pow ((log (x) - s->log_mean) / s->log_sd, 2)) / (x * s->log_sd * sqrt (2 * RHEO_PLOT_PI))
        * s->n_positive / s->n;
  else
    return 0;
  return config->density ? d : d * s->n * width;
}

/* The one entry of a single set is its curve. */
static gboolean
is_hidden (const RheoPlotSpec *spec, const Prepared *p, int set)
{
  return p->n_sets > 1 && rheo_plot_entry_hidden (spec, set);
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *first = rheo_plot_find (spec, "values", 0)->column;
  double least = INFINITY, most = 0;

  for (int k = 0; k < p->n_sets; k++)
    for (int i = 0; i < p->n_bins && !is_hidden (spec, p, k); i++)
      {
        double h = height_of (config, p, &p->set[k], i);

        most = MAX (most, h);
        if (h > 0)
          least = MIN (least, h);
        if (config->fit != FIT_NONE)
          most = MAX (most, fit_at (config, p, &p->set[k], p->lo + (i + 0.5) * (p->hi - p->lo) / p->n_bins));
      }
  x->lo = p->lo;
  x->hi = p->hi;
  x->label = p->label;
  x->unit = p->transform == RHEO_TRANSFORM_NONE || p->transform == RHEO_TRANSFORM_ABS ? first->unit : "";
  y->log = config->log_y;
  y->lo = config->log_y ? least * 0.5 : 0;
  y->hi = most;
  y->whole = !config->density && !config->log_y;
  y->label = config->density ? _ ("Density") : _ ("Count");
  y->unit = "";
  rheo_plot_axis_nice (x);
  rheo_plot_axis_nice (y);
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  int n = 0;

  for (int k = 0; k < p->n_sets && p->n_sets > 1; k++)
    {
      entries[n] = (RheoPlotEntry){ .style = p->set[k].style, .symbol = RHEO_SYMBOL_LINE };
      g_strlcpy (entries[n++].label, p->set[k].name, sizeof entries[0].label);
    }
  if (config->fit != FIT_NONE && p->n_sets == 1)
    {
      char a[40], b[40];
      gboolean normal = config->fit == FIT_NORMAL;

      rheo_plot_number_short (normal ? p->set[0].mean : p->set[0].log_mean, 3, a, sizeof a);
      rheo_plot_number_short (normal ? p->set[0].sd : p->set[0].log_sd, 3, b, sizeof b);
      entries[n] = (RheoPlotEntry){ .style = 1, .symbol = RHEO_SYMBOL_LINE };
      g_snprintf (entries[n].label, sizeof entries[0].label,
                  normal ? _ ("normal, mean %s, sd %s") : _ ("log-normal, μ %s, σ %s"), a, b);
      n++;
    }
  return n;
}

/* --- drawing ------------------------------------------------------------------------------------------------------------- */
static void
draw_set (const RheoPlotSpec *spec, const Prepared *p, int set, RheoPlotCanvas *canvas, const RheoRect *area,
          const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const Set *s = &p->set[set];
  const RheoPlotTheme *theme = canvas->theme;
  cairo_t *cr = canvas->cr;
  double width = (p->hi - p->lo) / p->n_bins, foot = area->y + area->height, gap = 0.6 * theme->point * 0.75;
  gboolean alone = p->n_sets == 1;
  double share = alone ? 1 : rheo_plot_entry_share (spec, set);

  /* Sets that overlap are drawn as outlines over a light fill, so that none hides another. */
  for (int pass = alone ? 1 : 0; pass < 2; pass++)
    {
      for (int i = 0; i < p->n_bins; i++)
        {
          double h = height_of (config, p, s, i);
          double x0 = rheo_plot_map (x, p->lo + i * width, area->x, area->x + area->width);
          double x1 = rheo_plot_map (x, p->lo + (i + 1) * width, area->x, area->x + area->width);
          double top = h > 0 ? CLAMP (rheo_plot_map (y, h, foot, area->y), -1e5, foot) : foot;

          if (alone && h > 0)
            cairo_rectangle (cr, x0 + gap / 2, top, MAX (x1 - x0 - gap, 0.3), foot - top);
          else if (!alone)
            {
              if (i == 0)
                cairo_move_to (cr, x0, foot);
              cairo_line_to (cr, x0, top);
              cairo_line_to (cr, x1, top);
              if (i == p->n_bins - 1)
                cairo_line_to (cr, x1, foot);
            }
        }
      RheoRgb colour = theme->series[s->style % RHEO_N_STYLES];

      if (alone)
        rheo_plot_source (canvas, rheo_rgb_mix (theme, colour, 0.75), 1);
      else
        rheo_plot_source (canvas, colour, share * (pass == 0 ? 0.2 : 1));
      if (alone || pass == 0)
        cairo_fill (cr);
      else
        {
          cairo_save (cr);
          cairo_set_line_width (cr, theme->outline);
          rheo_plot_theme_dash (theme, s->style, cr);
          cairo_stroke (cr);
          cairo_restore (cr);
        }
    }
}

static void
draw_fit (const Config *config, const Prepared *p, const Set *s, RheoPlotCanvas *canvas, const RheoRect *area,
          const RheoPlotAxis *x, const RheoPlotAxis *y, int style)
{
  cairo_t *cr = canvas->cr;
  gboolean open = FALSE;

  for (int i = 0; i <= 240; i++)
    {
      double at = p->lo + (p->hi - p->lo) * i / 240;
      double h = fit_at (config, p, s, at);
      double py = rheo_plot_map (y, h, area->y + area->height, area->y);

      if (!isfinite (py) || (y->log && h < y->lo * 1e-3))
        {
          open = FALSE;
          continue;
        }
      py = CLAMP (py, -1e5, 1e5);
      if (open)
        cairo_line_to (cr, rheo_plot_map (x, at, area->x, area->x + area->width), py);
      else
        cairo_move_to (cr, rheo_plot_map (x, at, area->x, area->x + area->width), py);
      open = TRUE;
    }
  cairo_save (cr);
  rheo_plot_source (canvas, canvas->theme->series[style % RHEO_N_STYLES], 1);
  rheo_plot_theme_dash (canvas->theme, style, cr);
  cairo_set_line_width (cr, canvas->theme->line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);

  for (int k = 0; k < p->n_sets; k++)
    if (!is_hidden (spec, p, k))
      draw_set (spec, p, k, canvas, area, x, y);
  for (int k = 0; k < p->n_sets && config->fit != FIT_NONE; k++)
    if (!rheo_plot_entry_hidden (spec, k))
      draw_fit (config, p, &p->set[k], canvas, area, x, y, p->n_sets == 1 ? 1 : p->set[k].style);
}

/* --- hover and numbers --------------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double width = (p->hi - p->lo) / p->n_bins;
  int bin = (int) floor ((rheo_plot_unmap (x, px, area->x, area->x + area->width) - p->lo) / width);
  char a[40], b[40];
  int n;

  if (px < area->x || px > area->x + area->width || py < area->y || py > area->y + area->height || bin < 0
      || bin >= p->n_bins)
    return;
  out->binding = p->set[0].binding;
  out->index = bin;
  out->x = p->lo + (bin + 0.5) * width;
  out->y = (double) p->set[0].count[bin];
  n = g_snprintf (out->text, sizeof out->text, _ ("%s to %s:"),
                  rheo_plot_number_short (p->lo + bin * width, 3, a, sizeof a),
                  rheo_plot_number_short (p->lo + (bin + 1) * width, 3, b, sizeof b));
  for (int k = 0; k < p->n_sets && n < (int) sizeof out->text - 1; k++)
    n += g_snprintf (out->text + n, sizeof out->text - n, "%s %s%s%s", k > 0 ? "," : "",
                     p->n_sets > 1 ? p->set[k].name : "", p->n_sets > 1 ? " " : "",
                     rheo_plot_number ((double) p->set[k].count[bin], 0, a, sizeof a));
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "histogram");
  double width = (p->hi - p->lo) / p->n_bins;
  int64_t n = p->n_bins;
  RheoColumn *from = rheo_table_add (table, "from", _ ("From"), "", "bin", RHEO_F64, &n);
  RheoColumn *to = rheo_table_add (table, "to", _ ("To"), "", "bin", RHEO_F64, &n);

  for (int i = 0; i < p->n_bins; i++)
    {
      ((double *) from->data)[i] = p->lo + i * width;
      ((double *) to->data)[i] = p->lo + (i + 1) * width;
    }
  for (int k = 0; k < p->n_sets; k++)
    {
      g_autofree char *key = p->n_sets == 1 ? g_strdup ("count") : g_strdup_printf ("count %s", p->set[k].name);

      if (rheo_table_find (table, key) != NULL)
        {
          g_free (key);
          key = g_strdup_printf ("count %s (%d)", p->set[k].name, k + 1);
        }
      rheo_table_add_copy (table, key, key, "", "bin", RHEO_I64, &n, p->set[k].count);
    }
  return table;
}

const RheoPlotKind rheo_plot_histogram = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "histogram",
    .title = N_ ("Histogram"),
    .summary = N_ ("How often numbers occur, as counts or density, with a normal or log-normal curve."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .draw = draw,
  .pick = pick,
  .numbers = numbers,
};
