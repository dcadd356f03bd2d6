/* Thread: main. */
/* The current run: the engine and everything that it has told so far. Messages are taken in on the frame clock of the
 * window, for at most 2 ms a frame; nothing here ever waits for the engine. */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"
#include "plot/plot-source.h"

#define RHEO_TYPE_SESSION (rheo_session_get_type ())
G_DECLARE_FINAL_TYPE (RheoSession, rheo_session, RHEO, SESSION, GObject)

/* Signals:
 * "changed" (void)          state, place, rate or file changed; at most once a frame
 * "metrics" (void)          an iteration is done
 * "frame" (s)               a newer frame of a stream is there
 * "note" (s key, s text, b refused)
 * "stopped" (void)          the run has ended; see get_stop, get_error */
RheoSession *rheo_session_new (void);

/* experiment: of a run that goes on what it holds, or with another budget, read elsewhere: nothing is read here. path: run file
 * to write; resume_from, at: as in RheoStart. FALSE: a run still goes on, or what RheoStart refuses. */
gboolean rheo_session_start (RheoSession *session, const RheoExperiment *experiment, const RheoStart *start,
                             GError **error);
void rheo_session_pause (RheoSession *session);
void rheo_session_resume (RheoSession *session);
void rheo_session_step (RheoSession *session);
/* While the run is still being prepared: let_go, and nothing is written. */
void rheo_session_stop (RheoSession *session);
/* At once STOPPED. The engine ends by itself: at its next safe point, and with all that it has to write. */
void rheo_session_let_go (RheoSession *session);
/* A LIVE value. What came of it is told by "note". */
void rheo_session_set (RheoSession *session, const char *path, const char *text);
/* The network as it is now goes into the run's file, between two batches; the note "checkpoint" tells when. */
void rheo_session_checkpoint (RheoSession *session);
/* A result of an analysis of the run goes into its file; the note "analysis" tells its name there. */
void rheo_session_keep_analysis (RheoSession *session, const char *id, int64_t iteration, const char *config_json,
                                 RheoTable *table);
/* Stops, and waits for that many seconds at most until all engines have ended: when the program ends. FALSE: one works
 * on; it touches nothing of the session any more. The last reference does the same, if it was not done. */
gboolean rheo_session_shut (RheoSession *session, double seconds);

RheoEngineState rheo_session_get_state (RheoSession *session);
gboolean rheo_session_is_going (RheoSession *session);           /* starting, running or paused */
gboolean rheo_session_is_stopping (RheoSession *session);        /* it goes on, but was told to stop */
double rheo_session_get_stopping_seconds (RheoSession *session); /* since then; 0: it is not stopping */
RheoStop rheo_session_get_stop (RheoSession *session);
const GError *rheo_session_get_error (RheoSession *session);              /* of the fault that ended the run, or NULL */
const char *rheo_session_get_reason (RheoSession *session);               /* why it diverged: one sentence, or NULL */
const char *rheo_session_get_path (RheoSession *session);                 /* run file, or NULL */
const char *rheo_session_get_unit (RheoSession *session);                 /* "epoch" */
const RheoExperiment *rheo_session_get_experiment (RheoSession *session); /* with changed LIVE values; NULL: none yet */
RheoPlace rheo_session_get_place (RheoSession *session);
int rheo_session_get_budget (RheoSession *session);
int rheo_session_get_n_batches (RheoSession *session);
double rheo_session_get_seconds (RheoSession *session);         /* of the run */
double rheo_session_get_per_iteration (RheoSession *session);   /* seconds, lately; 0: not known yet */
double rheo_session_get_left (RheoSession *session);            /* seconds; < 0: not known yet */
double rheo_session_get_watch_cost (RheoSession *session);      /* fraction of the engine's time */
gint64 rheo_session_get_checkpoint_time (RheoSession *session); /* monotonic time of the last one; 0: none */
/* What computes, in the language of the user; NULL: not known yet. *reason: why it is not a card: a sentence, or NULL. */
const char *rheo_session_get_device (RheoSession *session, const char **reason);

/* One LIVE value that changed: for ticks on axes over iterations. */
typedef struct
{
  double iteration;
  char *path, *text;
} RheoSessionMark;
const GPtrArray *rheo_session_get_marks (RheoSession *session); /* of RheoSessionMark, in order */

/* Streams that can be watched ("stream", "label", "unit", "axes", "flags"); NULL before the run has begun. Borrowed. */
RheoTable *rheo_session_get_streams (RheoSession *session);
/* Counted per stream: only what somebody looks at is computed. trial of the last caller counts for all. */
void rheo_session_watch (RheoSession *session, const char *stream);
void rheo_session_unwatch (RheoSession *session, const char *stream);
void rheo_session_set_trial (RheoSession *session, int trial);
int rheo_session_get_trial (RheoSession *session);
/* How fast runs go from here on (rheo_engine_pace); at first at full speed. */
void rheo_session_set_pace (RheoSession *session, double speed, double rest);

/* Newest metrics, and frames as they were at the first, middle and newest iteration, by name of series, for
 * rheo_plot_fill. Borrowed; valid as long as the session. */
const RheoPlotSource *rheo_session_get_source (RheoSession *session);
