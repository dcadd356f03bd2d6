/* Thread: engine. C++. */
/* A network on a card, as kernels see it. Arrays of a window are [step][row][stride], rows those of the wave. */
#pragma once

#include "gpu.cuh"

/* The cells that a card has: constant, name of the functions, id. X (..., what was given behind X). The first ones may hear each
 * other within a stage; lif is the synaptic one too. */
#define GPU_RECURRENT_CELLS(X, ...)                                                                                    \
  X (LIF, lif, "lif", __VA_ARGS__)                                                                                     \
  X (ALIF, alif, "alif", __VA_ARGS__)                                                                                  \
  X (ADLIF, adlif, "adlif", __VA_ARGS__)                                                                               \
  X (CTRNN, ctrnn, "ctrnn", __VA_ARGS__)                                                                               \
  X (CUBA, cuba, "cuba-lif", __VA_ARGS__)
#define GPU_CELLS(X, ...)                                                                                              \
  GPU_RECURRENT_CELLS (X, __VA_ARGS__)                                                                                 \
  X (FILTER, filter, "filter", __VA_ARGS__)                                                                            \
  X (LINEAR, linear, "linear", __VA_ARGS__)                                                                            \
  X (LEAKY, leaky, "leaky", __VA_ARGS__)                                                                               \
  X (AVERAGE, average, "average", __VA_ARGS__)

#define GPU_CONSTANT(C, name, id, ...) GPU_##C,
#define GPU_ONE_MORE(C, name, id, ...) +1

enum
{
  GPU_CELLS (GPU_CONSTANT, ) GPU_N_CELLS,
  GPU_N_RECURRENT = GPU_RECURRENT_CELLS (GPU_ONE_MORE, ),
};

#define GPU_FEW 4       /* states, parameters and arrays of the tape that a cell has at most */
#define GPU_BLOCK 128   /* threads of a block that works on a row */
#define GPU_WIDEST 1024 /* threads of a block at most */
#define GPU_CHUNKS 64   /* parts in which long sums are taken */

/* Share of active sources from which on a product with all of them is faster: a card multiplies 10 to 25 times as fast as it
 * reads rows of weights from its cache. */
#define GPU_MOST_ACTIVE (1.0 / 16)

/* Blocks (x, y): x is a row of a matrix, y a tile of its columns. */
#define GPU_TILES(n) ((unsigned) (((n) + GPU_BLOCK - 1) / GPU_BLOCK))
#define GPU_OF_TILE(i, n)                                                                                              \
  for (int i = (int) (blockIdx.y * GPU_BLOCK + threadIdx.x), i##_end = (int) ((blockIdx.y + 1) * GPU_BLOCK);           \
       i < (n) && i < i##_end; i += (int) blockDim.x)

typedef struct
{
  int cell, n_units, stride, n_words, depth, n_states, n_params, n_tape, n_ports;
  bool spikes, noisy, adjoint_before;
  uint64_t *bits; /* [step][row][word], of spiking ones */
  uint32_t noise_first;
  void *derived;
  RheoReal *param[GPU_FEW];
  RheoReal *state[GPU_FEW];              /* [row][stride] */
  RheoReal *tape[GPU_FEW];               /* [1 + step] */
  RheoReal *current[RHEO_MAX_PORTS];     /* after the way back: deltas */
  RheoReal *out, *d_out;                 /* out: from step -depth on, the pointer is at step 0 */
  RheoReal *d_before, *d_state[GPU_FEW]; /* [row][stride] */
  RheoReal *d_param[GPU_FEW];            /* [row][stride], NULL: not trained */
} GpuPop;

typedef struct
{
  int from, to, port, delay, n_pre, n_post, stride, ld_pre; /* ld_pre: of turned */
  bool one_to_one, cut;
  RheoReal *weight; /* [pre][stride] or [unit] */
  RheoReal *back;   /* what the way back takes: weight or feedback */
  RheoReal *turned; /* back, turned over: [post][ld_pre]; NULL: nobody asks */
} GpuProj;

/* What all kernels of a window know. */
typedef struct
{
  int n_rows, n_steps;
  const int *left; /* [row]: steps that its trial has from the window's first on, 0 or more */
  RheoRng noise;   /* item: of row 0 */
  uint32_t step;   /* that of the window's first one */
  bool noisy;
  RheoReal noise_scale;
  RheoSurrogate surrogate;
} GpuWindow;

/* What a population hears of itself, in a kernel that runs the whole window. */
typedef struct
{
  GpuProj proj;
  bool resident; /* the weights fit into shared memory */
} GpuLoop;

/* Place of a unit in an array of the window. */
GPU_DEVICE size_t
gpu_at (const GpuWindow *w, const GpuPop *pop, int64_t step, int row, int unit)
{
  return ((size_t) (step * w->n_rows + row)) * (size_t) pop->stride + (size_t) unit;
}
