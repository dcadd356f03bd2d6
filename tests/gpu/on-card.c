#define G_LOG_DOMAIN "rheo-tests"

#include "config.h"

#include "engine/device.h"

#include <glib.h>
#include <unistd.h>

/* Runs a test program where there is a card that the device of tests can be; else it is skipped, in TAP, with the reason.
 * Usage: on-card PROGRAM [ARGUMENT ...] */
int
main (int argc, char **argv)
{
  const char *name = g_getenv ("RHEO_TEST_DEVICE"), *why = NULL;
  RheoDevice *device = argc > 1 && name != NULL ? rheo_device_new (name, 1, &why) : NULL;

  if (argc < 2 || name == NULL)
    {
      g_printerr ("Usage: RHEO_TEST_DEVICE=DEVICE on-card PROGRAM [ARGUMENT ...]\n");
      return 2;
    }
  if (device == NULL)
    {
      g_print ("1..1\nok 1 - %s # SKIP %s\n", argv[1], why);
      return 0;
    }
  rheo_device_free (device);
  execv (argv[1], argv + 1);
  g_printerr ("%s does not start.\n", argv[1]);
  return 2;
}
