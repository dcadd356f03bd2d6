#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-measures.h"

#include <math.h>

double
rheo_branching (int n_steps, const int32_t *active, int lag, bool truncated)
{
  int end = truncated ? n_steps - 1 - lag : n_steps - lag, n = 0;
  double sum = 0;

  for (int t = 0; t < end; t++)
    {
      if (active[t] > 0)
        {
          sum += (double) active[t + lag] / active[t];
          n++;
        }
      else if (truncated)
        break;
    }
  return n > 0 ? sum / n : NAN;
}

int
rheo_fano_windows (int n_steps, int window)
{
  return (int) rint ((double) n_steps / window);
}

double
rheo_fano (int n_units, const int32_t *count)
{
  double sum = 0, squares = 0, mean;

  for (int i = 0; i < n_units; i++)
    sum += count[i];
  if (sum == 0 || n_units < 2)
    return 0;
  mean = sum / n_units;
  for (int i = 0; i < n_units; i++)
    squares += (count[i] - mean) * (count[i] - mean);
  return squares / (n_units - 1) / mean;
}
