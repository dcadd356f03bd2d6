#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "engine/analysis.h"
#include "engine/power-law.h"
#include "engine/result-rows.h"
#include "engine/spike-record.h"

/* Neuronal avalanches (Beggs & Plenz 2003): spikes of a population in bins without a gap, between bins that are quiet; their sizes
 * and durations, and the discrete power law that fits them (Clauset, Shalizi & Newman 2009). */

typedef struct
{
  RheoSpikeChoice spikes;
  int bin, x_min, fewest;
  double threshold;
} Config;

static const RheoParam params[] = {
  RHEO_SPIKE_ROWS (Config, spikes),
  RHEO_P_INT (Config, bin, "bin", .label = N_ ("Bin"), .unit = N_ ("steps"), .def = 1, .min = 1, .max = 100000,
              .soft_min = 1, .soft_max = 100, .help = N_ ("Spikes of all units are counted in bins of so many steps.")),
  RHEO_P_REAL (Config, threshold, "threshold", .label = N_ ("Threshold"), .def = 0, .min = 0, .max = 1000,
               .soft_max = 2,
               .help = N_ ("Bins with no more than so many times the mean activity are quiet; 0: those without spikes. "
                           "0.5 suits networks that never fall silent (Del Papa et al. 2017).")),
  RHEO_P_INT (Config, x_min, "x-min", .label = N_ ("Least value"), .def = 0, .min = 0, .max = 1e9, .soft_max = 100,
              .help = N_ ("From which on the power law is fitted; 0: what fits best, with the least Kolmogorov-Smirnov "
                          "distance.")),
  RHEO_P_INT (Config, fewest, "fewest", .label = N_ ("Fewest avalanches"), .def = 50, .min = 2, .max = 1e6,
              .soft_min = 10, .soft_max = 1000, .help = N_ ("There is no fit to fewer of them.")),
  RHEO_P_END,
};

enum
{
  AVALANCHES,
  MEAN,
  LARGEST,
  ALPHA,
  ALPHA_ERROR,
  X_MIN,
  N_TAIL,
  DISTANCE,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [AVALANCHES] = { "avalanches", N_ ("Avalanches"), N_ ("That begin and end within a trial."), "", "row" },
  [MEAN] = { "mean-value", N_ ("Mean"), N_ ("Size in spikes, duration in bins."), "", "row" },
  [LARGEST] = { "largest", N_ ("Largest"), NULL, "", "row" },
  [ALPHA] = { "alpha", N_ ("Exponent α"), N_ ("Of p(x) ∝ x^(−α) from the least value on, by maximum likelihood."), "",
              "row" },
  [ALPHA_ERROR] = { "alpha-error", N_ ("Standard error of α"), N_ ("From the curvature of the likelihood."), "",
                    "row" },
  [X_MIN] = { "x-min", N_ ("Least value"), N_ ("From which on the power law fits."), "", "row" },
  [N_TAIL] = { "n-tail", N_ ("Avalanches in the fit"), N_ ("Those from the least value on."), "", "row" },
  [DISTANCE] = { "distance", N_ ("Distance from the power law"),
                 N_ ("Largest gap between the distribution from the least value on and the law (Kolmogorov and "
                     "Smirnov)."),
                 "", "row", 0, 1 },
  { "from", N_ ("Size or duration"), N_ ("Lower edges of bins."), "", "row bin", .flags = RHEO_SERIES_LOG },
  { "to", N_ ("Size or duration"), N_ ("Upper edges of bins."), "", "row bin", .flags = RHEO_SERIES_LOG },
  { "at", N_ ("Size or duration"), N_ ("The middle of the whole numbers in a bin, on a logarithmic axis."), "",
    "row bin" },
  { "height", N_ ("Probability"), N_ ("Of each whole number in a bin."), "", "row bin", .flags = RHEO_SERIES_LOG },
  { "fit-place", N_ ("Size or duration"), N_ ("Along the power law."), "", "row place" },
  { "fit", N_ ("Power law"), N_ ("In its share of all avalanches."), "", "row place" },
  { "side", N_ ("Of"), N_ ("Spikes in an avalanche, or bins that it takes."), "", "row" },
  { "note", N_ ("Note"), N_ ("Why there is no fit."), "", "row" },
  { NULL },
};

/* --- distribution ---------------------------------------------------------------------------------------------- */
/* Bins of one whole number each as long as these are apart on a logarithmic axis, then ten in a decade. */
static void
add_distribution (RheoResultRows *rows, int64_t n, const int64_t *sorted)
{
  int64_t i = 0;

  for (int64_t first = 1; i < n;)
    {
      const int64_t end = MAX (first + 1, (int64_t) llround ((double) first * pow (10, 0.1)));
      const double edge[] = { (double) first - 0.5, (double) end - 0.5 };
      const double at = sqrt ((double) first * (double) (end - 1));
      int64_t count = 0;
      double height;

      for (; i < n && sorted[i] < end; i++)
        count++;
      height = (double) count / (double) n / (double) (end - first);
      rheo_result_rows_append (rows, "from", 1, &edge[0]);
      rheo_result_rows_append (rows, "to", 1, &edge[1]);
      rheo_result_rows_append (rows, "at", 1, &at);
      rheo_result_rows_append (rows, "height", 1, &height);
      first = end;
    }
}

static void
add_law (RheoResultRows *rows, const RheoPowerLaw *law, int64_t n, int64_t largest)
{
  const double end = (double) largest / (double) law->x_min;

  /* A straight line on logarithmic axes. */
  for (int i = 0; i <= 32; i++)
    {
      const double place = (double) law->x_min * pow (end, i / 32.0);
      const double share = rheo_power_law_share (law, place) * (double) law->n_tail / (double) n;

      rheo_result_rows_append (rows, "fit-place", 1, &place);
      rheo_result_rows_append (rows, "fit", 1, &share);
    }
}

/* --- the analysis ---------------------------------------------------------------------------------------------- */
static int
compare_numbers (const void *a, const void *b)
{
  const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

  return (x > y) - (x < y);
}

static const char *
explain (RheoPowerLawEnd end, int64_t n, gboolean quiet)
{
  if (n == 0)
    return quiet ? N_ ("No avalanches") : N_ ("No bin is quiet");
  if (end == RHEO_POWER_LAW_FEW)
    return N_ ("No fit: too few avalanches");
  return end == RHEO_POWER_LAW_ALIKE ? N_ ("No fit: the avalanches are too much alike") : "";
}

/* values are put in order. */
static void
add_row (RheoResultRows *rows, const Config *c, const RheoSpikePlace *place, const char *side, int64_t n,
         int64_t *values, gboolean quiet)
{
  double *value = rheo_result_rows_add (rows, place->record, place->part), sum = 0;
  RheoPowerLaw law;
  RheoPowerLawEnd end;

  qsort (values, (size_t) n, sizeof *values, compare_numbers);
  for (int64_t i = 0; i < n; i++)
    sum += (double) values[i];
  end = rheo_power_law_fit (n, values, c->x_min, c->fewest, &law);
  value[AVALANCHES] = (double) n;
  rheo_result_rows_set_text (rows, "side", side);
  rheo_result_rows_set_text (rows, "note", explain (end, n, quiet));
  if (n == 0)
    return;
  value[MEAN] = sum / (double) n;
  value[LARGEST] = (double) values[n - 1];
  add_distribution (rows, n, values);
  if (end != RHEO_POWER_LAW_FOUND)
    return;
  value[ALPHA] = law.alpha;
  value[ALPHA_ERROR] = law.error;
  value[X_MIN] = (double) law.x_min;
  value[N_TAIL] = (double) law.n_tail;
  value[DISTANCE] = law.distance;
  add_law (rows, &law, n, values[n - 1]);
}

static void
describe (RheoResultRows *rows, const Config *c, const RheoSpikePlace *place, const RheoCounts *f)
{
  g_autofree int64_t *size = NULL, *duration = NULL;
  int64_t n, n_bins = 0;
  gboolean quiet = FALSE;
  double mean, sd;

  rheo_counts_measure (f, &mean, &sd);
  n = rheo_counts_avalanches (f, c->threshold * mean, NULL, NULL);
  for (int64_t k = 0; k < f->n_trials; k++)
    n_bins += f->length[k];
  for (int64_t i = 0; i < n_bins && !quiet; i++)
    quiet = f->value[i] <= c->threshold * mean;
  size = g_new (int64_t, MAX (1, n));
  duration = g_new (int64_t, MAX (1, n));
  rheo_counts_avalanches (f, c->threshold * mean, size, duration);
  add_row (rows, c, place, N_ ("Size"), n, size, quiet);
  add_row (rows, c, place, N_ ("Duration"), n, duration, quiet);
}

static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *spikes, GError **error)
{
  const Config *config = report->config;
  RheoCounts f = rheo_spike_record_dup_counts (spikes, config->bin);

  describe (report->rows, config, place, &f);
  rheo_spike_record_clear_counts (&f);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  RheoSpikeReport report = { .config = config,
                             .choice = &((const Config *) config)->spikes,
                             .series = series,
                             .part_key = "part",
                             .visit = visit,
                             .records = records,
                             .n_records = n_records };

  return rheo_spike_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_avalanches = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "avalanches",
    .title = N_ ("Avalanches"),
    .summary = N_ ("Sizes and durations of avalanches of spikes, and the power laws that fit them."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
