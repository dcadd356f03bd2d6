/* Options of the training of rate networks: how the noise grows, and what ends a run. */
#include "config.h"

#include <math.h>

#include "engine/trainer.h"

static const char *const json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\", \"n-steps\": 30},"
    "\"model\": {\"id\": \"ctrnn\", \"units\": 8, \"dale\": false, \"io-non-negative\": false, \"activation\": "
    "\"tanh\","
    "\"noise-rec\": 0.3}, \"rule\": {\"id\": \"bptt\"},"
    "\"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 12, \"batch\": 6}}";

static RheoTrainer *
make (const char *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);
  g_auto (GStrv) words = g_strsplit (more, " ", -1);
  RheoTrainer *trainer;

  g_assert_no_error (error);
  rheo_experiment_set_all (e, (const char *const *) words, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (e, &error);
  g_assert_no_error (error);
  return trainer;
}

static RheoStop
step (RheoTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  RheoStop stop;

  rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  return stop;
}

/* The linker sends calls of rheo_rollout here (--wrap). */
gboolean __real_rheo_rollout (RheoNet *net, const RheoRollout *r);
gboolean __wrap_rheo_rollout (RheoNet *net, const RheoRollout *r);

static double train_scale; /* of the noise of the last batch of each kind; 0: without noise */
static double valid_scale;

gboolean
__wrap_rheo_rollout (RheoNet *net, const RheoRollout *r)
{
  const double scale = r->flags & RHEO_ROLL_NOISE ? r->noise_scale : 0;

  if (r->batch->set == RHEO_SET_TRAIN)
    train_scale = scale;
  else
    valid_scale = scale;
  return __real_rheo_rollout (net, r);
}

static void
test_annealing (void)
{
  g_autoptr (RheoTrainer) off = make ("run.validate=1"),
                          on = make ("run.validate=1 rule.noise-annealing=true rule.noisy-validation=true");
  double r2;

  step (off);
  g_assert_cmpfloat (train_scale, ==, 1);
  g_assert_cmpfloat (valid_scale, ==, 0);
  for (int i = 0; i < 12; i++)
    {
      step (on);
      g_assert_cmpfloat_with_epsilon (train_scale, 1 / (1 + exp (-(i - 4.0))), 1e-12);
      g_assert_cmpfloat (valid_scale, ==, 1);
    }

  rheo_trainer_measure_r2 (on, RHEO_SET_TRAIN, 6, FALSE, &r2, NULL);
  g_assert_cmpfloat (train_scale, ==, 0);
  rheo_trainer_measure_r2 (on, RHEO_SET_TRAIN, 6, TRUE, &r2, NULL);
  g_assert_cmpfloat (train_scale, ==, 1);
}

static void
test_target_r2 (void)
{
  /* Any R² of an untrained network is below, and those of a trained one are above. */
  g_autoptr (RheoTrainer) trainer =
      make ("run.budget=400 rule.stop.target-r2=0.6 rule.optimiser.lr=0.02 model.noise-rec=0.01");
  RheoStop stop;

  while ((stop = step (trainer)) == RHEO_STOP_NONE)
    ;
  g_assert_cmpint (stop, ==, RHEO_STOP_SOLVED);
  g_assert_cmpint (rheo_trainer_get_place (trainer).iteration, >, 1);
}

/* Penalties that look at the whole batch do so even where the tape holds only a part of it at a time. */
static void
test_waves (void)
{
  g_autofree char *words =
      g_strdup ("run.batch=48 task.n-steps=200 model.units=60 rule.regularisation.rate-magnitude=1 "
                "rule.regularisation.output-variability=1 run.lane-rows=4");
  g_autofree char *less = g_strconcat (words, " run.memory=1", NULL);
  g_autoptr (RheoTrainer) whole = make (words), waves = make (less);
  const RheoGrad *a, *b;

  g_assert_cmpint (rheo_net_get_wave (rheo_trainer_get_net (waves)), <,
                   rheo_net_get_n_lanes (rheo_trainer_get_net (waves)));
  step (whole);
  step (waves);
  a = rheo_trainer_get_grad (whole);
  b = rheo_trainer_get_grad (waves);
  for (int i = 0; i < a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (whole), i);
      double difference = 0, size = 0;

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        {
          difference += pow ((double) a->value[i][k] - (double) b->value[i][k], 2);
          size += pow ((double) a->value[i][k], 2);
        }
      g_assert_cmpfloat (size, >, 0);
      g_assert_cmpfloat (difference, <=, 1e-8 * size);
    }
}

/* Gradients of the task and of the sum, taken apart and put together again by hand. */
static void
test_task_safe (void)
{
  static const char penalties[] = "rule.regularisation.rate=1 rule.regularisation.orthogonality=0.3";
  g_autofree char *held = g_strconcat (penalties, " rule.task-safe=true", NULL);
  int n_against = 0;

  /* A network that has learned without them has rates that they are against. */
  for (int n = 0; n <= 60; n += 60)
    {
      g_autoptr (RheoTrainer) task = make ("run.budget=100 rule.optimiser.lr=0.02"), sum = make (penalties),
                              safe = make (held);
      g_autoptr (RheoTable) table = NULL;
      RheoNet *net = rheo_trainer_get_net (task);
      const RheoGrad *a, *b, *got;
      double along = 0, size = 0, all = 0, wrong = 0;

      for (int i = 0; i < n; i++)
        step (task);
      table = rheo_trainer_dup_checkpoint (task);
      g_assert_true (rheo_trainer_load_checkpoint (sum, table, NULL)
                     && rheo_trainer_load_checkpoint (safe, table, NULL));
      step (task);
      step (sum);
      step (safe);
      a = rheo_trainer_get_grad (task);
      b = rheo_trainer_get_grad (sum);
      got = rheo_trainer_get_grad (safe);
      for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < a->n; i++)
          for (int64_t row = 0; row < rheo_net_get_trainable (net, i)->n_rows; row++)
            for (int k = 0; k < rheo_net_get_trainable (net, i)->width; k++)
              {
                const int64_t at = row * rheo_net_get_trainable (net, i)->stride + k;
                const double g = (double) a->value[i][at], penalty = (double) b->value[i][at] - g;

                if (pass == 0)
                  {
                    along += g * penalty;
                    size += g * g;
                    continue;
                  }
                wrong += pow ((double) got->value[i][at] - (g + penalty - MIN (along, 0) / size * g), 2);
                all += pow ((double) got->value[i][at], 2);
              }
      n_against += along < 0;
      g_assert_cmpfloat (wrong, <, 1e-8 * all);
    }
  g_assert_cmpint (n_against, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/annealing", test_annealing);
  g_test_add_func ("/options/target-r2", test_target_r2);
  g_test_add_func ("/options/waves", test_waves);
  g_test_add_func ("/options/task-safe", test_task_safe);
  return g_test_run ();
}
