#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dialogs.h"

#include <glib/gi18n-lib.h>

#include "app/settings.h"
#include "widgets/common.h"

typedef struct
{
  GSettings *settings;
  GtkWidget *row;
  GtkWindow *window;
  GtkFileChooserNative *chooser; /* while it is open */
} Folder;

static void
free_folder (gpointer data, GClosure *closure)
{
  Folder *folder = data;

  g_clear_object (&folder->chooser);
  g_free (folder);
}

static void
show_folder (Folder *folder)
{
  g_autofree char *path = rheo_settings_dup_runs_folder (folder->settings);
  g_autofree char *shown = g_filename_display_name (path), *escaped = g_markup_escape_text (shown, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (folder->row), escaped);
}

static void
folder_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  Folder *folder = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

      if (path != NULL)
        g_settings_set_string (folder->settings, "runs-folder", path);
      show_folder (folder);
    }
  g_clear_object (&folder->chooser);
}

static void
choose_folder (GtkButton *button, gpointer data)
{
  Folder *folder = data;
  g_autofree char *path = rheo_settings_dup_runs_folder (folder->settings);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (folder->chooser != NULL)
    return;
  folder->chooser = gtk_file_chooser_native_new (_ ("Folder of runs"), folder->window,
                                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose"), _ ("Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (folder->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (folder->chooser), file, NULL);
  g_signal_connect (folder->chooser, "response", G_CALLBACK (folder_chosen), folder);
  rheo_chooser_show (folder->chooser);
}

static GtkWidget *
new_folder_row (GtkWindow *window, GSettings *settings)
{
  Folder *folder = g_new0 (Folder, 1);
  GtkWidget *button = gtk_button_new_with_label (_ ("Choose…"));

  folder->settings = settings;
  folder->window = window;
  folder->row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (folder->row), _ ("Folder of runs"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (folder->row), 2);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose the folder of runs"), -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (choose_folder), folder, free_folder, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (folder->row), button);
  show_folder (folder);
  return folder->row;
}

static GtkWidget *
new_threads_row (GSettings *settings)
{
  GtkWidget *row = adw_action_row_new (), *spin = gtk_spin_button_new_with_range (0, 1024, 1);
  g_autofree char *cores =
      g_strdup_printf (ngettext ("0: one for the core of this machine",
                                 "0: one for each of the %u cores of this machine", g_get_num_processors ()),
                       g_get_num_processors ());

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Threads of a run"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), cores);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Threads of a run"), -1);
  g_settings_bind (settings, "threads", spin, "value", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  return row;
}

static void
theme_chosen (GObject *row, GParamSpec *pspec, gpointer settings)
{
  g_settings_set_enum (settings, "theme", (int) adw_combo_row_get_selected (ADW_COMBO_ROW (row)));
}

static GtkWidget *
new_theme_row (GSettings *settings)
{
  const char *const names[] = { _ ("As the desktop"), _ ("Light"), _ ("Dark"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (names);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Theme"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), (guint) g_settings_get_enum (settings, "theme"));
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (theme_chosen), settings, 0);
  return row;
}

/* Not an AdwPreferencesWindow: that of libadwaita 1.2 keeps its pages when it goes. */
GtkWindow *
rheo_preferences_new (GtkWindow *parent, GSettings *settings)
{
  GtkWidget *window = adw_window_new (), *page = adw_preferences_page_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkWidget *runs = adw_preferences_group_new (), *look = adw_preferences_group_new ();

  gtk_window_set_title (GTK_WINDOW (window), _ ("Preferences"));
  rheo_window_stand_beside (GTK_WINDOW (window), GTK_WIDGET (parent));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 620, 440);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (runs), _ ("Runs"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (runs), new_folder_row (GTK_WINDOW (window), settings));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (runs), new_threads_row (settings));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (look), _ ("Appearance"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (look), new_theme_row (settings));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (runs));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (look));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  return GTK_WINDOW (window);
}
