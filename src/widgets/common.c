#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/common.h"

#include <adwaita.h>

GtkWidget *
rheo_text_button_new (const char *label, const char *icon)
{
  GtkWidget *button = gtk_button_new ();

  if (icon != NULL)
    {
      GtkWidget *content = adw_button_content_new ();

      adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), icon);
      adw_button_content_set_label (ADW_BUTTON_CONTENT (content), label);
      gtk_button_set_child (GTK_BUTTON (button), content);
    }
  else
    gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
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
