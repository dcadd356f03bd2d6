/* Thread: engine. */
/* Frames: tables of the streams that somebody watches, made between batches and spaced out so that they take less than 2 %
 * of the engine's time. */
#pragma once

#include "engine.h"

/* Under 2 %, with room for what is not measured: caches that the next batch finds cold. */
#define RHEO_FRAMES_SHARE 0.015

typedef struct RheoFrames RheoFrames;
typedef double (*RheoClock) (void);                                               /* seconds, from any origin */
typedef void (*RheoFramePost) (void *data, const char *stream, RheoTable *table); /* takes the table */

/* Lists the streams of the trainer's net and keeps its weights as they are now: changes are counted from here. The trainer
 * is borrowed. */
RheoFrames *rheo_frames_new (RheoTrainer *trainer, RheoClock clock);
void rheo_frames_free (RheoFrames *frames);
RheoTable *rheo_frames_dup_list (const RheoFrames *frames);

/* FALSE: there is no such stream; the message names the nearest. */
gboolean rheo_frames_watch (RheoFrames *frames, const RheoWatch *watch, GError **error);
/* Whatever was watched at some time of the run is watched again, as it was then. */
void rheo_frames_watch_known (RheoFrames *frames);
/* Makes the frames that are due and that the share allows. ran: seconds of training since the last call. all: every
 * watched stream whose last frame is older than the network, whatever it costs; nothing is charged for it (the run
 * stands). FALSE: the probe trials could not be made; streams that need them are no longer watched. */
gboolean rheo_frames_make (RheoFrames *frames, double ran, gboolean all, RheoFramePost post, void *data,
                           GError **error);
/* Fraction of the engine's time spent on frames, over about the last ten seconds of training. */
double rheo_frames_get_cost (const RheoFrames *frames);
