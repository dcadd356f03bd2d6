#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-facts.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/label.h"

#define N_PROGRESS 48 /* points of a sparkline */

/* What tells how good a network is, best first; of validation before that of training. */
static const char *const measures[] = { N_ ("score"), N_ ("accuracy"), "r2", N_ ("reward"), N_ ("loss"), "mse" };
static const char *const sets[] = { "valid", "train", "rule", "task" };

static const char *
slot_id (const RheoExperiment *experiment, RheoSlot slot)
{
  const RheoComponent *component = rheo_experiment_get_component (experiment, slot);

  return component != NULL ? component->id : "";
}

static const char *
title_of (RheoKind kind, const char *id)
{
  const RheoComponent *const *list = rheo_components (kind);

  for (int i = 0; list[i] != NULL; i++)
    if (g_str_equal (list[i]->id, id))
      return _ (list[i]->title);
  return id;
}

static gboolean
has_number (const RheoColumn *column)
{
  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    if (!isnan (rheo_column_get_number (column, i)))
      return TRUE;
  return FALSE;
}

static const RheoColumn *
find_measure (const RheoTable *metrics)
{
  for (size_t i = 0; i < G_N_ELEMENTS (measures); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (sets); j++)
      {
        g_autofree char *key = g_strconcat (sets[j], ".", measures[i], NULL);
        const RheoColumn *column = rheo_table_find (metrics, key);

        if (column != NULL && has_number (column))
          return column;
      }
  return NULL;
}

/* Only what may be shown: of a thousand runs each column counts. */
static RheoTable *
read_measures (RheoRun *run, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) keys = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (measures); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (sets); j++)
      {
        g_autofree char *key = g_strconcat (sets[j], ".", measures[i], NULL);

        g_strv_builder_add (builder, key);
      }
  keys = g_strv_builder_end (builder);
  return rheo_run_read_metrics (run, (const char *const *) keys, error);
}

static gboolean
is_lower_better (const RheoColumn *column)
{
  return (column->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
}

static double
find_best (const RheoColumn *column)
{
  double best = NAN;

  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    {
      double value = rheo_column_get_number (column, i);

      if (isfinite (value) && (isnan (best) || (is_lower_better (column) ? value < best : value > best)))
        best = value;
    }
  return best;
}

/* Means of as many stretches as a sparkline has points; a stretch without a number is left out. */
static GVariant *
thin_out (const RheoColumn *column)
{
  int64_t n = column != NULL ? rheo_column_get_length (column) : 0;
  int n_bins = (int) MIN (n, N_PROGRESS), n_out = 0;
  double out[N_PROGRESS];

  for (int bin = 0; bin < n_bins; bin++)
    {
      double sum = 0;
      int count = 0;

      for (int64_t i = n * bin / n_bins; i < n * (bin + 1) / n_bins; i++)
        {
          double value = rheo_column_get_number (column, i);

          if (isfinite (value))
            {
              sum += value;
              count++;
            }
        }
      if (count > 0)
        out[n_out++] = sum / count;
    }
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, out, (gsize) n_out, sizeof *out);
}

static RheoItemState
find_state (const RheoRun *run)
{
  const char *reason = rheo_run_get_stop_reason (run);

  if (rheo_run_get_state (run) == RHEO_RUN_RUNNING)
    return RHEO_ITEM_RUNNING;
  if (reason == NULL)
    return RHEO_ITEM_INTERRUPTED;
  if (g_str_equal (reason, "solved"))
    return RHEO_ITEM_SOLVED;
  if (g_str_equal (reason, "user"))
    return RHEO_ITEM_STOPPED;
  return g_str_equal (reason, "diverged") ? RHEO_ITEM_DIVERGED : RHEO_ITEM_DONE;
}

char *
rheo_run_dup_unit (RheoRun *run)
{
  const char *const nothing[] = { NULL };
  int n;
  const int64_t *epochs = rheo_run_get_epochs (run, &n);
  g_autoptr (RheoTable) table = n > 0 ? rheo_run_read_epoch (run, epochs[n - 1], nothing, NULL) : NULL;
  const char *unit = table != NULL ? rheo_table_get_note (table, "unit") : NULL;

  return rheo_label_dup_shown (unit != NULL ? unit : N_ ("iteration"));
}

static gint64
last_checkpoint (const RheoRun *run)
{
  int n;
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n);

  return n > 0 ? places[n - 1].iteration : -1;
}

static gint64
read_time (const char *iso)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, zone);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

/* The kind of the fault is added to the state, which is the last of all. */
static GVariant *
read_broken (const GError *error)
{
  const RheoItemFault fault = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED) ? RHEO_FAULT_NEWER
                              : g_error_matches (error, RHEO_ERROR, RHEO_ERROR_FOREIGN)   ? RHEO_FAULT_FOREIGN
                                                                                          : RHEO_FAULT_DAMAGED;

  return g_variant_ref_sink (g_variant_new ("(sssss"
                                            "ixis"
                                            "dssb@ad"
                                            "ixsx)",
                                            "", "", "", "", "", 0, (gint64) 0, 0, "", NAN, "", "", FALSE,
                                            g_variant_new_array (G_VARIANT_TYPE_DOUBLE, NULL, 0),
                                            (int) RHEO_ITEM_BROKEN + (int) fault, (gint64) 0, error->message,
                                            (gint64) -1));
}

GVariant *
rheo_run_facts_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  g_autoptr (RheoTable) metrics = run != NULL ? read_measures (run, &error) : NULL;
  g_autofree char *unit = NULL;
  const RheoExperiment *experiment;
  const RheoColumn *measure;
  const char *dot;

  if (metrics == NULL)
    return read_broken (error);
  experiment = rheo_run_get_experiment (run);
  unit = rheo_run_dup_unit (run);
  measure = find_measure (metrics);
  dot = measure != NULL ? strchr (measure->key, '.') : NULL;
  return g_variant_ref_sink (g_variant_new (
      "(sssss"
      "ixis"
      "dssb@ad"
      "ixsx)",
      rheo_run_get_id (run), rheo_experiment_get_title (experiment), slot_id (experiment, RHEO_SLOT_TASK),
      slot_id (experiment, RHEO_SLOT_MODEL), slot_id (experiment, RHEO_SLOT_RULE),
      rheo_experiment_get_run (experiment)->seed, (gint64) rheo_run_get_place (run).iteration,
      rheo_experiment_get_run (experiment)->budget, unit, measure != NULL ? find_best (measure) : NAN,
      dot != NULL ? dot + 1 : "", measure != NULL ? measure->unit : "", measure == NULL || is_lower_better (measure),
      thin_out (measure), (int) find_state (run), read_time (rheo_run_get_created (run)), "", last_checkpoint (run)));
}

void
rheo_run_facts_load (RheoRunFacts *facts, GVariant *value)
{
  g_autoptr (GVariant) progress = NULL;
  gint64 iteration, checkpoint;
  gsize n;
  int state;

  /* From here on all of it lies in one piece, so that what is borrowed stays where it is. */
  g_variant_get_data (value);
  g_variant_get (value,
                 "(&s&s&s&s&s"
                 "ixi&s"
                 "d&s&sb@ad"
                 "ix&sx)",
                 &facts->id, &facts->title, &facts->task_id, &facts->model_id, &facts->rule_id, &facts->seed,
                 &iteration, &facts->budget, &facts->unit, &facts->best, &facts->best_label, &facts->best_unit,
                 &facts->lower_is_better, &progress, &state, &facts->created, &facts->error, &checkpoint);
  facts->iteration = iteration;
  facts->checkpoint = checkpoint;
  facts->state = (RheoItemState) MIN (state, RHEO_ITEM_BROKEN);
  facts->fault = (RheoItemFault) MAX (state - RHEO_ITEM_BROKEN, 0);
  facts->progress = g_variant_get_fixed_array (progress, &n, sizeof (double));
  facts->n_progress = (int) n;
  facts->task = title_of (RHEO_KIND_TASK, facts->task_id);
  facts->model = title_of (RHEO_KIND_MODEL, facts->model_id);
  facts->rule = title_of (RHEO_KIND_RULE, facts->rule_id);
}
