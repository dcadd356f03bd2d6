#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/sweep-results.h"

/* A sweep of an experiment that every program has. */
static RheoSweep *
parse (const char *rest, GError **error)
{
  g_autofree char *json = g_strdup_printf ("{\"experiment\": \"robot-trajectory\", %s}", rest);

  return rheo_sweep_parse (json, "test", NULL, error);
}

static RheoSweep *
must_parse (const char *rest)
{
  g_autoptr (GError) error = NULL;
  RheoSweep *sweep = parse (rest, &error);

  g_assert_no_error (error);
  return sweep;
}

static void
assert_texts (const RheoSweepAxis *axis, const char *expected)
{
  g_autoptr (GString) texts = g_string_new (NULL);

  for (int i = 0; i < axis->n; i++)
    g_string_append_printf (texts, i > 0 ? " | %s" : "%s", axis->points[i].text);
  g_assert_cmpstr (texts->str, ==, expected);
}

static void
test_ranges (void)
{
  g_autoptr (RheoSweep) sweep =
      must_parse ("\"axes\": [{\"key\": \"rule.optimiser.lr\", \"linear\": [0, 0.3], \"count\": 4},"
                  "{\"key\": \"run.batch\", \"log\": [1, 100], \"count\": 10},"
                  "{\"key\": \"task.input-scale\", \"random\": [0, 1], \"count\": 3, \"seed\": 7}]");
  g_autoptr (RheoSweep) again =
      must_parse ("\"axes\": [{\"key\": \"task.input-scale\", \"random\": [0, 1], \"count\": 3, \"seed\": 7}]");
  const RheoSweepAxis *random = rheo_sweep_get_axis (sweep, 2);

  assert_texts (rheo_sweep_get_axis (sweep, 0), "0 | 0.1 | 0.2 | 0.3");
  /* Whole numbers, each once. */
  assert_texts (rheo_sweep_get_axis (sweep, 1), "1 | 2 | 3 | 5 | 8 | 13 | 22 | 36 | 60 | 100");
  g_assert_true (rheo_sweep_get_axis (sweep, 1)->log);
  g_assert_cmpstr (rheo_sweep_get_axis (sweep, 1)->label, ==, "Batch size");
  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 4 * 10 * 3);
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (random->points[i].number > 0 && random->points[i].number < 1);
      g_assert_cmpfloat (random->points[i].number, ==, rheo_sweep_get_axis (again, 0)->points[i].number);
    }
}

static void
test_rows (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep = must_parse (
      "\"title\": \"Two\", \"seeds\": [3, 5], \"axes\": [{\"key\": \"run.batch\", \"values\": [10, 20], \"symbol\": "
      "\"B\","
      "\"conditions\": [{\"name\": \"large set\", \"set\": {\"task.n-trials\": 2000, \"run.batch\": 100}}]},"
      "{\"together\": [{\"key\": \"rule.optimiser.lr\", \"values\": [0.1, 0.2]},"
      "{\"key\": \"rule.optimiser.beta1\", \"values\": [0.8, 0.7]}]}]");
  g_autoptr (RheoExperiment) experiment = NULL;
  g_auto (GStrv) settings = NULL;
  g_autofree char *title = NULL, *joined = NULL;
  int row;

  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 12);
  g_assert_cmpint (rheo_sweep_get_n_axes (sweep), ==, 3);
  g_assert_true (rheo_sweep_check (sweep, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (rheo_sweep_get_name (sweep, 0), ==, "batch-10_lr-beta1-0.1-0.8_seed-3");
  row = rheo_sweep_find_row (sweep, "batch-large-set_lr-beta1-0.2-0.7_seed-5");
  g_assert_cmpint (row, ==, 11);
  title = rheo_sweep_dup_row_title (sweep, row);
  g_assert_cmpstr (title, ==, "large set · lr-beta1 0.2, 0.7 · seed 5");
  settings = rheo_sweep_dup_settings (sweep, row);
  joined = g_strjoinv (" ", settings);
  g_assert_cmpstr (joined, ==,
                   "task.n-trials=2000 run.batch=100 rule.optimiser.lr=0.2 rule.optimiser.beta1=0.7 run.seed=5");
  experiment = rheo_sweep_dup_experiment (sweep, row, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_experiment_get_run (experiment)->seed, ==, 5);
  g_assert_cmpint (rheo_experiment_get_run (experiment)->batch, ==, 100);
}

/* Rows of a cell are called after what they share; signs of two bytes stay whole. */
static void
test_rows_title (void)
{
  g_autoptr (RheoSweep) sweep =
      must_parse ("\"axes\": [{\"key\": \"run.batch\", \"values\": [10, 50], \"symbol\": \"B\"}, {\"key\": "
                  "\"rule.optimiser.lr\", \"values\": [0.1, {\"name\": \"5 µ\", \"value\": 0.2}]}], \"seeds\": 2");
  const int cell[] = { 0, 1, 4, 5 }, point[] = { 2, 3 };
  g_autofree char *of_cell = rheo_sweep_dup_rows_title (sweep, cell, 4),
                  *of_point = rheo_sweep_dup_rows_title (sweep, point, 2);

  g_assert_cmpstr (of_cell, ==, "lr 0.1");
  g_assert_cmpstr (of_point, ==, "B 10 · 5 µ");
}

static void
test_names_differ (void)
{
  g_autoptr (RheoSweep) same = must_parse ("\"axes\": [{\"key\": \"title\", \"values\": [\"a b\", \"a/b\", \"ä\"]}]");
  g_autofree char *long_text = g_strnfill (300, 'x');
  g_autofree char *axes =
      g_strdup_printf ("\"axes\": [{\"key\": \"title\", \"values\": [\"%s1\", \"%s2\"]}]", long_text, long_text);
  g_autoptr (RheoSweep) large = must_parse (axes);
  g_autoptr (RheoSweep) alike = must_parse ("\"axes\": [{\"key\": \"rule.optimiser.kind\", \"values\": [\"adam\"]},"
                                            "{\"key\": \"rule.loss.kind\", \"values\": [\"mse\"]}]");

  g_assert_cmpstr (rheo_sweep_get_name (same, 0), ==, "title-a-b");
  g_assert_cmpstr (rheo_sweep_get_name (same, 1), !=, "title-a-b");
  g_assert_cmpstr (rheo_sweep_get_name (same, 2), ==, "title-ä");
  g_assert_cmpstr (rheo_sweep_get_name (large, 0), !=, rheo_sweep_get_name (large, 1));
  g_assert_cmpuint (strlen (rheo_sweep_get_name (large, 0)), <, 200);
  g_assert_cmpstr (rheo_sweep_get_name (alike, 0), ==, "optimiser-adam_loss-mse");
}

static void
test_order (void)
{
  g_autoptr (RheoSweep) by_seed =
      must_parse ("\"seeds\": 2, \"order\": \"seeds\", \"axes\": [{\"key\": \"run.batch\", \"values\": [1, 2, 3]}]");
  g_autoptr (RheoSweep) random = must_parse ("\"seeds\": 50, \"order\": \"random\"");
  g_autofree int *sequence = rheo_sweep_dup_sequence (by_seed), *mixed = rheo_sweep_dup_sequence (random);
  const int expected[] = { 0, 2, 4, 1, 3, 5 };
  gboolean seen[50] = { FALSE }, moved = FALSE;

  for (int i = 0; i < 6; i++)
    g_assert_cmpint (sequence[i], ==, expected[i]);
  for (int i = 0; i < 50; i++)
    {
      g_assert_false (seen[mixed[i]]);
      seen[mixed[i]] = TRUE;
      moved = moved || mixed[i] != i;
    }
  g_assert_true (moved);
}

static void
test_refused (void)
{
  static const char *const cases[][2] = {
    { "\"axes\": []", "Nothing is varied" },
    { "\"axes\": [{\"values\": [1]}]", "no \"key\"" },
    { "\"axes\": [{\"key\": \"run.batch\", \"values\": []}]", "no list of values" },
    { "\"axes\": [{\"key\": \"run.batch\", \"values\": [1, 1]}]", "two values \"1\"" },
    { "\"axes\": [{\"key\": \"run.batch\", \"values\": [1], \"log\": [1, 2], \"count\": 2}]", "one of values, linear" },
    { "\"axes\": [{\"key\": \"run.batch\", \"log\": [0, 2], \"count\": 2}]", "above 0" },
    { "\"axes\": [{\"key\": \"run.batch\", \"linear\": [5, 2], \"count\": 2}]", "lower one first" },
    { "\"axes\": [{\"conditions\": [{\"name\": \"a\"}]}]", "needs \"set\"" },
    { "\"axes\": [{\"conditions\": [{\"name\": \"a\", \"set\": {\"run.seed\": 2}}]}], \"seeds\": 2", "varied twice" },
    { "\"seeds\": 0", "no number of seeds" },
    { "\"seeds\": 2, \"order\": \"wild\"", "points, seeds and random" },
    { "\"seeds\": 2, \"axis\": []", "nearest is \"axes\"" },
    { "\"seeds\": 2, \"format\": 9", "format" },
    { "\"seeds\": 2, \"marks\": {}", "marks is no list" },
    { "\"seeds\": 2, \"marks\": [{\"name\": \"A\"}]", "marks[0] is no mark" },
    { "\"seeds\": 2, \"marks\": [{\"name\": \"A\", \"at\": {\"run.batch\": 1}}]", "run.batch is not varied" },
    { "\"seeds\": 2, \"marks\": [{\"name\": \"A\", \"at\": {\"run.seed\": 77}}]", "77 is no value of run.seed" },
    { "\"seeds\": 2, \"set\": {\"run.seed\": -1}", "run.seed" },
    { "\"seeds\": 400, \"axes\": [{\"key\": \"task.input-scale\", \"linear\": [1, 2], \"count\": 400}]", "more than" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      RheoSweep *sweep = parse (cases[i][0], &error);

      g_assert_null (sweep);
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i][1]) == NULL || !g_str_has_prefix (error->message, "test: "))
        g_error ("%s: %s", cases[i][0], error->message);
    }
}

/* Points with names: by number, as far as it is written, and by name. */
static void
test_marks (void)
{
  g_autoptr (RheoSweep) sweep = must_parse (
      "\"axes\": [{\"key\": \"task.input-scale\", \"log\": [1, 100], \"count\": 10}, {\"key\": \"run.batch\", "
      "\"values\": [10, 50, {\"name\": \"all\", \"set\": {\"run.batch\": 100}}]}], \"seeds\": 2, \"marks\": "
      "[{\"name\": \"A\", \"at\": {\"task.input-scale\": 7.743, \"run.batch\": \"all\"}}, {\"name\": \"B\", "
      "\"at\": {\"run.batch\": 50}}]");
  int n;
  const RheoSweepMark *marks = rheo_sweep_get_marks (sweep, &n);

  g_assert_cmpint (n, ==, 2);
  g_assert_cmpstr (marks[0].name, ==, "A");
  g_assert_cmpint (marks[0].point[0], ==, 4);
  g_assert_cmpint (marks[0].point[1], ==, 2);
  g_assert_cmpint (marks[0].point[2], ==, -1);
  g_assert_cmpint (marks[1].point[0], ==, -1);
  g_assert_cmpint (marks[1].point[1], ==, 1);
}

/* The plane of the GOAL paper: by name, with its rows, and kept in its folder with its marks. */
static void
test_ready (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = rheo_sweep_names ();
  g_autoptr (RheoSweep) sweep = NULL, again = NULL, none = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sweep-XXXXXX", NULL),
                  *file = g_build_filename (folder, "sweep.json", NULL),
                  *shared = g_build_filename (folder, "experiment.json", NULL);
  int n;

  g_assert_true (g_strv_contains ((const char *const *) names, "goal-plane"));
  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (RheoSweep) one = rheo_sweep_load (*name, &error);

      g_assert_no_error (error);
      g_assert_true (rheo_sweep_check (one, &error));
      g_assert_no_error (error);
    }
  sweep = rheo_sweep_load ("goal-plane", &error);
  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 110);
  g_assert_cmpstr (rheo_sweep_get_axis (sweep, 0)->points[10].text, ==, "diagonal");
  g_assert_null (rheo_sweep_get_folder (sweep));
  g_assert_true (rheo_sweep_create (sweep, folder, &error));
  again = rheo_sweep_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_sweep_equal (sweep, again));
  rheo_sweep_get_marks (again, &n);
  g_assert_cmpint (n, ==, 3);
  none = rheo_sweep_load ("goal-plan", &error);
  g_assert_null (none);
  g_assert_nonnull (strstr (error->message, "goal-plane"));
  g_remove (file);
  g_remove (shared);
  g_rmdir (folder);
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep =
      must_parse ("\"axes\": [{\"key\": \"run.batch\", \"values\": [1, -5], \"symbol\": \"B\"}]");

  g_assert_false (rheo_sweep_check (sweep, &error));
  g_assert_nonnull (strstr (error->message, "B -5: "));
  g_assert_nonnull (strstr (error->message, "1 to 1000000"));
}

/* --- on disk -------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoSweep *sweep;
  RheoSweepState *state;
  char *folder;
} Fixture;

static void
begin (Fixture *f, gconstpointer rest)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("sweep-XXXXXX", &error);
  g_assert_no_error (error);
  f->sweep = must_parse (rest);
  g_assert_true (rheo_sweep_create (f->sweep, f->folder, &error));
  g_assert_no_error (error);
  f->state = rheo_sweep_state_new (f->sweep);
}

static void
end (Fixture *f, gconstpointer rest)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  rheo_sweep_state_free (f->state);
  rheo_sweep_unref (f->sweep);
}

/* A run file as training would leave it: the loss of three iterations. */
static void
write_run (Fixture *f, int row, const double *losses, const char *stop)
{
  const RheoStoreColumn columns[] = { { "train.loss", "Loss", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER },
                                      { "valid.loss", "Validation loss", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER },
                                      { "rule.lr", "Learning rate", "", 0, 0, 0 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (f->sweep, row, &error);
  g_autofree char *path = rheo_sweep_dup_path (f->sweep, row);
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  rheo_store_declare (store, NULL, columns, 3, &error);
  for (int i = 0; i < 3; i++)
    {
      const double values[] = { losses[i], i == 1 ? losses[i] + 1 : NAN, 0.5 };

      rheo_store_append (store, NULL, (RheoPlace){ i + 1, i + 1 }, i + 1, values, &error);
    }
  g_assert_no_error (error);
  g_assert_true (rheo_store_close (store, stop, &error));
  g_assert_no_error (error);
}

static double
cell (const RheoTable *map, const char *key, int i)
{
  return rheo_column_get_number (rheo_table_find (map, key), i);
}

#define TWO_BY_TWO "\"seeds\": 2, \"axes\": [{\"key\": \"run.batch\", \"values\": [10, 20]}]"

static void
test_state (Fixture *f, gconstpointer rest)
{
  g_autoptr (GError) error = NULL;
  const double losses[] = { 4, 2, 3 };
  RheoSweepQueue queue;
  const int expected[] = { 3, 1, 0, 2 };
  g_autofree int *sequence = NULL;
  g_autoptr (RheoSweep) again = NULL;

  g_assert_false (rheo_sweep_state_look (f->state));
  write_run (f, 0, losses, "budget");
  write_run (f, 1, losses, "diverged");
  write_run (f, 2, losses, "user");
  g_assert_true (rheo_sweep_mark_failed (f->sweep, 3, "No memory.", &error));
  g_assert_true (rheo_sweep_state_look (f->state));
  g_assert_false (rheo_sweep_state_look (f->state));
  g_assert_cmpint (rheo_sweep_state_get (f->state, 0)->state, ==, RHEO_ROW_DONE);
  g_assert_cmpint (rheo_sweep_state_get (f->state, 0)->iteration, ==, 3);
  g_assert_cmpint (rheo_sweep_state_get (f->state, 1)->state, ==, RHEO_ROW_DIVERGED);
  /* Stopped by somebody: it goes on. */
  g_assert_cmpint (rheo_sweep_state_get (f->state, 2)->state, ==, RHEO_ROW_WAITING);
  g_assert_cmpint (rheo_sweep_state_get (f->state, 3)->state, ==, RHEO_ROW_FAILED);
  g_assert_cmpstr (rheo_sweep_state_get (f->state, 3)->error, ==, "No memory.");
  g_assert_true (rheo_sweep_clear_failed (f->sweep, 3, &error));
  g_assert_true (rheo_sweep_forget (f->sweep, 0, &error));
  g_assert_true (rheo_sweep_state_look (f->state));
  g_assert_cmpint (rheo_sweep_state_count (f->state, RHEO_ROW_WAITING), ==, 3);

  queue =
      (RheoSweepQueue){ .first = g_strsplit ("batch-20_seed-2,batch-10_seed-2", ",", -1), .paused = TRUE, .jobs = 3 };
  g_assert_true (rheo_sweep_queue_write (f->sweep, &queue, &error));
  rheo_sweep_queue_clear (&queue);
  rheo_sweep_queue_read (f->sweep, &queue);
  g_assert_true (queue.paused);
  g_assert_cmpint (queue.jobs, ==, 3);
  sequence = rheo_sweep_queue_dup_sequence (f->sweep, &queue);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (sequence[i], ==, expected[i]);
  rheo_sweep_queue_clear (&queue);

  again = rheo_sweep_load (f->folder, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_sweep_equal (f->sweep, again));
}

static void
test_results (Fixture *f, gconstpointer rest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (f->state);
  const double first[] = { 4, 2, 3 }, second[] = { 9, 8, 5 }, third[] = { 1, 1, 1 };
  RheoSweepAsk ask = { .metric = "train.loss" };
  g_autoptr (RheoTable) table = NULL, points = NULL, map = NULL, best = NULL, mean = NULL, reached = NULL,
                        spread = NULL;
  g_autofree char *path = g_build_filename (f->folder, "results.tsv", NULL), *text = NULL;

  write_run (f, 0, first, "budget");
  write_run (f, 1, second, "solved");
  write_run (f, 2, third, "diverged");
  rheo_sweep_state_look (f->state);
  rheo_sweep_results_read (results);
  g_assert_cmpstr (rheo_sweep_results_find (results, "loss"), ==, "train.loss");
  g_assert_cmpstr (rheo_sweep_results_find (results, "valid.loss"), ==, "valid.loss");
  g_assert_null (rheo_sweep_results_find (results, "mse"));

  table = rheo_sweep_results_dup_table (results);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "run.batch"), 2), ==, "20");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "seed"), 1), ==, "2");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "stop"), 1), ==, "solved");
  g_assert_cmpfloat (cell (table, "loss", 0), ==, 3);
  g_assert_cmpfloat (cell (table, "best.loss", 0), ==, 2);
  /* The last that was measured. */
  g_assert_cmpfloat (cell (table, "valid.loss", 0), ==, 3);
  g_assert_null (rheo_table_find (table, "best.lr"));
  g_assert_true (rheo_sweep_results_write (results, path, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text,
                                   "run\trun.batch\tseed\tstate\tstop\titerations\tseconds\tloss\tvalid.loss\tlr\t"
                                   "best.loss\tbest.valid.loss\nbatch-10_seed-1\t10\t1\tdone\tbudget\t3\t3\t3\t"));
  g_assert_nonnull (strstr (text, "\nbatch-20_seed-2\t20\t2\twaiting\t\t0\t0\t\t\t\t\t\n"));

  map = rheo_sweep_results_dup_map (results, &ask, 0, -1, RHEO_OVER_SEEDS_MEAN);
  g_assert_cmpfloat (cell (map, "value", 0), ==, 4);
  g_assert_cmpfloat (cell (map, "low", 0), ==, 3);
  g_assert_cmpfloat (cell (map, "high", 0), ==, 5);
  g_assert_cmpfloat (cell (map, "done", 0), ==, 2);
  points = rheo_sweep_results_dup_points (results, &ask, RHEO_OVER_SEEDS_MEAN);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (points, "value")), ==, 2);
  g_assert_cmpfloat (cell (points, "value", 0), ==, 4);
  g_assert_cmpfloat (cell (points, "diverged", 1), ==, 1);
  g_assert_true (isnan (cell (map, "value", 1)));
  g_assert_cmpfloat (cell (map, "diverged", 1), ==, 1);
  g_assert_cmpfloat (cell (map, "waiting", 1), ==, 1);
  ask.measure = RHEO_MEASURE_BEST;
  best = rheo_sweep_results_dup_map (results, &ask, 0, 1, RHEO_OVER_SEEDS_MEDIAN);
  g_assert_cmpfloat (cell (best, "value", 0), ==, 2);
  g_assert_cmpfloat (cell (best, "value", 2), ==, 5);
  g_assert_cmpfloat (cell (best, "y", 2), ==, 1);
  ask = (RheoSweepAsk){ "train.loss", RHEO_MEASURE_MEAN, 2, 0 };
  mean = rheo_sweep_results_dup_map (results, &ask, 0, 1, RHEO_OVER_SEEDS_BEST);
  g_assert_cmpfloat (cell (mean, "value", 0), ==, 2.5);
  g_assert_cmpfloat (cell (mean, "value", 2), ==, 6.5);
  ask = (RheoSweepAsk){ "train.loss", RHEO_MEASURE_REACHED, 0, 2 };
  reached = rheo_sweep_results_dup_values (results, &ask);
  g_assert_cmpfloat (cell (reached, "value", 0), ==, 2);
  g_assert_true (isinf (cell (reached, "value", 1)));
  g_assert_true (isnan (cell (reached, "value", 2)));
  ask.measure = RHEO_MEASURE_LAST;
  spread = rheo_sweep_results_dup_map (results, &ask, 0, -1, RHEO_OVER_SEEDS_SPREAD);
  g_assert_cmpfloat_with_epsilon (cell (spread, "value", 0), sqrt (2), 1e-12);
}

/* Episodes of first, first + 1 ... steps; cells fire at 2 Hz in the first half of them, at 4 Hz in the second. */
static void
write_episodes (Fixture *f, int row, int n, int first)
{
  const RheoStoreColumn columns[] = { { "train.episode-length", "Length of an episode", "steps", 0, 0, 0 },
                                      { "train.rate.EM", "EM", "Hz", 0, 0, 0 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (f->sweep, row, &error);
  g_autofree char *path = rheo_sweep_dup_path (f->sweep, row);
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  rheo_store_declare (store, NULL, columns, 2, &error);
  for (int i = 0; i < n; i++)
    {
      const double values[] = { first + i, i < n / 2 ? 2 : 4 };

      rheo_store_append (store, NULL, (RheoPlace){ i + 1, i + 1 }, i + 1, values, &error);
    }
  g_assert_no_error (error);
  g_assert_true (rheo_store_close (store, "budget", &error));
}

/* Windows begin at 0 to n - S - 1: the last full one does not count, and without another one the result is 0. */
static void
test_played (Fixture *f, gconstpointer rest)
{
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (f->state);
  g_autoptr (RheoTable) table = NULL, best = NULL, boxes = NULL;
  RheoSweepAsk ask = { .metric = "play.max-mean-100", .measure = RHEO_MEASURE_MEAN, .n = 5 };

  write_episodes (f, 0, 130, 1);
  write_episodes (f, 1, 100, 1);
  write_episodes (f, 2, 130, 11);
  rheo_sweep_state_look (f->state);
  rheo_sweep_results_read (results);
  table = rheo_sweep_results_dup_table (results);
  /* Episodes 30 to 129, 109 to 129, 79 to 129 and 29 to 129. */
  g_assert_cmpfloat_with_epsilon (cell (table, "max-mean-100", 0), 79.5, 1e-9);
  g_assert_cmpfloat (cell (table, "max-median-21", 0), ==, 119);
  g_assert_cmpfloat (cell (table, "max-median-51", 0), ==, 104);
  g_assert_cmpfloat (cell (table, "max-median-101", 0), ==, 79);
  g_assert_cmpfloat (cell (table, "max-mean-100", 1), ==, 0);
  g_assert_cmpfloat (cell (table, "max-median-101", 1), ==, 0);
  g_assert_cmpfloat (cell (table, "max-median-21", 1), ==, 89);
  /* Each episode counts by its length. */
  g_assert_cmpfloat_with_epsilon (cell (table, "mean-rate.EM", 0), (2.0 * 2145 + 4.0 * 6370) / 8515, 1e-9);
  g_assert_cmpstr (rheo_table_find (table, "mean-rate.EM")->plain_label, ==, "Mean rate");
  g_assert_null (rheo_table_find (table, "best.max-mean-100"));
  g_assert_cmpstr (rheo_sweep_results_choose (results, ""), ==, "play.max-mean-100");

  best = rheo_sweep_results_dup_best (results, "play.max-mean-100");
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (best, "run")), ==, 3);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (best, "run.batch"), 0), ==, "9");
  g_assert_cmpfloat_with_epsilon (cell (best, "max-mean-100", 0), 89.5, 1e-9);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (best, "run.batch"), 2), ==, "8");

  /* Seeds: a box for each of the four; there is no course to take the mean of. */
  boxes = rheo_sweep_results_dup_boxes (results, f->sweep, &ask);
  g_assert_cmpint (rheo_table_get_n_columns (boxes), ==, 4);
  g_assert_cmpfloat_with_epsilon (cell (boxes, "value.play.max-mean-100", 2), 89.5, 1e-9);
  g_assert_true (isnan (cell (boxes, "value.play.max-median-21", 3)));
}

/* A panel for each axis, but for those that go with another one, and values in the order of the sweep. */
static void
test_boxes (Fixture *f, gconstpointer rest)
{
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (f->state);
  g_autoptr (RheoTable) boxes = NULL;

  for (int row = 0; row < rheo_sweep_get_n_rows (f->sweep); row++)
    write_episodes (f, row, 110, row);
  rheo_sweep_state_look (f->state);
  rheo_sweep_results_read (results);
  boxes = rheo_sweep_results_dup_boxes (results, f->sweep, &(RheoSweepAsk){ .metric = "train.episode-length" });
  g_assert_cmpint (rheo_table_get_n_columns (boxes), ==, 3);
  g_assert_cmpstr (rheo_table_get_note (boxes, "by.0.order"), ==, "400\t50");
  g_assert_cmpstr (rheo_table_get_note (boxes, "by.2.order"), ==, "sgd\tadam");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (boxes, "by.2"), 1), ==, "adam");
  g_assert_cmpfloat (cell (boxes, "value.train.episode-length", 1), ==, 110);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sweep/ranges", test_ranges);
  g_test_add_func ("/sweep/rows", test_rows);
  g_test_add_func ("/sweep/names-differ", test_names_differ);
  g_test_add_func ("/sweep/order", test_order);
  g_test_add_func ("/sweep/refused", test_refused);
  g_test_add_func ("/sweep/rows-title", test_rows_title);
  g_test_add_func ("/sweep/marks", test_marks);
  g_test_add_func ("/sweep/ready", test_ready);
  g_test_add_func ("/sweep/check", test_check);
  g_test_add ("/sweep/state", Fixture, TWO_BY_TWO, begin, test_state, end);
  g_test_add ("/sweep/results", Fixture, TWO_BY_TWO, begin, test_results, end);
  g_test_add ("/sweep/played", Fixture, "\"axes\": [{\"key\": \"run.batch\", \"values\": [7, 8, 9, 10]}]", begin,
              test_played, end);
  g_test_add ("/sweep/boxes", Fixture,
              "\"axes\": [{\"key\": \"run.batch\", \"values\": [400, 50]}, {\"key\": \"task.n-trials\", \"values\": "
              "[50, 400]}, {\"key\": \"rule.optimiser.kind\", \"values\": [\"sgd\", \"adam\"]}], "
              "\"where\": [\"run.batch == task.n-trials\"]",
              begin, test_boxes, end);
  return g_test_run ();
}
