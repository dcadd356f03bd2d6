/* Known answers of the analyses of weights and spikes. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "result-of.h"

static void
add_matrix (RheoTable *table, const char *key, int64_t n_pre, int64_t n_post, const double *value)
{
  int64_t dims[2] = { n_pre, n_post };

  rheo_table_add_copy (table, key, key, "", "pre post", RHEO_F64, dims, value);
}

/* --- weights --------------------------------------------------------------------------------------------------- */
static void
test_weights_by_hand (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), start = rheo_table_new (""), out = NULL;
  const double in[] = { 1, 0, 3, -2, 0, 0 }, in_start[] = { 1, 0, 0, -2, 0, 4 };
  const double rec[] = { 0, -2, 2, 0 }, rec_start[] = { 0, -2, 2, 0 };
  const int32_t sign[] = { 1, 1 };
  const int64_t two = 2;
  RheoRecord record = { .name = "a", .iteration = 7, .weights = weights, .start = start };

  add_matrix (weights, "in.weight", 2, 3, in);
  add_matrix (weights, "rec.weight", 2, 2, rec);
  rheo_table_add_copy (weights, "in.sign", "", "", "pre", RHEO_I32, &two, sign);
  rheo_table_set_note (weights, "in.from", "input");
  rheo_table_set_note (weights, "in.to", "hidden");
  rheo_table_set_note (weights, "rec.from", "hidden");
  rheo_table_set_note (weights, "rec.to", "hidden");
  add_matrix (start, "in.weight", 2, 3, in_start);
  add_matrix (start, "rec.weight", 2, 2, rec_start);
  out = run ("weight-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);

  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "projection"), 0), ==, "in");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "run"), 1), ==, "a");
  g_assert_cmpfloat (get (out, "iteration", 0), ==, 7);
  g_assert_cmpfloat (get (out, "n-pre", 0), ==, 2);
  g_assert_cmpfloat (get (out, "n-post", 0), ==, 3);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 3);
  g_assert_cmpfloat (get (out, "density", 0), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (get (out, "mean", 0), 2.0 / 3, 1e-12);
  /* 1, 3, -2 around 2/3: squares 1/9 + 49/9 + 64/9 = 114/9, over 2. */
  g_assert_cmpfloat_with_epsilon (get (out, "sd", 0), sqrt (57.0 / 9), 1e-12);
  g_assert_cmpfloat (get (out, "lowest", 0), ==, -2);
  g_assert_cmpfloat (get (out, "highest", 0), ==, 3);
  g_assert_cmpfloat (get (out, "sign-violations", 0), ==, 1);
  g_assert_true (isnan (get (out, "sign-violations", 1)));
  /* Changes 3 and -4 among six weights; the weights were 1, -2, 4. */
  g_assert_cmpfloat_with_epsilon (get (out, "change", 0), 7.0 / 6, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "relative-change", 0), 5 / sqrt (21), 1e-12);
  g_assert_cmpfloat (get (out, "relative-change", 1), ==, 0);
  g_assert_true (isnan (get (out, "spectral-radius", 0)));
  g_assert_cmpfloat_with_epsilon (get (out, "spectral-radius", 1), 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "rec.eigenvalue-im", 0), 2, 1e-12);
  g_assert_cmpfloat (get (out, "in.in-degree", 0), ==, 2);
  g_assert_cmpfloat (get (out, "in.in-degree", 1), ==, 0);
  g_assert_cmpfloat (get (out, "in.out-degree", 0), ==, 2);
  g_assert_cmpfloat (get (out, "in.out-degree", 1), ==, 1);
}

/* A change of known singular values: 3 and -4 on its own diagonal, and what a rule says of its feedback. */
static void
test_singular (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), start = rheo_table_new (""), out = NULL;
  g_autoptr (GError) error = NULL;
  const double in[] = { 4, 5, 6, 7, 8, 9 }, in_start[] = { 1, 5, 6, 7, 12, 9 };
  const double out_weight[] = { 1, 2, 3 }, out_start[] = { 1, 2, 1 }, feedback[] = { 5, 5, 0 };
  const int64_t three = 3;
  RheoRecord record = { .name = "a", .iteration = 7, .weights = weights, .start = start };

  add_matrix (weights, "in.weight", 2, 3, in);
  add_matrix (weights, "out.weight", 3, 1, out_weight);
  rheo_table_add_copy (weights, "goal.singular-values", "", "", "number", RHEO_F64, &three, feedback);
  add_matrix (start, "in.weight", 2, 3, in_start);
  add_matrix (start, "out.weight", 3, 1, out_start);
  out = run ("singular-values", &record, 1, "share", "0.6", NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat_with_epsilon (get (out, "in.singular-value", 0), 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "in.singular-value", 1), 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "largest", 0), 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "dimension", 0), 625.0 / (256 + 81), 1e-12);
  g_assert_cmpfloat (get (out, "directions", 0), ==, 1); /* 16 of 25 */
  g_assert_cmpfloat_with_epsilon (get (out, "out.singular-value", 0), 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "dimension", 2), 2, 1e-12);
  g_assert_cmpfloat (get (out, "directions", 2), ==, 2);
  g_assert_cmpfloat (get (out, "feedback.singular-value", 1), ==, 5);
  g_assert_cmpstr (rheo_table_find (out, "out.singular-value")->label, ==, "Singular values of out");

  record.start = NULL;
  g_assert_null (run ("singular-values", &record, 1, "projection", "in", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

static double
draw_normal (GRand *rand)
{
  return sqrt (-2 * log (1 - g_rand_double (rand))) * cos (2 * G_PI * g_rand_double (rand));
}

/* The log-normal weights of the robot network: mu -0.64, sigma 0.51, half of them turned negative. With n = 40000 the
 * standard errors are 0.0026 and 0.0018, and a Kolmogorov-Smirnov distance above 1.36 / sqrt (n) = 0.0068 has a
 * probability under 5 %. */
static void
test_log_normal (void)
{
  enum
  {
    N = 200
  };
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree double *w = g_new (double, N *N);
  RheoRecord record = { .name = "a", .weights = weights };

  for (int i = 0; i < N * N; i++)
    w[i] = exp (-0.64 + 0.51 * draw_normal (rand)) * (i % 2 == 0 ? 1 : -1);
  add_matrix (weights, "rec.weight", N, N, w);
  out = run ("weight-stats", &record, 1, "spectrum", "false", NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat_with_epsilon (get (out, "log-mean", 0), -0.64, 0.0104);
  g_assert_cmpfloat_with_epsilon (get (out, "log-sd", 0), 0.51, 0.0072);
  g_assert_cmpfloat (get (out, "log-distance", 0), <, 0.0068);
  g_assert_cmpfloat (get (out, "density", 0), ==, 1);
  g_assert_true (isnan (get (out, "spectral-radius", 0)));
}

/* Weights of one size are far from log-normal, and uniform ones visibly so. */
static void
test_not_log_normal (void)
{
  enum
  {
    N = 100
  };
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autofree double *w = g_new (double, N *N);
  RheoRecord record = { .name = "a", .weights = weights };

  for (int i = 0; i < N * N; i++)
    w[i] = g_rand_double (rand);
  add_matrix (weights, "rec.weight", N, N, w);
  out = run ("weight-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat (get (out, "log-distance", 0), >, 0.05);
}

/* A dense Gaussian matrix with sd g / sqrt (N) has its eigenvalues in a disc of radius g (Girko). */
static void
test_spectral_radius (void)
{
  enum
  {
    N = 200
  };
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree double *w = g_new (double, N *N);
  RheoRecord record = { .name = "a", .weights = weights };

  for (int i = 0; i < N * N; i++)
    w[i] = 1.5 / sqrt (N) * draw_normal (rand);
  add_matrix (weights, "rec.weight", N, N, w);
  rheo_table_set_note (weights, "rec.from", "hidden");
  rheo_table_set_note (weights, "rec.to", "hidden");
  out = run ("weight-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat_with_epsilon (get (out, "spectral-radius", 0), 1.5, 0.15);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "rec.eigenvalue-re")), ==, N);
}

/* A list of synapses: source 0 has none, source 1 two, source 2 one. */
static void
test_sparse (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  const double w[] = { 1, -2, 3 };
  const int64_t first[] = { 0, 0, 2, 3 }, three = 3, four = 4;
  const int32_t sign[] = { -1, -1, 1 };
  RheoRecord record = { .name = "a", .weights = weights };

  rheo_table_add_copy (weights, "rec.weight", "", "", "synapse", RHEO_F64, &three, w);
  rheo_table_add_copy (weights, "rec.first", "", "", "pre", RHEO_I64, &four, first);
  rheo_table_add_copy (weights, "rec.sign", "", "", "pre", RHEO_I32, &three, sign);
  out = run ("weight-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat (get (out, "n-pre", 0), ==, 3);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 3);
  g_assert_true (isnan (get (out, "n-post", 0)));
  g_assert_true (isnan (get (out, "density", 0)));
  g_assert_cmpfloat (get (out, "sign-violations", 0), ==, 1);
  g_assert_cmpfloat_with_epsilon (get (out, "mean", 0), 2.0 / 3, 1e-12);
}

static void
test_weights_refused (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), empty = rheo_table_new ("");
  g_autoptr (GError) error = NULL;
  const double w[] = { 1 };
  RheoRecord record = { .name = "a", .weights = weights };

  add_matrix (weights, "in.weight", 1, 1, w);
  g_assert_null (run ("weight-stats", &record, 1, "projection", "rec", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "There is no projection \"rec\" in the run. It has in.");
  g_clear_error (&error);
  record.weights = empty;
  g_assert_null (run ("weight-stats", &record, 1, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* --- spikes ---------------------------------------------------------------------------------------------------- */
static uint8_t *
add_spikes (RheoTable *probe, const char *key, int64_t n_trials, int64_t n_time, int64_t n_units)
{
  int64_t dims[3] = { n_trials, n_time, n_units };

  return rheo_table_add (probe, key, "", "", "trial time unit", RHEO_U8, dims)->data;
}

static void
test_spikes_by_hand (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  uint8_t *s = add_spikes (probe, "hidden.spikes", 1, 8, 4);
  const uint8_t class[] = { 0, 0, 1, 1 };
  const int64_t four = 4;
  RheoRecord record = { .name = "a", .iteration = 2, .probe = probe };

  /* Unit 0 fires in every second step, unit 1 in steps 0 to 2, unit 2 once, unit 3 never. */
  for (int t = 0; t < 8; t += 2)
    s[t * 4] = 1;
  for (int t = 0; t < 3; t++)
    s[t * 4 + 1] = 1;
  s[7 * 4 + 2] = 1;
  rheo_table_add_copy (probe, "hidden.class", "", "", "unit", RHEO_U8, &four, class);
  rheo_table_set_note (probe, "hidden.classes", "E PV");
  out = run ("spike-stats", &record, 1, "min-intervals", "2", NULL);
  g_assert_nonnull (out);

  g_assert_cmpfloat (get (out, "units", 0), ==, 4);
  g_assert_cmpfloat (get (out, "rate", 0), ==, 8.0 / 32);
  g_assert_cmpfloat (get (out, "silent", 0), ==, 0.25);
  /* Counts 4, 3, 1, 0: 8^2 / (4 * 26). */
  g_assert_cmpfloat_with_epsilon (get (out, "participation", 0), 64.0 / 104, 1e-12);
  g_assert_cmpfloat (get (out, "cv", 0), ==, 0);
  g_assert_cmpfloat (get (out, "hidden.unit-cv", 0), ==, 0);
  g_assert_true (isnan (get (out, "hidden.unit-cv", 2)));
  /* One window: counts 4, 3, 1, 0 have mean 2 and variance (4 + 1 + 1 + 4) / 3. */
  g_assert_cmpfloat_with_epsilon (get (out, "fano", 0), 10.0 / 3 / 2, 1e-12);
  /* Unit 0 changes at each of 7 steps, unit 1 once, unit 2 once. */
  g_assert_cmpfloat (get (out, "step-changes", 0), ==, 9);
  /* Active units 2 1 2 0 1 0 1 1: ratios 1/2, 2, 0, 0, 1; the last step has no successor, step 7 is one. */
  g_assert_cmpfloat_with_epsilon (get (out, "branching", 0), (0.5 + 2 + 0 + 0 + 1) / 5, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "branching-truncated", 0), (0.5 + 2 + 0) / 3, 1e-12);
  g_assert_cmpfloat (get (out, "hidden.time-rate", 0), ==, 0.5);
  g_assert_cmpfloat (get (out, "hidden.time-rate", 3), ==, 0);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "hidden.class-name"), 1), ==, "PV");
  g_assert_cmpfloat (get (out, "hidden.class-rate", 0), ==, 7.0 / 16);
  g_assert_cmpfloat (get (out, "hidden.class-rate", 1), ==, 1.0 / 16);
}

/* A discrete Poisson process that fires with probability p has geometric intervals: CV = sqrt (1 - p), Fano factor
 * 1 - p, branching 1, and synchrony 1 / sqrt (units). */
static void
test_poisson (void)
{
  enum
  {
    TRIALS = 4,
    T = 5000,
    N = 50
  };
  const double p = 0.04;
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  uint8_t *s = add_spikes (probe, "hidden.spikes", TRIALS, T, N);
  RheoRecord record = { .name = "a", .probe = probe };

  for (int64_t i = 0; i < (int64_t) TRIALS * T * N; i++)
    s[i] = g_rand_double (rand) < p;
  out = run ("spike-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  /* About 800 intervals a unit, 40000 in all: the standard error of the CV is near 1 / sqrt (40000) = 0.005. */
  g_assert_cmpfloat_with_epsilon (get (out, "cv", 0), sqrt (1 - p), 0.02);
  g_assert_cmpfloat_with_epsilon (get (out, "rate", 0), p, 4 * sqrt (p / (TRIALS * T * N)));
  /* 2000 windows of 50 units: sqrt (2 / 100000) = 0.0045. */
  g_assert_cmpfloat_with_epsilon (get (out, "fano", 0), 1 - p, 0.02);
  g_assert_cmpfloat_with_epsilon (get (out, "synchrony", 0), 1 / sqrt (N), 0.005);
  g_assert_cmpfloat_with_epsilon (get (out, "participation", 0), 1, 0.01);
  g_assert_cmpfloat (get (out, "silent", 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (get (out, "step-changes", 0), 2 * p * (1 - p) * N * (T - 1), 0.02 * 2 * p * N * T);
}

/* Intervals that are sums of k geometric ones have CV sqrt ((1 - p) / k). */
static void
test_gamma (void)
{
  enum
  {
    T = 200000,
    K = 4
  };
  const double p = 0.1;
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  uint8_t *s = add_spikes (probe, "hidden.spikes", 1, T, 1);
  RheoRecord record = { .name = "a", .probe = probe };

  for (int t = 0, n = 0; t < T; t++)
    if (g_rand_double (rand) < p && ++n % K == 0)
      s[t] = 1;
  out = run ("spike-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  /* 5000 intervals: standard error about CV / sqrt (2 * 5000) = 0.005. */
  g_assert_cmpfloat_with_epsilon (get (out, "cv", 0), sqrt ((1 - p) / K), 0.02);
}

static void
test_synchronous (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  uint8_t *s = add_spikes (probe, "hidden.spikes", 1, 20, 5);
  RheoRecord record = { .name = "a", .probe = probe };

  for (int t = 0; t < 20; t += 5)
    memset (s + t * 5, 1, 5);
  out = run ("spike-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat_with_epsilon (get (out, "synchrony", 0), 1, 1e-12);
  g_assert_cmpfloat (get (out, "fano", 0), ==, 0);
  g_assert_cmpfloat (get (out, "branching", 0), ==, 0);
}

/* Steps after the end of a trial do not count. */
static void
test_lengths (void)
{
  g_autoptr (RheoTable) probe = rheo_table_new (""), out = NULL;
  uint8_t *s = add_spikes (probe, "hidden.spikes", 2, 10, 1);
  const int32_t length[] = { 10, 5 };
  const int64_t two = 2;
  RheoRecord record = { .name = "a", .probe = probe };

  for (int t = 0; t < 10; t++)
    s[t] = 1;
  for (int t = 0; t < 5; t++)
    s[10 + t] = 1;
  rheo_table_add_copy (probe, "task.length", "", "", "trial", RHEO_I32, &two, length);
  out = run ("spike-stats", &record, 1, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat (get (out, "rate", 0), ==, 1);
  g_assert_cmpfloat (get (out, "hidden.time-rate", 9), ==, 1);
}

static void
test_spikes_odd (void)
{
  g_autoptr (RheoTable) silent = rheo_table_new (""), wrong = rheo_table_new (""), out = NULL;
  g_autoptr (GError) error = NULL;
  const int64_t three = 3;
  RheoRecord records[2] = { { .name = "a", .probe = silent }, { .name = "b", .probe = silent } };

  add_spikes (silent, "hidden.spikes", 2, 5, 3);
  add_spikes (silent, "none.spikes", 0, 0, 0);
  out = run ("spike-stats", records, 2, NULL, NULL, NULL);
  g_assert_nonnull (out);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "rate")), ==, 4);
  g_assert_cmpfloat (get (out, "rate", 0), ==, 0);
  g_assert_cmpfloat (get (out, "silent", 2), ==, 1);
  g_assert_true (isnan (get (out, "cv", 0)));
  g_assert_true (isnan (get (out, "branching", 0)));
  g_assert_true (isnan (get (out, "rate", 1)));
  rheo_table_add (wrong, "hidden.spikes", "", "", "unit", RHEO_F32, &three);
  records[0].probe = wrong;
  g_assert_null (run ("spike-stats", records, 1, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights/by-hand", test_weights_by_hand);
  g_test_add_func ("/singular-values", test_singular);
  g_test_add_func ("/weights/log-normal", test_log_normal);
  g_test_add_func ("/weights/not-log-normal", test_not_log_normal);
  g_test_add_func ("/weights/spectral-radius", test_spectral_radius);
  g_test_add_func ("/weights/sparse", test_sparse);
  g_test_add_func ("/weights/refused", test_weights_refused);
  g_test_add_func ("/spikes/by-hand", test_spikes_by_hand);
  g_test_add_func ("/spikes/poisson", test_poisson);
  g_test_add_func ("/spikes/gamma", test_gamma);
  g_test_add_func ("/spikes/synchronous", test_synchronous);
  g_test_add_func ("/spikes/lengths", test_lengths);
  g_test_add_func ("/spikes/odd", test_spikes_odd);
  return g_test_run ();
}
