#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "ridge-readout.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "frozen.h"

const RheoParam rheo_ridge_readout_rows[] = {
  RHEO_P_REAL (RheoRidgeReadoutConfig, lambda, "lambda", .label = N_ ("Penalty on large weights"),
               .help = N_ ("Of the ridge regression; larger values give smoother read-outs."), .def = 1, .min = 1e-6,
               .max = 1e9, .soft_min = 0.01, .soft_max = 100, .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_INT (RheoRidgeReadoutConfig, memory, "memory", .label = N_ ("Memory"), .unit = N_ ("blocks"),
              .help = N_ ("Older blocks are forgotten little by little, with this time constant; 0: never."), .def = 50,
              .max = 1000000, .soft_max = 500, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRidgeReadoutConfig, every, "every", .label = N_ ("Fit every"), .unit = N_ ("blocks"),
              .help = N_ ("So often the read-out is made anew from all that is remembered."), .def = 5, .min = 1,
              .max = 1000000, .soft_min = 1, .soft_max = 100, .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoSeries mse_series = {
  .key = "mse",
  .label = N_ ("Error of the read-out"),
  .help = N_ ("Mean squared error on blocks that it had not yet been fitted to."),
  .unit = "",
  .axes = "",
  .flags = RHEO_SERIES_LOWER_IS_BETTER,
};
static const RheoSeries accuracy_series = {
  .key = "accuracy",
  .label = N_ ("Accuracy of the read-out"),
  .help =
      N_ ("Share of the steps whose largest output is the right one, on blocks that it had not yet been fitted to."),
  .unit = "",
  .axes = "",
  .hi = 1,
  .flags = RHEO_SERIES_SHOW,
};

gboolean
rheo_ridge_readout_init (RheoRidgeReadout *readout, RheoRule *rule, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  RheoReal decay;

  *readout = (RheoRidgeReadout){ .proj = -1, .n_out = rule->shape.n_out };
  if (rule->shape.n_out == 0 || rule->shape.n_classes > 0)
    return TRUE;
  readout->proj = rheo_frozen_find_readout (rule->net, &decay, error);
  if (readout->proj < 0)
    return FALSE;
  readout->pop = plan->proj[readout->proj].from;
  if (decay != 0 || !plan->pop[readout->pop].cell->spikes || plan->proj[readout->proj].form != RHEO_DENSE
      || plan->proj[readout->proj].bias == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("The read-out cannot be fitted: it is not a linear function of spikes with a bias."));
  if (!rheo_ridge_init (&readout->ridge, rule->net, "ridge", plan->pop[readout->pop].n_units, readout->n_out, error))
    return FALSE;
  readout->active = g_new (int32_t, plan->pop[readout->pop].n_units);
  rheo_metrics_declare (rule->metrics, "train", &mse_series, NULL);
  rheo_metrics_declare (rule->metrics, "train", &accuracy_series, NULL);
  return TRUE;
}

void
rheo_ridge_readout_release (RheoRidgeReadout *readout)
{
  g_clear_pointer (&readout->active, g_free);
}

static int
largest (int n, const RheoReal *x)
{
  int best = 0;

  for (int o = 1; o < n; o++)
    if (x[o] > x[best])
      best = o;
  return best;
}

static void
score (const RheoRidgeReadout *readout, const RheoRule *rule, RheoMetrics *m)
{
  const RheoBatch *batch = rule->batch;
  const int n = readout->n_out;
  double error = 0, right = 0, total = 0;

  for (int t = 0; t < batch->n_steps; t++)
    {
      const RheoReal *out = rheo_tape_get_output (rule->net, 0, t), *target = batch->target + (gsize) t * (gsize) n;
      const double weight = batch->weight != NULL ? (double) batch->weight[t] : 1;

      for (int o = 0; o < n; o++)
        error += weight * pow ((double) out[o] - (double) target[o], 2) / n;
      right += weight * (largest (n, out) == largest (n, target));
      total += weight;
    }
  rheo_metrics_add (m, "train.mse", total > 0 ? error / total : 0, total);
  rheo_metrics_add (m, "train.accuracy", total > 0 ? right / total : 0, total);
}

static void
add (RheoRidgeReadout *readout, const RheoRule *rule)
{
  const RheoBatch *batch = rule->batch;
  const int n_units = readout->ridge.n_x;

  for (int t = 0; t < batch->n_steps; t++)
    {
      const double weight = batch->weight != NULL ? (double) batch->weight[t] : 1;
      int n_active = 0;

      for (int i = 0; weight > 0 && i < n_units; i++)
        if (rheo_tape_get_spike (rule->net, readout->pop, 0, t, i))
          readout->active[n_active++] = i;
      if (weight > 0)
        rheo_ridge_add_active (&readout->ridge, n_active, readout->active,
                               batch->target + (gsize) t * (gsize) readout->n_out, weight);
    }
}

void
rheo_ridge_readout_learn (RheoRidgeReadout *readout, const RheoRidgeReadoutConfig *config, RheoRule *rule,
                          RheoMetrics *m)
{
  RheoProj *p = readout->proj >= 0 ? rheo_net_get_proj (rule->net, readout->proj) : NULL;

  if (p == NULL)
    return;
  score (readout, rule, m);
  if (config->memory > 0)
    rheo_ridge_forget (&readout->ridge, exp (-1.0 / config->memory));
  add (readout, rule);
  if ((rule->batch->iteration + 1) % (uint32_t) config->every == 0
      && rheo_ridge_solve (&readout->ridge, config->lambda, p->weight, p->stride, p->bias))
    rheo_net_weights_changed (rule->net);
}
