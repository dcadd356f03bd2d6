#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "encoder.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

const char *const rheo_code_choices[] = { "normal", "even",    "intervals",      "linear",
                                          "log",    "sigmoid", "sigmoid-scaled", NULL };

static gboolean
has_range (const RheoEncoder *e)
{
  return e->code != RHEO_CODE_NORMAL && e->code != RHEO_CODE_INTERVALS;
}

static double
shape_value (const RheoEncoder *e, double x)
{
  switch (e->code)
    {
    case RHEO_CODE_LOG:
      return log (x);
    case RHEO_CODE_SIGMOID:
      return 1 / (1 + exp (-x));
    case RHEO_CODE_SCALED:
      return 1 / (1 + exp (-x / e->scale));
    default:
      return x;
    }
}

gboolean
rheo_encoder_check (const RheoEncoder *e, const char *path, GError **error)
{
  if (has_range (e) && e->min >= e->max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.min (%g) must be below %s.max (%g)."), path, e->min, path,
                      e->max);
  if (e->code == RHEO_CODE_LOG && e->min <= 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.min is %g; a logarithm needs more than 0."), path, e->min);
  if (has_range (e) && shape_value (e, e->min) == shape_value (e, e->max))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s.min (%g) and %s.max (%g) give the same rate: between them the code is flat."), path,
                      e->min, path, e->max);
  if (e->code == RHEO_CODE_INTERVALS && e->n_bounds < 2)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.bounds needs at least two numbers."), path);
  for (int i = 1; e->code == RHEO_CODE_INTERVALS && i < e->n_bounds; i++)
    if (e->bound[i] <= e->bound[i - 1])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.bounds must ascend, but %g comes before %g."), path,
                        e->bound[i - 1], e->bound[i]);
  return TRUE;
}

int
rheo_encoder_count (const RheoEncoder *e)
{
  switch (e->code)
    {
    case RHEO_CODE_NORMAL:
    case RHEO_CODE_EVEN:
      return e->bins;
    case RHEO_CODE_INTERVALS:
      return MAX (e->n_bounds - 1, 1);
    default:
      return 1;
    }
}

int
rheo_encoder_get_bounds (const RheoEncoder *e, double *bound)
{
  const int n = rheo_encoder_count (e) - 1;

  for (int i = 0; i < n; i++)
    bound[i] = e->code == RHEO_CODE_NORMAL      ? gsl_cdf_ugaussian_Pinv ((i + 1.0) / e->bins)
               : e->code == RHEO_CODE_INTERVALS ? e->bound[i + 1]
                                                : 0;
  return n;
}

double
rheo_encoder_get_middle (const RheoEncoder *e, int cell)
{
  const double mean = e->code == RHEO_CODE_NORMAL || e->standardise ? e->mean : 0;
  const double sd = e->code == RHEO_CODE_NORMAL || e->standardise ? e->sd : 1;

  if (e->code == RHEO_CODE_NORMAL)
    return mean + sd * gsl_cdf_ugaussian_Pinv ((cell + 0.5) / e->bins);
  if (e->code == RHEO_CODE_INTERVALS)
    return mean + sd * (e->bound[cell] + e->bound[cell + 1]) / 2;
  return e->min + (e->max - e->min) * (cell + 0.5) / e->bins;
}

void
rheo_encoder_encode (const RheoEncoder *e, int n_bounds, const double *bound, double value, RheoReal *to)
{
  const double lowest = shape_value (e, e->min);

  switch (e->code)
    {
    case RHEO_CODE_NORMAL:
    case RHEO_CODE_INTERVALS:
      {
        const gboolean standard = e->code == RHEO_CODE_NORMAL || e->standardise;
        const double z = standard ? (value - e->mean) / e->sd : value;
        int bin = 0;

        while (bin < n_bounds && bound[bin] < z)
          bin++;
        memset (to, 0, sizeof *to * (gsize) (n_bounds + 1));
        to[bin] = 1;
        break;
      }
    case RHEO_CODE_EVEN:
      {
        const double bin = floor ((value - e->min) / ((e->max - e->min) / e->bins));

        memset (to, 0, sizeof *to * (gsize) e->bins);
        if (bin >= 0 && bin < e->bins)
          to[(int) bin] = 1;
        break;
      }
    default:
      *to = (RheoReal) ((shape_value (e, CLAMP (value, e->min, e->max)) - lowest) / (shape_value (e, e->max) - lowest));
    }
}
