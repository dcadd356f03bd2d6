#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/application.h"

#include <gtksourceview/gtksource.h>

#include "app/renderer.h"
#include "app/window.h"
#include "widgets/keys.h"

struct _RheoApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (RheoApplication, rheo_application, ADW_TYPE_APPLICATION)

/* NULL: there is none. */
static GtkWindow *
find_window (GApplication *application)
{
  for (GList *window = gtk_application_get_windows (GTK_APPLICATION (application)); window != NULL;
       window = window->next)
    if (RHEO_IS_APP_WINDOW (window->data))
      return window->data;
  return NULL;
}

static GtkWindow *
get_window (GApplication *application)
{
  GtkWindow *window = find_window (application);

  return window != NULL ? window : GTK_WINDOW (rheo_app_window_new (RHEO_APPLICATION (application)));
}

static void
activate (GApplication *application)
{
  gtk_window_present (get_window (application));
}

static void
open_files (GApplication *application, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window = get_window (application);

  gtk_window_present (window);
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path != NULL)
        rheo_app_window_open (RHEO_APP_WINDOW (window), path);
    }
}

/* A run that goes on is saved first, as when the window is closed. */
static void
quit_activated (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GtkWindow *window = find_window (application);

  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (application);
}

/* An action's keys, from all rows. */
static void
set_accels (GtkApplication *application, const char *action)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  int n_rows;
  const RheoKeysRow *rows = rheo_keys_get_rows (&n_rows);

  for (int i = 0; i < n_rows; i++)
    for (const RheoKey *key = rows[i].keys; key->key != NULL; key++)
      if (key->place == RHEO_KEYS_WINDOW && g_str_equal (key->action, action))
        g_ptr_array_add (keys, (gpointer) key->key);
  g_ptr_array_add (keys, NULL);
  gtk_application_set_accels_for_action (application, action, (const char *const *) keys->pdata);
}

/* From a notice of the desktop: the run it tells of, live as long as it is the current one. */
static void
show_run_activated (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GtkWindow *window = get_window (application);

  gtk_window_present (window);
  rheo_app_window_show_ended (RHEO_APP_WINDOW (window), g_variant_get_string (parameter, NULL));
}

static void
show_view_activated (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GtkWindow *window = get_window (application);

  gtk_window_present (window);
  g_action_group_activate_action (G_ACTION_GROUP (window), "view", parameter);
}

static void
startup (GApplication *application)
{
  static const GActionEntry entries[] = { { "quit", quit_activated },
                                          { "show-run", show_run_activated, "s" },
                                          { "show-view", show_view_activated, "s" } };
  int n_rows;
  const RheoKeysRow *rows = rheo_keys_get_rows (&n_rows);

  G_APPLICATION_CLASS (rheo_application_parent_class)->startup (application);
  rheo_renderer_choose (gdk_display_get_default ());
  gtk_source_init ();
  /* Words that can be copied are not marked as a whole because Tab comes to them. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  for (int i = 0; i < n_rows; i++)
    for (const RheoKey *key = rows[i].keys; key->key != NULL; key++)
      if (key->place == RHEO_KEYS_WINDOW)
        set_accels (GTK_APPLICATION (application), key->action);
}

static void
rheo_application_class_init (RheoApplicationClass *class)
{
  G_APPLICATION_CLASS (class)->startup = startup;
  G_APPLICATION_CLASS (class)->activate = activate;
  G_APPLICATION_CLASS (class)->open = open_files;
}

static void
rheo_application_init (RheoApplication *application)
{
}

RheoApplication *
rheo_application_new (void)
{
  return g_object_new (RHEO_TYPE_APPLICATION, "application-id", RHEO_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/rheobase/Rheobase", NULL);
}
