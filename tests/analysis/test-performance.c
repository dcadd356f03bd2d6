/* Performance of trained networks: functions and tables with known answers, and a small network that decides by context. */
#include "config.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/conditions.h"
#include "engine/field-trials.h"
#include "engine/linalg.h"
#include "engine/logistic.h"
#include "engine/population.h"
#include "engine/rng.h"
#include "engine/trainer.h"

/* --- logistic functions ------------------------------------------------------------------------------------------- */
enum
{
  N_LEVELS = 11,
};

static const double level[N_LEVELS] = { -0.8, -0.4, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.4, 0.8 };

static RheoLogistic
truth (double bias, double slope, double lapse_lo, double lapse_hi)
{
  return (RheoLogistic){ .value = { bias, slope, lapse_lo, lapse_hi } };
}

/* Numbers of choices that are what the function says exactly. */
static void
test_exact (void)
{
  static const RheoLogistic known[] = { { .value = { 0.4, 9, 0.03, 0.05 } }, { .value = { -1, -6, 0.02, 0.01 } } };

  for (guint k = 0; k < G_N_ELEMENTS (known); k++)
    {
      double trials[N_LEVELS], chosen[N_LEVELS];
      RheoLogistic fit;

      for (int i = 0; i < N_LEVELS; i++)
        {
          trials[i] = 1000;
          chosen[i] = 1000 * rheo_logistic_value (&known[k], level[i]);
        }
      g_assert_true (rheo_logistic_fit (N_LEVELS, level, trials, chosen, 0.1, &fit));
      for (int p = 0; p < RHEO_LOGISTIC_N; p++)
        {
          g_assert_cmpfloat_with_epsilon (fit.value[p], known[k].value[p], 1e-4 * (1 + fabs (known[k].value[p])));
          g_assert_cmpfloat (fit.lo[p], <, known[k].value[p]);
          g_assert_cmpfloat (fit.hi[p], >, known[k].value[p]);
        }
    }
}

/* Without lapses and bias the information about the slope is sum n p (1 - p) x^2, and nothing of it is shared with the bias
 * where the levels lie evenly about zero. */
static void
test_interval (void)
{
  const RheoLogistic known = truth (0, 5, 0, 0);
  double trials[N_LEVELS], chosen[N_LEVELS], information = 0;
  RheoLogistic fit;

  for (int i = 0; i < N_LEVELS; i++)
    {
      const double p = rheo_logistic_value (&known, level[i]);

      trials[i] = 500;
      chosen[i] = 500 * p;
      information += 500 * p * (1 - p) * level[i] * level[i];
    }
  g_assert_true (rheo_logistic_fit (N_LEVELS, level, trials, chosen, 0, &fit));
  g_assert_cmpfloat_with_epsilon (fit.value[RHEO_LOGISTIC_SLOPE], 5, 1e-5);
  g_assert_cmpfloat_with_epsilon (fit.hi[RHEO_LOGISTIC_SLOPE], 5 + 1.959964 / sqrt (information), 1e-4);
  g_assert_cmpfloat_with_epsilon (fit.lo[RHEO_LOGISTIC_SLOPE], 5 - 1.959964 / sqrt (information), 1e-4);
  /* A limit of zero leaves no lapse to be told. */
  g_assert_cmpfloat (fit.value[RHEO_LOGISTIC_LAPSE_LO], ==, 0);
  g_assert_true (isnan (fit.lo[RHEO_LOGISTIC_LAPSE_LO]));
}

/* How often the interval of the slope holds the true one, over draws of 31 trials for each of 11 levels of the other sense. */
static void
test_coverage (void)
{
  enum
  {
    N_DRAWS = 200,
    N_TRIALS = 341,
  };
  static const RheoLogistic known[] = { { .value = { 0.2, 8, 0.02, 0.03 } }, { .value = { 0, 0.5, 0, 0 } } };

  for (guint k = 0; k < G_N_ELEMENTS (known); k++)
    {
      const RheoRng rng = { .seed = 11, .item = k };
      int n_held = 0;

      for (int draw = 0; draw < N_DRAWS; draw++)
        {
          double trials[N_LEVELS], chosen[N_LEVELS] = { 0 };
          RheoLogistic fit;

          for (int i = 0; i < N_LEVELS; i++)
            {
              trials[i] = N_TRIALS;
              for (int t = 0; t < N_TRIALS; t++)
                chosen[i] += rheo_rng_uniform (rng, (uint32_t) draw, (uint32_t) (i * N_TRIALS + t))
                             < rheo_logistic_value (&known[k], level[i]);
            }
          g_assert_true (rheo_logistic_fit (N_LEVELS, level, trials, chosen, 0.1, &fit));
          n_held += fit.lo[RHEO_LOGISTIC_SLOPE] <= known[k].value[RHEO_LOGISTIC_SLOPE]
                    && fit.hi[RHEO_LOGISTIC_SLOPE] >= known[k].value[RHEO_LOGISTIC_SLOPE];
        }
      g_test_message ("slope %g: %d of %d intervals hold it", known[k].value[RHEO_LOGISTIC_SLOPE], n_held, N_DRAWS);
      g_assert_cmpfloat ((double) n_held / N_DRAWS, >=, 0.9);
      g_assert_cmpfloat ((double) n_held / N_DRAWS, <=, 0.99);
    }
}

/* Choices without exception: any steep slope fits, so nothing bounds it. */
static void
test_steps (void)
{
  double trials[N_LEVELS], chosen[N_LEVELS];
  const double one = 0.5, ten = 10, three = 3;
  RheoLogistic fit;

  for (int i = 0; i < N_LEVELS; i++)
    {
      trials[i] = 31;
      chosen[i] = level[i] > 0 ? 31 : level[i] < 0 ? 0 : 15.5;
    }
  g_assert_true (rheo_logistic_fit (N_LEVELS, level, trials, chosen, 0.1, &fit));
  g_assert_cmpfloat (fit.value[RHEO_LOGISTIC_SLOPE], >, 50);
  g_assert_cmpfloat_with_epsilon (rheo_logistic_value (&fit, 0.05), 1, 0.01);
  g_assert_true (isnan (fit.hi[RHEO_LOGISTIC_SLOPE]));
  /* Below the lower end 2 x 31 choices at 0.05 alone would be 1.92 less likely: 31 * 2 log (1 + e^-b/20) = 1.92. */
  g_assert_cmpfloat_with_epsilon (fit.lo[RHEO_LOGISTIC_SLOPE], -20 * log (exp (1.9207 / 62) - 1), 2);
  g_assert_false (rheo_logistic_fit (1, &one, &ten, &three, 0.1, &fit));
}

/* Wilson 1927; 3 of 10: 0.1078 to 0.6032. */
static void
test_share (void)
{
  double lo, hi;

  rheo_share_interval (10, 3, &lo, &hi);
  g_assert_cmpfloat_with_epsilon (lo, 0.10779, 1e-4);
  g_assert_cmpfloat_with_epsilon (hi, 0.60322, 1e-4);
  rheo_share_interval (31, 0, &lo, &hi);
  g_assert_cmpfloat (lo, ==, 0);
  g_assert_cmpfloat (hi, >, 0.1);
}

/* --- populations -------------------------------------------------------------------------------------------------- */
static double
normal (uint32_t item, uint32_t index)
{
  return rheo_rng_normal ((RheoRng){ .seed = 8, .item = item }, 0, index);
}

static void
test_dimension (void)
{
  enum
  {
    N = 6,
  };
  double unit[N * N] = { 0 }, one[N * N], two[N * N], turned[N * N], turn[N * N], half[N * N], work[66 * N];
  const double none[4] = { 0 };

  for (int i = 0; i < N; i++)
    {
      unit[i * N + i] = 3;
      for (int j = 0; j < N; j++)
        {
          const double a = i + 1, b = j + 1;

          one[i * N + j] = a * b;
          two[i * N + j] = i != j ? 0 : i < 2 ? 4 : i == 2 ? 2 : 0;
          turn[i * N + j] = normal (1, (uint32_t) (i * N + j));
        }
    }
  g_assert_cmpfloat_with_epsilon (rheo_participation_ratio (N, unit), N, 1e-12);
  g_assert_cmpfloat_with_epsilon (rheo_participation_ratio (N, one), 1, 1e-12);
  /* (4 + 4 + 2)^2 / (16 + 16 + 4), whatever way the directions point. */
  g_assert_cmpfloat_with_epsilon (rheo_participation_ratio (N, two), 100.0 / 36, 1e-12);
  rheo_orthonormal (N, N, turn, work);
  rheo_multiply (false, false, N, N, N, 1, turn, two, 0, half);
  rheo_multiply (false, true, N, N, N, 1, half, turn, 0, turned);
  g_assert_cmpfloat_with_epsilon (rheo_participation_ratio (N, turned), 100.0 / 36, 1e-9);
  g_assert_true (isnan (rheo_participation_ratio (2, none)));
}

/* Standard deviation 2 and amounts 1, 1, 3, 3, 5; of five numbers the 0.9 quantile lies at place 3.6. */
static void
test_participation (void)
{
  float value[] = { -3, 1, 5, -1, 3 }, still[] = { 0, 0, 0 };

  g_assert_cmpfloat_with_epsilon (rheo_participation (5, value), sqrt (8) + 0.4 * 3 + 0.6 * 5, 1e-6);
  g_assert_cmpfloat (rheo_participation (3, still), ==, 0);
}

/* Two clouds of 12 and 28 points in ten dimensions, ten standard deviations apart. */
static void
test_clusters (void)
{
  enum
  {
    N = 40,
    N_DIMS = 10,
  };
  double point[N * N_DIMS];
  int cluster[N], other[N];
  const RheoRng rng = { .seed = 1, .stream = RHEO_STREAM_ANALYSIS };

  for (int i = 0; i < N; i++)
    for (int d = 0; d < N_DIMS; d++)
      point[i * N_DIMS + d] = normal (2, (uint32_t) (i * N_DIMS + d)) + (i % 10 < 3 && d < 2 ? 7 : 0);
  rheo_cluster (N, N_DIMS, point, 2, 10, rng, cluster);
  for (int i = 0; i < N; i++)
    g_assert_cmpint (cluster[i], ==, i % 10 < 3);
  g_assert_cmpfloat (rheo_silhouette (N, N_DIMS, point, cluster), >, 0.4);
  for (int i = 0; i < N; i++)
    other[i] = i % 2;
  g_assert_cmpfloat (rheo_silhouette (N, N_DIMS, point, other), <, 0.1);
  /* As many clusters as points: each is alone. */
  g_assert_cmpfloat (rheo_cluster (5, N_DIMS, point, 5, 3, rng, cluster), ==, 0);
  /* Points that are all the same make no more than one. */
  memset (point, 0, sizeof point);
  g_assert_cmpfloat (rheo_cluster (N, N_DIMS, point, 3, 2, rng, cluster), ==, 0);
  g_assert_true (isnan (rheo_silhouette (N, N_DIMS, point, cluster)));
}

static void
test_conditions (void)
{
  static const RheoSeries series[] = { { .key = "context", .label = "Context" },
                                       { .key = "angle", .label = "Angle" },
                                       { .key = "side", .label = "Side" },
                                       { NULL } };
  const RheoTask task = { .conditions = series }, bare = { .conditions = NULL };
  const RheoSeries *all = rheo_conditions_get (&task, NULL), *empty = rheo_conditions_get (&bare, NULL);
  double condition[120 * 3];
  int group[120], count[8] = { 0 };
  g_autoptr (RheoTable) few = rheo_table_new (""), ranges = rheo_table_new (""), none = rheo_table_new ("");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 120; i++)
    {
      condition[3 * i] = i % 2;
      condition[3 * i + 1] = (i * 7) % 120;
      condition[3 * i + 2] = i % 3 - 1;
    }
  g_assert_cmpint (rheo_conditions_add_groups (all, 120, condition, "", few, group, &error), ==, 6);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (few, "group"), 1), ==, "Context 0, Side 0");
  for (int i = 0; i < 120; i++)
    g_assert_cmpint (group[i], ==, i % 2 * 3 + i % 3);
  g_assert_cmpint (rheo_conditions_add_groups (all, 120, condition, "angle", ranges, group, &error), ==, 8);
  for (int i = 0; i < 120; i++)
    {
      g_assert_cmpint (group[i], ==, (i * 7) % 120 / 15);
      count[group[i]]++;
    }
  for (int k = 0; k < 8; k++)
    g_assert_cmpint (count[k], ==, 15);
  g_assert_cmpint (rheo_conditions_add_groups (empty, 120, condition, "", none, group, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_conditions_add_groups (all, 120, condition, "colour", none, group, &error), ==, -1);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* --- a trained network -------------------------------------------------------------------------------------------- */
/* Learns a short form of the task in about two seconds; once for all tests. */
typedef struct
{
  RheoExperiment *experiment;
  RheoTable *weights;
} Trained;

static const Trained *
trained (void)
{
  static const char *const settings[] = { "run.budget=160",
                                          "task.n-steps=90",
                                          "task.cue-off=90",
                                          "task.stimulus-on=20",
                                          "task.stimulus-off=90",
                                          "task.decision-on=50",
                                          "task.decision-off=90",
                                          "task.coherences=0.4 0.8",
                                          "task.mask=0:20 55:90",
                                          "model.units=40",
                                          "model.tau=5",
                                          "run.batch=50",
                                          "run.threads=1",
                                          "run.validate=0",
                                          NULL };
  static Trained one;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoStop stop = RHEO_STOP_NONE;

  if (one.experiment != NULL)
    return &one;
  one.experiment = rheo_experiment_load ("cddm-short", &error);
  g_assert_no_error (error);
  rheo_experiment_set_all (one.experiment, settings, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (one.experiment, &error);
  g_assert_no_error (error);
  while (stop == RHEO_STOP_NONE)
    g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &stop, NULL));
  one.weights = rheo_trainer_dup_checkpoint (trainer);
  return &one;
}

static RheoTable *
analyse_from (const char *id, const char *const *settings, const RheoTable *previous, const atomic_bool *cancelled,
              GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoTable) out = rheo_table_new (analysis->base.title);
  const RheoRecord record = { .experiment = trained ()->experiment, .name = "a", .weights = trained ()->weights };

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; settings != NULL && settings[i] != NULL; i += 2)
    {
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, settings[i], id, &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, settings[i + 1], settings[i], NULL));
    }
  return analysis->run (config, &record, 1, previous, out, NULL, NULL, cancelled, error) ? g_steal_pointer (&out)
                                                                                         : NULL;
}

static RheoTable *
analyse (const char *id, const char *const *settings, const atomic_bool *cancelled, GError **error)
{
  return analyse_from (id, settings, NULL, cancelled, error);
}

static double
get (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint (i, <, rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

/* Curves are motion and colour where motion counts, then where colour does. What counts decides, the other does not. */
static void
test_psychometric (void)
{
  static const char *const noisy[] = { "noise", "3", "repeats", "20", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("psychometric", noisy, NULL, &error), again = NULL, quiet = NULL;
  static const char *const without[] = { "noise", "0", "repeats", "1", NULL };
  double sum = 0;

  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "ratio-motion", 0), >, 3);
  g_assert_cmpfloat (get (table, "ratio-colour", 0), >, 3);
  for (int curve = 0; curve < 4; curve++)
    {
      const double lo = get (table, "slope-lo", curve), hi = get (table, "slope-hi", curve);

      g_assert_cmpfloat (get (table, "slope", curve), >=, lo);
      g_assert_false (isnan (lo));
      if (curve == 0 || curve == 3)
        g_assert_cmpfloat (lo, >, 1);
      else
        g_assert_cmpfloat (hi - lo, <, 2);
      for (int i = 0; i < 5; i++)
        {
          const double share = get (table, "share", 5 * curve + i);

          g_assert_cmpfloat (share, >=, get (table, "share-lo", 5 * curve + i));
          g_assert_cmpfloat (share, <=, get (table, "share-hi", 5 * curve + i));
        }
    }
  /* The curve over motion is the mean of the map over colour. */
  for (int colour = 0; colour < 5; colour++)
    sum += get (table, "right", 5 * colour + 4) / 5;
  g_assert_cmpfloat_with_epsilon (get (table, "share", 4), sum, 1e-12);
  /* Columns of the map go with motion where that counts, rows with colour where that does. */
  g_assert_cmpfloat (get (table, "right", 2 * 5 + 0), <, 0.2);
  g_assert_cmpfloat (get (table, "right", 2 * 5 + 4), >, 0.8);
  g_assert_cmpfloat (get (table, "right", 25 + 0 * 5 + 2), <, 0.2);
  g_assert_cmpfloat (get (table, "right", 25 + 4 * 5 + 2), >, 0.8);
  again = analyse ("psychometric", noisy, NULL, &error);
  for (int i = 0; i < 50; i++)
    g_assert_cmpfloat (get (again, "right", i), ==, get (table, "right", i));
  quiet = analyse ("psychometric", without, NULL, &error);
  g_assert_cmpfloat (get (quiet, "correct", 0), ==, 1);
  g_assert_cmpfloat (get (quiet, "error", 0), <, get (table, "error", 0));
}

/* A list can say beforehand where it can be run. */
static void
test_psychometric_fits (void)
{
  static const char *const names[] = { "cddm-short", "robot-trajectory", "flip-flop-3bit" };
  const RheoComponent *analysis = rheo_component_find (RHEO_KIND_ANALYSIS, "psychometric", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (names[i], &error);

      g_assert_no_error (error);
      g_assert_cmpint (rheo_analysis_fits ((const RheoAnalysis *) analysis, experiment, &error), ==, i == 0);
      g_assert_true (i == 0 || strstr (error->message, "context") != NULL);
    }
}

/* What is shown belongs together: the target is that of the condition, the network does what it should, and what does not
 * count is missing. */
static void
test_trials (void)
{
  static const char *const few[] = { "trials", "5", "noise", "0", "seed", "3", NULL };
  static const char *const many[] = { "trials", "64", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("trials", few, NULL, &error), again = NULL, all = NULL;
  gboolean seen[50] = { FALSE };

  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "r2", 0), >, 0.95);
  g_assert_cmpfloat (get (table, "r2-noisy", 0), <, get (table, "r2", 0));
  g_assert_cmpfloat (get (table, "error-noisy", 0), >, get (table, "error", 0));
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "out"), 1), ==, "left");
  g_assert_cmpint (rheo_table_find (table, "output")->dims[0], ==, 5);
  for (int i = 0; i < 5; i++)
    {
      const int which = (int) get (table, "trial", i), context = which / 25, relevant = which / 5 % 5;

      g_assert_cmpfloat (get (table, "length", i), ==, 90);
      g_assert_cmpfloat (get (table, "input", (90 * i + 30) * 6 + context), ==, 1);
      g_assert_cmpfloat (get (table, "input", (90 * i + 30) * 6 + 1 - context), ==, 0);
      g_assert_true (isnan (get (table, "target", (90 * i + 40) * 2)));
      for (int k = 0; k < 2; k++)
        {
          const double target = k == 0 ? relevant > 2 : relevant < 2;

          g_assert_cmpfloat (get (table, "target", (90 * i + 80) * 2 + k), ==, target);
          if (relevant != 2)
            g_assert_cmpfloat_with_epsilon (get (table, "output", (90 * i + 85) * 2 + k), target, 0.35);
        }
      g_assert_true (isnan (get (table, "trial-r2", i)) == (relevant == 2));
    }
  again = analyse ("trials", few, NULL, &error);
  for (int i = 0; i < 5 * 90 * 2; i++)
    g_assert_cmpfloat (get (again, "output", i), ==, get (table, "output", i));
  /* There are no more than the set has, and each comes once. */
  all = analyse ("trials", many, NULL, &error);
  g_assert_cmpint (rheo_table_find (all, "trial")->dims[0], ==, 50);
  for (int i = 0; i < 50; i++)
    {
      const int which = (int) get (all, "trial", i);

      g_assert_false (seen[which]);
      seen[which] = TRUE;
    }
}

/* Paths along what the outputs read are the outputs, and a trial ends where its path does. */
static void
test_paths (void)
{
  static const char *const settings[] = { "trials",          "1",         "paths",           "10", "by", "context",
                                          "axes.directions", "out1 out2", "axes.orthogonal", "no", NULL };
  static const char *const none[] = { "trials", "1", "paths", "0", NULL };
  static const char *const wrong[] = { "trials", "1", "axes.directions", "out3", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("trials", settings, NULL, &error), other = NULL;
  g_autoptr (RheoField) field = rheo_field_new (trained ()->experiment, trained ()->weights, &error);
  g_autoptr (RheoFieldTrials) trials = rheo_field_trials_new_spread (trained ()->experiment, field, 10, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_find (table, "path")->dims[0], ==, 10);
  for (int k = 0; k < 10; k++)
    {
      for (int i = 0; i < 90 * 2; i++)
        g_assert_cmpfloat_with_epsilon (get (table, "path", k * 180 + i), trials->output[k * 180 + i], 1e-12);
      for (int d = 0; d < 2; d++)
        g_assert_cmpfloat (get (table, "place", 2 * k + d), ==, get (table, "path", (k * 90 + 89) * 2 + d));
      g_assert_cmpfloat (get (table, "condition", k), ==, trials->condition[k * trials->n_conditions]);
      g_assert_cmpfloat (get (table, "path-condition", k), ==, get (table, "condition", k));
    }
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "axis-name"), 1), ==, "Output 2");
  other = analyse ("trials", none, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_table_find (other, "path"));
  g_assert_null (analyse ("trials", wrong, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* Units stand in the order of their clusters, and everything else in that of the units. */
static void
test_responses (void)
{
  static const char *const settings[] = { "clusters", "5", "clusters-inhibitory", "2", "by", "context choice", NULL };
  static const char *const by_weights[] = { "sort", "weights", "noise", "1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("responses", settings, NULL, &error), other = NULL;
  const RheoColumn *rec = rheo_table_find (trained ()->weights, "rec.weight");
  const RheoColumn *response;
  double output = 0;
  gboolean seen[40] = { FALSE };

  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_find (table, "cluster")->dims[0], ==, 7);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "cluster"), 5), ==, "I1");
  g_assert_cmpint (rheo_table_find (table, "group")->dims[0], ==, 6);
  for (int i = 0; i < 40; i++)
    {
      const int unit = (int) get (table, "unit", i);

      g_assert_false (seen[unit]);
      seen[unit] = TRUE;
      g_assert_cmpfloat (get (table, "class", i), ==, unit >= 32);
      g_assert_true (i == 0 || get (table, "unit-cluster", i) >= get (table, "unit-cluster", i - 1));
      for (int j = 0; j < 40; j++)
        {
          const double c = get (table, "correlation", 40 * i + j);

          g_assert_cmpfloat (get (table, "weight-rec", 40 * i + j), ==,
                             rheo_column_get_number (rec, (int64_t) get (table, "unit", j) * 40 + unit));
          g_assert_true (isnan (c) || (fabs (c) <= 1 && c == get (table, "correlation", 40 * j + i)));
          g_assert_true (i != j || isnan (c) || fabs (c - 1) < 1e-9);
        }
    }
  g_assert_cmpfloat (get (table, "participation-ratio", 0), >, 1);
  g_assert_cmpfloat (get (table, "participation-ratio", 0), <, 12);
  for (int k = 1; k < 10; k++)
    g_assert_cmpfloat (get (table, "explained", k), <=, get (table, "explained", k - 1));
  /* The read-out of the mean response to evidence for the right, where motion counts, is about 1 for the right. */
  response = rheo_table_find (table, "response");
  g_assert_cmpint (response->dims[1], ==, 40);
  g_assert_cmpint (response->dims[2], ==, 90);
  for (int i = 0; i < 40; i++)
    output += get (table, "weight-out", i) * rheo_column_get_number (response, ((int64_t) 2 * 40 + i) * 90 + 85);
  g_assert_cmpfloat_with_epsilon (output, 1, 0.15);
  other = analyse ("responses", by_weights, NULL, &error);
  g_assert_no_error (error);
  for (int i = 1; i < 40; i++)
    g_assert_true (get (other, "class", i) > get (other, "class", i - 1)
                   || get (other, "preferred-input", i) >= get (other, "preferred-input", i - 1));
}

/* The same network as a field in double, changed by hand, does what the interventions do. */
static void
check_cause (const char *const *settings, const RheoField *field, const double *start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("causes", settings, NULL, &error);
  g_autoptr (RheoFieldTrials) trials = NULL;
  g_autofree double *x = g_new (double, field->n), *f = g_new (double, field->n);
  g_autofree double *work = g_new (double, RHEO_FIELD_WORK (field, 1));
  double out[2];

  g_assert_no_error (error);
  trials = rheo_field_trials_new (trained ()->experiment, field, 50, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_find (table, "trial")->dims[0], ==, 6);
  g_assert_cmpfloat (get (table, "trial", 5), ==, 41);
  for (int k = 0; k < 6; k++)
    for (int t = 0; t < 90; t++)
      {
        const double *u = trials->input + ((int) get (table, "trial", k) * 90 + t) * field->n_in;

        for (int i = 0; i < field->n && t == 0; i++)
          x[i] = start != NULL ? start[i] : field->law.initial;
        rheo_field_output (field, x, out);
        for (int o = 0; o < 2; o++)
          g_assert_cmpfloat_with_epsilon (get (table, "output", (k * 90 + t) * 2 + o), out[o], 2e-4);
        rheo_field_eval (field, 1, x, u, 0, f, NULL, work);
        for (int i = 0; i < field->n; i++)
          x[i] += field->law.alpha * f[i];
      }
}

static RheoField *
field_now (void)
{
  g_autoptr (GError) error = NULL;
  RheoField *field = rheo_field_new (trained ()->experiment, trained ()->weights, &error);

  g_assert_no_error (error);
  return field;
}

/* Nobody sees a unit that is silenced. */
static void
silence (RheoField *field, int unit)
{
  for (int i = 0; i < field->n; i++)
    field->w[i * field->n + unit] = 0;
  for (int o = 0; o < field->n_out; o++)
    field->w_out[o * field->n + unit] = 0;
}

static void
test_causes (void)
{
  static const char *const silenced[] = { "units", "3 30-31 I", "network-noise", "0", NULL };
  static const char *const pushed[] = { "action", "push", "units", "5 6", "value", "0.3", "network-noise", "0", NULL };
  g_autoptr (RheoField) lesion = field_now (), push = field_now (), along = field_now (), same = field_now ();
  g_autoptr (GString) vector = g_string_new ("3 4");
  const char *mode[] = { "action", "push", "along", NULL, "value", "0.5", "network-noise", "0", NULL };
  const char *state[] = { "action", "nothing", "start", NULL, "network-noise", "0", NULL };
  g_autoptr (GString) start = g_string_new (NULL);
  double x[40];

  silence (lesion, 3);
  for (int i = 30; i < 40; i++)
    silence (lesion, i);
  check_cause (silenced, lesion, NULL);
  push->bias[5] += 0.3;
  push->bias[6] += 0.3;
  check_cause (pushed, push, NULL);
  /* A vector counts by its direction: 0.5 (3, 4) / 5. */
  for (int i = 2; i < 40; i++)
    g_string_append (vector, " 0");
  mode[3] = vector->str;
  along->bias[0] += 0.3;
  along->bias[1] += 0.4;
  check_cause (mode, along, NULL);
  for (int i = 0; i < 40; i++)
    {
      x[i] = 0.05 * (i % 7);
      g_string_append_printf (start, "%s%.2f", i > 0 ? " " : "", x[i]);
    }
  state[3] = start->str;
  check_cause (state, same, x);
}

/* A start alone is told apart from trials that begin as they always do; with a push, both begin there. Paths lie along the
 * directions of the points that one comes from. */
static void
test_causes_start (void)
{
  const int64_t dims[] = { 2, 40 };
  g_autoptr (RheoTable) points = rheo_table_new ("points");
  double *direction = rheo_table_add (points, "direction", "", "", "direction unit", RHEO_F64, dims)->data;
  const char *start[] = { "action", "nothing", "start", NULL, "network-noise", "0", "trials", "20", NULL };
  const char *push[] = { "action", "push",          "value", "0.2",    "start", NULL, "to-step",
                         "5",      "network-noise", "0",     "trials", "20",    NULL };
  g_autoptr (GString) state = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) from = NULL, pushed = NULL, plain = NULL;
  g_autoptr (RheoField) field = field_now ();

  for (int i = 0; i < 40; i++)
    {
      direction[i] = i == 7;
      direction[40 + i] = 1 + i;
    }
  for (int i = 0; i < 40; i++)
    g_string_append_printf (state, "%s%.2f", i > 0 ? " " : "", 0.05 * (i % 7) + 0.1);
  start[3] = push[5] = state->str;
  from = analyse_from ("causes", start, points, NULL, &error);
  g_assert_no_error (error);
  pushed = analyse_from ("causes", push, points, NULL, &error);
  g_assert_no_error (error);
  plain = analyse ("causes", (const char *const[]){ "action", "nothing", "network-noise", "0", "trials", "20", NULL },
                   NULL, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_table_find (plain, "path"));
  g_assert_cmpfloat (get (from, "r2-before", 0), ==, get (plain, "r2-before", 0));
  g_assert_cmpfloat (get (from, "r2-after", 0), !=, get (from, "r2-before", 0));
  g_assert_cmpfloat (get (pushed, "r2-before", 0), ==, get (from, "r2-after", 0));
  g_assert_false (field->law.is_current);
  g_assert_cmpint (rheo_table_find (from, "path")->dims[2], ==, 2);
  for (int t = 0; t < 90; t++)
    g_assert_cmpfloat (get (pushed, "path-before", 2 * t), ==, get (from, "path", 2 * t));
  g_assert_cmpfloat (get (from, "path", 0), !=, get (from, "path-before", 0));
  g_assert_cmpfloat (get (pushed, "path", 21), !=, get (pushed, "path-before", 21));
}

/* Inputs that a task gives, without its network: zero first, then those that last longest, each once. */
static void
test_inputs (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoFieldTrials) trials = rheo_field_trials_new_unrun (trained ()->experiment, 50, &error);
  int n = 0, few = 0, last = G_MAXINT;
  g_autofree double *inputs = NULL, *short_list = NULL;

  g_assert_no_error (error);
  inputs = rheo_field_trials_dup_inputs (trials, 1000, &n);
  short_list = rheo_field_trials_dup_inputs (trials, 3, &few);
  g_assert_cmpint (n, >, 3);
  g_assert_cmpint (few, ==, 3);
  g_assert_cmpmem (short_list, sizeof (double) * 3 * (gsize) trials->n_in, inputs,
                   sizeof (double) * 3 * (gsize) trials->n_in);
  for (int j = 0; j < trials->n_in; j++)
    g_assert_cmpfloat (inputs[j], ==, 0);
  for (int i = 0; i < n; i++)
    {
      const gsize size = sizeof (double) * (gsize) trials->n_in;
      int steps = 0;

      for (int k = 0; k < i; k++)
        g_assert_cmpint (memcmp (inputs + k * trials->n_in, inputs + i * trials->n_in, size), !=, 0);
      for (int k = 0; k < trials->n_trials; k++)
        for (int t = 0; t < trials->length[k]; t++)
          steps +=
              memcmp (trials->input + (k * trials->n_steps + t) * trials->n_in, inputs + i * trials->n_in, size) == 0;
      if (i > 0)
        {
          g_assert_cmpint (steps, >, 0);
          g_assert_cmpint (steps, <=, last);
          last = steps;
        }
    }
}

/* Before and after differ by what is done alone: without anything they are the same, noise and all. */
static void
test_causes_score (void)
{
  static const char *const nothing[] = { "action", "nothing", "trials", "50", NULL };
  static const char *const late[] = { "units", "I", "from-step", "80", "trials", "50", NULL };
  static const char *const early[] = { "units", "I", "to-step", "1", NULL };
  static const char *const wrong[] = { "units", "40", NULL }, *const short_start[] = { "start", "1 2", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) none = analyse ("causes", nothing, NULL, &error), end = analyse ("causes", late, NULL, &error);
  g_autoptr (RheoTable) begin = analyse ("causes", early, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (get (none, "r2-after", 0), ==, get (none, "r2-before", 0));
  g_assert_cmpfloat (get (none, "change", 0), ==, 0);
  g_assert_cmpfloat (get (none, "r2-before", 0), >, 0.85);
  g_assert_cmpint (rheo_table_find (none, "trial-before")->dims[0], ==, 50);
  g_assert_cmpfloat (get (end, "r2-after", 0), <, get (end, "r2-before", 0) - 0.1);
  g_assert_cmpfloat (get (end, "change-lo", 0), >, 0);
  g_assert_cmpfloat (get (end, "change-hi", 0), >, get (end, "change", 0));
  for (int t = 0; t < 80; t++)
    g_assert_cmpfloat (get (end, "output", 2 * t), ==, get (end, "before", 2 * t));
  g_assert_cmpfloat (get (begin, "r2-after", 0), >, 0.85);
  g_assert_null (analyse ("causes", wrong, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (analyse ("causes", short_start, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

static void
test_cancelled (void)
{
  const atomic_bool cancelled = true;
  g_autoptr (GError) error = NULL;

  static const char *const ids[] = { "psychometric", "responses", "trials", "causes" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_assert_null (analyse (ids[i], NULL, &cancelled, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
      g_clear_error (&error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/performance/logistic/exact", test_exact);
  g_test_add_func ("/performance/logistic/interval", test_interval);
  g_test_add_func ("/performance/logistic/coverage", test_coverage);
  g_test_add_func ("/performance/logistic/steps", test_steps);
  g_test_add_func ("/performance/logistic/share", test_share);
  g_test_add_func ("/performance/dimension", test_dimension);
  g_test_add_func ("/performance/participation", test_participation);
  g_test_add_func ("/performance/clusters", test_clusters);
  g_test_add_func ("/performance/conditions", test_conditions);
  g_test_add_func ("/performance/responses", test_responses);
  g_test_add_func ("/performance/psychometric", test_psychometric);
  g_test_add_func ("/performance/psychometric-fits", test_psychometric_fits);
  g_test_add_func ("/performance/trials", test_trials);
  g_test_add_func ("/performance/paths", test_paths);
  g_test_add_func ("/performance/causes", test_causes);
  g_test_add_func ("/performance/inputs", test_inputs);
  g_test_add_func ("/performance/causes-start", test_causes_start);
  g_test_add_func ("/performance/causes-score", test_causes_score);
  g_test_add_func ("/performance/cancelled", test_cancelled);
  return g_test_run ();
}
