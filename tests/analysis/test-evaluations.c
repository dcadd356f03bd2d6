/* Lengths of episodes that networks play: their numbers, what they are compared with, and whether two differ. */
#include "config.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "../engine/trainer-of.h"

#include "engine/analysis.h"

#define N 40

static const char small[] =
    "{\"format\": 1, \"task\": {\"id\": \"cartpole\", \"code\": \"fields\", \"dt\": 0.6, \"steps-per-action\": 83,"
    " \"reward\": \"critic\"}, \"model\": {\"id\": \"intf7\"}, \"rule\": {\"id\": \"stdp-rl\"},"
    " \"run\": {\"budget\": 12, \"seed\": 1}}";

static const RheoAnalysis *
find (void)
{
  return (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "evaluations", NULL);
}

static void
count (void *data, double fraction)
{
  g_assert_cmpfloat (fraction, >=, *(double *) data);
  g_assert_cmpfloat (fraction, <=, 1);
  *(double *) data = fraction;
}

static RheoTable *
analyse (const RheoRecord *records, int n, const char *words, const atomic_bool *cancelled, GError **error)
{
  const RheoAnalysis *analysis = find ();
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoTable) out = rheo_table_new ("");
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  double fraction = 0;

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; word[i] != NULL; i++)
    {
      g_auto (GStrv) part = g_strsplit (word[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, part[0], "", &at, error);

      g_assert_true (rheo_param_set_text (row, at, part[1], part[0], error));
    }
  return analysis->run (config, records, n, NULL, out, count, &fraction, cancelled, error) ? g_steal_pointer (&out)
                                                                                           : NULL;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

static const char *
text (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_string (rheo_table_find (table, key), i);
}

/* Of lengths, with own sums. */
static void
sum_up (const RheoTable *out, int row, gboolean log, double *mean, double *squares)
{
  *mean = *squares = 0;
  for (int i = 0; i < N; i++)
    {
      const double v = number (out, "length", row * N + i);

      *mean += (log ? log2 (v) : v) / N;
    }
  for (int i = 0; i < N; i++)
    {
      const double v = number (out, "length", row * N + i);

      *squares += pow ((log ? log2 (v) : v) - *mean, 2);
    }
}

typedef struct
{
  RheoTrainer *trainer;
  RheoTable *start, *end;
  RheoRecord record;
} Run;

static Run
train (const char *words)
{
  Run run = { .trainer = trainer_of (small, words) };

  run.start = rheo_trainer_dup_checkpoint (run.trainer);
  do_steps (run.trainer, 12);
  run.end = rheo_trainer_dup_checkpoint (run.trainer);
  run.record = (RheoRecord){ .experiment = rheo_trainer_get_experiment (run.trainer),
                             .name = "good",
                             .iteration = 12,
                             .weights = run.end,
                             .start = run.start };
  return run;
}

static void
run_clear (Run *run)
{
  rheo_table_unref (run->start);
  rheo_table_unref (run->end);
  rheo_trainer_free (run->trainer);
}

static void
test_numbers (gconstpointer log)
{
  Run run = train ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) out =
      analyse (&run.record, 1, log != NULL ? "episodes=40" : "episodes=40 compared=linear", NULL, &error),
                        again = NULL;
  int pair = 0;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "mean")), ==, 3);
  g_assert_cmpstr (text (out, "part", 0), ==, "random");
  g_assert_cmpstr (text (out, "part", 1), ==, "before");
  g_assert_cmpstr (text (out, "part", 2), ==, "12");
  g_assert_cmpfloat (number (out, "iteration", 1), ==, 0);
  g_assert_cmpfloat (number (out, "iteration", 2), ==, 12);
  /* Known of this world: random actions keep the pole up for about 22 steps. */
  g_assert_cmpfloat (number (out, "mean", 0), >, 15);
  g_assert_cmpfloat (number (out, "mean", 0), <, 30);
  for (int row = 0; row < 3; row++)
    {
      double mean, squares;

      sum_up (out, row, FALSE, &mean, &squares);
      g_assert_cmpfloat_with_epsilon (number (out, "mean", row), mean, 1e-9);
      g_assert_cmpfloat_with_epsilon (number (out, "sd", row), sqrt (squares / N), 1e-9);
      g_assert_cmpfloat (number (out, "least", row), <=, number (out, "lower-quartile", row));
      g_assert_cmpfloat (number (out, "lower-quartile", row), <=, number (out, "median", row));
      g_assert_cmpfloat (number (out, "median", row), <=, number (out, "upper-quartile", row));
      g_assert_cmpfloat (number (out, "upper-quartile", row), <=, number (out, "longest", row));
      g_assert_cmpfloat (number (out, "episodes", row), ==, N);
    }
  /* Of two groups F is the square of Student's t. */
  for (int i = 0; i < 3; i++)
    for (int k = i + 1; k < 3; k++, pair++)
      {
        double mean[2], squares[2], t;

        sum_up (out, i, log != NULL, &mean[0], &squares[0]);
        sum_up (out, k, log != NULL, &mean[1], &squares[1]);
        g_assert_cmpstr (text (out, "first", pair), ==, text (out, "part", i));
        g_assert_cmpstr (text (out, "second", pair), ==, text (out, "part", k));
        if (*text (out, "remark", pair) != '\0')
          {
            g_assert_cmpfloat (fmax (squares[0], squares[1]), >=, 4 * fmin (squares[0], squares[1]));
            g_assert_true (isnan (number (out, "p", pair)));
            continue;
          }
        t = fabs (mean[0] - mean[1]) / sqrt ((squares[0] + squares[1]) / (2 * N - 2) * 2 / N);
        g_assert_cmpfloat_with_epsilon (number (out, "f", pair), t * t, 1e-9 * (1 + t * t));
        g_assert_cmpfloat_with_epsilon (number (out, "p", pair), 2 * gsl_cdf_tdist_Q (t, 2 * N - 2), 1e-9);
        g_assert_cmpint ((int) number (out, "stars", pair), ==,
                         (number (out, "p", pair) < 0.05) + (number (out, "p", pair) < 0.01)
                             + (number (out, "p", pair) < 0.005) + (number (out, "p", pair) < 0.001)
                             + (number (out, "p", pair) < 0.0001));
      }
  again = analyse (&run.record, 1, "episodes=40", NULL, &error);
  for (int i = 0; i < 3 * N; i++)
    g_assert_cmpfloat (number (out, "length", i), ==, number (again, "length", i));
  run_clear (&run);
}

/* Several runs, several times of one: each has a name of its own, and is played once before training. */
static void
test_several (void)
{
  Run one = train (""), other = train ("run.seed=2");
  RheoRecord records[3] = { one.record, one.record, other.record };
  static const char *const names[] = { "random", "good, before", "good, 6", "good, 12", "fair, before", "fair" };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) out = NULL, bare = NULL, same = NULL;

  records[0].iteration = 6;
  records[2].name = "fair";
  out = analyse (records, 3, "episodes=3", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "mean")), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (text (out, "part", i), ==, names[i]);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "p")), ==, 15);
  /* One network has the same starts whichever run it is of. */
  records[2].weights = one.end;
  same = analyse (records, 3, "episodes=9 random=false before=false", NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat (number (same, "length", 9 + i), ==, number (same, "length", 18 + i));
  bare = analyse (records, 2, "episodes=3 random=false before=false", NULL, &error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (bare, "mean")), ==, 2);
  g_assert_cmpstr (text (bare, "part", 0), ==, "6");
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpfloat (number (bare, "checkpoint", i), ==, 6 * (i + 1));
      g_assert_cmpfloat (number (bare, "mean-over", i), ==, number (bare, "mean", i));
      g_assert_cmpfloat (number (bare, "median-over", i), ==, number (bare, "median", i));
      g_assert_cmpfloat (number (bare, "sd-over", i), ==, number (bare, "sd", i));
    }
  g_assert_null (rheo_table_find (out, "mean-over"));
  run_clear (&one);
  run_clear (&other);
}

static void
test_refused (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("flip-flop-3bit", NULL);
  g_autoptr (GError) error = NULL;
  const atomic_bool cancelled = true;
  Run run = train ("");
  g_autoptr (RheoTable) out = analyse (&run.record, 1, "episodes=3", &cancelled, &error);

  g_assert_null (out);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (find ()->fits (experiment, &error));
  g_assert_nonnull (error);
  run_clear (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/evaluations/numbers", NULL, test_numbers);
  g_test_add_data_func ("/evaluations/numbers-log", "log", test_numbers);
  g_test_add_func ("/evaluations/several", test_several);
  g_test_add_func ("/evaluations/refused", test_refused);
  return g_test_run ();
}
