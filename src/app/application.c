#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/application.h"

#include "app/window.h"

struct _RheoApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (RheoApplication, rheo_application, ADW_TYPE_APPLICATION)

static void
activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (rheo_app_window_new (RHEO_APPLICATION (application)));
  gtk_window_present (window);
}

static void
rheo_application_class_init (RheoApplicationClass *class)
{
  G_APPLICATION_CLASS (class)->activate = activate;
}

static void
rheo_application_init (RheoApplication *application)
{
}

RheoApplication *
rheo_application_new (void)
{
  return g_object_new (RHEO_TYPE_APPLICATION, "application-id", RHEO_APP_ID, NULL);
}
