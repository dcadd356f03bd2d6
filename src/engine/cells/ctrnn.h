/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Continuous-time rate unit, stepped by Euler's method. a: current (bias and input noise included), x: state "state",
 * z: standard normals, s: noise_sd = sqrt (2 / alpha) sigma, alpha = dt / tau, gamma: cubic damping, f: activation:
 *
 *   "rate"      x' = x + alpha (-x + f (a) + s z - gamma x^3)      out = x'        noise outside of f
 *               x' = x + alpha (-x + f (a + s z) - gamma x^3)      out = x'        noise inside of f
 *   "current"   x' = x + alpha (-x + a + s z - gamma x^3)          out = f (x')
 *
 *   relu        max (k a, 0)                         k = slope
 *   tanh        tanh (k a)
 *   sigmoid     1 / (1 + e^-k(a - v))                v = shift
 *   softplus    log (1 + e^bka) / b                  b = sharpness; "softplus-unscaled" without the division
 *   leaky relu  k a where a >= 0, else leak a
 *   gelu        a Phi (k a)                          Phi: normal distribution
 *
 * Adjoint, G = dL/dx' handed back by the step after, e = dL/dout:
 *
 *   "rate":     G <- G + e;         dL/da = alpha f'(a) G
 *   "current":  G <- G + f'(x') e;  dL/da = alpha G
 *   then        G <- (1 - alpha - 3 alpha gamma x^2) G
 *
 * At the kink of a rectifier f' is the mean of both sides. Equations: Engel lab, trainRNNbrain; Song et al. 2016. */
#pragma once

#include "functions.h"

#include <math.h>

enum
{
  RHEO_CTRNN_RELU,
  RHEO_CTRNN_TANH,
  RHEO_CTRNN_SIGMOID,
  RHEO_CTRNN_SOFTPLUS,
  RHEO_CTRNN_SOFTPLUS_UNSCALED,
  RHEO_CTRNN_LEAKY_RELU,
  RHEO_CTRNN_GELU,
};

typedef struct
{
  int activation;  /* RHEO_CTRNN_* */
  bool is_current; /* the state is the current, and f makes a rate of it */
  bool inside;     /* noise goes through f; "rate" only */
  RheoReal slope, shift, sharpness, leak;
  RheoReal alpha, gamma, noise_sd, initial;
} RheoCtrnn;

/* f (a) and its derivative. kind is a constant where this is called, so that the choice costs nothing. */
RHEO_ALWAYS_INLINE RheoReal
rheo_ctrnn_activate (const RheoCtrnn *c, int kind, RheoReal a, RheoReal *slope)
{
  const RheoReal zero = 0, one = 1, half = (RheoReal) 0.5, k = c->slope;
  RheoReal y;

  switch (kind)
    {
    case RHEO_CTRNN_TANH:
      y = rheo_cell_tanh (k * a);
      *slope = k * (one - y * y);
      return y;
    case RHEO_CTRNN_SIGMOID:
      y = rheo_cell_sigmoid (k * (a - c->shift));
      *slope = k * y * (one - y);
      return y;
    case RHEO_CTRNN_SOFTPLUS:
    case RHEO_CTRNN_SOFTPLUS_UNSCALED:
      {
        const RheoReal scale = kind == RHEO_CTRNN_SOFTPLUS ? one / c->sharpness : one;

        *slope = scale * c->sharpness * k * rheo_cell_sigmoid (c->sharpness * k * a);
        return scale * rheo_cell_softplus (c->sharpness * k * a);
      }
    case RHEO_CTRNN_LEAKY_RELU:
      *slope = a > zero ? k : a < zero ? c->leak : half * (k + c->leak);
      return a >= zero ? k * a : c->leak * a;
    case RHEO_CTRNN_GELU:
      {
        const RheoReal v = k * a, phi = half * (one + (RheoReal) erf (0.70710678118654752440 * (double) v));

        *slope = phi + v * (RheoReal) 0.39894228040143267794 * rheo_cell_exp (-half * v * v);
        return a * phi;
      }
    default:
      y = k * a;
      *slope = y > zero ? k : y < zero ? zero : half * k;
      return y > zero ? y : zero;
    }
}

RHEO_CELL_FUNCTION int
rheo_ctrnn_n_tape (const void *derived)
{
  return ((const RheoCtrnn *) derived)->gamma != 0 ? 2 : 1;
}

RHEO_CELL_FUNCTION bool
rheo_ctrnn_noisy (const void *derived)
{
  return ((const RheoCtrnn *) derived)->noise_sd > 0;
}

/* n numbers of rows that lie one behind the other. */
typedef struct
{
  int n;
  const RheoReal *current, *noise; /* noise: or NULL */
  RheoReal *x, *out;
  RheoReal *tape_slope;
} RheoCtrnnStep;

RHEO_ALWAYS_INLINE void
rheo_ctrnn_forward_loop (const RheoCtrnn *c, const RheoCtrnnStep *s, int kind, bool is_current, bool noisy)
{
  const RheoReal zero = 0, alpha = c->alpha, sd = c->noise_sd, inside = c->inside ? sd : 0, outside = sd - inside;
  const RheoReal gamma = c->gamma;
  const RheoReal *current = s->current, *noise = s->noise;
  RheoReal *x = s->x, *out = s->out, *tape_slope = s->tape_slope;

  RHEO_IVDEP
  for (int i = 0; i < s->n; i++)
    {
      const RheoReal z = noisy ? noise[i] : zero, old = x[i];
      RheoReal slope, drive;

      if (is_current)
        {
          drive = current[i] + sd * z;
          x[i] = old + alpha * (drive - old - gamma * old * old * old);
          out[i] = rheo_ctrnn_activate (c, kind, x[i], &slope);
        }
      else
        {
          drive = rheo_ctrnn_activate (c, kind, current[i] + inside * z, &slope) + outside * z;
          out[i] = x[i] = old + alpha * (drive - old - gamma * old * old * old);
        }
      tape_slope[i] = slope;
    }
}

RHEO_ALWAYS_INLINE void
rheo_ctrnn_forward_kind (const RheoCtrnn *c, const RheoCtrnnStep *s, int kind)
{
  if (c->is_current && s->noise)
    rheo_ctrnn_forward_loop (c, s, kind, true, true);
  else if (c->is_current)
    rheo_ctrnn_forward_loop (c, s, kind, true, false);
  else if (s->noise)
    rheo_ctrnn_forward_loop (c, s, kind, false, true);
  else
    rheo_ctrnn_forward_loop (c, s, kind, false, false);
}

/* CALL (RHEO_CTRNN_*) with the activation as a constant, so that each has a loop of its own. */
#define RHEO_CTRNN_OF_KIND(ACTIVATION, CALL)                                                                           \
  switch (ACTIVATION)                                                                                                  \
    {                                                                                                                  \
    case RHEO_CTRNN_TANH:                                                                                              \
      CALL (RHEO_CTRNN_TANH);                                                                                          \
      break;                                                                                                           \
    case RHEO_CTRNN_SIGMOID:                                                                                           \
      CALL (RHEO_CTRNN_SIGMOID);                                                                                       \
      break;                                                                                                           \
    case RHEO_CTRNN_SOFTPLUS:                                                                                          \
      CALL (RHEO_CTRNN_SOFTPLUS);                                                                                      \
      break;                                                                                                           \
    case RHEO_CTRNN_SOFTPLUS_UNSCALED:                                                                                 \
      CALL (RHEO_CTRNN_SOFTPLUS_UNSCALED);                                                                             \
      break;                                                                                                           \
    case RHEO_CTRNN_LEAKY_RELU:                                                                                        \
      CALL (RHEO_CTRNN_LEAKY_RELU);                                                                                    \
      break;                                                                                                           \
    case RHEO_CTRNN_GELU:                                                                                              \
      CALL (RHEO_CTRNN_GELU);                                                                                          \
      break;                                                                                                           \
    default:                                                                                                           \
      CALL (RHEO_CTRNN_RELU);                                                                                          \
    }

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_ctrnn_forward_step (const RheoCtrnn *c, const RheoCtrnnStep *s)
{
#define RHEO_STEP(KIND) rheo_ctrnn_forward_kind (c, s, KIND)
  RHEO_CTRNN_OF_KIND (c->activation, RHEO_STEP);
#undef RHEO_STEP
}

RHEO_CELL_FUNCTION void
rheo_ctrnn_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  const RheoCtrnn *c = (const RheoCtrnn *) derived;
  RheoCtrnnStep rest;
  RheoReal zero = 0, slope;

  /* f (initial), by a step that does not move: alpha = 0 and no noise. */
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      RheoCtrnn still = *c;

      s->state[0][i] = s->out[i] = c->initial;
      still.alpha = 0;
      rest.n = 1;
      rest.current = &zero;
      rest.noise = NULL;
      rest.x = &s->state[0][i];
      rest.out = &s->out[i];
      rest.tape_slope = &slope;
      if (c->is_current)
        rheo_ctrnn_forward_step (&still, &rest);
    }
}

RHEO_CELL_FUNCTION void
rheo_ctrnn_forward (const void *derived, const RheoSlice *s)
{
  const RheoCtrnn *c = (const RheoCtrnn *) derived;
  RheoCtrnnStep step;

  step.n = s->n_rows * s->stride;
  step.current = s->current[0];
  step.noise = s->noise;
  step.x = s->state[0];
  step.out = s->out;
  step.tape_slope = s->tape[0];
  if (c->gamma != 0)
    memcpy (s->tape[1], s->state[0], sizeof (RheoReal) * (size_t) step.n);
  rheo_ctrnn_forward_step (c, &step);
}

RHEO_ALWAYS_INLINE void
rheo_ctrnn_adjoint_loop (const RheoCtrnn *c, const RheoSlice *s, bool is_current, bool damped)
{
  const RheoReal one = 1, alpha = c->alpha, keep = one - alpha, cubic = 3 * alpha * c->gamma;
  const RheoReal *e = s->d_out, *slope = s->tape[0], *x = s->tape[damped ? 1 : 0];
  RheoReal *grad = s->state[0], *delta = s->d_current[0];

  RHEO_IVDEP
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      const RheoReal g = grad[i] + (is_current ? slope[i] * e[i] : e[i]);

      delta[i] = is_current ? alpha * g : alpha * slope[i] * g;
      grad[i] = (damped ? keep - cubic * x[i] * x[i] : keep) * g;
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_ctrnn_adjoint (const void *derived, const RheoSlice *s)
{
  const RheoCtrnn *c = (const RheoCtrnn *) derived;

  if (c->is_current && c->gamma != 0)
    rheo_ctrnn_adjoint_loop (c, s, true, true);
  else if (c->is_current)
    rheo_ctrnn_adjoint_loop (c, s, true, false);
  else if (c->gamma != 0)
    rheo_ctrnn_adjoint_loop (c, s, false, true);
  else
    rheo_ctrnn_adjoint_loop (c, s, false, false);
}

static const char *const rheo_ctrnn_params[] = { NULL };
static const char *const rheo_ctrnn_states[] = { "state", NULL };

static const RheoCell rheo_cell_ctrnn = {
  .id = "ctrnn",
  .params = rheo_ctrnn_params,
  .states = rheo_ctrnn_states,
  .n_ports = 1,
  .n_tape = rheo_ctrnn_n_tape,
  .noisy = rheo_ctrnn_noisy,
  .reset = rheo_ctrnn_reset,
  .forward = rheo_ctrnn_forward,
  .adjoint = rheo_ctrnn_adjoint,
};
