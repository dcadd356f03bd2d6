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

/* What only the processor does is left out elsewhere. */
static inline gboolean
is_left_out (const char *why)
{
  const gboolean out = g_getenv ("RHEO_TEST_DEVICE") != NULL;

  if (out)
    g_test_skip (why);
  return out;
}
