/* Regularisation of rate networks: each penalty's gradient against finite differences, and its value by its definition. */
#include "config.h"

#include "../device.h"
#include "../grad/ctrnn-net.h"

#include "engine/linalg.h"
#include "engine/regular.h"

enum
{
  N_ROWS = 4,
  N_STEPS = 9,
  N_OUT = 2,
  N_UNITS = 7,
};

static const char words[] = "units=7 tau=3 slope=1.3 dale=false io-non-negative=false bias=uniform noise-rec=0.1 "
                            "noise-in=0.2 weights=newest activation=tanh";
static const char dale[] = "units=7 tau=3 noise-rec=0.1 noise-in=0.2 weights=newest activation=softplus";

typedef struct
{
  RheoDevice *device;
  RheoNet *net;
  Trials *trials;
  RheoRegularWork *work;
  RheoRegular config;
  RheoRollout rollout;
  RheoReal out[N_ROWS * N_STEPS * N_OUT];
} Case;

static void
case_free (Case *c)
{
  rheo_regular_free (c->work);
  rheo_net_free (c->net);
  trials_free (c->trials);
  rheo_device_free (c->device);
  g_free (c);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

/* settings: rows of the block, "rate=2 power=3". */
static Case *
case_new (const char *net, const char *settings)
{
  const RheoShape shape = { .n_in = 3, .n_out = N_OUT, .n_steps = N_STEPS };
  g_auto (GStrv) word = g_strsplit (settings, " ", -1);
  Case *c = g_new0 (Case, 1);

  c->device = device_of_test (2);
  c->trials = trials_new (N_ROWS, N_STEPS, 3, N_OUT, 0, false);
  c->trials->length[3] = 6;
  c->net = ctrnn_net_new (c->device, net, &shape, N_ROWS);
  c->work = rheo_regular_new (c->net);
  rheo_params_reset (rheo_regular_rows, &c->config);
  for (int i = 0; word[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (word[i], "=", 2);
      g_autoptr (GError) error = NULL;
      void *at;
      const RheoParam *row = rheo_params_find (rheo_regular_rows, &c->config, pair[0], "regularisation", &at, &error);

      g_assert_no_error (error);
      rheo_param_set_text (row, at, pair[1], pair[0], &error);
      g_assert_no_error (error);
    }
  c->rollout = (RheoRollout){ .batch = &c->trials->batch,
                              .t1 = N_STEPS,
                              .noise_scale = 1,
                              .seed = 3,
                              .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_NOISE };
  if (rheo_regular_uses_rates (c->work, &c->config))
    c->rollout.flags |= RHEO_ROLL_D_OUT;
  return c;
}

static double
value_of (Case *c)
{
  rheo_net_weights_changed (c->net);
  g_assert_true (rheo_rollout (c->net, &c->rollout));
  rheo_regular_begin (c->work, &c->config, &c->trials->batch);
  for (int lane = 0; lane < rheo_net_get_n_lanes (c->net); lane++)
    rheo_regular_add (c->work, &c->trials->batch, lane, 0);
  for (int row = 0; row < N_ROWS; row++)
    for (int t = 0; t < N_STEPS; t++)
      for (int k = 0; k < N_OUT; k++)
        c->out[(row * N_STEPS + t) * N_OUT + k] = (RheoReal) tape_out (c->net, 1, row, t, k);
  rheo_regular_finish (c->work, &c->trials->batch, c->out);
  return rheo_regular_value (c->work, &c->trials->batch);
}

static void
check_trainable (Case *c, const RheoTrainable *t, const RheoReal *grad)
{
  for (int64_t place = 0; place < t->n_rows * t->width; place++)
    {
      const int64_t at_place = place / t->width * t->stride + place % t->width;
      const double step = 1e-6, was = (double) t->value[at_place];
      double up, down;

      if (t->proj != NULL && t->value == t->proj->weight && t->proj->keep.mask != NULL && !t->proj->keep.mask[at_place])
        continue;
      t->value[at_place] = (RheoReal) (was + step);
      up = value_of (c);
      t->value[at_place] = (RheoReal) (was - step);
      down = value_of (c);
      t->value[at_place] = (RheoReal) was;
      check_close (t->name, (int) place, (double) grad[at_place], (up - down) / (2 * step), 1e-7);
    }
}

static void
test_gradient (gconstpointer data)
{
  g_autoptr (Case) c = case_new (words, data), signs = case_new (dale, data);

  if (sizeof (RheoReal) < sizeof (double))
    {
      g_test_skip ("differences need double");
      return;
    }
  for (int i = 0; i < 2; i++)
    {
      Case *one = i == 0 ? c : signs;
      RheoGrad *grad = rheo_net_new_grad (one->net);

      g_assert_cmpfloat (value_of (one), >, 1e-6);
      for (int lane = 0; lane < rheo_net_get_n_lanes (one->net); lane++)
        rheo_regular_gradient (one->work, &one->trials->batch, lane, 0);
      one->rollout.pull = rheo_regular_pull (one->work, &one->config, &one->rollout.pull_pop);
      g_assert_true (rheo_backprop (one->net, &one->rollout, grad));
      rheo_regular_weights (one->work, grad);
      for (int k = 0; k < grad->n; k++)
        check_trainable (one, rheo_net_get_trainable (one->net, k), grad->value[k]);
      rheo_grad_free (grad);
    }
}

/* --- values ------------------------------------------------------------------------------------------------------- */
static double
weight (const Case *c, int proj, int pre, int post)
{
  const RheoProj *p = rheo_net_get_proj (c->net, proj);

  return (double) p->weight[pre * p->stride + post];
}

static double
rate (const Case *c, int row, int t, int unit)
{
  return tape_out (c->net, 0, row, t, unit);
}

static void
test_overlap (void)
{
  g_autoptr (Case) sum = case_new (words, "orthogonality=1"),
                   mean = case_new (words, "orthogonality=1 orthogonality-as=mean"),
                   in = case_new (words, "orthogonality=1 orthogonality-as=mean orthogonality-of=inputs");
  double squares = 0, of_inputs = 0;

  for (int a = 0; a < 5; a++)
    for (int b = 0; b < 5; b++)
      {
        double ab = 0, aa = 0, bb = 0;

        for (int i = 0; i < N_UNITS; i++)
          {
            const double x = a < 3 ? weight (sum, 0, a, i) : weight (sum, 2, i, a - 3);
            const double y = b < 3 ? weight (sum, 0, b, i) : weight (sum, 2, i, b - 3);

            ab += x * y;
            aa += x * x;
            bb += y * y;
          }
        squares += a != b ? ab * ab / aa / bb : 0;
        of_inputs += a != b && a < 3 && b < 3 ? ab * ab / aa / bb : 0;
      }
  check_close ("sum", 0, value_of (sum), sqrt (squares), 1e-6);
  check_close ("mean", 0, value_of (mean), sqrt (squares / 20), 1e-6);
  check_close ("mean", 1, value_of (in), sqrt (of_inputs / 6), 1e-6);
}

static void
test_weights (void)
{
  g_autoptr (Case) sparse = case_new (words, "recurrent-sparsity=2 recurrent-inputs=3"),
                   caps = case_new (dale, "cap-recurrent=2");
  const double c7 = log (101) / log (8);
  double wanted = 0, mean[2] = { 0, 0 };

  for (int i = 0; i < N_UNITS; i++)
    {
      double sum = 0, squares = 0;

      for (int j = 0; j < N_UNITS; j++)
        {
          sum += fabs (weight (sparse, 1, j, i));
          squares += pow (weight (sparse, 1, j, i), 2);
        }
      wanted += 2 * pow (MAX (0, sum * sum / squares - 3), 2) / 9 / N_UNITS;
    }
  check_close ("sparsity", 0, value_of (sparse), wanted, 1e-5);

  /* 5 excitatory units, 2 inhibitory ones, whose weights may be 2.5 times as large. */
  for (int j = 0; j < N_UNITS; j++)
    for (int i = 0; i < N_UNITS; i++)
      mean[j >= 5] += (pow (MAX (1, fabs (weight (caps, 1, j, i)) / (0.07 * c7 * (j < 5 ? 1 : 2.5))), 5) - 1)
                      / (N_UNITS * (j < 5 ? 5 : 2));
  check_close ("cap", 0, value_of (caps), 2 * 7 / 2000.0 * (mean[0] + mean[1]), 1e-4);
}

static void
test_activity (void)
{
  g_autoptr (Case) power = case_new (words, "rate=2 power=3"), top = case_new (words, "rate-magnitude=2 rate-cap=0.2"),
                   outputs = case_new (words, "output-variability=2");
  const double cap = 0.2 * log (101) / log (8);
  const double n_states = 3 * (N_STEPS - 1) + 5;
  double got = value_of (power), sum = 0, deviation = 0, energy = 0;

  for (int row = 0; row < N_ROWS; row++)
    for (int t = 0; t < power->trials->length[row] - 1; t++)
      for (int i = 0; i < N_UNITS; i++)
        sum += pow (fabs (rate (power, row, t, i)), 3);
  check_close ("rate", 0, got, 2 * sum / ((3 * N_STEPS + 6) * N_UNITS), 1e-5);

  got = value_of (top);
  sum = 0;
  for (int i = 0; i < N_UNITS; i++)
    {
      double all = 0;

      for (int row = 0; row < N_ROWS; row++)
        for (int t = 0; t < top->trials->length[row] - 1; t++)
          all += exp (rate (top, row, t, i) / 0.1);
      sum += pow (fabs (0.1 * log (all / n_states) / cap - 1), 3);
    }
  check_close ("magnitude", 0, got, 2 * sum / N_UNITS, 1e-4);

  got = value_of (outputs);
  for (int t = 0; t < N_STEPS; t++)
    for (int k = 0; k < N_OUT; k++)
      {
        double mean = 0;
        const int n = t < 6 ? 4 : 3;

        for (int row = 0; row < n; row++)
          mean += tape_out (outputs->net, 1, row, t, k) / n;
        for (int row = 0; row < n; row++)
          {
            deviation += pow (tape_out (outputs->net, 1, row, t, k) - mean, 2);
            energy += pow (tape_out (outputs->net, 1, row, t, k), 2);
          }
      }
  check_close ("variability", 0, got, 2 * deviation / energy, 1e-5);
}

/* --- means over the batch ------------------------------------------------------------------------------------------ */
static int
by_value (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* Concentration or Gini's index of numbers of 7 units. */
static double
inequality (const double *v, bool gini)
{
  /* Nearest places of the quantiles .1 to .9, .25 to .75, .4 to .6, .1 to .6, .4 to .9 among 7. */
  static const int places[5][2] = { { 1, 5 }, { 2, 4 }, { 2, 4 }, { 1, 4 }, { 2, 5 } };
  double sorted[N_UNITS], p[N_UNITS], range = 0, mean = 0, sum = 0, squares = 0, differences = 0;

  memcpy (sorted, v, sizeof sorted);
  qsort (sorted, N_UNITS, sizeof *sorted, by_value);
  for (int k = 0; k < 5; k++)
    range += (sorted[places[k][1]] - sorted[places[k][0]]) / 5;
  for (int i = 0; i < N_UNITS; i++)
    mean += v[i] / N_UNITS;
  for (int i = 0; i < N_UNITS; i++)
    {
      p[i] = exp (CLAMP ((v[i] - mean) / range, -8, 8));
      sum += p[i];
    }
  for (int i = 0; i < N_UNITS; i++)
    {
      squares += pow (p[i] / sum, 2);
      for (int j = 0; j < N_UNITS; j++)
        differences += fabs (p[i] - p[j]) / sum;
    }
  return gini ? differences / (2 * N_UNITS) : (N_UNITS * squares - 1) / (N_UNITS - 1);
}

static double
softplus (double x)
{
  return log1p (exp (3 * x)) / 3;
}

/* Everything again from the tape, in the form of its definition. */
static void
test_moments (void)
{
  g_autoptr (Case) rates = case_new (words, "rate-inequality=2"), inputs = case_new (words, "input-inequality=2"),
                   gini = case_new (words, "input-inequality=2 inequality-as=gini"),
                   steady = case_new (words, "steady-input=2"), tail = case_new (words, "tail-energy=2"),
                   clusters = case_new (dale, "clustering=2 cluster-near=0.4 cluster-gap=0.5 cluster-sharpness=3");
  const double got = value_of (clusters);
  double size[N_UNITS] = { 0 }, mean[N_UNITS] = { 0 }, h[N_UNITS] = { 0 }, h2[N_UNITS] = { 0 };
  double product[N_UNITS][N_UNITS] = { { 0 } }, matrix[N_UNITS * N_UNITS], re[N_UNITS], im[N_UNITS];
  double middle = 0, between = 0, within = 0, trace = 0, least = INFINITY, wanted = 0;
  int n = 0;

  g_assert_cmpfloat (value_of (steady), >, 0);
  for (int row = 0; row < N_ROWS; row++)
    for (int t = 0; t < steady->trials->length[row] - 1; t++, n++)
      for (int i = 0; i < N_UNITS; i++)
        {
          double sum = 0;

          for (int j = 0; j < N_UNITS; j++)
            {
              sum += weight (steady, 1, j, i) * rate (steady, row, t, j);
              product[i][j] += rate (steady, row, t, i) * rate (steady, row, t, j);
            }
          for (int j = 0; j < 3; j++)
            sum += weight (steady, 0, j, i) * (double) steady->trials->input[(row * N_STEPS + t + 1) * 3 + j];
          h[i] += sum;
          h2[i] += sum * sum;
          mean[i] += rate (steady, row, t, i);
          size[i] += fabs (rate (steady, row, t, i));
        }
  for (int i = 0; i < N_UNITS; i++)
    {
      h[i] /= n;
      size[i] /= n;
      mean[i] /= n;
      middle += h[i] / N_UNITS;
      within += (h2[i] / n - h[i] * h[i]) / N_UNITS;
    }
  for (int i = 0; i < N_UNITS; i++)
    between += pow (h[i] - middle, 2) / N_UNITS;
  check_close ("rates", 0, value_of (rates), 2 * inequality (size, false), 1e-4);
  check_close ("inputs", 0, value_of (inputs), 2 * inequality (h, false), 1e-4);
  check_close ("gini", 0, value_of (gini), 2 * inequality (h, true), 1e-4);
  check_close ("steady", 0, value_of (steady), 2 * between / (between + within), 1e-4);

  /* Beyond the first 6 of 7 directions there is the least of the variances. */
  for (int i = 0; i < N_UNITS; i++)
    for (int j = 0; j < N_UNITS; j++)
      matrix[i * N_UNITS + j] = product[i][j] / n - mean[i] * mean[j];
  for (int i = 0; i < N_UNITS; i++)
    trace += matrix[i * N_UNITS + i];
  g_assert_true (rheo_eigenvalues (N_UNITS, matrix, re, im));
  for (int i = 0; i < N_UNITS; i++)
    least = MIN (least, re[i]);
  check_close ("tail", 0, value_of (tail), 2 * least / trace, 1e-4);

  /* Of 7 units 5 are excitatory: 10 pairs, whose distance at 0.9 of the way is the diameter; of the others 1 pair. */
  for (int class = 0; class < 2; class ++)
    {
      const int first = class * 5, last = class == 0 ? 5 : 7;
      double distance[10], x;
      int n_pairs = 0;

      value_of (clusters);
      for (int i = first; i < last; i++)
        for (int j = first; j < i; j++)
          {
            double sum = 0;

            for (int row = 0; row < N_ROWS; row++)
              for (int t = 0; t < clusters->trials->length[row] - 1; t++)
                sum += pow (rate (clusters, row, t, i) - rate (clusters, row, t, j), 2);
            distance[n_pairs++] = sqrt (sum);
          }
      qsort (distance, (gsize) n_pairs, sizeof *distance, by_value);
      x = n_pairs == 1 ? distance[0] : 0.9 * distance[8] + 0.1 * distance[9];
      for (int k = 0; k < n_pairs; k++)
        {
          const double d = distance[k] / x;

          wanted +=
              2 * softplus (softplus (d / 0.4) - softplus ((d - 0.4) / 0.4) - softplus ((d - 0.4) / 0.5)) / n_pairs;
        }
    }
  check_close ("clusters", 0, got, wanted, 1e-3);
}

/* What is switched off costs nothing and adds nothing. */
static void
test_off (void)
{
  g_autoptr (Case) c = case_new (words, "power=2");

  g_assert_true (rheo_regular_is_there (c->work));
  g_assert_false (rheo_regular_uses_rates (c->work, &c->config));
  g_assert_false (rheo_regular_uses_batch (c->work, &c->config));
  g_assert_cmpfloat (value_of (c), ==, 0);
}

int
main (int argc, char **argv)
{
  static const char *const cases[] = {
    "orthogonality=2",
    "orthogonality=2 orthogonality-of=inputs orthogonality-as=mean",
    "rate=3",
    "rate=3 power=3",
    "rate=3 rate-magnitude=2",
    "rate-magnitude=2 rate-cap=0.1",
    "rate-magnitude=2 rate-cap=0.3 rate-power=5",
    "recurrent-sparsity=2 recurrent-inputs=2",
    "cap-in=3",
    "cap-recurrent=3",
    "cap-out=1e-3",
    "output-variability=2",
    "rate-inequality=2",
    "rate-inequality=2 inequality-as=gini",
    "input-inequality=2",
    "input-inequality=2 inequality-as=gini",
    "steady-input=2",
    "clustering=2 cluster-sharpness=2",
    "clustering=2 cluster-near=0.4 cluster-gap=0.5 cluster-diameter=0.55 cluster-sharpness=3",
    "tail-energy=2 tail-from=2",
    "rate-inequality=1 input-inequality=2 steady-input=1 clustering=1 tail-energy=1 tail-from=3",
    "orthogonality=1 rate=2 rate-magnitude=1 recurrent-sparsity=1 recurrent-inputs=2 output-variability=1",
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/regular/gradients/%s", cases[i]);

      g_test_add_data_func (path, cases[i], test_gradient);
    }
  g_test_add_func ("/regular/overlap", test_overlap);
  g_test_add_func ("/regular/weights", test_weights);
  g_test_add_func ("/regular/activity", test_activity);
  g_test_add_func ("/regular/moments", test_moments);
  g_test_add_func ("/regular/off", test_off);
  return g_test_run ();
}
