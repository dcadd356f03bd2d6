/* Thread: as the spec. */
/* Parts of the plot kind "scatter". */
#pragma once

#include "plot/plot-project.h"

enum
{
  RHEO_SCATTER_3D,
  RHEO_SCATTER_2D,
};

enum
{
  RHEO_SCATTER_AUTO,
  RHEO_SCATTER_BY_MODES,
  RHEO_SCATTER_BY_SET,
};

typedef struct
{
  int dims, colour;
  int direction[3];
  double azimuth, elevation, perspective;
  gboolean equal_scale;
  const char *names;
} RheoScatterConfig;

typedef struct
{
  double v[3];
  int set, group, n_unstable, entry, style;
  RheoPlotSymbol symbol;
  gboolean open; /* marginal */
  int64_t index; /* in its set */
} RheoScatterPoint;

/* Points of a set that belong to one input. */
typedef struct
{
  int set, condition; /* condition -1: the set has one input */
} RheoScatterGroup;

/* What is shown, made once for a set of bindings. */
typedef struct
{
  GArray *point; /* RheoScatterPoint; those with a place */
  const RheoColumn *path;
  RheoScatterGroup group[RHEO_PLOT_MAX_ENTRIES];
  int n_sets, n_groups, n_entries, path_entry; /* path_entry: -1 without paths */
  gboolean has_modes;
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  int entry_count[RHEO_PLOT_MAX_ENTRIES];
  RheoPlotAxis axis[3];
  char name[3][32];
} RheoScatter;

/* Where things are on the page. */
typedef struct
{
  gboolean flat;
  RheoPanel panel; /* of the plane */
  RheoPlotAxis axis[3];
  RheoProjection projection;
} RheoScatterView;

void rheo_scatter_view_init (RheoScatterView *view, const RheoPlotSpec *spec, RheoPlotCanvas *canvas,
                             const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y);
/* at: x, y on the page and, larger, nearer. */
void rheo_scatter_place (const RheoScatterView *view, const double v[3], double at[3]);
void rheo_scatter_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                        const RheoPlotAxis *y);
