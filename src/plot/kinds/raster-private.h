/* Thread: any; a spec belongs to one thread. */
/* What the two files of the raster share: spikes (raster.c), and what stands beside them (raster-side.c). */
#pragma once

#include "plot/plot-classes.h"
#include "plot/plot-kind.h"

enum
{
  RHEO_RASTER_DOTS,
  RHEO_RASTER_TICKS,
};

typedef struct
{
  int trial, marks, bin;
  gboolean by_class, bar, counts, activity;
  double step_ms;
} RheoRasterConfig;

/* A population in a stack of several. */
typedef struct
{
  int64_t first, n_units; /* places on the axis: first is that of its last unit, as its first one is the highest */
} RheoRasterPart;

typedef struct
{
  int64_t n;
  float *t;        /* steps, or what the column of times holds */
  int32_t *unit;   /* places on the axis; negative ones were dropped */
  int64_t n_units; /* on the axis */
  double t_end;
  double x0, scale; /* step t stands at x0 + scale t */
  gboolean seconds; /* of simulated time; else steps, ms, or as the column of times says */
  int n_parts;      /* 0: there is one population, whose units are their own places */
  RheoRasterPart part[RHEO_PLOT_MAX_COLUMNS];
  gboolean sorted; /* by t */
  guint8 *class;   /* [n_units], or NULL */
  RheoPlotClasses classes;
  int64_t n_trials;    /* of the spikes; 0: they are of one */
  RheoTable *activity; /* column "activity": spikes of all units in a step, mean of each bin; NULL: not wanted */
} RheoRaster;

/* The line of the activity, inside the clip. */
void rheo_raster_draw_activity (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                                const RheoPlotAxis *x);
/* Callbacks of the kind: the axis of the activity and the class bar. */
double rheo_raster_side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas);
void rheo_raster_draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                            const RheoPlotAxis *x, const RheoPlotAxis *y);
