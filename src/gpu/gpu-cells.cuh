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
    case GPU_LIF:
      rheo_lif_forward (pop->derived, &s);
      break;
    case GPU_ALIF:
      rheo_alif_forward (pop->derived, &s);
      break;
    case GPU_ADLIF:
      rheo_adlif_forward (pop->derived, &s);
      break;
    case GPU_CTRNN:
      rheo_ctrnn_forward (pop->derived, &s);
      break;
    case GPU_CUBA:
      rheo_cuba_forward (pop->derived, &s);
      break;
    case GPU_FILTER:
      rheo_filter_forward (pop->derived, &s);
      break;
    case GPU_LINEAR:
      rheo_linear_forward (pop->derived, &s);
      break;
    case GPU_LEAKY:
      rheo_leaky_forward (pop->derived, &s);
      break;
    case GPU_AVERAGE:
      rheo_average_forward (pop->derived, &s);
      break;
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
    case GPU_LIF:
      rheo_lif_adjoint (pop->derived, &s);
      break;
    case GPU_ALIF:
      rheo_alif_adjoint (pop->derived, &s);
      break;
    case GPU_ADLIF:
      rheo_adlif_adjoint (pop->derived, &s);
      break;
    case GPU_CTRNN:
      rheo_ctrnn_adjoint (pop->derived, &s);
      break;
    case GPU_CUBA:
      rheo_cuba_adjoint (pop->derived, &s);
      break;
    case GPU_FILTER:
      rheo_filter_adjoint (pop->derived, &s);
      break;
    case GPU_LINEAR:
      rheo_linear_adjoint (pop->derived, &s);
      break;
    case GPU_LEAKY:
      rheo_leaky_adjoint (pop->derived, &s);
      break;
    case GPU_AVERAGE:
      rheo_average_adjoint (pop->derived, &s);
      break;
    }
}

/* CALL with CELL as a constant: so each cell has a kernel of its own. */
#define GPU_CASE(cell, ...)                                                                                            \
  case cell:                                                                                                           \
    {                                                                                                                  \
      constexpr int CELL = cell;                                                                                       \
      __VA_ARGS__;                                                                                                     \
      break;                                                                                                           \
    }
/* Of cells that hear each other within a step. */
#define GPU_FOR_RECURRENT(cell, ...)                                                                                   \
  switch (cell)                                                                                                        \
    {                                                                                                                  \
      GPU_CASE (GPU_LIF, __VA_ARGS__)                                                                                  \
      GPU_CASE (GPU_ALIF, __VA_ARGS__)                                                                                 \
      GPU_CASE (GPU_ADLIF, __VA_ARGS__)                                                                                \
      GPU_CASE (GPU_CTRNN, __VA_ARGS__)                                                                                \
      GPU_CASE (GPU_CUBA, __VA_ARGS__)                                                                                 \
    }
#define GPU_FOR_CELL(cell, ...)                                                                                        \
  switch (cell)                                                                                                        \
    {                                                                                                                  \
      GPU_CASE (GPU_LIF, __VA_ARGS__)                                                                                  \
      GPU_CASE (GPU_ALIF, __VA_ARGS__)                                                                                 \
      GPU_CASE (GPU_ADLIF, __VA_ARGS__)                                                                                \
      GPU_CASE (GPU_CTRNN, __VA_ARGS__)                                                                                \
      GPU_CASE (GPU_CUBA, __VA_ARGS__)                                                                                 \
      GPU_CASE (GPU_FILTER, __VA_ARGS__)                                                                               \
      GPU_CASE (GPU_LINEAR, __VA_ARGS__)                                                                               \
      GPU_CASE (GPU_LEAKY, __VA_ARGS__)                                                                                \
      GPU_CASE (GPU_AVERAGE, __VA_ARGS__)                                                                              \
    }
