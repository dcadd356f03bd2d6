#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dialogs.h"

#include <glib/gi18n-lib.h>

#include "widgets/common.h"
#include "widgets/keys.h"

static gboolean
is_earlier (const RheoKey *keys, const RheoKey *key)
{
  for (; keys != key; keys++)
    if (g_str_equal (keys->key, key->key))
      return TRUE;
  return FALSE;
}

/* GTK's English names of keys have the underscores of their symbols: "Page_Up". */
static GtkWidget *
new_key (const char *key)
{
  GtkWidget *label = gtk_shortcut_label_new (key);

  for (GtkWidget *cap = gtk_widget_get_first_child (label); cap != NULL; cap = gtk_widget_get_next_sibling (cap))
    {
      g_autofree char *name = g_strdelimit (g_strdup (gtk_label_get_text (GTK_LABEL (cap))), "_", ' ');

      gtk_label_set_text (GTK_LABEL (cap), name);
    }
  return label;
}

/* Keys that mean the same in several places are named once. */
static GtkWidget *
new_row (const RheoKeysRow *entry)
{
  GtkWidget *row = adw_action_row_new (), *keys = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (const RheoKey *key = entry->keys; key->key != NULL; key++)
    {
      if (is_earlier (entry->keys, key))
        continue;
      if (key != entry->keys)
        gtk_box_append (GTK_BOX (keys), gtk_label_new ("/"));
      gtk_box_append (GTK_BOX (keys), new_key (key->key));
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
  int n_rows;
  const RheoKeysRow *rows = rheo_keys_get_rows (&n_rows);

  gtk_window_set_title (GTK_WINDOW (window), _ ("Keyboard shortcuts"));
  rheo_window_stand_beside (GTK_WINDOW (window), GTK_WIDGET (parent));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 620, 640);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  for (int i = 0; i < n_rows; i++)
    {
      if (rows[i].group != NULL)
        {
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (rows[i].group));
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
        }
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (&rows[i]));
    }
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  return GTK_WINDOW (window);
}
