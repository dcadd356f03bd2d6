/* What a network takes trials of each class for, against the accuracy that a trainer finds on the same trials. */
#include "config.h"

#include <glib.h>
#include <math.h>

#include "engine/confusions.h"
#include "engine/trainer.h"
#include "result-of.h"

enum
{
  N_CLASSES = 20,
  N_TRIALS = 60,
};

static RheoExperiment *
small (void)
{
  static const char *const settings[] = { "task.source=synthetic",
                                          "task.n-train=80",
                                          "task.n-test=60",
                                          "task.n-steps=50",
                                          "run.threads=1",
                                          "run.batch=16",
                                          NULL };
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_new ();

  rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, rheo_component_find (RHEO_KIND_TASK, "data-shd", NULL));
  rheo_experiment_set_component (experiment, RHEO_SLOT_MODEL, rheo_component_find (RHEO_KIND_MODEL, "lif", NULL));
  rheo_experiment_set_component (experiment, RHEO_SLOT_RULE, rheo_component_find (RHEO_KIND_RULE, "bptt", NULL));
  rheo_experiment_set_all (experiment, settings, &error);
  g_assert_no_error (error);
  return experiment;
}

/* Five trials of the first class, four of the second, ten of the third and none of the fourth. */
static void
test_pairs (void)
{
  static const double count[] = { 2, 2, 1, 0, /**/ 2, 0, 2, 0, /**/ 0, 4, 6, 0, /**/ 0, 0, 0, 0 };
  static const RheoConfusion expected[] = {
    { 2, 1, 4, 0.4 }, { 1, 0, 2, 0.5 }, { 1, 2, 2, 0.5 }, { 0, 1, 2, 0.4 }, { 0, 2, 1, 0.2 },
  };
  g_autoptr (GArray) pairs = rheo_confusions_find (count, 4);
  double trials[4], recall[4], precision[4];

  g_assert_cmpint (pairs->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < pairs->len; i++)
    {
      const RheoConfusion *pair = &g_array_index (pairs, RheoConfusion, i);

      g_assert_cmpint (pair->of, ==, expected[i].of);
      g_assert_cmpint (pair->as, ==, expected[i].as);
      g_assert_cmpfloat (pair->n, ==, expected[i].n);
      g_assert_cmpfloat (pair->share, ==, expected[i].share);
    }
  rheo_confusions_judge (count, 4, trials, recall, precision);
  g_assert_cmpfloat (trials[0], ==, 5);
  g_assert_cmpfloat (recall[0], ==, 0.4);
  g_assert_cmpfloat (precision[0], ==, 0.5);
  g_assert_cmpfloat (recall[1], ==, 0);
  g_assert_cmpfloat (precision[1], ==, 0);
  g_assert_cmpfloat (trials[2], ==, 10);
  g_assert_cmpfloat (recall[2], ==, 0.6);
  g_assert_cmpfloat (precision[2], ==, 6.0 / 9);
  g_assert_cmpfloat (trials[3], ==, 0);
  g_assert_true (isnan (recall[3]) && isnan (precision[3]));
}

/* What the confused trials of a result add up to. They stand in order, and no class beside itself. */
static double
count_confused (const RheoTable *out)
{
  const RheoColumn *of = rheo_table_find (out, "pair-class"), *as = rheo_table_find (out, "pair-taken");
  const int64_t n = rheo_column_get_length (of);
  double sum = 0;

  for (int64_t i = 0; i < n; i++)
    {
      g_assert_cmpstr (rheo_column_get_string (of, i), !=, rheo_column_get_string (as, i));
      g_assert_true (i == 0 || get (out, "pair-trials", i) <= get (out, "pair-trials", i - 1));
      g_assert_cmpfloat (get (out, "pair-share", i), ==, get (out, "pair-trials", i) / 3);
      sum += get (out, "pair-trials", i);
    }
  return sum;
}

static double
count_trials (const RheoTable *out)
{
  double n = 0;

  for (int k = 0; k < N_CLASSES; k++)
    n += get (out, "class-trials", k);
  return n;
}

/* The trials of a speaker are held out of 80 for validation; the test trials are taken unless another set is asked for. */
static void
test_sets (void)
{
  static const char *const words[] = { "", "set=test", "set=valid", "set=train" };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = small ();
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (RheoTable) weights = NULL;
  double n[G_N_ELEMENTS (words)];

  rheo_experiment_set (experiment, "task.held-out", "1", &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  weights = rheo_trainer_dup_checkpoint (trainer);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const RheoRecord record = { .experiment = experiment, .name = "a", .weights = weights };
      g_autoptr (RheoTable) out = run_with ("confusion", &record, 1, words[i], &error);

      g_assert_no_error (error);
      n[i] = count_trials (out);
    }
  g_assert_cmpfloat (n[0], ==, N_TRIALS);
  g_assert_cmpfloat (n[1], ==, N_TRIALS);
  g_assert_cmpfloat (n[2], >, 0);
  g_assert_cmpfloat (n[2], <, 20);
  g_assert_cmpfloat (n[2] + n[3], ==, 80);
}

/* 60 test trials of 20 classes: three of each; the last batch of 16 is not whole. */
static void
test_counts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = small ();
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, &error);
  g_autoptr (RheoMetrics) metrics = rheo_metrics_new ();
  g_autoptr (RheoTable) weights = NULL, out = NULL;
  double right = 0, speakers = 0;
  RheoStop stop = RHEO_STOP_NONE;

  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &stop, NULL));
  weights = rheo_trainer_dup_checkpoint (trainer);
  {
    const RheoRecord record = { .experiment = experiment, .name = "a", .weights = weights };

    out = run ("confusion", &record, 1, NULL, NULL, &error);
    g_assert_no_error (error);
  }
  for (int i = 0; i < N_CLASSES; i++)
    {
      double of = 0, taken = 0;

      for (int j = 0; j < N_CLASSES; j++)
        {
          of += get (out, "confusion", i * N_CLASSES + j);
          taken += get (out, "confusion", j * N_CLASSES + i);
        }
      g_assert_cmpfloat (of, ==, 3);
      g_assert_cmpfloat (get (out, "class-trials", i), ==, 3);
      right += get (out, "confusion", i * N_CLASSES + i);
      g_assert_cmpfloat (get (out, "recall", i), ==, get (out, "confusion", i * N_CLASSES + i) / 3);
      g_assert_true (taken > 0 ? get (out, "precision", i) <= 1 : isnan (get (out, "precision", i)));
    }
  for (int first = 0; first < N_TRIALS; first += 16)
    g_assert_true (rheo_trainer_evaluate (trainer, RHEO_SET_VALID, first, MIN (16, N_TRIALS - first), metrics, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (rheo_metrics_get (metrics, rheo_metrics_find (metrics, "valid.accuracy")),
                                  right / N_TRIALS, 1e-12);
  g_assert_cmpfloat (get (out, "accuracy", 0), ==, right / N_TRIALS);
  g_assert_cmpfloat (count_confused (out), ==, N_TRIALS - right);
  g_assert_cmpfloat (get (out, "accuracy-lo", 0), <=, right / N_TRIALS);
  g_assert_cmpfloat (get (out, "accuracy-hi", 0), >, right / N_TRIALS);
  g_assert_cmpfloat (get (out, "chance", 0), ==, 0.05);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "class"), 0), !=, "0");
  for (int i = 0; i < rheo_column_get_length (rheo_table_find (out, "speaker")); i++)
    speakers += get (out, "speaker-accuracy", i) >= 0;
  g_assert_cmpfloat (speakers, >, 1);
}

/* Targets over time have no classes. */
static void
test_fits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) spoken = small (), robot = rheo_experiment_load ("robot-trajectory", &error);

  g_assert_no_error (error);
  g_assert_true (rheo_analysis_fits (find ("confusion"), spoken, &error));
  g_assert_false (rheo_analysis_fits (find ("confusion"), robot, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/confusion/pairs", test_pairs);
  g_test_add_func ("/confusion/counts", test_counts);
  g_test_add_func ("/confusion/sets", test_sets);
  g_test_add_func ("/confusion/fits", test_fits);
  return g_test_run ();
}
