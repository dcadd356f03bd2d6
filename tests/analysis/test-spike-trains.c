/* Statistics of spike trains: published values of a small example, and trains on which they are not defined. */
#include "config.h"

#include <glib.h>
#include <math.h>

#include "engine/spike-trains.h"

enum
{
  T = 8,
  N = 3,
};

/* Unit 0 fires at 0, 2, 3, 7; unit 1 at 1, 5; unit 2 at 0, 2, 4, 6. */
static const uint8_t example[T * N] = { 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0 };
static const RheoSpikes all = { example, 1, T, N, NULL, NULL };

static void
near (double a, double b, double digits)
{
  g_assert_cmpfloat_with_epsilon (a, b, digits);
}

/* --- the example ----------------------------------------------------------------------------------------------- */
static void
test_rates (void)
{
  static const int32_t expected[T] = { 2, 1, 2, 1, 1, 1, 1, 1 };
  int64_t count[N];
  int32_t active[T];

  g_assert_cmpint (rheo_spikes_steps (&all, -1), ==, 8);
  g_assert_cmpint (rheo_spikes_count (&all, count), ==, 10);
  g_assert_cmpint (count[0], ==, 4);
  g_assert_cmpint (count[1], ==, 2);
  g_assert_cmpint (count[2], ==, 4);
  g_assert_cmpfloat (rheo_spikes_rate (&all, count[0], 3), ==, 1.5);
  g_assert_cmpfloat (rheo_spikes_rate (&all, count[0], 1), ==, 0.5);
  g_assert_cmpint (rheo_spikes_activity (&all, 0, 1, active), ==, T);
  for (int t = 0; t < T; t++)
    g_assert_cmpint (active[t], ==, expected[t]);
  /* Two bins of three steps, and two steps that are left over. */
  g_assert_cmpint (rheo_spikes_activity (&all, 0, 3, active), ==, 2);
  g_assert_cmpint (active[0], ==, 5);
  g_assert_cmpint (active[1], ==, 3);
}

static void
test_times (void)
{
  static const int64_t time[] = { 0, 0, 1, 2, 2, 3, 4, 5, 6, 7 };
  static const int32_t unit[] = { 0, 2, 1, 0, 2, 0, 2, 1, 2, 0 };
  int64_t at[T * N];
  int32_t fired[T * N];

  g_assert_cmpint (rheo_spikes_list (&all, 0, -1, at, fired), ==, 10);
  for (int i = 0; i < 10; i++)
    {
      g_assert_cmpint (at[i], ==, time[i]);
      g_assert_cmpint (fired[i], ==, unit[i]);
    }
  g_assert_cmpint (rheo_spikes_list (&all, 0, 1, at, NULL), ==, 2);
  g_assert_cmpint (at[0], ==, 1);
  g_assert_cmpint (at[1], ==, 5);
}

static void
test_intervals (void)
{
  static const int64_t pooled[] = { 2, 1, 4, 4, 2, 2, 2 };
  int64_t interval[T * N];
  double mean, cv;

  g_assert_cmpint (rheo_spikes_intervals (&all, 0, interval), ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (interval[i], ==, pooled[i]);
  /* 2, 1, 4 around 7/3: squares 1/9 + 16/9 + 25/9 = 42/9, over 3. */
  rheo_intervals_measure (3, interval, &mean, &cv);
  near (mean, 7.0 / 3, 1e-15);
  near (cv, sqrt (14.0 / 9) / (7.0 / 3), 1e-15);
  g_assert_cmpint (rheo_spikes_intervals (&all, -1, interval), ==, 7);
  for (int i = 0; i < 7; i++)
    g_assert_cmpint (interval[i], ==, pooled[i]);
}

static void
test_fano (void)
{
  double mean, variance;

  g_assert_cmpfloat (rheo_spikes_fano (&all, 0, 4, &mean, &variance), ==, 0.5);
  g_assert_cmpfloat (mean, ==, 2);
  g_assert_cmpfloat (variance, ==, 1);
  g_assert_cmpfloat (rheo_spikes_fano (&all, 0, 2, &mean, &variance), ==, 0.5);
  g_assert_cmpfloat (mean, ==, 1);
  g_assert_cmpfloat (variance, ==, 0.5);
  g_assert_cmpfloat (rheo_spikes_fano (&all, 2, 2, &mean, &variance), ==, 0);
  g_assert_cmpfloat (mean, ==, 1);
  g_assert_cmpfloat (variance, ==, 0);
  /* Windows 0 to 2 and 3 to 5: two spikes and one; steps 6 and 7 are left over. */
  near (rheo_spikes_fano (&all, 0, 3, &mean, &variance), 0.25 / 1.5, 1e-15);
}

static void
test_correlation (void)
{
  static const int64_t unit[] = { 0, 1, 2 };
  double covariance[N * N], c[N * N], sum = 0;

  g_assert_true (rheo_spikes_covariance (&all, N, unit, covariance));
  near (covariance[0], 0.25, 1e-15);
  near (covariance[1], -0.125, 1e-15);
  rheo_correlation (N, covariance, c);
  near (c[1], -0.577350269, 1e-9);
  g_assert_cmpfloat (c[2], ==, 0);
  near (c[5], -0.577350269, 1e-9);
  g_assert_cmpfloat (c[3], ==, c[1]);
  near (rheo_correlation_mean (N, c), -0.384900179, 1e-9);
  for (int i = 0; i < N * N; i++)
    sum += c[i];
  near (sum, 0.690598923, 1e-9);
  near (rheo_correlation_mean_all (N, c), 0.690598923 / 9, 1e-9);
}

static void
test_entropy (void)
{
  static const int64_t silent[] = { 0, 4, 4, 0 }, alone[] = { 0, 7 };
  int64_t count[N];

  rheo_spikes_count (&all, count);
  near (rheo_spikes_entropy (N, count), 0.960229717860761, 1e-15);
  /* 0 ln 0 = 0: two of four units, ln 2 / ln 4. */
  near (rheo_spikes_entropy (4, silent), 0.5, 1e-15);
  g_assert_cmpfloat (rheo_spikes_entropy (2, alone), ==, 0);
}

static void
test_distance (void)
{
  static const int32_t expected[T] = { 0, 0, 1, 0, 0, 3, 0, 0 };
  uint8_t inverse[T * N], changed[T * N];
  const RheoSpikes other = { inverse, 1, T, N, NULL, NULL }, near_by = { changed, 1, T, N, NULL, NULL };
  int32_t distance[T];

  for (int i = 0; i < T * N; i++)
    {
      inverse[i] = !example[i];
      changed[i] = i == 2 * N || i / N == 5 ? !example[i] : example[i];
    }
  g_assert_cmpint (rheo_spikes_distance (&all, 0, &other, 0, distance), ==, T);
  for (int t = 0; t < T; t++)
    g_assert_cmpint (distance[t], ==, 3);
  rheo_spikes_distance (&all, 0, &near_by, 0, distance);
  for (int t = 0; t < T; t++)
    g_assert_cmpint (distance[t], ==, expected[t]);
}

static void
test_activity (void)
{
  static const int32_t value[] = { 1, 1, 5, 6, 3, 7 };
  static const int64_t length[] = { 6 };
  const RheoCounts f = { value, 1, length };
  double mean, sd;

  near (rheo_counts_smoothness (&f), 2.638181191654584, 1e-15);
  near (rheo_counts_relative_smoothness (&f), 2.198484326378819, 1e-15);
  near (rheo_counts_autocorrelation (&f, 2), -0.018553547, 1e-9);
  near (rheo_counts_autocorrelation (&f, 0), 1, 1e-15);
  rheo_counts_measure (&f, &mean, &sd);
  near (mean, 23.0 / 6, 1e-15);
  near (sd, sqrt (121.0 / 6 - 23.0 * 23 / 36), 1e-14);
}

/* --- beyond it ------------------------------------------------------------------------------------------------- */
/* Nothing goes from one trial into the next, and only the steps of the window count. */
static void
test_trials (void)
{
  static const uint8_t spike[] = { 1, 0, 1, 0, 0, 1, 1, 0, 1, 1 };
  static const int64_t from[] = { 0, 1 }, to[] = { 5, 4 }, none[] = { 0, 0 };
  const RheoSpikes s = { spike, 2, 5, 1, from, to }, empty = { spike, 2, 5, 1, none, none };
  static const int32_t value[] = { 1, 3, 8, 2, 4 };
  static const int64_t length[] = { 2, 3 };
  const RheoCounts f = { value, 2, length };
  int64_t interval[10], count;
  double mean, variance;
  int32_t active[5];

  g_assert_cmpint (rheo_spikes_steps (&s, -1), ==, 8);
  g_assert_cmpint (rheo_spikes_steps (&s, 1), ==, 3);
  g_assert_cmpint (rheo_spikes_count (&s, &count), ==, 4);
  /* 0 and 2 in the first trial, 1 and 3 in the second. */
  g_assert_cmpint (rheo_spikes_intervals (&s, 0, interval), ==, 2);
  g_assert_cmpint (interval[0], ==, 2);
  g_assert_cmpint (interval[1], ==, 2);
  g_assert_cmpint (rheo_spikes_activity (&s, 1, 1, active), ==, 3);
  g_assert_cmpint (active[2], ==, 1);
  /* Windows 0 1, 2 3 and, in the second trial, 1 2: one spike each. */
  g_assert_cmpfloat (rheo_spikes_fano (&s, 0, 2, &mean, &variance), ==, 0);
  g_assert_cmpfloat (mean, ==, 1);
  g_assert_cmpint (rheo_spikes_steps (&empty, -1), ==, 0);
  /* Differences 2, -6, 2. */
  near (rheo_counts_smoothness (&f), sqrt (44.0 / 3 - 4.0 / 9), 1e-14);
  /* Pairs 1 3, 8 2, 2 4. */
  near (rheo_counts_autocorrelation (&f, 1), -2 / sqrt ((23 - 121.0 / 9) * (29.0 / 3 - 9)), 1e-14);
  g_assert_true (isnan (rheo_counts_autocorrelation (&f, 2)));
}

static void
test_undefined (void)
{
  static const uint8_t nothing[T * N] = { 0 };
  static const uint8_t one[T * N] = { 0, 0, 0, 0, 1, 0 };
  static const int32_t constant[] = { 2, 2, 2 }, back[] = { 2, 5, 2 };
  static const int64_t unit[] = { 0, 1, 2 }, three = 3, zero = 0;
  const RheoSpikes silent = { nothing, 1, T, N, NULL, NULL }, single = { one, 1, T, N, NULL, NULL };
  const RheoSpikes empty = { nothing, 0, 0, N, NULL, NULL }, other = { nothing, 1, T, 2, NULL, NULL };
  const RheoCounts flat = { constant, 1, &three }, round = { back, 1, &three }, no_steps = { constant, 1, &zero };
  double covariance[N * N], c[N * N], mean, second;
  int64_t count[N], interval[T];
  int32_t distance[T];

  g_assert_cmpint (rheo_spikes_count (&silent, count), ==, 0);
  g_assert_true (isnan (rheo_spikes_entropy (N, count)));
  g_assert_true (isnan (rheo_spikes_entropy (1, &three)));
  g_assert_true (isnan (rheo_spikes_synchrony (&silent, count)));
  g_assert_true (isnan (rheo_spikes_fano (&silent, 0, 2, &mean, &second)));
  g_assert_cmpfloat (mean, ==, 0);
  rheo_spikes_fano (&silent, 0, T + 1, &mean, &second);
  g_assert_true (isnan (mean) && isnan (second));
  g_assert_cmpint (rheo_spikes_intervals (&single, 1, interval), ==, 0);
  rheo_intervals_measure (0, interval, &mean, &second);
  g_assert_true (isnan (mean) && isnan (second));
  /* Two units are constant: there is one pair of none. */
  g_assert_true (rheo_spikes_covariance (&single, N, unit, covariance));
  rheo_correlation (N, covariance, c);
  g_assert_cmpfloat (c[4], ==, 1);
  g_assert_true (isnan (c[0]) && isnan (c[1]) && isnan (c[3]));
  g_assert_true (isnan (rheo_correlation_mean (N, c)));
  g_assert_true (isnan (rheo_correlation_mean_all (N, c)));
  g_assert_false (rheo_spikes_covariance (&empty, N, unit, covariance));
  g_assert_true (isnan (rheo_spikes_rate (&empty, 0, 1)));
  g_assert_cmpint (rheo_spikes_distance (&silent, 0, &other, 0, distance), ==, -1);
  g_assert_cmpfloat (rheo_counts_smoothness (&flat), ==, 0);
  g_assert_true (isnan (rheo_counts_relative_smoothness (&flat)));
  g_assert_true (isnan (rheo_counts_relative_smoothness (&round)));
  g_assert_cmpfloat (rheo_counts_smoothness (&round), ==, 3);
  g_assert_true (isnan (rheo_counts_autocorrelation (&flat, 1)));
  g_assert_true (isnan (rheo_counts_autocorrelation (&round, 5)));
  g_assert_true (isnan (rheo_counts_smoothness (&no_steps)));
  rheo_counts_measure (&no_steps, &mean, &second);
  g_assert_true (isnan (mean) && isnan (second));
}

static void
test_avalanches (void)
{
  /* What runs at either end of a trial is not whole. */
  static const int32_t value[] = { 3, 0, 2, 5, 0, 0, 1, 0, 4, /* next trial */ 9, 9, 0, 7, 0 };
  static const int64_t length[] = { 9, 5 };
  const RheoCounts f = { value, 2, length };
  int64_t size[14], duration[14];

  g_assert_cmpint (rheo_counts_avalanches (&f, 0, NULL, NULL), ==, 3);
  rheo_counts_avalanches (&f, 0, size, duration);
  g_assert_cmpint (size[0], ==, 7);
  g_assert_cmpint (duration[0], ==, 2);
  g_assert_cmpint (size[1], ==, 1);
  g_assert_cmpint (duration[1], ==, 1);
  g_assert_cmpint (size[2], ==, 7);
  /* Above 2.5: 3 runs at the start, 5 and 7 are whole, 4 runs into the end. */
  g_assert_cmpint (rheo_counts_avalanches (&f, 2.5, size, duration), ==, 2);
  g_assert_cmpint (size[0], ==, 5);
  g_assert_cmpint (duration[0], ==, 1);
  g_assert_cmpint (rheo_counts_avalanches (&f, 100, NULL, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spike-trains/rates", test_rates);
  g_test_add_func ("/spike-trains/times", test_times);
  g_test_add_func ("/spike-trains/intervals", test_intervals);
  g_test_add_func ("/spike-trains/fano", test_fano);
  g_test_add_func ("/spike-trains/correlation", test_correlation);
  g_test_add_func ("/spike-trains/entropy", test_entropy);
  g_test_add_func ("/spike-trains/distance", test_distance);
  g_test_add_func ("/spike-trains/activity", test_activity);
  g_test_add_func ("/spike-trains/trials", test_trials);
  g_test_add_func ("/spike-trains/undefined", test_undefined);
  g_test_add_func ("/spike-trains/avalanches", test_avalanches);
  return g_test_run ();
}
