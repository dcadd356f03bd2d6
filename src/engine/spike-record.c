#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-record.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* A negative step counts from the end. */
static int64_t
find_step (int64_t step, int64_t length)
{
  return CLAMP (step < 0 ? length + step : step, 0, length);
}

RheoSpikeRecord *
rheo_spike_record_new (const RheoTable *probe, const char *part, const RheoSpikeChoice *choice, GError **error)
{
  const RheoColumn *column = rheo_result_column (probe, part, ".spikes"),
                   *length = rheo_table_find (probe, "task.length");
  g_autoptr (RheoSpikeRecord) record = NULL;
  RheoSpikes *s;
  int64_t trial = 0;

  if (column->type != RHEO_U8 || column->n_dims != 3)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT,
                 _ ("\"%s\" is not a recording of spikes over trials, time and units of the type U8."), column->key);
      return NULL;
    }
  if (choice->trial >= column->dims[0])
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no trial %d in \"%s\"; it has %" PRId64 ", counted from 0."),
                 choice->trial, column->key, column->dims[0]);
      return NULL;
    }
  if (length != NULL && rheo_column_get_length (length) != column->dims[0])
    length = NULL;
  record = g_new0 (RheoSpikeRecord, 1);
  s = &record->spikes;
  *s = (RheoSpikes){ column->data, column->dims[0], column->dims[1], column->dims[2], NULL, NULL };
  if (choice->trial >= 0)
    {
      trial = choice->trial;
      s->n_trials = 1;
      s->spike += trial * s->n_time * s->n_units;
    }
  s->from = record->from = g_new (int64_t, MAX (1, s->n_trials));
  s->to = record->to = g_new (int64_t, MAX (1, s->n_trials));
  for (int64_t k = 0; k < s->n_trials; k++)
    {
      const double n = length != NULL ? rheo_column_get_number (length, trial + k) : (double) s->n_time;
      const int64_t n_steps = (int64_t) CLAMP (n, 0, (double) s->n_time);

      record->from[k] = find_step (choice->first, n_steps);
      record->to[k] =
          MAX (record->from[k], choice->last == -1 ? n_steps : MIN (find_step (choice->last, n_steps) + 1, n_steps));
    }
  if (rheo_spikes_steps (s, -1) == 0 && (choice->first != 0 || choice->last != -1))
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("There are no steps from %d to %d in \"%s\"; its trials have up to %" PRId64 " steps."),
                 choice->first, choice->last, column->key, s->n_time);
      return NULL;
    }
  return g_steal_pointer (&record);
}

void
rheo_spike_record_free (RheoSpikeRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->from);
  g_free (record->to);
  g_free (record);
}

static gboolean
visit_all (const RheoSpikeReport *report, void (*progress) (void *data, double fraction), void *progress_data,
           const atomic_bool *cancelled, GError **error)
{
  for (int r = 0; r < report->n_records; r++)
    {
      const RheoTable *probe = report->records[r].probe;
      g_auto (GStrv) parts = rheo_result_parts (probe, ".spikes", report->choice->population, "population", error);
      RheoSpikePlace place = { .record = &report->records[r], .last = r == report->n_records - 1 };

      if (parts == NULL)
        return FALSE;
      for (place.n_parts = (int) g_strv_length (parts); place.i_part < place.n_parts; place.i_part++)
        {
          g_autoptr (RheoSpikeRecord) spikes =
              rheo_spike_record_new (probe, parts[place.i_part], report->choice, error);

          if (spikes == NULL)
            return FALSE;
          if (cancelled != NULL && atomic_load (cancelled))
            return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          place.part = parts[place.i_part];
          if (!report->visit (report, &place, spikes, error))
            return FALSE;
          if (progress != NULL)
            progress (progress_data, (r + (place.i_part + 1.0) / place.n_parts) / report->n_records);
        }
    }
  return TRUE;
}

gboolean
rheo_spike_report (RheoSpikeReport *report, RheoTable *out, void (*progress) (void *data, double fraction),
                   void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (report->series);
  g_autoptr (RheoTable) curves = rheo_table_new ("");

  report->rows = rows;
  report->curves = curves;
  if (!visit_all (report, progress, progress_data, cancelled, error))
    return FALSE;
  rheo_result_rows_write (rows, report->part_key, N_ ("Population"), out);
  rheo_result_add_all (out, curves);
  return TRUE;
}

RheoCounts
rheo_spike_record_dup_counts (const RheoSpikeRecord *record, int64_t bin)
{
  const RheoSpikes *s = &record->spikes;
  int64_t *length = g_new (int64_t, MAX (1, s->n_trials)), n = 0;
  int32_t *value;

  for (int64_t k = 0; k < s->n_trials; k++)
    n += length[k] = rheo_spikes_activity (s, k, bin, NULL);
  value = g_new (int32_t, MAX (1, n));
  n = 0;
  for (int64_t k = 0; k < s->n_trials; n += length[k], k++)
    rheo_spikes_activity (s, k, bin, value + n);
  return (RheoCounts){ value, s->n_trials, length };
}

void
rheo_spike_record_clear_counts (RheoCounts *counts)
{
  g_free ((gpointer) counts->value);
  g_free ((gpointer) counts->length);
}
