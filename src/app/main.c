#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/application.h"
#include "app/frame-times.h"
#include "engine/installation.h"

int
main (int argc, char **argv)
{
  g_autoptr (RheoApplication) application = NULL;
  int status;

  rheo_start_locale (TRUE);
  if (g_getenv ("RHEO_FRAME_TIMES") != NULL)
    rheo_frame_times_start (g_getenv ("RHEO_FRAME_TIMES"));
  application = rheo_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  rheo_frame_times_finish ();
  return status;
}
