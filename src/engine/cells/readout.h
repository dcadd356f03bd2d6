/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Read-outs without spikes. I: current, u: out.
 *
 *   linear   u_t = I_t
 *   leaky    u_t = d u_(t-1) + I_t,   u_0 = initial     d: param "decay", u: state "value"
 */
#pragma once

#include "../cells.h"

#include <string.h>

typedef struct
{
  RheoReal initial;
} RheoLeakyReadout;

RHEO_CELL_FUNCTION int
rheo_readout_n_tape (const void *derived)
{
  return 0;
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_linear_forward (const void *derived, const RheoSlice *s)
{
  memcpy (s->out, s->current[0], sizeof (RheoReal) * s->n_rows * s->stride);
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_linear_adjoint (const void *derived, const RheoSlice *s)
{
  memcpy (s->d_current[0], s->d_out, sizeof (RheoReal) * s->n_rows * s->stride);
}

RHEO_CELL_FUNCTION void
rheo_leaky_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoReal initial = ((const RheoLeakyReadout *) derived)->initial;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->state[0][i] = s->out[i] = initial;
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_leaky_forward (const void *derived, const RheoSlice *s)
{
  const RheoReal *decay = s->param[0];

  for (int row = 0; row < s->n_rows; row++)
    {
      RheoReal *u = s->state[0] + (size_t) row * s->stride, *out = s->out + (size_t) row * s->stride;
      const RheoReal *current = s->current[0] + (size_t) row * s->stride;

      RHEO_IVDEP
      for (int i = 0; i < s->stride; i++)
        out[i] = u[i] = decay[i] * u[i] + current[i];
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_leaky_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoReal *decay = s->param[0];

  for (int row = 0; row < s->n_rows; row++)
    {
      RheoReal *d_u = s->state[0] + (size_t) row * s->stride, *delta = s->d_current[0] + (size_t) row * s->stride;
      const RheoReal *d_out = s->d_out + (size_t) row * s->stride;

      RHEO_IVDEP
      for (int i = 0; i < s->stride; i++)
        {
          delta[i] = d_out[i] + d_u[i];
          d_u[i] = decay[i] * delta[i];
        }
    }
}

static const char *const rheo_readout_nothing[] = { NULL };
static const char *const rheo_leaky_params[] = { "decay", NULL };
static const char *const rheo_leaky_states[] = { "value", NULL };

static const RheoCell rheo_cell_linear = {
  .id = "linear",
  .params = rheo_readout_nothing,
  .states = rheo_readout_nothing,
  .n_ports = 1,
  .n_tape = rheo_readout_n_tape,
  .forward = rheo_linear_forward,
  .adjoint = rheo_linear_adjoint,
};

static const RheoCell rheo_cell_leaky_readout = {
  .id = "leaky",
  .params = rheo_leaky_params,
  .states = rheo_leaky_states,
  .n_ports = 1,
  .n_tape = rheo_readout_n_tape,
  .reset = rheo_leaky_reset,
  .forward = rheo_leaky_forward,
  .adjoint = rheo_leaky_adjoint,
};
