/* Thread: engine. */
/* Ridge regression of several outputs on the same inputs, from sums that grow step by step:
 *
 *   minimise  sum_t w_t |y_t - W' x_t - b|² + lambda |W|²
 *
 * Older steps may be forgotten little by little. The sums are arrays of a net, so that a run that goes on has them. */
#pragma once

#include "net.h"

typedef struct
{
  int n_x, n_y;
  double *xx; /* [n_x + 1][n_x + 1], upper triangle: sums of w x x', the last x being 1 */
  double *xy; /* [n_x + 1][n_y]: sums of w x y' */
} RheoRidge;

/* Declares the arrays "<name>.xx" and "<name>.xy" of the net where they are not there yet. FALSE: no memory. */
gboolean rheo_ridge_init (RheoRidge *ridge, RheoNet *net, const char *name, int n_x, int n_y, GError **error);
/* A step with the inputs that are 1, in ascending order, all others being 0; target [n_y]. */
void rheo_ridge_add_active (RheoRidge *ridge, int n_active, const int32_t *active, const RheoReal *target,
                            double weight);
/* All sums times factor. */
void rheo_ridge_forget (RheoRidge *ridge, double factor);
/* weight [n_x][stride] and bias [n_y] of the least sum. FALSE, and nothing is written: nothing was added yet, or no memory. */
gboolean rheo_ridge_solve (const RheoRidge *ridge, double lambda, RheoReal *weight, int stride, RheoReal *bias);
