#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/series.h"
#include "engine/trainer.h"
#include "engine/sketch.h"
#include "plot/plot-figure.h"
#include "plot/plot-source.h"
#include "plot/plot-turn.h"

/* --- a stored run as a source of series -------------------------------------------------------------------------- */
typedef struct
{
  RheoRun *run;
  RheoSeriesReader *reader;
  char *name, *outputs;
} Source;

static RheoTable *
list_series (void *data, GError **error)
{
  return rheo_series_list (((Source *) data)->reader, error);
}

static RheoTable *
read_series (void *data, const char *series, int64_t at, const char **key, GError **error)
{
  return rheo_series_read (((Source *) data)->reader, series, at, key, error);
}

static gboolean
find_iteration (void *data, const char *word, int64_t *at, GError **error)
{
  return rheo_series_find_iteration (((Source *) data)->reader, word, at, error);
}

static void
clear_source (gpointer data)
{
  Source *source = data;

  rheo_series_reader_free (source->reader);
  rheo_run_free (source->run);
  g_free (source->name);
  g_free (source->outputs);
  g_free (source);
}

static Source *
open_source (const char *path, GError **error)
{
  RheoRun *run = rheo_run_open (path, error);
  g_autofree char *base = g_path_get_basename (path);
  Source *source;

  if (run == NULL)
    return NULL;
  source = g_new0 (Source, 1);
  source->run = run;
  source->reader = rheo_series_reader_new (run);
  source->outputs = rheo_sketch_dup_outputs (rheo_run_get_experiment (run));
  source->name = g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_strdup (base);
  return source;
}

/* --- the command ------------------------------------------------------------------------------------------------- */
typedef struct
{
  char **settings, **from, **at;
  char *out, *size, *theme, *numbers, *title;
  double dpi; /* 0: by the kind of file */
  RheoPlotTurn turn;
} Options;

static gboolean
parse_size (const char *text, double *width, double *height)
{
  char *end;

  *width = g_ascii_strtod (text, &end);
  if (*end != 'x')
    return FALSE;
  *height = g_ascii_strtod (end + 1, &end);
  return *end == '\0' && *width >= 10 && *width <= 2000 && *height >= 10 && *height <= 2000;
}

static int
apply_settings (RheoPlotSpec *spec, char **settings)
{
  for (int i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      const char *equals = strchr (settings[i], '=');
      g_autofree char *key = equals != NULL ? g_strndup (settings[i], (gsize) (equals - settings[i])) : NULL;

      if (equals == NULL)
        return rheo_cli_fail_usage (NULL, _ ("\"%s\" is no assignment; write KEY=VALUE."), settings[i]);
      if (!rheo_plot_set (spec, key, equals + 1, &error))
        {
          rheo_cli_fail (error);
          return RHEO_EXIT_USAGE;
        }
    }
  return RHEO_EXIT_DONE;
}

/* Series of the runs in the roles of a kind. NULL with an error. */
static RheoPlotSpec *
fill_kind (const RheoPlotKind *kind, GPtrArray *sources, const Options *options, GError **error)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
  g_autofree RheoPlotSource *from = g_new0 (RheoPlotSource, sources->len);

  for (guint i = 0; i < sources->len; i++)
    {
      Source *source = g_ptr_array_index (sources, i);
      const char *dt = rheo_series_get_note (source->reader, "dt");

      from[i] = (RheoPlotSource){ .data = source,
                                  .name = source->name,
                                  .unit = rheo_series_get_unit (source->reader),
                                  .dt_ms = dt != NULL ? g_ascii_strtod (dt, NULL) : 0,
                                  .outputs = source->outputs,
                                  .budget = rheo_series_get_budget (source->reader),
                                  .list = list_series,
                                  .read = read_series,
                                  .find = find_iteration };
    }
  if (options->title != NULL)
    spec->title = g_intern_string (options->title);
  return rheo_plot_fill (spec, from, (int) sources->len, (const char *const *) options->from,
                         (const char *const *) options->at, error)
             ? g_steal_pointer (&spec)
             : NULL;
}

/* What is drawn: a kind of plot, or "course/performance", a figure that an analysis knows. */
typedef struct
{
  const RheoPlotKind *kind; /* or NULL */
  const RheoAnalysis *analysis;
  const RheoFigure *figure;
} Wanted;

static gboolean
find_wanted (const char *word, Wanted *wanted, GError **error)
{
  const char *slash = strchr (word, '/');
  g_autofree char *id = slash != NULL ? g_strndup (word, (gsize) (slash - word)) : NULL;

  *wanted = (Wanted){ NULL };
  if (slash == NULL)
    wanted->kind = rheo_plot_kind_find (word, error);
  else
    wanted->analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, error);
  if (wanted->analysis != NULL)
    wanted->figure = rheo_plot_figure_find (id, wanted->analysis->figures, slash + 1, error);
  return wanted->kind != NULL || wanted->figure != NULL;
}

/* Of results of the runs, which are made where they keep none. NULL with an error. */
static RheoPlotSpec *
fill_figure (const Wanted *wanted, GPtrArray *sources, const Options *options, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  RheoPlotSpec *spec;

  for (guint i = 0; i < sources->len; i++)
    {
      const Source *source = g_ptr_array_index (sources, i);
      RheoTable *table = rheo_analysis_fits (wanted->analysis, rheo_run_get_experiment (source->run), error)
                             ? rheo_analysis_read_or_run (wanted->analysis, source->run, error)
                             : NULL;

      if (table == NULL)
        return NULL;
      g_ptr_array_add (tables, table);
      g_ptr_array_add (names, source->name);
    }
  spec = rheo_plot_figure (wanted->figure, (RheoTable *const *) tables->pdata, (const char *const *) names->pdata,
                           (int) tables->len, NULL, NULL);
  if (spec == NULL)
    rheo_fail (error, RHEO_ERROR_INVALID,
               _ ("There are no numbers for the figure “%s” yet: the runs are too short, or "
                  "do not tell of it."),
               _ (wanted->figure->title));
  else if (options->title != NULL)
    spec->title = g_intern_string (options->title);
  return spec;
}

static int
draw (const Wanted *wanted, GPtrArray *sources, const Options *options)
{
  g_autoptr (RheoPlotSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  double width = 120, height = 80;
  int code;

  if (options->size != NULL && !parse_size (options->size, &width, &height))
    return rheo_cli_fail_usage (NULL, _ ("--size is \"%s\"; write WIDTHxHEIGHT in mm, 10 to 2000 each."),
                                options->size);
  if (options->theme != NULL && !g_str_equal (options->theme, "print") && !g_str_equal (options->theme, "light")
      && !g_str_equal (options->theme, "dark"))
    return rheo_cli_fail_usage (NULL, _ ("--theme is \"%s\"; allowed are print, light and dark."), options->theme);
  spec = wanted->kind != NULL ? fill_kind (wanted->kind, sources, options, &error)
                              : fill_figure (wanted, sources, options, &error);
  if (spec == NULL)
    return rheo_cli_fail (error);
  spec->theme = options->theme == NULL || options->theme[0] == 'p' ? RHEO_THEME_PRINT
                : options->theme[0] == 'l'                         ? RHEO_THEME_LIGHT
                                                                   : RHEO_THEME_DARK;
  code = apply_settings (spec, options->settings);
  if (code != RHEO_EXIT_DONE)
    return code;
  if (!rheo_plot_check (spec, &error)
      || !(rheo_plot_is_turn (options->out)
               ? rheo_plot_export_turn (spec, &options->turn, options->out, width, height,
                                        options->dpi > 0 ? options->dpi : 120, NULL, NULL, &error)
               : rheo_plot_export (spec, options->out, width, height, options->dpi > 0 ? options->dpi : 300, &error))
      || (options->numbers != NULL && !rheo_plot_export_numbers (spec, options->numbers, &error)))
    return rheo_cli_fail (error);
  return RHEO_EXIT_DONE;
}

static int
plot (const RheoCommand *command, int argc, char **argv, const Options *options)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (clear_source);
  g_autoptr (GError) error = NULL;
  const char *word = argv[argc - 1];
  Wanted wanted;

  if (options->out == NULL)
    return rheo_cli_fail_usage (command,
                                _ ("plot needs --out with a file name that ends in .png, .svg, .pdf or .gif."));
  if (options->dpi != 0 && !(options->dpi >= 20 && options->dpi <= 2400))
    return rheo_cli_fail_usage (command, _ ("--dpi is %g; allowed is 20 to 2400."), options->dpi);
  if (!find_wanted (word, &wanted, &error))
    {
      rheo_cli_fail (error);
      return RHEO_EXIT_USAGE;
    }
  if (wanted.figure != NULL && (options->from != NULL || options->at != NULL))
    return rheo_cli_fail_usage (command, _ ("--from and --at belong to a kind of plot; %s shows a result."), word);
  for (int i = 1; i < argc - 1; i++)
    {
      Source *source = open_source (argv[i], &error);

      if (source == NULL)
        return rheo_cli_fail (error);
      g_ptr_array_add (sources, source);
    }
  return draw (&wanted, sources, options);
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  Options options = { .turn = RHEO_PLOT_TURN };
  int code;
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.from,
      N_ ("What is shown, ROLE=SERIES@N where it must be told; may be given several times"), "SERIES" },
    { "at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.at,
      N_ ("Iteration with a snapshot, or first, middle, last, or a share of the run such as 25%; may be given several "
          "times"),
      "N" },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.settings, N_ ("Change a value of the plot"), "KEY=VALUE" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out,
      N_ ("Figure to write: .png, .svg or .pdf; a figure in space turns in a .gif, or in many files for frame-###.png"),
      "FIGURE" },
    { "numbers", 0, 0, G_OPTION_ARG_FILENAME, &options.numbers,
      N_ ("Write the numbers behind the figure: .csv, .json, .npy or .h5"), "TABLE" },
    { "size", 0, 0, G_OPTION_ARG_FILENAME, &options.size, N_ ("Size in mm, 120x80 by default"), "WIDTHxHEIGHT" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi,
      N_ ("Pixels per inch of a .png, 300 by default; when it turns, 120"), "N" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &options.turn.rate, N_ ("Frames in a second when it turns, 20 by default"),
      "N" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.turn.seconds, N_ ("How long it turns, 6 by default"), "N" },
    { "turn", 0, 0, G_OPTION_ARG_DOUBLE, &options.turn.turn, N_ ("How far it turns in degrees, 360 by default"), "N" },
    { "theme", 0, 0, G_OPTION_ARG_FILENAME, &options.theme, N_ ("print (the default), light or dark"), "THEME" },
    { "title", 0, 0, G_OPTION_ARG_FILENAME, &options.title, N_ ("Title in place of the usual one"), "TEXT" },
    { NULL },
  };

  if (rheo_cli_parse (command, entries, 2, -1, &argc, &argv, &code))
    code = plot (command, argc, argv, &options);
  g_strfreev (options.settings);
  g_strfreev (options.from);
  g_strfreev (options.at);
  g_free (options.out);
  g_free (options.size);
  g_free (options.theme);
  g_free (options.numbers);
  g_free (options.title);
  return code;
}

const RheoCommand rheo_cmd_plot = {
  .name = "plot",
  .usage = "RUN.h5 [RUN.h5 ...] KIND|ANALYSIS/FIGURE [--from SERIES ...] [--at N ...] [--set KEY=VALUE ...] --out "
           "FIGURE.png|.svg|.pdf|.gif",
  .summary =
      N_ ("Draws a figure of a run; \"rheobase-cli list plots\" names the kinds, \"list analyses\" their figures"),
  .run = run,
};
