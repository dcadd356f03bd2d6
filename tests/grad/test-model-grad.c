/* Gradients of whole models, as back-propagation through time gives them to the trainer, against the reference: deep ones, with
 * layers that differ, and in windows. */
#include "config.h"

#include "../engine/some-nets.h"
#include "../engine/trainer-of.h"
#include "engine/feed.h"
#include "engine/loss.h"

#define N_STEPS 22

static const RheoSurrogate arctan = { .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 };

#define BEGIN                                                                                                          \
  "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 60, \"n-valid\": 24,"   \
  " \"n-steps\": 22, \"input-scale\": 0.03}, \"model\": "
#define END                                                                                                            \
  ", \"rule\": {\"id\": \"bptt\", \"loss\": {\"kind\": \"mse\"}, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.02},"   \
  " \"surrogate\": {\"kind\": \"arctan\", \"alpha\": 2}}, \"run\": {\"seed\": 3, \"threads\": 2, \"budget\": 40,"      \
  " \"batch\": 5, \"lane-rows\": 2, \"validate\": 0}}"

#define WEIGHTS                                                                                                        \
  "\"in\": {\"kind\": \"normal\", \"sd\": 0.8, \"connect\": \"all\", \"bias\": \"uniform\"}, \"rec\": {\"kind\": "     \
  "\"normal\", \"sd\": 0.4, \"connect\": \"all\", \"bias\": \"uniform\"}"
#define OUT "\"out\": {\"kind\": \"normal\", \"sd\": 0.6, \"connect\": \"all\", \"bias\": \"uniform\"}"
#define ALIF                                                                                                           \
  "{\"units\": 9, \"threshold\": 0.1, \"adaptation\": 0.9, \"resistance\": 1.5, \"tau-m\": [4], \"tau-m-sd\": [1],"    \
  " \"tau-adp\": [11], \"tau-adp-sd\": [2], \"initial-adaptation\": 0.05, " WEIGHTS "}"
#define LIF "{\"units\": 9, \"beta\": [0.8], \"threshold\": 0.7, \"reset-by\": \"spike\", " WEIGHTS "}"

static const char *const alif = BEGIN "{\"id\": \"alif\", \"layers\": [" ALIF ", " ALIF "], " OUT
                                      ", \"read-out\": {\"kind\": \"average\", \"tau\": 4, \"tau-sd\": 1}}" END;
static const char *const lif = BEGIN "{\"id\": \"lif\", \"layers\": [" LIF ", " LIF ", " LIF "], " OUT
                                     ", \"read-out\": {\"kind\": \"leaky\", \"decay\": 0.8, \"initial\": 2}}" END;

/* Share of the steps in which units of a population fired. */
static double
rate_of (const Reference *ref, int pop)
{
  const int n_units = ref->plan->pop[pop].n_units, n = ref->n_rows * ref->n_steps * n_units;
  double n_spikes = 0;

  for (int k = 0; k < n; k++)
    n_spikes += value (&ref->chain, ref->out[pop][k]);
  return n_spikes / n;
}

/* The loss of the reference's own outputs, whose gradient goes to its nodes. */
static double
score (const Reference *ref, const RheoBatch *batch)
{
  const RheoLoss mse = { .kind = RHEO_LOSS_MSE };
  const double norm = rheo_loss_norm (&mse, batch);
  const int n_out = ref->plan->n_out, pop = ref->plan->out_pop;
  double scratch[64], loss = 0;

  g_assert_cmpint (rheo_loss_scratch (batch), <=, (int) G_N_ELEMENTS (scratch));
  for (int row = 0; row < batch->n_rows; row++)
    {
      const int *node = ref->out[pop] + row * ref->n_steps * n_out;
      RheoReal y[N_STEPS * 2], d_y[N_STEPS * 2] = { 0 };

      g_assert_cmpint (ref->n_steps * n_out, ==, (int) G_N_ELEMENTS (y));
      for (int k = 0; k < ref->n_steps * n_out; k++)
        y[k] = (RheoReal) value (&ref->chain, node[k]);
      loss += rheo_loss_row (&mse, batch, row, norm, y, d_y, n_out, scratch, NULL);
      for (int k = 0; k < ref->n_steps * n_out; k++)
        at (&ref->chain, node[k])->grad += (double) d_y[k];
    }
  return loss;
}

static void
check (const char *json, const char *more, int window)
{
  const double tolerance = sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4;
  g_autofree char *words = g_strdup_printf ("rule.window=%d %s", window, more);
  g_autoptr (RheoTrainer) trainer = trainer_of (json, words);
  RheoRule *rule = rheo_trainer_get_rule (trainer);
  RheoNet *net = rheo_trainer_get_net (trainer);
  g_autoptr (RheoMetrics) m = rheo_metrics_dup_declared (rule->metrics);
  RheoGrad *grad = rheo_net_new_grad (net);
  const RheoBatch *batch;
  RheoRollout r = { .t1 = window > 0 ? window : N_STEPS };
  Reference ref;
  double loss;

  g_test_message ("%s", words);
  step (trainer);
  r.batch = batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 1, NULL);
  g_assert_true (rule->type->gradient (rule, batch, grad, m));
  ref = reference_run (net, &arctan, &r);
  for (int i = 0; i < ref.plan->out_pop; i++)
    {
      g_assert_cmpfloat (rate_of (&ref, i), >, 0.05);
      g_assert_cmpfloat (rate_of (&ref, i), <, 0.8);
    }
  loss = score (&ref, batch);
  check_close ("loss", 0, rheo_metrics_get (m, rheo_metrics_find (m, "train.loss")), loss, tolerance);
  chain_rule (&ref.chain);
  check_gradient (net, &ref, grad, tolerance);
  reference_free (&ref);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  rheo_grad_free (grad);
}

/* The last window is shorter than the others, or none is. */
static void
check_adaptive (void)
{
  check (alif, "model.layers.1.units=7", 0);
  check (alif, "model.layers.1.units=7", 5);
  check (alif, "model.layers.1.units=7", 11);
  check (alif, "model.layers.1.units=7", 1);
  check (alif, "run.threads=1 run.lane-rows=5", 8);
}

/* Three layers with a reset each, and what else they may be, each in another one. */
static void
check_mixed (void)
{
  static const char *const ways[] = {
    "model.layers.0.reset=subtract model.layers.1.reset=zero model.layers.1.reset-by=membrane "
    "model.layers.2.reset=none",
    "model.layers.0.reset=zero model.layers.0.differentiate-reset=true model.layers.1.reset=pull "
    "model.layers.1.reset-potential=-0.4 model.layers.2.reset=subtract model.layers.2.reset-by=at-once "
    "model.layers.2.differentiate-reset=true",
    "model.layers.0.reset=none model.layers.0.synaptic=true model.layers.0.alpha=0.5 model.layers.1.reset=subtract "
    "model.layers.1.refractory=hold model.layers.2.reset=zero model.layers.2.learn-beta=true "
    "model.layers.2.learn-threshold=true",
    "model.layers.0.recurrent=none model.layers.1.reset=none model.layers.1.recurrent=one-to-one "
    "model.layers.2.reset=zero model.layers.2.refractory=gate model.layers.2.units=5",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      check (lif, ways[i], 0);
      check (lif, ways[i], 7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-gradient/adaptive", check_adaptive);
  g_test_add_func ("/model-gradient/mixed", check_mixed);
  return g_test_run ();
}
