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
};

/* 1 for 100 units, less for more. */
double rheo_regular_scale (int n_units);

/* --- regular-weights.c --- */
void rheo_regular_find_columns (RheoRegularWork *work);
double rheo_regular_value_of_weights (RheoRegularWork *work);
