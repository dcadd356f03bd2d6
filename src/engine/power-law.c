#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "power-law.h"

#include <glib.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_sf_zeta.h>
#include <math.h>

#include "linalg.h"

enum
{
  MOST_LEAST = 500, /* numbers tried as x_min */
  MOST_ROUNDS = 200,
};

/* A power law beyond these has no mean at all, or no second number. */
#define LEAST_ALPHA 1.0001
#define MOST_ALPHA 30.0

/* The numbers from x_min on: different ones in ascending order, and how often each occurs. */
typedef struct
{
  int64_t n_values, n, x_min;
  const int64_t *value, *count;
  double log_sum; /* of all numbers */
} Tail;

/* Hurwitz's zeta underflows where alpha is large against the logarithm of x. */
static double
zeta (double alpha, double x)
{
  gsl_sf_result result;

  return gsl_sf_hzeta_e (alpha, x, &result) == GSL_SUCCESS ? result.val : 0;
}

/* Per number, without a sign: what is to be as small as it can. */
static double
find_loss (double alpha, void *data)
{
  const Tail *tail = data;
  const double sum = zeta (alpha, (double) tail->x_min);

  return sum > 0 ? log (sum) + alpha * tail->log_sum / (double) tail->n : HUGE_VAL;
}

/* The exponent; NaN: the likelihood has no maximum within the limits. */
static double
find_alpha (Tail *tail)
{
  const double x_min = (double) tail->x_min, n = (double) tail->n;
  /* The continuous law, with half a step taken off. */
  const double guess = CLAMP (1 + n / (tail->log_sum - n * log (x_min - 0.5)), LEAST_ALPHA * 1.01, MOST_ALPHA * 0.99);
  gsl_function loss = { find_loss, tail };
  gsl_min_fminimizer *search = gsl_min_fminimizer_alloc (gsl_min_fminimizer_brent);
  double alpha = NAN;
  int state;

  if (search == NULL)
    return NAN;
  state = gsl_min_fminimizer_set (search, &loss, guess, LEAST_ALPHA, MOST_ALPHA);
  for (int i = 0; state == GSL_SUCCESS && i < MOST_ROUNDS; i++)
    {
      const double lo = gsl_min_fminimizer_x_lower (search), hi = gsl_min_fminimizer_x_upper (search);

      alpha = gsl_min_fminimizer_x_minimum (search);
      if (hi - lo < 1e-8)
        break;
      state = gsl_min_fminimizer_iterate (search);
    }
  gsl_min_fminimizer_free (search);
  return alpha;
}

/* Both are steps at whole numbers, so that the gap is largest at a number that occurs or just before one. */
static double
find_distance (const Tail *tail, double alpha)
{
  const double all = zeta (alpha, (double) tail->x_min);
  double distance = 0, below = 0;

  for (int64_t i = 0; i < tail->n_values; i++)
    {
      const double before = 1 - zeta (alpha, (double) tail->value[i]) / all;
      const double after = 1 - zeta (alpha, (double) tail->value[i] + 1) / all;

      distance = MAX (distance, fabs (before - below));
      below += (double) tail->count[i] / (double) tail->n;
      distance = MAX (distance, fabs (after - below));
    }
  return distance;
}

/* 1 / sqrt (n (zeta'' / zeta - (zeta' / zeta)²)): the second derivative of the loss. */
static double
find_error (Tail *tail, double alpha)
{
  const double h = MIN (1e-3, (alpha - 1) / 4);
  const double bend =
      (find_loss (alpha + h, tail) - 2 * find_loss (alpha, tail) + find_loss (alpha - h, tail)) / (h * h);

  return bend > 0 ? 1 / sqrt ((double) tail->n * bend) : NAN;
}

/* Keeps a law that is nearer to the numbers than what was found before. */
static void
try_tail (Tail *tail, RheoPowerLaw *best)
{
  const double alpha = find_alpha (tail);
  const double distance = isfinite (alpha) ? find_distance (tail, alpha) : NAN;

  if (!isfinite (distance) || distance >= best->distance)
    return;
  *best = (RheoPowerLaw){
    .alpha = alpha, .error = find_error (tail, alpha), .x_min = tail->x_min, .n_tail = tail->n, .distance = distance
  };
}

RheoPowerLawEnd
rheo_power_law_fit (int64_t n, const int64_t *sorted, int64_t x_min, int64_t fewest, RheoPowerLaw *fit)
{
  g_autofree int64_t *value = g_new (int64_t, MAX (n, 1)), *count = g_new (int64_t, MAX (n, 1));
  RheoPowerLaw best = { .distance = INFINITY };
  int64_t n_values = 0;
  Tail tail = { 0 };

  *fit = (RheoPowerLaw){ .alpha = NAN, .error = NAN, .distance = NAN };
  for (int64_t i = 0; i < n; i++)
    {
      if (sorted[i] < x_min)
        continue;
      if (n_values == 0 || sorted[i] != value[n_values - 1])
        {
          value[n_values] = sorted[i];
          count[n_values++] = 0;
        }
      count[n_values - 1]++;
      tail.n++;
      tail.log_sum += log ((double) sorted[i]);
    }
  if (tail.n < fewest)
    return RHEO_POWER_LAW_FEW;
  rheo_gsl_keep_quiet ();
  for (int64_t i = 0; i + 1 < n_values && i < (x_min > 0 ? 1 : MOST_LEAST) && tail.n >= fewest; i++)
    {
      tail.x_min = x_min > 0 ? x_min : value[i];
      tail.value = value + i;
      tail.count = count + i;
      tail.n_values = n_values - i;
      try_tail (&tail, &best);
      tail.n -= count[i];
      tail.log_sum -= (double) count[i] * log ((double) value[i]);
    }
  if (!isfinite (best.distance))
    return RHEO_POWER_LAW_ALIKE;
  *fit = best;
  return RHEO_POWER_LAW_FOUND;
}

double
rheo_power_law_share (const RheoPowerLaw *fit, double x)
{
  return pow (x, -fit->alpha) / zeta (fit->alpha, (double) fit->x_min);
}
