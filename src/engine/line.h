/* Thread: any. */
/* Lines of slow points between two states of a vector field, and the modes along them (Mante et al. 2013; ctrnn spec 4.2). */
#pragma once

#include <stdatomic.h>

#include "field.h"

/* n_points (2 or more) states x [point][n] from about left to about right [n], under the input u: each the slowest among
 * those of the same (right - left)' x, which grows by equal steps. The first search starts from left, each other one from
 * the point before. q [point]. FALSE: cancelled. */
gboolean rheo_line_find (const RheoField *field, const double *u, const double *left, const double *right, int n_points,
                         double *x, double *q, const atomic_bool *cancelled);

/* Eigenvalues re, im [n] of the Jacobian at x in descending order of their real parts, and the real parts of the first
 * one's right and left vectors [n], scaled as rheo_eigen does. left_im [n]: imaginary part of the left one. NaN where they
 * could not be found. */
void rheo_line_modes (const RheoField *field, const double *u, const double *x, double *re, double *im, double *right,
                      double *left, double *left_im);

/* Gives the vectors right, left [point][n] of neighbouring points the same sign: right ones grow along axis [n], and do
 * not point away from their mean. A left vector turns with its right one, whose product with it keeps its sign. */
void rheo_line_align (int n, int n_points, const double *axis, double *right, double *left);
