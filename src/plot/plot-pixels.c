#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

static void
to_device (RheoPlotCanvas *canvas, double *x, double *y)
{
  double sx, sy;

  cairo_surface_get_device_scale (cairo_get_group_target (canvas->cr), &sx, &sy);
  cairo_user_to_device (canvas->cr, x, y);
  *x *= sx;
  *y *= sy;
}

gboolean
rheo_pixels_begin (RheoPixels *pixels, RheoPlotCanvas *canvas, const RheoRect *area)
{
  double x0 = area->x, y0 = area->y, x1 = area->x + area->width, y1 = area->y + area->height;

  if (canvas->vector)
    {
      x1 = area->width * canvas->pixel;
      y1 = area->height * canvas->pixel;
      x0 = y0 = 0;
    }
  else
    {
      to_device (canvas, &x0, &y0);
      to_device (canvas, &x1, &y1);
    }
  *pixels = (RheoPixels){ .area = *area };
  pixels->width = (int) CLAMP (round (x1) - round (x0), 1, 16384);
  pixels->height = (int) CLAMP (round (y1) - round (y0), 1, 16384);
  pixels->scale_x = pixels->width / area->width;
  pixels->scale_y = pixels->height / area->height;
  pixels->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, pixels->width, pixels->height);
  if (cairo_surface_status (pixels->surface) != CAIRO_STATUS_SUCCESS)
    {
      g_clear_pointer (&pixels->surface, cairo_surface_destroy);
      return FALSE;
    }
  cairo_surface_flush (pixels->surface);
  pixels->data = (uint32_t *) (void *) cairo_image_surface_get_data (pixels->surface);
  pixels->stride = cairo_image_surface_get_stride (pixels->surface) / 4;
  return TRUE;
}

void
rheo_pixels_end (RheoPixels *pixels, RheoPlotCanvas *canvas)
{
  cairo_t *cr = canvas->cr;

  cairo_surface_mark_dirty (pixels->surface);
  cairo_save (cr);
  if (canvas->vector)
    {
      cairo_translate (cr, pixels->area.x, pixels->area.y);
      cairo_scale (cr, 1 / pixels->scale_x, 1 / pixels->scale_y);
    }
  else
    {
      /* Pixel on pixel: no resampling. */
      double x = pixels->area.x, y = pixels->area.y, sx, sy;

      to_device (canvas, &x, &y);
      cairo_surface_get_device_scale (cairo_get_group_target (cr), &sx, &sy);
      cairo_identity_matrix (cr);
      cairo_scale (cr, 1 / sx, 1 / sy);
      cairo_translate (cr, round (x), round (y));
    }
  cairo_set_source_surface (cr, pixels->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  g_clear_pointer (&pixels->surface, cairo_surface_destroy);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */
/* Keeps of a line what lies in 0 .. most along one direction, u: this, v: the other. FALSE: nothing. */
static gboolean
cut (double most, double *u0, double *v0, double *u1, double *v1)
{
  double *const u[] = { u0, u1 }, *const v[] = { v0, v1 };

  if ((*u0 < 0 && *u1 < 0) || (*u0 > most && *u1 > most))
    return FALSE;
  for (int k = 0; k < 2; k++)
    {
      const double border = CLAMP (*u[k], 0, most);

      if (border == *u[k])
        continue;
      *v[k] += (border - *u[k]) * (*v1 - *v0) / (*u1 - *u0);
      *u[k] = border;
    }
  return TRUE;
}

/* share: of 256. Two channels at a time. */
static inline void
blend (uint32_t *pixel, uint32_t colour, uint32_t share)
{
  const uint32_t odd = 0xff00ff, rest = 256 - share;

  *pixel = (((*pixel & odd) * rest + (colour & odd) * share) >> 8 & odd)
           | (((*pixel >> 8 & odd) * rest + (colour >> 8 & odd) * share) & ~odd);
}

/* At each step along the longer side two pixels share what the line covers (Wu 1991, SIGGRAPH 25). */
void
rheo_pixels_line (RheoPixels *pixels, double x0, double y0, double x1, double y1, uint32_t colour)
{
  double u0 = (x0 - pixels->area.x) * pixels->scale_x - 0.5, v0 = (y0 - pixels->area.y) * pixels->scale_y - 0.5;
  double u1 = (x1 - pixels->area.x) * pixels->scale_x - 0.5, v1 = (y1 - pixels->area.y) * pixels->scale_y - 0.5;
  const gboolean steep = fabs (v1 - v0) > fabs (u1 - u0);
  const gsize along = steep ? (gsize) pixels->stride : 1, across = steep ? 1 : (gsize) pixels->stride;
  int first, last;
  int64_t v, step;

  /* The neighbour lies inside too. */
  if (!cut (pixels->width - 2, &u0, &v0, &u1, &v1) || !cut (pixels->height - 2, &v0, &u0, &v1, &u1) || pixels->width < 2
      || pixels->height < 2)
    return;
  if (steep)
    {
      double t = u0;

      u0 = v0, v0 = t;
      t = u1, u1 = v1, v1 = t;
    }
  if (u0 > u1)
    {
      double t = u0;

      u0 = u1, u1 = t;
      t = v0, v0 = v1, v1 = t;
    }
  first = (int) lround (u0);
  last = (int) lround (u1);
  /* In 1/65536 of a pixel. */
  v = (int64_t) (v0 * 65536);
  step = last > first ? (int64_t) ((v1 - v0) * 65536 / (last - first)) : 0;
  for (int i = first; i <= last; i++, v += step)
    {
      uint32_t *pixel = pixels->data + (gsize) i * along + (gsize) (v >> 16) * across;
      const uint32_t share = (uint32_t) (v >> 8 & 255);

      blend (pixel, colour, 256 - share);
      blend (pixel + across, colour, share);
    }
}

/* --- signals ------------------------------------------------------------------------------------------------------ */
void
rheo_plot_signal_rows (RheoPlotCanvas *canvas, const RheoRect *area, const RheoVector *signal, int n, double most)
{
  const int64_t n_time = n > 0 ? signal[0].n : 0;
  g_autofree float *row = g_new (float, MAX (n_time, 1));
  RheoPixels pixels;

  if (n_time == 0 || !(most > 0) || !isfinite (most) || !rheo_pixels_begin (&pixels, canvas, area))
    return;
  for (int k = 0; k < n; k++)
    {
      const int y1 = pixels.height - (int) ((int64_t) k * pixels.height / n);
      const int y0 = MIN (pixels.height - (int) ((int64_t) (k + 1) * pixels.height / n), y1 - 1);

      rheo_vector_read (&signal[k], row);
      for (int64_t t = 0; t < n_time; t++)
        {
          const double share = fabs ((double) row[t]) / most;
          const int x0 = (int) (t * pixels.width / n_time);
          const int x1 = MAX ((int) ((t + 1) * pixels.width / n_time), x0 + 1);
          const uint32_t colour =
              rheo_rgb_pack (rheo_rgb_mix (canvas->theme, canvas->theme->series[row[t] < 0], share), 1);

          if (share > 0)
            for (int y = MAX (y0, 0); y < y1; y++)
              for (int x = x0; x < MIN (x1, pixels.width); x++)
                pixels.data[(gsize) y * pixels.stride + x] = colour;
        }
    }
  rheo_pixels_end (&pixels, canvas);
}
