#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine/last.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

double *
rheo_last_keep (RheoNet *net, const char *name, const char *label)
{
  const int64_t n = RHEO_LAST;

  if (rheo_net_find_array (net, name) == NULL)
    rheo_net_array (net, name, label, "", "number", RHEO_F64, RHEO_USE_KEEP, &n);
  return rheo_net_find_array (net, name)->data;
}

double
rheo_last_mean (const double *ring, int64_t n_done)
{
  const int64_t n = MIN (n_done, RHEO_LAST);
  double sum = 0;

  for (int64_t i = 0; i < n; i++)
    sum += ring[i];
  return n > 0 ? sum / (double) n : NAN;
}

double
rheo_last_median (const double *ring, int64_t n_done, int n)
{
  double last[RHEO_LAST];

  n = (int) MIN (MIN (n, RHEO_LAST), n_done);
  if (n <= 0)
    return NAN;
  for (int i = 0; i < n; i++)
    last[i] = ring[(n_done - 1 - i) % RHEO_LAST];
  return gsl_stats_median (last, 1, (size_t) n);
}
