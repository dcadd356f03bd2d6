#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "bus.h"
#include "engine-frames.h"
#include "ranks.h"
#include "team.h"

typedef enum
{
  PAUSE,
  RESUME,
  STEP,
  STOP,
  SET,
  INTERVENE,
  CHECKPOINT,
  KEEP,
  PACE,
  WATCH,
} CommandType;

typedef struct Command Command;
struct Command
{
  Command *next;
  CommandType type;
  char *key, *text;       /* SET; WATCH: key is the stream; KEEP: id and values */
  RheoTable *table;       /* KEEP */
  int64_t iteration;      /* KEEP */
  RheoIntervention *acts; /* INTERVENE; each owns its units */
  int n_acts;
  gboolean marked; /* CHECKPOINT */
  double pace, rest;
  RheoWatch watch;
};

struct RheoEngine
{
  RheoBus *bus;
  pthread_mutex_t lock; /* the queue of commands */
  pthread_cond_t given;
  Command *first, *last;
  gboolean listening;  /* there is a run that takes commands */
  atomic_int n_urgent; /* pauses and stops in the queue: they break into a batch */
  atomic_bool stopped; /* the run was told to stop */
  atomic_int state;    /* RheoEngineState */
  pthread_t thread;
  gboolean has_thread;
  gboolean gives_way;

  /* Set before the thread starts, then its own. */
  RheoExperiment *experiment;
  char *path, *resume_from;
  int64_t at;
  gboolean follows;

  RheoTrainer *trainer;
  RheoFrames *frames;
  gboolean paused, stepping, listed;
  gboolean stop_wanted;
  double pace, rest; /* rheo_engine_pace */
  double next_at;    /* when the next paced batch may begin */
};

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* --- messages -------------------------------------------------------------------------------------------------- */
static RheoMessage *
new_message (RheoEngine *engine, RheoMessageType type)
{
  RheoMessage *message = g_new0 (RheoMessage, 1);

  message->type = type;
  message->state = (RheoEngineState) atomic_load (&engine->state);
  if (engine->trainer != NULL)
    {
      message->place = rheo_trainer_get_place (engine->trainer);
      message->n_batches = rheo_trainer_get_n_batches (engine->trainer);
      message->budget = rheo_trainer_get_budget (engine->trainer);
      message->seconds = rheo_trainer_get_seconds (engine->trainer);
    }
  if (engine->frames != NULL)
    message->watch_cost = rheo_frames_get_cost (engine->frames);
  return message;
}

static void
post_state (RheoEngine *engine, RheoEngineState state, RheoStop stop)
{
  RheoMessage *message;

  atomic_store (&engine->state, state);
  message = new_message (engine, RHEO_MSG_STATE);
  message->stop = stop;
  if (engine->trainer != NULL)
    {
      message->key = g_strdup (_ (rheo_trainer_get_unit (engine->trainer)));
      message->text = g_strdup (engine->path);
      message->device = g_strdup (rheo_trainer_get_device (engine->trainer, &message->device_reason));
    }
  if (engine->frames != NULL && !engine->listed && state != RHEO_ENGINE_STOPPED)
    {
      message->table = rheo_frames_dup_list (engine->frames);
      engine->listed = TRUE;
    }
  else if (engine->trainer != NULL && state == RHEO_ENGINE_STOPPED)
    message->table = rheo_trainer_dup_last_metrics (engine->trainer);
  rheo_bus_post (engine->bus, message);
}

/* Takes error. */
static void
post_note (RheoEngine *engine, const char *key, const char *text, GError *error)
{
  RheoMessage *message = new_message (engine, RHEO_MSG_NOTE);

  message->key = g_strdup (key);
  message->text = g_strdup (text);
  message->error = error;
  rheo_bus_post (engine->bus, message);
}

/* Takes error. */
static void
post_error (RheoEngine *engine, GError *error)
{
  RheoMessage *message = new_message (engine, RHEO_MSG_ERROR);

  message->error = error;
  message->text = g_strdup (error->message);
  rheo_bus_post (engine->bus, message);
}

static void
post_frame (void *data, const char *stream, RheoTable *table)
{
  RheoMessage *message = new_message (data, RHEO_MSG_FRAME);

  message->key = g_strdup (stream);
  message->table = table;
  rheo_bus_post (((RheoEngine *) data)->bus, message);
}

/* --- commands -------------------------------------------------------------------------------------------------- */
static void
free_acts (RheoIntervention *acts, int n)
{
  for (int i = 0; i < n; i++)
    g_free ((gpointer) acts[i].units);
  g_free (acts);
}

static void
free_command (Command *command)
{
  g_free (command->key);
  g_free (command->text);
  g_clear_pointer (&command->table, rheo_table_unref);
  free_acts (command->acts, command->n_acts);
  g_free (command);
}

static Command *
new_command (CommandType type)
{
  Command *command = g_new0 (Command, 1);

  command->type = type;
  return command;
}

static void
give (RheoEngine *engine, Command *command)
{
  pthread_mutex_lock (&engine->lock);
  if (engine->listening)
    {
      if (engine->first == NULL)
        engine->first = command;
      else
        engine->last->next = command;
      engine->last = command;
      if (command->type == PAUSE || command->type == STOP)
        atomic_fetch_add (&engine->n_urgent, 1);
      if (command->type == STOP)
        atomic_store (&engine->stopped, true);
      command = NULL;
      pthread_cond_signal (&engine->given);
    }
  pthread_mutex_unlock (&engine->lock);
  g_clear_pointer (&command, free_command);
}

static void
set_listening (RheoEngine *engine, gboolean listening)
{
  pthread_mutex_lock (&engine->lock);
  engine->listening = listening;
  pthread_mutex_unlock (&engine->lock);
}

/* The next command, or NULL when there is none until the time is `until` (0: do not wait; negative: wait for one). */
static Command *
take (RheoEngine *engine, double until)
{
  struct timespec at = { (time_t) until, (long) ((until - (double) (time_t) until) * 1e9) };
  Command *command;

  pthread_mutex_lock (&engine->lock);
  while (engine->first == NULL && until != 0)
    if (until < 0)
      pthread_cond_wait (&engine->given, &engine->lock);
    else if (pthread_cond_timedwait (&engine->given, &engine->lock, &at) == ETIMEDOUT)
      break;
  command = engine->first;
  if (command != NULL)
    {
      engine->first = command->next;
      if (command->type == PAUSE || command->type == STOP)
        atomic_fetch_sub (&engine->n_urgent, 1);
    }
  pthread_mutex_unlock (&engine->lock);
  return command;
}

void
rheo_engine_pause (RheoEngine *engine)
{
  give (engine, new_command (PAUSE));
}

void
rheo_engine_resume (RheoEngine *engine)
{
  give (engine, new_command (RESUME));
}

void
rheo_engine_step (RheoEngine *engine)
{
  give (engine, new_command (STEP));
}

void
rheo_engine_stop (RheoEngine *engine)
{
  give (engine, new_command (STOP));
}

void
rheo_engine_set (RheoEngine *engine, const char *path, const char *text)
{
  Command *command = new_command (SET);

  command->key = g_strdup (path);
  command->text = g_strdup (text);
  give (engine, command);
}

void
rheo_engine_intervene (RheoEngine *engine, const RheoIntervention *acts, int n)
{
  Command *command = new_command (INTERVENE);

  command->acts = g_memdup2 (acts, sizeof *acts * (gsize) n);
  command->n_acts = n;
  for (int i = 0; i < n; i++)
    command->acts[i].units = g_memdup2 (acts[i].units, sizeof *acts[i].units * (gsize) acts[i].n_units);
  give (engine, command);
}

void
rheo_engine_checkpoint (RheoEngine *engine, gboolean marked)
{
  Command *command = new_command (CHECKPOINT);

  command->marked = marked;
  give (engine, command);
}

void
rheo_engine_keep_analysis (RheoEngine *engine, const char *id, int64_t iteration, const char *config_json,
                           RheoTable *table)
{
  Command *command = new_command (KEEP);

  command->key = g_strdup (id);
  command->text = g_strdup (config_json);
  command->iteration = iteration;
  command->table = rheo_table_ref (table);
  give (engine, command);
}

void
rheo_engine_pace (RheoEngine *engine, double speed, double rest)
{
  Command *command = new_command (PACE);

  command->pace = speed;
  command->rest = rest;
  give (engine, command);
}

void
rheo_engine_watch (RheoEngine *engine, const RheoWatch *watch)
{
  Command *command = new_command (WATCH);

  command->key = g_strdup (watch->stream);
  command->watch = *watch;
  command->watch.stream = command->key;
  give (engine, command);
}

static void
set_paused (RheoEngine *engine, gboolean paused)
{
  engine->paused = paused;
  if (atomic_load (&engine->state) != (paused ? RHEO_ENGINE_PAUSED : RHEO_ENGINE_RUNNING))
    post_state (engine, paused ? RHEO_ENGINE_PAUSED : RHEO_ENGINE_RUNNING, RHEO_STOP_NONE);
}

/* Carries out and frees a command. */
static void
obey (RheoEngine *engine, Command *command)
{
  GError *error = NULL;
  g_autofree char *text = NULL;

  switch (command->type)
    {
    case PAUSE:
      engine->stepping = FALSE;
      set_paused (engine, TRUE);
      break;
    case RESUME:
      engine->stepping = FALSE;
      set_paused (engine, FALSE);
      break;
    case STEP:
      engine->stepping = TRUE;
      set_paused (engine, FALSE);
      break;
    case STOP:
      engine->stop_wanted = TRUE;
      break;
    case SET:
      rheo_trainer_set (engine->trainer, command->key, command->text, &error);
      post_note (engine, command->key, command->text, error);
      break;
    case INTERVENE:
      rheo_trainer_intervene (engine->trainer, command->acts, command->n_acts, &error);
      text = g_strdup_printf ("%d", command->n_acts);
      post_note (engine, "interventions", text, error);
      break;
    case CHECKPOINT:
      rheo_trainer_write_checkpoint (engine->trainer, command->marked, &error);
      text = g_strdup_printf ("%" G_GINT64_FORMAT, rheo_trainer_get_place (engine->trainer).iteration);
      post_note (engine, "checkpoint", text, error);
      break;
    case KEEP:
      {
        int64_t n = 0;

        rheo_trainer_put_analysis (engine->trainer, command->key, command->iteration, command->text, command->table, &n,
                                   &error);
        text = g_strdup_printf ("%s/%" G_GINT64_FORMAT, command->key, n);
        post_note (engine, "analysis", text, error);
        break;
      }
    case PACE:
      engine->pace = MAX (0, command->pace);
      engine->rest = command->rest;
      engine->next_at = 0;
      break;
    case WATCH:
      if (command->watch.per_second <= 0)
        rheo_bus_forget_frame (engine->bus, command->key);
      if (!rheo_frames_watch (engine->frames, &command->watch, &error))
        post_note (engine, command->key, "", error);
      break;
    }
  free_command (command);
}

/* --- the thread ------------------------------------------------------------------------------------------------ */
static bool
is_interrupted (void *data)
{
  return atomic_load_explicit (&((RheoEngine *) data)->n_urgent, memory_order_relaxed) > 0;
}

/* Until those that only read a run have done so, it must stay as it is. */
static gboolean
await_ranks (GError **error)
{
  g_autofree char *all = g_malloc (rheo_ranks_get_n ());

  return rheo_ranks_tell ("", all, 1, error);
}

static gboolean
begin (RheoEngine *engine, GError **error)
{
  g_autoptr (RheoRun) run = NULL;
  const RheoExperiment *experiment = engine->experiment;

  if (experiment == NULL)
    {
      run = rheo_run_open (engine->resume_from, error);
      if (run == NULL)
        return FALSE;
      experiment = rheo_run_get_experiment (run);
    }
  engine->trainer = rheo_trainer_new (experiment, error);
  if (engine->trainer == NULL)
    return FALSE;
  engine->frames = rheo_frames_new (engine->trainer, now);
  /* Whoever stops while data and net are made wants no file of it. */
  if (atomic_load (&engine->stopped))
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("The run was stopped before it began."));
  if (engine->follows)
    return engine->resume_from == NULL
           || (rheo_trainer_follow_run (engine->trainer, engine->resume_from, engine->at, error)
               && await_ranks (error));
  if (engine->resume_from != NULL && !await_ranks (error))
    return FALSE;
  if (engine->resume_from == NULL)
    return engine->path == NULL || rheo_trainer_create_run (engine->trainer, engine->path, error);
  if (engine->path == NULL)
    engine->path = g_strdup (engine->resume_from);
  if (strcmp (engine->path, engine->resume_from) == 0)
    return rheo_trainer_resume_run (engine->trainer, engine->path, engine->at, error);
  return rheo_trainer_branch_run (engine->trainer, engine->resume_from, engine->at, engine->path, error);
}

static void
make_frames (RheoEngine *engine, double ran, gboolean all)
{
  GError *error = NULL;

  if (!rheo_frames_make (engine->frames, ran, all, post_frame, engine, &error))
    post_note (engine, "frames", "", error);
}

/* Commands until there is a batch to do. While the run stands or waits, whoever starts to watch gets the present state. */
static void
listen (RheoEngine *engine)
{
  for (;;)
    {
      gboolean paced = engine->pace > 0 && now () < engine->next_at;
      Command *command = take (engine, 0);

      if (command == NULL && engine->paused)
        {
          make_frames (engine, 0, TRUE);
          command = take (engine, -1);
        }
      else if (command == NULL && paced)
        {
          make_frames (engine, 0, TRUE);
          command = take (engine, engine->next_at);
        }
      if (command != NULL)
        obey (engine, command);
      else if (!engine->paused && !paced)
        break;
      if (engine->stop_wanted)
        break;
    }
}

/* The batch that was begun then is to be seen before the next one. */
static void
hold_back (RheoEngine *engine, double began)
{
  const double lived = rheo_trainer_get_lived (engine->trainer);

  engine->next_at = began + (lived > 0 ? lived / engine->pace + engine->rest : 1 / engine->pace);
}

static gboolean
train (RheoEngine *engine, RheoStop *stop, GError **error)
{
  while (*stop == RHEO_STOP_NONE)
    {
      int64_t iteration = rheo_trainer_get_place (engine->trainer).iteration;
      double began;

      if (iteration >= rheo_trainer_get_budget (engine->trainer))
        {
          *stop = RHEO_STOP_BUDGET; /* a finished run was resumed */
          break;
        }
      listen (engine);
      if (engine->stop_wanted)
        {
          *stop = RHEO_STOP_USER;
          break;
        }
      began = now ();
      if (!rheo_trainer_step (engine->trainer, is_interrupted, engine, stop, error))
        return FALSE;
      if (engine->pace > 0)
        hold_back (engine, began);
      if (rheo_trainer_get_place (engine->trainer).iteration != iteration)
        {
          RheoMessage *message = new_message (engine, RHEO_MSG_METRICS);

          message->table = rheo_trainer_dup_last_metrics (engine->trainer);
          rheo_bus_post (engine->bus, message);
          if (engine->stepping && *stop == RHEO_STOP_NONE)
            {
              engine->stepping = FALSE;
              set_paused (engine, TRUE);
            }
        }
      make_frames (engine, now () - began, FALSE);
    }
  /* What is seen of a diverged run is its last good state. Who looked away shall find the last state, too. */
  if (*stop != RHEO_STOP_DIVERGED)
    {
      rheo_frames_watch_known (engine->frames);
      make_frames (engine, 0, TRUE);
    }
  return TRUE;
}

typedef struct
{
  RheoEngine *engine;
  gboolean began;
  RheoStop stop;
  GError *error;
} Work;

static void *
learn (void *data)
{
  Work *work = data;
  RheoEngine *engine = work->engine;

  if (engine->gives_way)
    rheo_team_give_way ();
  work->began = begin (engine, &work->error);
  if (!work->began)
    return NULL;
  set_paused (engine, engine->paused);
  if (!train (engine, &work->stop, &work->error))
    work->stop = RHEO_STOP_NONE;
  return NULL;
}

/* What gives way is a thread of its own, because the system lets nobody take that back: whoever waits for a run to be
 * saved, such as a window that closes, waits for this thread and not for all that goes on beside it. */
static void
do_work (Work *how)
{
  pthread_t thread;

  if (!how->engine->gives_way || pthread_create (&thread, NULL, learn, how) != 0)
    learn (how);
  else
    pthread_join (thread, NULL);
}

/* A run that failed before it learned anything leaves no file: there is nothing in it to go on with. A full disk is no
 * fault of the run. */
static void
drop_empty (RheoEngine *engine, const GError *error)
{
  if (engine->path != NULL && engine->trainer != NULL && !g_error_matches (error, RHEO_ERROR, RHEO_ERROR_IO)
      && !g_error_matches (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE) && rheo_trainer_drop_run (engine->trainer))
    g_clear_pointer (&engine->path, g_free);
}

static void *
run (void *data)
{
  RheoEngine *engine = data;
  Work how = { .engine = engine };
  GError *error;
  RheoStop stop;

  do_work (&how);
  error = how.error;
  stop = how.stop;
  if (how.began)
    {
      if (stop == RHEO_STOP_DIVERGED)
        post_note (engine, "diverged", rheo_trainer_get_divergence (engine->trainer), NULL);
      if (stop != RHEO_STOP_NONE && engine->path != NULL && !rheo_trainer_close_run (engine->trainer, stop, &error))
        stop = RHEO_STOP_NONE;
    }
  else if (g_error_matches (error, RHEO_ERROR, RHEO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      stop = RHEO_STOP_USER;
    }
  if (error != NULL && how.stop == RHEO_STOP_NONE)
    drop_empty (engine, error);
  set_listening (engine, FALSE);
  for (Command *command; (command = take (engine, 0)) != NULL;)
    free_command (command);
  if (error != NULL)
    post_error (engine, error);
  post_state (engine, RHEO_ENGINE_STOPPED, stop);
  g_clear_pointer (&engine->frames, rheo_frames_free);
  g_clear_pointer (&engine->trainer, rheo_trainer_free);
#ifdef __GLIBC__
  /* The network's pages go back to the system, also those below what somebody still has. */
  malloc_trim (0);
#endif
  return NULL;
}

/* --- making, starting, ending ---------------------------------------------------------------------------------- */
RheoEngine *
rheo_engine_new (RheoWake wake, void *data)
{
  RheoEngine *engine = g_new0 (RheoEngine, 1);
  pthread_condattr_t attr;

  engine->bus = rheo_bus_new (wake, data);
  pthread_mutex_init (&engine->lock, NULL);
  pthread_condattr_init (&attr);
  pthread_condattr_setclock (&attr, CLOCK_MONOTONIC);
  pthread_cond_init (&engine->given, &attr);
  pthread_condattr_destroy (&attr);
  return engine;
}

static void
forget (RheoEngine *engine)
{
  g_clear_pointer (&engine->experiment, rheo_experiment_free);
  g_clear_pointer (&engine->path, g_free);
  g_clear_pointer (&engine->resume_from, g_free);
}

void
rheo_engine_free (RheoEngine *engine)
{
  if (engine == NULL)
    return;
  if (engine->has_thread)
    {
      rheo_engine_stop (engine);
      pthread_join (engine->thread, NULL);
    }
  forget (engine);
  rheo_bus_free (engine->bus);
  pthread_cond_destroy (&engine->given);
  pthread_mutex_destroy (&engine->lock);
  g_free (engine);
}

void
rheo_engine_give_way (RheoEngine *engine)
{
  engine->gives_way = TRUE;
}

gboolean
rheo_engine_start (RheoEngine *engine, const RheoExperiment *experiment, const RheoStart *start, GError **error)
{
  int rc;

  if (engine->has_thread)
    {
      if (atomic_load (&engine->state) != RHEO_ENGINE_STOPPED)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A run is still going on. Stop it first."));
      pthread_join (engine->thread, NULL);
      engine->has_thread = FALSE;
    }
  if (experiment == NULL && (start == NULL || start->resume_from == NULL))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A new run needs an experiment."));
  forget (engine);
  engine->experiment = experiment != NULL ? rheo_experiment_dup (experiment) : NULL;
  engine->path = start != NULL ? g_strdup (start->path) : NULL;
  engine->resume_from = start != NULL ? g_strdup (start->resume_from) : NULL;
  engine->at = start != NULL ? start->at : -1;
  engine->follows = start != NULL && start->follows;
  engine->paused = start != NULL && start->paused;
  engine->stepping = engine->listed = engine->stop_wanted = FALSE;
  engine->pace = 0;
  atomic_store (&engine->stopped, false);
  set_listening (engine, TRUE);
  post_state (engine, RHEO_ENGINE_STARTING, RHEO_STOP_NONE);
  rc = pthread_create (&engine->thread, NULL, run, engine);
  if (rc != 0)
    {
      set_listening (engine, FALSE);
      post_state (engine, RHEO_ENGINE_IDLE, RHEO_STOP_NONE);
      return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("No thread can be made for the run: %s."), g_strerror (rc));
    }
  engine->has_thread = TRUE;
  return TRUE;
}

RheoMessage *
rheo_engine_pop (RheoEngine *engine)
{
  return rheo_bus_pop (engine->bus);
}

gboolean
rheo_engine_wait (RheoEngine *engine, double seconds)
{
  return rheo_bus_wait (engine->bus, seconds);
}
