#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/tooltip.h"

static const char text_key[] = "rheo-tooltip";

void
rheo_tooltip_set (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

static gboolean
on_query (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  const char *text = g_object_get_data (G_OBJECT (widget), text_key);

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

void
rheo_tooltip_keep (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_has_tooltip (widget))
    {
      g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query), NULL);
      gtk_widget_set_has_tooltip (widget, TRUE);
    }
  g_object_set_data_full (G_OBJECT (widget), text_key, g_strdup (text), g_free);
}
