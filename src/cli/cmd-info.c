#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/json-text.h"
#include "engine/series.h"
#include "engine/store.h"

typedef struct
{
  RheoRun *run;
  RheoTable *metrics, *journal;
  char **analyses;
  guint64 bytes; /* of the file and its parts */
} Info;

static guint64
measure (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  GStatBuf info;
  guint64 bytes = 0;
  const char *name;

  if (folder == NULL)
    return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      bytes += measure (below);
    }
  return bytes;
}

static gboolean
read_info (const char *path, Info *info, GError **error)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);

  info->run = rheo_run_open (path, error);
  if (info->run == NULL)
    return FALSE;
  info->metrics = rheo_run_dup_metrics (info->run, NULL, error);
  if (info->metrics == NULL)
    return FALSE;
  info->journal = rheo_run_dup_journal (info->run, error);
  if (info->journal == NULL)
    return FALSE;
  info->analyses = rheo_run_dup_analyses (info->run);
  info->bytes = measure (path) + measure (parts);
  return TRUE;
}

static void
clear_info (Info *info)
{
  g_clear_pointer (&info->metrics, rheo_table_unref);
  g_clear_pointer (&info->journal, rheo_table_unref);
  g_strfreev (info->analyses);
  rheo_run_free (info->run);
}

static const char *
state_name (RheoRunState state)
{
  static const char *const names[] = {
    [RHEO_RUN_FINISHED] = "finished", [RHEO_RUN_RUNNING] = "running", [RHEO_RUN_INTERRUPTED] = "interrupted"
  };

  return names[state];
}

static gboolean
is_metric (const RheoColumn *column)
{
  return strcmp (column->key, "iteration") != 0 && strcmp (column->key, "batch") != 0
         && strcmp (column->key, "seconds") != 0;
}

/* --- JSON ------------------------------------------------------------------------------------------------------ */
static void
set_number (JsonObject *object, const char *key, double value)
{
  if (isfinite (value))
    json_object_set_double_member (object, key, value);
  else
    json_object_set_null_member (object, key);
}

static void
set_text (JsonObject *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, key, text);
  else
    json_object_set_null_member (object, key);
}

static void
add_metrics (const Info *info, JsonObject *object)
{
  JsonObject *last = json_object_new (), *best = json_object_new ();
  const RheoColumn *iteration = rheo_table_find (info->metrics, "iteration");

  for (int i = 0; i < rheo_table_get_n_columns (info->metrics); i++)
    {
      const RheoColumn *column = rheo_table_get_column (info->metrics, i);
      int64_t row = rheo_series_find_best (column);
      JsonObject *one;

      if (!is_metric (column))
        continue;
      set_number (last, column->key, rheo_series_find_last (column));
      if (row < 0)
        continue;
      one = json_object_new ();
      set_number (one, "value", rheo_column_get_number (column, row));
      json_object_set_int_member (one, "iteration", (gint64) rheo_column_get_number (iteration, row));
      json_object_set_object_member (best, column->key, one);
    }
  json_object_set_object_member (object, "metrics", last);
  json_object_set_object_member (object, "best", best);
}

static void
add_journal (const Info *info, JsonObject *object)
{
  JsonArray *journal = json_array_new ();
  int n = rheo_table_get_n_columns (info->journal);
  int64_t n_rows = n > 0 ? rheo_column_get_length (rheo_table_get_column (info->journal, 0)) : 0;

  for (int64_t r = 0; r < n_rows; r++)
    {
      JsonObject *row = json_object_new ();

      for (int i = 0; i < n; i++)
        {
          const RheoColumn *column = rheo_table_get_column (info->journal, i);

          if (column->type == RHEO_STRING)
            set_text (row, column->key, rheo_column_get_string (column, r));
          else
            set_number (row, column->key, rheo_column_get_number (column, r));
        }
      json_array_add_object_element (journal, row);
    }
  json_object_set_array_member (object, "journal", journal);
}

static void
add_places (const Info *info, JsonObject *object)
{
  JsonArray *epochs = json_array_new (), *checkpoints = json_array_new (), *analyses = json_array_new ();
  int n;
  const int64_t *at = rheo_run_get_epochs (info->run, &n);
  const RheoPlace *places;

  for (int i = 0; i < n; i++)
    json_array_add_int_element (epochs, at[i]);
  places = rheo_run_get_checkpoints (info->run, &n);
  for (int i = 0; i < n; i++)
    {
      JsonObject *place = json_object_new ();

      json_object_set_int_member (place, "iteration", places[i].iteration);
      json_object_set_int_member (place, "batch", places[i].batch);
      json_array_add_object_element (checkpoints, place);
    }
  for (int i = 0; info->analyses[i] != NULL; i++)
    json_array_add_string_element (analyses, info->analyses[i]);
  json_object_set_array_member (object, "epochs", epochs);
  json_object_set_array_member (object, "checkpoints", checkpoints);
  json_object_set_array_member (object, "analyses", analyses);
}

static void
print_json (const char *path, const Info *info)
{
  JsonObject *object = json_object_new ();
  const RheoExperiment *experiment = rheo_run_get_experiment (info->run);
  g_autofree char *text = rheo_experiment_dup_json (experiment);
  const RheoStoreDevice device = rheo_run_get_device (info->run);
  RheoPlace place = rheo_run_get_place (info->run);
  int64_t at = 0;
  const char *parent = rheo_run_get_parent (info->run, &at);

  json_object_set_string_member (object, "run", path);
  set_text (object, "id", rheo_run_get_id (info->run));
  json_object_set_string_member (object, "state", state_name (rheo_run_get_state (info->run)));
  set_text (object, "stop", rheo_run_get_stop_reason (info->run));
  set_text (object, "created", rheo_run_get_created (info->run));
  set_text (object, "device", device.name);
  set_text (object, "device-reason", device.reason);
  json_object_set_double_member (object, "seconds", rheo_run_get_seconds (info->run));
  if (parent != NULL)
    {
      JsonObject *from = json_object_new ();

      json_object_set_string_member (from, "id", parent);
      json_object_set_int_member (from, "iteration", at);
      json_object_set_object_member (object, "parent", from);
    }
  json_object_set_int_member (object, "iterations", place.iteration);
  json_object_set_int_member (object, "batches", place.batch);
  json_object_set_int_member (object, "budget", rheo_experiment_get_run (experiment)->budget);
  json_object_set_int_member (object, "bytes", (gint64) info->bytes);
  add_metrics (info, object);
  add_places (info, object);
  add_journal (info, object);
  json_object_set_member (object, "experiment", rheo_json_parse (text, -1, path, NULL));
  rheo_cli_print_json (object);
}

/* --- text ------------------------------------------------------------------------------------------------------ */
/* What stands at the beginning of a line. */
static void
print_name (const char *name)
{
  rheo_cli_print_padded (name, 13, FALSE);
}

static void
print_metrics (const Info *info)
{
  const RheoColumn *iteration = rheo_table_find (info->metrics, "iteration");

  putchar ('\n');
  rheo_cli_print_padded (_ ("Metric"), 29, FALSE);
  rheo_cli_print_padded (_ ("last"), 12, TRUE);
  printf ("   %s\n", _ ("best"));
  for (int i = 0; i < rheo_table_get_n_columns (info->metrics); i++)
    {
      const RheoColumn *column = rheo_table_get_column (info->metrics, i);
      int64_t best = rheo_series_find_best (column);

      if (!is_metric (column) || isnan (rheo_series_find_last (column)))
        continue;
      printf ("%-28s %12.5g", column->key, rheo_series_find_last (column));
      if (best >= 0)
        printf (_ ("   %.5g (iteration %.0f)"), rheo_column_get_number (column, best),
                rheo_column_get_number (iteration, best));
      putchar ('\n');
    }
}

static void
print_places (const Info *info)
{
  int n;
  const int64_t *at = rheo_run_get_epochs (info->run, &n);
  const RheoPlace *places;

  putchar ('\n');
  print_name (_ ("Snapshots"));
  for (int i = 0; i < n; i++)
    printf ("%s%" G_GINT64_FORMAT, i > 0 ? " " : "", at[i]);
  places = rheo_run_get_checkpoints (info->run, &n);
  putchar ('\n');
  print_name (_ ("Checkpoints"));
  for (int i = 0; i < n; i++)
    printf ("%s%" G_GINT64_FORMAT, i > 0 ? " " : "", places[i].iteration);
  if (info->analyses[0] != NULL)
    {
      putchar ('\n');
      print_name (_ ("Analyses"));
    }
  for (int i = 0; info->analyses[i] != NULL; i++)
    printf ("%s%s", i > 0 ? " " : "", info->analyses[i]);
  putchar ('\n');
}

static void
print_components (const RheoExperiment *experiment)
{
  static const char *const labels[] = { N_ ("Task"), N_ ("Model"), N_ ("Rule"), N_ ("Plasticity"), N_ ("Compared") };

  for (int slot = 0; slot < RHEO_N_SLOTS; slot++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) slot);

      if (component != NULL)
        {
          print_name (_ (labels[slot]));
          printf ("%s (%s)\n", _ (component->title), component->id);
        }
    }
}

static void
print_text (const char *path, const Info *info)
{
  const RheoExperiment *experiment = rheo_run_get_experiment (info->run);
  RheoPlace place = rheo_run_get_place (info->run);
  const char *stop = rheo_run_get_stop_reason (info->run);
  const RheoStoreDevice device = rheo_run_get_device (info->run);
  g_autofree char *size = g_format_size (info->bytes);
  int64_t at = 0;
  const char *parent = rheo_run_get_parent (info->run, &at);

  print_name (_ ("Run"));
  printf ("%s, %s\n", path, size);
  print_name (_ ("State"));
  printf (stop != NULL ? "%s (%s)\n" : "%s\n", state_name (rheo_run_get_state (info->run)), stop);
  print_name (_ ("Created"));
  printf ("%s\n", rheo_run_get_created (info->run));
  if (parent != NULL)
    {
      print_name (_ ("Branch"));
      printf (_ ("from %s at iteration %" PRId64 "\n"), parent, at);
    }
  if (rheo_experiment_get_shown_title (experiment) != NULL && rheo_experiment_get_shown_title (experiment)[0] != '\0')
    {
      print_name (_ ("Title"));
      printf ("%s\n", rheo_experiment_get_shown_title (experiment));
    }
  print_components (experiment);
  print_name (_ ("Progress"));
  printf (_ ("%" PRId64 " of %d iterations, %" PRId64 " batches, %.1f s\n"), place.iteration,
          rheo_experiment_get_run (experiment)->budget, place.batch, rheo_run_get_seconds (info->run));
  if (device.name != NULL)
    {
      g_autofree char *text = rheo_cli_dup_device (device.name, device.reason != NULL ? _ (device.reason) : NULL);

      print_name (_ ("Device"));
      printf ("%s\n", text);
    }
  print_metrics (info);
  print_places (info);
  if (rheo_table_get_n_columns (info->journal) > 0
      && rheo_column_get_length (rheo_table_get_column (info->journal, 0)) > 0)
    {
      printf ("\n%s\n", _ ("Changed while it ran"));
      rheo_cli_print_table (info->journal);
    }
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  Info info = { NULL };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print everything as JSON"), NULL },
    { NULL },
  };
  int code;

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (!read_info (argv[1], &info, &error))
    code = rheo_cli_fail (error);
  else
    {
      code = RHEO_EXIT_DONE;
      if (json)
        print_json (argv[1], &info);
      else
        print_text (argv[1], &info);
    }
  clear_info (&info);
  return code;
}

const RheoCommand rheo_cmd_info = {
  .name = "info",
  .usage = "RUN.h5 [--json]",
  .summary = N_ ("Describes a run, also while it goes on"),
  .run = run,
};
