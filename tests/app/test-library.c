#include "config.h"

#include "../engine/store-samples.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <utime.h>

#include "app/behind.h"
#include "app/library-private.h"

typedef struct
{
  char *folder;
  RheoLibrary *library;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_build_filename (g_get_user_data_dir (), "runs", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  /* The trash must be on the same disk as the home of the user. */
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->library);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_tree (f->folder);
  g_free (f->folder);
}

/* --- helpers ----------------------------------------------------------------------------------------------------- */

static char *
path_of (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static RheoStore *
begin (Fixture *f, const char *name, int seed)
{
  g_autofree char *path = path_of (f, name);
  g_autoptr (RheoExperiment) experiment = make_experiment (seed);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  for (int64_t i = 1; i <= 6; i++)
    {
      double values[2] = { sample_value (i, 0), sample_value (i, 1) };

      rheo_store_append (store, NULL, (RheoPlace){ i, i }, (double) i, values, &error);
    }
  rheo_store_sync (store, &error);
  g_assert_no_error (error);
  return store;
}

static void
make_run (Fixture *f, const char *name, int seed, const char *reason)
{
  g_autoptr (GError) error = NULL;

  rheo_store_close (begin (f, name, seed), reason, &error);
  g_assert_no_error (error);
}

static void
make_file (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
on_late (gpointer data)
{
  g_assert_not_reached (); /* a minute has passed */
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
settle (RheoLibrary *library)
{
  guint late = g_timeout_add_seconds (60, on_late, NULL);

  while (rheo_library_is_busy (library) || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
}

static void
on_trouble (RheoLibrary *library, const char *sentence)
{
  g_test_message ("%s", sentence);
  g_assert_not_reached ();
}

static void
open_library (Fixture *f)
{
  f->library = rheo_library_new (f->folder);
  g_signal_connect (f->library, "trouble", G_CALLBACK (on_trouble), NULL);
  settle (f->library);
}

static RheoRunItem *
find (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);

  return rheo_library_find (f->library, path);
}

static const RheoRunFacts *
facts_of (Fixture *f, const char *name)
{
  RheoRunItem *item = find (f, name);

  g_assert_nonnull (item);
  return rheo_run_item_get_facts (item);
}

static guint
count (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->library));
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* --- listing ----------------------------------------------------------------------------------------------------- */

static void
facts (Fixture *f, gconstpointer data)
{
  const RheoRunFacts *run;

  make_run (f, "a.h5", 3, "budget");
  open_library (f);
  run = facts_of (f, "a.h5");
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpstr (run->name, ==, "a");
  g_assert_cmpint (run->seed, ==, 3);
  g_assert_cmpint (run->state, ==, RHEO_ITEM_DONE);
  g_assert_cmpint (run->iteration, ==, 6);
  g_assert_cmpfloat (run->best, ==, sample_value (6, 0));
  g_assert_cmpstr (run->best_label, ==, "loss");
  g_assert_true (run->lower_is_better);
  g_assert_cmpint (run->n_progress, ==, 6);
  g_assert_cmpfloat (run->progress[0], ==, sample_value (1, 0));
  g_assert_cmpint (run->checkpoint, ==, -1);
  g_assert_cmpint (run->created, >, 0);
  g_assert_cmpuint (run->size, >, 0);
  g_assert_null (run->tags[0]);
}

static void
states (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *name, *reason;
    RheoItemState state;
  } runs[] = {
    { "done.h5", "budget", RHEO_ITEM_DONE },       { "patient.h5", "patience", RHEO_ITEM_DONE },
    { "solved.h5", "solved", RHEO_ITEM_SOLVED },   { "stopped.h5", "user", RHEO_ITEM_STOPPED },
    { "wild.h5", "diverged", RHEO_ITEM_DIVERGED }, { "cut.h5", NULL, RHEO_ITEM_INTERRUPTED },
  };
  g_autofree char *broken = path_of (f, "broken.h5");
  g_autofree char *other = path_of (f, "notes.txt");
  RheoStore *store = begin (f, "going.h5", 1);

  make_file (broken, "nothing of a run");
  make_file (other, "not a run");
  for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
    make_run (f, runs[i].name, (int) i, runs[i].reason);
  open_library (f);
  g_assert_cmpuint (count (f), ==, G_N_ELEMENTS (runs) + 2);
  for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
    g_assert_cmpint (facts_of (f, runs[i].name)->state, ==, runs[i].state);
  g_assert_cmpint (facts_of (f, "broken.h5")->state, ==, RHEO_ITEM_BROKEN);
  g_assert_nonnull (strstr (facts_of (f, "broken.h5")->error, "is not a run file."));
  g_assert_cmpint (facts_of (f, "broken.h5")->fault, ==, RHEO_FAULT_FOREIGN);
  g_assert_cmpint (facts_of (f, "going.h5")->state, ==, RHEO_ITEM_RUNNING);
  g_assert_cmpint (facts_of (f, "going.h5")->iteration, ==, 6);

  rheo_store_close (store, "user", NULL);
  rheo_library_refresh (f->library);
  settle (f->library);
  g_assert_cmpint (facts_of (f, "going.h5")->state, ==, RHEO_ITEM_STOPPED);
}

static void
newest_first (Fixture *f, gconstpointer data)
{
  g_autofree char *old = path_of (f, "a.h5");
  g_autoptr (RheoRunItem) first = NULL;

  make_run (f, "a.h5", 1, "budget");
  make_run (f, "b.h5", 2, "budget");
  g_utime (old, &(struct utimbuf){ 1000, 1000 });
  open_library (f);
  first = g_list_model_get_item (G_LIST_MODEL (f->library), 0);
  g_assert_cmpstr (rheo_run_item_get_facts (first)->name, ==, "b");
}

static gboolean
has_one (gpointer data)
{
  return count (data) == 1;
}

/* Nobody asks for it: the folder says that it has changed. */
static void
watched (Fixture *f, gconstpointer data)
{
  guint late;

  open_library (f);
  g_assert_cmpuint (count (f), ==, 0);
  make_run (f, "new.h5", 1, "budget");
  late = g_timeout_add_seconds (60, on_late, NULL);
  while (!has_one (f))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
}

static void
on_items (RheoLibrary *library, guint position, guint removed, guint added, GPtrArray *states_seen)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (library), i);

      g_ptr_array_add (states_seen, GINT_TO_POINTER (rheo_run_item_get_facts (item)->state));
    }
}

/* It is written by a thread that nobody waits for. */
static void
wait_for_cache (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "rheobase", NULL);
  const char *name = NULL;

  for (int i = 0; name == NULL; i++)
    {
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

      name = dir != NULL ? g_dir_read_name (dir) : NULL;
      name = name != NULL && strchr (name, '.') == NULL ? name : NULL;
      g_assert_cmpint (i, <, 60000);
      g_usleep (1000);
    }
}

/* The second time nothing is read: the facts are there with the list. A run that has changed is read again. */
static void
kept (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();
  g_autofree char *changed = path_of (f, "b.h5");

  make_run (f, "a.h5", 1, "budget");
  make_run (f, "b.h5", 2, "budget");
  open_library (f);
  g_clear_object (&f->library);
  wait_for_cache ();
  g_remove (changed);
  make_run (f, "b.h5", 5, "user");

  f->library = rheo_library_new (f->folder);
  g_signal_connect (f->library, "items-changed", G_CALLBACK (on_items), seen);
  settle (f->library);
  g_assert_cmpuint (seen->len, ==, 2);
  g_assert_true (g_ptr_array_find (seen, GINT_TO_POINTER (RHEO_ITEM_DONE), NULL));
  g_assert_true (g_ptr_array_find (seen, GINT_TO_POINTER (RHEO_ITEM_READING), NULL));
  g_assert_cmpint (facts_of (f, "a.h5")->seed, ==, 1);
  g_assert_cmpint (facts_of (f, "b.h5")->seed, ==, 5);
}

static void
other_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *empty = g_build_filename (f->folder, "not", "there", NULL);

  make_run (f, "a.h5", 1, "budget");
  open_library (f);
  rheo_library_set_folder (f->library, empty);
  g_assert_cmpuint (count (f), ==, 0);
  settle (f->library);
  g_assert_cmpuint (count (f), ==, 0);
  rheo_library_set_folder (f->library, f->folder);
  settle (f->library);
  g_assert_cmpuint (count (f), ==, 1);
}

/* --- names ------------------------------------------------------------------------------------------------------- */

static void
new_paths (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-trajectory", &error);
  static const char *const names[] = { "robot-lif-seed4.h5", "robot-lif-seed4-2.h5", "robot-lif-seed4-3.h5" };

  g_assert_no_error (error);
  rheo_experiment_get_run (experiment)->seed = 4;
  open_library (f);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = rheo_library_dup_new_path (f->library, experiment, &error);
      g_autofree char *wanted = path_of (f, names[i]);
      g_autofree char *parts = g_strconcat (path, ".parts", NULL);

      g_assert_no_error (error);
      g_assert_cmpstr (path, ==, wanted);
      /* Parts alone take a name, too. */
      g_assert_cmpint (i == 1 ? g_mkdir (parts, 0700) : (make_file (path, ""), 0), ==, 0);
    }
}

/* Runs on one's own data are told apart by the file, not all called "task". */
static void
new_paths_of_files (Fixture *f, gconstpointer data)
{
  static const char *const tasks[] = { "task-table", "task-script", "task-table", "task-table" };
  static const char *const files[] = { "/data/reach left.csv", "/data/maze.v2.lua", "/data/.csv", "" };
  static const char *const names[] = { "reach-left-lif-seed1.h5", "maze.v2-lif-seed1.h5", ".csv-lif-seed1.h5",
                                       "task-lif-seed1.h5" };

  open_library (f);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-trajectory", &error);
      g_autofree char *wanted = path_of (f, names[i]), *path = NULL;

      rheo_experiment_set (experiment, "task.id", tasks[i], &error);
      g_assert_no_error (error);
      rheo_experiment_set (experiment, "task.file", files[i], &error);
      g_assert_no_error (error);
      path = rheo_library_dup_new_path (f->library, experiment, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (path, ==, wanted);
    }
}

static void
renamed (Fixture *f, gconstpointer data)
{
  g_autofree char *figures = path_of (f, "figures");
  g_autofree char *mine = g_build_filename (figures, "a-loss-6.svg", NULL);
  g_autofree char *theirs = g_build_filename (figures, "a-1-loss-6.svg", NULL);
  const char *const tags[] = { "good", NULL };
  g_autoptr (GError) error = NULL;

  make_run (f, "a.h5", 1, NULL);
  make_run (f, "a-1.h5", 1, "budget");
  g_mkdir (figures, 0700);
  make_file (mine, "");
  make_file (theirs, "");
  open_library (f);
  rheo_library_set_tags (f->library, find (f, "a.h5"), tags, &error);
  g_assert_no_error (error);
  rheo_library_rename (f->library, find (f, "a.h5"), "  better.h5 ", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (facts_of (f, "better.h5")->name, ==, "better");
  g_assert_null (find (f, "a.h5"));
  g_assert_false (is_there (f, "a.h5"));
  g_assert_true (is_there (f, "better.h5"));
  g_assert_true (is_there (f, "better.h5.tags"));
  g_assert_true (is_there (f, "figures/better-loss-6.svg"));
  g_assert_true (is_there (f, "figures/a-1-loss-6.svg"));
  settle (f->library);
  g_assert_cmpuint (count (f), ==, 2);
  g_assert_cmpstr (facts_of (f, "better.h5")->tags[0], ==, "good");
}

static void
not_renamed (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *run, *name, *sentence;
  } wrong[] = {
    { "a.h5", "b", "There is a run named b already." },
    { "a.h5", " ", "A run needs a name." },
    { "a.h5", ".h5", "A run needs a name." },
    { "a.h5", ".hidden", "A name does not begin with a dot." },
    { "a.h5", "../b", "A name does not begin with a dot." },
    { "a.h5", "c/d", "A name has no “/” or “\\” in it." },
    { "going.h5", "gone", "going is running. It can be renamed when it has ended." },
  };
  RheoStore *store = begin (f, "going.h5", 1);

  make_run (f, "a.h5", 1, "budget");
  make_run (f, "b.h5", 1, "budget");
  open_library (f);
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_library_rename (f->library, find (f, wrong[i].run), wrong[i].name, &error));
      g_assert_cmpstr (error->message, ==, wrong[i].sentence);
      g_assert_nonnull (find (f, wrong[i].run));
    }
  rheo_store_close (store, "user", NULL);
}

/* --- tags -------------------------------------------------------------------------------------------------------- */

static void
tagged (Fixture *f, gconstpointer data)
{
  const char *const tags[] = { "good", "figure 3", NULL };
  g_autoptr (GError) error = NULL;

  make_run (f, "a.h5", 1, "budget");
  open_library (f);
  rheo_library_set_tags (f->library, find (f, "a.h5"), tags, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal (facts_of (f, "a.h5")->tags, tags));
  g_clear_object (&f->library);
  open_library (f);
  g_assert_true (g_strv_equal (facts_of (f, "a.h5")->tags, tags));
  rheo_library_set_tags (f->library, find (f, "a.h5"), NULL, &error);
  g_assert_no_error (error);
  g_assert_false (is_there (f, "a.h5.tags"));
  g_assert_null (facts_of (f, "a.h5")->tags[0]);
}

/* --- trash ------------------------------------------------------------------------------------------------------- */

static guint
trash (Fixture *f, const char *a, const char *b)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_ptr_array_add (items, find (f, a));
  if (b != NULL)
    g_ptr_array_add (items, find (f, b));
  return rheo_library_trash (f->library, items);
}

static void
trashed (Fixture *f, gconstpointer data)
{
  guint ticket, late;

  make_run (f, "a.h5", 1, "budget");
  make_run (f, "b.h5", 2, NULL);
  open_library (f);
  ticket = trash (f, "a.h5", "b.h5");
  g_assert_cmpuint (ticket, !=, 0);
  g_assert_cmpuint (count (f), ==, 0);
  g_assert_null (find (f, "a.h5"));
  /* Until it is certain the files stay where they are, whatever happens in the folder. */
  rheo_library_refresh (f->library);
  settle (f->library);
  g_assert_cmpuint (count (f), ==, 0);
  g_assert_true (is_there (f, "a.h5"));
  rheo_library_trash_undo (f->library, ticket);
  g_assert_cmpuint (count (f), ==, 2);
  /* The toast goes after its button was pressed. */
  rheo_library_trash_commit (f->library, ticket);
  settle (f->library);
  g_assert_true (is_there (f, "a.h5"));

  ticket = trash (f, "a.h5", NULL);
  rheo_library_trash_commit (f->library, ticket);
  late = g_timeout_add_seconds (60, on_late, NULL);
  while (is_there (f, "a.h5"))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
  settle (f->library);
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_true (is_there (f, "b.h5"));
}

static void
trashed_at_the_end (Fixture *f, gconstpointer data)
{
  make_run (f, "a.h5", 1, "budget");
  open_library (f);
  trash (f, "a.h5", NULL);
  g_assert_true (is_there (f, "a.h5"));
  rheo_library_shut (f->library);
  g_assert_false (is_there (f, "a.h5"));
}

static void
not_trashed (Fixture *f, gconstpointer data)
{
  RheoStore *store = begin (f, "going.h5", 1);

  make_run (f, "a.h5", 1, "budget");
  open_library (f);
  g_assert_cmpuint (trash (f, "going.h5", NULL), ==, 0);
  g_assert_cmpuint (trash (f, "going.h5", "a.h5"), !=, 0);
  g_assert_cmpuint (count (f), ==, 1);
  rheo_store_close (store, "user", NULL);
}

static void
count_change (GListModel *model, guint position, guint removed, guint added, guint n[2])
{
  n[0]++;
  n[1] = MAX (n[1], added);
}

/* Many runs are taken over bit by bit and stand in order meanwhile; another look that finds nothing new changes nothing. */
static void
test_many (Fixture *f, gconstpointer data)
{
  enum
  {
    N = 3000
  };
  guint n[2] = { 0, 0 };
  g_autofree char *gone = path_of (f, "run-1500.h5");

  for (int i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%04d.h5", i), *path = path_of (f, name);
      struct utimbuf times = { 1000000 + i, 1000000 + i };

      g_close (g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), NULL);
      g_assert_cmpint (g_utime (path, &times), ==, 0);
    }
  open_library (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->library)), ==, N);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (f->library), i);
      g_autofree char *name = g_strdup_printf ("run-%04u", N - 1 - i);

      g_assert_cmpstr (rheo_run_item_get_facts (item)->name, ==, name);
    }
  g_signal_connect (f->library, "items-changed", G_CALLBACK (count_change), n);
  rheo_library_refresh (f->library);
  settle (f->library);
  g_assert_cmpuint (n[0], ==, 0);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  rheo_library_refresh (f->library);
  settle (f->library);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->library)), ==, N - 1);
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 0);
}

static void
note_left (RheoLibrary *library, RheoRunItem *item, GString *names)
{
  g_string_append_printf (names, "%s ", rheo_run_item_get_facts (item)->name);
}

/* Told of once, whether the file is read or what was kept of it. */
static void
test_left (Fixture *f, gconstpointer data)
{
  make_run (f, "done.h5", 1, "budget");
  make_run (f, "stopped.h5", 2, "user");
  for (int round = 0; round < 2; round++)
    {
      g_autoptr (GString) names = g_string_new (NULL);

      f->library = rheo_library_new (f->folder);
      g_signal_connect (f->library, "left", G_CALLBACK (note_left), names);
      settle (f->library);
      rheo_library_refresh (f->library);
      settle (f->library);
      g_assert_cmpstr (names->str, ==, "stopped ");
      g_signal_handlers_disconnect_by_data (f->library, names);
      g_assert_true (rheo_behind_wait (60));
      g_clear_object (&f->library);
    }
}

/* The window is closed while runs are still being read: what has been read is kept. */
static void
test_cut_short (Fixture *f, gconstpointer data)
{
  enum
  {
    N = 50
  };
  g_autofree char *first = path_of (f, "run-00.h5");
  g_autoptr (GPtrArray) found = NULL;
  GWeakRef gone;
  guint n_kept = 0, late = g_timeout_add_seconds (60, on_late, NULL), tick = 0;
  gboolean some = FALSE;

  make_run (f, "run-00.h5", 1, "budget");
  for (int i = 1; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%02d.h5", i), *path = path_of (f, name);

      g_assert_cmpint (link (first, path), ==, 0);
    }
  f->library = rheo_library_new (f->folder);
  while (!some)
    {
      g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < count (f) && !some; i++)
        {
          g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (f->library), i);

          some = rheo_run_item_get_facts (item)->state == RHEO_ITEM_DONE;
        }
    }
  g_assert_true (rheo_library_is_busy (f->library));
  g_weak_ref_init (&gone, f->library);
  rheo_library_shut (f->library);
  g_clear_object (&f->library);
  /* As long as a task still reads; its thread may be the last to let go. */
  tick = g_timeout_add (5, on_tick, NULL);
  for (RheoLibrary *library; (library = g_weak_ref_get (&gone)) != NULL;)
    {
      g_object_unref (library);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (late);
  g_source_remove (tick);
  g_weak_ref_clear (&gone);
  g_assert_true (rheo_behind_wait (60));
  found = rheo_library_scan (f->folder, TRUE);
  for (guint i = 0; i < found->len; i++)
    n_kept += ((RheoFound *) g_ptr_array_index (found, i))->value != NULL;
  g_assert_cmpuint (n_kept, >, 0);
  g_assert_cmpuint (n_kept, <, N);
}

#define ADD(path, function) g_test_add ("/library/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("many", test_many);
  ADD ("left", test_left);
  ADD ("cut-short", test_cut_short);
  ADD ("facts", facts);
  ADD ("states", states);
  ADD ("newest-first", newest_first);
  ADD ("watched", watched);
  ADD ("kept", kept);
  ADD ("other-folder", other_folder);
  ADD ("new-paths", new_paths);
  ADD ("new-paths-of-files", new_paths_of_files);
  ADD ("renamed", renamed);
  ADD ("not-renamed", not_renamed);
  ADD ("tagged", tagged);
  ADD ("trashed", trashed);
  ADD ("trashed-at-the-end", trashed_at_the_end);
  ADD ("not-trashed", not_trashed);
  return g_test_run ();
}
