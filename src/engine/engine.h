/* Thread: any thread may send and pop; the engine's own thread runs the trainer. */
/* A run on a thread of its own. Commands go in, messages come out; nobody shares memory with the network. METRICS, STATE,
 * NOTE and ERROR messages are never dropped; of FRAMEs only the latest per stream is kept. The engine knows no main
 * loop: `wake` (any thread) says that there is something to pop. */
#pragma once

#include "trainer.h"

typedef struct RheoEngine RheoEngine;
typedef void (*RheoWake) (void *data);

typedef enum
{
  RHEO_MSG_STATE,   /* the state changed. key: unit of an iteration ("epoch"), text: the run file, from RUNNING on */
  RHEO_MSG_METRICS, /* an iteration is done: table of its metrics */
  RHEO_MSG_FRAME,   /* a stream that somebody watches: table. key: its name */
  RHEO_MSG_NOTE,    /* a LIVE value changed, a checkpoint was written, the run diverged ...: key and text; error: it was
                     * refused */
  RHEO_MSG_ERROR,   /* a fault ends the run; STATE with STOPPED follows */
} RheoMessageType;

typedef enum
{
  RHEO_ENGINE_IDLE,
  RHEO_ENGINE_STARTING,
  RHEO_ENGINE_RUNNING,
  RHEO_ENGINE_PAUSED,
  RHEO_ENGINE_STOPPED, /* stop says why (NONE: a fault); the table is that of the last metrics, if there are any */
} RheoEngineState;

typedef struct
{
  RheoMessageType type;
  RheoEngineState state;
  RheoStop stop;
  RheoPlace place;
  int budget;        /* iterations */
  int n_batches;     /* per iteration */
  double seconds;    /* of the run so far */
  double watch_cost; /* fraction of the engine's time spent on frames */
  char *key, *text;
  char *device;              /* of STATE, from RUNNING on: as rheo_trainer_get_device ... */
  const char *device_reason; /* ... and why it is not a card, or NULL */
  RheoTable *table;          /* or NULL */
  GError *error;             /* or NULL */
} RheoMessage;
void rheo_message_free (RheoMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoMessage, rheo_message_free)

RheoEngine *rheo_engine_new (RheoWake wake, void *data);
/* Stops, waits for the thread, frees. */
void rheo_engine_free (RheoEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoEngine, rheo_engine_free)

/* Runs that start from here on, with all their threads, stand behind the other threads of the program: as long as those
 * have something to do they are not kept waiting. Only on Linux. */
void rheo_engine_give_way (RheoEngine *engine);

/* How a run begins. */
typedef struct
{
  const char *path;        /* run file to write; NULL: none */
  const char *resume_from; /* run file to go on with or to branch from; NULL: a new run. Branch when path differs */
  int64_t at;              /* iteration of the checkpoint; -1: the newest */
  gboolean follows;        /* another rank writes the run (ranks.h): path is NULL, and nothing is written */
  gboolean paused;         /* wait for resume or step before the first batch */
} RheoStart;
/* Starts the thread; what goes wrong there comes as RHEO_MSG_ERROR. The experiment is copied. With resume_from and a
 * NULL experiment the stored one is used. FALSE: the last run of this engine still goes on, or no thread can be made.
 * After STOPPED the engine may be started again. */
gboolean rheo_engine_start (RheoEngine *engine, const RheoExperiment *experiment, const RheoStart *start,
                            GError **error);

/* Commands never wait; without a run they do nothing. They act between batches. Pause and stop also act at
 * safe points inside one (at most 20 ms apart): that batch is dropped whole and, after a pause, done again from its
 * beginning with the same random numbers, so that pausing never changes a result. */
void rheo_engine_pause (RheoEngine *engine);
void rheo_engine_resume (RheoEngine *engine);
void rheo_engine_step (RheoEngine *engine); /* to the end of the iteration, then pause */
/* A run that is still being prepared ends without having written anything. */
void rheo_engine_stop (RheoEngine *engine);
void rheo_engine_set (RheoEngine *engine, const char *path, const char *text);
void rheo_engine_intervene (RheoEngine *engine, const RheoIntervention *acts, int n); /* copied */
void rheo_engine_checkpoint (RheoEngine *engine, gboolean marked);
/* A result of an analysis of this run goes into its file. The note "analysis" tells its name there ("fixed-points/2"). The
 * table is referenced, never changed. */
void rheo_engine_keep_analysis (RheoEngine *engine, const char *id, int64_t iteration, const char *config_json,
                                RheoTable *table);
/* Holds the run back so that one can watch: where episodes are played, their world goes `speed` times as fast as time does, with
 * `rest` seconds after each batch of them; else so many batches a second. speed 0: full speed. */
void rheo_engine_pace (RheoEngine *engine, double speed, double rest);
/* Frames of a stream, at most per_second; 0 stops it. Only what is watched is computed and copied; the engine measures
 * what that costs and spaces frames out to stay under 2 % of its time. When the run pauses or stops, streams whose last
 * frame is older than the network get one more, when it stops also those that were watched before; not when it has
 * diverged.
 * trial: which probe trial ("time ..." streams). first, n: columns of the last dimension of a stream, n 0: all. */
typedef struct
{
  const char *stream; /* "hidden.spikes", "out.value", "rec.weight", "rec.gradient", "rec.change" ... */
  int trial, first, n;
  double per_second;
} RheoWatch;
void rheo_engine_watch (RheoEngine *engine, const RheoWatch *watch);
/* Streams that can be watched come as the table of the first STATE message whose state is RUNNING or PAUSED: one row per
 * stream in the columns "stream", "label", "unit", "axes" (text) and "flags" (RheoSeriesFlags). */

/* NULL when there is none. Yours. Frames come after everything else, so pop until NULL after STOPPED, too. */
RheoMessage *rheo_engine_pop (RheoEngine *engine);
/* Waits until there is a message or `seconds` have passed. */
gboolean rheo_engine_wait (RheoEngine *engine, double seconds);
