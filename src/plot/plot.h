/* Thread: any; a spec belongs to one thread, its tables are shared and never change. */
/* A plot is a pure function of a data model: the screen, PNG, SVG and PDF all call rheo_plot_draw, which reads the spec
 * and nothing else. One length is one pixel at scale 1 (96 an inch) in the light and dark themes, and one point (72 an
 * inch) in the print theme; type sizes are in points either way. */
#pragma once

#include <cairo.h>

#include "engine/component.h"
#include "engine/table.h"
#include "plot-cloud.h"
#include "plot-places.h"

/* --- a kind: a component (RHEO_KIND_PLOT), one file in kinds/ ------------------------------------------------ */
typedef struct
{
  const char *key, *label; /* "y", "x", "class", "target" */
  /* Wanted axes of the column: words as in RheoColumn, where "*" is any one word; alternatives are separated by "|";
   * "..." alone fits every column. */
  const char *axes;
  gboolean required, many; /* many: several columns may take the role (series of a line plot) */
  /* For plot-source.h. What takes the role where no series is named: names with "*", separated by spaces; of alternatives
   * ("|") the first that there is. */
  const char *from;
  /* What comes along with every series that takes another role: "axis": iterations and the like in its table; "%.class":
   * of the same part of the network, or of the population that a projection comes from; "=unstable": the column of this name
   * of the same table, with the first role only; "axis:1": values along its last axis, the column of the same table called
   * like it, "axis:2" those along the one before; else the name of a series. */
  const char *with;
  const char *at; /* iterations shown where none is asked for: "first middle last"; NULL: the newest */
  gboolean parts; /* in legends its series are called by their part of the network ("rec") */
  /* Of the first role: what the figure is called after. "table": what holds the series, a result; "kind"; NULL: what the
   * labels of the series have in common. */
  const char *called;
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

/* What stands along an axis, where plots beside each other can show the same place. */
typedef enum
{
  RHEO_OVER_ANY,
  RHEO_OVER_TRAINING, /* iterations */
  RHEO_OVER_UNITS,    /* of the network */
} RheoPlotOver;

typedef struct
{
  double lo, hi;            /* both 0: from the data; lo > hi: runs downwards */
  gboolean log, whole;      /* whole: only whole numbers are marked */
  const char *label, *unit; /* interned; NULL: from the column; unit "": counts and names, no brackets */
  RheoPlotOver over;        /* given by the kind */
  const char *const *names; /* given by the kind: stand at 0, 1, 2 ... instead of numbers, NULL-ended; or NULL */
} RheoPlotAxis;

typedef enum
{
  RHEO_THEME_LIGHT,
  RHEO_THEME_DARK,
  RHEO_THEME_PRINT,
} RheoPlotThemeId;

typedef struct RheoPlotKind RheoPlotKind;
typedef struct RheoPlotCanvas RheoPlotCanvas; /* where a kind draws and measures text: plot-kind.h */

typedef struct
{
  const RheoPlotKind *kind;
  void *values; /* the kind's config struct */
  RheoPlotBinding binding[RHEO_PLOT_MAX_COLUMNS];
  int n_bindings;
  RheoPlotAxis x, y, colour;
  RheoPlotAxis second; /* y of the second panel, in kinds where it has its own */
  RheoPlotThemeId theme;
  const char *title, *subtitle;    /* interned; NULL: none */
  const char *when;                /* interned; the state of training that is shown: "epoch 12"; NULL: none */
  const char *empty;               /* interned; the line shown while there are no data; NULL: "No data yet" */
  double azimuth, elevation, zoom; /* camera of 3-D kinds: degrees added to its parameters, and a factor */
  double font_scale;               /* 1 */
  gboolean bare;                   /* the data alone, without axes and words: for small pictures */
  int cloud_from;         /* so many points and steps and more are not drawn but left to rheo_plot_cloud; 0: never */
  gboolean no_head;       /* title, subtitle and legend stand elsewhere: no row for them */
  uint64_t hidden;        /* entries (series, classes) that are left out, a bit each */
  int picked;             /* entry that stands out, the others fade; -1: none */
  int64_t unit;           /* unit of the network that stands out; -1: none */
  int64_t point;          /* of a set of points, ringed; -1: none */
  int point_set;          /* which set that is */
  int moment;             /* of a moving picture, from 0; -1: its end */
  RheoPlotPlaces *places; /* where what can be moved stood before, or NULL; set by rheo_plot_set_places */
  void *prepared;         /* what the kind has worked out from the bindings; private */
  void *shared;           /* where copies keep that together; private */
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
  char text[240]; /* "Epoch 12: training 3.61" */
  int entry;      /* -1: none */
  int64_t unit;   /* -1: none */
  gboolean point; /* one of a set of points: it is chosen itself, not its entry; index and set as in the spec */
  int set;
  gboolean line; /* it is a line from x, y to end_x, end_y */
  double end_x, end_y;
} RheoPlotPick;

/* A parameter that stands at hand beside the figure: a slider. */
typedef struct
{
  const char *key, *label;  /* label: in the user's language */
  const char *also, *means; /* another parameter that must have this value for it to count; or NULL */
  double hi, value;         /* it runs from 0 */
  int first;                /* the number that 0 is shown as */
  gboolean whole;           /* in steps of 1 */
} RheoPlotSlide;

/* One entry of a legend. */
typedef enum
{
  RHEO_SYMBOL_LINE,   /* with the dash of its style */
  RHEO_SYMBOL_SOLID,  /* without a dash */
  RHEO_SYMBOL_DASHED, /* whatever its style is */
  RHEO_SYMBOL_THIN,   /* a thin line: the target when runs are compared */
  RHEO_SYMBOL_PATH,   /* a thin grey line: trials behind points */
  RHEO_SYMBOL_CIRCLE,
  RHEO_SYMBOL_SQUARE,
  RHEO_SYMBOL_TRIANGLE,
  RHEO_SYMBOL_DIAMOND,
} RheoPlotSymbol;

typedef struct
{
  char label[64];
  int style; /* colour and dash */
  RheoPlotSymbol symbol;
  gboolean open;         /* of markers: only the rim */
  gboolean plain;        /* of markers: the shape alone says it, colours say something else */
  int entry;             /* bit in hidden; filled in by rheo_plot_entries */
  gboolean hidden, dull; /* dull: another one is picked */
} RheoPlotEntry;

#define RHEO_PLOT_MAX_ENTRIES 64

/* A name of an entry in the picture: clicks on it. */
typedef struct
{
  RheoRect rect;
  int entry;
} RheoPlotHit;

/* A frame with axes. */
typedef struct
{
  RheoRect area;
  RheoPlotAxis x, y;
  gboolean second; /* its y is spec->second */
  gboolean groups; /* x counts groups, its limits cannot be set */
  gboolean plane;  /* x and y are of one sort and are zoomed together */
} RheoPlotPanel;

#define RHEO_PLOT_MAX_PANELS 96

/* Only roles, range or own_axes, and draw are needed. Callbacks get specs that rheo_plot_check accepts and that have
 * data. What is dear to work out (densities, percentiles, lists of spikes) belongs into prepare: it is called once for
 * a set of bindings and parameters; rheo_plot_get_prepared gives it to the other callbacks. */
struct RheoPlotKind
{
  RheoComponent base;
  const RheoPlotRole *roles; /* ends with key NULL */
  /* What the figure is called where its series do not say; NULL: after the kind. */
  const char *(*title) (const RheoPlotSpec *spec);
  /* Which part of what is bound is shown where that is not all of it: "Trial 3 of 0–49". NULL: all of it. */
  char *(*part) (const RheoPlotSpec *spec);
  gboolean (*check) (const RheoPlotSpec *spec, GError **error); /* beyond roles and axes: lengths that must agree */
  void *(*prepare) (const RheoPlotSpec *spec);
  void (*release) (void *prepared);
  /* Natural limits of the data for axes that the spec leaves open; labels and units that it leaves open. */
  void (*range) (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour);
  /* Room wanted at the right of the frame (colour bar, class bar); draw fills it. */
  double (*side) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas);
  /* Entries for the title row; kinds that label their data in place have none. */
  int (*legend) (const RheoPlotSpec *spec, RheoPlotEntry *entries);
  /* Draws the data inside area with x and y resolved; frame, ticks and clip are drawn by rheo_plot_draw, unless the kind
   * sets own_axes and draws panels of its own into area. */
  void (*draw) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                const RheoPlotAxis *y);
  /* Drawn after the frame and outside the clip: labels, bars at the side. */
  void (*draw_over) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                     const RheoPlotAxis *y);
  /* How high the plot wants to be, without title and margins; for kinds with own_axes. NULL: as there is room. */
  double (*height) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width);
  gboolean own_axes;
  /* Figures in space: how many points and steps of lines there are, and the same data as draw shows, as a renderer
   * wants them; borrowed, valid as long as what is prepared. */
  int (*count) (const RheoPlotSpec *spec);
  RheoCloud *(*cloud) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                       const RheoPlotAxis *y, RheoCloudLook *look);
  /* With own_axes: the frames; at most RHEO_PLOT_MAX_PANELS. */
  int (*panels) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                 const RheoPlotAxis *y, RheoPlotPanel *panels);
  gboolean equal_scale; /* planes: x against y */
  gboolean plane;       /* both axes are of one sort and are zoomed together */
  gboolean dense;       /* no grid over the data */
  void (*pick) (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                const RheoPlotAxis *y, double px, double py, RheoPlotPick *pick);
  /* All values at an x, which moves to the nearest sample; FALSE: there are none. NULL: pick says all. */
  gboolean (*read) (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *pick);
  /* Where stands what the pointer can move: picks of a unit without a line mean one. Borrowed; NULL: nothing is shown. */
  RheoPlotPlaces *(*places) (const RheoPlotSpec *spec);
  /* FALSE: there is nothing to choose from. */
  gboolean (*slide) (const RheoPlotSpec *spec, RheoPlotSlide *slide);
  /* Moving pictures: how many moments there are, and how long one lasts. NULL: it stands. */
  int (*moments) (const RheoPlotSpec *spec, double *ms);
  /* The numbers behind the figure, from all samples. */
  RheoTable *(*numbers) (const RheoPlotSpec *spec);
};

/* Note of a table whose rows, two and two, are the smallest and the largest of so many; columns of numbers say so. */
#define RHEO_NOTE_EXTREMES "extremes"

/* --- specs --------------------------------------------------------------------------------------------------- */
const RheoPlotKind *rheo_plot_kind_find (const char *id, GError **error);
const RheoComponent *const *rheo_plot_kinds (void); /* NULL-ended */

RheoPlotSpec *rheo_plot_spec_new (const RheoPlotKind *kind);
RheoPlotSpec *rheo_plot_spec_dup (const RheoPlotSpec *spec);
void rheo_plot_spec_free (RheoPlotSpec *spec);
/* From here on what is dear to work out is worked out once for the spec and all copies that are made of it, in whichever
 * thread needs it first, until bindings or values of one of them change. */
void rheo_plot_share (RheoPlotSpec *spec);
/* Shares it and works it out now, so that drawing a copy takes little. */
void rheo_plot_prepare (RheoPlotSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPlotSpec, rheo_plot_spec_free)

/* Binds a column (a reference to the table is taken). FALSE: the role is not known, its axes do not fit, or it is taken;
 * the message says what the role wants. Bindings and values change only by rheo_plot_bind and rheo_plot_set. */
gboolean rheo_plot_bind (RheoPlotSpec *spec, const char *role, RheoTable *table, const char *key, const char *label,
                         GError **error);
/* A parameter of the kind, by key. */
gboolean rheo_plot_set (RheoPlotSpec *spec, const char *key, const char *text, GError **error);
/* What can be moved goes on from there. A reference is taken; NULL: it is laid out anew. */
void rheo_plot_set_places (RheoPlotSpec *spec, RheoPlotPlaces *places);
/* Where it stands in the picture of a spec. A reference; NULL: nothing can be moved. */
RheoPlotPlaces *rheo_plot_dup_places (const RheoPlotSpec *spec);
/* FALSE: the kind has no such parameter, or nothing to choose from. */
gboolean rheo_plot_get_slide (const RheoPlotSpec *spec, RheoPlotSlide *slide);
/* All required roles are bound and what is bound goes together. */
gboolean rheo_plot_check (const RheoPlotSpec *spec, GError **error);

/* --- drawing --------------------------------------------------------------------------------------------------- */
/* Never fails: an empty or wrong spec draws one dim line that says what is missing. Paints no background. */
void rheo_plot_draw (const RheoPlotSpec *spec, cairo_t *cr, double width, double height);
/* The same; the places of the names of entries are appended to hits (RheoPlotHit). */
void rheo_plot_draw_hits (const RheoPlotSpec *spec, cairo_t *cr, double width, double height, GArray *hits);
/* Where the data are drawn for this size (hover, zoom), and the resolved axes. */
void rheo_plot_layout (const RheoPlotSpec *spec, double width, double height, RheoRect *area, RheoPlotAxis *x,
                       RheoPlotAxis *y);
/* Height that the plot wants at this width, title included; 0: any. */
double rheo_plot_height (const RheoPlotSpec *spec, double width);
/* All frames; 0: there are no data, or the kind has none. panels: RHEO_PLOT_MAX_PANELS. */
int rheo_plot_panels (const RheoPlotSpec *spec, double width, double height, RheoPlotPanel *panels);
/* Points and lines of a figure in space that drawing leaves out (RheoPlotSpec.cloud_from), to be drawn over it: what its
 * camera sees in this size. Yours; NULL: there are none, or drawing shows them. */
RheoCloud *rheo_plot_dup_cloud (const RheoPlotSpec *spec, double width, double height, RheoCloudLook *look);
/* A figure in space that has a camera. */
gboolean rheo_plot_can_turn (const RheoPlotSpec *spec);
/* Moments of a moving picture and how long one lasts; 0: it stands. */
int rheo_plot_count_moments (const RheoPlotSpec *spec, double *ms);
gboolean rheo_plot_has_data (const RheoPlotSpec *spec); /* FALSE: a line of text is drawn instead */
/* What the title row would list; 0 also for kinds that name their data in place. entries: RHEO_PLOT_MAX_ENTRIES. */
int rheo_plot_entries (const RheoPlotSpec *spec, RheoPlotEntry *entries);
/* What the figure is called, in the user's language: its own title, or what the kind says. Borrowed. */
const char *rheo_plot_get_title (const RheoPlotSpec *spec);
/* What stands beside the title: the subtitle and which part of the data is shown. "": nothing. */
char *rheo_plot_dup_subtitle (const RheoPlotSpec *spec);
/* Values at a place along x, for a reading line. FALSE: the kind has none. */
gboolean rheo_plot_read (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *pick);
void rheo_plot_pick (const RheoPlotSpec *spec, double width, double height, double px, double py, RheoPlotPick *pick);

/* By the ending of path: .png (dpi), .svg, .pdf. Written beside and renamed into place. In SVG and PDF curves are drawn
 * from all samples and rasters up to 20,000 dots stay vectors; larger rasters and matrices are bitmaps of 300 dpi. */
gboolean rheo_plot_export (const RheoPlotSpec *spec, const char *path, double width_mm, double height_mm, double dpi,
                           GError **error);
/* The file that rheo_plot_export would write, in memory; ending: ".png", ".svg" or ".pdf". */
GBytes *rheo_plot_export_bytes (const RheoPlotSpec *spec, const char *ending, double width_mm, double height_mm,
                                double dpi, GError **error);
/* The numbers behind the figure, from all samples: .csv, .json or .npy (columns as one matrix). */
RheoTable *rheo_plot_dup_numbers (const RheoPlotSpec *spec, GError **error); /* the same as a table */
gboolean rheo_plot_export_numbers (const RheoPlotSpec *spec, const char *path, GError **error);
