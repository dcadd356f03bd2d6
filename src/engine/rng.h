/* Thread: any. Plain C11 that is also C++, no GLib. */
/* Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011), drawn by address, never from a state.
 * Key = (seed folded to 32 bits, stream), counter = (index / 4, step, item, iteration). */
#pragma once

#include "types.h"

/* Streams: who draws. */
typedef enum
{
  RHEO_STREAM_INIT = 1, /* initial weights; item = projection */
  RHEO_STREAM_ORDER,    /* order of the trials of a data set; iteration = epoch */
  RHEO_STREAM_TASK,     /* contents of trials, moves of environments; item = trial or environment */
  RHEO_STREAM_NOISE,    /* noise in a rollout; item = row of the batch, step = time step */
  RHEO_STREAM_RULE,     /* what a rule draws: feedback weights, dropout, perturbations */
  RHEO_STREAM_REWIRE,   /* new synapses */
  RHEO_STREAM_ANALYSIS,
  RHEO_STREAM_DATA, /* data sets that are made up; iteration = part of it, item = trial */
} RheoStream;

#define RHEO_STEP_BEFORE 0xffffffffu /* the step of what is drawn before the first one */

uint32_t rheo_rng_bits (RheoRng rng, uint32_t step, uint32_t index);
double rheo_rng_uniform (RheoRng rng, uint32_t step, uint32_t index);             /* open interval (0, 1), 32 bits */
double rheo_rng_normal (RheoRng rng, uint32_t step, uint32_t index);              /* standard normal, Box-Muller */
uint32_t rheo_rng_below (RheoRng rng, uint32_t step, uint32_t index, uint32_t n); /* 0 .. n - 1, unbiased to 2^-32 n */

/* Four at a time: the bits of indices 4 block .. 4 block + 3. */
void rheo_rng_block (RheoRng rng, uint32_t step, uint32_t block, uint32_t out[4]);

/* out[i] = normal of index first + i; first a multiple of 4. Vectorised; equals rheo_rng_normal to rounding. */
void rheo_rng_normals (RheoRng rng, uint32_t step, uint32_t first, int n, RheoReal *out);

/* n numbers in each of n_rows rows, stride apart, in each of n_steps steps, step_size apart. */
typedef struct
{
  int n, n_rows, stride, n_steps;
  int64_t step_size;
} RheoRngRows;

/* The same for rows, whose items count up from rng.item, and for steps from `step` on: scale times the normals of indices
 * first .. first + n - 1 goes to each row of out, or is added to it. Numbers up to the next multiple of 4 are written too:
 * stride is one. */
void rheo_rng_normal_rows (RheoRng rng, uint32_t step, uint32_t first, const RheoRngRows *to, RheoReal scale, bool add,
                           RheoReal *out);

/* A uniformly random order of 0 .. n - 1. */
void rheo_rng_permute (RheoRng rng, uint32_t step, int n, int *out);
