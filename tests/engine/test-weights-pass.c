/* Weight gradients of a window against the sums that define them, taken from the tape: for silent, sparse and busy
 * sources, dense input and lists of events, any number of threads. With --bench: the pass for the robot network. */
#include "config.h"

#include "engine/rollout.h"

#include <glib.h>
#include <math.h>

#include "engine/rng.h"

enum
{
  IN,
  REC,
  OUT
};

typedef struct
{
  int n_in, n_units, delay;
  double threshold;
} Config;

typedef struct
{
  double threshold;
} Threshold;

static const char *const nothing[] = { NULL };

static int
no_tape (const void *derived)
{
  return 0;
}

/* Fires where the current is above the threshold; its gradient passes straight through. */
static void
fire (const void *derived, const RheoSlice *s)
{
  const Threshold *c = derived;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->out[i] = (double) s->current[0][i] > c->threshold;
}

static void
carry (const void *derived, const RheoSlice *s)
{
  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->out[i] = s->current[0][i];
}

static void
through (const void *derived, const RheoSlice *s)
{
  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->d_current[0][i] = s->d_out[i];
}

static const RheoCell spiking = { .id = "test-spiking",
                                  .params = nothing,
                                  .states = nothing,
                                  .n_ports = 1,
                                  .n_tape = no_tape,
                                  .spikes = true,
                                  .forward = fire,
                                  .adjoint = through };
static const RheoCell linear = { .id = "test-linear",
                                 .params = nothing,
                                 .states = nothing,
                                 .n_ports = 1,
                                 .n_tape = no_tape,
                                 .forward = carry,
                                 .adjoint = through };

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Config *c = config;
  const Threshold derived = { c->threshold };
  const int hidden = rheo_net_pop (net, "hidden", &spiking, &derived, sizeof derived, c->n_units, 0, NULL, NULL);
  const int out = rheo_net_pop (net, "out", &linear, NULL, 0, shape->n_out, 0, NULL, NULL);

  rheo_net_join (net, &(RheoProj){ .name = "in", .from = RHEO_INPUT, .to = hidden, .flags = RHEO_PROJ_TRAIN }, false,
                 false);
  rheo_net_join (
      net, &(RheoProj){ .name = "rec", .from = hidden, .to = hidden, .delay = c->delay, .flags = RHEO_PROJ_TRAIN },
      false, false);
  rheo_net_join (net, &(RheoProj){ .name = "out", .from = hidden, .to = out, .flags = RHEO_PROJ_TRAIN }, false, false);
  return TRUE;
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  for (int i = IN; i <= OUT; i++)
    {
      RheoProj *p = rheo_net_get_proj (net, i);

      rng.item = (uint32_t) i;
      for (int j = 0; j < p->n_pre; j++)
        {
          rheo_rng_normals (rng, (uint32_t) j, 0, p->n_post, p->weight + j * p->stride);
          for (int k = 0; k < p->n_post; k++)
            p->weight[j * p->stride + k] *= (RheoReal) (i == REC ? 0.02 : 1);
        }
    }
}

static const RheoModel model = { .base = { .id = "test", .config_size = sizeof (Config) },
                                 .layout = layout,
                                 .init = init };

typedef struct
{
  RheoBatch batch;
  GArray *first, *unit; /* events */
  RheoReal *input;
} Trials;

/* Trials of normals, or of events: 4 % of the lines in each step, some of them twice. */
static Trials
trials (int n_rows, int n_steps, int n_in, int n_out, gboolean events)
{
  const RheoRng rng = { .seed = 3, .stream = RHEO_STREAM_TASK };
  Trials t = { .batch = { .n_rows = n_rows, .n_steps = n_steps, .n_in = n_in, .n_out = n_out },
               .first = g_array_new (FALSE, FALSE, sizeof (int64_t)),
               .unit = g_array_new (FALSE, FALSE, sizeof (int32_t)) };

  t.input = g_new (RheoReal, n_rows * n_steps * n_in);
  rheo_rng_normals (rng, 0, 0, n_rows * n_steps * n_in, t.input);
  for (int step = 0; step < n_rows * n_steps; step++)
    {
      int64_t at = t.unit->len;

      g_array_append_val (t.first, at);
      for (int32_t k = 0; k < n_in; k++)
        for (int n = 0; n < 2; n++)
          if (rheo_rng_uniform (rng, 1 + (uint32_t) step, (uint32_t) (2 * k + n)) < 0.02)
            g_array_append_val (t.unit, k);
    }
  {
    int64_t at = t.unit->len;

    g_array_append_val (t.first, at);
  }
  if (events)
    {
      t.batch.event_first = (const int64_t *) (void *) t.first->data;
      t.batch.event_unit = (const int32_t *) (void *) t.unit->data;
    }
  else
    t.batch.input = t.input;
  return t;
}

static void
trials_free (Trials *t)
{
  g_array_unref (t->first);
  g_array_unref (t->unit);
  g_free (t->input);
}

static double
input_of (const RheoBatch *batch, int row, int64_t step, int line)
{
  const int64_t at = row * batch->n_steps + step;
  double n = 0;

  if (batch->input != NULL)
    return (double) batch->input[at * batch->n_in + line];
  for (int64_t e = batch->event_first[at]; e < batch->event_first[at + 1]; e++)
    n += batch->event_unit[e] == line;
  return n;
}

/* Spikes of all sources of a projection at a step of a lane's row; before the window there are none. */
static double
source_of (const RheoNet *net, const RheoProj *p, const RheoBatch *batch, int row, int64_t step, int unit)
{
  if (step - p->delay < 0)
    return 0;
  return p->from == RHEO_INPUT ? input_of (batch, row, step - p->delay, unit)
                               : rheo_tape_get_spike (net, p->from, row, step - p->delay, unit);
}

static void
check_gradient (RheoNet *net, const RheoBatch *batch, const RheoGrad *grad)
{
  const RheoTape *tape = rheo_net_get_tape (net);

  for (int i = 0; i < rheo_net_get_n_trainables (net); i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);
      const RheoProj *p = t->proj;
      g_autofree double *expected = g_new0 (double, p->n_pre * p->stride);

      for (int l = 0; l < tape->n_lanes; l++)
        for (int64_t step = 0; step < tape->n_steps; step++)
          for (int row = 0; row < tape->lane[l].n_rows; row++)
            {
              const RheoReal *delta =
                  tape->lane[l].pop[p->to].delta[0] + (step * tape->lane[l].n_rows + row) * p->stride;

              for (int j = 0; j < p->n_pre; j++)
                {
                  const double x = source_of (net, p, batch, tape->lane[l].row0 + row, step, j);

                  for (int k = 0; x != 0 && k < p->n_post; k++)
                    expected[j * p->stride + k] += x * (double) delta[k];
                }
            }
      /* Padding included: it stays 0. */
      for (int k = 0; k < p->n_pre * p->stride; k++)
        g_assert_cmpfloat_with_epsilon ((double) grad->value[i][k], expected[k],
                                        (sizeof (RheoReal) == sizeof (float) ? 1e-4 : 1e-11)
                                            * (1 + fabs (expected[k])));
    }
}

static double
run (RheoNet *net, const RheoBatch *batch, RheoGrad *grad, double *seconds)
{
  const RheoRollout r = { .batch = batch, .t1 = batch->n_steps, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE, .seed = 1 };
  const RheoTape *tape;
  int64_t n_spikes = 0, n = 0;
  gint64 begin;

  g_assert_true (rheo_rollout (net, &r));
  for (int row = 0; row < batch->n_rows; row++)
    for (int64_t t = 0; t < batch->n_steps; t++)
      rheo_rng_normals ((RheoRng){ .seed = 4, .item = (uint32_t) row }, (uint32_t) t, 0, batch->n_out,
                        rheo_tape_get_d_output (net, row, t));
  rheo_grad_clear (grad, net);
  begin = g_get_monotonic_time ();
  g_assert_true (rheo_backprop (net, &r, grad));
  *seconds = (double) (g_get_monotonic_time () - begin) * 1e-6;
  tape = rheo_net_get_tape (net);
  for (int l = 0; l < tape->n_lanes; l++)
    {
      n_spikes += tape->lane[l].pop[0].n_spikes;
      n += tape->n_steps * tape->lane[l].n_rows;
    }
  return (double) n_spikes / (double) (n * rheo_net_get_plan (net)->pop[0].n_units);
}

static RheoNet *
make (RheoDevice *device, const Config *config, const Trials *t, int lane_rows)
{
  const RheoShape shape = { .n_in = config->n_in,
                            .n_out = t->batch.n_out,
                            .n_steps = t->batch.n_steps,
                            .dt_ms = 1,
                            .events = t->batch.input == NULL };
  const RheoNetSize size = { .n_rows = t->batch.n_rows, .lane_rows = lane_rows, .memory = 1000 };
  g_autoptr (GError) error = NULL;
  RheoNet *net = rheo_net_new (&model, config, &shape, device, &size, 1, &error);

  g_assert_no_error (error);
  return net;
}

static void
check (const Config *config, gboolean events, double least, double most)
{
  Trials t = trials (11, 14, config->n_in, 3, events);
  RheoGrad *first = NULL;
  RheoNet *first_net = NULL;
  RheoDevice *devices[2];

  for (int n_threads = 1; n_threads <= 2; n_threads++)
    {
      const char *why;
      RheoDevice *device = devices[n_threads - 1] = rheo_device_new ("cpu", n_threads, &why);
      RheoNet *net = make (device, config, &t, 4);
      RheoGrad *grad = rheo_net_new_grad (net);
      double seconds, rate = run (net, &t.batch, grad, &seconds);

      g_assert_cmpfloat (rate, >=, least);
      g_assert_cmpfloat (rate, <=, most);
      check_gradient (net, &t.batch, grad);
      if (first == NULL)
        {
          first = grad;
          first_net = net;
          continue;
        }
      for (int i = 0; i < grad->n; i++)
        {
          const RheoTrainable *w = rheo_net_get_trainable (net, i);

          g_assert_cmpmem (grad->value[i], (size_t) (w->n_rows * w->stride) * sizeof (RheoReal), first->value[i],
                           (size_t) (w->n_rows * w->stride) * sizeof (RheoReal));
        }
      rheo_grad_free (grad);
      rheo_net_free (net);
    }
  rheo_grad_free (first);
  rheo_net_free (first_net);
  rheo_device_free (devices[0]);
  rheo_device_free (devices[1]);
  trials_free (&t);
}

static void
test_silent (void)
{
  check (&(Config){ 5, 150, 1, 1e9 }, FALSE, 0, 0);
}

static void
test_sparse (void)
{
  check (&(Config){ 5, 300, 1, 4.5 }, FALSE, 0.005, 0.06);
}

static void
test_busy (void)
{
  check (&(Config){ 5, 150, 1, 0 }, FALSE, 0.4, 0.6);
}

static void
test_delay (void)
{
  check (&(Config){ 9, 130, 3, 4.5 }, FALSE, 0.02, 0.2);
}

static void
test_events (void)
{
  check (&(Config){ 260, 140, 1, 4.5 }, TRUE, 0.02, 0.2);
}

static int
bench (void)
{
  for (double threshold = 2.9; threshold > 0; threshold -= 0.8)
    {
      const Config config = { 2, 1000, 1, threshold };
      const char *why;
      Trials t = trials (50, 30, 2, 2, FALSE);
      RheoDevice *device = rheo_device_new ("cpu", 2, &why);
      RheoNet *net = make (device, &config, &t, 25);
      RheoGrad *grad = rheo_net_new_grad (net);
      double best = G_MAXDOUBLE, rate = 0;

      for (int i = 0; i < 15; i++)
        {
          double seconds;

          rate = run (net, &t.batch, grad, &seconds);
          best = MIN (best, seconds);
        }
      g_print ("1000 units, 50 x 30 steps, 2 threads, rate %.3f: backpropagation %.1f ms\n", rate, best * 1e3);
      rheo_grad_free (grad);
      rheo_net_free (net);
      rheo_device_free (device);
      trials_free (&t);
    }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--bench"))
    return bench ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights-pass/silent", test_silent);
  g_test_add_func ("/weights-pass/sparse", test_sparse);
  g_test_add_func ("/weights-pass/busy", test_busy);
  g_test_add_func ("/weights-pass/delay", test_delay);
  g_test_add_func ("/weights-pass/events", test_events);
  return g_test_run ();
}
