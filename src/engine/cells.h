/* Thread: any; a cell has no state of its own. */
/* The arithmetic of one population, shared by CPU and GPU: plain C11 that is also C++ and CUDA, no GLib. */
#pragma once

#include "types.h"

/* Derivative that stands in for that of the step function; g (v), v = membrane - threshold (rsnn spec 2.5). */
typedef enum
{
  RHEO_SURROGATE_ARCTAN,
  RHEO_SURROGATE_FAST_SIGMOID,
  RHEO_SURROGATE_SIGMOID,
  RHEO_SURROGATE_TRIANGULAR,
  RHEO_SURROGATE_BOXCAR,
  RHEO_SURROGATE_GAUSSIAN,
  RHEO_SURROGATE_MULTI_GAUSSIAN,
  RHEO_SURROGATE_SLAYER,
  RHEO_SURROGATE_STRAIGHT,
  RHEO_SURROGATE_SPARSE_FAST_SIGMOID,
} RheoSurrogateKind;

typedef struct
{
  int kind;      /* RheoSurrogateKind */
  double slope;  /* alpha of arctan; k of the sigmoids; rate of SLAYER */
  double scale;  /* gamma */
  double width;  /* w of triangular and boxcar; sigma of the Gaussians; B_th of the sparse fast sigmoid */
  double lobe;   /* h of the multi-Gaussian */
  double spread; /* s of the multi-Gaussian */
} RheoSurrogate;

/* What a cell sees: one population, one lane, one step. Arrays are [row][stride], stride >= n_units, a multiple of
 * RHEO_PAD; numbers beyond n_units may be read and written, they mean nothing but stay finite. */
typedef struct
{
  int n_units, n_rows, stride;        /* rows are sorted by trial length: those still running come first */
  const RheoReal *const *param;       /* per cell->params: [n_units] each */
  RheoReal *const *state;             /* per cell->states; in adjoint: gradients of the state, carried backwards */
  RheoReal *const *current;           /* per port: summed input with bias; forward may overwrite it */
  const RheoReal *noise;              /* standard normals [row][stride], or NULL */
  RheoReal *out;                      /* what projections and read-out see */
  const RheoReal *out_before;         /* that of the step before; in adjoint out and out_before are NULL unless
                                       * cell->adjoint_out */
  RheoReal *const *tape;              /* n_tape arrays to write for adjoint; in adjoint: to read */
  const RheoReal *const *tape_before; /* adjoint only: those of the step before */
  const RheoSurrogate *surrogate;     /* adjoint only */
  const RheoReal *d_out;              /* adjoint: gradient of out ... */
  RheoReal *const *d_current;         /* ... becomes that of each current (delta) ... */
  RheoReal *d_out_before;             /* ... plus a share for the step before: added to, never set */
  RheoReal *const *d_param;           /* per cell->params: [n_units], added to; NULL: not trained */
} RheoSlice;

typedef struct
{
  const char *id;
  const char *const *params, *const *states; /* names, NULL-ended */
  int n_ports;                               /* currents, 1 or more */
  int (*n_tape) (const void *derived);       /* arrays on the tape */
  bool spikes;                               /* out is 0 or 1: event paths and bit tapes allowed */
  bool adjoint_out;                          /* adjoint reads out and out_before */
  bool adjoint_in_place; /* d_current[0] may lie where tape[0] does: adjoint writes a number when it has read all of its
                          * own */
  bool adjoint_before;   /* adjoint adds to d_out_before, which is NULL otherwise */
  bool (*noisy) (const void *derived); /* forward reads noise; NULL: never */
  /* State and out before the first step of a trial; NULL: zeros, and what is not written is 0. */
  void (*reset) (const void *derived, const RheoSlice *s, RheoRng rng);
  /* Writes into tape what adjoint of the first step of a window reads of the step before, from state. NULL: nothing. */
  void (*first_tape) (const void *derived, const RheoSlice *s);
  void (*forward) (const void *derived, const RheoSlice *s);
  void (*adjoint) (const void *derived, const RheoSlice *s); /* NULL: no gradient */
  /* Before adjoint, from tape and surrogate: where heard[row][stride] becomes 0, adjoint multiplies d_out by 0, and it need
   * not be known. false: it counts anywhere, and nothing was written. NULL: so always. */
  bool (*hears) (const void *derived, const RheoSlice *s, RheoReal *heard);
  /* The derivative that adjoint takes for that of the spike, of a step on the tape, to g [row][stride]: reads n_units, n_rows,
   * stride, param, tape and surrogate. NULL: there is none. */
  void (*slope) (const void *derived, const RheoSlice *s, RheoReal *g);
} RheoCell;
