#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

/* Samples of one pixel column in the order in which they came. */
typedef struct
{
  RheoPoint first, low, high, last;
  int64_t i_low, i_high, n, column;
} Bucket;

static void
put (GArray *points, RheoPoint p)
{
  const RheoPoint *before = points->len > 0 ? &g_array_index (points, RheoPoint, points->len - 1) : NULL;

  if (before == NULL || before->x != p.x || before->y != p.y)
    g_array_append_val (points, p);
}

static void
flush (Bucket *b, GArray *points)
{
  if (b->n == 0)
    return;
  put (points, b->first);
  if (b->n > 1)
    {
      put (points, b->i_low < b->i_high ? b->low : b->high);
      put (points, b->i_low < b->i_high ? b->high : b->low);
      put (points, b->last);
    }
  b->n = 0;
}

static void
gap (GArray *points)
{
  RheoPoint none = { NAN, NAN };

  if (points->len > 0 && !isnan (g_array_index (points, RheoPoint, points->len - 1).x))
    g_array_append_val (points, none);
}

/* rheo_plot_map with its constants worked out once. */
typedef struct
{
  double scale, offset;
  gboolean log;
} Map;

static Map
map_of (const RheoPlotAxis *axis, double p0, double p1)
{
  double lo = axis->log ? log10 (axis->lo) : axis->lo, hi = axis->log ? log10 (axis->hi) : axis->hi;
  double scale = (p1 - p0) / (hi - lo);

  return (Map){ scale, p0 - lo * scale, axis->log };
}

static inline double
map (const Map *m, double v)
{
  return m->offset + m->scale * (m->log ? (v > 0 ? log10 (v) : NAN) : v);
}

static inline void
add (Bucket *b, RheoPoint p, int64_t i, double step, GArray *points)
{
  int64_t column;

  if (step <= 0)
    {
      g_array_append_val (points, p);
      return;
    }
  column = (int64_t) floor (p.x / step);
  if (b->n > 0 && column != b->column)
    flush (b, points);
  if (b->n == 0)
    *b = (Bucket){ .first = p, .low = p, .high = p, .i_low = i, .i_high = i, .column = column };
  if (p.y < b->low.y)
    {
      b->low = p;
      b->i_low = i;
    }
  if (p.y > b->high.y)
    {
      b->high = p;
      b->i_high = i;
    }
  b->last = p;
  b->n++;
}

void
rheo_plot_decimate (const RheoVector *x, double x_first, double x_step, const RheoVector *y, const RheoPlotAxis *x_axis,
                    const RheoPlotAxis *y_axis, const RheoRect *area, double step, GArray *points)
{
  /* Cairo counts in 24.8 bits; nothing so far outside can be seen. */
  const double far = 1e5;
  Map to_x = map_of (x_axis, area->x, area->x + area->width), to_y = map_of (y_axis, area->y + area->height, area->y);
  Bucket b = { .n = 0 };
  int64_t n = x != NULL ? MIN (x->n, y->n) : y->n;
  double vx[512], vy[512];

  for (int64_t first = 0; first < n; first += G_N_ELEMENTS (vy))
    {
      int64_t m = MIN (n - first, (int64_t) G_N_ELEMENTS (vy));

      rheo_vector_read_part (y, first, m, vy);
      if (x != NULL)
        rheo_vector_read_part (x, first, m, vx);
      for (int64_t i = 0; i < m; i++)
        {
          RheoPoint p = { map (&to_x, x != NULL ? vx[i] : x_first + (double) (first + i) * x_step),
                          map (&to_y, vy[i]) };

          if (isfinite (p.x) && isfinite (p.y))
            {
              p.x = CLAMP (p.x, -far, far);
              p.y = CLAMP (p.y, -far, far);
              add (&b, p, first + i, step, points);
            }
          else
            {
              flush (&b, points);
              gap (points);
            }
        }
    }
  flush (&b, points);
}

/* Cairo's time for one stroke grows faster than its length. On screen long curves are stroked in pieces; each piece
 * begins one point early, so that corners are joined, and goes on with the dashes of the one before. */
#define PIECE 32
#define MANY 600 /* points that are stroked with coarser smoothing, in less than half of the time */

static void
stroke_run (RheoPlotCanvas *canvas, const RheoPoint *p, guint n)
{
  cairo_t *cr = canvas->cr;
  guint piece = canvas->vector ? G_MAXUINT : PIECE;
  double dashes[8], offset = 0, before = 0; /* lengths of the curve up to the piece and up to the point before it */
  int n_dashes = MIN (cairo_get_dash_count (cr), (int) G_N_ELEMENTS (dashes));

  cairo_get_dash (cr, dashes, NULL);
  for (guint from = 0; from + 1 < n || from == 0;)
    {
      guint first = from > 0 ? from - 1 : 0, to = n - from > piece ? from + piece : n;

      if (n_dashes > 0)
        cairo_set_dash (cr, dashes, n_dashes, from > 0 ? before : 0);
      cairo_move_to (cr, p[first].x, p[first].y);
      for (guint i = first + 1; i < to; i++)
        {
          cairo_line_to (cr, p[i].x, p[i].y);
          if (i > from)
            {
              before = offset;
              offset += hypot (p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
            }
        }
      cairo_stroke (cr);
      if (to == n)
        break;
      from = to - 1;
    }
}

void
rheo_plot_stroke (RheoPlotCanvas *canvas, const GArray *points, double width)
{
  const RheoPoint *p = (const RheoPoint *) (const void *) points->data;
  guint from = 0;

  cairo_save (canvas->cr);
  cairo_set_line_width (canvas->cr, width);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  if (points->len > MANY)
    cairo_set_antialias (canvas->cr, CAIRO_ANTIALIAS_FAST);
  for (guint i = 0; i <= points->len; i++)
    if (i == points->len || isnan (p[i].x))
      {
        if (i - from > 1)
          stroke_run (canvas, p + from, i - from);
        from = i + 1;
      }
  cairo_restore (canvas->cr);
}

void
rheo_plot_fill_columns (RheoPlotCanvas *canvas, const GArray *points, double width)
{
  cairo_t *cr = canvas->cr;
  double step = 1 / canvas->pixel, lo = 0, hi = 0, last = NAN;
  int64_t column = INT64_MIN;
  int in_path = 0;

  for (guint i = 0; i <= points->len; i++)
    {
      RheoPoint p = i < points->len ? g_array_index (points, RheoPoint, i) : (RheoPoint){ NAN, NAN };
      int64_t at = isnan (p.x) ? INT64_MIN : (int64_t) floor (p.x / step);

      if (at != column && column != INT64_MIN)
        {
          cairo_rectangle (cr, (double) column * step, lo - width / 2, step, hi - lo + width);
          if (++in_path % 500 == 0)
            cairo_fill (cr);
        }
      if (at != column)
        {
          /* A column reaches to where the one before ended, so that the curve holds together. */
          lo = isnan (last) ? p.y : MIN (last, p.y);
          hi = isnan (last) ? p.y : MAX (last, p.y);
          column = at;
        }
      lo = MIN (lo, p.y);
      hi = MAX (hi, p.y);
      last = p.y;
    }
  cairo_fill (cr);
}
