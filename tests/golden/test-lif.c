#include "../device.h"

#include "engine/net.h"
#include "engine/rollout.h"
#include "engine/cells/adlif.h"
#include "engine/cells/alif.h"
#include "engine/cells/lif.h"
#include "engine/cells/readout.h"

#include <math.h>
#include <string.h>

/* The golden gradients of rsnn spec 2.6: 6 units, 3 inputs, 2 outputs, 12 steps, 2 trials. Those of the last case are PyTorch's,
 * in double, and agree to 2e-10 with finite differences of a net whose spikes are what they were plus the integral of the
 * surrogate from the membrane of then to that of now. */
#define H 6
#define N_IN 3
#define N_OUT 2
#define T 12
#define B 2

typedef struct
{
  RheoLif cell;
  const RheoCell *adaptive; /* units of cells/alif.h or cells/adlif.h, with an averaging read-out, instead */
  double theta, a, c;
  double loss;
  int spikes[H];
  double m0, m1, w0, w1; /* last membranes of trial 0, units 0 and 1, and adaptations, 0: not told */
  double dw_in, dw_in00, dw_rec, sum_dw_rec, db_in, dw_out, db_out;
  double d_param[RHEO_ADLIF_PARAMS], d_tau_out;
} Golden;

static const RheoAlif adaptive = {
  .b0 = (RheoReal) 0.01, .beta = (RheoReal) 1.8, .resistance = 1, .initial_b = (RheoReal) 0.01
};
static const RheoAdlif with_current = { .theta = 1, .q = 4 };
static const RheoSurrogate slayer = { .kind = RHEO_SURROGATE_SLAYER, .scale = 1, .slope = 5 };
static const RheoSurrogate multi_gaussian = {
  .kind = RHEO_SURROGATE_MULTI_GAUSSIAN, .scale = 0.5, .width = 0.5, .lobe = 0.15, .spread = 6
};

static const Golden cases[] = {
  { .cell = { .reset = RHEO_LIF_PULL,
              .driver = RHEO_LIF_MEMBRANE,
              .counts = true,
              .counter = (RheoReal) 2.5,
              .v_reset = -70 },
    .theta = -55,
    .a = 6,
    .c = 3,
    .loss = 1.271393399879,
    .spikes = { 7, 0, 8, 3, 8, 6 },
    .m0 = -49.509957178,
    .m1 = -80.40227456,
    .dw_in = 8.222455946010e-1,
    .dw_in00 = -2.353730812754e-1,
    .dw_rec = 5.066196447655e-2,
    .sum_dw_rec = -1.005170644051e-1,
    .db_in = 6.350017510029e-2,
    .dw_out = 6.645304970214e-1,
    .db_out = 7.537289531077e-1 },
  { .cell = { .reset = RHEO_LIF_ZERO, .driver = RHEO_LIF_MEMBRANE, .counts = true, .counter = 5 },
    .theta = 1,
    .a = 1,
    .c = 0.6,
    .loss = 1.092424400609,
    .spikes = { 4, 0, 5, 0, 5, 0 },
    .m0 = 0,
    .m1 = -10.931299434,
    .dw_in = 1.247820137855e-1,
    .dw_in00 = -2.445398081651e-3,
    .dw_rec = 2.648768685810e-2,
    .sum_dw_rec = 3.611494234131e-2,
    .db_in = 1.119372807210e-1,
    .dw_out = 3.765772967556e-1,
    .db_out = 8.669731818709e-1 },
  { .cell = { .reset = RHEO_LIF_ZERO, .driver = RHEO_LIF_MEMBRANE },
    .theta = 1,
    .a = 1,
    .c = 0.6,
    .loss = 1.116718183560,
    .spikes = { 10, 0, 12, 0, 12, 0 },
    .m0 = 0,
    .m1 = -10.945776914,
    .dw_in = 2.423199393805e-1,
    .dw_in00 = -5.097038518583e-2,
    .dw_rec = 5.678903784211e-2,
    .sum_dw_rec = 4.524391346884e-2,
    .db_in = 2.450957980311e-1,
    .dw_out = 7.291709250419e-1,
    .db_out = 9.282906763372e-1 },
  { .adaptive = &rheo_cell_alif,
    .a = 1,
    .c = 0.6,
    .loss = 1.031279079932,
    .spikes = { 22, 0, 22, 0, 21, 0 },
    .m0 = 0.349001522,
    .m1 = -1.198096021,
    .dw_in = 1.549880493856e-2,
    .dw_in00 = 6.876500666718e-3,
    .dw_rec = 2.019299071998e-2,
    .sum_dw_rec = 2.233947425110e-3,
    .db_in = 1.201275743405e-2,
    .dw_out = 3.543231365520e-1,
    .db_out = 2.221615440401e-1,
    .d_param = { 7.777919059614e-4, 1.343312220652e-4 },
    .d_tau_out = 5.683638439401e-4 },
  { .adaptive = &rheo_cell_adlif,
    .a = 1.5,
    .c = 0.6,
    .loss = 1.041303086113,
    .spikes = { 15, 0, 7, 0, 6, 0 },
    .m0 = 0,
    .m1 = -2.26207415459,
    .w0 = 0.42873485588,
    .w1 = -0.936036049239,
    .dw_in = 2.438362889954e-2,
    .dw_in00 = 1.472269828595e-2,
    .dw_rec = 6.902744509474e-3,
    .sum_dw_rec = 4.666200576487e-3,
    .db_in = 1.362021839135e-2,
    .dw_out = 1.320054696448e-1,
    .db_out = 2.315261508209e-1,
    .d_param = { 3.623411595061e-3, 2.624986134470e-4, 9.744378418180e-3, 1.028748635083e-2 },
    .d_tau_out = 1.017118118444e-3 },
};

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Golden *golden = config;
  const unsigned flags = RHEO_PROJ_TRAIN | RHEO_PROJ_TRAIN_BIAS;
  const RheoLeakyReadout rest = { 0 };
  const int hidden =
      golden->adaptive == &rheo_cell_alif
          ? rheo_net_pop (net, "hidden", &rheo_cell_alif, &adaptive, sizeof adaptive, H, 0, NULL, NULL)
      : golden->adaptive == &rheo_cell_adlif
          ? rheo_net_pop (net, "hidden", &rheo_cell_adlif, &with_current, sizeof with_current, H, 0, NULL, NULL)
          : rheo_net_pop (net, "hidden", &rheo_cell_lif, &golden->cell, sizeof golden->cell, H, 0, NULL, NULL);
  const int out = golden->adaptive
                      ? rheo_net_pop (net, "out", &rheo_cell_average_readout, &rest, sizeof rest, N_OUT, 0, NULL, NULL)
                      : rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, N_OUT, 0, NULL, NULL);

  if (golden->adaptive)
    {
      for (int k = 0; golden->adaptive->params[k] != NULL; k++)
        rheo_net_train_param (net, hidden, golden->adaptive->params[k], 0, 0);
      rheo_net_train_param (net, out, "tau", 0, 0);
    }

  rheo_net_join (net, &(RheoProj){ .name = "in", .from = RHEO_INPUT, .to = hidden, .flags = flags }, true, false);
  rheo_net_join (net, &(RheoProj){ .name = "rec", .from = hidden, .to = hidden, .delay = 1, .flags = flags }, true,
                 false);
  rheo_net_join (net, &(RheoProj){ .name = "out", .from = hidden, .to = out, .flags = flags }, true, false);
  return TRUE;
}

static double
param_of (const Golden *golden, int k, int j)
{
  const double beta[H] = { .85, .85, .85, .7, .3, .6 };
  const double lif[] = { beta[j], golden->theta }, alif[] = { 10 + 2 * j, 100 + 10 * j };
  const double adlif[] = { 2 + j, 10 + 4 * j, 0.1 + 0.15 * j, 0.2 + 0.3 * j };

  return (golden->adaptive == &rheo_cell_adlif ? adlif : golden->adaptive == &rheo_cell_alif ? alif : lif)[k];
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Golden *golden = config;
  const RheoPop *hidden = &rheo_net_get_plan (net)->pop[0];
  RheoProj *in = rheo_net_get_proj (net, rheo_net_find_proj (net, "in"));
  RheoProj *rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  RheoProj *out = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));

  for (int j = 0; j < H; j++)
    {
      for (int k = 0; hidden->cell->params[k] != NULL; k++)
        hidden->param[k][j] = (RheoReal) param_of (golden, k, j);
      for (int i = 0; i < N_IN; i++)
        in->weight[i * in->stride + j] = (RheoReal) (0.8 * sin (1 + 3 * j + i));
      for (int k = 0; k < H; k++)
        rec->weight[k * rec->stride + j] = (RheoReal) (golden->c * sin (2 + 6 * j + k));
      for (int o = 0; o < N_OUT; o++)
        out->weight[j * out->stride + o] = (RheoReal) (0.5 * cos (1 + 6 * o + j));
      in->bias[j] = (RheoReal) (0.05 * j);
      rec->bias[j] = (RheoReal) (-0.02 * j);
    }
  for (int o = 0; o < N_OUT; o++)
    {
      out->bias[o] = (RheoReal) (0.1 * o);
      if (golden->adaptive)
        ((RheoReal *) rheo_net_find_array (net, "out.tau")->data)[o] = 20;
    }
}

static const RheoModel model = {
  .base = { .kind = RHEO_KIND_MODEL, .id = "golden", .config_size = sizeof (Golden) },
  .layout = layout,
  .init = init,
};

static double
norm (RheoNet *net, const RheoGrad *grad, const char *name, double *sum, double *first)
{
  double squares = 0;

  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      if (!g_str_equal (t->name, name))
        continue;
      if (sum != NULL)
        *sum = 0;
      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++)
          {
            const double g = (double) grad->value[i][row * t->stride + k];

            squares += g * g;
            if (sum != NULL)
              *sum += g;
          }
      if (first != NULL)
        *first = (double) grad->value[i][0];
    }
  return sqrt (squares);
}

/* Double is held to what the reference values were printed with. */
static void
near (const char *what, double value, double wanted)
{
  const double tolerance = sizeof (RheoReal) == sizeof (double) ? 1e-9 : 2e-4;

  if (fabs (value - wanted) > tolerance * MAX (1, fabs (wanted))
      || fabs (value - wanted) > 1e3 * tolerance * fabs (wanted) + 1e-300)
    g_error ("%s is %.13g, should be %.13g", what, value, wanted);
  g_test_message ("%s: error %.2g", what, fabs (value - wanted));
}

static void
check_golden (gconstpointer data)
{
  const Golden *golden = data;
  const RheoShape shape = { .n_in = N_IN, .n_out = N_OUT, .n_steps = T };
  const RheoNetSize size = { .n_rows = B, .memory = 64 };
  const int length[B] = { T, T };
  RheoDevice *device = device_of_test (2);
  g_autoptr (RheoNet) net = rheo_net_new (&model, golden, &shape, device, &size, 1, NULL);
  RheoReal input[B][T][N_IN], target[B][T][N_OUT];
  const RheoBatch batch = {
    .n_rows = B, .n_steps = T, .n_in = N_IN, .n_out = N_OUT, .length = length, .input = &input[0][0][0]
  };
  const RheoRollout r = { .batch = &batch, .t0 = 0, .t1 = T, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  RheoGrad *grad = rheo_net_new_grad (net);
  double loss = 0, sum, first;

  for (int b = 0; b < B; b++)
    for (int t = 0; t < T; t++)
      {
        for (int i = 0; i < N_IN; i++)
          input[b][t][i] = (RheoReal) (golden->a * (1 + sin (0.7 * t + b + i)));
        for (int o = 0; o < N_OUT; o++)
          target[b][t][o] = (RheoReal) sin (0.3 * t + o + b);
      }
  if (golden->adaptive)
    rheo_net_set_surrogate (net, golden->adaptive == &rheo_cell_adlif ? &slayer : &multi_gaussian);
  g_assert_true (rheo_rollout (net, &r));
  for (int b = 0; b < B; b++)
    for (int t = 0; t < T; t++)
      for (int o = 0; o < N_OUT; o++)
        {
          const double error = (double) (rheo_tape_get_output (net, b, t)[o] - target[b][t][o]);

          loss += error * error / (B * T);
          rheo_tape_get_d_output (net, b, t)[o] += (RheoReal) (2 * error / (B * T));
        }
  g_assert_true (rheo_backprop (net, &r, grad));

  near ("loss", loss, golden->loss);
  for (int j = 0; j < H; j++)
    {
      int n = 0;

      for (int b = 0; b < B; b++)
        for (int t = 0; t < T; t++)
          n += rheo_tape_get_spike (net, 0, b, t, j);
      g_assert_cmpint (n, ==, golden->spikes[j]);
    }
  near ("membrane 0", (double) rheo_net_get_lane (net, 0)->pop[0].state[0][0], golden->m0);
  near ("membrane 1", (double) rheo_net_get_lane (net, 0)->pop[0].state[0][1], golden->m1);
  for (int j = 0; j < 2 && golden->w0 != 0; j++)
    near ("adaptation", (double) rheo_net_get_lane (net, 0)->pop[0].state[1][j], j == 0 ? golden->w0 : golden->w1);
  near ("|dW_in|", norm (net, grad, "in.weight", NULL, &first), golden->dw_in);
  near ("dW_in[0,0]", first, golden->dw_in00);
  near ("|dW_rec|", norm (net, grad, "rec.weight", &sum, NULL), golden->dw_rec);
  near ("sum dW_rec", sum, golden->sum_dw_rec);
  near ("|db_in|", norm (net, grad, "in.bias", NULL, NULL), golden->db_in);
  near ("|db_rec|", norm (net, grad, "rec.bias", NULL, NULL), golden->db_in);
  near ("|dW_out|", norm (net, grad, "out.weight", NULL, NULL), golden->dw_out);
  near ("|db_out|", norm (net, grad, "out.bias", NULL, NULL), golden->db_out);
  if (golden->adaptive)
    {
      for (int k = 0; golden->adaptive->params[k] != NULL; k++)
        {
          g_autofree char *name = g_strconcat ("hidden.", golden->adaptive->params[k], NULL);

          near (name, norm (net, grad, name, NULL, NULL), golden->d_param[k]);
        }
      near ("|dtau_out|", norm (net, grad, "out.tau", NULL, NULL), golden->d_tau_out);
    }
  rheo_grad_free (grad);
  g_clear_pointer (&net, rheo_net_free);
  rheo_device_free (device);
}

/* Golden traces of a single unit with a constant current. */
static void
check_trace (const RheoLif *cell, double beta, double theta, double current, int n, const double *m, const char *spikes)
{
  RheoReal membrane[RHEO_PAD] = { 0 }, r[RHEO_PAD] = { 0 }, b[RHEO_PAD] = { (RheoReal) beta }, th[RHEO_PAD];
  RheoReal input[RHEO_PAD], out[RHEO_PAD], tape_m[RHEO_PAD], tape_k[RHEO_PAD];
  RheoReal *state[] = { membrane, r }, *currents[] = { input }, *tape[] = { tape_m, tape_k };
  const RheoReal *param[] = { b, th };
  const RheoSlice s = { .n_units = 1,
                        .n_rows = 1,
                        .stride = RHEO_PAD,
                        .param = param,
                        .state = state,
                        .current = currents,
                        .out = out,
                        .tape = tape };

  for (int i = 0; i < RHEO_PAD; i++)
    th[i] = (RheoReal) theta;
  for (int t = 0; t < n; t++)
    {
      memset (input, 0, sizeof input);
      input[0] = (RheoReal) current;
      rheo_cell_lif.forward (cell, &s);
      g_assert_cmpfloat_with_epsilon ((double) membrane[0], m[t],
                                      6e-7 * MAX (1, fabs (m[t])) + (fabs (theta) > 1 ? 5e-6 : 0));
      g_assert_cmpint (out[0] > 0, ==, spikes[t] == 's');
    }
}

static void
check_traces (void)
{
  const double robot[] = { -67,      -53.95,    -58.9075,  -47.07138, -59.93929,
                           -47.9484, -59.80774, -47.83658, -59.82451, -47.85084 };
  const double shd[] = { .4, .74, 1.029, 0, .4, .74, 1.029, 0, .4, .74, 1.029, 0 };

  check_trace (&cases[0].cell, .85, -55, 3, G_N_ELEMENTS (robot), robot, ".s...s...s");
  check_trace (&cases[1].cell, .85, 1, .4, G_N_ELEMENTS (shd), shd, "..s.......s.");
}

/* The same of a unit with adaptation. */
static void
check_adaptive_trace (void)
{
  const double m[] = { .048771, .055441, .050023, .096354, .077531, .048016,
                       .094445, .053,    .099186, .046551, .093052, .137284 };
  const double threshold[] = { .02788, .039722, .051484, .051209, .062895, .074504 };
  RheoReal membrane[RHEO_PAD] = { 0 }, b[RHEO_PAD], tau_m[RHEO_PAD], tau_adp[RHEO_PAD], input[RHEO_PAD];
  RheoReal out[2][RHEO_PAD] = { 0 }, tape_m[RHEO_PAD], tape_b[RHEO_PAD];
  RheoReal *state[] = { membrane, b }, *currents[] = { input }, *tape[] = { tape_m, tape_b };
  const RheoReal *param[] = { tau_m, tau_adp };
  RheoSlice s = {
    .n_units = 1, .n_rows = 1, .stride = RHEO_PAD, .param = param, .state = state, .current = currents, .tape = tape
  };

  for (int i = 0; i < RHEO_PAD; i++)
    {
      b[i] = (RheoReal) 0.01;
      tau_m[i] = 20;
      tau_adp[i] = 150;
      input[i] = 1;
    }
  for (int t = 0; t < (int) G_N_ELEMENTS (m); t++)
    {
      s.out = out[t % 2];
      s.out_before = out[1 - t % 2];
      rheo_cell_alif.forward (&adaptive, &s);
      g_assert_cmpfloat_with_epsilon ((double) membrane[0], m[t], 1e-6);
      g_assert_cmpint (s.out[0] > 0, ==, "ss.ss.s.s..s"[t] == 's');
      if (t < (int) G_N_ELEMENTS (threshold))
        g_assert_cmpfloat_with_epsilon (0.01 + 1.8 * (double) b[0], threshold[t], 1e-6);
    }
}

/* And of one with an adaptation current: tau_u 5, tau_w 60, a 0.3, b 0.2, q 120, current 6, from a script of the equations. */
static void
check_current_trace (void)
{
  const double v[] = { 1.087615482, 1.015708671, 0.944990375, 1.619113576, 0.777517208, 1.335356757,
                       0.633299590, 1.091002790, 0.509108224, 0.880580144, 1.100047529, 0.318893578 };
  const double w[] = { 0.396685108, 0.786813588, 1.336104117, 1.710705367, 2.145074141, 2.506304293,
                       2.841709501, 3.191425282, 3.441609139, 3.908693888, 4.240773969, 4.360430641 };
  const RheoAdlif cell = { .theta = 1, .q = 120 };
  RheoReal membrane[RHEO_PAD] = { 0 }, adaptation[RHEO_PAD] = { 0 }, input[RHEO_PAD], out[RHEO_PAD];
  RheoReal tape_v[RHEO_PAD], tape_w[RHEO_PAD], params[RHEO_ADLIF_PARAMS][RHEO_PAD];
  RheoReal *state[] = { membrane, adaptation }, *currents[] = { input }, *tape[] = { tape_v, tape_w };
  const RheoReal *param[] = { params[0], params[1], params[2], params[3] };
  const RheoSlice s = { .n_units = 1,
                        .n_rows = 1,
                        .stride = RHEO_PAD,
                        .param = param,
                        .state = state,
                        .current = currents,
                        .out = out,
                        .tape = tape };

  for (int i = 0; i < RHEO_PAD; i++)
    {
      params[0][i] = 5;
      params[1][i] = 60;
      params[2][i] = (RheoReal) 0.3;
      params[3][i] = (RheoReal) 0.2;
      input[i] = 6;
    }
  for (int t = 0; t < (int) G_N_ELEMENTS (v); t++)
    {
      rheo_cell_adlif.forward (&cell, &s);
      g_assert_cmpfloat_with_epsilon ((double) tape_v[0], v[t], 3e-6);
      g_assert_cmpfloat_with_epsilon ((double) adaptation[0], w[t], 3e-6);
      g_assert_cmpint (out[0] > 0, ==, "ss.s.s.s..s."[t] == 's');
      g_assert_cmpfloat ((double) membrane[0], ==, out[0] > 0 ? 0 : (double) tape_v[0]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/lif/golden/robot", &cases[0], check_golden);
  g_test_add_data_func ("/lif/golden/shd-refractory-5", &cases[1], check_golden);
  g_test_add_data_func ("/lif/golden/shd-refractory-0", &cases[2], check_golden);
  g_test_add_data_func ("/lif/golden/adaptive", &cases[3], check_golden);
  g_test_add_data_func ("/lif/golden/with-current", &cases[4], check_golden);
  g_test_add_func ("/lif/golden/traces", check_traces);
  g_test_add_func ("/lif/golden/adaptive-trace", check_adaptive_trace);
  g_test_add_func ("/lif/golden/current-trace", check_current_trace);
  return g_test_run ();
}
