/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Read-outs without spikes. I: current, u: out.
 *
 *   linear   u_t = I_t
 *   leaky    u_t = d u_(t-1) + I_t,                     u_0 = initial    d: param "decay", u: state "value"
 *   average  u_t = a u_(t-1) + (1 - a) I_t,             a = exp (-1 / tau)    tau: param "tau" in steps
 */
#pragma once

#include "../rng.h"
#include "functions.h"

typedef struct
{
  RheoReal initial;
  bool random_start; /* values begin uniform in 0 .. 1 instead */
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
  const RheoLeakyReadout *c = (const RheoLeakyReadout *) derived;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->state[0][i] = s->out[i] =
        c->random_start ? (RheoReal) rheo_rng_uniform (rng, RHEO_STEP_BEFORE, (uint32_t) i) : c->initial;
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

#define RHEO_AVERAGE_STRIP RHEO_STRIP (64) /* units whose decay is kept at a time */

RHEO_ALWAYS_INLINE void
rheo_average_forward_strip (const RheoSlice *s, int first, int n)
{
  RheoReal keep[RHEO_AVERAGE_STRIP], gain[RHEO_AVERAGE_STRIP];

  for (int i = 0; i < n; i++)
    gain[i] = rheo_cell_lost (s->param[0][first + i], &keep[i]);
  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride + first;
      const RheoReal *current = s->current[0] + at;
      RheoReal *u = s->state[0] + at, *out = s->out + at;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        out[i] = u[i] = keep[i] * u[i] + gain[i] * current[i];
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_average_forward (const void *derived, const RheoSlice *s)
{
  for (int first = 0; first < s->stride; first += RHEO_AVERAGE_STRIP)
    rheo_average_forward_strip (s, first,
                                s->stride - first < RHEO_AVERAGE_STRIP ? s->stride - first : RHEO_AVERAGE_STRIP);
}

/* du_t/da = u_(t-1) - I_t, and I_t is had from u_t and u_(t-1). */
RHEO_ALWAYS_INLINE void
rheo_average_adjoint_strip (const RheoSlice *s, int first, int n)
{
  const RheoReal *tau = s->param[0] + first;
  RheoReal keep[RHEO_AVERAGE_STRIP], gain[RHEO_AVERAGE_STRIP], sum[RHEO_AVERAGE_STRIP];

  for (int i = 0; i < n; i++)
    {
      gain[i] = rheo_cell_lost (tau[i], &keep[i]);
      sum[i] = 0;
    }
  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride + first;
      const RheoReal *d_out = s->d_out + at, *u = s->out + at, *before = s->out_before + at;
      RheoReal *d_u = s->state[0] + at, *delta = s->d_current[0] + at;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        {
          const RheoReal d = d_out[i] + d_u[i];

          delta[i] = gain[i] * d;
          d_u[i] = keep[i] * d;
          sum[i] += delta[i] * (before[i] - u[i]);
        }
    }
  for (int i = 0; s->d_param[0] && i < n && first + i < s->n_units; i++)
    s->d_param[0][first + i] += sum[i] * keep[i] / (gain[i] * gain[i] * tau[i] * tau[i]);
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_average_adjoint (const void *derived, const RheoSlice *s)
{
  for (int first = 0; first < s->stride; first += RHEO_AVERAGE_STRIP)
    rheo_average_adjoint_strip (s, first,
                                s->stride - first < RHEO_AVERAGE_STRIP ? s->stride - first : RHEO_AVERAGE_STRIP);
}

static const char *const rheo_readout_nothing[] = { NULL };
static const char *const rheo_leaky_params[] = { "decay", NULL };
static const char *const rheo_average_params[] = { "tau", NULL };
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

static const RheoCell rheo_cell_average_readout = {
  .id = "average",
  .params = rheo_average_params,
  .states = rheo_leaky_states,
  .n_ports = 1,
  .n_tape = rheo_readout_n_tape,
  .adjoint_out = true,
  .reset = rheo_leaky_reset,
  .forward = rheo_average_forward,
  .adjoint = rheo_average_adjoint,
};
