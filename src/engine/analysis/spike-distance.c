#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/analysis.h"
#include "engine/label.h"
#include "engine/result-rows.h"
#include "engine/spike-record.h"

/* How far two trials are apart at each step (Hamming): the units of a population that fire in only one of them. The first is one
 * of the first record, the other one of each record. */

typedef struct
{
  RheoSpikeChoice spikes; /* its trial is -1: all are read */
  int trial, other;
} Config;

static const RheoParam params[] = {
  RHEO_SPIKE_POPULATION_ROW (Config, spikes),
  RHEO_P_INT (Config, trial, "trial", .label = N_ ("Trial"), .def = 0, .min = 0, .max = 1e9, .soft_max = 99,
              .help = N_ ("Of the first record, counted from 0.")),
  RHEO_P_INT (Config, other, "other", .label = N_ ("Other trial"), .def = -1, .min = -1, .max = 1e9, .soft_max = 99,
              .help = N_ ("Which is compared with it; −1: of one record the next trial, of several the same in each.")),
  RHEO_SPIKE_STEP_ROWS (Config, spikes),
  RHEO_P_END,
};

enum
{
  STEPS,
  MEAN,
  SHARE,
  END,
  ONSET,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [STEPS] = { "steps", N_ ("Steps"), N_ ("That both trials have."), "", "row" },
  [MEAN] = { "mean", N_ ("Mean distance"), N_ ("Units that fire in only one of the trials, mean over steps."),
             N_ ("units"), "row" },
  [SHARE] = { "share", N_ ("Mean share of units"), N_ ("Mean distance over the number of units."), "", "row", 0, 1 },
  [END] = { "end", N_ ("Distance at the end"), N_ ("At the last step."), N_ ("units"), "row" },
  [ONSET] = { "onset", N_ ("First difference"), N_ ("Step; missing where there is none."), N_ ("steps"), "row" },
  { "time", N_ ("Time step"), N_ ("Of the first trial."), "", "time" },
  { "distance", N_ ("Hamming distance"), N_ ("In the last record."), N_ ("units"), "time", .flags = RHEO_SERIES_SHOW },
  { "note", N_ ("Note"), N_ ("What is not defined, and why."), "", "row" },
  { NULL },
};

static void
add_curve (const RheoSpikeReport *report, const RheoSpikePlace *place, int64_t from, int64_t n, const int32_t *distance)
{
  const RheoSeries *row = series;
  g_autofree char *key = NULL, *label = NULL;
  RheoColumn *column;

  if (rheo_table_find (report->curves, "time") == NULL)
    {
      int64_t *time = rheo_result_add (report->curves, series, "time", RHEO_I64, &n)->data;

      for (int64_t t = 0; t < n; t++)
        time[t] = from + t;
    }
  while (g_strcmp0 (row->key, "distance") != 0)
    row++;
  key = g_strconcat (place->part, ".", row->key, NULL);
  label = place->n_parts > 1 ? rheo_label_dup_of (row->label, place->part) : g_strdup (row->label);
  column = rheo_table_add_copy (report->curves, key, label, row->unit, row->axes, RHEO_I32, &n, distance);
  column->flags = row->flags;
}

static const char *
explain (const RheoSpikeRecord *a, const RheoSpikes *b, int trial, int other)
{
  if (a == NULL)
    return N_ ("Undefined: the first record has no such population");
  if (trial >= a->spikes.n_trials || other >= b->n_trials)
    return N_ ("Undefined: there is no such trial");
  if (a->spikes.n_units != b->n_units)
    return N_ ("Undefined: the populations are of different sizes");
  return rheo_spikes_steps (&a->spikes, trial) == 0 || rheo_spikes_steps (b, other) == 0
             ? N_ ("Undefined: there are no steps")
             : "";
}

static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *spikes, GError **error)
{
  const Config *config = report->config;
  const RheoRecord *before = report->records;
  const int trial = config->trial;
  const int other = config->other >= 0 ? config->other : report->n_records > 1 ? trial : trial + 1;
  g_autoptr (RheoSpikeRecord) first = rheo_result_column (before->probe, place->part, ".spikes") != NULL
                                          ? rheo_spike_record_new (before->probe, place->part, &config->spikes, NULL)
                                          : NULL;
  const char *note = explain (first, &spikes->spikes, trial, other);
  double *value = rheo_result_rows_add (report->rows, place->record, place->part), sum = 0;
  g_autofree int32_t *distance = NULL;
  int64_t n;

  rheo_result_rows_set_text (report->rows, "note", note);
  if (*note != '\0')
    return TRUE;
  distance = g_new (int32_t, MIN (first->spikes.n_time, spikes->spikes.n_time));
  n = rheo_spikes_distance (&first->spikes, trial, &spikes->spikes, other, distance);
  for (int64_t t = 0; t < n; t++)
    {
      sum += distance[t];
      if (distance[t] > 0 && isnan (value[ONSET]))
        value[ONSET] = (double) (first->from[trial] + t);
    }
  value[STEPS] = (double) n;
  value[MEAN] = sum / (double) n;
  value[SHARE] = value[MEAN] / (double) spikes->spikes.n_units;
  value[END] = distance[n - 1];
  if (place->last)
    add_curve (report, place, first->from[trial], n, distance);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  Config c = *(const Config *) config;
  RheoSpikeReport report = { .config = &c,
                             .choice = &c.spikes,
                             .series = series,
                             .part_key = "part",
                             .visit = visit,
                             .records = records,
                             .n_records = n_records };

  c.spikes.trial = -1;
  return rheo_spike_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_spike_distance = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "spike-distance",
    .title = N_ ("Distance of spike trains"),
    .summary = N_ ("Units that fire in only one of two trials at each step (Hamming): of one network, or before and after."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
