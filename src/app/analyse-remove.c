#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-page-private.h"

#include <glib/gi18n-lib.h>

#include "app/analyse-result.h"
#include "app/window.h"

typedef struct
{
  RheoAnalysePage *page;
  char *path, *name;
  gboolean undone;
} Removal;

static void
free_removal (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->page);
  g_free (removal->path);
  g_free (removal->name);
  g_free (removal);
}

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Removal *removal = data;
  GError *error = NULL;

  if (rheo_run_remove_analysis (removal->path, removal->name, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
removed (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (object);
  const Removal *removal = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    rheo_analyse_page_toast (page, error->message);
  g_hash_table_remove (page->hidden, removal->name);
  if (page->study != NULL)
    rheo_study_reload (page->study);
}

static void
undo_removal (AdwToast *shown, Removal *removal)
{
  removal->undone = TRUE;
  g_hash_table_remove (removal->page->hidden, removal->name);
  rheo_analyse_page_update (removal->page);
}

/* When the toast goes, so does the result. */
static void
commit_removal (AdwToast *shown, Removal *removal)
{
  g_autoptr (GTask) task = NULL;

  if (removal->undone)
    return;
  removal->undone = TRUE;
  task = g_task_new (removal->page, NULL, removed, NULL);
  {
    Removal *copy = g_new0 (Removal, 1);

    copy->page = g_object_ref (removal->page);
    copy->path = g_strdup (removal->path);
    copy->name = g_strdup (removal->name);
    g_task_set_task_data (task, copy, free_removal);
  }
  g_task_run_in_thread (task, remove_thread);
}

void
rheo_analyse_page_remove (RheoAnalysePage *page, const char *name)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));
  Removal *removal = g_new0 (Removal, 1);
  AdwToast *shown;

  removal->page = g_object_ref (page);
  removal->path = g_strdup (rheo_study_get_path (page->study));
  removal->name = g_strdup (name);
  g_hash_table_add (page->hidden, g_strdup (name));
  shown = rheo_app_window_toast (RHEO_APP_WINDOW (root), _ ("Result removed"), _ ("Undo"), NULL);
  g_object_set_data_full (G_OBJECT (shown), "rheo-removal", removal, free_removal);
  g_signal_connect (shown, "button-clicked", G_CALLBACK (undo_removal), removal);
  g_signal_connect (shown, "dismissed", G_CALLBACK (commit_removal), removal);
  if (g_strcmp0 (name, page->shown) == 0)
    {
      g_clear_pointer (&page->shown, g_free);
      rheo_analyse_result_show (RHEO_ANALYSE_RESULT (page->result), NULL, NULL);
      rheo_analyse_page_show_centre (page, "form");
    }
  rheo_analyse_page_update (page);
}
