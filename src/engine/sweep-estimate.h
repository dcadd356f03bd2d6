/* Thread: any but main: it waits for a child. */
/* How long the runs of a sweep that are left will take, and how much room. */
#pragma once

#include <stdatomic.h>

#include "sweep-state.h"

typedef struct
{
  int n_runs;         /* that are left */
  double run_seconds; /* of one, on one core */
  double seconds;     /* of all that are left, so many at a time */
  double bytes;       /* the same */
} RheoSweepEstimate;

/* From runs that are done, or else from a second of one in the middle, which a child trains in a temporary folder. state
 * NULL: the sweep has no folder yet. FALSE: cancelled, or the run cannot be trained: the message says why. */
gboolean rheo_sweep_estimate (const RheoSweep *sweep, const RheoSweepState *state, int jobs,
                              const atomic_bool *cancelled, RheoSweepEstimate *estimate, GError **error);
