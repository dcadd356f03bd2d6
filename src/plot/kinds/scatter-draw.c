#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/scatter-private.h"

#define MANY_BINS 32 /* of time, in files and on screen alike */

/* --- colours ----------------------------------------------------------------------------------------------------------- */
gboolean
rheo_scatter_hidden (const RheoPlotSpec *spec, const RheoScatterPoint *point)
{
  return rheo_plot_entry_hidden (spec, point->entry) || rheo_plot_entry_hidden (spec, point->shape);
}

/* Others than the picked ones fade. */
double
rheo_scatter_share (const RheoPlotSpec *spec, const RheoScatterPoint *point)
{
  return MAX (rheo_plot_entry_share (spec, point->entry), rheo_plot_entry_share (spec, point->shape));
}

/* Of the ramp what stands out from the paper. */
static void
ramp_of (const RheoPlotSpec *spec, uint32_t ramp[256])
{
  const double from = spec->theme == RHEO_THEME_DARK ? 0.25 : 0, to = spec->theme == RHEO_THEME_DARK ? 1 : 0.9;
  uint32_t all[256];

  rheo_plot_theme_ramp (spec->theme, FALSE, all);
  for (int i = 0; i < 256; i++)
    ramp[i] = all[(int) lround (255 * from + (to - from) * i)];
}

static RheoRgb
unpack (uint32_t colour)
{
  return (RheoRgb){ (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0 };
}

static int
along_ramp (const RheoScatter *p, double v)
{
  return (int) lround (255 * CLAMP (rheo_plot_map (&p->ramp, CLAMP (v, p->ramp.lo, p->ramp.hi), 0, 1), 0, 1));
}

/* Index in the palette of a cloud. What moves at no speed at all is the slowest. */
int
rheo_scatter_colour (const RheoScatter *p, const RheoScatterPoint *point)
{
  if (p->colour == RHEO_SCATTER_BY_SPEED && !isnan (point->speed))
    return RHEO_CLOUD_RAMP + along_ramp (p, point->speed);
  return point->style == RHEO_SCATTER_PLAIN ? RHEO_CLOUD_PLAIN : point->style % RHEO_N_STYLES;
}

/* Index in the palette of the step that ends at t. */
int
rheo_scatter_colour_of_step (const RheoScatter *p, int64_t path, int64_t t)
{
  const int64_t n = MAX (p->path->dims[1] - 1, 1);

  if (p->colour == RHEO_SCATTER_BY_TIME)
    return RHEO_CLOUD_RAMP + (int) (t * (MANY_BINS - 1) / n * 255 / (MANY_BINS - 1));
  return p->path_of != NULL && p->path_of[path] >= 0 ? p->entry[p->path_of[path]].style % RHEO_N_STYLES
                                                     : RHEO_CLOUD_LINE;
}

gboolean
rheo_scatter_path_hidden (const RheoPlotSpec *spec, int64_t path)
{
  const RheoScatter *p = rheo_plot_get_prepared (spec);

  return rheo_plot_entry_hidden (spec, p->path_entry)
         || (p->path_of != NULL && p->path_of[path] >= 0 && rheo_plot_entry_hidden (spec, p->path_of[path]));
}

void
rheo_scatter_palette (const RheoPlotSpec *spec, const RheoPlotTheme *theme, const RheoScatter *p,
                      RheoRgb palette[RHEO_CLOUD_COLOURS])
{
  uint32_t ramp[256];

  ramp_of (spec, ramp);
  for (int i = 0; i < RHEO_N_STYLES; i++)
    palette[i] = theme->series[i];
  palette[RHEO_CLOUD_PLAIN] = theme->dim;
  /* Opaque: where paths meet they are one. */
  palette[RHEO_CLOUD_LINE] = rheo_rgb_mix (theme, theme->dim, 0.55 * rheo_plot_entry_share (spec, p->path_entry));
  for (int i = 0; i < 256; i++)
    palette[RHEO_CLOUD_RAMP + i] = unpack (ramp[i]);
}

static gboolean
has_bar (const RheoScatter *p, const RheoPlotCanvas *canvas)
{
  return (p->colour == RHEO_SCATTER_BY_SPEED || p->colour == RHEO_SCATTER_BY_TIME) && !(canvas->drop & RHEO_DROP_NAMES);
}

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
  RheoRect box;

  *view = (RheoScatterView){ .flat = config->dims == RHEO_SCATTER_2D,
                             .name_width = 0.25 * area->width,
                             .area = *area,
                             .axis = { *x, *y, p->axis[2] } };
  if (has_bar (p, canvas))
    {
      g_autofree char *words = rheo_plot_axis_name (&p->ramp);
      RheoPlotBar bar = { .name = words };

      rheo_plot_bar_ticks (&bar, &p->ramp);
      view->area.width = MAX (area->width - rheo_plot_bar_width (canvas, &bar), 1);
    }
  box = view->area;
  if (view->flat)
    {
      view->panel = (RheoPanel){ .outer = view->area, .x = *x, .y = *y, .equal = config->equal_scale };
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
          w = MIN (w, view->name_width);
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
  g_autofree char *name = NULL;
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
  name = rheo_plot_text_fit (canvas, RHEO_TEXT_NAME, p->name[k], view->name_width);
  rheo_plot_text (canvas, RHEO_TEXT_NAME, theme->text, (a[0] + b[0]) / 2 + reach * out[0],
                  (a[1] + b[1]) / 2 + reach * out[1], 0.5 - 0.5 * out[0], 0.5 - 0.5 * out[1], name);
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
double
rheo_scatter_line_width (const RheoPlotCanvas *canvas, const RheoScatter *p)
{
  return p->colour == RHEO_SCATTER_BY_TIME ? canvas->theme->line * 0.8 : canvas->theme->outline * 0.8;
}

/* Lines and rings of many points stay lines and rings. */
double
rheo_scatter_radius (const RheoPlotCanvas *canvas, const RheoScatter *p)
{
  return canvas->theme->spot * canvas->font_scale * (p->point->len <= 150 ? 1 : p->point->len <= 1500 ? 0.7 : 0.4);
}

/* Cuts a path where its colour changes. */
static void
draw_path (RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p, const RheoScatterConfig *config,
           int64_t trial, const RheoRgb *palette)
{
  const int64_t length = p->path->dims[1], width = p->path->dims[2];
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  RheoPoint last = { NAN, NAN };
  int colour = -1;

  for (int64_t t = 0; t <= length; t++)
    {
      const int next = t < length ? rheo_scatter_colour_of_step (p, trial, t) : -1;
      double v[3] = { 0 }, at[3];
      RheoPoint q;

      if (next != colour && points->len > 0)
        {
          const RheoPoint end = g_array_index (points, RheoPoint, points->len - 1);

          rheo_plot_source (canvas, palette[colour], 1);
          rheo_plot_stroke (canvas, points, rheo_scatter_line_width (canvas, p));
          g_array_set_size (points, 0);
          g_array_append_val (points, end);
        }
      colour = next;
      if (t == length)
        break;
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
draw_points (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p,
             const RheoRgb *palette)
{
  const double radius = rheo_scatter_radius (canvas, p);
  g_autofree Placed *placed = g_new (Placed, MAX (p->point->len, 1));
  gsize n = 0;

  for (guint i = 0; i < p->point->len; i++)
    {
      placed[n].point = &g_array_index (p->point, RheoScatterPoint, i);
      rheo_scatter_place (view, placed[n].point->v, placed[n].at);
      n += !rheo_scatter_hidden (spec, placed[n].point);
    }
  qsort (placed, n, sizeof *placed, by_depth);
  canvas->no_rims = p->is_crowded;
  for (gsize i = 0; i < n; i++)
    {
      const RheoScatterPoint *point = placed[i].point;

      rheo_plot_marker (canvas, point->symbol, point->open, palette[rheo_scatter_colour (p, point)],
                        rheo_scatter_share (spec, point), placed[i].at[0], placed[i].at[1], radius);
    }
  cairo_new_path (canvas->cr);
  canvas->no_rims = FALSE;
}

const RheoScatterPoint *
rheo_scatter_chosen (const RheoPlotSpec *spec, const RheoScatter *p)
{
  for (guint i = 0; i < p->point->len && spec->point >= 0; i++)
    {
      const RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

      if (point->index == spec->point && point->set == spec->point_set && !rheo_scatter_hidden (spec, point))
        return point;
    }
  return NULL;
}

static void
draw_ring (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p)
{
  const RheoScatterPoint *point = rheo_scatter_chosen (spec, p);
  double at[3];

  if (point == NULL)
    return;
  rheo_scatter_place (view, point->v, at);
  rheo_plot_ring (canvas, spec->theme, at[0], at[1], 2 * rheo_scatter_radius (canvas, p));
}

static void
draw_data (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoScatterView *view, const RheoScatter *p)
{
  RheoRgb palette[RHEO_CLOUD_COLOURS];

  rheo_scatter_palette (spec, canvas->theme, p, palette);
  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, view->flat ? &view->panel.area : &view->area, canvas->theme->spot);
  for (int64_t trial = 0; p->path != NULL && trial < p->path->dims[0]; trial++)
    if (!rheo_scatter_path_hidden (spec, trial))
      draw_path (canvas, view, p, spec->values, trial, palette);
  draw_points (spec, canvas, view, p, palette);
  draw_ring (spec, canvas, view, p);
  cairo_restore (canvas->cr);
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
  if (!rheo_plot_leaves_cloud (spec))
    draw_data (spec, canvas, &view, p);
  if (view.flat)
    rheo_panel_draw_frame (canvas, &view.panel);
  if (has_bar (p, canvas))
    {
      g_autofree char *words = rheo_plot_axis_name (&p->ramp);
      RheoPlotBar bar = { .name = words, .pointed = p->stays, .under = p->stays };
      RheoRect beside = view.flat ? view.panel.area : view.area;
      const double inset = view.flat ? 0 : rheo_plot_text_height (canvas, RHEO_TEXT_TICK) / 2;
      uint32_t ramp[256];

      /* Half of the numbers at its ends stand beyond it. */
      beside.y += inset;
      beside.height = MAX (beside.height - 2 * inset, 1);

      ramp_of (spec, ramp);
      bar.ramp = ramp;
      rheo_plot_bar_ticks (&bar, &p->ramp);
      rheo_plot_bar_draw (canvas, &bar, &beside);
    }
}
