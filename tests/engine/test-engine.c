/* The engine's thread, its commands and its messages, with a stub for the trainer. */
#include "config.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

#include "stub-trainer.h"

typedef struct
{
  RheoEngine *engine;
  RheoExperiment *experiment;
  int n_metrics, n_frames;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  stub_reset ();
  f->engine = rheo_engine_new (NULL, NULL);
  f->experiment = rheo_experiment_new ();
  rheo_experiment_get_run (f->experiment)->budget = 3;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  rheo_engine_free (f->engine);
  rheo_experiment_free (f->experiment);
}

static void
start (Fixture *f, const RheoStart *how)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_engine_start (f->engine, f->experiment, how, &error));
  g_assert_no_error (error);
}

/* Pops until a message of this type (and, for STATE, of this state) comes. */
static RheoMessage *
await (Fixture *f, RheoMessageType type, RheoEngineState state)
{
  for (;;)
    {
      g_autoptr (RheoMessage) message = NULL;

      g_assert_true (rheo_engine_wait (f->engine, 60));
      message = rheo_engine_pop (f->engine);
      f->n_metrics += message->type == RHEO_MSG_METRICS;
      f->n_frames += message->type == RHEO_MSG_FRAME;
      if (message->type == type && (type != RHEO_MSG_STATE || message->state == state))
        return g_steal_pointer (&message);
      if (type != RHEO_MSG_ERROR)
        g_assert_cmpint (message->type, !=, RHEO_MSG_ERROR);
    }
}

static void
await_state (Fixture *f, RheoEngineState state)
{
  rheo_message_free (await (f, RHEO_MSG_STATE, state));
}

static void
test_budget (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .path = "/run.h5" };
  g_autoptr (RheoMessage) running = NULL, metrics = NULL, stopped = NULL;
  const RheoColumn *streams;

  start (f, &how);
  running = await (f, RHEO_MSG_STATE, RHEO_ENGINE_RUNNING);
  g_assert_cmpstr (running->device, ==, "CPU, 1 thread");
  g_assert_cmpstr (running->device_reason, ==, "there is none.");
  g_assert_cmpstr (running->key, ==, "epoch");
  g_assert_cmpstr (running->text, ==, "/run.h5");
  g_assert_cmpint (running->budget, ==, 3);
  g_assert_cmpint (running->n_batches, ==, STUB_BATCHES);
  streams = rheo_table_find (running->table, "stream");
  g_assert_cmpstr (rheo_column_get_string (streams, 0), ==, "hidden.spikes");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (running->table, "axes"), 0), ==, "time unit");
  metrics = await (f, RHEO_MSG_METRICS, 0);
  g_assert_cmpint (metrics->place.iteration, ==, 1);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (metrics->table, "loss"), 0), ==, 2);
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (f->n_metrics, ==, 3);
  g_assert_cmpint (f->n_frames, ==, 0);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (stopped->place.batch, ==, 6);
  g_assert_cmpfloat (stopped->seconds, ==, 1.5);
  g_assert_cmpfloat (stopped->watch_cost, ==, 0);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (stopped->table, "loss"), 0), ==, 6);
  g_assert_cmpint (stub_closed, ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (stub_n_probes, ==, 0);
}

static int
run_whole (Fixture *f)
{
  start (f, NULL);
  await_state (f, RHEO_ENGINE_STOPPED);
  return atomic_load (&stub_order);
}

/* A pause in the middle of a batch drops it; the run then does the same batches in the same order. */
static void
test_pause (Fixture *f, gconstpointer data)
{
  int order = run_whole (f);
  g_autoptr (RheoMessage) paused = NULL, stopped = NULL;

  stub_reset ();
  atomic_store (&stub_hold, true);
  start (f, NULL);
  await_state (f, RHEO_ENGINE_RUNNING);
  while (atomic_load (&stub_n_started) == 0)
    sched_yield ();
  rheo_engine_pause (f->engine);
  paused = await (f, RHEO_MSG_STATE, RHEO_ENGINE_PAUSED);
  g_assert_cmpint (paused->place.batch, ==, 0);
  g_assert_cmpint (stub_n_dropped, ==, 1);
  atomic_store (&stub_hold, false);
  rheo_engine_resume (f->engine);
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (stub_order, ==, order);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .path = "/run.h5" };
  g_autoptr (RheoMessage) stopped = NULL;

  atomic_store (&stub_hold, true);
  start (f, &how);
  await_state (f, RHEO_ENGINE_RUNNING);
  rheo_engine_stop (f->engine);
  rheo_engine_stop (f->engine);
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_USER);
  g_assert_cmpint (stub_closed, ==, RHEO_STOP_USER);
  g_assert_cmpint (stopped->place.batch, ==, 0);
  /* What was asked of the old run does not reach the next. */
  rheo_engine_stop (f->engine);
  rheo_engine_pause (f->engine);
  stub_reset ();
  run_whole (f);
  g_assert_cmpint (stub_closed, ==, -1); /* no file */
}

static void
test_step (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .paused = TRUE };

  start (f, &how);
  await_state (f, RHEO_ENGINE_PAUSED);
  g_assert_cmpint (stub_n_started, ==, 0);
  for (int i = 1; i <= 2; i++)
    {
      g_autoptr (RheoMessage) paused = NULL;

      rheo_engine_step (f->engine);
      paused = await (f, RHEO_MSG_STATE, RHEO_ENGINE_PAUSED);
      g_assert_cmpint (paused->place.iteration, ==, i);
      g_assert_cmpint (f->n_metrics, ==, i);
    }
  rheo_engine_step (f->engine);
  await_state (f, RHEO_ENGINE_STOPPED);
}

static void
test_set (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .paused = TRUE };
  int32_t units[] = { 3, 5 };
  RheoIntervention act = { .kind = RHEO_ACT_SILENCE, .units = units, .n_units = 2 };
  static const char *const keys[] = { "rule.optimiser.lr", "model.layers", "interventions", "checkpoint" };

  start (f, &how);
  rheo_engine_set (f->engine, "rule.optimiser.lr", "0.1");
  rheo_engine_set (f->engine, "model.layers", "2");
  rheo_engine_intervene (f->engine, &act, 1);
  units[1] = 9; /* they were copied */
  rheo_engine_checkpoint (f->engine, TRUE);
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (RheoMessage) note = await (f, RHEO_MSG_NOTE, 0);

      g_assert_cmpstr (note->key, ==, keys[i]);
      g_assert_cmpint (note->error != NULL, ==, i == 1);
    }
  g_assert_cmpint (stub_n_acts, ==, 5);
  g_assert_cmpint (stub_n_checkpoints, ==, 1);
}

/* A stop while data and net are made: the run ends without a file and without an error, and the next one can begin. */
static void
test_stop_early (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .path = "/run.h5" };
  g_autoptr (RheoMessage) stopped = NULL;

  atomic_store (&stub_hold_new, true);
  start (f, &how);
  rheo_engine_pause (f->engine);
  rheo_engine_stop (f->engine);
  atomic_store (&stub_hold_new, false);
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_USER);
  g_assert_cmpint (stub_n_created, ==, 0);
  g_assert_cmpint (stub_n_started, ==, 0);
  start (f, &how);
  await_state (f, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stub_n_created, ==, 1);
  g_assert_cmpint (f->n_metrics, ==, 3);
}

static void
test_fault (Fixture *f, gconstpointer data)
{
  const RheoStart how = { .path = "/run.h5" };
  g_autoptr (RheoMessage) fault = NULL, stopped = NULL;

  atomic_store (&stub_fail_at, 3);
  start (f, &how);
  fault = await (f, RHEO_MSG_ERROR, 0);
  g_assert_error (fault->error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_cmpstr (fault->text, ==, "The disk is full.");
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_NONE);
  g_assert_cmpint (stub_closed, ==, -1); /* what is on disk stays as it is, to be resumed */
}

static void
test_fault_at_start (Fixture *f, gconstpointer data)
{
  const RheoStart wrong = { .path = "run.h5" }, resume = { .resume_from = "/none.h5", .at = -1 };
  GError *error = NULL;

  g_assert_false (rheo_engine_start (f->engine, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);

  atomic_store (&stub_fail_new, 1);
  start (f, NULL);
  rheo_message_free (await (f, RHEO_MSG_ERROR, 0));
  await_state (f, RHEO_ENGINE_STOPPED);

  atomic_store (&stub_fail_new, 0);
  start (f, &wrong);
  rheo_message_free (await (f, RHEO_MSG_ERROR, 0));
  await_state (f, RHEO_ENGINE_STOPPED);

  g_assert_true (rheo_engine_start (f->engine, NULL, &resume, NULL));
  rheo_message_free (await (f, RHEO_MSG_ERROR, 0));
  await_state (f, RHEO_ENGINE_STOPPED);

  atomic_store (&stub_fail_close, true);
  start (f, &(RheoStart){ .path = "/run.h5" });
  rheo_message_free (await (f, RHEO_MSG_ERROR, 0));
  await_state (f, RHEO_ENGINE_STOPPED);
}

static void
test_diverged (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoMessage) note = NULL, stopped = NULL;

  atomic_store (&stub_diverge_at, 3);
  start (f, &(RheoStart){ .path = "/run.h5", .paused = TRUE });
  await_state (f, RHEO_ENGINE_PAUSED);
  rheo_engine_watch (f->engine, &(RheoWatch){ .stream = "in.weight", .per_second = 1e-9 });
  rheo_message_free (await (f, RHEO_MSG_FRAME, 0));
  rheo_engine_resume (f->engine);
  note = await (f, RHEO_MSG_NOTE, 0);
  g_assert_cmpstr (note->key, ==, "diverged");
  g_assert_cmpstr (note->text, ==, "The loss is no number.");
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->stop, ==, RHEO_STOP_DIVERGED);
  g_assert_cmpint (stub_closed, ==, RHEO_STOP_DIVERGED);
  g_assert_cmpint (stopped->place.batch, ==, 3);
  /* What is shown stays what it was before. */
  g_assert_cmpint (f->n_frames, ==, 1);
  g_assert_null (rheo_engine_pop (f->engine));
}

static void
test_resume (Fixture *f, gconstpointer data)
{
  const RheoStart resume = { .resume_from = "/run.h5", .at = 2 }, finished = { .resume_from = "/run.h5", .at = 3 };
  g_autoptr (RheoMessage) running = NULL;

  start (f, &resume);
  running = await (f, RHEO_MSG_STATE, RHEO_ENGINE_RUNNING);
  g_assert_cmpint (running->place.iteration, ==, 2);
  g_assert_cmpstr (running->text, ==, "/run.h5");
  await_state (f, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (f->n_metrics, ==, 1);
  g_assert_cmpint (stub_n_started, ==, 2);
  start (f, &finished);
  await_state (f, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stub_n_started, ==, 2);
}

static void
test_one_at_a_time (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  atomic_store (&stub_hold, true);
  start (f, NULL);
  g_assert_false (rheo_engine_start (f->engine, f->experiment, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  /* Freeing it stops the run. */
}

/* The wait between paced batches listens: at one batch in 1000 s, or an episode of 10 s a hundred times as slow as its world, the
 * stop comes at once. */
static void
test_pace (Fixture *f, gconstpointer data)
{
  const gboolean plays = GPOINTER_TO_INT (data);
  g_autoptr (RheoMessage) stopped = NULL;

  stub_lived = plays ? 10 : 0;
  start (f, &(RheoStart){ .paused = TRUE });
  rheo_engine_pace (f->engine, plays ? 0.01 : 0.001, 0);
  rheo_engine_resume (f->engine);
  await_state (f, RHEO_ENGINE_RUNNING);
  while (atomic_load (&stub_n_started) == 0)
    sched_yield ();
  rheo_engine_stop (f->engine);
  stopped = await (f, RHEO_MSG_STATE, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stopped->place.batch, <=, 1);
}

static void
test_watch (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoMessage) note = NULL, frame = NULL;

  start (f, &(RheoStart){ .paused = TRUE });
  rheo_engine_watch (f->engine, &(RheoWatch){ .stream = "hidden.spike", .per_second = 30 });
  note = await (f, RHEO_MSG_NOTE, 0);
  g_assert_nonnull (note->error);
  g_assert_nonnull (strstr (note->error->message, "hidden.spikes"));
  /* A run that stands shows what it has to whoever begins to watch. */
  rheo_engine_watch (f->engine, &(RheoWatch){ .stream = "in.weight", .per_second = 30 });
  frame = await (f, RHEO_MSG_FRAME, 0);
  g_assert_cmpstr (frame->key, ==, "in.weight");
  g_assert_cmpint (frame->place.batch, ==, 0);
  g_assert_cmpint (stub_n_probes, ==, 0);
  rheo_message_free (g_steal_pointer (&frame));
  rheo_engine_step (f->engine);
  await_state (f, RHEO_ENGINE_PAUSED);
  do
    {
      rheo_message_free (g_steal_pointer (&frame));
      frame = await (f, RHEO_MSG_FRAME, 0);
    }
  while (frame->place.batch < 2);
  rheo_engine_watch (f->engine, &(RheoWatch){ .stream = "in.weight" });
  rheo_engine_resume (f->engine);
  /* Who looked away meanwhile finds the last state when the run is over. */
  rheo_message_free (g_steal_pointer (&frame));
  frame = await (f, RHEO_MSG_FRAME, 0);
  g_assert_cmpstr (frame->key, ==, "in.weight");
  g_assert_cmpint (frame->place.iteration, ==, 3);
}

static void
test_watch_fault (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoMessage) note = NULL;

  atomic_store (&stub_fail_probe, true);
  start (f, &(RheoStart){ .paused = TRUE });
  rheo_engine_watch (f->engine, &(RheoWatch){ .stream = "hidden.rate", .per_second = 30 });
  note = await (f, RHEO_MSG_NOTE, 0);
  g_assert_nonnull (note->error);
  rheo_engine_resume (f->engine);
  await_state (f, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stub_n_probes, ==, 1);
}

#ifdef __linux__
/* Of the thread of this program that stands behind all others: its nice value. */
static int
nicest (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  int most = -20;

  while ((name = g_dir_read_name (tasks)) != NULL)
    most = MAX (most, getpriority (PRIO_PROCESS, (id_t) g_ascii_strtoull (name, NULL, 10)));
  return most;
}

static void
test_give_way (Fixture *f, gconstpointer data)
{
  const int before = getpriority (PRIO_PROCESS, 0);

  if (before >= 19)
    {
      g_test_skip ("This program stands behind all others already.");
      return;
    }
  start (f, &(RheoStart){ .at = -1, .paused = TRUE });
  await_state (f, RHEO_ENGINE_PAUSED);
  g_assert_cmpint (nicest (), ==, before);
  rheo_engine_stop (f->engine);
  await_state (f, RHEO_ENGINE_STOPPED);
  rheo_engine_give_way (f->engine);
  start (f, &(RheoStart){ .at = -1, .paused = TRUE });
  await_state (f, RHEO_ENGINE_PAUSED);
  g_assert_cmpint (nicest (), >, before);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, before);
  rheo_engine_stop (f->engine);
  await_state (f, RHEO_ENGINE_STOPPED);

  /* It learns behind all others, but is saved like everybody. */
  start (f, &(RheoStart){ .at = -1, .path = "/run.h5" });
  await_state (f, RHEO_ENGINE_STOPPED);
  g_assert_cmpint (stub_close_nice, ==, before);
}
#endif

int
main (int argc, char **argv)
{
#define ADD(path, fn) g_test_add (path, Fixture, NULL, set_up, fn, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/budget", test_budget);
  ADD ("/engine/pause", test_pause);
  ADD ("/engine/stop", test_stop);
  ADD ("/engine/step", test_step);
  ADD ("/engine/set", test_set);
  ADD ("/engine/stop-early", test_stop_early);
  ADD ("/engine/fault", test_fault);
  ADD ("/engine/fault-at-start", test_fault_at_start);
  ADD ("/engine/diverged", test_diverged);
  ADD ("/engine/resume", test_resume);
  ADD ("/engine/one-at-a-time", test_one_at_a_time);
  ADD ("/engine/pace", test_pace);
  g_test_add ("/engine/pace-playing", Fixture, GINT_TO_POINTER (TRUE), set_up, test_pace, tear_down);
  ADD ("/engine/watch", test_watch);
  ADD ("/engine/watch-fault", test_watch_fault);
#ifdef __linux__
  ADD ("/engine/give-way", test_give_way);
#endif
  return g_test_run ();
}
