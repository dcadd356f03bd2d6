#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/plot-view-private.h"

/* Units of a network chosen by a drag, where an axis counts them, and those that are chosen marked along it. */

/* Cells of a matrix lie around their number, rows of a raster above it. */
static double
get_offset (RheoPlotView *view)
{
  return view->base != NULL && g_str_equal (view->base->kind->base.id, "raster") ? 0 : 0.5;
}

/* TRUE: units lie along y. Where they lie along both, a stripe means those that it leaves apart, and of a box the longer side
 * tells which are meant. */
static gboolean
lie_along_y (const RheoPlotPanel *panel, const RheoRect *box)
{
  const gboolean wide = box->width >= panel->area.width - 1, high = box->height >= panel->area.height - 1;

  if (panel->y.over != RHEO_OVER_UNITS)
    return FALSE;
  return panel->x.over != RHEO_OVER_UNITS || (wide != high ? wide : box->height >= box->width);
}

gboolean
rheo_plot_view_find_units (RheoPlotView *view, int panel, const RheoRect *box, int *first, int *last)
{
  const RheoPlotPanel *p =
      view->picture != NULL && panel >= 0 && panel < view->picture->n_panels ? &view->picture->panels[panel] : NULL;
  const double offset = get_offset (view);
  double a, b;

  if (p == NULL || (p->x.over != RHEO_OVER_UNITS && p->y.over != RHEO_OVER_UNITS))
    return FALSE;
  if (lie_along_y (p, box))
    {
      const double foot = p->area.y + p->area.height, top = p->area.y;

      a = rheo_plot_unmap (&p->y, box->y, foot, top);
      b = rheo_plot_unmap (&p->y, box->y + box->height, foot, top);
    }
  else
    {
      const double left = p->area.x, right = p->area.x + p->area.width;

      a = rheo_plot_unmap (&p->x, box->x, left, right);
      b = rheo_plot_unmap (&p->x, box->x + box->width, left, right);
    }
  *first = (int) floor (MAX (MIN (a, b) + offset, 0));
  /* An end that lies just on the border of the next one does not mean it. */
  *last = MAX ((int) ceil (MAX (a, b) + offset - 1e-6) - 1, *first);
  return TRUE;
}

void
rheo_plot_view_set_chooses (RheoPlotView *view, gboolean chooses)
{
  view->chooses = chooses;
}

void
rheo_plot_view_set_units (RheoPlotView *view, const gboolean *chosen, int n)
{
  g_free (view->chosen);
  view->chosen = g_memdup2 (chosen, sizeof *chosen * (gsize) n);
  view->n_chosen = n;
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
mark (GtkSnapshot *snapshot, const GdkRGBA *colour, const RheoPlotPanel *p, gboolean along_y, double from, double to)
{
  const RheoRect *a = &p->area;
  const RheoPlotAxis *axis = along_y ? &p->y : &p->x;
  const double start = along_y ? a->y + a->height : a->x, end = along_y ? a->y : a->x + a->width;
  const double lo = MIN (start, end), hi = MAX (start, end);
  const double c = CLAMP (rheo_plot_map (axis, from, start, end), lo, hi);
  const double d = CLAMP (rheo_plot_map (axis, to, start, end), lo, hi);
  graphene_rect_t r;

  if (fabs (c - d) < 1e-6)
    return;
  if (along_y)
    r = GRAPHENE_RECT_INIT ((float) a->x, (float) MIN (c, d), (float) a->width, (float) fabs (d - c));
  else
    r = GRAPHENE_RECT_INIT ((float) MIN (c, d), (float) a->y, (float) fabs (d - c), (float) a->height);
  gtk_snapshot_append_color (snapshot, colour, &r);
}

void
rheo_plot_view_snapshot_units (RheoPlotView *view, GtkSnapshot *snapshot, const GdkRGBA *colour)
{
  const double offset = get_offset (view);

  for (int k = 0; view->picture != NULL && k < view->picture->n_panels; k++)
    for (int i = 0, end; i < view->n_chosen; i = end + 1)
      {
        const RheoPlotPanel *p = &view->picture->panels[k];

        end = i;
        if (!view->chosen[i])
          continue;
        while (end + 1 < view->n_chosen && view->chosen[end + 1])
          end++;
        if (p->y.over == RHEO_OVER_UNITS)
          mark (snapshot, colour, p, TRUE, i - offset, end + 1 - offset);
        if (p->x.over == RHEO_OVER_UNITS)
          mark (snapshot, colour, p, FALSE, i - offset, end + 1 - offset);
      }
}
