/* The self-organising network step by step, against exact runs (no noise, no new synapses), and what holds in any run. */
#include <math.h>
#include <string.h>

#include "engine/device.h"
#include "engine/rollout.h"

#include "engine/net.h"
#include "engine/sorn-step.h"

#define NE 20
#define NI 4
#define NU 2
#define T 100

static RheoDevice *device;

static RheoNet *
net_new (const char *words, int n_in, int n_steps)
{
  const RheoModel *model = (const RheoModel *) rheo_component_find (RHEO_KIND_MODEL, "sorn", NULL);
  g_autofree void *config = g_malloc0 (model->base.config_size);
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  const RheoShape shape = { .n_in = n_in, .n_steps = n_steps };
  const RheoNetSize size = { .n_rows = 1, .memory = 200 };
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
  net = rheo_net_new (model, config, &shape, device, &size, 1, &error);
  g_assert_no_error (error);
  return net;
}

/* One network with what its plasticity needs. */
typedef struct
{
  RheoNet *net;
  RheoSorn sorn;
  RheoSornHow how;
  int32_t due[2];
  int n_e, n_i, n_r;
  RheoReal x[T][NE], y[T][NI], r[T][NE];
} Run;

static RheoReal *
param (RheoNet *net, const char *name)
{
  return rheo_net_find_array (net, name)->data;
}

static void
clear (RheoSynapses *synapses)
{
  for (int j = 0; j < synapses->proj->n_pre; j++)
    while (synapses->proj->syn_count[j] > 0)
      rheo_synapses_remove (synapses, j, synapses->proj->syn_first[j]);
  g_assert_cmpint (synapses->n, ==, 0);
}

/* The network by formula. */
static void
make_golden (Run *run, bool plastic)
{
  RheoNet *net = run->net = net_new ("units=20 noise=0 fires=above start=0 lambda-ee=3 lambda-ei=4", NU, T);
  RheoProj *ie = rheo_net_get_proj (net, rheo_net_find_proj (net, "ie"));

  rheo_sorn_init (&run->sorn, net, run->due);
  run->how = (RheoSornHow){ .stdp = plastic,
                            .ip = plastic,
                            .istdp = plastic,
                            .scale_ee = plastic,
                            .scale_ei = plastic,
                            .eta_stdp = (RheoReal) 0.004,
                            .eta_ip = (RheoReal) 0.01,
                            .eta_inhib = (RheoReal) 0.001,
                            .target_ip = (RheoReal) 0.2,
                            .target_inhib = (RheoReal) 0.1,
                            .te_lo = 0,
                            .te_hi = 1 };
  clear (run->sorn.ee);
  clear (run->sorn.ei);
  for (int i = 0; i < NE; i++)
    {
      for (int j = 0; j < NE; j++)
        if (i != j && (7 * j + 11 * i + 3) % 13 < 4)
          rheo_synapses_add (run->sorn.ee, j, i, (RheoReal) (1 + (3 * j + 5 * i) % 7));
      for (int k = 0; k < NI; k++)
        if ((k + i) % 2 == 0)
          rheo_synapses_add (run->sorn.ei, k, i, (RheoReal) (1 + (3 * k + i) % 5));
      rheo_synapses_normalise (run->sorn.ee, i);
      rheo_synapses_normalise (run->sorn.ei, i);
      param (net, "exc.threshold")[i] = (RheoReal) (0.02 + 0.03 * (7 * i % 11));
      param (net, "exc.start")[i] = i % 3 == 0;
    }
  for (int k = 0; k < NI; k++)
    {
      double sum = 0;

      for (int j = 0; j < NE; j++)
        sum += 1 + (j + 2 * k) % 6;
      for (int j = 0; j < NE; j++)
        ie->weight[j * ie->stride + k] = (RheoReal) ((1 + (j + 2 * k) % 6) / sum);
      param (net, "inh.threshold")[k] = (RheoReal) (0.05 + 0.1 * k);
      param (net, "inh.start")[k] = k == 1;
    }
  rheo_net_weights_changed (net);
}

static void
learn (void *data, RheoLane *lane, int64_t t)
{
  Run *run = data;

  memcpy (run->x[t], lane->pop[0].out, sizeof run->x[t]);
  memcpy (run->y[t], lane->pop[1].out, sizeof run->y[t]);
  rheo_sorn_step (&run->sorn, &run->how, lane->pop[0].out_before, lane->pop[0].out, lane->pop[1].out_before,
                  (RheoRng){ 0 }, (uint32_t) t);
}

/* Steps t0 .. t1 - 1. */
static void
go (Run *run, int t0, int t1)
{
  static RheoReal input[T * NU];
  int length = T;
  const RheoBatch batch = { .n_rows = 1, .n_steps = T, .n_in = NU, .length = &length, .input = input };
  const RheoRollout r = { .batch = &batch,
                          .t0 = t0,
                          .t1 = t1,
                          .flags = RHEO_ROLL_TAPE | RHEO_ROLL_LEARN | (t0 == 0 ? RHEO_ROLL_RESET : 0u),
                          .on_step = learn,
                          .on_step_data = run,
                          .n_seen = 2 };

  for (int t = 0; t < T; t++)
    for (int k = 0; k < NU; k++)
      input[t * NU + k] = (RheoReal) ((13 * t + 5 * k) % 17 / 17.0);
  g_assert_true (rheo_rollout (run->net, &r));
  for (int t = t0; t < t1; t++)
    {
      const RheoReal *drive = rheo_net_get_tape (run->net)->lane[0].pop[0].tape[0]
                              + (t - t0 + 1) * rheo_net_get_plan (run->net)->pop[0].stride;

      for (int i = 0; i < NE; i++)
        {
          run->r[t][i] = drive[i] > 0;
          run->n_e += run->x[t][i] != 0;
          run->n_r += run->r[t][i] != 0;
        }
      for (int k = 0; k < NI; k++)
        run->n_i += run->y[t][k] != 0;
    }
}

static void
end (Run *run)
{
  rheo_sorn_release (&run->sorn);
  rheo_net_free (run->net);
}

static void
check_bits (int n, const RheoReal *x, const char *wanted)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < n; i++)
    g_string_append_c (text, x[i] != 0 ? '1' : '0');
  g_assert_cmpstr (text->str, ==, wanted);
}

static double
sum_squares (const RheoSynapses *synapses)
{
  const RheoProj *p = synapses->proj;
  double sum = 0;

  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j] + p->syn_count[j]; s++)
      sum += (double) p->weight[s] * (double) p->weight[s];
  return sum;
}

static double
sum_of (int n, const RheoReal *x)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (double) x[i];
  return sum;
}

static const double near = sizeof (RheoReal) == sizeof (double) ? 1e-9 : 2e-5;

typedef struct
{
  int step, n_e, n_i, n_r, n_ee, n_ei;
  double te, ee, ei;
} After;

static void
check_after (const Run *run, const After *after)
{
  g_assert_cmpint (run->n_e, ==, after->n_e);
  g_assert_cmpint (run->n_i, ==, after->n_i);
  g_assert_cmpint (run->n_r, ==, after->n_r);
  g_assert_cmpint (run->sorn.ee->n, ==, after->n_ee);
  g_assert_cmpint (run->sorn.ei->n, ==, after->n_ei);
  g_assert_cmpfloat_with_epsilon (sum_of (NE, run->sorn.threshold), after->te, near);
  g_assert_cmpfloat_with_epsilon (sum_squares (run->sorn.ee), after->ee, near);
  g_assert_cmpfloat_with_epsilon (sum_squares (run->sorn.ei), after->ei, near);
}

static void
check_weight (const RheoSynapses *synapses, int pre, int post, double wanted)
{
  const int64_t place = rheo_synapses_find (synapses, pre, post);

  g_assert_cmpint (place, >=, 0);
  g_assert_cmpfloat_with_epsilon (synapses->proj->weight[place], wanted, near);
}

static void
check_plastic (void)
{
  static const After after[] = {
    { 1, 7, 3, 7, 115, 40, 3.37, 4.341717899958, 11.255577447037 },
    { 2, 7, 6, 7, 115, 40, 3.33, 4.341717899958, 11.259598591495 },
    { 5, 15, 6, 12, 115, 40, 3.29, 4.343158654965, 11.263643123889 },
    { 20, 95, 37, 79, 115, 40, 3.49, 4.354602439492, 11.237843331279 },
    { 100, 485, 166, 409, 113, 40, 4.19, 4.435913165402, 11.268270851300 },
  };
  g_autofree Run *run = g_new0 (Run, 1);
  int at = 0;

  make_golden (run, true);
  g_assert_cmpint (run->sorn.ee->n, ==, 115);
  g_assert_cmpint (run->sorn.ei->n, ==, 40);
  for (guint i = 0; i < G_N_ELEMENTS (after); at = after[i++].step)
    {
      go (run, at, after[i].step);
      check_after (run, &after[i]);
    }
  check_bits (NE, run->x[0], "10100000101011001000");
  check_bits (NE, run->x[1], "00000000000000000000");
  check_bits (NE, run->x[2], "00000000000000000000");
  check_bits (NE, run->x[3], "11000000000000000000");
  check_bits (NE, run->x[4], "11000000101101000000");
  check_bits (NE, run->x[5], "11111001111101101101");
  check_bits (NE, run->x[99], "10000000000000000000");
  check_bits (NE, run->r[0], "10100000101011001000");
  check_bits (NE, run->r[3], "00000000000000000000");
  check_bits (NE, run->r[4], "01000000101101000000");
  check_bits (NE, run->r[5], "11111001111101101101");
  check_bits (NI, run->y[0], "1110");
  check_bits (NI, run->y[1], "1110");
  check_bits (NI, run->y[2], "0000");
  check_bits (NI, run->y[5], "1110");
  g_assert_cmpint (run->sorn.ee->to[0].n, ==, 4);
  check_weight (run->sorn.ee, 7, 0, 0.048378961146);
  check_weight (run->sorn.ee, 9, 0, 0.379159377096);
  check_weight (run->sorn.ee, 11, 0, 0.346157090949);
  check_weight (run->sorn.ee, 13, 0, 0.226304570808);
  g_assert_cmpint (run->sorn.ei->to[0].n, ==, 2);
  check_weight (run->sorn.ei, 0, 0, 0.405340675609);
  check_weight (run->sorn.ei, 2, 0, 0.594659324391);
  g_assert_cmpfloat_with_epsilon (run->sorn.threshold[0], 0.42, near);
  end (run);
}

static void
check_frozen (void)
{
  static const struct
  {
    int step, n_e, n_i, n_r;
  } after[] = { { 1, 7, 3, 7 }, { 2, 8, 6, 7 }, { 5, 24, 7, 20 }, { 20, 96, 35, 81 }, { 100, 510, 171, 433 } };
  static const char *const x[] = { "10100000101011001000", "10000000000000000000", "01000000000000000000",
                                   "11000000001100000000", "11001001101101001101", "11110101111101011111" };
  static const char *const y[] = { "1110", "1110", "0000", "0000", "1000", "1111" };
  g_autofree Run *run = g_new0 (Run, 1);
  int at = 0;

  make_golden (run, false);
  for (guint i = 0; i < G_N_ELEMENTS (after); at = after[i++].step)
    {
      go (run, at, after[i].step);
      check_after (run, &(After){ after[i].step, after[i].n_e, after[i].n_i, after[i].n_r, 115, 40, 3.34,
                                  4.344261258616, 11.256618795666 });
    }
  for (int t = 0; t < 6; t++)
    {
      check_bits (NE, run->x[t], x[t]);
      check_bits (NI, run->y[t], y[t]);
    }
  check_weight (run->sorn.ee, 7, 0, 0.052631578947);
  check_weight (run->sorn.ee, 9, 0, 0.368421052632);
  check_weight (run->sorn.ee, 11, 0, 0.315789473684);
  check_weight (run->sorn.ee, 13, 0, 0.263157894737);
  end (run);
}

/* --- what holds after every step ------------------------------------------------------------------------------ */
#define N_FREE 4000

typedef struct
{
  RheoSorn sorn;
  RheoSornHow how;
  int32_t due[2];
  RheoReal *ie, *ti;
  size_t ie_bytes;
  int64_t n_ee;
} Free;

static double
sum_to (const RheoSynapses *synapses, int i)
{
  double sum = 0;

  for (int k = 0; k < synapses->to[i].n; k++)
    sum += (double) synapses->proj->weight[synapses->to[i].place[k]];
  return sum;
}

/* The index of targets and the places of sources tell the same. */
static void
check_index (const RheoSynapses *synapses)
{
  const RheoProj *p = synapses->proj;
  int64_t n = 0;

  for (int i = 0; i < p->n_post; i++)
    for (int k = 0; k < synapses->to[i].n; k++, n++)
      {
        const int64_t s = synapses->to[i].place[k];

        g_assert_cmpint (p->syn_post[s], ==, i);
        g_assert_true (k == 0 || synapses->to[i].place[k - 1] < s);
        g_assert_cmpfloat (p->weight[s], >, 0);
        g_assert_cmpfloat (p->weight[s], <=, 1 + 1e-6);
      }
  g_assert_cmpint (n, ==, synapses->n);
  for (int j = 0; j < p->n_pre; j++)
    {
      for (int64_t s = p->syn_first[j]; s < p->syn_first[j] + p->syn_count[j]; s++, n--)
        g_assert_false (p->keep.no_self && p->syn_post[s] == j);
      for (int64_t s = p->syn_first[j] + p->syn_count[j]; s < p->syn_first[j + 1]; s++)
        g_assert_true (p->weight[s] == 0 && p->syn_post[s] == 0);
    }
  g_assert_cmpint (n, ==, 0);
}

static void
watch (void *data, RheoLane *lane, int64_t t)
{
  const double close = sizeof (RheoReal) == sizeof (double) ? 1e-12 : 2e-6;
  Free *f = data;

  rheo_sorn_step (&f->sorn, &f->how, lane->pop[0].out_before, lane->pop[0].out, lane->pop[1].out_before,
                  (RheoRng){ .seed = 5, .stream = RHEO_STREAM_REWIRE }, (uint32_t) t);
  g_assert_cmpint (f->sorn.ee->n, <=, f->n_ee + 1);
  f->n_ee = f->sorn.ee->n;
  for (int i = 0; i < f->sorn.ne; i++)
    {
      g_assert_true (lane->pop[0].out[i] == 0 || lane->pop[0].out[i] == 1);
      g_assert_true (f->sorn.ee->to[i].n == 0 || fabs (sum_to (f->sorn.ee, i) - 1) < close);
      g_assert_true (f->sorn.ei->to[i].n == 0 || fabs (sum_to (f->sorn.ei, i) - 1) < close);
    }
  if (t % 50 == 0)
    {
      check_index (f->sorn.ee);
      check_index (f->sorn.ei);
    }
}

static RheoSornHow
package_mode (void)
{
  return (RheoSornHow){ .stdp = true,
                        .ip = true,
                        .sp = true,
                        .istdp = true,
                        .scale_ee = true,
                        .scale_ei = true,
                        .eta_stdp = (RheoReal) 0.004,
                        .eta_ip = (RheoReal) 0.01,
                        .eta_inhib = (RheoReal) 0.001,
                        .target_ip = (RheoReal) 0.1,
                        .target_inhib = (RheoReal) 0.1,
                        .te_hi = 1,
                        .new_per_step = 0.1,
                        .new_weight = (RheoReal) 0.001 };
}

static void
run_free (Free *f, RheoNet *net, int n_steps, void (*on_step) (void *data, RheoLane *lane, int64_t t))
{
  int length = n_steps;
  const RheoBatch batch = { .n_rows = 1, .n_steps = n_steps, .length = &length };
  const RheoRollout r = { .batch = &batch,
                          .t1 = n_steps,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_NOISE | RHEO_ROLL_LEARN,
                          .noise_scale = 1,
                          .seed = 3,
                          .on_step = on_step,
                          .on_step_data = f,
                          .n_seen = 2 };

  g_assert_true (rheo_rollout (net, &r));
}

static void
check_invariants (void)
{
  g_autoptr (RheoNet) net =
      net_new ("units=60 noise=0.04 degrees=normal start=0 fires=above lambda-ee=12 lambda-ei=20", 0, N_FREE);
  const RheoProj *ie = rheo_net_get_proj (net, rheo_net_find_proj (net, "ie"));
  const size_t bytes = sizeof (RheoReal) * (size_t) ie->n_pre * (size_t) ie->stride;
  g_autofree RheoReal *was = g_memdup2 (ie->weight, bytes);
  g_autofree RheoReal *ti = g_memdup2 (param (net, "inh.threshold"), sizeof (RheoReal) * 12);
  Free f = { .how = package_mode () };

  rheo_sorn_init (&f.sorn, net, f.due);
  f.n_ee = f.sorn.ee->n;
  run_free (&f, net, N_FREE, watch);
  g_assert_cmpint (f.sorn.n_made, >, N_FREE / 20);
  g_assert_cmpint (f.sorn.n_lost, >, 50);
  g_assert_cmpmem (was, bytes, ie->weight, bytes);
  g_assert_cmpmem (ti, sizeof (RheoReal) * 12, param (net, "inh.threshold"), sizeof (RheoReal) * 12);
  rheo_sorn_release (&f.sorn);
}

/* --- one rule frozen ------------------------------------------------------------------------------------------ */
static void
learn_free (void *data, RheoLane *lane, int64_t t)
{
  Free *f = data;

  rheo_sorn_step (&f->sorn, &f->how, lane->pop[0].out_before, lane->pop[0].out, lane->pop[1].out_before,
                  (RheoRng){ .seed = 5, .stream = RHEO_STREAM_REWIRE }, (uint32_t) t);
}

static void
check_freezing (void)
{
  for (int frozen = 0; frozen < 3; frozen++)
    {
      g_autoptr (RheoNet) net = net_new ("units=60 lambda-ee=12 lambda-ei=20", 0, 200);
      g_autoptr (RheoTable) before = rheo_table_new ("before"), after = rheo_table_new ("after");
      static const char *const column[] = { "ee.weight", "ei.weight", "exc.threshold" };
      Free f = { .how = package_mode () };

      f.how.stdp = f.how.sp = f.how.scale_ee = frozen != 0;
      f.how.istdp = f.how.scale_ei = frozen != 1;
      f.how.ip = frozen != 2;
      rheo_sorn_init (&f.sorn, net, f.due);
      rheo_net_save (net, TRUE, before);
      run_free (&f, net, 200, learn_free);
      rheo_net_save (net, TRUE, after);
      for (int k = 0; k < 3; k++)
        {
          const RheoColumn *a = rheo_table_find (before, column[k]), *b = rheo_table_find (after, column[k]);
          const gsize n = sizeof (RheoReal) * (gsize) a->dims[0];
          const gboolean same = a->dims[0] == b->dims[0] && memcmp (a->data, b->data, n) == 0;

          g_assert_true (same == (k == frozen));
        }
      rheo_sorn_release (&f.sorn);
    }
}

/* Scaling that was off for a while makes up for all columns when it is on again; a column without a synapse stays. */
static void
check_scaling_again (void)
{
  g_autoptr (RheoNet) net = net_new ("units=30 lambda-ee=8 lambda-ei=10", 0, 100);
  Free f = { .how = package_mode () };

  rheo_sorn_init (&f.sorn, net, f.due);
  f.how.scale_ee = f.how.scale_ei = f.how.sp = false;
  run_free (&f, net, 100, learn_free);
  while (f.sorn.ee->to[3].n > 0)
    for (int j = 0; j < 30; j++)
      {
        const int64_t place = rheo_synapses_find (f.sorn.ee, j, 3);

        if (place >= 0)
          rheo_synapses_remove (f.sorn.ee, j, place);
      }
  f.how = (RheoSornHow){ .scale_ee = true, .scale_ei = true };
  run_free (&f, net, 1, learn_free);
  for (int i = 0; i < 30; i++)
    g_assert_cmpfloat_with_epsilon (sum_to (f.sorn.ee, i), i == 3 ? 0 : 1, 1e-5);
  check_index (f.sorn.ee);
  rheo_sorn_release (&f.sorn);
}

/* --- places --------------------------------------------------------------------------------------------------- */
/* All pairs get a synapse, one by one; then there is none left to draw; then all are lost again. */
static void
check_full (void)
{
  g_autoptr (RheoNet) net = net_new ("units=12 lambda-ee=1 lambda-ei=1", 0, 1);
  g_autoptr (RheoSynapses) ee = rheo_synapses_new (net, rheo_net_find_proj (net, "ee"));
  int pre, post, n = (int) ee->n;

  for (uint32_t t = 0; rheo_synapses_draw_free (ee, (RheoRng){ .seed = 1 }, t, 0, &pre, &post); t++, n++)
    {
      g_assert_cmpint (pre, !=, post);
      g_assert_cmpint (rheo_synapses_find (ee, pre, post), <, 0);
      g_assert_true (rheo_synapses_add (ee, pre, post, (RheoReal) 0.5));
    }
  g_assert_cmpint (n, ==, 12 * 11);
  check_index (ee);
  for (int i = 0; i < 12; i++)
    rheo_synapses_normalise (ee, i);
  g_assert_cmpfloat_with_epsilon (sum_to (ee, 5), 1, 1e-6);
  clear (ee);
  check_index (ee);
}

/* What inhibitory units get is no output of a network that has none. */
static void
check_labels (void)
{
  g_autoptr (RheoNet) net = net_new ("units=12 lambda-ee=1 lambda-ei=1", 1, 1);

  g_assert_cmpstr (rheo_net_find_array (net, "in.weight")->label, ==, "Input weights");
  g_assert_cmpstr (rheo_net_find_array (net, "ee.weight")->label, ==, "Recurrent weights");
  g_assert_cmpstr (rheo_net_find_array (net, "ie.weight")->label, ==, "Weights of ie");
}

/* A saved network comes back with other places, and is refused where its synapses cannot be. */
static void
check_saving (void)
{
  g_autoptr (RheoNet) net = net_new ("units=30 lambda-ee=3 lambda-ei=10", 0, 300);
  g_autoptr (RheoNet) other = net_new ("units=30 lambda-ee=3 lambda-ei=10", 0, 300);
  g_autoptr (RheoTable) saved = rheo_table_new ("saved"), again = rheo_table_new ("again");
  g_autoptr (GError) error = NULL;
  Free f = { .how = package_mode () };
  g_autoptr (RheoNet) copy = NULL;

  f.how.new_per_step = 1.5;
  f.how.stdp = false;
  rheo_sorn_init (&f.sorn, net, f.due);
  run_free (&f, net, 300, learn_free);
  g_assert_cmpint (f.sorn.ee->n, >, 300);
  rheo_net_save (net, FALSE, saved);
  g_assert_cmpint (rheo_table_find (saved, "ee.weight")->dims[0], !=,
                   rheo_net_find_array (other, "ee.weight")->dims[0]);
  g_assert_true (rheo_net_load (other, saved, FALSE, &error));
  rheo_net_save (other, FALSE, again);
  for (int k = 0; k < 4; k++)
    {
      static const char *const name[] = { "ee.weight", "ee.target", "ee.first", "ee.count" };
      const RheoColumn *a = rheo_table_find (saved, name[k]), *b = rheo_table_find (again, name[k]);

      g_assert_cmpmem (a->data, rheo_type_size (a->type) * (gsize) a->dims[0], b->data,
                       rheo_type_size (b->type) * (gsize) b->dims[0]);
    }
  copy = rheo_net_dup (net, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_net_get_facts (copy).n_connected, ==, rheo_net_get_facts (net).n_connected);

  ((int32_t *) rheo_table_find (saved, "ee.target")->data)[0] = 30;
  g_assert_false (rheo_net_load (other, saved, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "ee"));
  rheo_sorn_release (&f.sorn);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 1, NULL);
  g_test_add_func ("/sorn/golden/plastic", check_plastic);
  g_test_add_func ("/sorn/golden/frozen", check_frozen);
  g_test_add_func ("/sorn/invariants", check_invariants);
  g_test_add_func ("/sorn/freezing", check_freezing);
  g_test_add_func ("/sorn/scaling-again", check_scaling_again);
  g_test_add_func ("/sorn/full", check_full);
  g_test_add_func ("/sorn/labels", check_labels);
  g_test_add_func ("/sorn/saving", check_saving);
  result = g_test_run ();
  rheo_device_free (device);
  return result;
}
