#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/frozen.h"
#include "engine/goal-step.h"
#include "engine/inner.h"
#include "engine/kernels.h"
#include "engine/trainer.h"

/* Error-based and target-based learning in one frame (Capone, Muratore & Paolucci 2022). g: filtered inner target, r: filtered
 * spikes of the network, p: eligibility, psi: surrogate of the membrane, D: feedback matrix, i: target, j: source.
 *
 *   s_j <- e_s s_j + a_s z_j (t-1),   p_j <- e_m p_j + a_m s_j,   r_i <- e r_i + a z_i (t)
 *   L_i = sum over j of (g_j (t) - r_j) D_ji,   W_ji += lr p_j L_i psi_i,   W_ii = 0        at each step of each trial
 *
 * D = c 1 (each unit has its own error), or D = B B' with B of R columns: the read-out's own O, and random ones of twice
 * their spread; c is the mean diagonal of B B' with as many columns as units. With feedback of outputs the first O errors
 * B'(g - r) are those of the outputs. R = O is e-prop, D = c 1 with a short time constant is learning of spike times. */

enum
{
  MATRIX_DIAGONAL,
  MATRIX_RANK,
};

enum
{
  ERRORS_SPIKES,
  ERRORS_OUTPUTS,
};

enum
{
  UPDATE_SGD,
  UPDATE_ADAM,
};

enum
{
  RESAMPLE_OFF,
  RESAMPLE_EPOCH,
  RESAMPLE_STEP,
};

static const char *const matrix_choices[] = { "diagonal", "low-rank", NULL };
static const char *const error_choices[] = { "spikes", "outputs", NULL };
static const char *const resample_choices[] = { "off", "epoch", "step", NULL };
static const char *const update_choices[] = { "sgd", "adam", NULL };

typedef struct
{
  RheoInner inner;
  int matrix, rank, errors, resample, update, drop_every;
  double beta1, beta2, eps, drop;
  gboolean tied, per_size;
  double tau, lr, width, rate_term, threshold;
  RheoStopRows stop;
} Goal;

static const RheoParam params[] = {
  RHEO_P_CHOICE (Goal, matrix, "matrix", matrix_choices, .label = N_ ("Feedback matrix"),
                 .help =
                     N_ ("Each unit has its own error; or the errors of all units come through a matrix of low rank, "
                         "the read-out first.")),
  RHEO_P_INT (Goal, rank, "rank", .label = N_ ("Rank"), .def = 3, .max = 65536, .soft_min = 1, .soft_max = 150,
              .help = N_ ("Columns of the feedback: the outputs at least, the units at most."),
              .when = "matrix=low-rank"),
  RHEO_P_CHOICE (Goal, errors, "errors", error_choices, .label = N_ ("Errors"),
                 .help =
                     N_ ("What the first columns carry: what of the spikes' errors the read-out sees, or the errors "
                         "of the outputs."),
                 .when = "matrix=low-rank"),
  RHEO_P_CHOICE (Goal, resample, "resample", resample_choices, .label = N_ ("New random columns"),
                 .help = N_ ("Columns beyond the outputs are drawn anew: never, in each epoch, or in each step as in "
                             "the published program."),
                 .when = "matrix=low-rank", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Goal, lr, "lr", .label = N_ ("Learning rate"), .def = 5, .max = 1e6, .soft_min = 0.01, .soft_max = 20,
               .help = N_ ("Of the recurrent weights."), .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_BOOL (Goal, per_size, "lr-per-size", .label = N_ ("Divide by the root of the units"), .def = TRUE,
               .help = N_ ("The learning rate is divided by the square root of the number of units."),
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  RHEO_P_CHOICE (Goal, update, "update", update_choices, .label = N_ ("Update"),
                 .help = N_ ("Each step adds its own change to the weights; or goes through the moments of Adam."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Goal, beta1, "beta1", .label = N_ ("Decay of the mean"), .def = 0.9, .max = 0.999999,
               .help = N_ ("First moment of Adam: share that is kept from one step to the next."),
               .when = "update=adam", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Goal, beta2, "beta2", .label = N_ ("Decay of the square"), .def = 0.999, .max = 0.999999,
               .help = N_ ("Second moment of Adam: share that is kept from one step to the next."),
               .when = "update=adam", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Goal, eps, "eps", .label = N_ ("Epsilon"), .def = 1e-8, .min = 1e-12, .max = 1, .soft_min = 1e-10,
               .soft_max = 1e-3, .help = N_ ("Added to the root of the second moment."), .when = "update=adam",
               .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_REAL (Goal, drop, "drop", .label = N_ ("Drop of the learning rate"), .def = 1, .min = 0.01, .max = 1,
               .help = N_ ("Factor on the learning rate after each of so many steps."), .when = "update=adam",
               .flags = RHEO_ADVANCED),
  RHEO_P_INT (Goal, drop_every, "drop-every", .label = N_ ("Steps between drops"), .unit = N_ ("steps"), .def = 1000,
              .min = 1, .max = 1e9, .soft_min = 10, .soft_max = 100000,
              .help = N_ ("Time steps of trials, counted over all epochs."), .when = "update=adam",
              .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_BOOL (Goal, tied, "tied", .label = N_ ("Target filtered as the read-out"), .def = TRUE,
               .help = N_ ("Errors are taken between spikes filtered with the time constant of the read-out.")),
  RHEO_P_REAL (Goal, tau, "tau-target", .label = N_ ("Time constant of the target"), .unit = N_ ("steps"), .def = 5,
               .min = 0.05, .max = 1e6, .soft_min = 1, .soft_max = 100, .flags = RHEO_LOG, .when = "tied=false",
               .help = N_ ("How exact in time spikes must be: errors are taken between spikes filtered with it.")),
  RHEO_P_REAL (Goal, width, "width", .label = N_ ("Width of the surrogate"), .def = 1, .min = 1e-3, .max = 1000,
               .soft_min = 0.1, .soft_max = 10,
               .help = N_ ("How near to the threshold a membrane must be to learn; the height stays the same."),
               .flags = RHEO_LIVE | RHEO_LOG | RHEO_ADVANCED),
  RHEO_P_REAL (Goal, rate_term, "rate-term", .label = N_ ("Rate term"), .max = 1000, .soft_max = 1,
               .help = N_ ("After each trial, weights also follow the difference of firing rates from the target's, so "
                           "many times. Published with the library: 0.1."),
               .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Goal, threshold, "converged-below", .label = N_ ("Converged below"), .def = 0.08, .max = 1e6,
               .soft_max = 0.5, .help = N_ ("Mean squared error under which the network counts as converged."),
               .flags = RHEO_LIVE),
  RHEO_P_BLOCK (Goal, inner, RheoInner, "target", rheo_inner_rows, .label = N_ ("Inner target")),
  RHEO_P_BLOCK (Goal, stop, RheoStopRows, "stop", rheo_stop_rows, .label = N_ ("Early stop"),
                .words = N_ ("early stopping")),
  RHEO_P_END,
};

#define PUBLISHED                                                                                                      \
  "\"errors\": \"spikes\", \"resample\": \"off\", \"tied\": true, \"width\": 1, \"rate-term\": 0, \"target\": "        \
  "{\"sd\": 8, \"recurrent\": true, \"fit\": \"descent\", \"epochs\": 5000, \"lr\": 0.0025, \"safe\": true}"

static const RheoPreset presets[] = {
  { "cli", N_ ("As published, command line"), "{" PUBLISHED ", \"lr\": 5, \"lr-per-size\": true}" },
  { "script", N_ ("As published, slow learning"), "{" PUBLISHED ", \"lr\": 0.05, \"lr-per-size\": false}" },
  { "figure", N_ ("Diagonal feedback, as in the figures"),
    "{\"matrix\": \"diagonal\", " PUBLISHED ", \"lr\": 5, \"lr-per-size\": true}" },
  { "eprop", N_ ("Error-based: rank of the outputs"),
    "{\"matrix\": \"low-rank\", \"rank\": 3, \"errors\": \"outputs\", \"resample\": \"off\", \"tied\": true}" },
  { "library", N_ ("As published, library"),
    "{\"lr\": 5, \"lr-per-size\": true, \"rate-term\": 0.1, \"target\": {\"sd\": 8, \"recurrent\": false, \"fit\": "
    "\"descent\", \"epochs\": 5000, \"lr\": 0.0025, \"safe\": true}}" },
  { NULL },
};

enum
{
  SERIES_MSE,
  SERIES_DISTANCE,
  SERIES_LIMIT,
  SERIES_RATE,
  SERIES_RMS,
  SERIES_CONVERGENCE,
};

static const RheoSeries goal_series[] = {
  { .key = "mse",
    .label = N_ ("Mean squared error"),
    .help = N_ ("Of the outputs, over all steps: in training while the weights change, in validation with weights that "
                "stay as they are."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW | RHEO_SERIES_LOG },
  { .key = "spike-error",
    .label = N_ ("Spike error"),
    .help = N_ ("Spikes of a trial that are missing or too many, against the inner target."),
    .unit = N_ ("spikes"),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW },
  { .key = "read-out-limit",
    .label = N_ ("Read-out limit"),
    .help = N_ ("Mean squared error of the outputs if all spikes were those of the inner target."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG },
  { .key = "rate",
    .label = N_ ("Firing rate"),
    .help = N_ ("Spikes per unit and step."),
    .unit = N_ ("spikes/step"),
    .axes = "" },
  { .key = "rms-weight",
    .label = N_ ("Size of recurrent weights"),
    .help = N_ ("Root of their mean square."),
    .unit = "",
    .axes = "" },
  { .key = "convergence",
    .label = N_ ("Epochs until converged"),
    .help = N_ ("Epochs until the mean squared error was under the threshold; none while it was not."),
    .unit = N_ ("epochs"),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG },
  { NULL },
};

/* What a trial is to become. */
typedef struct
{
  RheoReal *g, *spikes, *more; /* [step][stride] twice, [step][out] */
} Target;

typedef struct
{
  RheoInnerWork inner;
  RheoGoalStep step;
  Target *target; /* [trial] */
  int rec, proj, n_columns, ld;
  double keep;
  RheoReal *random;   /* SCRATCH "goal.random": normals [column][unit], of the columns beyond the outputs */
  RheoReal *feedback; /* [column][stride] */
  RheoReal *whole;    /* D, where that is less work than B twice */
  RheoReal *backup;   /* of the recurrent weights and Adam's moments, while they learn */
  RheoReal *moments;  /* KEEP "goal.moments": [2][pre][post], or NULL: plain steps */
  double *n_steps;    /* KEEP: that Adam has made */
  double spread;      /* of the random columns */
  double *singular;   /* CONST "goal.singular-values": of D, [column] */
  double *converged;  /* KEEP: epoch, 0: not yet */
  uint8_t *seen;      /* target spikes that `target` was made of */
  RheoReal *read_out; /* [unit][out] that the feedback was made of */
  RheoFrozen frozen;  /* of evaluate */
  /* of the trial that goes on */
  const RheoBatch *batch;
  const Target *now;
  double distance, error, n_errors;
  uint32_t epoch;
} Work;

/* --- feedback ----------------------------------------------------------------------------------------------------- */
/* The random columns from the outputs on. */
static void
draw_columns (const RheoRule *rule, uint32_t iteration, uint32_t step)
{
  Work *work = rule->priv;
  const RheoRng rng = { rule->seed, RHEO_STREAM_RULE, iteration, step };

  for (int k = work->inner.n_out; k < work->n_columns; k++)
    rheo_rng_normals (rng, (uint32_t) k, 0, work->step.n, work->random + (gsize) k * (gsize) work->step.n);
}

/* Feedback from the random columns. */
static void
take_columns (Work *work)
{
  for (int k = work->inner.n_out; k < work->n_columns; k++)
    for (int i = 0; i < work->step.n; i++)
      work->feedback[k * work->ld + i] = (RheoReal) work->spread * work->random[k * work->step.n + i];
}

static void
make_whole (Work *work)
{
  memset (work->whole, 0, sizeof (RheoReal) * (gsize) work->step.n * (gsize) work->ld);
  rheo_kernels_fast.gemm (true, false, work->step.n, work->step.n, work->n_columns, work->feedback, work->ld,
                          work->feedback, work->ld, 0, work->whole, work->ld);
}

/* Everything that follows from the read-out. */
static void
make_feedback (RheoRule *rule)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  const int n = work->step.n, n_out = work->inner.n_out;
  double squares = 0;

  work->spread = 2 * rheo_goal_deviation (n * n_out, work->read_out);
  for (int k = 0; k < n_out; k++)
    for (int i = 0; i < n; i++)
      work->feedback[k * work->ld + i] = work->read_out[i * n_out + k];
  take_columns (work);
  for (int k = 0; k < work->n_columns; k++)
    for (int i = 0; i < n; i++)
      squares += (double) work->feedback[k * work->ld + i] * (double) work->feedback[k * work->ld + i];
  work->step.diagonal = (RheoReal) (squares / n);
  work->step.rank = config->matrix == MATRIX_RANK ? work->n_columns : 0;
  work->step.feedback = work->feedback;
  work->step.whole = work->whole;
  if (work->whole != NULL)
    make_whole (work);
  rheo_inner_spectrum (work->n_columns, n, work->ld, work->feedback, work->singular);
  for (int k = 0; k < work->n_columns && work->step.rank == 0; k++)
    work->singular[k] = squares / n;
}

/* --- targets ------------------------------------------------------------------------------------------------------ */
static void
make_target (RheoRule *rule, int trial)
{
  Work *work = rule->priv;
  const int n = work->step.n;
  Target *target = &work->target[trial];

  rheo_inner_filter (&work->inner, trial, work->keep, work->ld, target->g);
  for (int t = 0; t < work->inner.n_steps; t++)
    for (int i = 0; i < n; i++)
      target->spikes[t * work->ld + i] =
          work->inner.spikes[((gsize) trial * (gsize) work->inner.n_steps + (gsize) t) * (gsize) n + (gsize) i];
}

/* What an output's error is beyond that of the units: y - W'g, of a batch that holds the trial. */
static void
make_more (Work *work, const RheoBatch *batch, int row, Target *target)
{
  const int n = work->step.n, n_out = work->inner.n_out;

  for (int t = 0; t < batch->length[row]; t++)
    for (int k = 0; k < n_out; k++)
      {
        double sum =
            (double) batch->target[((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) n_out + (gsize) k];

        for (int i = 0; i < n; i++)
          sum -= (double) target->g[t * work->ld + i] * (double) work->read_out[i * n_out + k];
        target->more[t * n_out + k] = (RheoReal) sum;
      }
}

/* After the phases, and after numbers were loaded: what is kept beside the arrays of the net is made anew where it is of
 * others. */
static void
catch_up (RheoRule *rule)
{
  Work *work = rule->priv;
  const RheoProj *out = rheo_net_get_proj (rule->net, work->inner.proj);
  const int n = work->step.n, n_out = work->inner.n_out;
  const gsize size = (gsize) work->inner.n_trials * (gsize) work->inner.n_steps * (gsize) n;
  gboolean same = memcmp (work->seen, work->inner.spikes, size) == 0;

  for (int i = 0; i < n && same; i++)
    same = memcmp (work->read_out + i * n_out, out->weight + (gsize) i * (gsize) out->stride,
                   sizeof (RheoReal) * (gsize) n_out)
           == 0;
  if (same)
    return;
  memcpy (work->seen, work->inner.spikes, size);
  for (int i = 0; i < n; i++)
    memcpy (work->read_out + i * n_out, out->weight + (gsize) i * (gsize) out->stride,
            sizeof (RheoReal) * (gsize) n_out);
  for (int trial = 0; trial < work->inner.n_trials; trial++)
    make_target (rule, trial);
  make_feedback (rule);
}

/* --- Adam --------------------------------------------------------------------------------------------------------- */

/* The step's update through the moments (Kingma & Ba 2015), uphill. */
static void
adam_step (RheoRule *rule, RheoReal *c)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  RheoProj *p = rheo_net_get_proj (rule->net, work->proj);
  const int n = work->step.n;
  const double t = *work->n_steps += 1, lr = config->lr / (config->per_size ? sqrt ((double) n) : 1);
  const RheoAdam how = { .grad_scale = -1,
                         .b1 = (RheoReal) config->beta1,
                         .b2 = (RheoReal) config->beta2,
                         .step_size = (RheoReal) (lr * pow (config->drop, floor (t / config->drop_every))
                                                  / (1 - pow (config->beta1, t))),
                         .root_scale = (RheoReal) (1 / sqrt (1 - pow (config->beta2, t))),
                         .eps = (RheoReal) config->eps };

  rheo_goal_adam (&work->step, &how, p->weight, p->stride, work->moments, c);
}

/* --- learning ----------------------------------------------------------------------------------------------------- */
static void
on_step (void *data, RheoLane *lane, int64_t t)
{
  RheoRule *rule = data;
  const Goal *config = rule->config;
  Work *work = rule->priv;
  const RheoLanePop *rec = &lane->pop[work->rec];

  if (rec->n_running == 0)
    return;
  if (t == 0)
    {
      rheo_goal_begin (&work->step);
      return;
    }
  if (config->resample == RESAMPLE_STEP && work->step.rank > work->inner.n_out)
    {
      draw_columns (rule, work->epoch + 1, (uint32_t) t);
      take_columns (work);
    }
  work->distance +=
      rheo_goal_step (&work->step, rec->out_before, rec->out, rec->state[0], work->now->g + t * work->ld,
                      work->now->spikes + t * work->ld,
                      config->errors == ERRORS_OUTPUTS ? work->now->more + t * work->inner.n_out : NULL, rec->state[1]);
  if (work->moments != NULL)
    adam_step (rule, rec->state[1]);
  else
    {
      const RheoGoalStep *step = &work->step;
      const RheoTraces traces = { .keep = { step->keep_synapse, step->keep_membrane },
                                  .gain = { step->gain_synapse, step->gain_membrane },
                                  .z = rec->out_before,
                                  .x = step->s,
                                  .p = step->p };

      rheo_proj_rank1_traced (rule->net, work->proj, lane, &traces, step->q);
    }
}

static void
set_rates (RheoRule *rule)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;

  work->step.slope = (RheoReal) (1 / config->width);
  work->step.rate = (RheoReal) (config->lr * config->width / (config->per_size ? sqrt ((double) work->step.n) : 1));
}

static void
clear_diagonal (RheoProj *p)
{
  for (int j = 0; j < p->n_pre; j++)
    p->weight[(gsize) j * (gsize) p->stride + (gsize) j] = 0;
}

/* W_ji += term (f*_i - f_i) sum over t of p_j. */
static void
follow_rates (RheoRule *rule, int row)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  RheoProj *p = rheo_net_get_proj (rule->net, work->proj);
  const int n = work->step.n, length = work->batch->length[row];

  memset (work->step.q, 0, sizeof (RheoReal) * (gsize) work->ld);
  for (int t = 0; t < length; t++)
    for (int i = 0; i < n; i++)
      work->step.q[i] +=
          work->now->spikes[t * work->ld + i] - (RheoReal) rheo_tape_get_spike (rule->net, work->rec, 0, t, i);
  for (int j = 0; j < n; j++)
    rheo_kernels_fast.axpy (n, (RheoReal) config->rate_term / (RheoReal) length * work->step.sum_p[j], work->step.q,
                            p->weight + (gsize) j * (gsize) p->stride);
  clear_diagonal (p);
}

/* FALSE: stopped. */
static gboolean
learn_trial (RheoRule *rule, int row)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  const RheoBatch batch = rheo_inner_only (rule->batch, row);
  Target *target = &work->target[rheo_inner_trial (&work->inner, rule->batch, row)];
  const gboolean rates = config->rate_term > 0;
  RheoRollout r = rheo_rule_rollout (rule, &batch, RHEO_ROLL_LEARN | RHEO_ROLL_TAPE);

  work->batch = &batch;
  work->now = target;
  if (config->matrix == MATRIX_RANK && config->errors == ERRORS_OUTPUTS)
    make_more (work, &batch, 0, target);
  r.n_lanes = 1;
  r.on_step = on_step;
  r.on_step_data = rule;
  r.n_seen = work->rec + 1;
  if (!rheo_rollout (rule->net, &r))
    return FALSE;
  rheo_net_flush (rule->net);
  if (work->moments != NULL)
    rheo_net_weights_changed (rule->net);
  for (int t = 0; t < batch.length[0]; t++)
    {
      const RheoReal *out = rheo_tape_get_output (rule->net, 0, t), *y = batch.target + t * batch.n_out;

      work->n_errors += batch.n_out;
      for (int k = 0; k < batch.n_out; k++)
        work->error += ((double) y[k] - (double) out[k]) * ((double) y[k] - (double) out[k]);
    }
  if (rates)
    follow_rates (rule, 0);
  return TRUE;
}

static void
add (RheoMetrics *m, const char *prefix, int series, double value, double weight)
{
  char name[64];

  g_snprintf (name, sizeof name, "%s.%s", prefix, goal_series[series].key);
  rheo_metrics_add (m, name, value, weight);
}

static void
report (RheoRule *rule, RheoMetrics *m)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  const RheoProj *p = rheo_net_get_proj (rule->net, work->proj);
  const double rows = rule->batch->n_rows, mse = work->error / work->n_errors;

  add (m, "train", SERIES_MSE, mse, rows);
  add (m, "train", SERIES_DISTANCE, work->distance / rows, rows);
  add (m, "train", SERIES_LIMIT, rheo_inner_get_limit (&work->inner), rows);
  add (m, "train", SERIES_RMS,
       sqrt (rheo_kernels_fast.sum_squares (p->n_pre, p->stride, p->n_post, p->weight) / p->n_pre / p->n_post), rows);
  if (*work->converged == 0 && mse < config->threshold)
    *work->converged = (double) rheo_trainer_get_place (rule->trainer).iteration + 1;
  if (*work->converged > 0)
    add (m, "train", SERIES_CONVERGENCE, *work->converged, rows);
}

static gboolean
goal_iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  const Goal *config = rule->config;
  Work *work = rule->priv;
  RheoProj *p = rheo_net_get_proj (rule->net, work->proj);
  const gsize size = sizeof (RheoReal) * (gsize) p->n_pre * (gsize) p->stride;
  const gsize of_moments = sizeof (RheoReal) * 2 * (gsize) p->n_pre * (gsize) p->n_post;
  gboolean done = TRUE;
  double n_steps;

  if (!rheo_inner_is_there (&work->inner))
    {
      if (!rheo_inner_make (&work->inner, rule, &config->inner, error))
        return FALSE;
      clear_diagonal (p);
      rheo_net_weights_changed (rule->net);
    }
  catch_up (rule);
  set_rates (rule);
  work->distance = work->error = work->n_errors = 0;
  work->epoch = (uint32_t) rheo_trainer_get_place (rule->trainer).batch;
  if (isnan (rheo_inner_get_limit (&work->inner)))
    {
      add (m, "train", SERIES_MSE, NAN, 1);
      return TRUE;
    }
  if (config->resample == RESAMPLE_EPOCH && work->step.rank > work->inner.n_out)
    {
      draw_columns (rule, work->epoch + 1, 0);
      take_columns (work);
      if (work->whole != NULL)
        make_whole (work);
    }
  memcpy (work->backup, p->weight, size);
  n_steps = *work->n_steps;
  if (work->moments != NULL)
    memcpy ((char *) work->backup + size, work->moments, of_moments);
  for (int row = 0; row < rule->batch->n_rows && done; row++)
    done = learn_trial (rule, row);
  if (done)
    report (rule, m);
  else
    {
      rheo_net_flush (rule->net);
      memcpy (p->weight, work->backup, size);
      *work->n_steps = n_steps;
      if (work->moments != NULL)
        memcpy (work->moments, (char *) work->backup + size, of_moments);
      rheo_net_weights_changed (rule->net);
    }
  return done;
}

/* --- evaluation with weights that stay ---------------------------------------------------------------------------- */
static void
declare (const Work *work, RheoMetrics *m, int set, gboolean whole)
{
  for (int k = 0; goal_series[k].key != NULL; k++)
    if (whole ? k != SERIES_RATE
              : k == SERIES_MSE || k == SERIES_RATE || (k == SERIES_DISTANCE && rheo_inner_has (&work->inner, set)))
      rheo_metrics_declare (m, rheo_set_prefix (set), &goal_series[k], NULL);
}

typedef struct
{
  const RheoRule *rule;
  double distance, n_spikes, n_steps;
} Seen;

static void
see_wave (void *data, const RheoBatch *batch)
{
  Seen *seen = data;
  const Work *work = seen->rule->priv;
  const RheoTape *tape = rheo_net_get_tape (seen->rule->net);

  for (int i = 0; i < tape->n_lanes; i++)
    {
      const RheoTapeLane *lane = &tape->lane[i];

      seen->n_spikes += (double) lane->pop[work->rec].n_spikes;
      for (int row = lane->row0; row < MIN (lane->row0 + lane->n_rows, batch->n_rows); row++)
        {
          seen->distance += rheo_inner_count (&work->inner, lane, rheo_inner_trial (&work->inner, batch, row),
                                              row - lane->row0, 0, batch->length[row]);
          seen->n_steps += batch->length[row];
        }
    }
}

static gboolean
goal_evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  Work *work = rule->priv;
  const char *prefix = rheo_set_prefix (batch->set);
  const double rows = batch->n_rows;
  Seen seen = { .rule = rule };

  declare (work, m, batch->set, FALSE);
  if (!rheo_frozen_run (&work->frozen, rule, batch, see_wave, &seen, &rule->fit))
    return FALSE;
  rule->output = work->frozen.out;
  add (m, prefix, SERIES_MSE, rheo_frozen_mse (&rule->fit), rows);
  if (rheo_inner_has (&work->inner, batch->set))
    add (m, prefix, SERIES_DISTANCE, seen.distance / rows, rows);
  add (m, prefix, SERIES_RATE, seen.n_spikes / (seen.n_steps * work->step.n), rows);
  return TRUE;
}

/* --- the rule ----------------------------------------------------------------------------------------------------- */
static gboolean
check_rank (const Goal *config, const RheoInnerWork *inner, GError **error)
{
  if (config->matrix != MATRIX_RANK)
    return TRUE;
  if (config->rank == 0)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("rule.rank is 0: no error would reach a unit and nothing would be learned. %d to %d are allowed, "
           "or rule.matrix = diagonal."),
        inner->n_out, inner->n_units);
  if (config->rank < inner->n_out || config->rank > inner->n_units)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("rule.rank is %d, but the feedback has the %d outputs as its first columns and at most as many "
           "as there are units, %d."),
        config->rank, inner->n_out, inner->n_units);
  return TRUE;
}

/* Aligned numbers of the rule's own. */
static RheoReal *
scratch (RheoNet *net, const char *name, const char *label, int64_t n_rows, int64_t width)
{
  const int64_t dims[2] = { n_rows, width };

  rheo_net_array (net, name, label, "", "row number", sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64,
                  RHEO_USE_SCRATCH, dims);
  return rheo_net_find_array (net, name)->data;
}

static gboolean
make_buffers (RheoRule *rule)
{
  const Goal *config = rule->config;
  RheoNet *net = rule->net;
  Work *work = rule->priv;
  const RheoInnerWork *inner = &work->inner;
  const RheoProj *p = rheo_net_get_proj (net, work->proj);
  const gsize n = (gsize) inner->n_units, n_steps = (gsize) inner->n_steps, n_out = (gsize) inner->n_out;
  const gboolean whole = config->matrix == MATRIX_RANK && config->errors == ERRORS_SPIKES
                         && config->resample != RESAMPLE_STEP && 2 * config->rank > inner->n_units;
  RheoReal *vectors = scratch (net, "goal.vectors", N_ ("Traces"), 7, work->ld);
  RheoReal *targets =
      scratch (net, "goal.targets", N_ ("Filtered target"), 2 * (int64_t) inner->n_trials * inner->n_steps, work->ld);

  work->random = scratch (net, "goal.random", N_ ("Random columns of the feedback"), work->n_columns, inner->n_units);
  work->feedback = scratch (net, "goal.feedback", N_ ("Feedback"), work->n_columns, work->ld);
  if (whole)
    work->whole = scratch (net, "goal.product", N_ ("Feedback matrix"), inner->n_units, work->ld);
  if (vectors == NULL || targets == NULL || work->random == NULL || work->feedback == NULL
      || (whole && work->whole == NULL))
    return FALSE;
  work->step.s = vectors;
  work->step.p = vectors + work->ld;
  work->step.r = vectors + 2 * work->ld;
  work->step.error = vectors + 3 * work->ld;
  work->step.signal = vectors + 4 * work->ld;
  work->step.q = vectors + 5 * work->ld;
  if (config->rate_term > 0)
    work->step.sum_p = vectors + 6 * work->ld;
  work->target = g_new0 (Target, inner->n_trials);
  for (int k = 0; k < inner->n_trials; k++)
    {
      work->target[k].g = targets + 2 * (gsize) k * n_steps * (gsize) work->ld;
      work->target[k].spikes = work->target[k].g + n_steps * (gsize) work->ld;
      work->target[k].more = g_new0 (RheoReal, n_steps * n_out);
    }
  work->seen = g_new0 (uint8_t, (gsize) inner->n_trials * n_steps * n);
  work->read_out = g_new0 (RheoReal, n * n_out);
  rheo_frozen_init (&work->frozen, net);
  work->backup = g_new (RheoReal, (gsize) p->n_pre * (gsize) (p->stride + (work->moments != NULL ? 2 * p->n_post : 0)));
  return TRUE;
}

static gboolean
goal_setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Goal *config = rule->config;
  RheoNet *net = rule->net;
  const RheoPlan *plan = rheo_net_get_plan (net);
  Work *work = rule->priv = g_new0 (Work, 1);
  RheoInnerWork *inner = &work->inner;
  const RheoCuba *cell;
  const RheoFilter *filter;
  const int64_t one = 1;
  int64_t columns;

  if (!rheo_inner_begin (inner, rule, &config->inner, error) || !check_rank (config, inner, error))
    return FALSE;
  work->rec = inner->pop;
  work->proj = rheo_net_find_proj (net, "rec");
  cell = plan->pop[work->rec].derived;
  filter = plan->pop[rheo_net_find_pop (net, "trace")].derived;
  work->ld = RHEO_PADDED (inner->n_units);
  work->keep = config->tied ? (double) filter->keep : exp (-1 / config->tau);
  work->n_columns = config->matrix == MATRIX_RANK ? config->rank : inner->n_units;
  columns = work->n_columns;
  work->step = (RheoGoalStep){ .n = inner->n_units,
                               .stride = work->ld,
                               .n_out = inner->n_out,
                               .keep_synapse = cell->keep_synapse,
                               .gain_synapse = cell->gain_synapse,
                               .keep_membrane = cell->keep_membrane,
                               .gain_membrane = cell->gain_membrane,
                               .keep_target = (RheoReal) work->keep,
                               .gain_target = (RheoReal) (1 - work->keep),
                               .threshold = plan->pop[work->rec].param[0] };
  rheo_net_array (net, "goal.converged", N_ ("Epochs until converged"), "", "number", RHEO_F64, RHEO_USE_KEEP, &one);
  work->converged = rheo_net_find_array (net, "goal.converged")->data;
  rheo_net_array (net, "goal.steps", N_ ("Steps of Adam"), "", "number", RHEO_F64, RHEO_USE_KEEP, &one);
  work->n_steps = rheo_net_find_array (net, "goal.steps")->data;
  if (config->update == UPDATE_ADAM)
    {
      const int64_t dims[3] = { 2, inner->n_units, inner->n_units };

      rheo_net_array (net, "goal.moments", N_ ("Moments of Adam"), "", "moment pre post",
                      sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64, RHEO_USE_KEEP, dims);
      work->moments = rheo_net_find_array (net, "goal.moments")->data;
    }
  rheo_net_array (net, "goal.singular-values", N_ ("Singular values of the feedback matrix"), "", "number", RHEO_F64,
                  RHEO_USE_CONST, &columns);
  work->singular = rheo_net_find_array (net, "goal.singular-values")->data;
  if (work->converged == NULL || work->singular == NULL || work->n_steps == NULL
      || (config->update == UPDATE_ADAM && work->moments == NULL) || !make_buffers (rule))
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the inner target."));
  draw_columns (rule, 0, 0);
  declare (work, rule->metrics, RHEO_SET_TRAIN, TRUE);
  declare (work, rule->metrics, RHEO_SET_VALID, FALSE);
  return TRUE;
}

static void
goal_release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  for (int k = 0; work->target != NULL && k < work->inner.n_trials; k++)
    g_free (work->target[k].more);
  g_free (work->target);
  g_free (work->seen);
  g_free (work->read_out);
  rheo_frozen_release (&work->frozen);
  g_free (work->backup);
  g_free (work);
}

static const RheoStopRows *
goal_early_stop (const void *config)
{
  return &((const Goal *) config)->stop;
}

const RheoRuleType rheo_rule_goal = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "goal",
            .title = N_ ("Target-based learning (GOAL)"),
            .summary =
                N_ ("The network learns to repeat the spikes that the targets evoked in it, with errors of single "
                    "spikes, of outputs, or of anything between."),
            .cite = "Capone, Muratore & Paolucci 2022, Error-based or target-based? A unified framework for learning "
                    "in recurrent spiking networks",
            .config_size = sizeof (Goal),
            .params = params,
            .presets = presets,
            .series = goal_series,
            .needs = RHEO_TRIALS | RHEO_SIGNALS | RHEO_REPEATS | RHEO_CURRENTS },
  .unit = N_ ("epoch"),
  .setup = goal_setup,
  .iterate = goal_iterate,
  .evaluate = goal_evaluate,
  .early_stop = goal_early_stop,
  .release = goal_release,
};
