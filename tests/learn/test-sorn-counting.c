/* A self-organising network learns to count: on blocks that its read-out has not seen it foretells letters better than
 * whoever looks at the last letter alone, and better than the same network without plasticity (Lazar, Pipa & Triesch 2009). */
#include "engine/trainer.h"

#define N_SEEDS 4
#define N_BLOCKS 1000
#define N_LAST 200
#define INNER 8

/* Mean accuracy over the last blocks, and over the blocks from 20 to 100. */
static double
measure (int seed, gboolean plastic, double *early)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("sorn-counting", &error);
  g_autofree char *seeds = g_strdup_printf ("run.seed=%d", seed);
  g_autofree char *learn = g_strdup_printf ("rule.learn=%s", plastic ? "true" : "false");
  RheoTrainer *trainer;
  RheoStop stop = RHEO_STOP_NONE;
  double late = 0;

  g_assert_no_error (error);
  g_assert_true (rheo_experiment_set_all (
      experiment, (const char *const[]){ seeds, learn, "run.record-every=0", "task.inner-letters=8", NULL }, &error));
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  for (int i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (RheoTable) metrics = NULL;
      double accuracy;

      rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
      g_assert_no_error (error);
      metrics = rheo_trainer_dup_last_metrics (trainer);
      accuracy = rheo_column_get_number (rheo_table_find (metrics, "accuracy"), 0);
      g_assert_true (accuracy >= 0 && accuracy <= 1);
      if (i >= N_BLOCKS - N_LAST)
        late += accuracy / N_LAST;
      else if (i >= 20 && i < 100)
        *early += accuracy / 80 / N_SEEDS;
    }
  rheo_trainer_free (trainer);
  return late;
}

static void
test_plastic (void)
{
  double plastic = 0, frozen = 0, before = 0, unused = 0;

  for (int seed = 1; seed <= N_SEEDS; seed++)
    {
      plastic += measure (seed, TRUE, &before) / N_SEEDS;
      frozen += measure (seed, FALSE, &unused) / N_SEEDS;
    }
  g_test_message ("plastic %.3f, at first %.3f, frozen %.3f", plastic, before, frozen);
  g_assert_cmpfloat (plastic, >, (double) INNER / (INNER + 1)); /* the last letter but one of a word is not known */
  g_assert_cmpfloat (plastic, >, frozen + 0.01);
  g_assert_cmpfloat (plastic, >, before + 0.02);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sorn-counting/plastic", test_plastic);
  return g_test_run ();
}
