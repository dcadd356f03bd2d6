#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "confusions.h"

#include <math.h>

void
rheo_confusions_judge (const double *count, int n, double *trials, double *recall, double *precision)
{
  for (int k = 0; k < n; k++)
    {
      const double right = count[k * n + k];
      double taken = 0;

      trials[k] = 0;
      for (int j = 0; j < n; j++)
        {
          trials[k] += count[k * n + j];
          taken += count[j * n + k];
        }
      recall[k] = trials[k] > 0 ? right / trials[k] : NAN;
      precision[k] = taken > 0 ? right / taken : NAN;
    }
}

static int
by_count (gconstpointer a, gconstpointer b)
{
  const RheoConfusion *p = a, *q = b;

  if (p->n < q->n || p->n > q->n)
    return p->n < q->n ? 1 : -1;
  if (p->share < q->share || p->share > q->share)
    return p->share < q->share ? 1 : -1;
  return p->of != q->of ? p->of - q->of : p->as - q->as;
}

GArray *
rheo_confusions_find (const double *count, int n)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (RheoConfusion));

  for (int k = 0; k < n; k++)
    {
      double trials = 0;

      for (int j = 0; j < n; j++)
        trials += count[k * n + j];
      for (int j = 0; j < n; j++)
        if (j != k && count[k * n + j] > 0)
          {
            const RheoConfusion pair = { k, j, count[k * n + j], count[k * n + j] / trials };

            g_array_append_val (found, pair);
          }
    }
  g_array_sort (found, by_count);
  return found;
}
