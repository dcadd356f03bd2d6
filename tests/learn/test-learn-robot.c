/* The robot networks learn as the reference runs of rsnn 7.2 did: one seed each, with room for the spread over seeds. */
#include "config.h"

#include <math.h>

#include "engine/trainer.h"

typedef struct
{
  const char *name, *experiment, *assignment;
  int epochs;
  double train, spread; /* loss of the last epoch */
  double valid;         /* NaN: about that of training */
} Case;

static const Case cases[] = {
  { "upstream", "robot-trajectory-upstream", "model.layers.0.units=256", 20, 21.2, 1, NAN },
  { "corrected", "robot-trajectory", "model.layers.0.units=256", 20, 17.2, 2.2, NAN },
  { "clean", "robot-clean", "model.layers.0.units=256", 20, 3.5, 0.25, 3.55 },
  /* The reference has 26.78, 26.93, 26.50 and 26.50 in the third epoch, 25.23, 25.44, 24.78 and 24.63 in the fourth. The loss of an
   * epoch is the mean over its batches; validation follows the last of them, so it lies half-way to the next epoch. */
  { "large", "robot-trajectory-upstream", "model.layers.0.units=1000", 3, 26.7, 1, 25.8 },
};

static double
get (const RheoTable *metrics, const char *key)
{
  const RheoColumn *column = rheo_table_find (metrics, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

static void
test_loss (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (c->experiment, &error);
  g_autofree char *budget = g_strdup_printf ("run.budget=%d", c->epochs);
  g_autoptr (RheoTable) metrics = NULL;
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoStop stop = RHEO_STOP_NONE;
  double train, valid;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, (const char *const[]){ "run.seed=0", budget, c->assignment, NULL }, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  while (stop == RHEO_STOP_NONE)
    {
      rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (stop, ==, RHEO_STOP_BUDGET);
  metrics = rheo_trainer_dup_last_metrics (trainer);
  train = get (metrics, "loss");
  valid = get (metrics, "valid.loss");
  g_test_message ("training %.2f, validation %.2f", train, valid);
  g_assert_cmpfloat_with_epsilon (train, c->train, c->spread);
  g_assert_cmpfloat_with_epsilon (valid, isnan (c->valid) ? train : c->valid, isnan (c->valid) ? 1.2 : c->spread);
  g_assert_cmpfloat_with_epsilon (get (metrics, "baseline"), 16.03, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/learn/robot/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_loss);
    }
  return g_test_run ();
}
