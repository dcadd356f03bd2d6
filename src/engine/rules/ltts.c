#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/frozen.h"
#include "engine/imitate.h"
#include "engine/online.h"
#include "engine/rule.h"
#include "engine/trainer.h"

/* Learning through target spikes (Muratore, Capone & Paolucci 2021, PLoS ONE 16:e0247014). A target network (target.h), which
 * the wanted outputs drive, shows which unit is to fire when, z*. While the weights learn, the spikes that other units and
 * the reset see are those of the target, not the network's own; v: membrane above its threshold, d: width, and
 *
 *   P (z_t = 1) = sigma (v_t / d),    dL/dv_t = (z*_t - sigma (v_t / d)) / (steps of the batch)
 *
 * is the gradient of the mean log-likelihood (in units of d) of the target's spikes by the membrane: without a derivative of
 * the spike. As nothing goes from unit to unit, dv/dW is what the membrane makes of the sources, and the gradient of a whole
 * trial is exact; there is one minimum. Only recurrent weights are trained that way. The read-out solves the least squares of
 * all spikes of the target network so far. Errors are those of the network left to itself.
 *
 * The clamped ensemble of behavioural cloning (Capone & Paolucci) is the same with other errors, those of filtered spikes
 * (imitate.h), with an update at each step, and a read-out of the network's own spikes. Where only the first `units` are
 * held, the others give what their first weights make of them, and learn nothing. */

enum
{
  READOUT_TARGET,
  READOUT_OWN,
  READOUT_OWN_DESCENT,
};

enum
{
  UPDATE_BATCH,
  UPDATE_STEP,
};

static const char *const error_choices[] = { "likelihood", "filtered-spikes", NULL };
static const char *const feedback_choices[] = { "own", "random", NULL };
static const char *const update_choices[] = { "batch", "step", NULL };
static const char *const readout_choices[] = { "target", "own", "own-descent", NULL };

typedef struct
{
  RheoTargetConfig target;
  RheoImitateConfig imitate;
  int units, update, readout;
  RheoTargetFit fit;
  RheoOptimiser optimiser;
  RheoStopRows stop;
} Ltts;

static const RheoParam params[] = {
  RHEO_P_BLOCK (Ltts, target, RheoTargetConfig, "target", rheo_target_rows, .label = N_ ("Target network")),
  RHEO_P_INT (Ltts, units, "units", .label = N_ ("Units that follow"),
              .help =
                  N_ ("So many units, the first ones, are held to the target while they learn; the others are left as "
                      "they are. 0: all."),
              .max = 65536, .soft_max = 300),
  RHEO_P_CHOICE (Ltts, imitate.errors, "errors", error_choices, .label = N_ ("Errors"),
                 .help = N_ ("What a unit learns from: how likely its membrane makes the spikes of the target; or the "
                             "difference between the filtered spikes of the target and its own.")),
  RHEO_P_REAL (Ltts, imitate.width, "width", .label = N_ ("Width of the threshold"), .unit = N_ ("a.u."),
               .help =
                   N_ ("Membranes so far from the threshold fire, or do not, with a chance of 73 %. Small values count "
                       "only what is on the wrong side."),
               .def = 1, .min = 1e-6, .max = 1e6, .soft_min = 0.01, .soft_max = 10, .when = "errors=likelihood",
               .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_REAL (Ltts, imitate.tau, "tau-target", .label = N_ ("Time constant of the target"), .unit = N_ ("steps"),
               .def = 5, .min = 0.05, .max = 1e6, .soft_min = 1, .soft_max = 100, .flags = RHEO_LOG,
               .when = "errors=filtered-spikes",
               .help = N_ ("How exact in time spikes must be: errors are taken between spikes filtered with it.")),
  RHEO_P_CHOICE (Ltts, imitate.random, "feedback", feedback_choices, .label = N_ ("Feedback"),
                 .help =
                     N_ ("Each unit has its own error; or the errors of all that follow come to each through random "
                         "weights."),
                 .when = "errors=filtered-spikes"),
  RHEO_P_INT (Ltts, imitate.rank, "rank", .label = N_ ("Rank"), .def = 3, .min = 1, .max = 65536, .soft_min = 1,
              .soft_max = 300, .help = N_ ("How many numbers these weights let through."), .when = "feedback=random"),
  RHEO_P_CHOICE (Ltts, update, "update", update_choices, .label = N_ ("Update"),
                 .help = N_ ("One for all steps of a batch; or one after each step of each trial, the trials one after "
                             "the other.")),
  RHEO_P_CHOICE (Ltts, readout, "read-out", readout_choices, .label = N_ ("Read-out"),
                 .help =
                     N_ ("Fitted to the spikes of the target network; or, after each batch, to those that the network "
                         "gives by itself: by least squares, or by descent of its error from zero.")),
  RHEO_P_REAL (Ltts, fit.ridge, "ridge", .label = N_ ("Ridge"), .def = 0.01, .max = 1000, .soft_min = 1e-4,
               .soft_max = 1, .when = "read-out=own", .flags = RHEO_LOG,
               .help = N_ ("Penalty on the squared weights of that read-out, times the mean square of what it reads.")),
  RHEO_P_INT (Ltts, fit.n_steps, "read-out-epochs", .label = N_ ("Epochs of the read-out"), .def = 250, .min = 1,
              .max = 1000000, .soft_min = 10, .soft_max = 5000, .when = "read-out=own-descent",
              .help = N_ ("Steps of the descent.")),
  RHEO_P_REAL (Ltts, fit.lr, "read-out-lr", .label = N_ ("Learning rate of the read-out"), .def = 0.01, .max = 1000,
               .soft_min = 1e-4, .soft_max = 0.1, .when = "read-out=own-descent", .flags = RHEO_LOG,
               .help = N_ ("Of the descent, by Adam.")),
  RHEO_P_BLOCK (Ltts, optimiser, RheoOptimiser, "optimiser", rheo_optimiser_rows, .label = N_ ("Optimiser")),
  RHEO_P_BLOCK (Ltts, stop, RheoStopRows, "stop", rheo_stop_rows, .label = N_ ("Early stop"),
                .words = N_ ("early stopping")),
  RHEO_P_END,
};

/* The schedule of the published program counts a tenth of the epochs times the steps of one trial of 80. */
static const RheoPreset presets[] = {
  { "cloning", N_ ("As published, cloning of behaviour"),
    "{\"target\": {\"sd\": 3, \"recurrent\": false}, \"errors\": \"filtered-spikes\", \"tau-target\": 5, "
    "\"feedback\": \"own\", \"update\": \"step\", \"read-out\": \"own-descent\", \"read-out-epochs\": 250, "
    "\"read-out-lr\": 0.01, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.01, \"beta1\": 0.9, \"beta2\": 0.999, "
    "\"eps\": 1e-8, \"schedule\": {\"kind\": \"step\", \"every\": 2000, \"count-updates\": true, \"factor\": 0.9}}}" },
  { NULL },
};

enum
{
  SERIES_MSE,
  SERIES_NMSE,
  SERIES_SPIKES,
  SERIES_CLAMPED,
  SERIES_LIMIT,
};

static const RheoSeries series[] = {
  { .key = "mse",
    .label = N_ ("Mean squared error"),
    .help = N_ ("Of the outputs of the network left to itself, over all outputs and steps that count."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG | RHEO_SERIES_SHOW },
  RHEO_SERIES_NMSE,
  { .key = "spike-error",
    .label = N_ ("Spike error"),
    .help = N_ ("Spikes too many and too few of the network left to itself, per trial, against the target network."),
    .unit = N_ ("spikes"),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW },
  { .key = "forced-error",
    .label = N_ ("Spike error, forced"),
    .help = N_ ("The same while all other units are held to the target."),
    .unit = N_ ("spikes"),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  RHEO_SERIES_LIMIT,
  { NULL },
};

typedef struct
{
  const RheoRule *rule;
  RheoTarget target;
  RheoFrozen frozen;
  RheoImitate imitate;
  uint8_t *held;    /* [unit]: held to the target, as the first ones are */
  double *a, *b;    /* KEEP: normal equations of the read-out, of all batches whose spikes were new */
  int64_t *fitted;  /* KEEP: RheoTarget.seen of the last of them */
  double *solution; /* [out][unit] */
  int64_t n_wrong;
} Work;

/* --- the read-out ------------------------------------------------------------------------------------------------- */
static void
take_solution (Work *work, int n_outputs)
{
  RheoProj *p = rheo_net_get_proj (work->rule->net, work->target.readout);
  const gsize n = (gsize) p->n_pre, n_out = (gsize) n_outputs;

  for (gsize o = 0; o < n_out; o++)
    for (gsize j = 0; j < n; j++)
      if (p->form == RHEO_DENSE)
        p->weight[j * (gsize) p->stride + o] = (RheoReal) work->solution[o * n + j];
      else
        for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
          if (p->syn_post[s] == (int32_t) o)
            p->weight[s] = (RheoReal) work->solution[o * n + j];
  rheo_proj_hold (p);
  rheo_net_weights_changed (work->rule->net);
}

static void
fit_readout (Work *work, const RheoBatch *batch)
{
  RheoProj *p = rheo_net_get_proj (work->rule->net, work->target.readout);
  const gsize n = (gsize) p->n_pre, n_out = (gsize) batch->n_out;

  if (work->target.seen != 0 && (int64_t) work->target.seen == *work->fitted)
    return;
  *work->fitted = (int64_t) work->target.seen;
  for (gsize i = 0; i < n * n; i++)
    work->a[i] += work->target.a[i];
  for (gsize i = 0; i < n * n_out; i++)
    work->b[i] += work->target.b[i];
  rheo_target_solve (p->n_pre, batch->n_out, work->a, work->b, 0, work->solution);
  take_solution (work, batch->n_out);
}

/* --- spikes ------------------------------------------------------------------------------------------------------- */
static const RheoReal *
target_at (const Work *work, const RheoBatch *batch, int row, int64_t t)
{
  return work->target.out + ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) work->target.n_units;
}

/* Spikes of the wave on the tape that are not those of the target. */
static void
compare (void *data, const RheoBatch *batch)
{
  Work *work = data;
  const RheoNet *net = work->rule->net;
  int row, end;

  for (end = rheo_frozen_rows_of_wave (net, batch, &row); row < end; row++)
    for (int64_t t = 0; t < batch->length[row]; t++)
      for (int i = 0; i < work->target.n_units; i++)
        work->n_wrong +=
            (rheo_tape_get_spike (net, work->target.pop, row, t, i) != 0) != (target_at (work, batch, row, t)[i] > 0);
}

/* Gradient of the membranes of a lane of the wave: into d_out of the units, which the cell hands on as it is. */
static void
distribute (Work *work, const RheoBatch *batch, const RheoTapeLane *lane, double scale)
{
  const RheoPop *pop = &rheo_net_get_plan (work->rule->net)->pop[work->target.pop];
  const RheoTapePop *tape = &lane->pop[work->target.pop];

  for (int row = lane->row0; row < MIN (lane->row0 + lane->n_rows, batch->n_rows); row++)
    {
      rheo_imitate_begin (&work->imitate);
      for (int64_t t = 0; t < batch->length[row]; t++)
        {
          const gsize at = (gsize) (t * lane->n_rows + row - lane->row0) * (gsize) pop->stride;
          /* Entry 0 of a cell's tape is the step before the window. */
          const RheoReal *membrane = tape->tape[0] + at + (gsize) lane->n_rows * (gsize) pop->stride;
          const double *signal = rheo_imitate_step (&work->imitate, membrane, target_at (work, batch, row, t));

          for (int i = 0; i < work->imitate.n; i++)
            tape->d_out[at + (gsize) i] = (RheoReal) (-scale * signal[i]);
        }
    }
}

/* Forward with the units held to the target, and back. FALSE: stopped. */
static gboolean
force (Work *work, const RheoBatch *batch, RheoGrad *out)
{
  const RheoSignal clamp = { .pop = work->target.pop, .value = work->target.out, .unit_on = work->held };
  const RheoSurrogate plain = { .kind = RHEO_SURROGATE_STRAIGHT, .scale = 1, .slope = 1, .width = 1 };
  RheoNet *net = work->rule->net;
  RheoRollout r = rheo_frozen_rollout (work->rule, batch, RHEO_ROLL_D_OUT);
  double n_steps = 0;

  for (int row = 0; row < batch->n_rows; row++)
    n_steps += batch->length[row];
  rheo_net_set_surrogate (net, &plain);
  while (rheo_frozen_next_wave (net, &r))
    {
      r.clamp = &clamp;
      if (!rheo_rollout (net, &r))
        return FALSE;
      for (int i = 0; i < rheo_net_get_tape (net)->n_lanes; i++)
        distribute (work, batch, &rheo_net_get_tape (net)->lane[i], 1 / n_steps);
      /* Without the clamp, which would take the gradient of what it holds away. */
      r.clamp = NULL;
      if (!rheo_backprop (net, &r, out))
        return FALSE;
    }
  return TRUE;
}

/* --- the same step by step ---------------------------------------------------------------------------------------- */

/* FALSE: stopped, or not finite. */
static gboolean
force_steps (Work *work, const RheoBatch *batch, gboolean *finite)
{
  const RheoSignal clamp = { .pop = work->target.pop, .value = work->target.out, .unit_on = work->held };
  RheoRule *rule = (RheoRule *) work->rule;
  RheoRollout r = rheo_frozen_rollout (rule, batch, RHEO_ROLL_CURRENTS);

  r.clamp = &clamp;
  while (rheo_frozen_next_wave (rule->net, &r))
    if (!rheo_rollout (rule->net, &r) || !rheo_imitate_learn (&work->imitate, rule, &work->target, batch, finite))
      return FALSE;
  return TRUE;
}

/* --- the rule ----------------------------------------------------------------------------------------------------- */

/* Errors of the network left to itself. */
static gboolean
run_free (Work *work, const RheoBatch *batch, RheoMetrics *m, RheoFit *fit)
{
  char name[32];

  work->n_wrong = 0;
  if (!rheo_frozen_run (&work->frozen, work->rule, batch, compare, work, fit))
    return FALSE;
  rheo_frozen_report (fit, batch, m);
  g_snprintf (name, sizeof name, "%s.spike-error", rheo_set_prefix (batch->set));
  rheo_metrics_add (m, name, (double) work->n_wrong / batch->n_rows, rheo_frozen_weight (batch));
  return TRUE;
}

/* The read-out, and what came of it all. FALSE: stopped. */
static gboolean
finish (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  const Ltts *config = rule->config;
  Work *work = rule->priv;
  const double weight = rheo_frozen_weight (batch);
  RheoTargetFit fit = config->fit;

  if (config->readout == READOUT_OWN)
    fit.n_steps = 0;
  if (config->readout == READOUT_TARGET)
    fit_readout (work, batch);
  else if (rheo_target_fit_own (&work->target, rule, batch, &fit, work->solution))
    take_solution (work, batch->n_out);
  else
    return FALSE;
  if (!run_free (work, batch, m, &rule->fit))
    return FALSE;
  rheo_metrics_add (m, "train.forced-error", (double) work->imitate.n_wrong / batch->n_rows, weight);
  rheo_metrics_add (m, "train.read-out-limit", work->target.limit, weight);
  return TRUE;
}

static gboolean
begin (RheoRule *rule, const RheoBatch *batch)
{
  Work *work = rule->priv;

  work->rule = rule;
  work->imitate.n_wrong = 0;
  return rheo_target_run (&work->target, rule, batch);
}

static gboolean
gradient (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m)
{
  return begin (rule, batch) && force (rule->priv, batch, out) && finish (rule, batch, m);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  Work *work = rule->priv;
  g_autoptr (GByteArray) before = g_byte_array_new ();
  gboolean finite = TRUE;

  if (!begin (rule, rule->batch))
    return FALSE;
  rheo_online_copy (rule->net, before, FALSE);
  if (force_steps (work, rule->batch, &finite) && finish (rule, rule->batch, m))
    return TRUE;
  rheo_online_copy (rule->net, before, TRUE);
  if (!finite)
    rheo_metrics_add (m, "train.mse", NAN, 1);
  return !finite;
}

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  Work *work = rule->priv;

  work->rule = rule;
  for (int i = SERIES_MSE; i <= SERIES_SPIKES; i++)
    rheo_metrics_declare (m, rheo_set_prefix (batch->set), &series[i], NULL);
  if (!rheo_target_run (&work->target, rule, batch) || !run_free (work, batch, m, &rule->fit))
    return FALSE;
  rule->output = work->frozen.out;
  return TRUE;
}

/* Only the recurrent matrix is trained, and nothing goes from unit to unit. */
static void
freeze_others (RheoNet *net, int rec)
{
  const RheoPlan *plan = rheo_net_get_plan (net);

  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].from >= 0)
      rheo_net_get_proj (net, i)->flags |= RHEO_PROJ_CUT;
  for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
    {
      RheoTrainable *t = rheo_net_get_trainable (net, k);

      if (t->value != rheo_net_get_proj (net, rec)->weight)
        t->lr_scale = 0;
    }
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Ltts *config = rule->config;
  Work *work = rule->priv = g_new0 (Work, 1);
  const RheoCell *cell;
  int64_t dims[2];
  int n_held;

  if (!rheo_target_init (&work->target, rule, &config->target, FALSE, error))
    return FALSE;
  n_held = config->units > 0 ? MIN (config->units, work->target.n_units) : work->target.n_units;
  if (!rheo_imitate_init (&work->imitate, &config->imitate, &work->target, n_held, rule->seed, error))
    return FALSE;
  rule->drives = config->update == UPDATE_STEP;
  cell = rheo_net_get_plan (rule->net)->pop[work->target.pop].cell;
  if (rule->drives && !g_str_equal (cell->id, "cuba-lif"))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("rule.update = step needs current-based integrate-and-fire units; use rule.update = batch."));
  dims[0] = dims[1] = rheo_net_get_proj (rule->net, work->target.readout)->n_pre;
  rheo_net_array (rule->net, "read-out.correlations", N_ ("Correlations of the sources of the read-out"), "",
                  "unit unit", RHEO_F64, RHEO_USE_KEEP, dims);
  dims[0] = rheo_net_get_plan (rule->net)->n_out;
  rheo_net_array (rule->net, "read-out.products", N_ ("Products of the targets with the sources of the read-out"), "",
                  "out unit", RHEO_F64, RHEO_USE_KEEP, dims);
  rheo_net_array (rule->net, "read-out.seen", N_ ("Which trials the read-out was fitted to last"), "", "", RHEO_I64,
                  RHEO_USE_KEEP, NULL);
  work->a = rheo_net_find_array (rule->net, "read-out.correlations")->data;
  work->b = rheo_net_find_array (rule->net, "read-out.products")->data;
  work->fitted = rheo_net_find_array (rule->net, "read-out.seen")->data;
  work->solution = g_new0 (double, dims[0] * dims[1]);
  if (work->a == NULL || work->b == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the read-out."));
  rheo_frozen_init (&work->frozen, rule->net);
  work->held = g_new0 (uint8_t, work->target.n_units);
  memset (work->held, 1, (gsize) n_held);
  freeze_others (rule->net, work->target.rec);
  for (int i = SERIES_MSE; i <= SERIES_LIMIT; i++)
    rheo_metrics_declare (rule->metrics, "train", &series[i], NULL);
  for (int i = SERIES_MSE; i <= SERIES_SPIKES; i++)
    rheo_metrics_declare (rule->metrics, "valid", &series[i], NULL);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_target_release (&work->target);
  rheo_imitate_release (&work->imitate);
  rheo_frozen_release (&work->frozen);
  g_free (work->solution);
  g_free (work->held);
  g_free (work);
}

static const RheoOptimiser *
optimiser (const void *config)
{
  return &((const Ltts *) config)->optimiser;
}

static const RheoStopRows *
early_stop (const void *config)
{
  return &((const Ltts *) config)->stop;
}

const RheoRuleType rheo_rule_ltts = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "ltts",
            .title = N_ ("Learning through target spikes"),
            .summary =
                N_ ("A target network driven by the wanted outputs shows which unit fires when; with all units held "
                    "to it, each learns its own spikes."),
            .cite =
                "Muratore, Capone & Paolucci 2021, Target spike patterns enable efficient and biologically plausible "
                "learning for complex temporal tasks",
            .config_size = sizeof (Ltts),
            .params = params,
            .presets = presets,
            .series = series,
            .needs = RHEO_TRIALS | RHEO_SIGNALS | RHEO_SPIKES | RHEO_THRESHOLDS | RHEO_ADJOINT },
  .unit = N_ ("batch"),
  .setup = setup,
  .gradient = gradient,
  .iterate = iterate,
  .evaluate = evaluate,
  .optimiser = optimiser,
  .early_stop = early_stop,
  .release = release,
};
