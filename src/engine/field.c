#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "field.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "analysis.h"
#include "linalg.h"

/* --- from weights ------------------------------------------------------------------------------------------------- */

/* A matrix of the table, [pre][post] there, [post][pre] here. NULL with a sentence. */
static double *
turned (const RheoTable *weights, const char *proj, int *n_pre, int *n_post, GError **error)
{
  g_autofree char *key = g_strconcat (proj, ".weight", NULL);
  const RheoColumn *column = rheo_table_find (weights, key);
  double *out;

  if (column == NULL || column->n_dims != 2)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The network has no matrix \"%s\"."), key);
      return NULL;
    }
  *n_pre = (int) column->dims[0];
  *n_post = (int) column->dims[1];
  out = g_new (double, (gsize) *n_pre *(gsize) *n_post);
  for (int j = 0; j < *n_pre; j++)
    for (int i = 0; i < *n_post; i++)
      out[(gsize) i * (gsize) *n_pre + (gsize) j] = rheo_column_get_number (column, (int64_t) j * *n_post + i);
  return out;
}

/* What the read-out gives back acts like further recurrent weights, one step late. */
static gboolean
add_feedback (RheoField *field, const RheoTable *weights, GError **error)
{
  g_autofree double *back = NULL;
  int n_pre, n_post;

  if (rheo_table_find (weights, "feedback.weight") == NULL)
    return TRUE;
  back = turned (weights, "feedback", &n_pre, &n_post, error);
  if (back == NULL)
    return FALSE;
  if (n_pre != field->n_out || n_post != field->n)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The matrices of the network do not fit each other."));
  rheo_multiply (false, false, field->n, field->n, field->n_out, 1, back, field->w_out, 1, field->w);
  return TRUE;
}

static gboolean
read_weights (RheoField *field, const RheoTable *weights, GError **error)
{
  g_autofree char *key = g_strconcat (field->law.rec, ".bias", NULL);
  const RheoColumn *bias = rheo_table_find (weights, key);
  int n_pre, n_post;
  gboolean has_bias = FALSE;

  field->w = turned (weights, field->law.rec, &n_pre, &field->n, error);
  if (field->w == NULL)
    return FALSE;
  field->w_in = turned (weights, field->law.in, &field->n_in, &n_post, error);
  if (field->w_in == NULL)
    return FALSE;
  field->w_out = turned (weights, field->law.out, &n_pre, &field->n_out, error);
  if (field->w_out == NULL)
    return FALSE;
  if (n_post != field->n || n_pre != field->n || (bias != NULL && rheo_column_get_length (bias) != field->n))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The matrices of the network do not fit each other."));
  field->bias = g_new0 (double, field->n);
  for (int i = 0; bias != NULL && i < field->n; i++)
    {
      field->bias[i] = rheo_column_get_number (bias, i);
      has_bias |= field->bias[i] != 0;
    }
  field->is_odd = field->is_odd && !has_bias;
  return add_feedback (field, weights, error);
}

/* What the activation says of itself: whether it is odd, and bounded on both sides. */
static void
judge (RheoField *field)
{
  const double a[] = { -0.7, 0.7, -1e3, 1e3, -2e3, 2e3 };
  double y[G_N_ELEMENTS (a)], slope[G_N_ELEMENTS (a)];

  field->law.activate (field->config, G_N_ELEMENTS (a), a, y, slope);
  field->is_odd = ABS (y[0] + y[1]) < 1e-12;
  field->is_bounded = ABS (y[5] - y[3]) < 1e-6 && ABS (y[4] - y[2]) < 1e-6;
}

RheoField *
rheo_field_new (const RheoExperiment *experiment, const RheoTable *weights, GError **error)
{
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  g_autoptr (RheoField) field = NULL;

  if (!rheo_analysis_fits_rates (experiment, error))
    return NULL;
  field = g_new0 (RheoField, 1);
  field->config = g_memdup2 (rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL), model->base.config_size);
  model->law (field->config, &field->law);
  judge (field);
  return read_weights (field, weights, error) ? g_steal_pointer (&field) : NULL;
}

void
rheo_field_free (RheoField *field)
{
  if (field == NULL)
    return;
  g_free (field->config);
  g_free (field->w);
  g_free (field->w_in);
  g_free (field->w_out);
  g_free (field->bias);
  g_free (field);
}

/* --- the field ---------------------------------------------------------------------------------------------------- */

/* Currents of n_points states: W r + W_in u + b, [point][n]. */
static void
currents (const RheoField *field, int n_points, const double *rate, const double *u, int u_stride, double *a)
{
  const int n = field->n;

  for (int k = 0; k < n_points; k++)
    for (int i = 0; i < n; i++)
      {
        const double *row = field->w_in + (gsize) i * (gsize) field->n_in;
        double sum = field->bias[i];

        if (k > 0 && u_stride == 0)
          {
            a[(gsize) k * (gsize) n + (gsize) i] = a[i];
            continue;
          }
        for (int j = 0; j < field->n_in; j++)
          sum += row[j] * u[(gsize) k * (gsize) u_stride + (gsize) j];
        a[(gsize) k * (gsize) n + (gsize) i] = sum;
      }
  rheo_multiply (false, true, n_points, n, n, 1, rate, field->w, 1, a);
}

void
rheo_field_eval (const RheoField *field, int n_points, const double *x, const double *u, int u_stride, double *f,
                 double *slope, double *work)
{
  const int all = field->n * n_points;
  double *rate = work, *own = work + all;

  if (field->law.is_current)
    {
      field->law.activate (field->config, all, x, rate, slope != NULL ? slope : own);
      currents (field, n_points, rate, u, u_stride, f);
    }
  else
    {
      currents (field, n_points, x, u, u_stride, rate);
      field->law.activate (field->config, all, rate, f, slope != NULL ? slope : own);
    }
  for (int i = 0; i < all; i++)
    f[i] -= x[i] + field->law.gamma * x[i] * x[i] * x[i];
}

void
rheo_field_adjoint (const RheoField *field, int n_points, const double *x, const double *slope, const double *v,
                    double *out, double *work)
{
  const int n = field->n, all = n * n_points;

  if (field->law.is_current)
    rheo_multiply (false, false, n_points, n, n, 1, v, field->w, 0, out);
  else
    {
      for (int i = 0; i < all; i++)
        work[i] = slope[i] * v[i];
      rheo_multiply (false, false, n_points, n, n, 1, work, field->w, 0, out);
    }
  for (int i = 0; i < all; i++)
    out[i] = (field->law.is_current ? slope[i] * out[i] : out[i]) - (1 + 3 * field->law.gamma * x[i] * x[i]) * v[i];
}

/* J with the slopes at each row (rates) or column (currents). */
static void
jacobian (const RheoField *field, const double *x, const double *slope, gboolean by_row, double *jac)
{
  const int n = field->n;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      jac[(gsize) i * (gsize) n + (gsize) j] = field->w[(gsize) i * (gsize) n + (gsize) j] * slope[by_row ? i : j]
                                               - (i == j ? 1 + 3 * field->law.gamma * x[i] * x[i] : 0);
}

static double *
slopes (const RheoField *field, const double *x, const double *u)
{
  double *slope = g_new (double, field->n);
  g_autofree double *f = g_new (double, field->n), *work = g_new (double, RHEO_FIELD_WORK (field, 1));

  rheo_field_eval (field, 1, x, u, 0, f, slope, work);
  return slope;
}

void
rheo_field_jacobian (const RheoField *field, const double *x, const double *u, double *jac, double *by_input)
{
  g_autofree double *slope = slopes (field, x, u);

  jacobian (field, x, slope, !field->law.is_current, jac);
  for (int i = 0; by_input != NULL && i < field->n; i++)
    for (int j = 0; j < field->n_in; j++)
      by_input[(gsize) i * (gsize) field->n_in + (gsize) j] =
          field->w_in[(gsize) i * (gsize) field->n_in + (gsize) j] * (field->law.is_current ? 1 : slope[i]);
}

void
rheo_field_other_jacobian (const RheoField *field, const double *x, const double *u, double *jac)
{
  g_autofree double *slope = slopes (field, x, u);

  jacobian (field, x, slope, field->law.is_current, jac);
}

double
rheo_field_speed (const RheoField *field, const double *x, const double *u)
{
  g_autofree double *f = g_new (double, field->n), *work = g_new (double, RHEO_FIELD_WORK (field, 1));
  double q = 0;

  rheo_field_eval (field, 1, x, u, 0, f, NULL, work);
  for (int i = 0; i < field->n; i++)
    q += f[i] * f[i];
  return q;
}

void
rheo_field_output (const RheoField *field, const double *x, double *out)
{
  g_autofree double *rate = g_new (double, field->n), *slope = g_new (double, field->n);

  if (field->law.is_current)
    field->law.activate (field->config, field->n, x, rate, slope);
  else
    memcpy (rate, x, sizeof *rate * (gsize) field->n);
  rheo_multiply (false, true, 1, field->n_out, field->n, 1, rate, field->w_out, 0, out);
}

void
rheo_field_run (const RheoField *field, int n_steps, const double *u, double *x, double *path)
{
  const int n = field->n;
  g_autofree double *f = g_new (double, n), *work = g_new (double, RHEO_FIELD_WORK (field, 1));

  for (int t = 0; t <= n_steps; t++)
    {
      if (path != NULL)
        memcpy (path + (gsize) t * (gsize) n, x, sizeof *x * (gsize) n);
      if (t == n_steps)
        break;
      rheo_field_eval (field, 1, x, u, 0, f, NULL, work);
      for (int i = 0; i < n; i++)
        x[i] += field->law.alpha * f[i];
    }
}

gboolean
rheo_field_run_all (const RheoField *field, int n_steps, int n_points, const double *u, double *x,
                    const atomic_bool *cancelled)
{
  const gsize all = (gsize) field->n * (gsize) n_points;
  g_autofree double *f = g_new (double, all), *work = g_new (double, RHEO_FIELD_WORK (field, n_points));

  for (int t = 0; t < n_steps; t++)
    {
      if (cancelled != NULL && atomic_load (cancelled))
        return FALSE;
      rheo_field_eval (field, n_points, x, u, field->n_in, f, NULL, work);
      for (gsize i = 0; i < all; i++)
        x[i] += field->law.alpha * f[i];
    }
  return TRUE;
}
