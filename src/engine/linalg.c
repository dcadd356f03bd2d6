#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "linalg.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
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

void dgemm_ (const char *ta, const char *tb, const int *m, const int *n, const int *k, const double *alpha,
             const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
             const int *ldc, size_t ta_length, size_t tb_length);
void dgesv_ (const int *n, const int *nrhs, double *a, const int *lda, int *pivot, double *b, const int *ldb,
             int *info);
void dposv_ (const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b, const int *ldb,
             int *info, size_t uplo_length);
void dsyevr_ (const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda,
              const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w,
              double *z, const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork,
              int *info, size_t jobz_length, size_t range_length, size_t uplo_length);

static bool
all_finite (size_t n, const double *a)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite (a[i]))
      return false;
  return true;
}

bool
rheo_eigenvalues (int n, double *a, double *re, double *im)
{
  double wanted = 0, unused = 0, *work;
  int one = 1, query = -1, size, info = 0;

  if (!all_finite ((size_t) n * (size_t) n, a))
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

/* Vector of mode k from LAPACK's columns, where a pair shares two: real and imaginary parts. sign: -1 conjugates. */
static void
unpack (int n, const double *column, int k, double imaginary, double sign, double *out)
{
  const double *re = column + (size_t) n * (size_t) (imaginary < 0 ? k - 1 : k), *im = re + n;

  for (int i = 0; i < n; i++)
    {
      out[2 * i] = re[i];
      out[2 * i + 1] = imaginary == 0 ? 0 : (imaginary < 0 ? -sign : sign) * im[i];
    }
}

/* Divides left by sum_i left_i right_i. */
static void
scale_left (int n, const double *right, double *left)
{
  double re = 0, im = 0, square;

  for (int i = 0; i < n; i++)
    {
      re += left[2 * i] * right[2 * i] - left[2 * i + 1] * right[2 * i + 1];
      im += left[2 * i] * right[2 * i + 1] + left[2 * i + 1] * right[2 * i];
    }
  square = re * re + im * im;
  for (int i = 0; square > 0 && i < n; i++)
    {
      const double a = left[2 * i], b = left[2 * i + 1];

      left[2 * i] = (a * re + b * im) / square;
      left[2 * i + 1] = (b * re - a * im) / square;
    }
}

bool
rheo_eigen (int n, double *a, double *re, double *im, double *right, double *left)
{
  const size_t square = (size_t) n * (size_t) n;
  double *vr = malloc (2 * square * sizeof *vr), *vl = vr + square, *wr = malloc (2 * (size_t) n * sizeof *wr),
         *wi = wr + n;
  double *work = NULL, wanted = 0;
  int *order = malloc ((size_t) n * sizeof *order), query = -1, size, info = 1;
  bool done = false;

  /* LAPACK sees the transpose: its right vectors are our left ones, conjugated. */
  if (vr != NULL && wr != NULL && order != NULL && all_finite (square, a))
    dgeev_ ("V", "V", &n, a, &n, wr, wi, vl, &n, vr, &n, &wanted, &query, &info, 1, 1);
  size = (int) wanted;
  work = info == 0 ? malloc ((size_t) size * sizeof *work) : NULL;
  if (work != NULL)
    dgeev_ ("V", "V", &n, a, &n, wr, wi, vl, &n, vr, &n, work, &size, &info, 1, 1);
  if (work != NULL && info == 0)
    {
      for (int k = 0; k < n; k++)
        {
          int j = k;

          for (; j > 0 && (wr[k] > wr[order[j - 1]] || (wr[k] == wr[order[j - 1]] && wi[k] > wi[order[j - 1]])); j--)
            order[j] = order[j - 1];
          order[j] = k;
        }
      for (int j = 0; j < n; j++)
        {
          double *r = right + 2 * (size_t) n * (size_t) j, *l = left + 2 * (size_t) n * (size_t) j;

          re[j] = wr[order[j]];
          im[j] = wi[order[j]];
          unpack (n, vl, order[j], im[j], -1, r);
          unpack (n, vr, order[j], im[j], 1, l);
          scale_left (n, r, l);
        }
      done = true;
    }
  free (work);
  free (order);
  free (wr);
  free (vr);
  return done;
}

void
rheo_multiply (bool transpose_a, bool transpose_b, int m, int n, int k, double alpha, const double *a, const double *b,
               double beta, double *c)
{
  const int lda = transpose_a ? m : k, ldb = transpose_b ? k : n;

  /* Row by row what LAPACK takes column by column: c' = b' a'. */
  dgemm_ (transpose_b ? "T" : "N", transpose_a ? "T" : "N", &n, &m, &k, &alpha, b, &ldb, a, &lda, &beta, c, &n, 1, 1);
}

bool
rheo_solve (int n, double *a, double *b)
{
  int *pivot = malloc ((size_t) n * sizeof *pivot), one = 1, info = 1;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      {
        const double swap = a[(size_t) i * (size_t) n + (size_t) j];

        a[(size_t) i * (size_t) n + (size_t) j] = a[(size_t) j * (size_t) n + (size_t) i];
        a[(size_t) j * (size_t) n + (size_t) i] = swap;
      }
  if (pivot != NULL)
    dgesv_ (&n, &one, a, &n, pivot, b, &n, &info);
  free (pivot);
  return info == 0;
}

bool
rheo_solve_positive (int n, double *a, int n_b, double *b)
{
  int info = 1;

  dposv_ ("U", &n, &n_b, a, &n, b, &n, &info, 1);
  return info == 0;
}

static void
covariance (int m, int n, const double *points, const double *mean, double *out)
{
  double *centred = malloc ((size_t) m * (size_t) n * sizeof *centred);

  for (int k = 0; centred != NULL && k < m; k++)
    for (int i = 0; i < n; i++)
      centred[(size_t) k * (size_t) n + (size_t) i] = points[(size_t) k * (size_t) n + (size_t) i] - mean[i];
  if (centred != NULL)
    rheo_multiply (true, false, n, n, m, 1.0 / m, centred, centred, 0, out);
  else
    out[0] = NAN;
  free (centred);
}

bool
rheo_directions (int n, double *a, int n_wanted, double *direction, double *variance)
{
  const int first = n - n_wanted + 1;
  const double zero = 0, most = 0;
  double *w = malloc ((size_t) n * sizeof *w), *z = malloc ((size_t) n * (size_t) n_wanted * sizeof *z);
  double *work = NULL, best = 0;
  int *support = malloc (2 * (size_t) n * sizeof *support), *iwork = NULL, size = -1, isize = -1, ibest = 0, found = 0;
  int info = 1;

  if (w != NULL && z != NULL && support != NULL && all_finite ((size_t) n * (size_t) n, a))
    dsyevr_ ("V", "I", "U", &n, a, &n, &zero, &most, &first, &n, &zero, &found, w, z, &n, support, &best, &size, &ibest,
             &isize, &info, 1, 1, 1);
  size = (int) best;
  isize = ibest;
  work = info == 0 ? malloc ((size_t) size * sizeof *work) : NULL;
  iwork = info == 0 ? malloc ((size_t) isize * sizeof *iwork) : NULL;
  info = 1;
  if (work != NULL && iwork != NULL)
    dsyevr_ ("V", "I", "U", &n, a, &n, &zero, &most, &first, &n, &zero, &found, w, z, &n, support, work, &size, iwork,
             &isize, &info, 1, 1, 1);
  for (int k = 0; info == 0 && k < n_wanted; k++)
    {
      const double *from = z + (size_t) n * (size_t) (n_wanted - 1 - k);
      double *to = direction + (size_t) n * (size_t) k;
      int largest = 0;

      for (int i = 0; i < n; i++)
        if (fabs (from[i]) > fabs (from[largest]))
          largest = i;
      for (int i = 0; i < n; i++)
        to[i] = from[largest] < 0 ? -from[i] : from[i];
      variance[k] = w[n_wanted - 1 - k];
    }
  free (w);
  free (z);
  free (support);
  free (work);
  free (iwork);
  return info == 0 && found == n_wanted;
}

bool
rheo_principal (int m, int n, const double *points, int n_wanted, double *mean, double *direction, double *variance)
{
  double *a = malloc ((size_t) n * (size_t) n * sizeof *a);
  bool done;

  for (int i = 0; i < n; i++)
    {
      mean[i] = 0;
      for (int k = 0; k < m; k++)
        mean[i] += points[(size_t) k * (size_t) n + (size_t) i] / m;
    }
  if (a != NULL)
    covariance (m, n, points, mean, a);
  done = a != NULL && rheo_directions (n, a, n_wanted, direction, variance);
  free (a);
  return done;
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

void
rheo_gsl_keep_quiet (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      gsl_set_error_handler_off ();
      g_once_init_leave (&done, 1);
    }
}
