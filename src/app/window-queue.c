#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>

/* By the wanted name where it is free. */
static char *
dup_path (RheoLibrary *library, const RheoExperiment *experiment, const char *name, GError **error)
{
  g_autofree char *made = rheo_library_dup_new_path (library, experiment, error);
  g_autofree char *file = g_strconcat (name, ".h5", NULL), *parts = g_strconcat (file, ".parts", NULL);
  g_autofree char *path = g_build_filename (rheo_library_get_folder (library), file, NULL);
  g_autofree char *beside = g_build_filename (rheo_library_get_folder (library), parts, NULL);

  if (made == NULL || g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (beside, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&made);
  return g_steal_pointer (&path);
}

/* One after the other, wherever the user looks meanwhile. */
static void
start_next (RheoAppWindow *window)
{
  RheoContext *context = &window->context;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *name = NULL;

  if (window->closing || rheo_session_is_going (context->session))
    return;
  experiment = rheo_run_queue_take (context->queue, &name);
  if (experiment == NULL)
    return;
  rheo_app_window_set_threads (window, experiment);
  path = dup_path (context->library, experiment, name, &error);
  if (path == NULL)
    rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL, error->message, NULL);
  if (path == NULL || !rheo_app_window_begin (window, experiment, &(RheoStart){ .path = path, .at = -1 }, FALSE))
    rheo_run_queue_stop (context->queue);
  else
    rheo_run_queue_begun (context->queue, path);
}

static gboolean
on_idle (gpointer window)
{
  RHEO_APP_WINDOW (window)->next = 0;
  start_next (window);
  return G_SOURCE_REMOVE;
}

/* Several are added at once; and a run that has ended is told of to all others first. */
static void
start_later (RheoAppWindow *window)
{
  if (window->next == 0)
    window->next = g_idle_add (on_idle, window);
}

void
rheo_app_window_go_on (RheoAppWindow *window)
{
  RheoSession *session = window->context.session;

  /* What waits is started by the next window. */
  if (window->closing)
    return;
  if (rheo_run_queue_is_busy (window->context.queue)
      && (rheo_session_get_stop (session) == RHEO_STOP_USER || rheo_session_get_error (session) != NULL))
    rheo_run_queue_stop (window->context.queue);
  rheo_run_queue_ended (window->context.queue);
  start_later (window);
}

/* Always, because nobody knows when a program is killed. */
static void
keep_waiting (RheoAppWindow *window)
{
  if (!window->closing)
    g_settings_set_value (window->context.settings, "waiting-runs", rheo_run_queue_dup_waiting (window->context.queue));
}

int
rheo_app_window_count_left (RheoAppWindow *window)
{
  g_autoptr (GVariant) waiting = g_settings_get_value (window->context.settings, "waiting-runs");

  return rheo_run_queue_is_busy (window->context.queue) ? 0 : (int) g_variant_n_children (waiting);
}

void
rheo_app_window_start_left (RheoAppWindow *window)
{
  g_autoptr (GVariant) waiting = g_settings_get_value (window->context.settings, "waiting-runs");

  if (!rheo_run_queue_add_waiting (window->context.queue, waiting))
    rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL,
                            _ ("A run that was waiting is not known to this version of Rheobase and is left out."),
                            NULL);
}

void
rheo_app_window_forget_left (RheoAppWindow *window)
{
  g_settings_reset (window->context.settings, "waiting-runs");
}

void
rheo_app_window_follow_queue (RheoAppWindow *window)
{
  const int n = rheo_app_window_count_left (window);
  g_autofree char *unfinished = g_settings_get_string (window->context.settings, "unfinished-run");
  g_autofree char *text = g_strdup_printf (ngettext ("%d run was waiting when the window was closed.",
                                                     "%d runs were waiting when the window was closed.", (gulong) n),
                                           n);

  g_signal_connect_object (window->context.queue, "changed", G_CALLBACK (start_later), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (window->context.queue, "changed", G_CALLBACK (keep_waiting), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (window->context.queue, "done", G_CALLBACK (keep_waiting), window, G_CONNECT_SWAPPED);
  /* A run that was interrupted is told of in place of this, with what waits for it, as soon as the library knows it. */
  if (n > 0 && !g_file_test (unfinished, G_FILE_TEST_EXISTS))
    rheo_app_window_notice (
        window, GTK_MESSAGE_INFO, NULL, text,
        (RheoNoticeButton[]){ { _ ("Start"), "win.go-on::" }, { _ ("Dismiss"), "win.forget-waiting" }, { NULL } });
}
