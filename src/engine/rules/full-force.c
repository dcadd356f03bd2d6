#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/online.h"
#include "engine/rls.h"
#include "engine/rule.h"
#include "engine/target.h"
#include "engine/trainer.h"

/* Full-FORCE (DePasquale, Cueva, Rajan, Escola & Abbott 2018, PLoS ONE 13:e0191527). A target network (target.h) gets what
 * the outputs should be, f, by random weights u; each unit's sum of recurrent and teacher current there, J r* + u f, is what
 * the recurrent current W r of the learning network should be. Both get the same input, so the difference of their currents
 * is the error, which recursive least squares (rls.h) keep small while trials run:
 *
 *   e_t = (W r)_t - (J r* + u f)_t       every `every` steps:  w_i <- w_i - k e_i,  k = P r / (1 + r' P r)
 *
 * All units that have the same sources share P. The read-out learns from f in the same way. Spikes are filtered on both
 * sides, x_t = d x_(t-1) + s_t and e_t = d e_(t-1) + (difference at t), d = exp (-1 / tau), where e_(t-1) is that after the
 * last update. */

typedef struct
{
  RheoTargetConfig target;
  RheoRlsConfig rls;
  double tau;
  RheoStopRows stop;
} FullForce;

static const RheoParam params[] = {
  RHEO_P_BLOCK (FullForce, target, RheoTargetConfig, "target", rheo_target_rows, .label = N_ ("Target network")),
  RHEO_P_BLOCK (FullForce, rls, RheoRlsConfig, "rls", rheo_rls_rows, .label = N_ ("Recursive least squares")),
  RHEO_P_REAL (FullForce, tau, "tau-filter", .label = N_ ("Filter of spikes"), .unit = N_ ("steps"),
               .help =
                   N_ ("Time constant with which spikes, and the currents that they should make, are filtered before "
                       "they are compared; 0: not at all."),
               .def = 5, .max = 1e6, .soft_max = 50, .needs = RHEO_SPIKES),
  RHEO_P_BLOCK (FullForce, stop, RheoStopRows, "stop", rheo_stop_rows, .label = N_ ("Early stop"),
                .words = N_ ("early stopping")),
  RHEO_P_END,
};

enum
{
  SERIES_MSE,
  SERIES_NMSE,
  SERIES_ONLINE,
  SERIES_LIMIT,
  SERIES_CURRENT,
};

static const RheoSeries series[] = {
  RHEO_SERIES_MSE,
  RHEO_SERIES_NMSE,
  RHEO_SERIES_ONLINE_MSE,
  RHEO_SERIES_LIMIT,
  { .key = "current-error",
    .label = N_ ("Error of the currents"),
    .help = N_ ("Squared differences of the currents of both networks while learning, over those of the target network "
                "about their mean."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG },
  { NULL },
};

typedef struct
{
  const RheoRule *rule;
  const RheoBatch *batch;
  RheoTarget target;
  RheoRls *rls, *readout_rls; /* readout_rls NULL: rls fits both */
  RheoFrozen frozen;
  RheoSources sources, read; /* of the recurrent matrix and of the read-out; read is not used where rls fits both */
  RheoOutputs outputs;
  RheoReal *e;                          /* [row][unit]: errors of the filtered currents */
  RheoReal *weight;                     /* [row] of the last step, of the outputs */
  double error, sum, squares, n_target; /* of currents */
} Work;

static void
see (void *data, int row, int64_t t, int64_t at)
{
  Work *work = data;
  const RheoTarget *target = &work->target;
  const int n = target->n_units;
  const RheoReal *now = rheo_tape_get_current (work->rule->net, target->pop, target->port, row, at);
  const RheoReal *wanted =
      target->current + ((gsize) row * (gsize) work->batch->n_steps + (gsize) t) * (gsize) target->n_units;
  RheoReal *e = work->e + (gsize) row * (gsize) n;

  rheo_sources_see (&work->sources, work->rule->net, row, at);
  if (work->readout_rls != NULL)
    rheo_sources_see (&work->read, work->rule->net, row, at);
  rheo_outputs_see (&work->outputs, work->rule->net, work->batch, row, t, at);
  work->weight[row] = (RheoReal) rheo_online_counts (work->batch, row, t);
  for (int i = 0; i < n; i++)
    {
      const RheoReal difference = now[i] - wanted[i];

      e[i] = work->sources.decay * e[i] + difference;
      work->error += (double) difference * (double) difference;
      work->sum += (double) wanted[i];
      work->squares += (double) wanted[i] * (double) wanted[i];
    }
  work->n_target += n;
}

static void
learn (void *data, int64_t t, int n_rows)
{
  Work *work = data;
  RheoReal *const errors[] = { work->e, work->outputs.e };
  const int lds[] = { work->target.n_units, work->outputs.n };

  rheo_rls_fit (work->rls, n_rows, work->sources.x, work->sources.n, NULL, errors, lds);
  if (work->readout_rls != NULL)
    rheo_rls_fit (work->readout_rls, n_rows, work->read.x, work->read.n, work->weight, errors + 1, lds + 1);
  rheo_net_weights_changed (work->rule->net);
}

static void
mark (Work *work)
{
  rheo_rls_mark (work->rls);
  if (work->readout_rls != NULL)
    rheo_rls_mark (work->readout_rls);
}

static void
go_back (Work *work)
{
  rheo_rls_go_back (work->rls);
  if (work->readout_rls != NULL)
    rheo_rls_go_back (work->readout_rls);
  rheo_net_weights_changed (work->rule->net);
}

static void
begin (Work *work, RheoRule *rule)
{
  const int n_rows = rule->batch->n_rows;

  work->rule = rule;
  work->batch = rule->batch;
  work->error = work->sum = work->squares = work->n_target = 0;
  rheo_sources_clear (&work->sources, n_rows);
  if (work->readout_rls != NULL)
    rheo_sources_clear (&work->read, n_rows);
  rheo_outputs_clear (&work->outputs, n_rows);
  memset (work->e, 0, sizeof *work->e * (gsize) n_rows * (gsize) work->target.n_units);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  const FullForce *config = rule->config;
  Work *work = rule->priv;
  const RheoBatch *batch = rule->batch;
  const RheoOnline online = { .rule = rule,
                              .batch = batch,
                              .every = config->rls.every,
                              .flags = RHEO_ROLL_CURRENTS,
                              .see = see,
                              .learn = learn,
                              .data = work };
  const double weight = rheo_frozen_weight (batch);
  double variance;
  RheoFit fit;

  begin (work, rule);
  if (!rheo_target_run (&work->target, rule, batch))
    return FALSE;
  mark (work);
  if (!rheo_online_run (&online) || !rheo_frozen_run (&work->frozen, rule, batch, NULL, NULL, &fit))
    {
      go_back (work);
      return FALSE;
    }
  rheo_rls_finish (work->rls);
  if (work->readout_rls != NULL)
    rheo_rls_finish (work->readout_rls);
  rule->fit = fit;
  rheo_frozen_report (&fit, batch, m);
  rheo_outputs_report (&work->outputs, batch, m);
  rheo_metrics_add (m, "train.read-out-limit", work->target.limit, weight);
  variance = work->squares - work->sum * work->sum / MAX (work->n_target, 1);
  rheo_metrics_add (m, "train.current-error", variance > 0 ? work->error / variance : 0, weight);
  return TRUE;
}

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  Work *work = rule->priv;

  return rheo_frozen_evaluate (&work->frozen, rule, batch, series, m);
}

/* --- setting up --------------------------------------------------------------------------------------------------- */

/* One matrix of correlations for both where the read-out sees the sources of the recurrent matrix in the same way, and all
 * steps count. */
static gboolean
share (const Work *work, const RheoNet *net)
{
  const RheoProj *rec = &rheo_net_get_plan (net)->proj[work->target.rec];
  const RheoProj *out = &rheo_net_get_plan (net)->proj[work->target.readout];

  return rec->from == out->from && rec->delay == out->delay && work->sources.decay == work->target.decay;
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const FullForce *config = rule->config;
  Work *work = rule->priv = g_new0 (Work, 1);
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  gboolean spikes;
  int projs[2];

  if (!rheo_target_init (&work->target, rule, &config->target, TRUE, error))
    return FALSE;
  projs[0] = work->target.rec;
  projs[1] = work->target.readout;
  spikes = plan->pop[plan->proj[projs[0]].from].cell->spikes && config->tau > 0;
  rheo_sources_init (&work->sources, rule->net, projs[0], (RheoReal) (spikes ? exp (-1 / config->tau) : 0));
  rheo_outputs_init (&work->outputs, rule->net, work->target.decay);
  rheo_frozen_init (&work->frozen, rule->net);
  work->e = g_new0 (RheoReal, (gsize) rheo_frozen_count_rows (rule->net) * (gsize) work->target.n_units);
  work->weight = g_new0 (RheoReal, rheo_frozen_count_rows (rule->net));
  work->rls = rheo_rls_new (rule->net, "rls", projs, share (work, rule->net) ? 2 : 1, &config->rls, error);
  if (work->rls == NULL)
    return FALSE;
  if (!share (work, rule->net))
    {
      rheo_sources_init (&work->read, rule->net, projs[1], work->target.decay);
      work->readout_rls = rheo_rls_new (rule->net, "read-out-rls", projs + 1, 1, &config->rls, error);
      if (work->readout_rls == NULL)
        return FALSE;
    }
  rheo_frozen_declare (rule, series, SERIES_CURRENT + 1);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_target_release (&work->target);
  rheo_rls_free (work->rls);
  rheo_rls_free (work->readout_rls);
  rheo_frozen_release (&work->frozen);
  rheo_sources_release (&work->sources);
  rheo_sources_release (&work->read);
  rheo_outputs_release (&work->outputs);
  g_free (work->e);
  g_free (work->weight);
  g_free (work);
}

static const RheoStopRows *
early_stop (const void *config)
{
  return &((const FullForce *) config)->stop;
}

const RheoRuleType rheo_rule_full_force = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "full-force",
            .title = N_ ("Full-FORCE"),
            .summary = N_ ("A target network driven by the wanted outputs shows which recurrent currents do the task; "
                           "recursive least squares on the recurrent weights make them while trials run."),
            .cite = "DePasquale, Cueva, Rajan, Escola & Abbott 2018, full-FORCE: A target-based method for training "
                    "recurrent networks",
            .config_size = sizeof (FullForce),
            .params = params,
            .series = series,
            .needs = RHEO_TRIALS | RHEO_SIGNALS | RHEO_BOUNDED },
  .unit = N_ ("batch"),
  .setup = setup,
  .iterate = iterate,
  .evaluate = evaluate,
  .early_stop = early_stop,
  .release = release,
};
