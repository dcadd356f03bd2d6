/* Accuracies over an epoch: of the training trials as they were learned, and of the test trials. */
#include "config.h"

#include "trainer-of.h"

static const char *const json =
    "{\"format\": 1, \"title\": \"test\","
    "\"task\": {\"id\": \"data-shd\", \"source\": \"synthetic\", \"n-train\": 66, \"n-test\": 25, \"n-steps\": 40, "
    "\"bin\": 25},"
    "\"model\": {\"id\": \"lif\", \"preset\": \"rleaky\"}, \"rule\": {\"id\": \"bptt\"},"
    "\"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 4, \"batch\": 20}}";

#define SMALL "model.layers.0.units=20 rule.optimiser.lr=0.01 "

/* Mean over all trials of a set, the last few of which fill no batch. */
static double
accuracy_of (RheoTrainer *trainer, RheoSet set, int n, const char *key)
{
  g_autoptr (RheoMetrics) m = rheo_metrics_new ();
  g_autoptr (GError) error = NULL;

  for (int first = 0; first < n; first += 20)
    g_assert_true (rheo_trainer_evaluate (trainer, set, first, MIN (20, n - first), m, &error));
  return rheo_metrics_get (m, rheo_metrics_find (m, key));
}

static void
check_same (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (json, SMALL);

  do_steps (trainer, 6);
  g_assert_cmpfloat (metric (trainer, "train-accuracy"), ==, metric (trainer, "accuracy"));
  g_assert_cmpfloat (metric (trainer, "test-accuracy"), ==, metric (trainer, "valid.accuracy"));
  g_assert_cmpfloat_with_epsilon (metric (trainer, "test-accuracy"),
                                  accuracy_of (trainer, RHEO_SET_TEST, 25, "test.accuracy"), 1e-12);
}

/* Speakers are held out: validation and test are different trials. */
static void
check_held_out (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (json, SMALL "task.held-out=[0,1,2,3] rule.optimiser.lr=0.02");
  const int n_valid = rheo_net_get_shape (rheo_trainer_get_net (trainer))->n_valid;

  g_assert_cmpint (n_valid, >, 5);
  do_steps (trainer, 12);
  g_assert_cmpfloat_with_epsilon (metric (trainer, "test-accuracy"),
                                  accuracy_of (trainer, RHEO_SET_TEST, 25, "test.accuracy"), 1e-12);
  g_assert_cmpfloat_with_epsilon (metric (trainer, "valid.accuracy"),
                                  accuracy_of (trainer, RHEO_SET_VALID, n_valid, "valid.accuracy"), 1e-12);
  g_assert_cmpfloat (metric (trainer, "test-accuracy"), !=, metric (trainer, "valid.accuracy"));
}

/* The matrix of the last validation agrees with the accuracy, and spikes of the classes with those of all trials. */
static void
check_told (gconstpointer words)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (json, words);
  g_autoptr (RheoTable) table = NULL;
  const int32_t *count;
  const double *right, *rate;
  double n_right = 0, mean = 0;
  int n = 0;

  do_steps (trainer, 6);
  table = rheo_trainer_dup_record (trainer, NULL);
  count = rheo_table_find (table, "test.confusion")->data;
  right = rheo_table_find (table, "test.class-accuracy")->data;
  rate = rheo_table_find (table, "hidden.class-rate")->data;
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "class"), 10), ==, "null");
  for (int i = 0; i < 20; i++)
    {
      int of_class = 0;

      for (int j = 0; j < 20; j++)
        of_class += count[20 * i + j];
      g_assert_cmpfloat_with_epsilon (right[i] * of_class, count[20 * i + i], 1e-12);
      n += of_class;
      n_right += count[20 * i + i];
      mean += of_class * rate[i];
    }
  g_assert_cmpint (n, ==, 25);
  g_assert_cmpfloat_with_epsilon (n_right / n, metric (trainer, "test-accuracy"), 1e-12);
  g_assert_cmpfloat (mean / n, >, 0.001);
  if (strstr (words, "held-out") == NULL)
    g_assert_cmpfloat_with_epsilon (mean / n, metric (trainer, "valid.rate"), 1e-9);
}

/* Without validation nothing is tested. */
static void
check_none (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (json, SMALL "run.validate=0");
  g_autoptr (RheoTable) table = NULL;

  do_steps (trainer, 3);
  table = rheo_trainer_dup_last_metrics (trainer);
  g_assert_nonnull (rheo_table_find (table, "accuracy"));
  g_assert_null (rheo_table_find (table, "test-accuracy"));
}

/* Test trials change nothing that is learned. */
static void
check_untouched (void)
{
  g_autoptr (RheoTrainer) with = trainer_of (json, SMALL "task.held-out=[0,1]");
  g_autoptr (RheoTrainer) without = trainer_of (json, SMALL "task.held-out=[0,1] run.validate=0");
  const RheoProj *a = rheo_net_get_proj (rheo_trainer_get_net (with), 1);
  const RheoProj *b = rheo_net_get_proj (rheo_trainer_get_net (without), 1);

  do_steps (with, 6);
  do_steps (without, 6);
  g_assert_cmpmem (a->weight, sizeof (RheoReal) * (gsize) (a->n_pre * a->stride), b->weight,
                   sizeof (RheoReal) * (gsize) (b->n_pre * b->stride));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/accuracy/same", check_same);
  g_test_add_func ("/accuracy/held-out", check_held_out);
  g_test_add_data_func ("/accuracy/told", SMALL, check_told);
  g_test_add_data_func ("/accuracy/told-held-out", SMALL "task.held-out=[0,1,2,3]", check_told);
  g_test_add_func ("/accuracy/none", check_none);
  g_test_add_func ("/accuracy/untouched", check_untouched);
  return g_test_run ();
}
