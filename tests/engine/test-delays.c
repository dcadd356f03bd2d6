/* Learnt delays: signals and gradients against the reference, whole numbers against delays of projections, threads, windows
 * without a tape, rounding, a task that only delays can solve, and training that is resumed. */
#include "rollout-net.h"
#include "trainer-of.h"

#define MOST 5

/* Two layers of graded or spiking units; delays at both. rate: whether they are trained. */
static NetConfig
delayed_net (bool spikes, int n_units, double rate)
{
  const RheoAlif cell = {
    .b0 = (RheoReal) 0.1, .beta = (RheoReal) 0.9, .resistance = (RheoReal) 1.5, .initial_b = (RheoReal) 0.05
  };
  NetConfig config = {
    .pop = { { .name = "one",
               .cell = &rheo_cell_alif,
               .alif = cell,
               .n_units = n_units,
               .param = { 5, 11 },
               .spread = 3 },
             { .name = "two", .cell = &rheo_cell_alif, .alif = cell, .n_units = 7, .param = { 4, 8 }, .spread = 2 },
             { .name = "out", .cell = &rheo_cell_average_readout, .n_units = 2, .param = { 4 }, .spread = 1 } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0, .most_lag = MOST, .lag_rate = rate },
                .scale = 1.5,
                .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1 }, .scale = 0.3 },
              { .proj = { .name = "ff", .from = 0, .to = 1, .delay = 1, .most_lag = MOST, .lag_rate = rate },
                .scale = spikes ? 0.8 : 0.3,
                .bias = true },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 1, .bias = true } },
  };

  if (!spikes)
    {
      config.pop[0].cell = &rheo_cell_average_readout;
      config.pop[0].initial = 0.5;
    }
  return config;
}

/* form: spikes or graded units; dense input, most of it 0, or events. Events are few enough for lists, or too many. */
static void
check_form (int form, int n_units, bool fixed)
{
  /* Surrogate derivatives near threshold make much of the rounding of single precision. */
  const double near = 2 * tolerance (), density = n_units == 9 ? 0.25 : 0.1;
  const bool events = form % 3 == 2;
  NetConfig config = delayed_net (form < 3, n_units, 1);
  g_autoptr (Trials) trials = trials_new (5, 14, 6, 2, form % 3 > 0 ? density : 0, events);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = NULL;
  double rate;

  trials->length[3] = 9;
  trials->length[4] = 6;
  config.proj[0].fixed = config.proj[2].fixed = fixed;
  net = net_of (device, &config, trials, 2);
  g_assert_cmpint (rheo_net_get_n_trainables (net), ==, fixed ? 5 : 9);
  rate = check_against_reference (net, &arctan, &r, near);
  if (form < 3)
    g_assert_cmpfloat (rate, >, 0.05);
}

static void
check_reference (void)
{
  for (int form = 0; form < 6; form++)
    for (int fixed = 0; fixed < 2; fixed++)
      {
        check_form (form, 9, fixed);
        check_form (form, 150, fixed);
      }
}

static void
set_lags (RheoNet *net, int proj, double lag)
{
  RheoProj *p = rheo_net_get_proj (net, proj);

  for (int j = 0; j < p->n_pre; j++)
    p->lag[j] = (RheoReal) lag;
}

static void
check_whole (void)
{
  for (int lag = 0; lag <= MOST; lag++)
    for (int events = 0; events < 2; events++)
      {
        const NetConfig learnt = delayed_net (true, 70, 0);
        NetConfig fixed = learnt;
        g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 6, 2, 0.25, events);
        const RheoRollout r = whole (trials);
        g_autoptr (RheoNet) a = net_of (device, &learnt, trials, 2), b = NULL;

        for (int i = 0; i < 3; i += 2)
          {
            fixed.proj[i].proj.most_lag = 0;
            fixed.proj[i].proj.delay += lag;
            set_lags (a, i, lag);
          }
        b = net_of (device, &fixed, trials, 2);
        check_same (a, b, &r, tolerance ());
      }
}

/* Of events that are listed, and of more than that. */
static void
check_threads (void)
{
  for (int few = 0; few < 2; few++)
    {
      const NetConfig config = delayed_net (true, 150, 1);
      g_autoptr (Trials) trials = trials_new (N_ROWS, 40, 6, 2, few ? 0.1 : 0.25, true);
      const RheoRollout r = whole (trials);
      RheoDevice *three = rheo_device_new ("cpu", 3, NULL);
      RheoNet *a = net_of (device, &config, trials, 2), *b = net_of (three, &config, trials, 2);

      check_same (a, b, &r, 0);
      rheo_net_free (a);
      rheo_net_free (b);
      rheo_device_free (three);
    }
}

/* In pieces, with states that are handed on: as in one window. */
static void
check_pieces (void)
{
  const NetConfig config = delayed_net (true, 70, 1);
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 6, 2, 0.25, true);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) a = net_of (device, &config, trials, 2), b = net_of (device, &config, trials, 2);

  g_assert_true (rheo_rollout (a, &r));
  for (int t = 0; t < N_STEPS; t += 3)
    {
      r.t0 = t;
      r.t1 = MIN (t + 3, N_STEPS);
      r.flags = RHEO_ROLL_TAPE | (t == 0 ? RHEO_ROLL_RESET : 0);
      g_assert_true (rheo_rollout (b, &r));
      for (int row = 0; row < N_ROWS; row++)
        for (int k = 0; k < 2; k++)
          for (int i = 0; i < r.t1 - r.t0; i++)
            check_close ("out", k, tape_out (b, 2, row, i, k), tape_out (a, 2, row, t + i, k), tolerance ());
    }
}

static void
check_rounded (void)
{
  NetConfig config = delayed_net (true, 70, 0);
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 6, 2, 0.25, true);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) whole_steps = NULL, between = NULL;

  config.proj[0].proj.rounds = config.proj[2].proj.rounds = true;
  whole_steps = net_of (device, &config, trials, 2);
  between = net_of (device, &config, trials, 2);
  for (int i = 0; i < 3; i += 2)
    {
      set_lags (whole_steps, i, 3);
      set_lags (between, i, 2.6);
    }
  trials->batch.set = RHEO_SET_VALID;
  check_same (whole_steps, between, &r, 0);
  trials->batch.set = RHEO_SET_TRAIN;
  g_assert_true (rheo_rollout (whole_steps, &r) && rheo_rollout (between, &r));
  {
    double apart = 0;

    for (int t = 0; t < N_STEPS; t++)
      apart = MAX (apart, fabs (tape_out (whole_steps, 2, 0, t, 0) - tape_out (between, 2, 0, t, 0)));
    g_assert_cmpfloat (apart, >, 0.001);
  }
}

/* --- which of two channels comes first -------------------------------------------------------------------------------- */

static double
spikes_of (RheoNet *net, int row)
{
  double n = 0;

  for (int t = 0; t < N_STEPS; t++)
    n += tape_out (net, 0, row, t, 0);
  return n;
}

/* One unit with equal and fixed weights hears two channels, 3 steps apart, and one of their events is too little for it: it is
 * to fire where the first comes first, which takes delays that let them meet. */
static void
check_order (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 1 };
  const NetConfig config = {
    .pop = { { .name = "unit", .cell = &rheo_cell_lif, .lif = lif, .n_units = 1, .param = { 0.5, 1 } },
             { .name = "out", .cell = &rheo_cell_linear, .n_units = 1 } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0, .most_lag = MOST, .lag_rate = 1 } },
              { .proj = { .name = "out", .from = 0, .to = 1 } } },
  };
  g_autoptr (Trials) trials = trials_new (2, N_STEPS, 2, 1, 0, false);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 1);
  RheoProj *in = rheo_net_get_proj (net, 0);
  RheoGrad *grad = rheo_net_new_grad (net);
  const RheoTape *tape = rheo_net_get_tape (net);

  memset (trials->input, 0, sizeof (RheoReal) * 2 * N_STEPS * 2);
  for (int row = 0; row < 2; row++)
    for (int k = 0; k < 2; k++)
      trials->input[(row * N_STEPS + (k == row ? 1 : 4)) * 2 + k] = 1;
  rheo_net_set_surrogate (net, &arctan);
  in->weight[0] = in->weight[in->stride] = (RheoReal) 0.8;
  rheo_net_get_proj (net, 1)->weight[0] = 1;
  set_lags (net, 0, 1);
  in->lag[0] = (RheoReal) 1.5;
  rheo_net_weights_changed (net);
  g_assert_true (rheo_rollout (net, &r));
  g_assert_cmpfloat (spikes_of (net, 0), ==, spikes_of (net, 1));
  for (int i = 0; i < 200; i++)
    {
      rheo_grad_clear (grad, net);
      g_assert_true (rheo_rollout (net, &r));
      for (int row = 0; row < 2; row++)
        for (int t = 0; t < N_STEPS; t++)
          tape->lane[row].pop[1].d_out[t * rheo_net_get_plan (net)->pop[1].stride] = row == 0 ? -1 : 1;
      g_assert_true (rheo_backprop (net, &r, grad));
      for (int k = 0; k < grad->n; k++)
        {
          RheoTrainable *t = rheo_net_get_trainable (net, k);

          for (int j = 0; j < 2 && t->lag_of == in; j++)
            t->value[j] = CLAMP (t->value[j] - (RheoReal) 0.1 * grad->value[k][j], 0, (RheoReal) t->hi);
        }
    }
  g_assert_true (rheo_rollout (net, &r));
  g_assert_cmpfloat (spikes_of (net, 0), ==, 1);
  g_assert_cmpfloat (spikes_of (net, 1), ==, 0);
  g_assert_cmpfloat (fabs ((double) (in->lag[0] - in->lag[1]) - 3), <, 0.6);
  rheo_grad_free (grad);
}

/* --- training --------------------------------------------------------------------------------------------------------- */

#define RUN(model)                                                                                                     \
  "{\"format\": 1, \"task\": {\"id\": \"data-shd\", \"source\": \"synthetic\", \"n-train\": 12, \"n-test\": 4, "       \
  "\"bin\": 40, "                                                                                                      \
  "\"n-steps\": 25}, \"model\": {\"id\": \"" model "\", \"layers\": [{\"units\": 12}, {\"units\": 8}], "               \
  "\"delays\": {\"kind\": \"axonal\", \"max\": 4}}, \"rule\": {\"id\": \"bptt\", \"loss\": {\"kind\": "                \
  "\"cross-entropy\", \"reduce\": \"max\"}, \"optimiser\": {\"lr\": 0.01}}, \"run\": {\"batch\": 4, \"seed\": 2}}"

static void
check_training (void)
{
  static const char *const runs[] = { RUN ("lif"), RUN ("alif") };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (RheoTrainer) trainer = trainer_of (runs[i], NULL);
      RheoNet *net = rheo_trainer_get_net (trainer);
      RheoNetArray *of_input = rheo_net_find_array (net, "in.delay"), *between = rheo_net_find_array (net, "ff2.delay");
      const RheoReal *lag = of_input->data;
      double least = INFINITY, most = -INFINITY, sum = 0, moved = 0;

      g_assert_null (rheo_net_find_array (net, "out.delay"));
      g_assert_cmpint (between->dims[0], ==, 12);
      for (int j = 0; j < of_input->dims[0]; j++)
        sum += (double) lag[j] / (double) of_input->dims[0];
      g_assert_cmpfloat (fabs (sum - 2), <, 0.2);
      {
        g_autofree RheoReal *before = g_memdup2 (lag, sizeof *lag * (gsize) of_input->dims[0]);

        do_steps (trainer, 2);
        for (int j = 0; j < of_input->dims[0]; j++)
          {
            least = MIN (least, (double) lag[j]);
            most = MAX (most, (double) lag[j]);
            moved += before[j] != lag[j];
          }
      }
      g_assert_cmpfloat (least, ==, 0);
      g_assert_cmpfloat (most, ==, 4);
      g_assert_cmpfloat (moved, >, (double) of_input->dims[0] / 4);
      assert_resumes (runs[i], "run.validate=2", 2, 4);
      assert_refused (runs[i], "model.delays.max=0", "model.delays.max");
    }
  {
    g_autoptr (RheoTrainer) trainer =
        trainer_of (RUN ("lif"), "model.delays.initial=zero model.delays.learning-rate=0");
    const RheoNetArray *array = rheo_net_find_array (rheo_trainer_get_net (trainer), "in.delay");

    do_steps (trainer, 2);
    for (int j = 0; j < array->dims[0]; j++)
      g_assert_cmpfloat ((double) ((const RheoReal *) array->data)[j], ==, 0);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 2, NULL);
  g_test_add_func ("/delays/reference", check_reference);
  g_test_add_func ("/delays/whole-steps", check_whole);
  g_test_add_func ("/delays/threads", check_threads);
  g_test_add_func ("/delays/pieces", check_pieces);
  g_test_add_func ("/delays/rounded", check_rounded);
  g_test_add_func ("/delays/order", check_order);
  g_test_add_func ("/delays/training", check_training);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
