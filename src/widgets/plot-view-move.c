#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "plot/plot-kind.h"
#include "widgets/plot-view-private.h"

/* What the pointer moves in a figure: nodes of a graph. The figure is laid out anew around what was moved, beside the main
 * thread where that takes long; what happens meanwhile counts for the next picture. */

gboolean
rheo_plot_view_grab (RheoPlotView *view, double x, double y)
{
  RheoPlotPick pick;

  if (view->spec == NULL || view->picture == NULL || view->spec->kind->places == NULL)
    return FALSE;
  rheo_plot_pick (view->spec, view->picture->width, view->picture->height, x, y, &pick);
  if (pick.binding < 0 || pick.unit < 0)
    return FALSE;
  view->moving = pick.unit;
  return TRUE;
}

void
rheo_plot_view_drag (RheoPlotView *view, double x, double y)
{
  const RheoPlotPanel *p = view->picture != NULL && view->picture->n_panels > 0 ? &view->picture->panels[0] : NULL;
  const RheoRect *a = p != NULL ? &p->area : NULL;
  RheoPlotPlaces *moved;

  if (p == NULL || view->places == NULL)
    return;
  moved = rheo_plot_places_move (view->places, view->moving,
                                 rheo_plot_unmap (&p->x, CLAMP (x, a->x, a->x + a->width), a->x, a->x + a->width),
                                 rheo_plot_unmap (&p->y, CLAMP (y, a->y, a->y + a->height), a->y + a->height, a->y));
  rheo_plot_places_unref (view->places);
  view->places = moved;
  rheo_plot_view_rebuild (view);
}

void
rheo_plot_view_adopt_places (RheoPlotView *view, const RheoPlotSpec *spec)
{
  RheoPlotPlaces *drawn = rheo_plot_dup_places (spec);
  const RheoPlotPlaces *now = view->places;

  /* Moved on while this was drawn. */
  if (drawn != NULL && now != NULL && now != spec->places && now->moved >= 0 && now->n == drawn->n)
    {
      RheoPlotPlaces *ahead = rheo_plot_places_move (drawn, now->moved, now->x[now->moved], now->y[now->moved]);

      rheo_plot_places_unref (drawn);
      drawn = ahead;
    }
  rheo_plot_places_unref (view->places);
  view->places = drawn;
}
