#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/scatter-private.h"

/* Of the chosen point. */
static const RheoRgb accent = { 0x35 / 255.0, 0x84 / 255.0, 0xe4 / 255.0 };
static const RheoRgb accent_dark = { 0x78 / 255.0, 0xae / 255.0, 0xed / 255.0 };

/* --- where things are ------------------------------------------------------------------------------------------------ */
void
rheo_scatter_view_init (RheoScatterView *view, const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                        const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const RheoScatterConfig *config = spec->values;
  const RheoScatter *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  RheoCamera camera = { config->azimuth + spec->azimuth, CLAMP (config->elevation + spec->elevation, -90, 90),
                        spec->zoom, config->perspective };
  double number = 0, name = 0, row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK), side, end;
  RheoRect box = *area;

  *view = (RheoScatterView){ .flat = config->dims == RHEO_SCATTER_2D, .axis = { *x, *y, p->axis[2] } };
  if (view->flat)
    {
      view->panel = (RheoPanel){ .outer = *area, .x = *x, .y = *y, .equal = config->equal_scale };
      rheo_panel_layout (canvas, &view->panel);
      return;
    }
  if (!(canvas->drop & RHEO_DROP_AXES))
    {
      for (int k = 0; k < 3; k++)
        {
          RheoTicks ticks;
          double w;

          rheo_plot_ticks (&view->axis[k], 4, &ticks);
          for (int i = 0; i < ticks.n; i++)
            {
              rheo_plot_text_size (canvas, RHEO_TEXT_TICK, ticks.label[i], &w, NULL);
              number = MAX (number, w);
            }
          rheo_plot_text_size (canvas, RHEO_TEXT_NAME, p->name[k], &w, NULL);
          name = MAX (name, canvas->drop & RHEO_DROP_NAMES ? 0 : w);
        }
      side = theme->tick + theme->gap + number + (name > 0 ? theme->gap + name : 0);
      end = theme->tick + theme->gap + row
            + (name > 0 ? theme->gap / 2 + rheo_plot_text_height (canvas, RHEO_TEXT_NAME) : 0);
      /* The axes of x and y run below the box for who looks from above; both sides have room, so that it turns about
       * the middle. */
      box.x += side;
      box.width = MAX (box.width - 2 * side, 1);
      box.y += camera.elevation >= 0 ? row / 2 : end;
      box.height = MAX (box.height - end - row / 2, 1);
    }
  rheo_projection_init (&view->projection, &camera, view->axis, config->equal_scale, &box);
}

void
rheo_scatter_place (const RheoScatterView *view, const double v[3], double at[3])
{
  const RheoRect *a = &view->panel.area;

  if (!view->flat)
    {
      rheo_project (&view->projection, v, at);
      return;
    }
  at[0] = rheo_plot_map (&view->panel.x, v[0], a->x, a->x + a->width);
  at[1] = rheo_plot_map (&view->panel.y, v[1], a->y + a->height, a->y);
  at[2] = 0;
}

/* --- the box ------------------------------------------------------------------------------------------------------- */
/* The end of axis k that is away from the viewer. */
static double
far_end (const RheoScatterView *view, int k)
{
  return view->projection.viewer[k] > 0 ? view->axis[k].lo : view->axis[k].hi;
}

static double
near_end (const RheoScatterView *view, int k)
{
  return view->axis[k].lo + view->axis[k].hi - far_end (view, k);
}

static void
draw_segment (RheoPlotCanvas *canvas, const RheoScatterView *view, const double from[3], const double to[3])
{
  double a[3], b[3];

  rheo_scatter_place (view, from, a);
  rheo_scatter_place (view, to, b);
  rheo_plot_hairline (canvas, a[0], a[1], b[0], b[1], canvas->theme->hair);
}

/* The three walls behind the data. */
static void
draw_walls (RheoPlotCanvas *canvas, const RheoScatterView *view)
{
  rheo_plot_source (canvas, canvas->theme->grid, 1);
  for (int wall = 0; wall < 3; wall++)
    for (int along = 0; along < 3; along++)
      {
        const int across = 3 - wall - along;
        RheoTicks ticks = { 0 };
        double from[3], to[3];

        if (along == wall)
          continue;
        if (canvas->theme->has_grid && !(canvas->drop & RHEO_DROP_AXES))
          rheo_plot_ticks (&view->axis[across], 4, &ticks);
        from[wall] = to[wall] = far_end (view, wall);
        from[along] = view->axis[along].lo;
        to[along] = view->axis[along].hi;
        for (int i = -2; i < ticks.n; i++)
          {
            from[across] = to[across] = i == -2 ? view->axis[across].lo : i == -1 ? view->axis[across].hi : ticks.at[i];
            draw_segment (canvas, view, from, to);
          }
      }
}

/* Ticks, numbers and name along an edge of the box, on the side away from the middle. Numbers that have no room are left
 * out. */
static void
draw_axis (RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p, int k, const double edge[3])
{
  const RheoPlotTheme *theme = canvas->theme;
  const double middle[] = { (view->axis[0].lo + view->axis[0].hi) / 2, (view->axis[1].lo + view->axis[1].hi) / 2,
                            (view->axis[2].lo + view->axis[2].hi) / 2 };
  const double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  double from[3] = { edge[0], edge[1], edge[2] }, to[3] = { edge[0], edge[1], edge[2] };
  double a[3], b[3], c[3], out[2], length, widest = 0, reach;
  RheoTicks ticks;

  from[k] = view->axis[k].lo;
  to[k] = view->axis[k].hi;
  rheo_scatter_place (view, from, a);
  rheo_scatter_place (view, to, b);
  rheo_scatter_place (view, middle, c);
  rheo_plot_source (canvas, theme->axis, 1);
  rheo_plot_hairline (canvas, a[0], a[1], b[0], b[1], theme->hair);
  length = hypot (b[0] - a[0], b[1] - a[1]);
  if (length < 3 * row)
    return;
  out[0] = (b[1] - a[1]) / length;
  out[1] = (a[0] - b[0]) / length;
  if (out[0] * ((a[0] + b[0]) / 2 - c[0]) + out[1] * ((a[1] + b[1]) / 2 - c[1]) < 0)
    {
      out[0] = -out[0];
      out[1] = -out[1];
    }
  rheo_plot_ticks (&view->axis[k], 4, &ticks);
  while (ticks.n > 3 && length / ticks.n < 1.6 * row)
    rheo_plot_ticks_thin (&ticks);
  if (canvas->drop & RHEO_DROP_TICKS)
    rheo_plot_ticks_thin (&ticks);
  for (int i = 0; i < ticks.n; i++)
    {
      double at[3], v[3] = { edge[0], edge[1], edge[2] }, w;

      v[k] = ticks.at[i];
      rheo_scatter_place (view, v, at);
      /* Numbers of two axes do not meet in a corner. */
      if (MIN (hypot (at[0] - a[0], at[1] - a[1]), hypot (at[0] - b[0], at[1] - b[1])) < 0.7 * row)
        continue;
      rheo_plot_source (canvas, theme->axis, 1);
      rheo_plot_hairline (canvas, at[0], at[1], at[0] + theme->tick * out[0], at[1] + theme->tick * out[1],
                          theme->hair);
      reach = theme->tick + theme->gap / 2;
      rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, at[0] + reach * out[0], at[1] + reach * out[1],
                      0.5 - 0.5 * out[0], 0.5 - 0.5 * out[1], ticks.label[i]);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, ticks.label[i], &w, NULL);
      widest = MAX (widest, w);
    }
  if (canvas->drop & RHEO_DROP_NAMES)
    return;
  reach = theme->tick + theme->gap + fabs (out[0]) * widest + fabs (out[1]) * row;
  rheo_plot_text (canvas, RHEO_TEXT_NAME, theme->text, (a[0] + b[0]) / 2 + reach * out[0],
                  (a[1] + b[1]) / 2 + reach * out[1], 0.5 - 0.5 * out[0], 0.5 - 0.5 * out[1], p->name[k]);
}

static void
draw_axes (RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p)
{
  double edge[3], best = INFINITY, left[3];

  for (int k = 0; k < 2; k++)
    {
      edge[2] = far_end (view, 2);
      edge[1 - k] = near_end (view, 1 - k);
      edge[k] = view->axis[k].lo;
      draw_axis (canvas, view, p, k, edge);
    }
  for (int i = 0; i < 4; i++)
    {
      double at[3];

      edge[0] = i & 1 ? view->axis[0].lo : view->axis[0].hi;
      edge[1] = i & 2 ? view->axis[1].lo : view->axis[1].hi;
      edge[2] = view->axis[2].lo;
      rheo_scatter_place (view, edge, at);
      if (at[0] >= best)
        continue;
      best = at[0];
      left[0] = edge[0];
      left[1] = edge[1];
      left[2] = edge[2];
    }
  draw_axis (canvas, view, p, 2, left);
}

/* --- data ------------------------------------------------------------------------------------------------------------ */
static void
draw_paths (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p)
{
  const RheoScatterConfig *config = spec->values;
  const int64_t length = p->path->dims[1], width = p->path->dims[2];
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  const RheoPoint gap = { NAN, NAN };

  for (int64_t trial = 0; trial < p->path->dims[0]; trial++)
    {
      RheoPoint last = gap;

      for (int64_t t = 0; t < length; t++)
        {
          double v[3] = { 0 }, at[3];
          RheoPoint q;

          for (int k = 0; k < (view->flat ? 2 : 3); k++)
            v[k] = rheo_column_get_number (p->path, (trial * length + t) * width + config->direction[k]);
          rheo_scatter_place (view, v, at);
          q = (RheoPoint){ CLAMP (at[0], -1e5, 1e5), CLAMP (at[1], -1e5, 1e5) };
          /* Steps below a quarter of a pixel cannot be seen; in files, of one of 300 dpi. */
          if (hypot (q.x - last.x, q.y - last.y) < 0.25 / canvas->pixel)
            continue;
          g_array_append_val (points, q);
          last = q;
        }
      g_array_append_val (points, gap);
    }
  rheo_plot_source (canvas, canvas->theme->dim, 0.55 * rheo_plot_entry_share (spec, p->path_entry));
  rheo_plot_stroke (canvas, points, canvas->theme->outline * 0.8);
}

typedef struct
{
  const RheoScatterPoint *point;
  double at[3];
} Placed;

static int
by_depth (gconstpointer a, gconstpointer b)
{
  const Placed *p = a, *q = b;

  if (p->at[2] != q->at[2])
    return p->at[2] < q->at[2] ? -1 : 1;
  return p->point < q->point ? -1 : p->point > q->point;
}

static void
draw_points (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p)
{
  const RheoPlotTheme *theme = canvas->theme;
  /* Lines and rings of many points stay lines and rings. */
  const double radius = theme->spot * canvas->font_scale
                        * (p->point->len <= 150    ? 1
                           : p->point->len <= 1500 ? 0.7
                                                   : 0.4);
  g_autofree Placed *placed = g_new (Placed, MAX (p->point->len, 1));
  gsize n = 0;

  for (guint i = 0; i < p->point->len; i++)
    {
      placed[n].point = &g_array_index (p->point, RheoScatterPoint, i);
      rheo_scatter_place (view, placed[n].point->v, placed[n].at);
      n += !rheo_plot_entry_hidden (spec, placed[n].point->entry);
    }
  qsort (placed, n, sizeof *placed, by_depth);
  for (gsize i = 0; i < n; i++)
    rheo_plot_marker (canvas, placed[i].point->symbol, placed[i].point->open, theme->series[placed[i].point->style],
                      rheo_plot_entry_share (spec, placed[i].point->entry), placed[i].at[0], placed[i].at[1], radius);
  for (gsize i = 0; i < n; i++)
    if (placed[i].point->index == spec->point && placed[i].point->set == spec->point_set)
      {
        cairo_new_path (canvas->cr);
        cairo_arc (canvas->cr, placed[i].at[0], placed[i].at[1], 2 * radius, 0, 2 * RHEO_PLOT_PI);
        cairo_set_line_width (canvas->cr, 2 * theme->outline);
        rheo_plot_source (canvas, spec->theme == RHEO_THEME_DARK ? accent_dark : accent, 1);
        cairo_stroke (canvas->cr);
      }
}

void
rheo_scatter_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                   const RheoPlotAxis *y)
{
  const RheoScatter *p = rheo_plot_get_prepared (spec);
  RheoScatterView view;

  rheo_scatter_view_init (&view, spec, canvas, area, x, y);
  if (view.flat)
    rheo_panel_draw_grid (canvas, &view.panel);
  else
    {
      draw_walls (canvas, &view);
      if (!(canvas->drop & RHEO_DROP_AXES))
        draw_axes (canvas, &view, p);
    }
  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, view.flat ? &view.panel.area : area, canvas->theme->spot);
  if (p->path != NULL && !rheo_plot_entry_hidden (spec, p->path_entry))
    draw_paths (spec, canvas, &view, p);
  draw_points (spec, canvas, &view, p);
  cairo_restore (canvas->cr);
  if (view.flat)
    rheo_panel_draw_frame (canvas, &view.panel);
}
