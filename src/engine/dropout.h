/* Thread: engine; rheo_dropout_add: one lane per thread. */
/* Block: units of a rate network that are left out of a batch of the training, drawn anew for each (ctrnn spec 3.2). */
#pragma once

#include "net.h"
#include "rollout.h"

typedef struct
{
  int kind;         /* 0: none; 1: the unit is silent; 2: the read-out does not see it */
  double rate;      /* mean share of the units */
  int by;           /* 0: all alike; 1: what units do; 2: weights to the read-out */
  double sharpness; /* of the soft-max of that */
  double quantile;  /* of |rate|, which with the standard deviation of the rate is what a unit does */
} RheoDropout;

extern const RheoParam rheo_dropout_rows[];

typedef struct RheoDropoutWork RheoDropoutWork;

/* Declares what must survive a resume. NULL with an error: there is nothing to drop. */
RheoDropoutWork *rheo_dropout_new (RheoNet *net, const RheoDropout *config, GError **error);
void rheo_dropout_free (RheoDropoutWork *work);
/* The population that units are left out of, and whose rates are looked at. */
int rheo_dropout_get_pop (const RheoDropoutWork *work);

/* Draws units for a batch; each stays with probability 1 - min (1, rate n soft-max (sharpness v)). batch_number: address of
 * the draw. */
void rheo_dropout_begin (RheoDropoutWork *work, const RheoBatch *batch, uint64_t seed, int64_t batch_number);
/* Interventions of every rollout of the batch: those given and the drop-out behind them. Borrowed until the next call. */
const RheoIntervention *rheo_dropout_join (RheoDropoutWork *work, const RheoIntervention *acts, int n, int *n_all);
/* Takes rates of a lane of the tape, whose first step is step t0 of the trials. */
void rheo_dropout_add (RheoDropoutWork *work, const RheoBatch *batch, int i_lane, int64_t t0);
/* After the last lane: what each unit did; one that was silent keeps what it did before. */
void rheo_dropout_finish (RheoDropoutWork *work, const RheoBatch *batch);
