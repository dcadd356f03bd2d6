/* What runs differ in, and their scores on the same trials. No display. */
#include "config.h"

#include "small-run.h"

#include <math.h>

#include "app/compare-plots.h"
#include "app/compare-results.h"
#include "engine/evaluate.h"

static RheoTable *
scores (const double *value, int64_t n)
{
  RheoTable *table = rheo_table_new ("Scores");

  rheo_table_add_copy (table, "loss", "Loss", "", "trial", RHEO_F64, &n, value);
  return table;
}

/* By hand: differences 1, 2, 3 have mean 2, standard error 1 / sqrt (3), and t (2, 0.975) is 4.302653. */
static void
test_difference (void)
{
  g_autoptr (RheoTable) a = scores ((double[]){ 5, 6, 7 }, 3), b = scores ((double[]){ 6, 8, 10 }, 3);
  g_autoptr (RheoTable) hole = scores ((double[]){ 6, NAN, 10 }, 3), one = scores ((double[]){ 6 }, 1);
  double mean, lo, hi;

  g_assert_cmpint (rheo_evaluation_difference (a, b, "loss", &mean, &lo, &hi), ==, 3);
  g_assert_cmpfloat_with_epsilon (mean, 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (lo, 2 - 4.302653 / sqrt (3), 1e-5);
  g_assert_cmpfloat_with_epsilon (hi, 2 + 4.302653 / sqrt (3), 1e-5);
  g_assert_cmpint (rheo_evaluation_difference (a, hole, "loss", &mean, &lo, &hi), ==, 2);
  g_assert_cmpfloat_with_epsilon (mean, 2, 1e-12);
  g_assert_cmpint (rheo_evaluation_difference (a, one, "loss", &mean, &lo, &hi), ==, 1);
  g_assert_true (isnan (lo));
  g_assert_cmpint (rheo_evaluation_difference (a, b, "accuracy", &mean, &lo, &hi), ==, 0);
}

static void
test_words (void)
{
  g_autoptr (RheoExperiment) one = small_experiment ("run.seed=1"), two = small_experiment ("run.seed=2");
  g_autoptr (RheoExperiment) slow = small_experiment ("run.seed=1 rule.optimiser.lr=0.0001");
  g_autoptr (RheoExperiment) longer = small_experiment ("run.seed=1 task.n-steps=40");
  RheoExperiment *const seeds[] = { one, two }, *const rates[] = { one, slow }, *const three[] = { one, two, slow };
  RheoExperiment *const tasks[] = { one, longer };
  g_autofree char *same = rheo_compare_dup_conclusion ((RheoExperiment *const[]){ one, one }, 2);
  g_autofree char *seed = rheo_compare_dup_conclusion (seeds, 2), *rate = rheo_compare_dup_conclusion (rates, 2);
  g_autofree char *both = rheo_compare_dup_conclusion (three, 3), *task = rheo_compare_dup_obstacle (tasks, 2);
  g_autoptr (GPtrArray) settings = rheo_compare_dup_settings (three, 3), differences = g_ptr_array_new ();
  const RheoDifference *first, *second;
  int group[3];

  g_assert_nonnull (strstr (same, "repetitions"));
  g_assert_nonnull (strstr (seed, "2 seeds"));
  g_assert_nonnull (strstr (rate, "the rule"));
  g_assert_nonnull (strstr (rate, "One seed"));
  g_assert_nonnull (strstr (both, "the rule and its settings and the seed"));
  g_assert_nonnull (task);
  g_assert_null (rheo_compare_dup_obstacle (three, 3));
  for (guint i = 0; i < settings->len; i++)
    if (((RheoDifference *) g_ptr_array_index (settings, i))->differs)
      g_ptr_array_add (differences, g_ptr_array_index (settings, i));
  g_assert_cmpint (settings->len, >, 40);
  g_assert_cmpint (differences->len, ==, 2);
  first = g_ptr_array_index (differences, 0);
  second = g_ptr_array_index (differences, 1);
  g_assert_cmpint (rheo_compare_group (three, 3, group), ==, 2);
  g_assert_cmpint (group[1], ==, 0);
  g_assert_cmpint (group[2], ==, 1);
  if (g_str_equal (first->key, "rule.optimiser.lr"))
    {
      const RheoDifference *swap = first;

      first = second;
      second = swap;
    }
  g_assert_cmpstr (first->key, ==, "run.seed");
  g_assert_cmpstr (first->values[1], ==, "2");
  g_assert_cmpstr (first->values[2], ==, "1");
  g_assert_cmpstr (second->label, ==, "Learning rate");
  g_assert_cmpstr (second->values[2], ==, "0.0001");
}

static void
test_more (void)
{
  g_autoptr (RheoExperiment) one = small_experiment ("run.seed=1"), two = small_experiment ("run.seed=7");
  g_autoptr (RheoExperiment) slow = small_experiment ("run.seed=1 rule.optimiser.lr=0.0001");
  static const char *const runs[] = { "plain-seed1", "plain-seed7-2", "slow" };
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) more = rheo_compare_dup_more ((RheoExperiment *const[]){ one, two, slow }, runs, 3, 2, &names);

  /* Two experiments, seeds that neither has, the same for both. */
  g_assert_cmpstr (names[0], ==, "plain-seed8");
  g_assert_cmpstr (names[1], ==, "slow-seed8");
  g_assert_cmpstr (names[2], ==, "plain-seed9");
  g_assert_cmpint (more->len, ==, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (rheo_experiment_get_run (more->pdata[i])->seed, ==, 8 + i / 2);
  rheo_experiment_get_run (more->pdata[0])->seed = rheo_experiment_get_run (more->pdata[1])->seed = 1;
  g_assert_true (rheo_experiment_equal (more->pdata[0], one));
  g_assert_true (rheo_experiment_equal (more->pdata[1], slow));
}

static void
test_names (void)
{
  static const char *const names[] = { "robot-lif-seed0", "robot-lif-seed1", "robot-fast-seed0" };
  g_auto (GStrv) runs = rheo_compare_dup_names (names, (const int[]){ 0, 1, 2 }, 3, 3);
  g_auto (GStrv) groups = rheo_compare_dup_names (names, (const int[]){ 0, 0, 1 }, 3, 2);
  g_auto (GStrv) unclear = rheo_compare_dup_names ((const char *const[]){ "a", "a-b" }, (const int[]){ 0, 1 }, 2, 2);

  g_assert_cmpstr (runs[0], ==, "lif-seed0");
  g_assert_cmpstr (runs[2], ==, "fast-seed0");
  g_assert_cmpstr (groups[0], ==, "lif");
  g_assert_cmpstr (groups[1], ==, "fast-seed0");
  g_assert_cmpstr (unclear[0], ==, "a");
  g_assert_cmpstr (unclear[1], ==, "a-b");
}

static void
test_scores (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-compare-XXXXXX", NULL);
  g_autofree char *a = g_build_filename (folder, "a.h5", NULL), *b = g_build_filename (folder, "b.h5", NULL);
  const char *const same[] = { a, a, NULL }, *const two[] = { a, b, NULL };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GPtrArray) equal = NULL, other = NULL;
  g_autoptr (GError) error = NULL;
  double mean, lo, hi;
  int done = 0;

  small_run (a, "run.seed=1");
  small_run (b, "run.seed=2");
  equal = rheo_compare_score (same, 10, &done, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (done, ==, 1000);
  g_assert_cmpint (rheo_evaluation_difference (equal->pdata[0], equal->pdata[1], "test.loss", &mean, &lo, &hi), ==, 10);
  g_assert_cmpfloat (mean, ==, 0);
  g_assert_cmpfloat (lo, ==, 0);
  other = rheo_compare_score (two, 10, &done, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_evaluation_difference (other->pdata[0], other->pdata[1], "test.loss", &mean, &lo, &hi), ==, 10);
  g_assert_cmpfloat (mean, !=, 0);
  g_assert_cmpfloat (lo, <, mean);
  g_cancellable_cancel (cancelled);
  g_assert_null (rheo_compare_score (two, 10, &done, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_remove (a);
  g_remove (b);
  g_rmdir (folder);
}

static const char *const both[] = { "train-accuracy", "test-accuracy" };

static RheoTable *
list_both (void *data, GError **error)
{
  RheoTable *table = rheo_table_new ("Series");
  int64_t n = G_N_ELEMENTS (both);
  RheoColumn *column = rheo_table_add (table, "series", "Series", "", "series", RHEO_STRING, &n);

  for (int i = 0; i < n; i++)
    rheo_table_set_words (table, column, i, both[i]);
  return table;
}

static RheoTable *
read_both (void *data, const char *series, int64_t at, const char **key, GError **error)
{
  RheoTable *table = rheo_table_new ("Metrics");
  const double iteration[] = { 1, 2, 3 }, share[] = { 0.1, 0.4, 0.6 };
  int64_t n = 3;

  rheo_table_add_copy (table, "iteration", "Epoch", "", "iteration", RHEO_F64, &n, iteration);
  rheo_table_add_copy (table, both[0], "Training accuracy", "", "iteration", RHEO_F64, &n, share);
  rheo_table_add_copy (table, both[1], "Test accuracy", "", "iteration", RHEO_F64, &n, share);
  *key = series;
  return table;
}

/* Accuracies of training and test, which one panel shows of a run, are a plot each, and each says which it is. */
static void
test_parts (void)
{
  g_auto (GStrv) from = g_strsplit ("train-accuracy test-accuracy", " ", -1);
  g_autofree char *kind = g_strdup ("line");
  RheoViewPanel panel = { .kind = kind, .from = from };
  const RheoPlotSource sources[] = { { .name = "one", .list = list_both, .read = read_both },
                                     { .name = "two", .list = list_both, .read = read_both } };
  g_autoptr (GPtrArray) panels = g_ptr_array_new (), plots = NULL;
  g_autoptr (RheoExperiment) one = small_experiment ("run.seed=1"), two = small_experiment ("run.seed=2");
  const char *key;
  g_autoptr (RheoTable) metrics = read_both (NULL, both[0], -1, &key, NULL);
  const char *const parts[] = { "training", "test" };

  g_ptr_array_add (panels, &panel);
  plots = rheo_compare_dup_plots (panels, sources, (RheoExperiment *const[]){ one, two }, 2, metrics);
  g_assert_cmpint (plots->len, ==, 2);
  for (guint i = 0; i < plots->len; i++)
    {
      const RheoPlotSpec *spec = plots->pdata[i];

      g_assert_cmpstr (spec->title, ==, "Accuracy");
      g_assert_cmpstr (spec->subtitle, ==, parts[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/compare/difference", test_difference);
  g_test_add_func ("/app/compare/words", test_words);
  g_test_add_func ("/app/compare/more", test_more);
  g_test_add_func ("/app/compare/names", test_names);
  g_test_add_func ("/app/compare/scores", test_scores);
  g_test_add_func ("/app/compare/parts", test_parts);
  return g_test_run ();
}
