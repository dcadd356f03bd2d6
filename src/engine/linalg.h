/* Thread: any. Plain C, no GLib. */
/* Dense linear algebra for analyses, in double precision. */
#pragma once

#include <stdbool.h>

/* Eigenvalues of the n x n matrix a, which is overwritten: re [n] and im [n], in no order. Row or column major: the same
 * values. FALSE: the iteration did not converge, a number was not finite, or there was no memory. */
bool rheo_eigenvalues (int n, double *a, double *re, double *im);
