/* Thread: any. Plain C, no GLib. */
/* Dense linear algebra for analyses and initial weights, and statistics, in double precision. */
#pragma once

#include <stdbool.h>

/* Eigenvalues of the n x n matrix a, which is overwritten: re [n] and im [n], in no order. Row or column major: the same
 * values. FALSE: the iteration did not converge, a number was not finite, or there was no memory. */
bool rheo_eigenvalues (int n, double *a, double *re, double *im);

/* Turns the m x n matrix a (m >= n, column major) into orthonormal columns: the Q of its QR factors with the signs that
 * make the diagonal of R positive, so that normal entries give a uniformly distributed Q (Mezzadri 2007).
 * work: RHEO_ORTHONORMAL_WORK (n) numbers. */
#define RHEO_ORTHONORMAL_WORK(n) (66 * (size_t) (n))
void rheo_orthonormal (int m, int n, double *a, double *work);

/* Mean of n numbers with its 95 % interval by Student's t; NaN where there are too few. Numbers that are NaN do not
 * count; how many do is returned. */
int rheo_mean_interval (const double *value, int n, double *mean, double *lo, double *hi);
