#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/connections.h"
#include "engine/fits.h"

/* Weights from a threshold on and the log-normal distribution of greatest likelihood,
 *
 *   f (w) = exp (-(ln w - mu)^2 / (2 sigma^2)) / (w sigma sqrt (2 pi)),
 *
 * whose mode is exp (mu - sigma^2), its median exp (mu) and its mean exp (mu + sigma^2 / 2). */

enum
{
  MOST_BINS = 400,
  N_PLACES = 301, /* along a fitted curve, at equal distances of ln w */
};

enum
{
  SIGN_ANY,
  SIGN_POSITIVE,
  SIGN_NEGATIVE,
};

typedef struct
{
  const char *projection;
  double threshold;
  int sign;
  gboolean by_class;
  int bins;
  gboolean frequency;
} Config;

static const char *const sign_choices[] = { "any", "positive", "negative", NULL };

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, projection, "projection", .label = N_ ("Projection"), .def_text = "",
               .help = N_ ("Name of one projection (rec); empty: the recurrent ones, or all where there are none.")),
  RHEO_P_REAL (Config, threshold, "threshold", .label = N_ ("Smallest weight"), .def = 0.01, .min = 1e-12, .max = 1e12,
               .soft_min = 1e-4, .soft_max = 1, .flags = RHEO_LOG,
               .help = N_ ("Weaker synapses are left out: some have only just been made.")),
  RHEO_P_CHOICE (Config, sign, "sign", sign_choices, .label = N_ ("Sign"), .max = SIGN_NEGATIVE,
                 .help = N_ ("Weights of which sign count, each with its magnitude.")),
  RHEO_P_BOOL (Config, by_class, "by-class", .label = N_ ("By cell class"), .def = TRUE,
               .help = N_ ("One distribution for each class of sources.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .max = MOST_BINS, .soft_max = 100,
              .help = N_ ("0: from the spread and number of the data (Freedman and Diaconis 1981).")),
  RHEO_P_BOOL (Config, frequency, "frequency", .label = N_ ("Frequency"),
               .help = N_ ("Heights are numbers of synapses, not a density.")),
  RHEO_P_END,
};

enum
{
  SYNAPSES,
  WEAK,
  MU,
  SIGMA,
  DISTANCE,
  SKEWNESS,
  MODE,
  MEDIAN,
  MEAN,
  DATA_MEAN,
  DATA_SD,
  HIGHEST,
  N_MEASURES,
};

/* The height of a bin has another name where it is a number of synapses. */
#define SERIES(height_label, height_help)                                                                              \
  {                                                                                                                    \
    [SYNAPSES] = { "synapses", N_ ("Synapses"), N_ ("From the smallest weight on."), "", "row" },                      \
    [WEAK] = { "weak", N_ ("Weak synapses"), N_ ("Of the same sign, left out."), "", "row" },                          \
    [MU] = { "mu", N_ ("Log-normal μ"), N_ ("Mean of the logarithm."), "", "row" },                                    \
    [SIGMA] = { "sigma", N_ ("Log-normal σ"), N_ ("Standard deviation of the logarithm, by maximum likelihood."), "",  \
                "row" },                                                                                               \
    [DISTANCE] = { "distance",                                                                                         \
                   N_ ("Distance from log-normal"),                                                                    \
                   N_ ("Largest gap between the distribution of magnitudes and the fitted one "                        \
                       "(Kolmogorov and Smirnov)."),                                                                   \
                   "",                                                                                                 \
                   "row",                                                                                              \
                   0,                                                                                                  \
                   1 },                                                                                                \
    [SKEWNESS] = { "skewness", N_ ("Skewness of the logarithm"), N_ ("0 for a log-normal distribution."), "", "row" }, \
    [MODE] = { "mode", N_ ("Fitted mode"), N_ ("Of the log-normal distribution: exp (μ − σ²)."), "", "row" },          \
    [MEDIAN] = { "median", N_ ("Fitted median"), N_ ("Of the log-normal distribution: exp (μ)."), "", "row" },         \
    [MEAN] = { "mean", N_ ("Fitted mean"), N_ ("Of the log-normal distribution: exp (μ + σ² / 2)."), "", "row" },      \
    [DATA_MEAN] = { "data-mean", N_ ("Mean weight"), N_ ("Over synapses."), "", "row" },                               \
    [DATA_SD] = { "data-sd", N_ ("Standard deviation"), N_ ("Of weights, over all synapses, not n − 1."), "", "row" }, \
    [HIGHEST] = { "highest", N_ ("Highest weight"), NULL, "", "row" },                                                 \
    { "from", N_ ("Connection strength"), N_ ("Lower edges of bins."), "", "row bin" },                                \
    { "to", N_ ("Connection strength"), N_ ("Upper edges of bins."), "", "row bin" },                                  \
    { "height", height_label, height_help, "", "row bin" },                                                            \
    { "log-from", N_ ("Connection strength"), N_ ("Lower edges of bins that are alike on a logarithmic axis."), "",    \
      "row logbin" },                                                                                                  \
    { "log-to", N_ ("Connection strength"), N_ ("Upper edges of bins that are alike on a logarithmic axis."), "",      \
      "row logbin" },                                                                                                  \
    { "log-height", height_label, height_help, "", "row logbin" },                                                     \
    { "fit-place", N_ ("Connection strength"), N_ ("Along the fitted curves."), "", "row place" },                     \
    { "fit", N_ ("Log-normal distribution"), height_help, "", "row place" },                                           \
    { "log-fit", N_ ("Log-normal distribution"), height_help, "", "row place" },                                       \
    { "class", N_ ("Cell class"), N_ ("Of the sources."), "", "row" },                                                 \
    {                                                                                                                  \
      NULL                                                                                                             \
    }                                                                                                                  \
  }

static const RheoSeries densities[] =
    SERIES (N_ ("Probability density"), N_ ("Share of the synapses, over the width of a bin."));
static const RheoSeries frequencies[] = SERIES (N_ ("Frequency"), N_ ("Synapses in a bin."));

typedef struct
{
  RheoResultRows *rows;
  const Config *config;
  RheoNormal normal; /* of the logarithms */
} Fit;

static double
find_density (const RheoNormal *normal, double w)
{
  return rheo_normal_density (normal, log (w)) / w;
}

/* Bins of one width in w or, with their logarithms, in ln w. Gives that width. v [n] and what it was made of are sorted. */
static double
add_histogram (const Fit *fit, const char *prefix, gboolean logs, int64_t n, const double *w, const double *v)
{
  const int n_bins = fit->config->bins > 0 ? fit->config->bins : rheo_bins_choose (n, v, MOST_BINS);
  const gboolean alike = !(v[n - 1] > v[0]);
  const double pad = alike ? (logs ? 0.05 : 0.05 * v[0]) : 0, width = (v[n - 1] - v[0] + 2 * pad) / n_bins;
  g_autofree char *from = g_strconcat (prefix, "from", NULL), *to = g_strconcat (prefix, "to", NULL);
  g_autofree char *to_height = g_strconcat (prefix, "height", NULL);
  g_autofree double *edge = g_new (double, n_bins + 1), *height = g_new (double, n_bins);

  for (int i = 0; i <= n_bins; i++)
    {
      const double at = v[0] - pad + i * width;

      edge[i] = logs ? exp (at) : at;
    }
  /* Rounding leaves none of them outside. */
  edge[0] = MIN (edge[0], w[0]);
  edge[n_bins] = MAX (edge[n_bins], w[n - 1]);
  rheo_bins_count (n_bins, edge, n, w, height);
  for (int i = 0; i < n_bins && !fit->config->frequency; i++)
    height[i] /= (double) n * (edge[i + 1] - edge[i]);
  rheo_result_rows_append (fit->rows, from, n_bins, edge);
  rheo_result_rows_append (fit->rows, to, n_bins, edge + 1);
  rheo_result_rows_append (fit->rows, to_height, n_bins, height);
  return width;
}

/* As heights: a density, or how many synapses there are in a bin around each place. */
static void
add_curve (const Fit *fit, int64_t n, double least, double most, double width, double log_width)
{
  const gboolean frequency = fit->config->frequency;

  for (int i = 0; i < N_PLACES && fit->normal.sd > 0; i++)
    {
      const double w = least * pow (most / least, (double) i / (N_PLACES - 1)),
                   density = find_density (&fit->normal, w);
      const double height = frequency ? density * (double) n * width : density;
      const double log_height = frequency ? density * (double) n * 2 * w * sinh (log_width / 2) : density;

      rheo_result_rows_append (fit->rows, "fit-place", 1, &w);
      rheo_result_rows_append (fit->rows, "fit", 1, &height);
      rheo_result_rows_append (fit->rows, "log-fit", 1, &log_height);
    }
}

/* w [n] is sorted. */
static void
add_row (RheoResultRows *rows, const Config *config, const RheoRecord *record, const char *part, const char *class,
         int64_t n, double *w, int64_t n_weak)
{
  double *value = rheo_result_rows_add (rows, record, part), width, log_width;
  g_autofree double *logs = g_new (double, MAX (1, n));
  Fit fit = { .rows = rows, .config = config };
  RheoNormal plain;

  rheo_result_rows_set_text (rows, "class", class);
  value[SYNAPSES] = (double) n;
  value[WEAK] = (double) n_weak;
  if (n == 0)
    return;
  rheo_normal_fit (n, w, &plain);
  for (int64_t i = 0; i < n; i++)
    logs[i] = log (w[i]);
  rheo_normal_fit (n, logs, &fit.normal);
  value[MU] = fit.normal.mean;
  value[SIGMA] = fit.normal.sd;
  value[DISTANCE] = fit.normal.distance;
  value[SKEWNESS] = fit.normal.skewness;
  value[MODE] = exp (fit.normal.mean - fit.normal.sd * fit.normal.sd);
  value[MEDIAN] = exp (fit.normal.mean);
  value[MEAN] = exp (fit.normal.mean + fit.normal.sd * fit.normal.sd / 2);
  value[DATA_MEAN] = plain.mean;
  value[DATA_SD] = plain.sd;
  value[HIGHEST] = w[n - 1];
  width = add_histogram (&fit, "", FALSE, n, w, w);
  log_width = add_histogram (&fit, "log-", TRUE, n, w, logs);
  add_curve (&fit, n, w[0], w[n - 1], width, log_width);
}

/* Weights of sources of one class (-1: all), of the sign that is asked for. */
static void
add_class (RheoResultRows *rows, const Config *config, const RheoRecord *record, const char *part,
           const RheoConnections *synapses, const RheoColumn *class, int k, const char *name)
{
  g_autofree double *w = g_new (double, MAX (1, synapses->n));
  int64_t n = 0, n_weak = 0;

  for (int64_t i = 0; i < synapses->n; i++)
    {
      const double v = synapses->weight[i], size = fabs (v);

      if (!isfinite (v) || (config->sign == SIGN_POSITIVE && v < 0) || (config->sign == SIGN_NEGATIVE && v > 0)
          || (k >= 0 && rheo_column_get_number (class, synapses->pre[i]) != k))
        continue;
      if (size >= config->threshold)
        w[n++] = size;
      else
        n_weak++;
    }
  add_row (rows, config, record, part, name, n, w, n_weak);
}

static void
add_projection (RheoResultRows *rows, const void *config, const RheoRecord *record, const char *part,
                const RheoConnections *synapses)
{
  const char *from = rheo_connections_from (record->weights, part);
  const RheoColumn *class = NULL;
  g_auto (GStrv) names = NULL;

  if (((const Config *) config)->by_class && from != NULL)
    names = rheo_result_dup_classes (record->weights, from, synapses->n_pre, &class);
  if (names == NULL)
    add_class (rows, config, record, part, synapses, NULL, -1, "");
  for (int k = 0; names != NULL && names[k] != NULL; k++)
    add_class (rows, config, record, part, synapses, class, k, names[k]);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoConnectionsReport report = { c,       c->projection, c->frequency ? frequencies : densities, add_projection,
                                         records, n_records };

  return rheo_connections_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_weight_distribution = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "weight-distribution",
    .title = N_ ("Distribution of weights"),
    .summary = N_ ("Strengths of connections, with a log-normal distribution and how far they are from it."),
    .config_size = sizeof (Config),
    .params = params,
    .series = densities,
  },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
