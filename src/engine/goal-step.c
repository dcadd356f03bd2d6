#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "goal-step.h"

#include <math.h>
#include <string.h>

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));

typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

/* 1 as often as a vector has numbers, then 0 as often. */
#ifdef RHEO_DOUBLE
static const RheoReal flags[] = { 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
#else
static const RheoReal flags[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
#endif

/* Sums are made in RHEO_PAD parts, by vectors without leave to reorder. */
RHEO_ALWAYS_INLINE RheoReal
sum (const Vector *whole)
{
  const Vector part = *whole;
#ifdef RHEO_DOUBLE
  RheoReal half __attribute__ ((vector_size (32)));

  half = __builtin_shufflevector (part, part, 0, 1, 2, 3) + __builtin_shufflevector (part, part, 4, 5, 6, 7);
#else
  RheoReal most __attribute__ ((vector_size (32))), half __attribute__ ((vector_size (16)));

  most = __builtin_shufflevector (part, part, 0, 1, 2, 3, 4, 5, 6, 7)
         + __builtin_shufflevector (part, part, 8, 9, 10, 11, 12, 13, 14, 15);
  half = __builtin_shufflevector (most, most, 0, 1, 2, 3) + __builtin_shufflevector (most, most, 4, 5, 6, 7);
#endif
  return (half[0] + half[1]) + (half[2] + half[3]);
}

RHEO_ALWAYS_INLINE RheoReal
dot (int n, const RheoReal *a, const RheoReal *b)
{
  Vector part = { 0 };

  for (int i = 0; i < n; i += RHEO_PAD)
    part += *(const Vector *) (a + i) * *(const Vector *) (b + i);
  return sum (&part);
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

#define AT(ARRAY) (*(Vector *) ((ARRAY) + i))
#define GIVEN(ARRAY) (*(const Vector *) ((ARRAY) + i))

/* Traces and errors of a vector of units, of which those count that have 1 in `there`; adds p s and the spikes that differ. */
RHEO_ALWAYS_INLINE void
trace_some (RheoGoalStep *step, int i, const RheoReal *z_before, const RheoReal *z, const RheoReal *g,
            const RheoReal *spikes, const RheoReal *flag, Vector *met, Vector *differ)
{
  const Vector there = *(const LooseVector *) flag, now = there * GIVEN (z), off = now - GIVEN (spikes);
  const Vector s = step->keep_synapse * AT (step->s) + step->gain_synapse * (there * GIVEN (z_before));
  const Vector p = step->keep_membrane * AT (step->p) + step->gain_membrane * s;
  const Vector r = step->keep_target * AT (step->r) + step->gain_target * now;

  AT (step->s) = s;
  AT (step->p) = p;
  AT (step->r) = r;
  AT (step->error) = GIVEN (g) - r;
  *met += p * s;
  *differ += off * off;
}

/* Traces and errors; gives p's and how many spikes differ. Targets of units beyond the last one are 0. */
RHEO_MULTI static RheoReal
trace (RheoGoalStep *step, const RheoReal *z_before, const RheoReal *z, const RheoReal *g, const RheoReal *spikes,
       RheoReal *n_differ)
{
  Vector met = { 0 }, differ = { 0 };
  int i = 0;

  for (; i + RHEO_PAD <= step->n; i += RHEO_PAD)
    trace_some (step, i, z_before, z, g, spikes, flags, &met, &differ);
  if (i < step->n)
    trace_some (step, i, z_before, z, g, spikes, flags + RHEO_PAD - (step->n - i), &met, &differ);
  for (i = 0; i < step->stride && step->sum_p != NULL; i += RHEO_PAD)
    AT (step->sum_p) += AT (step->p);
  *n_differ = sum (&differ);
  return sum (&met);
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

/* e^-x for x >= 0, which ends at e^-87 in float. */
RHEO_ALWAYS_INLINE RheoReal
fall (RheoReal x)
{
#ifdef RHEO_DOUBLE
  return rheo_cell_exp (-x);
#else
  /* 2^y = 2^n 2^f, n whole and |f| <= 1/2: behind the sum with `shift` the last bits are those of n. */
  const float least = -125.5f, shift = 12582912.0f, given = x * -1.44269504f, y = given < least ? least : given;
  const float sum = y + shift, f = y - (sum - shift);
  float p = 1.540353e-4f;
  int32_t n, bits;

  p = p * f + 1.3333558e-3f;
  p = p * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 2.4022651e-1f;
  p = p * f + 6.9314718e-1f;
  p = p * f + 1;
  memcpy (&n, &sum, sizeof n);
  memcpy (&bits, &p, sizeof bits);
  bits += (int32_t) ((uint32_t) n << 23);
  memcpy (&p, &bits, sizeof p);
  return p;
#endif
}

/* 1 / d for d from 1 to 2, without a division, which takes longer than all the rest: off by 1/99 at most, and then by the
 * square of that, twice or three times. */
RHEO_ALWAYS_INLINE RheoReal
reciprocal (RheoReal d)
{
  RheoReal y = (RheoReal) (210.0 / 99) + d * ((RheoReal) (-144.0 / 99) + d * (RheoReal) (32.0 / 99));

  for (int k = 0; k < (sizeof (RheoReal) == sizeof (float) ? 2 : 3); k++)
    y += y * (1 - d * y);
  return y;
}

/* q and the correction of the currents. */
RHEO_MULTI static void
learn (const RheoGoalStep *step, const RheoReal *v, const RheoReal *signal, RheoReal rate, RheoReal met, RheoReal *c)
{
  const RheoReal *s = step->s, *p = step->p, *threshold = step->threshold, slope = step->slope;
  RheoReal *q = step->q;

  rate *= slope;
  RHEO_IVDEP
  for (int i = 0; i < step->stride; i++)
    {
      const RheoReal e = fall (slope * rheo_cell_abs (v[i] - threshold[i])), y = reciprocal (1 + e);
      const RheoReal x = rate * signal[i] * (e * y * y);

      q[i] = x;
      c[i] += x * (met - p[i] * s[i]);
    }
}

double
rheo_goal_step (RheoGoalStep *step, const RheoReal *z_before, const RheoReal *z, const RheoReal *v, const RheoReal *g,
                const RheoReal *spikes, const RheoReal *more, RheoReal *c)
{
  const RheoReal *signal = step->error;
  RheoReal rate = step->rate, n_differ;
  const RheoReal met = trace (step, z_before, z, g, spikes, &n_differ);

  if (step->whole != NULL || step->rank > 0)
    {
      send_back (step, more);
      signal = step->signal;
    }
  else
    rate *= step->diagonal;
  learn (step, v, signal, rate, met, c);
  return (double) n_differ;
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

double
rheo_goal_deviation (int n, const RheoReal *x)
{
  double sum = 0, squares = 0;

  for (int i = 0; i < n; i++)
    sum += (double) x[i];
  for (int i = 0; i < n; i++)
    squares += ((double) x[i] - sum / n) * ((double) x[i] - sum / n);
  return n > 1 ? sqrt (squares / (n - 1)) : 0;
}
