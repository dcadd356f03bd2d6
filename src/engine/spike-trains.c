#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-trains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- spikes ---------------------------------------------------------------------------------------------------- */
static int64_t
first_step (const RheoSpikes *s, int64_t trial)
{
  return s->from != NULL ? s->from[trial] : 0;
}

static int64_t
end_step (const RheoSpikes *s, int64_t trial)
{
  return s->to != NULL ? s->to[trial] : s->n_time;
}

static const uint8_t *
at_step (const RheoSpikes *s, int64_t trial, int64_t t)
{
  return s->spike + (trial * s->n_time + t) * s->n_units;
}

int64_t
rheo_spikes_steps (const RheoSpikes *spikes, int64_t trial)
{
  int64_t n = 0;

  for (int64_t k = trial < 0 ? 0 : trial; k < (trial < 0 ? spikes->n_trials : trial + 1); k++)
    if (end_step (spikes, k) > first_step (spikes, k))
      n += end_step (spikes, k) - first_step (spikes, k);
  return n;
}

int64_t
rheo_spikes_list (const RheoSpikes *spikes, int64_t trial, int64_t unit, int64_t *time, int32_t *fired)
{
  const int64_t first = unit < 0 ? 0 : unit, end = unit < 0 ? spikes->n_units : unit + 1;
  int64_t n = 0;

  for (int64_t t = first_step (spikes, trial); t < end_step (spikes, trial); t++)
    {
      const uint8_t *spike = at_step (spikes, trial, t);

      for (int64_t i = first; i < end; i++)
        if (spike[i] != 0)
          {
            if (time != NULL)
              time[n] = t;
            if (fired != NULL)
              fired[n] = (int32_t) i;
            n++;
          }
    }
  return n;
}

int64_t
rheo_spikes_count (const RheoSpikes *spikes, int64_t *count)
{
  int64_t sum = 0;

  memset (count, 0, sizeof *count * (size_t) spikes->n_units);
  for (int64_t k = 0; k < spikes->n_trials; k++)
    for (int64_t t = first_step (spikes, k); t < end_step (spikes, k); t++)
      for (int64_t i = 0; i < spikes->n_units; i++)
        count[i] += at_step (spikes, k, t)[i] != 0;
  for (int64_t i = 0; i < spikes->n_units; i++)
    sum += count[i];
  return sum;
}

double
rheo_spikes_rate (const RheoSpikes *spikes, int64_t n_spikes, double bin)
{
  const int64_t n_steps = rheo_spikes_steps (spikes, -1);

  return n_steps > 0 ? bin * (double) n_spikes / (double) n_steps : NAN;
}

int64_t
rheo_spikes_activity (const RheoSpikes *spikes, int64_t trial, int64_t bin, int32_t *active)
{
  const int64_t n = rheo_spikes_steps (spikes, trial) / bin, first = first_step (spikes, trial);

  for (int64_t b = 0; b < n && active != NULL; b++)
    {
      active[b] = 0;
      for (int64_t t = first + b * bin; t < first + (b + 1) * bin; t++)
        for (int64_t i = 0; i < spikes->n_units; i++)
          active[b] += at_step (spikes, trial, t)[i] != 0;
    }
  return n;
}

int64_t
rheo_spikes_intervals (const RheoSpikes *spikes, int64_t unit, int64_t *interval)
{
  int64_t n = 0;

  for (int64_t i = unit < 0 ? 0 : unit; i < (unit < 0 ? spikes->n_units : unit + 1); i++)
    for (int64_t k = 0; k < spikes->n_trials; k++)
      {
        const int64_t n_spikes = rheo_spikes_list (spikes, k, i, interval + n, NULL);

        for (int64_t j = 1; j < n_spikes; j++, n++)
          interval[n] = interval[n + 1] - interval[n];
      }
  return n;
}

void
rheo_intervals_measure (int64_t n, const int64_t *interval, double *mean, double *cv)
{
  double sum = 0, squares = 0;

  *mean = *cv = NAN;
  for (int64_t i = 0; i < n; i++)
    sum += (double) interval[i];
  if (n > 0)
    *mean = sum / (double) n;
  for (int64_t i = 0; i < n; i++)
    squares += ((double) interval[i] - *mean) * ((double) interval[i] - *mean);
  if (n > 1)
    *cv = sqrt (squares / (double) n) / *mean;
}

double
rheo_spikes_fano (const RheoSpikes *spikes, int64_t unit, int64_t window, double *mean, double *variance)
{
  double sum = 0, squares = 0;
  int64_t n = 0;

  for (int64_t k = 0; k < spikes->n_trials; k++)
    for (int64_t t = first_step (spikes, k); t + window <= end_step (spikes, k); t += window, n++)
      {
        double count = 0;

        for (int64_t u = t; u < t + window; u++)
          count += at_step (spikes, k, u)[unit] != 0;
        sum += count;
        squares += count * count;
      }
  *mean = n > 0 ? sum / (double) n : NAN;
  /* All sums are whole numbers, so that a regular train has a variance of exactly 0. */
  *variance = n > 0 ? ((double) n * squares - sum * sum) / ((double) n * (double) n) : NAN;
  return sum > 0 ? *variance / *mean : NAN;
}

double
rheo_spikes_entropy (int64_t n, const int64_t *count)
{
  double all = 0, sum = 0;

  for (int64_t i = 0; i < n; i++)
    all += (double) count[i];
  for (int64_t i = 0; i < n; i++)
    if (count[i] > 0)
      sum -= (double) count[i] / all * log ((double) count[i] / all);
  return all > 0 && n > 1 ? sum / log ((double) n) : NAN;
}

int64_t
rheo_spikes_distance (const RheoSpikes *a, int64_t trial_a, const RheoSpikes *b, int64_t trial_b, int32_t *distance)
{
  const int64_t in_a = rheo_spikes_steps (a, trial_a), in_b = rheo_spikes_steps (b, trial_b);
  const int64_t n = in_a < in_b ? in_a : in_b;

  if (a->n_units != b->n_units)
    return -1;
  for (int64_t t = 0; t < n; t++)
    {
      const uint8_t *x = at_step (a, trial_a, first_step (a, trial_a) + t);
      const uint8_t *y = at_step (b, trial_b, first_step (b, trial_b) + t);

      distance[t] = 0;
      for (int64_t i = 0; i < a->n_units; i++)
        distance[t] += (x[i] != 0) != (y[i] != 0);
    }
  return n;
}

bool
rheo_spikes_covariance (const RheoSpikes *spikes, int64_t n, const int64_t *unit, double *covariance)
{
  const double steps = (double) rheo_spikes_steps (spikes, -1);
  int64_t *fired = malloc (sizeof *fired * (size_t) (n > 0 ? n : 1));

  if (fired == NULL || steps == 0)
    {
      free (fired);
      return false;
    }
  memset (covariance, 0, sizeof *covariance * (size_t) n * (size_t) n);
  /* How often two units fire together: whole numbers, so that nothing is lost before the last line. */
  for (int64_t k = 0; k < spikes->n_trials; k++)
    for (int64_t t = first_step (spikes, k); t < end_step (spikes, k); t++)
      {
        int64_t n_fired = 0;

        for (int64_t i = 0; i < n; i++)
          if (at_step (spikes, k, t)[unit[i]] != 0)
            fired[n_fired++] = i;
        for (int64_t i = 0; i < n_fired; i++)
          for (int64_t j = 0; j <= i; j++)
            covariance[fired[i] * n + fired[j]]++;
      }
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < i; j++)
      covariance[i * n + j] = covariance[j * n + i] =
          (steps * covariance[i * n + j] - covariance[i * n + i] * covariance[j * n + j]) / (steps * steps);
  for (int64_t i = 0; i < n; i++)
    covariance[i * n + i] *= (steps - covariance[i * n + i]) / (steps * steps);
  free (fired);
  return true;
}

double
rheo_spikes_synchrony (const RheoSpikes *spikes, const int64_t *count)
{
  const double n = (double) rheo_spikes_steps (spikes, -1), n_units = (double) spikes->n_units;
  double sum = 0, squares = 0, single = 0;

  for (int64_t k = 0; k < spikes->n_trials; k++)
    for (int64_t t = first_step (spikes, k); t < end_step (spikes, k); t++)
      {
        double active = 0;

        for (int64_t i = 0; i < spikes->n_units; i++)
          active += at_step (spikes, k, t)[i] != 0;
        sum += active;
        squares += active * active;
      }
  for (int64_t i = 0; i < spikes->n_units; i++)
    {
      const double p = rheo_spikes_rate (spikes, count[i], 1);

      single += p * (1 - p) / n_units;
    }
  return single > 0 ? sqrt ((n * squares - sum * sum) / (n * n) / (n_units * n_units) / single) : NAN;
}

/* --- correlation ----------------------------------------------------------------------------------------------- */
void
rheo_correlation (int64_t n, const double *covariance, double *correlation)
{
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      {
        const double a = covariance[i * n + i], b = covariance[j * n + j];

        correlation[i * n + j] = !(a > 0 && b > 0) ? NAN : i == j ? 1 : covariance[i * n + j] / sqrt (a * b);
      }
}

double
rheo_correlation_mean (int64_t n, const double *correlation)
{
  double sum = 0;
  int64_t n_pairs = 0;

  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < i; j++)
      if (!isnan (correlation[i * n + j]))
        {
          sum += correlation[i * n + j];
          n_pairs++;
        }
  return n_pairs > 0 ? sum / (double) n_pairs : NAN;
}

double
rheo_correlation_mean_all (int64_t n, const double *correlation)
{
  double sum = 0;

  for (int64_t i = 0; i < n * n; i++)
    sum += correlation[i];
  return n > 0 ? sum / ((double) n * (double) n) : NAN;
}

/* --- activity -------------------------------------------------------------------------------------------------- */
/* Sums over pairs x, y; those of whole numbers are exact. */
typedef struct
{
  double n, x, y, xx, yy, xy;
} Sums;

static void
add (Sums *sums, double x, double y)
{
  sums->n++;
  sums->x += x;
  sums->y += y;
  sums->xx += x * x;
  sums->yy += y * y;
  sums->xy += x * y;
}

void
rheo_counts_measure (const RheoCounts *counts, double *mean, double *sd)
{
  const int32_t *value = counts->value;
  Sums sums = { 0 };

  for (int64_t k = 0; k < counts->n_trials; value += counts->length[k], k++)
    for (int64_t t = 0; t < counts->length[k]; t++)
      add (&sums, value[t], 0);
  *mean = sums.n > 0 ? sums.x / sums.n : NAN;
  *sd = sums.n > 0 ? sqrt (sums.n * sums.xx - sums.x * sums.x) / sums.n : NAN;
}

static Sums
find_differences (const RheoCounts *counts)
{
  const int32_t *value = counts->value;
  Sums sums = { 0 };

  for (int64_t k = 0; k < counts->n_trials; value += counts->length[k], k++)
    for (int64_t t = 1; t < counts->length[k]; t++)
      add (&sums, (double) value[t] - value[t - 1], 0);
  return sums;
}

double
rheo_counts_smoothness (const RheoCounts *counts)
{
  const Sums d = find_differences (counts);

  return d.n > 0 ? sqrt (d.n * d.xx - d.x * d.x) / d.n : NAN;
}

double
rheo_counts_relative_smoothness (const RheoCounts *counts)
{
  const Sums d = find_differences (counts);

  return d.n > 0 && d.x != 0 ? sqrt (d.n * d.xx - d.x * d.x) / fabs (d.x) : NAN;
}

double
rheo_counts_autocorrelation (const RheoCounts *counts, int64_t lag)
{
  const int32_t *value = counts->value;
  Sums s = { 0 };
  double x, y;

  for (int64_t k = 0; k < counts->n_trials; value += counts->length[k], k++)
    for (int64_t t = 0; t + lag < counts->length[k]; t++)
      add (&s, value[t], value[t + lag]);
  x = s.n * s.xx - s.x * s.x;
  y = s.n * s.yy - s.y * s.y;
  return s.n > 1 && x > 0 && y > 0 ? (s.n * s.xy - s.x * s.y) / sqrt (x * y) : NAN;
}

int64_t
rheo_counts_avalanches (const RheoCounts *counts, double threshold, int64_t *size, int64_t *duration)
{
  const int32_t *value = counts->value;
  int64_t n = 0;

  for (int64_t k = 0; k < counts->n_trials; value += counts->length[k], k++)
    for (int64_t t = 0, first = -1, sum = 0; t < counts->length[k]; t++)
      {
        if (value[t] > threshold)
          {
            sum += value[t];
            continue;
          }
        /* first: the bin after the last quiet one; -1: there was none yet. */
        if (first >= 0 && t > first)
          {
            if (size != NULL)
              size[n] = sum;
            if (duration != NULL)
              duration[n] = t - first;
            n++;
          }
        first = t + 1;
        sum = 0;
      }
  return n;
}
