#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

static void
edit_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  rheo_app_window_show_script (window);
  rheo_script_page_open (window->script_page, g_variant_get_string (parameter, NULL));
}

static void
new_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  rheo_app_window_show_script (window);
  rheo_script_page_open_new (window->script_page, g_variant_get_string (parameter, NULL));
}

static void
save_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_script_page_save (((RheoAppWindow *) data)->script_page, NULL, NULL);
}

static void
start_running (gpointer data)
{
  rheo_app_window_start (data, FALSE);
}

static void
start_stepping (gpointer data)
{
  RheoAppWindow *window = data;

  if (rheo_app_window_start (window, TRUE))
    rheo_session_step (window->context.session);
}

void
rheo_app_window_save_and_start (RheoAppWindow *window, gboolean paused)
{
  void (*then) (gpointer data) = paused ? start_stepping : start_running;

  if (rheo_script_page_must_save (window->script_page))
    rheo_script_page_save (window->script_page, then, window);
  else
    then (window);
}

void
rheo_app_window_leave_script (RheoAppWindow *window)
{
  rheo_app_window_show_form (window);
  rheo_setup_page_show (window->setup_page, "task.file");
}

void
rheo_app_window_add_script_actions (RheoAppWindow *window)
{
  static const GActionEntry entries[] = {
    { "edit-script", edit_activated, "s" },
    { "new-script", new_activated, "s" },
    { "save-script", save_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
