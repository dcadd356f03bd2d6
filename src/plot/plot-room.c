#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

/* Cells of this side say where data are. */
#define CELL 3.0
/* Text under text is worse than any line under text. */
#define UNDER_TEXT 1000000

void
rheo_room_init (RheoRoom *room, const RheoRect *area)
{
  room->area = *area;
  room->n_x = CLAMP ((int) ceil (area->width / CELL), 1, 2000);
  room->n_y = CLAMP ((int) ceil (area->height / CELL), 1, 2000);
  room->used = g_malloc0 ((gsize) room->n_x * room->n_y);
  room->n_taken = 0;
}

void
rheo_room_clear (RheoRoom *room)
{
  g_clear_pointer (&room->used, g_free);
}

static void
mark (RheoRoom *room, double x, double y)
{
  int i = (int) floor ((x - room->area.x) / CELL), j = (int) floor ((y - room->area.y) / CELL);

  if (i >= 0 && i < room->n_x && j >= 0 && j < room->n_y)
    room->used[(gsize) j * room->n_x + i] = 1;
}

void
rheo_room_take_line (RheoRoom *room, double x0, double y0, double x1, double y1)
{
  double reach = room->area.width + room->area.height;
  double length;
  int n;

  if (!isfinite (x0) || !isfinite (y0) || !isfinite (x1) || !isfinite (y1))
    return;
  /* What leaves the area far away is cut: its slope hardly matters for labels. */
  x0 = CLAMP (x0, room->area.x - reach, room->area.x + 2 * reach);
  x1 = CLAMP (x1, room->area.x - reach, room->area.x + 2 * reach);
  y0 = CLAMP (y0, room->area.y - reach, room->area.y + 2 * reach);
  y1 = CLAMP (y1, room->area.y - reach, room->area.y + 2 * reach);
  length = MAX (fabs (x1 - x0), fabs (y1 - y0));
  n = MAX ((int) ceil (length / (CELL / 2)), 1);
  for (int i = 0; i <= n; i++)
    mark (room, x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n);
}

static void
cells_of (const RheoRoom *room, const RheoRect *rect, int *i0, int *j0, int *i1, int *j1)
{
  *i0 = CLAMP ((int) floor ((rect->x - room->area.x) / CELL), 0, room->n_x);
  *j0 = CLAMP ((int) floor ((rect->y - room->area.y) / CELL), 0, room->n_y);
  *i1 = CLAMP ((int) ceil ((rect->x + rect->width - room->area.x) / CELL), 0, room->n_x);
  *j1 = CLAMP ((int) ceil ((rect->y + rect->height - room->area.y) / CELL), 0, room->n_y);
}

void
rheo_room_take (RheoRoom *room, const RheoRect *rect)
{
  if (room->n_taken < (int) G_N_ELEMENTS (room->taken))
    room->taken[room->n_taken++] = *rect;
}

static int
count (const RheoRoom *room, const RheoRect *rect)
{
  int i0, j0, i1, j1, n = 0;

  cells_of (room, rect, &i0, &j0, &i1, &j1);
  for (int j = j0; j < j1; j++)
    for (int i = i0; i < i1; i++)
      n += room->used[(gsize) j * room->n_x + i];
  for (int k = 0; k < room->n_taken; k++)
    {
      const RheoRect *t = &room->taken[k];

      if (rect->x < t->x + t->width && t->x < rect->x + rect->width && rect->y < t->y + t->height
          && t->y < rect->y + rect->height)
        n += UNDER_TEXT;
    }
  return n;
}

gboolean
rheo_room_is_free (const RheoRoom *room, const RheoRect *rect)
{
  return rect->x >= room->area.x && rect->y >= room->area.y && rect->x + rect->width <= room->area.x + room->area.width
         && rect->y + rect->height <= room->area.y + room->area.height && count (room, rect) == 0;
}

gboolean
rheo_room_find (const RheoRoom *room, double width, double height, double *x, double *y)
{
  const RheoRect *a = &room->area;
  double best = INFINITY;
  int best_under = G_MAXINT;

  *x = a->x + MAX (a->width - width, 0);
  *y = a->y;
  for (double ty = a->y; ty + height <= a->y + a->height + 1e-6; ty += CELL)
    for (double tx = a->x + a->width - width; tx >= a->x - 1e-6; tx -= CELL)
      {
        int under = count (room, &(RheoRect){ tx, ty, width, height });
        double right = a->x + a->width - width - tx, left = tx - a->x, top = ty - a->y,
               bottom = a->y + a->height - height - ty;
        /* Corners: top right, bottom right, top left, bottom left; the later ones cost a little more. */
        double cost = MIN (MIN (right + top, right + bottom + 12), MIN (left + top + 24, left + bottom + 36));

        if (under < best_under || (under == best_under && cost < best))
          {
            best_under = under;
            best = cost;
            *x = tx;
            *y = ty;
          }
      }
  return best_under == 0;
}

gboolean
rheo_room_find_beside (const RheoRoom *room, double level, double pad, RheoRect *rect)
{
  const RheoRect *a = &room->area;
  double way = a->width - rect->width - 2 * pad;
  int steps = (int) floor (way / (2 * CELL)), least = UNDER_TEXT;
  RheoRect best = *rect;

  if (way < 0)
    return FALSE;
  /* At the left, at the right, in the middle, then anywhere; below before above. */
  for (int k = 0; k < 2 * (steps + 4) && least > 0; k++)
    {
      static const double along[] = { 0, 1, 0.5 };
      int under, i = k / 2;

      rect->x = a->x + pad + way * (i < 3 ? along[i] : (i - 3.0) / MAX (steps, 1));
      rect->y = k % 2 == 0 ? level + 2 : level - rect->height - 2;
      if (rect->y < a->y || rect->y + rect->height > a->y + a->height)
        continue;
      under = count (room, rect);
      if (under < least)
        {
          least = under;
          best = *rect;
        }
    }
  *rect = best;
  return least < UNDER_TEXT;
}

gboolean
rheo_plot_spread (double *at, int n, double gap, double lo, double hi)
{
  g_autofree double *mean = g_new (double, MAX (n, 1));
  g_autofree int *size = g_new (int, MAX (n, 1));
  int n_blocks = 0, k = 0;

  /* Isotonic regression of at[i] - i gap: neighbours that would overlap share their mean. */
  for (int i = 0; i < n; i++)
    {
      mean[n_blocks] = at[i] - i * gap;
      size[n_blocks++] = 1;
      while (n_blocks > 1 && mean[n_blocks - 2] > mean[n_blocks - 1])
        {
          int a = size[n_blocks - 2], b = size[n_blocks - 1];

          mean[n_blocks - 2] = (mean[n_blocks - 2] * a + mean[n_blocks - 1] * b) / (a + b);
          size[n_blocks - 2] = a + b;
          n_blocks--;
        }
    }
  for (int b = 0; b < n_blocks; b++)
    for (int i = 0; i < size[b]; i++, k++)
      at[k] = CLAMP (mean[b], lo, MAX (hi - (n - 1) * gap, lo)) + k * gap;
  return lo + (n - 1) * gap <= hi + 1e-6;
}
