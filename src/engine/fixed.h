/* Thread: any; a list belongs to one thread at a time. */
/* Fixed and slow points of a vector field: searched from many starts, told apart, classified (Sussillo & Barak 2013; Golub &
 * Sussillo 2018; ctrnn spec 4.2, 4.4). */
#pragma once

#include <stdatomic.h>

#include "field.h"
#include "rng.h"

typedef enum
{
  RHEO_POINT_STABLE,
  RHEO_POINT_UNSTABLE,
  RHEO_POINT_MARGINAL, /* |largest real part| is at most the margin */
} RheoPointKind;

#define RHEO_POINT_EXACT 1e-12 /* q up to which a point is at rest; with more it is slow */

typedef struct
{
  int method;      /* 0: roots (Powell's hybrid), 1: slow points (descent on q, then damped Newton) */
  int n_starts;    /* at most */
  int patience;    /* roots: ends after so many starts without a new point; 0: never */
  double q_max;    /* accepted up to this q */
  double same;     /* relative distance below which two points are one */
  double margin;   /* of the class "marginal", per tau */
  double spread;   /* standard deviation of what is added to states of trials, and of random states */
  double outlier;  /* points farther from the middle of the starts than so many mean distances are dropped; 0: none */
  gboolean mirror; /* adds -x where the field is odd and the input zero */
} RheoPointSearch;

extern const RheoParam rheo_point_search_rows[];

typedef struct
{
  double *x;         /* [n], owned by the list */
  double *re, *im;   /* [n], owned: eigenvalues of the Jacobian per tau, in descending order of re; NaN: not found */
  double q;          /* |F|^2 */
  double largest;    /* largest real part of the eigenvalues, per tau */
  int n_unstable;    /* eigenvalues with positive real part */
  int n_real;        /* of them, real ones */
  int kind;          /* RheoPointKind */
  int hits;          /* starts that led here */
  gboolean mirrored; /* found only as the image of another */
} RheoPoint;

typedef struct
{
  const RheoField *field; /* borrowed */
  double *u;              /* [n_in] */
  GArray *point;          /* RheoPoint */
  GArray *order;          /* private: where points lie along a direction */
  double *probe;          /* private: that direction */
  int n_tried, n_accepted, n_far;
} RheoPoints;

/* From starts [n_starts][n] under the input u [n_in]. warm: points of an earlier search that are tried first, or NULL. NULL
 * with RHEO_ERROR_CANCELLED. */
RheoPoints *rheo_points_search (const RheoField *field, const RheoPointSearch *search, const double *u, int n_starts,
                                const double *starts, const RheoPoints *warm,
                                void (*progress) (void *data, double fraction), void *progress_data,
                                const atomic_bool *cancelled, GError **error);
void rheo_points_free (RheoPoints *points);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPoints, rheo_points_free)

/* Starts: a third each from states of trials with normal noise added, from lines between two such states, and random normals;
 * where there are no states (n_states 0) all are random. out [n][field->n]. */
void rheo_points_starts (const RheoField *field, double spread, int n_states, const double *states, RheoRng rng, int n,
                         double *out);

/* Sum over all points of (-1)^(number of positive real eigenvalues). With bounded rates it is +1 where the list is complete:
 * necessary, not sufficient. Slow points do not count. */
int rheo_points_index_sum (const RheoPoints *points, double q_max);
/* Points that there still are besides those found, estimated from how many were met once and twice (Chao 1984). */
double rheo_points_unseen (const RheoPoints *points);

/* One root from x, which becomes it, or where it got to when it was cancelled. Returns its q. */
double rheo_point_solve (const RheoField *field, const double *u, double *x, const atomic_bool *cancelled);
/* All n_points states [point][n] at once downhill in q, for at most n_steps gradients, in single precision: x and
 * at_rest [point] become where each got to, and whether q hardly fell any more there. FALSE: cancelled. */
gboolean rheo_points_descend (const RheoField *field, const double *u, int n_points, int n_steps, double *x,
                              gboolean *at_rest, void (*progress) (void *data, double fraction), void *progress_data,
                              const atomic_bool *cancelled);
/* Damped Newton steps (Levenberg, Marquardt) on q from x, which becomes its minimum; across [n]: among states of the same
 * across' x, or NULL: among all. Returns q. Ends early when it is cancelled. */
double rheo_point_polish (const RheoField *field, const double *u, const double *across, int n_steps, double *x,
                          const atomic_bool *cancelled);
