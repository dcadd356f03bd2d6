/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Leaky integrate-and-fire unit with an adaptive threshold (Bellec et al. 2018; in this form Yin, Corradi & Bohte 2021).
 * I: current (bias included), m: state "membrane", b: state "adaptation", tau_m, tau_adp: params "tau-m", "tau-adp" in steps,
 * s: out, H (x) = 1 where x > 0, alpha = exp (-1 / tau_m), rho = exp (-1 / tau_adp). Per step:
 *
 *   b <- rho b + (1 - rho) s_(t-1)
 *   B  = b0 + beta b                                 the threshold
 *   m <- alpha m + (1 - alpha) R I - B s_(t-1)
 *   s  = H (m - B)
 *
 * Nothing is detached. Adjoint, e = dL/ds, g: surrogate, psi = e g (m - B), D and L: dL/dm and dL/db handed back by the step
 * after:
 *
 *   d = psi + D;   l = -beta (psi + d s_(t-1)) + L;   dL/dI = (1 - alpha) R d
 *   D <- alpha d;  L <- rho l;   dL/ds_(t-1) += (1 - rho) l - B d
 *   dL/dalpha += d (m_(t-1) - R I),   dL/drho += l (b_(t-1) - s_(t-1)),   dalpha/dtau = alpha / tau^2 */
#pragma once

#include "../rng.h"
#include "surrogate.h"

typedef struct
{
  RheoReal b0, beta, resistance;
  RheoReal initial_b;
  bool random_start; /* membranes begin uniform in 0 .. 1, else at 0 */
} RheoAlif;

#define RHEO_ALIF_STRIP RHEO_STRIP (128) /* units at a time */

RHEO_CELL_FUNCTION int
rheo_alif_n_tape (const void *derived)
{
  return 2;
}

RHEO_CELL_FUNCTION void
rheo_alif_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoAlif *c = (const RheoAlif *) derived;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      s->state[0][i] = c->random_start ? (RheoReal) rheo_rng_uniform (rng, RHEO_STEP_BEFORE, (uint32_t) i) : 0;
      s->state[1][i] = c->initial_b;
    }
}

RHEO_CELL_FUNCTION void
rheo_alif_first_tape (const void *derived, const RheoSlice *s)
{
  for (int k = 0; k < 2; k++)
    memcpy (s->tape[k], s->state[k], sizeof (RheoReal) * s->n_rows * s->stride);
}

/* What a strip of units keeps over a step, alpha and rho, and 1 - alpha and 1 - rho. */
typedef struct
{
  RheoReal alpha[RHEO_ALIF_STRIP], gain[RHEO_ALIF_STRIP], rho[RHEO_ALIF_STRIP], share[RHEO_ALIF_STRIP];
} RheoAlifDecay;

RHEO_ALWAYS_INLINE void
rheo_alif_decay (const RheoSlice *s, int first, int n, RheoAlifDecay *to)
{
  const RheoReal *tau_m = s->param[0] + first, *tau_adp = s->param[1] + first;

  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    {
      to->gain[i] = rheo_cell_lost (tau_m[i], &to->alpha[i]);
      to->share[i] = rheo_cell_lost (tau_adp[i], &to->rho[i]);
    }
}

/* One strip of one row in a forward step. */
typedef struct
{
  int n;
  const RheoAlifDecay *decay;
  const RheoReal *current, *before;
  RheoReal *m, *b, *tape_m, *tape_b, *out;
} RheoAlifRow;

RHEO_ALWAYS_INLINE void
rheo_alif_forward_row (const RheoAlif *c, const RheoAlifRow *x)
{
  const RheoReal one = 1, zero = 0, b0 = c->b0, beta = c->beta, resistance = c->resistance;
  const RheoReal *alpha = x->decay->alpha, *gain = x->decay->gain, *rho = x->decay->rho, *share = x->decay->share;
  const RheoReal *current = x->current, *before = x->before;
  RheoReal *m = x->m, *b = x->b, *tape_m = x->tape_m, *tape_b = x->tape_b, *out = x->out;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal adapted = rho[i] * b[i] + share[i] * before[i], threshold = b0 + beta * adapted;
      const RheoReal v = alpha[i] * m[i] + gain[i] * resistance * current[i] - threshold * before[i];

      m[i] = tape_m[i] = v;
      b[i] = tape_b[i] = adapted;
      out[i] = v > threshold ? one : zero;
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_alif_forward (const void *derived, const RheoSlice *s)
{
  const RheoAlif *c = (const RheoAlif *) derived;
  RheoAlifDecay decay;

  for (int first = 0; first < s->stride; first += RHEO_ALIF_STRIP)
    {
      const int n = s->stride - first < RHEO_ALIF_STRIP ? s->stride - first : RHEO_ALIF_STRIP;

      rheo_alif_decay (s, first, n, &decay);
      for (int row = 0; row < s->n_rows; row++)
        {
          const size_t at = (size_t) row * s->stride + first;
          RheoAlifRow x;

          x.n = n;
          x.decay = &decay;
          x.current = s->current[0] + at;
          x.before = s->out_before + at;
          x.m = s->state[0] + at;
          x.b = s->state[1] + at;
          x.tape_m = s->tape[0] + at;
          x.tape_b = s->tape[1] + at;
          x.out = s->out + at;
          rheo_alif_forward_row (c, &x);
        }
    }
}

/* One strip of one row in the adjoint. */
typedef struct
{
  int n;
  const RheoAlifDecay *decay;
  const RheoReal *threshold, *g, *e, *before;
  RheoReal *d_m, *d_b, *delta, *d_before; /* D, L; dL/dI; share of e of the step before */
  RheoReal *d, *l;                        /* of this step */
} RheoAlifStrip;

RHEO_ALWAYS_INLINE void
rheo_alif_adjoint_row (const RheoAlif *c, const RheoAlifStrip *x)
{
  const RheoReal beta = c->beta, resistance = c->resistance;
  const RheoReal *alpha = x->decay->alpha, *gain = x->decay->gain, *rho = x->decay->rho, *share = x->decay->share;
  const RheoReal *threshold = x->threshold, *g = x->g, *e = x->e, *before = x->before;
  RheoReal *d_m = x->d_m, *d_b = x->d_b, *delta = x->delta, *d_before = x->d_before, *d = x->d, *l = x->l;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal psi = e[i] * g[i], dm = psi + d_m[i];
      const RheoReal db = d_b[i] - beta * (psi + dm * before[i]);

      d[i] = dm;
      l[i] = db;
      delta[i] = gain[i] * resistance * dm;
      d_m[i] = alpha[i] * dm;
      d_b[i] = rho[i] * db;
      d_before[i] += share[i] * db - threshold[i] * dm;
    }
}

/* What a strip of a row adds to the gradients of the time constants: R I is had from m, B and m_(t-1). */
RHEO_ALWAYS_INLINE void
rheo_alif_adjoint_tau (const RheoAlifStrip *x, const RheoReal *m, const RheoReal *m_before, const RheoReal *b_before,
                       RheoReal *d_alpha, RheoReal *d_rho)
{
  const RheoReal *threshold = x->threshold, *before = x->before, *d = x->d, *l = x->l;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      d_alpha[i] += d[i] * (m_before[i] - m[i] - threshold[i] * before[i]);
      d_rho[i] += l[i] * (b_before[i] - before[i]);
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_alif_adjoint_strip (const RheoAlif *c, const RheoSlice *s, int first, int n)
{
  const RheoReal *tau_m = s->param[0] + first, *tau_adp = s->param[1] + first;
  const int n_units = s->n_units - first < n ? s->n_units - first : n;
  RheoReal threshold[RHEO_ALIF_STRIP], g[RHEO_ALIF_STRIP], d[RHEO_ALIF_STRIP], l[RHEO_ALIF_STRIP];
  RheoReal d_alpha[RHEO_ALIF_STRIP], d_rho[RHEO_ALIF_STRIP];
  RheoAlifDecay decay;

  rheo_alif_decay (s, first, n, &decay);
  for (int i = 0; i < n; i++)
    d_alpha[i] = d_rho[i] = 0;
  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride + first;
      const RheoReal *b = s->tape[1] + at;
      RheoAlifStrip x;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        threshold[i] = c->b0 + c->beta * b[i];
      rheo_surrogate_eval (s->surrogate, n, s->tape[0] + at, threshold, g);
      x.n = n;
      x.decay = &decay;
      x.threshold = threshold;
      x.g = g;
      x.e = s->d_out + at;
      x.before = s->out_before + at;
      x.d_m = s->state[0] + at;
      x.d_b = s->state[1] + at;
      x.delta = s->d_current[0] + at;
      x.d_before = s->d_out_before + at;
      x.d = d;
      x.l = l;
      rheo_alif_adjoint_row (c, &x);
      if (s->d_param[0] || s->d_param[1])
        rheo_alif_adjoint_tau (&x, s->tape[0] + at, s->tape_before[0] + at, s->tape_before[1] + at, d_alpha, d_rho);
    }
  for (int i = 0; s->d_param[0] && i < n_units; i++)
    s->d_param[0][first + i] += d_alpha[i] * decay.alpha[i] / (decay.gain[i] * tau_m[i] * tau_m[i]);
  for (int i = 0; s->d_param[1] && i < n_units; i++)
    s->d_param[1][first + i] += d_rho[i] * decay.rho[i] / (tau_adp[i] * tau_adp[i]);
}

RHEO_CELL_FUNCTION void
rheo_alif_adjoint (const void *derived, const RheoSlice *s)
{
  for (int first = 0; first < s->stride; first += RHEO_ALIF_STRIP)
    rheo_alif_adjoint_strip ((const RheoAlif *) derived, s, first,
                             s->stride - first < RHEO_ALIF_STRIP ? s->stride - first : RHEO_ALIF_STRIP);
}

RHEO_CELL_FUNCTION void
rheo_alif_slope (const void *derived, const RheoSlice *s, RheoReal *g)
{
  const RheoAlif *c = (const RheoAlif *) derived;
  RheoReal threshold[RHEO_ALIF_STRIP];

  for (int first = 0; first < s->n_rows * s->stride; first += RHEO_ALIF_STRIP)
    {
      const int left = s->n_rows * s->stride - first, n = left < RHEO_ALIF_STRIP ? left : RHEO_ALIF_STRIP;

      for (int i = 0; i < n; i++)
        threshold[i] = c->b0 + c->beta * s->tape[1][first + i];
      rheo_surrogate_eval (s->surrogate, n, s->tape[0] + first, threshold, g + first);
    }
}

RHEO_CELL_FUNCTION bool
rheo_alif_hears (const void *derived, const RheoSlice *s, RheoReal *heard)
{
  if (!rheo_surrogate_is_compact (s->surrogate))
    return false;
  rheo_alif_slope (derived, s, heard);
  return true;
}

static const char *const rheo_alif_params[] = { "tau-m", "tau-adp", NULL };
static const char *const rheo_alif_states[] = { "membrane", "adaptation", NULL };

static const RheoCell rheo_cell_alif = {
  .id = "alif",
  .params = rheo_alif_params,
  .states = rheo_alif_states,
  .n_ports = 1,
  .n_tape = rheo_alif_n_tape,
  .spikes = true,
  .adjoint_out = true,
  .adjoint_before = true,
  .reset = rheo_alif_reset,
  .first_tape = rheo_alif_first_tape,
  .forward = rheo_alif_forward,
  .adjoint = rheo_alif_adjoint,
  .hears = rheo_alif_hears,
  .slope = rheo_alif_slope,
};
