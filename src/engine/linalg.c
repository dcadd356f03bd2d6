#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "linalg.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* LAPACK of OpenBLAS, in the calling convention of Fortran. */
void dgeev_ (const char *jobvl, const char *jobvr, const int *n, double *a, const int *lda, double *wr, double *wi,
             double *vl, const int *ldvl, double *vr, const int *ldvr, double *work, const int *lwork, int *info,
             size_t jobvl_length, size_t jobvr_length);
void dgeqrf_ (const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
              int *info);
void dorgqr_ (const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
              const int *lwork, int *info);

bool
rheo_eigenvalues (int n, double *a, double *re, double *im)
{
  double wanted = 0, unused = 0, *work;
  int one = 1, query = -1, size, info = 0;

  for (size_t i = 0; i < (size_t) n * (size_t) n; i++)
    if (!isfinite (a[i]))
      return false;
  dgeev_ ("N", "N", &n, a, &n, re, im, &unused, &one, &unused, &one, &wanted, &query, &info, 1, 1);
  if (info != 0)
    return false;
  size = (int) wanted;
  work = malloc ((size_t) size * sizeof *work);
  if (work == NULL)
    return false;
  dgeev_ ("N", "N", &n, a, &n, re, im, &unused, &one, &unused, &one, work, &size, &info, 1, 1);
  free (work);
  return info == 0;
}

void
rheo_orthonormal (int m, int n, double *a, double *work)
{
  const int size = 64 * n;
  double *tau = work, *negative = work + n, *rest = work + 2 * (size_t) n;
  int info = 0;

  dgeqrf_ (&m, &n, a, &m, tau, rest, &size, &info);
  for (int k = 0; k < n; k++)
    negative[k] = a[(size_t) k * (size_t) m + (size_t) k] < 0;
  dorgqr_ (&m, &n, &n, a, &m, tau, rest, &size, &info);
  for (int k = 0; k < n; k++)
    for (int i = 0; negative[k] != 0 && i < m; i++)
      a[(size_t) k * (size_t) m + (size_t) i] *= -1;
}

int
rheo_mean_interval (const double *value, int n, double *mean, double *lo, double *hi)
{
  double sum = 0, squares = 0, half;
  int count = 0;

  *mean = *lo = *hi = NAN;
  for (int i = 0; i < n; i++)
    if (!isnan (value[i]))
      {
        sum += value[i];
        count++;
      }
  if (count == 0)
    return 0;
  *mean = sum / count;
  if (count == 1)
    return 1;
  for (int i = 0; i < n; i++)
    if (!isnan (value[i]))
      squares += (value[i] - *mean) * (value[i] - *mean);
  half = gsl_cdf_tdist_Pinv (0.975, count - 1) * sqrt (squares / (count - 1) / count);
  *lo = *mean - half;
  *hi = *mean + half;
  return count;
}
