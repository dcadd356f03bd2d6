/* What a network would do in states that are made up. */
#include "config.h"

#include <math.h>

#include "../engine/trainer-of.h"
#include "engine/encoder.h"
#include "result-of.h"

#define N_CELLS 20 /* of a number */
#define HOLD 83
#define ACTION 49.8 /* ms */
#define FIRST_MOTOR 140
#define N_MOTOR 40

static RheoTable *
states (RheoTrainer *trainer, const char *words, GError **error)
{
  g_autoptr (RheoTable) weights = rheo_table_new ("");
  const RheoRecord record = { .experiment = rheo_trainer_get_experiment (trainer), .name = "run", .weights = weights };

  rheo_net_save (rheo_trainer_get_net (trainer), TRUE, weights);
  return run_with ("states", &record, 1, words, error);
}

/* Spikes of the motor cells by the end of which action they come. */
typedef struct
{
  int left[48], right[48], n;
} Heard;

static void
hear (void *data, RheoLane *lane, int unit, double time)
{
  Heard *heard = data;
  const int action = (int) ceil (time / ACTION - 1e-9) - 1;

  g_assert_cmpint (action, <, 48);
  if (unit >= FIRST_MOTOR && unit < FIRST_MOTOR + N_MOTOR / 2)
    heard->left[action]++;
  else if (unit >= FIRST_MOTOR && unit < FIRST_MOTOR + N_MOTOR)
    heard->right[action]++;
  heard->n++;
}

/* Sixteen states of the cells 4 and 14 of each number, in one run, as spikes tell them. */
static void
test_votes (void)
{
  enum
  {
    N = 16,
    EVERY = 3,
  };
  g_autoptr (RheoTrainer) trainer = trainer_named ("cartpole-stdp-rl", "run.threads=1");
  RheoNet *net = rheo_trainer_get_net (trainer);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = states (trainer, "grain=10", &error), again = states (trainer, "grain=10", &error);
  g_autofree RheoReal *input = g_new0 (RheoReal, N * EVERY * 4 * N_CELLS);
  const int length = N * EVERY * HOLD;
  const RheoBatch batch = {
    .n_rows = 1, .n_steps = length, .hold = HOLD, .n_in = 4 * N_CELLS, .n_out = 2, .length = &length, .input = input
  };
  Heard heard = { .n = 0 };
  int n_decided = 0, n_right = 0;

  g_assert_no_error (error);
  for (int c = 0; c < N; c++)
    for (int k = 0; k < 4; k++)
      input[(c * EVERY + 2) * 4 * N_CELLS + k * N_CELLS + (c >> k & 1 ? 14 : 4)] = 50;
  for (int t = 0; t < N * EVERY; t++)
    rheo_rollout (net, &(RheoRollout){ .batch = &batch,
                                       .t0 = t * HOLD,
                                       .t1 = (t + 1) * HOLD,
                                       .flags = RHEO_ROLL_TAPE | (t == 0 ? RHEO_ROLL_RESET : 0),
                                       .on_spike = hear,
                                       .on_spike_data = &heard });
  for (int c = 0; c < N; c++)
    {
      const int left = heard.left[c * EVERY + 2], right = heard.right[c * EVERY + 2];

      g_assert_cmpfloat (get (table, "left.votes", c), ==, left);
      g_assert_cmpfloat (get (table, "right.votes", c), ==, right);
      g_assert_cmpfloat (get (table, "move", c), ==, left == right ? -1 : right > left);
      g_assert_cmpfloat (get (table, "position.bin", c), ==, c & 1 ? 14 : 4);
      g_assert_cmpfloat (get (table, "turning.bin", c), ==, c & 8 ? 14 : 4);
      g_assert_cmpfloat (get (again, "left.votes", c), ==, left);
      n_decided += left != right;
      n_right += right > left;
    }
  g_assert_cmpint (n_right, >, 0);
  g_assert_cmpint (n_right, <, n_decided);
  g_assert_cmpfloat (get (table, "states", 0), ==, N);
  g_assert_cmpfloat_with_epsilon (get (table, "decided", 0), n_decided / 16.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (table, "last", 0), (double) n_right / n_decided, 1e-12);
}

/* Maps are means over the other numbers; a part is some of the states in their order. */
static void
test_maps (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("cartpole-stdp-rl", "run.threads=1");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) all = states (trainer, "grain=4", &error);
  g_autoptr (RheoTable) first = states (trainer, "grain=4 parts=5 part=1", &error);
  g_autoptr (RheoTable) third = states (trainer, "grain=4 parts=5 part=3", &error);
  const RheoColumn *map;

  g_assert_no_error (error);
  map = rheo_table_find (all, "angle-turning.share");
  g_assert_cmpstr (map->axes, ==, "angle turning");
  for (int a = 0; a < 5; a++)
    for (int b = 0; b < 5; b++)
      {
        double n = 0, right = 0;

        for (int c = (b * 5 + a) * 25; c < (b * 5 + a + 1) * 25; c++)
          {
            n += get (all, "move", c) >= 0;
            right += get (all, "move", c) == 1;
          }
        g_assert_cmpfloat (n, >, 0);
        g_assert_cmpfloat_with_epsilon (rheo_column_get_number (map, a * 5 + b), right / n, 1e-12);
      }
  for (int a = 0; a < 5; a++)
    {
      double n = 0, right = 0;

      for (int c = a; c < 625; c += 5)
        {
          n += get (all, "move", c) >= 0;
          right += get (all, "move", c) == 1;
        }
      g_assert_cmpfloat_with_epsilon (get (all, "position.share", a), right / n, 1e-12);
    }
  /* Cells 1, 5, 9 ...: quantiles 0.075, 0.275, 0.475 ... */
  g_assert_cmpfloat_with_epsilon (get (all, "angle", 0), 0.00529333 - 1.439531471 * 0.09129902, 1e-8);
  g_assert_cmpfloat_with_epsilon (get (all, "turning", 2), 0.04752025 - 0.062706778 * 0.82070579, 1e-8);

  g_assert_cmpfloat (get (third, "state", 0), ==, 250);
  g_assert_cmpfloat (get (third, "states", 0), ==, 125);
  g_assert_cmpfloat (get (third, "turning.bin", 124), ==, 1 + 4 * 2);
  for (int c = 0; c < 125; c++)
    g_assert_cmpfloat (get (first, "right.votes", c), ==, get (all, "right.votes", c));
}

/* Each input cell alone: too little for motor cells to fire, but enough where weights are three times as large. */
static void
test_cells (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("cartpole-stdp-rl", "run.threads=1");
  g_autoptr (RheoTrainer) other = trainer_named ("cartpole-stdp-rl", "run.threads=1 model.gain-ee=6");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) weak = states (trainer, "grain=20", &error), strong = states (other, "grain=20", &error);
  double sum[2] = { 0 };

  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (weak, "left.cell-votes")), ==, 4 * N_CELLS);
  g_assert_cmpfloat (get (weak, "states", 0), ==, 1);
  for (int i = 0; i < 4 * N_CELLS; i++)
    {
      g_assert_cmpfloat (get (strong, "cell", i), ==, i);
      sum[0] += get (weak, "left.cell-votes", i) + get (weak, "right.cell-votes", i);
      sum[1] += get (strong, "left.cell-votes", i) + get (strong, "right.cell-votes", i);
    }
  g_assert_cmpfloat (sum[0], ==, 0);
  g_assert_cmpfloat (sum[1], >, 80);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *experiment, *words;
  } unfit[] = { { "cartpole-stdp-rl", "task.code=raw" },
                { "cartpole-stdp-rl", "task.angle.code=linear" },
                { "sorn-cartpole", NULL },
                { "sorn-default", NULL } };
  static const char *const wrong[][2] = { { "grain=64", "grain is 64, but Position has 20 cells." },
                                          { "part=3 parts=2", "part is 3; allowed is 1 to 2" },
                                          { "grain=10 parts=17 part=1", "0 of 16 states" } };
  g_autoptr (RheoTrainer) trainer = trainer_named ("cartpole-stdp-rl", "run.threads=1");

  for (gsize i = 0; i < G_N_ELEMENTS (unfit); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (unfit[i].experiment, &error);
      const char *const words[] = { unfit[i].words, NULL };

      g_assert_true (rheo_experiment_set_all (experiment, words, &error));
      g_assert_false (rheo_analysis_fits (find ("states"), experiment, &error));
      g_assert_nonnull (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (states (trainer, wrong[i][0], &error));
      g_assert_nonnull (strstr (error->message, wrong[i][1]));
    }
}

/* Where fields have their middle. */
static void
test_middle (void)
{
  const RheoEncoder even = { .code = RHEO_CODE_EVEN, .bins = 4, .min = -1, .max = 3 };
  const RheoEncoder intervals = {
    .code = RHEO_CODE_INTERVALS, .standardise = TRUE, .mean = 10, .sd = 2, .n_bounds = 3, .bound = { -1, 0, 3 }
  };

  g_assert_cmpfloat (rheo_encoder_get_middle (&even, 0), ==, -0.5);
  g_assert_cmpfloat (rheo_encoder_get_middle (&even, 3), ==, 2.5);
  g_assert_cmpfloat (rheo_encoder_get_middle (&intervals, 0), ==, 9);
  g_assert_cmpfloat (rheo_encoder_get_middle (&intervals, 1), ==, 13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/states/votes", test_votes);
  g_test_add_func ("/states/maps", test_maps);
  g_test_add_func ("/states/cells", test_cells);
  g_test_add_func ("/states/refused", test_refused);
  g_test_add_func ("/states/middle", test_middle);
  return g_test_run ();
}
