#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/spike-measures.h"

typedef struct
{
  const char *population;
  int window, lag, min_intervals;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, population, "population", .label = N_ ("Population"), .def_text = "",
               .help = N_ ("Name of one spiking population (hidden); empty: all of them.")),
  RHEO_P_INT (Config, window, "window", .label = N_ ("Fano window"), .unit = N_ ("steps"), .def = 10, .min = 1,
              .max = 100000, .soft_min = 1, .soft_max = 100, .help = N_ ("Length of the windows of the Fano factor.")),
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
  SILENT,
  PARTICIPATION,
  CV,
  FANO,
  STEP_CHANGES,
  CHI,
  BRANCHING,
  BRANCHING_TRUNCATED,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [UNITS] = { "units", N_ ("Units"), N_ ("Units of the population."), "", "row" },
  [RATE] = { "rate", N_ ("Firing rate"), N_ ("Spikes per unit and step."), N_ ("spikes/step"), "row", 0, 1 },
  [SILENT] = { "silent", N_ ("Silent units"), N_ ("Fraction of units without any spike."), "", "row", 0, 1 },
  [PARTICIPATION] = { "participation", N_ ("Participation"),
                      N_ ("Squared mean rate over mean squared rate: 1 when all units fire alike, 1 / units when one "
                          "fires alone (Treves & Rolls 1991)."),
                      "", "row", 0, 1 },
  [CV] = { "cv", N_ ("CV of intervals"),
           N_ ("Standard deviation over mean of the intervals between spikes of a unit, within trials; mean over "
               "units. "
               "A Poisson process has 1."),
           "", "row" },
  [FANO] = { "fano", N_ ("Fano factor"),
             N_ ("Variance over mean of spike counts across units; mean over consecutive windows and trials."), "",
             "row" },
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
  { "unit-cv", N_ ("CV of intervals of units"), N_ ("In the last record."), "", "unit" },
  { "time-rate", N_ ("Firing rate over time"), N_ ("Mean over trials and units, in the last record."),
    N_ ("spikes/step"), "time" },
  { "class-name", N_ ("Cell class"), NULL, "", "class" },
  { "class-rate", N_ ("Firing rate of classes"), N_ ("In the last record."), N_ ("spikes/step"), "class" },
  { NULL },
};

/* Spikes of one population: [trial][time][unit], the steps of each trial, and what is counted over them. */
typedef struct
{
  int64_t n_trials, n_time, n_units;
  const uint8_t *spike;
  const RheoColumn *length; /* steps of each trial, or NULL: all */
  int64_t n_steps;          /* of all trials */
  int64_t *fired;           /* [unit] */
  double *cv;               /* [unit] */
  double *time_rate;        /* [time] */
} Trains;

static int64_t
get_length (const Trains *trains, int64_t trial)
{
  int64_t length = trains->n_time;

  if (trains->length != NULL)
    length = (int64_t) rheo_column_get_number (trains->length, trial);
  return CLAMP (length, 0, trains->n_time);
}

static const uint8_t *
get_step (const Trains *trains, int64_t trial, int64_t t)
{
  return trains->spike + (trial * trains->n_time + t) * trains->n_units;
}

static void
count_spikes (Trains *trains)
{
  g_autofree int64_t *n_at = g_new0 (int64_t, MAX (1, trains->n_time));

  for (int64_t k = 0; k < trains->n_trials; k++)
    {
      int64_t length = get_length (trains, k);

      trains->n_steps += length;
      for (int64_t t = 0; t < length; t++)
        {
          const uint8_t *spike = get_step (trains, k, t);

          n_at[t]++;
          for (int64_t i = 0; i < trains->n_units; i++)
            if (spike[i])
              {
                trains->fired[i]++;
                trains->time_rate[t]++;
              }
        }
    }
  for (int64_t t = 0; t < trains->n_time; t++)
    trains->time_rate[t] /= (double) (n_at[t] * trains->n_units);
}

static double
find_cv (const Trains *trains, int64_t unit, int min_intervals)
{
  double sum = 0, squares = 0, mean;
  int64_t n = 0;

  for (int pass = 0; pass < 2; pass++)
    {
      mean = n > 0 ? sum / (double) n : 0;
      for (int64_t k = 0; k < trains->n_trials; k++)
        for (int64_t t = 0, last = -1, length = get_length (trains, k); t < length; t++)
          if (get_step (trains, k, t)[unit])
            {
              if (last >= 0 && pass == 0)
                {
                  sum += (double) (t - last);
                  n++;
                }
              else if (last >= 0)
                squares += ((double) (t - last) - mean) * ((double) (t - last) - mean);
              last = t;
            }
      if (n < min_intervals)
        return NAN;
    }
  return sqrt (squares / (double) (n - 1)) / mean;
}

static double
find_fano (const Trains *trains, int window)
{
  g_autofree int32_t *count = g_new (int32_t, MAX (1, trains->n_units));
  double sum = 0;
  int64_t n = 0;

  for (int64_t k = 0; k < trains->n_trials; k++)
    {
      int64_t length = get_length (trains, k);
      int n_windows = rheo_fano_windows ((int) length, window);

      for (int w = 0; w < n_windows; w++, n++)
        {
          memset (count, 0, sizeof *count * (size_t) trains->n_units);
          for (int64_t t = (int64_t) w * window; t < MIN (length, (int64_t) (w + 1) * window); t++)
            for (int64_t i = 0; i < trains->n_units; i++)
              count[i] += get_step (trains, k, t)[i] != 0;
          sum += rheo_fano ((int) trains->n_units, count);
        }
    }
  return n > 0 ? sum / (double) n : NAN;
}

static double
find_step_changes (const Trains *trains)
{
  int64_t n = 0;

  for (int64_t k = 0; k < trains->n_trials; k++)
    for (int64_t t = 1, length = get_length (trains, k); t < length; t++)
      for (int64_t i = 0; i < trains->n_units; i++)
        n += (get_step (trains, k, t)[i] != 0) != (get_step (trains, k, t - 1)[i] != 0);
  return trains->n_trials > 0 ? (double) n / (double) trains->n_trials : NAN;
}

/* Variances over all steps of all trials. That of a spike train of 0 and 1 is p (1 - p). */
static double
find_chi (const Trains *trains)
{
  double sum = 0, squares = 0, single = 0, mean;
  double n = (double) trains->n_steps;

  for (int64_t k = 0; k < trains->n_trials; k++)
    for (int64_t t = 0, length = get_length (trains, k); t < length; t++)
      {
        double active = 0;

        for (int64_t i = 0; i < trains->n_units; i++)
          active += get_step (trains, k, t)[i] != 0;
        sum += active / (double) trains->n_units;
        squares += active * active / (double) (trains->n_units * trains->n_units);
      }
  for (int64_t i = 0; i < trains->n_units; i++)
    {
      double p = (double) trains->fired[i] / n;

      single += p * (1 - p) / (double) trains->n_units;
    }
  mean = sum / n;
  return single > 0 ? sqrt (MAX (0, squares / n - mean * mean) / single) : NAN;
}

static double
find_branching (const Trains *trains, int lag, gboolean truncated)
{
  g_autofree int32_t *active = g_new (int32_t, MAX (1, trains->n_time));
  double sum = 0;
  int64_t n = 0;

  for (int64_t k = 0; k < trains->n_trials; k++)
    {
      int64_t length = get_length (trains, k);
      double sigma;

      for (int64_t t = 0; t < length; t++)
        {
          active[t] = 0;
          for (int64_t i = 0; i < trains->n_units; i++)
            active[t] += get_step (trains, k, t)[i] != 0;
        }
      sigma = rheo_branching ((int) length, active, lag, truncated);
      if (!isnan (sigma))
        {
          sum += sigma;
          n++;
        }
    }
  return n > 0 ? sum / (double) n : NAN;
}

static void
describe (Trains *trains, const Config *c, double *value)
{
  double sum = 0, squares = 0, cv = 0;
  int64_t n_silent = 0, n_cv = 0;

  count_spikes (trains);
  value[UNITS] = (double) trains->n_units;
  if (trains->n_units == 0 || trains->n_steps == 0)
    return;
  for (int64_t i = 0; i < trains->n_units; i++)
    {
      double rate = (double) trains->fired[i] / (double) trains->n_steps;

      sum += rate;
      squares += rate * rate;
      n_silent += trains->fired[i] == 0;
      trains->cv[i] = find_cv (trains, i, c->min_intervals);
      if (!isnan (trains->cv[i]))
        {
          cv += trains->cv[i];
          n_cv++;
        }
    }
  value[RATE] = sum / (double) trains->n_units;
  value[SILENT] = (double) n_silent / (double) trains->n_units;
  value[PARTICIPATION] = squares > 0 ? sum * sum / squares / (double) trains->n_units : NAN;
  value[CV] = n_cv > 0 ? cv / (double) n_cv : NAN;
  value[FANO] = find_fano (trains, c->window);
  value[STEP_CHANGES] = find_step_changes (trains);
  value[CHI] = find_chi (trains);
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
add_details (RheoTable *out, const char *part, const RheoTable *probe, const Trains *trains)
{
  g_autofree double *rate = g_new (double, MAX (1, trains->n_units));

  for (int64_t i = 0; i < trains->n_units; i++)
    rate[i] = (double) trains->fired[i] / (double) trains->n_steps;
  add_column (out, part, "unit-rate", RHEO_F64, trains->n_units, rate);
  add_column (out, part, "unit-cv", RHEO_F64, trains->n_units, trains->cv);
  add_column (out, part, "time-rate", RHEO_F64, trains->n_time, trains->time_rate);
  add_classes (out, part, probe, rate, trains->n_units);
}

/* Borrows the spikes of the probe. */
static Trains *
open_trains (const RheoTable *probe, const char *part, GError **error)
{
  const RheoColumn *column = rheo_result_column (probe, part, ".spikes"),
                   *length = rheo_table_find (probe, "task.length");
  Trains *trains;

  if (column->type != RHEO_U8 || column->n_dims != 3)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT,
                 _ ("\"%s\" is not a recording of spikes over trials, time and units of the type U8."), column->key);
      return NULL;
    }
  trains = g_new0 (Trains, 1);
  trains->n_trials = column->dims[0];
  trains->n_time = column->dims[1];
  trains->n_units = column->dims[2];
  trains->spike = column->data;
  trains->length = length != NULL && rheo_column_get_length (length) == trains->n_trials ? length : NULL;
  trains->fired = g_new0 (int64_t, MAX (1, trains->n_units));
  trains->cv = g_new0 (double, MAX (1, trains->n_units));
  trains->time_rate = g_new0 (double, MAX (1, trains->n_time));
  return trains;
}

static void
free_trains (gpointer data)
{
  Trains *trains = data;

  g_free (trains->fired);
  g_free (trains->cv);
  g_free (trains->time_rate);
  g_free (trains);
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);

  return (model->gives & RHEO_SPIKES) != 0
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("This needs units that spike; those of %s do not."),
                       _ (model->title));
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (RheoResultRow));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GPtrArray) last = g_ptr_array_new_with_free_func (free_trains); /* of the last record */

  for (int r = 0; r < n_records; r++)
    {
      char **parts = rheo_result_parts (records[r].probe, ".spikes", c->population, "population", error);

      if (parts == NULL)
        return FALSE;
      g_ptr_array_add (names, parts);
      g_ptr_array_set_size (last, 0);
      for (int p = 0; parts[p] != NULL; p++)
        {
          double *value = g_new (double, N_MEASURES);
          RheoResultRow row = { &records[r], parts[p], value };
          Trains *trains;

          if (cancelled != NULL && atomic_load (cancelled))
            return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          for (int i = 0; i < N_MEASURES; i++)
            value[i] = NAN;
          g_ptr_array_add (kept, value);
          trains = open_trains (records[r].probe, parts[p], error);
          if (trains == NULL)
            return FALSE;
          g_ptr_array_add (last, trains);
          describe (trains, c, value);
          g_array_append_val (rows, row);
          if (progress != NULL)
            progress (progress_data, (r + (p + 1.0) / g_strv_length (parts)) / n_records);
        }
    }
  rheo_result_add_rows (out, "population", N_ ("Population"), series, (const RheoResultRow *) rows->data,
                        (int) rows->len);
  for (guint p = 0; p < last->len; p++)
    add_details (out, ((char **) g_ptr_array_index (names, names->len - 1))[p], records[n_records - 1].probe,
                 g_ptr_array_index (last, p));
  return TRUE;
}

const RheoAnalysis rheo_analysis_spike_stats = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "spike-stats",
    .title = N_ ("Spikes"),
    .summary = N_ ("Rates, regularity, Fano factor, synchrony and branching of the spikes of the recorded trials."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = fits,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
