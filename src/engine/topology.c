#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "topology.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

#define MIN_POINTS 8
#define MIN_SHARE 0.8  /* neighbours must tell so much */
#define WIDEST_GAP 0.2 /* of the way around, in a ring */

static double
distance (int n, const double *a, const double *b)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

/* One minus the squared distances of points from where their neighbours in order would have them, as share of all. */
static double
told_share (int m, int n, const double *x, const double *mean, const int *order, gboolean closed)
{
  double missed = 0, all = 0;

  for (int k = 0; k < m; k++)
    {
      const double *at = x + (gsize) order[k] * (gsize) n;
      const int before = order[(k + m - 1) % m], after = order[(k + 1) % m];
      const double *a = x + (gsize) before * (gsize) n, *b = x + (gsize) after * (gsize) n;
      const double to_a = distance (n, at, a), to_b = distance (n, at, b);
      const double share = to_a + to_b > 0 ? to_a / (to_a + to_b) : 0.5;

      all += pow (distance (n, at, mean), 2);
      for (int i = 0; (closed || (k > 0 && k < m - 1)) && i < n; i++)
        missed += pow (at[i] - (1 - share) * a[i] - share * b[i], 2);
    }
  return all > 0 ? 1 - missed / all : 0;
}

static int
compare (const void *a, const void *b, void *data)
{
  const double *key = data, one = key[*(const int *) a], other = key[*(const int *) b];

  return (one > other) - (one < other);
}

static void
sort_by (int m, const double *key, int *order)
{
  for (int k = 0; k < m; k++)
    order[k] = k;
  g_qsort_with_data (order, m, sizeof *order, compare, (void *) key);
}

/* Order around the middle, beginning behind the widest gap, which is returned as share of the way around. */
static double
sort_around (int m, int n, const double *x, const double *angle, int *order)
{
  g_autofree int *sorted = g_new (int, m);
  double widest = -1, way = 0;
  int first = 0;

  sort_by (m, angle, sorted);
  for (int k = 0; k < m; k++)
    {
      const int before = sorted[(k + m - 1) % m];
      const double gap = distance (n, x + (gsize) sorted[k] * (gsize) n, x + (gsize) before * (gsize) n);

      way += gap;
      if (gap > widest)
        {
          widest = gap;
          first = k;
        }
    }
  for (int k = 0; k < m; k++)
    order[k] = sorted[(first + k) % m];
  return way > 0 ? widest / way : 1;
}

/* The straight order or the one around, whichever tells more. The plane is scaled so that an ellipse becomes a circle. */
static void
find_shape (RheoCloud *cloud, int m, int n, const double *x, const double *mean, const double *variance)
{
  g_autofree double *first = g_new (double, m), *angle = g_new (double, m);
  g_autofree int *straight = g_new (int, m), *around = g_new (int, m);
  const int *best = straight;
  double share_around;
  gboolean closed;

  for (int k = 0; k < m; k++)
    {
      double place[2] = { 0 };

      for (int d = 0; d < 2; d++)
        for (int i = 0; i < n; i++)
          place[d] +=
              (x[(gsize) k * (gsize) n + (gsize) i] - mean[i]) * cloud->plane[(gsize) d * (gsize) n + (gsize) i];
      first[k] = place[0];
      angle[k] = atan2 (variance[1] > 0 ? place[1] * sqrt (variance[0] / variance[1]) : 0, place[0]);
    }
  sort_by (m, first, straight);
  closed = sort_around (m, n, x, angle, around) <= WIDEST_GAP;
  cloud->share = told_share (m, n, x, mean, straight, FALSE);
  share_around = told_share (m, n, x, mean, around, closed);
  if (share_around > cloud->share)
    {
      cloud->share = share_around;
      best = around;
    }
  if (cloud->share >= MIN_SHARE)
    cloud->kind = best == around && closed ? RHEO_SHAPE_RING : RHEO_SHAPE_LINE;
  for (int k = 0; k < m; k++)
    cloud->along[best[k]] = (double) k / (best == around && closed ? m : m - 1);
}

void
rheo_cloud_init (RheoCloud *cloud, int n_points, int n, const double *x)
{
  g_autofree double *mean = g_new (double, n);
  double variance[2];

  *cloud = (RheoCloud){ .along = g_new0 (double, MAX (n_points, 1)), .plane = g_new0 (double, 2 * (gsize) n) };
  if (n_points >= MIN_POINTS && n >= 2 && rheo_principal (n_points, n, x, 2, mean, cloud->plane, variance))
    find_shape (cloud, n_points, n, x, mean, variance);
}

void
rheo_cloud_clear (RheoCloud *cloud)
{
  g_clear_pointer (&cloud->along, g_free);
  g_clear_pointer (&cloud->plane, g_free);
}

double
rheo_cloud_angle (const RheoCloud *cloud, int n, const double *direction)
{
  double along[2] = { 0 }, length = 0;

  for (int i = 0; i < n; i++)
    {
      along[0] += cloud->plane[i] * direction[i];
      along[1] += cloud->plane[n + i] * direction[i];
      length += direction[i] * direction[i];
    }
  return length > 0 ? acos (MIN (hypot (along[0], along[1]) / sqrt (length), 1)) * 180 / G_PI : 90;
}

void
rheo_cloud_angles (const RheoCloud *cloud, int n, int m, const double *direction, double *angle)
{
  g_autofree double *basis = g_memdup2 (direction, sizeof *direction * (gsize) m * (gsize) n);
  double square[3] = { 0 }, middle, half;

  /* Gram and Schmidt; what the plane has of each direction goes into the products of its own two. */
  for (int k = 0; k < m; k++)
    {
      double *b = basis + (gsize) k * (gsize) n, length = 0, was = 0, part[2] = { 0 };

      for (int i = 0; i < n; i++)
        was += b[i] * b[i];
      for (int pass = 0; pass < 2; pass++)
        for (int before = 0; before < k; before++)
          {
            const double *other = basis + (gsize) before * (gsize) n;
            double along = 0;

            for (int i = 0; i < n; i++)
              along += b[i] * other[i];
            for (int i = 0; i < n; i++)
              b[i] -= along * other[i];
          }
      for (int i = 0; i < n; i++)
        length += b[i] * b[i];
      length = length > 1e-20 * was ? sqrt (length) : INFINITY;
      for (int i = 0; i < n; i++)
        {
          b[i] /= length;
          part[0] += b[i] * cloud->plane[i];
          part[1] += b[i] * cloud->plane[n + i];
        }
      square[0] += part[0] * part[0];
      square[1] += part[0] * part[1];
      square[2] += part[1] * part[1];
    }
  middle = (square[0] + square[2]) / 2;
  half = hypot ((square[0] - square[2]) / 2, square[1]);
  angle[0] = acos (sqrt (CLAMP (middle + half, 0, 1))) * 180 / G_PI;
  angle[1] = acos (sqrt (CLAMP (middle - half, 0, 1))) * 180 / G_PI;
}
