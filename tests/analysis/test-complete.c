/* Whether the search for fixed points finds them all: a trained network against a search without end. */
#include "config.h"

#include <math.h>

#include "engine/analysis.h"
#include "engine/fixed.h"
#include "flip-flop-net.h"

#define N_STARTS 20000

static RheoTable *
analyse (const RheoExperiment *experiment, const RheoTable *net)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "fixed-points", NULL);
  const RheoRecord record = { .experiment = experiment, .name = "test", .weights = net };
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (GError) error = NULL;
  RheoTable *out = rheo_table_new ("points");

  rheo_params_reset (analysis->base.params, config);
  analysis->run (config, &record, 1, NULL, out, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return out;
}

/* From anywhere: random states, small and large, and nothing that is known of the task or of the field's symmetry. */
static RheoPoints *
search_without_end (const RheoField *field)
{
  static const double spread[] = { 0.3, 1, 3, 10 };
  const RheoPointSearch search = { .n_starts = N_STARTS, .q_max = 1e-12, .same = 1e-4, .margin = 0.01 };
  const double zero[N_IN] = { 0 };
  g_autofree double *starts = g_new (double, (gsize) N_STARTS *N);
  g_autoptr (GError) error = NULL;
  RheoPoints *points;

  for (int k = 0; k < 4; k++)
    rheo_points_starts (field, spread[k], 0, NULL, (RheoRng){ .seed = (uint64_t) k + 7 }, N_STARTS / 4,
                        starts + (gsize) k * (N_STARTS / 4) * N);
  points = rheo_points_search (field, &search, zero, N_STARTS, starts, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return points;
}

static double
distance (const double *a, const double *b, double sign)
{
  double sum = 0;

  for (int i = 0; i < N; i++)
    sum += (a[i] - sign * b[i]) * (a[i] - sign * b[i]);
  return sqrt (sum);
}

/* How many of n states lie at x, or at its mirror image. */
static int
count_at (int n, const double *state, const double *x, double sign)
{
  int found = 0;

  for (int k = 0; k < n; k++)
    found += distance (state + k * N, x, sign) < 1e-4;
  return found;
}

static void
check_complete (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (flip_flop_json, "test", &error);
  g_autoptr (RheoTable) net = flip_flop_net (), quick = NULL;
  g_autoptr (RheoField) field = NULL;
  g_autoptr (RheoPoints) all = NULL;
  const double *state;
  int n;

  g_assert_no_error (error);
  field = rheo_field_new (experiment, net, &error);
  g_assert_no_error (error);
  quick = analyse (experiment, net);
  n = (int) rheo_column_get_number (rheo_table_find (quick, "n-points"), 0);
  state = rheo_table_find (quick, "state")->data;
  all = search_without_end (field);

  g_test_message ("%d points, %u of the search without end", n, all->point->len);
  g_assert_cmpint (n, ==, (int) all->point->len);
  g_assert_cmpint (n, >=, 9);
  g_assert_cmpint (n % 2, ==, 1);
  g_assert_cmpint (rheo_points_index_sum (all, 1e-12), ==, 1);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (quick, "index-sum"), 0), ==, 1);
  for (int k = 0; k < n; k++)
    {
      const double *x = g_array_index (all->point, RheoPoint, k).x;

      g_assert_false (g_array_index (all->point, RheoPoint, k).mirrored);
      g_assert_cmpint (count_at (n, state, x, 1), ==, 1);
      g_assert_cmpint (count_at (n, state, x, -1), ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fixed/complete", check_complete);
  return g_test_run ();
}
