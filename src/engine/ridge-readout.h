/* Thread: engine. */
/* Block: a linear read-out of spikes that is fitted anew from block to block by ridge regression, and scored on each block
 * before it has seen it. For rules whose network goes on, one trial at a time. */
#pragma once

#include "ridge.h"
#include "rule.h"

typedef struct
{
  double lambda;
  int memory, every;
} RheoRidgeReadoutConfig;

extern const RheoParam rheo_ridge_readout_rows[];

typedef struct
{
  int pop, proj, n_out; /* proj -1: the task has no targets, or the network no outputs; then nothing is done */
  RheoRidge ridge;
  int32_t *active; /* [unit]: scratch */
} RheoRidgeReadout;

/* Declares "train.mse" and "train.accuracy" where there are targets. FALSE: the read-out is no linear function of spikes, or
 * no memory. */
gboolean rheo_ridge_readout_init (RheoRidgeReadout *readout, RheoRule *rule, GError **error);
void rheo_ridge_readout_release (RheoRidgeReadout *readout);
/* After the batch ran with a tape: scores its outputs, then learns from it. */
void rheo_ridge_readout_learn (RheoRidgeReadout *readout, const RheoRidgeReadoutConfig *config, RheoRule *rule,
                               RheoMetrics *m);
