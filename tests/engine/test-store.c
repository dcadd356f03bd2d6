#include "config.h"

#include "store-samples.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder, *path, *parts;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "run.h5", NULL);
  f->parts = g_strconcat (f->path, ".parts", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->parts);
}

/* --- helpers ----------------------------------------------------------------------------------------------- */

static void
declare (RheoStore *store)
{
  g_autoptr (GError) error = NULL;
  const RheoStoreColumn batch[] = { { "train.loss", "Loss of a batch", "", 0, 0, 0 } };

  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  g_assert_no_error (error);
  rheo_store_declare (store, "batch", batch, 1, &error);
  g_assert_no_error (error);
}

static RheoStore *
create (const char *path)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (7);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  declare (store);
  return store;
}

static RheoStore *
resume (const char *path, RheoPlace at, int seed)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (seed);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_resume (path, at, experiment, NULL, &error);

  g_assert_no_error (error);
  declare (store);
  return store;
}

static void
close_store (RheoStore *store, const char *reason)
{
  g_autoptr (GError) error = NULL;

  rheo_store_close (store, reason, &error);
  g_assert_no_error (error);
}

static RheoPlace
place_of (int64_t iteration)
{
  return (RheoPlace){ iteration, 10 * iteration };
}

/* Iterations `from` to `to` of ten batches each: a record each, a journal entry every third, an epoch every second, a
 * checkpoint every third (that of 6 is marked), an analysis after 4. */
static void
work (RheoStore *store, int64_t from, int64_t to)
{
  g_autoptr (GError) error = NULL;

  for (int64_t i = from; i <= to; i++)
    {
      double values[2] = { sample_value (i, 0), sample_value (i, 1) };
      g_autoptr (RheoTable) table = make_table ((int) i);
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, i);

      for (int64_t batch = 10 * i - 9; batch <= 10 * i; batch++)
        rheo_store_append (store, "batch", (RheoPlace){ i - (batch % 10 != 0), batch }, 0.5 * (double) i,
                           &(double){ (double) batch }, &error);
      rheo_store_append (store, NULL, place_of (i), 0.5 * (double) i, values, &error);
      if (i % 3 == 0)
        rheo_store_journal (store, place_of (i), "rule.optimiser.lr", "0.01", text, &error);
      if (i % 2 == 0)
        rheo_store_put_epoch (store, i, table, &error);
      if (i % 3 == 0)
        rheo_store_put_checkpoint (store, place_of (i), table, i == 6, &error);
      if (i == 4)
        rheo_store_put_analysis (store, "fixed-points", i, "{\"id\": \"fixed-points\"}", table, &error);
      g_assert_no_error (error);
    }
  rheo_store_sync (store, &error);
  g_assert_no_error (error);
}

/* What a run must hold after work (store, 1, last), whether folded or not: here the metrics, below the rest. */
static void
check_metrics (const char *path, int64_t last)
{
  g_autoptr (RheoRun) run = open_run (path);
  g_autoptr (RheoTable) metrics = rheo_run_dup_metrics (run, NULL, NULL);
  const RheoColumn *column;

  g_assert_cmpint (rheo_run_get_place (run).iteration, ==, last);
  g_assert_cmpint (rheo_run_get_place (run).batch, ==, 10 * last);
  g_assert_cmpfloat (rheo_run_get_seconds (run), ==, 0.5 * (double) last);
  g_assert_nonnull (metrics);
  g_assert_cmpint (rheo_table_get_n_columns (metrics), ==, 5);
  for (int c = 0; c < 5; c++)
    {
      column = rheo_table_get_column (metrics, c);
      g_assert_cmpint (column->dims[0], ==, last);
      for (int64_t i = 1; i <= last; i++)
        {
          double expected = c == 0   ? (double) i
                            : c == 1 ? 10.0 * (double) i
                            : c == 2 ? 0.5 * (double) i
                                     : sample_value (i, c - 3);
          double found = rheo_column_get_number (column, i - 1);

          g_assert_true (found == expected || (isnan (found) && isnan (expected)));
        }
    }
  g_assert_cmpstr (column->key, ==, "hidden.rate");
  g_assert_cmpstr (column->label, ==, "Firing rate");
  g_assert_cmpstr (column->unit, ==, "Hz");
  g_assert_cmpstr (column->axes, ==, "iteration");
  g_assert_cmpfloat (column->hi, ==, 200.5);
  g_assert_cmpuint (rheo_table_find (metrics, "train.loss")->flags, ==, RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW);
}

static void
check_run (const char *path, int64_t last)
{
  g_autoptr (RheoRun) run = open_run (path);
  g_autoptr (RheoTable) log = rheo_run_dup_metrics (run, "batch", NULL);
  g_autoptr (RheoTable) journal = rheo_run_dup_journal (run, NULL);
  g_auto (GStrv) analyses = rheo_run_dup_analyses (run);
  const RheoColumn *column;
  const int64_t *epochs;
  const RheoPlace *places;
  int n;

  check_metrics (path, last);
  column = rheo_table_find (log, "train.loss");
  g_assert_cmpint (column->dims[0], ==, 10 * last);
  g_assert_cmpstr (column->axes, ==, "batch");
  g_assert_cmpfloat (rheo_column_get_number (column, 10 * last - 1), ==, 10.0 * (double) last);

  column = rheo_table_find (journal, "new");
  g_assert_cmpint (column->dims[0], ==, last / 3);
  for (int64_t i = 0; i < last / 3; i++)
    g_assert_cmpint (g_ascii_strtoll (rheo_column_get_string (column, i), NULL, 10), ==, 3 * (i + 1));
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (journal, "key"), 0), ==, "rule.optimiser.lr");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (journal, "old"), 0), ==, "0.01");

  epochs = rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, ==, last / 2);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (RheoTable) found = rheo_run_read_epoch (run, epochs[i], NULL, NULL);
      g_autoptr (RheoTable) expected = make_table (2 * (i + 1));

      g_assert_cmpint (epochs[i], ==, 2 * (i + 1));
      assert_tables_equal (found, expected);
    }

  /* The marked one, and the newest two. */
  places = rheo_run_get_checkpoints (run, &n);
  g_assert_cmpint (n, ==, last >= 12 ? 3 : last / 3 >= 2 ? 2 : last / 3);
  for (int i = 0; i < n; i++)
    {
      int64_t iteration = last >= 12 && i == 0 ? 6 : 3 * (last / 3 - n + 1 + i);
      g_autoptr (RheoTable) found = rheo_run_read_checkpoint (run, places[i], NULL);
      g_autoptr (RheoTable) expected = make_table ((int) iteration);

      g_assert_cmpint (places[i].iteration, ==, iteration);
      g_assert_cmpint (places[i].batch, ==, 10 * iteration);
      assert_tables_equal (found, expected);
    }

  g_assert_cmpint (g_strv_length (analyses), ==, last >= 4 ? 1 : 0);
  if (last >= 4)
    {
      g_autoptr (RheoTable) found = rheo_run_read_analysis (run, analyses[0], NULL);
      g_autoptr (RheoTable) expected = make_table (4);

      g_assert_cmpstr (analyses[0], ==, "fixed-points/1");
      rheo_table_set_note (expected, "config", "{\"id\": \"fixed-points\"}");
      rheo_table_set_note (expected, "iteration", "4");
      assert_tables_equal (found, expected);
    }
}

/* What is left when a writer is killed: everything but its lock. */
static void
copy_parts (const char *parts, const char *to)
{
  g_autofree char *quoted_from = g_shell_quote (parts);
  g_autofree char *quoted_to = g_shell_quote (to);
  g_autofree char *line = g_strdup_printf ("cp -r %s %s", quoted_from, quoted_to);
  int status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
assert_only_file (const Fixture *f)
{
  g_autoptr (GDir) folder = g_dir_open (f->folder, 0, NULL);

  g_assert_cmpstr (g_dir_read_name (folder), ==, "run.h5");
  g_assert_null (g_dir_read_name (folder));
}

static void
assert_fails (GError *error, RheoError code, const char *part, const char *file)
{
  g_assert_error (error, RHEO_ERROR, (int) code);
  if (strstr (error->message, part) == NULL || (file != NULL && strstr (error->message, file) == NULL))
    g_error ("“%s” does not hold “%s” and “%s”", error->message, part, file);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* --- writing and reading ----------------------------------------------------------------------------------- */

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  RheoStore *store = create (f->path);
  g_autofree char *id = g_strdup (rheo_store_get_run_id (store));
  g_autoptr (RheoRun) run = NULL;

  g_assert_cmpstr (rheo_store_get_path (store), ==, f->path);
  work (store, 1, 13);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  check_run (f->path, 13);
  run = open_run (f->path);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_RUNNING);
  g_assert_cmpstr (rheo_run_get_id (run), ==, id);
  g_assert_null (rheo_run_get_stop_reason (run));

  close_store (store, "budget");
  assert_only_file (f);
  check_run (f->path, 13);

  /* A reader from before the fold finds everything in the file. */
  {
    g_autoptr (RheoTable) epoch = rheo_run_read_epoch (run, 4, NULL, NULL);
    g_autoptr (RheoTable) metrics = rheo_run_dup_metrics (run, NULL, NULL);
    g_autoptr (RheoTable) expected = make_table (4);

    assert_tables_equal (epoch, expected);
    g_assert_cmpint (rheo_table_find (metrics, "train.loss")->dims[0], ==, 13);
  }
  rheo_run_free (run);
  run = open_run (f->path);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_FINISHED);
  g_assert_cmpstr (rheo_run_get_stop_reason (run), ==, "budget");
  g_assert_cmpstr (rheo_run_get_id (run), ==, id);
  g_assert_null (rheo_run_get_parent (run, NULL));
  g_assert_cmpint (strlen (rheo_run_get_created (run)), >, 18);
  g_assert_cmpint (rheo_experiment_get_run ((RheoExperiment *) rheo_run_get_experiment (run))->seed, ==, 7);
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  RheoStore *store = rheo_store_create (f->path, experiment, "the-parent", 12, NULL, NULL);
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) metrics = NULL;
  int64_t iteration;
  int n;

  close_store (store, NULL);
  run = open_run (f->path);
  metrics = rheo_run_dup_metrics (run, NULL, NULL);
  g_assert_cmpint (rheo_table_get_n_columns (metrics), ==, 3);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_INTERRUPTED);
  g_assert_cmpstr (rheo_run_get_parent (run, &iteration), ==, "the-parent");
  g_assert_cmpint (iteration, ==, 12);
  rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, ==, 0);
}

/* A writer that ended before it had declared its columns leaves the next one free. */
static void
test_undeclared (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (RheoTable) table = make_table (1);
  RheoStore *store = rheo_store_create (f->path, experiment, NULL, 0, NULL, NULL);

  g_assert_true (rheo_store_put_checkpoint (store, (RheoPlace){ 0, 0 }, table, FALSE, NULL));
  close_store (store, NULL);
  store = resume (f->path, (RheoPlace){ 0, 0 }, 7);
  work (store, 1, 3);
  close_store (store, "budget");
  check_metrics (f->path, 3);
}

static void
test_some_columns (Fixture *f, gconstpointer data)
{
  RheoStore *store = create (f->path);
  const char *const keys[] = { "state", "one", NULL }, *const wrong[] = { "stat", NULL };
  g_autoptr (RheoTable) expected = make_table (2);
  g_autoptr (RheoTable) found = NULL;
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;

  work (store, 1, 2);
  close_store (store, "budget");
  run = open_run (f->path);
  found = rheo_run_read_epoch (run, 2, keys, NULL);
  g_assert_cmpint (rheo_table_get_n_columns (found), ==, 2);
  assert_columns_equal (rheo_table_get_column (found, 0), rheo_table_find (expected, "state"));
  g_assert_null (rheo_run_read_epoch (run, 2, wrong, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "“stat”", f->path);
  g_clear_error (&error);
  g_assert_null (rheo_run_read_epoch (run, 3, NULL, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "It holds epochs/2", f->path);
  g_clear_error (&error);
  g_assert_null (rheo_run_dup_metrics (run, "episode", &error));
  assert_fails (error, RHEO_ERROR_INVALID, "It holds batch", f->path);
}

/* --- resuming ---------------------------------------------------------------------------------------------- */

static void
test_resume (Fixture *f, gconstpointer data)
{
  RheoStore *store = create (f->path);
  g_autofree char *id = g_strdup (rheo_store_get_run_id (store));
  g_autofree char *created = NULL;
  g_autoptr (RheoRun) run = NULL;

  work (store, 1, 10);
  close_store (store, "user");
  run = open_run (f->path);
  created = g_strdup (rheo_run_get_created (run));
  rheo_run_free (run);

  store = resume (f->path, place_of (9), 8);
  g_assert_cmpstr (rheo_store_get_run_id (store), ==, id);
  check_run (f->path, 9);
  run = open_run (f->path);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_RUNNING);
  g_assert_null (rheo_run_get_stop_reason (run));
  g_assert_cmpint (rheo_experiment_get_run ((RheoExperiment *) rheo_run_get_experiment (run))->seed, ==, 8);
  work (store, 10, 13);
  check_run (f->path, 13);
  close_store (store, "budget");
  check_run (f->path, 13);
  assert_only_file (f);
  rheo_run_free (run);
  run = open_run (f->path);
  g_assert_cmpstr (rheo_run_get_created (run), ==, created);
  rheo_run_free (run);

  /* From the marked one, long ago: what is newer goes, the other checkpoints too. */
  store = resume (f->path, place_of (6), 8);
  work (store, 7, 8);
  close_store (store, "user");
  run = open_run (f->path);
  g_assert_cmpint (rheo_run_get_place (run).iteration, ==, 8);
  {
    int n;
    const RheoPlace *places = rheo_run_get_checkpoints (run, &n);
    g_autoptr (RheoTable) journal = rheo_run_dup_journal (run, NULL);

    g_assert_cmpint (n, ==, 1);
    g_assert_cmpint (places[0].iteration, ==, 6);
    g_assert_cmpint (rheo_table_find (journal, "key")->dims[0], ==, 2);
    g_assert_cmpint (rheo_run_get_epochs (run, &n)[3], ==, 8);
    g_assert_cmpint (n, ==, 4);
  }
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other.h5", NULL);
  g_autofree char *other_parts = g_strconcat (other, ".parts", NULL);
  RheoStore *store = create (f->path);
  g_autoptr (RheoRun) run = NULL;

  work (store, 1, 7);
  copy_parts (f->parts, other_parts);
  close_store (store, "user");
  check_run (other, 7);
  run = open_run (other);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_INTERRUPTED);
  rheo_run_free (g_steal_pointer (&run));

  store = resume (other, place_of (6), 8);
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
  work (store, 7, 13);
  close_store (store, "budget");
  check_run (other, 13);
}

/* A fold that was ended between the new file's taking its place and the parts' removal is folded again. */
static void
test_fold_twice (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = g_build_filename (f->folder, "kept", NULL);
  RheoStore *store = create (f->path);

  work (store, 1, 6);
  close_store (store, "user");
  store = resume (f->path, place_of (6), 8);
  work (store, 7, 13);
  copy_parts (f->parts, kept);
  close_store (store, "budget");

  /* All of them, as they were. */
  copy_parts (kept, f->parts);
  check_run (f->path, 13);
  store = resume (f->path, place_of (12), 8);
  check_run (f->path, 12);
  work (store, 13, 13);
  close_store (store, "budget");
  remove_tree (kept);
  assert_only_file (f);
  check_run (f->path, 13);
}

static void
test_half_removed (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = g_build_filename (f->folder, "kept", NULL);
  g_autofree char *run = g_build_filename (f->parts, "run.json", NULL);
  g_autofree char *epoch = g_build_filename (f->parts, "epoch-4.h5", NULL);
  g_autofree char *temp = g_build_filename (f->parts, "tmp-epoch-14.h5", NULL);
  g_autofree char *new = g_strconcat (f->path, ".new", NULL);
  RheoStore *store = create (f->path);
  g_autoptr (GError) error = NULL;

  work (store, 1, 13);
  copy_parts (f->parts, kept);
  close_store (store, "budget");
  copy_parts (kept, f->parts);
  remove_tree (kept);
  g_unlink (run);
  g_unlink (epoch);
  g_file_set_contents (temp, "half", -1, NULL);
  g_file_set_contents (new, "half", -1, NULL);
  check_run (f->path, 13);
  store = resume (f->path, place_of (12), 8);
  g_assert_false (g_file_test (temp, G_FILE_TEST_EXISTS));
  work (store, 13, 13);
  close_store (store, "budget");
  check_run (f->path, 13);
  assert_only_file (f);
}

static void
test_resume_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  const RheoStoreColumn renamed[] = { { "train.cost", "", "", 0, 0, 0 }, { "hidden.rate", "", "", 0, 0, 0 } };
  RheoStore *store = create (f->path);
  g_autoptr (GError) error = NULL;

  /* Held by another writer. */
  g_assert_null (rheo_store_create (f->path, experiment, NULL, 0, NULL, &error));
  assert_fails (error, RHEO_ERROR_IO, "another process", f->path);
  g_clear_error (&error);
  work (store, 1, 4);
  g_assert_null (rheo_store_resume (f->path, place_of (3), experiment, NULL, &error));
  assert_fails (error, RHEO_ERROR_IO, "another process", f->path);
  g_clear_error (&error);
  close_store (store, "user");

  g_assert_null (rheo_store_create (f->path, experiment, NULL, 0, NULL, &error));
  assert_fails (error, RHEO_ERROR_IO, "exists already", f->path);
  g_clear_error (&error);
  g_assert_null (rheo_store_resume (f->path, place_of (4), experiment, NULL, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "It holds checkpoint/30.", f->path);
  g_clear_error (&error);
  assert_only_file (f);
  check_run (f->path, 4);

  store = rheo_store_resume (f->path, place_of (3), experiment, NULL, NULL);
  g_assert_false (rheo_store_declare (store, NULL, renamed, 2, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "train.loss, hidden.rate", f->path);
  close_store (store, "user");
}

/* --- analyses ---------------------------------------------------------------------------------------------- */

static void
test_add_analysis (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other.h5", NULL);
  g_autofree char *other_parts = g_strconcat (other, ".parts", NULL);
  g_autofree char *long_config = g_strnfill (200000, 'x');
  g_autoptr (RheoTable) table = make_table (5);
  RheoStore *store = create (f->path);
  g_autoptr (GError) error = NULL;

  work (store, 1, 13);
  copy_parts (f->parts, other_parts);
  g_assert_false (rheo_run_add_analysis (f->path, "spectrum", 12, NULL, table, &error));
  assert_fails (error, RHEO_ERROR_IO, "another process", f->path);
  g_clear_error (&error);
  close_store (store, "budget");

  /* To a finished run, and to what a killed writer left. */
  for (int i = 0; i < 2; i++)
    {
      const char *path = i == 0 ? f->path : other;
      g_autoptr (RheoRun) run = NULL;
      g_auto (GStrv) names = NULL;
      g_autoptr (RheoTable) found = NULL;

      g_assert_true (rheo_run_add_analysis (path, "spectrum", 12, long_config, table, &error));
      g_assert_no_error (error);
      g_assert_true (rheo_run_add_analysis (path, "fixed-points", 12, NULL, table, &error));
      g_assert_no_error (error);
      run = open_run (path);
      names = rheo_run_dup_analyses (run);
      g_assert_cmpint (g_strv_length (names), ==, 3);
      g_assert_cmpstr (names[0], ==, "fixed-points/1");
      g_assert_cmpstr (names[1], ==, "fixed-points/2");
      g_assert_cmpstr (names[2], ==, "spectrum/1");
      found = rheo_run_read_analysis (run, "fixed-points/2", NULL);
      assert_tables_equal (found, table);
      rheo_table_unref (found);
      found = rheo_run_read_analysis (run, "spectrum/1", NULL);
      g_assert_cmpstr (rheo_table_get_note (found, "config"), ==, long_config);
      g_assert_cmpint (rheo_run_get_state (run), ==, i == 0 ? RHEO_RUN_FINISHED : RHEO_RUN_INTERRUPTED);
      g_assert_cmpint (rheo_run_get_place (run).iteration, ==, 13);
    }
  g_unlink (other);
  assert_only_file (f);

  g_assert_false (rheo_run_add_analysis (f->path, "a/b", 12, NULL, table, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "“a/b”", NULL);
  g_clear_error (&error);
  g_assert_false (rheo_run_add_analysis (other, "spectrum", 12, NULL, table, &error));
  assert_fails (error, RHEO_ERROR_IO, "does not exist", other);
  assert_only_file (f);
}

/* --- files of older programs, and other readers ------------------------------------------------------------ */

static RheoTable *
make_few (void)
{
  RheoTable *table = rheo_table_new ("Few");
  const int64_t dims[] = { 2, 3 };

  rheo_table_add_copy (table, "in.weight", "Weights of in", "mV", "pre post", RHEO_F32, dims,
                       (float[]){ 0.5f, -1, 2, 1e-30f, 3.25f, -0.0f });
  return table;
}

/* How tests/data/run-format-1.h5 was made: test-store --golden FILE. Its bytes are not to change. */
static void
write_golden (const char *path)
{
  RheoStore *store = create (path);
  g_autoptr (RheoTable) table = make_table (2);
  g_autoptr (RheoTable) few = make_few ();
  double values[2];

  for (int64_t i = 1; i <= 3; i++)
    {
      for (int c = 0; c < 2; c++)
        values[c] = sample_value (i, c);
      g_assert_true (rheo_store_append (store, NULL, place_of (i), 0.5 * (double) i, values, NULL));
    }
  g_assert_true (rheo_store_journal (store, place_of (2), "rule.optimiser.lr", "0.01", "0.003", NULL));
  g_assert_true (rheo_store_put_epoch (store, 2, table, NULL));
  g_assert_true (rheo_store_put_checkpoint (store, place_of (1), few, TRUE, NULL));
  g_assert_true (rheo_store_put_checkpoint (store, place_of (3), few, FALSE, NULL));
  g_assert_true (rheo_store_put_analysis (store, "spectrum", 3, "{\"id\": \"spectrum\"}", few, NULL));
  close_store (store, "budget");
}

static void
test_golden (Fixture *f, gconstpointer data)
{
  g_autofree char *golden = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "run-format-1.h5", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (RheoTable) table = make_table (2);
  g_autoptr (RheoTable) few = make_few ();
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) journal = NULL;
  g_autoptr (RheoTable) epoch = NULL;
  g_autoptr (RheoTable) analysis = NULL;
  const RheoPlace *places;
  gsize size;
  int n;

  g_assert_true (g_file_get_contents (golden, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) size, NULL));
  check_metrics (f->path, 3);
  run = open_run (f->path);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_FINISHED);
  g_assert_cmpint (rheo_experiment_get_run ((RheoExperiment *) rheo_run_get_experiment (run))->seed, ==, 7);
  journal = rheo_run_dup_journal (run, NULL);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (journal, "new"), 0), ==, "0.003");
  epoch = rheo_run_read_epoch (run, 2, NULL, NULL);
  assert_tables_equal (epoch, table);
  analysis = rheo_run_read_analysis (run, "spectrum/1", NULL);
  g_assert_cmpstr (rheo_table_get_note (analysis, "config"), ==, "{\"id\": \"spectrum\"}");
  assert_tables_equal (few, analysis);
  places = rheo_run_get_checkpoints (run, &n);
  g_assert_cmpint (n, ==, 2);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (RheoTable) checkpoint = rheo_run_read_checkpoint (run, places[i], NULL);

      assert_tables_equal (checkpoint, few);
    }
  close_store (resume (f->path, place_of (1), 7), "user");
  check_metrics (f->path, 1);
}

static const char h5py_program[] =
    "import sys, h5py, numpy as np\n"
    "f = h5py.File(sys.argv[1], 'r')\n"
    "assert f.attrs['format-version'] == 1 and f.attrs['stop-reason'] == b'budget'\n"
    "assert f['config'].attrs['run.seed'] == 7 and b'\"seed\": 7' in f['config'][()]\n"
    "assert list(f['metrics']) == ['iteration', 'batch', 'seconds', 'train.loss', 'hidden.rate']\n"
    "assert np.allclose(f['metrics/train.loss'][:], np.exp(-0.01 * np.arange(1, 14)), 1e-14)\n"
    "w = f['epochs/4/rec.weight']\n"
    "assert w.shape == (3, 5) and w.dtype == np.float32 and w.attrs['axes'] == b'pre post'\n"
    "assert f['epochs/4/state'].compression == 'gzip' and f['checkpoint/120/state'].chunks is None\n"
    "assert f['checkpoint/60'].attrs['marked'] and not f['checkpoint/120'].attrs['marked']\n"
    "assert f['epochs/4/words'][2].decode() == 'größer' and f['journal/new'][0] == b'3'\n"
    "f.visititems(lambda name, d: None if isinstance(d, h5py.Group) else"
    " (d.attrs['description'], d.attrs['unit'], d[()]) and None)\n";

/* output NULL: it says nothing. */
static gboolean
succeeds (const char *const *line, char **output)
{
  GSpawnFlags silent = output == NULL ? G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL : 0;
  int status;

  return g_spawn_sync (NULL, (char **) line, NULL, G_SPAWN_SEARCH_PATH | silent, NULL, NULL, output, NULL, &status,
                       NULL)
         && status == 0;
}

static void
test_h5py (Fixture *f, gconstpointer data)
{
  const char *const pythons[] = { "python3", "/usr/bin/python3" };
  RheoStore *store = create (f->path);

  work (store, 1, 13);
  close_store (store, "budget");
  for (size_t i = 0; i < G_N_ELEMENTS (pythons); i++)
    {
      const char *const probe[] = { pythons[i], "-c", "import h5py", NULL };
      const char *const line[] = { pythons[i], "-c", h5py_program, f->path, NULL };

      if (!succeeds (probe, NULL))
        continue;
      g_assert_true (succeeds (line, NULL));
      return;
    }
  g_test_skip ("There is no h5py here.");
}

static void
test_h5dump (Fixture *f, gconstpointer data)
{
  const char *const probe[] = { "h5dump", "-V", NULL };
  const char *const line[] = { "h5dump", "-d", "/metrics/hidden.rate", f->path, NULL };
  RheoStore *store = create (f->path);
  g_autofree char *output = NULL;

  work (store, 1, 3);
  close_store (store, "budget");
  if (!succeeds (probe, NULL))
    {
      g_test_skip ("There is no h5dump here.");
      return;
    }
  g_assert_true (succeeds (line, &output));
  g_assert_nonnull (strstr (output, "Firing rate"));
  g_assert_nonnull (strstr (output, "\"Hz\""));
  g_assert_nonnull (strstr (output, "(0): 5, 3.33333, 2.5"));
}

/* A held run is opened once, and again where another file has taken its place. */
static void
test_hold (Fixture *f, gconstpointer data)
{
  RheoStore *store = create (f->path);
  g_autoptr (RheoRun) run = NULL;
  static const char *const keys[] = { "rec.weight", "rec.class", NULL };
  g_autoptr (RheoTable) more = make_table (5), gone = NULL;
  g_autoptr (GError) error = NULL;

  work (store, 1, 13);
  close_store (store, "budget");
  run = open_run (f->path);
  rheo_run_hold (run);
  g_assert_cmpint (rheo_run_get_n_opened (run), ==, 0);
  for (int round = 0; round < 2; round++)
    {
      for (int i = 0; i < 10; i++)
        {
          g_autoptr (RheoTable) epoch = rheo_run_read_epoch (run, 4, NULL, NULL);
          g_autoptr (RheoTable) expected = make_table (4), metrics = rheo_run_dup_metrics (run, NULL, NULL);

          assert_tables_equal (epoch, expected);
          g_assert_cmpint (rheo_table_find (metrics, "train.loss")->dims[0], ==, 13);
        }
      g_assert_cmpint (rheo_run_get_n_opened (run), ==, round + 1);
      g_assert_true (rheo_run_add_analysis (f->path, "spectrum", 12, NULL, more, NULL));
    }
  /* What an epoch does not have is not looked for again. */
  g_assert_null (rheo_run_read_epoch (run, 4, keys, &error));
  assert_fails (error, RHEO_ERROR_INVALID, "rec.class", f->path);
  g_clear_error (&error);
  g_assert_cmpint (rheo_run_get_n_opened (run), ==, 3);
  g_remove (f->path);
  gone = rheo_run_read_epoch (run, 4, NULL, &error);
  g_assert_null (gone);
  assert_fails (error, RHEO_ERROR_IO, f->path, NULL);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--golden"))
    {
      write_golden (argv[2]);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/round-trip", test_round_trip);
  ADD ("/store/empty", test_empty);
  ADD ("/store/undeclared", test_undeclared);
  ADD ("/store/some-columns", test_some_columns);
  ADD ("/store/resume", test_resume);
  ADD ("/store/killed", test_killed);
  ADD ("/store/fold-twice", test_fold_twice);
  ADD ("/store/half-removed", test_half_removed);
  ADD ("/store/resume-errors", test_resume_errors);
  ADD ("/store/add-analysis", test_add_analysis);
  ADD ("/store/hold", test_hold);
  ADD ("/store/golden", test_golden);
  ADD ("/store/h5py", test_h5py);
  ADD ("/store/h5dump", test_h5dump);
  return g_test_run ();
}
