#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "fits.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_histogram.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_movstat.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "linalg.h"

/* --- histograms ------------------------------------------------------------------------------------------------ */
int
rheo_bins_choose (int64_t n, const double *sorted, int most)
{
  double width;

  if (n < 1)
    return 1;
  width = gsl_stats_quantile_from_sorted_data (sorted, 1, (size_t) n, 0.75)
          - gsl_stats_quantile_from_sorted_data (sorted, 1, (size_t) n, 0.25);
  width *= 2 * pow ((double) n, -1.0 / 3);
  return width > 0 ? (int) MIN (MAX (ceil ((sorted[n - 1] - sorted[0]) / width), 8), most) : MIN (20, most);
}

void
rheo_bins_count (int n_bins, const double *edge, int64_t n, const double *v, double *count)
{
  gsl_histogram *bins = gsl_histogram_alloc ((size_t) n_bins);
  const double last = edge[n_bins];

  gsl_histogram_set_ranges (bins, edge, (size_t) n_bins + 1);
  /* A bin of GSL is without its upper edge; the last one shall have it. */
  bins->range[n_bins] = nextafter (last, INFINITY);
  for (int64_t i = 0; i < n; i++)
    gsl_histogram_increment (bins, v[i]);
  for (int i = 0; i < n_bins; i++)
    count[i] = gsl_histogram_get (bins, (size_t) i);
  gsl_histogram_free (bins);
}

/* --- normal distribution --------------------------------------------------------------------------------------- */
void
rheo_normal_fit (int64_t n, double *v, RheoNormal *fit)
{
  *fit = (RheoNormal){ NAN, NAN, NAN, NAN };
  if (n < 1)
    return;
  gsl_sort (v, 1, (size_t) n);
  fit->mean = gsl_stats_mean (v, 1, (size_t) n);
  /* A running mean of equal numbers may miss them by its rounding. */
  fit->sd = v[0] < v[n - 1] ? gsl_stats_sd_with_fixed_mean (v, 1, (size_t) n, fit->mean) : 0;
  if (!(fit->sd > 0))
    return;
  fit->skewness = gsl_stats_skew_m_sd (v, 1, (size_t) n, fit->mean, fit->sd);
  fit->distance = 0;
  for (int64_t i = 0; i < n; i++)
    {
      const double p = gsl_cdf_gaussian_P (v[i] - fit->mean, fit->sd);

      fit->distance = MAX (fit->distance, MAX (p - (double) i / (double) n, (double) (i + 1) / (double) n - p));
    }
}

double
rheo_normal_density (const RheoNormal *fit, double x)
{
  return fit->sd > 0 ? gsl_ran_gaussian_pdf (x - fit->mean, fit->sd) : NAN;
}

/* --- exponential decay ----------------------------------------------------------------------------------------- */
#define MOST_STEPS 1000
#define N_CONSTANTS 3

typedef struct
{
  int n;
  const double *x, *y;
} Places;

static int
differ (const gsl_vector *constants, void *data, gsl_vector *out)
{
  const Places *p = data;
  const RheoDecay fit = { gsl_vector_get (constants, 0), gsl_vector_get (constants, 1), gsl_vector_get (constants, 2),
                          0 };

  for (int i = 0; i < p->n; i++)
    gsl_vector_set (out, (size_t) i, rheo_decay_value (&fit, p->x[i]) - p->y[i]);
  return GSL_SUCCESS;
}

static int
differentiate (const gsl_vector *constants, void *data, gsl_matrix *out)
{
  const Places *p = data;
  const double a = gsl_vector_get (constants, 0), b = gsl_vector_get (constants, 1);

  for (int i = 0; i < p->n; i++)
    {
      const double e = exp (-b * p->x[i]);

      gsl_matrix_set (out, (size_t) i, 0, e);
      gsl_matrix_set (out, (size_t) i, 1, -a * p->x[i] * e);
      gsl_matrix_set (out, (size_t) i, 2, -1);
    }
  return GSL_SUCCESS;
}

static RheoDecayEnd
judge (const Places *p, const RheoDecay *fit, int status)
{
  const double first = p->x[0], last = p->x[p->n - 1];
  const double fall = rheo_decay_value (fit, first) - rheo_decay_value (fit, last);

  if (!isfinite (fit->a) || !isfinite (fit->b) || !isfinite (fit->c))
    return RHEO_DECAY_DIVERGED;
  /* Of a straight line b goes to zero; of a constant nothing is left but c. */
  if (!(fit->a > 0) || !(fit->b * (last - first) > 1e-3) || !(fall > 1e-6 * fabs (fit->c)))
    return RHEO_DECAY_OTHER;
  /* No progress: rounding lets it come no nearer. */
  return status == GSL_SUCCESS || status == GSL_ENOPROG ? RHEO_DECAY_FOUND : RHEO_DECAY_DIVERGED;
}

static void
explain (const Places *p, RheoDecay *fit)
{
  const double all = gsl_stats_tss (p->y, 1, (size_t) p->n);
  double rest = 0;

  for (int i = 0; i < p->n; i++)
    rest += pow (rheo_decay_value (fit, p->x[i]) - p->y[i], 2);
  fit->explained = all > 0 ? 1 - rest / all : NAN;
}

RheoDecayEnd
rheo_decay_fit (int n, const double *x, const double *y, RheoDecay *fit)
{
  const gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters ();
  Places places = { n, x, y };
  gsl_multifit_nlinear_fdf system = {
    .f = differ, .df = differentiate, .n = (size_t) MAX (n, 0), .p = N_CONSTANTS, .params = &places
  };
  const double start[N_CONSTANTS] = { fit->a, fit->b, fit->c };
  gsl_vector_const_view from = gsl_vector_const_view_array (start, N_CONSTANTS);
  gsl_multifit_nlinear_workspace *work;
  RheoDecayEnd end = RHEO_DECAY_FEW;

  if (n > N_CONSTANTS)
    {
      const gsl_vector *found;
      int status, why;

      rheo_gsl_keep_quiet ();
      work = gsl_multifit_nlinear_alloc (gsl_multifit_nlinear_trust, &how, (size_t) n, N_CONSTANTS);
      gsl_multifit_nlinear_init (&from.vector, &system, work);
      status = gsl_multifit_nlinear_driver (MOST_STEPS, 1e-10, 1e-10, 0, NULL, NULL, &why, work);
      found = gsl_multifit_nlinear_position (work);
      *fit = (RheoDecay){ gsl_vector_get (found, 0), gsl_vector_get (found, 1), gsl_vector_get (found, 2), 0 };
      gsl_multifit_nlinear_free (work);
      end = judge (&places, fit, status);
    }
  if (end == RHEO_DECAY_FOUND)
    explain (&places, fit);
  else
    *fit = (RheoDecay){ NAN, NAN, NAN, NAN };
  return end;
}

double
rheo_decay_value (const RheoDecay *fit, double x)
{
  return fit->a * exp (-fit->b * x) - fit->c;
}

void
rheo_quartiles (int n, const double *x, double *quartile)
{
  g_autofree double *sorted = g_memdup2 (x, sizeof *x * (gsize) n);

  gsl_sort (sorted, 1, (size_t) n);
  for (int k = 0; k < 3; k++)
    quartile[k] = gsl_stats_quantile_from_sorted_data (sorted, 1, (size_t) n, 0.25 * (k + 1));
}

double *
rheo_dup_moving (int64_t n, const double *v, int size, gboolean median)
{
  gsl_movstat_workspace *work = gsl_movstat_alloc2 ((size_t) size - 1, 0);
  double *moved = g_new (double, MAX (n, 1));

  if (n > 0)
    {
      const gsl_vector_const_view from = gsl_vector_const_view_array (v, (size_t) n);
      gsl_vector_view to = gsl_vector_view_array (moved, (size_t) n);

      if (median)
        gsl_movstat_median (GSL_MOVSTAT_END_TRUNCATE, &from.vector, &to.vector, work);
      else
        gsl_movstat_mean (GSL_MOVSTAT_END_TRUNCATE, &from.vector, &to.vector, work);
    }
  gsl_movstat_free (work);
  return moved;
}

double
rheo_find_best_window (int64_t n, const double *v, int size, gboolean median)
{
  g_autofree double *moved = rheo_dup_moving (n, v, size, median);
  double best = 0;

  for (int64_t i = size - 1; i < n - 1; i++)
    best = MAX (best, moved[i]);
  return best;
}
