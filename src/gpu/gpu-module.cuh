/* Thread: engine. C++. */
/* The parts of RheoCardOps (card.h) that the table in gpu-module.cu joins. */
#pragma once

#include "gpu-net.cuh"

#define N_(text) text /* to be translated, by the program */

/* --- gpu-card.cu, or gpu-shim.cpp on the host ------------------------------------------------------------------------ */
int gpu_count (const char **why);
RheoCard *gpu_open (int i_card, const char **why);
void gpu_close (RheoCard *card);
const char *gpu_get_name (const RheoCard *card);
size_t gpu_get_free (const RheoCard *card);
const char *gpu_sync (RheoCard *card);

/* --- gpu-net.cu ------------------------------------------------------------------------------------------------------- */
#define GPU_TRAINED (2 * RHEO_MAX_PROJS + GPU_FEW * RHEO_MAX_POPS)

struct RheoCardNet
{
  RheoCard *card;
  RheoCardSpec spec;
  GpuPop pop[RHEO_MAX_POPS];
  GpuProj proj[RHEO_MAX_PROJS];
  int stage_of[RHEO_MAX_POPS];
  int n_rows;        /* of the wave that is on the card */
  int depth_in;      /* steps before the window that projections of the input look back to */
  int ld_in;         /* numbers of a row of input */
  RheoReal *input;   /* [depth_in + step][row][ld_in] */
  RheoReal *given;   /* dense inputs as they came */
  size_t given_size; /* bytes */
  int64_t *first;    /* events as they came: [row * steps + 1] places in unit */
  int32_t *unit;
  size_t first_size, unit_size;
  int64_t n_events;                              /* of the batch's rows that are there */
  bool spread;                                   /* events of the window are in `input` too */
  int *left;                                     /* [row] */
  RheoReal *bias[RHEO_MAX_POPS][RHEO_MAX_PORTS]; /* sums of biases, [stride] */
  struct
  {
    RheoReal *sum, *value, *mean, *square; /* as RheoCardTrained says; value: what windows take, or a bias of its own */
    uint8_t *mask;
    int8_t *sign;
  } trained[GPU_TRAINED];
  bool masks_are_old; /* those of trained arrays, and signs */
  int64_t *count;     /* [3] */
  RheoReal *sum;      /* a gradient before it leaves, of the largest array */
  double *part;       /* [GPU_CHUNKS][widest population]: parts of long sums */
  RheoReal *host;     /* room for either in the program's memory */
  int *host_left;     /* the same of left */
  void *block
      [3072]; /* everything on the card, to be freed: at most 33 of a population, 3 of a projection, 6 of a trained array, 6 more */
  int n_blocks;
  bool starved;
};

bool gpu_can (const RheoPlan *plan, const char **why_not);
double gpu_bytes (const RheoCardSpec *spec);
RheoCardNet *gpu_make (RheoCard *card, const RheoCardSpec *spec);
void gpu_forget (RheoCardNet *net);
/* Room for `bytes`, freed with the net; what was in the block before is lost. False: there is none, which the card notes. */
bool gpu_room (RheoCardNet *net, void **block, size_t *size, size_t bytes);
void gpu_put_weights (RheoCardNet *net);
void gpu_put_biases (RheoCardNet *net);
/* What windows make of the weights of a projection. */
void gpu_turn (RheoCardNet *net, const GpuProj &proj);
void gpu_put_constants (RheoCardNet *net);
void gpu_put_block (RheoCardNet *net, const RheoCardBlock *block, const void *from);
void gpu_get_block (RheoCardNet *net, const RheoCardBlock *block, void *to);

/* --- windows ------------------------------------------------------------------------------------------------------------ */
void gpu_begin (RheoCardNet *net, const RheoCardWindow *w);
GpuWindow gpu_window (const RheoCardNet *net, const RheoCardWindow *w);
/* What a population that is alone in its stage hears of itself, as a kernel takes it along that runs the whole window: -1:
 * nothing. False: it hears more than that, or others, and goes step by step. */
bool gpu_loop_of (const RheoCardNet *net, int pop, int *proj);
/* Shared memory of that kernel for n sources or targets, weights apart; and its threads. */
size_t gpu_loop_room (int n);
unsigned gpu_loop_threads (int n_units);

/* --- gpu-forward.cu, gpu-backward.cu, gpu-weights.cu ------------------------------------------------------------------- */
void gpu_run_forward (RheoCardNet *net, const RheoCardWindow *w);
/* Input of the window in numbers, at its first step; `depth_in` more lie before. */
const RheoReal *gpu_input (RheoCardNet *net, const RheoCardWindow *w);
/* dst[row][i] += weight[i] source[row][i] for n_rows rows of n numbers. */
void gpu_add_each (RheoCardNet *net, int64_t n_rows, int n, const RheoReal *source, int ld, const RheoReal *weight,
                   RheoReal *dst, int ld_dst);
/* To net->sum: of each of n columns of x, or of x times s number by number where s is not NULL. */
void gpu_sum_columns (RheoCardNet *net, int64_t n_rows, int n, const RheoReal *x, int ld, const RheoReal *s, int ld_s);
void gpu_clear_d_out (RheoCardNet *net);
void gpu_run_backward (RheoCardNet *net, const RheoCardWindow *w);
void gpu_run_weights (RheoCardNet *net, const RheoCardWindow *w, RheoReal *const *value);

/* --- gpu-update.cu ------------------------------------------------------------------------------------------------------ */
/* An array of the card's, rows as the trained one has them, is added to one of the program's. */
void gpu_add_array (RheoCardNet *net, const RheoCardTrained *t, const RheoReal *from, RheoReal *to);
void gpu_clear_sums (RheoCardNet *net);
void gpu_get_sums (RheoCardNet *net, RheoReal *const *value);
void gpu_square_sums (RheoCardNet *net, double *squares);
void gpu_put_moments (RheoCardNet *net, const RheoChange *change);
void gpu_get_moments (RheoCardNet *net, const RheoChange *change);
void gpu_update (RheoCardNet *net, RheoChange *change);
