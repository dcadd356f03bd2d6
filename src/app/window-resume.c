#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include "engine/store.h"

/* A stored run that goes on with what it holds. Its settings are read beside the main thread: the file may be long, and
 * somebody else may be reading another one, for which HDF5 lets nobody else in. */
typedef struct
{
  char *path;
  gboolean with_left;
} Resume;

static void
free_resume (gpointer data)
{
  Resume *resume = data;

  g_free (resume->path);
  g_free (resume);
}

static void
read_settings (GTask *task, gpointer window, gpointer data, GCancellable *cancellable)
{
  const Resume *resume = data;
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (resume->path, &error);

  if (run == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, rheo_experiment_dup (rheo_run_get_experiment (run)),
                           (GDestroyNotify) rheo_experiment_free);
}

static void
settings_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);
  const Resume *resume = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = g_task_propagate_pointer (G_TASK (result), &error);

  window->resuming = FALSE;
  /* Closed meanwhile. */
  if (window->context.session == NULL || window->closing || gtk_widget_in_destruction (GTK_WIDGET (window)))
    return;
  if (experiment == NULL)
    rheo_app_window_tell_refused (window, error);
  else if (rheo_app_window_begin (window, experiment, &(RheoStart){ .resume_from = resume->path, .at = -1 }, TRUE)
           && resume->with_left)
    rheo_app_window_start_left (window);
}

void
rheo_app_window_resume (RheoAppWindow *window, const char *path, gboolean with_left)
{
  g_autoptr (GTask) task = NULL;
  Resume *resume;

  /* A second click on the same button. */
  if (window->resuming)
    return;
  window->resuming = TRUE;
  resume = g_new (Resume, 1);
  *resume = (Resume){ g_strdup (path), with_left };
  task = g_task_new (window, NULL, settings_read, NULL);
  g_task_set_task_data (task, resume, free_resume);
  g_task_run_in_thread (task, read_settings);
}
