/* Thread: engine. */
/* Block: the inner target of Capone, Muratore & Paolucci 2022, for networks of cells/cuba.h. Each trial is run once with
 * the targets as a current to all units, through weights that nobody learns; the spikes of that run are what the network
 * is to give without it. Then the read-out is fitted to them. Both happen once, before the first update. */
#pragma once

#include "rule.h"

typedef enum
{
  RHEO_FIT_DESCENT, /* full-batch gradient descent */
  RHEO_FIT_RIDGE,   /* least squares with a penalty on the weights */
} RheoFitKind;

typedef struct
{
  double sd;          /* of the weights that carry the targets */
  gboolean recurrent; /* the units also hear each other */
  int fit;            /* RheoFitKind */
  double lr;
  int epochs;
  gboolean safe; /* lr is at most 1 / the largest eigenvalue, so that the descent does not diverge */
  double ridge;
} RheoInner;

extern const RheoParam rheo_inner_rows[];

/* At work on the network of a rule. */
typedef struct
{
  int n_trials, n_steps, n_units, n_out;
  gboolean alike; /* all trials are the same one */
  int pop, proj;  /* "rec"; "out" */
  /* Arrays of the net, so that they survive a resume. */
  uint8_t *spikes;   /* "target.spikes": [trial][step][unit] */
  RheoReal *teacher; /* "teacher.weight": [out][unit] */
  double *state;     /* "target.state": whether there is a target, and the mean squared error of its read-out */
} RheoInnerWork;

/* In a rule's setup: adds the arrays and draws the teacher's weights. */
gboolean rheo_inner_begin (RheoInnerWork *work, RheoRule *rule, const RheoInner *config, GError **error);
gboolean rheo_inner_is_there (const RheoInnerWork *work);
/* NaN: the fit has diverged, and the read-out was left as it was. */
double rheo_inner_get_limit (const RheoInnerWork *work);
/* Both phases. FALSE with an error, or without one where rule->stop said so; then nothing was changed. */
gboolean rheo_inner_make (RheoInnerWork *work, RheoRule *rule, const RheoInner *config, GError **error);
/* Filters the target of a trial with `keep` from one step to the next and 1 - keep of each spike: g [step][stride]. */
void rheo_inner_filter (const RheoInnerWork *work, int trial, double keep, int stride, RheoReal *g);
/* Singular values of B'B, in descending order: B [rows][stride], of n numbers each. All 0 where they cannot be found. */
void rheo_inner_spectrum (int n_rows, int n, int stride, const RheoReal *b, double *singular);
/* A row of a batch as a batch, borrowed from it. */
RheoBatch rheo_inner_only (const RheoBatch *batch, int row);
/* Whether trials of a set are those whose target is kept: all are where they are alike, else those of the training. */
gboolean rheo_inner_has (const RheoInnerWork *work, int set);
/* Which trial a row of a batch is; -1: its target is not known. */
int rheo_inner_trial (const RheoInnerWork *work, const RheoBatch *batch, int row);
/* How many spikes of a row (from 0) of a lane of the tape, whose window of n_steps begins at step t0 of the trial, differ from
 * those of the target; NaN for trial -1. */
double rheo_inner_count (const RheoInnerWork *work, const RheoTapeLane *lane, int trial, int row, int64_t t0,
                         int64_t n_steps);
