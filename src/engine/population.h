/* Thread: any. Plain C, no GLib. */
/* Measures of how units act together: dimension, participation, clusters. */
#pragma once

#include "rng.h"

/* (sum of the eigenvalues)^2 / sum of their squares of a covariance matrix [n][n]: 1 where all units go up and down as one,
 * n where they do so alone and alike. NaN: nothing varies. */
double rheo_participation_ratio (int n, const double *covariance);
/* Of one unit over time and trials: standard deviation plus 0.9 quantile of the amount (ctrnn spec 3.2). value is put in
 * another order. */
double rheo_participation (int64_t n, float *value);

/* k-means (Lloyd) of n points of n_dims numbers from k-means++ seeds, the best of several tries; cluster [n]: 0 .. k - 1, in
 * descending order of their size. k at most n. Gives the sum of squared distances to the centres. */
double rheo_cluster (int n, int n_dims, const double *point, int k, int n_tries, RheoRng rng, int *cluster);
/* Mean silhouette (Rousseeuw 1987): 1: clusters far apart, 0: none to be seen. NaN: fewer than two clusters. */
double rheo_silhouette (int n, int n_dims, const double *point, const int *cluster);
