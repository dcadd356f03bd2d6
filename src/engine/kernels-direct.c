#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels-direct.h"

#include "kernels.h"

#include <string.h>

/* Blocks of the result stay in registers over the whole inner size. BLAS packs its operands first, which costs more than
 * a product of this size: of small matrices, or of few rows. */

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

/* Rows of a block; more where registers allow it: loads are shared by more products, which wait less for each other. */
#define ROWS 4
#define MOST_ROWS 8
/* Inner size that is taken at once where it is larger than a small matrix, or transposed: its rows of b stay in the
 * first-level cache. */
#define INNER 96
#define INNER_OF_SMALL 128

/* c[r][v] = start[v] + sum over l of a[r row_step + l step] b[l][v], of n_rows x n_vectors; start NULL: c[r][v] itself. */
RHEO_ALWAYS_INLINE void
block (const int n_rows, const int n_vectors, int k, const RheoReal *a, size_t row_step, size_t step, const RheoReal *b,
       size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)
{
  Vector sum[MOST_ROWS][4];

#pragma GCC unroll 8
  for (int r = 0; r < n_rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      sum[r][v] = ((const LooseVector *) (start != NULL ? start : c + (size_t) r * ldc))[v];
  for (int l = 0; l < k; l++)
    {
      const LooseVector *from = (const LooseVector *) (b + (size_t) l * ldb);

#pragma GCC unroll 8
      for (int r = 0; r < n_rows; r++)
        {
          const RheoReal x = a[(size_t) r * row_step + (size_t) l * step];

#pragma GCC unroll 4
          for (int v = 0; v < n_vectors; v++)
            sum[r][v] += x * from[v];
        }
    }
#pragma GCC unroll 8
  for (int r = 0; r < n_rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      ((LooseVector *) (c + (size_t) r * ldc))[v] = sum[r][v];
}

RHEO_ALWAYS_INLINE void
columns (const int n_rows, const int n_vectors, int m, int k, const RheoReal *a, size_t row_step, size_t step,
         const RheoReal *b, size_t ldb, const RheoReal *start, RheoReal *c, size_t ldc)
{
  int r = 0;

  for (; r + n_rows <= m; r += n_rows)
    block (n_rows, n_vectors, k, a + (size_t) r * row_step, row_step, step, b, ldb, start, c + (size_t) r * ldc, ldc);
  if (n_rows > ROWS && r + ROWS <= m)
    {
      block (ROWS, n_vectors, k, a + (size_t) r * row_step, row_step, step, b, ldb, start, c + (size_t) r * ldc, ldc);
      r += ROWS;
    }
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

/* --- few columns ---------------------------------------------------------------------------------------------------- */

/* So many columns are summed along rows of a, in place of a vector most of which is padding, where rows are so long. */
#define FEW 4
#define LONG 32

typedef RheoReal Two __attribute__ ((vector_size (2 * sizeof (RheoReal)), aligned (sizeof (RheoReal)), may_alias));
typedef RheoReal Four __attribute__ ((vector_size (4 * sizeof (RheoReal)), aligned (sizeof (RheoReal)), may_alias));

/* Adds halves of pieces of the vectors a and b: those named first and those named last. */
#define FOLD(A, B, FIRST, LAST) (__builtin_shufflevector (A, B, FIRST) + __builtin_shufflevector (A, B, LAST))
#define LIST(...) __VA_ARGS__

/* x[0] becomes the sums of the RHEO_PAD vectors x. */
RHEO_ALWAYS_INLINE void
sum_each (Vector *x)
{
#define ALL_PAIRS(N, FIRST, LAST)                                                                                      \
  _Pragma ("GCC unroll 8") for (int i = 0; i < (N); i++) x[i] = FOLD (x[2 * i], x[2 * i + 1], LIST (FIRST), LIST (LAST))
#ifdef RHEO_DOUBLE
  ALL_PAIRS (4, LIST (0, 1, 2, 3, 8, 9, 10, 11), LIST (4, 5, 6, 7, 12, 13, 14, 15));
  ALL_PAIRS (2, LIST (0, 1, 4, 5, 8, 9, 12, 13), LIST (2, 3, 6, 7, 10, 11, 14, 15));
  ALL_PAIRS (1, LIST (0, 2, 4, 6, 8, 10, 12, 14), LIST (1, 3, 5, 7, 9, 11, 13, 15));
#else
  ALL_PAIRS (8, LIST (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
             LIST (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  ALL_PAIRS (4, LIST (0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
             LIST (4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
  ALL_PAIRS (2, LIST (0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29),
             LIST (2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31));
  ALL_PAIRS (1, LIST (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
             LIST (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
#endif
}

/* The last `few` columns of c, written as n of them, from the rows of b turned over: each number of c is the product of a
 * row of a and one of those. */
RHEO_ALWAYS_INLINE void
few_columns (const int n, int few, int m, int k, const RheoReal *a, size_t lda, const RheoReal *turned, size_t ld,
             const RheoReal *start, RheoReal *c, size_t ldc)
{
  const int n_rows = RHEO_PAD / n, n_vectors = (k + RHEO_PAD - 1) / RHEO_PAD;
  const RheoReal *column[FEW];

  for (int q = 0; q < n; q++)
    column[q] = turned + (size_t) (q < few ? q : few - 1) * ld;
  for (int first = 0; first < m; first += n_rows)
    {
      const int n_here = m - first < n_rows ? m - first : n_rows;
      const RheoReal *row[RHEO_PAD];
      Vector sum[RHEO_PAD] = { 0 };
      RheoReal all[RHEO_PAD] __attribute__ ((aligned (RHEO_ALIGN)));

#pragma GCC unroll 16
      for (int r = 0; r < n_rows; r++)
        row[r] = a + (size_t) (first + (r < n_here ? r : n_here - 1)) * lda;
      for (int v = 0; v < n_vectors; v++)
        {
#pragma GCC unroll 16
          for (int r = 0; r < n_rows; r++)
            {
              const Vector x = ((const LooseVector *) row[r])[v];

#pragma GCC unroll 4
              for (int q = 0; q < n; q++)
                sum[r * n + q] += x * ((const LooseVector *) column[q])[v];
            }
        }
      sum_each (sum);
      *(Vector *) all = sum[0];
      for (int r = 0; r < n_here; r++)
        {
          RheoReal *to = c + (size_t) (first + r) * ldc;
          const RheoReal *from = start != NULL ? start : to, *add = all + r * n;

          if (n == 4)
            *(Four *) to = *(const Four *) from + *(const Four *) add;
          else if (n == 2)
            *(Two *) to = *(const Two *) from + *(const Two *) add;
          else
            *to = *from + *add;
        }
    }
}

/* --- chosen numbers ------------------------------------------------------------------------------------------------- */

/* Inner size that is taken at once: so much of some dozens of rows stays in the first-level cache. */
#define INNER_OF_CHOSEN (16 * RHEO_PAD)
/* Rows of a list that are taken at once: loads of w are shared by their products. */
#define ROWS_OF_CHOSEN 8
#define AHEAD 3

/* Rows of d, side by side: further apart they would push each other out of the cache. */
typedef RheoReal Block[RHEO_MOST_CHOSEN][INNER_OF_CHOSEN];

/* n_here of n_rows numbers of the column c; each is summed in RHEO_PAD / n_rows parts, which wait less for each other. */
RHEO_ALWAYS_INLINE void
chosen_rows (const int n_rows, int n_here, const uint16_t *list, int n_vectors, const RheoReal *w, Block d, RheoReal *c,
             size_t ldc)
{
  const int n_parts = RHEO_PAD / n_rows;
  const LooseVector *from = (const LooseVector *) w, *row[ROWS_OF_CHOSEN];
  Vector sum[RHEO_PAD] = { 0 };
  RheoReal all[RHEO_PAD] __attribute__ ((aligned (RHEO_ALIGN)));
  int v = 0;

#pragma GCC unroll 8
  for (int r = 0; r < n_rows; r++)
    row[r] = (const LooseVector *) d[list[r < n_here ? r : n_here - 1]];
  for (; v + n_parts <= n_vectors; v += n_parts)
    {
#pragma GCC unroll 8
      for (int part = 0; part < n_parts; part++)
        {
          const Vector x = from[v + part];

#pragma GCC unroll 8
          for (int r = 0; r < n_rows; r++)
            sum[part * n_rows + r] += x * row[r][v + part];
        }
    }
  for (; v < n_vectors; v++)
    {
#pragma GCC unroll 8
      for (int r = 0; r < n_rows; r++)
        sum[r] += from[v] * row[r][v];
    }
  sum_each (sum);
  *(Vector *) all = sum[0];
#pragma GCC unroll 8
  for (int r = 0; r < n_rows; r++)
    {
      RheoReal whole = all[r];

#pragma GCC unroll 8
      for (int part = 1; part < n_parts; part++)
        whole += all[part * n_rows + r];
      if (r < n_here)
        c[list[r] * ldc] += whole;
    }
}

typedef struct
{
  int n_lists, n_rows, k;
  const int32_t *first;
  const uint16_t *row;
  const RheoReal *w, *d;
  RheoReal *c;
  size_t ldw, ldd, ldc;
} Chosen;

RHEO_MULTI static void
chosen (const Chosen *p)
{
  Block d __attribute__ ((aligned (RHEO_ALIGN)));

  for (int l = 0; l < p->k; l += INNER_OF_CHOSEN)
    {
      const int n = p->k - l < INNER_OF_CHOSEN ? p->k - l : INNER_OF_CHOSEN, n_vectors = RHEO_PADDED (n) / RHEO_PAD;

      for (int r = 0; r < p->n_rows; r++)
        memcpy (d[r], p->d + (size_t) r * p->ldd + l, sizeof (Vector) * (size_t) n_vectors);
      for (int j = 0; j < p->n_lists; j++)
        {
          const RheoReal *w = p->w + (size_t) j * p->ldw + l;
          int i = p->first[j], left;

          /* Each row of w lies in a page of its own, where the processor does not look ahead. */
          for (int v = 0; v < n_vectors && j + AHEAD < p->n_lists; v++)
            __builtin_prefetch (w + (size_t) AHEAD * p->ldw + v * RHEO_PAD);
          for (; (left = p->first[j + 1] - i) > ROWS_OF_CHOSEN / 2; i += ROWS_OF_CHOSEN)
            chosen_rows (ROWS_OF_CHOSEN, left < ROWS_OF_CHOSEN ? left : ROWS_OF_CHOSEN, p->row + i, n_vectors, w, d,
                         p->c + j, p->ldc);
          if (left > 2)
            chosen_rows (4, left, p->row + i, n_vectors, w, d, p->c + j, p->ldc);
          else if (left > 0)
            chosen_rows (2, left, p->row + i, n_vectors, w, d, p->c + j, p->ldc);
        }
    }
}

void
rheo_kernel_dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw, int n_rows,
                        const RheoReal *d, int ldd, int k, RheoReal *c, int ldc)
{
  const Chosen p = { .n_lists = n_lists,
                     .n_rows = n_rows,
                     .k = k,
                     .first = first,
                     .row = row,
                     .w = w,
                     .d = d,
                     .c = c,
                     .ldw = (size_t) ldw,
                     .ldd = (size_t) ldd,
                     .ldc = (size_t) ldc };

  chosen (&p);
}

/* --- the product ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  int m, n, k;
  const RheoReal *a;
  size_t row_step, step;
  const RheoReal *b;
  size_t ldb;
  const RheoReal *turned; /* b turned over, or NULL */
  size_t ld_turned;
  const RheoReal *start;
  RheoReal *c;
  size_t ldc;
} Product;

/* most: vectors side by side that leave registers for the rest. */
RHEO_ALWAYS_INLINE void
product (const int most, const Product *p)
{
  const int few = p->n % RHEO_PAD;
  const bool by_rows = most > 1 && p->turned != NULL && few > 0 && few <= FEW && p->k >= LONG;
  const int n_vectors = by_rows ? p->n / RHEO_PAD : RHEO_PADDED (p->n) / RHEO_PAD,
            n_parts = (n_vectors + most - 1) / most;

  for (int part = 0; part < n_parts; part++)
    {
      const int first = n_vectors * part / n_parts, last = n_vectors * (part + 1) / n_parts;
      const RheoReal *from = p->b + (size_t) first * RHEO_PAD;
      const RheoReal *row = p->start != NULL ? p->start + first * RHEO_PAD : NULL;
      RheoReal *to = p->c + (size_t) first * RHEO_PAD;

#define COLUMNS(ROWS_OF, N) columns (ROWS_OF, N, p->m, p->k, p->a, p->row_step, p->step, from, p->ldb, row, to, p->ldc)
      if (last - first == 1)
        COLUMNS (most > 1 ? MOST_ROWS : ROWS, 1);
      else if (most > 1 && last - first == 2)
        COLUMNS (MOST_ROWS, 2);
      else if (most > 2 && last - first == 3)
        COLUMNS (MOST_ROWS, 3);
      else if (most > 3)
        COLUMNS (ROWS, 4);
    }
  if (by_rows)
    {
      const int first = n_vectors * RHEO_PAD;
      const RheoReal *row = p->start != NULL ? p->start + first : NULL;

#define FEW_COLUMNS(N)                                                                                                 \
  few_columns (N, few, p->m, p->k, p->a, p->row_step, p->turned + (size_t) first * p->ld_turned, p->ld_turned, row,    \
               p->c + first, p->ldc)
      if (few == 1)
        FEW_COLUMNS (1);
      else if (few == 2)
        FEW_COLUMNS (2);
      else
        FEW_COLUMNS (4);
    }
}

#define PRODUCT(NAME, TARGET, MOST)                                                                                    \
  TARGET static void NAME (const Product *p)                                                                           \
  {                                                                                                                    \
    product (MOST, p);                                                                                                 \
  }

PRODUCT (product_v1, , 1)

#ifdef __x86_64__

PRODUCT (product_v4, __attribute__ ((target ("arch=x86-64-v4"))), 4)
PRODUCT (product_v3, __attribute__ ((target ("arch=x86-64-v3"))), 1)

static void
any_product (const Product *p)
{
  if (__builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq"))
    product_v4 (p);
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    product_v3 (p);
  else
    product_v1 (p);
}

#else

#define any_product product_v1

#endif

void
rheo_kernel_direct_product (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                            const RheoReal *turned, int ld_turned, const RheoReal *start, RheoReal *c, int ldc)
{
  const int most = !ta && k <= INNER_OF_SMALL ? INNER_OF_SMALL : INNER;
  Product p = { .m = m,
                .n = n,
                .k = k,
                .a = a,
                .row_step = ta ? 1 : (size_t) lda,
                .step = ta ? (size_t) lda : 1,
                .b = b,
                .ldb = (size_t) ldb,
                .turned = !ta && k <= most ? turned : NULL,
                .ld_turned = (size_t) ld_turned,
                .start = start,
                .c = c,
                .ldc = (size_t) ldc };

  for (int l = 0; l == 0 || l < k; l += most)
    {
      p.k = k - l < most ? k - l : most;
      p.a = a + (size_t) l * p.step;
      p.b = b + (size_t) l * p.ldb;
      any_product (&p);
      p.start = NULL;
    }
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
