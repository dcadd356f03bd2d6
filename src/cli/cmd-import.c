#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>

#include "engine/reference.h"
#include "engine/trainer.h"
#include "engine/weight-vector.h"

/* A configuration of the published program becomes an experiment. */
static int
import_configuration (const char *path, RheoReferenceKind kind, char **settings, const char *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) read = rheo_experiment_load (path, &error), experiment = NULL;
  int code;

  if (read == NULL)
    return rheo_cli_fail (error);
  if (kind == RHEO_REFERENCE_AS_WRITTEN)
    experiment = g_steal_pointer (&read);
  else
    experiment = rheo_reference_dup_as (read, kind, &error);
  if (experiment == NULL)
    return rheo_cli_fail (error);
  code = rheo_cli_configure (experiment, settings);
  if (code != RHEO_EXIT_DONE)
    return code;
  if (!rheo_experiment_save (experiment, out, &error))
    return rheo_cli_fail (error);
  g_print ("%s\n", out);
  return RHEO_EXIT_DONE;
}

/* A list of weights becomes a run in which nothing was trained yet. */
static int
import_weights (const char *path, const char *into, char **settings, const char *out)
{
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  const int code = rheo_cli_load (into, settings, &experiment);

  if (code != RHEO_EXIT_DONE)
    return code;
  trainer = rheo_trainer_new (experiment, &error);
  if (trainer == NULL || !rheo_weight_vector_load (rheo_trainer_get_net (trainer), path, &error)
      || !rheo_trainer_create_run (trainer, out, &error))
    return rheo_cli_fail (error);
  if (!rheo_trainer_write_checkpoint (trainer, TRUE, &error)
      || !rheo_trainer_close_run (trainer, RHEO_STOP_USER, &error))
    return rheo_cli_fail (error);
  g_print ("%s\n", out);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *training = NULL, *into = NULL, *out = NULL;
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { "training", 't', 0, G_OPTION_ARG_FILENAME, &training,
      N_ ("Of a configuration: stdp-rl, evolution or evolution-stdp"), "KIND" },
    { "into", 'i', 0, G_OPTION_ARG_FILENAME, &into, N_ ("Of weights: the experiment whose network has them"),
      "EXPERIMENT" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("The experiment (.json) or the run (.h5) to write"), "FILE" },
    { NULL },
  };
  int code, kind = RHEO_REFERENCE_AS_WRITTEN;

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (out == NULL)
    return rheo_cli_fail_usage (command, _ ("import needs --out with the name of a file."));
  if (into != NULL && training != NULL)
    return rheo_cli_fail_usage (command, _ ("--training belongs to a configuration, --into to weights."));
  while (training != NULL && rheo_reference_kinds[kind] != NULL && !g_str_equal (rheo_reference_kinds[kind], training))
    kind++;
  if (rheo_reference_kinds[kind] == NULL)
    return rheo_cli_fail_usage (command, _ ("--training is \"%s\"; allowed are stdp-rl, evolution and evolution-stdp."),
                                training);
  return into != NULL ? import_weights (argv[1], into, settings, out)
                      : import_configuration (argv[1], (RheoReferenceKind) kind, settings, out);
}

const RheoCommand rheo_cmd_import = {
  .name = "import",
  .usage = "FILE.json [--training KIND] [--set KEY=VALUE ...] --out EXPERIMENT.json\n"
           "             import WEIGHTS.npy|.csv|.txt|.json --into EXPERIMENT [--set KEY=VALUE ...] --out RUN.h5",
  .summary = N_ ("Reads a configuration of the published CartPole program, or weights for a run to begin with"),
  .run = run,
};
