#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "engine/sweep-results.h"
#include "plot/plot-sweep.h"

typedef struct
{
  char *of, *out, *boxes, *curves, *curve;
  int window;
} Options;

static gboolean
write_table (const RheoTable *table, const char *path, GError **error)
{
  return g_str_has_suffix (path, ".tsv") ? rheo_sweep_table_write (table, path, error)
                                         : rheo_table_write (table, NULL, path, error);
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

#define WIDTH 180         /* mm */
#define POINT (25.4 / 72) /* mm */

static gboolean
draw (RheoPlotSpec *spec, const char *path, GError **error)
{
  spec->theme = RHEO_THEME_PRINT;
  return rheo_plot_check (spec, error)
         && rheo_plot_export (spec, path, WIDTH, MAX (rheo_plot_height (spec, WIDTH / POINT) * POINT, WIDTH / 2), 300,
                              error);
}

static gboolean
draw_boxes (RheoSweepResults *results, const RheoSweep *sweep, const char *metric, const Options *options,
            GError **error)
{
  g_autoptr (RheoTable) table = rheo_sweep_results_dup_boxes (results, sweep, &(RheoSweepAsk){ .metric = metric });
  g_autoptr (RheoPlotSpec) spec = rheo_plot_sweep_boxes (table, rheo_sweep_get_shown_title (sweep));

  return draw (spec, options->boxes, error);
}

/* Of the runs that are done. */
static gboolean
draw_curves (const RheoSweepState *state, const RheoSweep *sweep, const char *metric, const Options *options,
             GError **error)
{
  const char *const keys[] = { metric, NULL };
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref),
                        names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RheoPlotSpec) spec = NULL;

  for (int row = 0; row < rheo_sweep_get_n_rows (sweep); row++)
    {
      g_autofree char *path = rheo_sweep_dup_path (sweep, row);
      g_autoptr (RheoRun) run =
          rheo_sweep_state_get (state, row)->state == RHEO_ROW_DONE ? rheo_run_open (path, NULL) : NULL;
      RheoTable *table = run != NULL ? rheo_run_read_metrics (run, keys, NULL) : NULL;

      if (table == NULL)
        continue;
      g_ptr_array_add (tables, table);
      g_ptr_array_add (names, rheo_sweep_dup_row_title (sweep, row));
    }
  spec = rheo_plot_sweep_curves ((RheoTable **) tables->pdata, (const char *const *) names->pdata, (int) tables->len,
                                 metric, options->window, rheo_sweep_get_shown_title (sweep));
  if (spec->n_bindings == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("No run that is done has the metric %s."), metric);
  return draw (spec, options->curves, error);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

/* The metric of a name; NULL after it was told that there is none. */
static const char *
find_metric (RheoSweepResults *results, const char *name)
{
  const char *metric = rheo_sweep_results_choose (results, "");
  g_autoptr (RheoTable) metrics = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const RheoColumn *bare;
  const char *near;

  if (name != NULL)
    metric = rheo_sweep_results_find (results, name);
  if (metric != NULL)
    return metric;
  metrics = rheo_sweep_results_dup_metrics (results);
  bare = rheo_table_find (metrics, "bare");
  for (int64_t i = 0; i < rheo_column_get_length (bare); i++)
    g_ptr_array_add (names, (char *) rheo_column_get_string (bare, i));
  g_ptr_array_add (names, NULL);
  near = name != NULL ? rheo_nearest (name, (const char *const *) names->pdata) : NULL;
  if (names->len == 1)
    rheo_cli_fail_usage (NULL, _ ("None of the runs is done."));
  else if (near != NULL)
    rheo_cli_fail_usage (NULL, _ ("There is no metric \"%s\"; the nearest is \"%s\"."), name, near);
  else
    rheo_cli_fail_usage (NULL, _ ("--of names a metric, which is one of the last columns of results.tsv."));
  return NULL;
}

static int
tell (RheoSweepState *state, const RheoSweep *sweep, const Options *options, gboolean json)
{
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (state);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const char *metric, *curve;

  rheo_sweep_results_read (results);
  metric = find_metric (results, options->of);
  curve = options->curve == NULL ? "train.episode-length" : find_metric (results, options->curve);
  if (metric == NULL || curve == NULL)
    return RHEO_EXIT_USAGE;
  table = rheo_sweep_results_dup_best (results, metric);
  if ((options->boxes != NULL && !draw_boxes (results, sweep, metric, options, &error))
      || (options->curves != NULL && !draw_curves (state, sweep, curve, options, &error))
      || (options->out != NULL && !write_table (table, options->out, &error)))
    return rheo_cli_fail (error);
  if (json)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "sweep", rheo_sweep_get_folder (sweep));
      json_object_set_string_member (object, "metric", metric);
      json_object_set_member (object, "table", rheo_cli_dup_table_json (table));
      rheo_cli_print_json (object);
    }
  else if (options->out == NULL && options->boxes == NULL && options->curves == NULL)
    rheo_cli_print_table (table);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_autofree char *of = NULL, *out = NULL, *boxes = NULL, *curves = NULL, *curve = NULL;
  Options options = { .window = 100 };
  g_autoptr (RheoSweep) sweep = NULL;
  g_autoptr (RheoSweepState) state = NULL;
  g_autoptr (GError) error = NULL;
  gboolean json = FALSE;
  int code;
  const GOptionEntry entries[] = {
    { "of", 0, 0, G_OPTION_ARG_FILENAME, &of, N_ ("Result by which runs are sorted, and that boxes show"), "METRIC" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Table to write, best first: .tsv, .csv or .json"), "TABLE" },
    { "boxes", 0, 0, G_OPTION_ARG_FILENAME, &boxes,
      N_ ("Figure to write: the result over the values of each parameter, or of all seeds; .png, .svg or .pdf"),
      "FIGURE" },
    { "curves", 0, 0, G_OPTION_ARG_FILENAME, &curves, N_ ("Figure to write: a running mean for each run"), "FIGURE" },
    { "curve", 0, 0, G_OPTION_ARG_FILENAME, &curve, N_ ("What the curves are of; without it lengths of episodes"),
      "METRIC" },
    { "window", 0, 0, G_OPTION_ARG_INT, &options.window, N_ ("Iterations of the running mean, 100 by default"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (options.window < 1)
    return rheo_cli_fail_usage (command, _ ("--window is %d; allowed is 1 or more."), options.window);
  options.of = of;
  options.out = out;
  options.boxes = boxes;
  options.curves = curves;
  options.curve = curve;
  sweep = rheo_sweep_load (argv[1], &error);
  if (sweep == NULL)
    return rheo_cli_fail (error);
  if (rheo_sweep_get_folder (sweep) == NULL)
    return rheo_cli_fail_usage (command, _ ("%s is no folder of a sweep that was begun."), argv[1]);
  state = rheo_sweep_state_new (sweep);
  rheo_sweep_state_look (state);
  return tell (state, sweep, &options, json);
}

const RheoCommand rheo_cmd_results = {
  .name = "results",
  .usage =
      "SWEEP [--of METRIC] [--out TABLE] [--boxes FIGURE] [--curves FIGURE] [--curve METRIC] [--window N] [--json]",
  .summary = N_ ("Tells what came out of a sweep: its runs, best first, and figures over all that was varied"),
  .run = run,
};
