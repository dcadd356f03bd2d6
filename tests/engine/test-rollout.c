/* The time loop in all its forms: lanes, windows, events, delays, signals, interventions, noise, local rules. */
#include "some-nets.h"

#include <stdatomic.h>

#define N_STEPS 10
#define N_ROWS 5

static RheoDevice *device;
static const RheoSurrogate arctan = { .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 };
static const bool is_double = sizeof (RheoReal) == sizeof (double);

static double
tolerance (void)
{
  return is_double ? 1e-11 : 2e-4;
}

/* Two spiking layers and a read-out; the first is recurrent with two delays. */
static NetConfig
spiking_net (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 2 };

  return (NetConfig){
    .pop = { { .name = "one", .cell = &rheo_cell_lif, .lif = lif, .n_units = 70, .param = { 0.8, 0.8 }, .spread = 0.1 },
             { .name = "two", .cell = &rheo_cell_lif, .lif = lif, .n_units = 20, .param = { 0.7, 0.6 }, .spread = 0.1 },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .n_units = 2, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.5, .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1 }, .scale = 0.15, .bias = true },
              { .proj = { .name = "slow", .from = 0, .to = 0, .delay = 4 }, .scale = 0.1 },
              { .proj = { .name = "ff", .from = 0, .to = 1 }, .scale = 0.3, .bias = true },
              { .proj = { .name = "late", .from = 0, .to = 1, .delay = 2 }, .scale = 0.2 },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 0.5, .bias = true } },
  };
}

static ProjConfig *
proj_of (NetConfig *config, const char *name)
{
  for (ProjConfig *p = config->proj; p < config->proj + MAX_OF; p++)
    if (g_strcmp0 (p->proj.name, name) == 0)
      return p;
  g_assert_not_reached ();
}

static RheoRollout
whole (const Trials *trials)
{
  return (RheoRollout){
    .batch = &trials->batch, .t1 = trials->batch.n_steps, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE, .seed = 1
  };
}

/* Gradients and outputs in all bits, or nearly. */
static void
check_same (RheoNet *a, RheoNet *b, const RheoRollout *r, double near)
{
  RheoGrad *of_a = gradient_of (a, r), *of_b = gradient_of (b, r);
  const RheoPlan *plan = rheo_net_get_plan (a);

  for (int i = 0; i < plan->n_pops; i++)
    for (int row = 0; row < r->batch->n_rows; row++)
      for (int t = 0; t < (int) (r->t1 - r->t0); t++)
        for (int k = 0; k < plan->pop[i].n_units; k++)
          if (near == 0)
            g_assert_true (tape_out (a, i, row, t, k) == tape_out (b, i, row, t, k));
          else
            check_close (plan->pop[i].name, k, tape_out (a, i, row, t, k), tape_out (b, i, row, t, k), near);
  for (int i = 0; i < of_a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (a, i);

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        if (near == 0)
          g_assert_true (of_a->value[i][k] == of_b->value[i][k]);
        else
          check_close (t->name, (int) k, (double) of_a->value[i][k], (double) of_b->value[i][k], near);
    }
  rheo_grad_free (of_a);
  rheo_grad_free (of_b);
}

/* --- the reference ---------------------------------------------------------------------------------------------- */

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
  const char *why;
  RheoDevice *one = rheo_device_new ("cpu", 1, &why);
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

/* Two windows, and windows of one step without a tape, come to the same as one. */
static void
check_windows (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
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
                               tape_out (net, i, row, t, k), tolerance ());
        }
      for (int i = 0; i < rheo_net_get_n_arrays (net); i++)
        {
          const RheoNetArray *a = rheo_net_get_array (net, i), *b = rheo_net_get_array (parts, i);

          for (int64_t row = 0;
               a->use == RHEO_USE_STATE && row < (a->n_dims == 3 ? a->dims[0] * a->dims[1] : a->dims[0]); row++)
            for (int k = 0; k < a->dims[a->n_dims - 1]; k++)
              check_close (a->name, k, (double) ((RheoReal *) b->data)[row * b->stride + k],
                           (double) ((RheoReal *) a->data)[row * a->stride + k], tolerance ());
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
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  RheoRollout first = whole (trials), second = whole (trials);
  RheoGrad *grad;

  if (!is_double)
    {
      g_test_skip ("differences need double");
      return;
    }
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

static void
check_teacher (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  RheoReal value[N_ROWS * N_STEPS * 20];
  uint8_t on[20];
  RheoSignal teacher = { .pop = 1, .value = value };
  g_autoptr (RheoNet) net = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (value); i++)
    value[i] = (RheoReal) (0.4 * sin (i));
  for (int i = 0; i < 20; i++)
    on[i] = i % 3 != 0;
  r.teacher = &teacher;
  net = net_of (device, &config, trials, 2);
  check_against_reference (net, &arctan, &r, tolerance ());
  teacher.unit_on = on;
  check_against_reference (net, &arctan, &r, tolerance ());

  /* Carried by a projection. */
  proj_of (&config, "slow")->proj = (RheoProj){ .name = "slow", .from = RHEO_TEACHER, .to = 0 };
  teacher = (RheoSignal){ .pop = -1, .value = value };
  rheo_net_free (g_steal_pointer (&net));
  net = net_of (device, &config, trials, 2);
  check_against_reference (net, &arctan, &r, tolerance ());
}

static void
check_clamp (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  RheoReal value[N_ROWS * N_STEPS * 70];
  uint8_t on[70];
  RheoSignal clamp = { .pop = 0, .value = value };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);

  for (int i = 0; i < 70; i++)
    on[i] = i % 4 == 0;
  for (int graded = 0; graded < 2; graded++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (value); i++)
        value[i] = (RheoReal) (graded ? 0.25 * (i % 5) : i % 7 == 0);
      clamp.unit_on = NULL;
      r.clamp = &clamp;
      check_against_reference (net, &arctan, &r, tolerance ());
      g_assert_true ((rheo_net_get_tape (net)->lane[0].pop[0].bits == NULL) == graded);
      clamp.unit_on = on;
      check_against_reference (net, &arctan, &r, tolerance ());
    }
  r.clamp = NULL;
  check_against_reference (net, &arctan, &r, tolerance ());
}

static void
check_interventions (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  const int32_t units[] = { 3, 0, 17, 19 };
  const RheoIntervention acts[] = {
    { .kind = RHEO_ACT_SILENCE, .pop = 0, .proj = -1, .units = units, .n_units = 4, .t0 = 2, .t1 = 7 },
    { .kind = RHEO_ACT_SILENCE, .pop = 1, .proj = -1, .t0 = 3, .t1 = 5 },
    { .kind = RHEO_ACT_CLAMP, .pop = 0, .proj = -1, .units = units, .n_units = 2, .t1 = 100, .value = 1 },
    { .kind = RHEO_ACT_CLAMP, .pop = 1, .proj = -1, .units = units, .n_units = 4, .t1 = 100, .value = 0.5 },
    { .kind = RHEO_ACT_ADD, .pop = 0, .proj = -1, .units = units, .n_units = 4, .t0 = 1, .t1 = 4, .value = 0.7 },
    { .kind = RHEO_ACT_ADD, .pop = 2, .proj = -1, .t1 = 100, .value = -0.3 },
    { .kind = RHEO_ACT_SCALE, .pop = 0, .proj = -1, .t0 = 4, .t1 = 100, .value = 0.5 },
    { .kind = RHEO_ACT_SCALE, .pop = 2, .proj = -1, .t0 = 4, .t1 = 8, .value = 2 },
    { .kind = RHEO_ACT_SCALE, .pop = -1, .proj = 1, .units = units, .n_units = 4, .t1 = 100, .value = 3 },
    { .kind = RHEO_ACT_SCALE, .pop = -1, .proj = 3, .t0 = 5, .t1 = 100, .value = -1 },
    { .kind = RHEO_ACT_SCALE, .pop = -1, .proj = 0, .t0 = 5, .t1 = 6, .value = 0 },
    { .kind = RHEO_ACT_SCALE, .pop = -1, .proj = 5, .t0 = 5, .t1 = 6, .value = 0.2 },
  };

  for (int form = 0; form < 3; form++)
    {
      g_autoptr (RheoNet) net = NULL;

      for (int i = 1; i < 5; i++)
        {
          config.proj[i].proj.form = form == 1 ? RHEO_SPARSE : RHEO_DENSE;
          config.proj[i].density = form > 0 ? 0.3 : 0;
          config.proj[i].mask = form == 2;
        }
      net = net_of (device, &config, trials, 2);
      for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
        {
          r.acts = &acts[i];
          r.n_acts = 1;
          check_against_reference (net, &arctan, &r, tolerance ());
        }
      r.acts = acts;
      r.n_acts = G_N_ELEMENTS (acts);
      check_against_reference (net, &arctan, &r, tolerance ());
    }
}

static int
count_spikes (RheoNet *net, int pop, int row, int unit)
{
  int n = 0;

  for (int t = 0; t < N_STEPS; t++)
    n += rheo_tape_get_spike (net, pop, row, t, unit);
  return n;
}

/* Units are dropped for whole trials, the expected share of them, each trial others. */
static void
check_drop (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (40, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  const RheoIntervention drop = { .kind = RHEO_ACT_DROP, .pop = 0, .proj = -1, .t1 = 100, .value = 0.3 };
  g_autoptr (RheoNet) net = NULL;
  int n_silent = 0, n_alike = 0;

  /* Every unit fires in every trial. */
  config.pop[0].param[1] = -30;
  config.pop[0].lif.reset = RHEO_LIF_NONE;
  net = net_of (device, &config, trials, 0);
  r.acts = &drop;
  r.n_acts = 1;
  for (int batch = 0; batch < 2; batch++)
    {
      trials->batch.iteration = (uint32_t) batch;
      g_assert_true (rheo_rollout (net, &r));
      for (int row = 0; row < 40; row++)
        for (int unit = 0; unit < 70; unit++)
          {
            const int n = count_spikes (net, 0, row, unit);

            g_assert_true (n == 0 || n == N_STEPS / 2);
            n_silent += n == 0;
            n_alike += (n == 0) == (count_spikes (net, 0, (row + 1) % 40, unit) == 0);
          }
    }
  /* 5600 draws: 5 standard deviations. */
  g_assert_cmpfloat (fabs (n_silent / 5600.0 - 0.3), <, 0.031);
  g_assert_cmpfloat (fabs (n_alike / 5600.0 - (0.7 * 0.7 + 0.3 * 0.3)), <, 0.04);
}

static double
sum_of_squares (RheoNet *net, const RheoRollout *r, RheoNet *quiet)
{
  const RheoTape *a = rheo_net_get_tape (net), *b = rheo_net_get_tape (quiet);
  double sum = 0;
  int64_t n = 0;

  g_assert_true (rheo_rollout (net, r));
  for (int l = 0; l < a->n_lanes; l++)
    for (int64_t t = 0; t < a->n_steps; t++)
      for (int row = 0; row < a->lane[l].n_rows; row++)
        for (int k = 0; k < 70; k++, n++)
          {
            const int64_t place = (t * a->lane[l].n_rows + row) * RHEO_PADDED (70) + k;
            const double d = (double) (a->lane[l].pop[0].current[0][place] - b->lane[l].pop[0].current[0][place]);

            sum += d * d;
          }
  return sum / (double) n;
}

/* Noise has the size that was asked for, differs from batch to batch, and is off without the flag. */
static void
check_noise (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (40, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  const RheoIntervention noise = { .kind = RHEO_ACT_NOISE, .pop = 0, .proj = -1, .t1 = 100, .value = 0.4 };
  g_autoptr (RheoNet) net = NULL;
  g_autoptr (RheoNet) quiet = NULL;
  double first;

  /* Silent units, so that only noise tells two runs apart. */
  config.pop[0].param[1] = 30;
  r.flags |= RHEO_ROLL_CURRENTS;
  quiet = net_of (device, &config, trials, 0);
  g_assert_true (rheo_rollout (quiet, &r));
  r.acts = &noise;
  r.n_acts = 1;
  net = net_of (device, &config, trials, 0);
  g_assert_cmpfloat (fabs (sum_of_squares (net, &r, quiet) / 0.16 - 1), <, 0.05);
  r.n_acts = 0;

  /* Of the source: each unit's current moves by its own weights. */
  g_clear_pointer (&net, rheo_net_free);
  proj_of (&config, "in")->proj.noise = 0.5;
  net = net_of (device, &config, trials, 0);
  g_assert_cmpfloat (sum_of_squares (net, &r, quiet), ==, 0);
  r.flags |= RHEO_ROLL_NOISE;
  r.noise_scale = 2;
  {
    const RheoProj *in = rheo_net_get_proj (net, rheo_net_find_proj (net, "in"));
    double squares = 0;

    for (int j = 0; j < in->n_pre; j++)
      for (int k = 0; k < in->n_post; k++)
        squares += (double) (in->weight[j * in->stride + k] * in->weight[j * in->stride + k]) / in->n_post;
    g_assert_cmpfloat (fabs (sum_of_squares (net, &r, quiet) / squares - 1), <, 0.1);
  }
  first = sum_of_squares (net, &r, quiet);
  g_assert_cmpfloat (sum_of_squares (net, &r, quiet), ==, first);
  trials->batch.iteration = 1;
  g_assert_cmpfloat (sum_of_squares (net, &r, quiet), !=, first);
}

/* Of the membrane: what the cell adds is what the generator gives at its address. */
static void
check_membrane_noise (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (40, 1, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = NULL;
  g_autoptr (RheoNet) quiet = NULL;
  double sum = 0, squares = 0;

  config.pop[0].param[1] = 30;
  quiet = net_of (device, &config, trials, 0);
  config.pop[0].lif.noise_sd = (RheoReal) 0.5;
  net = net_of (device, &config, trials, 0);
  g_assert_true (rheo_rollout (quiet, &r));
  r.flags |= RHEO_ROLL_NOISE;
  r.noise_scale = 3;
  g_assert_true (rheo_rollout (net, &r));
  for (int row = 0; row < 40; row++)
    for (int k = 0; k < 70; k++)
      {
        const RheoReal *a = rheo_net_find_array (net, "one.membrane")->data;
        const RheoReal *b = rheo_net_find_array (quiet, "one.membrane")->data;
        const double d = (double) (a[row * RHEO_PADDED (70) + k] - b[row * RHEO_PADDED (70) + k]) / 1.5;

        sum += d / 2800;
        squares += d * d / 2800;
      }
  g_assert_cmpfloat (fabs (sum), <, 0.1);
  g_assert_cmpfloat (fabs (squares - 1), <, 0.14);
}

/* --- local rules, stopping ---------------------------------------------------------------------------------------- */

typedef struct
{
  RheoNet *net;
  int proj;
  double rate;
  int n_calls;
  bool plain;
} Local;

/* The change of a rule that sees spikes before and after. */
static void
hebb (void *data, RheoLane *lane, int64_t t)
{
  Local *local = data;
  const RheoProj *p = rheo_net_get_proj (local->net, local->proj);
  const RheoLanePop *pop = &lane->pop[p->to];

  g_assert_cmpint (pop->n_running, ==, pop->n_rows);
  for (int row = 0; row < lane->n_rows; row++)
    {
      const RheoReal *post = pop->out + row * p->stride,
                     *pre = lane->pop[p->from].out_before + row * RHEO_PADDED (p->n_pre);
      RheoProj *open = rheo_net_get_proj (local->net, local->proj);

      if (!local->plain)
        rheo_proj_rank1 (local->net, local->proj, lane, pre, post, (RheoReal) local->rate);
      for (int j = 0; local->plain && j < p->n_pre; j++)
        for (int k = 0; k < p->n_post; k++)
          if (p->keep.mask == NULL || p->keep.mask[j * p->stride + k])
            open->weight[j * p->stride + k] += (RheoReal) local->rate * pre[j] * post[k];
    }
  if (local->plain)
    rheo_net_weights_changed (local->net);
  local->n_calls++;
}

static void
check_rank1 (gconstpointer data)
{
  const bool masked = GPOINTER_TO_INT (data);
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (1, 30, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) queued = NULL;
  g_autoptr (RheoNet) plain = NULL;
  const int proj = 1;
  Local of_queued = { NULL, proj, 0.05, 0, false }, of_plain = { NULL, proj, 0.05, 0, true };
  const RheoProj *a, *b;
  double moved = 0;

  proj_of (&config, "rec")->mask = masked;
  proj_of (&config, "rec")->density = masked ? 0.3 : 0;
  of_queued.net = queued = net_of (device, &config, trials, 0);
  of_plain.net = plain = net_of (device, &config, trials, 0);
  a = rheo_net_get_proj (queued, proj);
  b = rheo_net_get_proj (plain, proj);
  r.flags |= RHEO_ROLL_LEARN;
  r.on_step = hebb;
  for (int i = 0; i < 2; i++)
    {
      r.on_step_data = &of_queued;
      g_assert_true (rheo_rollout (queued, &r));
      r.on_step_data = &of_plain;
      g_assert_true (rheo_rollout (plain, &r));
    }
  rheo_net_flush (queued);
  g_assert_cmpint (of_queued.n_calls, ==, 60);
  for (int j = 0; j < a->n_pre; j++)
    for (int k = 0; k < a->n_post; k++)
      {
        check_close ("rec", j * a->n_post + k, (double) a->weight[j * a->stride + k],
                     (double) b->weight[j * b->stride + k], is_double ? 1e-13 : 1e-5);
        if (!masked || a->keep.mask[j * a->stride + k])
          moved += fabs ((double) (a->weight[j * a->stride + k] - weight_of (proj_of (&config, "rec"), j, k)));
        else
          g_assert_true (a->weight[j * a->stride + k] == 0);
      }
  g_assert_cmpfloat (moved, >, 1);

  /* What the adjoint looks at has followed. */
  rheo_net_masks_changed (plain);
  r.flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE;
  r.on_step = NULL;
  check_same (queued, plain, &r, is_double ? 1e-10 : 1e-3);
}

/* With several rows the weights stand still within a window, and then all changes are added. */
static void
check_rank1_rows (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  g_autoptr (RheoNet) still = net_of (device, &config, trials, 2);
  Local local = { net, rheo_net_find_proj (net, "rec"), 0.05, 0, false };
  const RheoProj *p = rheo_net_get_proj (net, local.proj);

  g_assert_true (rheo_rollout (still, &r));
  r.flags |= RHEO_ROLL_LEARN;
  r.on_step = hebb;
  r.on_step_data = &local;
  g_assert_true (rheo_rollout (net, &r));
  for (int j = 0; j < p->n_pre; j++)
    for (int k = 0; k < p->n_post; k++)
      {
        double wanted = (double) weight_of (proj_of (&config, "rec"), j, k);

        for (int row = 0; row < N_ROWS; row++)
          for (int t = 1; t < N_STEPS; t++)
            wanted += 0.05 * rheo_tape_get_spike (still, 0, row, t - 1, j) * rheo_tape_get_spike (still, 0, row, t, k);
        check_close ("rec", j * p->n_post + k, (double) p->weight[j * p->stride + k], wanted, is_double ? 1e-13 : 1e-5);
      }
}

static bool
stop_now (void *data)
{
  return atomic_fetch_add ((atomic_int *) data, 1) >= 3;
}

static void
check_stop (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 1);
  RheoGrad *grad = rheo_net_new_grad (net);
  atomic_int n = 0;

  r.stop = stop_now;
  r.stop_data = &n;
  g_assert_false (rheo_rollout (net, &r));
  r.stop = NULL;
  g_assert_true (rheo_rollout (net, &r));
  r.stop = stop_now;
  n = 0;
  g_assert_false (rheo_backprop (net, &r, grad));
  r.stop = NULL;
  check_against_reference (net, &arctan, &r, tolerance ());
  rheo_grad_free (grad);
}

static void
check_currents (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  const RheoProj *in = rheo_net_get_proj (net, 0), *rec = rheo_net_get_proj (net, 1);

  r.flags |= RHEO_ROLL_CURRENTS;
  g_assert_true (rheo_rollout (net, &r));
  for (int k = 0; k < 70; k++)
    {
      double wanted = (double) (in->bias[k] + rec->bias[k]);

      for (int j = 0; j < 3; j++)
        wanted += (double) (trials->input[j] * in->weight[j * in->stride + k]);
      check_close ("current", k, (double) rheo_net_get_tape (net)->lane[0].pop[0].current[0][k], wanted, 1e-5);
    }
}

int
main (int argc, char **argv)
{
  const char *why;
  int status;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 2, &why);
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
  g_test_add_func ("/rollout/windows", check_windows);
  g_test_add_func ("/rollout/window-gradient", check_window_gradient);
  g_test_add_func ("/rollout/teacher", check_teacher);
  g_test_add_func ("/rollout/clamp", check_clamp);
  g_test_add_func ("/rollout/interventions", check_interventions);
  g_test_add_func ("/rollout/drop", check_drop);
  g_test_add_func ("/rollout/noise", check_noise);
  g_test_add_func ("/rollout/membrane-noise", check_membrane_noise);
  g_test_add_data_func ("/rollout/rank1", GINT_TO_POINTER (false), check_rank1);
  g_test_add_data_func ("/rollout/rank1-masked", GINT_TO_POINTER (true), check_rank1);
  g_test_add_func ("/rollout/rank1-rows", check_rank1_rows);
  g_test_add_func ("/rollout/stop", check_stop);
  g_test_add_func ("/rollout/currents", check_currents);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
