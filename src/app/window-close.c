#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#define CLOSE_LIMIT 3 /* seconds: a run that cannot be saved by then is resumed from its last checkpoint */

static void
keep_size (RheoAppWindow *window)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  if (width > 0 && height > 0)
    g_settings_set (window->context.settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (window->context.settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (window)));
}

static gboolean
limit_reached (gpointer data)
{
  RheoAppWindow *window = data;

  window->close_limit = 0;
  gtk_window_destroy (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static gboolean
destroy_later (gpointer data)
{
  gtk_window_destroy (data);
  g_object_unref (data);
  return G_SOURCE_REMOVE;
}

static void
run_saved (RheoSession *session, gpointer data)
{
  RheoAppWindow *window = data;

  /* It came to its end by itself meanwhile. */
  if (rheo_session_get_stop (session) != RHEO_STOP_USER && rheo_session_get_error (session) == NULL)
    g_settings_set_string (window->context.settings, "unfinished-run", "");
  g_clear_handle_id (&window->close_limit, g_source_remove);
  /* Not inside a signal of what goes with it. */
  g_idle_add (destroy_later, g_object_ref (window));
}

gboolean
rheo_app_window_close_request (GtkWindow *gtk_window)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (gtk_window);

  keep_size (window);
  rheo_script_page_keep (window->script_page);
  if (window->closing)
    return TRUE;
  if (!rheo_session_is_going (window->context.session))
    return FALSE;
  window->closing = TRUE;
  /* Already now: it holds whether or not the run is saved in time. */
  if (rheo_session_get_path (window->context.session) != NULL)
    g_settings_set_string (window->context.settings, "unfinished-run", rheo_session_get_path (window->context.session));
  window->close_limit = g_timeout_add_seconds (CLOSE_LIMIT, limit_reached, window);
  g_signal_connect_object (window->context.session, "stopped", G_CALLBACK (run_saved), window, 0);
  rheo_session_stop (window->context.session);
  rheo_app_window_update (window);
  return TRUE;
}
