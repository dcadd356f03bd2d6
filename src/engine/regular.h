/* Thread: engine; rheo_regular_add and rheo_regular_gradient: one lane per thread. */
/* Block: what is added to the loss of a rate network so that it stays sober: input and output weights at right angles, small
 * rates (ctrnn spec 3). Rates are `out` of the hidden populations that do not spike, at the steps that the read-out sees. */
#pragma once

#include "net.h"

typedef struct
{
  double orth; /* times the Frobenius norm of the off-diagonal part of the columns' cosines */
  int orth_of; /* 0: columns of input and output weights, 1: of input weights alone */
  double rate; /* times the mean of |rate|^power over units, steps and trials */
  double power;
  int orth_as; /* 0: as it is, 1: divided by the root of the number of cosines */
  /* Times the mean over units of |A / cap - 1|^steep, where A = 0.1 (log sum exp (rate / 0.1) - log n) over steps and trials
   * and cap is that of 100 units, for N times ln 101 / ln (N + 1). */
  double magnitude, cap, steep;
  double sparsity,
      support; /* times the mean over units of max (0, (sum |w|)^2 / sum w^2 / support - 1)^2 of recurrent w */
  double cap_in, cap_rec, cap_out; /* times the mean of max (1, |w| / cap)^5 - 1 */
  double variability;              /* times sum (y - mean over trials of y)^2 / sum y^2 of the outputs */
  /* Each times what regular-moments.h says. */
  double rate_inequality, input_inequality;
  int inequality_as; /* 0: concentration, 1: Gini's index */
  double steady;
  double clustering, near, gap, diameter, sharpness; /* diameter: a quantile of the distances; near, gap: parts of it */
  double tail;
  int kept; /* principal directions before the tail */
} RheoRegular;

extern const RheoParam rheo_regular_rows[];

typedef struct RheoRegularWork RheoRegularWork;

RheoRegularWork *rheo_regular_new (RheoNet *net);
void rheo_regular_free (RheoRegularWork *work);

/* FALSE: the network has no rates, and there is nothing to add. */
gboolean rheo_regular_is_there (const RheoRegularWork *work);
/* Whether it needs d_out of the hidden populations (RHEO_ROLL_D_OUT). FALSE for networks without rates. */
gboolean rheo_regular_uses_rates (const RheoRegularWork *work, const RheoRegular *config);

/* Bits: populations whose rates on the tape are looked at (RheoRollout.read_pops). */
unsigned rheo_regular_read_pops (const RheoRegularWork *work, const RheoRegular *config);

/* What a penalty on squared rates multiplies them by to have their gradient, and where they are: for RheoRollout.pull.
 * 0: there is none, or its gradient is among what rheo_regular_gradient adds. After rheo_regular_begin. */
double rheo_regular_pull (const RheoRegularWork *work, const RheoRegular *config, int *pop);

/* Whether the gradient needs the whole batch to be run before. */
gboolean rheo_regular_uses_batch (const RheoRegularWork *work, const RheoRegular *config);

void rheo_regular_begin (RheoRegularWork *work, const RheoRegular *config, const RheoBatch *batch);
/* Takes a lane of the tape, whose first step is step t0 of the trials. Windows come in their order. */
void rheo_regular_add (RheoRegularWork *work, const RheoBatch *batch, int i_lane, int64_t t0);
/* After the last window of the last lane: what belongs to the whole batch. out: [row][step][out] of the batch. */
void rheo_regular_finish (RheoRegularWork *work, const RheoBatch *batch, const RheoReal *out);
/* Everything that was added, and the weights: the penalty. After rheo_regular_finish. */
double rheo_regular_value (RheoRegularWork *work, const RheoBatch *batch);
/* Adds the gradient of rates and outputs to d_out of a lane of the tape. */
void rheo_regular_gradient (RheoRegularWork *work, const RheoBatch *batch, int i_lane, int64_t t0);
/* Adds that of the weights, once a batch. */
void rheo_regular_weights (RheoRegularWork *work, RheoGrad *grad);
/* Adds the gradient of penalties to that of the task, without its part against the task: where the two point apart, what
 * lies along the task's is left out. Frozen arrays do not count. */
void rheo_regular_add_safely (RheoNet *net, RheoGrad *task, const RheoGrad *penalties);
