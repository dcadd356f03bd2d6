#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/evaluate.h"
#include "engine/json-text.h"

#define NEWEST G_MAXINT64 /* no iteration is asked for */
#define LONGEST 1e7       /* s */

typedef struct
{
  char **settings, *data, *out, *column;
  gint64 at;
  int n_trials;
  double duration; /* s; 0: none */
  gboolean json, best;
} Options;

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
  while (rheo_evaluation_get_progress (evaluation) < 1)
    if (!rheo_evaluation_step (evaluation, error))
      return NULL;
  return rheo_evaluation_measure_r2 (evaluation, error) ? rheo_evaluation_dup_table (evaluation) : NULL;
}

/* What happened in the episodes. */
static gboolean
write_played (const RheoEvaluation *evaluation, const Options *options, GError **error)
{
  g_autoptr (RheoTable) table = rheo_table_new (N_ ("Episodes"));
  g_autofree char *iteration = g_strdup_printf ("%" PRId64, rheo_evaluation_get_iteration (evaluation));

  if (options->out == NULL)
    return TRUE;
  rheo_played_add (rheo_evaluation_get_played (evaluation), table);
  rheo_table_set_note (table, "iteration", iteration);
  return rheo_cli_write_table (table, options->column, options->out, error);
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

/* What is asked for, in words of the command line; the exit code. */
static int
check_options (const RheoCommand *command, const Options *options, RheoSet *set)
{
  if (options->data != NULL && !parse_set (options->data, set))
    return rheo_cli_fail_usage (command, _ ("--data is \"%s\"; allowed are train, valid, test and probe."),
                                options->data);
  if (options->n_trials < 0)
    return rheo_cli_fail_usage (command, _ ("--trials is %d; allowed is 0 or more."), options->n_trials);
  if (options->duration != 0 && !(options->duration > 0 && options->duration <= LONGEST))
    return rheo_cli_fail_usage (command, _ ("--duration is %g; allowed is more than 0 and up to %g."),
                                options->duration, LONGEST);
  if (options->at != NEWEST && options->best)
    return rheo_cli_fail_usage (command, _ ("--at and --best-training both say which network; give one of them."));
  if (options->column != NULL && options->out == NULL)
    return rheo_cli_fail_usage (command, _ ("--column belongs to --out."));
  return RHEO_EXIT_DONE;
}

static gboolean
find_network (RheoRun *run, const Options *options, int64_t *at, GError **error)
{
  *at = options->at == NEWEST ? -1 : options->at;
  if (options->best)
    return rheo_evaluation_find_best (run, at, error);
  return options->at == NEWEST || options->at >= 0 || rheo_evaluation_find_from_end (run, options->at, at, error);
}

static int
score (const RheoCommand *command, const char *path, const Options *options)
{
  RheoEvaluationHow how = { .changed = options->settings != NULL,
                            .set = RHEO_SET_TEST,
                            .n_trials = options->n_trials,
                            .time = 1000 * options->duration,
                            .keeps = options->out != NULL,
                            .spikes = options->out != NULL };
  g_autofree char *config = NULL;
  g_autoptr (RheoRun) stored = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoEvaluation) evaluation = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  int code = check_options (command, options, &how.set);

  if (code != RHEO_EXIT_DONE)
    return code;
  stored = rheo_run_open (path, &error);
  if (stored == NULL || !find_network (stored, options, &how.at, &error))
    return rheo_cli_fail (error);
  experiment = rheo_experiment_dup (rheo_run_get_experiment (stored));
  code = rheo_cli_configure (experiment, options->settings);
  if (code != RHEO_EXIT_DONE)
    return code;
  evaluation = rheo_evaluation_new (stored, experiment, &how, &error);
  table = evaluation != NULL ? evaluate (evaluation, &error) : NULL;
  if (table == NULL || !write_played (evaluation, options, &error))
    return rheo_cli_fail (error);
  config = dup_config (how.set, rheo_evaluation_get_n_trials (evaluation), options->settings);
  rheo_cli_keep_result (stored, "evaluate", rheo_evaluation_get_iteration (evaluation), config, table);
  if (options->json)
    print_json (path, how.set, evaluation, table);
  else
    rheo_cli_print_table (table);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  Options options = { .at = NEWEST };
  int code;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_INT64, &options.at,
      N_ ("Checkpoint or snapshot of this iteration, or counted from the end: -1 the newest, -2 the one before"), "N" },
    { "best-training", 0, 0, G_OPTION_ARG_NONE, &options.best,
      N_ ("The network as it was after its best 100 episodes in a row"), NULL },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.settings,
      N_ ("Change a value for the evaluation; run.seed draws other trials and starts, task.rerun-episode=N plays one "
          "start of the pole on a cart again and again"),
      "KEY=VALUE" },
    { "trials", 'n', 0, G_OPTION_ARG_INT, &options.n_trials,
      N_ ("How many trials or episodes; 0: the whole set, or 200"), "N" },
    { "duration", 0, 0, G_OPTION_ARG_DOUBLE, &options.duration,
      N_ ("Simulated seconds that are played at most, in place of the whole set; an episode that does not come to its "
          "end does not count"),
      "S" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, N_ ("train, valid, test (the default) or probe"), "SET" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out,
      N_ ("Write every action with votes, observations and rewards to .csv, .json, .npy or .h5; .json and .h5 also "
          "have every spike"),
      "TABLE" },
    { "column", 'c', 0, G_OPTION_ARG_FILENAME, &options.column, N_ ("Write only this column"), "KEY" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    code = score (command, argv[1], &options);
  g_strfreev (options.settings);
  g_free (options.data);
  g_free (options.out);
  g_free (options.column);
  return code;
}

const RheoCommand rheo_cmd_evaluate = {
  .name = "evaluate",
  .usage = "RUN.h5 [--at N | --best-training] [--set KEY=VALUE ...] [--trials N] [--duration S] [--data SET] "
           "[--out TABLE.csv|.json|.npy|.h5] [--json]",
  .summary = N_ ("Scores a trained network on fresh trials"),
  .run = run,
};
