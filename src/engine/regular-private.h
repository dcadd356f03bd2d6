/* Thread: engine. */
/* Inside of regularisation, for regular*.c. */
#pragma once

#include "regular.h"

/* One column: the weights between one input or output and all units of a population. */
typedef struct
{
  int trainable;     /* of the net */
  int64_t place, by; /* of its first number, and from one to the next */
  gboolean is_input;
} RheoRegularColumn;

typedef struct RheoRegularMoments RheoRegularMoments;

struct RheoRegularWork
{
  RheoNet *net;
  const RheoRegular *config;
  int pop, n_units; /* the population with rates; -1: none */
  RheoRegularColumn *column;
  int n_columns;
  double *unit;   /* [column][unit]: columns of length 1 */
  double *length; /* [column] */
  double *cosine; /* [column][column], 0 on the diagonal */
  /* Of rates. */
  int n_rows;                /* of the net */
  double *row_rate;          /* [row] of the net */
  double norm;               /* units, steps and trials */
  double *row_top, *row_sum; /* [row][unit]: largest rate / temperature, and sum of exp beside it; made when needed */
  double *softest;           /* [unit]: log of the sum of exp (rate / temperature) over the batch */
  double *magnitude;         /* [unit]: soft largest rate */
  int64_t n_states;          /* steps and trials whose rates count */
  /* Of outputs. */
  double *mean_output; /* [step][out]: over the trials */
  double deviation, energy;
  RheoRegularMoments *moments; /* made when needed */
};

/* 1 for 100 units, less for more. */
double rheo_regular_scale (int n_units);

/* --- regular-weights.c --- */
void rheo_regular_find_columns (RheoRegularWork *work);
double rheo_regular_value_of_weights (RheoRegularWork *work);

/* --- regular-moments.c: penalties that need means and products of the states of the whole batch --- */
gboolean rheo_regular_uses_moments (const RheoRegular *config);
void rheo_regular_moments_free (RheoRegularMoments *moments);
/* All others: only where they are used. */
void rheo_regular_begin_moments (RheoRegularWork *work);
void rheo_regular_add_moments (RheoRegularWork *work, const RheoBatch *batch, int i_lane, int64_t t0);
void rheo_regular_finish_moments (RheoRegularWork *work);
double rheo_regular_value_of_moments (const RheoRegularWork *work);
void rheo_regular_gradient_of_moments (RheoRegularWork *work, const RheoBatch *batch, int i_lane, int64_t t0);
void rheo_regular_weights_of_moments (RheoRegularWork *work, RheoGrad *grad);
