/* Thread: as the spec. */
/* Parts of the plot kind "graph". */
#pragma once

#include "plot/graph-layout.h"
#include "plot/plot-classes.h"
#include "plot/plot-kind.h"

#define RHEO_GRAPH_MOST_EDGES 20000 /* that are shown */

typedef struct
{
  int cut, edges, seed;
  double threshold;
  gboolean absolute, isolated, labels, bar;
} RheoGraphConfig;

enum
{
  RHEO_GRAPH_CUT_EDGES,
  RHEO_GRAPH_CUT_VALUE,
};

/* --- pairs of units (graph-pairs.c) ------------------------------------------------------------------------------ */
typedef struct
{
  RheoGraphLink link; /* between units; a, b: from, to */
  float value;
} RheoGraphEdge;

typedef struct
{
  int64_t n_units;
  gboolean directed, any; /* any: some pair has a number */
  double threshold;       /* edges are what lies above it */
  double strongest;       /* of all pairs; 0: none is above zero */
  int64_t n_above;        /* pairs above the threshold */
  GArray *edges;          /* RheoGraphEdge, weak ones first: of those above the threshold the strongest */
} RheoGraphPairs;

/* Whether a column is one of pairs of the same units. */
gboolean rheo_graph_check (const RheoPlotBinding *matrix, GError **error);
/* Of what rheo_graph_check allows. */
void rheo_graph_pairs_init (RheoGraphPairs *pairs, const RheoPlotBinding *matrix, const RheoGraphConfig *config);
void rheo_graph_pairs_clear (RheoGraphPairs *pairs);

/* --- what is shown, made once for a set of bindings (graph.c) ------------------------------------------------------ */
typedef struct
{
  char *message; /* in place of the graph; NULL: there is one */
  int64_t n_units, n_edges, n_above;
  int n;               /* nodes */
  int32_t *unit;       /* [n] ascending */
  int *degree, *order; /* [n] partners; nodes from the most partners to the fewest */
  float *x, *y;        /* [n] where they stand */
  gboolean directed, signed_;
  RheoGraphLink *edge;               /* [n_edges] between nodes, weak ones first */
  float *value;                      /* [n_edges] */
  double threshold, strongest, most; /* most: the largest absolute value of an edge */
  RheoPlotClasses classes;           /* of units; n 0: none */
  guint8 *class;                     /* [n_units], or NULL */
  RheoPlotPlaces *places;            /* of all units that have ever been shown */
  const RheoColumn *column;
} RheoGraph;

/* --- drawing and pointing (graph-draw.c, graph-pick.c) ------------------------------------------------------------- */
/* Nodes of a class that the legend hides. */
gboolean rheo_graph_is_hidden (const RheoPlotSpec *spec, const RheoGraph *graph, int node);
/* Where the nodes are drawn. */
RheoRect rheo_graph_area (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area);
double rheo_graph_radius (const RheoPlotCanvas *canvas, const RheoGraph *graph, const RheoRect *area);
void rheo_graph_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                      const RheoPlotAxis *y);
void rheo_graph_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out);
