#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/result-rows.h"
#include "engine/spike-measures.h"
#include "engine/spike-record.h"

typedef struct
{
  RheoSpikeChoice spikes;
  int bin, window, unit_window, lag, min_intervals;
} Config;

static const RheoParam params[] = {
  RHEO_SPIKE_ROWS (Config, spikes),
  RHEO_P_INT (Config, bin, "bin", .label = N_ ("Bin"), .unit = N_ ("steps"), .def = 100, .min = 1, .max = 1000000,
              .soft_min = 1, .soft_max = 1000,
              .help = N_ ("The firing rate is also given in spikes per so many steps.")),
  RHEO_P_INT (Config, window, "window", .label = N_ ("Fano window"), .unit = N_ ("steps"), .def = 10, .min = 1,
              .max = 100000, .soft_min = 1, .soft_max = 100,
              .help = N_ ("Length of the windows of the Fano factor across units.")),
  RHEO_P_INT (Config, unit_window, "unit-window", .label = N_ ("Fano window of units"), .unit = N_ ("steps"),
              .def = 100, .min = 1, .max = 1000000, .soft_min = 1, .soft_max = 1000,
              .help = N_ ("Length of the windows of the Fano factor of single units.")),
  RHEO_P_INT (Config, lag, "lag", .label = N_ ("Branching lag"), .unit = N_ ("steps"), .def = 1, .min = 1, .max = 1000,
              .soft_min = 1, .soft_max = 20, .help = N_ ("Steps from a spike to those that it is compared with.")),
  RHEO_P_INT (Config, min_intervals, "min-intervals", .label = N_ ("Fewest intervals"), .def = 5, .min = 2,
              .max = 10000, .soft_min = 2, .soft_max = 100,
              .help = N_ ("Units with fewer intervals between spikes have no coefficient of variation.")),
  RHEO_P_END,
};

enum
{
  UNITS,
  RATE,
  BIN_RATE,
  SILENT,
  PARTICIPATION,
  ENTROPY,
  INTERVAL,
  CV,
  FANO,
  UNIT_FANO,
  STEP_CHANGES,
  CHI,
  BRANCHING,
  BRANCHING_TRUNCATED,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [UNITS] = { "units", N_ ("Units"), N_ ("Units of the population."), "", "row" },
  [RATE] = { "rate", N_ ("Firing rate"), N_ ("Spikes per unit and step."), N_ ("spikes/step"), "row", 0, 1 },
  [BIN_RATE] = { "bin-rate", N_ ("Firing rate in bins"), N_ ("Spikes per unit and bin."), N_ ("spikes/bin"), "row" },
  [SILENT] = { "silent", N_ ("Silent units"), N_ ("Fraction of units without any spike."), "", "row", 0, 1 },
  [PARTICIPATION] = { "participation", N_ ("Participation"),
                      N_ ("Squared mean rate over mean squared rate: 1 when all units fire alike, 1 / units when one "
                          "fires alone (Treves & Rolls 1991)."),
                      "", "row", 0, 1 },
  [ENTROPY] = { "entropy", N_ ("Spike source entropy"),
                N_ ("Of the shares of the units in all spikes, over its largest value: 1 when all fire alike, 0 when "
                    "one fires alone."),
                "", "row", 0, 1 },
  [INTERVAL] = { "interval", N_ ("Mean interval"), N_ ("Between the spikes of a unit, within trials, of all units."),
                 N_ ("steps"), "row" },
  [CV] = { "cv", N_ ("CV of intervals"),
           N_ ("Standard deviation over mean of the intervals between spikes of a unit, within trials; mean over "
               "units. "
               "A Poisson process has 1."),
           "", "row" },
  [FANO] = { "fano", N_ ("Fano factor"),
             N_ ("Variance over mean of spike counts across units; mean over consecutive windows and trials."), "",
             "row" },
  [UNIT_FANO] = { "time-fano", N_ ("Fano factor of units"),
                  N_ ("Variance over mean of the spike counts of a unit in consecutive windows; mean over units that "
                      "fire."),
                  "", "row" },
  [STEP_CHANGES] = { "step-changes", N_ ("Step changes"),
                     N_ ("Spikes that begin or end from each step to the next, summed over a trial; mean over trials."),
                     "", "row" },
  [CHI] = { "synchrony", N_ ("Synchrony χ"),
            N_ ("Root of the variance over time of the population's mean over the mean variance of single units: 0 for "
                "independent units, 1 when all fire together (Golomb & Hansel 2000)."),
            "", "row", 0, 1 },
  [BRANCHING] = { "branching", N_ ("Branching parameter"),
                  N_ ("Spikes a lag later per spike now; mean over steps with spikes, then over trials."), "", "row" },
  [BRANCHING_TRUNCATED] = { "branching-truncated", N_ ("Branching parameter, truncated"),
                            N_ ("The same, but each trial ends at its first empty step (Zhu et al.)."), "", "row" },
  { "unit-rate", N_ ("Firing rate of units"), N_ ("In the last record."), N_ ("spikes/step"), "unit", 0, 1 },
  { "unit-bin-rate", N_ ("Firing rate of units in bins"), N_ ("In the last record."), N_ ("spikes/bin"), "unit" },
  { "unit-cv", N_ ("CV of intervals of units"), N_ ("In the last record."), "", "unit" },
  { "unit-fano", N_ ("Fano factor of single units"), N_ ("In the last record."), "", "unit" },
  { "time-rate", N_ ("Firing rate over time"), N_ ("Mean over trials and units, in the last record."),
    N_ ("spikes/step"), "time" },
  { "class-name", N_ ("Cell class"), NULL, "", "class" },
  { "class-rate", N_ ("Firing rate of classes"), N_ ("In the last record."), N_ ("spikes/step"), "class" },
  { NULL },
};

/* What is counted of one population. */
typedef struct
{
  const RheoSpikeRecord *record;
  const RheoSpikes *spikes; /* of the record */
  int64_t n_steps;          /* of all trials */
  int64_t *fired;           /* [unit] */
  double *cv, *fano;        /* [unit] */
  double *time_rate;        /* [time] */
} Trains;

static const uint8_t *
get_step (const Trains *trains, int64_t trial, int64_t t)
{
  const RheoSpikes *s = trains->spikes;

  return s->spike + (trial * s->n_time + t) * s->n_units;
}

static void
find_time_rate (Trains *trains)
{
  const RheoSpikes *s = trains->spikes;
  g_autofree int64_t *n_at = g_new0 (int64_t, MAX (1, s->n_time));

  for (int64_t k = 0; k < s->n_trials; k++)
    for (int64_t t = s->from[k]; t < s->to[k]; t++)
      {
        const uint8_t *spike = get_step (trains, k, t);

        n_at[t]++;
        for (int64_t i = 0; i < s->n_units; i++)
          trains->time_rate[t] += spike[i] != 0;
      }
  for (int64_t t = 0; t < s->n_time; t++)
    trains->time_rate[t] /= (double) (n_at[t] * s->n_units);
}

/* Regularity of each unit. */
static void
find_intervals (Trains *trains, const Config *c, int64_t n_spikes, double *value)
{
  g_autofree int64_t *interval = g_new (int64_t, MAX (1, n_spikes));
  double cv = 0, fano = 0, mean, variance, pooled;
  int64_t n, n_cv = 0, n_fano = 0;

  for (int64_t i = 0; i < trains->spikes->n_units; i++)
    {
      n = rheo_spikes_intervals (trains->spikes, i, interval);
      rheo_intervals_measure (n, interval, &mean, &trains->cv[i]);
      if (n < c->min_intervals)
        trains->cv[i] = NAN;
      if (!isnan (trains->cv[i]))
        {
          cv += trains->cv[i];
          n_cv++;
        }
      trains->fano[i] = rheo_spikes_fano (trains->spikes, i, c->unit_window, &mean, &variance);
      if (!isnan (trains->fano[i]))
        {
          fano += trains->fano[i];
          n_fano++;
        }
    }
  n = rheo_spikes_intervals (trains->spikes, -1, interval);
  rheo_intervals_measure (n, interval, &value[INTERVAL], &pooled);
  value[CV] = n_cv > 0 ? cv / (double) n_cv : NAN;
  value[UNIT_FANO] = n_fano > 0 ? fano / (double) n_fano : NAN;
}

static double
find_fano (const Trains *trains, int window)
{
  const RheoSpikes *s = trains->spikes;
  g_autofree int32_t *count = g_new (int32_t, MAX (1, s->n_units));
  double sum = 0;
  int64_t n = 0;

  for (int64_t k = 0; k < s->n_trials; k++)
    {
      int n_windows = rheo_fano_windows ((int) (s->to[k] - s->from[k]), window);

      for (int w = 0; w < n_windows; w++, n++)
        {
          const int64_t first = s->from[k] + (int64_t) w * window;

          memset (count, 0, sizeof *count * (size_t) s->n_units);
          for (int64_t t = first; t < MIN (s->to[k], first + window); t++)
            for (int64_t i = 0; i < s->n_units; i++)
              count[i] += get_step (trains, k, t)[i] != 0;
          sum += rheo_fano ((int) s->n_units, count);
        }
    }
  return n > 0 ? sum / (double) n : NAN;
}

static double
find_step_changes (const Trains *trains)
{
  const RheoSpikes *s = trains->spikes;
  int64_t n = 0;

  for (int64_t k = 0; k < s->n_trials; k++)
    for (int64_t t = s->from[k] + 1; t < s->to[k]; t++)
      for (int64_t i = 0; i < s->n_units; i++)
        n += (get_step (trains, k, t)[i] != 0) != (get_step (trains, k, t - 1)[i] != 0);
  return s->n_trials > 0 ? (double) n / (double) s->n_trials : NAN;
}

static double
find_branching (const Trains *trains, int lag, gboolean truncated)
{
  const RheoSpikes *s = trains->spikes;
  RheoCounts f = rheo_spike_record_dup_counts (trains->record, 1);
  const int32_t *active = f.value;
  double sum = 0;
  int64_t n = 0;

  for (int64_t k = 0; k < s->n_trials; active += f.length[k], k++)
    {
      double sigma = rheo_branching ((int) f.length[k], active, lag, truncated);

      if (!isnan (sigma))
        {
          sum += sigma;
          n++;
        }
    }
  rheo_spike_record_clear_counts (&f);
  return n > 0 ? sum / (double) n : NAN;
}

static void
describe (Trains *trains, const Config *c, double *value)
{
  const RheoSpikes *s = trains->spikes;
  double sum = 0, squares = 0;
  int64_t n_silent = 0, n_spikes;

  value[UNITS] = (double) s->n_units;
  trains->n_steps = rheo_spikes_steps (s, -1);
  find_time_rate (trains);
  if (s->n_units == 0 || trains->n_steps == 0)
    return;
  n_spikes = rheo_spikes_count (s, trains->fired);
  for (int64_t i = 0; i < s->n_units; i++)
    {
      double rate = rheo_spikes_rate (s, trains->fired[i], 1);

      sum += rate;
      squares += rate * rate;
      n_silent += trains->fired[i] == 0;
    }
  value[RATE] = sum / (double) s->n_units;
  value[BIN_RATE] = value[RATE] * c->bin;
  value[SILENT] = (double) n_silent / (double) s->n_units;
  value[PARTICIPATION] = squares > 0 ? sum * sum / squares / (double) s->n_units : NAN;
  value[ENTROPY] = rheo_spikes_entropy (s->n_units, trains->fired);
  find_intervals (trains, c, n_spikes, value);
  value[FANO] = find_fano (trains, c->window);
  value[STEP_CHANGES] = find_step_changes (trains);
  value[CHI] = rheo_spikes_synchrony (s, trains->fired);
  value[BRANCHING] = find_branching (trains, c->lag, FALSE);
  value[BRANCHING_TRUNCATED] = find_branching (trains, c->lag, TRUE);
}

static void
add_column (RheoTable *out, const char *part, const char *key, RheoType type, int64_t n, const void *data)
{
  g_autofree char *name = g_strconcat (part, ".", key, NULL);
  const RheoSeries *row = series;

  while (strcmp (row->key, key) != 0)
    row++;
  rheo_table_add_copy (out, name, row->label, row->unit, row->axes, type, &n, data);
}

static void
add_classes (RheoTable *out, const char *part, const RheoTable *probe, const double *rate, int64_t n_units)
{
  const RheoColumn *class;
  g_auto (GStrv) names = rheo_result_dup_classes (probe, part, n_units, &class);
  int64_t n = names != NULL ? g_strv_length (names) : 0;
  g_autofree double *sum = g_new0 (double, MAX (1, n)), *size = g_new0 (double, MAX (1, n));

  if (n == 0)
    return;
  for (int64_t i = 0; i < n_units; i++)
    {
      int64_t k = (int64_t) rheo_column_get_number (class, i);

      if (k < 0 || k >= n)
        continue;
      sum[k] += rate[i];
      size[k]++;
    }
  for (int64_t k = 0; k < n; k++)
    sum[k] /= size[k];
  add_column (out, part, "class-name", RHEO_STRING, n, names);
  add_column (out, part, "class-rate", RHEO_F64, n, sum);
}

static void
add_details (RheoTable *out, const RheoSpikePlace *place, const Trains *trains, int bin)
{
  const int64_t n = trains->spikes->n_units;
  g_autofree double *rate = g_new (double, MAX (1, n)), *bin_rate = g_new (double, MAX (1, n));

  for (int64_t i = 0; i < n; i++)
    {
      rate[i] = rheo_spikes_rate (trains->spikes, trains->fired[i], 1);
      bin_rate[i] = rheo_spikes_rate (trains->spikes, trains->fired[i], bin);
    }
  add_column (out, place->part, "unit-rate", RHEO_F64, n, rate);
  add_column (out, place->part, "unit-bin-rate", RHEO_F64, n, bin_rate);
  add_column (out, place->part, "unit-cv", RHEO_F64, n, trains->cv);
  add_column (out, place->part, "unit-fano", RHEO_F64, n, trains->fano);
  add_column (out, place->part, "time-rate", RHEO_F64, trains->spikes->n_time, trains->time_rate);
  add_classes (out, place->part, place->record->probe, rate, n);
}

static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *record, GError **error)
{
  const Config *config = report->config;
  const RheoSpikes *s = &record->spikes;
  g_autofree int64_t *fired = g_new0 (int64_t, MAX (1, s->n_units));
  g_autofree double *cv = g_new0 (double, MAX (1, s->n_units)), *fano = g_new0 (double, MAX (1, s->n_units));
  g_autofree double *time_rate = g_new0 (double, MAX (1, s->n_time));
  Trains trains = { .record = record, .spikes = s, .fired = fired, .cv = cv, .fano = fano, .time_rate = time_rate };

  describe (&trains, config, rheo_result_rows_add (report->rows, place->record, place->part));
  if (place->last)
    add_details (report->curves, place, &trains, config->bin);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  RheoSpikeReport report = { .config = config,
                             .choice = &((const Config *) config)->spikes,
                             .series = series,
                             .part_key = "population",
                             .visit = visit,
                             .records = records,
                             .n_records = n_records };

  return rheo_spike_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_spike_stats = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "spike-stats",
    .title = N_ ("Spikes"),
    .summary = N_ ("Rates, regularity, Fano factors, entropy, synchrony and branching of the spikes of recorded trials."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
