/* Thread: main. */
/* How long the main thread is busy without looking at the display: the measure of "nothing blocks". */
#pragma once

#include <glib.h>

/* From here on each stretch between two polls of the main loop is timed. path: a file that gets a JSON object a line when
 * the program ends, one of the first ten seconds and one of the rest: number of stretches, seconds in all, quantiles and
 * the longest, in ms of the clock and in ms for which this thread had a processor. */
void rheo_frame_times_start (const char *path);
/* Writes the file; nothing where nothing was started. */
void rheo_frame_times_finish (void);
