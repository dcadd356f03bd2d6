#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/common.h"

GtkWidget *
rheo_text_button_new (const char *label, const char *icon)
{
  GtkWidget *button = gtk_button_new ();

  if (icon != NULL)
    {
      /* AdwButtonContent would name the button a second time: "Open… Open…". */
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

      gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
      gtk_box_append (GTK_BOX (box), gtk_label_new (label));
      gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_add_css_class (button, "image-text-button");
    }
  else
    gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

double
rheo_text_scale (void)
{
  int dpi = 0;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? MAX (dpi / 1024.0 / 96, 1) : 1;
}

void
rheo_window_stand_beside (GtkWindow *window, GtkWidget *of)
{
  GtkRoot *root = of != NULL ? gtk_widget_get_root (of) : NULL;

  if (!GTK_IS_WINDOW (root))
    return;
  gtk_window_set_transient_for (window, GTK_WINDOW (root));
  gtk_window_set_destroy_with_parent (window, TRUE);
  gtk_window_set_application (window, gtk_window_get_application (GTK_WINDOW (root)));
}

static void
keep_rows (GtkWidget *widget)
{
  if (GTK_IS_TREE_VIEW (widget))
    gtk_tree_view_unset_rows_drag_source (GTK_TREE_VIEW (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    keep_rows (child);
}

void
rheo_chooser_show (GtkFileChooserNative *chooser)
{
  GListModel *all = gtk_window_get_toplevels ();

  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
  /* That of the desktop, where there is one, is not ours and not in the list. */
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window))
        keep_rows (window);
    }
}
