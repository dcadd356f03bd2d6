#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/online.h"
#include "engine/rls.h"
#include "engine/rule.h"
#include "engine/trainer.h"

/* First-order reduced and controlled error, FORCE (Sussillo & Abbott 2009, Neuron 63:544): while a trial runs, recursive
 * least squares (rls.h) holds the output so close to its target that the network, which gets its output back (model.feedback),
 * runs as it will once it has learned. Only the read-out learns. r: what its sources give, filtered as the read-out filters,
 * z = W' r: the output, f: the target:
 *
 *   e_t = z_t - f_t        every `every` steps:  k = P r / (1 + r' P r),  W <- W - k e',  P <- P - k (P r)'
 *
 * With spikes r is what the read-out makes of them: its decay is the filter (online.h). */

typedef struct
{
  RheoRlsConfig rls;
  RheoStopRows stop;
} Force;

static const RheoParam params[] = {
  RHEO_P_BLOCK (Force, rls, RheoRlsConfig, "rls", rheo_rls_rows, .label = N_ ("Recursive least squares")),
  RHEO_P_BLOCK (Force, stop, RheoStopRows, "stop", rheo_stop_rows, .label = N_ ("Early stop"),
                .words = N_ ("early stopping")),
  RHEO_P_END,
};

enum
{
  SERIES_MSE,
  SERIES_NMSE,
  SERIES_ONLINE,
};

static const RheoSeries series[] = {
  RHEO_SERIES_MSE,
  RHEO_SERIES_NMSE,
  RHEO_SERIES_ONLINE_MSE,
  { NULL },
};

typedef struct
{
  const RheoRule *rule;
  const RheoBatch *batch;
  RheoRls *rls;
  RheoFrozen frozen;
  RheoSources sources;
  RheoOutputs outputs;
  RheoReal *weight; /* [row] of the last step */
} Work;

static void
see (void *data, int row, int64_t t, int64_t at)
{
  Work *work = data;

  rheo_sources_see (&work->sources, work->rule->net, row, at);
  rheo_outputs_see (&work->outputs, work->rule->net, work->batch, row, t, at);
  work->weight[row] = (RheoReal) rheo_online_counts (work->batch, row, t);
}

static void
learn (void *data, int64_t t, int n_rows)
{
  Work *work = data;

  rheo_rls_fit (work->rls, n_rows, work->sources.x, work->sources.n, work->weight, &work->outputs.e, &work->outputs.n);
  rheo_net_weights_changed (work->rule->net);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  const Force *config = rule->config;
  Work *work = rule->priv;
  const RheoBatch *batch = rule->batch;
  const RheoOnline online = {
    .rule = rule, .batch = batch, .every = config->rls.every, .see = see, .learn = learn, .data = work
  };
  RheoFit fit;

  work->rule = rule;
  work->batch = batch;
  rheo_sources_clear (&work->sources, batch->n_rows);
  rheo_outputs_clear (&work->outputs, batch->n_rows);
  rheo_rls_mark (work->rls);
  if (!rheo_online_run (&online) || !rheo_frozen_run (&work->frozen, rule, batch, NULL, NULL, &fit))
    {
      rheo_rls_go_back (work->rls);
      rheo_net_weights_changed (rule->net);
      return FALSE;
    }
  rheo_rls_finish (work->rls);
  rule->fit = fit;
  rheo_frozen_report (&fit, batch, m);
  rheo_outputs_report (&work->outputs, batch, m);
  return TRUE;
}

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  Work *work = rule->priv;

  return rheo_frozen_evaluate (&work->frozen, rule, batch, series, m);
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Force *config = rule->config;
  Work *work = rule->priv = g_new0 (Work, 1);
  RheoReal decay;
  const int proj = rheo_frozen_find_readout (rule->net, &decay, error);

  if (proj < 0)
    return FALSE;
  work->rls = rheo_rls_new (rule->net, "rls", &proj, 1, &config->rls, error);
  if (work->rls == NULL)
    return FALSE;
  rheo_frozen_init (&work->frozen, rule->net);
  rheo_sources_init (&work->sources, rule->net, proj, decay);
  rheo_outputs_init (&work->outputs, rule->net, decay);
  work->weight = g_new0 (RheoReal, rheo_frozen_count_rows (rule->net));
  rheo_frozen_declare (rule, series, SERIES_ONLINE + 1);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_rls_free (work->rls);
  rheo_frozen_release (&work->frozen);
  rheo_sources_release (&work->sources);
  rheo_outputs_release (&work->outputs);
  g_free (work->weight);
  g_free (work);
}

static const RheoStopRows *
early_stop (const void *config)
{
  return &((const Force *) config)->stop;
}

const RheoRuleType rheo_rule_force = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "force",
            .title = N_ ("FORCE"),
            .summary =
                N_ ("Recursive least squares on the read-out while trials run, with the output fed back into the "
                    "network where the model does that."),
            .cite = "Sussillo & Abbott 2009, Generating coherent patterns of activity from chaotic neural networks",
            .config_size = sizeof (Force),
            .params = params,
            .series = series,
            .needs = RHEO_TRIALS | RHEO_SIGNALS },
  .unit = N_ ("batch"),
  .setup = setup,
  .iterate = iterate,
  .evaluate = evaluate,
  .early_stop = early_stop,
  .release = release,
};
