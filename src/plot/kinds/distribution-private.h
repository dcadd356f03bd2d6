/* Thread: any. */
/* What the files of the kind "distribution" share. */
#pragma once

#include "plot/plot-kind.h"

enum
{
  RHEO_DISTRIBUTION_ROWS = 48,
  RHEO_DISTRIBUTION_LINES = 6,
  RHEO_DISTRIBUTION_MARKS = 3,
};

enum
{
  RHEO_DRAW_AUTO,
  RHEO_DRAW_BARS,
  RHEO_DRAW_DOTS,
};

enum
{
  RHEO_X_AUTO,
  RHEO_X_LINEAR,
  RHEO_X_LOG,
  RHEO_X_BOTH,
};

typedef struct
{
  int draw, x_axis, y_axis; /* of y: linear, log or auto */
  gboolean fit, marks, constants;
  double tail;
} RheoDistributionConfig;

typedef struct
{
  RheoVector from, to, height, fit; /* column NULL: not there */
} RheoDistributionBins;

/* One histogram and its curve. */
typedef struct
{
  RheoDistributionBins bins[2]; /* on a linear and on a logarithmic axis */
  RheoVector at, place;
  double mark[RHEO_DISTRIBUTION_MARKS];
  int panel, entry;
  char line[RHEO_DISTRIBUTION_LINES][96]; /* what was fitted, "" at the end */
} RheoDistributionRow;

typedef struct
{
  int n_rows, n_panels, n_names;
  RheoDistributionRow row[RHEO_DISTRIBUTION_ROWS];
  char panel[RHEO_DISTRIBUTION_ROWS][64], name[RHEO_DISTRIBUTION_ROWS][64];
} RheoDistributions;

extern const char *const rheo_distribution_marks[RHEO_DISTRIBUTION_MARKS]; /* roles */

const RheoColumn *rheo_distribution_column (const RheoPlotSpec *spec, const char *role); /* NULL: not bound */
gboolean rheo_distribution_is_shown (const RheoPlotSpec *spec, const RheoDistributions *p, int row);
/* Entry of the curves (which 0) or of a vertical line (1 ...); -1: nothing of it is shown. */
int rheo_distribution_entry (const RheoPlotSpec *spec, const RheoDistributions *p, int which);
/* Colour and dash of these. */
int rheo_distribution_style (int which);
/* A linear or a logarithmic x axis is shown. */
gboolean rheo_distribution_has_axis (const RheoPlotSpec *spec, gboolean log_x);
/* Natural limits of a logarithmic axis beside a linear one, which has those of the figure. */
void rheo_distribution_log_range (const RheoPlotSpec *spec, RheoPlotAxis *x);

/* Callbacks of the kind (distribution-draw.c). */
void rheo_distribution_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                             const RheoPlotAxis *x, const RheoPlotAxis *y);
int rheo_distribution_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                              const RheoPlotAxis *x, const RheoPlotAxis *y, RheoPlotPanel *out);
void rheo_distribution_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                             const RheoPlotAxis *x, const RheoPlotAxis *y, double px, double py, RheoPlotPick *out);
/* Height of the curve at a vertical line; NaN: it has none. */
double rheo_distribution_mark_height (const RheoDistributionRow *row, int mark, gboolean log_x);
