/* Thread: main. */
/* Goes through the iterations that a run kept: a scale that snaps to its marks, previous, play and next. Plain marks are
 * snapshots, marks with a dot are checkpoints. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_SCRUBBER (rheo_scrubber_get_type ())
G_DECLARE_FINAL_TYPE (RheoScrubber, rheo_scrubber, RHEO, SCRUBBER, GtkWidget)

/* Signal "moved" (void): another iteration was chosen, by whatever way. */
GtkWidget *rheo_scrubber_new (void);
/* Both ascending, copied. The place stays, or becomes the newest where nothing was chosen yet. unit: "epoch". total: end of
 * the scale; at least the last mark. */
void rheo_scrubber_set_marks (RheoScrubber *scrubber, const double *snapshots, int n_snapshots,
                              const double *checkpoints, int n_checkpoints, double total, const char *unit);
/* To the nearest mark; INFINITY: the last one. */
void rheo_scrubber_set_iteration (RheoScrubber *scrubber, double iteration);
double rheo_scrubber_get_iteration (RheoScrubber *scrubber); /* NaN: there are no marks */
/* As Page Up (-1) and Page Down (1). FALSE: there is none. */
gboolean rheo_scrubber_step (RheoScrubber *scrubber, int direction);
gboolean rheo_scrubber_can_step (RheoScrubber *scrubber, int direction); /* whether there is one */
gboolean rheo_scrubber_is_checkpoint (RheoScrubber *scrubber);
double rheo_scrubber_get_nearest_checkpoint (RheoScrubber *scrubber); /* NaN: there is none */
/* On one line, without buttons: for a strip. */
void rheo_scrubber_set_slim (RheoScrubber *scrubber);
/* A control at the end of the title row. Takes it (a floating reference). */
void rheo_scrubber_take_extra (RheoScrubber *scrubber, GtkWidget *extra);
