/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Current-based leaky integrate-and-fire unit of Capone, Muratore & Paolucci 2022, and the filter of spikes that its
 * read-out sees. H (x) = 1 where x > 0. I: current of port 0, S: of port 1 (spikes times weights), c: state "synapse",
 * v: state "membrane", theta: param "threshold", z: out; e: share that is kept, a: gain of what comes in. Per step:
 *
 *   c <- e_s c + a_s S                                synapses filter spikes, not the input
 *   v <- e_m v + a_m (I + c + h) + b z_(t-1)          h: bias; b: reset, negative, not filtered
 *   z  = H (v - theta)
 *
 * exact: e = exp (-1 / tau), a = 1 - e; Euler: a = 1 / tau, e = 1 - a. Before the first step v is such that the first step
 * without input gives the initial membrane, c = 0, z = 0.
 *
 * Adjoint, G and D = dL/dv and dL/dc handed back by the step after, e = dL/dz, g: surrogate:
 *
 *   d = e g (v - theta) + G;   dL/dI = a_m d;   d_c = a_m d + D;   dL/dS = a_s d_c
 *   G <- e_m d;   D <- e_s d_c;   differentiated reset: dL/dz_(t-1) += b d
 *
 * Filter, u: state "value", u_0 = 0:   u <- e u + a I,   out = u. */
#pragma once

#include "surrogate.h"

typedef struct
{
  RheoReal keep_membrane, gain_membrane, keep_synapse, gain_synapse;
  RheoReal bias, reset, start; /* start: membrane before the first step */
  bool differentiate;          /* the gradient goes through the reset */
} RheoCuba;

typedef struct
{
  RheoReal keep, gain;
} RheoFilter;

#define RHEO_CUBA_STRIP RHEO_STRIP (128) /* units whose surrogate is kept at a time */

RHEO_CELL_FUNCTION int
rheo_cuba_n_tape (const void *derived)
{
  return 1;
}

RHEO_CELL_FUNCTION void
rheo_cuba_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoReal start = ((const RheoCuba *) derived)->start;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->state[0][i] = start;
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_cuba_forward (const void *derived, const RheoSlice *s)
{
  const RheoCuba c = *(const RheoCuba *) derived;

  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride;
      const RheoReal *threshold = s->param[0], *before = s->out_before + at, *spikes = s->current[1] + at;
      const RheoReal *current = s->current[0] + at;
      RheoReal *v = s->state[0] + at, *synapse = s->state[1] + at, *out = s->out + at, *tape = s->tape[0] + at;

      RHEO_IVDEP
      for (int i = 0; i < s->stride; i++)
        {
          const RheoReal from_spikes = c.keep_synapse * synapse[i] + c.gain_synapse * spikes[i];
          const RheoReal m =
              c.keep_membrane * v[i] + c.gain_membrane * (current[i] + from_spikes + c.bias) + c.reset * before[i];

          synapse[i] = from_spikes;
          v[i] = tape[i] = m;
          out[i] = m > threshold[i] ? 1 : 0;
        }
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_cuba_adjoint_strip (const RheoCuba *c, int n, const RheoReal *d_out, const RheoReal *g, RheoReal *d_v,
                         RheoReal *d_synapse, RheoReal *d_current, RheoReal *d_spikes, RheoReal *d_before)
{
  const RheoReal through = c->differentiate ? c->reset : 0;

  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    {
      const RheoReal d = d_out[i] * g[i] + d_v[i];
      const RheoReal d_c = c->gain_membrane * d + d_synapse[i];

      d_current[i] = c->gain_membrane * d;
      d_spikes[i] = c->gain_synapse * d_c;
      d_v[i] = c->keep_membrane * d;
      d_synapse[i] = c->keep_synapse * d_c;
      d_before[i] += through * d;
    }
}

RHEO_CELL_FUNCTION void
rheo_cuba_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoCuba *c = (const RheoCuba *) derived;
  RheoReal g[RHEO_CUBA_STRIP];

  for (int row = 0; row < s->n_rows; row++)
    for (int first = 0; first < s->stride; first += RHEO_CUBA_STRIP)
      {
        const size_t at = (size_t) row * s->stride + first;
        const int n = s->stride - first < RHEO_CUBA_STRIP ? s->stride - first : RHEO_CUBA_STRIP;

        rheo_surrogate_eval (s->surrogate, n, s->tape[0] + at, s->param[0] + first, g);
        rheo_cuba_adjoint_strip (c, n, s->d_out + at, g, s->state[0] + at, s->state[1] + at, s->d_current[0] + at,
                                 s->d_current[1] + at, s->d_out_before + at);
      }
}

RHEO_CELL_FUNCTION int
rheo_filter_n_tape (const void *derived)
{
  return 0;
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_filter_forward (const void *derived, const RheoSlice *s)
{
  const RheoFilter c = *(const RheoFilter *) derived;
  const RheoReal *current = s->current[0];
  RheoReal *u = s->state[0], *out = s->out;

  RHEO_IVDEP
  for (int i = 0; i < s->n_rows * s->stride; i++)
    out[i] = u[i] = c.keep * u[i] + c.gain * current[i];
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_filter_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoFilter c = *(const RheoFilter *) derived;
  const RheoReal *d_out = s->d_out;
  RheoReal *d_u = s->state[0], *delta = s->d_current[0];

  RHEO_IVDEP
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      const RheoReal d = d_out[i] + d_u[i];

      delta[i] = c.gain * d;
      d_u[i] = c.keep * d;
    }
}

static const char *const rheo_cuba_params[] = { "threshold", NULL };
static const char *const rheo_cuba_states[] = { "membrane", "synapse", NULL };
static const char *const rheo_filter_params[] = { NULL };
static const char *const rheo_filter_states[] = { "value", NULL };

static const RheoCell rheo_cell_cuba = {
  .id = "cuba-lif",
  .params = rheo_cuba_params,
  .states = rheo_cuba_states,
  .n_ports = 2,
  .n_tape = rheo_cuba_n_tape,
  .spikes = true,
  .adjoint_before = true,
  .reset = rheo_cuba_reset,
  .forward = rheo_cuba_forward,
  .adjoint = rheo_cuba_adjoint,
};

static const RheoCell rheo_cell_filter = {
  .id = "filter",
  .params = rheo_filter_params,
  .states = rheo_filter_states,
  .n_ports = 1,
  .n_tape = rheo_filter_n_tape,
  .forward = rheo_filter_forward,
  .adjoint = rheo_filter_adjoint,
};
