/* Thread: engine. */
/* What the last episodes of a run came to: a ring of numbers which its network keeps. */
#pragma once

#include "net.h"

#define RHEO_LAST 100 /* episodes */

/* F64 [RHEO_LAST] of the net, under that name; the number of episode k, from 0, stands at k modulo RHEO_LAST. */
double *rheo_last_keep (RheoNet *net, const char *name, const char *label);
/* n_done: episodes so far. NaN of none. */
double rheo_last_mean (const double *ring, int64_t n_done);
/* Of the last n of them, or as many as there are. NaN of none. */
double rheo_last_median (const double *ring, int64_t n_done, int n);
