/* Thread: any; a spec belongs to one thread. */
/* What the files of the line plot share: drawing (line.c), targets (line-levels.c), hover and numbers (line-numbers.c). */
#pragma once

#include "plot/plot-kind.h"

#define RHEO_MAX_LINES 64
#define RHEO_MAX_LEVELS 16

typedef struct
{
  gboolean log_x, log_y;
  int from_zero, markers; /* Maybe */
  int labels;             /* LABELS_ */
  int smooth, dots;
  gboolean last_value, mark_ends;
  int budget;
  double reference[4];
  int n_references;
  const char *reference_labels;
  double x_first, x_step;
} RheoLineConfig;

typedef struct
{
  RheoVector x, y, lo, hi;       /* x.column NULL: counted */
  RheoLimits x_limits, y_limits; /* y with its band */
  gboolean band;
  int binding, style;
  char label[48];
} RheoLine;

/* Where curves were drawn last, so that a redraw for the pointer does not go through all samples. */
typedef struct
{
  RheoRect area;
  double x_lo, x_hi, y_lo, y_hi, step;
  gboolean x_log, y_log;
} Place;

typedef struct
{
  RheoLine series[RHEO_MAX_LINES];
  RheoLine level[RHEO_MAX_LEVELS]; /* targets: without a style */
  int n, n_levels;
  gboolean whole, training; /* of x */
  RheoTable *smoothed;      /* running means, or NULL */
  Place place;
  GArray *points[RHEO_MAX_LINES][3]; /* of y, lo, hi at that place, or NULL */
} RheoLines;

static inline double
rheo_line_x (const RheoLineConfig *config, const RheoLine *s, int64_t i)
{
  return s->x.column != NULL ? rheo_vector_get (&s->x, i) : config->x_first + (double) i * config->x_step;
}

static inline int64_t
rheo_line_length (const RheoLine *s)
{
  return s->x.column != NULL ? MIN (s->x.n, s->y.n) : s->y.n;
}

/* Index of the last number that can be drawn; -1: none. */
static inline int64_t
rheo_line_last (const RheoLineConfig *config, const RheoLine *s)
{
  int64_t i = rheo_line_length (s) - 1;

  while (i >= 0 && !(isfinite (rheo_vector_get (&s->y, i)) && isfinite (rheo_line_x (config, s, i))))
    i--;
  return i;
}

/* Line k, the levels after the others. */
static inline const RheoLine *
rheo_line_get (const RheoLines *p, int k)
{
  return k < p->n ? &p->series[k] : &p->level[k - p->n];
}

void rheo_line_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                     const RheoPlotAxis *y, double px, double py, RheoPlotPick *out);
gboolean rheo_line_read (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out);
RheoTable *rheo_line_numbers (const RheoPlotSpec *spec);
/* Levels that the lines are to reach, and their names, where neither data nor other names are. */
void rheo_line_draw_levels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                            const RheoPlotAxis *x, const RheoPlotAxis *y);
void rheo_line_name_levels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, RheoRoom *room, const RheoRect *area,
                            const RheoPlotAxis *x, const RheoPlotAxis *y);
