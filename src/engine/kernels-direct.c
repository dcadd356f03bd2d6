#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels-direct.h"

#include "kernels.h"

/* Blocks of the result stay in registers over the whole inner size. BLAS packs its operands first, which costs more than
 * a product of this size: of small matrices, or of few rows. */

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

#define ROWS 4
/* Inner size that is taken at once where it is larger than a small matrix, or transposed: its rows of b stay in the
 * first-level cache. */
#define INNER 96
#define INNER_OF_SMALL 128

/* c[r][v] = start[v] + sum over l of a[r row_step + l step] b[l][v], of n_rows x n_vectors; start NULL: c[r][v] itself. */
RHEO_ALWAYS_INLINE void
block (const int n_rows, const int n_vectors, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b,
       size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)
{
  Vector sum[ROWS][4];

#pragma GCC unroll 4
  for (int r = 0; r < n_rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      sum[r][v] = ((const LooseVector *) (start != NULL ? start : c + (size_t) r * ldc))[v];
  for (int l = 0; l < k; l++)
    {
      const LooseVector *from = (const LooseVector *) (b + (size_t) l * ldb);

#pragma GCC unroll 4
      for (int r = 0; r < n_rows; r++)
        {
          const RheoReal x = a[(size_t) r * row_step + (size_t) l * step];

#pragma GCC unroll 4
          for (int v = 0; v < n_vectors; v++)
            sum[r][v] += x * from[v];
        }
    }
#pragma GCC unroll 4
  for (int r = 0; r < n_rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      ((LooseVector *) (c + (size_t) r * ldc))[v] = sum[r][v];
}

RHEO_ALWAYS_INLINE void
columns (const int n_vectors, int m, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b,
         size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)
{
  int r = 0;

  for (; r + ROWS <= m; r += ROWS)
    block (ROWS, n_vectors, k, a + (size_t) r * row_step, row_step, step, b, ldb, start, c + (size_t) r * ldc, ldc);
  a += (size_t) r * row_step;
  c += (size_t) r * ldc;
  switch (m - r)
    {
    case 3:
      block (3, n_vectors, k, a, row_step, step, b, ldb, start, c, ldc);
      break;
    case 2:
      block (2, n_vectors, k, a, row_step, step, b, ldb, start, c, ldc);
      break;
    case 1:
      block (1, n_vectors, k, a, row_step, step, b, ldb, start, c, ldc);
      break;
    }
}

/* most: vectors side by side that leave registers for the rest. */
RHEO_ALWAYS_INLINE void
product (const int most, int m, int n, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b,
         size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)
{
  const int n_vectors = n / RHEO_PAD, n_parts = (n_vectors + most - 1) / most;

  for (int part = 0; part < n_parts; part++)
    {
      const int first = n_vectors * part / n_parts, last = n_vectors * (part + 1) / n_parts;
      const RheoReal *from = b + (size_t) first * RHEO_PAD, *row = start != NULL ? start + first * RHEO_PAD : NULL;
      RheoReal *to = c + (size_t) first * RHEO_PAD;

      if (last - first == 1)
        columns (1, m, k, a, row_step, step, from, ldb, row, to, ldc);
      else if (most > 1 && last - first == 2)
        columns (2, m, k, a, row_step, step, from, ldb, row, to, ldc);
      else if (most > 2 && last - first == 3)
        columns (3, m, k, a, row_step, step, from, ldb, row, to, ldc);
      else if (most > 3)
        columns (4, m, k, a, row_step, step, from, ldb, row, to, ldc);
    }
}

#define PRODUCT(NAME, TARGET, MOST)                                                                                    \
  TARGET static void NAME (int m, int n, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b,    \
                           size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)                                 \
  {                                                                                                                    \
    product (MOST, m, n, k, a, row_step, step, b, ldb, start, c, ldc);                                                 \
  }

PRODUCT (product_v1, , 1)

#ifdef __x86_64__

PRODUCT (product_v4, __attribute__ ((target ("arch=x86-64-v4"))), 4)
PRODUCT (product_v3, __attribute__ ((target ("arch=x86-64-v3"))), 1)

static void
any_product (int m, int n, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b, size_t ldb,
             const RheoReal *start, RheoReal *c, size_t ldc)
{
  if (__builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq"))
    product_v4 (m, n, k, a, row_step, step, b, ldb, start, c, ldc);
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    product_v3 (m, n, k, a, row_step, step, b, ldb, start, c, ldc);
  else
    product_v1 (m, n, k, a, row_step, step, b, ldb, start, c, ldc);
}

#else

#define any_product product_v1

#endif

void
rheo_kernel_direct_product (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                            const RheoReal *start, RheoReal *c, int ldc)
{
  const int most = !ta && k <= INNER_OF_SMALL ? INNER_OF_SMALL : INNER;
  const size_t row_step = ta ? 1 : (size_t) lda, step = ta ? (size_t) lda : 1;
  int l = 0;

  do
    any_product (m, n, k - l < most ? k - l : most, a + (size_t) l * step, row_step, step,
                 b + (size_t) l * (size_t) ldb, (size_t) ldb, l == 0 ? start : NULL, c, (size_t) ldc);
  while ((l += most) < k);
}

bool
rheo_kernel_direct_pays (void)
{
#ifdef __x86_64__
  return __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq");
#else
  return false;
#endif
}
