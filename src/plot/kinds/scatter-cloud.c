#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/scatter-private.h"

/* Data in the box of the axes, -1 .. 1: a float tells them apart there, wherever the box lies. */
static double
centre (const RheoScatter *p, int k)
{
  return (p->axis[k].lo + p->axis[k].hi) / 2;
}

static double
half (const RheoScatter *p, int k)
{
  return (p->axis[k].hi - p->axis[k].lo) / 2;
}

static void
add_points (const RheoPlotSpec *spec, const RheoScatter *p, RheoCloud *cloud)
{
  static const uint8_t shape[] = {
    [RHEO_SYMBOL_CIRCLE] = RHEO_CLOUD_CIRCLE,
    [RHEO_SYMBOL_SQUARE] = RHEO_CLOUD_SQUARE,
    [RHEO_SYMBOL_TRIANGLE] = RHEO_CLOUD_TRIANGLE,
    [RHEO_SYMBOL_DIAMOND] = RHEO_CLOUD_DIAMOND,
  };
  int n = 0;

  for (guint i = 0; i < p->point->len; i++)
    {
      const RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

      if (rheo_scatter_hidden (spec, point))
        continue;
      for (int k = 0; k < 3; k++)
        cloud->point[n].v[k] = (float) ((point->v[k] - centre (p, k)) / half (p, k));
      cloud->point[n].shape = (uint8_t) (shape[point->symbol] + (point->open ? RHEO_CLOUD_OPEN : 0));
      cloud->point[n].alpha = (uint8_t) lround (255 * rheo_scatter_share (spec, point));
      cloud->point[n++].colour = (uint16_t) rheo_scatter_colour (p, point);
    }
  cloud->n_points = n;
}

static void
add_paths (const RheoPlotSpec *spec, const RheoScatter *p, RheoCloud *cloud)
{
  const RheoScatterConfig *config = spec->values;
  const int64_t length = p->path->dims[1], width = p->path->dims[2];
  gboolean joined = FALSE;

  for (int64_t i = 0; i < cloud->n_vertices; i++)
    {
      RheoCloudVertex *to = &cloud->vertex[i];
      gboolean finite = !rheo_scatter_path_hidden (spec, i / length);

      for (int k = 0; k < 3; k++)
        {
          const double v = rheo_column_get_number (p->path, i * width + config->direction[k]);

          finite = finite && isfinite (v);
          to->v[k] = finite ? (float) ((v - centre (p, k)) / half (p, k)) : 0;
        }
      joined = joined && finite && i % length != 0;
      to->colour = joined ? (float) rheo_scatter_colour_of_step (p, i / length, i % length) : -1;
      joined = finite;
    }
}

int
rheo_scatter_count (const RheoPlotSpec *spec)
{
  const RheoScatter *p = rheo_plot_get_prepared (spec);

  return (int) MIN ((int64_t) p->point->len + (p->path != NULL ? p->path->dims[0] * p->path->dims[1] : 0), G_MAXINT);
}

/* Made once for what is hidden and picked: turning changes the look alone. */
static RheoCloud *
make_cloud (const RheoPlotSpec *spec, RheoScatter *p)
{
  const gboolean has_paths = p->path != NULL && !rheo_plot_entry_hidden (spec, p->path_entry);

  if (p->cloud != NULL && p->cloud_hidden == spec->hidden && p->cloud_picked == spec->picked)
    return p->cloud;
  rheo_cloud_unref (p->cloud);
  p->cloud = rheo_cloud_new ((int) p->point->len, has_paths ? rheo_scatter_count (spec) - (int) p->point->len : 0);
  p->cloud->many_colours = p->colour == RHEO_SCATTER_BY_TIME;
  p->cloud_hidden = spec->hidden;
  p->cloud_picked = spec->picked;
  add_points (spec, p, p->cloud);
  if (has_paths)
    add_paths (spec, p, p->cloud);
  return p->cloud;
}

static void
set_colour (float to[4], RheoRgb colour)
{
  to[0] = (float) colour.r;
  to[1] = (float) colour.g;
  to[2] = (float) colour.b;
  to[3] = 1;
}

RheoCloud *
rheo_scatter_cloud (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                    const RheoPlotAxis *y, RheoCloudLook *look)
{
  RheoScatter *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  const double radius = rheo_scatter_radius (canvas, p);
  const RheoScatterPoint *chosen = rheo_scatter_chosen (spec, p);
  RheoRgb palette[RHEO_CLOUD_COLOURS];
  RheoScatterView view;
  const RheoRect *a = &view.area;

  rheo_scatter_view_init (&view, spec, canvas, area, x, y);
  *look = (RheoCloudLook){
    .clip = { a->x - theme->spot, a->y - theme->spot, a->width + 2 * theme->spot, a->height + 2 * theme->spot },
    .radius = radius,
    .rim = p->is_crowded ? 0 : MIN (theme->hair, radius / 2),
    .open_rim = MIN (theme->outline, radius / 2),
    .line = rheo_scatter_line_width (canvas, p),
    .ring = { NAN, NAN },
    .ring_width = 2 * theme->outline,
  };
  for (int r = 0; r < 4; r++)
    {
      look->m[r][3] = view.projection.m[r][3];
      for (int k = 0; k < 3; k++)
        {
          look->m[r][k] = view.projection.m[r][k] * half (p, k);
          look->m[r][3] += view.projection.m[r][k] * centre (p, k);
        }
    }
  if (chosen != NULL)
    {
      double at[3];

      rheo_scatter_place (&view, chosen->v, at);
      look->ring[0] = at[0];
      look->ring[1] = at[1];
    }
  rheo_scatter_palette (spec, theme, p, palette);
  for (int i = 0; i < RHEO_CLOUD_COLOURS; i++)
    set_colour (look->palette[i], palette[i]);
  set_colour (look->paper, theme->background);
  set_colour (look->ring_colour, rheo_plot_accent (spec->theme));
  return make_cloud (spec, p);
}
