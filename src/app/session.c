#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/session.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "app/behind.h"
#include "app/live-tables.h"
#include "engine/device.h"
#include "engine/sketch.h"

#define DRAIN_US 2000 /* messages are taken in for so long at a time */
#define FRAMES_PER_SECOND 30.0
#define RATE_MEMORY 5.0 /* seconds after which the rate has forgotten two thirds */

/* What engines ring; those that end without the session still do. */
typedef struct
{
  gatomicrefcount refs;
  atomic_bool due; /* a drain is waiting in the main loop */
  GSource *drain;
} Bell;

struct _RheoSession
{
  GObject parent_instance;
  RheoEngine *engine;
  Bell *bell;
  GCancellable *reading; /* of metrics of the run that goes on; NULL: none */

  RheoEngineState state;
  gboolean stopping;
  gint64 stop_time; /* monotonic, us */
  RheoStop stop;
  GError *error;
  char *reason, *path;
  char *device; /* translated; NULL: not known yet */
  const char *device_reason;
  RheoExperiment *experiment;
  RheoPlace place;
  int budget, n_batches, trial;
  double seconds, watch_cost;
  double pace, rest;       /* of runs (rheo_engine_pace) */
  double per_batch;        /* seconds, fading mean; 0: not known */
  int64_t rate_batch;      /* batch at rate_time; -1: none yet */
  gint64 rate_time, began; /* monotonic, us */
  gint64 checkpoint_time;
  int64_t first_iteration; /* where this session's run began */
  GPtrArray *marks;        /* RheoSessionMark */
  GHashTable *watches;     /* stream -> number of those who look */
  RheoLiveTables *tables;
};

enum
{
  CHANGED,
  METRICS,
  FRAME,
  NOTE,
  STOPPED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RheoSession, rheo_session, G_TYPE_OBJECT)

/* --- taking messages in ---------------------------------------------------------------------------------------- */

/* A loss of speed tells after a few seconds, one slow batch does not. */
static void
note_rate (RheoSession *session)
{
  const gint64 now = g_get_monotonic_time ();
  const int64_t done = session->place.batch - session->rate_batch;
  double seconds, keep;

  if (session->rate_batch < 0 || done < 0)
    {
      session->rate_batch = session->place.batch;
      session->rate_time = now;
      return;
    }
  seconds = (double) (now - session->rate_time) / G_USEC_PER_SEC;
  if (done == 0 || seconds < 0.1)
    return;
  keep = session->per_batch > 0 ? exp (-seconds / RATE_MEMORY) : 0;
  session->per_batch = keep * session->per_batch + (1 - keep) * seconds / (double) done;
  session->rate_batch = session->place.batch;
  session->rate_time = now;
}

static void
free_mark (gpointer data)
{
  RheoSessionMark *mark = data;

  g_free (mark->path);
  g_free (mark->text);
  g_free (mark);
}

/* Where the batch in hand lies, in iterations. */
static double
position (const RheoSession *session)
{
  const int64_t n = session->n_batches;

  return n > 0 ? (double) session->place.batch / (double) n : (double) session->place.iteration;
}

static void
take_note (RheoSession *session, const RheoMessage *message)
{
  const gboolean refused = message->error != NULL;

  if (g_strcmp0 (message->key, "diverged") == 0)
    {
      g_free (session->reason);
      session->reason = g_strdup (message->text);
    }
  else if (g_strcmp0 (message->key, "checkpoint") == 0 && !refused)
    session->checkpoint_time = g_get_monotonic_time ();
  else if (!refused && strchr (message->key, '.') != NULL
           && rheo_experiment_set (session->experiment, message->key, message->text, NULL))
    {
      RheoSessionMark *mark = g_new0 (RheoSessionMark, 1);

      mark->iteration = position (session);
      mark->path = g_strdup (message->key);
      mark->text = g_strdup (message->text);
      g_ptr_array_add (session->marks, mark);
    }
  g_signal_emit (session, signals[NOTE], 0, message->key, refused ? message->error->message : message->text, refused);
}

static void
take_state (RheoSession *session, RheoMessage *message)
{
  const gboolean stopped = message->state == RHEO_ENGINE_STOPPED;

  /* Standing time is no working time. */
  if (message->state != session->state)
    session->rate_batch = -1;
  session->state = message->state;
  if (message->text != NULL && g_strcmp0 (session->path, message->text) != 0)
    {
      g_free (session->path);
      session->path = g_strdup (message->text);
    }
  if (message->device != NULL)
    {
      g_free (session->device);
      session->device = rheo_device_dup_shown (message->device);
      session->device_reason = message->device_reason;
    }
  if (stopped && message->stop == RHEO_STOP_BUDGET)
    rheo_live_tables_set_budget (session->tables, message->budget);
  if (message->table != NULL && !stopped)
    {
      GHashTableIter iter;
      gpointer stream;

      g_autofree char *outputs = rheo_sketch_dup_outputs (session->experiment);

      rheo_live_tables_set_streams (session->tables, message->table, message->key, message->budget, outputs);
      session->first_iteration = message->place.iteration;
      g_hash_table_iter_init (&iter, session->watches);
      while (g_hash_table_iter_next (&iter, &stream, NULL))
        rheo_engine_watch (session->engine, &(RheoWatch){ stream, session->trial, 0, 0, FRAMES_PER_SECOND });
    }
  if (stopped)
    {
      session->stop = message->stop;
      /* It failed before it learned anything, and there is no file of it. */
      if (message->key != NULL && message->text == NULL)
        g_clear_pointer (&session->path, g_free);
      if (session->stop != RHEO_STOP_NONE && session->path != NULL)
        session->checkpoint_time = g_get_monotonic_time ();
    }
}

static void
take (RheoSession *session, RheoMessage *message)
{
  const gboolean placed = message->budget > 0;

  if (placed)
    {
      session->place = message->place;
      session->budget = message->budget;
      session->n_batches = message->n_batches;
      session->seconds = message->seconds;
      session->watch_cost = message->watch_cost;
    }
  switch (message->type)
    {
    case RHEO_MSG_STATE:
      take_state (session, message);
      break;
    case RHEO_MSG_METRICS:
      rheo_live_metrics_add (rheo_live_tables_get_metrics (session->tables), message->place.iteration, message->table);
      if (session->path != NULL && rheo_experiment_get_run (session->experiment)->checkpoint > 0
          && message->place.iteration % rheo_experiment_get_run (session->experiment)->checkpoint == 0)
        session->checkpoint_time = g_get_monotonic_time ();
      g_signal_emit (session, signals[METRICS], 0);
      break;
    case RHEO_MSG_FRAME:
      rheo_live_tables_add_frame (session->tables, message->key, message->table);
      g_signal_emit (session, signals[FRAME], 0, message->key);
      break;
    case RHEO_MSG_NOTE:
      take_note (session, message);
      break;
    case RHEO_MSG_ERROR:
      g_clear_error (&session->error);
      session->error = g_error_copy (message->error);
      break;
    }
  if (placed && session->state == RHEO_ENGINE_RUNNING)
    note_rate (session);
}

static gboolean
drain (gpointer data)
{
  RheoSession *session = g_object_ref (data);
  const gint64 until = g_get_monotonic_time () + DRAIN_US;
  const RheoEngineState before = session->state;
  gboolean any = FALSE, more = TRUE;

  /* Cleared first: what is posted from here on wakes again. */
  atomic_store (&session->bell->due, false);
  while (session->engine != NULL && g_get_monotonic_time () < until)
    {
      g_autoptr (RheoMessage) message = rheo_engine_pop (session->engine);

      more = message != NULL;
      if (!more)
        break;
      take (session, message);
      any = TRUE;
    }
  if (any)
    g_signal_emit (session, signals[CHANGED], 0);
  if (session->state == RHEO_ENGINE_STOPPED && before != RHEO_ENGINE_STOPPED)
    g_signal_emit (session, signals[STOPPED], 0);
  if (more && session->engine != NULL)
    atomic_store (&session->bell->due, true);
  if (!atomic_load (&session->bell->due))
    g_source_set_ready_time (session->bell->drain, -1);
  /* Posted between the last look and here. */
  if (atomic_load (&session->bell->due))
    g_source_set_ready_time (session->bell->drain, 0);
  g_object_unref (session);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs drain_funcs = { .dispatch = dispatch };

/* Thread: the engine's. */
static void
wake (void *data)
{
  Bell *bell = data;

  if (!atomic_exchange (&bell->due, true))
    g_source_set_ready_time (bell->drain, 0);
}

static void
release (Bell *bell)
{
  if (!g_atomic_ref_count_dec (&bell->refs))
    return;
  g_source_unref (bell->drain);
  g_free (bell);
}

/* --- making engines and leaving them ---------------------------------------------------------------------------- */

/* The window is what the user has under the hand; the network takes what it leaves. */
static void
make_engine (RheoSession *session)
{
  session->engine = rheo_engine_new (wake, session->bell);
  rheo_engine_give_way (session->engine);
}

typedef struct
{
  RheoEngine *engine;
  Bell *bell;
} Leaver;

static gpointer
end_engine (gpointer data)
{
  Leaver *leaver = data;

  rheo_engine_free (leaver->engine);
  release (leaver->bell);
  g_free (leaver);
  rheo_behind_end ();
  return NULL;
}

/* Freeing stops it and waits until it has written what there is to write, and until it has done what cannot be
 * interrupted. */
static void
leave_engine (RheoSession *session)
{
  Leaver *leaver = g_new0 (Leaver, 1);

  leaver->engine = g_steal_pointer (&session->engine);
  leaver->bell = session->bell;
  g_atomic_ref_count_inc (&leaver->bell->refs);
  rheo_behind_begin ();
  g_thread_unref (g_thread_new ("end-run", end_engine, leaver));
}

/* --- starting and commanding ----------------------------------------------------------------------------------- */

static void
read_stored (GTask *task, gpointer object, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  g_autoptr (RheoTable) stored = run != NULL ? rheo_run_dup_metrics (run, NULL, &error) : NULL;
  RheoLiveMetrics *metrics;

  if (stored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  metrics = rheo_live_metrics_new ();
  rheo_live_metrics_add_stored (metrics, stored);
  g_task_return_pointer (task, metrics, (GDestroyNotify) rheo_live_metrics_free);
}

static void
take_stored (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoSession *session = RHEO_SESSION (object);
  g_autoptr (RheoLiveMetrics) stored = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_task_get_cancellable (G_TASK (result)) != session->reading)
    return;
  g_clear_object (&session->reading);
  if (stored == NULL)
    return;
  rheo_live_metrics_put_before (rheo_live_tables_get_metrics (session->tables), stored);
  g_signal_emit (session, signals[METRICS], 0);
}

static void
forget_run (RheoSession *session)
{
  if (session->reading != NULL)
    g_cancellable_cancel (session->reading);
  g_clear_object (&session->reading);
  g_clear_error (&session->error);
  g_clear_pointer (&session->reason, g_free);
  g_clear_pointer (&session->path, g_free);
  g_clear_pointer (&session->device, g_free);
  session->device_reason = NULL;
  g_ptr_array_set_size (session->marks, 0);
  rheo_live_tables_reset (session->tables);
  session->place = (RheoPlace){ 0 };
  session->stop = RHEO_STOP_NONE;
  session->stopping = FALSE;
  session->per_batch = session->seconds = session->watch_cost = 0;
  session->rate_batch = -1;
  session->checkpoint_time = 0;
  session->budget = session->n_batches = 0;
  session->first_iteration = 0;
}

gboolean
rheo_session_start (RheoSession *session, const RheoExperiment *experiment, const RheoStart *start, GError **error)
{
  g_return_val_if_fail (experiment != NULL, FALSE);
  if (rheo_session_is_going (session))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A run is still going on. Stop it first."));
  /* The last run has told of its end, but what it held may not be free yet: the next one does not wait for that. */
  if (session->state == RHEO_ENGINE_STOPPED)
    {
      leave_engine (session);
      make_engine (session);
    }
  if (!rheo_engine_start (session->engine, experiment, start, error))
    return FALSE;
  if (session->pace > 0)
    rheo_engine_pace (session->engine, session->pace, session->rest);
  forget_run (session);
  g_clear_pointer (&session->experiment, rheo_experiment_free);
  session->experiment = rheo_experiment_dup (experiment);
  session->state = RHEO_ENGINE_STARTING;
  session->budget = rheo_experiment_get_run (experiment)->budget;
  session->began = g_get_monotonic_time ();
  if (start != NULL)
    session->path = g_strdup (start->path != NULL ? start->path : start->resume_from);
  if (start != NULL && start->resume_from != NULL)
    {
      g_autoptr (GTask) task = NULL;

      session->reading = g_cancellable_new ();
      task = g_task_new (session, session->reading, take_stored, NULL);
      g_task_set_task_data (task, g_strdup (start->resume_from), g_free);
      g_task_run_in_thread (task, read_stored);
    }
  g_signal_emit (session, signals[CHANGED], 0);
  return TRUE;
}

void
rheo_session_pause (RheoSession *session)
{
  rheo_engine_pause (session->engine);
}

void
rheo_session_resume (RheoSession *session)
{
  rheo_engine_resume (session->engine);
}

void
rheo_session_step (RheoSession *session)
{
  rheo_engine_step (session->engine);
}

void
rheo_session_let_go (RheoSession *session)
{
  const gboolean began = session->n_batches > 0;

  if (!rheo_session_is_going (session))
    return;
  leave_engine (session);
  make_engine (session);
  session->state = RHEO_ENGINE_STOPPED;
  session->stop = RHEO_STOP_USER;
  if (!began)
    g_clear_pointer (&session->path, g_free);
  g_signal_emit (session, signals[CHANGED], 0);
  g_signal_emit (session, signals[STOPPED], 0);
}

void
rheo_session_stop (RheoSession *session)
{
  /* It may have begun meanwhile. */
  if (session->state == RHEO_ENGINE_STARTING)
    drain (session);
  if (session->state == RHEO_ENGINE_STARTING)
    {
      rheo_session_let_go (session);
      return;
    }
  if (!rheo_session_is_stopping (session))
    session->stop_time = g_get_monotonic_time ();
  session->stopping = rheo_session_is_going (session);
  rheo_engine_stop (session->engine);
  g_signal_emit (session, signals[CHANGED], 0);
}

void
rheo_session_set (RheoSession *session, const char *path, const char *text)
{
  rheo_engine_set (session->engine, path, text);
}

void
rheo_session_checkpoint (RheoSession *session)
{
  rheo_engine_checkpoint (session->engine, FALSE);
}

void
rheo_session_keep_analysis (RheoSession *session, const char *id, int64_t iteration, const char *config_json,
                            RheoTable *table)
{
  rheo_engine_keep_analysis (session->engine, id, iteration, config_json, table);
}

gboolean
rheo_session_shut (RheoSession *session, double seconds)
{
  if (session->engine != NULL)
    leave_engine (session);
  return rheo_behind_wait (seconds);
}

/* --- watching -------------------------------------------------------------------------------------------------- */

static void
watch (RheoSession *session, const char *stream, double per_second)
{
  if (rheo_live_tables_get_streams (session->tables) != NULL && rheo_session_is_going (session))
    rheo_engine_watch (session->engine, &(RheoWatch){ stream, session->trial, 0, 0, per_second });
}

void
rheo_session_watch (RheoSession *session, const char *stream)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (session->watches, stream));

  g_hash_table_insert (session->watches, g_strdup (stream), GINT_TO_POINTER (n + 1));
  if (n == 0)
    watch (session, stream, FRAMES_PER_SECOND);
}

void
rheo_session_unwatch (RheoSession *session, const char *stream)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (session->watches, stream));

  g_return_if_fail (n > 0);
  if (n > 1)
    {
      g_hash_table_insert (session->watches, g_strdup (stream), GINT_TO_POINTER (n - 1));
      return;
    }
  watch (session, stream, 0);
  g_hash_table_remove (session->watches, stream);
}

void
rheo_session_set_trial (RheoSession *session, int trial)
{
  GHashTableIter iter;
  gpointer stream;

  if (trial == session->trial)
    return;
  session->trial = trial;
  g_hash_table_iter_init (&iter, session->watches);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    watch (session, stream, FRAMES_PER_SECOND);
  g_signal_emit (session, signals[CHANGED], 0);
}

void
rheo_session_set_pace (RheoSession *session, double speed, double rest)
{
  session->pace = speed;
  session->rest = rest;
  rheo_engine_pace (session->engine, speed, rest);
}

/* --- facts ----------------------------------------------------------------------------------------------------- */

int
rheo_session_get_trial (RheoSession *session)
{
  return session->trial;
}

RheoEngineState
rheo_session_get_state (RheoSession *session)
{
  return session->state;
}

gboolean
rheo_session_is_going (RheoSession *session)
{
  return session->state == RHEO_ENGINE_STARTING || session->state == RHEO_ENGINE_RUNNING
         || session->state == RHEO_ENGINE_PAUSED;
}

gboolean
rheo_session_is_stopping (RheoSession *session)
{
  return session->stopping && rheo_session_is_going (session);
}

double
rheo_session_get_stopping_seconds (RheoSession *session)
{
  return rheo_session_is_stopping (session) ? (double) (g_get_monotonic_time () - session->stop_time) / G_USEC_PER_SEC
                                            : 0;
}

RheoStop
rheo_session_get_stop (RheoSession *session)
{
  return session->stop;
}

const GError *
rheo_session_get_error (RheoSession *session)
{
  return session->error;
}

const char *
rheo_session_get_reason (RheoSession *session)
{
  return session->reason;
}

const char *
rheo_session_get_path (RheoSession *session)
{
  return session->path;
}

const char *
rheo_session_get_device (RheoSession *session, const char **reason)
{
  *reason = session->device_reason;
  return session->device;
}

const char *
rheo_session_get_unit (RheoSession *session)
{
  const char *unit = rheo_live_tables_get_source (session->tables)->unit;

  return unit != NULL ? unit : "iteration";
}

const RheoExperiment *
rheo_session_get_experiment (RheoSession *session)
{
  return session->experiment;
}

RheoPlace
rheo_session_get_place (RheoSession *session)
{
  return session->place;
}

int
rheo_session_get_budget (RheoSession *session)
{
  return session->budget;
}

int
rheo_session_get_n_batches (RheoSession *session)
{
  return session->n_batches;
}

double
rheo_session_get_seconds (RheoSession *session)
{
  return session->seconds;
}

double
rheo_session_get_per_iteration (RheoSession *session)
{
  return session->per_batch * session->n_batches;
}

double
rheo_session_get_left (RheoSession *session)
{
  const double shown_from = 2; /* seconds, or three iterations */
  const int64_t left = (int64_t) session->budget * session->n_batches - session->place.batch;

  if (session->per_batch <= 0 || session->n_batches <= 0
      || (session->place.iteration - session->first_iteration < 3
          && g_get_monotonic_time () - session->began < shown_from * G_USEC_PER_SEC))
    return -1;
  return session->per_batch * (double) MAX (left, 0);
}

double
rheo_session_get_watch_cost (RheoSession *session)
{
  return session->watch_cost;
}

gint64
rheo_session_get_checkpoint_time (RheoSession *session)
{
  return session->checkpoint_time;
}

const GPtrArray *
rheo_session_get_marks (RheoSession *session)
{
  return session->marks;
}

RheoTable *
rheo_session_get_streams (RheoSession *session)
{
  return rheo_live_tables_get_streams (session->tables);
}

const RheoPlotSource *
rheo_session_get_source (RheoSession *session)
{
  return rheo_live_tables_get_source (session->tables);
}

/* --- the object ------------------------------------------------------------------------------------------------ */

static void
dispose (GObject *object)
{
  RheoSession *session = RHEO_SESSION (object);

  if (session->engine != NULL)
    rheo_session_shut (session, RHEO_BEHIND_LIMIT);
  g_source_destroy (session->bell->drain);
  G_OBJECT_CLASS (rheo_session_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoSession *session = RHEO_SESSION (object);

  forget_run (session);
  g_clear_pointer (&session->experiment, rheo_experiment_free);
  g_ptr_array_unref (session->marks);
  release (session->bell);
  g_hash_table_unref (session->watches);
  rheo_live_tables_free (session->tables);
  G_OBJECT_CLASS (rheo_session_parent_class)->finalize (object);
}

static void
rheo_session_class_init (RheoSessionClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[METRICS] = g_signal_new ("metrics", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FRAME] = g_signal_new ("frame", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[NOTE] = g_signal_new ("note", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING,
                                G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[STOPPED] = g_signal_new ("stopped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_session_init (RheoSession *session)
{
  session->marks = g_ptr_array_new_with_free_func (free_mark);
  session->watches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->tables = rheo_live_tables_new ();
  session->rate_batch = -1;
  /* Below drawing and input, so that a flood of messages holds nothing up. */
  session->bell = g_new0 (Bell, 1);
  g_atomic_ref_count_init (&session->bell->refs);
  session->bell->drain = g_source_new (&drain_funcs, sizeof (GSource));
  g_source_set_priority (session->bell->drain, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (session->bell->drain, drain, session, NULL);
  g_source_attach (session->bell->drain, NULL);
  make_engine (session);
}

RheoSession *
rheo_session_new (void)
{
  return g_object_new (RHEO_TYPE_SESSION, NULL);
}
