#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/device.h"
#include "engine/json-text.h"
#include "engine/ranks.h"

static char *failure;

/* Takes the message. */
static void
tell_failure (char *message)
{
  g_free (failure);
  failure = message;
  if (rheo_ranks_speaks ())
    g_printerr ("rheobase-cli: %s\n", failure);
}

const char *
rheo_cli_get_failure (void)
{
  return failure;
}

int
rheo_cli_fail (const GError *error)
{
  tell_failure (g_strdelimit (g_strdup (error->message), "\n", ' '));
  return RHEO_EXIT_FAILED;
}

int
rheo_cli_fail_usage (const RheoCommand *command, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  tell_failure (g_strdup_vprintf (format, args));
  va_end (args);
  if (command != NULL && rheo_ranks_speaks ())
    g_printerr (_ ("Usage: rheobase-cli %s %s\n"), command->name, command->usage);
  return RHEO_EXIT_USAGE;
}

/* GLib says only that an option is unknown. */
static int
fail_option (const RheoCommand *command, const GOptionEntry *entries, const GError *error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *option = strstr (error->message, "--"), *near;

  if (!g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) || option == NULL)
    return rheo_cli_fail_usage (command, "%s.", error->message);
  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    g_ptr_array_add (names, (gpointer) entry->long_name);
  g_ptr_array_add (names, (gpointer) "help");
  g_ptr_array_add (names, NULL);
  near = rheo_nearest (option + 2, (const char *const *) names->pdata);
  if (near == NULL)
    return rheo_cli_fail_usage (command, _ ("%s has no option %s."), command->name, option);
  return rheo_cli_fail_usage (command, _ ("%s has no option %s; the nearest is --%s."), command->name, option, near);
}

gboolean
rheo_cli_parse (const RheoCommand *command, const GOptionEntry *entries, int least, int most, int *argc, char ***argv,
                int *code)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->usage);
  g_autofree char *program = g_strconcat ("rheobase-cli ", command->name, NULL);
  g_autoptr (GError) error = NULL;

  /* In the help "rheobase-cli show [OPTION...] EXPERIMENT" stands first. */
  g_set_prgname (program);
  g_option_context_set_summary (context, _ (command->summary));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *code = fail_option (command, entries, error);
      return FALSE;
    }
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      (*argv)[1] = (*argv)[0];
      (*argv)++;
      (*argc)--;
    }
  if (*argc - 1 < least)
    {
      *code = rheo_cli_fail_usage (command, _ ("A word is missing behind %s."), command->name);
      return FALSE;
    }
  if (most >= 0 && *argc - 1 > most)
    {
      *code = rheo_cli_fail_usage (command, _ ("%s has a word too many: \"%s\"."), command->name, (*argv)[most + 1]);
      return FALSE;
    }
  return TRUE;
}

int
rheo_cli_configure (RheoExperiment *experiment, char **settings)
{
  g_autoptr (GError) error = NULL;

  if (settings != NULL && !rheo_experiment_set_all (experiment, (const char *const *) settings, &error))
    {
      rheo_cli_fail (error);
      return RHEO_EXIT_USAGE;
    }
  return rheo_experiment_check (experiment, &error) ? RHEO_EXIT_DONE : rheo_cli_fail (error);
}

int
rheo_cli_load (const char *name_or_path, char **settings, RheoExperiment **experiment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) mine = rheo_experiment_load (name_or_path, &error);
  int code;

  if (mine == NULL)
    return rheo_cli_fail (error);
  code = rheo_cli_configure (mine, settings);
  if (code == RHEO_EXIT_DONE)
    *experiment = g_steal_pointer (&mine);
  return code;
}

void
rheo_cli_catch_signals (void (*handler) (int number))
{
  struct sigaction action = { .sa_handler = handler };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

char *
rheo_cli_dup_duration (double seconds)
{
  if (seconds < 100)
    return g_strdup_printf (seconds < 10 ? _ ("%.1f s") : _ ("%.0f s"), seconds);
  if (seconds < 6000)
    return g_strdup_printf (_ ("%.0f min"), seconds / 60);
  return g_strdup_printf (_ ("%.0f h %02.0f min"), floor (seconds / 3600), fmod (seconds, 3600) / 60);
}

char *
rheo_cli_dup_device (const char *name, const char *reason)
{
  g_autofree char *shown = rheo_device_dup_shown (name);

  return reason != NULL ? g_strdup_printf (_ ("%s, no card: %s"), shown, reason) : g_steal_pointer (&shown);
}

JsonObject *
rheo_cli_dup_last_values (const RheoTable *table)
{
  JsonObject *values = json_object_new ();

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);
      int64_t last = rheo_column_get_length (column) - 1;
      double v = last >= 0 ? rheo_column_get_number (column, last) : NAN;

      if (last >= 0 && column->type == RHEO_STRING)
        json_object_set_string_member (values, column->key, rheo_column_get_string (column, last));
      else if (isfinite (v))
        json_object_set_double_member (values, column->key, v);
      else
        json_object_set_null_member (values, column->key);
    }
  return values;
}

void
rheo_cli_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = rheo_json_dup_text (node, FALSE);
  puts (text);
}
