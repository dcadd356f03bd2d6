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
  g_test_add_func ("/ui/dialogs/folder", test_folder);
  return ui_test_run ();
}
