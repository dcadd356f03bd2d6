#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "line.h"

#include <math.h>
#include <string.h>

#include "fixed.h"
#include "linalg.h"

#define POLISH_STEPS 300
#define ALIGN_PASSES 10

gboolean
rheo_line_find (const RheoField *field, const double *u, const double *left, const double *right, int n_points,
                double *x, double *q, const atomic_bool *cancelled)
{
  const int n = field->n;
  g_autofree double *step = g_new (double, n);

  for (int i = 0; i < n; i++)
    step[i] = (right[i] - left[i]) / (n_points - 1);
  for (int k = 0; k < n_points; k++)
    {
      double *at = x + (gsize) k * (gsize) n;

      if (cancelled != NULL && atomic_load (cancelled))
        return FALSE;
      for (int i = 0; i < n; i++)
        at[i] = k == 0 ? left[i] : at[i - n] + step[i];
      q[k] = rheo_point_polish (field, u, step, POLISH_STEPS, at, cancelled);
    }
  return TRUE;
}

void
rheo_line_modes (const RheoField *field, const double *u, const double *x, double *re, double *im, double *right,
                 double *left, double *left_im)
{
  const int n = field->n;
  const gsize square = (gsize) n * (gsize) n;
  g_autofree double *jac = g_new (double, square), *all_right = g_new (double, 2 * square);
  g_autofree double *all_left = g_new (double, 2 * square);
  gboolean found;

  rheo_field_jacobian (field, x, u, jac, NULL);
  found = rheo_eigen (n, jac, re, im, all_right, all_left);
  for (int i = 0; i < n; i++)
    {
      right[i] = found ? all_right[2 * i] : NAN;
      left[i] = found ? all_left[2 * i] : NAN;
      left_im[i] = found ? all_left[2 * i + 1] : NAN;
      if (!found)
        re[i] = im[i] = NAN;
    }
}

/* Turns those that point away from the axis. TRUE: there was one. */
static gboolean
turn (int n, int n_points, const double *axis, double *right, double *left)
{
  gboolean turned = FALSE;

  for (int k = 0; k < n_points; k++)
    {
      double *r = right + (gsize) k * (gsize) n, *l = left + (gsize) k * (gsize) n, along = 0;

      for (int i = 0; i < n; i++)
        along += r[i] * axis[i];
      for (int i = 0; along < 0 && i < n; i++)
        {
          r[i] = -r[i];
          l[i] = -l[i];
        }
      turned |= along < 0;
    }
  return turned;
}

void
rheo_line_align (int n, int n_points, const double *axis, double *right, double *left)
{
  g_autofree double *mean = g_new (double, n);

  turn (n, n_points, axis, right, left);
  for (int pass = 0; pass < ALIGN_PASSES; pass++)
    {
      memset (mean, 0, sizeof *mean * (gsize) n);
      for (int k = 0; k < n_points; k++)
        for (int i = 0; i < n; i++)
          mean[i] += right[(gsize) k * (gsize) n + (gsize) i];
      if (!turn (n, n_points, mean, right, left))
        break;
    }
}
