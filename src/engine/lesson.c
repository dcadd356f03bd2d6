#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "lesson.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "gradient-flow.h"
#include "task.h"
#include "team.h"
#include "trainer.h"

enum
{
  SERIES_LOSS,
  SERIES_TASK_LOSS,
  SERIES_RATE_LOSS,
  SERIES_ACCURACY,
  SERIES_R2,
  SERIES_MSE,
  SERIES_PENALTY,
  SERIES_DISTANCE,
  SERIES_LIMIT,
};

const RheoSeries rheo_lesson_series[] = {
  { .key = "loss",
    .label = N_ ("Loss"),
    .help = N_ ("What is minimised: task loss and penalties."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW },
  { .key = "task-loss",
    .label = N_ ("Task loss"),
    .help = N_ ("The loss without penalties."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "rate-loss",
    .label = N_ ("Rate loss"),
    .help = N_ ("Mean squared distance of the trials' firing rates from the target, whatever its weight is."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "accuracy",
    .label = N_ ("Accuracy"),
    .help = N_ ("Fraction of the trials whose highest score is that of their class."),
    .unit = "",
    .axes = "",
    .hi = 1,
    .flags = RHEO_SERIES_SHOW },
  { .key = "r2",
    .label = N_ ("R²"),
    .help =
        N_ ("Share of the targets' variance, over all outputs, trials and steps that count, that the outputs explain."),
    .unit = "",
    .axes = "" },
  { .key = "mse",
    .label = N_ ("Mean squared error"),
    .help = N_ ("Of the outputs, over all trials and steps that count."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG },
  { .key = "penalty",
    .label = N_ ("Penalties"),
    .help = N_ ("What regularisation adds to the loss."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "spike-error",
    .label = N_ ("Spike error"),
    .help = N_ ("Spikes of a trial that are missing or too many, against the inner target."),
    .unit = N_ ("spikes"),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "read-out-limit",
    .label = N_ ("Read-out limit"),
    .help = N_ ("Mean squared error of the outputs if all spikes were those of the inner target."),
    .unit = N_ ("a.u."),
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG },
  { NULL },
};

struct RheoLessonWork
{
  RheoRule *rule;
  const RheoLesson *config;
  RheoActivity *activity;
  RheoReal *out, *d_out; /* [row][step][out] of the batch */
  RheoRegularWork *regular;
  RheoDropoutWork *dropout; /* NULL: none */
  RheoInnerWork *inner;     /* NULL: none */
  double *distance;         /* [row]: spikes that differ from its target */
  RheoGrad *of_penalties;   /* made when needed */
  double *row_loss;         /* [row] */
  RheoFit *row_fit;         /* [row] */
  int *predicted;           /* [row] */
  double *scratch;          /* [thread][n_scratch] */
  int n_scratch, n_out;
};

/* One batch on its way through the network. */
typedef struct
{
  RheoLessonWork *work;
  const RheoRule *rule;
  const RheoLesson *config;
  const RheoBatch *batch;
  double norm;
  int n_lanes;      /* that the batch has rows for */
  int lane0, n_now; /* the wave on the tape */
  int64_t window, t0;
  gboolean gradient, penalised;
  gboolean task, penalties; /* whose gradient is distributed */
} Pass;

/* --- lanes: between the tape and the batch's own arrays ----------------------------------------------------------- */

/* Rows of a lane of the wave that the batch has; first: number of the first one. */
static int
lane_rows (const Pass *pass, int item, int *first)
{
  const RheoLane *lane = rheo_net_get_lane (pass->rule->net, pass->lane0 + item);

  *first = lane->row0;
  return CLAMP (pass->batch->n_rows - lane->row0, 0, lane->n_rows);
}

static gsize
place (const Pass *pass, int row, int64_t t)
{
  return ((gsize) row * pass->batch->n_steps + t) * pass->work->n_out;
}

/* Place of the read-out's numbers of a row of the lane at a step of the tape. */
static gsize
on_tape (const Pass *pass, const RheoTapeLane *lane, int row, int64_t t)
{
  const RheoPlan *plan = rheo_net_get_plan (pass->rule->net);

  return (gsize) (t * lane->n_rows + row - lane->row0) * (gsize) plan->pop[plan->out_pop].stride;
}

static void
collect_outputs (void *data, int item, int thread)
{
  Pass *pass = data;
  RheoLessonWork *work = pass->work;
  const RheoNet *net = pass->rule->net;
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoTapeLane *lane = &tape->lane[item];
  const RheoReal *out = lane->pop[rheo_net_get_plan (net)->out_pop].out;
  int first, n = lane_rows (pass, item, &first);

  for (int row = first; row < first + n; row++)
    for (int64_t t = 0; t < tape->n_steps; t++)
      memcpy (work->out + place (pass, row, pass->t0 + t), out + on_tape (pass, lane, row, t),
              sizeof (RheoReal) * work->n_out);
}

/* Outputs and spikes of the window on the tape. */
static void
collect (void *data, int item, int thread)
{
  Pass *pass = data;
  RheoLessonWork *work = pass->work;
  const RheoNet *net = pass->rule->net;
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoTapeLane *lane = &tape->lane[item];
  int first, n = lane_rows (pass, item, &first);

  collect_outputs (data, item, thread);
  for (int row = first; row < first + n && work->inner != NULL; row++)
    {
      const int64_t left = MIN (tape->n_steps, pass->batch->length[row] - pass->t0);
      const int trial = rheo_inner_trial (work->inner, pass->batch, row);

      work->distance[row] = (pass->t0 > 0 ? work->distance[row] : 0)
                            + rheo_inner_count (work->inner, lane, trial, row - first, pass->t0, left);
    }
  rheo_activity_add (work->activity, net, pass->batch, pass->lane0 + item, pass->t0);
  rheo_regular_add (work->regular, pass->batch, pass->lane0 + item, pass->t0);
  if (pass->gradient && work->dropout != NULL)
    rheo_dropout_add (work->dropout, pass->batch, pass->lane0 + item, pass->t0);
}

/* Loss of the rows of a lane, over their whole trials. */
static void
score (void *data, int item, int thread)
{
  Pass *pass = data;
  RheoLessonWork *work = pass->work;
  int first, n = lane_rows (pass, item, &first);

  for (int row = first; row < first + n; row++)
    {
      RheoReal *d_out = pass->gradient ? work->d_out + place (pass, row, 0) : NULL;
      if (d_out != NULL)
        memset (d_out, 0, sizeof (RheoReal) * pass->batch->n_steps * work->n_out);
      work->row_loss[row] =
          rheo_loss_row (&pass->config->loss, pass->batch, row, pass->norm, work->out + place (pass, row, 0), d_out,
                         work->n_out, work->scratch + (gsize) thread * work->n_scratch, &work->predicted[row]);
      work->row_fit[row] = (RheoFit){ 0 };
      if (pass->batch->target != NULL)
        rheo_loss_fit_row (pass->batch, row, work->out + place (pass, row, 0), work->n_out, &work->row_fit[row]);
    }
}

/* Gradients of outputs and spikes to the tape. */
static void
distribute (void *data, int item, int thread)
{
  Pass *pass = data;
  RheoLessonWork *work = pass->work;
  const RheoNet *net = pass->rule->net;
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoTapeLane *lane = &tape->lane[item];
  const RheoPlan *plan = rheo_net_get_plan (net);
  int first, n = lane_rows (pass, item, &first);

  for (int row = first; row < first + n && pass->task; row++)
    for (int64_t t = 0; t < tape->n_steps; t++)
      {
        const RheoReal *from = work->d_out + place (pass, row, pass->t0 + t);
        RheoReal *to = lane->pop[plan->out_pop].d_out + on_tape (pass, lane, row, t);
        for (int k = 0; k < work->n_out; k++)
          to[k] += from[k];
      }
  if (!pass->penalties)
    return;
  rheo_regular_gradient (work->regular, pass->batch, pass->lane0 + item, pass->t0);
  for (int i = 0; i < work->activity->n_pops && pass->penalised; i++)
    {
      int pop = work->activity->pop[i].pop;
      for (int64_t t = 0; t < tape->n_steps; t++)
        for (int row = first; row < first + n && pass->t0 + t < pass->batch->length[row]; row++)
          rheo_penalty_gradient (&pass->config->penalty, work->activity, pass->batch, i, row, pass->t0 + t,
                                 lane->pop[pop].d_out
                                     + (gsize) (t * lane->n_rows + row - first) * plan->pop[pop].stride);
    }
}

static void
over_lanes (Pass *pass, void (*fn) (void *data, int item, int thread))
{
  rheo_team_map (rheo_net_get_device (pass->rule->net)->team, pass->n_now, fn, pass);
}

/* --- passes over the batch ---------------------------------------------------------------------------------------- */
static gboolean
next_wave (Pass *pass)
{
  pass->lane0 += pass->n_now;
  pass->n_now = MIN (rheo_net_get_wave (pass->rule->net), pass->n_lanes - pass->lane0);
  pass->t0 = 0;
  return pass->n_now > 0;
}

static void
first_wave (Pass *pass)
{
  pass->lane0 = pass->n_now = 0;
}

static gboolean
has_noise (const Pass *pass)
{
  if (pass->gradient || pass->rule->noise == RHEO_NOISE_ALWAYS)
    return TRUE;
  return pass->rule->noise == RHEO_NOISE_AS_SET
         && (pass->batch->set == RHEO_SET_TRAIN || pass->config->noisy_validation);
}

/* Of the noise of a batch of the training: hardly any at first, all of it in the last third of the run. */
static double
noise_scale (const Pass *pass)
{
  const RheoTrainer *trainer = pass->rule->trainer;
  const double budget = rheo_experiment_get_run (rheo_trainer_get_experiment (trainer))->budget;

  if (!pass->gradient || !pass->config->annealing || budget <= 0)
    return 1;
  return 1 / (1 + exp (-(rheo_trainer_get_place (trainer).iteration - budget / 3) / (budget / 12)));
}

/* Populations whose outputs `collect` and `distribute` look at. */
static unsigned
read_pops (const Pass *pass)
{
  const RheoLessonWork *work = pass->work;
  unsigned pops = 1u << rheo_net_get_plan (pass->rule->net)->out_pop;

  for (int i = 0; i < work->activity->n_pops; i++)
    pops |= 1u << work->activity->pop[i].pop;
  if (work->inner != NULL)
    pops |= 1u << work->inner->pop;
  if (pass->gradient && work->dropout != NULL)
    pops |= 1u << rheo_dropout_get_pop (work->dropout);
  return pops | rheo_regular_read_pops (work->regular, &pass->config->regular);
}

static RheoRollout
window_rollout (const Pass *pass)
{
  RheoRollout r = rheo_rule_rollout (pass->rule, pass->batch, RHEO_ROLL_TAPE);

  if (pass->t0 > 0)
    r.flags &= ~(unsigned) RHEO_ROLL_RESET;
  if (pass->gradient && (pass->penalised || rheo_regular_uses_rates (pass->work->regular, &pass->config->regular)))
    r.flags |= RHEO_ROLL_D_OUT;
  if (pass->gradient && pass->penalties)
    r.pull = rheo_regular_pull (pass->work->regular, &pass->config->regular, &r.pull_pop);
  if (!has_noise (pass))
    r.flags &= ~(unsigned) RHEO_ROLL_NOISE;
  if (pass->gradient && pass->work->dropout != NULL)
    r.acts = rheo_dropout_join (pass->work->dropout, r.acts, r.n_acts, &r.n_acts);
  r.noise_scale = noise_scale (pass);
  r.t0 = pass->t0;
  r.t1 = MIN (pass->t0 + pass->window, pass->batch->n_steps);
  r.lane0 = pass->lane0;
  r.n_lanes = pass->n_now;
  r.read_pops = read_pops (pass);
  return r;
}

/* All windows of all waves; outputs, spikes and loss of the whole batch. FALSE: stopped. */
static gboolean
forward (Pass *pass)
{
  first_wave (pass);
  while (next_wave (pass))
    {
      for (; pass->t0 < pass->batch->n_steps; pass->t0 += pass->window)
        {
          RheoRollout r = window_rollout (pass);
          if (!rheo_rollout (pass->rule->net, &r))
            return FALSE;
          over_lanes (pass, collect);
        }
      over_lanes (pass, score);
    }
  rheo_activity_finish (pass->work->activity, pass->batch);
  rheo_regular_finish (pass->work->regular, pass->batch, pass->work->out);
  return TRUE;
}

/* again: the tape does not hold the whole batch, so each window goes forward once more before it goes back. */
static gboolean
backward (Pass *pass, gboolean again, RheoGrad *out)
{
  first_wave (pass);
  while (next_wave (pass))
    for (; pass->t0 < pass->batch->n_steps; pass->t0 += pass->window)
      {
        RheoRollout r = window_rollout (pass);
        if (again && !rheo_rollout (pass->rule->net, &r))
          return FALSE;
        over_lanes (pass, distribute);
        if (!rheo_backprop (pass->rule->net, &r, out))
          return FALSE;
      }
  return TRUE;
}

static void
turn_round (void *data, int item, int thread)
{
  collect (data, item, thread);
  score (data, item, thread);
  distribute (data, item, thread);
}

/* Each lane is scored and gone back through while its tape is in the cache: for losses that need no more than their own
 * row. */
static gboolean
lane_by_lane (Pass *pass, RheoGrad *out)
{
  first_wave (pass);
  while (next_wave (pass))
    {
      RheoRollout r = window_rollout (pass);

      r.on_lane = turn_round;
      r.on_lane_data = pass;
      if (!rheo_rollout_by_lane (pass->rule->net, &r, out))
        return FALSE;
    }
  rheo_activity_finish (pass->work->activity, pass->batch);
  rheo_regular_finish (pass->work->regular, pass->batch, pass->work->out);
  return TRUE;
}

/* The gradient of the task as ever; that of the penalties apart, from a tape of its own. */
static gboolean
safely (Pass *pass, gboolean again, RheoGrad *out)
{
  RheoLessonWork *work = pass->work;
  RheoNet *net = pass->rule->net;

  if (work->of_penalties == NULL)
    work->of_penalties = rheo_net_new_grad (net);
  rheo_grad_clear (work->of_penalties, net);
  if (!forward (pass))
    return FALSE;
  pass->penalties = FALSE;
  if (!backward (pass, again, out))
    return FALSE;
  pass->task = FALSE;
  pass->penalties = TRUE;
  if (!backward (pass, TRUE, work->of_penalties))
    return FALSE;
  rheo_regular_weights (work->regular, work->of_penalties);
  rheo_regular_add_safely (net, out, work->of_penalties);
  return TRUE;
}

static void
add (RheoMetrics *m, const char *prefix, int series, double value, double weight)
{
  rheo_metrics_add_key (m, prefix, rheo_lesson_series[series].key, value, weight);
}

static void
report (const Pass *pass, RheoFit *of_batch, RheoMetrics *m)
{
  const RheoBatch *batch = pass->batch;
  const RheoLessonWork *work = pass->work;
  const char *prefix = rheo_set_prefix (batch->set);
  RheoFit fit = { 0 };
  double task = 0, extra, regular, weight = rheo_activity_get_n_samples (batch);
  int n_right = 0;

  for (int row = 0; row < batch->n_rows; row++)
    {
      task += work->row_loss[row];
      rheo_loss_fit_add (&fit, &work->row_fit[row]);
      n_right += batch->label != NULL && work->predicted[row] == batch->label[row];
    }
  *of_batch = fit;
  extra = rheo_penalty_value (&pass->config->penalty, work->activity, batch);
  regular = rheo_regular_value (work->regular, batch);
  add (m, prefix, SERIES_LOSS, task + extra + regular, weight);
  add (m, prefix, SERIES_TASK_LOSS, task, weight);
  if (batch->label == NULL && isfinite (rheo_loss_r2 (&fit)))
    add (m, prefix, SERIES_R2, rheo_loss_r2 (&fit), weight);
  if (batch->label == NULL && fit.n > 0)
    add (m, prefix, SERIES_MSE, fit.error / fit.n, weight);
  if (rheo_regular_is_there (work->regular))
    add (m, prefix, SERIES_PENALTY, regular, weight);
  if (work->inner != NULL)
    {
      double distance = 0;

      for (int row = 0; row < batch->n_rows; row++)
        distance += work->distance[row] / batch->n_rows;
      add (m, prefix, SERIES_DISTANCE, distance, weight);
      if (batch->set == RHEO_SET_TRAIN)
        add (m, prefix, SERIES_LIMIT, rheo_inner_get_limit (work->inner), weight);
    }
  if (work->activity->n_pops > 0)
    add (m, prefix, SERIES_RATE_LOSS, rheo_penalty_rate_loss (&pass->config->penalty, work->activity, batch), weight);
  if (batch->label != NULL)
    add (m, prefix, SERIES_ACCURACY, (double) n_right / batch->n_rows, weight);
  if (batch->label != NULL && pass->rule->told != NULL)
    rheo_told_add (pass->rule->told, batch, work->predicted, work->activity);
  rheo_activity_report (work->activity, pass->rule->net, batch, m, prefix, batch->set == RHEO_SET_TRAIN);
}

static Pass
begin (RheoLessonWork *work, const RheoBatch *batch, gboolean gradient)
{
  const RheoRule *rule = work->rule;
  const RheoLesson *config = work->config;
  int n_lanes = 0;

  while (n_lanes < rheo_net_get_n_lanes (rule->net) && rheo_net_get_lane (rule->net, n_lanes)->row0 < batch->n_rows)
    n_lanes++;
  work->activity->config = config->activity;
  rheo_activity_begin (work->activity, batch);
  rheo_regular_begin (work->regular, &config->regular, batch);
  return (Pass){ .rule = rule,
                 .config = config,
                 .batch = batch,
                 .work = work,
                 .norm = rheo_loss_norm (&config->loss, batch),
                 .n_lanes = n_lanes,
                 .window = gradient && config->window > 0 ? config->window : batch->n_steps,
                 .gradient = gradient,
                 .task = TRUE,
                 .penalties = TRUE,
                 .penalised = rheo_penalty_is_on (&config->penalty) && work->activity->n_pops > 0 };
}

gboolean
rheo_lesson_gradient (RheoLessonWork *work, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m)
{
  RheoRule *rule = work->rule;
  Pass pass = begin (work, batch, TRUE);
  RheoSurrogate surrogate = rheo_surrogate_derive (&pass.config->surrogate);
  gboolean one_window = pass.window >= batch->n_steps, one_wave = pass.n_lanes <= rheo_net_get_wave (rule->net), done;
  gboolean by_row = !pass.penalised && !rheo_regular_uses_batch (pass.work->regular, &pass.config->regular);

  rheo_net_set_surrogate (rule->net, &surrogate);
  if (pass.work->dropout != NULL)
    rheo_dropout_begin (pass.work->dropout, batch, rule->seed, rheo_trainer_get_place (rule->trainer).batch);
  if (pass.config->task_safe)
    done = safely (&pass, !one_window || !one_wave, out);
  else if (one_window && by_row)
    done = lane_by_lane (&pass, out);
  else
    done = forward (&pass) && backward (&pass, !one_window || !one_wave, out);
  if (done)
    {
      if (pass.work->dropout != NULL)
        rheo_dropout_finish (pass.work->dropout, batch);
      if (!pass.config->task_safe)
        rheo_regular_weights (pass.work->regular, out);
      report (&pass, &rule->fit, m);
    }
  return done;
}

/* --- the rule ----------------------------------------------------------------------------------------------------- */
static void
declare (const RheoLessonWork *work, RheoMetrics *m, int set)
{
  const RheoRule *rule = work->rule;
  const char *prefix = rheo_set_prefix (set);

  for (int k = 0; rheo_lesson_series[k].key != NULL; k++)
    if ((k != SERIES_ACCURACY || rule->shape.n_classes > 0) && (k != SERIES_RATE_LOSS || work->activity->n_pops > 0)
        && ((k != SERIES_R2 && k != SERIES_MSE) || rule->shape.n_classes == 0)
        && (k != SERIES_PENALTY || rheo_regular_is_there (work->regular))
        && (k != SERIES_DISTANCE || work->inner != NULL)
        && (k != SERIES_LIMIT || (work->inner != NULL && set == RHEO_SET_TRAIN)))
      rheo_metrics_declare (m, prefix, &rheo_lesson_series[k], NULL);
  rheo_activity_declare (work->activity, rule->net, m, prefix, set == RHEO_SET_TRAIN);
}

gboolean
rheo_lesson_evaluate (RheoLessonWork *work, const RheoBatch *batch, RheoMetrics *m)
{
  RheoRule *rule = work->rule;
  Pass pass = begin (work, batch, FALSE);

  declare (work, m, batch->set);
  if (!forward (&pass))
    return FALSE;
  report (&pass, &rule->fit, m);
  rule->output = pass.work->out;
  return TRUE;
}

/* The tape may have been gone back over before. */
static void
clear_gradient (void *data, int item, int thread)
{
  const Pass *pass = data;
  const RheoTape *tape = rheo_net_get_tape (pass->rule->net);
  const RheoPlan *plan = rheo_net_get_plan (pass->rule->net);
  const RheoTapeLane *lane = &tape->lane[item];

  memset (lane->pop[plan->out_pop].d_out, 0,
          sizeof (RheoReal) * (gsize) (tape->n_steps * lane->n_rows) * (gsize) plan->pop[plan->out_pop].stride);
}

static void
add_answers (const RheoLessonWork *work, const RheoBatch *batch, RheoTable *table)
{
  const int64_t n = batch->n_rows;
  int32_t *answer;

  if (batch->label == NULL)
    return;
  answer = rheo_table_add (table, "task.answer", N_ ("Answer"), "", "trial", RHEO_I32, &n)->data;
  for (int row = 0; row < batch->n_rows; row++)
    answer[batch->item[row]] = work->predicted[row];
}

/* Nothing is learnt of it: the gradient of the weights is thrown away. */
void
rheo_lesson_record (RheoLessonWork *work, const RheoBatch *batch, RheoTable *table)
{
  const RheoRule *rule = work->rule;
  const RheoSurrogate surrogate = rheo_surrogate_derive (&work->config->surrogate);
  RheoRollout r = rheo_rule_rollout (rule, batch, RHEO_ROLL_TAPE);
  RheoGrad *unused;
  Pass pass = begin (work, batch, TRUE);

  pass.window = batch->n_steps;
  pass.penalties = pass.penalised = FALSE;
  first_wave (&pass);
  /* Where samples are time a step of the network is no step of a trial; what one wave does not hold is not on the tape. */
  if (batch->swapped || !next_wave (&pass) || pass.n_now < pass.n_lanes)
    return;
  r.n_lanes = rheo_net_get_tape (rule->net)->n_lanes;
  r.stop = NULL;
  unused = rheo_net_new_grad (rule->net);
  rheo_net_set_surrogate (rule->net, &surrogate);
  over_lanes (&pass, clear_gradient);
  over_lanes (&pass, collect_outputs);
  over_lanes (&pass, score);
  over_lanes (&pass, distribute);
  rheo_backprop (rule->net, &r, unused);
  add_answers (work, batch, table);
  rheo_net_fetch_tape (rule->net);
  rheo_gradient_flow_add (rule->net, batch, &surrogate, table);
  rheo_grad_free (unused);
}

static gboolean
freeze (RheoNet *net, const char *names, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  g_auto (GStrv) words = g_strsplit_set (names, " ,", -1);

  for (int i = 0; words[i] != NULL; i++)
    {
      int proj = rheo_net_find_proj (net, words[i]);
      g_autoptr (GString) list = g_string_new (NULL);

      if (words[i][0] == '\0')
        continue;
      for (int k = 0; k < plan->n_projs; k++)
        g_string_append_printf (list, "%s%s", k > 0 ? ", " : "", plan->proj[k].name);
      if (proj < 0)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("rule.frozen names the projection \"%s\", but those of the network are %s."), words[i],
                          list->str);
      for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
        if (rheo_net_get_trainable (net, k)->proj == rheo_net_get_proj (net, proj))
          rheo_net_get_trainable (net, k)->lr_scale = 0;
    }
  return TRUE;
}

/* The target is made before the first batch, so that it is there for whatever comes. */
static gboolean
add_inner (RheoLessonWork *work, gsize n_rows, GError **error)
{
  RheoRule *rule = work->rule;
  const RheoSlot slots[] = { RHEO_SLOT_TASK, RHEO_SLOT_MODEL };
  const RheoExperiment *experiment = rheo_trainer_get_experiment (rule->trainer);
  uint64_t gives = 0;

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    gives |= rheo_experiment_get_component (experiment, slots[i])->gives;
  if (!(gives & RHEO_CURRENTS) || !(gives & RHEO_REPEATS) || rule->shape.n_classes > 0)
    return TRUE; /* the row does nothing there */
  work->inner = g_new0 (RheoInnerWork, 1);
  work->distance = g_new0 (double, n_rows);
  return rheo_inner_begin (work->inner, rule, &work->config->inner, error)
         && rheo_inner_make (work->inner, rule, &work->config->inner, error);
}

RheoLessonWork *
rheo_lesson_new (RheoRule *rule, const RheoLesson *config, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  const RheoBatch sizes = { .n_out = plan->n_out };
  g_autoptr (RheoLessonWork) work = NULL;
  gsize n, n_rows, n_threads = rheo_team_get_n_threads (rheo_net_get_device (rule->net)->team);

  if (!rheo_loss_check (&config->loss, &rule->shape, error) || !freeze (rule->net, config->frozen, error))
    return NULL;
  work = g_new0 (RheoLessonWork, 1);
  work->rule = rule;
  work->config = config;
  work->activity = rheo_activity_new (rule->net, &config->activity);
  work->n_out = plan->n_out;
  work->n_scratch = rheo_loss_scratch (&sizes);
  n_rows = work->activity->n_rows;
  n = n_rows * rheo_net_get_shape (rule->net)->n_steps * work->n_out;
  work->out = g_new0 (RheoReal, n);
  work->d_out = g_new0 (RheoReal, n);
  work->regular = rheo_regular_new (rule->net);
  if (config->dropout.kind != 0)
    {
      work->dropout = rheo_dropout_new (rule->net, &config->dropout, error);
      if (work->dropout == NULL)
        return NULL;
    }
  if (config->inner_target && !add_inner (work, n_rows, error))
    return NULL;
  work->row_loss = g_new0 (double, n_rows);
  work->row_fit = g_new0 (RheoFit, n_rows);
  work->predicted = g_new0 (int, n_rows);
  work->scratch = g_new0 (double, n_threads * work->n_scratch);
  declare (work, rule->metrics, RHEO_SET_TRAIN);
  declare (work, rule->metrics, RHEO_SET_VALID);
  return g_steal_pointer (&work);
}

void
rheo_lesson_free (RheoLessonWork *work)
{
  if (work == NULL)
    return;
  rheo_activity_free (work->activity);
  g_free (work->out);
  g_free (work->d_out);
  rheo_regular_free (work->regular);
  rheo_dropout_free (work->dropout);
  g_free (work->inner);
  g_free (work->distance);
  rheo_grad_free (work->of_penalties);
  g_free (work->row_loss);
  g_free (work->row_fit);
  g_free (work->predicted);
  g_free (work->scratch);
  g_free (work);
}
