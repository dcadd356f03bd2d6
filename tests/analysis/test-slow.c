/* The search for slow points: all starts go downhill, what they find are the roots that Powell's method finds, lines stay
 * lines, and a cancelled search ends. */
#include "config.h"

#include <math.h>

#include "engine/fixed.h"
#include "field-of.h"
#include "flip-flop-net.h"

#define N_STARTS 300

/* --- downhill ----------------------------------------------------------------------------------------------------- */
static void
check_descends (void)
{
  static const char *const activations[] = { "tanh", "sigmoid", "softplus",  "softplus-unscaled",
                                             "gelu", "relu",    "leaky-relu" };
  enum
  {
    N_UNITS = 7,
    N_POINTS = 300, /* more than one block */
  };
  double w[N_UNITS * N_UNITS];
  const double u = 0.3;

  for (int i = 0; i < N_UNITS * N_UNITS; i++)
    w[i] = 0.6 * rheo_rng_normal ((RheoRng){ .seed = 3 }, 0, (uint32_t) i);
  for (guint a = 0; a < G_N_ELEMENTS (activations); a++)
    for (int is_current = 0; is_current < 2; is_current++)
      {
        g_autofree char *model =
            g_strdup_printf ("\"activation\": \"%s\", \"slope\": 1.2, \"gamma\": 0.1, \"equation\": \"%s\"",
                             activations[a], is_current ? "current" : "rate");
        g_autoptr (RheoField) field = field_of (model, N_UNITS, w);
        double x[N_POINTS * N_UNITS], first[N_POINTS];
        gboolean at_rest[N_POINTS];
        int n_low = 0;

        rheo_points_starts (field, 2, 0, NULL, (RheoRng){ .seed = 1 }, N_POINTS, x);
        for (int k = 0; k < N_POINTS; k++)
          first[k] = rheo_field_speed (field, x + k * N_UNITS, &u);
        g_assert_true (rheo_points_descend (field, &u, N_POINTS, 400, x, at_rest, NULL, NULL, NULL));
        for (int k = 0; k < N_POINTS; k++)
          {
            const double q = rheo_field_speed (field, x + k * N_UNITS, &u);

            g_assert_cmpfloat (q, <, first[k]);
            n_low += q < 1e-6 || at_rest[k];
          }
        g_assert_cmpint (n_low, >, N_POINTS * 9 / 10);
      }
}

/* --- the same points ---------------------------------------------------------------------------------------------- */
static RheoPointSearch
default_search (int method)
{
  RheoPointSearch search;

  rheo_params_reset (rheo_point_search_rows, &search);
  search.method = method;
  search.n_starts = N_STARTS;
  return search;
}

static RheoField *
flip_flop_field (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (flip_flop_json, "test", &error);
  g_autoptr (RheoTable) net = flip_flop_net ();
  RheoField *field = rheo_field_new (experiment, net, &error);

  g_assert_no_error (error);
  return field;
}

static double *
make_starts (const RheoField *field)
{
  double *starts = g_new (double, (gsize) N_STARTS *(gsize) field->n);

  rheo_points_starts (field, 1, 0, NULL, (RheoRng){ .seed = 1 }, N_STARTS, starts);
  return starts;
}

static gboolean
is_there (const RheoPoints *points, const double *x, int n)
{
  for (guint k = 0; k < points->point->len; k++)
    {
      const double *y = g_array_index (points->point, RheoPoint, k).x;
      double sum = 0;

      for (int i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
      if (sqrt (sum) < 1e-4)
        return TRUE;
    }
  return FALSE;
}

static void
check_same_points (void)
{
  g_autoptr (RheoField) field = flip_flop_field ();
  g_autofree double *starts = make_starts (field);
  const double zero[N_IN] = { 0 };
  RheoPoints *found[2];

  for (int method = 0; method < 2; method++)
    {
      const RheoPointSearch search = default_search (method);
      g_autoptr (GError) error = NULL;

      found[method] = rheo_points_search (field, &search, zero, N_STARTS, starts, NULL, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_points_index_sum (found[method], 1e-12), ==, 1);
    }
  g_assert_cmpint (found[0]->point->len, ==, found[1]->point->len);
  g_assert_cmpint (found[0]->point->len, ==, 19);
  for (guint k = 0; k < found[1]->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (found[1]->point, RheoPoint, k);

      g_assert_true (is_there (found[0], point->x, N));
      g_assert_cmpfloat (point->largest, ==, point->re[0]);
      for (int i = 1; i < N; i++)
        g_assert_cmpfloat (point->re[i], <=, point->re[i - 1]);
    }
  rheo_points_free (found[0]);
  rheo_points_free (found[1]);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

/* As many points as starts, some of them met again: two stay apart if and only if they are farther from each other than
 * allowed. Every state of a unit without weight but its own is a fixed point. */
static void
check_told_apart (void)
{
  enum
  {
    N_POINTS = 200
  };
  const double w[] = { 1, 0, 0, 1 }, u = 0;
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  RheoPointSearch search = default_search (1);
  double starts[2 * N_POINTS];
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoPoints) points = NULL;
  int n_hits = 0, n_apart = 0;

  for (int k = 0; k < N_POINTS; k++)
    {
      starts[2 * k] = 1 + rheo_rng_uniform ((RheoRng){ .seed = 2 }, 0, (uint32_t) k / 2);
      starts[2 * k + 1] = 1 + rheo_rng_uniform ((RheoRng){ .seed = 2 }, 1, (uint32_t) k / 2);
      starts[2 * k] += k % 2 == 1 ? 1e-5 : 0;
    }
  for (int k = 0; k < N_POINTS; k += 2)
    {
      gboolean is_new = TRUE;

      for (int j = 0; j < k; j += 2)
        is_new = is_new && hypot (starts[2 * k] - starts[2 * j], starts[2 * k + 1] - starts[2 * j + 1]) > 1e-3;
      n_apart += is_new;
    }
  search.q_max = 1e-9;
  points = rheo_points_search (field, &search, &u, N_POINTS, starts, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (points->point->len, ==, n_apart);
  for (guint k = 0; k < points->point->len; k++)
    n_hits += g_array_index (points->point, RheoPoint, k).hits;
  g_assert_cmpint (n_hits, ==, N_POINTS);
}

/* --- cancelling --------------------------------------------------------------------------------------------------- */
typedef struct
{
  atomic_bool cancelled;
  int n_left;
  double last;
} Stop;

static void
count_down (void *data, double fraction)
{
  Stop *stop = data;

  g_assert_cmpfloat (fraction, >=, stop->last);
  g_assert_cmpfloat (fraction, <=, 1 + 1e-12);
  stop->last = fraction;
  if (--stop->n_left == 0)
    atomic_store (&stop->cancelled, true);
}

static void
check_cancelled (void)
{
  g_autoptr (RheoField) field = flip_flop_field ();
  g_autofree double *starts = make_starts (field);
  const double zero[N_IN] = { 0 };

  for (int method = 0; method < 2; method++)
    {
      const RheoPointSearch search = default_search (method);
      g_autoptr (GError) error = NULL;
      Stop stop = { .n_left = 3 };

      g_autoptr (RheoPoints) all = NULL;
      Stop whole = { 0 };

      all = rheo_points_search (field, &search, zero, N_STARTS, starts, NULL, count_down, &whole, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon (whole.last, 1, 1e-12);
      g_assert_null (rheo_points_search (field, &search, zero, N_STARTS, starts, NULL, count_down, &stop,
                                         &stop.cancelled, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
      g_assert_cmpint (stop.n_left, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slow/descends", check_descends);
  g_test_add_func ("/slow/same-points", check_same_points);
  g_test_add_func ("/slow/told-apart", check_told_apart);
  g_test_add_func ("/slow/cancelled", check_cancelled);
  return g_test_run ();
}
