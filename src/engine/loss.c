#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "loss.h"

#include "cells/functions.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const char *const kinds[] = { "auto", "mse", "cross-entropy", NULL };
static const char *const overs[] = { "sum", "mean", NULL };
static const char *const reduces[] = { "max", "last", "mean", "sum-softmax", "softmax-mean", NULL };

const RheoParam rheo_loss_rows[] = {
  RHEO_P_CHOICE (RheoLoss, kind, "kind", kinds, .label = N_ ("Loss"),
                 .help =
                     N_ ("Mean squared error for targets over time, cross-entropy for class labels; auto takes what "
                         "the task asks for.")),
  RHEO_P_CHOICE (RheoLoss, reduce, "reduce", reduces, .label = N_ ("Score of a class"),
                 .help = N_ ("How outputs over time become one score per class. softmax-mean applies a soft-max before "
                             "that of the loss, as one published notebook does, and learns next to nothing."),
                 .when = "kind=auto|cross-entropy"),
  RHEO_P_INT (RheoLoss, from, "from", .label = N_ ("Leave out steps up to"),
              .help = N_ ("Counts the soft-max of later steps only."), .unit = N_ ("steps"), .def = 10, .min = -1,
              .max = 1e6, .soft_min = 0, .soft_max = 100, .when = "reduce=sum-softmax"),
  RHEO_P_CHOICE (RheoLoss, over, "outputs", overs, .label = N_ ("Over outputs"),
                 .help = N_ ("Errors of the outputs are added up, or their mean is taken."), .when = "kind=auto|mse",
                 .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

void
rheo_loss_resolve (RheoLoss *loss, const RheoShape *shape)
{
  if (loss->kind == RHEO_LOSS_AUTO)
    loss->kind = shape->n_classes > 0 ? RHEO_LOSS_CROSS_ENTROPY : RHEO_LOSS_MSE;
}

gboolean
rheo_loss_check (const RheoLoss *loss, const RheoShape *shape, GError **error)
{
  gboolean labels = shape->n_classes > 0;

  if (loss->kind == RHEO_LOSS_MSE && labels)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("rule.loss.kind = mse needs targets over time, but the task gives class labels; use auto or "
                         "cross-entropy."));
  if (loss->kind == RHEO_LOSS_CROSS_ENTROPY && !labels)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("rule.loss.kind = cross-entropy needs class labels, but the task gives targets over time; use "
                         "auto or mse."));
  if (labels && loss->reduce == RHEO_REDUCE_SUM_SOFTMAX && loss->from + 1 >= shape->n_steps)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("rule.loss.from is %d, which leaves out all of the %d steps of a trial; allowed is -1 to %d."),
                      loss->from, shape->n_steps, shape->n_steps - 2);
  if (labels && shape->n_out < shape->n_classes)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The network has %d outputs for %d classes."), shape->n_out,
                      shape->n_classes);
  return TRUE;
}

static double
weight_at (const RheoBatch *batch, int row, int t)
{
  return batch->weight != NULL ? batch->weight[(int64_t) row * batch->n_steps + t] : 1;
}

double
rheo_loss_norm (const RheoLoss *loss, const RheoBatch *batch)
{
  double sum = 0;

  if (loss->kind == RHEO_LOSS_CROSS_ENTROPY)
    return batch->n_rows;
  for (int r = 0; r < batch->n_rows; r++)
    for (int t = 0; t < batch->length[r]; t++)
      sum += weight_at (batch, r, t);
  return (sum > 0 ? sum : 1) * (loss->over == 1 ? batch->n_out : 1);
}

int
rheo_loss_scratch (const RheoBatch *batch)
{
  return 4 * batch->n_out;
}

static double
mse (const RheoBatch *batch, int row, double norm, const RheoReal *out, RheoReal *d_out, int64_t stride)
{
  const RheoReal *target = batch->target + (int64_t) row * batch->n_steps * batch->n_out;
  double sum = 0;

  for (int t = 0; t < batch->length[row]; t++)
    {
      double w = weight_at (batch, row, t);
      for (int k = 0; k < batch->n_out; k++)
        {
          double e = (double) out[t * stride + k] - target[(int64_t) t * batch->n_out + k];
          sum += w * e * e;
          if (d_out != NULL)
            d_out[t * stride + k] += (RheoReal) (2 * w * e / norm);
        }
    }
  return sum / norm;
}

void
rheo_loss_fit_row (const RheoBatch *batch, int row, const RheoReal *out, int64_t stride, RheoFit *fit)
{
  const RheoReal *target = batch->target + (int64_t) row * batch->n_steps * batch->n_out;

  for (int t = 0; t < batch->length[row]; t++)
    {
      double w = weight_at (batch, row, t);
      for (int k = 0; k < batch->n_out; k++)
        {
          double wanted = target[(int64_t) t * batch->n_out + k], e = (double) out[t * stride + k] - wanted;
          fit->error += w * e * e;
          fit->sum += w * wanted;
          fit->squares += w * wanted * wanted;
          fit->n += w;
        }
    }
}

void
rheo_loss_fit_add (RheoFit *fit, const RheoFit *more)
{
  fit->error += more->error;
  fit->sum += more->sum;
  fit->squares += more->squares;
  fit->n += more->n;
}

double
rheo_loss_r2 (const RheoFit *fit)
{
  double spread = fit->n > 0 ? fit->squares - fit->sum * fit->sum / fit->n : 0;

  return spread > 0 ? 1 - fit->error / spread : NAN;
}

/* p = soft-max of n scores. */
static void
softmax (int n, const double *score, double *p)
{
  double max = score[0], sum = 0;

  for (int k = 1; k < n; k++)
    max = MAX (max, score[k]);
  for (int k = 0; k < n; k++)
    sum += p[k] = exp (score[k] - max);
  for (int k = 0; k < n; k++)
    p[k] /= sum;
}

/* The same of outputs, of which there are many where every step is asked: e^x without calls. */
RHEO_MULTI static void
softmax_of_step (int n, const RheoReal *out, RheoReal *p)
{
  RheoReal max = out[0], sum = 0;

  for (int k = 1; k < n; k++)
    max = MAX (max, out[k]);
  RHEO_IVDEP
  for (int k = 0; k < n; k++)
    p[k] = rheo_cell_exp (out[k] - max);
  for (int k = 0; k < n; k++)
    sum += p[k];
  sum = 1 / sum;
  for (int k = 0; k < n; k++)
    p[k] *= sum;
}

/* g becomes the gradient of the scores whose soft-max is p: p_k (g_k - sum_j g_j p_j). */
static void
softmax_back (int n, const double *p, double *g)
{
  double dot = 0;

  for (int k = 0; k < n; k++)
    dot += g[k] * p[k];
  for (int k = 0; k < n; k++)
    g[k] = p[k] * (g[k] - dot);
}

static int
last_step (const RheoBatch *batch, int row)
{
  int t = batch->length[row] - 1;

  while (t > 0 && weight_at (batch, row, t) == 0)
    t--;
  return t;
}

/* Scores of a row; place [n] (max only): the step that each came from. */
static void
reduce (const RheoLoss *loss, const RheoBatch *batch, int row, const RheoReal *out, int64_t stride, double *score,
        double *place)
{
  int n = batch->n_out, length = batch->length[row];
  double total = 0;

  for (int k = 0; k < n; k++)
    score[k] = 0;
  switch (loss->reduce)
    {
    case RHEO_REDUCE_LAST:
      for (int k = 0; k < n; k++)
        score[k] = out[last_step (batch, row) * stride + k];
      return;

    case RHEO_REDUCE_MAX:
      for (int k = 0; k < n; k++)
        {
          score[k] = -INFINITY;
          for (int t = 0; t < length; t++)
            if (weight_at (batch, row, t) > 0 && out[t * stride + k] > score[k])
              {
                score[k] = out[t * stride + k];
                place[k] = t;
              }
          if (score[k] == -INFINITY) /* all masked, or not a number, which the sum then shows */
            {
              place[k] = last_step (batch, row);
              score[k] = out[(int64_t) place[k] * stride + k];
            }
        }
      return;

    case RHEO_REDUCE_SUM_SOFTMAX:
      for (int t = loss->from + 1; t < length; t++)
        {
          const double w = weight_at (batch, row, t);
          RheoReal *p = (RheoReal *) place;

          softmax_of_step (n, out + t * stride, p);
          for (int k = 0; k < n; k++)
            score[k] += w * (double) p[k];
        }
      return;

    default:
      for (int t = 0; t < length; t++)
        {
          double w = weight_at (batch, row, t);
          total += w;
          for (int k = 0; k < n; k++)
            score[k] += w * out[t * stride + k];
        }
      for (int k = 0; k < n; k++)
        score[k] /= total > 0 ? total : 1;
      if (loss->reduce == RHEO_REDUCE_SOFTMAX_MEAN)
        softmax (n, score, score);
    }
}

/* g: gradient of the scores. */
static void
reduce_back (const RheoLoss *loss, const RheoBatch *batch, int row, const RheoReal *out, RheoReal *d_out,
             int64_t stride, const double *score, const double *place, double *g, double *work)
{
  int n = batch->n_out, length = batch->length[row];
  double total = 0;

  switch (loss->reduce)
    {
    case RHEO_REDUCE_LAST:
      for (int k = 0; k < n; k++)
        d_out[last_step (batch, row) * stride + k] += (RheoReal) g[k];
      return;

    case RHEO_REDUCE_MAX:
      for (int k = 0; k < n; k++)
        d_out[(int64_t) place[k] * stride + k] += (RheoReal) g[k];
      return;

    case RHEO_REDUCE_SUM_SOFTMAX:
      for (int t = loss->from + 1; t < length; t++)
        {
          const double w = weight_at (batch, row, t);
          RheoReal *p = (RheoReal *) work;
          double dot = 0;

          softmax_of_step (n, out + t * stride, p);
          for (int k = 0; k < n; k++)
            dot += g[k] * (double) p[k];
          for (int k = 0; k < n; k++)
            d_out[t * stride + k] += (RheoReal) (w * (double) p[k] * (g[k] - dot));
        }
      return;

    default:
      if (loss->reduce == RHEO_REDUCE_SOFTMAX_MEAN)
        softmax_back (n, score, g);
      for (int t = 0; t < length; t++)
        total += weight_at (batch, row, t);
      for (int t = 0; t < length && total > 0; t++)
        for (int k = 0; k < n; k++)
          d_out[t * stride + k] += (RheoReal) (g[k] * weight_at (batch, row, t) / total);
    }
}

static double
cross_entropy (const RheoLoss *loss, const RheoBatch *batch, int row, double norm, const RheoReal *out, RheoReal *d_out,
               int64_t stride, double *scratch, int *predicted)
{
  int n = batch->n_out, best = 0, label = batch->label[row];
  double *score = scratch, *p = scratch + n, *place = scratch + 2 * n;
  double max, sum = 0;

  reduce (loss, batch, row, out, stride, score, place);
  for (int k = 1; k < n; k++)
    if (score[k] > score[best])
      best = k;
  if (predicted != NULL)
    *predicted = best;

  max = score[best];
  for (int k = 0; k < n; k++)
    sum += exp (score[k] - max);
  if (d_out != NULL)
    {
      softmax (n, score, p);
      p[label] -= 1;
      for (int k = 0; k < n; k++)
        p[k] /= norm;
      reduce_back (loss, batch, row, out, d_out, stride, score, place, p, place + n);
    }
  return (log (sum) + max - score[label]) / norm;
}

double
rheo_loss_row (const RheoLoss *loss, const RheoBatch *batch, int row, double norm, const RheoReal *out, RheoReal *d_out,
               int64_t stride, double *scratch, int *predicted)
{
  if (loss->kind == RHEO_LOSS_CROSS_ENTROPY)
    return cross_entropy (loss, batch, row, norm, out, d_out, stride, scratch, predicted);
  if (predicted != NULL)
    *predicted = -1;
  return mse (batch, row, norm, out, d_out, stride);
}
