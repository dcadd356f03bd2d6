#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "engine/installation.h"

static const RheoCommand *const commands[] = {
  &rheo_cmd_list,    &rheo_cmd_show,   &rheo_cmd_train, &rheo_cmd_info,      &rheo_cmd_evaluate,
  &rheo_cmd_analyse, &rheo_cmd_plot,   &rheo_cmd_sweep, &rheo_cmd_results,   &rheo_cmd_trials,
  &rheo_cmd_import,  &rheo_cmd_export, &rheo_cmd_bench, &rheo_cmd_make_data,
};

static void
print_help (void)
{
  g_print (_ ("Usage: rheobase-cli COMMAND [OPTION ...] [WORD ...]\n\n"
              "Trains recurrent neural networks and takes them apart.\n\nCommands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n             %s %s\n", commands[i]->name, _ (commands[i]->summary), commands[i]->name,
             commands[i]->usage);
  g_print (_ ("\nEXPERIMENT is the name of a ready-made experiment or a JSON file, KEY a path such as run.seed or "
              "rule.optimiser.lr.\n\"rheobase-cli COMMAND --help\" describes a command; --version prints the version.\n"
              "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 diverged, 130 interrupted.\n"));
}

static int
fail_command (const char *word)
{
  const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };
  const char *near;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i]->name;
  near = rheo_nearest (word, names);
  if (near != NULL)
    return rheo_cli_fail_usage (NULL, _ ("There is no command \"%s\"; the nearest is \"%s\"."), word, near);
  return rheo_cli_fail_usage (NULL, _ ("There is no command \"%s\"; \"rheobase-cli --help\" names them."), word);
}

static int
run_command (int argc, char **argv)
{
  if (argc < 2)
    return rheo_cli_fail_usage (NULL, _ ("No command was given; \"rheobase-cli --help\" names them."));
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return RHEO_EXIT_DONE;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("rheobase-cli %s\n", RHEO_VERSION);
      return RHEO_EXIT_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i]->name))
      return commands[i]->run (commands[i], argc - 1, argv + 1);
  return fail_command (argv[1]);
}

int
main (int argc, char **argv)
{
  int code;

  /* Its output is read by scripts: the same numbers everywhere. */
  rheo_start_locale (FALSE);
  g_set_prgname ("rheobase-cli");
  code = run_command (argc, argv);
  /* A result that a full disk swallowed must not look like success. */
  if ((fflush (stdout) != 0 || ferror (stdout)) && code == RHEO_EXIT_DONE)
    {
      g_printerr (_ ("rheobase-cli: Standard output could not be written: %s.\n"), g_strerror (errno));
      code = RHEO_EXIT_FAILED;
    }
  return code;
}
