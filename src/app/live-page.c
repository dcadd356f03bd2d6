#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-page.h"

struct _RheoLivePage
{
  GtkWidget parent_instance;
  RheoContext *context;
};

G_DEFINE_FINAL_TYPE (RheoLivePage, rheo_live_page, GTK_TYPE_WIDGET)

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_live_page_parent_class)->dispose (object);
}

static void
rheo_live_page_class_init (RheoLivePageClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_live_page_init (RheoLivePage *page)
{
}

GtkWidget *
rheo_live_page_new (RheoContext *context)
{
  RheoLivePage *page = g_object_new (RHEO_TYPE_LIVE_PAGE, NULL);

  page->context = context;
  return GTK_WIDGET (page);
}
