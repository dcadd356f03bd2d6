#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/own-data.h"
#include "app/window-private.h"
#include "widgets/number-text.h"

/* Data of the user's own become the task of the next run. */

static void
read_thread (GTask *task, gpointer window, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  RheoOwnData *data = rheo_own_data_read (path, &error);

  if (data != NULL)
    g_task_return_pointer (task, data, (GDestroyNotify) rheo_own_data_free);
  else
    g_task_return_error (task, error);
}

/* "Loaded hand.csv: input has 2 channels, target 3; 40 trials of 100 steps" */
static char *
describe (const RheoOwnData *data)
{
  g_autofree char *name = g_path_get_basename (data->path);
  g_autofree char *n_trials = rheo_number_dup_count (data->n_trials), *n_steps = rheo_number_dup_count (data->n_steps);
  g_autofree char *trials = g_strdup_printf (ngettext ("%s trial", "%s trials", (gulong) data->n_trials), n_trials);
  g_autofree char *steps = g_strdup_printf (ngettext ("%s step", "%s steps", (gulong) data->n_steps), n_steps);

  return g_strdup_printf (_ ("Loaded %s: %s of %s, “%s” (%d) to “%s” (%d)"), name, trials, steps, data->input,
                          data->n_in, data->target, data->n_out);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer unused)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);
  const char *path = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoOwnData) data = g_task_propagate_pointer (G_TASK (result), &error);
  const gboolean on_form = g_strcmp0 (gtk_stack_get_visible_child_name (window->setup), "form") == 0;
  const RheoExperiment *base = on_form ? rheo_document_get_experiment (window->context.document) : NULL;
  RheoExperiment *experiment = NULL;
  g_autofree char *text = NULL;

  if (window->closing)
    return;
  if (data != NULL)
    experiment = rheo_own_data_new_experiment (data, base, &error);
  if (experiment == NULL)
    {
      rheo_app_window_tell_unopened (window, path, error);
      return;
    }
  rheo_document_take (window->context.document, experiment);
  rheo_app_window_show_form (window);
  rheo_app_window_show_view (window, "setup");
  text = describe (data);
  rheo_app_window_toast (window, text, _ ("Undo"), "win.undo");
}

void
rheo_app_window_use_data (RheoAppWindow *window, const char *path)
{
  g_autoptr (GTask) task = g_task_new (window, NULL, on_read, NULL);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_thread);
}

void
rheo_app_window_use_synthetic (RheoAppWindow *window, gboolean run)
{
  g_autoptr (GError) error = NULL;

  if (!rheo_document_set (window->context.document, "task.source", "synthetic", _ ("Source"), &error))
    {
      rheo_app_window_tell_refused (window, error);
      return;
    }
  if (!run || rheo_session_is_going (window->context.session) || !rheo_app_window_start (window, FALSE))
    rheo_app_window_toast (window, _ ("Synthetic data, nothing to download"), _ ("Undo"), "win.undo");
}
