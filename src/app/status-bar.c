#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/status-bar.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/speed.h"
#include "widgets/steady-text.h"
#include "widgets/tooltip.h"

struct _RheoStatusBar
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *name, *device, *cost, *recorded, *checkpoint, *told, *file, *file_label;
  gboolean narrow, asking;
  goffset size;    /* of the file; -1: not known */
  char *size_path; /* whose size it is */
  char *shown_path;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (RheoStatusBar, rheo_status_bar, GTK_TYPE_WIDGET)

static void
set_text (GtkWidget *widget, const char *text, gboolean visible)
{
  rheo_steady_text_set (RHEO_STEADY_TEXT (widget), text);
  gtk_widget_set_visible (widget, visible && text[0] != '\0');
}

/* --- what it says ---------------------------------------------------------------------------------------------- */

static void
show_device (RheoStatusBar *bar)
{
  const char *reason, *device = rheo_session_get_device (bar->context->session, &reason);
  g_autofree char *why = reason != NULL ? g_strdup_printf (_ ("No card: %s"), reason) : NULL;

  set_text (bar->device, device != NULL ? device : "", TRUE);
  rheo_tooltip_set (bar->device, why);
}

static char *
dup_recorded (RheoStatusBar *bar, const RheoRunRows *run)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < run->n_record; i++)
    g_string_append_printf (text, "%s%.0f", i > 0 ? ", " : "", run->record[i]);
  if (run->record_every > 0)
    {
      g_string_append (text, text->len > 0 ? ", " : "");
      /* Translators: ends the list of recorded iterations: "Recorded: epoch 1, 2, every 10" */
      g_string_append_printf (text, _ ("every %d"), run->record_every);
    }
  return text->len > 0
             ? g_strdup_printf (_ ("Recorded: %s %s"), rheo_session_get_unit (bar->context->session), text->str)
             : g_strdup ("");
}

static char *
dup_checkpoint (RheoSession *session)
{
  const gint64 at = rheo_session_get_checkpoint_time (session);
  const double age = (double) (g_get_monotonic_time () - at) / G_USEC_PER_SEC;
  g_autofree char *time = NULL;

  if (at == 0)
    return g_strdup (_ ("No checkpoint yet"));
  if (age < 2)
    return g_strdup (_ ("Checkpoint now"));
  time = rheo_speed_dup_duration (age < 60 ? (double) (int) age : age);
  return g_strdup_printf (_ ("Checkpoint %s ago"), time);
}

static void
show_file (RheoStatusBar *bar)
{
  const char *path = rheo_session_get_path (bar->context->session);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL, *size = NULL, *text = NULL, *what = NULL;

  gtk_widget_set_visible (bar->file, path != NULL);
  if (path == NULL)
    return;
  size = bar->size > 0 ? g_format_size ((guint64) bar->size) : NULL;
  text = size != NULL ? g_strdup_printf ("%s · %s", name, size) : g_strdup (name);
  what = g_strdup_printf (_ ("Show %s in Runs"), name);
  rheo_steady_text_set (RHEO_STEADY_TEXT (bar->file_label), text);
  if (g_strcmp0 (path, bar->shown_path) == 0)
    return;
  g_free (bar->shown_path);
  bar->shown_path = g_strdup (path);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (bar->file), "s", path);
  rheo_tooltip_set (bar->file, path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->file), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
}

/* While a run goes on its numbers lie in a folder beside the file. */
static void
measure_run (GTask *task, gpointer bar, gpointer path, GCancellable *cancellable)
{
  g_autofree char *folder = g_strconcat (path, ".parts", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  goffset size = 0;
  GStatBuf info;
  const char *name;

  if (g_stat (path, &info) == 0)
    size += info.st_size;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *part = g_build_filename (folder, name, NULL);

      if (g_stat (part, &info) == 0)
        size += info.st_size;
    }
  g_task_return_int (task, size);
}

static void
got_size (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoStatusBar *bar = RHEO_STATUS_BAR (object);
  const char *path;

  bar->asking = FALSE;
  /* The answer may come after the window, and what is borrowed has gone with it. */
  if (gtk_widget_get_root (GTK_WIDGET (bar)) == NULL)
    return;
  path = rheo_session_get_path (bar->context->session);
  if (g_strcmp0 (g_task_get_task_data (G_TASK (result)), path) != 0)
    return;
  bar->size = g_task_propagate_int (G_TASK (result), NULL);
  g_free (bar->size_path);
  bar->size_path = g_strdup (path);
  show_file (bar);
}

static void
ask_size (RheoStatusBar *bar)
{
  const char *path = rheo_session_get_path (bar->context->session);
  g_autoptr (GTask) task = NULL;

  if (g_strcmp0 (bar->size_path, path) != 0)
    bar->size = -1;
  if (path == NULL || bar->asking)
    return;
  bar->asking = TRUE;
  task = g_task_new (bar, NULL, got_size, NULL);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, measure_run);
}

void
rheo_status_bar_update (RheoStatusBar *bar)
{
  RheoSession *session = bar->context->session;
  const RheoExperiment *experiment = rheo_session_get_experiment (session);
  const RheoRunRows *run;
  g_autofree char *cost = NULL, *recorded = NULL, *checkpoint = NULL;

  if (experiment == NULL)
    return;
  run = rheo_experiment_get_run (experiment);
  cost = g_strdup_printf (_ ("Live view costs %.1f %%"), 100 * rheo_session_get_watch_cost (session));
  recorded = dup_recorded (bar, run);
  checkpoint = dup_checkpoint (session);
  set_text (bar->name,
            rheo_experiment_get_shown_title (experiment) != NULL ? rheo_experiment_get_shown_title (experiment) : "",
            bar->narrow);
  show_device (bar);
  set_text (bar->cost, cost, !bar->narrow && rheo_session_get_n_batches (session) > 0);
  set_text (bar->recorded, recorded, !bar->narrow);
  set_text (bar->checkpoint, checkpoint, rheo_session_get_path (session) != NULL);
  set_text (bar->told, rheo_steady_text_get (RHEO_STEADY_TEXT (bar->told)), !bar->narrow);
  show_file (bar);
}

void
rheo_status_bar_tell (RheoStatusBar *bar, const char *text)
{
  set_text (bar->told, text, !bar->narrow);
}

void
rheo_status_bar_set_narrow (RheoStatusBar *bar, gboolean narrow)
{
  bar->narrow = narrow;
  rheo_status_bar_update (bar);
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static gboolean
each_second (gpointer data)
{
  ask_size (data);
  rheo_status_bar_update (data);
  return G_SOURCE_CONTINUE;
}

static void
map (GtkWidget *widget)
{
  RheoStatusBar *bar = RHEO_STATUS_BAR (widget);

  GTK_WIDGET_CLASS (rheo_status_bar_parent_class)->map (widget);
  each_second (bar);
  bar->timeout = g_timeout_add_seconds (1, each_second, bar);
}

static void
unmap (GtkWidget *widget)
{
  g_clear_handle_id (&RHEO_STATUS_BAR (widget)->timeout, g_source_remove);
  GTK_WIDGET_CLASS (rheo_status_bar_parent_class)->unmap (widget);
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_status_bar_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_STATUS_BAR (object)->size_path);
  g_free (RHEO_STATUS_BAR (object)->shown_path);
  G_OBJECT_CLASS (rheo_status_bar_parent_class)->finalize (object);
}

static void
rheo_status_bar_class_init (RheoStatusBarClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->map = map;
  GTK_WIDGET_CLASS (class)->unmap = unmap;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "statusbar");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static GtkWidget *
add_text (RheoStatusBar *bar)
{
  GtkWidget *text = rheo_steady_text_new (0, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);

  gtk_widget_set_visible (text, FALSE);
  gtk_widget_set_parent (text, GTK_WIDGET (bar));
  return text;
}

static void
rheo_status_bar_init (RheoStatusBar *bar)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  bar->size = -1;
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (bar))), 18);
  gtk_widget_add_css_class (GTK_WIDGET (bar), "status");
  bar->name = add_text (bar);
  bar->device = add_text (bar);
  bar->cost = add_text (bar);
  gtk_widget_set_tooltip_text (bar->cost, _ ("Part of the engine's time that goes into what the plots show, measured "
                                             "over the last ten seconds"));
  bar->recorded = add_text (bar);
  bar->checkpoint = add_text (bar);
  bar->told = add_text (bar);
  bar->file = gtk_button_new ();
  bar->file_label = rheo_steady_text_new (0, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("document-save-symbolic"));
  gtk_box_append (GTK_BOX (box), bar->file_label);
  gtk_button_set_child (GTK_BUTTON (bar->file), box);
  gtk_widget_add_css_class (bar->file, "flat");
  gtk_widget_add_css_class (bar->file, "status-file");
  gtk_widget_set_hexpand (bar->file, TRUE);
  gtk_widget_set_halign (bar->file, GTK_ALIGN_END);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (bar->file), "win.show-run");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (bar->file), "s", "");
  gtk_widget_set_visible (bar->file, FALSE);
  gtk_widget_set_parent (bar->file, GTK_WIDGET (bar));
}

GtkWidget *
rheo_status_bar_new (RheoContext *context)
{
  RheoStatusBar *bar = g_object_new (RHEO_TYPE_STATUS_BAR, NULL);

  bar->context = context;
  return GTK_WIDGET (bar);
}
