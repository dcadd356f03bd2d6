/* Gradients of leaky integrate-and-fire nets in every variant of reset, refractory time and surrogate, against the
 * reference; and of smooth nets against finite differences, which the reference has to pass as well. */
#include "../device.h"
#include "differences.h"

static RheoDevice *device;

static const RheoSurrogate surrogates[] = {
  { .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 },
  { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 10 },
  { .kind = RHEO_SURROGATE_SIGMOID, .slope = 5 },
  { .kind = RHEO_SURROGATE_TRIANGULAR, .scale = 0.7, .width = 1.5 },
  { .kind = RHEO_SURROGATE_BOXCAR, .width = 0.5 },
  { .kind = RHEO_SURROGATE_GAUSSIAN, .scale = 0.5, .width = 0.5 },
  { .kind = RHEO_SURROGATE_MULTI_GAUSSIAN, .scale = 0.5, .width = 0.5, .lobe = 0.15, .spread = 6 },
  { .kind = RHEO_SURROGATE_SLAYER, .scale = 0.5, .slope = 5 },
  { .kind = RHEO_SURROGATE_STRAIGHT },
  { .kind = RHEO_SURROGATE_SPARSE_FAST_SIGMOID, .slope = 10, .width = 0.4 },
};

static NetConfig
lif_net (const RheoLif *lif)
{
  return (NetConfig){
    .pop = { { .name = "hidden",
               .cell = lif->synaptic ? &rheo_cell_lif_synaptic : &rheo_cell_lif,
               .lif = *lif,
               .n_units = 9,
               .param = { 0.8, 0.7, 0.6 },
               .spread = 0.15,
               .train = true },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .initial = 0.5, .n_units = 2, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.5, .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1 }, .scale = 0.4, .bias = true },
              { .proj = { .name = "out", .from = 0, .to = 1 }, .scale = 1, .bias = true } },
  };
}

/* In float the spikes of these nets are the same as in double. */
static double
tolerance (void)
{
  return sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4;
}

static void
check_variants_in (int driver, int window)
{
  g_autoptr (Trials) trials = trials_new (3, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = window, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  double most = 0;

  for (int reset = RHEO_LIF_SUBTRACT; reset <= RHEO_LIF_PULL; reset++)
    for (int refractory = 0; refractory < 3; refractory++)
      for (int differentiate = 0; differentiate < 2; differentiate++)
        for (int synaptic = 0; synaptic < 2; synaptic++)
          {
            const RheoLif lif = { .reset = reset,
                                  .driver = driver,
                                  .counts = refractory > 0 || driver == RHEO_LIF_SPIKE,
                                  .hold = refractory == 2,
                                  .differentiate = differentiate,
                                  .learn_beta = true,
                                  .synaptic = synaptic,
                                  .counter = refractory > 0 ? (RheoReal) 2.5 : 1,
                                  .v_reset = (RheoReal) -0.4,
                                  .initial = (RheoReal) 0.1 };
            const NetConfig config = lif_net (&lif);
            g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
            const double rate = check_against_reference (net, &surrogates[0], &r, tolerance ());

            g_assert_cmpfloat (rate, >, 0.02);
            g_assert_cmpfloat (rate, <, 0.9);
            most = MAX (most, rate);
          }
  g_assert_cmpfloat (most, >, 0.1);
}

static void
check_variants (gconstpointer driver)
{
  check_variants_in (GPOINTER_TO_INT (driver), 12);
}

/* The gradient ends where a window begins, and the last one is shorter. */
static void
check_windows (void)
{
  for (int driver = RHEO_LIF_MEMBRANE; driver <= RHEO_LIF_AT_ONCE; driver++)
    check_variants_in (driver, 5);
}

/* Two layers of n_units and 7 units, the second of which sees the first in the same step, and a read-out whose time constants are
 * learnt too; or, with delays that are learnt, one step and more later. */
static NetConfig
two_layers (const RheoCell *cell, int n_units, bool delays)
{
  const RheoAlif alif = {
    .b0 = (RheoReal) 0.1, .beta = (RheoReal) 0.9, .resistance = (RheoReal) 1.5, .initial_b = (RheoReal) 0.05
  };
  const bool has_current = cell == &rheo_cell_adlif;
  const PopConfig layer = { .cell = cell,
                            .alif = alif,
                            .adlif = { .theta = (RheoReal) 0.3, .q = (RheoReal) 0.7 },
                            .param = { 5, has_current ? 9 : 11, 2.5, 3 },
                            .spread = has_current ? 2 : 3,
                            .train = true };
  const double scale = 1.5 * sqrt (9.0 / n_units);
  NetConfig config = {
    .pop = { layer,
             layer,
             { .name = "out",
               .cell = &rheo_cell_average_readout,
               .initial = 0.5,
               .n_units = 2,
               .param = { 4 },
               .spread = 1,
               .train = true } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 1.5, .bias = true },
              { .proj = { .name = "rec1", .from = 0, .to = 0, .delay = 1 }, .scale = 0.4 * scale, .bias = true },
              { .proj = { .name = "ff2", .from = 0, .to = 1 }, .scale = scale, .bias = true },
              { .proj = { .name = "rec2", .from = 1, .to = 1, .delay = 2 }, .scale = 0.6, .bias = true },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 1, .bias = true } },
  };

  config.pop[0].name = "hidden1";
  config.pop[0].n_units = n_units;
  config.pop[1].name = "hidden2";
  config.pop[1].n_units = 7;
  for (int i = 0; i < 3 && delays; i += 2)
    {
      config.proj[i].proj.delay = i / 2;
      config.proj[i].proj.most_lag = 3;
      config.proj[i].proj.lag_rate = 1;
    }
  return config;
}

/* One trial is shorter. */
static void
check_adaptive (gconstpointer data)
{
  const NetConfig config = two_layers (data, 9, false);
  g_autoptr (Trials) trials = trials_new (3, 14, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 14, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = NULL;

  trials->length[2] = 9;
  net = net_of (device, &config, trials, 2);
  for (guint i = 0; i < G_N_ELEMENTS (surrogates); i++)
    {
      const double rate = check_against_reference (net, &surrogates[i], &r, tolerance ());

      g_assert_cmpfloat (rate, >, 0.05);
      g_assert_cmpfloat (rate, <, 0.8);
    }
}

/* Inputs as numbers and as events, delays that are learnt, more units than the loops take at a time, a compact surrogate that
 * lets much be left out, and windows whose states are handed on, of a single step too. */
static void
check_adaptive_forms (gconstpointer data)
{
  static const int windows[] = { 14, 5, 1 };

  for (int form = 0; form < 8; form++)
    for (guint k = 0; k < G_N_ELEMENTS (windows); k++)
      {
        const bool events = form & 1;
        const NetConfig config = two_layers (data, form & 2 ? 150 : 9, form & 4 && is_on_processor ());
        g_autoptr (Trials) trials = trials_new (4, 14, 6, 2, 0.4, events);
        const RheoRollout r = { .batch = &trials->batch, .t1 = windows[k], .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
        g_autoptr (RheoNet) net = NULL;

        trials->length[2] = 10;
        trials->length[3] = 7;
        net = net_of (device, &config, trials, 2);
        for (int compact = 0; compact < 2; compact++)
          g_assert_cmpfloat (check_against_reference (net, &surrogates[compact ? 9 : 7], &r, tolerance ()), >, 0.02);
      }
}

/* Each in a net whose reset is differentiated through the old membrane, so that it is used twice. */
static void
check_surrogates (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_MEMBRANE, .differentiate = true };
  const NetConfig config = lif_net (&lif);
  g_autoptr (Trials) trials = trials_new (3, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);

  for (guint i = 0; i < G_N_ELEMENTS (surrogates); i++)
    check_against_reference (net, &surrogates[i], &r, tolerance ());
}

/* Values of rsnn spec 2.5, and the loops at both ends of the range. */
static void
check_surrogate_values (void)
{
  const double v[] = { 0, 0.25, 0.5, 1, 1.5, 2, 3 };
  const double arctan[] = { 1, 0.618486, 0.288400, 0.092000 };
  const double multi[] = { 0.439112, 0.385269, 0.258859, 0.043452, -0.012324, -0.015696, -0.012098 };
  const double far[] = { 1e-7, 3, 20, 80, 200, 1e4 };
  RheoReal m[128], threshold[128] = { 0 }, g[128];

  for (guint i = 0; i < G_N_ELEMENTS (v); i++)
    m[i] = (RheoReal) v[i];
  rheo_surrogate_eval (&surrogates[0], G_N_ELEMENTS (arctan), m, threshold, g);
  for (guint i = 0; i < G_N_ELEMENTS (arctan); i++)
    g_assert_cmpfloat_with_epsilon ((double) g[i], arctan[i], 1e-6);
  rheo_surrogate_eval (&surrogates[6], G_N_ELEMENTS (multi), m, threshold, g);
  for (guint i = 0; i < G_N_ELEMENTS (multi); i++)
    g_assert_cmpfloat_with_epsilon ((double) g[i], multi[i], 1e-6);
  for (guint k = 0; k < G_N_ELEMENTS (surrogates); k++)
    {
      for (guint i = 0; i < 2 * G_N_ELEMENTS (far); i++)
        m[i] = (RheoReal) (i % 2 ? -far[i / 2] : far[i / 2]);
      rheo_surrogate_eval (&surrogates[k], 2 * G_N_ELEMENTS (far), m, threshold, g);
      for (guint i = 0; i < 2 * G_N_ELEMENTS (far); i++)
        g_assert_cmpfloat_with_epsilon ((double) g[i], surrogate_of (&surrogates[k], (double) m[i]),
                                        sizeof (RheoReal) == sizeof (double) ? 1e-14 : 2e-6);
    }
}

/* --- finite differences --------------------------------------------------------------------------------------- */

/* Two populations on a cycle, delays of several steps, both ports, all forms, a leaky read-out. */
static NetConfig
smooth_net (void)
{
  return (NetConfig){
    .pop = { { .name = "a", .cell = &smooth_cell, .n_units = 7, .param = { 0.6, 0.2 }, .spread = 0.1, .train = true },
             { .name = "b", .cell = &smooth_cell, .n_units = 7, .param = { 0.5, 0.1 }, .spread = 0.1, .train = true },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .initial = -0.5, .n_units = 3, .param = { 0.7 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.6, .bias = true },
              { .proj = { .name = "ab", .from = 0, .to = 1, .delay = 0, .port = 1 },
                .scale = 0.4,
                .density = 0.3,
                .bias = true,
                .mask = true },
              { .proj = { .name = "ba", .from = 1, .to = 0, .delay = 3, .form = RHEO_SPARSE },
                .scale = 0.6,
                .density = 0.4,
                .bias = true },
              { .proj = { .name = "bb", .from = 1, .to = 1, .delay = 2, .form = RHEO_ONE_TO_ONE }, .scale = 0.5 },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 0.5, .bias = true },
              { .proj = { .name = "skip", .from = 0, .to = 2, .delay = 1 }, .scale = 0.5 } },
  };
}

static void
check_smooth (void)
{
  const NetConfig config = smooth_net ();
  g_autoptr (Trials) trials = trials_new (5, 9, 2, 3, 0, false);
  const RheoRollout r = { .batch = &trials->batch,
                          .t1 = 9,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_D_OUT };
  const RheoSurrogate none = { .kind = RHEO_SURROGATE_STRAIGHT };
  g_autoptr (RheoNet) net = NULL;

  if (is_left_out ("units are the test's own"))
    return;
  trials->length[2] = 7;
  trials->length[3] = trials->length[4] = 4;
  net = net_of (device, &config, trials, 2);
  check_against_reference (net, &none, &r, sizeof (RheoReal) == sizeof (double) ? 1e-12 : 1e-4);
  if (sizeof (RheoReal) == sizeof (double))
    check_differences (net, &r, 3, 2e-8);
}

/* What is smooth in a spiking net: weights, bias and values behind the spikes. */
static void
check_readout (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_MEMBRANE };
  const NetConfig config = lif_net (&lif);
  g_autoptr (Trials) trials = trials_new (3, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  RheoGrad *grad = gradient_of (net, &r);
  int n_checked = 0;

  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      if (!g_str_has_prefix (t->name, "out."))
        continue;
      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++, n_checked++)
          {
            const RheoReal was = t->value[row * t->stride + k];
            double up, down;

            t->value[row * t->stride + k] = was + (RheoReal) 0.5;
            up = loss_of (net, &r);
            t->value[row * t->stride + k] = was - (RheoReal) 0.5;
            down = loss_of (net, &r);
            t->value[row * t->stride + k] = was;
            /* The loss is linear in them: the step may be large, and float will do. */
            check_close (t->name, k, (double) grad->value[i][row * t->stride + k], up - down,
                         sizeof (RheoReal) == sizeof (double) ? 1e-12 : 1e-4);
          }
    }
  g_assert_cmpint (n_checked, ==, 9 * 2 + 2);
  rheo_grad_free (grad);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_data_func ("/lif/gradient/reset-by-membrane", GINT_TO_POINTER (RHEO_LIF_MEMBRANE), check_variants);
  g_test_add_data_func ("/lif/gradient/reset-by-spike", GINT_TO_POINTER (RHEO_LIF_SPIKE), check_variants);
  g_test_add_data_func ("/lif/gradient/reset-at-once", GINT_TO_POINTER (RHEO_LIF_AT_ONCE), check_variants);
  g_test_add_func ("/lif/gradient/windows", check_windows);
  g_test_add_data_func ("/lif/gradient/adaptive", &rheo_cell_alif, check_adaptive);
  g_test_add_data_func ("/lif/gradient/adaptive-forms", &rheo_cell_alif, check_adaptive_forms);
  g_test_add_data_func ("/lif/gradient/with-current", &rheo_cell_adlif, check_adaptive);
  g_test_add_data_func ("/lif/gradient/with-current-forms", &rheo_cell_adlif, check_adaptive_forms);
  g_test_add_func ("/lif/gradient/surrogates", check_surrogates);
  g_test_add_func ("/lif/gradient/surrogate-values", check_surrogate_values);
  g_test_add_func ("/lif/gradient/read-out", check_readout);
  g_test_add_func ("/net/gradient/smooth", check_smooth);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
