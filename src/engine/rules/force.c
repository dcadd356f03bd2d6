#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/frozen.h"
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
 * With spikes r is what the read-out makes of them: its decay is the filter. A leaky read-out u_t = d u_(t-1) + W' s_t still
 * holds what earlier weights gave; the error of the weights of the moment is e_t = d e_(t-1) + (u - f)_t - d (u - f)_(t-1),
 * where e_(t-1) is that after the last update. */

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
  int proj, from, delay, n_out;
  RheoReal decay;
  int ld_x, ld_e;
  RheoReal *x, *e, *before, *source; /* [row][ld_x]; [row][ld_e] twice: e_t, (u - f)_(t-1); [unit] */
  RheoReal *weight;                  /* [row] of the step */
  double error, n;                   /* squared errors while learning */
} Work;

static void
see (void *data, int row, int64_t t, int64_t at)
{
  Work *work = data;
  const RheoBatch *batch = work->batch;
  const RheoReal *out = rheo_tape_get_output (work->rule->net, row, at);
  const RheoReal *target = batch->target + ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) work->n_out;
  RheoReal *x = work->x + (gsize) row * (gsize) work->ld_x, *e = work->e + (gsize) row * (gsize) work->ld_e;
  RheoReal *before = work->before + (gsize) row * (gsize) work->ld_e;
  const double counts =
      batch->weight != NULL ? (double) batch->weight[(gsize) row * (gsize) batch->n_steps + (gsize) t] : 1;

  rheo_tape_copy_out (work->rule->net, work->from, row, at - work->delay, work->source);
  for (int j = 0; j < work->ld_x; j++)
    x[j] = work->decay * x[j] + work->source[j];
  for (int i = 0; i < work->n_out; i++)
    {
      const RheoReal now = out[i] - target[i];

      e[i] = work->decay * e[i] + now - work->decay * before[i];
      before[i] = now;
      work->error += counts * (double) now * (double) now;
      work->n += counts;
    }
  work->weight[row] = (RheoReal) counts;
}

static void
learn (void *data, int64_t t, int n_rows)
{
  Work *work = data;

  rheo_rls_fit (work->rls, n_rows, work->x, work->ld_x, work->weight, &work->e, &work->ld_e);
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
  work->error = work->n = 0;
  memset (work->x, 0, sizeof *work->x * (gsize) batch->n_rows * (gsize) work->ld_x);
  memset (work->e, 0, sizeof *work->e * (gsize) batch->n_rows * (gsize) work->ld_e);
  memset (work->before, 0, sizeof *work->before * (gsize) batch->n_rows * (gsize) work->ld_e);
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
  rheo_metrics_add (m, "train.online-mse", work->n > 0 ? work->error / work->n : 0, rheo_frozen_weight (batch));
  return TRUE;
}

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  Work *work = rule->priv;

  for (int i = SERIES_MSE; i <= SERIES_NMSE; i++)
    rheo_metrics_declare (m, rheo_set_prefix (batch->set), &series[i], NULL);
  if (!rheo_frozen_run (&work->frozen, rule, batch, NULL, NULL, &rule->fit))
    return FALSE;
  rheo_frozen_report (&rule->fit, batch, m);
  rule->output = work->frozen.out;
  return TRUE;
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Force *config = rule->config;
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  const RheoPop *out = &plan->pop[plan->out_pop];
  Work *work = rule->priv = g_new0 (Work, 1);
  const RheoProj *p;
  gsize n_rows;

  work->proj = rheo_frozen_find_readout (rule->net, &work->decay, error);
  if (work->proj < 0)
    return FALSE;
  p = rheo_net_get_proj (rule->net, work->proj);
  work->from = p->from;
  work->delay = p->delay;
  work->n_out = out->n_units;
  work->rls = rheo_rls_new (rule->net, "rls", &work->proj, 1, &config->rls, error);
  if (work->rls == NULL)
    return FALSE;
  rheo_frozen_init (&work->frozen, rule->net);
  n_rows = (gsize) rheo_frozen_count_rows (rule->net);
  work->ld_x = p->n_pre;
  work->ld_e = work->n_out;
  work->x = g_new0 (RheoReal, n_rows * (gsize) work->ld_x);
  work->e = g_new0 (RheoReal, n_rows * (gsize) work->ld_e);
  work->before = g_new0 (RheoReal, n_rows * (gsize) work->ld_e);
  work->weight = g_new0 (RheoReal, n_rows);
  work->source = g_new0 (RheoReal, work->ld_x);
  for (int i = SERIES_MSE; i <= SERIES_ONLINE; i++)
    rheo_metrics_declare (rule->metrics, "train", &series[i], NULL);
  for (int i = SERIES_MSE; i <= SERIES_NMSE; i++)
    rheo_metrics_declare (rule->metrics, "valid", &series[i], NULL);
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
  g_free (work->x);
  g_free (work->e);
  g_free (work->before);
  g_free (work->weight);
  g_free (work->source);
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
