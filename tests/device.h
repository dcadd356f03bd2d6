/* The device that a test computes on: the processor, or what RHEO_TEST_DEVICE names. */
#pragma once

#include "engine/device.h"

#include <glib.h>

static inline RheoDevice *
device_of_test (int n_threads)
{
  const char *given = g_getenv ("RHEO_TEST_DEVICE"), *why = NULL;
  RheoDevice *device = rheo_device_new (given != NULL ? given : "cpu", n_threads, &why);

  if (device == NULL)
    g_error ("no device: %s", why);
  return device;
}

static inline gboolean
is_on_processor (void)
{
  return g_getenv ("RHEO_TEST_DEVICE") == NULL;
}

/* What only the processor does is left out elsewhere. */
static inline gboolean
is_left_out (const char *why)
{
  if (!is_on_processor ())
    g_test_skip (why);
  return !is_on_processor ();
}
