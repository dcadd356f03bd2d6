/* Each slot of the fast kernels against the plain reference. With --bench: what the fast ones reach. */
#include "config.h"

#include "engine/kernels.h"
#include "engine/rng.h"

#include <float.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const RheoKernels *const ref = &rheo_kernels_ref, *const fast = &rheo_kernels_fast;
static const double eps = sizeof (RheoReal) == sizeof (float) ? FLT_EPSILON : DBL_EPSILON;
static const RheoReal guard = 12345;
static uint32_t n_drawn;

/* n normals, `density` of them kept, on a 64-byte boundary plus `shift` numbers, with a guard behind. */
static RheoReal *
numbers (size_t n, int shift, double density)
{
  RheoReal *x = aligned_alloc (RHEO_ALIGN, (n + 1 + 2 * RHEO_ALIGN) * sizeof *x / RHEO_ALIGN * RHEO_ALIGN + RHEO_ALIGN);
  const RheoRng rng = { .seed = 1, .iteration = n_drawn++ };

  rheo_rng_normals (rng, 0, 0, (int) n, x + shift);
  for (size_t i = 0; density < 1 && i < n; i++)
    if (rheo_rng_uniform (rng, 1, (uint32_t) i) >= density)
      x[i + (size_t) shift] = 0;
  x[n + (size_t) shift] = guard;
  return x + shift;
}

static void
drop (RheoReal *x, int shift)
{
  free (x - shift);
}

static RheoReal *
copy (const RheoReal *x, size_t n)
{
  RheoReal *y = g_new (RheoReal, n + 1);

  memcpy (y, x, (n + 1) * sizeof *x);
  return y;
}

/* Equal to tolerance, or both NaN, or the same infinity; and nothing was written behind the end. */
static void
assert_equal (const RheoReal *x, const RheoReal *y, size_t n, double tolerance)
{
  for (size_t i = 0; i < n; i++)
    {
      double a = (double) x[i], b = (double) y[i];

      if (isnan (a) || isnan (b))
        g_assert_true (isnan (a) && isnan (b));
      else if (isinf (a) || isinf (b))
        g_assert_true (a == b);
      else
        g_assert_cmpfloat (fabs (a - b), <=, tolerance * (1 + fabs (b)));
    }
  g_assert_true (x[n] == guard && y[n] == guard);
}

static int
pick (uint32_t step, int n)
{
  return (int) rheo_rng_below ((RheoRng){ .seed = 2, .iteration = n_drawn++ }, step, 0, (uint32_t) n);
}

/* A processor that OpenBLAS does not know must not be left with its plainest kernel. */
char *openblas_get_corename (void) __attribute__ ((weak));

static void
test_blas_core (void)
{
#ifdef __x86_64__
  if (openblas_get_corename == NULL || g_getenv ("OPENBLAS_CORETYPE") != NULL || !__builtin_cpu_supports ("avx2")
      || !__builtin_cpu_supports ("fma"))
    g_test_skip ("another BLAS, another processor, or a core chosen by hand");
  else
    g_assert_cmpstr (openblas_get_corename (), !=, "Prescott");
#else
  g_test_skip ("another processor");
#endif
}

/* --- gemm ---------------------------------------------------------------------------------------------------- */

static void
check_gemm (bool ta, bool tb, int m, int n, int k, int extra, RheoReal beta, bool dirty)
{
  const int lda = (ta ? m : k) + extra, ldb = (tb ? k : n) + extra, ldc = n + extra;
  const size_t size = (size_t) m * (size_t) ldc;
  RheoReal *a = numbers ((size_t) (ta ? k : m) * (size_t) lda, 0, 1),
           *b = numbers ((size_t) (tb ? n : k) * (size_t) ldb, 1, 1);
  RheoReal *c = numbers (size, 0, 1);
  g_autofree RheoReal *expected = NULL;

  if (dirty && size > 0)
    c[0] = NAN;
  if (dirty && k > 0 && m > 0)
    a[0] = INFINITY;
  expected = copy (c, size);
  ref->gemm (ta, tb, m, n, k, a, lda, b, ldb, beta, expected, ldc);
  fast->gemm (ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc);
  assert_equal (c, expected, size, eps * (8 + 2 * k));
  drop (a, 0);
  drop (b, 1);
  drop (c, 0);
}

static void
check_direct_product (bool ta, bool starts, bool turns, int m, int n, int k, int extra)
{
  const int wide = RHEO_PADDED (n), ldb = wide + extra, ldc = ldb, ld_turned = RHEO_PADDED (k) + extra;
  const int lda = ta ? m + extra : ld_turned;
  const size_t size = (size_t) m * (size_t) ldc;
  RheoReal *a = numbers ((size_t) (ta ? k : m) * (size_t) lda, 0, 1), *b = numbers ((size_t) k * (size_t) ldb, 1, 1);
  RheoReal *c = numbers (size, 0, 1), *row = numbers ((size_t) wide, 0, 1), *start = starts ? row : NULL;
  g_autofree RheoReal *expected = copy (c, size), *turned = g_new0 (RheoReal, n * ld_turned);
  ref->transpose (k, n, b, ldb, turned, ld_turned);
  ref->direct_product (ta, m, n, k, a, lda, b, ldb, turns ? turned : NULL, ld_turned, start, expected, ldc);
  fast->direct_product (ta, m, n, k, a, lda, b, ldb, turns ? turned : NULL, ld_turned, start, c, ldc);
  /* What lies beyond the columns, up to the padding, may be anything. */
  for (int i = 0; i < m; i++)
    memcpy (c + i * ldc + n, expected + i * ldc + n, sizeof *c * (size_t) (wide - n));
  assert_equal (c, expected, size, eps * (8 + 2 * k));
  drop (a, 0);
  drop (b, 1);
  drop (c, 0);
  drop (row, 0);
}

static void
test_direct_product (void)
{
  const int inner[] = { 0, 1, 3, 50, 96, 97, 200 };
  for (int ta = 0; ta < 2; ta++)
    for (int n = 1; n <= 9 * RHEO_PAD; n += 3)
      for (int m = 0; m < 20; m++)
        check_direct_product (ta, pick (0, 2), pick (1, 2), m, n, inner[pick (2, G_N_ELEMENTS (inner))], pick (3, 3));
}

static void
test_gemm (void)
{
  const int sizes[] = { 0, 1, 2, 3, 5, 8, 16, 17, 33, 64, 100, 257 };
  const RheoReal betas[] = { 0, 1, (RheoReal) 0.5 };

  for (int form = 0; form < 4; form++)
    {
      for (int i = 0; i < 300; i++)
        check_gemm (form & 1, form & 2, sizes[pick (0, G_N_ELEMENTS (sizes))], sizes[pick (1, G_N_ELEMENTS (sizes))],
                    sizes[pick (2, G_N_ELEMENTS (sizes))], pick (3, 2) * pick (4, 20), betas[i % 3], false);
      for (int m = 1; m < 10; m += 4)
        for (int n = 1; n < 10; n += 4)
          for (int k = 1; k < 10; k += 4)
            check_gemm (form & 1, form & 2, m, n, k, 3, 0, true);
      for (int narrow = 1; narrow < 6; narrow++)
        for (int k = 0; k < 10; k++)
          {
            check_gemm (form & 1, form & 2, narrow, 600, k, k, k % 3, false);
            check_gemm (form & 1, form & 2, 530, narrow, k, k, k % 3, false);
          }
      check_gemm (form & 1, form & 2, 40, 2, 300, 14, 1, false);
      check_gemm (form & 1, form & 2, 2, 40, 300, 14, 1, false);
      check_gemm (form & 1, form & 2, 300, 40, 2, 14, 1, false);
      check_gemm (form & 1, form & 2, 30, 20, 10, 0, 0, true);
    }
}

/* --- events -------------------------------------------------------------------------------------------------- */

static void
check_add_rows (int n_units, int n_list, int n, int extra, int shift, bool dirty)
{
  const int ldw = n + extra;
  RheoReal *w = numbers ((size_t) n_units * (size_t) ldw, shift, 1), *c = numbers ((size_t) n, shift, 1);
  g_autofree int32_t *list = g_new (int32_t, n_list + 1);
  g_autofree RheoReal *expected = copy (c, (size_t) n);

  for (int i = 0; i < n_list; i++)
    list[i] = pick (5, n_units);
  if (dirty && n_list > 0 && n > 0)
    {
      w[(size_t) list[0] * (size_t) ldw] = NAN;
      w[(size_t) list[n_list - 1] * (size_t) ldw + (size_t) n - 1] = -INFINITY;
    }
  ref->add_rows (n_list, list, w, ldw, n, expected);
  fast->add_rows (n_list, list, w, ldw, n, c);
  assert_equal (c, expected, (size_t) n, eps * (4 + 2 * n_list));
  drop (w, shift);
  drop (c, shift);
}

static void
test_add_rows (void)
{
  const int sizes[] = { 0, 1, 7, 15, 16, 17, 63, 64, 65, 128, 130, 256, 300, 1000, 1008 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int n_list = 0; n_list < 40; n_list += 1 + n_list / 12)
      check_add_rows (50, n_list, sizes[i], pick (6, 2) * pick (7, 20), pick (8, 3), n_list % 5 == 4);
  check_add_rows (1000, 200, 1000, 8, 0, false);
}

static void
check_bits (int n, double density, int shift)
{
  const int n_words = (n + 63) / 64;
  RheoReal *x = numbers ((size_t) n, shift, density);
  g_autofree uint64_t *bits = g_new (uint64_t, n_words + 1), *expected = g_new (uint64_t, n_words + 1);
  g_autofree int32_t *list = g_new (int32_t, n + 1), *expected_list = g_new (int32_t, n + 1);
  int n_set;

  for (int i = 0; i < n; i++)
    switch (pick (9, 12))
      {
      case 0:
        x[i] = (RheoReal) -0.;
        break;
      case 1:
        x[i] = NAN;
        break;
      case 2:
        x[i] = (RheoReal) (sizeof (RheoReal) == sizeof (float) ? FLT_TRUE_MIN : DBL_TRUE_MIN);
        break;
      case 3:
        x[i] = INFINITY;
        break;
      }
  bits[n_words] = expected[n_words] = UINT64_MAX;
  list[n] = -1;
  g_assert_cmpint (ref->pack_bits (n, x, expected), ==, fast->pack_bits (n, x, bits));
  g_assert_cmpmem (bits, (size_t) n_words * 8 + 8, expected, (size_t) n_words * 8 + 8);
  n_set = ref->list_bits (n_words, expected, expected_list);
  g_assert_cmpint (fast->list_bits (n_words, bits, list), ==, n_set);
  g_assert_cmpmem (list, (size_t) n_set * sizeof *list, expected_list, (size_t) n_set * sizeof *list);
  for (int i = 0, k = 0; i < n; i++)
    if (x[i] != 0)
      g_assert_cmpint (list[k++], ==, i);
  g_assert_cmpint (list[n], ==, -1);
  drop (x, shift);
}

static void
test_bits (void)
{
  for (int n = 0; n < 200; n++)
    check_bits (n, n % 3 / 2., n % 4);
  check_bits (1000, 0.02, 0);
  check_bits (4096, 1, 1);
}

/* --- sparse adjoint ------------------------------------------------------------------------------------------ */

typedef struct
{
  int64_t *first;
  int32_t *target;
  RheoReal *w;
} Sparse;

static Sparse
sparse (int n_pre, int n_post, double density)
{
  const RheoRng rng = { .seed = 3, .iteration = n_drawn++ };
  Sparse s = { g_new (int64_t, n_pre + 1), g_new (int32_t, (gsize) n_pre * (gsize) n_post + 1), NULL };
  int64_t n = 0;

  for (int j = 0; j < n_pre; j++)
    {
      s.first[j] = n;
      for (int i = 0; i < n_post; i++)
        if (rheo_rng_uniform (rng, (uint32_t) j, (uint32_t) i) < density)
          s.target[n++] = i;
    }
  s.first[n_pre] = n;
  s.w = numbers ((size_t) n, 0, 1);
  return s;
}

static void
sparse_free (Sparse s)
{
  g_free (s.first);
  g_free (s.target);
  drop (s.w, 0);
}

static void
check_adjoint (int n_pre, int n_post, int n_rows, int extra, double density, bool dirty)
{
  const int columns = RHEO_PADDED (n_rows), ld = columns + extra;
  Sparse s = sparse (n_pre, n_post, density);
  RheoReal *d = numbers ((size_t) n_post * (size_t) ld, 0, 1), *c = numbers ((size_t) n_pre * (size_t) ld, 0, 1);
  g_autofree RheoReal *expected = NULL;

  if (dirty)
    d[0] = NAN;
  expected = copy (c, (size_t) n_pre * (size_t) ld);
  ref->sparse_adjoint (n_pre, s.first, s.target, s.w, columns, d, expected, ld);
  fast->sparse_adjoint (n_pre, s.first, s.target, s.w, n_rows, d, c, ld);
  assert_equal (c, expected, (size_t) n_pre * (size_t) ld, eps * (8 + 2 * n_post));
  drop (d, 0);
  drop (c, 0);
  sparse_free (s);
}

static void
test_sparse_adjoint (void)
{
  for (int n_rows = 0; n_rows < 150; n_rows += 1 + n_rows / 8)
    {
      check_adjoint (31, 40, n_rows, 0, 0.2, n_rows % 7 == 3);
      check_adjoint (5, 64, n_rows, RHEO_PAD, 1, false);
      check_adjoint (9, 3, n_rows, 2 * RHEO_PAD, 0, false);
    }
  check_adjoint (0, 4, 3, 0, 0.5, false);
  check_adjoint (300, 300, 25, 0, 0.2, false);
}

/* --- whole matrices and vectors ------------------------------------------------------------------------------- */

static void
test_transpose (void)
{
  const int sizes[] = { 0, 1, 3, 4, 5, 8, 15, 16, 17, 31, 64, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        const int m = sizes[i], n = sizes[j], lda = n + pick (10, 5), ldb = m + pick (11, 5);
        RheoReal *a = numbers ((size_t) m * (size_t) lda, 1, 1), *b = numbers ((size_t) n * (size_t) ldb, 1, 1);
        g_autofree RheoReal *expected = copy (b, (size_t) n * (size_t) ldb);

        if (m > 0 && n > 0)
          a[0] = NAN;
        ref->transpose (m, n, a, lda, expected, ldb);
        fast->transpose (m, n, a, lda, b, ldb);
        assert_equal (b, expected, (size_t) n * (size_t) ldb, 0);
        drop (a, 1);
        drop (b, 1);
      }
}

static void
test_axpy (void)
{
  for (int n = 0; n < 300; n += 1 + n / 20)
    for (int dirty = 0; dirty < 2; dirty++)
      {
        RheoReal *x = numbers ((size_t) n, n % 3, 1), *w = numbers ((size_t) n, n % 2, 1);
        g_autofree RheoReal *expected = NULL;

        if (dirty && n > 1)
          {
            x[n - 1] = INFINITY;
            w[n / 2] = NAN;
          }
        expected = copy (w, (size_t) n);
        ref->axpy (n, (RheoReal) -1.25, x, expected);
        fast->axpy (n, (RheoReal) -1.25, x, w);
        assert_equal (w, expected, (size_t) n, 4 * eps);
        drop (x, n % 3);
        drop (w, n % 2);
      }
}

static void
check_rank1 (int n_pre, int n_post, double pre_density, double x_density)
{
  const int ldw = n_post + pick (12, 2) * pick (13, 9);
  RheoReal *pre = numbers ((size_t) n_pre, 0, pre_density), *post = numbers ((size_t) n_post, 1, 1);
  RheoReal *x = numbers ((size_t) n_pre, 0, x_density), *c = numbers ((size_t) n_post, 0, 1);
  RheoReal *w = numbers ((size_t) n_pre * (size_t) ldw, 0, 1);
  g_autofree RheoReal *expected_w = copy (w, (size_t) n_pre * (size_t) ldw), *expected = copy (c, (size_t) n_post);

  ref->rank1_product (n_pre, n_post, (RheoReal) 0.3, pre, post, x, expected_w, ldw, expected);
  fast->rank1_product (n_pre, n_post, (RheoReal) 0.3, pre, post, x, w, ldw, c);
  assert_equal (w, expected_w, (size_t) n_pre * (size_t) ldw, 8 * eps);
  assert_equal (c, expected, (size_t) n_post, eps * (16 + 4 * n_pre));
  drop (pre, 0);
  drop (post, 1);
  drop (x, 0);
  drop (c, 0);
  drop (w, 0);
}

static void
test_rank1_product (void)
{
  const int sizes[] = { 0, 1, 2, 3, 4, 5, 9, 16, 33, 150 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        check_rank1 (sizes[i], sizes[j], 1, 1);
        check_rank1 (sizes[i], sizes[j], 0.5, 0.1);
        check_rank1 (sizes[i], sizes[j], 0, 0.5);
        check_rank1 (sizes[i], sizes[j], 0.5, 0);
      }
}

typedef enum
{
  ADAM,
  MOMENTUM,
  SGD,
  RMSPROP,
} Kind;

static void
step (const RheoKernels *kernels, Kind kind, int variant, int n, RheoReal *w, const RheoReal *g, RheoReal *m,
      RheoReal *v)
{
  const RheoReal l2 = (RheoReal) (variant & 1 ? 0.01 : 0), scale = (RheoReal) (variant & 2 ? 0.25 : 1);
  const RheoAdam adam = { scale,           l2, (RheoReal) 0.9,  (RheoReal) 0.99,
                          (RheoReal) 0.05, 7,  (RheoReal) 1e-8, (RheoReal) (variant & 4 ? 0.02 : 0) };
  const RheoMomentum momentum = { scale, l2, (RheoReal) 0.1, (RheoReal) 0.8, variant & 4 };
  const RheoRmsprop rmsprop = { scale, l2, (RheoReal) 0.01, (RheoReal) 0.95, (RheoReal) 1e-6 };

  switch (kind)
    {
    case ADAM:
      kernels->adam (n, w, g, m, v, &adam);
      break;
    case MOMENTUM:
      kernels->momentum (n, w, g, m, &momentum);
      break;
    case SGD:
      kernels->momentum (n, w, g, NULL, &momentum);
      break;
    case RMSPROP:
      kernels->rmsprop (n, w, g, v, &rmsprop);
      break;
    }
}

static void
test_optimisers (void)
{
  for (int n = 0; n < 300; n += 1 + n / 10)
    for (int variant = 0; variant < 8; variant++)
      for (Kind kind = ADAM; kind <= RMSPROP; kind++)
        {
          RheoReal *w = numbers ((size_t) n, n % 2, 1), *g = numbers ((size_t) n, n % 3, 0.8);
          RheoReal *m = numbers ((size_t) n, 0, 1), *v = numbers ((size_t) n, 0, 1);
          g_autofree RheoReal *w2 = NULL, *m2 = NULL, *v2 = NULL;

          for (int i = 0; i < n; i++)
            v[i] *= v[i];
          if (n > 4)
            {
              /* Nothing has happened yet: the step is 0, not 0 / 0. */
              g[0] = w[0] = m[0] = v[0] = 0;
              g[1] = NAN;
              g[2] = INFINITY;
              g[3] = (RheoReal) 1e-30;
              m[3] = v[3] = 0;
            }
          w2 = copy (w, (size_t) n), m2 = copy (m, (size_t) n), v2 = copy (v, (size_t) n);
          step (ref, kind, variant, n, w2, g, m2, v2);
          step (fast, kind, variant, n, w, g, m, v);
          assert_equal (w, w2, (size_t) n, 32 * eps);
          assert_equal (m, m2, (size_t) n, 8 * eps);
          assert_equal (v, v2, (size_t) n, 8 * eps);
          if (n > 4)
            g_assert_true (w[0] == 0 && isfinite (w[3]));
          drop (w, n % 2);
          drop (g, n % 3);
          drop (m, 0);
          drop (v, 0);
        }
}

static void
test_keep (void)
{
  for (int n = 0; n < 1200; n += 1 + n / 10)
    for (int sign = -1; sign <= 1; sign++)
      for (int masked = 0; masked < 2; masked++)
        {
          RheoReal *w = numbers ((size_t) n, n % 3, 0.8);
          g_autofree RheoReal *expected = NULL;
          g_autofree uint8_t *mask = g_new (uint8_t, n + 1);
          int64_t zero = 5, wrong = 7, expected_zero = 5, expected_wrong = 7;

          for (int i = 0; i < n; i++)
            mask[i] = pick (14, 3) > 0;
          if (n > 8)
            {
              w[1] = NAN;
              w[2] = INFINITY;
              w[3] = -INFINITY;
              w[4] = (RheoReal) -0.;
              w[5] = -(RheoReal) FLT_TRUE_MIN;
            }
          expected = copy (w, (size_t) n);
          ref->keep (n, expected, masked ? mask : NULL, sign, &expected_zero, &expected_wrong);
          fast->keep (n, w, masked ? mask : NULL, sign, &zero, &wrong);
          assert_equal (w, expected, (size_t) n, 0);
          g_assert_cmpint (zero, ==, expected_zero);
          g_assert_cmpint (wrong, ==, expected_wrong);
          ref->clamp (n, (RheoReal) -0.5, (RheoReal) 0.25, expected);
          fast->clamp (n, (RheoReal) -0.5, (RheoReal) 0.25, w);
          assert_equal (w, expected, (size_t) n, 0);
          for (int i = 0; i < n; i++)
            g_assert_true (isnan (w[i]) || (w[i] >= (RheoReal) -0.5 && w[i] <= (RheoReal) 0.25));
          drop (w, n % 3);
        }
}

static void
test_sum_squares (void)
{
  for (int n = 0; n < 2000; n += 1 + n / 10)
    for (int n_rows = 1; n_rows < (n < 100 ? 7 : 2); n_rows++)
      {
        const int ld = n + n_rows % 3;
        RheoReal *x = numbers ((size_t) (n_rows * ld), n % 3, 1);
        double expected = ref->sum_squares (n_rows, ld, n, x);

        g_assert_cmpfloat (fabs (fast->sum_squares (n_rows, ld, n, x) - expected), <=, 1e-13 * (1 + expected));
        if (n > 0)
          {
            x[n / 2] = (RheoReal) 1e30; /* whose square fits into a double */
            expected = ref->sum_squares (n_rows, ld, n, x);
            g_assert_cmpfloat (fabs (fast->sum_squares (n_rows, ld, n, x) / expected - 1), <=, 1e-13);
            x[n / 2] = NAN;
            g_assert_true (isnan (fast->sum_squares (n_rows, ld, n, x)));
            x[n / 2] = INFINITY;
            g_assert_true (isinf (fast->sum_squares (n_rows, ld, n, x)));
          }
        drop (x, n % 3);
      }
}

/* --- bench --------------------------------------------------------------------------------------------------- */

typedef struct
{
  int m, n, k, n_list, ld;
  RheoReal *a, *b, *c, *d;
  int32_t *list;
  uint64_t *bits;
  Sparse s;
} Work;

static void
bench (const char *name, const char *unit, double amount, void (*fn) (Work *), Work *work)
{
  double best = G_MAXDOUBLE;

  for (gint64 begin = g_get_monotonic_time (); g_get_monotonic_time () - begin < 150000;)
    {
      gint64 t = g_get_monotonic_time ();
      int n = 0;

      do
        {
          fn (work);
          n++;
        }
      while (g_get_monotonic_time () - t < 2000);
      best = MIN (best, (double) (g_get_monotonic_time () - t) * 1e-6 / n);
    }
  g_print ("%-44s %9.2f us %8.2f %s\n", name, best * 1e6, amount / best * 1e-9, unit);
}

static void
run_gemm (Work *p)
{
  fast->gemm (false, false, p->m, p->n, p->k, p->a, p->k, p->b, RHEO_PADDED (p->n), 0, p->c, RHEO_PADDED (p->n));
}

static void
run_small (Work *p)
{
  fast->direct_product (false, p->m, RHEO_PADDED (p->n), p->k, p->a, RHEO_PADDED (p->k), p->b, RHEO_PADDED (p->n), NULL,
                        0, NULL, p->c, RHEO_PADDED (p->n));
}

static void
run_small_ta (Work *p)
{
  fast->direct_product (true, p->m, RHEO_PADDED (p->n), p->k, p->a, RHEO_PADDED (p->m), p->b, RHEO_PADDED (p->n), NULL,
                        0, NULL, p->c, RHEO_PADDED (p->n));
}

static void
run_gemm_ta (Work *p)
{
  fast->gemm (true, false, p->m, p->n, p->k, p->a, RHEO_PADDED (p->m), p->b, RHEO_PADDED (p->n), 1, p->c,
              RHEO_PADDED (p->n));
}

static void
run_gemm_tb (Work *p)
{
  fast->gemm (false, true, p->m, p->n, p->k, p->a, p->k, p->b, RHEO_PADDED (p->k), 0, p->c, RHEO_PADDED (p->n));
}

static void
run_add_rows (Work *p)
{
  fast->add_rows (p->n_list, p->list, p->a, p->ld, p->n, p->c);
}

static void
run_pack (Work *p)
{
  fast->pack_bits (p->n, p->a, p->bits);
}

static void
run_list (Work *p)
{
  fast->list_bits (p->n / 64, p->bits, p->list);
}

static void
run_adjoint (Work *p)
{
  fast->sparse_adjoint (p->m, p->s.first, p->s.target, p->s.w, p->n, p->a, p->c, p->ld);
}

static void
run_transpose (Work *p)
{
  fast->transpose (p->m, p->n, p->a, p->n, p->c, p->m);
}

static void
run_axpy (Work *p)
{
  fast->axpy (p->n, (RheoReal) 1e-9, p->a, p->c);
}

static void
run_rank1 (Work *p)
{
  fast->rank1_product (p->m, p->n, (RheoReal) 1e-9, p->b, p->d, p->b, p->a, p->n, p->c);
}

static void
run_adam (Work *p)
{
  step (fast, ADAM, 0, p->n, p->a, p->b, p->c, p->d);
}

static void
run_momentum (Work *p)
{
  step (fast, MOMENTUM, 0, p->n, p->a, p->b, p->c, p->d);
}

static void
run_squares (Work *p)
{
  volatile double sum = fast->sum_squares (1, 0, p->n, p->a);

  (void) sum;
}

static void
run_normals (Work *p)
{
  rheo_rng_normals ((RheoRng){ .seed = 1 }, 0, 0, p->n, p->a);
}

static int
bench_all (void)
{
  const size_t million = 1008 * 1008, size = sizeof (RheoReal);
  Work p = { .a = numbers (million, 0, 1),
             .b = numbers (million, 0, 1),
             .c = numbers (million, 0, 1),
             .d = numbers (million, 0, 1),
             .list = g_new (int32_t, million),
             .bits = g_new (uint64_t, million / 64) };
  static const struct
  {
    const char *name;
    void (*fn) (Work *);
    int m, n, k;
  } products[] = {
    { "gemm 25 x 1000 x 2 (input)", run_gemm, 25, 1000, 2 },
    { "gemm 750 x 1000 x 2", run_gemm, 750, 1000, 2 },
    { "gemm 750 x 2 x 1000 (read-out)", run_gemm, 750, 2, 1000 },
    { "gemm 750 x 20 x 256", run_gemm, 750, 20, 256 },
    { "gemm 1 x 256 x 256", run_gemm, 1, 256, 256 },
    { "gemm 8 x 100 x 100", run_gemm, 8, 100, 100 },
    { "small product 8 x 100 x 100", run_small, 8, 100, 100 },
    { "gemm 8 x 50 x 50", run_gemm, 8, 50, 50 },
    { "small product 8 x 50 x 50", run_small, 8, 50, 50 },
    { "gemm 50 x 50 x 1600, a' (dW)", run_gemm_ta, 50, 50, 1600 },
    { "small product 50 x 50 x 1600, a' (dW)", run_small_ta, 50, 50, 1600 },
    { "gemm 100 x 100 x 1600, a' (dW)", run_gemm_ta, 100, 100, 1600 },
    { "small product 100 x 100 x 1600, a' (dW)", run_small_ta, 100, 100, 1600 },
    { "gemm 25 x 1000 x 1000", run_gemm, 25, 1000, 1000 },
    { "gemm 25 x 256 x 256", run_gemm, 25, 256, 256 },
    { "gemm 1000 x 2 x 750, a' (read-out dW)", run_gemm_ta, 1000, 2, 750 },
    { "gemm 2 x 1000 x 750, a' (input dW)", run_gemm_ta, 2, 1000, 750 },
    { "gemm 1000 x 1000 x 750, a' (dW)", run_gemm_ta, 1000, 1000, 750 },
    { "gemm 256 x 256 x 750, a' (dW)", run_gemm_ta, 256, 256, 750 },
    { "gemm 25 x 1000 x 1000, b' (delta)", run_gemm_tb, 25, 1000, 1000 },
    { "gemm 750 x 1000 x 2, b' (read-out delta)", run_gemm_tb, 750, 1000, 2 },
    { "gemm 25 x 1000 x 2, b'", run_gemm_tb, 25, 1000, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (products); i++)
    {
      p.m = products[i].m, p.n = products[i].n, p.k = products[i].k;
      bench (products[i].name, "GFLOP/s", 2. * p.m * p.n * p.k, products[i].fn, &p);
    }
  for (int n = 256; n <= 1000; n += 744)
    for (int n_list = 5; n_list <= 125; n_list *= 5)
      {
        g_autofree char *name = g_strdup_printf ("add_rows %d of %d", n_list, n);

        p.n = n, p.ld = RHEO_PADDED (n), p.n_list = n_list;
        for (int i = 0; i < n_list; i++)
          p.list[i] = (int32_t) ((int64_t) i * n / n_list);
        bench (name, "GB/s", (double) n * n_list * (double) size, run_add_rows, &p);
      }
  p.n = 1 << 15;
  for (int i = 0; i < p.n; i++)
    p.a[i] = i % 50 == 7;
  bench ("pack_bits, 2 % set", "numbers/ns", p.n, run_pack, &p);
  run_pack (&p);
  bench ("list_bits, 2 % set", "numbers/ns", p.n, run_list, &p);
  for (int rows = 16; rows <= 64; rows += 16)
    for (int n = 256; n <= 1000; n += 744)
      {
        const int used = rows == 32 ? 25 : rows;
        g_autofree char *name = g_strdup_printf ("sparse_adjoint %d, 20 %%, %d rows", n, used);

        p.s = sparse (n, n, 0.2);
        p.m = n, p.n = used, p.ld = rows;
        bench (name, "GFLOP/s", 2. * (double) p.s.first[n] * used, run_adjoint, &p);
        sparse_free (p.s);
      }
  p.m = 1000, p.n = 25;
  bench ("transpose 1000 x 25", "GB/s", 2. * p.m * p.n * (double) size, run_transpose, &p);
  p.m = 25, p.n = 1000;
  bench ("transpose 25 x 1000", "GB/s", 2. * p.m * p.n * (double) size, run_transpose, &p);
  p.m = 1000, p.n = 1000;
  bench ("transpose 1000 x 1000", "GB/s", 2. * p.m * p.n * (double) size, run_transpose, &p);
  p.n = 1 << 14;
  bench ("axpy 16k", "GB/s", 3. * p.n * (double) size, run_axpy, &p);
  p.m = p.n = 500;
  bench ("rank1_product 500 x 500", "GB/s", 2. * p.m * p.n * (double) size, run_rank1, &p);
  p.m = p.n = 1000;
  bench ("rank1_product 1000 x 1000", "GB/s", 2. * p.m * p.n * (double) size, run_rank1, &p);
  for (size_t i = 0; i < million; i++)
    p.d[i] = fabs (p.d[i]);
  for (int n = 1 << 14; n <= 1000000; n = n == 1 << 14 ? 1000000 : 2000000)
    {
      g_autofree char *a = g_strdup_printf ("adam %d", n), *b = g_strdup_printf ("momentum %d", n);
      g_autofree char *c = g_strdup_printf ("sum_squares %d", n);

      p.n = n;
      bench (a, "GB/s", 7. * p.n * (double) size, run_adam, &p);
      bench (b, "GB/s", 5. * p.n * (double) size, run_momentum, &p);
      bench (c, "GB/s", p.n * (double) size, run_squares, &p);
    }
  p.n = 1 << 14;
  bench ("rng_normals", "numbers/ns", p.n, run_normals, &p);
  drop (p.a, 0);
  drop (p.b, 0);
  drop (p.c, 0);
  drop (p.d, 0);
  g_free (p.list);
  g_free (p.bits);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--bench") == 0)
    return bench_all ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/blas-core", test_blas_core);
  g_test_add_func ("/kernels/gemm", test_gemm);
  g_test_add_func ("/kernels/direct-product", test_direct_product);
  g_test_add_func ("/kernels/add-rows", test_add_rows);
  g_test_add_func ("/kernels/bits", test_bits);
  g_test_add_func ("/kernels/sparse-adjoint", test_sparse_adjoint);
  g_test_add_func ("/kernels/transpose", test_transpose);
  g_test_add_func ("/kernels/axpy", test_axpy);
  g_test_add_func ("/kernels/rank1-product", test_rank1_product);
  g_test_add_func ("/kernels/optimisers", test_optimisers);
  g_test_add_func ("/kernels/keep", test_keep);
  g_test_add_func ("/kernels/sum-squares", test_sum_squares);
  return g_test_run ();
}
