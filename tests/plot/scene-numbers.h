/* Thread: any. */
/* Numbers for scenes that are the same everywhere. */
#pragma once

#include <math.h>

#include "scene.h"

#define PI 3.14159265358979323846

static inline double
uniform (guint64 *state)
{
  *state = *state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (double) (*state >> 11) / 9007199254740992.0;
}

static inline double
normal (guint64 *state)
{
  double u = 1 - uniform (state), v = uniform (state);

  return sqrt (-2 * log (u)) * cos (2 * PI * v);
}

static inline double *
reals (RheoTable *table, const char *key, const char *label, const char *unit, const char *axes, int64_t n)
{
  return rheo_table_add (table, key, label, unit, axes, RHEO_F64, &n)->data;
}
