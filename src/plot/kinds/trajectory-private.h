/* Thread: any; a spec belongs to one thread. */
/* What the two files of the trajectory plot share: data, drawing and numbers (trajectory.c), places of panels
 * (trajectory-panels.c). */
#pragma once

#include "plot/plot-kind.h"

#define MAX_STAGES 12
#define MAX_CHANNELS 8

enum
{
  LAYOUT_AUTO,
  LAYOUT_PLANE,
  LAYOUT_TIME,
};

enum
{
  ARRANGE_LAST_LARGE,
  ARRANGE_EQUAL,
};

typedef struct
{
  int layout, arrange;
  int trial, x_channel, y_channel, n_rows;
  gboolean equal_scale, start, thin_target, inputs;
  const char *names;
  double step_ms;
} RheoTrajectoryConfig;

typedef struct
{
  RheoVector target[MAX_CHANNELS], output[MAX_CHANNELS]; /* column NULL: none */
  char title[64];
  int style, binding;
} RheoTrajectoryStage;

typedef struct
{
  RheoTrajectoryStage stage[MAX_STAGES];
  int n, n_channels; /* channels: rows over time, or the two of the plane */
  gboolean over_time;
  char name[MAX_CHANNELS][32];
  gboolean has_target, has_output;
  const RheoColumn *input; /* shown below the signals; or NULL */
  double most_input;       /* by amount */
} RheoTrajectory;

#define MAX_PANELS (MAX_STAGES * (MAX_CHANNELS + 1))
#define INPUT_ROW (-1) /* in place of a channel */

typedef struct
{
  RheoPanel panel;
  int stage, channel;
  gboolean small;
} RheoTrajectoryCell;

/* Lays out the panels of all stages into cells[MAX_PANELS]; gives their number. */
int rheo_trajectory_make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                                 const RheoPlotAxis *x, const RheoPlotAxis *y, RheoTrajectoryCell *cells);
