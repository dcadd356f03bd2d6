/* The network of current-based units: gradients against the reference, and the teacher-driven run of goal spec 7.1. */
#include "../device.h"
#include "../engine/some-nets.h"

#include "engine/experiment.h"
#include "engine/task.h"

#define N 20
#define I 4
#define O 2
#define T 41

static RheoDevice *device;

static RheoNet *
net_new (const char *words, const RheoShape *shape, int n_rows)
{
  const RheoModel *model = (const RheoModel *) rheo_component_find (RHEO_KIND_MODEL, "cuba-lif", NULL);
  g_autofree void *config = g_malloc0 (model->base.config_size);
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  const RheoNetSize size = { .n_rows = n_rows, .lane_rows = 2, .memory = 200 };
  g_autoptr (GError) error = NULL;
  RheoNet *net;

  rheo_params_reset (model->base.params, config);
  for (int i = 0; word[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (word[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (model->base.params, config, pair[0], "model", &at, &error);

      g_assert_no_error (error);
      rheo_param_set_text (row, at, pair[1], pair[0], &error);
      g_assert_no_error (error);
    }
  net = rheo_net_new (model, config, shape, device, &size, 1, &error);
  g_assert_no_error (error);
  return net;
}

/* --- gradients ------------------------------------------------------------------------------------------------ */

static void
check_gradients (void)
{
  static const char *const words[] = {
    "units=9 sd-in=8 sd-rec=6 bias=-1 initial=-0.5 reset=-3",
    "units=9 sd-in=8 sd-rec=6 bias=-1 initial=-0.5 reset=-3 differentiate-reset=true",
    "units=9 sd-in=8 sd-rec=6 bias=-1 initial=-2 reset=-3 integration=euler threshold=0.3",
    "units=9 sd-in=8 sd-rec=6 bias=-1 initial=-2 reset=-3 self-connections=true tau-synapse=4",
  };
  const RheoShape shape = { .n_in = 3, .n_out = 2, .n_steps = 14 };
  const RheoSurrogate surrogate = { .kind = RHEO_SURROGATE_SIGMOID, .slope = 1 };
  g_autoptr (Trials) trials = trials_new (4, 14, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 14, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };

  trials->length[3] = 6;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (RheoNet) net = net_new (words[i], &shape, 4);
      const double rate =
          check_against_reference (net, &surrogate, &r, sizeof (RheoReal) == sizeof (double) ? 1e-10 : 5e-4);

      g_test_message ("%s: rate %g", words[i], rate);
      g_assert_cmpfloat (rate, >, 0.05);
      g_assert_cmpfloat (rate, <, 0.6);
    }
}

/* --- the golden run ------------------------------------------------------------------------------------------- */

/* Spec 7.1: weights by formula, clock and teacher current y (t) J of the step before. */
static void
check_golden (void)
{
  static const int wanted[N] = { 3, 1, 4, 2, 3, 3, 2, 2, 2, 2, 4, 3, 3, 4, 1, 2, 2, 2, 2, 4 };
  const RheoShape shape = { .n_in = I, .n_out = O, .n_steps = T };
  g_autoptr (RheoNet) net = net_new ("units=20", &shape, 1);
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoProj *in = rheo_net_get_proj (net, rheo_net_find_proj (net, "in"));
  const RheoProj *rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  RheoReal input[T * I] = { 0 }, drive[T * N] = { 0 };
  int length = T, n_spikes[N] = { 0 };
  const RheoBatch batch = { .n_rows = 1, .n_steps = T, .n_in = I, .n_out = O, .length = &length, .input = input };
  const RheoSignal teacher = { .pop = rheo_net_find_pop (net, "rec"), .value = drive };
  const RheoRollout r = { .batch = &batch, .t1 = T, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE, .teacher = &teacher };
  const int trace = rheo_net_find_pop (net, "trace");
  double sum = 0, wanted_at_end[] = { 0.013855421, 0.001491800, 0.154222553 };

  for (int i = 0; i < N; i++)
    {
      for (int k = 0; k < I; k++)
        in->weight[k * in->stride + i] = (RheoReal) (30 * sin (1 + 3 * k + 2 * i));
      for (int j = 0; j < N; j++)
        rec->weight[j * rec->stride + i] = (RheoReal) (2 * sin (2 + 5 * j + 7 * i + j * i));
    }
  rheo_net_weights_changed (net);
  for (int t = 0; t < T - 1; t++)
    {
      input[t * I + t / 10] = 1;
      for (int o = 0; o < O && t >= 3; o++)
        for (int i = 0; i < N; i++)
          drive[(t + 1) * N + i] += (RheoReal) (sin (2 * G_PI * (o + 1) * t / (T - 1)) * 20 * sin (4 + 3 * o + 5 * i));
    }
  g_assert_true (rheo_rollout (net, &r));
  for (int t = 0; t < T; t++)
    for (int i = 0; i < N; i++)
      {
        n_spikes[i] += tape_out (net, 0, 0, t, i) != 0;
        sum += tape_out (net, trace, 0, t, i);
      }
  for (int i = 0; i < N; i++)
    g_assert_cmpint (n_spikes[i], ==, wanted[i]);
  g_assert_cmpint (plan->pop[trace].n_units, ==, N);
  g_assert_cmpfloat_with_epsilon (sum, 44.915988914, sizeof (RheoReal) == sizeof (double) ? 1e-9 : 1e-4);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (tape_out (net, trace, 0, T - 1, i), wanted_at_end[i],
                                    sizeof (RheoReal) == sizeof (double) ? 1e-9 : 1e-6);
}

/* --- the task ------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoShape shape;
  RheoReal input[200 * 5], target[200 * 3];
} Trajectory;

static Trajectory
trajectory (const char *preset, const char *path, const char *value, uint64_t seed, RheoSet set)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  const RheoTask *task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "trajectory", NULL);
  const RheoDraw draw = { .set = set, .rng = { seed, RHEO_STREAM_TASK, 3, 1 } };
  g_autoptr (GError) error = NULL;
  Trajectory to = { 0 };
  RheoReal weight[200];
  RheoTrial trial;
  const void *config;
  void *data;

  rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, &task->base);
  rheo_experiment_set (experiment, "task.preset", preset, &error);
  g_assert_no_error (error);
  if (path != NULL)
    rheo_experiment_set (experiment, path, value, &error);
  g_assert_no_error (error);
  config = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK);
  g_assert_true (task->open (config, seed, &data, &error));
  task->shape (config, data, &to.shape);
  trial = (RheoTrial){
    .n_steps = to.shape.n_steps, .n_in = 5, .n_out = 3, .input = to.input, .target = to.target, .weight = weight
  };
  g_assert_true (task->fill (config, data, &draw, &trial, &error));
  task->close (data);
  return to;
}

/* Goal spec 1.5 and 1.6. */
static void
check_task (void)
{
  const Trajectory a = trajectory ("cli", NULL, NULL, 1, RHEO_SET_TRAIN);
  const Trajectory again = trajectory ("cli", NULL, NULL, 1, RHEO_SET_VALID);
  const Trajectory other = trajectory ("cli", NULL, NULL, 2, RHEO_SET_TRAIN);
  const Trajectory p = trajectory ("cosine", NULL, NULL, 1, RHEO_SET_TRAIN);
  const Trajectory raw = trajectory ("cli", "task.scaling", "none", 1, RHEO_SET_TRAIN);
  double most = 0, largest[3] = { 0 }, square = 0, raw_most = 0;

  g_assert_cmpint (a.shape.n_steps, ==, 150);
  g_assert_cmpint (trajectory ("script", NULL, NULL, 1, RHEO_SET_TRAIN).shape.n_steps, ==, 100);
  g_assert_true (memcmp (a.target, again.target, sizeof a.target) == 0);
  g_assert_true (memcmp (a.target, other.target, sizeof a.target) != 0);
  for (int t = 0; t < 150; t++)
    for (int k = 0; k < 5; k++)
      {
        g_assert_cmpfloat ((double) a.input[t * 5 + k], ==, t < 145 && t / 29 == k);
        g_assert_cmpfloat ((double) p.input[t * 5 + k], ==, t / 30 == k);
      }
  for (int t = 0; t < 150; t++)
    for (int o = 0; o < 3; o++)
      {
        const double y = (double) a.target[t * 3 + o];

        if (t < 8)
          g_assert_cmpfloat (y, ==, 0);
        most = MAX (most, y);
        raw_most = MAX (raw_most, (double) raw.target[t * 3 + o]);
        square += y * y / 450;
        largest[o] = MAX (largest[o], fabs ((double) p.target[t * 3 + o]));
      }
  g_assert_cmpfloat_with_epsilon (most, 1, 1e-6);
  g_assert_cmpfloat (square, >, 0.03);
  g_assert_cmpfloat (square, <, 0.6);
  for (int o = 0; o < 3; o++)
    g_assert_cmpfloat (largest[o], <=, 1 + 1e-6);
  for (int i = 0; i < 450; i++)
    g_assert_cmpfloat_with_epsilon ((double) a.target[i] * raw_most, (double) raw.target[i], 1e-5);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_func ("/cuba-lif/gradients", check_gradients);
  g_test_add_func ("/cuba-lif/golden", check_golden);
  g_test_add_func ("/trajectory/generators", check_task);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
