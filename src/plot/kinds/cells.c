#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

enum
{
  CURVE_AUTO,
  CURVE_LINEAR,
  CURVE_LOG,
};

#define NUMBER_MARGIN 4 /* both sides of a number in its cell together */
#define NAME_GAP 6      /* from a cell to its name */

typedef struct
{
  int curve;
  gboolean numbers, star, bar;
} Config;

static const char *const curve_choices[] = { "auto", "linear", "log", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, curve, "curve", curve_choices, .label = N_ ("Colour curve"), .max = CURVE_LOG,
                 .help = N_ ("Auto: logarithmic where numbers above zero differ more than twentyfold.")),
  RHEO_P_BOOL (Config, numbers, "numbers", .label = N_ ("Numbers"), .def = TRUE,
               .help = N_ ("Writes the number of each cell into it, where there is room.")),
  RHEO_P_BOOL (Config, star, "star", .label = N_ ("Star at the best"), .def = TRUE,
               .help = N_ ("Marks the lowest cell, or the highest where higher is better.")),
  RHEO_P_BOOL (Config, bar, "bar", .label = N_ ("Colour bar"), .def = TRUE,
               .help = N_ ("A bar at the right with the limits of the colours.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "value", N_ ("the numbers"), "* *", TRUE, FALSE },
  { "state", N_ ("states of the cells"), "* *", FALSE, FALSE },
  { "share", N_ ("how much is done of what runs"), "* *", FALSE, FALSE },
  { "mark", N_ ("names of cells"), "* *", FALSE, FALSE },
  { "columns", N_ ("names along x"), "*", FALSE, FALSE },
  { "rows", N_ ("names along y"), "*", FALSE, FALSE },
  { NULL },
};

typedef struct
{
  int64_t n_rows, n_columns, best; /* best: cell, or -1 */
  double lo, hi;
  gboolean log, low_is_best;
  char **x_names, **y_names;
  const char *x_name, *y_name;
  double *value;
  int *state;
  double *share;
  const RheoColumn *mark; /* "": the cell has no name; or NULL */
} Prepared;

static void
release (void *data)
{
  Prepared *p = data;

  g_strfreev (p->x_names);
  g_strfreev (p->y_names);
  g_free (p->value);
  g_free (p->state);
  g_free (p->share);
  g_free (p);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  static const char *const beside[] = { "state", "share", "mark" };
  const RheoColumn *value = rheo_plot_find (spec, "value", 0)->column;

  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, beside[i], 0);

      if (b != NULL && memcmp (b->column->dims, value->dims, 2 * sizeof value->dims[0]) != 0)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("\"%s\" and \"%s\", which stands along it, have different sizes."), value->key,
                          b->column->key);
    }
  for (int k = 0; k < 2; k++)
    {
      const RheoPlotBinding *names = rheo_plot_find (spec, k == 0 ? "rows" : "columns", 0);

      if (names != NULL && names->column->dims[0] != value->dims[k])
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("\"%s\" and \"%s\", which stands along it, have different sizes."), value->key,
                          names->column->key);
    }
  return TRUE;
}

static char **
dup_names (const RheoPlotSpec *spec, const char *role, int64_t n, const char **label)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);
  char **names = g_new0 (char *, n + 1);

  *label = b != NULL ? b->column->label : "";
  for (int64_t i = 0; i < n; i++)
    {
      char text[40];

      names[i] = b == NULL ? g_strdup_printf ("%d", (int) i)
                 : b->column->type == RHEO_STRING
                     ? g_strdup (rheo_column_get_string (b->column, i))
                     : g_strdup (rheo_plot_number_short (rheo_column_get_number (b->column, i), 4, text, sizeof text));
    }
  return names;
}

static void
find_limits (const RheoPlotSpec *spec, Prepared *p)
{
  const Config *config = spec->values;
  double least = INFINITY;

  p->lo = INFINITY;
  p->hi = -INFINITY;
  for (int64_t i = 0; i < p->n_rows * p->n_columns; i++)
    {
      const double v = p->value[i];

      if (!isfinite (v) || p->state[i] == RHEO_POINT_DIVERGED || p->state[i] == RHEO_POINT_FAILED)
        continue;
      p->lo = MIN (p->lo, v);
      p->hi = MAX (p->hi, v);
      least = MIN (least, v);
      if (p->best < 0 || (p->low_is_best ? v < p->value[p->best] : v > p->value[p->best]))
        p->best = i;
    }
  if (!(p->hi >= p->lo))
    {
      p->lo = 0;
      p->hi = 1;
    }
  p->log = p->lo > 0 && (config->curve == CURVE_LOG || (config->curve == CURVE_AUTO && p->hi > 20 * p->lo));
  if (!(p->hi > p->lo))
    p->hi = p->lo + MAX (fabs (p->lo), 1) * 1e-3;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *state = rheo_plot_find (spec, "state", 0), *share = rheo_plot_find (spec, "share", 0),
                        *mark = rheo_plot_find (spec, "mark", 0);
  const RheoColumn *c = rheo_plot_find (spec, "value", 0)->column;
  Prepared *p = g_new0 (Prepared, 1);
  int64_t n = c->dims[0] * c->dims[1];

  p->n_rows = c->dims[0];
  p->n_columns = c->dims[1];
  p->best = -1;
  p->low_is_best = (c->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
  p->value = g_new (double, MAX (n, 1));
  p->state = g_new0 (int, MAX (n, 1));
  p->share = g_new0 (double, MAX (n, 1));
  for (int64_t i = 0; i < n; i++)
    {
      p->value[i] = rheo_column_get_number (c, i);
      p->state[i] = state != NULL ? (int) rheo_column_get_number (state->column, i) : 0;
      p->share[i] = share != NULL ? rheo_column_get_number (share->column, i) : 0;
    }
  p->mark = mark != NULL ? mark->column : NULL;
  p->x_names = dup_names (spec, "columns", p->n_columns, &p->x_name);
  p->y_names = dup_names (spec, "rows", p->n_rows, &p->y_name);
  find_limits (spec, p);
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *c = rheo_plot_find (spec, "value", 0)->column;

  *x = (RheoPlotAxis){ .lo = -0.5,
                       .hi = (double) MAX (p->n_columns, 1) - 0.5,
                       .whole = TRUE,
                       .label = p->x_name,
                       .unit = "",
                       .names = (const char *const *) p->x_names };
  *y = (RheoPlotAxis){ .lo = -0.5,
                       .hi = (double) MAX (p->n_rows, 1) - 0.5,
                       .whole = TRUE,
                       .label = p->y_name,
                       .unit = "",
                       .names = (const char *const *) p->y_names };
  *colour = (RheoPlotAxis){ .lo = p->lo, .hi = p->hi, .label = c->label, .unit = c->unit, .log = p->log };
}

/* --- cells ------------------------------------------------------------------------------------------------------- */

static double
along_ramp (const Prepared *p, double v)
{
  const double u = p->log ? log (v / p->lo) / log (p->hi / p->lo) : (v - p->lo) / (p->hi - p->lo);

  return CLAMP (u, 0, 1);
}

/* What is good is light. */
static void
ramp_of (const RheoPlotSpec *spec, const Prepared *p, uint32_t ramp[256])
{
  rheo_plot_theme_ramp (spec->theme, FALSE, ramp);
  for (int i = 0; i < 128 && p->low_is_best; i++)
    {
      uint32_t swap = ramp[i];

      ramp[i] = ramp[255 - i];
      ramp[255 - i] = swap;
    }
}

static RheoRgb
unpack (uint32_t colour)
{
  return (RheoRgb){ (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0, (colour & 0xff) / 255.0 };
}

/* White or black, whichever reads better: by relative luminance. */
static RheoRgb
text_on (RheoRgb c)
{
  double light = 0.2126 * pow (c.r, 2.2) + 0.7152 * pow (c.g, 2.2) + 0.0722 * pow (c.b, 2.2);

  return light > 0.18 ? (RheoRgb){ 0, 0, 0 } : (RheoRgb){ 1, 1, 1 };
}

static RheoRect
cell_rect (const RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y,
           int64_t row, int64_t column)
{
  double x0 = rheo_plot_map (x, (double) column - 0.5, area->x, area->x + area->width);
  double x1 = rheo_plot_map (x, (double) column + 0.5, area->x, area->x + area->width);
  double y0 = rheo_plot_map (y, (double) row + 0.5, area->y + area->height, area->y);
  double y1 = rheo_plot_map (y, (double) row - 0.5, area->y + area->height, area->y);

  x0 = rheo_plot_snap (canvas, x0);
  x1 = rheo_plot_snap (canvas, x1);
  y0 = rheo_plot_snap (canvas, y0);
  y1 = rheo_plot_snap (canvas, y1);
  return (RheoRect){ MIN (x0, x1), MIN (y0, y1), fabs (x1 - x0), fabs (y1 - y0) };
}

static void
hatch (RheoPlotCanvas *canvas, const RheoRect *r)
{
  cairo_t *cr = canvas->cr;
  const double step = 5 * canvas->theme->hair + 1;

  cairo_save (cr);
  cairo_rectangle (cr, r->x, r->y, r->width, r->height);
  cairo_clip (cr);
  rheo_plot_source (canvas, canvas->theme->axis, 0.6);
  cairo_set_line_width (cr, canvas->theme->hair);
  for (double at = -r->height; at < r->width; at += step)
    {
      cairo_move_to (cr, r->x + at, r->y + r->height);
      cairo_line_to (cr, r->x + at + r->height, r->y);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* A word in the middle, on paper, where it has room. */
static void
write_mark (RheoPlotCanvas *canvas, const RheoRect *r, const char *text)
{
  double width, height;

  rheo_plot_text_size (canvas, RHEO_TEXT_PANEL, text, &width, &height);
  if (width + 4 > r->width || height > r->height)
    return;
  rheo_plot_source (canvas, canvas->theme->background, 1);
  cairo_rectangle (canvas->cr, r->x + (r->width - width) / 2 - 3, r->y + (r->height - height) / 2, width + 6, height);
  cairo_fill (canvas->cr);
  rheo_plot_text (canvas, RHEO_TEXT_PANEL, canvas->theme->text, r->x + r->width / 2, r->y + r->height / 2, 0.5, 0.5,
                  text);
}

static void
draw_state (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *r, int state, double share,
            gboolean covered)
{
  static const double dash[] = { 3, 2 };
  const RheoRgb accent = rheo_plot_accent (spec->theme);
  cairo_t *cr = canvas->cr;

  if (state == RHEO_POINT_DIVERGED || state == RHEO_POINT_FAILED)
    {
      hatch (canvas, r);
      if (!covered)
        write_mark (canvas, r, state == RHEO_POINT_DIVERGED ? "!" : "×");
    }
  else if (state == RHEO_POINT_RUNNING)
    {
      const double width = 0.6 * r->width, height = MIN (5, r->height / 3);

      rheo_plot_source (canvas, accent, 0.15);
      cairo_rectangle (cr, r->x, r->y, r->width, r->height);
      cairo_fill (cr);
      rheo_plot_source (canvas, accent, 0.25);
      cairo_rectangle (cr, r->x + 0.2 * r->width, r->y + (r->height - height) / 2, width, height);
      cairo_fill (cr);
      rheo_plot_source (canvas, accent, 1);
      cairo_rectangle (cr, r->x + 0.2 * r->width, r->y + (r->height - height) / 2, width * CLAMP (share, 0.03, 1),
                       height);
      cairo_fill (cr);
    }
  else
    {
      rheo_plot_source (canvas, canvas->theme->dim, 0.7);
      cairo_set_line_width (cr, canvas->theme->hair);
      cairo_set_dash (cr, dash, 2, 0);
      cairo_rectangle (cr, r->x + 1.5, r->y + 1.5, MAX (r->width - 3, 0), MAX (r->height - 3, 0));
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
}

static void
draw_number (RheoPlotCanvas *canvas, const RheoRect *r, double v, int digits, RheoRgb on)
{
  char text[40];
  double width, height;

  if (isinf (v))
    g_strlcpy (text, C_ ("convergence", "never"), sizeof text);
  else
    rheo_plot_number_exact (v, digits, text, sizeof text);
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, text, &width, &height);
  if (width + NUMBER_MARGIN <= r->width && height <= r->height)
    rheo_plot_text (canvas, RHEO_TEXT_TICK, text_on (on), r->x + r->width / 2, r->y + r->height / 2, 0.5, 0.5, text);
}

static void
draw_star (RheoPlotCanvas *canvas, const RheoRect *r)
{
  const double size = MIN (7, MIN (r->width, r->height) / 4), x = r->x + r->width - size - 2, y = r->y + size + 2;

  cairo_new_path (canvas->cr);
  for (int i = 0; i < 10; i++)
    {
      double angle = RHEO_PLOT_PI * (i / 5.0 - 0.5), radius = i % 2 == 0 ? size : 0.45 * size;

      cairo_line_to (canvas->cr, x + radius * cos (angle), y + radius * sin (angle));
    }
  cairo_close_path (canvas->cr);
  rheo_plot_source (canvas, (RheoRgb){ 1, 1, 1 }, 1);
  cairo_fill_preserve (canvas->cr);
  rheo_plot_source (canvas, (RheoRgb){ 0, 0, 0 }, 1);
  cairo_set_line_width (canvas->cr, canvas->theme->hair);
  cairo_stroke (canvas->cr);
}

static void
draw_cell (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *r, int64_t i, const uint32_t *ramp,
           int digits, gboolean covered)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoRgb fill;

  if (p->state[i] != 0 || isnan (p->value[i]))
    {
      draw_state (spec, canvas, r, p->state[i] != 0 ? p->state[i] : RHEO_POINT_WAITING, p->share[i], covered);
      return;
    }
  /* What was never reached has a colour of its own, which the ramp does not have. */
  fill = isinf (p->value[i]) ? (RheoRgb){ 0.87, 0.6, 0.7 }
                             : unpack (ramp[(int) lround (255 * along_ramp (p, p->value[i]))]);
  rheo_plot_source (canvas, fill, 1);
  cairo_rectangle (canvas->cr, r->x, r->y, r->width, r->height);
  cairo_fill (canvas->cr);
  if (config->numbers && !covered)
    draw_number (canvas, r, p->value[i], digits, fill);
  if (config->star && i == p->best)
    draw_star (canvas, r);
}

static void
draw_frame (RheoPlotCanvas *canvas, const RheoRect *r, RheoRgb colour)
{
  rheo_plot_source (canvas, canvas->theme->background, 1);
  cairo_set_line_width (canvas->cr, 5);
  cairo_rectangle (canvas->cr, r->x, r->y, r->width, r->height);
  cairo_stroke (canvas->cr);
  rheo_plot_source (canvas, colour, 1);
  cairo_set_line_width (canvas->cr, 2.5);
  cairo_rectangle (canvas->cr, r->x, r->y, r->width, r->height);
  cairo_stroke (canvas->cr);
}

/* Where the name of a cell stands: on paper beside it, towards the middle. */
typedef struct
{
  int64_t cell;
  RheoRect at;
  const char *name;
} Named;

static const char *
name_of (const Prepared *p, int64_t cell)
{
  return p->mark != NULL ? rheo_column_get_string (p->mark, cell) : "";
}

static gboolean
overlap (const RheoRect *a, const RheoRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static gboolean
is_covered (const GArray *named, const RheoRect *r)
{
  for (guint i = 0; i < named->len; i++)
    if (overlap (&g_array_index (named, Named, i).at, r))
      return TRUE;
  return FALSE;
}

/* Names that have room, beside each other too. */
static GArray *
place_names (const Prepared *p, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
             const RheoPlotAxis *y)
{
  GArray *named = g_array_new (FALSE, FALSE, sizeof (Named));
  const double high = rheo_plot_text_height (canvas, RHEO_TEXT_PANEL) + 4;

  for (int64_t i = 0; i < p->n_rows * p->n_columns; i++)
    {
      const RheoRect r = cell_rect (canvas, area, x, y, i / p->n_columns, i % p->n_columns);
      const gboolean below = r.y + r.height / 2 < area->y + area->height / 2;
      Named one = { .cell = i, .name = name_of (p, i) };
      double width, height;

      if (*one.name == '\0')
        continue;
      rheo_plot_text_size (canvas, RHEO_TEXT_PANEL, one.name, &width, &height);
      width += high;
      one.at = (RheoRect){ CLAMP (r.x + (r.width - width) / 2, area->x + 2,
                                  MAX (area->x + 2, area->x + area->width - width - 2)),
                           below ? r.y + r.height + NAME_GAP : r.y - NAME_GAP - high, width, high };
      if (width + 4 <= area->width && one.at.y >= area->y && one.at.y + high <= area->y + area->height
          && !is_covered (named, &one.at))
        g_array_append_val (named, one);
    }
  return named;
}

static void
draw_name (RheoPlotCanvas *canvas, const RheoRect *r, const Named *one)
{
  const gboolean below = one->at.y > r->y;
  const double x = r->x + r->width / 2, radius = one->at.height / 2, left = one->at.x + radius,
               right = one->at.x + one->at.width - radius, middle = one->at.y + radius;
  cairo_t *cr = canvas->cr;

  rheo_plot_source (canvas, canvas->theme->text, 1);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, below ? r->y + r->height : r->y);
  cairo_line_to (cr, CLAMP (x, left, right), middle);
  cairo_stroke (cr);
  cairo_new_path (cr);
  cairo_arc (cr, left, middle, radius, RHEO_PLOT_PI / 2, 3 * RHEO_PLOT_PI / 2);
  cairo_arc (cr, right, middle, radius, -RHEO_PLOT_PI / 2, RHEO_PLOT_PI / 2);
  cairo_close_path (cr);
  rheo_plot_source (canvas, canvas->theme->background, 1);
  cairo_fill_preserve (cr);
  rheo_plot_source (canvas, canvas->theme->text, 1);
  cairo_stroke (cr);
  rheo_plot_text (canvas, RHEO_TEXT_PANEL, canvas->theme->text, (left + right) / 2, middle, 0.5, 0.5, one->name);
}

static void
draw_names (const Prepared *p, RheoPlotCanvas *canvas, const GArray *named, const RheoRect *area, const RheoPlotAxis *x,
            const RheoPlotAxis *y)
{
  for (int64_t i = 0; i < p->n_rows * p->n_columns; i++)
    if (*name_of (p, i) != '\0')
      {
        const RheoRect r = cell_rect (canvas, area, x, y, i / p->n_columns, i % p->n_columns);

        draw_frame (canvas, &r, canvas->theme->text);
      }
  /* No frame lies over a name. */
  for (guint k = 0; k < named->len; k++)
    {
      const Named *one = &g_array_index (named, Named, k);
      const RheoRect r = cell_rect (canvas, area, x, y, one->cell / p->n_columns, one->cell % p->n_columns);

      draw_name (canvas, &r, one);
    }
}

/* For all numbers that are written. */
static int
digits_of (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int64_t n = p->n_rows * p->n_columns;
  g_autofree double *written = g_new (double, MAX (n, 1));

  if (!((const Config *) spec->values)->numbers)
    return 0;
  for (int64_t i = 0; i < n; i++)
    written[i] = p->state[i] == 0 ? p->value[i] : NAN;
  /* Cells on whole pixels differ by one in width. */
  return rheo_plot_digits_fitting (canvas, RHEO_TEXT_TICK, written, n, width - NUMBER_MARGIN - 1);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoRect first = cell_rect (canvas, area, x, y, 0, 0);
  uint32_t ramp[256];
  const int digits = digits_of (spec, canvas, first.width);
  const double high = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  g_autoptr (GArray) named = place_names (p, canvas, area, x, y);

  ramp_of (spec, p, ramp);
  for (int64_t row = 0; row < p->n_rows; row++)
    for (int64_t column = 0; column < p->n_columns; column++)
      {
        const RheoRect r = cell_rect (canvas, area, x, y, row, column);
        const RheoRect words = { r.x, r.y + (r.height - high) / 2, r.width, high };

        draw_cell (spec, canvas, &r, row * p->n_columns + column, ramp, digits, is_covered (named, &words));
      }
  draw_names (p, canvas, named, area, x, y);
  if (spec->point >= 0 && spec->point < p->n_rows * p->n_columns)
    {
      RheoRect r = cell_rect (canvas, area, x, y, spec->point / p->n_columns, spec->point % p->n_columns);

      draw_frame (canvas, &r, rheo_plot_accent (spec->theme));
    }
}

/* --- colour bar -------------------------------------------------------------------------------------------------- */

static void
bar_init (RheoPlotBar *bar, const Prepared *p, const char *name)
{
  double at[3] = { p->lo, p->log ? sqrt (p->lo * p->hi) : (p->lo + p->hi) / 2, p->hi };

  *bar = (RheoPlotBar){ .name = name, .n = 3, .u = { 0, 0.5, 1 } };
  rheo_plot_numbers_alike (at, 3, 2, bar->label);
}

static char *
bar_name (const RheoPlotSpec *spec)
{
  const RheoColumn *c = rheo_plot_find (spec, "value", 0)->column;
  RheoPlotAxis axis = { .label = c->label, .unit = c->unit };

  return rheo_plot_axis_name (&axis);
}

static double
side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  g_autofree char *name = bar_name (spec);
  RheoPlotBar bar;

  if (!((const Config *) spec->values)->bar)
    return 0;
  bar_init (&bar, rheo_plot_get_prepared (spec), name);
  return rheo_plot_bar_width (canvas, &bar);
}

static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autofree char *name = bar_name (spec);
  uint32_t ramp[256];
  RheoPlotBar bar;

  if (!((const Config *) spec->values)->bar || (canvas->drop & RHEO_DROP_NAMES))
    return;
  bar_init (&bar, p, name);
  ramp_of (spec, p, ramp);
  bar.ramp = ramp;
  rheo_plot_bar_draw (canvas, &bar, area);
}

/* --- hover and numbers ------------------------------------------------------------------------------------------- */

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double column = floor (rheo_plot_unmap (x, px, area->x, area->x + area->width) + 0.5);
  double row = floor (rheo_plot_unmap (y, py, area->y + area->height, area->y) + 0.5);
  char number[40];
  const char *name;
  int64_t i;

  if (px < area->x || px > area->x + area->width || py < area->y || py > area->y + area->height || column < 0 || row < 0
      || column >= (double) p->n_columns || row >= (double) p->n_rows)
    return;
  i = (int64_t) row * p->n_columns + (int64_t) column;
  name = name_of (p, i);
  out->binding = 0;
  out->index = i;
  out->x = column;
  out->y = row;
  out->point = TRUE;
  g_snprintf (out->text, sizeof out->text, "%s%s%s %s%s%s %s: %s", name, *name != '\0' ? ": " : "", p->x_name,
              p->x_names[(int64_t) column], p->n_rows > 1 ? ", " : "", p->n_rows > 1 ? p->y_name : "",
              p->n_rows > 1 ? p->y_names[(int64_t) row] : "",
              p->state[i] != 0 || !isfinite (p->value[i])
                  ? rheo_plot_point_word (p->state[i], p->value[i])
                  : rheo_plot_number_short (p->value[i], 4, number, sizeof number));
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *c = rheo_plot_find (spec, "value", 0)->column;
  RheoTable *table = rheo_table_new (N_ ("Cells"));
  int64_t n = p->n_rows * p->n_columns;
  RheoColumn *x = rheo_table_add (table, "x", p->x_name, "", "cell", RHEO_STRING, &n),
             *y = rheo_table_add (table, "y", p->y_name, "", "cell", RHEO_STRING, &n),
             *value = rheo_table_add (table, "value", c->plain_label, c->plain_unit, "cell", RHEO_F64, &n);

  for (int64_t i = 0; i < n; i++)
    {
      ((const char **) x->data)[i] = rheo_table_keep (table, p->x_names[i % p->n_columns]);
      ((const char **) y->data)[i] = rheo_table_keep (table, p->y_names[i / p->n_columns]);
      ((double *) value->data)[i] = p->value[i];
    }
  return table;
}

const RheoPlotKind rheo_plot_cells = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "cells",
    .title = N_ ("Map of cells"),
    .summary = N_ ("Numbers over two values, a cell each, with its number, and what is not done yet."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .side = side,
  .draw = draw,
  .draw_over = draw_over,
  .dense = TRUE,
  .pick = pick,
  .numbers = numbers,
};
