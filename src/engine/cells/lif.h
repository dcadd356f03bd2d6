/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Leaky integrate-and-fire unit in discrete time, as in snnTorch (Eshraghian et al. 2023) and in the robot and SHD
 * notebooks of Zhu et al. I: current (bias included), m: state "membrane", r: state "refractory", i: state "synapse",
 * beta, theta, alpha: params "beta", "threshold", "alpha", rho: counter, H (x) = 1 where x > 0. Per step:
 *
 *   r  <- max (r - 1, 0),   k = [r = 0]
 *   I  <- i <- alpha i + I                                        synaptic cell only
 *   b   = beta m + I (+ noise);   with `hold` and k = 0:  b = m   the membrane stands still while refractory
 *   m  <- b - R theta        reset "subtract"
 *         (1 - R) b          reset "zero"
 *         b                  reset "none"
 *         b - R (m - v)      reset "pull": the old membrane is drawn to v, leak and input are kept
 *   s   = H (m - theta) k,   where s = 1:  r <- rho
 *
 * driver "membrane": R = H (m_(t-1) - theta), also where no spike was emitted (upstream)
 * driver "spike":    R = s_(t-1), of the unit itself (r = rho says so)
 * driver "at-once":  R = 0 above; after the spike  m <- m - s theta | (1 - s) m | m | m - s (m - v)
 *
 * Adjoint, G = dL/dm handed back by the step after, e = dL/ds, g: surrogate, psi = e k g (m - theta):
 *
 *   delta = psi + G;  dL/dI = delta (1 - R where "zero") (0 where held);  G <- dm/dm_(t-1) delta
 *   differentiated reset: dR = dm/dR delta goes to m_(t-1) through g (m_(t-1) - theta), or to s_(t-1)
 *   at once: delta = psi + (dm'/ds G) k g (m - theta) + dm'/dm G, m' = the membrane after the reset
 */
#pragma once

#include "surrogate.h"

enum
{
  RHEO_LIF_SUBTRACT,
  RHEO_LIF_ZERO,
  RHEO_LIF_NONE,
  RHEO_LIF_PULL,
};

enum
{
  RHEO_LIF_MEMBRANE,
  RHEO_LIF_SPIKE,
  RHEO_LIF_AT_ONCE,
};

typedef struct
{
  int reset, driver;  /* RHEO_LIF_* */
  bool counts;        /* the counter r is kept: refractory, or driver "spike" */
  bool hold;          /* the membrane stands still while refractory */
  bool differentiate; /* the gradient goes through the reset */
  bool learn_beta;
  bool synaptic;
  RheoReal counter; /* rho where counts, at least 1: with less, a unit is never refractory */
  RheoReal v_reset, initial, noise_sd;
} RheoLif;

#define RHEO_LIF_STRIP RHEO_STRIP (128) /* units whose surrogate is kept at a time */

/* Third kind of tape: b where "zero" is differentiated, the membrane after the reset where beta learns at once. */
RHEO_ALWAYS_INLINE bool
rheo_lif_tapes_b (const RheoLif *c)
{
  return c->differentiate && c->reset == RHEO_LIF_ZERO && c->driver != RHEO_LIF_AT_ONCE;
}

RHEO_ALWAYS_INLINE bool
rheo_lif_tapes_after (const RheoLif *c)
{
  return c->learn_beta && c->driver == RHEO_LIF_AT_ONCE;
}

/* It lies behind k, where that is kept. Constant indices: a card has no registers with numbers. */
#define RHEO_LIF_THIRD(c, tapes) ((c)->counts ? (tapes)[2] : (tapes)[1])

RHEO_CELL_FUNCTION int
rheo_lif_n_tape (const void *derived)
{
  const RheoLif *c = (const RheoLif *) derived;

  return 1 + c->counts + (rheo_lif_tapes_b (c) || rheo_lif_tapes_after (c));
}

RHEO_CELL_FUNCTION bool
rheo_lif_noisy (const void *derived)
{
  return ((const RheoLif *) derived)->noise_sd > 0;
}

RHEO_CELL_FUNCTION void
rheo_lif_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoReal initial = ((const RheoLif *) derived)->initial;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->state[0][i] = initial;
}

RHEO_CELL_FUNCTION void
rheo_lif_first_tape (const void *derived, const RheoSlice *s)
{
  const RheoLif *c = (const RheoLif *) derived;
  const int n = s->n_rows * s->stride, n_tape = rheo_lif_n_tape (c);

  for (int i = 0; i < n; i++)
    s->tape[0][i] = s->tape[n_tape - 1][i] = s->state[0][i];
  if (c->counts)
    for (int i = 0; i < n; i++)
      s->tape[1][i] = s->state[1][i] == c->counter ? 1 : 0;
}

/* One row in a forward step. */
typedef struct
{
  int n;
  const RheoReal *beta, *theta, *alpha, *noise; /* alpha, noise: or NULL */
  RheoReal *current, *m, *r, *synapse, *out;    /* synapse: or NULL */
  RheoReal *tape_m, *tape_k, *tape_b;           /* tape_k, tape_b: or NULL */
} RheoLifRow;

RHEO_ALWAYS_INLINE void
rheo_lif_forward_loop (const RheoLif *c, const RheoLifRow *row, int reset, int driver, bool counts)
{
  const RheoReal zero = 0, one = 1, v = c->v_reset, counter = c->counter;
  const RheoReal hold_over = c->hold ? 0 : (RheoReal) 1e30;
  const RheoReal *beta = row->beta, *theta = row->theta, *current = row->current;
  RheoReal *m = row->m, *r = row->r, *out = row->out, *tape_m = row->tape_m, *tape_k = row->tape_k;

  RHEO_IVDEP
  for (int i = 0; i < row->n; i++)
    {
      const RheoReal old = m[i], th = theta[i], left = counts ? r[i] : zero;
      const RheoReal wait = left > one ? left - one : zero;
      const bool fired = driver == RHEO_LIF_SPIKE ? left == counter : driver == RHEO_LIF_MEMBRANE ? old > th : false;
      RheoReal b = beta[i] * old + current[i], x, spike;

      b = counts && wait > hold_over ? old : b;
      x = reset == RHEO_LIF_SUBTRACT ? b - (fired ? th : zero)
          : reset == RHEO_LIF_ZERO   ? (fired ? zero : b)
          : reset == RHEO_LIF_PULL   ? b - (fired ? old - v : zero)
                                     : b;
      spike = x > th ? one : zero;
      if (counts)
        {
          spike = wait > zero ? zero : spike;
          r[i] = spike > zero ? counter : wait;
          tape_k[i] = wait > zero ? zero : one;
        }
      tape_m[i] = x;
      out[i] = spike;
      if (driver == RHEO_LIF_AT_ONCE)
        x = reset == RHEO_LIF_SUBTRACT ? x - (spike > zero ? th : zero)
            : reset == RHEO_LIF_ZERO   ? (spike > zero ? zero : x)
            : reset == RHEO_LIF_PULL   ? (spike > zero ? v : x)
                                       : x;
      m[i] = x;
    }
}

RHEO_ALWAYS_INLINE void
rheo_lif_forward_reset (const RheoLif *c, const RheoLifRow *row, int driver, bool counts)
{
  switch (c->reset)
    {
    case RHEO_LIF_SUBTRACT:
      rheo_lif_forward_loop (c, row, RHEO_LIF_SUBTRACT, driver, counts);
      break;
    case RHEO_LIF_ZERO:
      rheo_lif_forward_loop (c, row, RHEO_LIF_ZERO, driver, counts);
      break;
    case RHEO_LIF_PULL:
      rheo_lif_forward_loop (c, row, RHEO_LIF_PULL, driver, counts);
      break;
    default:
      rheo_lif_forward_loop (c, row, RHEO_LIF_NONE, driver, counts);
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_lif_forward_row (const RheoLif *c, const RheoLifRow *row)
{
  if (c->driver == RHEO_LIF_SPIKE)
    rheo_lif_forward_reset (c, row, RHEO_LIF_SPIKE, true);
  else if (c->driver == RHEO_LIF_AT_ONCE && c->counts)
    rheo_lif_forward_reset (c, row, RHEO_LIF_AT_ONCE, true);
  else if (c->driver == RHEO_LIF_AT_ONCE)
    rheo_lif_forward_reset (c, row, RHEO_LIF_AT_ONCE, false);
  else if (c->counts)
    rheo_lif_forward_reset (c, row, RHEO_LIF_MEMBRANE, true);
  else
    rheo_lif_forward_reset (c, row, RHEO_LIF_MEMBRANE, false);
}

/* What comes before: synapse, noise, and b where it is taped. */
RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_lif_forward_before (const RheoLif *c, const RheoLifRow *row)
{
  RheoReal *current = row->current, *synapse = row->synapse, *b = row->tape_b;

  if (synapse)
    {
      RHEO_IVDEP
      for (int i = 0; i < row->n; i++)
        current[i] = synapse[i] = row->alpha[i] * synapse[i] + current[i];
    }
  if (row->noise)
    {
      RHEO_IVDEP
      for (int i = 0; i < row->n; i++)
        current[i] += c->noise_sd * row->noise[i];
    }
  if (b)
    {
      const bool hold = c->counts && c->hold;

      RHEO_IVDEP
      for (int i = 0; i < row->n; i++)
        b[i] = hold && row->r[i] > 1 ? row->m[i] : row->beta[i] * row->m[i] + current[i];
    }
}

RHEO_CELL_FUNCTION void
rheo_lif_forward (const void *derived, const RheoSlice *s)
{
  const RheoLif *c = (const RheoLif *) derived;

  for (int i = 0; i < s->n_rows; i++)
    {
      const size_t at = (size_t) i * s->stride;
      RheoLifRow row;

      row.n = s->stride;
      row.beta = s->param[0];
      row.theta = s->param[1];
      row.alpha = c->synaptic ? s->param[2] : NULL;
      row.noise = s->noise ? s->noise + at : NULL;
      row.current = s->current[0] + at;
      row.m = s->state[0] + at;
      row.r = s->state[1] + at;
      row.synapse = c->synaptic ? s->state[2] + at : NULL;
      row.out = s->out + at;
      row.tape_m = s->tape[0] + at;
      row.tape_k = c->counts ? s->tape[1] + at : NULL;
      row.tape_b = rheo_lif_tapes_b (c) ? RHEO_LIF_THIRD (c, s->tape) + at : NULL;
      if (row.synapse || row.noise || row.tape_b)
        rheo_lif_forward_before (c, &row);
      rheo_lif_forward_row (c, &row);
      if (rheo_lif_tapes_after (c))
        memcpy (RHEO_LIF_THIRD (c, s->tape) + at, row.m, sizeof (RheoReal) * s->stride);
    }
}

/* One strip of one row in the adjoint. */
typedef struct
{
  int n;
  const RheoReal *beta, *theta, *m, *k, *old, *k_old; /* k, k_old: 1 where nothing counts */
  const RheoReal *b;                                  /* tape of "zero" */
  const RheoReal *g, *g_old, *e;
  RheoReal *grad, *delta, *d_before, *d_theta; /* G; dL/dI; share of e of the step before; dL/dtheta */
} RheoLifStrip;

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_loop (const RheoLif *c, const RheoLifStrip *x, int reset, int driver, bool through)
{
  const RheoReal zero = 0, one = 1, v = c->v_reset;
  const RheoReal *beta = x->beta, *theta = x->theta, *m = x->m, *k = x->k, *m_old = x->old, *k_old = x->k_old;
  const RheoReal *g = x->g, *g_old = x->g_old, *e = x->e, *b = x->b;
  RheoReal *grad = x->grad, *delta = x->delta, *d_before = x->d_before, *d_theta = x->d_theta;
  const RheoReal hold_below = c->hold ? (RheoReal) 0.5 : -1;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal open = k[i], back = grad[i], th = theta[i], leak = beta[i], old = m_old[i];
      const bool held = open < hold_below;
      RheoReal slope = open * g[i], psi = e[i] * slope, d, d_old, d_in, d_th;

      if (driver == RHEO_LIF_AT_ONCE)
        {
          const bool spike = (m[i] > th) & (open > zero);
          RheoReal kept = back;

          if (reset == RHEO_LIF_ZERO || reset == RHEO_LIF_PULL)
            kept = spike ? zero : back;
          if (through)
            psi += (reset == RHEO_LIF_SUBTRACT ? -th
                    : reset == RHEO_LIF_ZERO   ? -m[i]
                    : reset == RHEO_LIF_PULL   ? v - m[i]
                                               : zero)
                   * back * slope;
          d = psi + kept;
          d_old = held ? d : leak * d;
          d_in = held ? zero : d;
          d_th = -psi - (reset == RHEO_LIF_SUBTRACT && spike ? back : zero);
        }
      else
        {
          const RheoReal was_open = driver == RHEO_LIF_MEMBRANE ? one : k_old[i];
          const bool fired = (old > th) & (was_open > zero);

          d = psi + back;
          d_in = held ? zero : d;
          d_old = held ? d : leak * d;
          if (reset == RHEO_LIF_ZERO)
            {
              d_in = fired ? zero : d_in;
              d_old = fired ? zero : d_old;
            }
          if (reset == RHEO_LIF_PULL)
            d_old -= fired ? d : zero;
          d_th = -psi - (reset == RHEO_LIF_SUBTRACT && fired ? d : zero);
          if (through)
            {
              const RheoReal d_fired = reset == RHEO_LIF_SUBTRACT ? -th * d
                                       : reset == RHEO_LIF_ZERO   ? -b[i] * d
                                       : reset == RHEO_LIF_PULL   ? (v - old) * d
                                                                  : zero;

              if (driver == RHEO_LIF_MEMBRANE)
                {
                  d_old += d_fired * g_old[i];
                  d_th -= d_fired * g_old[i];
                }
              else
                d_before[i] += d_fired;
            }
        }
      grad[i] = d_old;
      delta[i] = d_in;
      d_theta[i] = d_th;
    }
}

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_reset (const RheoLif *c, const RheoLifStrip *x, int driver, bool through)
{
  switch (c->reset)
    {
    case RHEO_LIF_SUBTRACT:
      rheo_lif_adjoint_loop (c, x, RHEO_LIF_SUBTRACT, driver, through);
      break;
    case RHEO_LIF_ZERO:
      rheo_lif_adjoint_loop (c, x, RHEO_LIF_ZERO, driver, through);
      break;
    case RHEO_LIF_PULL:
      rheo_lif_adjoint_loop (c, x, RHEO_LIF_PULL, driver, through);
      break;
    default:
      rheo_lif_adjoint_loop (c, x, RHEO_LIF_NONE, driver, false);
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_lif_adjoint_strip (const RheoLif *c, const RheoLifStrip *x)
{
  if (c->driver == RHEO_LIF_MEMBRANE && c->differentiate)
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_MEMBRANE, true);
  else if (c->driver == RHEO_LIF_MEMBRANE)
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_MEMBRANE, false);
  else if (c->driver == RHEO_LIF_SPIKE && c->differentiate)
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_SPIKE, true);
  else if (c->driver == RHEO_LIF_SPIKE)
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_SPIKE, false);
  else if (c->differentiate)
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_AT_ONCE, true);
  else
    rheo_lif_adjoint_reset (c, x, RHEO_LIF_AT_ONCE, false);
}

/* What a strip leaves for the parameters and, in the synaptic cell, for the current behind its filter. */
RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_lif_adjoint_rest (const RheoLif *c, const RheoLifStrip *x, RheoReal *d_beta, RheoReal *d_theta,
                       const RheoReal *alpha, RheoReal *d_synapse)
{
  RheoReal *delta = x->delta;

  if (d_beta)
    {
      RHEO_IVDEP
      for (int i = 0; i < x->n; i++)
        d_beta[i] += delta[i] * x->old[i];
    }
  if (d_theta)
    {
      RHEO_IVDEP
      for (int i = 0; i < x->n; i++)
        d_theta[i] += x->d_theta[i];
    }
  if (c->synaptic)
    {
      RHEO_IVDEP
      for (int i = 0; i < x->n; i++)
        {
          delta[i] += d_synapse[i];
          d_synapse[i] = alpha[i] * delta[i];
        }
    }
}

RHEO_CELL_FUNCTION void
rheo_lif_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoLif *c = (const RheoLif *) derived;
  RheoReal g[RHEO_LIF_STRIP], g_old[RHEO_LIF_STRIP], d_theta[RHEO_LIF_STRIP], ones[RHEO_LIF_STRIP];

  for (int i = 0; i < RHEO_LIF_STRIP; i++)
    ones[i] = 1;
  for (int row = 0; row < s->n_rows; row++)
    for (int first = 0; first < s->stride; first += RHEO_LIF_STRIP)
      {
        const size_t at = (size_t) row * s->stride + first;
        RheoLifStrip x;

        x.n = s->stride - first < RHEO_LIF_STRIP ? s->stride - first : RHEO_LIF_STRIP;
        x.beta = s->param[0] + first;
        x.theta = s->param[1] + first;
        x.m = s->tape[0] + at;
        x.k = c->counts ? s->tape[1] + at : ones;
        x.old = (rheo_lif_tapes_after (c) ? RHEO_LIF_THIRD (c, s->tape_before) : s->tape_before[0]) + at;
        x.k_old = c->counts ? s->tape_before[1] + at : ones;
        x.b = rheo_lif_tapes_b (c) ? RHEO_LIF_THIRD (c, s->tape) + at : NULL;
        x.g = g;
        x.g_old = g_old;
        x.e = s->d_out + at;
        x.grad = s->state[0] + at;
        x.delta = s->d_current[0] + at;
        x.d_before = s->d_out_before + at;
        x.d_theta = d_theta;
        rheo_surrogate_eval (s->surrogate, x.n, x.m, x.theta, g);
        if (c->differentiate && c->driver == RHEO_LIF_MEMBRANE)
          rheo_surrogate_eval (s->surrogate, x.n, x.old, x.theta, g_old);
        rheo_lif_adjoint_strip (c, &x);
        if (s->d_param[0] || s->d_param[1] || c->synaptic)
          rheo_lif_adjoint_rest (c, &x, s->d_param[0] ? s->d_param[0] + first : NULL,
                                 s->d_param[1] ? s->d_param[1] + first : NULL, c->synaptic ? s->param[2] + first : NULL,
                                 c->synaptic ? s->state[2] + at : NULL);
      }
}

RHEO_CELL_FUNCTION void
rheo_lif_slope (const void *derived, const RheoSlice *s, RheoReal *g)
{
  const RheoLif *c = (const RheoLif *) derived;

  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride;

      rheo_surrogate_eval (s->surrogate, s->stride, s->tape[0] + at, s->param[1], g + at);
      for (int i = 0; c->counts && i < s->stride; i++)
        g[at + i] *= s->tape[1][at + i];
    }
}

RHEO_CELL_FUNCTION bool
rheo_lif_hears (const void *derived, const RheoSlice *s, RheoReal *heard)
{
  const RheoLif *c = (const RheoLif *) derived;

  if (!rheo_surrogate_is_compact (s->surrogate))
    {
      if (c->counts)
        memcpy (heard, s->tape[1], sizeof (RheoReal) * s->n_rows * s->stride);
      return c->counts;
    }
  rheo_lif_slope (derived, s, heard);
  return true;
}

static const char *const rheo_lif_params[] = { "beta", "threshold", NULL };
static const char *const rheo_lif_states[] = { "membrane", "refractory", NULL };
static const char *const rheo_synaptic_params[] = { "beta", "threshold", "alpha", NULL };
static const char *const rheo_synaptic_states[] = { "membrane", "refractory", "synapse", NULL };

static const RheoCell rheo_cell_lif = {
  .id = "lif",
  .params = rheo_lif_params,
  .states = rheo_lif_states,
  .n_ports = 1,
  .n_tape = rheo_lif_n_tape,
  .spikes = true,
  .adjoint_in_place = true,
  .adjoint_before = true,
  .noisy = rheo_lif_noisy,
  .reset = rheo_lif_reset,
  .first_tape = rheo_lif_first_tape,
  .forward = rheo_lif_forward,
  .adjoint = rheo_lif_adjoint,
  .hears = rheo_lif_hears,
  .slope = rheo_lif_slope,
};

static const RheoCell rheo_cell_lif_synaptic = {
  .id = "lif-synaptic",
  .params = rheo_synaptic_params,
  .states = rheo_synaptic_states,
  .n_ports = 1,
  .n_tape = rheo_lif_n_tape,
  .spikes = true,
  .adjoint_in_place = true,
  .adjoint_before = true,
  .noisy = rheo_lif_noisy,
  .reset = rheo_lif_reset,
  .first_tape = rheo_lif_first_tape,
  .forward = rheo_lif_forward,
  .adjoint = rheo_lif_adjoint,
  .hears = rheo_lif_hears,
  .slope = rheo_lif_slope,
};
