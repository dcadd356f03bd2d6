#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "lqr.h"

#include <math.h>
#include <string.h>

#include "linalg.h"

#define MAX_N 8
#define MAX_ITERATIONS 100000
#define TOLERANCE 1e-12

/* P <- Q + A' P A - (A' P b) (b' P A) / (r + b' P b); gain = b' P A / (r + b' P b). */
gboolean
rheo_lqr (int n, const double *a, const double *b, const double *q, double r, double *gain)
{
  double p[MAX_N * MAX_N], pa[MAX_N * MAX_N], pb[MAX_N], next[MAX_N * MAX_N];

  g_return_val_if_fail (n >= 1 && n <= MAX_N && r > 0, FALSE);
  memcpy (p, q, sizeof *q * (gsize) (n * n));
  for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++)
    {
      double weight, moved = 0, size = 0;

      rheo_multiply (false, false, n, n, n, 1, p, a, 0, pa);
      rheo_multiply (false, false, n, 1, n, 1, p, b, 0, pb);
      rheo_multiply (true, false, 1, 1, n, 1, b, pb, 0, &weight);
      weight += r;
      rheo_multiply (true, false, 1, n, n, 1 / weight, pb, a, 0, gain);
      memcpy (next, q, sizeof *q * (gsize) (n * n));
      rheo_multiply (true, false, n, n, n, 1, a, pa, 1, next);
      rheo_multiply (true, false, n, n, 1, -weight, gain, gain, 1, next);
      /* Made symmetric: what rounding leaves of the other part would grow with the unstable directions of a. */
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
          {
            const double mean = (next[i * n + j] + next[j * n + i]) / 2;

            moved = MAX (moved, fabs (mean - p[i * n + j]));
            size = MAX (size, fabs (mean));
            p[i * n + j] = mean;
          }
      if (!isfinite (size))
        return FALSE;
      if (moved <= TOLERANCE * size)
        return TRUE;
    }
  return FALSE;
}
