/* Thread: engine. Plain C11 that is also C++, no GLib. */
/* What the CUDA module does for the device "cuda" (device-cuda.c): it keeps a network's arrays on a card and runs windows
 * there. One function table, looked up by name in the module, is all that the program knows of CUDA.
 *
 * On the card an array of a window is [step][row][stride], rows those of the wave; the program's tape is the same lane by
 * lane, so blocks of rows go back and forth. */
#pragma once

#include "device.h"
#include "optimise.h"

#define RHEO_CARD_SYMBOL "rheo_card_ops"

typedef struct RheoCard RheoCard;
typedef struct RheoCardNet RheoCardNet;

/* One trained array (RheoTrainable): weights or bias of a projection, or a parameter of a population. */
typedef struct
{
  int proj, pop, param; /* proj -1: of the population */
  bool bias;
  int64_t n_rows;
  int width, stride;
} RheoCardTrained;

/* A network, and how large its windows may be. All of it is borrowed while the network lives. */
typedef struct
{
  const RheoPlan *plan;
  int n_rows, n_steps;
  int depth[RHEO_MAX_POPS]; /* steps before the window that projections look back to */
  int n_states[RHEO_MAX_POPS], n_params[RHEO_MAX_POPS], n_tape[RHEO_MAX_POPS];
  size_t derived_size[RHEO_MAX_POPS];
  uint32_t noise_first[RHEO_MAX_POPS]; /* index of the first normal of each population (rng.h) */
  int n_trained;
  const RheoCardTrained *trained;
} RheoCardSpec;

/* A window on rows row0 .. row0 + n_rows - 1 of its batch. */
typedef struct
{
  const RheoWindow *w;
  int row0, n_rows;
  const RheoSurrogate *surrogate;
} RheoCardWindow;

/* Arrays of a population that go back and forth; k counts states, parameters of the tape, ports. */
typedef enum
{
  RHEO_CARD_STATE, /* one step: at the end of the last window, or where the next begins */
  RHEO_CARD_OUT,   /* step -depth .. */
  RHEO_CARD_BITS,  /* out of spiking units as bits, [step][row][word]; to the program only */
  RHEO_CARD_TAPE,  /* as RheoTapePop.tape: step 0 is the one before the window */
  RHEO_CARD_D_OUT,
  RHEO_CARD_DELTA, /* after `backward` */
} RheoCardArray;

/* Steps and rows of an array. */
typedef struct
{
  int array, pop, k; /* RheoCardArray */
  int64_t step, n_steps;
  int row, n_rows;
} RheoCardBlock;

/* Functions that return a sentence give NULL where all went well; the sentence is constant, to be translated. */
typedef struct
{
  const char *build;               /* must equal RHEO_CARD_BUILD of the program */
  int (*count) (const char **why); /* 0: *why says why there is none */
  RheoCard *(*open) (int card, const char **why);
  void (*close) (RheoCard *card);
  const char *(*get_name) (const RheoCard *card); /* "NVIDIA H100 80GB HBM3" */
  size_t (*get_free) (const RheoCard *card);      /* bytes */
  /* The first error since it was asked last. */
  const char *(*sync) (RheoCard *card);
  bool (*can) (const RheoPlan *plan, const char **why_not);
  double (*bytes) (const RheoCardSpec *spec);                      /* of memory that `make` takes */
  RheoCardNet *(*make) (RheoCard *card, const RheoCardSpec *spec); /* NULL: no memory */
  void (*free) (RheoCardNet *net);
  void (*put_weights) (RheoCardNet *net);   /* weights, biases, feedback; with masks */
  void (*put_constants) (RheoCardNet *net); /* derived constants and parameters of the populations */
  /* A window is about to be put there: how many rows arrays have, and how long they go on. */
  void (*begin) (RheoCardNet *net, const RheoCardWindow *w);
  void (*put) (RheoCardNet *net, const RheoCardBlock *block, const void *from);
  void (*get) (RheoCardNet *net, const RheoCardBlock *block, void *to);
  void (*forward) (RheoCardNet *net, const RheoCardWindow *w);
  void (*clear_d_out) (RheoCardNet *net);
  void (*backward) (RheoCardNet *net, const RheoCardWindow *w);
  /* Of the window that went back: added to value[k], one array per trained one, as its RheoCardTrained says; value NULL: to
   * the sums that the card keeps. */
  void (*weights) (RheoCardNet *net, const RheoCardWindow *w, RheoReal *const *value);
  void (*clear_sums) (RheoCardNet *net);
  void (*get_sums) (RheoCardNet *net, RheoReal *const *value); /* added */
  void (*square_sums) (RheoCardNet *net, double *squares);     /* of each trained array */
  /* Running means of the optimiser, one change per trained array. */
  void (*put_moments) (RheoCardNet *net, const RheoChange *change);
  void (*get_moments) (RheoCardNet *net, const RheoChange *change);
  /* What the sums do to the trained arrays, which come to the program too. */
  void (*update) (RheoCardNet *net, RheoChange *change);
} RheoCardOps;
