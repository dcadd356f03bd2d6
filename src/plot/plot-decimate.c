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

void
rheo_plot_decimate (const RheoVector *x, double x_first, double x_step, const RheoVector *y, const RheoPlotAxis *x_axis,
                    const RheoPlotAxis *y_axis, const RheoRect *area, double step, GArray *points)
{
  /* Cairo counts in 24.8 bits; nothing so far outside can be seen. */
  const double far = 1e5;
  Bucket b = { .n = 0 };
  int64_t n = x != NULL ? MIN (x->n, y->n) : y->n;

  for (int64_t i = 0; i < n; i++)
    {
      double vx = x != NULL ? rheo_vector_get (x, i) : x_first + i * x_step;
      RheoPoint p = { rheo_plot_map (x_axis, vx, area->x, area->x + area->width),
                      rheo_plot_map (y_axis, rheo_vector_get (y, i), area->y + area->height, area->y) };

      if (!isfinite (p.x) || !isfinite (p.y))
        {
          flush (&b, points);
          gap (points);
          continue;
        }
      p.x = CLAMP (p.x, -far, far);
      p.y = CLAMP (p.y, -far, far);
      if (step <= 0)
        {
          g_array_append_val (points, p);
          continue;
        }
      if (b.n > 0 && (int64_t) floor (p.x / step) != b.column)
        flush (&b, points);
      if (b.n == 0)
        {
          b = (Bucket){ .first = p, .low = p, .high = p, .i_low = i, .i_high = i };
          b.column = (int64_t) floor (p.x / step);
        }
      if (p.y < b.low.y)
        {
          b.low = p;
          b.i_low = i;
        }
      if (p.y > b.high.y)
        {
          b.high = p;
          b.i_high = i;
        }
      b.last = p;
      b.n++;
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
