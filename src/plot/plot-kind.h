/* Thread: any; a canvas belongs to one call of rheo_plot_draw. */
/* What plot kinds share: colours, text, axes, ticks, panels, free room, pixels and order statistics. */
#pragma once

#include <math.h>
#include <pango/pangocairo.h>

#include "plot.h"

/* --- colours and measures (plot-theme.c) ---------------------------------------------------------------------- */
typedef struct
{
  double r, g, b;
} RheoRgb;

#define RHEO_N_STYLES 6

typedef struct
{
  RheoRgb background, text, dim, axis, grid;
  RheoRgb series[RHEO_N_STYLES];
  gboolean has_grid;
  double point;                 /* lengths in a typographic point */
  double line, reference, hair; /* widths: data, reference lines, axes and ticks */
  double outline, bar;          /* violin outline, quartile bar */
  double tick, marker, gap;     /* tick length, marker radius, distance between text and what it belongs to */
  double spot;                  /* radius of points of a scatter plot */
  double dot_least, dot_most;   /* size of a raster dot */
  double dash;                  /* factor on dash lengths */
  double fill, band, shade;     /* opacities: violins, bands, the part to come */
} RheoPlotTheme;

const RheoPlotTheme *rheo_plot_theme_get (RheoPlotThemeId id);
/* Sets the dash of a style; widths and lengths follow the theme. */
void rheo_plot_theme_dash (const RheoPlotTheme *theme, int style, cairo_t *cr);
/* 256 colours as 0xffRRGGBB: cividis from dark to light, or the theme's diverging ramp with zero in the middle. */
void rheo_plot_theme_ramp (RheoPlotThemeId id, gboolean diverging, uint32_t ramp[256]);
/* Style with a fixed meaning (E, PV, SST, Htr, target, prediction ...), else by order. */
int rheo_plot_theme_style (const char *name, int order);
uint32_t rheo_rgb_pack (RheoRgb colour, double alpha); /* premultiplied ARGB32 */
/* share of the colour over the theme's background: looks transparent, but hides the grid. */
RheoRgb rheo_rgb_mix (const RheoPlotTheme *theme, RheoRgb colour, double share);

/* --- canvas: text and strokes (plot-canvas.c) --------------------------------------------------------------------- */
typedef enum
{
  RHEO_TEXT_TITLE, /* heading, 11 pt bold */
  RHEO_TEXT_PANEL, /* 9 pt bold */
  RHEO_TEXT_NAME,  /* axis names and captions, 9 pt */
  RHEO_TEXT_TICK,  /* ticks and legends, 8.6 pt */
  RHEO_N_TEXTS,
} RheoPlotText;

/* What a small plot leaves out, in this order. */
enum
{
  RHEO_DROP_LEGEND = 1 << 0,
  RHEO_DROP_SUBTITLE = 1 << 1,
  RHEO_DROP_TICKS = 1 << 2, /* every second */
  RHEO_DROP_NAMES = 1 << 3, /* axis names and side bars */
  RHEO_DROP_AXES = 1 << 4,  /* ticks, numbers and title: only the data are left */
};

struct RheoPlotCanvas
{
  cairo_t *cr; /* NULL: only measures */
  const RheoPlotTheme *theme;
  double font_scale, pixel; /* pixel: device pixels in a length; vectors: of 300 dpi */
  gboolean vector;          /* SVG, PDF: nothing is thinned */
  gboolean no_rims;         /* of filled markers: where they overlap nothing else would be seen of them */
  gboolean mute;            /* there is no font on this system: no text */
  unsigned drop;
  GArray *hits; /* of RheoPlotHit, in the space of the figure; NULL: not wanted */
  PangoContext *context;
  PangoLayout *layout;
  PangoFontDescription *font[RHEO_N_TEXTS];
};

/* cr NULL: for measuring. */
void rheo_plot_canvas_init (RheoPlotCanvas *canvas, const RheoPlotSpec *spec, cairo_t *cr, double width, double height);
void rheo_plot_canvas_release (RheoPlotCanvas *canvas);

void rheo_plot_source (RheoPlotCanvas *canvas, RheoRgb colour, double alpha);
/* Rounds to whole device pixels on screen, so that hairlines are sharp; vectors stay as they are. */
double rheo_plot_snap (const RheoPlotCanvas *canvas, double v);
void rheo_plot_hairline (RheoPlotCanvas *canvas, double x0, double y0, double x1, double y1, double width);
void rheo_plot_disc (RheoPlotCanvas *canvas, double x, double y, double radius);
/* A point: filled in the colour with a rim of the background, or open with a rim of the colour. */
void rheo_plot_marker (RheoPlotCanvas *canvas, RheoPlotSymbol symbol, gboolean open, RheoRgb colour, double alpha,
                       double x, double y, double radius);

/* The colour of the chosen point, and a ring around it. */
RheoRgb rheo_plot_accent (RheoPlotThemeId id);
void rheo_plot_ring (RheoPlotCanvas *canvas, RheoPlotThemeId id, double x, double y, double radius);

void rheo_plot_text_size (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double *width, double *height);
double rheo_plot_text_height (RheoPlotCanvas *canvas, RheoPlotText text);
/* x_align, y_align: which part of the text lies at x, y (0 left or top, 0.5 middle, 1 right or bottom). */
void rheo_plot_text (RheoPlotCanvas *canvas, RheoPlotText text, RheoRgb colour, double x, double y, double x_align,
                     double y_align, const char *string);
/* Runs upwards; x, y is the middle of it. */
void rheo_plot_text_up (RheoPlotCanvas *canvas, RheoPlotText text, RheoRgb colour, double x, double y,
                        const char *string);
/* The string, or a shorter one that ends in "…" and fits into width. Yours. */
char *rheo_plot_text_fit (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double width);
/* The same with the "…" in the middle, for names that differ at their ends. Yours. */
char *rheo_plot_text_fit_middle (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double width);

/* A dim line in the middle of width x height in place of data; what does not fit becomes several lines. */
void rheo_plot_message (RheoPlotCanvas *canvas, const char *message, double width, double height);

/* --- entries: what can be hidden and picked ----------------------------------------------------------------------- */
gboolean rheo_plot_entry_hidden (const RheoPlotSpec *spec, int entry);
/* Opacity of an entry: others than the picked one fade. */
double rheo_plot_entry_share (const RheoPlotSpec *spec, int entry);
/* Sets entry, hidden and dull of entries[i], which is entry number i. */
void rheo_plot_entry_show (const RheoPlotSpec *spec, RheoPlotEntry *entries, int i);
void rheo_plot_hit (RheoPlotCanvas *canvas, double x, double y, double width, double height, int entry);

/* The dash of a line that stands for a symbol in a legend. */
void rheo_plot_dash_of (RheoPlotCanvas *canvas, RheoPlotSymbol symbol, int style);
/* A sample of a series: a short line from x, in its colour and dash; gives its width with a gap. */
double rheo_plot_sample (RheoPlotCanvas *canvas, const RheoPlotEntry *entry, double x, double y_middle);
/* Sample and name, which can be clicked; y_middle of the row. Gives the width. */
double rheo_plot_legend_row (RheoPlotCanvas *canvas, const RheoPlotEntry *entry, double x, double y_middle);
void rheo_plot_legend_size (RheoPlotCanvas *canvas, const RheoPlotEntry *entries, int n, double *width, double *height);
void rheo_plot_legend (RheoPlotCanvas *canvas, const RheoPlotEntry *entries, int n, double x, double y);

/* --- points that are not done (plot-data.c) ------------------------------------------------------------------------ */
/* What the role "state" says of a point or cell; 0: its number. */
enum
{
  RHEO_POINT_WAITING = 1,
  RHEO_POINT_RUNNING,
  RHEO_POINT_DIVERGED,
  RHEO_POINT_FAILED,
};
/* A word in place of its number: what it is, or that an infinite value was never reached. */
const char *rheo_plot_point_word (int state, double value);

/* --- axes and ticks (plot-axis.c) ------------------------------------------------------------------------------- */
#define RHEO_MAX_TICKS 24

typedef struct
{
  int n;
  double at[RHEO_MAX_TICKS];
  char label[RHEO_MAX_TICKS][32];
} RheoTicks;

/* Ticks inside the limits at 1, 2, 2.5 or 5 times a power of ten, as near to `wanted` as there are. Log axes: decades, or
 * 1, 2, 5 in them when there are few. */
void rheo_plot_ticks (const RheoPlotAxis *axis, int wanted, RheoTicks *ticks);
void rheo_plot_ticks_at (const RheoPlotAxis *axis, double step, RheoTicks *ticks); /* linear, at multiples of step */
/* Keeps every second tick, with zero if it is one; three or fewer stay as they are. */
void rheo_plot_ticks_thin (RheoTicks *ticks);
/* Distance between ticks when `wanted` of them span lo to hi. */
double rheo_plot_step (double lo, double hi, int wanted, gboolean whole);
/* Moves open limits outwards to whole or half steps, so that an axis grows in steps of a nice number; makes empty and
 * mad ranges drawable. */
void rheo_plot_axis_nice (RheoPlotAxis *axis);
/* A share of the span more on both sides, so that curves do not run on the axes. */
void rheo_plot_axis_pad (RheoPlotAxis *axis, double share);
/* Neighbours of one name share it: how many from i on, and whether there are any. */
int rheo_plot_axis_group (const RheoPlotAxis *axis, int i);
gboolean rheo_plot_axis_has_groups (const RheoPlotAxis *axis);
/* With the limits of `wanted` where it has some: for a second axis, spec->second. */
RheoPlotAxis rheo_plot_axis_limited (const RheoPlotAxis *natural, const RheoPlotAxis *wanted);
double rheo_plot_map (const RheoPlotAxis *axis, double v, double p0, double p1);
double rheo_plot_unmap (const RheoPlotAxis *axis, double p, double p0, double p1);
/* "Time (ms)". Yours. */
char *rheo_plot_axis_name (const RheoPlotAxis *axis);

/* Locale's decimal sign, "," between thousands where the locale has none, U+2212 as minus. */
char *rheo_plot_number (double v, int decimals, char *out, size_t size);
/* The same with `digits` significant digits and no zeros at the end. */
char *rheo_plot_number_short (double v, int digits, char *out, size_t size);
/* The same with the zeros at the end, and as a power of ten where that is shorter; digits 0: a whole number. */
char *rheo_plot_number_exact (double v, int digits, char *out, size_t size);
/* For rheo_plot_number_exact: the most digits, at most 3, with which each of the `n` numbers is no wider than `width`; 0
   where all are whole and fit so; 1 where nothing fits. Numbers that are not finite do not count. */
int rheo_plot_digits_fitting (RheoPlotCanvas *canvas, RheoPlotText text, const double *v, int64_t n, double width);
/* The same for numbers that stand together: very large or small ones all with one power of ten. */
void rheo_plot_numbers_alike (const double *v, int n, int digits, char (*out)[32]);

/* --- panels (plot-panel.c) ---------------------------------------------------------------------------------------- */
typedef struct
{
  RheoRect outer, area; /* area: worked out from outer */
  RheoPlotAxis x, y;
  RheoTicks x_ticks, y_ticks;
  const char *title; /* above the frame, or NULL */
  gboolean title_bold;
  /* Names at x = 0, 1, 2 ... instead of numbers, NULL-ended; or NULL. Neighbours of one name share it. */
  const char *const *groups;
  double groups_room; /* height of these names: at least what stands here when the panel is laid out */
  gboolean groups_up; /* worked out: they run upwards */
  gboolean equal, dense;
  gboolean no_x_labels, no_x_name, no_y_labels, no_y_name;
  double side; /* kept free at the right of area */
} RheoPanel;

void rheo_panel_layout (RheoPlotCanvas *canvas, RheoPanel *panel);
void rheo_panel_draw_grid (RheoPlotCanvas *canvas, const RheoPanel *panel);
void rheo_panel_draw_frame (RheoPlotCanvas *canvas, const RheoPanel *panel);
void rheo_plot_clip (RheoPlotCanvas *canvas, const RheoRect *area, double more);
/* Column words as axis names: "time" -> "Time step", "pre" -> "From unit". */
const char *rheo_plot_word_name (const char *word);

/* --- room that no data take (plot-room.c) ------------------------------------------------------------------------- */
typedef struct
{
  RheoRect area;
  int n_x, n_y;
  guint8 *used; /* cells with data */
  RheoRect taken[96];
  int n_taken; /* text */
} RheoRoom;

void rheo_room_init (RheoRoom *room, const RheoRect *area);
void rheo_room_clear (RheoRoom *room); /* frees */
void rheo_room_take_line (RheoRoom *room, double x0, double y0, double x1, double y1);
void rheo_room_take (RheoRoom *room, const RheoRect *rect);
gboolean rheo_room_is_free (const RheoRoom *room, const RheoRect *rect);
/* The place for width x height with the least data under it, near a corner, top right first. TRUE: nothing under it. */
gboolean rheo_room_find (const RheoRoom *room, double width, double height, double *x, double *y);
/* The place below or above a level for rect's width and height with the least data under it, `pad` away from both sides;
 * ends are preferred. FALSE: everywhere other text would be under it. */
gboolean rheo_room_find_beside (const RheoRoom *room, double level, double pad, RheoRect *rect);
/* Moves positions (ascending) apart to at least `gap`, as little as needed, inside lo .. hi. FALSE: they do not fit. */
gboolean rheo_plot_spread (double *at, int n, double gap, double lo, double hi);

/* --- labels in place (plot-labels.c) --------------------------------------------------------------------------------- */
/* The end of a line and its name. */
typedef struct
{
  int order; /* of the line: its entry */
  double x, y;
  char text[80];
} RheoLineEnd;

/* Writes names right of the ends, apart from each other and in their order; what has no room there goes above or below
 * its line. FALSE with nothing written: not all have room, or there are more than 6. */
gboolean rheo_plot_label_ends (RheoPlotCanvas *canvas, RheoRoom *room, RheoLineEnd *ends, int n);
/* Writes the name of a horizontal line beside it, where the fewest data are; not where all places have other names. */
void rheo_plot_label_level (RheoPlotCanvas *canvas, RheoRoom *room, double y, const char *text);
/* A legend where no data are. */
void rheo_plot_label_legend (RheoPlotCanvas *canvas, RheoRoom *room, const RheoPlotEntry *entries, int n);

/* --- changes made while training (plot-marks.c) ------------------------------------------------------------------------- */
/* What the role "mark" holds as short strokes on the x axis: iterations of the journal. */
void rheo_plot_marks (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x);
/* What was changed there, from the columns "key" and "new" beside it, or from "what" in words. FALSE: no mark under the pointer. */
gboolean rheo_plot_marks_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                               const RheoPlotAxis *x, double px, double py, RheoPlotPick *out);

/* --- numbers (plot-data.c) ------------------------------------------------------------------------------------------ */
/* A strided piece of a column: numbers at start, start + stride ... */
typedef struct
{
  const RheoColumn *column;
  int64_t start, stride, n;
} RheoVector;

RheoVector rheo_vector (const RheoColumn *column); /* all of it */
/* Along dimension dim, the other indices given in index[]. */
RheoVector rheo_vector_along (const RheoColumn *column, int dim, const int64_t *index);
double rheo_vector_get (const RheoVector *vector, int64_t i);
/* Copies, much faster than one by one: all of it, or n numbers from the first. */
void rheo_vector_read (const RheoVector *vector, float *out);
/* The numbers themselves where they lie side by side as floats; else a copy in *own, which is yours. */
const float *rheo_vector_borrow (const RheoVector *vector, float **own);
void rheo_vector_read_part (const RheoVector *vector, int64_t first, int64_t n, double *out);

/* Of finite numbers; positive: the least above zero. */
typedef struct
{
  double lo, hi, positive;
} RheoLimits;
#define RHEO_NO_LIMITS                                                                                                 \
  {                                                                                                                    \
    INFINITY, -INFINITY, INFINITY                                                                                      \
  }
void rheo_vector_limits (const RheoVector *vector, RheoLimits *limits); /* widens what is there */

/* The sample whose x is nearest to `at` and whose y is a number: by halves where x grows. x NULL: x_first, x_first + x_step
 * ... -1: none. */
int64_t rheo_vector_nearest (const RheoVector *x, double x_first, double x_step, const RheoVector *y, double at);

const RheoPlotBinding *rheo_plot_find (const RheoPlotSpec *spec, const char *role, int nth); /* NULL: not bound */
int rheo_plot_count (const RheoPlotSpec *spec, const char *role);
/* For checks: TRUE when there is a trial or slice of this number, or none at all yet. */
gboolean rheo_plot_has_index (int index, int64_t n, GError **error);
/* What the kind's prepare gave for this spec; made at the first call. */
void *rheo_plot_get_prepared (const RheoPlotSpec *spec);
/* For draw: points and lines are shown by other means. */
gboolean rheo_plot_leaves_cloud (const RheoPlotSpec *spec);
/* The input of a result (condition -1) or of one of its conditions: "0 0 1". NULL: there is none, or it is too long to be
 * read. Yours. */
char *rheo_plot_dup_input (const RheoTable *table, int condition);
/* The binding's label, or "Training" for "train.loss", or the column's. Yours. */
char *rheo_plot_series_name (const RheoPlotSpec *spec, const RheoPlotBinding *binding);

typedef enum
{
  RHEO_TRANSFORM_AUTO,
  RHEO_TRANSFORM_NONE,
  RHEO_TRANSFORM_LOG1P_ABS,
  RHEO_TRANSFORM_LOG10_ABS,
  RHEO_TRANSFORM_ABS,
} RheoTransform;
extern const char *const rheo_transform_choices[];
/* What auto means: changes of weights (key "....change", or a difference) as log(1 + |x|), gradients as log10 |x|, all
 * else as it is. */
RheoTransform rheo_plot_transform (RheoTransform wanted, const RheoColumn *column, gboolean difference);
/* The words with which the labels of all columns of a role begin: "Gradient" of "Gradient of in" and "Gradient of rec";
 * or the noun that a word stands before in each: "Accuracy" of "Training accuracy" and "Test accuracy". NULL: none. Yours. */
char *rheo_plot_common_label (const RheoPlotSpec *spec, const char *role);
/* What axis k of places is called, from the columns "axis-name" and "variance" of their table: "Output 1 (32 %)"; "PC 2" where
 * it has none. */
void rheo_plot_direction_name (const RheoTable *table, int k, char *out, size_t size);
/* "log(1 + |ΔW|)". Yours. */
char *rheo_plot_transformed_name (RheoTransform transform, const char *name);

/* All finite numbers of a column less those of `minus` (or NULL), transformed; exact zeros left out on demand. */
float *rheo_plot_gather (const RheoColumn *column, const RheoColumn *minus, RheoTransform transform,
                         gboolean skip_zeros, int64_t *n);
/* Those that are finite, without the exact zeros unless `zeros`; how many they are. out: room for all n. */
int64_t rheo_plot_pack (const float *v, int64_t n, gboolean zeros, float *out);
/* Exact order statistics, linear between neighbours; p ascending in 0 .. 1. */
void rheo_plot_quantiles (const float *v, int64_t n, const double *p, int n_p, double *out);
/* Numbers of these ranks, counted from 0 (the least). n > 0. */
void rheo_plot_ranks (const float *v, int64_t n, const int64_t *rank, int n_ranks, float *out);
/* The quantile of n positive numbers and of so many zeros, which need not be there. */
double rheo_plot_quantile_beside_zeros (const float *v, int64_t n, int64_t n_zeros, double p);
/* Gaussian kernel density at n_grid places from lo to hi; bandwidth by Silverman's rule from the lower and upper
 * quartile. bounded: reflected at 0. Gives the bandwidth. */
double rheo_plot_density (const float *v, int64_t n, const double quartile[2], gboolean bounded, double lo, double hi,
                          int n_grid, double *out);

/* --- thinning (plot-decimate.c) -------------------------------------------------------------------------------------- */
typedef struct
{
  double x, y; /* x NaN: a gap */
} RheoPoint;

/* Points of a curve in lengths. step > 0: of the samples that fall into one column of this width the first, lowest,
 * highest and last are kept. x NULL: x_first, x_first + x_step ... Appends RheoPoint to points. */
void rheo_plot_decimate (const RheoVector *x, double x_first, double x_step, const RheoVector *y,
                         const RheoPlotAxis *x_axis, const RheoPlotAxis *y_axis, const RheoRect *area, double step,
                         GArray *points);
/* Strokes such points in the current colour and dash. */
void rheo_plot_stroke (RheoPlotCanvas *canvas, const GArray *points, double width);
/* The same for points that were thinned by the canvas' pixels: fills what they span in each column of pixels. For curves
 * with many samples in a column, where a stroke would take long and look the same. */
void rheo_plot_fill_columns (RheoPlotCanvas *canvas, const GArray *points, double width);

/* --- pixels (plot-pixels.c) ------------------------------------------------------------------------------------------ */
/* An image that covers area pixel by pixel. */
typedef struct
{
  cairo_surface_t *surface;
  uint32_t *data;
  int width, height, stride; /* stride in pixels */
  double scale_x, scale_y;   /* pixels in a length */
  RheoRect area;
} RheoPixels;

gboolean rheo_pixels_begin (RheoPixels *pixels, RheoPlotCanvas *canvas, const RheoRect *area);
void rheo_pixels_end (RheoPixels *pixels, RheoPlotCanvas *canvas); /* paints and frees */
/* A smooth line as wide as a pixel, cut off at the borders; places as for cairo. colour: opaque ARGB32. For so many lines
 * that strokes would take long. */
void rheo_pixels_line (RheoPixels *pixels, double x0, double y0, double x1, double y1, uint32_t colour);
/* Signals of one length as rows of an image, the first one at the bottom: the larger a number against `most`, the more of
 * the first colour of series, or of the second where it is negative. */
void rheo_plot_signal_rows (RheoPlotCanvas *canvas, const RheoRect *area, const RheoVector *signal, int n, double most);

/* --- colour bars (plot-bar.c) ----------------------------------------------------------------------------------------- */
#define RHEO_BAR_TICKS 6

typedef struct
{
  const uint32_t *ramp;     /* [256], from below */
  int n;                    /* ticks, from below */
  double u[RHEO_BAR_TICKS]; /* 0 .. 1 along the bar */
  char label[RHEO_BAR_TICKS][32];
  const char *name;     /* NULL: none */
  gboolean pointed;     /* there is room for pointed ends */
  gboolean over, under; /* some numbers lie beyond the limits */
} RheoPlotBar;

/* Fills in ticks of an axis that runs along the bar. */
void rheo_plot_bar_ticks (RheoPlotBar *bar, const RheoPlotAxis *axis);
/* Room that it takes, with the gap before it. */
double rheo_plot_bar_width (RheoPlotCanvas *canvas, const RheoPlotBar *bar);
/* Right of area, as high as that. */
void rheo_plot_bar_draw (RheoPlotCanvas *canvas, const RheoPlotBar *bar, const RheoRect *area);

/* --- files (plot-export.c) -------------------------------------------------------------------------------------------- */
/* Background and plot as an RGB24 image; width and height in lengths, scale: pixels in a length. Yours. */
cairo_surface_t *rheo_plot_paint_image (const RheoPlotSpec *spec, double width, double height, double scale);

#define RHEO_PLOT_PI 3.14159265358979323846
