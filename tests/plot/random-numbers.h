/* Random numbers, the same in every run of a test. */
#pragma once

#include <glib.h>
#include <math.h>

static guint64 seed = 1;

G_GNUC_UNUSED static double
uniform (void)
{
  seed = seed * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (double) (seed >> 11) / 9007199254740992.0;
}

G_GNUC_UNUSED static double
normal (void)
{
  double u = 1 - uniform (), v = uniform ();

  return sqrt (-2 * log (u)) * cos (6.283185307179586 * v);
}
