/* E-prop of adaptive units, with an update at the end of the trials, against its definition in plain loops that go forward:
 * what each number of a unit, a weight or a time constant, has done to the unit's own membrane and adaptation. */
#include "config.h"

#include "eprop-net.h"

#define THRESHOLD 0.1
#define ADAPTATION 0.9
#define RESISTANCE 1.5
#define INITIAL 0.05
#define RATE 0.05

static const char *const alif_json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 60, \"n-valid\": 24,"
    " \"n-steps\": 30, \"input-scale\": 0.03}, \"model\": {\"id\": \"alif\", \"layers\": [{\"units\": 14, "
    "\"threshold\": "
    "0.1, \"adaptation\": 0.9, \"resistance\": 1.5, \"initial-adaptation\": 0.05, \"tau-m\": [4], \"tau-m-sd\": [1],"
    " \"tau-adp\": [11], \"tau-adp-sd\": [2], \"in\": {\"kind\": \"normal\", \"sd\": 1, \"connect\": \"all\", \"bias\":"
    " \"uniform\"}, \"rec\": {\"kind\": \"normal\", \"sd\": 0.5, \"connect\": \"all\", \"bias\": \"uniform\"}}],"
    " \"out\": {\"kind\": \"normal\", \"sd\": 0.6, \"connect\": \"all\", \"bias\": \"constant\", \"bias-value\": 0.3},"
    " \"read-out\": {\"kind\": \"average\", \"tau\": 4, \"tau-sd\": 1, \"initial\": 2}}, \"rule\": {\"id\": \"eprop\","
    " \"loss\": {\"kind\": \"mse\"}, \"optimiser\": {\"kind\": \"sgd\", \"lr\": 0.05, \"clip\": 0}, \"surrogate\":"
    " {\"kind\": \"fast-sigmoid\", \"slope\": 3}}, \"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 40, \"batch\": 6,"
    " \"lane-rows\": 4, \"validate\": 0}}";

/* Weights and time constants, or what is summed for each. */
typedef struct
{
  double in[N_IN][N_UNITS], rec[N_UNITS][N_UNITS], bias[N_UNITS], tau_m[N_UNITS], tau_adp[N_UNITS];
  double out[N_UNITS][N_OUT], out_bias[N_OUT], tau[N_OUT];
} Numbers;

static const struct
{
  const char *name;
  gsize at;
  int n_pre, n_post;
} arrays[] = {
  { "in.weight", G_STRUCT_OFFSET (Numbers, in), N_IN, N_UNITS },
  { "rec.weight", G_STRUCT_OFFSET (Numbers, rec), N_UNITS, N_UNITS },
  { "in.bias", G_STRUCT_OFFSET (Numbers, bias), 1, N_UNITS },
  { "rec.bias", G_STRUCT_OFFSET (Numbers, bias), 1, N_UNITS },
  { "hidden.tau-m", G_STRUCT_OFFSET (Numbers, tau_m), 1, N_UNITS },
  { "hidden.tau-adp", G_STRUCT_OFFSET (Numbers, tau_adp), 1, N_UNITS },
  { "out.weight", G_STRUCT_OFFSET (Numbers, out), N_UNITS, N_OUT },
  { "out.bias", G_STRUCT_OFFSET (Numbers, out_bias), 1, N_OUT },
  { "out.tau", G_STRUCT_OFFSET (Numbers, tau), 1, N_OUT },
};

static double *
array_of (const Numbers *numbers, guint i)
{
  return (double *) ((char *) numbers + arrays[i].at);
}

/* The two biases act as one. */
static void
take (RheoNet *net, Numbers *w)
{
  memset (w, 0, sizeof *w);
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    for (int k = 0; k < arrays[i].n_pre * arrays[i].n_post; k++)
      array_of (w, i)[k] += weight (net, arrays[i].name, k / arrays[i].n_post, k % arrays[i].n_post);
}

/* A trial as it went. */
typedef struct
{
  double m[N_STEPS][N_UNITS], b[N_STEPS][N_UNITS], z[N_STEPS][N_UNITS], current[N_STEPS][N_UNITS];
  double y[N_STEPS][N_OUT], into_y[N_STEPS][N_OUT];
} Course;

static int
go_forward (const Numbers *w, const RheoReal *x, int n_steps, Course *c)
{
  int n_spikes = 0;

  for (int t = 0; t < n_steps; t++)
    {
      for (int j = 0; j < N_UNITS; j++)
        {
          const double alpha = exp (-1 / w->tau_m[j]), rho = exp (-1 / w->tau_adp[j]);
          const double m = t > 0 ? c->m[t - 1][j] : 0, b = t > 0 ? c->b[t - 1][j] : INITIAL;
          const double z = t > 0 ? c->z[t - 1][j] : 0;
          double current = w->bias[j], threshold;

          for (int k = 0; k < N_IN; k++)
            current += (double) x[t * N_IN + k] * w->in[k][j];
          for (int k = 0; k < N_UNITS && t > 0; k++)
            current += c->z[t - 1][k] * w->rec[k][j];
          c->current[t][j] = current;
          c->b[t][j] = rho * b + (1 - rho) * z;
          threshold = THRESHOLD + ADAPTATION * c->b[t][j];
          c->m[t][j] = alpha * m + (1 - alpha) * RESISTANCE * current - threshold * z;
          c->z[t][j] = c->m[t][j] > threshold;
          n_spikes += c->z[t][j] > 0;
        }
      for (int k = 0; k < N_OUT; k++)
        {
          const double keep = exp (-1 / w->tau[k]);

          c->into_y[t][k] = w->out_bias[k];
          for (int j = 0; j < N_UNITS; j++)
            c->into_y[t][k] += c->z[t][j] * w->out[j][k];
          c->y[t][k] = keep * (t > 0 ? c->y[t - 1][k] : 2) + (1 - keep) * c->into_y[t][k];
        }
    }
  return n_spikes;
}

/* Through the read-out's own filter: what an output's current at a step is to blame for, then what goes to the units. Sums for
 * the read-out on the way. */
static void
find_signals (const Numbers *w, double feedback[N_UNITS][N_OUT], const Course *c, const RheoReal *errors, int n_steps,
              double signal[N_STEPS][N_UNITS], Numbers *sum)
{
  double later[N_OUT] = { 0 };

  memset (signal, 0, sizeof (double) * N_STEPS * N_UNITS);
  for (int t = n_steps - 1; t >= 0; t--)
    for (int k = 0; k < N_OUT; k++)
      {
        const double keep = exp (-1 / w->tau[k]), d = (double) errors[t * N_OUT + k] + later[k];

        later[k] = keep * d;
        sum->out_bias[k] += (1 - keep) * d;
        sum->tau[k] += d * ((t > 0 ? c->y[t - 1][k] : 2) - c->into_y[t][k]) * keep / (w->tau[k] * w->tau[k]);
        for (int j = 0; j < N_UNITS; j++)
          {
            sum->out[j][k] += (1 - keep) * d * c->z[t][j];
            signal[t][j] += (1 - keep) * d * feedback[j][k];
          }
      }
}

/* Derivatives of membrane, adaptation and spike of a unit by one of its numbers. */
typedef struct
{
  double m, b, z;
} Eligible;

/* One unit in one step. */
typedef struct
{
  double alpha, rho, threshold, z_before, post;
} Unit;

/* One step further; by_m, by_b: what the number does to both directly. Returns the eligibility trace. */
static double
follow (Eligible *e, const Unit *u, double by_m, double by_b)
{
  e->b = u->rho * e->b + (1 - u->rho) * e->z + by_b;
  e->m = u->alpha * e->m + by_m - u->threshold * e->z - u->z_before * ADAPTATION * e->b;
  return e->z = u->post * (e->m - ADAPTATION * e->b);
}

static void
find_sums (const Numbers *w, const Course *c, const RheoReal *x, int n_steps, double signal[N_STEPS][N_UNITS],
           Numbers *sum)
{
  for (int j = 0; j < N_UNITS; j++)
    {
      const double tau_m = w->tau_m[j], tau_adp = w->tau_adp[j];
      Eligible in[N_IN] = { 0 }, rec[N_UNITS] = { 0 }, bias = { 0 }, by_tau_m = { 0 }, by_tau_adp = { 0 };
      Unit u = { .alpha = exp (-1 / tau_m), .rho = exp (-1 / tau_adp) };

      for (int t = 0; t < n_steps; t++)
        {
          const double gain = (1 - u.alpha) * RESISTANCE, l = signal[t][j];
          const double m = t > 0 ? c->m[t - 1][j] : 0, b = t > 0 ? c->b[t - 1][j] : INITIAL;

          u.z_before = t > 0 ? c->z[t - 1][j] : 0;
          u.threshold = THRESHOLD + ADAPTATION * c->b[t][j];
          u.post = psi (c->m[t][j] - u.threshold);
          for (int k = 0; k < N_IN; k++)
            sum->in[k][j] += l * follow (&in[k], &u, gain * (double) x[t * N_IN + k], 0);
          for (int k = 0; k < N_UNITS; k++)
            sum->rec[k][j] += l * follow (&rec[k], &u, t > 0 ? gain * c->z[t - 1][k] : 0, 0);
          sum->bias[j] += l * follow (&bias, &u, gain, 0);
          sum->tau_m[j] +=
              l * follow (&by_tau_m, &u, u.alpha / (tau_m * tau_m) * (m - RESISTANCE * c->current[t][j]), 0);
          sum->tau_adp[j] += l * follow (&by_tau_adp, &u, 0, u.rho / (tau_adp * tau_adp) * (b - u.z_before));
        }
    }
}

/* The gradient of a batch and the weights after the update, once the network has learned a little. */
static void
check (const char *more, const char *back)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (alif_json, more);
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoLoss mse = { .kind = RHEO_LOSS_MSE };
  g_autofree Numbers *w = g_new (Numbers, 1), *sum = g_new0 (Numbers, 1);
  g_autofree Course *c = g_new (Course, 1);
  double feedback[N_UNITS][N_OUT], signal[N_STEPS][N_UNITS], scratch[64];
  const RheoBatch *batch;
  int n_spikes = 0;

  do_steps (trainer, 3);
  take (net, w);
  for (int k = 0; k < N_UNITS * N_OUT; k++)
    feedback[k / N_OUT][k % N_OUT] = weight (net, back, k / N_OUT, k % N_OUT);
  batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 3, NULL);
  for (int row = 0; row < batch->n_rows; row++)
    {
      const RheoReal *x = batch->input + (gsize) row * (gsize) batch->n_steps * N_IN;
      RheoReal y[N_STEPS * N_OUT], errors[N_STEPS * N_OUT] = { 0 };

      n_spikes += go_forward (w, x, batch->length[row], c);
      for (int k = 0; k < N_STEPS * N_OUT; k++)
        y[k] = (RheoReal) c->y[k / N_OUT][k % N_OUT];
      rheo_loss_row (&mse, batch, row, rheo_loss_norm (&mse, batch), y, errors, N_OUT, scratch, NULL);
      find_signals (w, feedback, c, errors, batch->length[row], signal, sum);
      find_sums (w, c, x, batch->length[row], signal, sum);
    }
  g_assert_cmpfloat ((double) n_spikes / (batch->n_rows * N_STEPS * N_UNITS), >, 0.05);
  g_assert_cmpfloat ((double) n_spikes / (batch->n_rows * N_STEPS * N_UNITS), <, 0.7);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  step (trainer);
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      assert_like (net, rheo_trainer_get_grad (trainer), arrays[i].name, array_of (sum, i));
      for (int k = 0; k < arrays[i].n_pre * arrays[i].n_post && !g_str_has_suffix (arrays[i].name, "bias"); k++)
        g_assert_cmpfloat_with_epsilon (weight (net, arrays[i].name, k / arrays[i].n_post, k % arrays[i].n_post),
                                        array_of (w, i)[k] - RATE * array_of (sum, i)[k],
                                        sizeof (RheoReal) == sizeof (double) ? 1e-11 : 2e-6);
    }
}

static void
check_symmetric (void)
{
  check (NULL, "out.weight");
}

static void
check_random (void)
{
  check ("rule.feedback.kind=random", "out.feedback");
}

/* What is kept from a trial for its end is the same however many share the work. */
static void
check_threads (void)
{
  check ("run.threads=2 run.lane-rows=1", "out.weight");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eprop-alif/symmetric", check_symmetric);
  g_test_add_func ("/eprop-alif/random", check_random);
  g_test_add_func ("/eprop-alif/threads", check_threads);
  return g_test_run ();
}
