#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/line-private.h"

typedef void (*Stroke) (void *data, double x0, double y0, double x1, double y1);

/* Steps where the level was changed, from edge to edge. */
static void
follow (const RheoLineConfig *config, const RheoLine *s, const RheoRect *a, const RheoPlotAxis *x,
        const RheoPlotAxis *y, Stroke stroke, void *data)
{
  double from = a->x, level = NAN;

  for (int64_t i = 0; i < rheo_line_length (s); i++)
    {
      const double at = rheo_plot_map (x, rheo_line_x (config, s, i), a->x, a->x + a->width);
      const double next = rheo_plot_map (y, rheo_vector_get (&s->y, i), a->y + a->height, a->y);

      if (!isfinite (at) || !isfinite (next) || next == level)
        continue;
      if (isfinite (level))
        {
          stroke (data, from, level, at, level);
          stroke (data, at, level, at, next);
          from = at;
        }
      level = next;
    }
  if (isfinite (level))
    stroke (data, from, level, a->x + a->width, level);
}

static void
draw_line (void *data, double x0, double y0, double x1, double y1)
{
  RheoPlotCanvas *canvas = data;

  rheo_plot_hairline (canvas, x0, y0, x1, y1, canvas->theme->reference);
}

static void
take_line (void *data, double x0, double y0, double x1, double y1)
{
  rheo_room_take_line (data, x0, y0, x1, y1);
}

void
rheo_line_draw_levels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                       const RheoPlotAxis *y)
{
  const RheoLines *p = rheo_plot_get_prepared (spec);

  for (int i = 0; i < p->n_levels; i++)
    follow (spec->values, &p->level[i], area, x, y, draw_line, canvas);
}

void
rheo_line_name_levels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, RheoRoom *room, const RheoRect *area,
                       const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const RheoLines *p = rheo_plot_get_prepared (spec);

  for (int i = 0; i < p->n_levels; i++)
    follow (spec->values, &p->level[i], area, x, y, take_line, room);
  for (int i = 0; i < p->n_levels; i++)
    {
      const RheoLine *s = &p->level[i];
      const int64_t last = rheo_line_last (spec->values, s);
      gboolean again = last < 0;
      char number[40], text[100];
      double value;

      /* Runs that are compared may aim at the same. */
      for (int k = 0; k < i && !again; k++)
        again = g_str_equal (p->level[k].label, s->label);
      if (again)
        continue;
      value = rheo_vector_get (&s->y, last);
      rheo_plot_number_short (value, 4, number, sizeof number);
      g_snprintf (text, sizeof text, "%s %s", s->label, number);
      rheo_plot_label_level (canvas, room, rheo_plot_map (y, value, area->y + area->height, area->y), text);
    }
}
