/* Thread: any. */
/* Block: what is minimised, from the outputs of the read-out over a trial. Gradients are exact; sums are in double and
 * in the order of steps, so they do not depend on lanes or threads. */
#pragma once

#include "param.h"
#include "plan.h"

typedef enum
{
  RHEO_LOSS_AUTO, /* mse for signals, cross-entropy for labels */
  RHEO_LOSS_MSE,
  RHEO_LOSS_CROSS_ENTROPY,
} RheoLossKind;

/* How outputs over time become one score per class; cross-entropy then applies its soft-max to the scores. */
typedef enum
{
  RHEO_REDUCE_MAX,          /* largest value over time */
  RHEO_REDUCE_LAST,         /* last step */
  RHEO_REDUCE_MEAN,         /* mean over time */
  RHEO_REDUCE_SUM_SOFTMAX,  /* sum over the steps t > from of the soft-max of each step (Yin et al. 2021) */
  RHEO_REDUCE_SOFTMAX_MEAN, /* soft-max of the mean: with that of the loss the double soft-max of rsnn Q8 */
} RheoReduce;

typedef struct
{
  int kind;   /* RheoLossKind */
  int reduce; /* RheoReduce */
  int from;   /* steps up to this one are left out of sum-softmax */
  int over;   /* mse: 0 sums over the outputs, 1 takes their mean */
} RheoLoss;

extern const RheoParam rheo_loss_rows[];

/* auto becomes what the task asks for. */
void rheo_loss_resolve (RheoLoss *loss, const RheoShape *shape);
/* FALSE where the kind does not go with the targets. */
gboolean rheo_loss_check (const RheoLoss *loss, const RheoShape *shape, GError **error);

/* What the sums of a batch are divided by: weighted steps of all rows (mse), rows (cross-entropy). */
double rheo_loss_norm (const RheoLoss *loss, const RheoBatch *batch);
/* What R² is made of: squared errors and targets of the weighted steps of a row, over all outputs. */
typedef struct
{
  double error, sum, squares, n;
} RheoFit;
/* Adds a row. */
void rheo_loss_fit_row (const RheoBatch *batch, int row, const RheoReal *out, int64_t stride, RheoFit *fit);
void rheo_loss_fit_add (RheoFit *fit, const RheoFit *more);
/* 1 - mean squared error / variance of the targets about their one mean; NaN where they do not vary. */
double rheo_loss_r2 (const RheoFit *fit);

/* Length of the scratch array of rheo_loss_row. */
int rheo_loss_scratch (const RheoBatch *batch);

/* Loss of one row: its share of the batch, already divided by norm. Outputs of step t are out[t * stride ...]; the
 * gradient is added to d_out, laid out alike (NULL: none). mse: sum or mean over outputs of the weighted mean square
 * over steps and rows (rsnn 2.7, ctrnn 3.1). *predicted (may be NULL): class with the highest score, -1 without labels. */
double rheo_loss_row (const RheoLoss *loss, const RheoBatch *batch, int row, double norm, const RheoReal *out,
                      RheoReal *d_out, int64_t stride, double *scratch, int *predicted);
