#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "app/application.h"
#include "app/behind.h"
#include "app/frame-times.h"
#include "app/script-drafts.h"
#include "engine/installation.h"

/* Pictures and tables of the engine come and go many times a second, from one thread to another. glibc would soon keep
 * them all in its heaps, between what stays, and the program would grow for as long as a run goes on; what is this large
 * goes back to the system at once. What previews, readers and runs leave in a heap is there for the next of them, whose
 * thread would get another of up to 8 heaps a core otherwise. */
static void
keep_small (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 256 * 1024);
  mallopt (M_TRIM_THRESHOLD, 1024 * 1024);
  mallopt (M_ARENA_MAX, 2);
#endif
}

int
main (int argc, char **argv)
{
  g_autoptr (RheoApplication) application = NULL;
  int status;

  keep_small ();
  rheo_start_locale (TRUE);
  if (g_getenv ("RHEO_FRAME_TIMES") != NULL)
    rheo_frame_times_start (g_getenv ("RHEO_FRAME_TIMES"));
  application = rheo_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  rheo_script_drafts_finish ();
  rheo_frame_times_finish ();
  return rheo_behind_leave (status);
}
