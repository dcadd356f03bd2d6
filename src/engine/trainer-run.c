#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json-text.h"
#include "trainer-private.h"

#define ACTS_KEY "interventions" /* of the journal */

/* --- interventions as text: [{"kind": "silence", "population": "hidden", "units": [3, 4], "from": 0, "to": 30}] ---- */
static const char *const act_kinds[] = { "silence", "clamp", "add", "scale", "noise", "drop", NULL };

static char *
dup_acts_text (const RheoTrainer *trainer, const RheoIntervention *acts, int n)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);
  GString *text = g_string_new ("[");

  for (int i = 0; i < n; i++)
    {
      const RheoIntervention *act = &acts[i];
      g_string_append_printf (text, "%s{\"kind\": \"%s\", ", i > 0 ? ", " : "", act_kinds[act->kind]);
      if (act->pop >= 0)
        g_string_append_printf (text, "\"population\": \"%s\"", plan->pop[act->pop].name);
      else
        g_string_append_printf (text, "\"projection\": \"%s\"", plan->proj[act->proj].name);
      if (act->units != NULL)
        {
          g_string_append (text, ", \"units\": [");
          for (int k = 0; k < act->n_units; k++)
            g_string_append_printf (text, k > 0 ? ", %d" : "%d", act->units[k]);
          g_string_append_c (text, ']');
        }
      g_string_append_printf (
          text, ", \"from\": %" G_GINT64_FORMAT ", \"to\": %" G_GINT64_FORMAT ", \"value\": ", act->t0, act->t1);
      rheo_json_append_number (text, act->value);
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static gboolean
check_act (const RheoTrainer *trainer, const RheoIntervention *act, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);
  gboolean pop = act->pop >= 0 && act->pop < plan->n_pops, proj = act->proj >= 0 && act->proj < plan->n_projs;
  int n_units;

  if (act->kind < 0 || act->kind > RHEO_ACT_DROP || pop == proj || (proj && act->kind != RHEO_ACT_SCALE)
      || !isfinite (act->value))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("An intervention needs a kind, a finite value and one population; weights of a projection can "
                         "only be scaled."));
  if (rheo_net_has_clock (trainer->net) && act->kind != RHEO_ACT_SILENCE)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("This network runs from event to event: its units can be silenced, but not held, pushed or "
                         "scaled."));
  n_units = pop ? plan->pop[act->pop].n_units : plan->proj[act->proj].n_pre;
  for (int k = 0; act->units != NULL && k < act->n_units; k++)
    if (act->units[k] < 0 || act->units[k] >= n_units)
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("An intervention names unit %d of %s; 0 to %d are allowed."),
                        act->units[k], pop ? plan->pop[act->pop].name : plan->proj[act->proj].name, n_units - 1);
  return TRUE;
}

/* Copies; takes text. */
static void
set_acts (RheoTrainer *trainer, const RheoIntervention *acts, int n, char *text)
{
  RheoIntervention *copy = g_memdup2 (acts, sizeof *acts * n);

  for (int i = 0; i < n; i++)
    copy[i].units = acts[i].units != NULL ? g_memdup2 (acts[i].units, sizeof (int32_t) * acts[i].n_units) : NULL;
  for (int i = 0; i < trainer->n_acts; i++)
    g_free ((int32_t *) trainer->acts[i].units);
  g_free (trainer->acts);
  g_free (trainer->acts_text);
  trainer->acts = copy;
  trainer->n_acts = n;
  trainer->acts_text = text;
}

static gboolean
read_act (const RheoTrainer *trainer, JsonObject *object, RheoIntervention *act, GArray *units, GError **error)
{
  const char *kind = json_object_get_string_member_with_default (object, "kind", "");
  const char *pop = json_object_get_string_member_with_default (object, "population", NULL);
  const char *proj = json_object_get_string_member_with_default (object, "projection", NULL);

  *act = (RheoIntervention){ .kind = -1,
                             .pop = pop != NULL ? rheo_net_find_pop (trainer->net, pop) : -1,
                             .proj = proj != NULL ? rheo_net_find_proj (trainer->net, proj) : -1,
                             .t0 = json_object_get_int_member_with_default (object, "from", 0),
                             .t1 = json_object_get_int_member_with_default (object, "to", G_MAXINT64),
                             .value = json_object_get_double_member_with_default (object, "value", 0) };
  for (int k = 0; act_kinds[k] != NULL; k++)
    if (strcmp (kind, act_kinds[k]) == 0)
      act->kind = k;
  if (json_object_has_member (object, "units"))
    {
      JsonArray *array = json_object_get_array_member (object, "units");
      for (guint k = 0; k < json_array_get_length (array); k++)
        {
          int32_t unit = (int32_t) json_array_get_int_element (array, k);
          g_array_append_val (units, unit);
        }
      act->units = (const int32_t *) units->data;
      act->n_units = (int) units->len;
    }
  return check_act (trainer, act, error);
}

gboolean
rheo_trainer_apply_acts (RheoTrainer *trainer, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = rheo_json_parse (text, -1, ACTS_KEY, error);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autofree RheoIntervention *acts = NULL;
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s in the journal is not a list."), ACTS_KEY);
  array = json_node_get_array (node);
  acts = g_new0 (RheoIntervention, json_array_get_length (array));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_ptr_array_add (lists, g_array_new (FALSE, FALSE, sizeof (int32_t)));
      if (!JSON_NODE_HOLDS_OBJECT (element))
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s in the journal is not a list of objects."), ACTS_KEY);
      if (!read_act (trainer, json_node_get_object (element), &acts[i], lists->pdata[i], error))
        return FALSE;
    }
  set_acts (trainer, acts, (int) json_array_get_length (array), g_strdup (text));
  return TRUE;
}

gboolean
rheo_trainer_intervene (RheoTrainer *trainer, const RheoIntervention *acts, int n, GError **error)
{
  char *text;

  for (int i = 0; i < n; i++)
    if (!check_act (trainer, &acts[i], error))
      return FALSE;
  text = dup_acts_text (trainer, acts, n);
  if (trainer->store != NULL
      && !rheo_store_journal (trainer->store, trainer->place, ACTS_KEY, trainer->acts_text, text, error))
    {
      g_free (text);
      return FALSE;
    }
  set_acts (trainer, acts, n, text);
  return TRUE;
}

gboolean
rheo_trainer_set (RheoTrainer *trainer, const char *path, const char *text, GError **error)
{
  g_autofree char *old = NULL, *now = NULL;

  if (!rheo_trainer_apply (trainer, path, text, &old, error))
    return FALSE;
  now = rheo_experiment_dup_value (trainer->experiment, path, NULL);
  return trainer->store == NULL || strcmp (old, now) == 0
         || rheo_store_journal (trainer->store, trainer->place, path, old, now, error);
}

/* --- checkpoints -------------------------------------------------------------------------------------------------- */
enum /* of "trainer.numbers" */
{
  NUMBER_FIRST_LOSS,
  NUMBER_SECONDS,
  NUMBER_BEST,
  NUMBER_BEST_AT,
  NUMBER_WAITED,
  NUMBER_HAS_BEST,
  NUMBER_SWAPPED, /* the arrays hold the best network, and "best.…" the last one */
  N_NUMBERS,
};

static RheoTable *
dup_checkpoint (RheoTrainer *trainer, gboolean swapped)
{
  RheoTable *table = rheo_table_new (N_ ("Checkpoint"));
  int64_t n = rheo_metrics_get_n (trainer->metrics), n_numbers = N_NUMBERS, two = 2, dims[] = { n, 2 };
  const int64_t place[] = { trainer->place.iteration, trainer->place.batch };
  const double numbers[] = { [NUMBER_FIRST_LOSS] = trainer->first_loss,
                             [NUMBER_SECONDS] = trainer->seconds,
                             [NUMBER_BEST] = trainer->stop.best,
                             [NUMBER_BEST_AT] = (double) trainer->stop.best_at,
                             [NUMBER_WAITED] = (double) trainer->stop.waited,
                             [NUMBER_HAS_BEST] = trainer->has_best,
                             [NUMBER_SWAPPED] = swapped };
  g_autofree const char **names = g_new (const char *, n);

  if (swapped)
    rheo_trainer_swap_best (trainer);
  rheo_net_save (trainer->net, FALSE, table);
  if (swapped)
    rheo_trainer_swap_best (trainer);
  rheo_net_describe (trainer->net, table);
  rheo_table_add_copy (table, "trainer.place", N_ ("Iterations and batches done"), "", "number", RHEO_I64, &two, place);
  rheo_table_add_copy (table, "trainer.numbers", N_ ("State of the trainer"), "", "number", RHEO_F64, &n_numbers,
                       numbers);
  for (int64_t i = 0; i < n; i++)
    names[i] = rheo_metrics_get_name (trainer->metrics, (int) i);
  rheo_table_add_copy (table, "trainer.metrics", N_ ("Names of the metrics"), "", "metric", RHEO_STRING, &n, names);
  rheo_table_add_copy (table, "trainer.last", N_ ("Metrics of the last iteration"), "", "metric", RHEO_F64, &n,
                       trainer->last);
  rheo_metrics_get_state (trainer->metrics,
                          rheo_table_add (table, "trainer.means",
                                          N_ ("Means and weights of the metrics of the unfinished iteration"), "",
                                          "metric number", RHEO_F64, dims)
                              ->data);
  return table;
}

RheoTable *
rheo_trainer_dup_checkpoint (RheoTrainer *trainer)
{
  return dup_checkpoint (trainer, FALSE);
}

static const RheoColumn *
find_column (const RheoTable *table, const char *key, RheoType type, int64_t length, GError **error)
{
  const RheoColumn *column = rheo_table_find (table, key);

  if (column == NULL || column->type != type || (length >= 0 && rheo_column_get_length (column) != length))
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The checkpoint has no \"%s\", or one of another type or size."), key);
      return NULL;
    }
  return column;
}

static gboolean
load (RheoTrainer *trainer, const RheoTable *table, gboolean *swapped, GError **error)
{
  const RheoColumn *place = find_column (table, "trainer.place", RHEO_I64, 2, error);
  const RheoColumn *numbers = place != NULL ? find_column (table, "trainer.numbers", RHEO_F64, N_NUMBERS, error) : NULL;
  const RheoColumn *names = numbers != NULL ? find_column (table, "trainer.metrics", RHEO_STRING, -1, error) : NULL;
  int64_t n = names != NULL ? rheo_column_get_length (names) : 0;
  const RheoColumn *last = names != NULL ? find_column (table, "trainer.last", RHEO_F64, n, error) : NULL;
  const RheoColumn *means = last != NULL ? find_column (table, "trainer.means", RHEO_F64, 2 * n, error) : NULL;
  g_autofree double *all = g_new0 (double, 2 * rheo_metrics_get_n (trainer->metrics));
  const double *number;

  if (means == NULL || !rheo_net_load (trainer->net, table, FALSE, error))
    return FALSE;
  /* What ran before is not the past of this network. */
  rheo_trainer_let_go (trainer);
  rheo_past_clear (trainer->past);
  if (trainer->film != NULL)
    rheo_film_clear (trainer->film, 0);
  number = numbers->data;
  trainer->place = (RheoPlace){ ((const int64_t *) place->data)[0], ((const int64_t *) place->data)[1] };
  trainer->first_loss = number[NUMBER_FIRST_LOSS];
  trainer->seconds = number[NUMBER_SECONDS];
  trainer->stop.best = number[NUMBER_BEST];
  trainer->stop.best_at = (int64_t) number[NUMBER_BEST_AT];
  trainer->stop.waited = (int64_t) number[NUMBER_WAITED];
  trainer->has_best = number[NUMBER_HAS_BEST] != 0;
  *swapped = number[NUMBER_SWAPPED] != 0;
  for (int64_t k = 0; k < n; k++)
    {
      int i = rheo_metrics_find (trainer->metrics, rheo_column_get_string (names, k));
      if (i >= 0)
        {
          trainer->last[i] = ((const double *) last->data)[k];
          memcpy (all + 2 * i, (const double *) means->data + 2 * k, 2 * sizeof (double));
        }
    }
  rheo_metrics_set_state (trainer->metrics, all);
  trainer->has_grad = FALSE;
  rheo_net_weights_changed (trainer->net);
  rheo_net_masks_changed (trainer->net);
  return TRUE;
}

gboolean
rheo_trainer_load_checkpoint (RheoTrainer *trainer, const RheoTable *table, GError **error)
{
  gboolean swapped;

  return load (trainer, table, &swapped, error);
}

static gboolean
put_checkpoint (RheoTrainer *trainer, gboolean marked, gboolean swapped, GError **error)
{
  g_autoptr (RheoTable) table = NULL;

  if (!rheo_trainer_is_finite (trainer))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The network holds numbers that are not finite; it is not saved."));
  table = dup_checkpoint (trainer, swapped);
  return rheo_store_put_checkpoint (trainer->store, trainer->place, table, marked, error);
}

gboolean
rheo_trainer_write_checkpoint (RheoTrainer *trainer, gboolean marked, GError **error)
{
  if (trainer->store == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run is not written to a file, so there is no checkpoint."));
  return put_checkpoint (trainer, marked, FALSE, error);
}

gboolean
rheo_trainer_put_analysis (RheoTrainer *trainer, const char *id, int64_t iteration, const char *config_json,
                           RheoTable *table, int64_t *n, GError **error)
{
  if (trainer->store == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run is not written to a file, so results are not kept."));
  if (!rheo_store_put_analysis (trainer->store, id, iteration, config_json, table, error))
    return FALSE;
  *n = rheo_store_get_last_analysis (trainer->store, id);
  return TRUE;
}

static gboolean
put_record (RheoTrainer *trainer, GError **error)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_record (trainer, error);

  return table != NULL && rheo_store_put_epoch (trainer->store, trainer->place.iteration, table, error);
}

/* --- records ------------------------------------------------------------------------------------------------------ */
static gboolean
write_steps (RheoTrainer *trainer, GError **error)
{
  GArray *steps = trainer->rule.steps;

  for (guint i = 0; i + (guint) trainer->n_step_columns <= steps->len; i += (guint) trainer->n_step_columns)
    if (!rheo_store_append (trainer->store, trainer->rule.type->steps_log, trainer->place, trainer->seconds,
                            &g_array_index (steps, double, i), error))
      return FALSE;
  return TRUE;
}

gboolean
rheo_trainer_write_batch (RheoTrainer *trainer, GError **error)
{
  for (guint k = 0; k < trainer->logged->len; k++)
    trainer->row[k] = rheo_metrics_get (trainer->of_batch, g_array_index (trainer->logged, int, k));
  return rheo_store_append (trainer->store, "batch", trainer->place, trainer->seconds, trainer->row, error)
         && (trainer->rule.steps == NULL || write_steps (trainer, error));
}

static gboolean
is_recorded (const RheoRunRows *run, int64_t iteration)
{
  for (int k = 0; k < run->n_record; k++)
    if (run->record[k] == (double) iteration)
      return TRUE;
  return run->record_every > 0 && iteration % run->record_every == 0;
}

int64_t
rheo_trainer_budget_at (const RheoTrainer *trainer, int64_t iteration)
{
  const RheoRule *rule = &trainer->rule;
  const double share = rule->type->spent != NULL ? rule->type->spent (rule) : 0;

  if (share <= 0)
    return trainer->run->budget;
  return (int64_t) MIN (trainer->run->budget, MAX (ceil ((double) iteration / MIN (share, 1)), 1));
}

int
rheo_trainer_get_budget (const RheoTrainer *trainer)
{
  return (int) rheo_trainer_budget_at (trainer, trainer->place.iteration);
}

gboolean
rheo_trainer_write_iteration (RheoTrainer *trainer, gboolean last, GError **error)
{
  int64_t iteration = trainer->place.iteration;

  if (!rheo_store_append (trainer->store, NULL, trainer->place, trainer->seconds, trainer->last, error))
    return FALSE;
  if ((last || is_recorded (trainer->run, iteration)) && !put_record (trainer, error))
    return FALSE;
  /* close_run writes the last one. */
  if (!last && trainer->run->checkpoint > 0 && iteration % trainer->run->checkpoint == 0)
    return put_checkpoint (trainer, FALSE, FALSE, error);
  return TRUE;
}

/* --- the run file ------------------------------------------------------------------------------------------------- */
static RheoStoreColumn
store_column (const RheoTrainer *trainer, int i)
{
  const RheoSeries *series = rheo_metrics_get_series (trainer->metrics, i);

  return (RheoStoreColumn){ .name = rheo_metrics_get_name (trainer->metrics, i),
                            .label = series->label,
                            .unit = series->unit != NULL ? series->unit : "",
                            .lo = series->lo,
                            .hi = series->hi,
                            .flags = series->flags };
}

/* Names of the outputs, as the task tells them, or numbers. */
static char *
dup_output_name (const RheoTrainer *trainer, int i)
{
  const char *const *labels = trainer->shape.labels;

  return labels != NULL && i < (int) g_strv_length ((char **) labels) ? g_strdup (labels[i])
                                                                      : g_strdup_printf ("%d", i + 1);
}

/* The log of steps, one column after the other as the rule writes them. */
static gboolean
declare_steps (RheoTrainer *trainer, GError **error)
{
  const RheoSeries *rows = trainer->rule.type->steps;
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (RheoStoreColumn));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (; rows->key != NULL; rows++)
    for (int k = 0; k < (rows->flags & RHEO_SERIES_BY_CLASS ? trainer->shape.n_out : 1); k++)
      {
        g_autofree char *output = dup_output_name (trainer, k);
        const RheoStoreColumn column = { .name = rows->flags & RHEO_SERIES_BY_CLASS
                                                     ? g_strconcat (rows->key, ".", output, NULL)
                                                     : g_strdup (rows->key),
                                         .label = rows->label,
                                         .unit = rows->unit,
                                         .lo = rows->lo,
                                         .hi = rows->hi,
                                         .flags = rows->flags };

        g_ptr_array_add (names, (char *) column.name);
        g_array_append_val (columns, column);
      }
  trainer->n_step_columns = (int) columns->len;
  return rheo_store_declare (trainer->store, trainer->rule.type->steps_log, (RheoStoreColumn *) columns->data,
                             trainer->n_step_columns, error);
}

static gboolean
declare (RheoTrainer *trainer, GError **error)
{
  int n = rheo_metrics_get_n (trainer->metrics);
  g_autofree RheoStoreColumn *columns = g_new (RheoStoreColumn, n);

  for (int i = 0; i < n; i++)
    columns[i] = store_column (trainer, i);
  if (!rheo_store_declare (trainer->store, NULL, columns, n, error))
    return FALSE;
  for (guint k = 0; k < trainer->logged->len; k++)
    columns[k] = store_column (trainer, g_array_index (trainer->logged, int, k));
  return rheo_store_declare (trainer->store, "batch", columns, (int) trainer->logged->len, error)
         && (trainer->rule.type->steps == NULL || declare_steps (trainer, error));
}

/* The state that a new file starts from: it can be resumed from the first moment on, and changes are counted from it. Without
 * that there is no file. */
static gboolean
begin_file (RheoTrainer *trainer, GError **error)
{
  if (trainer->store == NULL)
    return FALSE;
  trainer->new_at = trainer->place.batch;
  if (declare (trainer, error) && put_record (trainer, error) && put_checkpoint (trainer, FALSE, FALSE, error))
    return TRUE;
  rheo_store_discard (g_steal_pointer (&trainer->store));
  return FALSE;
}

gboolean
rheo_trainer_create_run (RheoTrainer *trainer, const char *path, GError **error)
{
  const RheoStoreDevice device = { trainer->device->name, trainer->device_reason };

  g_return_val_if_fail (trainer->store == NULL, FALSE);
  trainer->store = rheo_store_create (path, trainer->experiment, NULL, 0, &device, error);
  return begin_file (trainer, error);
}

/* Values that were changed in the run before the checkpoint, unless the experiment at hand sets them otherwise than the
 * run began with. */
static gboolean
replay (RheoTrainer *trainer, RheoRun *run, GError **error)
{
  const RheoExperiment *began = rheo_run_get_experiment (run);
  g_autoptr (RheoTable) journal = rheo_run_dup_journal (run, error);
  g_autoptr (GHashTable) ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const RheoColumn *key, *batch, *value;

  if (journal == NULL)
    return FALSE;
  key = rheo_table_find (journal, "key");
  batch = rheo_table_find (journal, "batch");
  value = rheo_table_find (journal, "new");
  for (int64_t i = 0; i < rheo_column_get_length (key); i++)
    {
      const char *path = rheo_column_get_string (key, i), *text = rheo_column_get_string (value, i);

      if ((int64_t) rheo_column_get_number (batch, i) > trainer->place.batch)
        continue;
      if (strcmp (path, ACTS_KEY) == 0)
        {
          if (!rheo_trainer_apply_acts (trainer, text, error))
            return FALSE;
          continue;
        }
      if (strchr (path, '.') == NULL)
        continue; /* a remark, such as why a run diverged */
      if (!g_hash_table_contains (ours, path))
        {
          g_autofree char *then = rheo_experiment_dup_value (began, path, NULL);
          g_autofree char *now = rheo_experiment_dup_value (trainer->experiment, path, NULL);
          g_hash_table_insert (ours, g_strdup (path), GINT_TO_POINTER (g_strcmp0 (then, now) != 0));
        }
      if (!GPOINTER_TO_INT (g_hash_table_lookup (ours, path)) && !rheo_trainer_apply (trainer, path, text, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* Everything of a checkpoint, and what the journal says until then. */
static gboolean
go_back_to (RheoTrainer *trainer, RheoRun *run, int64_t at, GError **error)
{
  const RheoPlace *places;
  g_autoptr (RheoTable) table = NULL;
  gboolean swapped;
  int n, found = -1;

  places = rheo_run_get_checkpoints (run, &n);
  for (int i = 0; i < n; i++)
    if (at < 0 || places[i].iteration == at)
      found = i;
  if (found < 0)
    {
      g_autoptr (GString) list = g_string_new (NULL);
      for (int i = 0; i < n; i++)
        g_string_append_printf (list, i > 0 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, places[i].iteration);
      if (n == 0)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no checkpoint to go on from."),
                          rheo_run_get_path (run));
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("%s has no checkpoint of iteration %" PRId64 "; there are those of %s."),
                        rheo_run_get_path (run), at, list->str);
    }
  table = rheo_run_read_checkpoint (run, places[found], error);
  if (table == NULL || !load (trainer, table, &swapped, error))
    return FALSE;
  if (swapped)
    rheo_trainer_swap_best (trainer);
  return replay (trainer, run, error);
}

gboolean
rheo_trainer_follow_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error)
{
  g_autoptr (RheoRun) run = rheo_run_open (path, error);

  return run != NULL && go_back_to (trainer, run, at, error);
}

gboolean
rheo_trainer_resume_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error)
{
  const RheoStoreDevice device = { trainer->device->name, trainer->device_reason };
  RheoRun *run = rheo_run_open (path, error);
  gboolean good;

  g_return_val_if_fail (trainer->store == NULL, FALSE);
  if (run == NULL)
    return FALSE;
  good = go_back_to (trainer, run, at, error);
  rheo_run_free (run);
  if (!good)
    return FALSE;
  trainer->store = rheo_store_resume (path, trainer->place, trainer->experiment, &device, error);
  return trainer->store != NULL && declare (trainer, error);
}

gboolean
rheo_trainer_branch_run (RheoTrainer *trainer, const char *from, int64_t at, const char *path, GError **error)
{
  const RheoStoreDevice device = { trainer->device->name, trainer->device_reason };
  g_autoptr (RheoRun) run = rheo_run_open (from, error);

  g_return_val_if_fail (trainer->store == NULL, FALSE);
  if (run == NULL || !go_back_to (trainer, run, at, error))
    return FALSE;
  trainer->store =
      rheo_store_create (path, trainer->experiment, rheo_run_get_id (run), trainer->place.iteration, &device, error);
  return begin_file (trainer, error);
}

gboolean
rheo_trainer_drop_run (RheoTrainer *trainer)
{
  if (trainer->store == NULL || trainer->new_at != trainer->place.batch)
    return FALSE;
  rheo_store_discard (g_steal_pointer (&trainer->store));
  return TRUE;
}

gboolean
rheo_trainer_close_run (RheoTrainer *trainer, RheoStop stop, GError **error)
{
  gboolean ends = stop == RHEO_STOP_BUDGET || stop == RHEO_STOP_SOLVED || stop == RHEO_STOP_PATIENCE;
  g_autoptr (GError) saving = NULL, closing = NULL;

  g_return_val_if_fail (trainer->store != NULL, FALSE);
  /* A diverged network is not saved: the last good checkpoint stays the newest. */
  if (stop == RHEO_STOP_DIVERGED)
    rheo_store_journal (trainer->store, trainer->place, "diverged", "", trainer->why_diverged_plain, &saving);
  else
    put_checkpoint (trainer, FALSE, ends && trainer->has_best, &saving);
  rheo_store_close (g_steal_pointer (&trainer->store), stop == RHEO_STOP_NONE ? NULL : rheo_stop_name (stop), &closing);
  if (saving == NULL && closing == NULL)
    return TRUE;
  g_propagate_error (error, saving != NULL ? g_steal_pointer (&saving) : g_steal_pointer (&closing));
  return FALSE;
}
