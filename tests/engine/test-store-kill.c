/* A process writes runs, and is killed: at random moments, and at each system call by which a fold changes the disk.
 * What it had said to be saved must be there afterwards. */
#include "config.h"

#include "store-samples.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/store-private.h"

#define N_STEPS 4    /* iterations between two folds */
#define N_LONGEST 40 /* iterations of a run, before a new one is begun */

/* --- what is written --------------------------------------------------------------------------------------- */

static RheoTable *
make_small (int64_t iteration)
{
  RheoTable *table = rheo_table_new ("");
  const int64_t dims[] = { 8, 100 };
  RheoColumn *column = rheo_table_add (table, "rec.weight", "Weights", "", "pre post", RHEO_F32, dims);

  for (int i = 0; i < 800; i++)
    ((float *) column->data)[i] = (float) (iteration * 1000 + i);
  return table;
}

static RheoPlace
place_of (int64_t iteration)
{
  return (RheoPlace){ iteration, 10 * iteration };
}

/* The newest checkpoint; -1: there is none, -2: there is no run. */
static int64_t
newest (const char *path, GError **error)
{
  g_autoptr (RheoRun) run = rheo_run_open (path, error);
  const RheoPlace *places;
  int n;

  if (run == NULL)
    return -2;
  places = rheo_run_get_checkpoints (run, &n);
  return n > 0 ? places[n - 1].iteration : -1;
}

static RheoStore *
begin (const char *path, int64_t at)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (GError) error = NULL;
  RheoStore *store = at > 0 ? rheo_store_resume (path, place_of (at), experiment, NULL, &error)
                            : rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  g_assert_no_error (error);
  return store;
}

static void
step (RheoStore *store, int64_t i)
{
  double values[2] = { sample_value (i, 0), sample_value (i, 1) };
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, i);
  g_autoptr (RheoTable) table = make_small (i);
  g_autoptr (GError) error = NULL;

  rheo_store_append (store, NULL, place_of (i), (double) i, values, &error);
  rheo_store_journal (store, place_of (i), "key", "", text, &error);
  rheo_store_put_epoch (store, i, table, &error);
  if (i % 2 == 0)
    rheo_store_put_checkpoint (store, place_of (i), table, FALSE, &error);
  g_assert_no_error (error);
}

static void
end (RheoStore *store)
{
  g_autoptr (GError) error = NULL;

  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
}

/* --- the process that is killed ---------------------------------------------------------------------------- */

/* "N" on standard output: all up to the checkpoint of iteration N is saved. 0: nothing is. */
static void
say (int64_t iteration)
{
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT "\n", iteration);

  if (write (STDOUT_FILENO, line, strlen (line)) < 0)
    _exit (1);
}

static void
write_on (const char *path, gboolean for_ever)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);

  for (;;)
    {
      int64_t at = newest (path, NULL);
      g_autoptr (GError) error = NULL;
      RheoStore *store;

      if (at >= N_LONGEST && !for_ever)
        return;
      if (at < 0 || at >= N_LONGEST)
        {
          say (0);
          g_unlink (path);
          remove_tree (parts);
          at = 0;
        }
      store = begin (path, at);
      for (int64_t i = at + 1; i <= at + N_STEPS; i++)
        {
          step (store, i);
          if (i % 2 == 0)
            {
              rheo_store_sync (store, &error);
              g_assert_no_error (error);
              say (i);
            }
        }
      end (store);
      say (at + N_STEPS);
    }
}

/* Folds what another one left, goes on for a step, and folds that. */
static void
fold_only (const char *path)
{
  RheoStore *store = begin (path, newest (path, NULL));

  say (0);
  end (store);
}

/* --- what must be there ------------------------------------------------------------------------------------ */

static void
check_epoch (RheoRun *run, int64_t iteration)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) found = rheo_run_read_epoch (run, iteration, NULL, &error);
  g_autoptr (RheoTable) expected = make_small (iteration);

  g_assert_no_error (error);
  assert_tables_equal (found, expected);
}

/* Everything up to iteration `saved`; what is newer is whole or not there. */
static void
check_run (const char *path, int64_t saved, gboolean all_epochs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  g_autoptr (RheoTable) metrics = NULL;
  g_autoptr (RheoTable) journal = NULL;
  const RheoPlace *places;
  const int64_t *epochs;
  int64_t n_rows;
  int n;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_run_get_state (run), !=, RHEO_RUN_RUNNING);
  metrics = rheo_run_dup_metrics (run, NULL, &error);
  g_assert_no_error (error);
  n_rows = rheo_table_get_column (metrics, 0)->dims[0];
  g_assert_cmpint (n_rows, >=, saved);
  g_assert_cmpint (rheo_run_get_place (run).iteration, ==, n_rows);
  for (int64_t i = 1; i <= n_rows; i++)
    {
      g_assert_cmpint (((const int64_t *) rheo_table_get_column (metrics, 0)->data)[i - 1], ==, i);
      g_assert_true (((const double *) rheo_table_get_column (metrics, 3)->data)[i - 1] == sample_value (i, 0));
    }
  journal = rheo_run_dup_journal (run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_get_column (journal, 0)->dims[0], >=, saved);
  for (int64_t i = 1; i <= rheo_table_get_column (journal, 0)->dims[0]; i++)
    g_assert_cmpint (g_ascii_strtoll (rheo_column_get_string (rheo_table_find (journal, "new"), i - 1), NULL, 10), ==,
                     i);
  epochs = rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, >=, saved);
  for (int i = 0; i < n; i++)
    {
      g_assert_cmpint (epochs[i], ==, i + 1);
      if (all_epochs || i >= n - 5)
        check_epoch (run, i + 1);
    }
  places = rheo_run_get_checkpoints (run, &n);
  g_assert_cmpint (n, <=, 2);
  if (saved > 0)
    {
      g_assert_cmpint (n, >, 0);
      g_assert_cmpint (places[n - 1].iteration, >=, saved);
    }
  for (int i = 0; i < n; i++)
    {
      g_autoptr (RheoTable) found = rheo_run_read_checkpoint (run, places[i], &error);
      g_autoptr (RheoTable) expected = make_small (places[i].iteration);

      g_assert_no_error (error);
      assert_tables_equal (found, expected);
    }
}

/* It goes on, and ends with nothing beside the file. */
static void
check_resume (const char *folder, const char *path)
{
  int64_t at = newest (path, NULL);
  g_autoptr (GDir) dir = NULL;
  RheoStore *store = begin (path, at);

  step (store, at + 1);
  step (store, at + 2);
  end (store);
  check_run (path, at + 2, TRUE);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "run.h5");
  g_assert_null (g_dir_read_name (dir));
}

/* --- random moments ---------------------------------------------------------------------------------------- */

static pid_t
spawn (const char *how, const char *path, int *out)
{
  int ends[2];
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (g_str_equal (how, "--fold") && ptrace (PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit (3);
      dup2 (ends[1], STDOUT_FILENO);
      close (ends[0]);
      close (ends[1]);
      execl ("/proc/self/exe", "test-store-kill", how, path, NULL);
      _exit (2);
    }
  close (ends[1]);
  *out = ends[0];
  return child;
}

/* The last whole line that the child said; `before` when it said none. */
static int64_t
last_said (const char *text, int64_t before)
{
  const char *end = strrchr (text, '\n');
  const char *start = end;

  if (end == NULL)
    return before;
  while (start > text && start[-1] != '\n')
    start--;
  return g_ascii_strtoll (start, NULL, 10);
}

static int
count_lines (const char *text)
{
  int n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static gboolean
listen (int out, GString *said)
{
  char text[256];
  ssize_t n = read (out, text, sizeof text);

  if (n > 0)
    g_string_append_len (said, text, n);
  return n > 0;
}

typedef struct
{
  int new, between, clearing, records;
} Hits;

/* Where the fold was, if it was in one. */
static void
count_hit (const char *path, Hits *hits)
{
  g_autofree char *new = g_strconcat (path, ".new", NULL);
  g_autofree char *run = g_strconcat (path, ".parts/run.json", NULL);
  g_autofree char *experiment = g_strconcat (path, ".parts/experiment.json", NULL);
  g_autoptr (RheoIndex) index = rheo_index_new (path, NULL);

  if (index == NULL)
    return;
  if (g_file_test (new, G_FILE_TEST_EXISTS))
    hits->new ++;
  else if (index->run != NULL && !index->has_parts)
    hits->between++;
  else if (index->run == NULL && g_file_test (experiment, G_FILE_TEST_EXISTS))
    hits->clearing++;
  else
    hits->records++;
}

static void
test_random (gconstpointer data)
{
  int n_kills = GPOINTER_TO_INT (data);
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (20241);
  Hits hits = { 0 };
  int64_t saved = 0, apart = 5000; /* microseconds between two lines */

  for (int i = 0; i < n_kills; i++)
    {
      g_autoptr (GString) said = g_string_new (NULL);
      int n_lines = g_rand_int_range (random, 1, 8), out;
      pid_t child = spawn ("--write", path, &out);
      int64_t start = g_get_monotonic_time (), now;
      int status;

      /* A number of lines, then a moment up to the line after the next. */
      while (count_lines (said->str) < n_lines && listen (out, said))
        ;
      now = g_get_monotonic_time ();
      apart = (7 * apart + (now - start) / n_lines) / 8;
      g_usleep ((gulong) (g_rand_double (random) * 2 * (double) apart));
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      while (listen (out, said))
        ;
      close (out);
      g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
      saved = last_said (said->str, saved);
      count_hit (path, &hits);
      if (saved > 0)
        check_run (path, saved, i % 10 == 0);
      if (saved > 0 && i % 10 == 9)
        {
          check_resume (folder, path);
          saved = newest (path, NULL);
        }
    }
  g_test_message ("killed while writing records and parts %d, a new file %d, before and in the removal of parts %d, %d",
                  hits.records, hits.new, hits.between, hits.clearing);
  g_assert_cmpint (hits.records, >, 0);
  remove_tree (folder);
}

/* --- reading meanwhile ------------------------------------------------------------------------------------- */

/* While one process writes and folds, another sees a whole run at any moment. Only a checkpoint may have gone. */
static void
test_reader (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (GString) said = g_string_new (NULL);
  int64_t saved = 0, seen = 0;
  int out, status, n_read = 0;
  pid_t child = spawn ("--write-once", path, &out);

  fcntl (out, F_SETFL, O_NONBLOCK);
  while (saved < N_LONGEST)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoRun) run = NULL;
      g_autoptr (RheoTable) metrics = NULL;
      const RheoPlace *places;
      int n;

      while (listen (out, said))
        ;
      saved = last_said (said->str, 0);
      if (saved == 0)
        continue;
      run = rheo_run_open (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_run_get_place (run).iteration, >=, MAX (saved, seen));
      seen = saved;
      metrics = rheo_run_dup_metrics (run, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_table_get_column (metrics, 0)->dims[0], >=, saved);
      rheo_run_get_epochs (run, &n);
      g_assert_cmpint (n, >=, saved);
      check_epoch (run, 1);
      check_epoch (run, n);
      places = rheo_run_get_checkpoints (run, &n);
      g_assert_cmpint (n, >, 0);
      for (int i = 0; i < n; i++)
        {
          g_autoptr (RheoTable) checkpoint = rheo_run_read_checkpoint (run, places[i], &error);

          g_assert_true (checkpoint != NULL || g_error_matches (error, RHEO_ERROR, RHEO_ERROR_INVALID));
          g_clear_error (&error);
        }
      n_read++;
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  close (out);
  g_test_message ("read %d times", n_read);
  g_assert_cmpint (n_read, >, 0);
  remove_tree (folder);
}

/* --- each step of a fold ----------------------------------------------------------------------------------- */

static gboolean
changes_disk (const struct __ptrace_syscall_info *call)
{
  static const long calls[] = {
    SYS_pwrite64, SYS_ftruncate, SYS_fallocate, SYS_mkdirat, SYS_unlinkat, SYS_renameat2, SYS_renameat,
#ifdef SYS_rename
    SYS_mkdir,    SYS_unlink,    SYS_rename,    SYS_rmdir,
#endif
  };

  for (size_t i = 0; i < G_N_ELEMENTS (calls); i++)
    if ((long) call->entry.nr == calls[i])
      return TRUE;
  return (call->entry.nr == SYS_openat && (call->entry.args[2] & O_CREAT) != 0)
         || (call->entry.nr == SYS_write && call->entry.args[0] > 2);
}

/* Lets the child run to the n-th call that changes the disk and kills it there; FALSE when it ends before. */
static gboolean
run_to (pid_t child, int n)
{
  struct __ptrace_syscall_info call;
  int status, n_calls = 0;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (!WIFSTOPPED (status))
    return FALSE;
  ptrace (PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (int signal = 0;;)
    {
      g_assert_cmpint (ptrace (PTRACE_SYSCALL, child, NULL, signal), ==, 0);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      if (!WIFSTOPPED (status))
        return FALSE;
      signal = WSTOPSIG (status) == (SIGTRAP | 0x80) || WSTOPSIG (status) == SIGTRAP ? 0 : WSTOPSIG (status);
      if (WSTOPSIG (status) != (SIGTRAP | 0x80) || ptrace (PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0
          || call.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_disk (&call))
        continue;
      if (++n_calls == n)
        {
          kill (child, SIGKILL);
          waitpid (child, &status, 0);
          return TRUE;
        }
    }
}

static gboolean
may_trace (void)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    _exit (ptrace (PTRACE_TRACEME, 0, NULL, NULL) < 0 ? 1 : 0);
  return waitpid (child, &status, 0) == child && WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static void
copy_tree (const char *from, const char *to)
{
  g_autofree char *line = g_strdup_printf ("cp -r %s %s", from, to);
  int status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* A run of 8 iterations, of which 4 are folded and 4 lie in parts that a killed writer left. */
static void
make_killed (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  g_autofree char *kept = g_strconcat (folder, "-kept", NULL);
  RheoStore *store;

  g_mkdir (folder, 0777);
  store = begin (path, 0);
  for (int64_t i = 1; i <= 4; i++)
    step (store, i);
  end (store);
  store = begin (path, 4);
  for (int64_t i = 5; i <= 8; i++)
    step (store, i);
  g_assert_true (rheo_store_sync (store, NULL));
  copy_tree (folder, kept);
  end (store);
  remove_tree (folder);
  g_rename (kept, folder);
}

static void
test_each_step (gconstpointer data)
{
  int stride = GPOINTER_TO_INT (data), n_steps = 0;
  g_autofree char *folder = make_folder ();
  g_autofree char *killed = g_build_filename (folder, "killed", NULL);
  g_autofree char *now = g_build_filename (folder, "now", NULL);
  g_autofree char *path = g_build_filename (now, "run.h5", NULL);
  Hits hits = { 0 };
  gboolean going = may_trace ();

  if (!going)
    g_test_skip ("This user may not trace a process.");
  else
    make_killed (killed);
  for (int n = 1; going; n += stride)
    {
      int out;

      copy_tree (killed, now);
      going = run_to (spawn ("--fold", path, &out), n);
      close (out);
      if (going)
        {
          n_steps++;
          count_hit (path, &hits);
          check_run (path, 8, TRUE);
          if (n_steps % 3 == 0)
            check_resume (now, path);
        }
      remove_tree (now);
    }
  g_test_message ("%d steps: new file %d, before and in the removal of parts %d, %d", n_steps, hits.new, hits.between,
                  hits.clearing);
  if (n_steps > 0 && stride == 1)
    {
      g_assert_cmpint (hits.new, >, 0);
      g_assert_cmpint (hits.clearing, >, 0);
    }
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--write"))
    write_on (argv[2], TRUE);
  if (argc == 3 && g_str_equal (argv[1], "--write-once"))
    {
      write_on (argv[2], FALSE);
      _exit (0);
    }
  if (argc == 3 && g_str_equal (argv[1], "--fold"))
    {
      fold_only (argv[2]);
      _exit (0);
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/kill/reader", test_reader);
  if (argc == 2 && g_str_equal (argv[1], "--few"))
    {
      g_test_add_data_func ("/store/kill/random", GINT_TO_POINTER (20), test_random);
      g_test_add_data_func ("/store/kill/each-step", GINT_TO_POINTER (17), test_each_step);
    }
  else
    {
      g_test_add_data_func ("/store/kill/random", GINT_TO_POINTER (200), test_random);
      g_test_add_data_func ("/store/kill/each-step", GINT_TO_POINTER (1), test_each_step);
    }
  return g_test_run ();
}
