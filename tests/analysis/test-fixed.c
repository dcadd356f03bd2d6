/* Vector fields of rate networks and their fixed points: Jacobians against differences, a network of two units whose points
 * are known, eigenvectors, principal directions. */
#include <glib.h>
#include <math.h>

#include "field-of.h"
#include "engine/fixed.h"
#include "engine/linalg.h"

static void
random_matrix (int n, double *w, uint32_t item)
{
  for (int i = 0; i < n * n; i++)
    w[i] = 1.5 / sqrt (n) * rheo_rng_normal ((RheoRng){ .seed = 3, .item = item }, 0, (uint32_t) i);
}

/* --- the field ---------------------------------------------------------------------------------------------------- */
static void
check_jacobians (void)
{
  static const char *const activations[] = { "tanh", "sigmoid", "softplus",  "softplus-unscaled",
                                             "gelu", "relu",    "leaky-relu" };
  enum
  {
    N = 5
  };
  double w[N * N];

  random_matrix (N, w, 1);
  for (guint a = 0; a < G_N_ELEMENTS (activations); a++)
    for (int is_current = 0; is_current < 2; is_current++)
      {
        g_autofree char *model =
            g_strdup_printf ("\"activation\": \"%s\", \"slope\": 1.2, \"gamma\": 0.1, \"equation\": \"%s\"",
                             activations[a], is_current ? "current" : "rate");
        g_autoptr (RheoField) field = field_of (model, N, w);
        const double u = 0.4, v[N] = { 0.3, -0.2, 0.5, 0.1, -0.4 };
        double x[N] = { 0.3, -0.5, 0.2, 0.9, -0.1 }, jac[N * N], by_input[N], other[N * N], f[N], slope[N], back[N];
        double re[2][N], im[2][N], work[2 * N], right[2 * N * N], left[2 * N * N], up[N], down[N];

        rheo_field_jacobian (field, x, &u, jac, by_input);
        rheo_field_eval (field, 1, x, &u, 0, f, slope, work);
        rheo_field_adjoint (field, 1, x, slope, v, back, work);
        for (int j = 0; j <= N; j++)
          {
            const double h = 1e-6, plus = u + h, minus = u - h;
            double sum = 0;

            if (j < N)
              x[j] += h;
            rheo_field_eval (field, 1, x, j < N ? &u : &plus, 0, up, NULL, work);
            if (j < N)
              x[j] -= 2 * h;
            rheo_field_eval (field, 1, x, j < N ? &u : &minus, 0, down, NULL, work);
            if (j < N)
              x[j] += h;
            for (int i = 0; i < N; i++)
              {
                g_assert_cmpfloat_with_epsilon ((up[i] - down[i]) / (2 * h), j < N ? jac[i * N + j] : by_input[i],
                                                1e-7);
                sum += j < N ? v[i] * jac[i * N + j] : 0;
              }
            if (j < N)
              g_assert_cmpfloat_with_epsilon (back[j], sum, 1e-12);
          }
        /* Without damping both descriptions have the same spectrum. */
        field->law.gamma = 0;
        rheo_field_jacobian (field, x, &u, jac, NULL);
        rheo_field_other_jacobian (field, x, &u, other);
        g_assert_true (rheo_eigen (N, jac, re[0], im[0], right, left));
        g_assert_true (rheo_eigen (N, other, re[1], im[1], right, left));
        for (int i = 0; i < N; i++)
          {
            g_assert_cmpfloat_with_epsilon (re[0][i], re[1][i], 1e-8);
            g_assert_cmpfloat_with_epsilon (im[0][i], im[1][i], 1e-8);
          }
      }
}

/* --- linear algebra ----------------------------------------------------------------------------------------------- */
static void
check_eigen (void)
{
  enum
  {
    N = 7
  };
  double a[N * N], copy[N * N], re[N], im[N], right[2 * N * N], left[2 * N * N];

  random_matrix (N, a, 2);
  memcpy (copy, a, sizeof a);
  g_assert_true (rheo_eigen (N, copy, re, im, right, left));
  for (int k = 0; k < N; k++)
    {
      const double *r = right + 2 * N * k, *l = left + 2 * N * k;
      double norm = 0, product_re = 0, product_im = 0;

      g_assert_true (k == 0 || re[k] <= re[k - 1]);
      for (int i = 0; i < N; i++)
        {
          double right_re = 0, right_im = 0, left_re = 0, left_im = 0;

          for (int j = 0; j < N; j++)
            {
              right_re += a[i * N + j] * r[2 * j];
              right_im += a[i * N + j] * r[2 * j + 1];
              left_re += a[j * N + i] * l[2 * j];
              left_im += a[j * N + i] * l[2 * j + 1];
            }
          g_assert_cmpfloat_with_epsilon (right_re, re[k] * r[2 * i] - im[k] * r[2 * i + 1], 1e-10);
          g_assert_cmpfloat_with_epsilon (right_im, re[k] * r[2 * i + 1] + im[k] * r[2 * i], 1e-10);
          g_assert_cmpfloat_with_epsilon (left_re, re[k] * l[2 * i] - im[k] * l[2 * i + 1], 1e-8);
          g_assert_cmpfloat_with_epsilon (left_im, re[k] * l[2 * i + 1] + im[k] * l[2 * i], 1e-8);
          norm += r[2 * i] * r[2 * i] + r[2 * i + 1] * r[2 * i + 1];
          product_re += l[2 * i] * r[2 * i] - l[2 * i + 1] * r[2 * i + 1];
          product_im += l[2 * i] * r[2 * i + 1] + l[2 * i + 1] * r[2 * i];
        }
      g_assert_cmpfloat_with_epsilon (norm, 1, 1e-10);
      g_assert_cmpfloat_with_epsilon (product_re, 1, 1e-8);
      g_assert_cmpfloat_with_epsilon (product_im, 0, 1e-8);
    }
}

static void
check_principal (void)
{
  enum
  {
    M = 500,
    N = 4
  };
  double points[M * N], mean[N], direction[2 * N], variance[2];

  /* A line along (1, 2, 0, 0) with a little in the third and nothing in the fourth direction. */
  for (int k = 0; k < M; k++)
    {
      const double along = rheo_rng_normal ((RheoRng){ .seed = 1 }, 0, (uint32_t) k);
      const double beside = 0.1 * rheo_rng_normal ((RheoRng){ .seed = 1 }, 1, (uint32_t) k);

      points[k * N] = 5 + along;
      points[k * N + 1] = 2 * along;
      points[k * N + 2] = beside;
      points[k * N + 3] = 7;
    }
  g_assert_true (rheo_principal (M, N, points, 2, mean, direction, variance));
  g_assert_cmpfloat_with_epsilon (mean[3], 7, 1e-12);
  g_assert_cmpfloat_with_epsilon (direction[0], 1 / sqrt (5), 0.01);
  g_assert_cmpfloat_with_epsilon (direction[1], 2 / sqrt (5), 0.01);
  g_assert_cmpfloat_with_epsilon (fabs (direction[N + 2]), 1, 0.01);
  g_assert_cmpfloat_with_epsilon (variance[0], 5, 0.8);
  g_assert_cmpfloat_with_epsilon (variance[1], 0.01, 0.002);
}

/* --- points ------------------------------------------------------------------------------------------------------- */
static RheoPointSearch
default_search (void)
{
  RheoPointSearch search;

  rheo_params_reset (rheo_point_search_rows, &search);
  search.n_starts = 300;
  return search;
}

static RheoPoints *
search_from (const RheoField *field, const RheoPointSearch *search, const double *u)
{
  g_autofree double *starts = g_new (double, (gsize) search->n_starts *(gsize) field->n);
  g_autoptr (GError) error = NULL;
  RheoPoints *points;

  rheo_points_starts (field, search->spread, 0, NULL, (RheoRng){ .seed = 1 }, search->n_starts, starts);
  points = rheo_points_search (field, search, u, search->n_starts, starts, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return points;
}

/* Each unit alone has the points of x = tanh (2 x): 0 and +-0.95750. */
static void
check_two_units (gconstpointer data)
{
  const double w[] = { 2, 0, 0, 2 }, u = 0, root = 0.9575040240772687;
  const gboolean slow = GPOINTER_TO_INT (data) & 1, is_current = GPOINTER_TO_INT (data) & 2;
  g_autoptr (RheoField) field =
      field_of (is_current ? "\"activation\": \"tanh\", \"equation\": \"current\"" : "\"activation\": \"tanh\"", 2, w);
  RheoPointSearch search = default_search ();
  g_autoptr (RheoPoints) points = NULL;
  int n_kind[3] = { 0 };

  search.method = slow;
  search.q_max = slow ? 1e-9 : 1e-12;
  points = search_from (field, &search, &u);
  if (slow)
    {
      /* Slow points may be more than fixed ones: all that are faster than nothing are minima of q. */
      g_assert_cmpint (points->point->len, >=, 9);
      return;
    }
  g_assert_cmpint (points->point->len, ==, 9);
  g_assert_true (field->is_odd && field->is_bounded);
  g_assert_cmpint (rheo_points_index_sum (points, 1e-12), ==, 1);
  g_assert_cmpfloat (rheo_points_unseen (points), ==, 0);
  g_assert_false (signbit (rheo_points_unseen (points)));
  for (guint k = 0; k < points->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);
      int n_outer = 0;

      for (int i = 0; i < 2; i++)
        {
          const double x = is_current ? point->x[i] / 2 : point->x[i];

          g_assert_true (fabs (x) < 1e-6 || fabs (fabs (x) - root) < 1e-6);
          n_outer += fabs (x) > 0.5;
        }
      g_assert_cmpint (point->n_unstable, ==, 2 - n_outer);
      n_kind[point->kind]++;
    }
  g_assert_cmpint (n_kind[RHEO_POINT_STABLE], ==, 4);
  g_assert_cmpint (n_kind[RHEO_POINT_UNSTABLE], ==, 5);
}

/* With input the mirror images are gone: strong input leaves one point on its side. */
static void
check_input (void)
{
  const double w[] = { 2, 0, 0, 0.5 }, u = 3;
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  const RheoPointSearch search = default_search ();
  g_autoptr (RheoPoints) points = search_from (field, &search, &u);
  const RheoPoint *point;

  g_assert_cmpint (points->point->len, ==, 1);
  point = &g_array_index (points->point, RheoPoint, 0);
  g_assert_cmpfloat_with_epsilon (point->x[0], tanh (2 * point->x[0] + 3), 1e-9);
  g_assert_cmpint (point->kind, ==, RHEO_POINT_STABLE);
}

/* A line of fixed points: one eigenvalue is 0, and every point is marginal. */
static void
check_line (void)
{
  const double w[] = { 1, 0, 0, 0.2 }, u = 0;
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  RheoPointSearch search = default_search ();
  g_autoptr (RheoPoints) points = NULL;

  search.method = 1;
  search.q_max = 1e-8;
  search.n_starts = 60;
  points = search_from (field, &search, &u);
  g_assert_false (field->is_bounded);
  g_assert_cmpint (points->point->len, >, 10);
  for (guint k = 0; k < points->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);

      g_assert_cmpfloat (point->x[0], >, -1e-3);
      if (point->x[0] > 1e-3)
        g_assert_cmpint (point->kind, ==, RHEO_POINT_MARGINAL);
    }
}

static void
check_cancelled (void)
{
  const double w[] = { 2, 0, 0, 2 }, u = 0, starts[20] = { 0 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  const atomic_bool cancelled = true;

  for (int method = 0; method < 2; method++)
    {
      RheoPointSearch search = default_search ();
      g_autoptr (GError) error = NULL;

      search.method = method;
      g_assert_null (rheo_points_search (field, &search, &u, 10, starts, NULL, NULL, NULL, &cancelled, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field/jacobians", check_jacobians);
  g_test_add_func ("/linalg/eigen", check_eigen);
  g_test_add_func ("/linalg/principal", check_principal);
  g_test_add_data_func ("/fixed/two-units/rate", GINT_TO_POINTER (0), check_two_units);
  g_test_add_data_func ("/fixed/two-units/rate/slow", GINT_TO_POINTER (1), check_two_units);
  g_test_add_data_func ("/fixed/two-units/current", GINT_TO_POINTER (2), check_two_units);
  g_test_add_func ("/fixed/input", check_input);
  g_test_add_func ("/fixed/line", check_line);
  g_test_add_func ("/fixed/cancelled", check_cancelled);
  return g_test_run ();
}
