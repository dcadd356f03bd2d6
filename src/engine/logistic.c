#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "logistic.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

#define N RHEO_LOGISTIC_N
#define Z 1.959963984540054    /* 97.5 % of a normal distribution */
#define CHI2 5.991464547107979 /* 95 % of chi-squared with two degrees of freedom */

typedef struct
{
  int n;
  const double *x, *trials, *chosen;
  double scale, most; /* x is divided by scale */
  bool slope_stays;
} Data;

static double
share_at (const double *value, double x, double *by)
{
  const double g = value[RHEO_LOGISTIC_LAPSE_LO], l = value[RHEO_LOGISTIC_LAPSE_HI];
  const double s = 1 / (1 + exp (-(value[RHEO_LOGISTIC_BIAS] + value[RHEO_LOGISTIC_SLOPE] * x)));

  if (by != NULL)
    {
      by[RHEO_LOGISTIC_BIAS] = (1 - g - l) * s * (1 - s);
      by[RHEO_LOGISTIC_SLOPE] = by[RHEO_LOGISTIC_BIAS] * x;
      by[RHEO_LOGISTIC_LAPSE_LO] = 1 - s;
      by[RHEO_LOGISTIC_LAPSE_HI] = -s;
    }
  return CLAMP (g + (1 - g - l) * s, 1e-12, 1 - 1e-12);
}

static double
log_likelihood (const Data *d, const double *value)
{
  double sum = 0;

  for (int i = 0; i < d->n; i++)
    {
      const double p = share_at (value, d->x[i] / d->scale, NULL);

      sum += d->chosen[i] * log (p) + (d->trials[i] - d->chosen[i]) * log1p (-p);
    }
  return sum;
}

/* Score and expected information. */
static void
differentiate (const Data *d, const double *value, double score[N], double information[N * N])
{
  memset (score, 0, sizeof (double) * N);
  memset (information, 0, sizeof (double) * N * N);
  for (int i = 0; i < d->n; i++)
    {
      double by[N];
      const double p = share_at (value, d->x[i] / d->scale, by), weight = 1 / (p * (1 - p));

      for (int j = 0; j < N; j++)
        {
          score[j] += weight * (d->chosen[i] - d->trials[i] * p) * by[j];
          for (int k = 0; k < N; k++)
            information[j * N + k] += weight * d->trials[i] * by[j] * by[k];
        }
    }
}

static bool
is_lapse (int k)
{
  return k >= RHEO_LOGISTIC_LAPSE_LO;
}

/* A lapse at a limit that the likelihood would push beyond it stays there. */
static int
choose_free (const Data *d, const double *value, const double *score, int *free)
{
  int n = 0;

  for (int k = 0; k < N; k++)
    if (k == RHEO_LOGISTIC_SLOPE
            ? !d->slope_stays
            : !is_lapse (k) || !((value[k] <= 0 && score[k] <= 0) || (value[k] >= d->most && score[k] >= 0)))
      free[n++] = k;
  return n;
}

/* Solves for the free parameters, the diagonal raised by a share. */
static bool
solve_free (const double *information, const int *free, int n, double damping, const double *right, double *out)
{
  double a[N * N];

  for (int j = 0; j < n; j++)
    {
      for (int k = 0; k < n; k++)
        a[j * n + k] = information[free[j] * N + free[k]];
      a[j * n + j] *= 1 + damping;
      out[j] = right[free[j]];
    }
  return rheo_solve (n, a, out);
}

static double
climb (const Data *d, double *value)
{
  double likelihood = log_likelihood (d, value), damping = 1e-3;

  for (int step = 0; step < 500 && damping < 1e12; step++)
    {
      double score[N], information[N * N], move[N], next[N], better;
      int free[N], n;

      differentiate (d, value, score, information);
      n = choose_free (d, value, score, free);
      if (!solve_free (information, free, n, damping, score, move))
        {
          damping *= 10;
          continue;
        }
      memcpy (next, value, sizeof next);
      for (int k = 0; k < n; k++)
        {
          next[free[k]] += move[k];
          if (is_lapse (free[k]))
            next[free[k]] = CLAMP (next[free[k]], 0, d->most);
        }
      better = log_likelihood (d, next);
      if (!(better >= likelihood))
        {
          damping *= 10;
          continue;
        }
      memcpy (value, next, sizeof next);
      damping = MAX (damping / 10, 1e-12);
      if (better - likelihood < 1e-11 * (1 + fabs (likelihood)))
        return better;
      likelihood = better;
    }
  return likelihood;
}

/* Where choices are without exception any steep slope fits. The end of its interval nearer to zero is then that of the
 * likelihood ratio: what lies nearer makes the data significantly less likely. */
static double
nearer_end (const Data *data, const double *value, double likelihood)
{
  Data d = *data;
  double from = 0, to = value[RHEO_LOGISTIC_SLOPE];

  d.slope_stays = true;
  for (int step = 0; step < 40; step++)
    {
      double at[N];

      memcpy (at, value, sizeof at);
      at[RHEO_LOGISTIC_SLOPE] = (from + to) / 2;
      if (likelihood - climb (&d, at) > Z * Z / 2)
        from = at[RHEO_LOGISTIC_SLOPE];
      else
        to = at[RHEO_LOGISTIC_SLOPE];
    }
  return to;
}

/* In units of x. */
static void
set_intervals (const Data *d, RheoLogistic *fit, double *value)
{
  double score[N], information[N * N];
  int free[N], n;

  differentiate (d, value, score, information);
  n = choose_free (d, value, score, free);
  for (int k = 0; k < N; k++)
    {
      const double unit = k == RHEO_LOGISTIC_SLOPE ? d->scale : 1;

      fit->value[k] = value[k] / unit;
      fit->lo[k] = fit->hi[k] = NAN;
    }
  for (int k = 0; k < n; k++)
    {
      double one[N] = { 0 }, column[N];
      const double unit = free[k] == RHEO_LOGISTIC_SLOPE ? d->scale : 1;

      one[free[k]] = 1;
      if (!solve_free (information, free, n, 0, one, column) || !(column[k] > 0)
          || sqrt (column[k]) > 100 * (1 + fabs (value[free[k]])))
        continue;
      fit->lo[free[k]] = (value[free[k]] - Z * sqrt (column[k])) / unit;
      fit->hi[free[k]] = (value[free[k]] + Z * sqrt (column[k])) / unit;
    }
  if (isnan (fit->lo[RHEO_LOGISTIC_SLOPE]))
    (value[RHEO_LOGISTIC_SLOPE] > 0 ? fit->lo : fit->hi)[RHEO_LOGISTIC_SLOPE] =
        nearer_end (d, value, fit->log_likelihood) / d->scale;
}

/* From steep and shallow, rising and falling: the lapses make more than one hill. */
static double
climb_from_all (const Data *d, double mean, double *best)
{
  static const double slopes[] = { 0, 2, -2, 8, -8, 30, -30 };
  double most = -INFINITY;

  for (unsigned s = 0; s < sizeof slopes / sizeof *slopes; s++)
    {
      double value[N] = { log (mean / (1 - mean)), slopes[s], d->most / 10, d->most / 10 };
      const double likelihood = climb (d, value);

      /* Of equal ones the first: shallow, if the data do not tell. */
      if (s == 0 || likelihood > most + 1e-9 * (1 + fabs (most)))
        {
          most = likelihood;
          memcpy (best, value, sizeof value);
        }
    }
  return most;
}

bool
rheo_logistic_fit (int n, const double *x, const double *trials, const double *chosen, double most, RheoLogistic *fit)
{
  Data d = { .n = n, .x = x, .trials = trials, .chosen = chosen };
  double value[N], lapsing[N], all = 0, right = 0, likelihood;
  int n_places = 0;

  for (int i = 0; i < n; i++)
    {
      n_places += trials[i] > 0;
      all += trials[i];
      right += chosen[i];
      d.scale = MAX (d.scale, fabs (x[i]));
    }
  if (n_places < 2 || !(d.scale > 0))
    return false;
  right = CLAMP (right / all, 0.02, 0.98);
  fit->log_likelihood = climb_from_all (&d, right, value);
  if (most > 0)
    {
      d.most = most;
      likelihood = climb_from_all (&d, right, lapsing);
      if (2 * (likelihood - fit->log_likelihood) > CHI2)
        {
          fit->log_likelihood = likelihood;
          memcpy (value, lapsing, sizeof value);
        }
      else
        d.most = 0;
    }
  set_intervals (&d, fit, value);
  return true;
}

double
rheo_logistic_value (const RheoLogistic *fit, double x)
{
  return share_at (fit->value, x, NULL);
}

void
rheo_share_interval (double trials, double chosen, double *lo, double *hi)
{
  const double p = chosen / trials, z2 = Z * Z / trials, middle = (p + z2 / 2) / (1 + z2);
  const double half = Z / (1 + z2) * sqrt (p * (1 - p) / trials + z2 / (4 * trials));

  *lo = trials > 0 ? (chosen > 0 ? middle - half : 0) : NAN;
  *hi = trials > 0 ? (chosen < trials ? middle + half : 1) : NAN;
}
