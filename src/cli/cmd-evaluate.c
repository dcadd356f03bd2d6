#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/json-text.h"
#include "engine/linalg.h"
#include "engine/trainer.h"

static const char *const set_names[] = { "train", "valid", "test", "probe", NULL };

typedef struct
{
  RheoSet set;
  int n_trials, chunk; /* trials that are scored together: where samples are time, a whole batch is one sequence */
  int64_t iteration;
} How;

/* The weights of the checkpoint of `at`, or of its snapshot. With other settings it is another experiment, so only
 * weights are taken over. */
static gboolean
load (RheoTrainer *trainer, RheoRun *run, gint64 at, gboolean changed, How *how, GError **error)
{
  int n;
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n);
  const RheoPlace *place = NULL;
  g_autoptr (RheoTable) table = NULL;

  for (int i = 0; i < n; i++)
    if (at < 0 || places[i].iteration == at)
      place = &places[i];
  if (place != NULL)
    {
      how->iteration = place->iteration;
      table = rheo_run_read_checkpoint (run, *place, error);
      if (table == NULL)
        return FALSE;
      return changed ? rheo_net_load (rheo_trainer_get_net (trainer), table, TRUE, error)
                     : rheo_trainer_load_checkpoint (trainer, table, error);
    }
  if (at < 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no checkpoint yet."), rheo_run_get_path (run));
  how->iteration = at;
  table = rheo_run_read_epoch (run, at, NULL, error);
  return table != NULL && rheo_net_load (rheo_trainer_get_net (trainer), table, TRUE, error);
}

static gboolean
choose_trials (RheoTrainer *trainer, int wanted, How *how, GError **error)
{
  const RheoTask *task =
      (const RheoTask *) rheo_experiment_get_component (rheo_trainer_get_experiment (trainer), RHEO_SLOT_TASK);
  const RheoShape *shape = rheo_net_get_shape (rheo_trainer_get_net (trainer));
  const RheoRunRows *rows = rheo_experiment_get_run (rheo_trainer_get_experiment (trainer));
  int there = how->set == RHEO_SET_TRAIN ? shape->n_trials : shape->n_valid;

  how->n_trials = wanted > 0 ? wanted : there > 0 ? there : 200;
  if (there > 0 && how->n_trials > there)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("--trials is %d, but %s has %d trials in the set \"%s\"."), wanted,
                      _ (task->base.title), there, set_names[how->set]);
  how->chunk = shape->swapped ? MIN (rows->batch, how->n_trials) : 1;
  return TRUE;
}

/* Scores of all chunks: [metric][chunk]. */
static GPtrArray *
score (RheoTrainer *trainer, const How *how, RheoMetrics *m, int *n_chunks, GError **error)
{
  g_autoptr (GPtrArray) scores = g_ptr_array_new_with_free_func (g_free);

  *n_chunks = how->n_trials / how->chunk;
  for (int c = 0; c < *n_chunks; c++)
    {
      rheo_metrics_clear (m);
      if (!rheo_trainer_evaluate (trainer, how->set, c * how->chunk, how->chunk, m, error))
        return NULL;
      for (int i = (int) scores->len; i < rheo_metrics_get_n (m); i++)
        {
          double *all = g_new (double, *n_chunks);

          for (int k = 0; k < *n_chunks; k++)
            all[k] = NAN;
          g_ptr_array_add (scores, all);
        }
      for (int i = 0; i < (int) scores->len; i++)
        ((double *) g_ptr_array_index (scores, i))[c] = rheo_metrics_get (m, i);
    }
  return g_steal_pointer (&scores);
}

/* A row per metric with mean and interval, and each metric's scores. */
static RheoTable *
make_table (const RheoMetrics *m, GPtrArray *scores, int n_chunks, const How *how)
{
  RheoTable *table = rheo_table_new (_ ("Evaluation"));
  int64_t n = scores->len, n_scores = n_chunks;
  g_autofree const char **name = g_new0 (const char *, n + 1);
  g_autofree double *mean = g_new (double, n + 1), *lo = g_new (double, n + 1), *hi = g_new (double, n + 1);
  g_autofree int64_t *count = g_new0 (int64_t, n + 1);
  g_autofree char *iteration = g_strdup_printf ("%" G_GINT64_FORMAT, how->iteration);

  for (int i = 0; i < n; i++)
    {
      name[i] = rheo_metrics_get_name (m, i);
      count[i] = rheo_mean_interval (g_ptr_array_index (scores, i), n_chunks, &mean[i], &lo[i], &hi[i]);
    }
  rheo_table_add_copy (table, "metric", _ ("Metric"), "", "metric", RHEO_STRING, &n, name);
  rheo_table_add_copy (table, "mean", _ ("Mean"), "", "metric", RHEO_F64, &n, mean);
  rheo_table_add_copy (table, "lo", _ ("Lower end of the 95 % interval"), "", "metric", RHEO_F64, &n, lo);
  rheo_table_add_copy (table, "hi", _ ("Upper end of the 95 % interval"), "", "metric", RHEO_F64, &n, hi);
  rheo_table_add_copy (table, "n", how->chunk > 1 ? _ ("Batches") : _ ("Trials"), "", "metric", RHEO_I64, &n, count);
  for (int i = 0; i < n; i++)
    {
      const RheoSeries *series = rheo_metrics_get_series (m, i);

      rheo_table_add_copy (table, name[i], _ (series->label), series->unit[0] != '\0' ? _ (series->unit) : "",
                           how->chunk > 1 ? "batch" : "trial", RHEO_F64, &n_scores, g_ptr_array_index (scores, i));
    }
  rheo_table_set_note (table, "iteration", iteration);
  return table;
}

static char *
dup_config (const How *how, char **settings)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "{\"data\": \"%s\", \"trials\": %d, \"set\": [", set_names[how->set], how->n_trials);
  for (int i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      rheo_json_append_string (text, settings[i]);
    }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static void
print_json (const char *path, const How *how, const RheoTable *table)
{
  JsonObject *object = json_object_new (), *metrics = json_object_new (), *intervals = json_object_new ();
  JsonArray *tables = json_array_new ();
  const RheoColumn *name = rheo_table_find (table, "metric"), *mean = rheo_table_find (table, "mean");
  const RheoColumn *lo = rheo_table_find (table, "lo"), *hi = rheo_table_find (table, "hi");
  gsize prefix = strlen (set_names[how->set]) + 1;

  for (int64_t i = 0; i < rheo_column_get_length (name); i++)
    {
      const char *full = rheo_column_get_string (name, i), *key = full;
      double value = rheo_column_get_number (mean, i);
      JsonArray *interval;

      if (!isfinite (value))
        continue;
      if (strncmp (full, set_names[how->set], prefix - 1) == 0 && full[prefix - 1] == '.')
        key = full + prefix;
      json_object_set_double_member (metrics, key, value);
      if (!isfinite (rheo_column_get_number (lo, i)))
        continue;
      interval = json_array_new ();
      json_array_add_double_element (interval, rheo_column_get_number (lo, i));
      json_array_add_double_element (interval, rheo_column_get_number (hi, i));
      json_object_set_array_member (intervals, key, interval);
    }
  json_array_add_element (tables, rheo_cli_dup_table_json (table));
  json_object_set_string_member (object, "run", path);
  json_object_set_int_member (object, "iteration", how->iteration);
  json_object_set_int_member (object, "trials", how->n_trials);
  json_object_set_object_member (object, "metrics", metrics);
  json_object_set_object_member (object, "intervals", intervals);
  json_object_set_array_member (object, "tables", tables);
  rheo_cli_print_json (object);
}

static RheoTable *
evaluate (RheoRun *run, const RheoExperiment *experiment, gint64 at, gboolean changed, int n_trials, How *how,
          GError **error)
{
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, error);
  g_autoptr (GPtrArray) scores = NULL;
  RheoTable *table = NULL;
  RheoMetrics *m;
  int n_chunks;

  if (trainer == NULL || !choose_trials (trainer, n_trials, how, error)
      || !load (trainer, run, at, changed, how, error))
    return NULL;
  m = rheo_metrics_new ();
  scores = score (trainer, how, m, &n_chunks, error);
  if (scores != NULL)
    table = make_table (m, scores, n_chunks, how);
  rheo_metrics_free (m);
  return table;
}

static gboolean
parse_set (const char *name, RheoSet *set)
{
  for (int i = 0; set_names[i] != NULL; i++)
    if (g_str_equal (set_names[i], name))
      {
        *set = (RheoSet) i;
        return TRUE;
      }
  return FALSE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *data = NULL, *config = NULL;
  gint64 at = -1;
  int n_trials = 0, code;
  gboolean json = FALSE;
  How how = { .set = RHEO_SET_TEST };
  g_autoptr (RheoRun) stored = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_INT64, &at, N_ ("Checkpoint or snapshot of this iteration, not the newest"), "N" },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value for the evaluation"), "KEY=VALUE" },
    { "trials", 'n', 0, G_OPTION_ARG_INT, &n_trials, N_ ("How many trials; 0: the whole set, or 200"), "N" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data, N_ ("train, valid, test (the default) or probe"), "SET" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (data != NULL && !parse_set (data, &how.set))
    return rheo_cli_fail_usage (command, _ ("--data is \"%s\"; allowed are train, valid, test and probe."), data);
  if (n_trials < 0)
    return rheo_cli_fail_usage (command, _ ("--trials is %d; allowed is 0 or more."), n_trials);
  if (at < -1)
    return rheo_cli_fail_usage (command, _ ("--at is %" G_GINT64_FORMAT "; allowed is 0 or more."), at);
  stored = rheo_run_open (argv[1], &error);
  if (stored == NULL)
    return rheo_cli_fail (error);
  experiment = rheo_experiment_dup (rheo_run_get_experiment (stored));
  code = rheo_cli_configure (experiment, settings);
  if (code != RHEO_EXIT_DONE)
    return code;
  table = evaluate (stored, experiment, at, settings != NULL, n_trials, &how, &error);
  if (table == NULL)
    return rheo_cli_fail (error);
  config = dup_config (&how, settings);
  rheo_cli_keep_result (stored, "evaluate", how.iteration, config, table);
  if (json)
    print_json (argv[1], &how, table);
  else
    rheo_cli_print_table (table);
  return RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_evaluate = {
  .name = "evaluate",
  .usage = "RUN.h5 [--at N] [--set KEY=VALUE ...] [--trials N] [--data SET] [--json]",
  .summary = N_ ("Scores a trained network on fresh trials"),
  .run = run,
};
