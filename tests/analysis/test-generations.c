/* Generations of an evolution, on metrics made by hand. */
#include "config.h"

#include <math.h>

#include "engine/analysis.h"

#define N 130

static void
ignore (void *data, double fraction)
{
}

static RheoTable *
analyse (const RheoTable *metrics, const char *target, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "generations", NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  const RheoRecord record = { .experiment = experiment, .name = "run", .metrics = metrics };
  g_autoptr (RheoTable) out = rheo_table_new ("");
  static const atomic_bool cancelled;
  const RheoParam *row;
  void *at;

  rheo_params_reset (analysis->base.params, config);
  row = rheo_params_find (analysis->base.params, config, "target", "", &at, error);
  g_assert_true (rheo_param_set_text (row, at, target, "target", error));
  g_assert_true (rheo_experiment_set (experiment, "task.id", "cartpole", error));
  return analysis->run (config, &record, 1, NULL, out, ignore, NULL, &cancelled, error) ? g_steal_pointer (&out) : NULL;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, i);
}

static RheoTable *
make_metrics (gboolean learns)
{
  static const char *const keys[] = { "train.fitness", "train.fitness-max", "train.fitness-min",
                                      "train.before",  "train.before-max",  "train.before-min" };
  RheoTable *metrics = rheo_table_new ("");
  const int64_t n = N;

  for (int k = 0; k < (learns ? 6 : 3); k++)
    {
      double *v = rheo_table_add (metrics, keys[k], "", "", "iteration", RHEO_F64, &n)->data;

      for (int i = 0; i < N; i++)
        v[i] = i + (k == 1 ? 10 : k == 2 ? -i / 2 : k >= 3 ? 2 : 0);
    }
  return metrics;
}

/* Means 0, 1 ... 129: a window lies in its middle, and the last full one does not count. */
static void
test_windows (void)
{
  g_autoptr (RheoTable) metrics = make_metrics (FALSE), out = NULL;
  g_autoptr (GError) error = NULL;

  out = analyse (metrics, "52", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "generations", 0), ==, N);
  g_assert_cmpfloat (number (out, "best-rolling", 0), ==, 78.5);
  g_assert_cmpfloat (number (out, "best-member", 0), ==, 139);
  g_assert_cmpfloat (number (out, "last-mean", 0), ==, 129);
  g_assert_true (isnan (number (out, "rolling", 49)));
  g_assert_cmpfloat (number (out, "rolling", 50), ==, 49.5);
  g_assert_cmpfloat (number (out, "rolling", 79), ==, 78.5);
  g_assert_true (isnan (number (out, "rolling", 80)));
  g_assert_cmpfloat (number (out, "max", 3), ==, 13);
  g_assert_cmpfloat (number (out, "min", 3), ==, 2);
  /* 52.5 stands at 53, the 54th. */
  g_assert_cmpfloat (number (out, "first-above", 0), ==, 54);
  g_assert_cmpfloat (rheo_table_find (out, "max")->hi, ==, 200);
  g_assert_null (rheo_table_find (out, "before-mean"));
}

static void
test_phases (void)
{
  g_autoptr (RheoTable) metrics = make_metrics (TRUE), out = NULL, none = rheo_table_new ("");
  g_autoptr (GError) error = NULL;

  out = analyse (metrics, "79", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "before-mean", 7), ==, 9);
  g_assert_cmpfloat (number (out, "before-rolling", 50), ==, 51.5);
  g_assert_true (isnan (number (out, "first-above", 0)));
  g_assert_null (analyse (none, "1", &error));
  g_assert_cmpstr (error->message, ==, "run has no generations: it is not a run that evolves.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generations/windows", test_windows);
  g_test_add_func ("/generations/phases", test_phases);
  return g_test_run ();
}
