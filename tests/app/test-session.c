/* The session tells of a run through the main loop alone: state, metrics, frames, notes; no display. */
#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/behind.h"
#include "app/session.h"
#include "engine/trainer.h"

/* Where an engine prepares a run, and where it gives back what the run held, it stands still as long as the gate there is
 * shut. */
typedef struct
{
  gboolean shut;
  int n_inside;
} Gate;

static GMutex lock;
static GCond moved;
static Gate preparing, ending;

static void
pass (Gate *gate)
{
  g_mutex_lock (&lock);
  gate->n_inside++;
  g_cond_broadcast (&moved);
  while (gate->shut)
    g_cond_wait (&moved, &lock);
  gate->n_inside--;
  g_mutex_unlock (&lock);
}

static void
set_shut (Gate *gate, gboolean shut)
{
  g_mutex_lock (&lock);
  gate->shut = shut;
  g_cond_broadcast (&moved);
  g_mutex_unlock (&lock);
}

static void
wait_for_engine (Gate *gate)
{
  g_mutex_lock (&lock);
  while (gate->n_inside == 0)
    g_cond_wait (&moved, &lock);
  g_mutex_unlock (&lock);
}

RheoTrainer *__real_rheo_trainer_new (const RheoExperiment *experiment, GError **error);
RheoTrainer *__wrap_rheo_trainer_new (const RheoExperiment *experiment, GError **error);
RheoTrainer *
__wrap_rheo_trainer_new (const RheoExperiment *experiment, GError **error)
{
  pass (&preparing);
  return __real_rheo_trainer_new (experiment, error);
}

void __real_rheo_trainer_free (RheoTrainer *trainer);
void __wrap_rheo_trainer_free (RheoTrainer *trainer);
void
__wrap_rheo_trainer_free (RheoTrainer *trainer)
{
  pass (&ending);
  __real_rheo_trainer_free (trainer);
}

static gboolean
give_up (gpointer data)
{
  g_error ("Waited in vain.");
  return G_SOURCE_REMOVE;
}

typedef gboolean (*Condition) (RheoSession *session);

static void
wait_for (RheoSession *session, Condition condition)
{
  guint limit = g_timeout_add_seconds (60, give_up, NULL);

  while (!condition (session))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static gboolean
has_stopped (RheoSession *session)
{
  return rheo_session_get_state (session) == RHEO_ENGINE_STOPPED;
}

static gboolean
is_paused (RheoSession *session)
{
  return rheo_session_get_state (session) == RHEO_ENGINE_PAUSED;
}

static gboolean
has_iteration (RheoSession *session)
{
  return rheo_session_get_place (session).iteration >= 1;
}

static gboolean
has_mark (RheoSession *session)
{
  return rheo_session_get_marks (session)->len > 0;
}

static RheoExperiment *
small (const char *budget)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_load ("robot-trajectory", &error);

  g_assert_no_error (error);
  rheo_experiment_set_all (
      experiment, (const char *const[]){ "model.layers.0.units=32", budget, "run.record=", "run.record-every=0", NULL },
      &error);
  g_assert_no_error (error);
  return experiment;
}

static RheoTable *
get_all (RheoSession *session, const char *name, const char **key)
{
  g_autoptr (GError) error = NULL;
  const RheoPlotSource *source = rheo_session_get_source (session);
  RheoTable *table = source->read (source->data, name, -1, key, &error);

  g_assert_no_error (error);
  return table;
}

static void
count (RheoSession *session, gpointer data)
{
  ++*(int *) data;
}

static void
count_frames (RheoSession *session, const char *stream, gpointer data)
{
  ++*(int *) data;
}

static void
test_whole (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=3");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) metrics = NULL;
  g_autoptr (RheoTable) spikes = NULL;
  const char *key, *why;
  int n_metrics = 0, n_frames = 0, n_stopped = 0;

  g_signal_connect (session, "metrics", G_CALLBACK (count), &n_metrics);
  g_signal_connect (session, "stopped", G_CALLBACK (count), &n_stopped);
  g_signal_connect (session, "frame", G_CALLBACK (count_frames), &n_frames);
  rheo_session_watch (session, "hidden.spikes");
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (rheo_session_is_going (session));
  g_assert_null (rheo_session_get_device (session, &why));
  g_assert_false (rheo_session_start (session, experiment, NULL, &error));
  g_assert_nonnull (error);
  wait_for (session, has_stopped);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (rheo_session_get_place (session).iteration, ==, 3);
  g_assert_cmpstr (rheo_session_get_unit (session), ==, "epoch");
  g_assert_true (g_str_has_prefix (rheo_session_get_device (session, &why), "CPU, "));
  g_assert_cmpstr (why, ==, "This program was built without CUDA.");
  g_assert_cmpint (n_metrics, ==, 3);
  g_assert_cmpint (n_stopped, ==, 1);
  g_assert_cmpint (n_frames, >=, 1);
  metrics = get_all (session, "train.loss", &key);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (metrics, key)), ==, 3);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (metrics, "iteration"), 2), ==, 3);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (metrics, key), 0), >, 0);
  spikes = get_all (session, "hidden.spikes", &key);
  g_assert_nonnull (rheo_table_find (spikes, key));
}

static void
test_live_value (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=100000");
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;
  const RheoSessionMark *mark;

  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  wait_for (session, has_iteration);
  rheo_session_pause (session);
  wait_for (session, is_paused);
  rheo_session_set (session, "rule.optimiser.lr", "0.001");
  wait_for (session, has_mark);
  mark = rheo_session_get_marks (session)->pdata[0];
  g_assert_cmpstr (mark->path, ==, "rule.optimiser.lr");
  g_assert_cmpfloat (mark->iteration, >=, 1);
  value = rheo_experiment_dup_value (rheo_session_get_experiment (session), "rule.optimiser.lr", &error);
  g_assert_cmpfloat (g_ascii_strtod (value, NULL), ==, 0.001);
  rheo_session_stop (session);
  wait_for (session, has_stopped);
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_USER);
}

/* A run that is still being prepared is left at once, without waiting for it; the next one can begin. */
static void
test_cancel (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=2");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rheo-session-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL), *next = g_build_filename (folder, "next.h5", NULL);
  int n_stopped = 0;

  g_signal_connect (session, "stopped", G_CALLBACK (count), &n_stopped);
  g_assert_true (rheo_session_start (session, experiment, &(RheoStart){ .path = path, .at = -1 }, &error));
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_STARTING);
  rheo_session_let_go (session);
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_USER);
  g_assert_null (rheo_session_get_path (session));
  g_assert_cmpint (n_stopped, ==, 1);
  g_assert_true (rheo_session_start (session, experiment, &(RheoStart){ .path = next, .at = -1 }, &error));
  g_assert_no_error (error);
  wait_for (session, has_stopped);
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (n_stopped, ==, 2);
  g_assert_true (rheo_session_shut (session, 60));
  g_remove (next);
  g_remove (path);
  g_rmdir (folder);
}

/* A run that takes long to stop is left too; its engine writes what there is, and the file is whole. */
static void
test_let_go (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=100000");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rheo-session-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoRun) run = NULL;

  g_assert_true (rheo_session_start (session, experiment, &(RheoStart){ .path = path, .at = -1 }, &error));
  wait_for (session, has_iteration);
  rheo_session_stop (session);
  g_assert_cmpfloat (rheo_session_get_stopping_seconds (session), >=, 0);
  rheo_session_let_go (session);
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_STOPPED);
  g_assert_cmpstr (rheo_session_get_path (session), ==, path);
  g_assert_true (rheo_session_shut (session, 60));
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_clear_pointer (&run, rheo_run_free);
  g_remove (path);
  g_rmdir (folder);
}

static gboolean
has_four (RheoSession *session)
{
  const RheoPlotSource *source = rheo_session_get_source (session);
  const char *key;
  g_autoptr (RheoTable) table = source->read (source->data, "train.loss", -1, &key, NULL);

  return table != NULL && rheo_column_get_length (rheo_table_find (table, key)) == 4;
}

/* Where a run goes on, plots show it from its beginning. */
static void
test_goes_on (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=2"), longer = small ("run.budget=4");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rheo-session-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);

  g_assert_true (rheo_session_start (session, experiment, &(RheoStart){ .path = path, .at = -1 }, &error));
  wait_for (session, has_stopped);
  g_assert_cmpint (rheo_session_get_checkpoint_time (session), >, 0);
  g_assert_true (rheo_session_start (session, longer, &(RheoStart){ .resume_from = path, .at = -1 }, &error));
  g_assert_no_error (error);
  wait_for (session, has_stopped);
  g_assert_no_error (rheo_session_get_error (session));
  wait_for (session, has_four);
  g_assert_cmpstr (rheo_session_get_path (session), ==, path);
  g_remove (path);
  g_rmdir (folder);
}

/* The window is closed while a run is being prepared: nobody waits until it is, and what goes on touches no session. */
static void
test_left_behind (void)
{
  RheoSession *session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=2");
  g_autoptr (GError) error = NULL;

  set_shut (&preparing, TRUE);
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  g_assert_no_error (error);
  wait_for_engine (&preparing);
  rheo_session_stop (session);
  g_assert_false (rheo_session_shut (session, 0.001));
  g_object_unref (session);
  g_assert_false (rheo_behind_wait (0));
  set_shut (&preparing, FALSE);
  g_assert_true (rheo_behind_wait (60));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Another run starts while the first one is still being prepared. */
static void
test_another (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=2");
  g_autoptr (GError) error = NULL;

  set_shut (&preparing, TRUE);
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  wait_for_engine (&preparing);
  rheo_session_stop (session);
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_STOPPED);
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_STARTING);
  set_shut (&preparing, FALSE);
  wait_for (session, has_stopped);
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_BUDGET);
}

/* The next run starts while the engine of the last one still gives back what it held. */
static void
test_after_end (void)
{
  g_autoptr (RheoSession) session = rheo_session_new ();
  g_autoptr (RheoExperiment) experiment = small ("run.budget=2");
  g_autoptr (GError) error = NULL;

  set_shut (&ending, TRUE);
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  wait_for (session, has_stopped);
  wait_for_engine (&ending);
  g_assert_true (rheo_session_start (session, experiment, NULL, &error));
  g_assert_no_error (error);
  wait_for (session, has_iteration);
  set_shut (&ending, FALSE);
  wait_for (session, has_stopped);
  g_assert_cmpint (rheo_session_get_stop (session), ==, RHEO_STOP_BUDGET);
}

static void
fail_at_exit (void)
{
  _exit (3);
}

/* A program that leaves work behind ends without what is done at exit, with its status, and with all that it wrote. */
static void
test_leave (void)
{
  if (g_test_subprocess ())
    {
      atexit (fail_at_exit);
      rheo_behind_begin ();
      printf ("written");
      exit (rheo_behind_leave (0));
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*written*");
  g_assert_true (rheo_behind_wait (60));
  g_assert_cmpint (rheo_behind_leave (5), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/whole", test_whole);
  g_test_add_func ("/session/live-value", test_live_value);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/session/let-go", test_let_go);
  g_test_add_func ("/session/goes-on", test_goes_on);
  g_test_add_func ("/session/left-behind", test_left_behind);
  g_test_add_func ("/session/another", test_another);
  g_test_add_func ("/session/after-end", test_after_end);
  g_test_add_func ("/session/leave", test_leave);
  return g_test_run ();
}
