/* Thread: any. */
/* A discrete power law fitted to whole numbers (Clauset, Shalizi & Newman 2009, SIAM Review 51, 661). */
#pragma once

#include <stdint.h>

typedef enum
{
  RHEO_POWER_LAW_FOUND,
  RHEO_POWER_LAW_FEW,   /* fewer numbers than a fit is asked to have */
  RHEO_POWER_LAW_ALIKE, /* from none of the least numbers tried on are there two different ones, and enough of them */
} RheoPowerLawEnd;

/* p(x) = x^-alpha / zeta (alpha, x_min), x = x_min, x_min + 1 ... with Hurwitz's zeta */
typedef struct
{
  double alpha; /* by maximum likelihood */
  double error; /* standard error of alpha, from the curvature of the likelihood */
  int64_t x_min, n_tail;
  double distance; /* Kolmogorov-Smirnov: largest gap between the shares of the numbers from x_min on and the law */
} RheoPowerLaw;

/* Of n positive numbers in ascending order. x_min 0: the number that gives the least distance among the first 500 different
 * ones from which on there are at least `fewest` numbers. All NaN and 0 unless it is found. */
RheoPowerLawEnd rheo_power_law_fit (int64_t n, const int64_t *sorted, int64_t x_min, int64_t fewest, RheoPowerLaw *fit);
/* Share of the numbers from x_min on that are x. */
double rheo_power_law_share (const RheoPowerLaw *fit, double x);
