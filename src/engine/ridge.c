#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "ridge.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "linalg.h"

static double *
add_array (RheoNet *net, const char *name, const char *what, const char *label, const char *axes, const int64_t *dims)
{
  g_autofree char *full = g_strdup_printf ("%s.%s", name, what);

  if (rheo_net_find_array (net, full) == NULL)
    rheo_net_array (net, full, label, "", axes, RHEO_F64, RHEO_USE_KEEP, dims);
  return rheo_net_find_array (net, full)->data;
}

gboolean
rheo_ridge_init (RheoRidge *ridge, RheoNet *net, const char *name, int n_x, int n_y, GError **error)
{
  const int64_t xx[] = { n_x + 1, n_x + 1 }, xy[] = { n_x + 1, n_y };

  *ridge = (RheoRidge){ .n_x = n_x, .n_y = n_y };
  ridge->xx = add_array (net, name, "xx", N_ ("Products of the inputs of the read-out"), "pre pre", xx);
  ridge->xy = add_array (net, name, "xy", N_ ("Products of its inputs and targets"), "pre out", xy);
  if (ridge->xx == NULL || ridge->xy == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the regression of %d units."), n_x);
  return TRUE;
}

void
rheo_ridge_add_active (RheoRidge *ridge, int n_active, const int32_t *active, const RheoReal *target, double weight)
{
  const gsize n = (gsize) ridge->n_x + 1;

  for (int k = 0; k <= n_active; k++)
    {
      const gsize j = k < n_active ? (gsize) active[k] : n - 1;
      double *xx = ridge->xx + j * n, *xy = ridge->xy + j * (gsize) ridge->n_y;

      for (int m = k; m < n_active; m++)
        xx[active[m]] += weight;
      xx[n - 1] += weight;
      for (int o = 0; o < ridge->n_y; o++)
        xy[o] += weight * (double) target[o];
    }
}

void
rheo_ridge_forget (RheoRidge *ridge, double factor)
{
  const gsize n = (gsize) ridge->n_x + 1;

  for (gsize i = 0; i < n * n; i++)
    ridge->xx[i] *= factor;
  for (gsize i = 0; i < n * (gsize) ridge->n_y; i++)
    ridge->xy[i] *= factor;
}

gboolean
rheo_ridge_solve (const RheoRidge *ridge, double lambda, RheoReal *weight, int stride, RheoReal *bias)
{
  const int n = ridge->n_x + 1;
  const gsize size = (gsize) n * (gsize) n;
  g_autofree double *a = g_try_new (double, size), *b = g_try_new (double, (gsize) n *(gsize) ridge->n_y);

  if (a == NULL || b == NULL || !(ridge->xx[size - 1] > 0))
    return FALSE;
  /* The upper triangle by rows is the lower one by columns. */
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      a[(gsize) i * (gsize) n + (gsize) j] = ridge->xx[(gsize) MIN (i, j) * (gsize) n + (gsize) MAX (i, j)];
  for (int j = 0; j < n - 1; j++)
    a[(gsize) j * (gsize) n + (gsize) j] += lambda;
  for (int o = 0; o < ridge->n_y; o++)
    for (int j = 0; j < n; j++)
      b[(gsize) o * (gsize) n + (gsize) j] = ridge->xy[(gsize) j * (gsize) ridge->n_y + (gsize) o];
  if (!rheo_solve_positive (n, a, ridge->n_y, b))
    return FALSE;
  for (int o = 0; o < ridge->n_y; o++)
    {
      for (int j = 0; j < ridge->n_x; j++)
        weight[(gsize) j * (gsize) stride + (gsize) o] = (RheoReal) b[(gsize) o * (gsize) n + (gsize) j];
      bias[o] = (RheoReal) b[(gsize) o * (gsize) n + (gsize) n - 1];
    }
  return TRUE;
}
