/* What acts on the time loop from outside: teacher, clamp, interventions, noise, local rules, stop. */
#include "../device.h"
#include "rollout-net.h"

#include <stdatomic.h>

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
  atomic_int n_calls; /* lanes call from their own threads */
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
  atomic_fetch_add (&local->n_calls, 1);
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
      /* Whether the rest of the network comes step by step or later is the same to it. */
      r.n_seen = 1;
      r.on_step_data = &of_queued;
      g_assert_true (rheo_rollout (queued, &r));
      r.n_seen = 0;
      r.on_step_data = &of_plain;
      g_assert_true (rheo_rollout (plain, &r));
      for (int t = 0; t < 30; t++)
        check_close ("out", t, (double) rheo_tape_get_output (queued, 0, t)[1],
                     (double) rheo_tape_get_output (plain, 0, t)[1], is_double ? 1e-12 : 1e-4);
    }
  rheo_net_flush (queued);
  g_assert_cmpint (atomic_load (&of_queued.n_calls), ==, 60);
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

#define N_TRACED 70

/* Changes by spikes filtered twice. */
typedef struct
{
  RheoNet *net;
  RheoReal x[N_TRACED], p[N_TRACED];
  bool plain;
} Traced;

static void
follow (void *data, RheoLane *lane, int64_t t)
{
  Traced *traced = data;
  const RheoTraces traces = { .keep = { (RheoReal) 0.6, (RheoReal) 0.9 },
                              .gain = { (RheoReal) 0.4, (RheoReal) 0.1 },
                              .z = lane->pop[0].out_before,
                              .x = traced->x,
                              .p = traced->p };
  RheoProj *p = rheo_net_get_proj (traced->net, 1);
  RheoReal post[N_TRACED];

  for (int j = 0; j < N_TRACED; j++)
    {
      traced->x[j] = traces.keep[0] * traced->x[j] + traces.gain[0] * traces.z[j];
      traced->p[j] = traces.keep[1] * traced->p[j] + traces.gain[1] * traced->x[j];
      post[j] = (RheoReal) (0.1 * cos (0.3 * (double) t + j));
    }
  if (!traced->plain)
    rheo_proj_rank1_traced (traced->net, 1, lane, &traces, post);
  for (int j = 0; traced->plain && j < N_TRACED; j++)
    for (int k = 0; k < N_TRACED; k++)
      if (p->keep.mask != NULL ? p->keep.mask[j * p->stride + k] : !p->keep.no_self || j != k)
        p->weight[j * p->stride + k] += traced->p[j] * post[k];
  if (traced->plain)
    rheo_net_weights_changed (traced->net);
}

/* What waits as spikes gives what each step's own update gives. */
static void
check_traced (gconstpointer data)
{
  static const RheoIntervention half = { .kind = RHEO_ACT_SCALE, .pop = 0, .proj = -1, .t1 = 1000, .value = 0.5 };
  const char *how = data;
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (1, 80, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) queued = NULL;
  g_autoptr (RheoNet) plain = NULL;
  Traced of_queued = { .plain = false }, of_plain = { .plain = true };
  double moved = 0;

  proj_of (&config, "rec")->mask = strcmp (how, "masked") == 0;
  proj_of (&config, "rec")->density = strcmp (how, "masked") == 0 ? 0.3 : 0;
  proj_of (&config, "rec")->proj.keep.no_self = strcmp (how, "no-self") == 0;
  of_queued.net = queued = net_of (device, &config, trials, 0);
  of_plain.net = plain = net_of (device, &config, trials, 0);
  r.acts = &half;
  r.n_acts = strcmp (how, "graded") == 0;
  r.flags |= RHEO_ROLL_LEARN;
  r.on_step = follow;
  r.n_seen = 1;
  for (int i = 0; i < 2; i++)
    {
      r.on_step_data = &of_queued;
      g_assert_true (rheo_rollout (queued, &r));
      rheo_net_flush (queued);
      r.on_step_data = &of_plain;
      g_assert_true (rheo_rollout (plain, &r));
      for (int t = 0; t < 80; t++)
        check_close ("out", t, (double) rheo_tape_get_output (queued, 0, t)[1],
                     (double) rheo_tape_get_output (plain, 0, t)[1], is_double ? 1e-12 : 1e-4);
      for (int j = 0; j < N_TRACED; j++)
        for (int k = 0; k < N_TRACED; k++)
          {
            const int at = j * rheo_net_get_proj (plain, 1)->stride + k;
            const double now = (double) rheo_net_get_proj (plain, 1)->weight[at];

            check_close ("rec", at, (double) rheo_net_get_proj (queued, 1)->weight[at], now, is_double ? 1e-12 : 1e-5);
            moved += fabs (now - weight_of (proj_of (&config, "rec"), j, k));
          }
      memset (of_queued.x, 0, sizeof of_queued.x);
      memset (of_queued.p, 0, sizeof of_queued.p);
      memset (of_plain.x, 0, sizeof of_plain.x);
      memset (of_plain.p, 0, sizeof of_plain.p);
    }
  g_assert_cmpfloat (moved, >, 10);
  check_same (queued, plain, &(RheoRollout){ .batch = r.batch, .t1 = r.t1, .flags = whole (trials).flags, .seed = 1 },
              is_double ? 1e-10 : 1e-3);
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

typedef struct
{
  atomic_int n; /* times that it was asked */
  int at;       /* says so from this time on */
} Stop;

static bool
stop_now (void *data)
{
  Stop *stop = data;

  return atomic_fetch_add (&stop->n, 1) >= stop->at;
}

static void
check_stop (void)
{
  NetConfig config = spiking_net ();
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, 3, 2, 0, false);
  RheoRollout r = whole (trials);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 1);
  RheoGrad *grad = rheo_net_new_grad (net);
  Stop stop = { .at = 3 };
  int forward;

  if (is_left_out ("a card is asked around its windows"))
    return;
  r.stop = stop_now;
  r.stop_data = &stop;
  g_assert_false (rheo_rollout (net, &r));
  stop = (Stop){ .at = G_MAXINT };
  g_assert_true (rheo_rollout (net, &r));
  forward = stop.n;
  stop = (Stop){ .at = 3 };
  g_assert_false (rheo_backprop (net, &r, grad));
  /* The deltas are asked as often as the steps; the sums over them, which take as long, are asked too. */
  stop = (Stop){ .at = G_MAXINT };
  g_assert_true (rheo_backprop (net, &r, grad));
  g_assert_cmpint (stop.n, >, forward);
  stop = (Stop){ .at = stop.n - 1 };
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
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_func ("/rollout/teacher", check_teacher);
  g_test_add_func ("/rollout/clamp", check_clamp);
  g_test_add_func ("/rollout/interventions", check_interventions);
  g_test_add_func ("/rollout/drop", check_drop);
  g_test_add_func ("/rollout/noise", check_noise);
  g_test_add_func ("/rollout/membrane-noise", check_membrane_noise);
  g_test_add_data_func ("/rollout/rank1", GINT_TO_POINTER (false), check_rank1);
  g_test_add_data_func ("/rollout/rank1-masked", GINT_TO_POINTER (true), check_rank1);
  g_test_add_func ("/rollout/rank1-rows", check_rank1_rows);
  g_test_add_data_func ("/rollout/traced", "", check_traced);
  g_test_add_data_func ("/rollout/traced-no-self", "no-self", check_traced);
  g_test_add_data_func ("/rollout/traced-masked", "masked", check_traced);
  g_test_add_data_func ("/rollout/traced-graded", "graded", check_traced);
  g_test_add_func ("/rollout/stop", check_stop);
  g_test_add_func ("/rollout/currents", check_currents);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
