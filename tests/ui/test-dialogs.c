/* Preferences, shortcuts and about: what they show is what there is, and settings change at once. */
#include "config.h"

#include "ui-test.h"

#include "app/dialogs.h"
#include "app/settings.h"

static void
show (GtkWindow *window)
{
  gtk_window_present (window);
  ui_settle (GTK_WIDGET (window));
}

static void
test_preferences (void)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  GtkWindow *window = rheo_preferences_new (NULL, settings);
  GtkWidget *threads;

  g_settings_set_string (settings, "runs-folder", "/somewhere/runs");
  show (window);
  threads = ui_get (GTK_WIDGET (window), GTK_TYPE_SPIN_BUTTON, "Threads of a run");
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (threads), 3);
  g_assert_cmpint (g_settings_get_int (settings, "threads"), ==, 3);
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Choose the folder of runs"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Theme"));
  ui_shot (GTK_WIDGET (window), "preferences.png");
  gtk_window_destroy (window);
}

static void
test_shortcuts (void)
{
  GtkWindow *window = rheo_shortcuts_new (NULL);

  show (window);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Run, pause, resume"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Page Up"));
  g_assert_null (ui_find_text (GTK_WIDGET (window), "_"));
  ui_shot (GTK_WIDGET (window), "shortcuts.png");
  gtk_window_destroy (window);
}

static void
test_about (void)
{
  GtkWindow *window = rheo_about_new (NULL);

  show (window);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), RHEO_VERSION));
  ui_shot (GTK_WIDGET (window), "about.png");
  gtk_window_destroy (window);
}

/* It is read beside the work, and its buttons lead to the place. */
static void
test_help (void)
{
  RheoAppWindow *main = ui_window_new ();
  GtkWindow *window = rheo_help_new (GTK_WINDOW (main));

  show (window);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "An experiment has four parts."));
  ui_shot (GTK_WIDGET (window), "help.png");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "loss<4"));
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Show Runs"));
  ui_settle (GTK_WIDGET (main));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (main), "No runs yet"));
  ui_window_close (main);
}

/* No window is larger than a small screen, with large text. */
static void
test_large_text (void)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  GtkWindow *windows[] = { rheo_preferences_new (NULL, settings), rheo_shortcuts_new (NULL), rheo_help_new (NULL),
                           rheo_about_new (NULL) };

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 144 * 1024, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      show (windows[i]);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (windows[i])), <=, 1024);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (windows[i])), <=, 700);
      gtk_window_destroy (windows[i]);
    }
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-xft-dpi");
}

static void
test_folder (void)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  g_autofree char *chosen = NULL, *usual = NULL;

  g_settings_set_string (settings, "runs-folder", "/somewhere/runs");
  chosen = rheo_settings_dup_runs_folder (settings);
  g_assert_cmpstr (chosen, ==, "/somewhere/runs");
  g_settings_reset (settings, "runs-folder");
  usual = rheo_settings_dup_runs_folder (settings);
  g_assert_true (g_str_has_suffix (usual, "/Rheobase/runs"));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/dialogs/preferences", test_preferences);
  g_test_add_func ("/ui/dialogs/shortcuts", test_shortcuts);
  g_test_add_func ("/ui/dialogs/about", test_about);
  g_test_add_func ("/ui/dialogs/help", test_help);
  g_test_add_func ("/ui/dialogs/large-text", test_large_text);
  g_test_add_func ("/ui/dialogs/folder", test_folder);
  return ui_test_run ();
}
