#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>

#include "engine/evaluate.h"
#include "engine/reference.h"
#include "engine/run-folder.h"
#include "engine/weight-vector.h"

static gboolean
export_weights (RheoRun *run, gint64 at, const char *out, GError **error)
{
  RheoEvaluationHow how = { .at = at, .changed = TRUE, .set = RHEO_SET_TEST, .n_trials = 1 };
  g_autoptr (RheoEvaluation) evaluation = NULL;

  if (at < 0 && !rheo_evaluation_find_from_end (run, at, &how.at, error))
    return FALSE;
  evaluation = rheo_evaluation_new (run, rheo_run_get_experiment (run), &how, error);
  return evaluation != NULL && rheo_weight_vector_save (rheo_evaluation_get_net (evaluation), out, error);
}

static int
export_run (const RheoCommand *command, const char *path, gint64 at, gboolean replace, const char *out)
{
  const gboolean weights =
      g_str_has_suffix (out, ".npy") || g_str_has_suffix (out, ".csv") || g_str_has_suffix (out, ".txt");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = NULL;

  if (!weights && at != -1)
    return rheo_cli_fail_usage (command, _ ("--at belongs to weights; a folder has those of all snapshots."));
  run = rheo_run_open (path, &error);
  if (run == NULL
      || !(weights ? export_weights (run, at, out, &error) : rheo_run_folder_write (run, out, replace, &error)))
    return rheo_cli_fail (error);
  g_print ("%s\n", out);
  return RHEO_EXIT_DONE;
}

static int
export_experiment (const char *name, char **settings, const char *out)
{
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;
  const int code = rheo_cli_load (name, settings, &experiment);

  if (code != RHEO_EXIT_DONE)
    return code;
  if (!rheo_reference_save (experiment, out, &error))
    return rheo_cli_fail (error);
  g_print ("%s\n", out);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *out = NULL;
  gint64 at = -1;
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { "at", 0, 0, G_OPTION_ARG_INT64, &at,
      N_ ("Checkpoint or snapshot of this iteration, or counted from the end: -1 the newest, -2 the one before"), "N" },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, N_ ("Replace files that are in the folder"), NULL },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("Of an experiment a .json file; of a run a folder, or weights as .npy, .csv or .txt"), "FILE|FOLDER" },
    { NULL },
  };
  int code;

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (out == NULL)
    return rheo_cli_fail_usage (command, _ ("export needs --out with the name of a file or folder."));
  if (!g_str_has_suffix (argv[1], ".h5"))
    {
      if (at != -1 || replace)
        return rheo_cli_fail_usage (command, _ ("--at and --replace belong to a run."));
      return export_experiment (argv[1], settings, out);
    }
  if (settings != NULL)
    return rheo_cli_fail_usage (command, _ ("--set belongs to an experiment; a run has its values."));
  return export_run (command, argv[1], at, replace, out);
}

const RheoCommand rheo_cmd_export = {
  .name = "export",
  .usage = "EXPERIMENT [--set KEY=VALUE ...] --out FILE.json\n"
           "             export RUN.h5 [--replace] --out FOLDER\n"
           "             export RUN.h5 [--at N] --out WEIGHTS.npy|.csv|.txt",
  .summary = N_ ("Writes an experiment or a run as the published CartPole program has them, or the weights of a run"),
  .run = run,
};
