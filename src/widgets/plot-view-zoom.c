#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/plot-view-private.h"

/* --- frames ----------------------------------------------------------------------------------------------------- */
int
rheo_plot_view_panel_at (RheoPlotView *view, double x, double y)
{
  const RheoPlotPicture *p = view->picture;

  for (int i = 0; p != NULL && i < p->n_panels; i++)
    {
      const RheoRect *a = &p->panels[i].area;

      if (x >= a->x && x <= a->x + a->width && y >= a->y && y <= a->y + a->height)
        return i;
    }
  return -1;
}

gboolean
rheo_plot_view_is_zoomed (RheoPlotView *view)
{
  for (int i = 0; i < RHEO_N_LIMITS; i++)
    if (view->limits[i].lo != view->limits[i].hi)
      return TRUE;
  return view->azimuth != 0 || view->elevation != 0 || view->closer != 1;
}

static void
apply (RheoPlotAxis *axis, const RheoPlotAxis *given, const RheoPlotLimits *limits)
{
  gboolean set = limits->lo != limits->hi;

  axis->lo = set ? limits->lo : given->lo;
  axis->hi = set ? limits->hi : given->hi;
}

void
rheo_plot_view_apply_limits (RheoPlotView *view, RheoPlotSpec *spec)
{
  apply (&spec->x, &view->base->x, &view->limits[RHEO_LIMITS_X]);
  apply (&spec->y, &view->base->y, &view->limits[RHEO_LIMITS_Y]);
  apply (&spec->second, &view->base->second, &view->limits[RHEO_LIMITS_SECOND]);
  spec->azimuth = view->base->azimuth + view->azimuth;
  spec->elevation = view->base->elevation + view->elevation;
  spec->zoom = view->base->zoom * view->closer;
}

/* --- limits ----------------------------------------------------------------------------------------------------- */
/* The frame as it was before anything was zoomed: nothing zooms out far beyond it. */
static const RheoPlotPanel *
natural_of (RheoPlotView *view, int panel)
{
  if (view->natural == NULL || !rheo_plot_view_is_zoomed (view))
    {
      g_free (view->natural);
      view->n_natural = view->picture->n_panels;
      view->natural = g_memdup2 (view->picture->panels, sizeof *view->natural * (gsize) view->n_natural);
    }
  return panel < view->n_natural ? &view->natural[panel] : &view->picture->panels[panel];
}

/* Places along an axis that are evenly far apart on screen. */
static double
along (const RheoPlotAxis *axis, double v)
{
  return axis->log ? log10 (v) : v;
}

/* New limits from lo to hi. dense: never beyond what there is; a shift stops there, a zoom is cut. */
static gboolean
settle (const RheoPlotAxis *natural, gboolean dense, gboolean shift, double lo, double hi, RheoPlotLimits *limits)
{
  double n_lo = along (natural, natural->lo), n_hi = along (natural, natural->hi);
  double a = along (natural, lo), b = along (natural, hi), sign = n_hi < n_lo ? -1 : 1;

  if (!isfinite (a) || !isfinite (b) || fabs (b - a) < 1e-9 * MAX (fabs (a), fabs (b))
      || fabs (b - a) < 1e-9 * fabs (n_hi - n_lo) || fabs (b - a) > 20 * fabs (n_hi - n_lo))
    return FALSE;
  if (dense)
    {
      double before = sign * (n_lo - a), beyond = sign * (b - n_hi);

      if (shift && before > 0)
        b += sign * before;
      if (shift && beyond > 0)
        a -= sign * beyond;
      a = sign * MAX (sign * a, sign * n_lo);
      b = sign * MIN (sign * b, sign * n_hi);
      if (a == n_lo && b == n_hi)
        {
          *limits = (RheoPlotLimits){ 0, 0 };
          return TRUE;
        }
    }
  *limits = natural->log ? (RheoPlotLimits){ pow (10, a), pow (10, b) } : (RheoPlotLimits){ a, b };
  return TRUE;
}

static void
take (RheoPlotAxis *axis, const RheoPlotLimits *limits)
{
  if (limits->lo != limits->hi)
    {
      axis->lo = limits->lo;
      axis->hi = limits->hi;
    }
}

void
rheo_plot_view_follow (RheoPlotView *view)
{
  for (int i = 0; i < view->picture->n_panels; i++)
    {
      RheoPlotPanel *p = &view->picture->panels[i];

      if (!p->groups)
        take (&p->x, &view->limits[RHEO_LIMITS_X]);
      take (&p->y, &view->limits[p->second ? RHEO_LIMITS_SECOND : RHEO_LIMITS_Y]);
    }
}

/* x0 .. x1 and y0 .. y1 in the picture become the ends of the frame. */
static void
set_window (RheoPlotView *view, int panel, double x0, double x1, double y0, double y1, gboolean shift)
{
  const RheoPlotPanel *p = &view->picture->panels[panel], *natural = natural_of (view, panel);
  const RheoRect *a = &p->area;
  double left = a->x, right = a->x + a->width, top = a->y, foot = a->y + a->height;
  gboolean dense = view->base->kind->dense;

  if (!p->groups && (x0 != left || x1 != right))
    settle (&natural->x, dense, shift, rheo_plot_unmap (&p->x, x0, left, right),
            rheo_plot_unmap (&p->x, x1, left, right), &view->limits[RHEO_LIMITS_X]);
  if (y0 != top || y1 != foot)
    settle (&natural->y, dense, shift, rheo_plot_unmap (&p->y, y1, foot, top), rheo_plot_unmap (&p->y, y0, foot, top),
            &view->limits[p->second ? RHEO_LIMITS_SECOND : RHEO_LIMITS_Y]);
  rheo_plot_view_follow (view);
  rheo_plot_view_update_actions (view);
  rheo_plot_view_redraw (view);
}

static gboolean
has_panel (RheoPlotView *view, int panel)
{
  return view->base != NULL && view->picture != NULL && panel >= 0 && panel < view->picture->n_panels;
}

void
rheo_plot_view_zoom_box (RheoPlotView *view, int panel, const RheoRect *box)
{
  RheoRect b = *box;
  const RheoRect *a;

  if (!has_panel (view, panel))
    return;
  a = &view->picture->panels[panel].area;
  /* A plane keeps its shape: the box grows to that of the frame. */
  if (view->picture->panels[panel].plane && b.width > 0 && b.height > 0)
    {
      double share = MAX (b.width / a->width, b.height / a->height);

      b.x = CLAMP (b.x + (b.width - share * a->width) / 2, a->x, a->x + a->width * (1 - share));
      b.y = CLAMP (b.y + (b.height - share * a->height) / 2, a->y, a->y + a->height * (1 - share));
      b.width = share * a->width;
      b.height = share * a->height;
    }
  set_window (view, panel, b.x, b.x + b.width, b.y, b.y + b.height, FALSE);
}

void
rheo_plot_view_zoom (RheoPlotView *view, double x, double y, double factor, gboolean along_y, gboolean both)
{
  int panel = rheo_plot_view_panel_at (view, x, y);
  const RheoPlotPanel *p;
  RheoRect b;

  if (rheo_plot_view_can_turn (view))
    {
      view->closer = CLAMP (view->closer / factor, 0.2, 20);
      rheo_plot_view_update_actions (view);
      rheo_plot_view_redraw (view);
    }
  if (!has_panel (view, panel))
    return;
  p = &view->picture->panels[panel];
  b = p->area;
  both = both || p->plane;
  if (both || !along_y)
    {
      b.x = x + (b.x - x) * factor;
      b.width *= factor;
    }
  if (both || along_y || p->groups)
    {
      b.y = y + (b.y - y) * factor;
      b.height *= factor;
    }
  set_window (view, panel, b.x, b.x + b.width, b.y, b.y + b.height, FALSE);
}

void
rheo_plot_view_pan (RheoPlotView *view, int panel, double dx, double dy)
{
  const RheoRect *a;

  if (!has_panel (view, panel))
    return;
  a = &view->picture->panels[panel].area;
  set_window (view, panel, a->x - dx, a->x + a->width - dx, a->y - dy, a->y + a->height - dy, TRUE);
}

/* --- the camera ------------------------------------------------------------------------------------------------- */
gboolean
rheo_plot_view_can_turn (RheoPlotView *view)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);

  return spec != NULL && spec->kind != NULL && rheo_plot_can_turn (spec);
}

void
rheo_plot_view_turn (RheoPlotView *view, double azimuth, double elevation)
{
  view->azimuth = remainder (view->azimuth + azimuth, 360);
  view->elevation = CLAMP (view->elevation + elevation, -180, 180);
  rheo_plot_view_update_actions (view);
  rheo_plot_view_redraw (view);
}

void
rheo_plot_view_fit (RheoPlotView *view)
{
  memset (view->limits, 0, sizeof view->limits);
  memset (view->grown, 0, sizeof view->grown);
  g_clear_pointer (&view->natural, g_free);
  view->azimuth = view->elevation = 0;
  view->closer = 1;
  rheo_plot_view_update_actions (view);
  rheo_plot_view_redraw (view);
}
