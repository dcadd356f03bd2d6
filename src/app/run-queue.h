/* Thread: main. */
/* Runs that wait for each other: one goes on in the window, the next begins when it has come to its end. The window
 * starts them; whoever wants to know how far they are follows the queue. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"

#define RHEO_TYPE_RUN_QUEUE (rheo_run_queue_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunQueue, rheo_run_queue, RHEO, RUN_QUEUE, GObject)

/* Signals:
 * "changed" (void)   runs were added or begun, or the rest is given up
 * "done" (void)      nothing waits and nothing goes on any more */
RheoRunQueue *rheo_run_queue_new (void);

/* A queue that is done begins anew, so that numbers count the runs of one time. The experiment is copied. name: of the
 * run, where it is not taken. */
void rheo_run_queue_add (RheoRunQueue *queue, const RheoExperiment *experiment, const char *name);
/* What waits, as name and experiment in JSON, a(ss), yours and floating; and the same again, which is added. FALSE: the text of one is no
 * experiment of this program; the others are added. */
GVariant *rheo_run_queue_dup_waiting (RheoRunQueue *queue);
gboolean rheo_run_queue_add_waiting (RheoRunQueue *queue, GVariant *waiting);
/* For the window. The next one and its name, yours; NULL: none waits. */
RheoExperiment *rheo_run_queue_take (RheoRunQueue *queue, char **name);
/* For the window: what was taken is written to path; it has ended. */
void rheo_run_queue_begun (RheoRunQueue *queue, const char *path);
void rheo_run_queue_ended (RheoRunQueue *queue);
/* Gives up what waits. What goes on is left alone. */
void rheo_run_queue_stop (RheoRunQueue *queue);

gboolean rheo_run_queue_is_busy (RheoRunQueue *queue); /* something waits or goes on */
int rheo_run_queue_get_n (RheoRunQueue *queue);        /* all of this time, without those that were given up */
int rheo_run_queue_get_n_begun (RheoRunQueue *queue);
const GPtrArray *rheo_run_queue_get_paths (RheoRunQueue *queue); /* of those that were begun, in order */
