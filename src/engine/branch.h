/* Thread: any; a branch belongs to one thread at a time. */
/* Fixed points of a vector field followed along an input that is turned up: curves of pseudo-arclength, with the folds,
 * branch points and Hopf points on them (Keller 1977; Allgower & Georg 2003; ctrnn spec 4.4). */
#pragma once

#include <stdatomic.h>

#include "field.h"

/* From u0 at value `from` to `to` along one input: u = u0 but u[channel] = value. */
typedef struct
{
  const RheoField *field;
  const double *u; /* [n_in], what the other inputs are */
  int channel;
  double from, to;
  double step; /* largest step along a curve, as share of the whole: of values, and of the root mean square of states */
  int n_steps; /* of a curve, at most */
} RheoBranchPlan;

typedef enum
{
  RHEO_EVENT_FOLD,   /* the curve turns back: two points meet */
  RHEO_EVENT_BRANCH, /* a real eigenvalue passes 0, and the curve goes on: others cross it there */
  RHEO_EVENT_HOPF,   /* a pair passes 0: an oscillation begins or ends */
} RheoEventKind;

typedef struct
{
  double value;
  double *x;        /* [n], owned */
  double largest;   /* real part of the eigenvalues, per tau */
  int n_unstable;   /* with positive real part */
  int n_real;       /* of them, real ones */
  double frequency; /* imaginary part of the leading eigenvalue, per tau */
  double nearest;   /* real part nearest to 0 */
} RheoBranchSample;

typedef struct
{
  int kind; /* RheoEventKind */
  RheoBranchSample at;
  int before, after; /* unstable eigenvalues on either side */
} RheoBranchEvent;

typedef struct
{
  GArray *sample;        /* RheoBranchSample, in order along the curve */
  GArray *event;         /* RheoBranchEvent, the same */
  gboolean closed, lost; /* it comes back to its beginning; it could not be followed to an end of the values */
} RheoBranch;

/* The curve through the fixed point x at a value, in both directions as far as the values go. NULL with
 * RHEO_ERROR_CANCELLED, or RHEO_ERROR_INVALID where x is none. */
RheoBranch *rheo_branch_follow (const RheoBranchPlan *plan, double value, const double *x, const atomic_bool *cancelled,
                                GError **error);
void rheo_branch_free (RheoBranch *branch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoBranch, rheo_branch_free)

/* Fixed points on the other curve through branch point number `event` of a curve, a step away on either side: values [2] and x
 * [2][n]. Gives how many there are within the values, up to 2; 0 also where no other curve crosses, as at a corner. */
int rheo_branch_switch (const RheoBranchPlan *plan, const RheoBranch *branch, guint event, double *values, double *x);

/* Whether the curve passes through x at a value, within `same` times the length of x. */
gboolean rheo_branch_passes (const RheoBranch *branch, const RheoBranchPlan *plan, double value, const double *x,
                             double same);
