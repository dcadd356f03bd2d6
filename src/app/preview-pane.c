#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/preview-pane.h"

struct _RheoPreviewPane
{
  GtkWidget parent_instance;
  RheoContext *context;
};

G_DEFINE_FINAL_TYPE (RheoPreviewPane, rheo_preview_pane, GTK_TYPE_WIDGET)

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_preview_pane_parent_class)->dispose (object);
}

static void
rheo_preview_pane_class_init (RheoPreviewPaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_preview_pane_init (RheoPreviewPane *pane)
{
}

GtkWidget *
rheo_preview_pane_new (RheoContext *context)
{
  RheoPreviewPane *pane = g_object_new (RHEO_TYPE_PREVIEW_PANE, NULL);

  pane->context = context;
  return GTK_WIDGET (pane);
}
