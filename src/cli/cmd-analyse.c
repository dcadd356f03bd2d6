#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "engine/analysis.h"
#include "engine/json-text.h"
#include "engine/series.h"

/* What one call works on. */
typedef struct
{
  const RheoAnalysis *analysis;
  void *config;
  GPtrArray *runs;    /* RheoRun */
  GPtrArray *records; /* RheoStoredRecord */
} Work;

static void
clear_work (Work *work)
{
  g_clear_pointer (&work->records, g_ptr_array_unref);
  g_clear_pointer (&work->runs, g_ptr_array_unref);
  g_free (work->config);
}

/* The numbers that "@SERIES" or "@SERIES:INDEX:INDEX ..." means, as text: one index for each dimension, in order; empty or
 * left out: all along it. NULL with an error. */
static char *
dup_stored_numbers (const char *path, const char *text, GError **error)
{
  g_autoptr (RheoRun) run = rheo_run_open (path, error);
  g_autoptr (RheoSeriesReader) reader = run != NULL ? rheo_series_reader_new (run) : NULL;
  g_auto (GStrv) words = g_strsplit (text + 1, ":", -1);
  const int n_indices = (int) g_strv_length (words) - 1;
  const char *key;
  g_autoptr (RheoTable) table = reader != NULL ? rheo_series_read (reader, words[0], -1, &key, error) : NULL;
  const RheoColumn *column = table != NULL ? rheo_table_find (table, key) : NULL;
  g_autoptr (GString) numbers = g_string_new (NULL);
  int64_t index[RHEO_MAX_DIMS];
  char element[RHEO_ELEMENT_SIZE];

  if (column == NULL)
    return NULL;
  if (n_indices > column->n_dims || column->type == RHEO_STRING)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has %d dimensions (%s), not %d."), words[0], column->n_dims,
                 column->axes, n_indices);
      return NULL;
    }
  for (int d = 0; d < column->n_dims; d++)
    {
      char *end = NULL;
      const char *word = d < n_indices ? words[d + 1] : "";

      index[d] = *word != '\0' ? g_ascii_strtoll (word, &end, 10) : -1;
      if (*word != '\0' && (*end != '\0' || end == word || index[d] < 0 || index[d] >= column->dims[d]))
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has no number %s along dimension %d; there are 0 to %d."),
                     words[0], word, d + 1, (int) column->dims[d] - 1);
          return NULL;
        }
    }
  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    {
      gboolean wanted = TRUE;
      int64_t rest = i;

      for (int d = column->n_dims - 1; d >= 0; rest /= column->dims[d], d--)
        wanted = wanted && (index[d] < 0 || rest % column->dims[d] == index[d]);
      if (wanted)
        g_string_append_printf (numbers, "%s%s", numbers->len > 0 ? " " : "",
                                rheo_column_get_text (column, i, element));
    }
  return g_string_free (g_steal_pointer (&numbers), FALSE);
}

/* The analysis is the last word; its values are set like those of an experiment. path: of the run from which
 * "@SERIES" is read. */
static int
configure (Work *work, const char *path, const char *id, char **settings)
{
  g_autoptr (GError) error = NULL;
  const RheoComponent *component = rheo_component_find (RHEO_KIND_ANALYSIS, id, &error);

  if (component == NULL)
    {
      rheo_cli_fail (error);
      return RHEO_EXIT_USAGE;
    }
  work->analysis = (const RheoAnalysis *) component;
  work->config = g_malloc0 (MAX (component->config_size, 1));
  rheo_params_reset (component->params, work->config);
  for (int i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      const char *equals = strchr (settings[i], '=');
      g_autofree char *key = equals != NULL ? g_strndup (settings[i], (gsize) (equals - settings[i])) : NULL;
      g_autofree char *stored = NULL;
      const RheoParam *row;
      void *at;

      if (equals == NULL)
        return rheo_cli_fail_usage (NULL, _ ("\"%s\" is no assignment; write KEY=VALUE."), settings[i]);
      if (equals[1] == '@')
        {
          stored = dup_stored_numbers (path, equals + 1, &error);
          if (stored == NULL)
            return rheo_cli_fail (error);
        }
      row = rheo_params_find (component->params, work->config, key, component->id, &at, &error);
      if (row == NULL || !rheo_param_set_text (row, at, stored != NULL ? stored : equals + 1, key, &error))
        {
          rheo_cli_fail (error);
          return RHEO_EXIT_USAGE;
        }
    }
  if (component->check != NULL && !component->check (work->config, &error))
    return rheo_cli_fail (error);
  return RHEO_EXIT_DONE;
}

static gboolean
add_record (Work *work, RheoRun *run, int64_t at, GError **error)
{
  RheoStoredRecord *record = rheo_stored_record_new (run, at, work->analysis->wants, error);

  if (record != NULL)
    g_ptr_array_add (work->records, record);
  return record != NULL;
}

/* One record per run and iteration; "all": each snapshot. */
static gboolean
read_records (Work *work, RheoRun *run, char **at, GError **error)
{
  g_autoptr (RheoSeriesReader) reader = rheo_series_reader_new (run);
  int n;
  const int64_t *epochs = rheo_run_get_epochs (run, &n);

  if (at == NULL)
    return add_record (work, run, -1, error);
  for (int i = 0; at[i] != NULL; i++)
    {
      int64_t iteration;

      if (g_str_equal (at[i], "all"))
        {
          for (int k = 0; k < n; k++)
            if (!add_record (work, run, epochs[k], error))
              return FALSE;
          continue;
        }
      if (!rheo_series_find_iteration (reader, at[i], &iteration, error) || !add_record (work, run, iteration, error))
        return FALSE;
    }
  return TRUE;
}

static void
show_progress (void *data, double fraction)
{
  if (isatty (STDERR_FILENO))
    g_printerr (fraction < 1 ? "\r%3.0f %%" : "\r\033[K", 100 * fraction);
}

static RheoTable *
analyse (Work *work, GError **error)
{
  g_autoptr (RheoTable) previous = NULL;
  g_autoptr (GError) why = NULL;
  g_autofree RheoRecord *records = g_new (RheoRecord, MAX (1, work->records->len));
  g_autoptr (RheoTable) out = rheo_table_new (work->analysis->base.title);

  if (work->records->len == 0)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("There are no snapshots to analyse."));
      return NULL;
    }
  for (guint i = 0; i < work->records->len; i++)
    records[i] = *rheo_stored_record_get (g_ptr_array_index (work->records, i));
  if (work->runs->len == 1)
    previous = rheo_analysis_read_previous (work->analysis, work->config, g_ptr_array_index (work->runs, 0), &why);
  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  if (!work->analysis->run (work->config, records, (int) work->records->len, previous, out, show_progress, NULL, NULL,
                            error))
    return NULL;
  return g_steal_pointer (&out);
}

static char *
dup_config (const Work *work)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, rheo_params_dup_json (work->analysis->base.params, work->config));
  return rheo_json_dup_text (node, FALSE);
}

static void
print_json (const Work *work, char **paths, const RheoTable *table)
{
  JsonObject *object = json_object_new ();
  JsonArray *tables = json_array_new (), *runs = json_array_new ();

  for (guint i = 0; i < work->runs->len; i++)
    json_array_add_string_element (runs, paths[i]);
  json_array_add_element (tables, rheo_cli_dup_table_json (table));
  json_object_set_array_member (object, "runs", runs);
  json_object_set_string_member (object, "analysis", work->analysis->base.id);
  json_object_set_object_member (object, "metrics", rheo_cli_dup_last_values (table));
  json_object_set_array_member (object, "tables", tables);
  rheo_cli_print_json (object);
}

static int
work_through (Work *work, char **paths, int n, char **at, const char *out, const char *column, const char *axis,
              gboolean keep, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = NULL;
  const RheoRecord *last = NULL;

  for (int i = 0; i < n; i++)
    {
      RheoRun *run = rheo_run_open (paths[i], &error);

      if (run == NULL)
        return rheo_cli_fail (error);
      g_ptr_array_add (work->runs, run);
      if (!read_records (work, run, at, &error))
        return rheo_cli_fail (error);
    }
  table = analyse (work, &error);
  if (table == NULL)
    return rheo_cli_fail (error);
  if (n == 1 || keep)
    {
      g_autofree char *config = dup_config (work);

      for (guint i = 0; i < work->records->len; i++)
        {
          const RheoRecord *record = rheo_stored_record_get (g_ptr_array_index (work->records, i));

          /* Of its own file. */
          if (last == NULL || g_str_equal (record->name, last->name))
            last = record;
        }
      rheo_cli_keep_result (g_ptr_array_index (work->runs, 0), work->analysis->base.id, last->iteration, config, table);
    }
  if (out != NULL
      && !(axis != NULL ? rheo_cli_write_axis (table, axis, out, &error)
                        : rheo_cli_write_table (table, column, out, &error)))
    return rheo_cli_fail (error);
  if (json)
    print_json (work, paths, table);
  else if (out == NULL)
    rheo_cli_print_table (table);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL, at = NULL;
  g_autofree char *out = NULL, *column = NULL, *axis = NULL;
  gboolean keep = FALSE, json = FALSE;
  Work work = { NULL };
  int code;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &at,
      N_ ("Iteration with a snapshot, or first, middle, last, all; may be given several times"), "N" },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings,
      N_ ("Change a value of the analysis; \"@SERIES:INDEX\" takes numbers of the run"), "KEY=VALUE" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Write the result to .csv, .json, .npy or .h5"), "TABLE" },
    { "column", 'c', 0, G_OPTION_ARG_FILENAME, &column, N_ ("Write only this column"), "KEY" },
    { "axis", 0, 0, G_OPTION_ARG_STRING, &axis, N_ ("Write the columns over this axis, side by side"), "AXIS" },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &keep,
      N_ ("Keep the result of several runs in the first file, as that of one is"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 2, -1, &argc, &argv, &code))
    return code;
  if (column != NULL && out == NULL)
    return rheo_cli_fail_usage (command, _ ("--column belongs to --out."));
  if (axis != NULL && (out == NULL || column != NULL))
    return rheo_cli_fail_usage (command, _ ("--axis belongs to --out, without --column."));
  work.runs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_run_free);
  work.records = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_stored_record_free);
  code = configure (&work, argv[1], argv[argc - 1], settings);
  if (code == RHEO_EXIT_DONE)
    code = work_through (&work, argv + 1, argc - 2, at, out, column, axis, keep, json);
  clear_work (&work);
  return code;
}

const RheoCommand rheo_cmd_analyse = {
  .name = "analyse",
  .usage = "RUN.h5 [RUN.h5 ...] ANALYSIS [--at N ...] [--set KEY=VALUE ...] [--keep] [--out TABLE.csv|.json|.npy|.h5] "
           "[--json]",
  .summary = N_ ("Takes a trained network apart; \"rheobase-cli list analyses\" names the analyses"),
  .run = run,
};
