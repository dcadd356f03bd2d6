/* Thread: any. Plain C, no GLib. */
/* Dense linear algebra for analyses and initial weights, and statistics, in double precision. */
#pragma once

#include <stdbool.h>

/* Eigenvalues of the n x n matrix a, which is overwritten: re [n] and im [n], in no order. Row or column major: the same
 * values. FALSE: the iteration did not converge, a number was not finite, or there was no memory. */
bool rheo_eigenvalues (int n, double *a, double *re, double *im);

/* Eigenvalues with right and left eigenvectors of the n x n matrix a [row][column], which is overwritten, in descending order
 * of their real parts (of a pair the one with positive imaginary part first). right and left [mode][unit][2]: real and
 * imaginary parts; right vectors have length 1, left ones are scaled so that sum_i left_i right_i = 1 (not conjugated),
 * where that is not 0. FALSE as above. */
bool rheo_eigen (int n, double *a, double *re, double *im, double *right, double *left);

/* c = alpha a b + beta c; a [m][k], b [k][n], or their transposes as they lie in memory [k][m], [n][k]. */
void rheo_multiply (bool transpose_a, bool transpose_b, int m, int n, int k, double alpha, const double *a,
                    const double *b, double beta, double *c);
/* Solves a x = b; a [n][n] is overwritten, b becomes x. FALSE: singular, or no memory. */
bool rheo_solve (int n, double *a, double *b);
/* The same for a symmetric positive definite a, in half the time, and n_b right-hand sides b [n_b][n]. FALSE: it is not. */
bool rheo_solve_positive (int n, double *a, int n_b, double *b);
/* Principal directions of m points of n numbers, about their mean: the first n_wanted in order of their variance, each of
 * length 1 with its largest part positive, in direction [n_wanted][n]; mean [n], variance [n_wanted]. n_wanted at most n.
 * FALSE: no memory, no convergence, numbers that are not finite. */
bool rheo_principal (int m, int n, const double *points, int n_wanted, double *mean, double *direction,
                     double *variance);
/* The same from a covariance matrix [n][n], which is overwritten. */
bool rheo_directions (int n, double *covariance, int n_wanted, double *direction, double *variance);

/* Turns the m x n matrix a (m >= n, column major) into orthonormal columns: the Q of its QR factors with the signs that
 * make the diagonal of R positive, so that normal entries give a uniformly distributed Q (Mezzadri 2007).
 * work: RHEO_ORTHONORMAL_WORK (n) numbers. */
#define RHEO_ORTHONORMAL_WORK(n) (66 * (size_t) (n))
void rheo_orthonormal (int m, int n, double *a, double *work);

/* Mean of n numbers with its 95 % interval by Student's t; NaN where there are too few. Numbers that are NaN do not
 * count; how many do is returned. */
int rheo_mean_interval (const double *value, int n, double *mean, double *lo, double *hi);

/* A search or a fit that does not get on is no error of the program: GSL tells of it and does not end it. Before any of them. */
void rheo_gsl_keep_quiet (void);
