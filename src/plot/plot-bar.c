#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#define BAR 10
#define TICKS 4

static double
width_of (const RheoPlotCanvas *canvas)
{
  return BAR * canvas->theme->point * 0.75;
}

static gboolean
has_name (const RheoPlotBar *bar)
{
  return bar->name != NULL && *bar->name != '\0';
}

double
rheo_plot_bar_width (RheoPlotCanvas *canvas, const RheoPlotBar *bar)
{
  double most = 0;

  for (int i = 0; i < bar->n; i++)
    {
      double w;

      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, bar->label[i], &w, NULL);
      most = MAX (most, w);
    }
  return 2.5 * canvas->theme->gap + width_of (canvas) + canvas->theme->tick + most
         + (has_name (bar) ? canvas->theme->gap + rheo_plot_text_height (canvas, RHEO_TEXT_NAME) : 0);
}

/* A pointed end says that some numbers lie beyond the limit. */
static void
draw_point (RheoPlotCanvas *canvas, double x, double y, double width, double height, uint32_t colour)
{
  cairo_set_source_rgb (canvas->cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
  cairo_move_to (canvas->cr, x, y);
  cairo_line_to (canvas->cr, x + width, y);
  cairo_line_to (canvas->cr, x + width / 2, y + height);
  cairo_close_path (canvas->cr);
  cairo_fill (canvas->cr);
}

void
rheo_plot_bar_draw (RheoPlotCanvas *canvas, const RheoPlotBar *bar, const RheoRect *area)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double left = rheo_plot_snap (canvas, area->x + area->width + 2 * theme->gap), w = width_of (canvas),
               point = 0.7 * w, row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  RheoRect rect = { left, area->y, w, area->height };
  double most = 0;
  RheoPixels pixels;
  int every;

  if (bar->pointed)
    {
      rect.y = rheo_plot_snap (canvas, rect.y + point);
      rect.height = rheo_plot_snap (canvas, rect.height - 2 * point);
    }
  if (rect.height < 4 || !rheo_pixels_begin (&pixels, canvas, &rect))
    return;
  for (int py = 0; py < pixels.height; py++)
    for (int px = 0; px < pixels.width; px++)
      pixels.data[(gsize) py * pixels.stride + px] = bar->ramp[255 - 255 * py / MAX (pixels.height - 1, 1)];
  rheo_pixels_end (&pixels, canvas);
  if (bar->over)
    draw_point (canvas, rect.x, rect.y, w, -point, bar->ramp[255]);
  if (bar->under)
    draw_point (canvas, rect.x, rect.y + rect.height, w, point, bar->ramp[0]);
  /* All of them, or the ends, as far as there is room. */
  every = bar->n > 1 && (bar->n - 1) * row > rect.height ? bar->n - 1 : 1;
  for (int i = 0; i < bar->n && (every == 1 || row <= rect.height); i += every)
    {
      const double at = rect.y + rect.height * (1 - bar->u[i]);
      double wide;

      rheo_plot_source (canvas, theme->axis, 1);
      rheo_plot_hairline (canvas, left + w, at, left + w + theme->tick, at, theme->hair);
      rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, left + w + theme->tick + theme->gap / 2, at, 0, 0.5,
                      bar->label[i]);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, bar->label[i], &wide, NULL);
      most = MAX (most, wide);
    }
  if (has_name (bar))
    {
      g_autofree char *fit = rheo_plot_text_fit (canvas, RHEO_TEXT_NAME, bar->name, area->height);

      rheo_plot_text_up (canvas, RHEO_TEXT_NAME, theme->text,
                         left + w + theme->tick + theme->gap + most
                             + rheo_plot_text_height (canvas, RHEO_TEXT_NAME) / 2,
                         area->y + area->height / 2, fit);
    }
}

void
rheo_plot_bar_ticks (RheoPlotBar *bar, const RheoPlotAxis *axis)
{
  RheoTicks ticks;

  rheo_plot_ticks (axis, TICKS, &ticks);
  while (ticks.n > RHEO_BAR_TICKS)
    rheo_plot_ticks_thin (&ticks);
  bar->n = ticks.n;
  for (int i = 0; i < ticks.n; i++)
    {
      bar->u[i] = rheo_plot_map (axis, ticks.at[i], 0, 1);
      g_strlcpy (bar->label[i], ticks.label[i], sizeof bar->label[i]);
    }
}
