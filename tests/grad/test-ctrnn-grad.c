/* Rate networks: gradients of every activation, equation and site of the noise against finite differences; the noise that
 * a unit alone shows; initial weights of the three generations. */
#include "../device.h"
#include "ctrnn-net.h"
#include "differences.h"

#include "engine/linalg.h"

static RheoDevice *device;

static void
check_gradients (void)
{
  static const char *const activations[] = { "relu",       "tanh", "sigmoid", "softplus", "softplus-unscaled",
                                             "leaky-relu", "gelu" };
  static const char *const equations[] = { "equation=rate noise-site=outside", "equation=rate noise-site=inside",
                                           "equation=current" };
  const RheoShape shape = { .n_in = 3, .n_out = 2, .n_steps = 9 };
  g_autoptr (Trials) trials = trials_new (4, 9, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch,
                          .t1 = 9,
                          .noise_scale = 1,
                          .seed = 3,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_D_OUT | RHEO_ROLL_NOISE };

  if (sizeof (RheoReal) < sizeof (double))
    {
      g_test_skip ("differences need double");
      return;
    }
  trials->length[3] = 6;
  for (guint a = 0; a < G_N_ELEMENTS (activations); a++)
    for (guint e = 0; e < G_N_ELEMENTS (equations); e++)
      for (int damped = 0; damped < 2; damped++)
        {
          g_autofree char *words = g_strdup_printf (
              "units=7 tau=3 slope=1.3 sharpness=2 shift=0.2 dale=false io-non-negative=false bias=uniform "
              "noise-rec=0.1 noise-in=0.2 noise-out=0.1 weights=newest initial=0.3 gamma=%s "
              "activation=%s %s",
              damped ? "0.2" : "0", activations[a], equations[e]);
          g_autoptr (RheoNet) net = ctrnn_net_new (device, words, &shape, 4);

          g_test_message ("%s", words);
          check_differences (net, &r, 1, 1e-7);
        }
}

/* A unit that nothing drives has the standard deviation sigma / sqrt (1 - alpha / 2). */
static void
check_noise (void)
{
  const int n_steps = 400, n_rows = 4, n_units = 200;
  const RheoShape shape = { .n_in = 1, .n_out = 1, .n_steps = n_steps };
  g_autoptr (Trials) trials = trials_new (n_rows, n_steps, 1, 1, 0, false);
  const RheoRollout r = { .batch = &trials->batch,
                          .t1 = n_steps,
                          .noise_scale = 1,
                          .seed = 5,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_NOISE };
  g_autoptr (RheoNet) net =
      ctrnn_net_new (device, "units=200 noise-rec=0.03 noise-in=0 dale=false activation=tanh", &shape, n_rows);
  double squares = 0;
  int n = 0;

  for (int i = 0; i < 2; i++)
    {
      RheoProj *p = rheo_net_get_proj (net, i);

      memset (p->weight, 0, sizeof (RheoReal) * (size_t) p->n_pre * (size_t) p->stride);
    }
  rheo_net_weights_changed (net);
  g_assert_true (rheo_rollout (net, &r));
  for (int row = 0; row < n_rows; row++)
    for (int t = 100; t < n_steps; t += 20)
      for (int i = 0; i < n_units; i++, n++)
        squares += tape_out (net, 0, row, t, i) * tape_out (net, 0, row, t, i);
  /* Nearly independent numbers: their standard deviation is known to 0.6 %. */
  g_assert_cmpfloat_with_epsilon (sqrt (squares / n) / 0.03, 1 / sqrt (0.95), 0.025);
}

/* What the read-out sees lags one step: the first output is that of the initial state, the last input is not seen. */
static void
check_alignment (void)
{
  const RheoShape shape = { .n_in = 1, .n_out = 1, .n_steps = 5 };
  g_autoptr (Trials) trials = trials_new (1, 5, 1, 1, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 5, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = ctrnn_net_new (device, "units=2 tau=2 activation=relu dale=false density=0", &shape, 1);
  double s[2] = { 0, 0 };

  for (int t = 0; t < 5; t++)
    {
      const RheoProj *in = rheo_net_get_proj (net, 0), *out = rheo_net_get_proj (net, 2);
      double y = 0;

      trials->input[t] = (RheoReal) (t + 1);
      for (int i = 0; i < 2; i++)
        {
          y += (double) out->weight[i * out->stride] * s[i];
          s[i] = 0.5 * s[i] + 0.5 * (t + 1) * (double) in->weight[i];
        }
      if (t == 4)
        for (int k = 0; k < 2; k++)
          {
            trials->input[4] = (RheoReal) (k * 100);
            g_assert_true (rheo_rollout (net, &r));
            check_close ("output", t, tape_out (net, 1, 0, t, 0), y, 1e-6);
            check_close ("output", 0, tape_out (net, 1, 0, 0, 0), 0, 1e-12);
          }
    }
}

/* --- initial weights ---------------------------------------------------------------------------------------------- */
static double
radius_of (const RheoProj *p)
{
  const int n = p->n_pre;
  g_autofree double *a = g_new (double, (gsize) n *(gsize) n), *re = g_new (double, n), *im = g_new (double, n);
  double largest = 0;

  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      a[j * n + i] = (double) p->weight[j * p->stride + i];
  g_assert_true (rheo_eigenvalues (n, a, re, im));
  for (int i = 0; i < n; i++)
    largest = MAX (largest, hypot (re[i], im[i]));
  return largest;
}

static void
check_signs (const RheoProj *p, int n_excitatory)
{
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      g_assert_true (j < n_excitatory ? p->weight[j * p->stride + i] >= 0 : p->weight[j * p->stride + i] <= 0);
}

static void
check_classic (void)
{
  const RheoShape shape = { .n_in = 6, .n_out = 2, .n_steps = 5 };
  g_autoptr (RheoNet) dale = ctrnn_net_new (device, "units=50 density=0.5", &shape, 1);
  g_autoptr (RheoNet) loose =
      ctrnn_net_new (device, "units=50 dale=false io-non-negative=false activation=tanh", &shape, 1);
  const RheoProj *p = rheo_net_get_proj (dale, 1);

  check_signs (p, 40);
  for (int j = 0; j < 50; j++)
    {
      int n_zero = 0;

      for (int i = 0; i < 50; i++)
        n_zero += p->weight[j * p->stride + i] == 0;
      /* 25 of the column, and the diagonal, which may be one of them. */
      g_assert_cmpint (n_zero, >=, 25);
      g_assert_cmpint (n_zero, <=, 26);
      g_assert_true (p->weight[j * p->stride + j] == 0);
    }
  check_close ("radius", 0, radius_of (p), 1.2, 1e-4);
  check_close ("radius", 1, radius_of (rheo_net_get_proj (loose, 1)), 1.2, 1e-4);
  for (int k = 0; k < 3; k += 2)
    {
      p = rheo_net_get_proj (loose, k);
      for (int j = 0; j < p->n_pre; j++)
        for (int i = 0; i < p->n_post; i++)
          g_assert_cmpfloat (fabs ((double) p->weight[j * p->stride + i] - 1 / sqrt (50)), <, 5.0 / 50);
    }
}

static void
check_middle (void)
{
  const RheoShape shape = { .n_in = 6, .n_out = 2, .n_steps = 5 };
  g_autoptr (RheoNet) net = ctrnn_net_new (device, "units=33 weights=middle self-connections=true", &shape, 1);
  const RheoProj *out = rheo_net_get_proj (net, 2);

  check_signs (rheo_net_get_proj (net, 1), 27);
  g_assert_true (rheo_net_get_proj (net, 1)->weight[0] != 0);
  for (int j = 0; j < 33; j++)
    g_assert_true ((out->weight[j * out->stride] != 0) == (j < 27));
}

static void
check_spatial (void)
{
  const RheoShape shape = { .n_in = 6, .n_out = 2, .n_steps = 5 };
  g_autoptr (RheoNet) net = ctrnn_net_new (device, "units=300 weights=newest layout=spatial", &shape, 1);
  const double *place = rheo_net_find_array (net, "hidden.position")->data;
  const RheoProj *in = rheo_net_get_proj (net, 0), *rec = rheo_net_get_proj (net, 1), *out = rheo_net_get_proj (net, 2);
  double degree = 0, nearest_apart = 1e9, farthest_joined = 0;

  check_signs (rec, 240);
  for (int j = 0; j < 300; j++)
    {
      g_assert_true ((in->weight[j] != 0) == (place[3 * j + 2] < 0.25));
      g_assert_true ((out->weight[j * out->stride] != 0) == (place[3 * j + 2] >= 0.75));
      g_assert_true (j < 240 || out->weight[j * out->stride] == 0);
      for (int i = 0; i < 300; i++)
        {
          const double d = hypot (hypot (place[3 * i] - place[3 * j], place[3 * i + 1] - place[3 * j + 1]),
                                  place[3 * i + 2] - place[3 * j + 2]);
          const bool joined = rec->weight[j * rec->stride + i] != 0;

          degree += joined;
          if (joined)
            farthest_joined = MAX (farthest_joined, d);
          else if (i != j)
            nearest_apart = MIN (nearest_apart, d);
        }
    }
  g_assert_cmpfloat (farthest_joined, <=, nearest_apart);
  g_assert_cmpfloat_with_epsilon (degree / 300, 12 * log (301) / log (101), 0.1);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_func ("/ctrnn/gradients", check_gradients);
  g_test_add_func ("/ctrnn/noise", check_noise);
  g_test_add_func ("/ctrnn/alignment", check_alignment);
  g_test_add_func ("/ctrnn/weights/classic", check_classic);
  g_test_add_func ("/ctrnn/weights/middle", check_middle);
  g_test_add_func ("/ctrnn/weights/spatial", check_spatial);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
