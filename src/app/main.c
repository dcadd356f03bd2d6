#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "app/application.h"
#include "app/frame-times.h"

int
main (int argc, char **argv)
{
  g_autoptr (RheoApplication) application = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, RHEO_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (g_getenv ("RHEO_FRAME_TIMES") != NULL)
    rheo_frame_times_start (g_getenv ("RHEO_FRAME_TIMES"));
  application = rheo_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  rheo_frame_times_finish ();
  return status;
}
