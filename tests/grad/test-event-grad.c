/* Gradients of spiking nets whose rows share weights, by lists of events and for the units that hear a gradient alone,
 * against those of the same trials in lanes of one row each, where nothing is shared and nothing left out. Trials end at
 * different steps. */
#include "../engine/some-nets.h"

#include "engine/kernels.h"

#define N_ROWS 34
#define N_OF_LANE 17
#define N_STEPS 11
#define N_UNITS 170
#define N_IN 300

static RheoDevice *device, *another;

/* The kernel for chosen units is counted (link argument --wrap). */
static int n_chosen;
void __real_rheo_kernel_dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw,
                                    int n_rows, const RheoReal *d, int ldd, int k, RheoReal *c, int ldc);
void __wrap_rheo_kernel_dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw,
                                    int n_rows, const RheoReal *d, int ldd, int k, RheoReal *c, int ldc);

void
__wrap_rheo_kernel_dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw,
                               int n_rows, const RheoReal *d, int ldd, int k, RheoReal *c, int ldc)
{
  __atomic_fetch_add (&n_chosen, 1, __ATOMIC_RELAXED);
  __real_rheo_kernel_dot_events (n_lists, first, row, w, ldw, n_rows, d, ldd, k, c, ldc);
}

/* Two layers, each with connections within itself, delays of more than a step among them. */
static NetConfig
deep_net (const RheoLif *lif, double threshold)
{
  const PopConfig hidden = { .cell = lif->synaptic ? &rheo_cell_lif_synaptic : &rheo_cell_lif,
                             .lif = *lif,
                             .n_units = N_UNITS,
                             .param = { 0.8, threshold, 0.6 },
                             .spread = 0.1,
                             .train = true };
  NetConfig config = {
    .pop = { hidden, hidden, { .name = "out", .cell = &rheo_cell_leaky_readout, .n_units = 5, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.4, .bias = true },
              { .proj = { .name = "rec1", .from = 0, .to = 0, .delay = 1 }, .scale = 0.1 },
              { .proj = { .name = "ff2", .from = 0, .to = 1 }, .scale = 0.3, .bias = true },
              { .proj = { .name = "rec2", .from = 1, .to = 1, .delay = 3 }, .scale = 0.1 },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 1, .bias = true } },
  };

  config.pop[0].name = "hidden1";
  config.pop[1].name = "hidden2";
  return config;
}

static void
give_d_out (RheoNet *net, const RheoRollout *r, int lane)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoTapeLane *tape = &rheo_net_get_tape (net)->lane[lane];
  const int stride = plan->pop[plan->out_pop].stride;

  for (int t = 0; t < N_STEPS; t++)
    for (int row = 0; row < tape->n_rows; row++)
      for (int k = 0; t < r->batch->length[tape->row0 + row] && k < plan->n_out; k++)
        tape->pop[plan->out_pop].d_out[(t * tape->n_rows + row) * stride + k] +=
            (RheoReal) cotangent (plan->out_pop, tape->row0 + row, t, k);
}

typedef struct
{
  RheoNet *net;
  RheoRollout r;
} Given;

static void
on_lane (void *data, int lane, int thread)
{
  Given *given = data;

  give_d_out (given->net, &given->r, lane);
}

static RheoGrad *
gradient_by_lane (RheoNet *net, const RheoRollout *r)
{
  Given given = { net, *r };
  RheoGrad *grad = rheo_net_new_grad (net);

  given.r.on_lane = on_lane;
  given.r.on_lane_data = &given;
  g_assert_true (rheo_rollout_by_lane (net, &given.r, grad));
  return grad;
}

/* Norm of the difference of all arrays, in that of the arrays. */
static double
distance (RheoNet *net, const RheoGrad *a, const RheoGrad *b)
{
  double worst = 0;

  for (int i = 0; i < a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);
      double apart = 0, size = 0;

      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++)
          {
            const double x = (double) a->value[i][row * t->stride + k], y = (double) b->value[i][row * t->stride + k];

            apart += (x - y) * (x - y);
            size += y * y;
          }
      g_assert_cmpfloat (size, >, 0);
      worst = MAX (worst, sqrt (apart / size));
    }
  return worst;
}

/* In float a membrane that is rounded otherwise may lie on the other side of the edge of a compact surrogate. */
static double
tolerance (const RheoSurrogate *surrogate)
{
  if (sizeof (RheoReal) == sizeof (double))
    return 1e-12;
  return rheo_surrogate_is_compact (surrogate) ? 1e-3 : 2e-5;
}

/* Returns the mean rate of the first layer. */
static double
check_net (NetConfig config, const RheoSurrogate *surrogate, double density, bool chosen)
{
  g_autoptr (Trials) trials = trials_new (N_ROWS, N_STEPS, N_IN, 5, density, true);
  const RheoRollout r = { .batch = &trials->batch, .t1 = N_STEPS, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) alone = net_of (device, &config, trials, 1);
  g_autoptr (RheoNet) shared = net_of (device, &config, trials, N_OF_LANE);
  g_autoptr (RheoNet) divided = net_of (another, &config, trials, N_OF_LANE);
  RheoGrad *grad[4];
  double rate = 0;

  for (int row = N_ROWS - 4; row < N_ROWS; row++)
    trials->length[row] = N_STEPS - 2 * (row - N_ROWS + 5);
  rheo_net_set_surrogate (alone, surrogate);
  rheo_net_set_surrogate (shared, surrogate);
  rheo_net_set_surrogate (divided, surrogate);
  n_chosen = 0;
  grad[0] = gradient_of (alone, &r);
  g_assert_cmpint (n_chosen, ==, 0);
  grad[1] = gradient_of (shared, &r);
  g_assert_true ((n_chosen > 0) == (chosen && rheo_kernel_direct_pays ()));
  for (int row = 0; row < N_ROWS; row++)
    for (int t = 0; t < N_STEPS; t++)
      for (int k = 0; k < N_UNITS; k++)
        {
          g_assert_true (rheo_tape_get_spike (alone, 0, row, t, k) == rheo_tape_get_spike (shared, 0, row, t, k));
          g_assert_true (rheo_tape_get_spike (alone, 1, row, t, k) == rheo_tape_get_spike (shared, 1, row, t, k));
          rate += rheo_tape_get_spike (alone, 0, row, t, k) / (double) (N_ROWS * N_STEPS * N_UNITS);
        }
  grad[2] = gradient_by_lane (shared, &r);
  grad[3] = gradient_by_lane (divided, &r);
  g_assert_cmpfloat (distance (shared, grad[1], grad[0]), <, tolerance (surrogate));
  assert_same_bits (shared, grad[2], grad[1]);
  assert_same_bits (shared, grad[3], grad[1]);
  for (int i = 0; i < 4; i++)
    rheo_grad_free (grad[i]);
  return rate;
}

static double
check (const RheoLif *lif, const RheoSurrogate *surrogate, double threshold, double density, bool chosen)
{
  return check_net (deep_net (lif, threshold), surrogate, density, chosen);
}

static const RheoLif plain = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_MEMBRANE };
static const RheoSurrogate boxcar = { .kind = RHEO_SURROGATE_BOXCAR, .width = 0.3 };
static const RheoSurrogate smooth = { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 10 };

/* Silent, sparse and busy layers: lists, and whole products. */
static void
test_densities (void)
{
  g_assert_cmpfloat (check (&plain, &smooth, 4, 0.1, false), <, 0.08);
  g_assert_cmpfloat (check (&plain, &smooth, 2, 0.1, false), >, 0.08);
  g_assert_cmpfloat (check (&plain, &smooth, 0.1, 0.1, false), >, 0.4);
}

static void
test_compact (void)
{
  const RheoSurrogate triangular = { .kind = RHEO_SURROGATE_TRIANGULAR, .scale = 0.3, .width = 0.4 };
  const RheoSurrogate sparse = { .kind = RHEO_SURROGATE_SPARSE_FAST_SIGMOID, .slope = 100, .width = 0.2 };
  const RheoSurrogate wide = { .kind = RHEO_SURROGATE_BOXCAR, .width = 50 };
  RheoLif lif = plain;

  check (&plain, &boxcar, 2, 0.1, true);
  check (&plain, &triangular, 2, 0.1, true);
  check (&plain, &sparse, 2, 0.1, true);
  check (&plain, &wide, 2, 0.1, false);
  lif.differentiate = true;
  check (&lif, &boxcar, 2, 0.1, true);
  lif.synaptic = true;
  check (&lif, &boxcar, 3, 0.1, true);
  lif.reset = RHEO_LIF_ZERO;
  lif.driver = RHEO_LIF_AT_ONCE;
  check (&lif, &boxcar, 3, 0.1, true);
}

/* Units that adapt. */
static void
test_adaptive (gconstpointer data)
{
  const bool has_current = data == &rheo_cell_adlif;
  NetConfig config = deep_net (&plain, 1);

  for (int i = 0; i < 2; i++)
    {
      PopConfig *pop = &config.pop[i];

      pop->cell = data;
      pop->alif = (RheoAlif){ .b0 = (RheoReal) 0.3, .beta = (RheoReal) 1.8, .resistance = 2 };
      pop->adlif = (RheoAdlif){ .theta = (RheoReal) 0.4, .q = 20 };
      pop->param[0] = 5;
      pop->param[1] = 40;
      pop->param[2] = has_current ? 0.5 : 0;
      pop->param[3] = has_current ? 0.8 : 0;
    }
  g_assert_cmpfloat (check_net (config, &smooth, 0.1, false), >, 0.02);
  g_assert_cmpfloat (check_net (config, &boxcar, 0.1, true), >, 0.02);
}

/* Units that may not fire hear nothing, whatever the surrogate. */
static void
test_refractory (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_ZERO, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 8 };

  check (&lif, &smooth, 0.5, 0.1, true);
  check (&lif, &boxcar, 0.5, 0.1, true);
}

/* More sources than a list has room for; more events of one line in a step, too, which count one by one. */
static void
test_wide (void)
{
  enum
  {
    WIDE = 17000,
    EVENTS = 20000,
    STEPS = 3,
    ROWS = 5
  };
  const NetConfig config = {
    .pop = { { .name = "hidden", .cell = &rheo_cell_lif, .lif = plain, .n_units = WIDE, .param = { 0.8, 3 } },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .n_units = 5, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 1 },
              { .proj = { .name = "out", .from = 0, .to = 1 }, .scale = 1 } },
  };
  g_autoptr (Trials) trials = trials_new (ROWS, STEPS, 4, 5, 0.5, true);
  const RheoRollout r = { .batch = &trials->batch, .t1 = STEPS, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autofree int32_t *unit = g_new0 (int32_t, trials->first[ROWS * STEPS] + EVENTS);
  g_autoptr (RheoNet) alone = net_of (device, &config, trials, 1);
  g_autoptr (RheoNet) shared = net_of (device, &config, trials, ROWS);
  int n_spikes = 0;

  /* They all come to line 0 in the last step of the last row. */
  memcpy (unit, trials->unit, sizeof *unit * (size_t) trials->first[ROWS * STEPS]);
  trials->first[ROWS * STEPS] += EVENTS;
  trials->batch.event_unit = unit;
  g_assert_true (rheo_rollout (alone, &r));
  g_assert_true (rheo_rollout (shared, &r));
  for (int row = 0; row < ROWS; row++)
    for (int t = 0; t < STEPS; t++)
      {
        for (int k = 0; k < WIDE; k++)
          {
            g_assert_true (rheo_tape_get_spike (alone, 0, row, t, k) == rheo_tape_get_spike (shared, 0, row, t, k));
            n_spikes += rheo_tape_get_spike (alone, 0, row, t, k);
          }
        for (int k = 0; k < 5; k++)
          check_close ("out", k, (double) rheo_tape_get_output (shared, row, t)[k],
                       (double) rheo_tape_get_output (alone, row, t)[k],
                       sizeof (RheoReal) == sizeof (double) ? 1e-12 : 1e-4);
      }
  g_assert_cmpint (n_spikes, >, WIDE / 2);
}

int
main (int argc, char **argv)
{
  const char *why;
  int status;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 1, &why);
  another = rheo_device_new ("cpu", 2, &why);
  g_test_add_func ("/events/gradient/densities", test_densities);
  g_test_add_func ("/events/gradient/compact", test_compact);
  g_test_add_data_func ("/events/gradient/adaptive", &rheo_cell_alif, test_adaptive);
  g_test_add_data_func ("/events/gradient/with-current", &rheo_cell_adlif, test_adaptive);
  g_test_add_func ("/events/gradient/refractory", test_refractory);
  g_test_add_func ("/events/wide", test_wide);
  status = g_test_run ();
  rheo_device_free (device);
  rheo_device_free (another);
  return status;
}
