#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rolling.h"

#include <math.h>

#include "fits.h"

void
rheo_rolling (int64_t n, const double *v, int size, gboolean median, int shift, double *to)
{
  g_autofree double *moved = n > size ? rheo_dup_moving (n, v, size, median) : NULL;

  for (int64_t i = 0; i < n; i++)
    to[i] = i >= shift && i - shift < n - size ? moved[i - shift + size - 1] : NAN;
}

void
rheo_rolling_among (int64_t n, const double *v, const double *counts, int size, double *to)
{
  double sum = 0, weight = 0;

  for (int64_t i = 0; i < n; i++)
    {
      to[i] = i >= size && weight > 0 ? sum / weight : NAN;
      sum += counts[i] * v[i];
      weight += counts[i];
      if (i >= size)
        {
          sum -= counts[i - size] * v[i - size];
          weight -= counts[i - size];
        }
    }
}
