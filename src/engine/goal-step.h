/* Thread: the lane's. Plain C11 that is also C++, no GLib. */
/* One step of target-based learning (rules/goal.c): plain loops over the units of a trial. */
#pragma once

#include "cells/cuba.h"
#include "kernels.h"

/* Rows are `stride` numbers, a multiple of RHEO_PAD, and aligned to RHEO_ALIGN; what lies beyond n is 0. */
typedef struct
{
  int n, stride, n_out;
  RheoReal keep_synapse, gain_synapse, keep_membrane, gain_membrane, keep_target, gain_target;
  RheoReal slope; /* of the sigmoid whose derivative stands in for that of the spike */
  const RheoReal *threshold;
  RheoReal rate;            /* of learning, times what the surrogate is to be multiplied by */
  RheoReal diagonal;        /* c of D = c 1, where neither `whole` nor `rank` is there */
  const RheoReal *whole;    /* D: [n][stride], or NULL */
  int rank;                 /* of B, where D = B B' is taken in two products */
  const RheoReal *feedback; /* B: [rank][stride] */
  RheoReal *s, *p, *r;      /* traces: filtered spikes, eligibility, spikes filtered like the target */
  RheoReal *sum_p;          /* of the trial; or NULL */
  RheoReal *error, *signal, *q;
} RheoGoalStep;

/* Traces of the trial begin anew. */
void rheo_goal_begin (RheoGoalStep *step);
/* After the cells: z and v of this step, z of the one before, current c of the synapses, target g and its spikes; more
 * [n_out]: what the first outputs' errors differ by from those of the units (feedback of outputs), or NULL. Leaves p and
 * q, whose outer product is the update, and gives c what the update makes of spikes that have already arrived. How many
 * spikes differ from the target's. */
double rheo_goal_step (RheoGoalStep *step, const RheoReal *z_before, const RheoReal *z, const RheoReal *v,
                       const RheoReal *g, const RheoReal *spikes, const RheoReal *more, RheoReal *c);
/* After rheo_goal_step: the update p q' of weights w [n][stride] by Adam, with moments [2][n][n]; w_ii = 0, and c becomes
 * what w makes of the traces s. */
void rheo_goal_adam (RheoGoalStep *step, const RheoAdam *how, RheoReal *w, int stride, RheoReal *moments, RheoReal *c);
/* Standard deviation of n numbers, by n - 1; of one: 0. */
double rheo_goal_deviation (int n, const RheoReal *x);
