#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "linalg.h"
#include "regular-moments.h"

#define LEAST 1e-12
#define MOST_Z 8.0

/* --- order -------------------------------------------------------------------------------------------------------- */
typedef struct
{
  double value;
  int place;
} Item;

static int
compare (const void *a, const void *b)
{
  const Item *x = a, *y = b;

  return x->value != y->value ? (x->value > y->value) - (x->value < y->value) : x->place - y->place;
}

static Item *
dup_sorted (int n, const double *value)
{
  Item *item = g_new (Item, n);

  for (int i = 0; i < n; i++)
    item[i] = (Item){ value[i], i };
  qsort (item, (size_t) n, sizeof *item, compare);
  return item;
}

/* --- inequality --------------------------------------------------------------------------------------------------- */

/* Mean of five distances between quantiles; share [n]: of each value in it. */
static double
range_of (int n, const double *v, double *share)
{
  static const double pairs[][2] = { { 0.1, 0.9 }, { 0.25, 0.75 }, { 0.4, 0.6 }, { 0.1, 0.6 }, { 0.4, 0.9 } };
  const double part = 1.0 / G_N_ELEMENTS (pairs);
  g_autofree Item *item = dup_sorted (n, v);
  double range = 0;

  for (int i = 0; i < n; i++)
    share[i] = 0;
  for (gsize k = 0; k < G_N_ELEMENTS (pairs); k++)
    {
      const Item *lo = &item[(int) rint (pairs[k][0] * (n - 1))], *hi = &item[(int) rint (pairs[k][1] * (n - 1))];

      range += part * (hi->value - lo->value);
      share[hi->place] += part;
      share[lo->place] -= part;
    }
  return range;
}

/* Concentration (Herfindahl) of the shares p; slope [n]: by the logarithm of each. */
static double
concentration (int n, const double *p, double *slope)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += p[i] * p[i];
  for (int i = 0; i < n; i++)
    slope[i] = 2.0 * n / (n - 1) * p[i] * (p[i] - sum);
  return (n * sum - 1) / (n - 1);
}

static double
gini (int n, const double *p, double *slope)
{
  g_autofree Item *item = dup_sorted (n, p);
  double index = 0;

  for (int k = 0; k < n; k++)
    {
      slope[item[k].place] = (2.0 * k - n + 1) / n;
      index += slope[item[k].place] * item[k].value;
    }
  for (int i = 0; i < n; i++)
    slope[i] = p[i] * (slope[i] - index);
  return index;
}

/* Adds lambda times the gradient to slope [n]. */
static double
inequality (int n, const double *v, int as, double lambda, double *slope)
{
  g_autofree double *share = g_new (double, n), *z = g_new (double, n), *p = g_new (double, n);
  g_autofree double *by_z = g_new (double, n);
  const double range = range_of (n, v, share);
  double mean = 0, sum = 0, index, by_mean = 0, by_range = 0;

  if (n < 2 || range < LEAST)
    return 0;
  for (int i = 0; i < n; i++)
    mean += v[i] / n;
  for (int i = 0; i < n; i++)
    {
      z[i] = (v[i] - mean) / range;
      p[i] = exp (CLAMP (z[i], -MOST_Z, MOST_Z));
      sum += p[i];
    }
  for (int i = 0; i < n; i++)
    p[i] /= sum;
  index = as == 1 ? gini (n, p, by_z) : concentration (n, p, by_z);
  for (int i = 0; i < n; i++)
    {
      by_z[i] = fabs (z[i]) < MOST_Z ? by_z[i] : 0;
      by_mean += by_z[i] / n;
      by_range += by_z[i] * z[i];
    }
  for (int i = 0; i < n; i++)
    slope[i] += lambda / range * (by_z[i] - by_mean - by_range * share[i]);
  return lambda * index;
}

/* --- summed inputs ------------------------------------------------------------------------------------------------ */

/* Adds what follows from slopes by the mean inputs of units [unit]. */
static void
through_weights (const RheoMoments *m, const double *slope, RheoMomentSlopes *s)
{
  for (int z = 0; z < m->n; z++)
    for (int i = 0; i < m->n_units; i++)
      {
        s->weight[z * m->n_units + i] += slope[i] * m->value[z];
        if (z < m->n_units)
          s->value[z] += slope[i] * m->weight[z * m->n_units + i];
      }
}

static double *
dup_mean_inputs (const RheoMoments *m)
{
  double *h = g_new0 (double, m->n_units);

  for (int z = 0; z < m->n; z++)
    for (int i = 0; i < m->n_units; i++)
      h[i] += m->value[z] * m->weight[z * m->n_units + i];
  return h;
}

static double
unequal_inputs (const RheoRegular *c, const RheoMoments *m, RheoMomentSlopes *s)
{
  g_autofree double *h = dup_mean_inputs (m), *slope = g_new0 (double, m->n_units);
  const double value = inequality (m->n_units, h, c->inequality_as, c->input_inequality, slope);

  through_weights (m, slope, s);
  return value;
}

static double
steady_inputs (const RheoRegular *c, const RheoMoments *m, RheoMomentSlopes *s)
{
  const int n = m->n, n_units = m->n_units;
  g_autofree double *h = dup_mean_inputs (m), *slope = g_new0 (double, n_units);
  g_autofree double *moved = g_new (double, (gsize) n *(gsize) n_units);
  double mean = 0, squares = 0, all = 0, between, by_square;

  /* Mean square of each unit's input: w' second w. */
  rheo_multiply (false, false, n, n_units, n, 1, m->second, m->weight, 0, moved);
  for (int i = 0; i < n_units; i++)
    {
      mean += h[i] / n_units;
      squares += h[i] * h[i] / n_units;
    }
  for (int k = 0; k < n * n_units; k++)
    all += m->weight[k] * moved[k] / n_units;
  between = squares - mean * mean;
  all -= mean * mean;
  if (all < LEAST)
    return 0;
  for (int i = 0; i < n_units; i++)
    slope[i] = 2 * c->steady / n_units * ((h[i] - mean) / all + between * mean / (all * all));
  by_square = -c->steady * between / (all * all * n_units);
  through_weights (m, slope, s);
  for (int k = 0; k < n * n_units; k++)
    s->weight[k] += 2 * by_square * moved[k];
  /* [z][unit]: weights of z times weights of the unit. */
  rheo_multiply (false, true, n, n_units, n_units, 2 * by_square, m->weight, m->weight, 1, s->product);
  return c->steady * between / all;
}

/* --- clusters ----------------------------------------------------------------------------------------------------- */
static double
softplus (double x, double sharpness, double *slope)
{
  const double y = sharpness * x;

  *slope = 1 / (1 + exp (-y));
  return (MAX (y, 0) + log1p (exp (-fabs (y)))) / sharpness;
}

/* High between near and far, low beside. */
static double
triangle (const RheoRegular *c, double x, double *slope)
{
  const double a = c->near, b = c->near + c->gap;
  double rise, flat, fall, whole, value;

  value = softplus (x / a, c->sharpness, &rise) - softplus ((x - a) / a, c->sharpness, &flat)
          - softplus ((x - a) / (b - a), c->sharpness, &fall);
  value = softplus (value, c->sharpness, &whole);
  *slope = whole * (rise / a - flat / a - fall / (b - a));
  return value;
}

static double
squared_distance (const RheoMoments *m, int i, int j)
{
  return m->second[i * m->n + i] + m->second[j * m->n + j] - 2 * m->second[i * m->n + j];
}

/* Units first .. first + n - 1. */
static double
cluster_class (const RheoRegular *c, const RheoMoments *m, int first, int n, RheoMomentSlopes *s)
{
  const int n_pairs = n * (n - 1) / 2;
  g_autofree double *distance = g_new (double, MAX (n_pairs, 1)), *slope = g_new (double, MAX (n_pairs, 1));
  g_autofree Item *item = NULL;
  double place, over, diameter, by_diameter = 0, value = 0;
  int below, k = 0;

  if (n_pairs == 0)
    return 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      distance[k++] = sqrt (MAX (squared_distance (m, first + i, first + j), LEAST));
  item = dup_sorted (n_pairs, distance);
  place = c->diameter * (n_pairs - 1);
  below = MIN ((int) place, MAX (n_pairs - 2, 0));
  over = n_pairs > 1 ? place - below : 0;
  diameter = item[below].value + (n_pairs > 1 ? over * (item[below + 1].value - item[below].value) : 0);
  for (k = 0; k < n_pairs; k++)
    {
      value += triangle (c, distance[k] / diameter, &slope[k]) / n_pairs;
      slope[k] *= c->clustering / (n_pairs * diameter);
      by_diameter -= slope[k] * distance[k] / diameter;
    }
  slope[item[below].place] += (1 - over) * by_diameter;
  if (n_pairs > 1)
    slope[item[below + 1].place] += over * by_diameter;
  k = 0;
  for (int i = first; i < first + n; i++)
    for (int j = first; j < i; j++, k++)
      {
        const double pull = distance[k] * distance[k] > LEAST ? slope[k] / distance[k] : 0;

        s->product[i * m->n_units + i] += pull;
        s->product[j * m->n_units + j] += pull;
        s->product[i * m->n_units + j] -= pull;
        s->product[j * m->n_units + i] -= pull;
      }
  return c->clustering * value;
}

static double
clusters (const RheoRegular *c, const RheoMoments *m, RheoMomentSlopes *s)
{
  double value = 0;

  for (int k = 0; k < m->n_classes; k++)
    {
      const int first = m->class_first != NULL ? m->class_first[k] : 0;

      value += cluster_class (c, m, first, (m->class_first != NULL ? m->class_first[k + 1] : m->n_units) - first, s);
    }
  return value;
}

/* --- tail --------------------------------------------------------------------------------------------------------- */
static double
tail_of_variance (const RheoRegular *c, const RheoMoments *m, RheoMomentSlopes *s)
{
  const int n = m->n_units, n_kept = MIN (c->kept, n);
  g_autofree double *covariance = g_new (double, (gsize) n *(gsize) n);
  g_autofree double *direction = g_new (double, (gsize) n *(gsize) n_kept), *variance = g_new (double, n_kept);
  double all = 0, kept = 0;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      covariance[i * n + j] = m->second[i * m->n + j] - m->value[i] * m->value[j];
  for (int i = 0; i < n; i++)
    all += covariance[i * n + i];
  if (n_kept == n || all < LEAST || !rheo_directions (n, covariance, n_kept, direction, variance))
    return 0;
  for (int k = 0; k < n_kept; k++)
    kept += variance[k];
  /* By the covariance; it is written over. */
  rheo_multiply (true, false, n, n, n_kept, -2 * c->tail / all, direction, direction, 0, covariance);
  for (int i = 0; i < n; i++)
    covariance[i * n + i] += 2 * c->tail * kept / (all * all);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      {
        s->product[j * n + i] += covariance[j * n + i];
        s->value[i] -= covariance[j * n + i] * m->value[j];
      }
  return c->tail * (1 - kept / all);
}

double
rheo_regular_measure (const RheoRegular *c, const RheoMoments *m, RheoMomentSlopes *s)
{
  double value = 0;

  if (c->rate_inequality > 0)
    value += inequality (m->n_units, m->size, c->inequality_as, c->rate_inequality, s->size);
  if (c->input_inequality > 0)
    value += unequal_inputs (c, m, s);
  if (c->steady > 0)
    value += steady_inputs (c, m, s);
  if (c->clustering > 0)
    value += clusters (c, m, s);
  if (c->tail > 0)
    value += tail_of_variance (c, m, s);
  return value;
}
