#include "config.h"

#include "ui-keys.h"

#include <gdk/x11/gdkx.h>

/* No keys and no menus of its own. */
static const char manager[] =
    "<openbox_config xmlns='http://openbox.org/3.4/rc'><focus><focusNew>yes</focusNew></focus></openbox_config>";

static gboolean
is_managed (gpointer display)
{
  return g_strcmp0 (gdk_x11_screen_get_window_manager_name (gdk_x11_display_get_screen (display)), "Openbox") == 0;
}

static gboolean
shows_popover (GtkWidget *widget)
{
  gboolean shows = GTK_IS_POPOVER (widget) && gtk_widget_get_visible (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && !shows;
       child = gtk_widget_get_next_sibling (child))
    shows = shows_popover (child);
  return shows;
}

/* On a busy machine GTK 4.8 was seen, with its stack, to show the tip of what lies under the pointer at a place that belongs
 * to no monitor, as a window came up. The same from a popover, which is ours, stays fatal. */
static gboolean
is_ours (const char *message)
{
  gboolean ours = strstr (message, "gdk_monitor_get_geometry: assertion") == NULL;
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows) && !ours; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      ours = shows_popover (window);
    }
  return ours;
}

static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return is_ours (message);
}

/* In place of the handler that gives up the test without asking. GLib forgets who is to be asked with every test. */
static void
log_critical (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  g_test_log_set_fatal_handler (is_fatal, NULL);
  if (is_ours (message))
    g_log_default_handler (domain, level, message, NULL);
  else
    g_test_message ("%s", message);
}

void
ui_keys_start (void)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "openbox.xml", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, manager, -1, &error);
  g_assert_no_error (error);
  /* It goes with the X server of the test. */
  g_spawn_async (NULL, (char *[]){ (char *) "openbox", (char *) "--config-file", path, NULL }, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                 &error);
  g_assert_no_error (error);
  ui_wait (is_managed, gdk_display_get_default ());
  g_log_set_handler ("Gdk", G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL, log_critical, NULL);
}

static void
note_end (GPid pid, int status, gpointer ended)
{
  *(gboolean *) ended = TRUE;
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* The main loop goes on meanwhile: some keys are grabbed, and then the server waits for the program. */
static void
run_xdotool (const char *const *words)
{
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;
  GPid pid;

  g_spawn_async (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                 &error);
  g_assert_no_error (error);
  g_child_watch_add (pid, note_end, &ended);
  ui_wait (is_true, &ended);
  g_spawn_close_pid (pid);
}

static gboolean
is_active (gpointer window)
{
  return gtk_window_is_active (window);
}

void
ui_send_keys (const char *accelerator)
{
  g_autoptr (GString) keys = g_string_new (NULL);
  GdkModifierType held;
  guint key;

  g_assert_true (gtk_accelerator_parse (accelerator, &key, &held));
  if (held & GDK_CONTROL_MASK)
    g_string_append (keys, "ctrl+");
  if (held & GDK_ALT_MASK)
    g_string_append (keys, "alt+");
  if (held & GDK_SHIFT_MASK)
    g_string_append (keys, "shift+");
  g_string_append (keys, gdk_keyval_name (key));
  run_xdotool ((const char *const[]){ "xdotool", "key", keys->str, NULL });
}

void
ui_press (GtkWindow *window, const char *accelerator)
{
  ui_wait (is_active, window);
  /* It may go, or hide, with the key. */
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  ui_send_keys (accelerator);
  if (window != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    ui_settle (GTK_WIDGET (window));
  g_clear_weak_pointer (&window);
}

void
ui_point_at (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  double x, y, left, top;
  g_autofree char *place_x = NULL, *place_y = NULL, *id = NULL;

  gtk_native_get_surface_transform (GTK_NATIVE (root), &left, &top);
  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (root), gtk_widget_get_width (widget) / 2.0,
                                                   gtk_widget_get_height (widget) / 2.0, &x, &y));
  id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (root))));
  place_x = g_strdup_printf ("%d", (int) (x + left));
  place_y = g_strdup_printf ("%d", (int) (y + top));
  run_xdotool ((const char *const[]){ "xdotool", "mousemove", "--window", id, place_x, place_y, NULL });
  ui_settle (GTK_WIDGET (root));
}
