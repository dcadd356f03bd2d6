/* Thread: any; a spec belongs to one thread, its tables are shared and never change. */
/* A plot is a pure function of a data model: the screen, PNG, SVG and PDF all call rheo_plot_draw, which reads the spec
 * and nothing else. Lengths are in points; on screen one point is one pixel at scale 1. */
#pragma once

#include <cairo.h>

#include "engine/component.h"
#include "engine/table.h"

/* --- a kind: a component (RHEO_KIND_PLOT), one file in kinds/ ------------------------------------------------ */
typedef struct
{
  const char *key, *label; /* "y", "x", "class", "target" */
  const char *axes;        /* wanted axes of the column, "*" any: "iteration", "time unit", "pre post" */
  gboolean required, many; /* many: several columns may take the role (series of a line plot) */
} RheoPlotRole;

#define RHEO_PLOT_MAX_COLUMNS 32

/* A column bound to a role. The spec holds a reference to the table. */
typedef struct
{
  const char *role; /* interned */
  RheoTable *table;
  const RheoColumn *column;
  const char *label; /* interned; in legends; NULL: the column's */
  int style;         /* which colour and dash; -1: by order */
} RheoPlotBinding;

typedef struct
{
  double lo, hi; /* both 0: from the data */
  gboolean log;
  const char *label, *unit; /* interned; NULL: from the column */
} RheoPlotAxis;

typedef enum
{
  RHEO_THEME_LIGHT,
  RHEO_THEME_DARK,
  RHEO_THEME_PRINT,
} RheoPlotThemeId;

typedef struct RheoPlotKind RheoPlotKind;

typedef struct
{
  const RheoPlotKind *kind;
  void *values; /* the kind's config struct */
  RheoPlotBinding binding[RHEO_PLOT_MAX_COLUMNS];
  int n_bindings;
  RheoPlotAxis x, y, colour;
  RheoPlotThemeId theme;
  const char *title, *subtitle;    /* interned; NULL: none */
  double azimuth, elevation, zoom; /* camera of 3-D kinds */
  double font_scale;               /* 1 */
} RheoPlotSpec;

typedef struct
{
  double x, y, width, height;
} RheoRect;

/* What a kind finds under the pointer. */
typedef struct
{
  int binding; /* -1: nothing */
  int64_t index;
  double x, y;    /* data values */
  char text[160]; /* "Epoch 12: training 3.61" */
} RheoPlotPick;

struct RheoPlotKind
{
  RheoComponent base;
  const RheoPlotRole *roles; /* ends with key NULL */
  /* Natural limits of the data for axes that the spec leaves open. */
  void (*range) (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour);
  /* Draws the data inside area with x and y resolved; frame, ticks, legend and clip are drawn by rheo_plot_draw, unless
   * the kind sets own_axes and draws panels of its own. */
  void (*draw) (const RheoPlotSpec *spec, cairo_t *cr, const RheoRect *area, const RheoPlotAxis *x,
                const RheoPlotAxis *y);
  gboolean own_axes;
  gboolean equal_scale; /* planes: x against y */
  void (*pick) (const RheoPlotSpec *spec, const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y, double px,
                double py, RheoPlotPick *pick);
};

/* --- specs --------------------------------------------------------------------------------------------------- */
const RheoPlotKind *rheo_plot_kind_find (const char *id, GError **error);
const RheoComponent *const *rheo_plot_kinds (void); /* NULL-ended */

RheoPlotSpec *rheo_plot_spec_new (const RheoPlotKind *kind);
RheoPlotSpec *rheo_plot_spec_dup (const RheoPlotSpec *spec);
void rheo_plot_spec_free (RheoPlotSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPlotSpec, rheo_plot_spec_free)

/* Binds a column (a reference to the table is taken). FALSE: the role is not known, its axes do not fit, or it is taken;
 * the message says what the role wants. */
gboolean rheo_plot_bind (RheoPlotSpec *spec, const char *role, RheoTable *table, const char *key, const char *label,
                         GError **error);
/* A parameter of the kind, by key. */
gboolean rheo_plot_set (RheoPlotSpec *spec, const char *key, const char *text, GError **error);
/* All required roles are bound and what is bound goes together. */
gboolean rheo_plot_check (const RheoPlotSpec *spec, GError **error);

/* --- drawing --------------------------------------------------------------------------------------------------- */
/* Never fails: an empty or wrong spec draws one dim line that says what is missing. */
void rheo_plot_draw (const RheoPlotSpec *spec, cairo_t *cr, double width, double height);
/* Where the data are drawn for this size (hover, zoom), and the resolved axes. */
void rheo_plot_layout (const RheoPlotSpec *spec, double width, double height, RheoRect *area, RheoPlotAxis *x,
                       RheoPlotAxis *y);
void rheo_plot_pick (const RheoPlotSpec *spec, double width, double height, double px, double py, RheoPlotPick *pick);

/* By the ending of path: .png (dpi), .svg, .pdf. Written beside and renamed into place. */
gboolean rheo_plot_export (const RheoPlotSpec *spec, const char *path, double width_mm, double height_mm, double dpi,
                           GError **error);
/* The numbers behind the figure, from all samples: .csv or .npy. */
gboolean rheo_plot_export_numbers (const RheoPlotSpec *spec, const char *path, GError **error);
