#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/setup-page.h"

struct _RheoSetupPage
{
  GtkWidget parent_instance;
  RheoContext *context;
};

G_DEFINE_FINAL_TYPE (RheoSetupPage, rheo_setup_page, GTK_TYPE_WIDGET)

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_setup_page_parent_class)->dispose (object);
}

static void
rheo_setup_page_class_init (RheoSetupPageClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_setup_page_init (RheoSetupPage *page)
{
}

GtkWidget *
rheo_setup_page_new (RheoContext *context)
{
  RheoSetupPage *page = g_object_new (RHEO_TYPE_SETUP_PAGE, NULL);

  page->context = context;
  return GTK_WIDGET (page);
}
