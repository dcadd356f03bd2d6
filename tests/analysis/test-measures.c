/* Known answers of the measures that training and analyses share. */
#include "config.h"

#include <glib.h>
#include <math.h>

#include "engine/linalg.h"
#include "engine/spike-measures.h"

static void
test_branching (void)
{
  const int32_t doubling[] = { 1, 2, 4, 8, 16 };
  const int32_t gap[] = { 2, 4, 0, 6, 3, 6 };
  const int32_t empty[] = { 0, 0, 0 };

  g_assert_cmpfloat (rheo_branching (5, doubling, 1, false), ==, 2);
  g_assert_cmpfloat (rheo_branching (5, doubling, 2, false), ==, 4);
  g_assert_cmpfloat (rheo_branching (5, doubling, 1, true), ==, 2);
  /* 4/2, 0/4, then 3/6 and 6/3 after the empty step. */
  g_assert_cmpfloat (rheo_branching (6, gap, 1, false), ==, (2 + 0 + 0.5 + 2) / 4);
  g_assert_cmpfloat (rheo_branching (6, gap, 1, true), ==, 1);
  g_assert_true (isnan (rheo_branching (3, empty, 1, false)));
  g_assert_true (isnan (rheo_branching (3, empty, 1, true)));
}

static void
test_branching_last_step (void)
{
  const int32_t active[] = { 1, 1, 9 };

  g_assert_cmpfloat (rheo_branching (3, active, 1, false), ==, 5);
  g_assert_cmpfloat (rheo_branching (3, active, 1, true), ==, 1);
}

static void
test_fano (void)
{
  const int32_t equal[] = { 3, 3, 3 }, some[] = { 0, 2, 4 }, silent[] = { 0, 0, 0 };

  g_assert_cmpfloat (rheo_fano (3, equal), ==, 0);
  g_assert_cmpfloat (rheo_fano (3, some), ==, 2);
  g_assert_cmpfloat (rheo_fano (3, silent), ==, 0);
  g_assert_cmpint (rheo_fano_windows (30, 10), ==, 3);
  g_assert_cmpint (rheo_fano_windows (26, 10), ==, 3);
  g_assert_cmpint (rheo_fano_windows (25, 10), ==, 2);
  g_assert_cmpint (rheo_fano_windows (35, 10), ==, 4);
}

/* Counts of independent units that fire with probability p are binomial: variance over mean is 1 - p. */
static void
test_fano_binomial (void)
{
  enum
  {
    N = 20000
  };
  g_autofree int32_t *count = g_new0 (int32_t, N);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int i = 0; i < N; i++)
    for (int t = 0; t < 10; t++)
      count[i] += g_rand_double (rand) < 0.3;
  /* The standard error of a variance ratio is about sqrt (2 / N) = 0.01. */
  g_assert_cmpfloat_with_epsilon (rheo_fano (N, count), 0.7, 0.03);
}

static void
test_eigenvalues (void)
{
  double rotation[] = { 0, -2, 2, 0 }, triangle[] = { 3, 0, 0, 5, -4, 0, 7, 1, 2 }, broken[] = { 1, NAN, 0, 1 };
  double re[3], im[3], radius = 0;

  g_assert_true (rheo_eigenvalues (2, rotation, re, im));
  g_assert_cmpfloat_with_epsilon (re[0], 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (fabs (im[0]), 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (im[0] + im[1], 0, 1e-12);
  g_assert_true (rheo_eigenvalues (3, triangle, re, im));
  for (int i = 0; i < 3; i++)
    radius = MAX (radius, hypot (re[i], im[i]));
  g_assert_cmpfloat_with_epsilon (radius, 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (re[0] + re[1] + re[2], 1, 1e-12);
  g_assert_false (rheo_eigenvalues (2, broken, re, im));
}

/* Mean 5, sd sqrt (32 / 7), n 8; the 97.5 % quantile of Student's t with 7 degrees of freedom is 2.364624. */
static void
test_interval (void)
{
  const double value[] = { 2, 4, 4, NAN, 4, 5, 5, 7, 9 }, one[] = { 3, NAN };
  double mean, lo, hi;

  g_assert_cmpint (rheo_mean_interval (value, 9, &mean, &lo, &hi), ==, 8);
  g_assert_cmpfloat (mean, ==, 5);
  g_assert_cmpfloat_with_epsilon (hi - mean, 2.364624 * sqrt (32.0 / 7 / 8), 1e-5);
  g_assert_cmpfloat_with_epsilon (mean - lo, hi - mean, 1e-12);
  g_assert_cmpint (rheo_mean_interval (one, 2, &mean, &lo, &hi), ==, 1);
  g_assert_cmpfloat (mean, ==, 3);
  g_assert_true (isnan (lo) && isnan (hi));
  g_assert_cmpint (rheo_mean_interval (one, 0, &mean, &lo, &hi), ==, 0);
  g_assert_true (isnan (mean));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/measures/branching", test_branching);
  g_test_add_func ("/measures/branching-last-step", test_branching_last_step);
  g_test_add_func ("/measures/fano", test_fano);
  g_test_add_func ("/measures/fano-binomial", test_fano_binomial);
  g_test_add_func ("/measures/eigenvalues", test_eigenvalues);
  g_test_add_func ("/measures/interval", test_interval);
  return g_test_run ();
}
