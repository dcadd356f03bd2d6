/* Thread: engine; rheo_penalty_gradient: one lane per thread. */
/* Block: penalties on the activity of the hidden spiking populations, added to the loss. Differentiable: their gradient
 * with respect to each spike goes into d_out of those populations (RHEO_ROLL_D_OUT). */
#pragma once

#include "activity.h"

typedef struct
{
  double rate, rate_target; /* rate (mean_trials (spikes per unit and step of the trial - target)^2) (rsnn 2.7) */
  double lower, lower_at;   /* lower mean_(rows, units) max (0, at - spikes of the unit)^2 */
  double upper, upper_at;   /* upper mean_rows max (0, mean_units (spikes) - at)^2 (both: Zenke & Vogels 2021) */
} RheoPenalty;

extern const RheoParam rheo_penalty_rows[];

gboolean rheo_penalty_is_on (const RheoPenalty *penalty);
/* All three, after rheo_activity_finish. */
double rheo_penalty_value (const RheoPenalty *penalty, const RheoActivity *activity, const RheoBatch *batch);
/* The first alone, times 1 whatever its weight is: always worth a look. */
double rheo_penalty_rate_loss (const RheoPenalty *penalty, const RheoActivity *activity, const RheoBatch *batch);
/* Adds the gradient for population i of the activity, one row and step: d_out [unit]. */
void rheo_penalty_gradient (const RheoPenalty *penalty, const RheoActivity *activity, const RheoBatch *batch, int i_pop,
                            int row, int64_t t, RheoReal *d_out);
