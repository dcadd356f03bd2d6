/* Thread: any. Plain C, no GLib. */
/* Block: an evolution strategy (Rechenberg 1973; Salimans et al. 2017, arXiv:1703.03864; Hasegan et al. 2022, Frontiers in
 * Computational Neuroscience 16:1017284). In each generation member i of n tries the weights
 *
 *   W (1 + e_i), or W + e_i,   e_i ~ N (0, sigma),
 *
 * and is as fit as F_i says; then, with N = (F - mean F) / (sd F + 1e-8), the same for all weights,
 *
 *   W <- W (1 + lr mean_i (N_i e_i)), or W + lr mean_i (N_i e_i)
 *
 * e_i is never kept: it is drawn again, from its address. */
#pragma once

#include <stdbool.h>

#include "rng.h"

#define RHEO_EVOLVE_PIECE 1024 /* numbers of one call at most */

typedef struct
{
  uint64_t seed;
  uint32_t generation;
  double sigma;
  bool multiply;
  double lowest;   /* multiply: smaller perturbations become this one */
  bool antithetic; /* e of members 1, 3 ... is that of members 0, 2 ... with the other sign */
} RheoEvolve;

/* The numbers first .. first + n - 1 of an array that goes by the number `array`; first is a multiple of 4. */
typedef struct
{
  RheoReal *value;
  uint32_t array, first;
  int n;
} RheoEvolvePiece;

/* The piece as member `member` has it. */
void rheo_evolve_perturb (const RheoEvolve *e, int member, const RheoEvolvePiece *piece);
/* The piece of the next generation; share [n_members]: N. */
void rheo_evolve_update (const RheoEvolve *e, int n_members, const double *share, double lr,
                         const RheoEvolvePiece *piece);

/* N of fitness [n], or of its ranks: the lowest is 0, equal ones share the mean of theirs. Where all are equal N is 0. */
void rheo_evolve_share (int n, const double *fitness, bool ranks, double *share);

typedef struct
{
  double mean, median, min, max;
} RheoEvolveFacts;

/* Puts them in order; n is at least 1. */
RheoEvolveFacts rheo_evolve_describe (int n, double *fitness);
