/* The closed loop: environments, their experts, and a network that plays. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/bumps.h"
#include "engine/cart-pole.h"
#include "engine/lqr.h"
#include "engine/target.h"
#include "engine/trainer.h"

static RheoTrainer *
make (const char *task, const char *more)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autofree char *all = g_strdup_printf ("model.id=ctrnn rule.id=bptt model.units=30 run.batch=4 run.budget=2 "
                                          "run.validate=1 run.seed=3 %s",
                                          more);
  g_auto (GStrv) word = g_strsplit (all, " ", -1);
  g_autoptr (GError) error = NULL;
  RheoTrainer *trainer;

  rheo_experiment_set (experiment, "task.id", task, &error);
  g_assert_no_error (error);
  for (int i = 0; word[i] != NULL; i++)
    if (word[i][0] != '\0')
      {
        g_auto (GStrv) pair = g_strsplit (word[i], "=", 2);

        rheo_experiment_set (experiment, pair[0], pair[1], &error);
        g_assert_no_error (error);
      }
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  return trainer;
}

static const RheoTask *
task_of (RheoTrainer *trainer, const void **config)
{
  const RheoExperiment *experiment = rheo_trainer_get_experiment (trainer);

  *config = rheo_experiment_get_values ((RheoExperiment *) experiment, RHEO_SLOT_TASK);
  return (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
}

/* --- experts ------------------------------------------------------------------------------------------------------ */
/* One number: p = q + a^2 p - (a p b)^2 / (r + b^2 p) has a closed form. */
static void
test_regulator_scalar (void)
{
  const double a = 1.2, b = 0.5, q = 1, r = 0.3;
  const double half = (r * (a * a - 1) + q * b * b) / (2 * b * b);
  const double p = half + sqrt (half * half + q * r / (b * b));
  double gain;

  g_assert_true (rheo_lqr (1, &a, &b, &q, r, &gain));
  g_assert_cmpfloat_with_epsilon (gain, a * b * p / (r + b * b * p), 1e-10);
}

static void
test_regulator_none (void)
{
  const double a = 1.2, b = 0, q = 1;
  double gain;

  g_assert_false (rheo_lqr (1, &a, &b, &q, 1, &gain)); /* nothing acts on what grows */
}

/* The linear system is the derivative of the step at rest. */
static void
test_linear (void)
{
  const RheoCartPole pole = { 1, 0.1, 0.5, 9.81, 0.02, 2.4, 0.21 };
  const double tiny = 1e-6;
  double a[16], b[4];

  rheo_cart_pole_linear (&pole, a, b);
  for (int j = 0; j < 5; j++)
    {
      RheoCartPoleState s = { { 0 } };

      if (j < 4)
        s.x[j] = tiny;
      rheo_cart_pole_step (&pole, j == 4 ? tiny : 0, &s);
      for (int i = 0; i < 4; i++)
        g_assert_cmpfloat_with_epsilon (s.x[i] / tiny, j == 4 ? b[i] : a[4 * i + j], 1e-8);
    }
}

/* It survives all the time, from every start: each is worth 500 of 500 steps. */
static void
test_expert (void)
{
  g_autoptr (RheoTrainer) trainer = make ("cartpole-cloning", "");
  const void *config;
  const RheoTask *task = task_of (trainer, &config);
  g_autoptr (GError) error = NULL;
  void *data;
  g_autofree char *state = g_malloc0 (task->state_size);
  RheoReal obs[80];
  RheoDraw draw = { .set = RHEO_SET_VALID };
  double value[RHEO_MAX_MEASURES], reward;
  int n = 0;

  g_assert_true (task->open (config, 3, &data, &error));
  task->reset (config, data, state, &draw, obs);
  while (!task->act (config, data, state, &(RheoReal){ 0 }, obs, &reward))
    n++;
  g_assert_cmpint (n, <, 200); /* alone the pole falls */
  task->measure (config, data, state, value);
  g_assert_cmpfloat (value[0], ==, n + 1);
  g_assert_cmpfloat_with_epsilon (value[1], (n + 1) / 500.0, 1e-12);
  task->close (data);
}

/* The demonstration, given as actions, presses the button and reaches the food; the way there is that of the record. */
static void
test_demonstration (void)
{
  g_autoptr (RheoTrainer) trainer = make ("button-food", "task.lowest=50 task.highest=130 task.episodes=5");
  const void *config;
  const RheoTask *task = task_of (trainer, &config);
  g_autoptr (GError) error = NULL;
  g_autofree char *state = g_malloc0 (task->state_size);

  for (int i = 0; i < 5; i++)
    {
      g_autofree RheoReal *input = g_new0 (RheoReal, 80 * 82), *target = g_new0 (RheoReal, 80 * 2);
      double angle, value[RHEO_MAX_MEASURES], reward;
      RheoTrial trial = {
        .n_steps = 80, .n_in = 82, .n_out = 2, .input = input, .target = target, .condition = &angle
      };
      const RheoDraw draw = { .set = RHEO_SET_TRAIN, .index = i }, play = { .set = RHEO_SET_VALID, .index = i };
      RheoReal obs[82] = { 0 };
      bool over = false;

      g_assert_true (task->fill (config, NULL, &draw, &trial, &error));
      g_assert_cmpfloat (angle, ==, 50 + 20 * i);
      task->reset (config, NULL, state, &play, obs);
      for (int t = 0; t < 80 && !over; t++)
        {
          g_assert_cmpfloat (input[82 * t + 80], ==, t < 30);
          g_assert_cmpfloat (input[82 * t + 81], ==, t >= 30);
          if (t <= 1)
            for (int k = 0; k < 80; k++)
              g_assert_cmpfloat_with_epsilon (obs[k], input[82 * t + k], 1e-6);
          over = task->act (config, NULL, state, target + 2 * t, obs, &reward);
        }
      task->measure (config, NULL, state, value);
      g_assert_true (over);
      g_assert_cmpfloat (value[0], >, 30);
      g_assert_cmpfloat (value[1], ==, 1);
      g_assert_cmpfloat (value[2], ==, 1);
    }
}

static void
test_bumps (void)
{
  RheoReal code[5];

  rheo_bumps (-7, 1, 5, 0.5, code); /* brought to -1 */
  for (int k = 0; k < 5; k++)
    g_assert_cmpfloat_with_epsilon (code[k], exp (-0.5 * k * k), 1e-6);
}

/* --- what learns does not see hints ------------------------------------------------------------------------------- */
static void
test_hints (void)
{
  g_autoptr (RheoTrainer) trainer = make ("button-food", "");
  g_autoptr (GError) error = NULL;
  const RheoBatch *batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 0, &error);

  g_assert_no_error (error);
  for (int i = 0; i < batch->n_rows * batch->n_steps; i++)
    {
      g_assert_cmpfloat (batch->input[(i + 1) * batch->n_in - 2], ==, 0);
      g_assert_cmpfloat (batch->input[(i + 1) * batch->n_in - 1], ==, 0);
      g_assert_cmpfloat (batch->hint[2 * i] + batch->hint[2 * i + 1], ==, 1);
    }
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
}

/* --- a network plays ---------------------------------------------------------------------------------------------- */
static double
played (RheoTrainer *trainer, int first, int n, const char *name)
{
  g_autoptr (RheoMetrics) m = rheo_metrics_new ();

  rheo_trainer_play (trainer, RHEO_SET_VALID, first, n, m, NULL);
  g_assert_cmpint (rheo_metrics_find (m, name), >=, 0);
  return rheo_metrics_get (m, rheo_metrics_find (m, name));
}

/* The same scores side by side, one after the other, on more threads; and those are the metrics of a validation. */
static void
test_same (void)
{
  g_autoptr (RheoTrainer) one = make ("cartpole-cloning", "task.episodes=6"),
                          two = make ("cartpole-cloning", "task.episodes=6 run.threads=2 run.batch=5");
  g_autoptr (RheoTable) last = NULL;
  RheoStop stop;
  double alone = 0, all = played (one, 0, 6, "valid.survived");

  for (int i = 0; i < 6; i++)
    alone += played (one, i, 1, "valid.survived") / 6;
  g_assert_cmpfloat_with_epsilon (all, alone, 1e-12);
  g_assert_cmpfloat (all, >=, 1);
  g_assert_cmpfloat (played (two, 0, 6, "valid.survived"), ==, all);

  while (rheo_trainer_get_place (one).iteration < 1)
    g_assert_true (rheo_trainer_step (one, NULL, NULL, &stop, NULL));
  last = rheo_trainer_dup_last_metrics (one);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (last, "survived"), 0), ==,
                     played (one, 0, 6, "valid.survived"));
}

/* What is recorded: as long as it lasted, then the last moment again. */
static void
test_record (void)
{
  g_autoptr (RheoTrainer) trainer = make ("cartpole-cloning", "task.episodes=6 task.episode-steps=150");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) record = rheo_trainer_dup_record (trainer, &error);
  const RheoColumn *items, *length, *score;
  int n_moments, longest = 0;

  g_assert_no_error (error);
  items = rheo_table_find (record, "scene.items");
  n_moments = (int) items->dims[1];
  length = rheo_table_find (record, "scene.length");
  score = rheo_table_find (record, "scene.score");
  g_assert_cmpint (items->dims[0], ==, 4);
  g_assert_cmpint (items->dims[2], ==, 5);
  g_assert_cmpint (items->dims[3], ==, RHEO_SCENE_NUMBERS);
  g_assert_cmpstr (rheo_table_get_note (record, "scene.bounds"), ==, "-2.4 -0.4 2.4 1.4");
  for (int i = 0; i < 4; i++)
    {
      const gsize size = (gsize) items->dims[2] * RHEO_SCENE_NUMBERS;
      const float *film = (const float *) items->data + (gsize) i * (gsize) n_moments * size;
      const int n = (int) rheo_column_get_number (length, i);

      g_assert_cmpint (n, ==, (int) rheo_column_get_number (score, i) + 1);
      g_assert_cmpint (n, <=, n_moments);
      longest = MAX (longest, n);
      for (int t = 2; t < n_moments; t++) /* the first step changes velocities alone */
        g_assert_cmpint (memcmp (film + t * size, film + (t - 1) * size, sizeof *film * size) == 0, ==, t >= n);
    }
  g_assert_cmpint (longest, ==, n_moments);
  /* This task does not tell what was done. */
  g_assert_null (rheo_table_find (record, "scene.action"));
}

static double
last_metric (RheoTrainer *trainer, const char *key)
{
  g_autoptr (RheoTable) last = rheo_trainer_dup_last_metrics (trainer);

  return rheo_column_get_number (rheo_table_find (last, key), 0);
}

/* The angle lies in one of 20 bins that a normal distribution hits equally often, and its turning in another. */
static void
assert_fields (const RheoTable *record)
{
  static const double bound[] = { -1.64485363, -1.28155157, -1.03643339, -0.84162123, -0.67448975,
                                  -0.52440051, -0.38532047, -0.25334710, -0.12566135, 0,
                                  0.12566135,  0.25334710,  0.38532047,  0.52440051,  0.67448975,
                                  0.84162123,  1.03643339,  1.28155157,  1.64485363 };
  const RheoColumn *facts = rheo_table_find (record, "scene.facts"), *fields = rheo_table_find (record, "scene.fields");

  g_assert_cmpstr (rheo_table_get_note (record, "scene.field-names"), ==, "position\tvelocity\tangle\tturning");
  g_assert_cmpstr (rheo_table_get_note (record, "scene.field-cells"), ==, "20 20 20 20");
  g_assert_cmpint (fields->dims[1], ==, facts->dims[1]);
  for (int t = 0; t < fields->dims[1]; t++)
    {
      const double z[] = { (rheo_column_get_number (facts, 2 * t) * G_PI / 180 - 0.00529333) / 0.09129902,
                           (rheo_column_get_number (facts, 2 * t + 1) - 0.04752025) / 0.82070579 };

      for (int k = 0; k < 2; k++)
        {
          int bin = 0;

          while (bin < (int) G_N_ELEMENTS (bound) && bound[bin] < z[k])
            bin++;
          g_assert_cmpint ((int) rheo_column_get_number (fields, 4 * t + 2 + k), ==, bin);
        }
    }
}

/* A network that goes on shows its last episode: as many actions as its metrics say, of the same mean reward, as often
 * undecided, and the newest of its spikes in the time that all actions have taken. */
static void
test_film (void)
{
  g_autoptr (RheoTrainer) trainer = make ("cartpole", "model.id=intf7 rule.id=stdp-rl model.seed=3 run.batch=1 "
                                                      "task.code=fields task.reward=critic task.undecided=random "
                                                      "task.dt=0.6 task.steps-per-action=83 task.limit=v1");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) record = NULL;
  const RheoColumn *reward, *action, *votes, *all, *class;
  RheoStop stop;
  double sum = 0, undecided = 0;
  int n, n_spiking, n_actions = 0;

  for (int i = 0; i < 3; i++)
    {
      g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &stop, &error));
      n_actions += (int) last_metric (trainer, "episode-length");
    }
  n = (int) last_metric (trainer, "episode-length");
  record = rheo_trainer_dup_record (trainer, &error);
  g_assert_no_error (error);
  reward = rheo_table_find (record, "scene.reward");
  action = rheo_table_find (record, "scene.action");
  votes = rheo_table_find (record, "scene.votes");
  all = rheo_table_find (record, "scene.rewards");
  g_assert_cmpint (reward->dims[0], ==, 1);
  g_assert_cmpint (reward->dims[1], ==, n + 1);
  g_assert_cmpstr (rheo_table_get_note (record, "scene.number"), ==, "3");
  g_assert_cmpstr (rheo_table_get_note (record, "scene.outputs"), ==, "left\tright");
  assert_fields (record);
  g_assert_cmpstr (rheo_table_get_note (record, "scene.step"), ==, "49.8");
  g_assert_cmpint ((int) rheo_column_get_number (action, 0), ==, -1);
  for (int t = 1; t <= n; t++)
    {
      const double left = rheo_column_get_number (votes, 2 * t), right = rheo_column_get_number (votes, 2 * t + 1);

      sum += rheo_column_get_number (reward, t);
      undecided += left == right;
      if (left != right)
        g_assert_cmpint ((int) rheo_column_get_number (action, t), ==, right > left);
    }
  g_assert_cmpfloat_with_epsilon (sum / n, last_metric (trainer, "reward"), 1e-6);
  g_assert_cmpfloat_with_epsilon (undecided / n, last_metric (trainer, "undecided"), 1e-12);
  g_assert_cmpint (rheo_column_get_length (all), ==, n_actions);
  g_assert_cmpfloat (rheo_column_get_number (all, n_actions - 1), ==, rheo_column_get_number (reward, n));

  /* Cells are called after what they vote for; the last steps end where all actions do. */
  class = rheo_table_find (record, "EM.class");
  g_assert_cmpstr (rheo_table_get_note (record, "EM.classes"), ==, "left right");
  g_assert_cmpfloat (rheo_column_get_number (class, 0), ==, 0);
  g_assert_cmpfloat (rheo_column_get_number (class, 39), ==, 1);
  n_spiking = (int) rheo_table_find (record, "EM.spikes")->dims[1];
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (rheo_table_get_note (record, "start"), NULL) + 0.6 * n_spiking,
                                  49.8 * n_actions, 1e-6);
}

/* Spikes of the inner target, in a network that hears its hints or does not. */
static int
count_target (double sd_in)
{
  g_autofree char *more =
      g_strdup_printf ("model.id=cuba-lif rule.id=goal model.units=40 model.sd-in=%g model.sd-rec=0 "
                       "rule.target.sd=0 run.batch=5 task.bump-width=0.001",
                       sd_in);
  g_autoptr (RheoTrainer) trainer = make ("button-food", more);
  const RheoNetArray *spikes = rheo_net_find_array (rheo_trainer_get_net (trainer), "target.spikes");
  RheoStop stop;
  int n = 0;

  g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &stop, NULL));
  for (int64_t i = 0; i < spikes->dims[0] * spikes->dims[1] * spikes->dims[2]; i++)
    n += ((const uint8_t *) spikes->data)[i];
  /* Trials of the validation have no inner target to be held against. */
  g_assert_cmpint (rheo_metrics_find (rheo_trainer_get_metrics (trainer), "train.spike-error"), >=, 0);
  g_assert_cmpint (rheo_metrics_find (rheo_trainer_get_metrics (trainer), "valid.spike-error"), <, 0);
  return n;
}

/* With bumps too narrow to be hit and no teacher, hints are all that drives the target network. */
static void
test_hints_teach (void)
{
  g_assert_cmpint (count_target (0), ==, 0);
  g_assert_cmpint (count_target (30), >, 100);
}

static int64_t
count_spikes (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch)
{
  int64_t n = 0;

  g_assert_true (rheo_target_run (target, rule, batch));
  for (int64_t i = 0; i < (int64_t) batch->n_rows * batch->n_steps * target->n_units; i++)
    n += target->out[i] > 0;
  return n;
}

/* A target network is not run twice with the same trials; other hints make them others. */
static void
test_hints_change (void)
{
  g_autoptr (RheoTrainer) trainer =
      make ("button-food", "model.id=cuba-lif model.units=40 model.sd-in=30 model.sd-rec=0 task.bump-width=0.001");
  RheoRule *rule = rheo_trainer_get_rule (trainer);
  const RheoTargetConfig config = { .sd = 0 };
  RheoTarget target = { 0 };
  g_autoptr (GError) error = NULL;
  const RheoBatch *batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 0, &error);
  RheoBatch other;
  g_autofree RheoReal *none = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (batch->n_hints, ==, 2);
  rheo_target_init (&target, rule, &config, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_spikes (&target, rule, batch), >, 100);
  g_assert_cmpuint (target.seen, !=, 0);
  other = *batch;
  other.hint = none = g_new0 (RheoReal, (gsize) batch->n_rows * (gsize) batch->n_steps * 2);
  g_assert_cmpint (count_spikes (&target, rule, &other), <, 100);
  rheo_target_release (&target);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/play/regulator/scalar", test_regulator_scalar);
  g_test_add_func ("/play/regulator/none", test_regulator_none);
  g_test_add_func ("/play/regulator/linear", test_linear);
  g_test_add_func ("/play/expert", test_expert);
  g_test_add_func ("/play/demonstration", test_demonstration);
  g_test_add_func ("/play/bumps", test_bumps);
  g_test_add_func ("/play/hints", test_hints);
  g_test_add_func ("/play/hints-teach", test_hints_teach);
  g_test_add_func ("/play/hints-change", test_hints_change);
  g_test_add_func ("/play/same", test_same);
  g_test_add_func ("/play/record", test_record);
  g_test_add_func ("/play/film", test_film);
  return g_test_run ();
}
