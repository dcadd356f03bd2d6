/* Event-driven cells and their network, against runs of the original in NEURON. */
#include <math.h>
#include <string.h>

#include "engine/device.h"
#include "engine/intf7.h"
#include "engine/net.h"
#include "engine/rollout.h"
#include "engine/stdp-rl.h"

#define HOLD 83 /* network steps of an action */
#define N_ACTIONS 200
#define N_IN 80

static RheoDevice *device;

static RheoNet *
net_new (int seed, int n_actions)
{
  const RheoModel *model = (const RheoModel *) rheo_component_find (RHEO_KIND_MODEL, "intf7", NULL);
  g_autofree void *config = g_malloc0 (model->base.config_size);
  const RheoShape shape = { .n_in = N_IN, .n_out = 2, .n_steps = n_actions * HOLD, .dt_ms = 0.6 };
  const RheoNetSize size = { .n_rows = 1, .memory = 200 };
  g_autofree char *text = g_strdup_printf ("%d", seed);
  g_autoptr (GError) error = NULL;
  void *at;
  const RheoParam *row;
  RheoNet *net;

  rheo_params_reset (model->base.params, config);
  row = rheo_params_find (model->base.params, config, "seed", "model", &at, &error);
  rheo_param_set_text (row, at, text, "seed", &error);
  g_assert_no_error (error);
  net = rheo_net_new (model, config, &shape, device, &size, 1, &error);
  g_assert_no_error (error);
  return net;
}

/* --- a cell ------------------------------------------------------------------------------------------------------- */
static const RheoIntf7Class excitatory = { .tau = { 10, 300, 10, 20, 300, 20, 400 },
                                           .rest = -65,
                                           .threshold = -40,
                                           .block = -25,
                                           .ahp = 1,
                                           .refractory = 5,
                                           .tau_threshold = 8,
                                           .threshold_jump = 0.75 };

static double
voltage (const RheoIntf7Cell *cell)
{
  double v = -65;

  for (int k = 0; k < RHEO_INTF7_PARTS; k++)
    v += cell->part[k];
  return v;
}

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 6e-7)

static void
test_cell (void)
{
  RheoIntf7Cell c;

  rheo_intf7_cell_reset (&excitatory, &c);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 1, RHEO_INTF7_AM2, 10));
  NEAR (voltage (&c), -55);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 3, RHEO_INTF7_NM2, 5));
  NEAR (c.part[RHEO_INTF7_NM2], 0.292249);
  NEAR (voltage (&c), -55.659377);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 6, RHEO_INTF7_AM2, 15));
  NEAR (c.part[RHEO_INTF7_AM2], 20.924016);
  NEAR (voltage (&c), -43.786642);
  g_assert_true (rheo_intf7_cell_receive (&excitatory, false, &c, 9, RHEO_INTF7_AM2, 15));
  NEAR (c.part[RHEO_INTF7_AM2], 28.787357);
  g_assert_cmpfloat (c.part[RHEO_INTF7_AHP], ==, -1);
  NEAR (c.threshold, -28.75);
  NEAR (voltage (&c), -36.926179);
  g_assert_cmpfloat (c.ready, ==, 14);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 14, RHEO_INTF7_GA, 9));
  NEAR (c.part[RHEO_INTF7_GA], -22.028287);
  NEAR (c.part[RHEO_INTF7_AHP], -0.987579);
  NEAR (voltage (&c), -65.314475);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 20, RHEO_INTF7_AM2, 12));
  NEAR (c.threshold, -34.685866);
  NEAR (voltage (&c), -49.882959);
  g_assert_true (rheo_intf7_cell_receive (&excitatory, false, &c, 20.5, RHEO_INTF7_AM, 20));
  NEAR (c.part[RHEO_INTF7_AM], 15.378927);
  NEAR (c.part[RHEO_INTF7_AHP], -1.971663);
  NEAR (voltage (&c), -35.602585);
  g_assert_false (rheo_intf7_cell_receive (&excitatory, false, &c, 30, RHEO_INTF7_AM2, 15));
  NEAR (c.part[RHEO_INTF7_AM2], 28.055093);
  NEAR (c.threshold, -33.589931);
  NEAR (voltage (&c), -37.102979);
}

/* --- synapses ----------------------------------------------------------------------------------------------------- */
static const RheoProj *
proj (RheoNet *net, const char *name)
{
  return rheo_net_get_proj (net, rheo_net_find_proj (net, name));
}

static void
check_synapse (RheoNet *net, const char *name, int pre, int post, double weight, double delay)
{
  const RheoProj *p = proj (net, name);
  g_autofree char *key = g_strdup_printf ("%s.delay", name);
  const double *delays = rheo_net_find_array (net, key)->data;

  for (int64_t s = p->syn_first[pre]; s < p->syn_first[pre + 1]; s++)
    if (p->syn_post[s] == post)
      {
        g_assert_cmpfloat_with_epsilon ((double) p->weight[s], weight, sizeof (RheoReal) == 8 ? 1.1e-8 : 1e-6);
        if (delay > 0)
          g_assert_cmpfloat_with_epsilon (delays[s], delay, 1.1e-8);
        return;
      }
  g_error ("%s: no synapse from %d to %d", name, pre, post);
}

static int
count_between (RheoNet *net, const char *name, int lo, int hi, int post)
{
  const RheoProj *p = proj (net, name);
  int n = 0;

  for (int j = lo; j < hi; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
      n += p->syn_post[s] == post;
  return n;
}

static double
sum_plastic (RheoNet *net, int power)
{
  double sum = 0;

  for (int i = 0; i < rheo_net_get_n_trainables (net); i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int64_t k = 0; k < t->n_rows * t->width; k++)
        sum += pow ((double) t->value[k], power);
    }
  return sum;
}

static void
test_synapses (void)
{
  g_autoptr (RheoNet) net = net_new (1394398, 1);
  const double *delay = rheo_net_find_array (net, "in.delay")->data;
  int64_t n = 0, n_plastic = 0;

  for (int i = 0; i < rheo_net_get_plan (net)->n_projs; i++)
    {
      const RheoProj *p = &rheo_net_get_plan (net)->proj[i];

      if (p->from >= 0 && strcmp (p->name, "out") != 0)
        n += p->syn_first[p->n_pre];
      if (p->flags & RHEO_PROJ_TRAIN)
        n_plastic += p->syn_first[p->n_pre];
    }
  g_assert_cmpint (n, ==, 5600);
  g_assert_cmpint (n_plastic, ==, 1800);
  check_synapse (net, "ES-EA-ampa", 1, 0, 9.92710899, 1.87190827);
  check_synapse (net, "ES-EA-ampa", 3, 0, 13.20865107, 1.90533912);
  check_synapse (net, "ES-EA-ampa", 5, 0, 10.33436544, 1.97784387);
  check_synapse (net, "ES-EA-ampa", 11, 0, 12.99674176, 1.86787482);
  check_synapse (net, "ES-EA-ampa", 17, 0, 6.71021396, 1.92878138);
  g_assert_cmpint (count_between (net, "ES-EA-ampa", 0, 18, 0), ==, 5);
  check_synapse (net, "EA-EM-ampa", 0, 0, 9.21790167, 2.07844410);
  check_synapse (net, "EA-EM-ampa", 1, 0, 4.74768408, 1.88356661);
  check_synapse (net, "EA-EM-ampa", 2, 0, 6.15610868, 2.09036770);
  g_assert_cmpint (count_between (net, "EA-EM-ampa", 0, 15, 0), ==, 8);
  g_assert_cmpfloat_with_epsilon (delay[0], 1.10055549, 1.1e-8);
  g_assert_cmpfloat_with_epsilon (delay[1], 0.90216729, 1.1e-8);
  g_assert_cmpfloat_with_epsilon (delay[2], 0.80322743, 1.1e-8);
  g_assert_cmpfloat_with_epsilon (sum_plastic (net, 1), 14953.682707, sizeof (RheoReal) == 8 ? 6e-7 : 1e-3);
  g_assert_cmpfloat_with_epsilon (sum_plastic (net, 2), 141083.13842, sizeof (RheoReal) == 8 ? 6e-6 : 1e-1);
}

/* --- whole networks ----------------------------------------------------------------------------------------------- */
enum
{
  SCRIPT_A,
  SCRIPT_B,
};

/* What each step sees: what was set at the end of the one before. */
static RheoReal *
dup_input (int script)
{
  static const int constant[] = { 10, 10, 9, 9 };
  RheoReal *input = g_new0 (RheoReal, N_ACTIONS * N_IN);

  for (int k = 1; k < N_ACTIONS; k++)
    for (int d = 0; d < 4; d++)
      input[k * N_IN + 20 * d + (script == SCRIPT_A ? constant[d] : (7 * k + 5 * d) % 20)] = 50;
  return input;
}

static void
run (RheoNet *net, const RheoReal *input, int first, int n, bool reset)
{
  const int length = N_ACTIONS * HOLD;
  const RheoBatch batch = {
    .n_rows = 1, .n_steps = length, .n_in = N_IN, .n_out = 2, .length = &length, .input = input, .hold = HOLD
  };
  const RheoRollout r = { .batch = &batch,
                          .t0 = first * HOLD,
                          .t1 = (first + n) * HOLD,
                          .flags = RHEO_ROLL_TAPE | (reset ? RHEO_ROLL_RESET : 0) };

  g_assert_true (rheo_rollout (net, &r));
}

static void
count (RheoNet *net, int n_actions, int *n_spikes, int *n_out)
{
  for (int pop = 0; pop < 7; pop++)
    for (int t = 0; t < n_actions * HOLD; t++)
      for (int i = 0; i < rheo_net_get_plan (net)->pop[pop].n_units; i++)
        n_spikes[pop] += rheo_tape_get_spike (net, pop, 0, t, i);
  for (int k = 0; k < n_actions; k++)
    for (int o = 0; o < 2; o++)
      n_out[o] += (int) rheo_tape_get_output (net, 0, k * HOLD + HOLD - 1)[o];
}

static const struct
{
  int seed, script, after_20[7], after_200[7], out[2];
} scripts[] = {
  { 1, SCRIPT_A, { 272, 195, 14, 59, 157, 38, 30 }, { 2064, 1496, 35, 317, 857, 168, 90 }, { 453, 404 } },
  { 1, SCRIPT_B, { 308, 286, 63, 141, 400, 154, 97 }, { 2468, 2535, 518, 1419, 3726, 1427, 984 }, { 1832, 1894 } },
  { 1394398, SCRIPT_A, { 272, 190, 10, 51, 106, 26, 14 }, { 2064, 1410, 10, 332, 528, 119, 22 }, { 308, 220 } },
  { 1394398,
    SCRIPT_B,
    { 308, 273, 60, 136, 348, 122, 90 },
    { 2468, 2426, 467, 1258, 3035, 1090, 775 },
    { 1581, 1454 } },
  { 5397326,
    SCRIPT_A,
    { 272, 295, 24, 234, 412, 168, 119 },
    { 2064, 2487, 95, 2154, 3206, 1325, 709 },
    { 1647, 1559 } },
  { 5397326,
    SCRIPT_B,
    { 308, 279, 37, 135, 350, 146, 85 },
    { 2468, 2502, 308, 1286, 3160, 1269, 715 },
    { 1489, 1671 } },
};

static void
test_scripts (void)
{
  for (gsize k = 0; k < G_N_ELEMENTS (scripts); k++)
    {
      g_autoptr (RheoNet) net = net_new (scripts[k].seed, N_ACTIONS);
      g_autofree RheoReal *input = dup_input (scripts[k].script);
      int spikes[7] = { 0 }, out[2] = { 0 };

      run (net, input, 0, 20, true);
      count (net, 20, spikes, out);
      g_assert_cmpmem (spikes, sizeof spikes, scripts[k].after_20, sizeof spikes);
      run (net, input, 20, N_ACTIONS - 20, false);
      count (net, N_ACTIONS - 20, spikes, out);
      for (int i = 0; i < 7; i++)
        g_test_message ("%d %d: %d (%d)", scripts[k].seed, i, spikes[i], scripts[k].after_200[i]);
      g_assert_cmpmem (spikes, sizeof spikes, scripts[k].after_200, sizeof spikes);
      g_assert_cmpmem (out, sizeof out, scripts[k].out, sizeof out);
    }
}

/* --- learning ----------------------------------------------------------------------------------------------------- */
static const RheoStdpRlHow how = { .w_hebb = 0.04,
                                   .w_anti = -0.04,
                                   .length_hebb = 250,
                                   .length_anti = 250,
                                   .window_hebb = 3,
                                   .window_anti = 3,
                                   .w_max = 400,
                                   .late = 1,
                                   .quiet = 1000,
                                   .target = RHEO_REWARD_BOTH,
                                   .balance = RHEO_BALANCE_SENDERS,
                                   .chosen = 1,
                                   .opposite = 0.8,
                                   .discount = 0.5,
                                   .balance_min = 0.1,
                                   .balance_max = 2,
                                   .gain_control = TRUE,
                                   .gain_steps = 500,
                                   .gain_every = 75,
                                   .gain_change = 0.0001,
                                   .rate_motor = 6,
                                   .rate_other = 5.5,
                                   .step = 50 };

static void
on_spike (void *data, RheoLane *lane, int unit, double time)
{
  rheo_stdp_rl_spike (data, &how, unit, time);
}

/* As the original accumulates its time. */
static double
time_after (int n_actions)
{
  double t = 0;

  for (int k = 0; k < n_actions * HOLD; k++)
    t = t + 0.3 + 0.3;
  return t;
}

static const struct
{
  int seed, after_200[7], out[2];
  double sum, squares, least, first_em, last;
} learned[] = {
  { 1,
    { 2468, 2535, 518, 1419, 3719, 1430, 985 },
    { 1838, 1881 },
    15190.811237,
    144800.32723,
    2.699936,
    3.918089,
    8.103991 },
  { 1394398,
    { 2468, 2426, 467, 1258, 3029, 1095, 777 },
    { 1568, 1461 },
    14953.682707,
    141126.45995,
    2.655517,
    9.312400,
    5.104606 },
  { 5397326,
    { 2468, 2502, 308, 1286, 3153, 1258, 724 },
    { 1492, 1661 },
    15267.721277,
    146167.00337,
    2.614759,
    5.470689,
    8.703927 },
};

/* The plastic weight of the first or last synapse by target, then source. */
static double
weight_at (RheoNet *net, const char *name, bool last)
{
  const RheoProj *p = proj (net, name);
  const int post = last ? p->n_post - 1 : 0;
  double found = NAN;

  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
      if (p->syn_post[s] == post && (last || isnan (found)))
        found = (double) p->weight[s];
  return found;
}

static void
test_learning (void)
{
  const double near = sizeof (RheoReal) == 8 ? 1 : 1e3;

  for (gsize i = 0; i < G_N_ELEMENTS (learned); i++)
    {
      g_autoptr (RheoNet) net = net_new (learned[i].seed, 1);
      g_autofree RheoReal *input = dup_input (SCRIPT_B);
      RheoStdpRl *stdp = rheo_stdp_rl_new (net, how.gain_steps);
      const int length = N_ACTIONS * HOLD;
      const RheoBatch batch = {
        .n_rows = 1, .n_steps = length, .n_in = N_IN, .n_out = 2, .length = &length, .input = input, .hold = HOLD
      };
      int spikes[7] = { 0 }, out[2] = { 0 };
      double least = HUGE_VAL;

      g_assert_cmpint (rheo_stdp_rl_count_synapses (stdp), ==, 1800);
      rheo_stdp_rl_begin (stdp);
      for (int k = 1; k <= N_ACTIONS; k++)
        {
          const RheoRollout r = { .batch = &batch,
                                  .t0 = (k - 1) * HOLD,
                                  .t1 = k * HOLD,
                                  .flags = RHEO_ROLL_TAPE | RHEO_ROLL_LEARN | (k == 1 ? RHEO_ROLL_RESET : 0),
                                  .on_spike = on_spike,
                                  .on_spike_data = stdp };

          g_assert_true (rheo_rollout (net, &r));
          count (net, 1, spikes, out);
          if (k >= 2)
            rheo_stdp_rl_control (stdp, &how, k - 1);
          rheo_stdp_rl_hear (stdp, &how, time_after (k));
          rheo_stdp_rl_reward (stdp, &how, (k % 5 - 2) * 0.4, k % 2, time_after (k));
          if (k % 60 == 0)
            rheo_stdp_rl_clear (stdp);
          if (k % 25 == 0)
            rheo_stdp_rl_normalise (stdp);
        }
      g_assert_cmpmem (spikes, sizeof spikes, learned[i].after_200, sizeof spikes);
      g_assert_cmpmem (out, sizeof out, learned[i].out, sizeof out);
      for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
        for (int64_t s = 0; s < rheo_net_get_trainable (net, k)->width; s++)
          least = fmin (least, (double) rheo_net_get_trainable (net, k)->value[s]);
      g_assert_cmpfloat_with_epsilon (sum_plastic (net, 1), learned[i].sum, 1e-6 * near);
      g_assert_cmpfloat_with_epsilon (sum_plastic (net, 2), learned[i].squares, 1e-5 * near);
      g_assert_cmpfloat_with_epsilon (least, learned[i].least, 1e-6 * near);
      g_assert_cmpfloat_with_epsilon (weight_at (net, "EA-EM-ampa", false), learned[i].first_em, 1e-6 * near);
      g_assert_cmpfloat_with_epsilon (weight_at (net, "EA-EM-ampa", true), learned[i].last, 1e-6 * near);
      rheo_stdp_rl_free (stdp);
    }
}

/* STDP without reward: 1 ms after the pairing, and not where the source is heard of again just then. */
static void
test_without_reward (void)
{
  const double first = 5000;

  for (int again = 0; again < 2; again++)
    {
      g_autoptr (RheoNet) net = net_new (1394398, 1);
      RheoStdpRlHow plain = how;
      RheoStdpRl *stdp = rheo_stdp_rl_new (net, how.gain_steps);
      const RheoProj *p = proj (net, "EA-EM-ampa");
      const int64_t s = p->syn_first[0];
      const double w = (double) p->weight[s];

      plain.stdp = TRUE;
      plain.stdp_hebb = 0.5;
      plain.stdp_anti = -0.25;
      plain.tau_hebb = plain.tau_anti = 5;
      rheo_stdp_rl_begin (stdp);
      rheo_stdp_rl_spike (stdp, &plain, 80, first);
      rheo_stdp_rl_spike (stdp, &plain, 140 + p->syn_post[s], first + 2);
      if (again)
        rheo_stdp_rl_spike (stdp, &plain, 80, first + 3);
      rheo_stdp_rl_hear (stdp, &plain, first + 3.5); /* heard of at 1 and 3, due at 4 */
      g_assert_cmpfloat ((double) p->weight[s], ==, w);
      rheo_stdp_rl_hear (stdp, &plain, first + 4);
      g_assert_cmpfloat_with_epsilon ((double) p->weight[s], again ? w : w + 0.5 * exp (-2.0 / 5), 1e-5);
      rheo_stdp_rl_hear (stdp, &plain, first + 100);
      g_assert_cmpfloat_with_epsilon ((double) p->weight[s], again ? w : w + 0.5 * exp (-2.0 / 5), 1e-5);
      rheo_stdp_rl_free (stdp);
    }
}

int
main (int argc, char **argv)
{
  const char *why;
  int result;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 1, &why);
  g_test_add_func ("/intf7/cell", test_cell);
  g_test_add_func ("/intf7/synapses", test_synapses);
  g_test_add_func ("/intf7/scripts", test_scripts);
  g_test_add_func ("/intf7/learning", test_learning);
  g_test_add_func ("/intf7/without-reward", test_without_reward);
  result = g_test_run ();
  rheo_device_free (device);
  return result;
}
