#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "widgets/plot-rows.h"
#include "widgets/plot-view-private.h"

const char *const rheo_figure_formats[] = { "svg", "png", "pdf", NULL };

#define DPI 300

/* --- the last format --------------------------------------------------------------------------------------------- */
#define SCHEMA "org.rheobase.Rheobase"
#define KEY "figure-format"

/* The settings of the program, if they are installed and know the format; else it lasts as long as the program. */
static GSettings *
settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

  return schema != NULL && g_settings_schema_has_key (schema, KEY) ? g_settings_new (SCHEMA) : NULL;
}

static int last_format;

int
rheo_figure_get_format (void)
{
  g_autoptr (GSettings) kept = settings ();
  g_autofree char *word = kept != NULL ? g_settings_get_string (kept, KEY) : NULL;

  for (int i = 0; word != NULL && rheo_figure_formats[i] != NULL; i++)
    if (strcmp (word, rheo_figure_formats[i]) == 0)
      return i;
  return last_format;
}

void
rheo_figure_set_format (int format)
{
  g_autoptr (GSettings) kept = settings ();

  last_format = format;
  if (kept != NULL)
    g_settings_set_string (kept, KEY, rheo_figure_formats[format]);
}

/* --- names ------------------------------------------------------------------------------------------------------- */
char *
rheo_plot_view_dup_file_stem (RheoPlotView *view)
{
  g_autofree char *stem = g_strdup (view->stem != NULL && *view->stem != '\0'   ? view->stem
                                    : view->name != NULL && *view->name != '\0' ? view->name
                                                                                : "plot");
  g_autofree char *when =
      view->base != NULL && view->base->when != NULL ? g_strconcat ("-", view->base->when, NULL) : g_strdup ("");
  g_autofree char *all = g_strconcat (stem, when, NULL);
  char *out = g_utf8_strdown (all, -1);

  /* "robot-lif-seed1-loss-epoch-12": no spaces, no separators of folders. */
  for (char *c = out; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || strchr ("/\\:*?\"<>|", *c) != NULL)
      *c = '-';
  return out;
}

static gboolean
exists (const char *folder, const char *stem, const char *number, const char *ending)
{
  g_autofree char *name = g_strconcat (stem, number, ending, NULL), *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The first of stem, stem-2, stem-3 ... that none of the endings has taken; endings: ".svg", NULL-ended. */
static char *
free_stem (const char *folder, const char *stem, const char *const *endings)
{
  for (int i = 1;; i++)
    {
      g_autofree char *number = i == 1 ? g_strdup ("") : g_strdup_printf ("-%d", i);
      gboolean taken = FALSE;

      for (int k = 0; endings[k] != NULL; k++)
        taken = taken || exists (folder, stem, number, endings[k]);
      if (!taken)
        return g_strconcat (stem, number, NULL);
    }
}

/* --- writing ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  RheoPlotSpec *spec;
  char *folder, *stem; /* stem NULL: path is the file */
  char *path;          /* what the user is told of */
  char *ending;        /* NULL: numbers alone */
  gboolean numbers;
  double width, height; /* mm */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  rheo_plot_spec_free (job->spec);
  g_free (job->folder);
  g_free (job->stem);
  g_free (job->path);
  g_free (job->ending);
  g_free (job);
}

static void
write_files (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autofree char *table = NULL;

  if (job->stem != NULL)
    {
      const char *endings[] = { job->ending != NULL ? job->ending : ".csv", job->numbers ? ".csv" : NULL, NULL };
      g_autofree char *stem = NULL, *name = NULL, *table_name = NULL;

      if (g_mkdir_with_parents (job->folder, 0777) != 0)
        {
          g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The folder “%s” cannot be made: %s."),
                                   job->folder, g_strerror (errno));
          return;
        }
      stem = free_stem (job->folder, job->stem, endings);
      name = g_strconcat (stem, endings[0], NULL);
      table_name = g_strconcat (stem, ".csv", NULL);
      job->path = g_build_filename (job->folder, name, NULL);
      table = g_build_filename (job->folder, table_name, NULL);
    }
  if ((job->ending != NULL && !rheo_plot_export (job->spec, job->path, job->width, job->height, DPI, &error))
      || (job->numbers && !rheo_plot_export_numbers (job->spec, table, &error)))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Job *job = g_task_get_task_data (G_TASK (result));

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_signal_emit_by_name (object, "exported", job->path);
  else
    g_signal_emit_by_name (object, "export-failed", error->message);
}

static void
start (RheoPlotView *view, Job *job)
{
  g_autoptr (GTask) task = g_task_new (view, NULL, written, NULL);

  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, write_files);
}

static Job *
new_job (RheoPlotView *view)
{
  RheoPlotSpec *spec = rheo_plot_view_dup_figure (view, RHEO_THEME_PRINT);
  Job *job;

  if (spec == NULL)
    return NULL;
  job = g_new0 (Job, 1);
  job->spec = spec;
  job->folder = view->folder != NULL ? g_strdup (view->folder) : g_get_current_dir ();
  job->width = RHEO_FIGURE_WIDTH;
  job->height = RHEO_FIGURE_HEIGHT;
  return job;
}

void
rheo_plot_view_save_figure (RheoPlotView *view)
{
  Job *job = new_job (view);

  if (job == NULL)
    return;
  job->stem = rheo_plot_view_dup_file_stem (view);
  job->ending = g_strconcat (".", rheo_figure_formats[rheo_figure_get_format ()], NULL);
  job->numbers = TRUE;
  start (view, job);
}

void
rheo_plot_view_save_numbers (RheoPlotView *view)
{
  Job *job = new_job (view);

  if (job == NULL)
    return;
  job->stem = rheo_plot_view_dup_file_stem (view);
  job->numbers = TRUE;
  start (view, job);
}

void
rheo_plot_view_save_as (RheoPlotView *view, const char *path, RheoPlotThemeId theme, double width, double height)
{
  Job *job = new_job (view);

  if (job == NULL)
    return;
  job->spec->theme = theme;
  job->path = g_strdup (path);
  job->ending = g_strdup (strrchr (path, '.'));
  job->width = width;
  job->height = height;
  start (view, job);
}

/* --- clipboard ---------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPlotSpec *spec;
  GBytes *png, *svg;
  char *text;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  rheo_plot_spec_free (copy->spec);
  g_clear_pointer (&copy->png, g_bytes_unref);
  g_clear_pointer (&copy->svg, g_bytes_unref);
  g_free (copy->text);
  g_free (copy);
}

static void
make_copies (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy *copy = data;
  GError *error = NULL;
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (copy->spec, &error);

  copy->png = rheo_plot_export_bytes (copy->spec, ".png", RHEO_FIGURE_WIDTH, RHEO_FIGURE_HEIGHT, DPI,
                                      error == NULL ? &error : NULL);
  copy->svg = rheo_plot_export_bytes (copy->spec, ".svg", RHEO_FIGURE_WIDTH, RHEO_FIGURE_HEIGHT, DPI,
                                      error == NULL ? &error : NULL);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  copy->text = rheo_plot_rows_dup_text (table);
  g_task_return_boolean (task, TRUE);
}

static void
copied (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Copy *copy = g_task_get_task_data (G_TASK (result));
  g_autoptr (GdkContentProvider) all = NULL;
  GdkContentProvider *ways[3];

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_signal_emit_by_name (object, "export-failed", error->message);
      return;
    }
  ways[0] = gdk_content_provider_new_for_bytes ("image/png", copy->png);
  ways[1] = gdk_content_provider_new_for_bytes ("image/svg+xml", copy->svg);
  ways[2] = gdk_content_provider_new_typed (G_TYPE_STRING, copy->text);
  all = gdk_content_provider_new_union (ways, G_N_ELEMENTS (ways));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (object)), all);
  g_signal_emit_by_name (object, "copied");
}

void
rheo_plot_view_copy (RheoPlotView *view)
{
  RheoPlotSpec *spec = rheo_plot_view_dup_figure (view, RHEO_THEME_PRINT);
  g_autoptr (GTask) task = NULL;
  Copy *copy;

  if (spec == NULL)
    return;
  task = g_task_new (view, NULL, copied, NULL);
  copy = g_new0 (Copy, 1);
  copy->spec = spec;
  g_task_set_task_data (task, copy, copy_free);
  g_task_run_in_thread (task, make_copies);
}
