#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-export-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/common.h"
#include "widgets/plot-figure.h"
#include "widgets/plot-save.h"
#include "widgets/plot-view-private.h"

#define DIALOG "export-dialog"

/* What was chosen last holds for the next figure of this session. */
static int last_size, last_theme;

static char *
dup_with_ending (const char *path, const char *ending)
{
  for (int i = 0; rheo_figure_formats[i] != NULL; i++)
    {
      g_autofree char *other = g_strconcat (".", rheo_figure_formats[i], NULL);

      if (g_str_has_suffix (path, other))
        return g_strdup_printf ("%.*s.%s", (int) (strlen (path) - strlen (other)), path, ending);
    }
  return g_strdup_printf ("%s.%s", path, ending);
}

/* The dialog has asked about the name that was typed; another ending than that is another file. */
static char *
dup_free_path (const char *typed, int format)
{
  g_autofree char *path = dup_with_ending (typed, rheo_figure_formats[format]);
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (rheo_figure_formats[format]) - 1);

  for (int i = 2; strcmp (path, typed) != 0 && g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s-%d.%s", stem, i, rheo_figure_formats[format]);
    }
  return g_steal_pointer (&path);
}

static int
chosen (GtkFileChooser *chooser, const char *choice, const char *(*id_of) (int), int n)
{
  const char *id = gtk_file_chooser_get_choice (chooser, choice);

  for (int i = 0; id != NULL && i < n; i++)
    if (strcmp (id, id_of (i)) == 0)
      return i;
  return 0;
}

static const char *
format_id (int i)
{
  return rheo_figure_formats[i];
}

static const char *
size_id (int i)
{
  return rheo_figure_sizes[i].id;
}

static const char *
theme_id (int i)
{
  return rheo_figure_looks[i].id;
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  RheoPlotView *view = data;
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;
  const char *typed = file != NULL ? g_file_peek_path (file) : NULL;

  if (typed != NULL)
    {
      int format = chosen (chooser, "format", format_id, 3);
      g_autofree char *path = dup_free_path (typed, format);

      last_size = chosen (chooser, "size", size_id, RHEO_N_FIGURE_SIZES);
      last_theme = chosen (chooser, "theme", theme_id, RHEO_N_FIGURE_LOOKS);
      rheo_figure_set_format (format);
      rheo_plot_view_save_as (view, path, rheo_figure_looks[last_theme].theme, rheo_figure_sizes[last_size].width,
                              rheo_figure_sizes[last_size].height);
    }
  else if (file != NULL)
    g_signal_emit_by_name (view, "export-failed", _ ("A figure goes into a folder of this computer."));
  gtk_native_dialog_destroy (dialog);
  g_object_set_data (G_OBJECT (view), DIALOG, NULL);
}

void
rheo_plot_export_dialog_show (RheoPlotView *view)
{
  static const char *formats[] = { N_ ("SVG"), N_ ("PNG, 300 dpi"), N_ ("PDF"), NULL };
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (view));
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Export figure"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  int format = rheo_figure_get_format ();
  g_autofree char *stem = rheo_plot_view_dup_file_stem (view);
  g_autofree char *name = g_strdup_printf ("%s.%s", stem, rheo_figure_formats[format]);
  const char *ids[RHEO_N_FIGURE_SIZES + 1] = { NULL }, *labels[RHEO_N_FIGURE_SIZES + 1] = { NULL };

  for (int i = 0; formats[i] != NULL; i++)
    labels[i] = _ (formats[i]);
  gtk_file_chooser_add_choice (chooser, "format", _ ("Format"), (const char **) rheo_figure_formats, labels);
  gtk_file_chooser_set_choice (chooser, "format", rheo_figure_formats[format]);
  for (gsize i = 0; i < RHEO_N_FIGURE_SIZES; i++)
    {
      ids[i] = rheo_figure_sizes[i].id;
      labels[i] = _ (rheo_figure_sizes[i].label);
    }
  gtk_file_chooser_add_choice (chooser, "size", _ ("Size"), ids, labels);
  gtk_file_chooser_set_choice (chooser, "size", rheo_figure_sizes[last_size].id);
  for (gsize i = 0; i < RHEO_N_FIGURE_LOOKS; i++)
    {
      ids[i] = rheo_figure_looks[i].id;
      labels[i] = _ (rheo_figure_looks[i].label);
    }
  ids[RHEO_N_FIGURE_LOOKS] = labels[RHEO_N_FIGURE_LOOKS] = NULL;
  gtk_file_chooser_add_choice (chooser, "theme", _ ("Look"), ids, labels);
  gtk_file_chooser_set_choice (chooser, "theme", rheo_figure_looks[last_theme].id);
  gtk_file_chooser_set_current_name (chooser, name);
  if (view->folder != NULL && g_file_test (view->folder, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GFile) folder = g_file_new_for_path (view->folder);

      gtk_file_chooser_set_current_folder (chooser, folder, NULL);
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), view, 0);
  /* Kept until it has answered, or the view is gone; one at a time. */
  g_object_set_data_full (G_OBJECT (view), DIALOG, dialog, g_object_unref);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  rheo_chooser_show (dialog);
}
