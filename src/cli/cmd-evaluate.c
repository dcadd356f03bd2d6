#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/evaluate.h"
#include "engine/json-text.h"

static char *
dup_config (RheoSet set, int n_trials, char **settings)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "{\"data\": \"%s\", \"trials\": %d, \"set\": [", rheo_set_names[set], n_trials);
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
print_json (const char *path, RheoSet set, const RheoEvaluation *evaluation, const RheoTable *table)
{
  JsonObject *object = json_object_new (), *metrics = json_object_new (), *intervals = json_object_new ();
  JsonArray *tables = json_array_new ();
  const RheoColumn *name = rheo_table_find (table, "metric"), *mean = rheo_table_find (table, "mean");
  const RheoColumn *lo = rheo_table_find (table, "lo"), *hi = rheo_table_find (table, "hi");
  g_autofree char *r2 = g_strconcat (rheo_set_names[set], ".r2", NULL);
  gsize prefix = strlen (rheo_set_names[set]) + 1;

  for (int64_t i = 0; i < rheo_column_get_length (name); i++)
    {
      const char *full = rheo_column_get_string (name, i), *key = full;
      double value = rheo_column_get_number (mean, i);
      JsonArray *interval;

      if (!isfinite (value))
        continue;
      /* R² is that of all trials together, which has a row of its own. */
      if (g_str_equal (full, r2))
        continue;
      if (strncmp (full, rheo_set_names[set], prefix - 1) == 0 && full[prefix - 1] == '.')
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
  json_object_set_int_member (object, "iteration", rheo_evaluation_get_iteration (evaluation));
  json_object_set_int_member (object, "trials", rheo_evaluation_get_n_trials (evaluation));
  json_object_set_object_member (object, "metrics", metrics);
  json_object_set_object_member (object, "intervals", intervals);
  json_object_set_array_member (object, "tables", tables);
  rheo_cli_print_json (object);
}

static RheoTable *
evaluate (RheoEvaluation *evaluation, GError **error)
{
  for (int i = 0; i < rheo_evaluation_get_n_steps (evaluation); i++)
    if (!rheo_evaluation_step (evaluation, error))
      return NULL;
  return rheo_evaluation_measure_r2 (evaluation, error) ? rheo_evaluation_dup_table (evaluation) : NULL;
}

static gboolean
parse_set (const char *name, RheoSet *set)
{
  for (int i = 0; rheo_set_names[i] != NULL; i++)
    if (g_str_equal (rheo_set_names[i], name))
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
  gboolean json = FALSE, best = FALSE;
  RheoSet set = RHEO_SET_TEST;
  g_autoptr (RheoRun) stored = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoEvaluation) evaluation = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_INT64, &at, N_ ("Checkpoint or snapshot of this iteration, not the newest"), "N" },
    { "best-training", 0, 0, G_OPTION_ARG_NONE, &best,
      N_ ("The network as it was after its best 100 episodes in a row"), NULL },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value for the evaluation"), "KEY=VALUE" },
    { "trials", 'n', 0, G_OPTION_ARG_INT, &n_trials, N_ ("How many trials; 0: the whole set, or 200"), "N" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data, N_ ("train, valid, test (the default) or probe"), "SET" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (data != NULL && !parse_set (data, &set))
    return rheo_cli_fail_usage (command, _ ("--data is \"%s\"; allowed are train, valid, test and probe."), data);
  if (n_trials < 0)
    return rheo_cli_fail_usage (command, _ ("--trials is %d; allowed is 0 or more."), n_trials);
  if (at < -1)
    return rheo_cli_fail_usage (command, _ ("--at is %" PRId64 "; allowed is 0 or more."), at);
  if (at >= 0 && best)
    return rheo_cli_fail_usage (command, _ ("--at and --best-training both say which network; give one of them."));
  stored = rheo_run_open (argv[1], &error);
  if (stored == NULL || (best && !rheo_evaluation_find_best (stored, &at, &error)))
    return rheo_cli_fail (error);
  experiment = rheo_experiment_dup (rheo_run_get_experiment (stored));
  code = rheo_cli_configure (experiment, settings);
  if (code != RHEO_EXIT_DONE)
    return code;
  evaluation = rheo_evaluation_new (stored, experiment, at, settings != NULL, set, n_trials, &error);
  table = evaluation != NULL ? evaluate (evaluation, &error) : NULL;
  if (table == NULL)
    return rheo_cli_fail (error);
  config = dup_config (set, rheo_evaluation_get_n_trials (evaluation), settings);
  rheo_cli_keep_result (stored, "evaluate", rheo_evaluation_get_iteration (evaluation), config, table);
  if (json)
    print_json (argv[1], set, evaluation, table);
  else
    rheo_cli_print_table (table);
  return RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_evaluate = {
  .name = "evaluate",
  .usage = "RUN.h5 [--at N | --best-training] [--set KEY=VALUE ...] [--trials N] [--data SET] [--json]",
  .summary = N_ ("Scores a trained network on fresh trials"),
  .run = run,
};
