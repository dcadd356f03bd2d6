/* Order, densities and logarithms of many numbers. */
#include "config.h"

#include <stdlib.h>

#include "plot/plot-kind.h"
#include "random-numbers.h"

static int
compare_floats (const void *a, const void *b)
{
  float p = *(const float *) a, q = *(const float *) b;

  return p < q ? -1 : p > q;
}

static void
test_quantiles (void)
{
  static const double p[] = { 0, 0.01, 0.25, 0.5, 0.75, 0.99, 1 };
  static const int sizes[] = { 1, 2, 3, 10, 1001, 50000 };

  for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int kind = 0; kind < 3; kind++)
      {
        int n = sizes[k];
        g_autofree float *v = g_new (float, n), *sorted = NULL;
        double q[G_N_ELEMENTS (p)];

        for (int i = 0; i < n; i++)
          v[i] = (float) (kind == 0 ? normal () : kind == 1 ? -3 : exp (8 * normal ()) * (uniform () < 0.5 ? -1 : 1));
        sorted = g_memdup2 (v, sizeof *v * n);
        qsort (sorted, n, sizeof *sorted, compare_floats);
        rheo_plot_quantiles (v, n, p, G_N_ELEMENTS (p), q);
        for (gsize i = 0; i < G_N_ELEMENTS (p); i++)
          {
            double at = p[i] * (n - 1), f = at - floor (at);
            double want = sorted[(int) at] + (f > 0 ? f * ((double) sorted[(int) at + 1] - sorted[(int) at]) : 0);

            g_assert_cmpfloat_with_epsilon (q[i], want, 1e-6 * fabs (want) + 1e-12);
          }
      }
}

/* Zeros that are not there count as if they were. */
static void
test_zeros (void)
{
  static const double p[] = { 0, 0.2, 0.5, 0.7071, 0.99, 1 };
  static const int n_zeros[] = { 0, 1, 700, 5000 }, n_others[] = { 0, 1, 1001 };

  for (gsize i = 0; i < G_N_ELEMENTS (n_zeros); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (n_others); k++)
      {
        const int n = n_zeros[i] + n_others[k];
        g_autofree float *v = g_new0 (float, MAX (n, 1));
        double q[G_N_ELEMENTS (p)];

        for (int j = 0; j < n_others[k]; j++)
          v[j] = (float) (0.001 + uniform ());
        rheo_plot_quantiles (v, n, p, G_N_ELEMENTS (p), q);
        for (gsize j = 0; j < G_N_ELEMENTS (p); j++)
          {
            const double found = rheo_plot_quantile_beside_zeros (v, n_others[k], n_zeros[i], p[j]);

            g_assert_true (n == 0 ? isnan (found) && isnan (q[j]) : fabs (found - q[j]) <= 1e-9);
          }
      }
}

static double
transformed (RheoTransform transform, double x)
{
  return transform == RHEO_TRANSFORM_LOG1P_ABS   ? log1p (fabs (x))
         : transform == RHEO_TRANSFORM_LOG10_ABS ? log10 (fabs (x))
         : transform == RHEO_TRANSFORM_ABS       ? fabs (x)
                                                 : x;
}

/* In the order in which they stand, as exact as a float, whatever is left out on the way. */
static void
test_gather (void)
{
  const int64_t n = 7000, n_less = 5000;
  g_autoptr (RheoTable) table = rheo_table_new ("t");
  RheoColumn *a = rheo_table_add (table, "a", "", "", "i", RHEO_F32, &n);
  RheoColumn *b = rheo_table_add (table, "b", "", "", "k", RHEO_F32, &n_less);
  RheoColumn *wide = rheo_table_add (table, "wide", "", "", "i", RHEO_F64, &n);

  for (int64_t i = 0; i < n; i++)
    {
      float x = (float) (exp (20 * normal ()) * (uniform () < 0.5 ? -1 : 1));

      /* Stretches without zeros, of zeros alone, and mixed ones; what is no number; what is as small as it can be. */
      x = i >= 2000 && i < 5000 && (i > 4200 || uniform () < 0.8) ? 0 : x;
      x = i % 997 == 5 ? NAN : i % 997 == 6 ? -INFINITY : i % 997 == 7 ? 3e-42F : i % 997 == 8 ? G_MAXFLOAT : x;
      ((float *) a->data)[i] = x;
      ((double *) wide->data)[i] = x;
    }
  for (int64_t i = 0; i < n_less; i++)
    ((float *) b->data)[i] = (float) normal ();
  for (int transform = RHEO_TRANSFORM_NONE; transform <= RHEO_TRANSFORM_ABS; transform++)
    for (int how = 0; how < 8; how++)
      {
        const gboolean skip = (how & 1) != 0 || transform == RHEO_TRANSFORM_LOG10_ABS, less = (how & 2) != 0;
        int64_t n_found, k = 0;
        g_autofree float *v =
            rheo_plot_gather (how & 4 ? wide : a, less ? b : NULL, transform, (how & 1) != 0, &n_found);

        for (int64_t i = 0; i < n; i++)
          {
            const float x = ((float *) a->data)[i] - (less && i < n_less ? ((float *) b->data)[i] : 0);
            const double want = transformed (transform, x);

            if (!(fabsf (x) <= G_MAXFLOAT) || (skip && x == 0))
              continue;
            g_assert_cmpint (k, <, n_found);
            g_assert_cmpfloat_with_epsilon (v[k++], want, 3e-7 * fabs (want) + (fabs (want) < 1 ? 1e-8 : 0));
          }
        g_assert_cmpint (k, ==, n_found);
      }
}

static void
test_density (void)
{
  enum
  {
    N = 2000,
    GRID = 60
  };
  g_autofree float *v = g_new (float, N);
  static const double quarters[] = { 0.25, 0.75 };
  double d[GRID], q[2], h, most = 0, area = 0;

  for (int i = 0; i < N; i++)
    v[i] = (float) (2 + 0.5 * normal ());
  rheo_plot_quantiles (v, N, quarters, 2, q);
  h = rheo_plot_density (v, N, q, FALSE, 0, 4, GRID, d);
  for (int g = 0; g < GRID; g++)
    most = MAX (most, d[g]);
  for (int g = 0; g < GRID; g++)
    {
      double at = 4.0 * g / (GRID - 1), exact = 0;

      for (int i = 0; i < N; i++)
        exact += exp (-0.5 * (v[i] - at) * (v[i] - at) / (h * h));
      exact /= N * h * sqrt (2 * G_PI);
      g_assert_cmpfloat_with_epsilon (d[g], exact, 1e-3 * most);
      area += d[g] * 4.0 / (GRID - 1);
    }
  g_assert_cmpfloat_with_epsilon (area, 1, 0.01);

  /* Reflected at zero: nothing below, and nothing lost. */
  area = 0;
  for (int i = 0; i < N; i++)
    v[i] = (float) fabs (0.5 * normal ());
  rheo_plot_quantiles (v, N, quarters, 2, q);
  rheo_plot_density (v, N, q, TRUE, 0, 3, GRID, d);
  for (int g = 0; g < GRID; g++)
    area += d[g] * (g == 0 || g == GRID - 1 ? 0.5 : 1) * 3.0 / (GRID - 1);
  g_assert_cmpfloat_with_epsilon (area, 1, 0.02);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/quantiles", test_quantiles);
  g_test_add_func ("/plot/zeros", test_zeros);
  g_test_add_func ("/plot/gather", test_gather);
  g_test_add_func ("/plot/density", test_density);
  return g_test_run ();
}
