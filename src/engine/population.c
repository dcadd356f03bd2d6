#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "population.h"

#include <glib.h>
#include <math.h>
#include <string.h>

double
rheo_participation_ratio (int n, const double *covariance)
{
  double trace = 0, squares = 0;

  for (int i = 0; i < n; i++)
    {
      trace += covariance[(size_t) i * (size_t) n + (size_t) i];
      for (int j = 0; j < n; j++)
        squares += covariance[(size_t) i * (size_t) n + (size_t) j] * covariance[(size_t) i * (size_t) n + (size_t) j];
    }
  return squares > 0 ? trace * trace / squares : NAN;
}

static int
compare (const void *a, const void *b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

double
rheo_participation (int64_t n, float *value)
{
  double mean = 0, squares = 0, at = 0.9 * (double) (n - 1);
  const int64_t k = (int64_t) at;

  if (n == 0)
    return NAN;
  for (int64_t i = 0; i < n; i++)
    mean += (double) value[i] / (double) n;
  for (int64_t i = 0; i < n; i++)
    {
      squares += ((double) value[i] - mean) * ((double) value[i] - mean);
      value[i] = fabsf (value[i]);
    }
  qsort (value, (size_t) n, sizeof *value, compare);
  at -= (double) k;
  return sqrt (squares / (double) n) + (1 - at) * (double) value[k] + at * (double) value[MIN (k + 1, n - 1)];
}

/* --- clusters ----------------------------------------------------------------------------------------------------- */
static double
distance2 (int n_dims, const double *a, const double *b)
{
  double sum = 0;

  for (int d = 0; d < n_dims; d++)
    sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

/* Each further seed is a point drawn with its squared distance to the nearest of those before. */
static void
choose_seeds (int n, int n_dims, const double *point, int k, RheoRng rng, double *centre)
{
  g_autofree double *nearest = g_new (double, n);

  for (int i = 0; i < n; i++)
    nearest[i] = 1;
  for (int c = 0; c < k; c++)
    {
      double sum = 0, left;
      int chosen = n - 1;

      for (int i = 0; i < n; i++)
        sum += nearest[i];
      left = sum * rheo_rng_uniform (rng, 0, (uint32_t) c);
      for (int i = 0; i < n; i++)
        {
          left -= nearest[i];
          if (left > 0 || nearest[i] == 0)
            continue;
          chosen = i;
          break;
        }
      memcpy (centre + (size_t) c * (size_t) n_dims, point + (size_t) chosen * (size_t) n_dims,
              sizeof *centre * (size_t) n_dims);
      for (int i = 0; i < n; i++)
        {
          const double far =
              distance2 (n_dims, point + (size_t) i * (size_t) n_dims, centre + (size_t) c * (size_t) n_dims);

          nearest[i] = c == 0 ? far : MIN (nearest[i], far);
        }
    }
}

/* TRUE: some point has another cluster than before. */
static bool
assign (int n, int n_dims, const double *point, int k, const double *centre, int *cluster, double *sum)
{
  bool changed = false;

  *sum = 0;
  for (int i = 0; i < n; i++)
    {
      double best = INFINITY;
      int at = 0;

      for (int c = 0; c < k; c++)
        {
          const double far =
              distance2 (n_dims, point + (size_t) i * (size_t) n_dims, centre + (size_t) c * (size_t) n_dims);

          if (far < best)
            {
              best = far;
              at = c;
            }
        }
      changed = changed || cluster[i] != at;
      cluster[i] = at;
      *sum += best;
    }
  return changed;
}

/* A cluster that lost all its points keeps its centre. */
static void
move_centres (int n, int n_dims, const double *point, int k, const int *cluster, double *centre)
{
  for (int c = 0; c < k; c++)
    {
      double *to = centre + (size_t) c * (size_t) n_dims;
      int size = 0;

      for (int i = 0; i < n; i++)
        size += cluster[i] == c;
      if (size == 0)
        continue;
      memset (to, 0, sizeof *to * (size_t) n_dims);
      for (int i = 0; i < n; i++)
        for (int d = 0; cluster[i] == c && d < n_dims; d++)
          to[d] += point[(size_t) i * (size_t) n_dims + (size_t) d] / size;
    }
}

static void
number_by_size (int n, int k, int *cluster)
{
  g_autofree int *size = g_new0 (int, k), *rank = g_new0 (int, k);

  for (int i = 0; i < n; i++)
    size[cluster[i]]++;
  for (int c = 0; c < k; c++)
    for (int other = 0; other < k; other++)
      rank[c] += size[other] > size[c] || (size[other] == size[c] && other < c);
  for (int i = 0; i < n; i++)
    cluster[i] = rank[cluster[i]];
}

double
rheo_cluster (int n, int n_dims, const double *point, int k, int n_tries, RheoRng rng, int *cluster)
{
  g_autofree double *centre = g_new (double, (size_t) k *(size_t) n_dims);
  g_autofree int *found = g_new (int, n);
  double best = INFINITY;

  for (int try = 0; try < n_tries; try++)
    {
      double sum = 0;

      rng.item = (uint32_t) try;
      choose_seeds (n, n_dims, point, k, rng, centre);
      for (int i = 0; i < n; i++)
        found[i] = -1;
      for (int step = 0; step < 1000 && assign (n, n_dims, point, k, centre, found, &sum); step++)
        move_centres (n, n_dims, point, k, found, centre);
      if (!(sum < best))
        continue;
      best = sum;
      memcpy (cluster, found, sizeof *cluster * (size_t) n);
    }
  number_by_size (n, k, cluster);
  return best;
}

double
rheo_silhouette (int n, int n_dims, const double *point, const int *cluster)
{
  int k = 0;
  double total = 0;
  g_autofree double *sum = NULL;
  g_autofree int *size = NULL;

  for (int i = 0; i < n; i++)
    k = MAX (k, cluster[i] + 1);
  if (k < 2)
    return NAN;
  sum = g_new (double, k);
  size = g_new0 (int, k);
  for (int i = 0; i < n; i++)
    size[cluster[i]]++;
  for (int i = 0; i < n; i++)
    {
      double own, other = INFINITY;

      memset (sum, 0, sizeof *sum * (size_t) k);
      for (int j = 0; j < n; j++)
        sum[cluster[j]] +=
            sqrt (distance2 (n_dims, point + (size_t) i * (size_t) n_dims, point + (size_t) j * (size_t) n_dims));
      /* A point that is alone counts as 0. */
      if (size[cluster[i]] < 2)
        continue;
      own = sum[cluster[i]] / (size[cluster[i]] - 1);
      for (int c = 0; c < k; c++)
        if (c != cluster[i] && size[c] > 0)
          other = MIN (other, sum[c] / size[c]);
      if (MAX (own, other) > 0 && isfinite (other))
        total += (other - own) / MAX (own, other);
    }
  return total / n;
}
