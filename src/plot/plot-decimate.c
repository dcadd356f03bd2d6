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

void
rheo_plot_stroke (RheoPlotCanvas *canvas, const GArray *points, double width)
{
  cairo_t *cr = canvas->cr;
  gboolean open = FALSE;

  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < points->len; i++)
    {
      const RheoPoint *p = &g_array_index (points, RheoPoint, i);

      if (isnan (p->x))
        open = FALSE;
      else if (open)
        cairo_line_to (cr, p->x, p->y);
      else
        {
          cairo_move_to (cr, p->x, p->y);
          open = TRUE;
        }
    }
  cairo_stroke (cr);
}
