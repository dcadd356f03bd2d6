#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "goal-step.h"

#include <string.h>

/* Sums in RHEO_PAD parts, so that they are made by vectors without leave to reorder. */
RHEO_ALWAYS_INLINE RheoReal
dot (int n, const RheoReal *a, const RheoReal *b)
{
  RheoReal part[RHEO_PAD] = { 0 }, sum = 0;

  for (int i = 0; i < n; i += RHEO_PAD)
    for (int k = 0; k < RHEO_PAD; k++)
      part[k] += a[i + k] * b[i + k];
  for (int k = 0; k < RHEO_PAD; k++)
    sum += part[k];
  return sum;
}

void
rheo_goal_begin (RheoGoalStep *step)
{
  memset (step->s, 0, sizeof (RheoReal) * (size_t) step->stride);
  memset (step->p, 0, sizeof (RheoReal) * (size_t) step->stride);
  memset (step->r, 0, sizeof (RheoReal) * (size_t) step->stride);
  if (step->sum_p != NULL)
    memset (step->sum_p, 0, sizeof (RheoReal) * (size_t) step->stride);
}

/* Traces and errors; returns how many spikes differ. */
RHEO_MULTI static RheoReal
trace (RheoGoalStep *step, const RheoReal *z_before, const RheoReal *z, const RheoReal *g, const RheoReal *spikes)
{
  const RheoReal keep_s = step->keep_synapse, gain_s = step->gain_synapse, keep_m = step->keep_membrane;
  const RheoReal gain_m = step->gain_membrane, keep_r = step->keep_target, gain_r = step->gain_target;
  RheoReal *s = step->s, *p = step->p, *r = step->r, *error = step->error, part[RHEO_PAD] = { 0 }, n = 0;

  for (int i = 0; i < step->stride; i += RHEO_PAD)
    {
      RHEO_IVDEP
      for (int k = i; k < i + RHEO_PAD; k++)
        {
          s[k] = keep_s * s[k] + gain_s * z_before[k];
          p[k] = keep_m * p[k] + gain_m * s[k];
          r[k] = keep_r * r[k] + gain_r * z[k];
          error[k] = g[k] - r[k];
          part[k - i] += (z[k] - spikes[k]) * (z[k] - spikes[k]);
        }
    }
  /* Units beyond the last one mean nothing. */
  for (int k = step->n; k < step->stride; k++)
    {
      s[k] = p[k] = r[k] = error[k] = 0;
      n -= (z[k] - spikes[k]) * (z[k] - spikes[k]);
    }
  if (step->sum_p != NULL)
    {
      RHEO_IVDEP
      for (int i = 0; i < step->stride; i++)
        step->sum_p[i] += p[i];
    }
  for (int k = 0; k < RHEO_PAD; k++)
    n += part[k];
  return n;
}

/* Learning signal of a feedback matrix. */
RHEO_MULTI static void
send_back (RheoGoalStep *step, const RheoReal *more)
{
  const int stride = step->stride;
  RheoReal *restrict signal = step->signal;

  memset (signal, 0, sizeof (RheoReal) * (size_t) stride);
  if (step->whole != NULL)
    for (int j = 0; j < step->n; j++)
      {
        const RheoReal *row = step->whole + (size_t) j * (size_t) stride, by = step->error[j];

        for (int i = 0; i < stride; i++)
          signal[i] += by * row[i];
      }
  else
    for (int k = 0; k < step->rank; k++)
      {
        const RheoReal *row = step->feedback + (size_t) k * (size_t) stride;
        const RheoReal by = dot (stride, step->error, row) + (more != NULL && k < step->n_out ? more[k] : 0);

        for (int i = 0; i < stride; i++)
          signal[i] += by * row[i];
      }
}

/* q and the correction of the currents; q holds the surrogate. */
RHEO_MULTI static void
learn (RheoGoalStep *step, const RheoReal *signal, RheoReal rate, RheoReal *c)
{
  const RheoReal *s = step->s, *p = step->p, met = dot (step->stride, p, s);
  RheoReal *q = step->q;

  RHEO_IVDEP
  for (int i = 0; i < step->stride; i++)
    {
      const RheoReal x = rate * signal[i] * q[i];

      q[i] = x;
      c[i] += x * (met - p[i] * s[i]);
    }
}

double
rheo_goal_step (RheoGoalStep *step, const RheoReal *z_before, const RheoReal *z, const RheoReal *v, const RheoReal *g,
                const RheoReal *spikes, const RheoReal *more, RheoReal *c)
{
  const double n = (double) trace (step, z_before, z, g, spikes);
  const RheoReal *signal = step->error;
  RheoReal rate = step->rate;

  rheo_surrogate_eval (&step->surrogate, step->stride, v, step->threshold, step->q);
  if (step->whole != NULL || step->rank > 0)
    {
      send_back (step, more);
      signal = step->signal;
    }
  else
    rate *= step->diagonal;
  learn (step, signal, rate, c);
  return n;
}

void
rheo_goal_adam (RheoGoalStep *step, const RheoAdam *how, RheoReal *w, int stride, RheoReal *moments, RheoReal *c)
{
  const int n = step->n;
  RheoReal *gradient = step->signal;

  memset (c, 0, sizeof (RheoReal) * (size_t) n);
  for (int j = 0; j < n; j++, w += stride, moments += n)
    {
      for (int i = 0; i < n; i++)
        gradient[i] = step->p[j] * step->q[i];
      rheo_kernels_fast.adam (n, w, gradient, moments, moments + (size_t) n * (size_t) n, how);
      w[j] = 0;
      rheo_kernels_fast.axpy (n, step->s[j], w, c);
    }
}
