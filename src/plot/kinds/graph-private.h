/* Thread: as the spec. */
/* Parts of the plot kind "graph". */
#pragma once

#include "plot/graph-layout.h"
#include "plot/plot-kind.h"

typedef struct
{
  int cut, edges, seed;
  double threshold;
  gboolean absolute, isolated, labels, bar;
} RheoGraphConfig;

/* What is shown, made once for a set of bindings. */
typedef struct
{
  char *message; /* in place of the graph; NULL: there is one */
  int64_t n_units, n_edges;
  int n;               /* nodes */
  int32_t *unit;       /* [n] ascending */
  int *degree, *order; /* [n] partners; nodes from the most partners to the fewest */
  float *x, *y;        /* [n] 0 .. 1 */
  gboolean directed, signed_;
  RheoGraphLink *edge;    /* [n_edges] between nodes, weak ones first */
  float *value;           /* [n_edges] */
  double threshold, most; /* most: the largest absolute value of an edge */
  const RheoColumn *column;
} RheoGraph;

/* Where the nodes are drawn. */
RheoRect rheo_graph_area (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area);
double rheo_graph_radius (const RheoPlotCanvas *canvas, const RheoGraph *graph, const RheoRect *area);
void rheo_graph_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                      const RheoPlotAxis *y);
