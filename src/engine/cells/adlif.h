/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Leaky integrate-and-fire unit with an adaptation current, stepped by the symplectic Euler method (Baronig, Ferrand, Sabathiel
 * & Legenstein 2025). I: current (bias included), u: state "membrane", w: state "adaptation", tau_u, tau_w, a, b: params
 * "tau-u", "tau-w" in steps, "a", "b", s: out, H (x) = 1 where x > 0, alpha = exp (-1 / tau_u), beta = exp (-1 / tau_w). Per
 * step, from u = w = 0:
 *
 *   v  = alpha u + (1 - alpha) (I - w)
 *   s  = H (v - theta)
 *   u <- (1 - s) v
 *   w <- beta w + (1 - beta) q (a u + b s)           the new u: without spikes det = alpha beta, and nothing grows while
 *                                                    q a tanh (1 / (2 tau_u)) tanh (1 / (2 tau_w)) < 1
 *
 * The reset is not differentiated. Adjoint, e = dL/ds, g: surrogate, U and W: dL/du and dL/dw handed back by the step after:
 *
 *   d = (1 - s) (U + (1 - beta) q a W) + g (v - theta) (e + (1 - beta) q b W);   dL/dI = (1 - alpha) d
 *   dL/dalpha += d (u_(t-1) - v) / (1 - alpha),   dL/dbeta += W (w_(t-1) - q (a u + b s))
 *   dL/da += (1 - beta) q u W,   dL/db += (1 - beta) q s W
 *   U <- alpha d;  W <- beta W - (1 - alpha) d */
#pragma once

#include "surrogate.h"

typedef struct
{
  RheoReal theta, q;
} RheoAdlif;

#define RHEO_ADLIF_STRIP RHEO_STRIP (128) /* units at a time */
#define RHEO_ADLIF_PARAMS 4

RHEO_CELL_FUNCTION int
rheo_adlif_n_tape (const void *derived)
{
  return 2;
}

/* v of the tape: u stands in for it, which the reset leaves as it is. */
RHEO_CELL_FUNCTION void
rheo_adlif_first_tape (const void *derived, const RheoSlice *s)
{
  for (int k = 0; k < 2; k++)
    memcpy (s->tape[k], s->state[k], sizeof (RheoReal) * s->n_rows * s->stride);
}

/* What a strip of units keeps over a step, alpha and beta, what comes in, 1 - alpha and (1 - beta) q, and the latter times a and
 * b. */
typedef struct
{
  RheoReal alpha[RHEO_ADLIF_STRIP], gain[RHEO_ADLIF_STRIP], beta[RHEO_ADLIF_STRIP], share[RHEO_ADLIF_STRIP];
  RheoReal of_u[RHEO_ADLIF_STRIP], of_s[RHEO_ADLIF_STRIP];
} RheoAdlifDecay;

RHEO_ALWAYS_INLINE void
rheo_adlif_decay (const RheoAdlif *c, const RheoSlice *s, int first, int n, RheoAdlifDecay *to)
{
  const RheoReal *tau_u = s->param[0] + first, *tau_w = s->param[1] + first;
  const RheoReal *a = s->param[2] + first, *b = s->param[3] + first, q = c->q;

  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    {
      const RheoReal share = q * rheo_cell_lost (tau_w[i], &to->beta[i]);

      to->gain[i] = rheo_cell_lost (tau_u[i], &to->alpha[i]);
      to->share[i] = share;
      to->of_u[i] = share * a[i];
      to->of_s[i] = share * b[i];
    }
}

/* One strip of one row in a forward step. */
typedef struct
{
  int n;
  const RheoAdlifDecay *decay;
  const RheoReal *current;
  RheoReal *u, *w, *tape_v, *tape_w, *out;
} RheoAdlifRow;

RHEO_ALWAYS_INLINE void
rheo_adlif_forward_row (const RheoAdlif *c, const RheoAdlifRow *x)
{
  const RheoReal one = 1, zero = 0, theta = c->theta, *current = x->current;
  const RheoReal *alpha = x->decay->alpha, *gain = x->decay->gain, *beta = x->decay->beta;
  const RheoReal *of_u = x->decay->of_u, *of_s = x->decay->of_s;
  RheoReal *u = x->u, *w = x->w, *tape_v = x->tape_v, *tape_w = x->tape_w, *out = x->out;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal v = alpha[i] * u[i] + gain[i] * (current[i] - w[i]);
      const RheoReal spike = v > theta ? one : zero, left = v > theta ? zero : v;

      tape_v[i] = v;
      u[i] = left;
      w[i] = tape_w[i] = beta[i] * w[i] + of_u[i] * left + of_s[i] * spike;
      out[i] = spike;
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_adlif_forward (const void *derived, const RheoSlice *s)
{
  const RheoAdlif *c = (const RheoAdlif *) derived;
  RheoAdlifDecay decay;

  for (int first = 0; first < s->stride; first += RHEO_ADLIF_STRIP)
    {
      const int n = s->stride - first < RHEO_ADLIF_STRIP ? s->stride - first : RHEO_ADLIF_STRIP;

      rheo_adlif_decay (c, s, first, n, &decay);
      for (int row = 0; row < s->n_rows; row++)
        {
          const size_t at = (size_t) row * s->stride + first;
          RheoAdlifRow x;

          x.n = n;
          x.decay = &decay;
          x.current = s->current[0] + at;
          x.u = s->state[0] + at;
          x.w = s->state[1] + at;
          x.tape_v = s->tape[0] + at;
          x.tape_w = s->tape[1] + at;
          x.out = s->out + at;
          rheo_adlif_forward_row (c, &x);
        }
    }
}

/* One strip of one row in the adjoint. */
typedef struct
{
  int n;
  const RheoAdlifDecay *decay;
  const RheoReal *a, *b, *v, *v_before, *w_before, *g, *e;
  RheoReal *d_u, *d_w, *delta;            /* U, W; dL/dI */
  RheoReal *d_alpha, *d_beta, *d_a, *d_b; /* sums: dL/dalpha times 1 - alpha, dL/da and dL/db over (1 - beta) q */
} RheoAdlifStrip;

/* One loop, since delta may lie where v does. */
RHEO_ALWAYS_INLINE void
rheo_adlif_adjoint_row (const RheoAdlif *c, const RheoAdlifStrip *x, bool learns)
{
  const RheoReal one = 1, zero = 0, theta = c->theta, q = c->q;
  const RheoReal *alpha = x->decay->alpha, *gain = x->decay->gain, *beta = x->decay->beta;
  const RheoReal *of_u = x->decay->of_u, *of_s = x->decay->of_s;
  const RheoReal *a = x->a, *b = x->b, *v = x->v, *v_before = x->v_before, *w_before = x->w_before, *g = x->g,
                 *e = x->e;
  RheoReal *d_u = x->d_u, *d_w = x->d_w, *delta = x->delta;
  RheoReal *d_alpha = x->d_alpha, *d_beta = x->d_beta, *d_a = x->d_a, *d_b = x->d_b;

  RHEO_IVDEP
  for (int i = 0; i < x->n; i++)
    {
      const RheoReal above = v[i], back = d_w[i], through = d_u[i] + of_u[i] * back;
      const RheoReal d = (above > theta ? zero : through) + g[i] * (e[i] + of_s[i] * back);

      if (learns)
        {
          const RheoReal spike = above > theta ? one : zero, u = above > theta ? zero : above;
          const RheoReal old = v_before[i] > theta ? zero : v_before[i];

          d_alpha[i] += d * (old - above);
          d_beta[i] += back * (w_before[i] - q * (a[i] * u + b[i] * spike));
          d_a[i] += back * u;
          d_b[i] += back * spike;
        }
      delta[i] = gain[i] * d;
      d_u[i] = alpha[i] * d;
      d_w[i] = beta[i] * back - gain[i] * d;
    }
}

/* From the sums of a strip to gradients of the parameters. */
RHEO_CELL_FUNCTION void
rheo_adlif_add_params (const RheoSlice *s, const RheoAdlifDecay *decay, const RheoAdlifStrip *x, int first)
{
  const RheoReal *tau_u = s->param[0] + first, *tau_w = s->param[1] + first;
  const int left = s->n_units - first, n = left < x->n ? left : x->n;

  for (int i = 0; s->d_param[0] && i < n; i++)
    s->d_param[0][first + i] += x->d_alpha[i] * decay->alpha[i] / (decay->gain[i] * tau_u[i] * tau_u[i]);
  for (int i = 0; s->d_param[1] && i < n; i++)
    s->d_param[1][first + i] += x->d_beta[i] * decay->beta[i] / (tau_w[i] * tau_w[i]);
  for (int i = 0; s->d_param[2] && i < n; i++)
    s->d_param[2][first + i] += decay->share[i] * x->d_a[i];
  for (int i = 0; s->d_param[3] && i < n; i++)
    s->d_param[3][first + i] += decay->share[i] * x->d_b[i];
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_adlif_adjoint_strip (const RheoAdlif *c, const RheoSlice *s, int first, int n)
{
  RheoReal threshold[RHEO_ADLIF_STRIP], g[RHEO_ADLIF_STRIP], sum[RHEO_ADLIF_PARAMS][RHEO_ADLIF_STRIP];
  RheoAdlifDecay decay;
  RheoAdlifStrip x;
  bool learns = false;

  rheo_adlif_decay (c, s, first, n, &decay);
  for (int k = 0; k < RHEO_ADLIF_PARAMS; k++)
    learns = learns || s->d_param[k];
  for (int i = 0; i < n; i++)
    {
      threshold[i] = c->theta;
      for (int k = 0; k < RHEO_ADLIF_PARAMS; k++)
        sum[k][i] = 0;
    }
  x.n = n;
  x.decay = &decay;
  x.a = s->param[2] + first;
  x.b = s->param[3] + first;
  x.g = g;
  x.d_alpha = sum[0];
  x.d_beta = sum[1];
  x.d_a = sum[2];
  x.d_b = sum[3];
  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * s->stride + first;

      rheo_surrogate_eval (s->surrogate, n, s->tape[0] + at, threshold, g);
      x.v = s->tape[0] + at;
      x.v_before = s->tape_before[0] + at;
      x.w_before = s->tape_before[1] + at;
      x.e = s->d_out + at;
      x.d_u = s->state[0] + at;
      x.d_w = s->state[1] + at;
      x.delta = s->d_current[0] + at;
      if (learns)
        rheo_adlif_adjoint_row (c, &x, true);
      else
        rheo_adlif_adjoint_row (c, &x, false);
    }
  if (learns)
    rheo_adlif_add_params (s, &decay, &x, first);
}

RHEO_CELL_FUNCTION void
rheo_adlif_adjoint (const void *derived, const RheoSlice *s)
{
  for (int first = 0; first < s->stride; first += RHEO_ADLIF_STRIP)
    rheo_adlif_adjoint_strip ((const RheoAdlif *) derived, s, first,
                              s->stride - first < RHEO_ADLIF_STRIP ? s->stride - first : RHEO_ADLIF_STRIP);
}

RHEO_CELL_FUNCTION void
rheo_adlif_slope (const void *derived, const RheoSlice *s, RheoReal *g)
{
  RheoReal threshold[RHEO_ADLIF_STRIP];

  for (int i = 0; i < RHEO_ADLIF_STRIP; i++)
    threshold[i] = ((const RheoAdlif *) derived)->theta;
  for (int first = 0; first < s->n_rows * s->stride; first += RHEO_ADLIF_STRIP)
    {
      const int left = s->n_rows * s->stride - first;

      rheo_surrogate_eval (s->surrogate, left < RHEO_ADLIF_STRIP ? left : RHEO_ADLIF_STRIP, s->tape[0] + first,
                           threshold, g + first);
    }
}

RHEO_CELL_FUNCTION bool
rheo_adlif_hears (const void *derived, const RheoSlice *s, RheoReal *heard)
{
  if (!rheo_surrogate_is_compact (s->surrogate))
    return false;
  rheo_adlif_slope (derived, s, heard);
  return true;
}

static const char *const rheo_adlif_params[RHEO_ADLIF_PARAMS + 1] = { "tau-u", "tau-w", "a", "b", NULL };
static const char *const rheo_adlif_states[] = { "membrane", "adaptation", NULL };

static const RheoCell rheo_cell_adlif = {
  .id = "adlif",
  .params = rheo_adlif_params,
  .states = rheo_adlif_states,
  .n_ports = 1,
  .n_tape = rheo_adlif_n_tape,
  .spikes = true,
  .adjoint_in_place = true,
  .first_tape = rheo_adlif_first_tape,
  .forward = rheo_adlif_forward,
  .adjoint = rheo_adlif_adjoint,
  .hears = rheo_adlif_hears,
  .slope = rheo_adlif_slope,
};
