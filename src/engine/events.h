/* Thread: any. */
/* Events of a trial as the feed takes them in: n of them, each with its step and its unit. */
#pragma once

#include "types.h"

/* The first event whose step is below that of the one before it, or not in 0 .. n_steps - 1, or whose unit is not in
 * 0 .. n_units - 1; n: there is none. */
int64_t rheo_events_find_wrong (int64_t n, const int32_t *step, const int32_t *unit, int n_steps, int n_units);
/* n_of[k apart] += events at step k, for steps that ascend. */
void rheo_events_count (int64_t n, const int32_t *step, int64_t apart, int64_t *n_of);
/* to[k] = from[k] */
void rheo_events_widen (int64_t n, const uint16_t *from, int32_t *to);
