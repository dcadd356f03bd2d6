/* Thread: any; a spec belongs to one thread. */
/* A 3-D figure that turns, as a file. */
#pragma once

#include "plot.h"

typedef struct
{
  double rate;    /* frames in a second, 1 to 50 */
  double seconds; /* of the whole */
  double turn;    /* degrees; 360: a whole turn that goes on without a jump */
} RheoPlotTurn;

#define RHEO_PLOT_TURN                                                                                                 \
  {                                                                                                                    \
    .rate = 20, .seconds = 6, .turn = 360                                                                              \
  }

#define RHEO_PLOT_MAX_FRAMES 1000

/* TRUE: rheo_plot_export_turn takes such a name: it ends in .gif, or in .png and has "#" in it. */
gboolean rheo_plot_is_turn (const char *path);
int rheo_plot_turn_frames (const RheoPlotTurn *turn);
/* "turn.gif": one file, shown over and over. "turn/###.png": a file for each frame, with its number, from 0, in place of
 * "###" (as many digits at least); the folder is made. progress: may be NULL; FALSE stops with RHEO_ERROR_CANCELLED, and no frame
 * is left. */
gboolean rheo_plot_export_turn (const RheoPlotSpec *spec, const RheoPlotTurn *turn, const char *path, double width_mm,
                                double height_mm, double dpi, gboolean (*progress) (void *data, double share),
                                void *progress_data, GError **error);
