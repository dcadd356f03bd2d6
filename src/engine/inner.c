#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "inner.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "cells/cuba.h"
#include "linalg.h"
#include "trainer.h"

enum
{
  STATE_THERE,
  STATE_LIMIT,
  N_STATES,
};

static const char *const fit_choices[] = { "descent", "ridge", NULL };

const RheoParam rheo_inner_rows[] = {
  RHEO_P_REAL (RheoInner, sd, "sd", .label = N_ ("Spread of teacher weights"), .def = 8, .max = 1e6, .soft_max = 30,
               .help = N_ ("Standard deviation of the weights that carry the targets into the network.")),
  RHEO_P_BOOL (RheoInner, recurrent, "recurrent", .label = N_ ("Recurrence in the target phase"), .def = TRUE,
               .help = N_ ("While the inner target is made, the units hear each other through the first weights.")),
  RHEO_P_CHOICE (RheoInner, fit, "fit", fit_choices, .label = N_ ("Fit of the read-out"),
                 .help = N_ ("To the inner target: by gradient descent on all trials together, or by ridge "
                             "regression.")),
  RHEO_P_INT (RheoInner, epochs, "epochs", .label = N_ ("Epochs of the read-out"), .def = 5000, .max = 1e8,
              .soft_min = 100, .soft_max = 10000, .help = N_ ("Steps of the descent."), .when = "fit=descent"),
  RHEO_P_REAL (RheoInner, lr, "lr", .label = N_ ("Learning rate of the read-out"), .def = 0.0025, .max = 1000,
               .soft_min = 1e-4, .soft_max = 0.1, .help = N_ ("Of the descent; errors are summed over the steps."),
               .when = "fit=descent", .flags = RHEO_LOG),
  RHEO_P_BOOL (RheoInner, safe, "safe", .label = N_ ("Safe step"), .def = TRUE,
               .help = N_ ("The learning rate is lowered where the descent would diverge; off: exactly as published."),
               .when = "fit=descent"),
  RHEO_P_REAL (RheoInner, ridge, "ridge", .label = N_ ("Ridge"), .def = 0.1, .max = 1e6, .soft_min = 1e-6,
               .soft_max = 10, .help = N_ ("Penalty on the squared weights."), .when = "fit=ridge", .flags = RHEO_LOG),
  RHEO_P_END,
};

gboolean
rheo_inner_begin (RheoInnerWork *work, RheoRule *rule, const RheoInner *config, GError **error)
{
  RheoNet *net = rule->net;
  const RheoType type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;
  int64_t dims[3], two = N_STATES;

  *work = (RheoInnerWork){ .n_trials = MAX (rule->shape.n_trials, 1),
                           .alike = rule->shape.n_trials == 0,
                           .n_steps = rheo_net_get_shape (net)->n_steps,
                           .n_out = rule->shape.n_out,
                           .pop = rheo_net_find_pop (net, "rec"),
                           .proj = rheo_net_find_proj (net, "out") };
  work->n_units = rheo_net_get_plan (net)->pop[work->pop].n_units;
  dims[0] = work->n_trials;
  dims[1] = work->n_steps;
  dims[2] = work->n_units;
  rheo_net_array (net, RHEO_TARGET_SPIKES, N_ ("Spikes of the inner target"), "", "trial time unit", RHEO_U8,
                  RHEO_USE_CONST, dims);
  dims[1] = work->n_units;
  dims[0] = work->n_out;
  rheo_net_array (net, "teacher.weight", N_ ("Teacher weights"), "", "pre post", type, RHEO_USE_KEEP, dims);
  rheo_net_array (net, "target.state", N_ ("State of the inner target"), "", "number", RHEO_F64, RHEO_USE_KEEP, &two);
  work->spikes = rheo_net_find_array (net, RHEO_TARGET_SPIKES)->data;
  work->teacher = rheo_net_find_array (net, "teacher.weight")->data;
  work->state = rheo_net_find_array (net, "target.state")->data;
  if (work->spikes == NULL || work->teacher == NULL || work->state == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the inner target."));
  rheo_rule_draw_teacher (rule, config->sd, work->n_out, work->n_units, work->teacher);
  return TRUE;
}

gboolean
rheo_inner_is_there (const RheoInnerWork *work)
{
  return work->state[STATE_THERE] != 0;
}

double
rheo_inner_get_limit (const RheoInnerWork *work)
{
  return work->state[STATE_LIMIT];
}

void
rheo_inner_spectrum (int n_rows, int n, int stride, const RheoReal *b, double *singular)
{
  const gsize rows = (gsize) n_rows;
  g_autofree double *plain = g_new (double, rows *(gsize) n), *gram = g_new (double, rows *rows);
  g_autofree double *turned = g_new (double, rows *(gsize) n), *direction = g_new (double, rows *rows);

  for (int k = 0; k < n_rows; k++)
    for (int i = 0; i < n; i++)
      plain[k * n + i] = turned[i * n_rows + k] = (double) b[(gsize) k * (gsize) stride + (gsize) i];
  rheo_multiply (false, false, n_rows, n_rows, n, 1, plain, turned, 0, gram);
  if (!rheo_directions (n_rows, gram, n_rows, direction, singular))
    memset (singular, 0, sizeof (double) * rows);
}

RheoBatch
rheo_inner_only (const RheoBatch *batch, int row)
{
  RheoBatch b = *batch;
  const gsize step = (gsize) row * (gsize) batch->n_steps;

  b.n_rows = 1;
  b.length += row;
  b.item += row;
  b.target += step * (gsize) batch->n_out;
  if (b.input != NULL)
    b.input += step * (gsize) batch->n_in;
  else
    b.event_first += step;
  if (b.hint != NULL)
    b.hint += step * (gsize) batch->n_hints;
  if (b.weight != NULL)
    b.weight += step;
  return b;
}

gboolean
rheo_inner_has (const RheoInnerWork *work, int set)
{
  return work->alike || set == RHEO_SET_TRAIN;
}

int
rheo_inner_trial (const RheoInnerWork *work, const RheoBatch *batch, int row)
{
  return work->alike ? 0 : batch->set == RHEO_SET_TRAIN ? batch->item[row] : -1;
}

static const uint8_t *
spikes_at (const RheoInnerWork *work, int trial, int64_t t)
{
  return work->spikes + ((gsize) trial * (gsize) work->n_steps + (gsize) t) * (gsize) work->n_units;
}

void
rheo_inner_filter (const RheoInnerWork *work, int trial, double keep, int stride, RheoReal *g)
{
  memset (g, 0, sizeof (RheoReal) * (gsize) stride);
  for (int t = 1; t < work->n_steps; t++)
    for (int i = 0; i < work->n_units; i++)
      g[(gsize) t * (gsize) stride + (gsize) i] =
          (RheoReal) (keep * (double) g[(gsize) (t - 1) * (gsize) stride + (gsize) i]
                      + (1 - keep) * spikes_at (work, trial, t)[i]);
}

double
rheo_inner_count (const RheoInnerWork *work, const RheoTapeLane *lane, int trial, int row, int64_t t0, int64_t n_steps)
{
  const RheoTapePop *pop = &lane->pop[work->pop];
  const gsize stride = RHEO_PADDED (work->n_units);
  double n = trial >= 0 ? 0 : NAN;

  for (int64_t t = 0; t < n_steps && trial >= 0; t++)
    for (int i = 0; i < work->n_units; i++)
      {
        const gsize place = (gsize) (t * lane->n_rows + row);
        const gboolean fired = pop->bits != NULL
                                   ? pop->bits[place * (gsize) pop->n_words + (gsize) i / 64] >> i % 64 & 1
                                   : pop->out[place * stride + (gsize) i] > 0;

        n += fired != (spikes_at (work, trial, t0 + t)[i] != 0);
      }
  return n;
}

/* --- the target --------------------------------------------------------------------------------------------------- */

/* A trial with the targets of each step as a current in the next one. FALSE: stopped. */
static gboolean
run_teacher (const RheoInnerWork *work, const RheoRule *rule, const RheoInner *config, const RheoBatch *batch,
             uint8_t *spikes)
{
  const int n = work->n_units, length = batch->length[0];
  g_autofree RheoReal *input = rheo_batch_dup_hinted (batch);
  RheoBatch hinted = *batch;
  g_autofree RheoReal *drive = g_new0 (RheoReal, (gsize) batch->n_steps * n);
  const RheoSignal teacher = { .pop = work->pop, .value = drive };
  const RheoIntervention deaf = {
    .kind = RHEO_ACT_SCALE, .pop = -1, .proj = rheo_net_find_proj (rule->net, "rec"), .t1 = batch->n_steps
  };
  RheoRollout r = rheo_rule_rollout (rule, &hinted, RHEO_ROLL_TAPE);

  if (input != NULL)
    hinted.input = input;
  for (int t = 0; t + 1 < length; t++)
    for (int o = 0; o < work->n_out; o++)
      for (int i = 0; i < n; i++)
        drive[(t + 1) * n + i] += batch->target[t * work->n_out + o] * work->teacher[o * n + i];
  r.teacher = &teacher;
  r.n_lanes = 1;
  if (!config->recurrent)
    {
      r.acts = &deaf;
      r.n_acts = 1;
    }
  if (!rheo_rollout (rule->net, &r))
    return FALSE;
  for (int t = 0; t < length; t++)
    for (int i = 0; i < n; i++)
      spikes[t * n + i] = rheo_tape_get_spike (rule->net, work->pop, 0, t, i);
  return TRUE;
}

/* --- the read-out ------------------------------------------------------------------------------------------------- */

/* The filtered target and what the read-out is to make of it, step below step of all trials. */
typedef struct
{
  int m, n, n_out;
  double *g, *y; /* [m][n], [m][n_out] */
  double *w;     /* [n][n_out] */
} Fit;

static double
mean_square (const Fit *fit)
{
  g_autofree double *rest = g_memdup2 (fit->y, sizeof (double) * (gsize) fit->m * (gsize) fit->n_out);
  double sum = 0;

  rheo_multiply (false, false, fit->m, fit->n_out, fit->n, -1, fit->g, fit->w, 1, rest);
  for (gsize i = 0; i < (gsize) fit->m * (gsize) fit->n_out; i++)
    sum += rest[i] * rest[i];
  return sum / ((double) fit->m * fit->n_out);
}

/* Share of the way to the optimum along a direction with curvature x / lr, and over that curvature. */
static double
covered (double x, double lambda, double lr, int n_steps)
{
  if (lambda * n_steps * lr < 1e-12)
    return lr * n_steps;
  return (x < 0.5 ? -expm1 (n_steps * log1p (-x)) : 1 - pow (1 - x, n_steps)) / lambda;
}

/* Descent of so many steps is a linear map, so it is made at once, in the directions of g'g. first: the weights before it,
 * in these directions; moment: g'y likewise. */
static void
descend (const RheoInner *config, Fit *fit, const double *lambda, const double *direction, const double *first,
         const double *moment, int n_steps)
{
  const int n = fit->n, n_out = fit->n_out;
  const double lr = config->safe && lambda[0] > 0 ? MIN (config->lr, 1 / lambda[0]) : config->lr;
  g_autofree double *turned = g_new (double, (gsize) n *n_out);

  for (int k = 0; k < n; k++)
    for (int o = 0; o < n_out; o++)
      {
        const double l = MAX (lambda[k], 0), at = moment[k * n_out + o];

        if (config->fit == RHEO_FIT_RIDGE)
          turned[k * n_out + o] = l + config->ridge > 0 ? at / (l + config->ridge) : 0;
        else
          turned[k * n_out + o] =
              pow (1 - lr * l, n_steps) * first[k * n_out + o] + covered (lr * l, l, lr, n_steps) * at;
      }
  rheo_multiply (true, false, n, n_out, n, 1, direction, turned, 0, fit->w);
}

/* Fits w; the mean squared error that goes with it. NaN: it diverged. FALSE: no memory. */
static gboolean
fit_readout (const RheoInner *config, Fit *fit, double *limit)
{
  const int n = fit->n, n_out = fit->n_out;
  g_autofree double *gram = g_new (double, (gsize) n *n), *direction = g_new (double, (gsize) n *n);
  g_autofree double *lambda = g_new (double, n), *product = g_new (double, (gsize) n *n_out);
  g_autofree double *moment = g_new (double, (gsize) n *n_out), *first = g_new (double, (gsize) n *n_out);

  rheo_multiply (true, false, n, n, fit->m, 1, fit->g, fit->g, 0, gram);
  if (!rheo_directions (n, gram, n, direction, lambda))
    return FALSE;
  rheo_multiply (true, false, n, n_out, fit->m, 1, fit->g, fit->y, 0, product);
  rheo_multiply (false, false, n, n_out, n, 1, direction, product, 0, moment);
  rheo_multiply (false, false, n, n_out, n, 1, direction, fit->w, 0, first);
  /* Published is the error before the last step. */
  if (config->fit == RHEO_FIT_RIDGE || config->epochs > 0)
    descend (config, fit, lambda, direction, first, moment, MAX (config->epochs - 1, 0));
  *limit = mean_square (fit);
  if (config->fit == RHEO_FIT_DESCENT && config->epochs > 0)
    descend (config, fit, lambda, direction, first, moment, config->epochs);
  for (int i = 0; i < n * n_out; i++)
    if (!isfinite (fit->w[i]))
      *limit = NAN;
  if (!isfinite (*limit))
    *limit = NAN;
  return TRUE;
}

static void
add_frames (const RheoInnerWork *work, const RheoNet *net, const RheoBatch *batch, const uint8_t *spikes, Fit *fit)
{
  const RheoFilter *filter = rheo_net_get_plan (net)->pop[rheo_net_find_pop (net, "trace")].derived;
  const int n = work->n_units;
  double *g = fit->g + (gsize) fit->m * (gsize) n, *y = fit->y + (gsize) fit->m * (gsize) work->n_out;

  for (int t = 0; t < batch->length[0]; t++)
    {
      for (int i = 0; i < n; i++)
        g[t * n + i] =
            (double) filter->gain * spikes[t * n + i] + (t > 0 ? (double) filter->keep * g[(t - 1) * n + i] : 0);
      for (int o = 0; o < work->n_out; o++)
        y[t * work->n_out + o] = (double) batch->target[t * work->n_out + o];
    }
  fit->m += batch->length[0];
}

gboolean
rheo_inner_make (RheoInnerWork *work, RheoRule *rule, const RheoInner *config, GError **error)
{
  RheoFeed *feed = rheo_trainer_get_feed (rule->trainer);
  RheoProj *out = rheo_net_get_proj (rule->net, work->proj);
  const gsize n_frames = (gsize) work->n_trials * (gsize) work->n_steps, size = n_frames * (gsize) work->n_units;
  g_autofree uint8_t *spikes = g_new0 (uint8_t, size);
  g_autofree double *g = g_new0 (double, size), *y = g_new0 (double, n_frames *(gsize) work->n_out);
  g_autofree double *w = g_new (double, (gsize) work->n_units * work->n_out);
  Fit fit = { .n = work->n_units, .n_out = work->n_out, .g = g, .y = y, .w = w };
  double limit;

  for (int trial = 0; trial < work->n_trials; trial++)
    {
      uint8_t *of_trial = spikes + (gsize) trial * (gsize) work->n_steps * (gsize) work->n_units;
      RheoBatch *batch = rheo_feed_new_batch (feed, RHEO_SET_TRAIN, 0, trial, 1, error);
      gboolean done = batch != NULL && run_teacher (work, rule, config, batch, of_trial);

      if (done)
        add_frames (work, rule->net, batch, of_trial, &fit);
      rheo_batch_free (batch);
      if (!done)
        return FALSE;
    }
  for (int i = 0; i < fit.n; i++)
    for (int o = 0; o < fit.n_out; o++)
      w[i * fit.n_out + o] = (double) out->weight[(gsize) i * (gsize) out->stride + (gsize) o];
  if (!fit_readout (config, &fit, &limit))
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory to fit the read-out."));
  for (int i = 0; i < fit.n && isfinite (limit); i++)
    for (int o = 0; o < fit.n_out; o++)
      out->weight[(gsize) i * (gsize) out->stride + (gsize) o] = (RheoReal) w[i * fit.n_out + o];
  memcpy (work->spikes, spikes, size);
  work->state[STATE_LIMIT] = limit;
  work->state[STATE_THERE] = 1;
  rheo_net_weights_changed (rule->net);
  return TRUE;
}
