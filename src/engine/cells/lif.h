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

#define RHEO_LIF_STRIP 128 /* units whose surrogate is kept at a time */

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

static int
rheo_lif_n_tape (const void *derived)
{
  const RheoLif *c = (const RheoLif *) derived;

  return 1 + c->counts + (rheo_lif_tapes_b (c) || rheo_lif_tapes_after (c));
}

static bool
rheo_lif_noisy (const void *derived)
{
  return ((const RheoLif *) derived)->noise_sd > 0;
}

static void
rheo_lif_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoReal initial = ((const RheoLif *) derived)->initial;

  for (int i = 0; i < s->n_rows * s->stride; i++)
    s->state[0][i] = initial;
}

static void
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

RHEO_ALWAYS_INLINE void
rheo_lif_forward_row (const RheoLif *c, int n, const RheoReal *beta, const RheoReal *theta, RheoReal *m, RheoReal *r,
                      const RheoReal *current, RheoReal *out, RheoReal *tape_m, RheoReal *tape_k, int reset, int driver,
                      bool counts)
{
  const RheoReal zero = 0, one = 1, v = c->v_reset, counter = c->counter;
  const RheoReal hold_over = c->hold ? 0 : (RheoReal) 1e30;

  RHEO_IVDEP
  for (int i = 0; i < n; i++)
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
rheo_lif_forward_as (const RheoLif *c, const RheoSlice *s, int reset, int driver, bool counts)
{
  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride;
      RheoReal *current = s->current[0] + at, *m = s->state[0] + at, *r = s->state[1] + at;
      const int n = s->stride;

      if (c->synaptic)
        {
          RheoReal *synapse = s->state[2] + at;
          const RheoReal *alpha = s->param[2];

          RHEO_IVDEP
          for (int i = 0; i < n; i++)
            current[i] = synapse[i] = alpha[i] * synapse[i] + current[i];
        }
      if (s->noise)
        {
          const RheoReal *noise = s->noise + at, sd = c->noise_sd;

          RHEO_IVDEP
          for (int i = 0; i < n; i++)
            current[i] += sd * noise[i];
        }
      if (rheo_lif_tapes_b (c))
        {
          RheoReal *b = s->tape[1 + counts] + at;
          const RheoReal *beta = s->param[0];
          const bool hold = counts && c->hold;

          RHEO_IVDEP
          for (int i = 0; i < n; i++)
            b[i] = hold && r[i] > 1 ? m[i] : beta[i] * m[i] + current[i];
        }
      rheo_lif_forward_row (c, n, s->param[0], s->param[1], m, r, current, s->out + at, s->tape[0] + at,
                            counts ? s->tape[1] + at : NULL, reset, driver, counts);
      if (rheo_lif_tapes_after (c))
        memcpy (s->tape[1 + counts] + at, m, sizeof (RheoReal) * n);
    }
}

RHEO_ALWAYS_INLINE void
rheo_lif_forward_reset (const RheoLif *c, const RheoSlice *s, int driver, bool counts)
{
  switch (c->reset)
    {
    case RHEO_LIF_SUBTRACT:
      rheo_lif_forward_as (c, s, RHEO_LIF_SUBTRACT, driver, counts);
      break;
    case RHEO_LIF_ZERO:
      rheo_lif_forward_as (c, s, RHEO_LIF_ZERO, driver, counts);
      break;
    case RHEO_LIF_PULL:
      rheo_lif_forward_as (c, s, RHEO_LIF_PULL, driver, counts);
      break;
    default:
      rheo_lif_forward_as (c, s, RHEO_LIF_NONE, driver, counts);
    }
}

RHEO_MULTI static void
rheo_lif_forward (const void *derived, const RheoSlice *s)
{
  const RheoLif *c = (const RheoLif *) derived;

  if (c->driver == RHEO_LIF_SPIKE)
    rheo_lif_forward_reset (c, s, RHEO_LIF_SPIKE, true);
  else if (c->driver == RHEO_LIF_AT_ONCE && c->counts)
    rheo_lif_forward_reset (c, s, RHEO_LIF_AT_ONCE, true);
  else if (c->driver == RHEO_LIF_AT_ONCE)
    rheo_lif_forward_reset (c, s, RHEO_LIF_AT_ONCE, false);
  else if (c->counts)
    rheo_lif_forward_reset (c, s, RHEO_LIF_MEMBRANE, true);
  else
    rheo_lif_forward_reset (c, s, RHEO_LIF_MEMBRANE, false);
}

/* One strip of one row in the adjoint. */
typedef struct
{
  int n;
  const RheoReal *beta, *theta, *m, *k, *old, *k_old, *b; /* k, k_old: NULL where nothing counts; b: tape of "zero" */
  const RheoReal *g, *g_old;
  const RheoReal *e;
  RheoReal *grad, *delta, *d_before; /* G; dL/dI; share of e of the step before */
  RheoReal *d_beta, *d_theta;        /* or NULL */
} RheoLifStrip;

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_strip (const RheoLif *c, const RheoLifStrip *x, int reset, int driver, bool counts, bool through,
                        bool learn)
{
  const RheoReal zero = 0, one = 1, v = c->v_reset;
  const RheoReal *beta = x->beta, *theta = x->theta, *m = x->m, *k = x->k, *m_old = x->old, *k_old = x->k_old,
                 *b = x->b;
  const RheoReal *g = x->g, *g_old = x->g_old, *e = x->e;
  RheoReal *grad = x->grad, *delta = x->delta, *d_before = x->d_before;
  const bool hold = counts && c->hold;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal open = counts ? k[i] : one, back = grad[i], th = theta[i], leak = beta[i], old = m_old[i];
      const bool held = hold && !(open > zero);
      RheoReal slope = open * g[i], psi = e[i] * slope, d, d_old, d_in, d_th = 0;

      if (driver == RHEO_LIF_AT_ONCE)
        {
          const bool spike = m[i] > th && open > zero;
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
          const bool fired = old > th && (driver == RHEO_LIF_MEMBRANE || k_old[i] > zero);
          RheoReal d_fired;

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
              d_fired = reset == RHEO_LIF_SUBTRACT ? -th * d
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
      if (learn)
        {
          x->d_beta[i] += d_in * old;
          x->d_theta[i] += d_th;
        }
    }
}

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_as (const RheoLif *c, const RheoSlice *s, int reset, int driver, bool counts, bool through, bool learn)
{
  RheoReal g[RHEO_LIF_STRIP], g_old[RHEO_LIF_STRIP], unused[RHEO_LIF_STRIP] = { 0 };

  for (int row = 0; row < s->n_rows; row++)
    for (int first = 0; first < s->stride; first += RHEO_LIF_STRIP)
      {
        const size_t at = (size_t) row * s->stride + first;
        const int n = s->stride - first < RHEO_LIF_STRIP ? s->stride - first : RHEO_LIF_STRIP, aux = 1 + counts;
        RheoLifStrip x;

        x.n = n;
        x.beta = s->param[0] + first;
        x.theta = s->param[1] + first;
        x.m = s->tape[0] + at;
        x.k = counts ? s->tape[1] + at : NULL;
        x.old = s->tape_before[rheo_lif_tapes_after (c) ? aux : 0] + at;
        x.k_old = counts ? s->tape_before[1] + at : NULL;
        x.b = rheo_lif_tapes_b (c) ? s->tape[aux] + at : NULL;
        x.g = g;
        x.g_old = g_old;
        x.e = s->d_out + at;
        x.grad = s->state[0] + at;
        x.delta = s->d_current[0] + at;
        x.d_before = s->d_out_before + at;
        x.d_beta = learn && s->d_param[0] ? s->d_param[0] + first : unused;
        x.d_theta = learn && s->d_param[1] ? s->d_param[1] + first : unused;
        rheo_surrogate_eval (s->surrogate, n, x.m, x.theta, g);
        if (through && driver == RHEO_LIF_MEMBRANE)
          rheo_surrogate_eval (s->surrogate, n, x.old, x.theta, g_old);
        rheo_lif_adjoint_strip (c, &x, reset, driver, counts, through, learn);
        if (c->synaptic)
          {
            RheoReal *d_synapse = s->state[2] + at, *delta = x.delta;
            const RheoReal *alpha = s->param[2] + first;

            RHEO_IVDEP
            for (int i = 0; i < n; i++)
              {
                delta[i] += d_synapse[i];
                d_synapse[i] = alpha[i] * delta[i];
              }
          }
      }
}

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_reset (const RheoLif *c, const RheoSlice *s, int driver, bool counts, bool through, bool learn)
{
  switch (c->reset)
    {
    case RHEO_LIF_SUBTRACT:
      rheo_lif_adjoint_as (c, s, RHEO_LIF_SUBTRACT, driver, counts, through, learn);
      break;
    case RHEO_LIF_ZERO:
      rheo_lif_adjoint_as (c, s, RHEO_LIF_ZERO, driver, counts, through, learn);
      break;
    case RHEO_LIF_PULL:
      rheo_lif_adjoint_as (c, s, RHEO_LIF_PULL, driver, counts, through, learn);
      break;
    default:
      rheo_lif_adjoint_as (c, s, RHEO_LIF_NONE, driver, counts, false, learn);
    }
}

RHEO_ALWAYS_INLINE void
rheo_lif_adjoint_driver (const RheoLif *c, const RheoSlice *s, bool through, bool learn)
{
  if (c->driver == RHEO_LIF_SPIKE)
    rheo_lif_adjoint_reset (c, s, RHEO_LIF_SPIKE, true, through, learn);
  else if (c->driver == RHEO_LIF_AT_ONCE && c->counts)
    rheo_lif_adjoint_reset (c, s, RHEO_LIF_AT_ONCE, true, through, learn);
  else if (c->driver == RHEO_LIF_AT_ONCE)
    rheo_lif_adjoint_reset (c, s, RHEO_LIF_AT_ONCE, false, through, learn);
  else if (c->counts)
    rheo_lif_adjoint_reset (c, s, RHEO_LIF_MEMBRANE, true, through, learn);
  else
    rheo_lif_adjoint_reset (c, s, RHEO_LIF_MEMBRANE, false, through, learn);
}

/* One function for each choice: together they would be one of 200 kB. */
RHEO_MULTI static void
rheo_lif_adjoint_fixed (const RheoLif *c, const RheoSlice *s)
{
  rheo_lif_adjoint_driver (c, s, false, false);
}

RHEO_MULTI static void
rheo_lif_adjoint_through (const RheoLif *c, const RheoSlice *s)
{
  rheo_lif_adjoint_driver (c, s, true, false);
}

RHEO_MULTI static void
rheo_lif_adjoint_learning (const RheoLif *c, const RheoSlice *s)
{
  rheo_lif_adjoint_driver (c, s, c->differentiate, true);
}

static void
rheo_lif_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoLif *c = (const RheoLif *) derived;

  if (s->d_param[0] || s->d_param[1])
    rheo_lif_adjoint_learning (c, s);
  else if (c->differentiate)
    rheo_lif_adjoint_through (c, s);
  else
    rheo_lif_adjoint_fixed (c, s);
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
  .noisy = rheo_lif_noisy,
  .reset = rheo_lif_reset,
  .first_tape = rheo_lif_first_tape,
  .forward = rheo_lif_forward,
  .adjoint = rheo_lif_adjoint,
};

static const RheoCell rheo_cell_lif_synaptic = {
  .id = "lif-synaptic",
  .params = rheo_synaptic_params,
  .states = rheo_synaptic_states,
  .n_ports = 1,
  .n_tape = rheo_lif_n_tape,
  .spikes = true,
  .noisy = rheo_lif_noisy,
  .reset = rheo_lif_reset,
  .first_tape = rheo_lif_first_tape,
  .forward = rheo_lif_forward,
  .adjoint = rheo_lif_adjoint,
};
