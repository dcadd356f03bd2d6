/* Thread: any. */
/* Penalties of a rate network that need no more than the means and mean products of its states over a batch. */
#pragma once

#include "regular.h"

/* Of states z: the rates of the units, behind them the inputs that are seen together with them. */
typedef struct
{
  int n_units, n; /* n: units and inputs */
  int n_classes;  /* at least 1 */
  const int *class_first;
  double *value;  /* [n]: mean of z */
  double *size;   /* [unit]: mean of |rate| */
  double *second; /* [n][n]: mean of z z' */
  double *weight; /* [n][unit]: onto the units, as they are now */
} RheoMoments;

/* Of the sum of all penalties. The gradient of a rate is value + sign size + (product of each z with it), all by the number
 * of states. */
typedef struct
{
  double *value, *size; /* [unit] */
  double *product;      /* [n][unit] */
  double *weight;       /* [n][unit] */
} RheoMomentSlopes;

/* The penalties with a weight above 0; their slopes are added. With u a state's inputs, h = W' z and v the mean over the
 * batch of |rate| or of h of each unit (ctrnn spec 3.2):
 *
 *   inequality   z = (v - mean v) / range, between -8 and 8; p = soft-max z; (n sum p^2 - 1) / (n - 1) or Gini's index of p.
 *                The range is the mean of five distances between quantiles.
 *   steady       variance of v between units / (that + mean variance of each unit's h over steps and trials)
 *   clustering   mean over pairs of a class of softplus (s (x / a) - s ((x - a) / a) - s ((x - a) / (b - a))), where x is the
 *                distance of two units' rates over the batch by the diameter, a quantile of the distances, a is near and b
 *                lies a gap beyond
 *   tail         share of the variance of rates beyond the first principal directions */
double rheo_regular_measure (const RheoRegular *config, const RheoMoments *mean, RheoMomentSlopes *slopes);
