/* Thread: engine. C++. */
/* The cells of the processor on a card: a thread sees a slice of one unit of one row. */
#pragma once

#include "gpu-noise.cuh"

#include "../engine/cells/adlif.h"
#include "../engine/cells/alif.h"
#include "../engine/cells/ctrnn.h"
#include "../engine/cells/cuba.h"
#include "../engine/cells/lif.h"
#include "../engine/cells/readout.h"

/* What a slice points to. It is apart from the slice, since what holds its own address stays in memory, and nothing of this
 * should: inlined, it is all in registers. */
typedef struct
{
  const RheoReal *param[GPU_FEW], *tape_before[GPU_FEW];
  RheoReal *state[GPU_FEW], *current[RHEO_MAX_PORTS], *tape[GPU_FEW], *d_param[GPU_FEW];
} GpuArrays;

/* What both ways have in common. */
GPU_DEVICE void
gpu_slice (RheoSlice *s, GpuArrays *x, const GpuPop *pop, const GpuWindow *w, int64_t t, int row, int unit,
           RheoReal *const *state)
{
  const size_t at = gpu_at (w, pop, t, row, unit), after = gpu_at (w, pop, t + 1, row, unit);

  for (int k = 0; k < GPU_FEW; k++)
    {
      x->param[k] = pop->param[k] + unit;
      x->state[k] = state[k] + gpu_at (w, pop, 0, row, unit);
      x->tape[k] = pop->tape[k] + after;
      x->tape_before[k] = pop->tape[k] + at;
      x->current[k] = pop->current[k] + at;
    }
  s->n_units = s->n_rows = s->stride = 1;
  s->param = x->param;
  s->state = x->state;
  s->tape = x->tape;
  s->out = pop->out + at;
  s->out_before = pop->out + at - (size_t) w->n_rows * (size_t) pop->stride;
  s->noise = NULL;
  s->surrogate = &w->surrogate;
}

#define GPU_FORWARD(C, name, id, ...)                                                                                  \
  case GPU_##C:                                                                                                        \
    rheo_##name##_forward (pop->derived, &s);                                                                          \
    break;
#define GPU_ADJOINT(C, name, id, ...)                                                                                  \
  case GPU_##C:                                                                                                        \
    rheo_##name##_adjoint (pop->derived, &s);                                                                          \
    break;

template <int CELL>
GPU_DEVICE void
gpu_forward (const GpuPop *pop, const GpuWindow *w, int64_t t, int row, int unit)
{
  const RheoReal noise = w->noisy && pop->noisy ? gpu_normal (w, pop, t, row, unit) : 0;
  GpuArrays x;
  RheoSlice s;

  gpu_slice (&s, &x, pop, w, t, row, unit, pop->state);
  s.current = x.current;
  s.noise = &noise;
  switch (CELL)
    {
      GPU_CELLS (GPU_FORWARD, )
    }
}

/* d_out of the step holds all that projections sent back; deltas go where the currents were. */
template <int CELL>
GPU_DEVICE void
gpu_adjoint (const GpuPop *pop, const GpuWindow *w, int64_t t, int row, int unit)
{
  const size_t of_row = gpu_at (w, pop, 0, row, unit), at = gpu_at (w, pop, t, row, unit);
  GpuArrays x;
  RheoSlice s;

  if (pop->adjoint_before)
    {
      pop->d_out[at] += pop->d_before[of_row];
      pop->d_before[of_row] = 0;
    }
  gpu_slice (&s, &x, pop, w, t, row, unit, pop->d_state);
  for (int k = 0; k < GPU_FEW; k++)
    x.d_param[k] = pop->d_param[k] != NULL ? pop->d_param[k] + of_row : NULL;
  s.tape_before = x.tape_before;
  s.d_out = pop->d_out + at;
  s.d_current = x.current;
  s.d_out_before = pop->d_before + of_row;
  s.d_param = x.d_param;
  switch (CELL)
    {
      GPU_CELLS (GPU_ADJOINT, )
    }
}

/* What follows, with CELL as a constant: so each cell has a kernel of its own. */
#define GPU_CASE(C, name, id, ...)                                                                                     \
  case GPU_##C:                                                                                                        \
    {                                                                                                                  \
      constexpr int CELL = GPU_##C;                                                                                    \
      __VA_ARGS__;                                                                                                     \
      break;                                                                                                           \
    }
#define GPU_FOR_CELL(cell, ...)                                                                                        \
  switch (cell)                                                                                                        \
    {                                                                                                                  \
      GPU_CELLS (GPU_CASE, __VA_ARGS__)                                                                                \
    }
#define GPU_FOR_RECURRENT(cell, ...)                                                                                   \
  switch (cell)                                                                                                        \
    {                                                                                                                  \
      GPU_RECURRENT_CELLS (GPU_CASE, __VA_ARGS__)                                                                      \
    }
