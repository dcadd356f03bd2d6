/* The time loop in all its forms, held to a reference: weights, delays, events, lanes, waves, windows. */
#include "../device.h"
#include "rollout-net.h"

static void
check_plain (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);

  g_assert_cmpfloat (check_against_reference (net, &arctan, &r, tolerance ()), >, 0.05);
  r.flags |= RHEO_ROLL_D_OUT;
  check_against_reference (net, &arctan, &r, tolerance ());
}

/* Few and many spikes, so that products by events and dense ones both occur; dense, masked and sparse weights. */
static void
check_forms (void)
{
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);
  double least = 1, most = 0;

  for (int busy = 0; busy < 2; busy++)
    for (int form = 0; form < 4; form++)
      {
        NetConfig config = spiking_net ();
        const char *names[] = { "rec", "slow", "ff", "out" };
        g_autoptr (RheoNet) net = NULL;
        double rate;

        config.pop[0].param[1] = busy ? 0.1 : 1.6;
        config.pop[0].lif.counter = 1;
        for (guint i = 0; i < G_N_ELEMENTS (names); i++)
          {
            ProjConfig *p = proj_of (&config, names[i]);

            p->density = form == 0 ? 0 : form == 3 ? 0.7 : 0.2;
            p->mask = form == 2 || form == 3;
            p->proj.form = form == 1 ? RHEO_SPARSE : RHEO_DENSE;
          }
        if (form == 1)
          {
            proj_of (&config, "late")->proj.form = RHEO_SPARSE;
            proj_of (&config, "late")->density = 0.9;
          }
        net = net_of (device, &config, trials, 3);
        rate = check_against_reference (net, &arctan, &r, tolerance ());
        least = MIN (least, rate);
        most = MAX (most, rate);
      }
  g_assert_cmpfloat (least, <, 0.12);
  g_assert_cmpfloat (most, >, 0.35);
}

static void
check_one_to_one (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = NULL;

  proj_of (&config, "rec")->proj.form = RHEO_ONE_TO_ONE;
  proj_of (&config, "slow")->proj.form = RHEO_ONE_TO_ONE;
  net = net_of (device, &config, trials, 2);
  check_against_reference (net, &arctan, &r, tolerance ());
}

/* E and I on a cycle within one step: E acts on I at once, I on E a step later. */
static void
check_cycle (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = NULL;

  proj_of (&config, "slow")->proj = (RheoProj){ .name = "slow", .from = 1, .to = 0, .delay = 1 };
  proj_of (&config, "slow")->scale = 0.3;
  net = net_of (device, &config, trials, 2);
  g_assert_cmpint (rheo_net_get_plan (net)->n_stages, ==, 2);
  check_against_reference (net, &arctan, &r, tolerance ());
}

/* No gradient through a cut projection; another matrix in the place of the weights. */
static void
check_cut_and_feedback (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);
  RheoReal feedback[70 * RHEO_PADDED (70)], few[20 * RHEO_PADDED (2)];
  g_autoptr (RheoNet) net = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (feedback); i++)
    feedback[i] = (RheoReal) (0.1 * cos (i));
  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    few[i] = (RheoReal) sin (i);
  proj_of (&config, "slow")->proj.flags = RHEO_PROJ_CUT;
  proj_of (&config, "ff")->proj.flags = RHEO_PROJ_CUT;
  proj_of (&config, "rec")->proj.feedback = feedback;
  proj_of (&config, "out")->proj.feedback = few;
  net = net_of (device, &config, trials, 2);
  check_against_reference (net, &arctan, &r, tolerance ());
}

static void
check_lengths (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);

  trials->length[1] = 7;
  trials->length[2] = 7;
  trials->length[3] = 2;
  trials->length[4] = 1;
  for (int lane_rows = 1; lane_rows <= 5; lane_rows += 2)
    {
      g_autoptr (RheoNet) net = net_of (device, &config, trials, lane_rows);

      check_against_reference (net, &arctan, &r, tolerance ());
      /* What lay on the tape before must not shine through. */
      check_against_reference (net, &arctan, &r, tolerance ());
    }
}

/* A batch with fewer rows than the net has room for. */
static void
check_small_batch (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) large = trials_new (2 * N_ROWS, N_STEPS, 3, 2, 0, false);
  g_autoptr (Trials) small = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  const RheoRollout of_large = whole (large), of_small = whole (small);
  g_autoptr (RheoNet) net = net_of (device, &config, large, 2);
  RheoGrad *grad = gradient_of (net, &of_large);

  check_against_reference (net, &arctan, &of_small, tolerance ());
  rheo_grad_free (grad);
}

/* --- input ------------------------------------------------------------------------------------------------------ */

static void
check_events (void)
{
  const double density[] = { 0.04, 0.6 };

  for (int form = 0; form < 2; form++)
    for (guint i = 0; i < G_N_ELEMENTS (density); i++)
      {
        NetConfig config = spiking_net ();
        g_autoptr (Trials) dense = trials_new (N_ROWS, N_STEPS, 40, 2, density[i], false);
        g_autoptr (Trials) events = trials_new (N_ROWS, N_STEPS, 40, 2, density[i], true);
        const RheoRollout of_dense = whole (dense), of_events = whole (events);
        g_autoptr (RheoNet) net = NULL;
        RheoGrad *a, *b;

        if (form == 1)
          {
            proj_of (&config, "in")->proj.form = RHEO_SPARSE;
            proj_of (&config, "in")->density = 0.3;
          }
        dense->length[4] = events->length[4] = 6;
        net = net_of (device, &config, events, 2);
        check_against_reference (net, &arctan, &of_events, tolerance ());
        a = gradient_of (net, &of_dense);
        b = gradient_of (net, &of_events);
        for (int k = 0; k < a->n; k++)
          {
            const RheoTrainable *t = rheo_net_get_trainable (net, k);

            for (int64_t j = 0; j < t->n_rows * t->stride; j++)
              check_close (t->name, (int) j, (double) b->value[k][j], (double) a->value[k][j],
                           is_double ? 1e-12 : 1e-5);
          }
        rheo_grad_free (a);
        rheo_grad_free (b);
      }
}

static void
check_input_delay (void)
{
  for (int events = 0; events < 2; events++)
    {
      NetConfig config = spiking_net ();
      g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 40, 2, 0.1, events);
      const RheoRollout r = whole (trials);
      g_autoptr (RheoNet) net = NULL;

      proj_of (&config, "in")->proj.delay = 3;
      net = net_of (device, &config, trials, 2);
      check_against_reference (net, &arctan, &r, tolerance ());
    }
}

/* --- lanes, threads, waves ---------------------------------------------------------------------------------------- */

static void
check_threads (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (9, N_STEPS, 3, 2, 0, false);
  const RheoRollout r = whole (trials);
  RheoDevice *one = device_of_test (1);
  g_autoptr (RheoNet) a = NULL;
  g_autoptr (RheoNet) b = NULL;

  config.pop[0].train = true;
  config.pop[0].lif.learn_beta = true;
  proj_of (&config, "rec")->density = 0.2;
  proj_of (&config, "rec")->mask = true;
  a = net_of (device, &config, trials, 2);
  b = net_of (one, &config, trials, 2);
  g_assert_cmpint (rheo_net_get_n_lanes (a), ==, 5);
  check_same (a, b, &r, 0);
  g_clear_pointer (&b, rheo_net_free);
  rheo_device_free (one);
}

static void
check_lanes (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (9, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);

  config.pop[0].lif.noise_sd = (RheoReal) 0.2;
  proj_of (&config, "in")->proj.noise = 0.1;
  r.flags |= RHEO_ROLL_NOISE;
  r.noise_scale = 1;
  for (int lane_rows = 1; lane_rows <= 9; lane_rows += 4)
    {
      g_autoptr (RheoNet) a = net_of (device, &config, trials, 4);
      g_autoptr (RheoNet) b = net_of (device, &config, trials, lane_rows);

      check_same (a, b, &r, is_double ? 1e-12 : 1e-4);
    }
}

static void
check_waves (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (9, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  RheoGrad *all = gradient_of (net, &r), *sum = rheo_net_new_grad (net);

  for (r.lane0 = 0; r.lane0 < 5; r.lane0 += r.n_lanes)
    {
      RheoGrad *part;

      r.n_lanes = r.lane0 == 0 ? 3 : 2;
      part = gradient_of (net, &r);
      for (int i = 0; i < sum->n; i++)
        {
          const RheoTrainable *t = rheo_net_get_trainable (net, i);

          for (int64_t k = 0; k < t->n_rows * t->stride; k++)
            sum->value[i][k] += part->value[i][k];
        }
      rheo_grad_free (part);
    }
  for (int i = 0; i < sum->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        check_close (t->name, (int) k, (double) sum->value[i][k], (double) all->value[i][k], is_double ? 1e-12 : 1e-4);
    }
  rheo_grad_free (all);
  rheo_grad_free (sum);
}

/* A second pass backwards from the same tape gives the same again, added. */
static void
check_twice (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  RheoGrad *once = gradient_of (net, &r), *again = rheo_net_new_grad (net);

  g_assert_true (rheo_backprop (net, &r, again));
  for (int i = 0; i < once->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        g_assert_true (once->value[i][k] == again->value[i][k]);
    }
  rheo_grad_free (once);
  rheo_grad_free (again);
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

/* Adaptive units instead, which keep more from step to step. */
static NetConfig
adaptive_net (void)
{
  NetConfig config = spiking_net ();

  for (int i = 0; i < 2; i++)
    {
      config.pop[i].cell = &rheo_cell_alif;
      config.pop[i].alif = (RheoAlif){ .b0 = (RheoReal) 0.1, .beta = (RheoReal) 0.9, .resistance = 1 };
      config.pop[i].param[0] = 4;
      config.pop[i].param[1] = 9;
      config.pop[i].spread = 2;
    }
  return config;
}

/* Two windows, and windows of one step without a tape, come to the same as one: with events, which the
 * processor adds one by one, in all bits. */
static void
check_windows (gconstpointer adaptive)
{
  const NetConfig config = adaptive != NULL ? adaptive_net () : spiking_net ();
  const double near = adaptive != NULL && is_on_processor () ? 0 : tolerance ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, adaptive != NULL ? 0.4 : 0, adaptive != NULL);
  const RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  g_autoptr (RheoNet) parts = net_of (device, &config, trials, 2);
  const RheoPlan *plan = rheo_net_get_plan (net);
  const int ends[][11] = { { 4, 10 }, { 1, 3, 9, 10 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } };

  g_assert_true (rheo_rollout (net, &r));
  for (guint way = 0; way < 2 * G_N_ELEMENTS (ends); way++)
    {
      const int *end = ends[way / 2];
      const bool taped = way % 2;
      RheoRollout part = r;

      part.flags = RHEO_ROLL_RESET | (taped ? RHEO_ROLL_TAPE : 0);
      for (part.t0 = 0; part.t0 < N_STEPS; part.t0 = *end++)
        {
          part.t1 = *end;
          g_assert_true (rheo_rollout (parts, &part));
          part.flags &= ~(unsigned) RHEO_ROLL_RESET;
          for (int i = 0; taped && i < plan->n_pops; i++)
            for (int row = 0; row < N_ROWS; row++)
              for (int t = (int) part.t0; t < part.t1; t++)
                for (int k = 0; k < plan->pop[i].n_units; k++)
                  check_close (plan->pop[i].name, k, tape_out (parts, i, row, t - (int) part.t0, k),
                               tape_out (net, i, row, t, k), near);
        }
      for (int i = 0; i < rheo_net_get_n_arrays (net); i++)
        {
          const RheoNetArray *a = rheo_net_get_array (net, i), *b = rheo_net_get_array (parts, i);

          for (int64_t row = 0;
               a->use == RHEO_USE_STATE && row < (a->n_dims == 3 ? a->dims[0] * a->dims[1] : a->dims[0]); row++)
            for (int k = 0; k < a->dims[a->n_dims - 1]; k++)
              check_close (a->name, k, (double) ((RheoReal *) b->data)[row * b->stride + k],
                           (double) ((RheoReal *) a->data)[row * a->stride + k], near);
        }
    }
}

/* The gradient of a later window is that of a net which starts with the state in which the first one ended: for a smooth
 * net by differences, with delays that look back across the border. */
static void
check_window_gradient (void)
{
  const NetConfig config = {
    .pop = { { .name = "a", .cell = &smooth_cell, .n_units = 5, .param = { 0.6, 0.2 }, .spread = 0.1, .train = true },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .initial = 1, .n_units = 2, .param = { 0.7 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.6, .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 3 }, .scale = 0.4, .bias = true },
              { .proj = { .name = "out", .from = 0, .to = 1, .delay = 1 }, .scale = 0.5, .bias = true } },
  };
  g_autoptr (Trials) trials = trials_new (3, N_STEPS, 2, 2, 0, false);
  g_autoptr (RheoNet) net = NULL;
  RheoRollout first = whole (trials), second = whole (trials);
  RheoGrad *grad;

  if (is_left_out ("units are the test's own"))
    return;
  if (!is_double)
    {
      g_test_skip ("differences need double");
      return;
    }
  net = net_of (device, &config, trials, 2);
  first.t1 = second.t0 = 4;
  second.flags = RHEO_ROLL_TAPE;
  g_assert_true (rheo_rollout (net, &first));
  grad = gradient_of (net, &second);
  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++)
          {
            RheoReal *w = t->value + row * t->stride + k;
            const double step = 1e-5;
            double loss[2] = { 0, 0 };

            for (int side = 0; side < 2; side++)
              {
                const RheoReal was = *w;

                rheo_net_weights_changed (net);
                g_assert_true (rheo_rollout (net, &first));
                *w = was + (RheoReal) (side == 0 ? step : -step);
                rheo_net_weights_changed (net);
                g_assert_true (rheo_rollout (net, &second));
                *w = was;
                for (int b = 0; b < 3; b++)
                  for (int time = 4; time < N_STEPS; time++)
                    for (int o = 0; o < 2; o++)
                      loss[side] += cotangent (1, b, time, o) * tape_out (net, 1, b, time - 4, o);
              }
            check_close (t->name, (int) row * t->width + k, (double) grad->value[i][row * t->stride + k],
                         (loss[0] - loss[1]) / (2 * step), 2e-8);
          }
    }
  rheo_grad_free (grad);
}

/* --- signals and interventions ------------------------------------------------------------------------------------ */

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_func ("/rollout/plain", check_plain);
  g_test_add_func ("/rollout/forms", check_forms);
  g_test_add_func ("/rollout/one-to-one", check_one_to_one);
  g_test_add_func ("/rollout/cycle", check_cycle);
  g_test_add_func ("/rollout/cut-and-feedback", check_cut_and_feedback);
  g_test_add_func ("/rollout/lengths", check_lengths);
  g_test_add_func ("/rollout/small-batch", check_small_batch);
  g_test_add_func ("/rollout/events", check_events);
  g_test_add_func ("/rollout/input-delay", check_input_delay);
  g_test_add_func ("/rollout/threads", check_threads);
  g_test_add_func ("/rollout/lanes", check_lanes);
  g_test_add_func ("/rollout/waves", check_waves);
  g_test_add_func ("/rollout/twice", check_twice);
  g_test_add_data_func ("/rollout/windows", NULL, check_windows);
  g_test_add_data_func ("/rollout/windows-adaptive", "adaptive", check_windows);
  g_test_add_func ("/rollout/window-gradient", check_window_gradient);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
