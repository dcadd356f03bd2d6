/* Thread: any. */
/* Distributions fitted to numbers, and what a histogram of them needs. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* --- histograms ------------------------------------------------------------------------------------------------ */
/* How many bins show n numbers in ascending order well: the width of Freedman and Diaconis (1981), 2 IQR n^(-1/3), at least 8
 * and at most `most` bins; 20 where half of the numbers are alike. */
int rheo_bins_choose (int64_t n, const double *sorted, int most);
/* How many of n numbers lie in each bin: count [n_bins], edge [n_bins + 1] ascending. A number on an edge is in the bin above
 * it, one on the last edge in the last bin; those outside are in none. */
void rheo_bins_count (int n_bins, const double *edge, int64_t n, const double *v, double *count);

/* --- normal distribution --------------------------------------------------------------------------------------- */
typedef struct
{
  double mean, sd; /* by maximum likelihood: sd over n, not n - 1. NaN: there are no numbers */
  double skewness; /* mean of ((v - mean) / sd)^3. NaN: all are alike */
  double
      distance; /* Kolmogorov-Smirnov: largest gap between the shares of numbers and the distribution; NaN: as above */
} RheoNormal;

/* Of n numbers, which are put in ascending order. */
void rheo_normal_fit (int64_t n, double *v, RheoNormal *fit);
double rheo_normal_density (const RheoNormal *fit, double x);

/* --- exponential decay ----------------------------------------------------------------------------------------- */
typedef enum
{
  RHEO_DECAY_FOUND,
  RHEO_DECAY_FEW,      /* fewer than 4 places: the three constants are not overdetermined */
  RHEO_DECAY_DIVERGED, /* no end of the iteration, or numbers that are not finite */
  RHEO_DECAY_OTHER,    /* what fits best rises, is a straight line or a constant */
} RheoDecayEnd;

/* a exp (-b x) - c */
typedef struct
{
  double a, b, c;
  double explained; /* share of the variance of y; NaN: y is constant */
} RheoDecay;

/* Unweighted least squares (Levenberg and Marquardt) from what fit holds: a, b, c. x ascends. All NaN unless it is found. */
RheoDecayEnd rheo_decay_fit (int n, const double *x, const double *y, RheoDecay *fit);
double rheo_decay_value (const RheoDecay *fit, double x);

/* Lower quartile, median and upper quartile of n > 0 numbers, interpolated linearly. */
void rheo_quartiles (int n, const double *x, double *quartile);
/* Mean or median of each window of `size` numbers that ends with v[i]; before i = size - 1 of what there is. [n], yours. */
double *rheo_dup_moving (int64_t n, const double *v, int size, gboolean median);
/* The largest mean or median of full windows, without the last one, as the published program counts; 0: there is none. */
double rheo_find_best_window (int64_t n, const double *v, int size, gboolean median);
