/* Thread: main. */
/* How fast this machine trains, as far as it was measured: for telling beforehand how long an iteration will take. What was
 * measured is remembered, so that the same is told after each start, until a run says better. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"
#include "engine/sketch.h"

/* Where speeds are remembered (key "speeds"); NULL: nowhere. */
void rheo_speed_use_settings (GSettings *settings);

/* Additions and multiplications a second (as RheoSketchFacts counts them), of the measured batch that is nearest in kind
 * and work. 0: nothing is known. source: one sentence that says what from; yours. */
double rheo_speed_find (const RheoExperiment *experiment, const RheoSketchFacts *facts, char **source);
/* Nothing near it was measured yet, and its batches are short enough to be run for it. */
gboolean rheo_speed_is_wanted (const RheoExperiment *experiment, const RheoSketchFacts *facts);
/* Runs a few batches in a thread, if that is still wanted when it is its turn: one measurement goes on at a time. done is
 * called in any case, without a result: see rheo_speed_find. */
void rheo_speed_measure_async (const RheoExperiment *experiment, const RheoSketchFacts *facts, gpointer source,
                               GCancellable *cancellable, GAsyncReadyCallback done);
/* TRUE while something is measured or waits for it: what is found then is not the last word. The settings say
 * "changed::speeds" when it is. */
gboolean rheo_speed_is_busy (void);
/* In the place of what was measured of the same work before. */
void rheo_speed_add (const RheoExperiment *experiment, const RheoSketchFacts *facts, double speed);

/* "4 s", "0.03 s", "3 min", "2 h 10 min". Yours. */
char *rheo_speed_dup_duration (double seconds);
/* The same for an estimate, which does not pretend to be exact: "8 s", "30 s", "80 s", "5 min". Yours. */
char *rheo_speed_dup_estimate (double seconds);
