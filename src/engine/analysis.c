#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "analysis.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

/* --- inside an analysis ---------------------------------------------------------------------------------------- */
RheoColumn *
rheo_result_add (RheoTable *out, const RheoSeries *series, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add_part (out, series, NULL, key, type, dims);
}

RheoColumn *
rheo_result_add_part (RheoTable *out, const RheoSeries *series, const char *part, const char *key, RheoType type,
                      const int64_t *dims)
{
  g_autofree char *name = part != NULL ? g_strconcat (part, ".", key, NULL) : g_strdup (key);
  RheoColumn *column;

  while (strcmp (series->key, key) != 0)
    series++;
  column = rheo_table_add (out, name, series->label, series->unit, series->axes, type, dims);
  column->lo = series->lo;
  column->hi = series->hi;
  column->flags = series->flags;
  return column;
}

void
rheo_result_add_number (RheoTable *out, const RheoSeries *series, const char *key, double value)
{
  *(double *) rheo_result_add (out, series, key, RHEO_F64, NULL)->data = value;
}

void
rheo_result_add_rows (RheoTable *out, const char *part_key, const char *part_label, const RheoSeries *series,
                      const RheoResultRow *rows, int n_rows)
{
  int64_t n = n_rows;
  g_autofree const char **run = g_new (const char *, MAX (1, n)), **part = g_new (const char *, MAX (1, n));
  g_autofree int64_t *iteration = g_new (int64_t, MAX (1, n));
  g_autofree double *value = g_new (double, MAX (1, n));

  for (int64_t r = 0; r < n; r++)
    {
      run[r] = rows[r].record->name;
      iteration[r] = rows[r].record->iteration;
      part[r] = rows[r].part;
    }
  rheo_table_add_copy (out, "run", N_ ("Run"), "", "row", RHEO_STRING, &n, run);
  rheo_table_add_copy (out, "iteration", N_ ("Iteration"), "", "row", RHEO_I64, &n, iteration);
  rheo_table_add_copy (out, part_key, part_label, "", "row", RHEO_STRING, &n, part);
  for (int k = 0; series[k].key != NULL && strcmp (series[k].axes, "row") == 0; k++)
    {
      RheoColumn *column;

      for (int64_t r = 0; r < n; r++)
        value[r] = rows[r].value[k];
      column = rheo_table_add_copy (out, series[k].key, series[k].label, series[k].unit, "row", RHEO_F64, &n, value);
      column->lo = series[k].lo;
      column->hi = series[k].hi;
      column->flags = series[k].flags;
    }
}

char **
rheo_result_dup_classes (const RheoTable *record, const char *population, int64_t n_units, const RheoColumn **class)
{
  g_autofree char *key = g_strconcat (population, ".classes", NULL);
  const char *names = rheo_table_get_note (record, key);

  *class = rheo_result_column (record, population, ".class");
  return names != NULL && *names != '\0' && *class != NULL && rheo_column_get_length (*class) == n_units
             ? g_strsplit (names, " ", -1)
             : NULL;
}

char **
rheo_result_parts (const RheoTable *table, const char *suffix, const char *only, const char *option, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const char *key = rheo_table_get_column (table, i)->key;

      /* A checkpoint also has those of the optimiser ("optimiser.mean.rec.weight"), which are no part of the network. */
      if (g_str_has_suffix (key, suffix) && strchr (key, '.') == key + strlen (key) - strlen (suffix))
        g_ptr_array_add (all, g_strndup (key, strlen (key) - strlen (suffix)));
    }
  g_ptr_array_add (all, NULL);
  if (all->len == 1)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has no series \"…%s\"."), suffix);
      return NULL;
    }
  list = g_strjoinv (", ", (char **) all->pdata);
  if (only == NULL || only[0] == '\0')
    return (char **) g_ptr_array_free (g_steal_pointer (&all), FALSE);
  for (guint i = 0; i + 1 < all->len; i++)
    if (strcmp (g_ptr_array_index (all, i), only) == 0)
      {
        char **one = g_new0 (char *, 2);

        one[0] = g_strdup (only);
        return one;
      }
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no %s \"%s\" in the run. It has %s."), option, only, list);
  return NULL;
}

const RheoColumn *
rheo_result_column (const RheoTable *table, const char *part, const char *suffix)
{
  g_autofree char *key = g_strconcat (part, suffix, NULL);

  return rheo_table_find (table, key);
}

gboolean
rheo_analysis_fits_rates (const RheoExperiment *experiment, GError **error)
{
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);

  return model->law != NULL
         || rheo_fail (error, RHEO_ERROR_INVALID,
                       _ ("This needs a network of rates, whose dynamics are smooth; %s is none."),
                       _ (model->base.title));
}

gboolean
rheo_analysis_fits_spikes (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);

  return (model->gives & RHEO_SPIKES) != 0
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("This needs units that spike; those of %s do not."),
                       _ (model->title));
}

int
rheo_analysis_count_rates (const RheoExperiment *experiment)
{
  g_autofree char *units = rheo_experiment_dup_value (experiment, "model.units", NULL);

  return units != NULL ? atoi (units) : 100;
}

double
rheo_analysis_estimate_trials (const RheoExperiment *experiment, int n_trials)
{
  g_autofree char *text = rheo_experiment_dup_value (experiment, "task.n-steps", NULL);
  const double n = rheo_analysis_count_rates (experiment), steps = text != NULL ? g_ascii_strtod (text, NULL) : 500;

  /* A product and a normal number for each unit and step; opening the run takes longer than a few trials. */
  return 0.1 + n_trials * steps * n * (0.4e-9 * n + 1.5e-8);
}

/* --- outside --------------------------------------------------------------------------------------------------- */
RheoAbout
rheo_analysis_get_about (const RheoAnalysis *analysis)
{
  if (analysis->about != RHEO_ABOUT_AUTO)
    return analysis->about;
  return (analysis->wants & RHEO_WANTS_PROBE) != 0 ? RHEO_ABOUT_ACTIVITY : RHEO_ABOUT_DYNAMICS;
}

gboolean
rheo_analysis_fits (const RheoAnalysis *analysis, const RheoExperiment *experiment, GError **error)
{
  return analysis->fits == NULL || analysis->fits (experiment, error);
}

RheoTable *
rheo_analysis_read_previous (const RheoAnalysis *analysis, const void *config, RheoRun *run, GError **error)
{
  int n = 0;
  const char *id = analysis->builds_on != NULL ? analysis->builds_on (config, &n) : NULL;
  g_auto (GStrv) names = id != NULL ? rheo_run_dup_analyses (run) : NULL;
  g_autofree char *wanted = g_strdup_printf ("%s/%d", id, n), *prefix = g_strdup_printf ("%s/", id);
  const char *found = NULL;

  if (id == NULL)
    return NULL;
  for (int i = 0; names[i] != NULL; i++)
    if (n > 0 ? strcmp (names[i], wanted) == 0 : g_str_has_prefix (names[i], prefix))
      found = names[i];
  if (found != NULL)
    return rheo_run_read_analysis (run, found, error);
  if (n > 0)
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run holds no result %s."), wanted);
  else
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run holds no result of %s; run that first."), id);
  return NULL;
}

struct RheoStoredRecord
{
  RheoRecord record;
  char *name;
  RheoTable *snapshot, *start, *metrics, *steps;
  RheoChain *chain;
};

static gboolean
choose_snapshot (RheoRun *run, int64_t *at, unsigned wants, const RheoPlace **checkpoint, GError **error)
{
  int n_epochs, n_places;
  const int64_t *epochs = rheo_run_get_epochs (run, &n_epochs);
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n_places);
  g_autoptr (GString) list = g_string_new (NULL);

  *checkpoint = NULL;
  /* The last checkpoint of a finished run may hold its best network, the snapshot beside it holds the last one. */
  if (*at < 0 && (wants & RHEO_WANTS_PROBE) == 0 && n_places > 0
      && (n_epochs == 0 || places[n_places - 1].iteration >= epochs[n_epochs - 1]))
    {
      *checkpoint = &places[n_places - 1];
      *at = (*checkpoint)->iteration;
      return TRUE;
    }
  if (*at < 0 && n_epochs > 0)
    *at = epochs[n_epochs - 1];
  for (int i = 0; i < n_epochs; i++)
    {
      if (epochs[i] == *at)
        return TRUE;
      g_string_append_printf (list, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", epochs[i]);
    }
  /* A checkpoint has weights but no recorded trials. */
  if ((wants & RHEO_WANTS_PROBE) == 0)
    for (int i = n_places - 1; i >= 0; i--)
      {
        if (*at >= 0 && places[i].iteration != *at)
          continue;
        *checkpoint = &places[i];
        *at = places[i].iteration;
        return TRUE;
      }
  if (list->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s holds no snapshots yet. run.record and run.record-every say when they are made."),
                      rheo_run_get_path (run));
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s holds no snapshot of iteration %" PRId64 ". It holds those of %s."), rheo_run_get_path (run),
                    *at, list->str);
}

static RheoTable *
read_log (const RheoStoredRecord *stored, RheoRun *run, const char *log, GError **error)
{
  return stored->chain != NULL ? rheo_chain_dup_log (stored->chain, log, error)
                               : rheo_run_dup_metrics (run, log, error);
}

RheoStoredRecord *
rheo_stored_record_new (RheoRun *run, int64_t at, unsigned wants, GError **error)
{
  g_autoptr (RheoStoredRecord) stored = g_new0 (RheoStoredRecord, 1);
  int n;
  const int64_t *epochs = rheo_run_get_epochs (run, &n);
  g_autofree char *base = g_path_get_basename (rheo_run_get_path (run));

  stored->name = g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_strdup (base);
  stored->record.experiment = rheo_run_get_experiment (run);
  stored->record.name = stored->name;
  if ((wants & (RHEO_WANTS_WEIGHTS | RHEO_WANTS_PROBE)) != 0)
    {
      const RheoPlace *place;

      if (!choose_snapshot (run, &at, wants, &place, error))
        return NULL;
      stored->snapshot =
          place != NULL ? rheo_run_read_checkpoint (run, *place, error) : rheo_run_read_epoch (run, at, NULL, error);
      if (stored->snapshot == NULL)
        return NULL;
      stored->record.weights = stored->snapshot;
      stored->record.probe = place == NULL ? stored->snapshot : NULL;
    }
  if ((wants & RHEO_WANTS_WEIGHTS) != 0 && n > 0 && epochs[0] < at)
    {
      stored->start = rheo_run_read_epoch (run, epochs[0], NULL, error);
      if (stored->start == NULL)
        return NULL;
      stored->record.start = stored->start;
    }
  if ((wants & RHEO_WANTS_CHAIN) != 0)
    stored->record.chain = stored->chain = rheo_chain_new (run);
  if ((wants & RHEO_WANTS_METRICS) != 0)
    {
      stored->metrics = read_log (stored, run, NULL, error);
      if (stored->metrics == NULL)
        return NULL;
      stored->record.metrics = stored->metrics;
    }
  if ((wants & RHEO_WANTS_STEPS) != 0)
    stored->record.steps = stored->steps = read_log (stored, run, "step", NULL);
  stored->record.iteration = at >= 0 ? at : rheo_run_get_place (run).iteration;
  return g_steal_pointer (&stored);
}

void
rheo_stored_record_free (RheoStoredRecord *stored)
{
  if (stored == NULL)
    return;
  g_clear_pointer (&stored->snapshot, rheo_table_unref);
  g_clear_pointer (&stored->start, rheo_table_unref);
  g_clear_pointer (&stored->metrics, rheo_table_unref);
  g_clear_pointer (&stored->steps, rheo_table_unref);
  g_clear_pointer (&stored->chain, rheo_chain_free);
  g_free (stored->name);
  g_free (stored);
}

const RheoRecord *
rheo_stored_record_get (const RheoStoredRecord *stored)
{
  return &stored->record;
}

/* NULL: it keeps none for its end. */
static RheoTable *
read_newest (const RheoAnalysis *analysis, RheoRun *run)
{
  g_auto (GStrv) names = rheo_run_dup_analyses (run);
  g_autofree char *prefix = g_strconcat (analysis->base.id, "/", NULL);
  g_autoptr (RheoTable) table = NULL;
  const char *iteration;

  for (int i = (int) g_strv_length (names) - 1; i >= 0 && table == NULL; i--)
    if (g_str_has_prefix (names[i], prefix))
      table = rheo_run_read_analysis (run, names[i], NULL);
  iteration = table != NULL ? rheo_table_get_note (table, "iteration") : NULL;
  return iteration != NULL && g_ascii_strtoll (iteration, NULL, 10) == rheo_run_get_place (run).iteration
             ? g_steal_pointer (&table)
             : NULL;
}

static void
ignore_progress (void *data, double fraction)
{
}

RheoTable *
rheo_analysis_read_or_run (const RheoAnalysis *analysis, RheoRun *run, GError **error)
{
  static const atomic_bool cancelled;
  g_autoptr (RheoTable) table = read_newest (analysis, run);
  g_autoptr (RheoStoredRecord) stored = NULL;
  g_autofree void *config = NULL;

  if (table != NULL)
    return g_steal_pointer (&table);
  stored = rheo_stored_record_new (run, -1, analysis->wants, error);
  if (stored == NULL)
    return NULL;
  config = g_malloc0 (MAX (analysis->base.config_size, 1));
  rheo_params_reset (analysis->base.params, config);
  table = rheo_table_new (analysis->base.title);
  return analysis->run (config, &stored->record, 1, NULL, table, ignore_progress, NULL, &cancelled, error)
             ? g_steal_pointer (&table)
             : NULL;
}
