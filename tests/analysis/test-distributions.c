/* Known answers of fits and of the analyses that draw histograms with them. */
#include "config.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"

/* --- fits -------------------------------------------------------------------------------------------------------- */
static void
test_bins (void)
{
  const double edge[] = { 0, 1, 3, 4 }, v[] = { -0.1, 0, 0.9, 1, 2.9, 3, 4, 4, 4.1 };
  const double sorted[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
  double count[3];

  rheo_bins_count (3, edge, 9, v, count);
  g_assert_cmpfloat (count[0], ==, 2);
  g_assert_cmpfloat (count[1], ==, 2);
  g_assert_cmpfloat (count[2], ==, 3);
  /* Quartiles 1.75 and 5.25, width 2 * 3.5 / 2: two bins would do, at least 8 are made. */
  g_assert_cmpint (rheo_bins_choose (8, sorted, 400), ==, 8);
  g_assert_cmpint (rheo_bins_choose (8, sorted, 5), ==, 5);
  g_assert_cmpint (rheo_bins_choose (0, NULL, 5), ==, 1);
}

static void
test_normal (void)
{
  double even[] = { 4, 2, 1, 3 }, skewed[] = { 4, 0, 0, 0 }, alike[] = { 0.1, 0.1, 0.1 };
  RheoNormal fit;

  rheo_normal_fit (4, even, &fit);
  g_assert_cmpfloat (even[0], ==, 1);
  g_assert_cmpfloat_with_epsilon (fit.mean, 2.5, 1e-14);
  g_assert_cmpfloat_with_epsilon (fit.sd, sqrt (1.25), 1e-14);
  g_assert_cmpfloat_with_epsilon (fit.skewness, 0, 1e-14);
  /* At 2 half of the numbers are there, and the distribution has reached P (-0.5 / sqrt (1.25)). */
  g_assert_cmpfloat_with_epsilon (fit.distance, 0.5 - 0.5 * erfc (0.5 / sqrt (1.25) / M_SQRT2), 1e-14);
  g_assert_cmpfloat_with_epsilon (rheo_normal_density (&fit, 2.5), 1 / sqrt (2 * G_PI * 1.25), 1e-14);
  rheo_normal_fit (4, skewed, &fit);
  g_assert_cmpfloat_with_epsilon (fit.sd, sqrt (3), 1e-14);
  g_assert_cmpfloat_with_epsilon (fit.skewness, 2 / sqrt (3), 1e-14);
  rheo_normal_fit (3, alike, &fit);
  g_assert_cmpfloat (fit.sd, ==, 0);
  g_assert_true (isnan (fit.distance) && isnan (fit.skewness) && isnan (rheo_normal_density (&fit, 0.1)));
  rheo_normal_fit (0, NULL, &fit);
  g_assert_true (isnan (fit.mean) && isnan (fit.sd));
}

static void
assert_no_decay (RheoDecayEnd wanted, int n, const double *x, const double *y)
{
  RheoDecay fit = { y[0], 0.3, 0, 0 };

  g_assert_cmpint (rheo_decay_fit (n, x, y, &fit), ==, wanted);
  g_assert_true (isnan (fit.a) && isnan (fit.b) && isnan (fit.c) && isnan (fit.explained));
}

static void
test_decay (void)
{
  const double x[] = { 1, 2, 3, 4, 5, 6, 7 }, y[] = { 63, 31, 15, 7, 3, 1, 0 }, rising[] = { 1, 2, 4, 8, 16, 32, 64 };
  const double line[] = { 7, 6, 5, 4, 3, 2, 1 }, flat[] = { 2, 2, 2, 2, 2, 2, 2 }, off[] = { 65, 30, 15, 7, 3, 1, 0 };
  const double none[] = { 0, 0, 0, 0, 0, 0, 0 }, step[] = { 1e300, 0, 0, 0, 0, 0, 0 };
  RheoDecay fit = { 63, 0.5, 0, 0 };
  double best = 0, rest = 0, mean = 0, all = 0;

  g_assert_cmpint (rheo_decay_fit (7, x, y, &fit), ==, RHEO_DECAY_FOUND);
  g_assert_cmpfloat_with_epsilon (fit.a, 128, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit.b, G_LN2, 1e-8);
  g_assert_cmpfloat_with_epsilon (fit.c, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit.explained, 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (rheo_decay_value (&fit, 3), 15, 1e-6);
  /* The same from a start that knows nothing, and no neighbour has less squares. */
  fit = (RheoDecay){ 1, 1, 1, 0 };
  g_assert_cmpint (rheo_decay_fit (7, x, off, &fit), ==, RHEO_DECAY_FOUND);
  for (int i = 0; i < 7; i++)
    mean += off[i] / 7;
  for (int i = 0; i < 7; i++)
    {
      best += pow (rheo_decay_value (&fit, x[i]) - off[i], 2);
      all += pow (off[i] - mean, 2);
    }
  g_assert_cmpfloat_with_epsilon (fit.explained, 1 - best / all, 1e-12);
  for (int k = 0; k < 6; k++)
    {
      RheoDecay near = fit;
      double *constant[] = { &near.a, &near.b, &near.c };

      *constant[k / 2] *= k % 2 == 0 ? 1.01 : 0.99;
      rest = 0;
      for (int i = 0; i < 7; i++)
        rest += pow (rheo_decay_value (&near, x[i]) - off[i], 2);
      g_assert_cmpfloat (rest, >, best);
    }
  assert_no_decay (RHEO_DECAY_FEW, 3, x, y);
  assert_no_decay (RHEO_DECAY_FEW, 0, x, y);
  assert_no_decay (RHEO_DECAY_OTHER, 7, x, rising);
  assert_no_decay (RHEO_DECAY_OTHER, 7, x, none);
  assert_no_decay (RHEO_DECAY_OTHER, 7, x, line);
  assert_no_decay (RHEO_DECAY_OTHER, 7, x, flat);
  assert_no_decay (RHEO_DECAY_DIVERGED, 7, x, step);
}

/* --- analyses ---------------------------------------------------------------------------------------------------- */
/* Runs an analysis with its default values but those of assignments "key=text key=text". */
static RheoTable *
run (const char *id, const RheoRecord *records, int n, const char *assignments, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoTable) out = rheo_table_new (analysis->base.title);
  g_auto (GStrv) words = g_strsplit (assignments, " ", -1);
  atomic_bool cancelled = FALSE;

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, pair[0], "", &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, pair[1], pair[0], NULL));
    }
  if (!analysis->run (config, records, n, NULL, out, NULL, NULL, &cancelled, error))
    return NULL;
  return g_steal_pointer (&out);
}

static double
get (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint (i, <, rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

static double
get_at (const RheoTable *table, const char *key, int64_t row, int64_t i)
{
  return get (table, key, row * rheo_table_find (table, key)->dims[1] + i);
}

static const char *
get_text (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_string (rheo_table_find (table, key), i);
}

/* Of a density over the bins of a row. */
static double
integrate (const RheoTable *table, const char *prefix, int64_t row)
{
  g_autofree char *from = g_strconcat (prefix, "from", NULL), *to = g_strconcat (prefix, "to", NULL);
  g_autofree char *height = g_strconcat (prefix, "height", NULL);
  double sum = 0;

  for (int64_t i = 0; i < rheo_table_find (table, height)->dims[1]; i++)
    if (!isnan (get_at (table, height, row, i)))
      sum += get_at (table, height, row, i) * (get_at (table, to, row, i) - get_at (table, from, row, i));
  return sum;
}

static void
add_matrix (RheoTable *table, const char *key, int64_t n_pre, int64_t n_post, const double *value)
{
  rheo_table_add_copy (table, key, key, "", "pre post", RHEO_F64, (const int64_t[]){ n_pre, n_post }, value);
}

static void
join (RheoTable *table, const char *projection, const char *from, const char *to)
{
  g_autofree char *a = g_strconcat (projection, ".from", NULL), *b = g_strconcat (projection, ".to", NULL);

  rheo_table_set_note (table, a, from);
  rheo_table_set_note (table, b, to);
}

static void
add_classes (RheoTable *table, const char *population, int64_t n, const uint8_t *class, const char *names)
{
  g_autofree char *key = g_strconcat (population, ".class", NULL), *note = g_strconcat (population, ".classes", NULL);

  rheo_table_add_copy (table, key, key, "", "unit", RHEO_U8, &n, class);
  rheo_table_set_note (table, note, names);
}

/* --- degrees ----------------------------------------------------------------------------------------------------- */
/* Incoming 1 3 1 1, outgoing 3 0 1 2, in a network with another projection. */
static const double few[] = { 0, 1, 1, 1, 0, 0, 0, 0, 0, -2, 0, 0, 0.5, 1, 0, 0 };

static void
test_degrees (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  const double in[] = { 1, 1, 1, 1 };
  RheoRecord record = { .name = "a", .iteration = 3, .weights = weights };

  add_matrix (weights, "in.weight", 1, 4, in);
  add_matrix (weights, "rec.weight", 4, 4, few);
  join (weights, "in", "input", "hidden");
  join (weights, "rec", "hidden", "hidden");
  out = run ("degrees", &record, 1, "", NULL);
  g_assert_nonnull (out);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "part")), ==, 2);
  g_assert_cmpstr (get_text (out, "part", 0), ==, "rec");
  g_assert_cmpstr (get_text (out, "side", 0), ==, "Incoming");
  g_assert_cmpstr (get_text (out, "side", 1), ==, "Outgoing");
  /* Incoming 1 3 1 1: mean 1.5, squares 3 * 0.25 + 2.25. */
  g_assert_cmpfloat (get (out, "units", 0), ==, 4);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 0), 1.5, 1e-14);
  g_assert_cmpfloat_with_epsilon (get (out, "sigma", 0), sqrt (0.75), 1e-14);
  /* Outgoing 3 0 1 2. */
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 1), 1.5, 1e-14);
  g_assert_cmpfloat_with_epsilon (get (out, "sigma", 1), sqrt (1.25), 1e-14);
  g_assert_cmpfloat (get (out, "lowest", 1), ==, 0);
  g_assert_cmpfloat (get (out, "highest", 1), ==, 3);
  /* Bins around 1, 2 and 3. */
  g_assert_cmpfloat (get_at (out, "from", 0, 0), ==, 0.5);
  g_assert_cmpfloat (get_at (out, "to", 0, 2), ==, 3.5);
  g_assert_cmpfloat (get_at (out, "height", 0, 0), ==, 0.75);
  g_assert_cmpfloat (get_at (out, "height", 0, 1), ==, 0);
  g_assert_true (isnan (get_at (out, "height", 0, 3)));
  g_assert_cmpfloat (get_at (out, "height", 1, 0), ==, 0.25);
  /* The curve is the normal distribution of that mean and standard deviation, and never left of -0.5. */
  g_assert_cmpfloat (get_at (out, "fit-place", 1, 0), ==, -0.5);
  g_assert_cmpfloat_with_epsilon (get_at (out, "fit", 1, 0), exp (-0.5 * 4 / 1.25) / sqrt (2 * G_PI * 1.25), 1e-14);

  g_clear_pointer (&out, rheo_table_unref);
  out = run ("degrees", &record, 1, "projection=in bins=1", NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat (get (out, "mu", 0), ==, 1);
  g_assert_cmpfloat (get (out, "sigma", 0), ==, 0);
  g_assert_true (isnan (get_at (out, "fit", 0, 0)));
  g_assert_cmpfloat_with_epsilon (integrate (out, "", 0), 1, 1e-14);
}

/* The same as lists with two free places, one of them in the middle; unit 2 of the population has no synapse of its own. */
static void
test_degrees_of_lists (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  g_autoptr (GError) error = NULL;
  const double weight[] = { 1, 0, 1, -2, 0.5, 0 };
  const int64_t first[] = { 0, 3, 3, 4, 6 }, n = 6, n_first = 5;
  const int32_t target[] = { 1, 3, 2, 1, 0, 0 };
  RheoRecord record = { .name = "a", .weights = weights };
  int64_t *starts;

  rheo_table_add_copy (weights, "rec.weight", "", "", "synapse", RHEO_F64, &n, weight);
  join (weights, "rec", "rec", "rec");
  g_assert_null (run ("degrees", &record, 1, "", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_clear_error (&error);

  starts = rheo_table_add_copy (weights, "rec.first", "", "", "pre", RHEO_I64, &n_first, first)->data;
  rheo_table_add_copy (weights, "rec.target", "", "", "synapse", RHEO_I32, &n, target);
  out = run ("degrees", &record, 1, "", NULL);
  g_assert_nonnull (out);
  /* Incoming 1 2 1 0 of four units, outgoing 2 0 1 1. */
  g_assert_cmpfloat (get (out, "units", 0), ==, 4);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 0), 1, 1e-14);
  g_assert_cmpfloat_with_epsilon (get (out, "sigma", 0), sqrt (0.5), 1e-14);
  g_assert_cmpfloat (get (out, "lowest", 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (get (out, "sigma", 1), sqrt (0.5), 1e-14);
  g_clear_pointer (&out, rheo_table_unref);

  /* Of source 0 only the first place is taken: incoming 1 2 0 0. */
  rheo_table_add_copy (weights, "rec.count", "", "", "pre", RHEO_I32, (const int64_t[]){ 4 },
                       (const int32_t[]){ 1, 0, 1, 2 });
  out = run ("degrees", &record, 1, "", NULL);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 0), 0.75, 1e-14);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 1), 0.75, 1e-14);
  g_clear_pointer (&out, rheo_table_unref);

  starts[2] = 7;
  g_assert_null (run ("degrees", &record, 1, "", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "rec.first"));
}

static void
test_degrees_by_class (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), later = rheo_table_new (""), out = NULL;
  const uint8_t class[] = { 0, 0, 1, 1 };
  RheoRecord records[] = { { .name = "a", .weights = weights }, { .name = "a", .iteration = 9, .weights = later } };

  add_matrix (weights, "rec.weight", 4, 4, few);
  join (weights, "rec", "hidden", "hidden");
  add_classes (weights, "hidden", 4, class, "E I");
  add_matrix (later, "rec.weight", 4, 4, few);
  join (later, "rec", "hidden", "hidden");
  out = run ("degrees", records, 2, "", NULL);
  g_assert_nonnull (out);
  /* Two classes on both sides, then a record without classes. */
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "part")), ==, 6);
  g_assert_cmpstr (get_text (out, "class", 0), ==, "E");
  g_assert_cmpstr (get_text (out, "class", 3), ==, "I");
  g_assert_cmpstr (get_text (out, "class", 4), ==, "");
  g_assert_cmpfloat (get (out, "mu", 0), ==, 2);   /* 1 3 */
  g_assert_cmpfloat (get (out, "mu", 1), ==, 1);   /* 1 1 */
  g_assert_cmpfloat (get (out, "mu", 2), ==, 1.5); /* 3 0 */
  g_assert_cmpfloat (get (out, "mu", 3), ==, 1.5); /* 1 2 */
  g_assert_cmpfloat (get (out, "iteration", 5), ==, 9);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("degrees", records, 1, "by-class=false", NULL);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "part")), ==, 2);
}

/* --- weights ----------------------------------------------------------------------------------------------------- */
/* mu and sigma of the weights of an excitatory network after 5000 steps of self-organisation. */
static void
test_log_normal (void)
{
  enum
  {
    N = 60,
    M = N * N
  };
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL, counts = NULL;
  g_autofree double *w = g_new (double, M);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  RheoRecord record = { .name = "a", .weights = weights };
  const double mu = -2.454, sigma = 0.839;
  double sum = 0, squares = 0, cubes = 0, mean, sd, all = 0, plain = 0;
  int64_t n = 0;

  gsl_rng_set (rng, 7);
  for (int i = 0; i < M; i++)
    w[i] = gsl_ran_lognormal (rng, mu, sigma);
  gsl_rng_free (rng);
  add_matrix (weights, "rec.weight", N, N, w);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < M; i++)
      {
        const double x = log (w[i]);

        if (w[i] < 0.01)
          continue;
        if (pass == 0)
          {
            sum += x;
            plain += w[i];
            n++;
          }
        else
          {
            squares += (x - sum / n) * (x - sum / n);
            cubes += pow (x - sum / n, 3);
          }
      }
  mean = sum / n;
  sd = sqrt (squares / n);
  out = run ("weight-distribution", &record, 1, "", NULL);
  g_assert_nonnull (out);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, n);
  g_assert_cmpfloat (get (out, "weak", 0), ==, M - n);
  g_assert_cmpint (M - n, >, 0);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 0), mean, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "sigma", 0), sd, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "skewness", 0), cubes / n / pow (sd, 3), 1e-11);
  g_assert_cmpfloat_with_epsilon (get (out, "data-mean", 0), plain / n, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "mode", 0), exp (mean - sd * sd), 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "median", 0), exp (mean), 1e-12);
  g_assert_cmpfloat_with_epsilon (get (out, "mean", 0), exp (mean + sd * sd / 2), 1e-12);
  /* Four standard errors of what was drawn from, and the 5 % point of the distance. */
  g_assert_cmpfloat_with_epsilon (mean, mu, 4 * sigma / sqrt (M));
  g_assert_cmpfloat_with_epsilon (sd, sigma, 4 * sigma / sqrt (2.0 * M));
  g_assert_cmpfloat (get (out, "distance", 0), <, 1.36 / sqrt (n));
  /* Both histograms are densities, and the curve is highest at the mode. */
  g_assert_cmpfloat_with_epsilon (integrate (out, "", 0), 1, 1e-10);
  g_assert_cmpfloat_with_epsilon (integrate (out, "log-", 0), 1, 1e-10);
  for (int64_t i = 0; i < rheo_table_find (out, "fit")->dims[1]; i++)
    {
      const double x = get (out, "fit-place", i), f = get (out, "fit", i);

      g_assert_cmpfloat_with_epsilon (f, exp (-pow (log (x) - mean, 2) / (2 * sd * sd)) / (x * sd * sqrt (2 * G_PI)),
                                      1e-9);
      g_assert_cmpfloat (get (out, "log-fit", i), ==, f);
      all = MAX (all, f);
    }
  g_assert_cmpfloat_with_epsilon (all, exp (-sd * sd / 2) / (exp (mean - sd * sd) * sd * sqrt (2 * G_PI)), 1e-3 * all);

  counts = run ("weight-distribution", &record, 1, "frequency=true bins=30", NULL);
  g_assert_cmpstr (rheo_table_find (counts, "height")->label, ==, "Frequency");
  g_assert_cmpint (rheo_table_find (counts, "height")->dims[1], ==, 30);
  all = 0;
  for (int i = 0; i < 30; i++)
    all += get (counts, "height", i);
  g_assert_cmpfloat (all, ==, n);
  g_assert_cmpfloat_with_epsilon (get (counts, "fit", 100),
                                  get (out, "fit", 100) * n * (get (counts, "to", 0) - get (counts, "from", 0)), 1e-9);
}

static void
test_weights_by_hand (void)
{
  g_autoptr (RheoTable) weights = rheo_table_new (""), out = NULL;
  const double w[] = { 1, -1, 0.005, -4, 0, G_E, NAN, 0, -0.001 };
  const uint8_t class[] = { 0, 1, 1 };
  RheoRecord record = { .name = "a", .weights = weights };

  add_matrix (weights, "rec.weight", 3, 3, w);
  join (weights, "rec", "rec", "rec");
  out = run ("weight-distribution", &record, 1, "", NULL);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 4);
  g_assert_cmpfloat (get (out, "weak", 0), ==, 2);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 0), (0 + 0 + log (4) + 1) / 4, 1e-14);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("weight-distribution", &record, 1, "sign=positive threshold=0.005", NULL);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 3);
  g_assert_cmpfloat (get (out, "weak", 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (get (out, "highest", 0), G_E, 1e-14);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("weight-distribution", &record, 1, "sign=negative", NULL);
  g_assert_cmpfloat_with_epsilon (get (out, "median", 0), 2, 1e-14);
  g_clear_pointer (&out, rheo_table_unref);

  /* By the class of the source; one weight alone has no curve, and where there is none there is nothing. */
  add_classes (weights, "rec", 3, class, "E I");
  out = run ("weight-distribution", &record, 1, "sign=positive", NULL);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 1);
  g_assert_cmpfloat (get (out, "sigma", 0), ==, 0);
  g_assert_true (isnan (get (out, "distance", 0)) && isnan (get_at (out, "fit", 0, 0)));
  g_assert_cmpfloat_with_epsilon (integrate (out, "", 0), 1, 1e-10);
  g_assert_cmpfloat_with_epsilon (integrate (out, "log-", 0), 1, 1e-10);
  g_assert_cmpfloat_with_epsilon (get (out, "mu", 1), 1, 1e-14);
  g_clear_pointer (&out, rheo_table_unref);
  out = run ("weight-distribution", &record, 1, "threshold=100", NULL);
  g_assert_cmpfloat (get (out, "synapses", 0), ==, 0);
  g_assert_true (isnan (get (out, "mu", 0)) && isnan (get_at (out, "height", 0, 0)));
}

/* --- intervals ---------------------------------------------------------------------------------------------------- */
/* Appends the spikes of a unit with count[k] intervals of k + 1 steps, n lengths. Gives the step after the last spike. */
static int64_t
write_train (uint8_t *spike, int64_t n_units, int n, const int *count)
{
  int64_t t = 0;

  spike[0] = 1;
  for (int k = 0; k < n; k++)
    for (int i = 0; i < count[k]; i++)
      {
        t += k + 1;
        spike[t * n_units] = 1;
      }
  return t + 1;
}

static RheoTable *
record_spikes (int64_t n_trials, int64_t n_time, int64_t n_units, uint8_t **spike)
{
  RheoTable *probe = rheo_table_new ("");
  const int64_t dims[] = { n_trials, n_time, n_units };

  *spike = rheo_table_add (probe, "rec.spikes", "", "", "trial time unit", RHEO_U8, dims)->data;
  return probe;
}

static void
test_intervals (void)
{
  static const int count[] = { 63, 31, 15, 7, 3, 1 };
  uint8_t *spike;
  g_autoptr (RheoTable) probe = record_spikes (1, 400, 2, &spike), out = NULL, one = NULL;
  RheoRecord record = { .name = "a", .iteration = 4, .probe = probe };
  double n = 0, sum = 0, squares = 0;

  for (int k = 0; k < 6; k++)
    {
      n += count[k];
      sum += count[k] * (k + 1.0);
      squares += count[k] * (k + 1.0) * (k + 1.0);
    }
  write_train (spike, 2, 6, count);
  /* The other unit: 5 5. */
  for (int t = 0; t <= 10; t += 5)
    spike[t * 2 + 1] = 1;
  one = run ("intervals", &record, 1, "unit=0", NULL);
  g_assert_nonnull (one);
  g_assert_cmpstr (get_text (one, "class", 0), ==, "Unit 0");
  g_assert_cmpfloat (get (one, "intervals", 0), ==, n);
  g_assert_cmpfloat_with_epsilon (get (one, "mean", 0), sum / n, 1e-13);
  g_assert_cmpfloat_with_epsilon (get (one, "cv", 0), sqrt (squares / n - sum * sum / n / n) / (sum / n), 1e-12);
  g_assert_cmpfloat_with_epsilon (get (one, "a", 0), 128, 1e-6);
  g_assert_cmpfloat_with_epsilon (get (one, "b", 0), G_LN2, 1e-8);
  g_assert_cmpfloat_with_epsilon (get (one, "c", 0), 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (get (one, "explained", 0), 1, 1e-12);
  g_assert_cmpstr (get_text (one, "note", 0), ==, "");
  g_assert_cmpint (rheo_table_find (one, "height")->dims[1], ==, 6);
  for (int k = 0; k < 6; k++)
    {
      g_assert_cmpfloat (get (one, "height", k), ==, count[k]);
      g_assert_cmpfloat (get (one, "at", k), ==, k + 1);
      g_assert_cmpfloat (get (one, "from", k), ==, k + 0.5);
    }
  g_assert_cmpfloat (get (one, "fit-place", 0), ==, 1);
  g_assert_cmpfloat_with_epsilon (get (one, "fit", 0), 63, 1e-6);

  out = run ("intervals", &record, 1, "", NULL);
  g_assert_cmpfloat (get (out, "intervals", 0), ==, n + 2);
  g_assert_cmpfloat (get (out, "height", 4), ==, 5);
  /* The other unit is regular. */
  g_assert_cmpfloat_with_epsilon (get (out, "unit-cv", 0), get (one, "cv", 0) / 2, 1e-12);
}

/* Steps beyond the end of a trial do not count, and no interval goes from one trial to the next; classes are apart. */
static void
test_intervals_of_trials (void)
{
  uint8_t *spike;
  g_autoptr (RheoTable) probe = record_spikes (2, 20, 2, &spike), out = NULL;
  const int32_t length[] = { 20, 8 };
  const int64_t two = 2;
  const uint8_t class[] = { 1, 0 };
  RheoRecord record = { .name = "a", .probe = probe };

  rheo_table_add_copy (probe, "task.length", "", "", "trial", RHEO_I32, &two, length);
  add_classes (probe, "rec", 2, class, "E I");
  /* Unit 0: 3 in the first trial, 5 in the second and one more too late; unit 1: none. */
  spike[2 * 2] = spike[5 * 2] = 1;
  spike[(20 + 1) * 2] = spike[(20 + 6) * 2] = spike[(20 + 9) * 2] = 1;
  spike[7 * 2 + 1] = 1;
  out = run ("intervals", &record, 1, "", NULL);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "part")), ==, 2);
  g_assert_cmpstr (get_text (out, "class", 0), ==, "E");
  g_assert_cmpfloat (get (out, "intervals", 0), ==, 0);
  g_assert_true (isnan (get (out, "mean", 0)) && isnan (get (out, "cv", 0)) && isnan (get (out, "a", 0)));
  g_assert_nonnull (strstr (get_text (out, "note", 0), "No intervals"));
  g_assert_cmpfloat (get (out, "intervals", 1), ==, 2);
  g_assert_cmpfloat (get (out, "mean", 1), ==, 4);
  g_assert_cmpfloat (get (out, "cv", 1), ==, 0.25);
  g_assert_nonnull (strstr (get_text (out, "note", 1), "fewer than 4 bins"));
}

/* What cannot be fitted is told in words. */
static void
test_no_fit (void)
{
  static const int constant[] = { 0, 0, 0, 6 }, alone[] = { 0, 1 }, rising[] = { 1, 2, 4, 8, 16, 32 };
  static const struct
  {
    int n;
    const int *count;
    const char *words;
  } cases[] = {
    { 0, NULL, "No intervals" },
    { 4, constant, "all intervals are alike" },
    { 2, alone, "all intervals are alike" },
    { 6, rising, "no exponential decay" },
  };

  for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
    for (int package = 0; package < 2; package++)
      {
        uint8_t *spike;
        g_autoptr (RheoTable) probe = record_spikes (1, 400, 1, &spike), out = NULL;
        RheoRecord record = { .name = "a", .probe = probe };
        const char *note;

        write_train (spike, 1, cases[k].n, cases[k].count);
        out = run ("intervals", &record, 1, package ? "style=package bins=6" : "", NULL);
        g_assert_nonnull (out);
        note = get_text (out, "note", 0);
        g_assert_true (isnan (get (out, "a", 0)) && isnan (get (out, "explained", 0)) && isnan (get (out, "fit", 0)));
        g_assert_cmpstr (note, !=, "");
        if (!package || k < 3)
          g_assert_nonnull (strstr (note, cases[k].words));
      }
}

/* Seven bins from 1 to 8, the last with its upper edge; the first, which would not fit, is left out. */
static void
test_package (void)
{
  static const int count[] = { 5, 32, 16, 8, 4, 2, 0, 1 };
  uint8_t *spike;
  g_autoptr (RheoTable) probe = record_spikes (1, 400, 1, &spike), out = NULL;
  g_autoptr (GError) error = NULL;
  RheoRecord record = { .name = "a", .probe = probe };

  write_train (spike, 1, 8, count);
  out = run ("intervals", &record, 1, "style=package bins=7", NULL);
  g_assert_cmpint (rheo_table_find (out, "height")->dims[1], ==, 6);
  g_assert_cmpfloat (get (out, "at", 0), ==, 2);
  g_assert_cmpfloat (get (out, "height", 0), ==, 32);
  g_assert_cmpfloat (get (out, "height", 5), ==, 1);
  g_assert_cmpfloat (get (out, "to", 5), ==, 8);
  g_assert_cmpfloat_with_epsilon (get (out, "a", 0), 128, 1e-5);
  g_assert_cmpfloat_with_epsilon (get (out, "b", 0), G_LN2, 1e-7);
  g_assert_cmpfloat_with_epsilon (get (out, "c", 0), 0, 1e-6);
  g_clear_pointer (&out, rheo_table_unref);
  /* From the second length on the counts decay without an offset, but for the last two. */
  out = run ("intervals", &record, 1, "fit-from=2", NULL);
  g_assert_cmpfloat (get (out, "height", 0), ==, 5);
  g_assert_cmpfloat (get (out, "fit-place", 0), ==, 2);
  g_assert_cmpfloat (get (out, "explained", 0), >, 0.998);
  g_assert_null (run ("intervals", &record, 1, "unit=1", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distributions/bins", test_bins);
  g_test_add_func ("/distributions/normal", test_normal);
  g_test_add_func ("/distributions/decay", test_decay);
  g_test_add_func ("/distributions/degrees", test_degrees);
  g_test_add_func ("/distributions/degrees-of-lists", test_degrees_of_lists);
  g_test_add_func ("/distributions/degrees-by-class", test_degrees_by_class);
  g_test_add_func ("/distributions/log-normal", test_log_normal);
  g_test_add_func ("/distributions/weights-by-hand", test_weights_by_hand);
  g_test_add_func ("/distributions/intervals", test_intervals);
  g_test_add_func ("/distributions/intervals-of-trials", test_intervals_of_trials);
  g_test_add_func ("/distributions/no-fit", test_no_fit);
  g_test_add_func ("/distributions/package", test_package);
  return g_test_run ();
}
