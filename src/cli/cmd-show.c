#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autofree char *json = NULL;
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { NULL },
  };
  int code;

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  code = rheo_cli_load (argv[1], settings, &experiment);
  if (code != RHEO_EXIT_DONE)
    return code;
  json = rheo_experiment_dup_json (experiment);
  fputs (json, stdout);
  return RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_show = {
  .name = "show",
  .usage = "EXPERIMENT [--set KEY=VALUE ...]",
  .summary = N_ ("Prints an experiment as JSON, with all defaults written out"),
  .run = run,
};
