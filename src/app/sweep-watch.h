/* Thread: main; a thread of its own reads the folder and starts the runs. */
/* One sweep as the window knows it: how far its runs are, what came out of them, and the runs that this program starts. */
#pragma once

#include <gio/gio.h>

#include "engine/sweep-results.h"

#define RHEO_TYPE_SWEEP_WATCH (rheo_sweep_watch_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepWatch, rheo_sweep_watch, RHEO, SWEEP_WATCH, GObject)

/* How results are shown. */
typedef enum
{
  RHEO_SWEEP_MAP,    /* cells of two axes, or a line of one */
  RHEO_SWEEP_ALL,    /* points of all axes, on parallel ones */
  RHEO_SWEEP_BOXES,  /* a panel for each axis */
  RHEO_SWEEP_CURVES, /* a line for each run */
  RHEO_N_SWEEP_FORMS,
} RheoSweepForm;

#define RHEO_SWEEP_MAX_CURVES 12 /* more cannot be told apart */

/* What is asked of the results. */
typedef struct
{
  char metric[80]; /* "": the first that there is */
  RheoMeasure measure;
  int n;
  double threshold;
  int x, y;           /* axes; y -1: none */
  RheoSweepForm form; /* other than MAP: the map holds the points of all axes, whatever x and y are */
  RheoReduction reduction;
} RheoSweepView;

/* What was seen at one moment. It does not change. */
typedef struct
{
  RheoRowFacts *facts; /* [rows] */
  int n_rows, count[RHEO_N_ROW_STATES];
  int *sequence;      /* [rows]: in what order they are started */
  RheoTable *metrics; /* rheo_sweep_results_dup_metrics */
  RheoTable *map;     /* of `view`; or NULL */
  RheoTable *boxes;   /* rheo_sweep_results_dup_boxes, for BOXES; else NULL */
  GPtrArray *curves;  /* RheoTable, for CURVES: metrics of the first runs that are done; else NULL */
  GArray *curve_rows; /* int: their rows */
  const char *curve;  /* which metric they are of */
  RheoSweepView view; /* metric: what is in the map */
  double left;        /* seconds; NaN: not known */
  double run_seconds; /* mean of the runs that are done; NaN */
  int jobs;
} RheoSweepSight;

/* Signals: "changed" (void): another sight; "ended" (void): no run is left; "trouble" (s sentence): runs could not be started. */
RheoSweepWatch *rheo_sweep_watch_new (RheoSweep *sweep);
RheoSweep *rheo_sweep_watch_get_sweep (RheoSweepWatch *watch); /* borrowed */
const RheoSweepSight *
rheo_sweep_watch_get (RheoSweepWatch *watch); /* NULL: nothing was read yet; borrowed until "changed" */
/* Starts runs, or ends them after a checkpoint; remembered in the folder. */
void rheo_sweep_watch_start (RheoSweepWatch *watch);
void rheo_sweep_watch_pause (RheoSweepWatch *watch);
gint64 rheo_sweep_watch_get_began (RheoSweepWatch *watch); /* monotonic time of the last start; 0: none yet */
gboolean rheo_sweep_watch_is_driving (RheoSweepWatch *watch);
gboolean rheo_sweep_watch_is_paused (RheoSweepWatch *watch); /* by the user, also before the program was started */
/* Looks at the folder again, and asks something else of the results (NULL: the same). */
void rheo_sweep_watch_look (RheoSweepWatch *watch, const RheoSweepView *view);
/* Of the queue; the folder keeps it. */
void rheo_sweep_watch_set_jobs (RheoSweepWatch *watch, int jobs);
void rheo_sweep_watch_put_first (RheoSweepWatch *watch, const int *rows, int n);
/* Runs that failed wait again. rows NULL: all of them; else these, done or not, begin anew. */
void rheo_sweep_watch_again (RheoSweepWatch *watch, const int *rows, int n);
/* Ends the runs after a checkpoint; nothing is told any more. The thread ends by itself (app/behind.h) and lets go of
 * the watch, which lasts until then: it must be shut before it is left. */
void rheo_sweep_watch_shut (RheoSweepWatch *watch);
