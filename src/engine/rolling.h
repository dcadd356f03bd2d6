/* Thread: any. */
/* Numbers of training seen through a window that moves: of n numbers windows of `size` begin at 0, 1 ... n - size - 1. The last
 * full one is left out, as in Haşegan et al. 2022. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Mean or median of each window at to[begin + shift], 0 <= shift <= size, and NaN where there is none. to: [n]. */
void rheo_rolling (int64_t n, const double *v, int size, gboolean median, int shift, double *to);
/* The same for the mean of those numbers alone that count: counts [n] is 1 there and 0 elsewhere. NaN: none of a window. shift
 * is size. */
void rheo_rolling_among (int64_t n, const double *v, const double *counts, int size, double *to);
