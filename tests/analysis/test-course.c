/* The course of training, on logs made by hand. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/analysis.h"

#define N_EPISODES 130
#define N_ACTIONS 40

static void
ignore (void *data, double fraction)
{
}

static RheoTable *
analyse (const RheoTable *metrics, const RheoTable *steps, const char *window, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "course", NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  const RheoRecord record = { .experiment = experiment, .name = "run", .metrics = metrics, .steps = steps };
  g_autoptr (RheoTable) out = rheo_table_new ("");
  static const char *const keys[] = { "window", "slow-window", "short-window", "short-slow-window" };
  static const atomic_bool cancelled;

  rheo_params_reset (analysis->base.params, config);
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, keys[k], "", &at, error);

      g_assert_true (rheo_param_set_text (row, at, k < 2 ? window : "4", keys[k], error));
    }
  return analysis->run (config, &record, 1, NULL, out, ignore, NULL, &cancelled, error) ? g_steal_pointer (&out) : NULL;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint ((int) i, <, (int) rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

/* Lengths 0, 1 ... 129: medians and means lie in the middle of their windows, and the last full window does not count. */
static void
test_lengths (void)
{
  g_autoptr (RheoTable) metrics = rheo_table_new (""), out = NULL;
  g_autoptr (GError) error = NULL;
  const int64_t n = N_EPISODES;
  double *length = rheo_table_add (metrics, "train.episode-length", "", "", "iteration", RHEO_F64, &n)->data;

  for (int i = 0; i < N_EPISODES; i++)
    length[i] = i;
  out = analyse (metrics, NULL, "10", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "episodes", 0), ==, 130);
  g_assert_cmpfloat (number (out, "longest", 0), ==, 129);
  g_assert_cmpfloat (number (out, "max-median-21", 0), ==, 118);
  g_assert_cmpfloat (number (out, "max-median-101", 0), ==, 78);
  g_assert_cmpfloat (number (out, "max-mean-100", 0), ==, 78.5);
  g_assert_true (isnan (number (out, "median-21", 20)));
  g_assert_cmpfloat (number (out, "median-21", 21), ==, 10);
  g_assert_cmpfloat (number (out, "median-21", 129), ==, 118);
  g_assert_cmpfloat (number (out, "mean-100", 100), ==, 49.5);
  g_assert_cmpfloat (number (out, "median-100", 129), ==, 78.5);
  /* Groups of ten. */
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (out, "bundle")), ==, 13);
  g_assert_cmpfloat (number (out, "group-max", 12), ==, 129);
  g_assert_cmpfloat_with_epsilon (number (out, "group-mean", 1), 14.5, 1e-12);
  g_assert_cmpfloat (number (out, "group-min", 1), ==, 10);
  g_assert_true (isnan (number (out, "group-rolling", 12)));
  g_assert_null (rheo_table_find (out, "begins-episode"));
  g_assert_true (isnan (number (out, "rewarded", 0)));
  g_assert_null (rheo_table_find (out, "reward-share"));
}

/* Too short for any full window but the last. */
static void
test_short (void)
{
  g_autoptr (RheoTable) metrics = rheo_table_new (""), out = NULL, none = rheo_table_new ("");
  g_autoptr (GError) error = NULL;
  const int64_t n = 21;

  rheo_table_add (metrics, "train.episode-length", "", "", "iteration", RHEO_F64, &n);
  out = analyse (metrics, NULL, "10", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "max-median-21", 0), ==, 0);
  g_assert_null (analyse (none, NULL, "10", &error));
  g_assert_cmpstr (error->message, ==, "run has no lengths of episodes: it is not a run that plays an environment.");
}

/* Every second action is rewarded, every fourth undecided; of the others the first ones are all 0, later ones 1. */
static void
test_actions (void)
{
  g_autoptr (RheoTable) metrics = rheo_table_new (""), steps = rheo_table_new (""), out = NULL;
  g_autoptr (GError) error = NULL;
  const int64_t one = 1, n = N_ACTIONS;
  double *reward = rheo_table_add (steps, "reward", "", "", "step", RHEO_F64, &n)->data;
  double *undecided = rheo_table_add (steps, "undecided", "", "", "step", RHEO_F64, &n)->data;
  double *action = rheo_table_add (steps, "action", "", "", "step", RHEO_F64, &n)->data;
  double *left = rheo_table_add (steps, "votes.left", "", "", "step", RHEO_F64, &n)->data;
  double *right = rheo_table_add (steps, "votes.right", "", "", "step", RHEO_F64, &n)->data;

  rheo_table_add (metrics, "train.episode-length", "", "", "iteration", RHEO_F64, &one);
  for (int i = 0; i < N_ACTIONS; i++)
    {
      reward[i] = i % 2 == 0 ? 0.5 : -0.5;
      undecided[i] = i % 4 == 3;
      action[i] = i >= 20;
      left[i] = i < 20 ? 7 : 2;
      right[i] = undecided[i] > 0 ? left[i] : 4;
    }
  out = analyse (metrics, steps, "8", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "rewarded", 0), ==, 0.5);
  g_assert_cmpfloat (number (out, "undecided", 0), ==, 0.25);
  g_assert_true (isnan (number (out, "reward-share", 7)));
  g_assert_cmpfloat (number (out, "reward-share", 8), ==, 0.5);
  g_assert_cmpfloat (number (out, "undecided-share", 30), ==, 0.25);
  /* 6 of 8 are decided, by 3 votes at first and by 2 later. */
  g_assert_cmpfloat_with_epsilon (number (out, "vote-difference", 8), 6 * 3.0 / 8, 1e-12);
  g_assert_cmpfloat_with_epsilon (number (out, "vote-difference", 39), 6 * 2.0 / 8, 1e-12);
  g_assert_cmpfloat (number (out, "decided-difference", 8), ==, 3);
  g_assert_cmpfloat (number (out, "decided-difference-short", 39), ==, 2);
  g_assert_true (isnan (number (out, "first-share", 7)));
  g_assert_cmpfloat (number (out, "first-share", 15), ==, 1);
  /* Of actions 16 to 23 four are the first one, and of these and the others three each are decided. */
  g_assert_cmpfloat (number (out, "first-share", 24), ==, 0.5);
  g_assert_cmpfloat (number (out, "left.votes", 8), ==, 7);
  g_assert_cmpfloat (number (out, "right.votes", 8), ==, (6 * 4 + 2 * 7) / 8.0);
  g_assert_cmpfloat_with_epsilon (number (out, "left.credit", 8), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (number (out, "right.credit", 24), 0, 1e-12);
  g_assert_cmpfloat (number (out, "reward", 1), ==, -0.5);
  g_assert_cmpfloat (number (out, "first-share", 39), ==, 0);
}

/* Where an iteration is a generation, or some episodes side by side, single episodes are not known. */
static void
test_fits (void)
{
  static const struct
  {
    const char *name, *words;
    gboolean fits;
  } cases[] = { { "cartpole-stdp-rl", NULL, TRUE },
                { "cartpole-stdp-rl", "run.batch=4", TRUE },
                { "sorn-cartpole", NULL, TRUE },
                { "sorn-cartpole", "run.batch=4", FALSE },
                { "cartpole-evolution", NULL, FALSE } };
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "course", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (cases[i].name, &error);
      const char *const words[] = { cases[i].words, NULL };

      g_assert_no_error (error);
      rheo_experiment_set_all (experiment, words, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_analysis_fits (analysis, experiment, &error), ==, cases[i].fits);
      if (!cases[i].fits)
        g_assert_nonnull (strstr (error->message, "Single episodes are not known"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/course/lengths", test_lengths);
  g_test_add_func ("/course/short", test_short);
  g_test_add_func ("/course/actions", test_actions);
  g_test_add_func ("/course/fits", test_fits);
  return g_test_run ();
}
