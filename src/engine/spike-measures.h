/* Thread: any. Plain C, no GLib. */
/* Measures of spike trains, from counts: what training reports and what analyses compute is the same number. */
#pragma once

#include "types.h"

/* Branching parameter: mean over the steps t with active[t] > 0 of active[t + lag] / active[t], where active[t] is the
 * number of units that fire in step t. truncated: only the steps before the first empty one, and never the last step, as
 * the notebooks of Zhu et al. compute it. NaN: no step to count. */
double rheo_branching (int n_steps, const int32_t *active, int lag, bool truncated);

/* Number of consecutive windows of `window` steps in a trial: n_steps / window, rounded half to even; the last may be cut
 * short. */
int rheo_fano_windows (int n_steps, int window);
/* Unbiased variance over mean of the spike counts of n units in one window; 0 where nobody fires. The Fano factor of a
 * trial is the mean over its windows. */
double rheo_fano (int n_units, const int32_t *count);
