#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dialogs.h"

#include <glib/gi18n-lib.h>

#include "widgets/common.h"

typedef struct
{
  const char *keys, *title; /* keys NULL: a group begins */
} Entry;

static const Entry entries[] = {
  { NULL, N_ ("Runs") },
  { "F5 <Ctrl>r", N_ ("Run, pause, resume") },
  { "F8", N_ ("One step") },
  { "<Shift>F5", N_ ("Stop") },
  { "<Ctrl>b", N_ ("Branch from here") },
  { "Page_Up Page_Down", N_ ("Previous, next snapshot") },
  { "F2", N_ ("Rename run") },
  { "Delete", N_ ("Move run to trash") },
  { NULL, N_ ("Experiments") },
  { "<Ctrl>n", N_ ("New experiment") },
  { "<Ctrl>o", N_ ("Open") },
  { "<Ctrl>s", N_ ("Save experiment") },
  { "<Ctrl><Shift>s", N_ ("Save experiment as") },
  { "<Ctrl>z <Ctrl><Shift>z", N_ ("Undo, redo") },
  { "F1", N_ ("Help for the focused row") },
  { NULL, N_ ("Plots") },
  { "<Ctrl>e", N_ ("Export figure") },
  { "<Ctrl><Shift>e", N_ ("Export figure as") },
  { "<Ctrl><Alt>e", N_ ("Export numbers") },
  { "<Ctrl>c", N_ ("Copy figure or selected rows") },
  { "f Escape", N_ ("Plot full screen, and back") },
  { "plus minus 0", N_ ("Zoom in, out, fit") },
  { "Left Right", N_ ("Move the reading line") },
  { "<Shift>Left <Shift>Right", N_ ("Pan") },
  { "<Alt>Left <Alt>Right", N_ ("Move the focused card") },
  { "<Alt><Shift>Left <Alt><Shift>Right", N_ ("Width of the focused card") },
  { "<Shift>F10 Menu", N_ ("Menu of the focused thing") },
  { NULL, N_ ("Window") },
  { "<Alt>1 <Alt>2 <Alt>3", N_ ("Set up, Live, Runs") },
  { "<Ctrl>f", N_ ("Search in this view") },
  { "F9", N_ ("Side bar") },
  { "F10", N_ ("Main menu") },
  { "F11", N_ ("Full screen") },
  { "<Ctrl>comma", N_ ("Preferences") },
  { "<Ctrl>question", N_ ("Keyboard shortcuts") },
  { "<Ctrl>w", N_ ("Close") },
  { "<Ctrl>q", N_ ("Quit") },
};

static GtkWidget *
new_row (const Entry *entry)
{
  GtkWidget *row = adw_action_row_new (), *keys = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_auto (GStrv) accelerators = g_strsplit (entry->keys, " ", -1);

  for (char **accelerator = accelerators; *accelerator != NULL; accelerator++)
    {
      if (accelerator != accelerators)
        gtk_box_append (GTK_BOX (keys), gtk_label_new ("/"));
      gtk_box_append (GTK_BOX (keys), gtk_shortcut_label_new (*accelerator));
    }
  gtk_widget_set_valign (keys, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (entry->title));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);
  return row;
}

/* Not a GtkShortcutsWindow: that one is as large as what is in it, in two columns, and with large text or long words it leaves
 * the screen. Nor an AdwPreferencesWindow: that of libadwaita 1.2 keeps its pages when it goes. */
GtkWindow *
rheo_shortcuts_new (GtkWindow *parent)
{
  GtkWidget *window = adw_window_new (), *page = adw_preferences_page_new (), *group = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), _ ("Keyboard shortcuts"));
  rheo_window_stand_beside (GTK_WINDOW (window), GTK_WIDGET (parent));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 620, 640);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].keys == NULL)
      {
        group = adw_preferences_group_new ();
        adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (entries[i].title));
        adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
      }
    else
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (&entries[i]));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  return GTK_WINDOW (window);
}
