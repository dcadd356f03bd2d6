#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-project.h"

/* The nearest corner is larger than the middle by 1 / (1 - WEAK) at full perspective. */
#define WEAK 0.25

void
rheo_projection_init (RheoProjection *projection, const RheoCamera *camera, const RheoPlotAxis *axis, gboolean equal,
                      const RheoRect *area)
{
  const double a = camera->azimuth * RHEO_PLOT_PI / 180, e = camera->elevation * RHEO_PLOT_PI / 180;
  const double right[] = { -sin (a), cos (a), 0 }, up[] = { -sin (e) * cos (a), -sin (e) * sin (a), cos (e) };
  const double viewer[] = { cos (e) * cos (a), cos (e) * sin (a), sin (e) };
  const double weak = WEAK * camera->perspective;
  const double middle[] = { area->x + area->width / 2, area->y + area->height / 2 };
  double unit[3], half[3], base, radius, width, height, scale;

  for (int k = 0; k < 3; k++)
    {
      const double span = axis[k].hi - axis[k].lo;

      unit[k] = equal ? 1 : 2 / span;
      half[k] = fabs (unit[k] * span / 2);
    }
  /* The widest and highest that the box becomes while it turns: it neither jumps nor leaves the area. */
  base = hypot (half[0], half[1]);
  radius = hypot (base, half[2]);
  width = 2 * base;
  height = 2 * (half[2] * fabs (cos (e)) + base * fabs (sin (e)));
  scale = MIN (area->width / width, area->height / height) * (1 - weak) * camera->zoom;

  for (int r = 0; r < 4; r++)
    projection->m[r][3] = r == 3;
  for (int k = 0; k < 3; k++)
    {
      const double centre = (axis[k].lo + axis[k].hi) / 2;

      projection->viewer[k] = viewer[k];
      projection->m[2][k] = viewer[k] * unit[k] / radius;
      projection->m[3][k] = -weak * projection->m[2][k];
      projection->m[0][k] = scale * right[k] * unit[k] + middle[0] * projection->m[3][k];
      projection->m[1][k] = -scale * up[k] * unit[k] + middle[1] * projection->m[3][k];
      for (int r = 0; r < 4; r++)
        projection->m[r][3] -= projection->m[r][k] * centre;
    }
  projection->m[0][3] += middle[0];
  projection->m[1][3] += middle[1];
}

void
rheo_project (const RheoProjection *projection, const double v[3], double out[3])
{
  double r[4];

  for (int i = 0; i < 4; i++)
    {
      const double *m = projection->m[i];

      r[i] = m[0] * v[0] + m[1] * v[1] + m[2] * v[2] + m[3];
    }
  for (int i = 0; i < 3; i++)
    out[i] = r[i] / r[3];
}
