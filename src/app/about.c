#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dialogs.h"

#include <glib/gi18n-lib.h>

#include "app/application.h"
#include "widgets/common.h"

GtkWindow *
rheo_about_new (GtkWindow *parent)
{
  const char *const developers[] = { _ ("The Rheobase developers"), NULL };
  GtkWindow *window = g_object_new (
      ADW_TYPE_ABOUT_WINDOW, "modal", TRUE, "application-name", _ ("Rheobase"), "application-icon", RHEO_APP_ID,
      "version", RHEO_VERSION, "developer-name", _ ("The Rheobase developers"), "developers", developers, "comments",
      _ ("Laboratory for recurrent neural networks: spiking and rate nets that learn. The rheobase is "
         "the smallest steady current that makes a neuron fire."),
      "license-type", GTK_LICENSE_GPL_3_0,
      /* Translators: your names, one a line. */
      "translator-credits", _ ("translator-credits"), NULL);

  rheo_window_stand_beside (window, GTK_WIDGET (parent));
  return window;
}
