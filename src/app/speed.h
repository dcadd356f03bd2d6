/* Thread: main. */
/* How fast this machine trains, as far as it was measured since the program began: for telling beforehand how long an
 * iteration will take. */
#pragma once

#include "engine/experiment.h"
#include "engine/sketch.h"

/* Additions and multiplications a second (as RheoSketchFacts counts them), of the measured batch that is nearest in kind
 * and work. 0: nothing is known. source: one sentence that says what from; yours. */
double rheo_speed_find (const RheoExperiment *experiment, const RheoSketchFacts *facts, char **source);
/* Nothing near it was measured yet, and its batches are short enough to be run for it. */
gboolean rheo_speed_is_wanted (const RheoExperiment *experiment, const RheoSketchFacts *facts);
void rheo_speed_add (const RheoExperiment *experiment, const RheoSketchFacts *facts, double speed);

/* "4 s", "0.03 s", "3 min", "2 h 10 min". Yours. */
char *rheo_speed_dup_duration (double seconds);
