/* Trials of the behavioural tasks: windows, order of conditions, random times, masks, against the published values. */
#include <glib.h>
#include <math.h>

#include "engine/task.h"
#include "engine/trial.h"

typedef struct
{
  const RheoTask *task;
  void *config;
  RheoShape shape;
  RheoTrial trial;
  double condition[8];
} Taken;

static Taken *
take (const char *id, const char *preset)
{
  Taken *t = g_new0 (Taken, 1);
  g_autoptr (GError) error = NULL;

  t->task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, id, &error);
  g_assert_no_error (error);
  t->config = g_malloc0 (t->task->base.config_size);
  rheo_params_reset (t->task->base.params, t->config);
  for (const RheoPreset *p = t->task->base.presets; preset != NULL; p++)
    {
      g_assert_nonnull (p->id);
      if (g_str_equal (p->id, preset))
        {
          g_autoptr (JsonParser) parser = json_parser_new ();

          g_assert_true (json_parser_load_from_data (parser, p->json, -1, &error));
          g_assert_true (rheo_params_set_json (t->task->base.params, t->config,
                                               json_node_get_object (json_parser_get_root (parser)), "task", &error));
          break;
        }
    }
  g_assert_true (t->task->base.check (t->config, &error));
  t->task->shape (t->config, NULL, &t->shape);
  t->trial.n_in = t->shape.n_in;
  t->trial.n_out = t->shape.n_out;
  t->trial.input = g_new0 (RheoReal, t->shape.n_steps * t->shape.n_in);
  t->trial.target = g_new0 (RheoReal, t->shape.n_steps * t->shape.n_out);
  t->trial.weight = g_new0 (RheoReal, t->shape.n_steps);
  t->trial.condition = t->condition;
  return t;
}

static void
give (Taken *t)
{
  g_free (t->config);
  g_free (t->trial.input);
  g_free (t->trial.target);
  g_free (t->trial.weight);
  g_free (t);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taken, give)

static void
fill (Taken *t, RheoSet set, uint32_t iteration, int index)
{
  const RheoDraw draw = {
    .set = set, .iteration = iteration, .index = index, .rng = { 7, RHEO_STREAM_TASK, iteration, (uint32_t) index }
  };
  const int n = t->shape.n_steps;
  g_autoptr (GError) error = NULL;

  memset (t->trial.input, 0, sizeof (RheoReal) * (gsize) (n * t->shape.n_in));
  memset (t->trial.target, 0, sizeof (RheoReal) * (gsize) (n * t->shape.n_out));
  for (int i = 0; i < n; i++)
    t->trial.weight[i] = 1;
  t->trial.n_steps = n;
  g_assert_true (t->task->fill (t->config, NULL, &draw, &t->trial, &error));
  g_assert_no_error (error);
  g_assert_cmpint (t->trial.n_steps, ==, n);
}

static double
in (const Taken *t, int step, int channel)
{
  return (double) t->trial.input[step * t->shape.n_in + channel];
}

static double
wanted (const Taken *t, int step, int channel)
{
  return (double) t->trial.target[step * t->shape.n_out + channel];
}

/* A channel is `value` at the steps t0 .. t1 - 1 and 0 elsewhere. */
static void
check_in (const Taken *t, int channel, int t0, int t1, double value)
{
  for (int step = 0; step < t->shape.n_steps; step++)
    g_assert_cmpfloat_with_epsilon (in (t, step, channel), step >= t0 && step < t1 ? value : 0, 1e-6);
}

static void
check_wanted (const Taken *t, int channel, int t0, int t1, double value)
{
  for (int step = 0; step < t->shape.n_steps; step++)
    g_assert_cmpfloat_with_epsilon (wanted (t, step, channel), step >= t0 && step < t1 ? value : 0, 1e-6);
}

/* Steps outside t0 .. t1 - 1 count in the loss, and those up to the end. */
static void
check_gap (const Taken *t, int t0, int t1)
{
  for (int step = 0; step < t->shape.n_steps; step++)
    g_assert_cmpint (t->trial.weight[step] > 0, ==, step < t0 || step >= t1);
}

static void
check_shape (const Taken *t, int n_in, int n_out, int n_steps, int n_trials)
{
  g_assert_cmpint (t->shape.n_in, ==, n_in);
  g_assert_cmpint (t->shape.n_out, ==, n_out);
  g_assert_cmpint (t->shape.n_steps, ==, n_steps);
  g_assert_cmpint (t->shape.n_trials, ==, n_trials);
}

/* First step of a channel that is not 0. */
static int
onset (const Taken *t, int channel)
{
  for (int step = 0; step < t->shape.n_steps; step++)
    if (in (t, step, channel) != 0)
      return step;
  return -1;
}

/* --- the five ----------------------------------------------------------------------------------------------------- */
static void
test_cddm (void)
{
  static const double level[] = { -0.8, -0.4, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.4, 0.8 };
  g_autoptr (Taken) t = take ("cddm", "classic");

  check_shape (t, 6, 2, 750, 242);
  for (int i = 0; i < 242; i++)
    {
      const int context = i / 121;
      const double relevant = level[i % 121 / 11], other = level[i % 11];
      const double motion = context == 0 ? relevant : other, colour = context == 0 ? other : relevant;

      fill (t, RHEO_SET_TRAIN, 3, i);
      check_in (t, 0, 0, 750, context == 0);
      check_in (t, 1, 0, 750, context == 1);
      check_in (t, 2, 249, 750, (1 + motion) / 2);
      check_in (t, 3, 249, 750, (1 - motion) / 2);
      check_in (t, 4, 249, 750, (1 + colour) / 2);
      check_in (t, 5, 249, 750, (1 - colour) / 2);
      check_wanted (t, 0, 499, 750, relevant > 0);
      check_wanted (t, 1, 499, 750, relevant < 0);
      g_assert_cmpfloat (t->condition[3], ==, (relevant > 0) - (relevant < 0));
    }
  check_gap (t, 250, 500);
}

static void
test_cddm_others (void)
{
  g_autoptr (Taken) newest = take ("cddm", "newest"), mante = take ("cddm", "mante"), shorter = take ("cddm", "short");

  check_shape (newest, 6, 2, 300, 450);
  fill (newest, RHEO_SET_TRAIN, 0, 7 * 15 + 2);
  check_wanted (newest, 0, 199, 300, 0.5);
  check_wanted (newest, 1, 199, 300, 0.5);
  check_in (newest, 5, 99, 300, (1 + 0.25) / 2);
  check_gap (newest, 100, 200);
  check_shape (mante, 4, 1, 300, 242);
  fill (mante, RHEO_SET_TRAIN, 0, 241);
  check_in (mante, 1, 0, 300, 1);
  check_in (mante, 3, 99, 300, 0.8);
  check_wanted (mante, 0, 199, 300, 1);
  check_shape (shorter, 6, 2, 300, 98);
}

static void
test_dmts (void)
{
  g_autoptr (Taken) t = take ("dmts", "classic"), newest = take ("dmts", "newest");
  int earliest = 1000, latest = 0;

  check_shape (t, 2, 2, 120, 256);
  for (int i = 0; i < 256; i++)
    {
      const int sample = i % 4 / 2, match = i % 2;

      fill (t, RHEO_SET_TRAIN, 0, i);
      for (int k = 0; k < 2; k++)
        for (int step = 0; step < 120; step++)
          g_assert_cmpfloat (in (t, step, k), ==,
                             (k == sample && step >= 15 && step < 45) || (k == match && step >= 60 && step < 90));
      check_wanted (t, sample == match ? 0 : 1, 90, 120, 1);
      check_wanted (t, sample == match ? 1 : 0, 0, 0, 0);
    }
  check_gap (t, 60, 90);
  check_shape (newest, 3, 1, 140, 256);
  for (int i = 1; i < 256; i += 4)
    {
      fill (newest, RHEO_SET_TRAIN, 0, i);
      check_in (newest, 2, 100, 140, 1);
      check_wanted (newest, 0, 0, 0, 0);
      earliest = MIN (earliest, onset (newest, 0));
      latest = MAX (latest, onset (newest, 0));
    }
  g_assert_cmpint (earliest, >=, 0);
  g_assert_cmpint (latest, <=, 19);
  g_assert_cmpint (latest - earliest, >, 15);
}

static void
test_flip_flop (void)
{
  g_autoptr (Taken) t = take ("flip-flop", "classic");
  double intervals = 0, ups = 0;
  int n = 0;

  check_shape (t, 3, 3, 200, 0);
  for (int i = 0; i < 256; i++)
    {
      fill (t, RHEO_SET_TRAIN, 5, i);
      for (int k = 0; k < 3; k++)
        {
          int last = 0;

          for (int step = 0; step < 200; step++)
            {
              const double before = step > 0 ? in (t, step - 1, k) : 0, now = in (t, step, k);

              /* A pulse that follows at once shows where it differs from the one before. */
              if (now != 0 && now != before)
                {
                  intervals += step - last;
                  ups += now > 0;
                  n++;
                  g_assert_cmpint (step - last, >=, 10);
                  last = step;
                }
              if (now != 0)
                g_assert_cmpfloat (wanted (t, step, k), ==, now);
              else
                g_assert_cmpfloat (wanted (t, step, k), ==, step > 0 ? wanted (t, step - 1, k) : 0);
            }
        }
    }
  /* 10 + 200 / 6 steps from pulse to pulse, less what the end of the trial cuts off. */
  g_assert_cmpfloat (intervals / n, >, 36);
  g_assert_cmpfloat (intervals / n, <, 45);
  g_assert_cmpfloat_with_epsilon (ups / n, 0.5, 0.03);
}

static void
test_memory (void)
{
  g_autoptr (Taken) number = take ("memory-anti-number", "classic"), angle = take ("memory-anti-angle", "classic");
  int latest = 0;

  /* each angle and each number comes equally often where networks are compared */
  g_assert_cmpint (angle->shape.n_valid, ==, 36 * 11);
  g_assert_cmpint (number->shape.n_valid, ==, 32 * 11);

  check_shape (number, 2, 1, 320, 0);
  check_shape (angle, 3, 2, 320, 0);
  for (int i = 0; i < 396; i++)
    {
      const double x = -2 + 4.0 * (i / 11 % 32) / 31, theta = 2 * G_PI * (i / 11) / 36;
      static double before;

      fill (number, RHEO_SET_TRAIN, 2, i);
      latest = MAX (latest, onset (number, 0));
      check_in (number, 0, onset (number, 0), onset (number, 0) + 10, x);
      check_in (number, 1, 160, 320, 1);
      check_wanted (number, 0, 160, 320, -x);
      fill (angle, RHEO_SET_TRAIN, 2, i);
      if (i % 11 > 0)
        g_assert_cmpfloat (angle->condition[1], ==, before);
      before = angle->condition[1];
      check_in (angle, 0, (int) before, (int) before + 10, 2 * cos (theta));
      check_in (angle, 1, (int) before, (int) before + 10, 2 * sin (theta));
      check_in (angle, 2, 160, 320, 1);
      check_wanted (angle, 0, 160, 320, -2 * cos (theta));
      check_wanted (angle, 1, 160, 320, -2 * sin (theta));
    }
  g_assert_cmpint (latest, <, 140);
  g_assert_cmpint (latest, >, 120);
  check_gap (angle, 160, 180);
}

/* --- the others --------------------------------------------------------------------------------------------------- */
static void
test_code (void)
{
  double code[4];

  rheo_trial_code (0, 4, code);
  g_assert_cmpfloat (code[0], ==, 1);
  rheo_trial_code (3 * G_PI_4 + 4 * G_PI, 4, code);
  g_assert_cmpfloat_with_epsilon (code[1], 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (code[2], 0.5, 1e-9);
  rheo_trial_code (-G_PI / 8, 4, code);
  g_assert_cmpfloat_with_epsilon (code[3], 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (code[0], 0.75, 1e-9);
}

static void
test_newest_memory (void)
{
  g_autoptr (Taken) number = take ("memory-anti-number", "newest"), angle = take ("memory-anti-angle", "newest");
  double code[3];

  check_shape (number, 3, 1, 120, 0);
  fill (number, RHEO_SET_TRAIN, 0, 255);
  check_in (number, 2, 0, 120, 1);
  check_in (number, 1, 60, 120, 1);
  check_wanted (number, 0, 60, 120, 1);
  check_gap (number, 60, 80);
  check_shape (angle, 5, 3, 200, 0);
  fill (angle, RHEO_SET_TRAIN, 0, 30);
  rheo_trial_code (2 * G_PI * 30 / 71, 3, code);
  for (int k = 0; k < 3; k++)
    check_in (angle, k, 10, 20, code[k]);
  check_in (angle, 3, 0, 200, 1);
  check_in (angle, 4, 120, 200, 1);
  rheo_trial_code (2 * G_PI * 30 / 71 + G_PI, 3, code);
  for (int k = 0; k < 3; k++)
    check_wanted (angle, k, 120, 200, code[k]);
  check_gap (angle, 120, 130);
}

static void
test_decisions (void)
{
  g_autoptr (Taken) delay = take ("delay-dm", NULL), go = take ("go-no-go", NULL), block = take ("block-dm", NULL);
  g_autoptr (Taken) memory = take ("memory-dm", NULL);

  check_shape (delay, 3, 2, 150, 192);
  fill (delay, RHEO_SET_TRAIN, 0, 2);
  check_in (delay, 2, 100, 150, 1);
  check_in (delay, 0, 0, 0, 0);
  check_wanted (delay, 0, 0, 0, 0);
  check_shape (go, 3, 1, 60, 256);
  fill (go, RHEO_SET_TRAIN, 0, 128);
  check_in (go, 0, 0, 60, 128 / 255.0);
  check_in (go, 1, 30, 60, 1);
  check_wanted (go, 0, 30, 60, 1);
  fill (go, RHEO_SET_TRAIN, 0, 127);
  check_wanted (go, 0, 30, 60, 0);
  check_shape (block, 2, 1, 300, 22);
  fill (block, RHEO_SET_TRAIN, 0, 0);
  check_in (block, 0, 0, 300, 1);
  check_in (block, 1, 99, 300, -0.8);
  check_wanted (block, 0, 0, 0, 0);
  fill (block, RHEO_SET_TRAIN, 0, 11);
  check_in (block, 0, 0, 0, 0);
  check_wanted (block, 0, 199, 300, -1);
  check_shape (memory, 3, 2, 157, 192);
  fill (memory, RHEO_SET_TRAIN, 0, 1);
  check_in (memory, 1, onset (memory, 1), onset (memory, 1) + 30, 1);
  check_wanted (memory, 1, 110, 157, 1);
  fill (memory, RHEO_SET_TRAIN, 0, 2);
  check_in (memory, 0, 0, 0, 0);
  check_in (memory, 1, 0, 0, 0);
}

static void
test_integration (void)
{
  g_autoptr (Taken) blocks = take ("integration", NULL), pulse = take ("integration-simplified", NULL);
  g_autoptr (Taken) angle = take ("angle-integration", NULL), turn = take ("angle-integration-simplified", NULL);
  double sum = 0, code[6];

  check_shape (blocks, 3, 2, 300, 0);
  fill (blocks, RHEO_SET_TRAIN, 4, 9);
  for (int step = 0; step < 300; step++)
    {
      sum += 0.01 * (in (blocks, step, 0) - in (blocks, step, 1));
      g_assert_true (in (blocks, step, 0) == 0 || in (blocks, step, 1) == 0);
      g_assert_cmpfloat_with_epsilon (wanted (blocks, step, 0), MAX (sum, 0), 1e-5);
      g_assert_cmpfloat_with_epsilon (wanted (blocks, step, 1), MAX (-sum, 0), 1e-5);
    }
  check_in (blocks, 2, 0, 300, 1);
  check_shape (pulse, 3, 2, 200, 256);
  fill (pulse, RHEO_SET_TRAIN, 0, 128 + 64);
  check_in (pulse, 1, 10, 10 + 45, 1);
  check_in (pulse, 0, 0, 0, 0);
  g_assert_cmpfloat_with_epsilon (wanted (pulse, 199, 1), 0.45, 1e-5);
  check_shape (angle, 3, 6, 220, 0);
  fill (angle, RHEO_SET_TRAIN, 0, 3);
  sum = 0;
  for (int step = 0; step < 220; step++)
    {
      sum += 0.15 * (in (angle, step, 0) - in (angle, step, 1));
      rheo_trial_code (sum, 6, code);
      for (int k = 0; k < 6; k++)
        g_assert_cmpfloat_with_epsilon (wanted (angle, step, k), code[k], 1e-4);
    }
  for (int step = 0; step < 220; step++)
    g_assert_cmpint (angle->trial.weight[step] > 0, ==, step >= 10);
  check_shape (turn, 3, 6, 220, 120);
}

static void
test_logic (void)
{
  g_autoptr (Taken) half = take ("half-adder", NULL), xor = take ("xor", NULL), frame = take ("reference-frame", NULL);
  g_autoptr (Taken) square = take ("square-number", NULL), same = take ("identity", NULL);
  double code[6];

  check_shape (half, 2, 1, 150, 256);
  check_shape (xor, 4, 2, 150, 256);
  for (int i = 0; i < 4; i++)
    {
      fill (half, RHEO_SET_TRAIN, 0, 4 + i);
      check_in (half, 0, 0, 150, i / 2);
      check_in (half, 1, 0, 150, i % 2);
      check_wanted (half, 0, 30, 120, (i / 2 + i % 2) % 2);
      fill (xor, RHEO_SET_TRAIN, 0, 4 + i);
      check_in (xor, i / 2, 0, 150, 1);
      check_in (xor, 2 + i % 2, 0, 150, 1);
      check_wanted (xor, i == 0 || i == 3 ? 1 : 0, 15, 150, 1);
    }
  check_shape (frame, 12, 6, 120, 225);
  fill (frame, RHEO_SET_TRAIN, 0, 8 * 15 + 9);
  rheo_trial_code (2 * G_PI * 17 / 15, 6, code);
  for (int k = 0; k < 6; k++)
    check_wanted (frame, k, 0, 120, code[k]);
  fill (square, RHEO_SET_TRAIN, 0, 51);
  check_in (square, 0, 10, 60, 0.2);
  check_wanted (square, 0, 60, 120, 0.04);
  fill (same, RHEO_SET_TRAIN, 0, 0);
  check_wanted (same, 1, 0, 100, in (same, 0, 1));
}

/* The few trials that are shown are of different conditions. */
static void
test_probe (void)
{
  g_autoptr (Taken) t = take ("memory-anti-angle", "classic"), cddm = take ("cddm", "classic");
  double before = -1;
  int n_contexts[2] = { 0 };

  for (int i = 0; i < 4; i++)
    {
      fill (t, RHEO_SET_PROBE, 0, i);
      g_assert_cmpfloat (t->condition[0], !=, before);
      before = t->condition[0];
      fill (cddm, RHEO_SET_PROBE, 0, i);
      n_contexts[(int) cddm->condition[0]]++;
    }
  g_assert_cmpint (n_contexts[0], ==, 2);
}

static void
test_masks (void)
{
  const char *const wrong[] = { "", "5", "5:", "9:5", "-3:4", "a:b", "200:300", NULL };
  RheoReal weight[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  const int counts[10] = { 0, 0, 1, 1, 0, 0, 0, 1, 1, 1 };

  for (int i = 0; wrong[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_mask_check (wrong[i], 100, &error));
      g_assert_nonnull (strstr (error->message, "task.mask"));
    }
  g_assert_true (rheo_mask_check ("all", 10, NULL));
  g_assert_true (rheo_mask_check ("7:20, 2:4", 10, NULL));
  rheo_mask_apply ("7:20, 2:4", 10, weight);
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (weight[i] > 0, ==, counts[i]);
}

/* Spiking cells see what the published program shows them: 49.8 ms of 0.6 ms each, at 50 Hz. */
static void
test_spiking_pole (void)
{
  const RheoTask *task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "cartpole", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree void *config = g_malloc0 (task->base.config_size);
  const RheoPreset *preset = task->base.presets;
  RheoShape shape = { 0 };

  while (!g_str_equal (preset->id, "spiking"))
    preset++;
  rheo_params_reset (task->base.params, config);
  g_assert_true (json_parser_load_from_data (parser, preset->json, -1, &error));
  g_assert_true (rheo_params_set_json (task->base.params, config, json_node_get_object (json_parser_get_root (parser)),
                                       "task", &error));
  task->shape (config, NULL, &shape);
  g_assert_cmpfloat (shape.dt_ms, ==, 0.6);
  g_assert_cmpint (shape.hold, ==, 83);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tasks/cddm", test_cddm);
  g_test_add_func ("/tasks/cddm/others", test_cddm_others);
  g_test_add_func ("/tasks/dmts", test_dmts);
  g_test_add_func ("/tasks/flip-flop", test_flip_flop);
  g_test_add_func ("/tasks/memory", test_memory);
  g_test_add_func ("/tasks/memory/newest", test_newest_memory);
  g_test_add_func ("/tasks/code", test_code);
  g_test_add_func ("/tasks/decisions", test_decisions);
  g_test_add_func ("/tasks/integration", test_integration);
  g_test_add_func ("/tasks/logic", test_logic);
  g_test_add_func ("/tasks/probe", test_probe);
  g_test_add_func ("/tasks/masks", test_masks);
  g_test_add_func ("/tasks/spiking-pole", test_spiking_pole);
  return g_test_run ();
}
