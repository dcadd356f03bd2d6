#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "bumps.h"

#include <math.h>

void
rheo_bumps (double x, double range, int n, double width, RheoReal *code)
{
  const double inside = x < -range ? -range : x > range ? range : x;

  for (int k = 0; k < n; k++)
    {
      const double away = (inside + range - 2 * range * k / (n - 1)) / width;

      code[k] = (RheoReal) exp (-away * away / 2);
    }
}
