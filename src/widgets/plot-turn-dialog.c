#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-turn-dialog.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/error.h"
#include "plot/plot-turn.h"
#include "widgets/common.h"
#include "widgets/plot-figure.h"
#include "widgets/plot-save.h"
#include "widgets/plot-view-private.h"

#define TELL_EVERY 100 /* ms between looks at how far it is */
#define DPI 120        /* at first */

enum
{
  TURN,
  SECONDS,
  RATE,
  DOTS,
  N_NUMBERS,
};

static const struct
{
  const char *label, *unit;
  double least, most, step;
  guint digits;
} numbers[N_NUMBERS] = {
  { N_ ("Turn"), "°", -3600, 3600, 45, 0 },
  { N_ ("Length"), N_ ("s"), 0.5, 60, 1, 1 },
  { N_ ("Frames a second"), "", 1, 50, 5, 0 },
  { N_ ("Pixels an inch"), "", 40, 300, 10, 0 },
};

enum
{
  GIF,
  PNG,
};

/* What was chosen last holds for the next figure of this session. */
static double last[N_NUMBERS] = { 360, 6, 20, DPI };
static guint last_format, last_size, last_look;

typedef struct
{
  RheoPlotSpec *spec;
  RheoPlotTurn turn;
  char *path;
  double width, height, dpi; /* mm */
  GWeakRef dialog;           /* the view keeps a pointer to it that must not outlive the view */
  GCancellable *cancellable;
  gint share; /* atomic: thousandths */
} Job;

struct _RheoPlotTurnDialog
{
  AdwWindow parent_instance;
  RheoPlotView *view;
  GtkWidget *page, *format, *size, *look, *number[N_NUMBERS];
  GtkWidget *facts, *export, *cancel, *bar;
  Job *job; /* the one that is being written, borrowed; or NULL */
  guint timeout;
  GtkFileChooserNative *chooser; /* while it is open */
};

G_DEFINE_FINAL_TYPE (RheoPlotTurnDialog, rheo_plot_turn_dialog, ADW_TYPE_WINDOW)

/* --- what is chosen ----------------------------------------------------------------------------------------------------- */

static double
get_number (RheoPlotTurnDialog *dialog, int i)
{
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (dialog->number[i]));
}

static RheoPlotTurn
get_turn (RheoPlotTurnDialog *dialog)
{
  return (RheoPlotTurn){ .rate = get_number (dialog, RATE),
                         .seconds = get_number (dialog, SECONDS),
                         .turn = get_number (dialog, TURN) };
}

static const RheoFigureSize *
get_size (RheoPlotTurnDialog *dialog)
{
  return &rheo_figure_sizes[adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->size))];
}

static void
show_facts (RheoPlotTurnDialog *dialog)
{
  const RheoPlotTurn turn = get_turn (dialog);
  const RheoFigureSize *size = get_size (dialog);
  const double scale = get_number (dialog, DOTS) / 25.4;
  const int n = rheo_plot_turn_frames (&turn);
  const gboolean good = n <= RHEO_PLOT_MAX_FRAMES;
  g_autofree char *text =
      good ? g_strdup_printf (ngettext ("%d frame of %d × %d pixels", "%d frames of %d × %d pixels", (gulong) n), n,
                              (int) lround (size->width * scale), (int) lround (size->height * scale))
           : g_strdup_printf (_ ("At most %d frames are possible."), RHEO_PLOT_MAX_FRAMES);

  gtk_label_set_text (GTK_LABEL (dialog->facts), text);
  gtk_widget_set_sensitive (dialog->export, good);
  gtk_widget_set_tooltip_text (dialog->export, good ? NULL : text);
}

static void
keep_choice (RheoPlotTurnDialog *dialog)
{
  for (int i = 0; i < N_NUMBERS; i++)
    last[i] = get_number (dialog, i);
  last_format = adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->format));
  last_size = adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->size));
  last_look = adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->look));
}

/* --- writing ------------------------------------------------------------------------------------------------------------ */

static void
free_job (gpointer data)
{
  Job *job = data;

  rheo_plot_spec_free (job->spec);
  g_free (job->path);
  g_weak_ref_clear (&job->dialog);
  g_object_unref (job->cancellable);
  g_free (job);
}

static gboolean
note_share (void *data, double share)
{
  Job *job = data;

  g_atomic_int_set (&job->share, (int) (1000 * share));
  return !g_cancellable_is_cancelled (job->cancellable);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (rheo_plot_export_turn (job->spec, &job->turn, job->path, job->width, job->height, job->dpi, note_share, job,
                             &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_busy (RheoPlotTurnDialog *dialog, gboolean busy)
{
  gtk_widget_set_sensitive (dialog->page, !busy);
  gtk_widget_set_visible (dialog->export, !busy);
  gtk_widget_set_visible (dialog->cancel, busy);
  gtk_widget_set_visible (dialog->bar, busy);
  gtk_widget_set_visible (dialog->facts, !busy);
  gtk_widget_grab_focus (busy ? dialog->cancel : dialog->export);
}

static gboolean
tell_share (gpointer data)
{
  RheoPlotTurnDialog *dialog = data;
  const double share = g_atomic_int_get (&dialog->job->share) / 1000.0;
  const int n = rheo_plot_turn_frames (&dialog->job->turn);
  g_autofree char *text = g_strdup_printf (_ ("%d of %d frames"), (int) lround (share * n), n);

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), share);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), text);
  return G_SOURCE_CONTINUE;
}

/* The first file of a sequence stands for all of them. */
static char *
dup_told (const char *path)
{
  g_autofree char *folder = strchr (path, '#') != NULL ? g_path_get_dirname (path) : NULL;

  return folder != NULL ? g_steal_pointer (&folder) : g_strdup (path);
}

static void
written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (RheoPlotTurnDialog) dialog = g_weak_ref_get (&job->dialog);
  g_autofree char *told = dup_told (job->path);
  const gboolean good = g_task_propagate_boolean (G_TASK (result), &error);

  if (dialog == NULL)
    return; /* closed meanwhile */
  g_clear_handle_id (&dialog->timeout, g_source_remove);
  dialog->job = NULL;
  set_busy (dialog, FALSE);
  if (good)
    g_signal_emit_by_name (dialog->view, "exported", told);
  else if (!g_error_matches (error, RHEO_ERROR, RHEO_ERROR_CANCELLED))
    g_signal_emit_by_name (dialog->view, "export-failed", error->message);
  if (good)
    gtk_window_close (GTK_WINDOW (dialog));
}

void
rheo_plot_turn_dialog_write (RheoPlotTurnDialog *dialog, const char *path)
{
  const RheoFigureSize *size = get_size (dialog);
  const guint look = adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->look));
  RheoPlotSpec *spec = rheo_plot_view_dup_figure (dialog->view, rheo_figure_looks[look].theme);
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (spec == NULL || dialog->job != NULL)
    {
      rheo_plot_spec_free (spec);
      return;
    }
  keep_choice (dialog);
  job = dialog->job = g_new0 (Job, 1);
  job->spec = spec;
  job->turn = get_turn (dialog);
  job->path = g_strdup (path);
  job->width = size->width;
  job->height = size->height;
  job->dpi = get_number (dialog, DOTS);
  g_weak_ref_init (&job->dialog, dialog);
  job->cancellable = g_cancellable_new ();
  set_busy (dialog, TRUE);
  tell_share (dialog);
  dialog->timeout = g_timeout_add (TELL_EVERY, tell_share, dialog);
  task = g_task_new (NULL, NULL, written, NULL);
  g_task_set_task_data (task, job, free_job);
  g_task_run_in_thread (task, write_thread);
}

static void
stop (RheoPlotTurnDialog *dialog)
{
  if (dialog->job != NULL)
    g_cancellable_cancel (dialog->job->cancellable);
}

/* --- where to ----------------------------------------------------------------------------------------------------------- */

/* "points.gif"; a sequence has a folder of its own, "points/points-###.png". */
static char *
dup_path (const char *typed, guint format)
{
  const char *dot = strrchr (typed, '.');
  g_autofree char *stem = dot != NULL && strchr (dot, G_DIR_SEPARATOR) == NULL
                              ? g_strndup (typed, (gsize) (dot - typed))
                              : g_strdup (typed);
  g_autofree char *base = g_path_get_basename (stem), *name = NULL;

  if (format == GIF)
    return g_strconcat (stem, ".gif", NULL);
  /* What is in the name already would be taken for the number. */
  g_strdelimit (base, "#", '-');
  name = g_strconcat (base, "-###.png", NULL);
  return g_build_filename (stem, name, NULL);
}

static void
on_name (GtkNativeDialog *native, int response, RheoPlotTurnDialog *dialog)
{
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (native)) : NULL;
  const char *typed = file != NULL ? g_file_peek_path (file) : NULL;
  g_autofree char *path =
      typed != NULL ? dup_path (typed, adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->format))) : NULL;

  if (file != NULL && typed == NULL)
    g_signal_emit_by_name (dialog->view, "export-failed", _ ("A figure goes into a folder of this computer."));
  g_clear_object (&dialog->chooser);
  if (path != NULL)
    rheo_plot_turn_dialog_write (dialog, path);
}

static void
on_export (RheoPlotTurnDialog *dialog)
{
  const guint format = adw_combo_row_get_selected (ADW_COMBO_ROW (dialog->format));
  g_autofree char *stem = rheo_plot_view_dup_file_stem (dialog->view);
  g_autofree char *name = g_strconcat (stem, format == GIF ? ".gif" : "", NULL);

  if (dialog->chooser != NULL)
    return;
  dialog->chooser =
      gtk_file_chooser_native_new (format == GIF ? _ ("Export turning figure") : _ ("Folder of the frames"),
                                   GTK_WINDOW (dialog), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog->chooser), name);
  if (dialog->view->folder != NULL && g_file_test (dialog->view->folder, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GFile) folder = g_file_new_for_path (dialog->view->folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog->chooser), folder, NULL);
    }
  g_signal_connect_object (dialog->chooser, "response", G_CALLBACK (on_name), dialog, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog->chooser), TRUE);
  rheo_chooser_show (dialog->chooser);
}

/* --- the window --------------------------------------------------------------------------------------------------------- */

static GtkWidget *
add_choice (RheoPlotTurnDialog *dialog, GtkWidget *group, const char *title, const char *const *labels, guint chosen)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (; *labels != NULL; labels++)
    gtk_string_list_append (list, _ (*labels));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), chosen);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static void
add_number (RheoPlotTurnDialog *dialog, GtkWidget *group, int i)
{
  GtkWidget *row = adw_action_row_new (), *unit = gtk_label_new (*numbers[i].unit != '\0' ? _ (numbers[i].unit) : "");
  g_autofree char *name = *numbers[i].unit != '\0'
                              ? g_strdup_printf ("%s, %s", _ (numbers[i].label), _ (numbers[i].unit))
                              : g_strdup (_ (numbers[i].label));

  dialog->number[i] = gtk_spin_button_new_with_range (numbers[i].least, numbers[i].most, numbers[i].step);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (dialog->number[i]), numbers[i].digits);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (dialog->number[i]), last[i]);
  gtk_widget_set_valign (dialog->number[i], GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->number[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (unit, "dim-label");
  gtk_label_set_width_chars (GTK_LABEL (unit), 2);
  gtk_label_set_xalign (GTK_LABEL (unit), 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (numbers[i].label));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), dialog->number[i]);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), unit);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), dialog->number[i]);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (dialog->number[i], "value-changed", G_CALLBACK (show_facts), dialog);
}

static GtkWidget *
new_foot (RheoPlotTurnDialog *dialog)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  dialog->facts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (dialog->facts), 0);
  gtk_label_set_wrap (GTK_LABEL (dialog->facts), TRUE);
  gtk_widget_set_hexpand (dialog->facts, TRUE);
  gtk_widget_add_css_class (dialog->facts, "dim-label");
  gtk_widget_add_css_class (dialog->facts, "numeric");
  dialog->bar = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (dialog->bar), TRUE);
  gtk_widget_set_hexpand (dialog->bar, TRUE);
  gtk_widget_set_valign (dialog->bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Export turning figure"), -1);
  dialog->cancel = rheo_text_button_new (_ ("Cancel"), NULL);
  g_signal_connect_swapped (dialog->cancel, "clicked", G_CALLBACK (stop), dialog);
  dialog->export = rheo_text_button_new (_ ("Export…"), NULL);
  gtk_widget_add_css_class (dialog->export, "suggested-action");
  g_signal_connect_swapped (dialog->export, "clicked", G_CALLBACK (on_export), dialog);
  gtk_widget_set_visible (dialog->bar, FALSE);
  gtk_widget_set_visible (dialog->cancel, FALSE);
  gtk_box_append (GTK_BOX (foot), dialog->facts);
  gtk_box_append (GTK_BOX (foot), dialog->bar);
  gtk_box_append (GTK_BOX (foot), dialog->cancel);
  gtk_box_append (GTK_BOX (foot), dialog->export);
  gtk_widget_add_css_class (foot, "turn-foot");
  return foot;
}

static gboolean
close_by_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

/* What is being written is not wanted any more. */
static gboolean
close_request (GtkWindow *window)
{
  stop (RHEO_PLOT_TURN_DIALOG (window));
  return GTK_WINDOW_CLASS (rheo_plot_turn_dialog_parent_class)->close_request (window);
}

static void
dispose (GObject *object)
{
  RheoPlotTurnDialog *dialog = RHEO_PLOT_TURN_DIALOG (object);

  stop (dialog);
  g_clear_handle_id (&dialog->timeout, g_source_remove);
  g_clear_object (&dialog->chooser);
  G_OBJECT_CLASS (rheo_plot_turn_dialog_parent_class)->dispose (object);
}

static void
rheo_plot_turn_dialog_class_init (RheoPlotTurnDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WINDOW_CLASS (class)->close_request = close_request;
}

static void
rheo_plot_turn_dialog_init (RheoPlotTurnDialog *dialog)
{
  static const char *const formats[] = { N_ ("GIF"), N_ ("PNG, a file for each frame"), NULL };
  const char *sizes[RHEO_N_FIGURE_SIZES + 1] = { NULL }, *looks[RHEO_N_FIGURE_LOOKS + 1] = { NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *group = adw_preferences_group_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  for (int i = 0; i < RHEO_N_FIGURE_SIZES; i++)
    sizes[i] = rheo_figure_sizes[i].label;
  for (int i = 0; i < RHEO_N_FIGURE_LOOKS; i++)
    looks[i] = rheo_figure_looks[i].label;
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Export turning figure"));
  gtk_window_set_default_size (GTK_WINDOW (dialog), 480, 560);
  dialog->page = adw_preferences_page_new ();
  dialog->format = add_choice (dialog, group, _ ("Format"), formats, last_format);
  dialog->size = add_choice (dialog, group, _ ("Size"), sizes, last_size);
  dialog->look = add_choice (dialog, group, _ ("Look"), looks, last_look);
  for (int i = 0; i < N_NUMBERS; i++)
    add_number (dialog, group, i);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (dialog->page), ADW_PREFERENCES_GROUP (group));
  gtk_widget_set_vexpand (dialog->page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), dialog->page);
  gtk_box_append (GTK_BOX (box), new_foot (dialog));
  adw_window_set_content (ADW_WINDOW (dialog), box);
  g_signal_connect_swapped (dialog->size, "notify::selected", G_CALLBACK (show_facts), dialog);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_by_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (dialog), keys);
  show_facts (dialog);
}

GtkWidget *
rheo_plot_turn_dialog_new (RheoPlotView *view)
{
  RheoPlotTurnDialog *dialog = g_object_new (RHEO_TYPE_PLOT_TURN_DIALOG, NULL);

  dialog->view = view;
  return GTK_WIDGET (dialog);
}
