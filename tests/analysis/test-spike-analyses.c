/* Analyses of spike trains: known answers, and records on which little is defined. */
#include "config.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "engine/power-law.h"
#include "result-of.h"

static uint8_t *
add_spikes (RheoTable *probe, const char *key, int64_t n_trials, int64_t n_time, int64_t n_units)
{
  return rheo_table_add (probe, key, "", "", "trial time unit", RHEO_U8, (int64_t[]){ n_trials, n_time, n_units })
      ->data;
}

/* Unit 0 fires at 0, 2, 3, 7; unit 1 at 1, 5; unit 2 at 0, 2, 4, 6. */
static void
add_example (RheoTable *probe, const char *key)
{
  static const uint8_t spike[] = { 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0 };

  memcpy (add_spikes (probe, key, 1, 8, 3), spike, sizeof spike);
}

/* A column of words that nobody set is left out. */
static const char *
get_text (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  return column != NULL ? rheo_column_get_string (column, i) : "";
}

/* --- the example ----------------------------------------------------------------------------------------------- */
static void
test_spike_stats (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  RheoRecord record = { .name = "a", .probe = probe };

  add_example (probe, "exc.spikes");
  out = run ("spike-stats", &record, 1, "bin", "3", NULL);
  g_assert_cmpfloat (get (out, "rate", 0), ==, 10.0 / 24);
  g_assert_cmpfloat (get (out, "exc.unit-rate", 0), ==, 0.5);
  g_assert_cmpfloat (get (out, "exc.unit-bin-rate", 0), ==, 1.5);
  g_assert_cmpfloat (get (out, "bin-rate", 0), ==, 30.0 / 24);
  g_assert_cmpfloat_with_epsilon (get (out, "entropy", 0), 0.960229717860761, 1e-15);
  g_assert_cmpfloat_with_epsilon (get (out, "interval", 0), 17.0 / 7, 1e-15);
  g_assert_true (isnan (get (out, "time-fano", 0))); /* no window of 100 steps */
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("spike-stats", &record, 1, "unit-window", "2", NULL);
  g_assert_cmpfloat (get (out, "exc.unit-fano", 0), ==, 0.5);
  g_assert_cmpfloat (get (out, "exc.unit-fano", 2), ==, 0);
  /* Unit 1: windows 1, 0, 1, 0. */
  g_assert_cmpfloat_with_epsilon (get (out, "time-fano", 0), (0.5 + 0.5 + 0) / 3, 1e-15);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("spike-stats", &record, 1, "first", "-2", NULL);
  g_assert_cmpfloat (get (out, "rate", 0), ==, 2.0 / 6);
}

static void
test_activity (void)
{
  static const double expected[] = { 2, 1, 2, 1, 1, 1, 1, 1 };
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  RheoRecord record = { .name = "a", .probe = probe };

  add_example (probe, "exc.spikes");
  out = run ("activity", &record, 1, "lag", "2", NULL);
  for (int t = 0; t < 8; t++)
    {
      g_assert_cmpfloat (get (out, "exc.activity", t), ==, expected[t]);
      g_assert_cmpfloat (get (out, "exc.activity-share", t), ==, expected[t] / 3);
      g_assert_cmpfloat (get (out, "time", t), ==, t);
    }
  g_assert_cmpfloat (get (out, "mean", 0), ==, 1.25);
  g_assert_cmpfloat_with_epsilon (get (out, "sd", 0), sqrt (0.1875), 1e-15);
  /* Differences -1 1 -1 0 0 0 0. */
  g_assert_cmpfloat_with_epsilon (get (out, "smoothness", 0), sqrt (3.0 / 7 - 1.0 / 49), 1e-15);
  g_assert_cmpfloat_with_epsilon (get (out, "relative-smoothness", 0), 7 * sqrt (3.0 / 7 - 1.0 / 49), 1e-14);
  /* 2 1 2 1 1 1 with 2 1 1 1 1 1. */
  g_assert_cmpfloat_with_epsilon (get (out, "autocorrelation", 0),
                                  (10.0 / 6 - 8.0 / 6 * 7 / 6) / sqrt (2.0 / 9 * 5 / 36), 1e-14);
  g_assert_cmpfloat (get (out, "exc.autocorrelation-curve", 2), ==, get (out, "autocorrelation", 0));
  g_assert_cmpfloat (get (out, "empty", 0), ==, 0);
  /* Six steps with one spike and two with two. */
  g_assert_cmpfloat (get (out, "from", 0), ==, 0.5);
  g_assert_cmpfloat (get (out, "height", 0), ==, 6);
  g_assert_cmpfloat (get (out, "height", 1), ==, 2);
  g_assert_cmpstr (get_text (out, "note", 0), ==, "");
  g_clear_pointer (&out, rheo_table_unref);
  /* Steps 2 3, 4 5 and 6 7. */
  record.iteration = 3;
  out = run ("activity", &record, 1, "first", "2", NULL);
  g_assert_cmpfloat (get (out, "time", 0), ==, 2);
  g_assert_cmpfloat (get (out, "bins", 0), ==, 6);
}

static void
test_correlations (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  RheoRecord record = { .name = "a", .probe = probe };
  /* Variances 1/4, 3/16, 1/4; covariances -1/8, 0, -1/8: trace 11/16, squares 41/256 + 4/64. */
  const double trace = 11.0 / 16, squares = 2.0 / 16 + 9.0 / 256 + 4.0 / 64;

  add_example (probe, "exc.spikes");
  out = run ("correlations", &record, 1, NULL, NULL, NULL);
  g_assert_cmpstr (rheo_table_find (out, "correlation")->axes, ==, "unit unit");
  g_assert_cmpint ((int) (rheo_table_find (out, "correlation")->flags & RHEO_SERIES_SIGNED), !=, 0);
  g_assert_cmpfloat_with_epsilon (get (out, "correlation", 1), -0.577350269, 1e-7);
  g_assert_cmpfloat (get (out, "correlation", 2), ==, 0);
  g_assert_cmpfloat (get (out, "correlation", 4), ==, 1);
  g_assert_cmpfloat_with_epsilon (get (out, "mean-correlation", 0), -0.384900179, 1e-9);
  g_assert_cmpfloat_with_epsilon (get (out, "mean-correlation-all", 0), 0.690598923 / 9, 1e-9);
  g_assert_cmpfloat_with_epsilon (get (out, "participation-ratio", 0), trace * trace / squares, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      get (out, "variance-share", 0) + get (out, "variance-share", 1) + get (out, "variance-share", 2), 1, 1e-12);
  g_assert_null (rheo_table_find (out, "unit"));
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("correlations", &record, 1, "most-units", "2", NULL);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "correlation")), ==, 4);
  g_assert_cmpfloat (get (out, "unit", 0), ==, 0);
  g_assert_cmpfloat (get (out, "unit", 1), ==, 1);
}

/* --- avalanches ------------------------------------------------------------------------------------------------ */
/* How often each number occurs, from 1 on: a power law from 3 on, but not below it. */
static GArray *
dup_numbers (void)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (int64_t));

  for (int64_t k = 1; k <= 97; k++)
    {
      const int n = k == 1               ? 150
                    : k == 2             ? 260
                    : k <= 40            ? (int) rint (400 * pow ((double) k / 3, -2.4))
                    : k == 60 || k == 97 ? 1
                                         : 0;

      for (int i = 0; i < n; i++)
        g_array_append_val (all, k);
    }
  return all;
}

/* The numbers that were found with 25 digits by a root of the derivative of the likelihood and sums over all whole numbers. */
static void
test_power_law (void)
{
  g_autoptr (GArray) all = dup_numbers ();
  const int64_t *v = (const int64_t *) all->data;
  const int64_t alike[] = { 4, 4, 4, 4 };
  RheoPowerLaw fit;

  g_assert_cmpint (all->len, ==, 1471);
  g_assert_cmpint (rheo_power_law_fit (all->len, v, 0, 50, &fit), ==, RHEO_POWER_LAW_FOUND);
  g_assert_cmpint (fit.x_min, ==, 3);
  g_assert_cmpint (fit.n_tail, ==, 1061);
  g_assert_cmpfloat_with_epsilon (fit.alpha, 2.52171874246569, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit.error, 0.0473565158204931, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit.distance, 0.017937239542484, 1e-6);
  g_assert_cmpint (rheo_power_law_fit (all->len, v, 2, 50, &fit), ==, RHEO_POWER_LAW_FOUND);
  g_assert_cmpfloat_with_epsilon (fit.alpha, 2.0356878911, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit.distance, 0.201241226327, 1e-6);
  /* The shares of a law sum to 1. */
  {
    double sum = 0;

    for (int x = 2; x < 2000000; x++)
      sum += rheo_power_law_share (&fit, x);
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  }
  g_assert_cmpint (rheo_power_law_fit (20, v, 0, 50, &fit), ==, RHEO_POWER_LAW_FEW);
  g_assert_true (isnan (fit.alpha) && isnan (fit.distance));
  g_assert_cmpint (rheo_power_law_fit (4, alike, 0, 2, &fit), ==, RHEO_POWER_LAW_ALIKE);
  g_assert_cmpint (rheo_power_law_fit (0, NULL, 0, 2, &fit), ==, RHEO_POWER_LAW_FEW);
}

/* Avalanches of drawn sizes, one unit firing for each spike: p(x) = x^-2.5 / zeta (2.5) from 1 on. */
static void
test_avalanches (void)
{
  enum
  {
    DRAWS = 4000,
    UNITS = 40
  };
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  g_autofree int *size = g_new (int, DRAWS);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  RheoRecord record = { .name = "a", .probe = probe };
  int64_t n_time = 1, t = 1;
  double sum = 0;
  uint8_t *spike;

  for (int i = 0; i < DRAWS; i++)
    {
      double u = gsl_rng_uniform (rng) * 1.34148725725092;

      size[i] = 0;
      do
        u -= pow (++size[i], -2.5);
      while (u > 0 && size[i] < 2000);
      n_time += (size[i] + UNITS - 1) / UNITS + 1;
      sum += size[i];
    }
  gsl_rng_free (rng);
  spike = add_spikes (probe, "hidden.spikes", 1, n_time, UNITS);
  for (int i = 0; i < DRAWS; i++, t++)
    for (int left = size[i]; left > 0; left -= UNITS, t++)
      memset (spike + t * UNITS, 1, (gsize) MIN (left, UNITS));
  out = run ("avalanches", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpstr (get_text (out, "side", 0), ==, "Size");
  g_assert_cmpfloat (get (out, "avalanches", 0), ==, DRAWS);
  g_assert_cmpfloat_with_epsilon (get (out, "mean-value", 0), sum / DRAWS, 1e-12);
  /* Where the law begins is found by chance; the standard error is that of what is left. */
  g_assert_cmpfloat_with_epsilon (get (out, "alpha", 0), 2.5, 4 * get (out, "alpha-error", 0));
  g_assert_cmpfloat (get (out, "alpha-error", 0), <, 0.1);
  g_assert_cmpfloat (get (out, "distance", 0), <, 0.03);
  g_assert_cmpfloat (get (out, "from", 0), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (get (out, "height", 0), 1 / 1.34148725725092, 0.03);
  g_assert_cmpstr (get_text (out, "note", 0), ==, "");
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("avalanches", &record, 1, "x-min", "1", NULL);
  /* Standard error near 0.02. */
  g_assert_cmpfloat_with_epsilon (get (out, "alpha", 0), 2.5, 0.09);
  g_assert_cmpfloat (get (out, "n-tail", 0), ==, DRAWS);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("avalanches", &record, 1, "fewest", "5000", NULL);
  g_assert_true (isnan (get (out, "alpha", 0)));
  g_assert_cmpstr (get_text (out, "note", 0), ==, "No fit: too few avalanches");
}

/* --- distance -------------------------------------------------------------------------------------------------- */
static void
test_distance (void)
{
  g_autoptr (RheoTable) one = rheo_table_new (""), two = rheo_table_new (""), out = NULL;
  RheoRecord records[] = { { .name = "a", .probe = one }, { .name = "b", .probe = two } };
  uint8_t *a = add_spikes (one, "hidden.spikes", 2, 3, 2), *b = add_spikes (two, "hidden.spikes", 1, 3, 2);

  a[2] = a[6 + 2] = a[6 + 4] = a[6 + 5] = 1; /* the second trial has two spikes more, in its last step */
  b[0] = 1;
  out = run ("spike-distance", records, 1, NULL, NULL, NULL);
  g_assert_cmpfloat (get (out, "hidden.distance", 1), ==, 0);
  g_assert_cmpfloat (get (out, "hidden.distance", 2), ==, 2);
  g_assert_cmpfloat (get (out, "mean", 0), ==, 2.0 / 3);
  g_assert_cmpfloat (get (out, "share", 0), ==, 1.0 / 3);
  g_assert_cmpfloat (get (out, "onset", 0), ==, 2);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("spike-distance", records, 2, NULL, NULL, NULL);
  g_assert_cmpfloat (get (out, "mean", 0), ==, 0);
  g_assert_true (isnan (get (out, "onset", 0)));
  g_assert_cmpfloat (get (out, "mean", 1), ==, 2.0 / 3);
  g_assert_cmpfloat (get (out, "end", 1), ==, 0);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("spike-distance", records, 2, "other", "1", NULL);
  g_assert_cmpstr (get_text (out, "note", 1), ==, "Undefined: there is no such trial");
}

/* --- little to see --------------------------------------------------------------------------------------------- */
static const char *const all_ids[] = {
  "spike-stats", "activity", "correlations", "avalanches", "spike-distance", NULL
};

/* Records without trials, steps, units or spikes, with one spike, and with nothing but spikes. */
static void
test_odd (void)
{
  static const int64_t size[][3] = { { 0, 0, 0 }, { 1, 0, 3 }, { 1, 5, 0 }, { 2, 5, 3 },
                                     { 2, 1, 1 }, { 2, 5, 3 }, { 2, 5, 3 } };

  for (gsize k = 0; k < G_N_ELEMENTS (size); k++)
    for (int a = 0; all_ids[a] != NULL; a++)
      {
        g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
        g_autoptr (GError) error = NULL;
        RheoRecord record = { .name = "a", .probe = probe };
        uint8_t *spike = add_spikes (probe, "hidden.spikes", size[k][0], size[k][1], size[k][2]);

        if (k == 5)
          spike[7] = 1;
        if (k == 6)
          memset (spike, 1, 30);
        out = run (all_ids[a], &record, 1, NULL, NULL, &error);
        g_assert_no_error (error);
        g_assert_nonnull (out);
        /* Where nothing varies there is neither correlation nor a law, and it says so. */
        if (g_str_equal (all_ids[a], "correlations"))
          {
            g_assert_true (isnan (get (out, "mean-correlation", 0)));
            g_assert_cmpstr (get_text (out, "note", 0), !=, "");
          }
        if (g_str_equal (all_ids[a], "avalanches"))
          {
            g_assert_true (isnan (get (out, "alpha", 0)));
            g_assert_cmpstr (get_text (out, "note", 0), !=, "");
          }
        if (g_str_equal (all_ids[a], "activity"))
          g_assert_cmpstr (get_text (out, "note", 0), !=, "");
      }
}

static void
test_refused (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new ("");
  RheoRecord record = { .name = "a", .probe = probe };

  add_example (probe, "exc.spikes");
  for (int a = 0; all_ids[a] != NULL; a++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (run (all_ids[a], &record, 1, "population", "inh", &error));
      g_assert_cmpstr (error->message, ==, "There is no population \"inh\" in the run. It has exc.");
      g_clear_error (&error);
      g_assert_null (run (all_ids[a], &record, 1, "first", "8", &error));
      g_assert_cmpstr (error->message, ==,
                       "There are no steps from 8 to -1 in \"exc.spikes\"; its trials have up to 8 steps.");
      g_clear_error (&error);
      if (g_str_equal (all_ids[a], "spike-distance"))
        continue;
      g_assert_null (run (all_ids[a], &record, 1, "trial", "1", &error));
      g_assert_cmpstr (error->message, ==, "There is no trial 1 in \"exc.spikes\"; it has 1, counted from 0.");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spike-analyses/spike-stats", test_spike_stats);
  g_test_add_func ("/spike-analyses/activity", test_activity);
  g_test_add_func ("/spike-analyses/correlations", test_correlations);
  g_test_add_func ("/spike-analyses/power-law", test_power_law);
  g_test_add_func ("/spike-analyses/avalanches", test_avalanches);
  g_test_add_func ("/spike-analyses/distance", test_distance);
  g_test_add_func ("/spike-analyses/odd", test_odd);
  g_test_add_func ("/spike-analyses/refused", test_refused);
  return g_test_run ();
}
