/* Networks learn as the reference runs did. Robot: rsnn 7.2, one seed each, with room for the spread over seeds. Rate
 * networks: medians of three seeds, in the ranges of the reference runs of trainRNNbrain. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "engine/trainer.h"

#define N_SEEDS 3

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

typedef struct
{
  int iteration; /* 0: none */
  double lo, hi; /* R² over all trials together, without noise */
} Range;

typedef struct
{
  const char *experiment;
  Range early, late;
  double noisy_lo, noisy_hi; /* late, with the noise of the training */
} RateCase;

static const RateCase rate_cases[] = {
  { "flip-flop-3bit", { 200, 0.79, 0.84 }, { 300, 0.81, 0.86 }, 0.76, 0.82 },
  { "cddm-short", { 200, 0.97, 1 }, { 300, 0.985, 1 }, 0.945, 0.975 },
  { "memory-anti-angle", { 0 }, { 100, 0.75, 0.88 }, 0.68, 0.82 },
};

static double
get (const RheoTable *metrics, const char *key)
{
  const RheoColumn *column = rheo_table_find (metrics, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

static RheoTrainer *
start (const char *name, int seed, int budget, const char *assignment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (name, &error);
  g_autofree char *seeds = g_strdup_printf ("run.seed=%d", seed), *budgets = g_strdup_printf ("run.budget=%d", budget);
  RheoTrainer *trainer;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, (const char *const[]){ seeds, budgets, assignment, NULL }, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  return trainer;
}

/* FALSE: the budget is spent. */
static gboolean
step (RheoTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  RheoStop stop = RHEO_STOP_NONE;

  rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  g_assert_true (stop == RHEO_STOP_NONE || stop == RHEO_STOP_BUDGET);
  return stop == RHEO_STOP_NONE;
}

static void
test_loss (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (RheoTrainer) trainer = start (c->experiment, 0, c->epochs, c->assignment);
  g_autoptr (RheoTable) metrics = NULL;
  double train, valid;

  while (step (trainer))
    continue;
  metrics = rheo_trainer_dup_last_metrics (trainer);
  train = get (metrics, "loss");
  valid = get (metrics, "valid.loss");
  g_test_message ("training %.2f, validation %.2f", train, valid);
  g_assert_cmpfloat_with_epsilon (train, c->train, c->spread);
  g_assert_cmpfloat_with_epsilon (valid, isnan (c->valid) ? train : c->valid, isnan (c->valid) ? 1.2 : c->spread);
  g_assert_cmpfloat_with_epsilon (get (metrics, "baseline"), 16.03, 0.01);
}

/* On the whole test set: each condition comes equally often. */
static double
measure_r2 (RheoTrainer *trainer, gboolean noisy)
{
  const RheoShape *shape = rheo_net_get_shape (rheo_trainer_get_net (trainer));
  g_autoptr (GError) error = NULL;
  double r2;

  rheo_trainer_measure_r2 (trainer, RHEO_SET_TEST, shape->n_valid > 0 ? shape->n_valid : 200, noisy, &r2, &error);
  g_assert_no_error (error);
  return r2;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
check_median (const char *what, double values[N_SEEDS], double lo, double hi)
{
  qsort (values, N_SEEDS, sizeof *values, compare);
  g_test_message ("%s: %.3f %.3f %.3f", what, values[0], values[1], values[2]);
  g_assert_cmpfloat (values[N_SEEDS / 2], >=, lo);
  g_assert_cmpfloat (values[N_SEEDS / 2], <=, hi);
}

static void
test_r2 (gconstpointer data)
{
  const RateCase *c = data;
  double early[N_SEEDS], late[N_SEEDS], noisy[N_SEEDS];

  for (int seed = 0; seed < N_SEEDS; seed++)
    {
      g_autoptr (RheoTrainer) trainer = start (c->experiment, seed, c->late.iteration, NULL);

      for (int i = 1; step (trainer); i++)
        if (i == c->early.iteration)
          early[seed] = measure_r2 (trainer, FALSE);
      late[seed] = measure_r2 (trainer, FALSE);
      noisy[seed] = measure_r2 (trainer, TRUE);
    }
  if (c->early.iteration > 0)
    check_median ("early", early, c->early.lo, c->early.hi);
  check_median ("late", late, c->late.lo, c->late.hi);
  check_median ("late, with noise", noisy, c->noisy_lo, c->noisy_hi);
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
  for (gsize i = 0; i < G_N_ELEMENTS (rate_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/learn/rate/", rate_cases[i].experiment, NULL);
      g_test_add_data_func (path, &rate_cases[i], test_r2);
    }
  return g_test_run ();
}
