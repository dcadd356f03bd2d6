/* Thread: main. */
/* How long the main thread is busy without looking at the display: the measure of "nothing blocks". */
#pragma once

#include <glib.h>

/* From here on each stretch between two polls of the main loop is timed. path: a file that gets one JSON object when the
 * program ends: number of stretches, seconds in all, quantiles and the longest, in ms. */
void rheo_frame_times_start (const char *path);
/* Writes the file; nothing where nothing was started. */
void rheo_frame_times_finish (void);
