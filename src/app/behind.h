/* Thread: any. */
/* Work that nobody can interrupt and that may outlast the window: a run that is still being prepared, a file that is
 * being read. Its threads belong to nobody. When the program ends they are waited for a short while at most; what goes
 * on after that is left behind. */
#pragma once

#include <glib.h>

/* Seconds that the main thread waits at most: a run that has not been saved by then goes on from its last checkpoint. */
#define RHEO_BEHIND_LIMIT 4.0

/* Around such work; begin comes before the thread. */
void rheo_behind_begin (void);
void rheo_behind_end (void);
/* FALSE: some of it still goes on after that many seconds. */
gboolean rheo_behind_wait (double seconds);
/* The last act of the program. Returns status; but where some work goes on, the program ends here with it, without what
 * is done at exit, which would take from that work what it works on. */
int rheo_behind_leave (int status);
