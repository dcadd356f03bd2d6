#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/broken-page.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/own-data.h"
#include "widgets/common.h"
#include "widgets/number-text.h"

struct _RheoBrokenPage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *status, *learn, *recover, *open, *other, *trash, *trouble, *note;
  GCancellable *looking;
  char *path;
  gboolean busy;
};

enum
{
  BROKEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RheoBrokenPage, rheo_broken_page, GTK_TYPE_WIDGET)

/* --- looking ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path, *to; /* to NULL: only looks */
  gboolean some;   /* found holds what is left */
  RheoSalvage found;
  char *sentence;
  gboolean newer, foreign, missing;
  gboolean has_data; /* it holds arrays that can be learned */
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->to);
  g_free (job->sentence);
  g_free (job);
}

static Job *
new_job (const char *path, const char *to)
{
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->to = g_strdup (to);
  return job;
}

/* TRUE: the file cannot be opened, and the job says why. */
static void
look (GTask *task, gpointer page, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (job->path, &error);
  g_autoptr (RheoTable) metrics = run != NULL ? rheo_run_dup_metrics (run, NULL, &error) : NULL;
  g_autoptr (RheoOwnData) own = NULL;

  if (metrics == NULL)
    {
      job->missing = !g_file_test (job->path, G_FILE_TEST_EXISTS);
      job->foreign = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_FOREIGN);
      job->sentence = g_strdup (error->message);
      job->newer = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
      job->some = (job->newer || g_error_matches (error, RHEO_ERROR, RHEO_ERROR_FORMAT))
                  && rheo_run_salvage (job->path, NULL, &job->found, NULL);
      job->has_data = job->foreign && (own = rheo_own_data_read (job->path, NULL)) != NULL;
    }
  g_task_return_boolean (task, metrics == NULL);
}

/* "run.h5 ends early: 4.1 MB of 6.3 MB are there. It can be read to epoch 380 of 1,000, and ..." */
static char *
describe (const Job *job)
{
  const RheoSalvage *found = &job->found;
  const char *unit = *found->unit != '\0' ? _ (found->unit) : _ ("iteration");
  g_autofree char *there = g_format_size ((guint64) found->size), *whole = g_format_size ((guint64) found->whole);
  g_autofree char *name = g_path_get_basename (job->path);
  g_autofree char *last = rheo_number_dup_count (found->n_iterations), *all = rheo_number_dup_count (found->budget);
  g_autofree char *safe = rheo_number_dup_count (found->checkpoint);
  GString *text = g_string_new (NULL);

  if (!job->some || job->newer)
    return g_string_free (g_string_assign (text, job->sentence), FALSE);
  if (found->whole > found->size)
    g_string_append_printf (text, _ ("%s ends early: %s of %s are there."), name, there, whole);
  else
    g_string_append_printf (text, _ ("%s has places that cannot be read."), name);
  g_string_append_c (text, ' ');
  if (found->checkpoint >= 0)
    g_string_append_printf (text, _ ("It can be read to %s %s of %s, and the checkpoint of %s %s is whole."), unit,
                            last, all, unit, safe);
  else
    g_string_append_printf (text, _ ("It can be read to %s %s of %s, but no checkpoint is whole."), unit, last, all);
  return g_string_free (text, FALSE);
}

static void
show_job (RheoBrokenPage *page, const Job *job)
{
  g_autofree char *text = describe (job), *escaped = g_markup_escape_text (text, -1);
  const gboolean stored = rheo_library_find (page->context->library, job->path) != NULL;

  adw_status_page_set_title (ADW_STATUS_PAGE (page->status), job->newer ? _ ("This file comes from a newer Rheobase")
                                                             : job->missing ? _ ("This file is not there")
                                                             : job->foreign ? _ ("This is not a run file")
                                                                            : _ ("This run file is damaged"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page->status), escaped);
  gtk_widget_set_visible (page->learn, job->has_data);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (page->learn), "s", job->path);
  gtk_widget_set_visible (page->recover, job->some && !job->newer);
  gtk_widget_set_visible (page->open, job->some);
  gtk_widget_set_visible (page->other, !job->some || job->newer);
  gtk_widget_set_visible (page->trash, stored && !job->newer && !job->missing);
  gtk_widget_set_visible (page->note, job->some && !job->newer);
  gtk_widget_set_visible (page->trouble, FALSE);
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoBrokenPage *page = RHEO_BROKEN_PAGE (object);

  if (g_task_get_cancellable (G_TASK (result)) != page->looking)
    return;
  g_clear_object (&page->looking);
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  show_job (page, g_task_get_task_data (G_TASK (result)));
  g_signal_emit (page, signals[BROKEN], 0);
}

void
rheo_broken_page_look (RheoBrokenPage *page, const char *path)
{
  g_autoptr (GTask) task = NULL;

  g_clear_object (&page->looking);
  g_free (page->path);
  page->path = g_strdup (path);
  if (path == NULL)
    return;
  page->looking = g_cancellable_new ();
  task = g_task_new (page, page->looking, on_looked, NULL);
  g_task_set_task_data (task, new_job (path, NULL), free_job);
  g_task_run_in_thread (task, look);
}

/* --- saving ------------------------------------------------------------------------------------------------------ */

static void
set_busy (RheoBrokenPage *page, gboolean busy)
{
  page->busy = busy;
  gtk_widget_set_sensitive (page->recover, !busy);
  gtk_widget_set_sensitive (page->open, !busy);
  gtk_widget_set_tooltip_text (page->recover, busy ? _ ("Being recovered…") : NULL);
  gtk_widget_set_tooltip_text (page->open, busy ? _ ("Being recovered…") : NULL);
}

static void
save (GTask *task, gpointer page, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (rheo_run_salvage (job->path, job->to, &job->found, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoBrokenPage *page = RHEO_BROKEN_PAGE (object);
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  set_busy (page, FALSE);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      rheo_library_refresh (page->context->library);
      gtk_widget_activate_action (GTK_WIDGET (page), "win.show-run", "s", job->to);
      return;
    }
  gtk_label_set_label (GTK_LABEL (page->trouble), error->message);
  gtk_widget_set_visible (page->trouble, TRUE);
}

void
rheo_broken_page_recover (RheoBrokenPage *page, const char *to)
{
  g_autoptr (GTask) task = NULL;

  if (page->busy || page->path == NULL)
    return;
  set_busy (page, TRUE);
  task = g_task_new (page, NULL, on_saved, NULL);
  g_task_set_task_data (task, new_job (page->path, to), free_job);
  g_task_run_in_thread (task, save);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, RheoBrokenPage *page)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    rheo_broken_page_recover (page, path);
  g_object_unref (dialog);
}

/* "run.h5": "run-recovered.h5" */
static char *
dup_new_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".h5"))
    name[strlen (name) - 3] = '\0';
  return g_strconcat (name, "-recovered.h5", NULL);
}

static void
on_recover (RheoBrokenPage *page)
{
  g_autofree char *name = dup_new_name (page->path), *folder = g_path_get_dirname (page->path);
  g_autoptr (GFile) place = g_file_new_for_path (folder);
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Recover to a new file"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Recover"), NULL);

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), place, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), page, 0);
  rheo_chooser_show (dialog);
}

/* What is whole, as a copy that nobody has to find a place for. */
static void
on_open (RheoBrokenPage *page)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "rheobase", "recovered", NULL);
  g_autofree char *name = dup_new_name (page->path), *to = g_build_filename (folder, name, NULL);

  g_mkdir_with_parents (folder, 0700);
  g_unlink (to);
  rheo_broken_page_recover (page, to);
}

/* --- construction ------------------------------------------------------------------------------------------------ */

static GtkWidget *
add_button (GtkWidget *box, const char *label, GCallback clicked, RheoBrokenPage *page)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "pill");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (clicked != NULL)
    g_signal_connect_object (button, "clicked", clicked, page, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
dispose (GObject *object)
{
  RheoBrokenPage *page = RHEO_BROKEN_PAGE (object);

  g_clear_object (&page->looking);
  g_clear_pointer (&page->status, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_broken_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_BROKEN_PAGE (object)->path);
  G_OBJECT_CLASS (rheo_broken_page_parent_class)->finalize (object);
}

static void
rheo_broken_page_class_init (RheoBrokenPageClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[BROKEN] =
      g_signal_new ("broken", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_broken_page_init (RheoBrokenPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);

  page->status = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page->status), "dialog-warning-symbolic");
  page->learn = add_button (box, _ ("Train on these data"), NULL, page);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (page->learn), "win.use-data::");
  gtk_widget_add_css_class (page->learn, "suggested-action");
  page->recover = add_button (box, _ ("Recover to a new file…"), G_CALLBACK (on_recover), page);
  gtk_widget_add_css_class (page->recover, "suggested-action");
  page->open = add_button (box, _ ("Open read-only"), G_CALLBACK (on_open), page);
  page->other = add_button (box, _ ("Open another…"), NULL, page);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (page->other), "win.open-file");
  page->trash = add_button (box, _ ("Move to trash"), NULL, page);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (page->trash), "runs.trash");
  page->trouble = add_label (box, "", "error");
  page->note = add_label (box, _ ("The damaged file is not changed."), "caption");
  gtk_widget_add_css_class (page->note, "dim-label");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  adw_status_page_set_child (ADW_STATUS_PAGE (page->status), box);
  gtk_widget_set_parent (page->status, GTK_WIDGET (page));
}

GtkWidget *
rheo_broken_page_new (RheoContext *context)
{
  RheoBrokenPage *page = g_object_new (RHEO_TYPE_BROKEN_PAGE, NULL);

  page->context = context;
  return GTK_WIDGET (page);
}
