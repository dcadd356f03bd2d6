/* Penalties on activity against their definitions, and early stopping. */
#include "config.h"

#include <math.h>

#include "engine/penalty.h"
#include "engine/stop.h"

enum
{
  N_ROWS = 3,
  N_STEPS = 5,
  N_UNITS = 4,
};

/* One population whose spikes are given as counts per row, step and unit. */
typedef struct
{
  RheoActivity activity;
  RheoActivityPop pop;
  RheoBatch batch;
  int length[N_ROWS];
  int64_t spikes[N_ROWS], sample[N_STEPS];
  int32_t active[N_ROWS * N_STEPS], count[N_ROWS * N_UNITS];
  int fired[N_ROWS][N_STEPS][N_UNITS];
} Case;

static void
count (Case *c)
{
  for (int r = 0; r < N_ROWS; r++)
    {
      c->spikes[r] = 0;
      for (int k = 0; k < N_UNITS; k++)
        c->count[r * N_UNITS + k] = 0;
      for (int t = 0; t < N_STEPS; t++)
        {
          c->active[r * N_STEPS + t] = 0;
          for (int k = 0; k < N_UNITS; k++)
            {
              c->active[r * N_STEPS + t] += c->fired[r][t][k];
              c->count[r * N_UNITS + k] += c->fired[r][t][k];
              c->spikes[r] += c->fired[r][t][k];
            }
        }
    }
  rheo_activity_finish (&c->activity, &c->batch);
}

static void
prepare (Case *c, gboolean swapped)
{
  *c = (Case){ .pop = { .n_units = N_UNITS, .n_classes = 1 },
               .activity = { .n_pops = 1, .n_rows = N_ROWS, .n_steps = N_STEPS, .n_units = N_UNITS },
               .batch = { .n_rows = N_ROWS, .n_steps = N_STEPS, .swapped = swapped } };
  c->activity.pop = &c->pop;
  c->activity.sample = c->sample;
  c->batch.length = c->length;
  c->pop.spikes = c->spikes;
  c->pop.active = c->active;
  c->pop.count = c->count;
  for (int r = 0; r < N_ROWS; r++)
    {
      c->length[r] = swapped ? N_STEPS : N_STEPS - r;
      for (int t = 0; t < c->length[r]; t++)
        for (int k = 0; k < N_UNITS; k++)
          c->fired[r][t][k] = (3 * r + 5 * t + 7 * k) % 4 == 0;
    }
  count (c);
}

/* All penalties are squares, for which the central difference over one spike is the derivative itself. */
static void
test_gradients (void)
{
  static const RheoPenalty penalties[] = {
    { .rate = 3, .rate_target = 0.02 },
    { .lower = 2, .lower_at = 4 }, /* above every count, so that a spike more or less stays on the square */
    { .upper = 5, .upper_at = 0.2 },
    { .rate = 3, .rate_target = 0.5, .lower = 2, .lower_at = 5, .upper = 5, .upper_at = 0.1 },
  };
  double eps = sizeof (RheoReal) == 4 ? 1e-6 : 1e-12;

  for (int swapped = 0; swapped < 2; swapped++)
    for (gsize i = 0; i < G_N_ELEMENTS (penalties); i++)
      {
        Case c;
        prepare (&c, swapped);
        g_assert_true (rheo_penalty_is_on (&penalties[i]));
        for (int r = 0; r < N_ROWS; r++)
          for (int t = 0; t < c.length[r]; t++)
            {
              RheoReal d_out[N_UNITS] = { 0 };
              rheo_penalty_gradient (&penalties[i], &c.activity, &c.batch, 0, r, t, d_out);
              for (int k = 0; k < N_UNITS; k++)
                {
                  double up, down;
                  c.fired[r][t][k]++;
                  count (&c);
                  up = rheo_penalty_value (&penalties[i], &c.activity, &c.batch);
                  c.fired[r][t][k] -= 2;
                  count (&c);
                  down = rheo_penalty_value (&penalties[i], &c.activity, &c.batch);
                  c.fired[r][t][k]++;
                  count (&c);
                  g_assert_cmpfloat_with_epsilon (d_out[k], (up - down) / 2, eps);
                }
            }
      }
}

static void
test_values (void)
{
  RheoPenalty off = { .rate_target = 0.02, .lower_at = 1, .upper_at = 1 }, rate = { .rate = 2, .rate_target = 0.1 };
  Case c;
  double sum = 0;

  prepare (&c, FALSE);
  g_assert_false (rheo_penalty_is_on (&off));
  g_assert_cmpfloat (rheo_penalty_value (&off, &c.activity, &c.batch), ==, 0);
  for (int r = 0; r < N_ROWS; r++)
    sum += pow ((double) c.spikes[r] / (c.length[r] * N_UNITS) - 0.1, 2) / N_ROWS;
  g_assert_cmpfloat_with_epsilon (rheo_penalty_rate_loss (&rate, &c.activity, &c.batch), sum, 1e-15);
  g_assert_cmpfloat_with_epsilon (rheo_penalty_value (&rate, &c.activity, &c.batch), 2 * sum, 1e-15);

  /* Where samples are time, a sample is a step of all rows. */
  prepare (&c, TRUE);
  sum = 0;
  for (int t = 0; t < N_STEPS; t++)
    {
      int n = 0;
      for (int r = 0; r < N_ROWS; r++)
        n += c.active[r * N_STEPS + t];
      sum += pow ((double) n / (N_ROWS * N_UNITS) - 0.1, 2) / N_STEPS;
    }
  g_assert_cmpfloat_with_epsilon (rheo_penalty_rate_loss (&rate, &c.activity, &c.batch), sum, 1e-15);
}

static RheoVerdict
judge_stop (const RheoStopRows *rows, RheoStopState *state, int64_t iteration, double loss, double accuracy, double r2,
            double score, gboolean *better)
{
  const RheoStopMeasures measures = { loss, accuracy, r2, score };

  return rheo_stop_judge (rows, state, iteration, &measures, better);
}

static void
test_stop (void)
{
  RheoStopRows rows = { .patience = 2, .min_change = 0.1, .target_loss = 1, .target_accuracy = 0.9 };
  RheoStopState state;
  gboolean better;

  rheo_stop_begin (&state);
  g_assert_cmpint (judge_stop (&rows, &state, 1, 5, NAN, NAN, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_true (better);
  g_assert_cmpint (judge_stop (&rows, &state, 2, 4.95, NAN, NAN, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_false (better);
  g_assert_cmpint (judge_stop (&rows, &state, 3, 4.8, NAN, NAN, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_true (better);
  g_assert_cmpint (state.best_at, ==, 3);
  g_assert_cmpint (judge_stop (&rows, &state, 4, 6, 0.5, NAN, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_cmpint (judge_stop (&rows, &state, 5, 6, 0.5, NAN, NAN, &better), ==, RHEO_VERDICT_NO_BETTER);
  g_assert_cmpint (judge_stop (&rows, &state, 6, 6, 0.9, NAN, NAN, &better), ==, RHEO_VERDICT_SOLVED);
  g_assert_cmpint (judge_stop (&rows, &state, 7, 1, 0, NAN, NAN, &better), ==, RHEO_VERDICT_SOLVED);
  rows.target_r2 = 0.8;
  rows.patience = 0;
  g_assert_cmpint (judge_stop (&rows, &state, 8, 6, NAN, 0.79, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_cmpint (judge_stop (&rows, &state, 9, 6, NAN, 0.8, NAN, &better), ==, RHEO_VERDICT_SOLVED);
  rows = (RheoStopRows){ .target_score = -0.5 };
  g_assert_cmpint (judge_stop (&rows, &state, 10, 6, NAN, NAN, NAN, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_cmpint (judge_stop (&rows, &state, 11, 6, NAN, NAN, -0.6, &better), ==, RHEO_VERDICT_GO_ON);
  g_assert_cmpint (judge_stop (&rows, &state, 12, 6, NAN, NAN, -0.5, &better), ==, RHEO_VERDICT_SOLVED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/penalty/gradients", test_gradients);
  g_test_add_func ("/penalty/values", test_values);
  g_test_add_func ("/penalty/stop", test_stop);
  return g_test_run ();
}
