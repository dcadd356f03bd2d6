#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <stdlib.h>

/* Text over lines, with a quiet ground that hides the grid. */
static void
write_over (RheoPlotCanvas *canvas, RheoRgb colour, const RheoRect *rect, const char *text)
{
  rheo_plot_source (canvas, canvas->theme->background, 0.8);
  cairo_rectangle (canvas->cr, rect->x - 1, rect->y + 1, rect->width + 2, rect->height - 2);
  cairo_fill (canvas->cr);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, colour, rect->x, rect->y + rect->height / 2, 0, 0.5, text);
}

static int
compare_ends (const void *a, const void *b)
{
  const RheoLineEnd *p = a, *q = b;

  return p->y < q->y ? -1 : p->y > q->y ? 1 : p->order - q->order;
}

/* The first free place: right of the end at the height that keeps names apart, else ever further above (or below) the
 * end, else on the other side. */
static gboolean
find_place (const RheoRoom *room, const RheoLineEnd *end, double level, double away, gboolean above, RheoRect *r)
{
  const RheoRect *a = &room->area;

  r->x = end->x + away;
  r->y = level - r->height / 2;
  if (fabs (level - end->y) <= 0.8 * r->height && rheo_room_is_free (room, r))
    return TRUE;
  /* A little before the end: a line that marks the place often stands there. */
  r->x = MIN (end->x, a->x + a->width) - r->width - away / 2;
  for (int side = 0; side < 2; side++, above = !above)
    for (double far = 2; far < 28; far += 2)
      {
        r->y = above ? end->y - r->height - far : end->y + far;
        if (rheo_room_is_free (room, r))
          return TRUE;
      }
  return FALSE;
}

gboolean
rheo_plot_label_ends (RheoPlotCanvas *canvas, RheoRoom *room, RheoLineEnd *ends, int n)
{
  double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK) * 0.92, at[RHEO_N_STYLES];
  double away = canvas->theme->gap + canvas->theme->marker;
  RheoRect place[RHEO_N_STYLES];
  int n_before = room->n_taken;
  gboolean all = n > 0 && n <= RHEO_N_STYLES;

  if (!all)
    return FALSE;
  qsort (ends, n, sizeof *ends, compare_ends);
  for (int i = 0; i < n; i++)
    at[i] = ends[i].y;
  rheo_plot_spread (at, n, row, room->area.y + row / 2, room->area.y + room->area.height - row / 2);
  /* From outside to the middle: the upper half looks for room above its lines, the lower half below. */
  for (int k = 0; k < n && all; k++)
    {
      gboolean upper = k < n / 2;
      int i = upper ? k : n - 1 - (k - n / 2);

      place[i].height = row;
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, ends[i].text, &place[i].width, NULL);
      all = find_place (room, &ends[i], at[i], away, upper, &place[i]);
      if (all)
        rheo_room_take (room, &place[i]);
    }
  /* Names in another order than their lines would mislead. */
  for (int i = 1; i < n && all; i++)
    all = place[i].y > place[i - 1].y;
  if (!all)
    {
      room->n_taken = n_before;
      return FALSE;
    }
  for (int i = 0; i < n; i++)
    {
      write_over (canvas, canvas->theme->text, &place[i], ends[i].text);
      rheo_plot_hit (canvas, place[i].x, place[i].y, place[i].width, place[i].height, ends[i].order);
    }
  return TRUE;
}

void
rheo_plot_label_level (RheoPlotCanvas *canvas, RheoRoom *room, double y, const char *text)
{
  const RheoRect *a = &room->area;
  double w, h;
  RheoRect r = { 0 };

  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, text, &w, &h);
  r.width = w;
  r.height = h;
  if (y < a->y || y > a->y + a->height || !rheo_room_find_beside (room, y, canvas->theme->gap, &r))
    return;
  rheo_room_take (room, &r);
  write_over (canvas, canvas->theme->dim, &r, text);
}

void
rheo_plot_label_legend (RheoPlotCanvas *canvas, RheoRoom *room, const RheoPlotEntry *entries, int n)
{
  const RheoRect *a = &room->area;
  double w, h, x, y, pad = canvas->theme->gap;

  rheo_plot_legend_size (canvas, entries, n, &w, &h);
  w += 2 * pad;
  h += pad;
  if (w > a->width || h > a->height)
    return;
  rheo_room_find (room, w, h, &x, &y);
  rheo_plot_source (canvas, canvas->theme->background, 0.85);
  cairo_rectangle (canvas->cr, x, y, w, h);
  cairo_fill (canvas->cr);
  rheo_plot_legend (canvas, entries, n, x + pad, y + pad / 2);
  rheo_room_take (room, &(RheoRect){ x, y, w, h });
}
