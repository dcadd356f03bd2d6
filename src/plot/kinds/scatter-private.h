/* Thread: as the spec. */
/* Parts of the plot kind "scatter". */
#pragma once

#include "plot/plot-cloud.h"
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
  RHEO_SCATTER_BY_SPEED,
  RHEO_SCATTER_BY_TIME,
};

typedef struct
{
  int dims, colour;
  int direction[3];
  double azimuth, elevation, perspective, step_ms;
  gboolean equal_scale;
  const char *names;
} RheoScatterConfig;

/* Colours of places on the ramp, and of what has the colour of text. */
#define RHEO_SCATTER_PLAIN (-1)

typedef struct
{
  double v[3], speed; /* speed: NaN where it is not known */
  int set, group, n_unstable;
  int entry, shape; /* what its colour and what its shape stands for in the legend; the same where one says both */
  int style;        /* of a series, or plain */
  RheoPlotSymbol symbol;
  gboolean open; /* marginal */
  int64_t index; /* in its set */
} RheoScatterPoint;

/* Points of a set that belong to one input. */
typedef struct
{
  int set, condition; /* condition -1: the set has one input */
  gboolean is_rest;   /* of several, for which there was no room */
} RheoScatterGroup;

/* What is shown, made once for a set of bindings. */
typedef struct
{
  GArray *point; /* RheoScatterPoint; those with a place */
  const RheoColumn *path;
  int *path_of; /* [path] entry of its condition, which has its colour; NULL: all have that of lines */
  RheoScatterGroup group[RHEO_PLOT_MAX_ENTRIES];
  int n_sets, n_groups, n_entries, path_entry; /* path_entry: -1 without paths */
  int colour;                                  /* what it tells: not auto */
  RheoPlotAxis ramp;                           /* along the colour bar, by speed and by time */
  gboolean has_modes, stays;                   /* stays: some speeds lie below the ramp */
  gboolean is_crowded;                         /* points follow each other so closely that they overlap, as on a line */
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  int entry_count[RHEO_PLOT_MAX_ENTRIES];
  RheoPlotAxis axis[3];
  char name[3][80];
  RheoCloud *cloud; /* NULL: not yet made; for what was hidden and picked then */
  uint64_t cloud_hidden;
  int cloud_picked;
} RheoScatter;

/* --- scatter-data.c */
int rheo_scatter_n_dims (const RheoScatterConfig *config);
void *rheo_scatter_prepare (const RheoPlotSpec *spec);
void rheo_scatter_release (void *prepared);
/* "2 unstable modes"; many: or more. */
void rheo_scatter_name_modes (int n_unstable, gboolean many, gboolean marginal, char *out, size_t size);

/* Where things are on the page. */
typedef struct
{
  gboolean flat;
  double name_width; /* of names beside the axes, at most */
  RheoRect area;     /* what the colour bar leaves */
  RheoPanel panel;   /* of the plane */
  RheoPlotAxis axis[3];
  RheoProjection projection;
} RheoScatterView;

/* --- scatter-draw.c */
gboolean rheo_scatter_hidden (const RheoPlotSpec *spec, const RheoScatterPoint *point);
double rheo_scatter_share (const RheoPlotSpec *spec, const RheoScatterPoint *point); /* opacity: the picked stand out */
gboolean rheo_scatter_path_hidden (const RheoPlotSpec *spec, int64_t path);
/* Colours by their place in the palette, as in a cloud; of the step of a path that ends at t. */
void rheo_scatter_palette (const RheoPlotSpec *spec, const RheoPlotTheme *theme, const RheoScatter *p,
                           RheoRgb palette[RHEO_CLOUD_COLOURS]);
int rheo_scatter_colour (const RheoScatter *p, const RheoScatterPoint *point);
int rheo_scatter_colour_of_step (const RheoScatter *p, int64_t path, int64_t t);
double rheo_scatter_line_width (const RheoPlotCanvas *canvas, const RheoScatter *p);
double rheo_scatter_radius (const RheoPlotCanvas *canvas, const RheoScatter *p);
const RheoScatterPoint *rheo_scatter_chosen (const RheoPlotSpec *spec, const RheoScatter *p); /* NULL: none is seen */
void rheo_scatter_view_init (RheoScatterView *view, const RheoPlotSpec *spec, RheoPlotCanvas *canvas,
                             const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y);
/* at: x, y on the page and, larger, nearer. */
void rheo_scatter_place (const RheoScatterView *view, const double v[3], double at[3]);
void rheo_scatter_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                        const RheoPlotAxis *y);

/* --- scatter-cloud.c: as in RheoPlotKind */
int rheo_scatter_count (const RheoPlotSpec *spec);
RheoCloud *rheo_scatter_cloud (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                               const RheoPlotAxis *x, const RheoPlotAxis *y, RheoCloudLook *look);
