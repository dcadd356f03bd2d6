#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/analysis.h"
#include "engine/label.h"
#include "engine/result-rows.h"
#include "engine/spike-record.h"

/* The activity F of a spiking population, its spikes in each bin: over time, its distribution, its smoothness, and its
 * correlation with itself a lag later. */

enum
{
  MOST_BARS = 60,
};

typedef struct
{
  RheoSpikeChoice spikes;
  int bin, lag, most_lag;
} Config;

static const RheoParam params[] = {
  RHEO_SPIKE_ROWS (Config, spikes),
  RHEO_P_INT (Config, bin, "bin", .label = N_ ("Bin"), .unit = N_ ("steps"), .def = 1, .min = 1, .max = 100000,
              .soft_min = 1, .soft_max = 100, .help = N_ ("Spikes of all units are counted in bins of so many steps.")),
  RHEO_P_INT (Config, lag, "lag", .label = N_ ("Lag"), .unit = N_ ("bins"), .def = 1, .min = 0, .max = 100000,
              .soft_max = 20, .help = N_ ("Of the one autocorrelation that stands beside the other measures.")),
  RHEO_P_INT (Config, most_lag, "most-lag", .label = N_ ("Longest lag"), .unit = N_ ("bins"), .def = 50, .min = 1,
              .max = 100000, .soft_min = 1, .soft_max = 500, .help = N_ ("The autocorrelation is shown up to it.")),
  RHEO_P_END,
};

enum
{
  BINS,
  MEAN,
  SD,
  SHARE,
  EMPTY,
  SMOOTHNESS,
  RELATIVE,
  AUTOCORRELATION,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("In all trials together."), "", "row" },
  [MEAN] = { "mean", N_ ("Mean activity"), N_ ("Spikes of all units in a bin."), N_ ("spikes/bin"), "row" },
  [SD] = { "sd", N_ ("Standard deviation"), N_ ("Of the activity, over n."), N_ ("spikes/bin"), "row" },
  [SHARE] = { "share", N_ ("Mean activity of a unit"), N_ ("Mean activity over the number of units."),
              N_ ("spikes/bin"), "row" },
  [EMPTY] = { "empty", N_ ("Empty bins"), N_ ("Share of the bins in which no unit fires."), "", "row", 0, 1 },
  [SMOOTHNESS] = { "smoothness", N_ ("Smoothness"),
                   N_ ("Standard deviation of the difference from each bin to the next; small where activity is "
                       "smooth."),
                   N_ ("spikes/bin"), "row" },
  [RELATIVE] = { "relative-smoothness", N_ ("Relative smoothness"),
                 N_ ("The same over the magnitude of the mean difference. That depends on the first and the last bin "
                     "alone and is not defined where they are equal."),
                 "", "row" },
  [AUTOCORRELATION] = { "autocorrelation", N_ ("Autocorrelation"),
                        N_ ("Correlation of the activity with itself the lag later (Pearson)."), "", "row" },
  { "from", N_ ("Spikes/bin"), N_ ("Lower edges of bars."), "", "row bar" },
  { "to", N_ ("Spikes/bin"), N_ ("Upper edges of bars."), "", "row bar" },
  { "height", N_ ("Count"), N_ ("Bins with so many spikes; those without any are left out."), "", "row bar" },
  { "time", N_ ("Time step"), N_ ("At which a bin begins."), "", "time" },
  { "lag", N_ ("Lag"), N_ ("Of the autocorrelation."), N_ ("bins"), "lag" },
  { "activity", N_ ("Activity"), N_ ("Mean over trials, in the last record."), N_ ("spikes/bin"), "time",
    .flags = RHEO_SERIES_SHOW },
  { "activity-share", N_ ("Activity of a unit"), N_ ("Activity over the number of units, in the last record."),
    N_ ("spikes/bin"), "time" },
  { "autocorrelation-curve", N_ ("Autocorrelation"), N_ ("Of the activity, against the lag, in the last record."), "",
    "lag", .flags = RHEO_SERIES_SHOW },
  { "note", N_ ("Note"), N_ ("What is not defined, and why."), "", "row" },
  { NULL },
};

static int64_t
count_bins (const RheoCounts *f, int64_t *longest)
{
  int64_t n = 0;

  *longest = 0;
  for (int64_t k = 0; k < f->n_trials; k++)
    {
      n += f->length[k];
      *longest = MAX (*longest, f->length[k]);
    }
  return n;
}

/* --- numbers and distribution ---------------------------------------------------------------------------------- */
/* Bars of whole numbers, from 1 on. */
static void
add_distribution (RheoResultRows *rows, const RheoCounts *f, int64_t n)
{
  int64_t least = G_MAXINT32, most = 0, width, n_bars;
  g_autofree double *height = NULL;

  for (int64_t i = 0; i < n; i++)
    if (f->value[i] > 0)
      {
        least = MIN (least, f->value[i]);
        most = MAX (most, f->value[i]);
      }
  if (most == 0)
    return;
  width = (most - least) / MOST_BARS + 1;
  n_bars = (most - least) / width + 1;
  height = g_new0 (double, n_bars);
  for (int64_t i = 0; i < n; i++)
    if (f->value[i] > 0)
      height[(f->value[i] - least) / width]++;
  for (int64_t b = 0; b < n_bars; b++)
    {
      const double from = (double) (least + b * width) - 0.5, to = from + (double) width;

      rheo_result_rows_append (rows, "from", 1, &from);
      rheo_result_rows_append (rows, "to", 1, &to);
    }
  rheo_result_rows_append (rows, "height", (int) n_bars, height);
}

static const char *
explain (const double *value)
{
  if (value[BINS] == 0)
    return N_ ("Undefined: no bin fits into the steps");
  if (value[EMPTY] == 1)
    return N_ ("No spikes: the autocorrelation is undefined");
  if (value[SD] == 0)
    return N_ ("Constant activity: the autocorrelation is undefined");
  if (isnan (value[AUTOCORRELATION]))
    return N_ ("Autocorrelation undefined: too few different bins beyond the lag");
  if (isnan (value[RELATIVE]))
    return N_ ("Relative smoothness undefined: activity ends as it began");
  return "";
}

static void
describe (RheoResultRows *rows, const Config *c, const RheoSpikePlace *place, const RheoCounts *f, int64_t n_units)
{
  double *value = rheo_result_rows_add (rows, place->record, place->part);
  int64_t longest, n = count_bins (f, &longest), n_empty = 0;

  for (int64_t i = 0; i < n; i++)
    n_empty += f->value[i] == 0;
  value[BINS] = (double) n;
  rheo_counts_measure (f, &value[MEAN], &value[SD]);
  value[SHARE] = n_units > 0 ? value[MEAN] / (double) n_units : NAN;
  value[EMPTY] = n > 0 ? (double) n_empty / (double) n : NAN;
  value[SMOOTHNESS] = rheo_counts_smoothness (f);
  value[RELATIVE] = rheo_counts_relative_smoothness (f);
  value[AUTOCORRELATION] = rheo_counts_autocorrelation (f, c->lag);
  rheo_result_rows_set_text (rows, "note", explain (value));
  add_distribution (rows, f, n);
}

/* --- curves ---------------------------------------------------------------------------------------------------- */
/* place NULL: not of a population. */
static double *
add_curve (RheoTable *curves, const RheoSpikePlace *place, const char *key, int64_t n)
{
  const RheoSeries *row = series;
  g_autofree char *name = place != NULL ? g_strconcat (place->part, ".", key, NULL) : g_strdup (key), *label = NULL;
  RheoColumn *column;

  while (strcmp (row->key, key) != 0)
    row++;
  label = place != NULL && place->n_parts > 1 ? rheo_label_dup_of (row->label, place->part) : g_strdup (row->label);
  column = rheo_table_add (curves, name, label, row->unit, row->axes, RHEO_F64, &n);
  column->flags = row->flags;
  return column->data;
}

/* The populations of a record have the same trials, so that they share their axes. */
static void
add_curves (RheoTable *curves, const Config *c, const RheoSpikePlace *place, const RheoSpikeRecord *record,
            const RheoCounts *f)
{
  int64_t longest, n = count_bins (f, &longest), n_lags = MIN (c->most_lag, MAX (longest - 2, 0)) + 1;
  double *mean, *share, *curve;
  const int32_t *value = f->value;
  g_autofree double *n_at = g_new0 (double, MAX (1, longest));

  if (n == 0)
    return;
  if (rheo_table_find (curves, "time") == NULL)
    {
      double *time = add_curve (curves, NULL, "time", longest), *lag = add_curve (curves, NULL, "lag", n_lags);

      for (int64_t b = 0; b < longest; b++)
        time[b] = (double) (record->from[0] + b * c->bin);
      for (int64_t l = 0; l < n_lags; l++)
        lag[l] = (double) l;
    }
  mean = add_curve (curves, place, "activity", longest);
  share = add_curve (curves, place, "activity-share", longest);
  curve = add_curve (curves, place, "autocorrelation-curve", n_lags);
  for (int64_t k = 0; k < f->n_trials; value += f->length[k], k++)
    for (int64_t b = 0; b < f->length[k]; b++)
      {
        mean[b] += value[b];
        n_at[b]++;
      }
  for (int64_t b = 0; b < longest; b++)
    {
      mean[b] /= n_at[b];
      share[b] = mean[b] / (double) record->spikes.n_units;
    }
  for (int64_t l = 0; l < n_lags; l++)
    curve[l] = rheo_counts_autocorrelation (f, l);
}

static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *spikes, GError **error)
{
  const Config *config = report->config;
  RheoCounts f = rheo_spike_record_dup_counts (spikes, config->bin);

  describe (report->rows, config, place, &f, spikes->spikes.n_units);
  if (place->last)
    add_curves (report->curves, config, place, spikes, &f);
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

const RheoAnalysis rheo_analysis_activity = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "activity",
    .title = N_ ("Network activity"),
    .summary = N_ ("Spikes of a population in each step: over time, their distribution, smoothness and autocorrelation."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
