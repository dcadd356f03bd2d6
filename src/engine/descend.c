#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "fixed.h"

#include <math.h>
#include <string.h>

#include "kernels.h"

/* Many states go downhill in q = |F|^2 together, in single precision: what they lead to is polished in double afterwards.
 * Each has its own step along the gradient 2 J'F, that of Barzilai & Borwein (1988), which needs no line search; a state from
 * which q would grow beyond that of the last few steps goes back and on by a shorter one (Grippo, Lampariello & Lucidi
 * 1986). Those that are done make room, so that products are as large as what is left. */

enum
{
  N_BLOCK = 256, /* states at a time: they stay in the cache */
  N_MEMORY = 8,  /* steps whose largest q may not be passed */
  N_WINDOW = 40, /* steps after which is asked whether q still falls */
};

#define RESTS 0.95      /* q falls no lower than this share in a window */
#define LOW 1e-9        /* single precision sees no more */
#define RATE_LEAST 1e-4 /* of a step, in units of the gradient */
#define RATE_MOST 10

typedef struct
{
  const RheoField *field;
  RheoReal *w, *base; /* [to][from]; current without recurrence */
  RheoReal *x, *old_x, *gradient, *old_gradient, *f, *slope, *rate, *work;
  RheoReal *q, *step, (*recent)[N_MEMORY];
  RheoReal *low, *before; /* lowest q of the window, and of that before */
  int *start, *n_steps;
  int n_active;
} Descent;

static Descent *
descent_new (const RheoField *field, const double *u, int n_rows)
{
  const gsize n = (gsize) field->n, all = n * (gsize) n_rows;
  Descent *d = g_new0 (Descent, 1);
  RheoReal **arrays[] = { &d->x, &d->old_x, &d->gradient, &d->old_gradient, &d->f, &d->slope, &d->rate, &d->work };

  d->field = field;
  d->w = g_new (RheoReal, n * n);
  d->base = g_new (RheoReal, n);
  for (gsize i = 0; i < n * n; i++)
    d->w[i] = (RheoReal) field->w[i];
  for (gsize i = 0; i < n; i++)
    {
      double sum = field->bias[i];

      for (int j = 0; j < field->n_in; j++)
        sum += field->w_in[i * (gsize) field->n_in + (gsize) j] * u[j];
      d->base[i] = (RheoReal) sum;
    }
  for (gsize k = 0; k < G_N_ELEMENTS (arrays); k++)
    *arrays[k] = g_new (RheoReal, all);
  d->q = g_new (RheoReal, n_rows);
  d->step = g_new (RheoReal, n_rows);
  d->low = g_new (RheoReal, n_rows);
  d->before = g_new (RheoReal, n_rows);
  d->recent = g_malloc_n ((gsize) n_rows, sizeof *d->recent);
  d->start = g_new (int, n_rows);
  d->n_steps = g_new (int, n_rows);
  return d;
}

static void
descent_free (Descent *d)
{
  g_free (d->w);
  g_free (d->base);
  g_free (d->x);
  g_free (d->old_x);
  g_free (d->gradient);
  g_free (d->old_gradient);
  g_free (d->f);
  g_free (d->slope);
  g_free (d->rate);
  g_free (d->work);
  g_free (d->q);
  g_free (d->step);
  g_free (d->low);
  g_free (d->before);
  g_free (d->recent);
  g_free (d->start);
  g_free (d->n_steps);
  g_free (d);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Descent, descent_free)

/* --- the gradient ------------------------------------------------------------------------------------------------- */

/* f = y - x - gamma x^3, q of each row; v: what J' is multiplied with but for W. */
RHEO_MULTI static void
subtract (int n_rows, int n, RheoReal gamma, const RheoReal *y, const RheoReal *x, const RheoReal *slope, RheoReal *f,
          RheoReal *v, RheoReal *q)
{
  for (int k = 0; k < n_rows; k++)
    {
      const size_t first = (size_t) k * (size_t) n;
      RheoReal sum = 0;

      for (int i = 0; i < n; i++)
        {
          const RheoReal at = x[first + (size_t) i], value = y[first + (size_t) i] - at - gamma * at * at * at;

          f[first + (size_t) i] = value;
          v[first + (size_t) i] = slope != NULL ? slope[first + (size_t) i] * value : value;
          sum += value * value;
        }
      q[k] = sum;
    }
}

/* The part of J'f that does not go through W is taken from it; 2 J'f is the gradient. */
RHEO_MULTI static void
finish (int n_all, RheoReal gamma, const RheoReal *x, const RheoReal *f, const RheoReal *slope, RheoReal *gradient)
{
  RHEO_IVDEP
  for (int i = 0; i < n_all; i++)
    gradient[i] = 2 * ((slope != NULL ? slope[i] * gradient[i] : gradient[i]) - (1 + 3 * gamma * x[i] * x[i]) * f[i]);
}

/* q and its gradient at the x of all active rows. */
static void
look (Descent *d)
{
  const RheoField *field = d->field;
  const int n = field->n, m = d->n_active, all = n * m;
  const RheoReal gamma = (RheoReal) field->law.gamma;
  const gboolean is_current = field->law.is_current;
  const RheoReal *from = is_current ? d->rate : d->x;
  RheoReal *sum = d->work;

  if (is_current)
    field->law.activate_real (field->config, all, d->x, d->rate, d->slope);
  for (int k = 0; k < m; k++)
    memcpy (sum + (gsize) k * (gsize) n, d->base, sizeof *sum * (gsize) n);
  rheo_kernels_fast.gemm (false, true, m, n, n, from, n, d->w, n, 1, sum, n);
  if (!is_current)
    field->law.activate_real (field->config, all, sum, d->rate, d->slope);
  subtract (m, n, gamma, is_current ? sum : d->rate, d->x, is_current ? NULL : d->slope, d->f, d->work, d->q);
  rheo_kernels_fast.gemm (false, false, m, n, n, d->work, n, d->w, n, 0, d->gradient, n);
  finish (all, gamma, d->x, d->f, is_current ? d->slope : NULL, d->gradient);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* x = from - step gradient. */
RHEO_MULTI static void
go (int n, RheoReal step, const RheoReal *from, const RheoReal *gradient, RheoReal *x)
{
  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    x[i] = from[i] - step * gradient[i];
}

/* The step of Barzilai and Borwein, long and short in turn; what was new becomes old, and x moves on. */
RHEO_MULTI static RheoReal
step_on (int n, gboolean is_long, RheoReal last, RheoReal *x, const RheoReal *gradient, RheoReal *old_x,
         RheoReal *old_gradient)
{
  RheoReal moved = 0, both = 0, turned = 0, step;

  for (int i = 0; i < n; i++)
    {
      const RheoReal s = x[i] - old_x[i], y = gradient[i] - old_gradient[i];

      moved += s * s;
      both += s * y;
      turned += y * y;
    }
  step = !(both > 0) ? 2 * last : is_long ? moved / both : both / turned;
  step = CLAMP (step, (RheoReal) RATE_LEAST, (RheoReal) RATE_MOST);
  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    {
      old_x[i] = x[i];
      old_gradient[i] = gradient[i];
      x[i] -= step * gradient[i];
    }
  return step;
}

static void
move_row (Descent *d, int k)
{
  const int n = d->field->n, t = d->n_steps[k];
  const gsize first = (gsize) k * (gsize) n;
  RheoReal most = 0;

  for (int j = 0; j < MIN (t, N_MEMORY); j++)
    most = MAX (most, d->recent[k][j]);
  if (t > 0 && !(d->q[k] <= most))
    {
      /* Too far. */
      d->step[k] /= 4;
      go (n, d->step[k], d->old_x + first, d->old_gradient + first, d->x + first);
      return;
    }
  d->recent[k][t % N_MEMORY] = d->q[k];
  d->low[k] = MIN (d->low[k], d->q[k]);
  if (t == 0)
    {
      memcpy (d->old_x + first, d->x + first, sizeof *d->x * (gsize) n);
      memcpy (d->old_gradient + first, d->gradient + first, sizeof *d->x * (gsize) n);
      go (n, d->step[k], d->old_x + first, d->old_gradient + first, d->x + first);
    }
  else
    d->step[k] = step_on (n, t % 2 == 1, d->step[k], d->x + first, d->gradient + first, d->old_x + first,
                          d->old_gradient + first);
  d->n_steps[k]++;
}

/* Row k ends where it was accepted last; the last row takes its place. */
static void
leave (Descent *d, int k, gboolean rests, double *x, gboolean *at_rest)
{
  const int n = d->field->n, last = d->n_active - 1;
  const gsize to = (gsize) k * (gsize) n, from = (gsize) last * (gsize) n, size = sizeof *d->x * (gsize) n;

  for (int i = 0; i < n; i++)
    x[(gsize) d->start[k] * (gsize) n + (gsize) i] = (double) d->old_x[to + (gsize) i];
  at_rest[d->start[k]] = rests;
  d->n_active = last;
  if (k == last)
    return;
  memcpy (d->x + to, d->x + from, size);
  memcpy (d->old_x + to, d->old_x + from, size);
  memcpy (d->old_gradient + to, d->old_gradient + from, size);
  memcpy (d->recent[k], d->recent[last], sizeof *d->recent);
  d->step[k] = d->step[last];
  d->low[k] = d->low[last];
  d->before[k] = d->before[last];
  d->start[k] = d->start[last];
  d->n_steps[k] = d->n_steps[last];
}

/* At the end of a window: who is as low as can be seen, or hardly falls any more, is done. */
static void
sort_out (Descent *d, gboolean is_last, double *x, gboolean *at_rest)
{
  for (int k = d->n_active - 1; k >= 0; k--)
    {
      const gboolean rests = !(d->low[k] < (RheoReal) RESTS * d->before[k]), is_low = d->low[k] <= (RheoReal) LOW;

      if (rests || is_low || is_last)
        {
          leave (d, k, rests && !is_low, x, at_rest);
          continue;
        }
      d->before[k] = d->low[k];
      d->low[k] = INFINITY;
    }
}

gboolean
rheo_points_descend (const RheoField *field, const double *u, int n_points, int n_steps, double *x, gboolean *at_rest,
                     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled)
{
  const int n = field->n;
  g_autoptr (Descent) d = descent_new (field, u, MIN (n_points, N_BLOCK));

  for (int first = 0; first < n_points; first += N_BLOCK)
    {
      const int n_rows = MIN (n_points - first, N_BLOCK);

      d->n_active = n_rows;
      for (int k = 0; k < d->n_active; k++)
        {
          for (int i = 0; i < n; i++)
            d->x[(gsize) k * (gsize) n + (gsize) i] = (RheoReal) x[(gsize) (first + k) * (gsize) n + (gsize) i];
          d->start[k] = k;
          d->n_steps[k] = 0;
          d->step[k] = (RheoReal) 0.1;
          d->before[k] = d->low[k] = INFINITY;
        }
      for (int t = 1; t <= n_steps && d->n_active > 0; t++)
        {
          if (cancelled != NULL && atomic_load (cancelled))
            return FALSE;
          look (d);
          for (int k = 0; k < d->n_active; k++)
            move_row (d, k);
          if (t % N_WINDOW == 0 || t == n_steps)
            {
              sort_out (d, t == n_steps, x + (gsize) first * (gsize) n, at_rest + first);
              if (progress != NULL)
                progress (progress_data, (first + (double) n_rows * t / n_steps) / n_points);
            }
        }
    }
  return TRUE;
}
