/* Ridge regression: against its closed form, the normal equations solved otherwise, and weights in place of forgetting. */
#include <math.h>
#include <string.h>

#include "engine/linalg.h"
#include "engine/ridge.h"

#define NEAR (sizeof (RheoReal) == 8 ? 1e-10 : 2e-5)

static const RheoRng rng = { 7, RHEO_STREAM_RULE, 0, 0 };

/* x is 1 in two of six steps, y is 3 and 6 there, and 1 elsewhere. About the means 1/3 and 13/6: the sum of x y is 14/3,
 * that of x x is 4/3, so W = (14/3) / (lambda + 4/3), and b = 13/6 - W / 3. */
static void
test_one (void)
{
  double xx[4] = { 0 }, xy[2] = { 0 };
  RheoRidge ridge = { 1, 1, xx, xy };
  const RheoReal y[] = { 3, 6, 1, 1, 1, 1 };
  const int32_t active = 0;

  for (int t = 0; t < 6; t++)
    rheo_ridge_add_active (&ridge, t < 2, &active, &y[t], 1);
  for (double lambda = 0.5; lambda < 10; lambda *= 4)
    {
      const double wanted = 14.0 / 3 / (lambda + 4.0 / 3);
      RheoReal w = 0, bias = 0;

      g_assert_true (rheo_ridge_solve (&ridge, lambda, &w, 1, &bias));
      g_assert_cmpfloat_with_epsilon (w, wanted, NEAR);
      g_assert_cmpfloat_with_epsilon (bias, 13.0 / 6 - wanted / 3, NEAR);
    }
}

#define N_X 5
#define N_Y 3
#define N_STEPS 40
#define STRIDE 4

static int
draw_step (int t, int32_t active[N_X], RheoReal y[N_Y])
{
  int n = 0;

  for (int i = 0; i < N_X; i++)
    if (rheo_rng_uniform (rng, 1, (uint32_t) (t * N_X + i)) < 0.4)
      active[n++] = i;
  for (int k = 0; k < N_Y; k++)
    y[k] = (RheoReal) rheo_rng_normal (rng, 2, (uint32_t) (t * N_Y + k));
  return n;
}

static double
weight_of (int t)
{
  return 0.5 + t % 3;
}

/* Sums made without the block, solved for each output by Gauss's elimination. */
static void
test_normal_equations (void)
{
  double xx[(N_X + 1) * (N_X + 1)] = { 0 }, xy[(N_X + 1) * N_Y] = { 0 };
  double a[N_X + 1][N_X + 1] = { { 0 } }, b[N_Y][N_X + 1] = { { 0 } };
  RheoRidge ridge = { N_X, N_Y, xx, xy };
  RheoReal w[N_X][STRIDE], bias[N_Y];

  for (int t = 0; t < N_STEPS; t++)
    {
      int32_t active[N_X];
      RheoReal y[N_Y];
      double x[N_X + 1] = { [N_X] = 1 };
      const int n = draw_step (t, active, y);

      rheo_ridge_add_active (&ridge, n, active, y, weight_of (t));
      for (int k = 0; k < n; k++)
        x[active[k]] = 1;
      for (int i = 0; i <= N_X; i++)
        {
          for (int j = 0; j <= N_X; j++)
            a[i][j] += weight_of (t) * x[i] * x[j];
          for (int k = 0; k < N_Y; k++)
            b[k][i] += weight_of (t) * x[i] * (double) y[k];
        }
    }
  for (int i = 0; i < N_X; i++)
    {
      a[i][i] += 0.3;
      w[i][STRIDE - 1] = 99;
    }
  g_assert_true (rheo_ridge_solve (&ridge, 0.3, &w[0][0], STRIDE, bias));
  for (int k = 0; k < N_Y; k++)
    {
      double copy[N_X + 1][N_X + 1];

      memcpy (copy, a, sizeof a);
      g_assert_true (rheo_solve (N_X + 1, &copy[0][0], b[k]));
      for (int i = 0; i < N_X; i++)
        g_assert_cmpfloat_with_epsilon (w[i][k], b[k][i], NEAR);
      g_assert_cmpfloat_with_epsilon (bias[k], b[k][N_X], NEAR);
    }
  for (int i = 0; i < N_X; i++) /* what lies beyond the outputs is left alone */
    g_assert_cmpfloat (w[i][STRIDE - 1], ==, 99);
}

/* What is forgotten by half counts as if its weights had been half. */
static void
test_forget (void)
{
  double xx[2][(N_X + 1) * (N_X + 1)] = { { 0 } }, xy[2][(N_X + 1) * N_Y] = { { 0 } };
  RheoRidge forgetting = { N_X, N_Y, xx[0], xy[0] }, weighted = { N_X, N_Y, xx[1], xy[1] };
  RheoReal w[2][N_X][N_Y], bias[2][N_Y];

  for (int t = 0; t < N_STEPS; t++)
    {
      int32_t active[N_X];
      RheoReal y[N_Y];
      const int n = draw_step (t, active, y);

      if (t == N_STEPS / 2)
        rheo_ridge_forget (&forgetting, 0.5);
      rheo_ridge_add_active (&forgetting, n, active, y, 1);
      rheo_ridge_add_active (&weighted, n, active, y, t < N_STEPS / 2 ? 0.5 : 1);
    }
  g_assert_true (rheo_ridge_solve (&forgetting, 0.1, &w[0][0][0], N_Y, bias[0]));
  g_assert_true (rheo_ridge_solve (&weighted, 0.1, &w[1][0][0], N_Y, bias[1]));
  for (int k = 0; k < N_Y; k++)
    {
      g_assert_cmpfloat_with_epsilon (bias[0][k], bias[1][k], NEAR);
      for (int i = 0; i < N_X; i++)
        g_assert_cmpfloat_with_epsilon (w[0][i][k], w[1][i][k], NEAR);
    }
}

/* Before anything came there is nothing to solve, and nothing is written. */
static void
test_empty (void)
{
  double xx[9] = { 0 }, xy[3] = { 0 };
  const RheoRidge ridge = { 2, 1, xx, xy };
  RheoReal w[] = { 5, 5 }, bias = 5;

  g_assert_false (rheo_ridge_solve (&ridge, 1, w, 1, &bias));
  g_assert_true (w[0] == 5 && w[1] == 5 && bias == 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ridge/one", test_one);
  g_test_add_func ("/ridge/normal-equations", test_normal_equations);
  g_test_add_func ("/ridge/forget", test_forget);
  g_test_add_func ("/ridge/empty", test_empty);
  return g_test_run ();
}
