#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels.h"
#include "kernels-direct.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#undef I
#ifdef __x86_64__
#include <emmintrin.h>
#endif

#ifdef RHEO_DOUBLE
#define BLAS(name) cblas_d##name
#define ROOT sqrt
#else
#define BLAS(name) cblas_s##name
#define ROOT sqrtf
#endif

/* Numbers that a column block keeps in registers. */
#define BLOCK (4 * RHEO_PAD)

/* OpenBLAS beside our own threads: one of its own. Processors that are newer than it is get its plainest kernel (OpenBLAS
 * 0.3.21 does that on Emerald Rapids and is 5 times slower): it is told what it may use, unless the user has. This runs
 * before the program's main, after the library's own start. */
void openblas_set_num_threads (int n) __attribute__ ((weak));
char *openblas_get_corename (void) __attribute__ ((weak));
void gotoblas_dynamic_quit (void) __attribute__ ((weak));
void gotoblas_dynamic_init (void) __attribute__ ((weak));

__attribute__ ((constructor)) static void
start_blas (void)
{
#ifdef __x86_64__
  const char *variable = "OPENBLAS_CORETYPE", *core = NULL;

  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512vl"))
    core = "SkylakeX";
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    core = "Haswell";
  if (core != NULL && getenv (variable) == NULL && openblas_get_corename != NULL && gotoblas_dynamic_quit != NULL
      && gotoblas_dynamic_init != NULL && strcmp (openblas_get_corename (), "Prescott") == 0)
    {
      setenv (variable, core, 1);
      gotoblas_dynamic_quit ();
      gotoblas_dynamic_init ();
      unsetenv (variable);
    }
#endif
  if (openblas_set_num_threads != NULL)
    openblas_set_num_threads (1);
}

/* Up to this many rows or columns of a result BLAS is slower than one pass over the other operand. */
#define NARROW 4
/* Rows of it that are taken at once, and columns whose sums stay in the first cache. */
#define N_AT_ONCE 4
#define N_COLUMNS 512

/* to[q][i] += sum over the rows l < n_rows of y[l][q] x[l][i]; y at y + l row_step + q step. */
RHEO_ALWAYS_INLINE void
add_scaled_rows (const int n_narrow, const int n_rows, int n, const RheoReal *restrict x, int ldx, const RheoReal *y,
                 int row_step, int step, RheoReal (*restrict to)[N_COLUMNS])
{
  RheoReal factor[N_AT_ONCE][NARROW];

  for (int l = 0; l < n_rows; l++)
    for (int q = 0; q < n_narrow; q++)
      factor[l][q] = y[(size_t) l * row_step + (size_t) q * step];
  for (int i = 0; i < n; i++)
    {
#pragma GCC unroll 4
      for (int q = 0; q < n_narrow; q++)
        {
          RheoReal sum = factor[0][q] * x[i];

#pragma GCC unroll 4
          for (int l = 1; l < n_rows; l++)
            sum += factor[l][q] * x[(size_t) l * ldx + i];
          to[q][i] += sum;
        }
    }
}

RHEO_ALWAYS_INLINE void
narrow_columns (const int n_narrow, int n, int k, const RheoReal *x, int ldx, const RheoReal *y, int row_step, int step,
                RheoReal (*to)[N_COLUMNS])
{
  int l = 0;

  for (; l + N_AT_ONCE <= k; l += N_AT_ONCE)
    add_scaled_rows (n_narrow, N_AT_ONCE, n, x + (size_t) l * ldx, ldx, y + (size_t) l * row_step, row_step, step, to);
  for (; l < k; l++)
    add_scaled_rows (n_narrow, 1, n, x + (size_t) l * ldx, ldx, y + (size_t) l * row_step, row_step, step, to);
}

/* A result of few rows or columns: c[q][i] = beta c[q][i] + sum over l of y[l][q] x[l][i], for c at
 * c + q narrow_step + i wide_step. */
RHEO_MULTI static void
narrow (int n_narrow, int n_wide, int k, const RheoReal *x, int ldx, const RheoReal *y, int row_step, int step,
        RheoReal beta, RheoReal *c, int narrow_step, int wide_step)
{
  for (int first = 0; first < n_wide; first += N_COLUMNS)
    {
      const int n = n_wide - first < N_COLUMNS ? n_wide - first : N_COLUMNS;
      RheoReal sum[NARROW][N_COLUMNS] __attribute__ ((aligned (RHEO_ALIGN)));

      memset (sum, 0, sizeof sum);
      switch (n_narrow)
        {
        case 1:
          narrow_columns (1, n, k, x + first, ldx, y, row_step, step, sum);
          break;
        case 2:
          narrow_columns (2, n, k, x + first, ldx, y, row_step, step, sum);
          break;
        case 3:
          narrow_columns (3, n, k, x + first, ldx, y, row_step, step, sum);
          break;
        default:
          narrow_columns (4, n, k, x + first, ldx, y, row_step, step, sum);
        }
      for (int q = 0; q < n_narrow; q++)
        for (int i = 0; i < n; i++)
          {
            RheoReal *to = c + (size_t) q * narrow_step + (size_t) (first + i) * wide_step;

            *to = beta == 0 ? sum[q][i] : beta * *to + sum[q][i];
          }
    }
}

static void
gemm (bool ta, bool tb, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb, RheoReal beta,
      RheoReal *c, int ldc)
{
  if (m <= 0 || n <= 0)
    return;
  if (m > 1 && m <= NARROW && !tb)
    narrow (m, n, k, b, ldb, a, ta ? lda : 1, ta ? 1 : lda, beta, c, ldc, 1);
  else if (n > 1 && n <= NARROW && ta)
    narrow (n, m, k, a, lda, b, tb ? 1 : ldb, tb ? ldb : 1, beta, c, 1, ldc);
  else
    BLAS (gemm)
  (CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c,
   ldc);
}

/* --- events ------------------------------------------------------------------------------------------------- */

/* Vectors spelt out: gcc takes loops of one vector apart into single numbers. */
typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

#define VECTOR ((int) (RHEO_ALIGN / sizeof (RheoReal)))
#define N_IN_REGISTERS (4 * VECTOR) /* columns */
#define NARROW_ROWS (2 * N_IN_REGISTERS)

/* Short rows: all of the list passes over sums in registers. */
RHEO_ALWAYS_INLINE void
add_narrow_rows (int n_list, const int32_t *list, const RheoReal *w, int ldw, RheoReal *c)
{
  LooseVector *to = (LooseVector *) c;
  Vector sum[4] = { to[0], to[1], to[2], to[3] };
  int k = 0;

  for (; k + 2 <= n_list; k += 2)
    {
      const LooseVector *a = (const LooseVector *) (w + (int64_t) list[k] * ldw);
      const LooseVector *b = (const LooseVector *) (w + (int64_t) list[k + 1] * ldw);

      for (int v = 0; v < 4; v++)
        sum[v] += a[v] + b[v];
    }
  if (k < n_list)
    {
      const LooseVector *a = (const LooseVector *) (w + (int64_t) list[k] * ldw);

      for (int v = 0; v < 4; v++)
        sum[v] += a[v];
    }
  for (int v = 0; v < 4; v++)
    to[v] = sum[v];
}

RHEO_ALWAYS_INLINE void
add_some_rows (const int n_rows, const int32_t *list, const RheoReal *w, int ldw, int n, RheoReal *restrict c)
{
  const RheoReal *row[8];

  for (int k = 0; k < n_rows; k++)
    row[k] = w + (size_t) list[k] * ldw;
  for (int i = 0; i < n; i++)
    {
      RheoReal sum = row[0][i];

#pragma GCC unroll 8
      for (int k = 1; k < n_rows; k++)
        sum += row[k][i];
      c[i] += sum;
    }
}

/* Eight long rows in one pass along them: each is read as one stream, which the processor fetches ahead, and c stays in
 * the first cache. */
RHEO_MULTI static void
add_rows (int n_list, const int32_t *list, const RheoReal *w, int ldw, int n, RheoReal *c)
{
  if (n <= NARROW_ROWS)
    for (; n >= N_IN_REGISTERS; n -= N_IN_REGISTERS, w += N_IN_REGISTERS, c += N_IN_REGISTERS)
      add_narrow_rows (n_list, list, w, ldw, c);
  if (n == 0)
    return;
  for (; n_list >= 8; n_list -= 8, list += 8)
    add_some_rows (8, list, w, ldw, n, c);
  switch (n_list)
    {
    case 1:
      add_some_rows (1, list, w, ldw, n, c);
      break;
    case 2:
      add_some_rows (2, list, w, ldw, n, c);
      break;
    case 3:
      add_some_rows (3, list, w, ldw, n, c);
      break;
    case 4:
      add_some_rows (4, list, w, ldw, n, c);
      break;
    case 5:
      add_some_rows (5, list, w, ldw, n, c);
      break;
    case 6:
      add_some_rows (6, list, w, ldw, n, c);
      break;
    case 7:
      add_some_rows (7, list, w, ldw, n, c);
      break;
    }
}

#ifdef __x86_64__

/* 16 numbers as bits. */
RHEO_ALWAYS_INLINE uint64_t
nonzero (const RheoReal *x)
{
#ifdef RHEO_DOUBLE
  const __m128d zero = _mm_setzero_pd ();
  __m128i pair[8];

  for (int i = 0; i < 8; i++)
    pair[i] = _mm_castpd_si128 (_mm_cmpneq_pd (_mm_loadu_pd (x + 2 * i), zero));
  for (int i = 0; i < 4; i++)
    pair[i] = _mm_packs_epi32 (pair[2 * i], pair[2 * i + 1]);
  pair[0] = _mm_packs_epi16 (pair[0], pair[1]);
  pair[1] = _mm_packs_epi16 (pair[2], pair[3]);
  pair[0] = _mm_packs_epi16 (pair[0], pair[1]);
  return (uint64_t) _mm_movemask_epi8 (pair[0]);
#else
  const __m128 zero = _mm_setzero_ps ();
  __m128i four[4];

  for (int i = 0; i < 4; i++)
    four[i] = _mm_castps_si128 (_mm_cmpneq_ps (_mm_loadu_ps (x + 4 * i), zero));
  return (uint64_t) _mm_movemask_epi8 (
      _mm_packs_epi16 (_mm_packs_epi32 (four[0], four[1]), _mm_packs_epi32 (four[2], four[3])));
#endif
}

#else

RHEO_ALWAYS_INLINE uint64_t
nonzero (const RheoReal *x)
{
  uint64_t bits = 0;

  for (int i = 0; i < 16; i++)
    bits |= (uint64_t) (x[i] != 0) << i;
  return bits;
}

#endif

RHEO_MULTI static int64_t
pack_bits (int n, const RheoReal *x, uint64_t *bits)
{
  int64_t n_set = 0;
  int i = 0;

  for (; i + 64 <= n; i += 64)
    {
      uint64_t word =
          nonzero (x + i) | nonzero (x + i + 16) << 16 | nonzero (x + i + 32) << 32 | nonzero (x + i + 48) << 48;

      *bits++ = word;
      n_set += word != 0 ? __builtin_popcountll (word) : 0;
    }
  if (i < n)
    {
      uint64_t word = 0;
      int shift = 0;

      for (; i + 16 <= n; i += 16, shift += 16)
        word |= nonzero (x + i) << shift;
      for (; i < n; i++, shift++)
        word |= (uint64_t) (x[i] != 0) << shift;
      *bits = word;
      n_set += __builtin_popcountll (word);
    }
  return n_set;
}

static int
list_bits (int n_words, const uint64_t *bits, int32_t *list)
{
  int32_t *to = list;

  for (int i = 0; i < n_words; i++)
    for (uint64_t word = bits[i]; word != 0; word &= word - 1)
      *to++ = 64 * i + __builtin_ctzll (word);
  return (int) (to - list);
}

/* --- sparse adjoint ----------------------------------------------------------------------------------------- */

/* Several synapses at a time into sums of their own: a fused multiply and add waits 4 cycles for the one before it. */
RHEO_ALWAYS_INLINE void
adjoint_columns (int n_pre, const int64_t *first, const int32_t *target, const RheoReal *w, const RheoReal *d,
                 RheoReal *c, int ld, const int n_vectors, const int n_sums)
{
  for (int j = 0; j < n_pre; j++)
    {
      Vector sum[4][4];
      LooseVector *to = (LooseVector *) (c + (size_t) j * ld);
      int64_t s = first[j], end = first[j + 1];

      for (int v = 0; v < n_vectors; v++)
        {
          sum[0][v] = to[v];
          for (int i = 1; i < n_sums; i++)
            sum[i][v] = (Vector){ 0 };
        }
      for (; s + n_sums <= end; s += n_sums)
        for (int i = 0; i < n_sums; i++)
          {
            const LooseVector *from = (const LooseVector *) (d + (size_t) target[s + i] * ld);

            for (int v = 0; v < n_vectors; v++)
              sum[i][v] += w[s + i] * from[v];
          }
      for (; s < end; s++)
        {
          const LooseVector *from = (const LooseVector *) (d + (size_t) target[s] * ld);

          for (int v = 0; v < n_vectors; v++)
            sum[0][v] += w[s] * from[v];
        }
      for (int v = 0; v < n_vectors; v++)
        {
          for (int i = 1; i < n_sums; i++)
            sum[0][v] += sum[i][v];
          to[v] = sum[0][v];
        }
    }
}

RHEO_MULTI static void
sparse_adjoint (int n_pre, const int64_t *first, const int32_t *target, const RheoReal *w, int n_rows,
                const RheoReal *d, RheoReal *c, int ld)
{
  for (int r = 0; r < n_rows; r += BLOCK)
    switch (RHEO_PADDED (n_rows - r) / RHEO_PAD)
      {
      case 1:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 1, 4);
        break;
      case 2:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 2, 4);
        break;
      case 3:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 3, 2);
        break;
      default:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 4, 2);
      }
}

/* --- whole matrices and vectors ------------------------------------------------------------------------------ */

typedef RheoReal Four __attribute__ ((vector_size (4 * sizeof (RheoReal)), aligned (sizeof (RheoReal))));

/* Four rows of four numbers, turned. */
RHEO_ALWAYS_INLINE void
turn (const RheoReal *a, int lda, RheoReal *b, int ldb)
{
  Four a0 = *(const Four *) a, a1 = *(const Four *) (a + lda);
  Four a2 = *(const Four *) (a + 2 * (size_t) lda), a3 = *(const Four *) (a + 3 * (size_t) lda);
  Four low01 = __builtin_shufflevector (a0, a1, 0, 4, 1, 5), high01 = __builtin_shufflevector (a0, a1, 2, 6, 3, 7);
  Four low23 = __builtin_shufflevector (a2, a3, 0, 4, 1, 5), high23 = __builtin_shufflevector (a2, a3, 2, 6, 3, 7);

  *(Four *) b = __builtin_shufflevector (low01, low23, 0, 1, 4, 5);
  *(Four *) (b + ldb) = __builtin_shufflevector (low01, low23, 2, 3, 6, 7);
  *(Four *) (b + 2 * (size_t) ldb) = __builtin_shufflevector (high01, high23, 0, 1, 4, 5);
  *(Four *) (b + 3 * (size_t) ldb) = __builtin_shufflevector (high01, high23, 2, 3, 6, 7);
}

RHEO_MULTI static void
transpose (int m, int n, const RheoReal *a, int lda, RheoReal *b, int ldb)
{
  const int m4 = m / 4 * 4, n4 = n / 4 * 4;

  for (int j0 = 0; j0 < n4; j0 += 16)
    for (int i = 0; i < m4; i += 4)
      for (int j = j0; j < n4 && j < j0 + 16; j += 4)
        turn (a + (size_t) i * lda + j, lda, b + (size_t) j * ldb + i, ldb);
  for (int j = 0; j < n; j++)
    for (int i = j < n4 ? m4 : 0; i < m; i++)
      b[(size_t) j * ldb + i] = a[(size_t) i * lda + j];
}

RHEO_MULTI static void
axpy (int n, RheoReal s, const RheoReal *restrict x, RheoReal *restrict w)
{
  for (int i = 0; i < n; i++)
    w[i] += s * x[i];
}

RHEO_MULTI static void
rank1_product (int n_pre, int n_post, RheoReal rate, const RheoReal *pre, const RheoReal *restrict post,
               const RheoReal *x, RheoReal *restrict w, int ldw, RheoReal *restrict c)
{
  for (int j = 0; j < n_pre; j++)
    {
      RheoReal *row = w + (size_t) j * ldw, by = rate * pre[j], gain = x[j];

      if (by != 0 && gain != 0)
        for (int i = 0; i < n_post; i++)
          {
            row[i] += by * post[i];
            c[i] += gain * row[i];
          }
      else if (by != 0)
        for (int i = 0; i < n_post; i++)
          row[i] += by * post[i];
      else if (gain != 0)
        for (int i = 0; i < n_post; i++)
          c[i] += gain * row[i];
    }
}

RHEO_MULTI static void
adam (int n, RheoReal *restrict w, const RheoReal *restrict g, RheoReal *restrict m, RheoReal *restrict v,
      const RheoAdam *how)
{
  const RheoAdam a = *how;

  for (int i = 0; i < n; i++)
    {
      RheoReal gradient = a.grad_scale * g[i] + a.l2 * w[i];
      RheoReal mean = a.b1 * m[i] + (1 - a.b1) * gradient;
      RheoReal square = a.b2 * v[i] + (1 - a.b2) * gradient * gradient;

      m[i] = mean;
      v[i] = square;
      w[i] = w[i] - a.lr_wd * w[i] - a.step_size * mean / (ROOT (square) * a.root_scale + a.eps);
    }
}

RHEO_MULTI static void
momentum (int n, RheoReal *restrict w, const RheoReal *restrict g, RheoReal *restrict m, const RheoMomentum *how)
{
  const RheoMomentum a = *how;
  if (m == NULL)
    for (int i = 0; i < n; i++)
      w[i] -= a.lr * (a.grad_scale * g[i] + a.l2 * w[i]);
  else if (a.nesterov)
    for (int i = 0; i < n; i++)
      {
        RheoReal gradient = a.grad_scale * g[i] + a.l2 * w[i];

        m[i] = a.momentum * m[i] + gradient;
        w[i] -= a.lr * (gradient + a.momentum * m[i]);
      }
  else
    for (int i = 0; i < n; i++)
      {
        m[i] = a.momentum * m[i] + (a.grad_scale * g[i] + a.l2 * w[i]);
        w[i] -= a.lr * m[i];
      }
}

RHEO_MULTI static void
rmsprop (int n, RheoReal *restrict w, const RheoReal *restrict g, RheoReal *restrict v, const RheoRmsprop *how)
{
  const RheoRmsprop a = *how;

  for (int i = 0; i < n; i++)
    {
      RheoReal gradient = a.grad_scale * g[i] + a.l2 * w[i];

      v[i] = a.alpha * v[i] + (1 - a.alpha) * gradient * gradient;
      w[i] -= a.lr * gradient / (ROOT (v[i]) + a.eps);
    }
}

/* Counting and clamping in one loop is not vectorised by gcc 12, and 5 times slower. */
RHEO_ALWAYS_INLINE void
keep_sign (int n, RheoReal *restrict w, const uint8_t *restrict mask, const int sign, int64_t *n_zero, int64_t *n_wrong)
{
  int zeros = 0, wrong = 0;

  for (int i = 0; i < n; i++)
    {
      const RheoReal kept = mask != NULL && mask[i] == 0 ? 0 : w[i];

      zeros += kept == 0;
      if (sign != 0)
        wrong += sign > 0 ? kept < 0 : kept > 0;
      w[i] = kept;
    }
  for (int i = 0; wrong > 0 && i < n; i++)
    w[i] = (sign > 0 ? w[i] < 0 : w[i] > 0) ? 0 : w[i];
  *n_zero += zeros;
  *n_wrong += wrong;
}

RHEO_MULTI static void
keep (int n, RheoReal *w, const uint8_t *mask, int sign, int64_t *n_zero, int64_t *n_wrong)
{
  if (mask != NULL)
    {
      if (sign > 0)
        keep_sign (n, w, mask, 1, n_zero, n_wrong);
      else if (sign < 0)
        keep_sign (n, w, mask, -1, n_zero, n_wrong);
      else
        keep_sign (n, w, mask, 0, n_zero, n_wrong);
    }
  else if (sign > 0)
    keep_sign (n, w, NULL, 1, n_zero, n_wrong);
  else if (sign < 0)
    keep_sign (n, w, NULL, -1, n_zero, n_wrong);
  else
    keep_sign (n, w, NULL, 0, n_zero, n_wrong);
}

RHEO_MULTI static void
clamp (int n, RheoReal lo, RheoReal hi, RheoReal *restrict w)
{
  for (int i = 0; i < n; i++)
    {
      RheoReal above = w[i] < lo ? lo : w[i];

      w[i] = above > hi ? hi : above;
    }
}

/* Sums side by side, joined in one fixed order: each waits only for itself. The last numbers of rows, which make no
 * vector, are taken apart, some rows at a time. */
RHEO_MULTI static double
sum_squares (int64_t n_rows, int64_t ld, int n, const RheoReal *x)
{
  const int whole = n / 16 * 16;
  double sum[16] = { 0 }, last[16] = { 0 };
  int64_t row = 0;

  for (int64_t r = 0; r < n_rows; r++)
    for (int i = 0; i < whole; i += 16)
      for (int k = 0; k < 16; k++)
        sum[k] += (double) x[r * ld + i + k] * (double) x[r * ld + i + k];
  x += whole;
  for (; row + 4 <= n_rows; row += 4)
    for (int k = 0; k < n - whole; k++)
      {
        const double x0 = (double) x[row * ld + k], x1 = (double) x[(row + 1) * ld + k];
        const double x2 = (double) x[(row + 2) * ld + k], x3 = (double) x[(row + 3) * ld + k];

        last[k] += (x0 * x0 + x1 * x1) + (x2 * x2 + x3 * x3);
      }
  for (; row < n_rows; row++)
    for (int k = 0; k < n - whole; k++)
      last[k] += (double) x[row * ld + k] * (double) x[row * ld + k];
  for (int k = 0; k < 16; k++)
    sum[k] += last[k];
  for (int half = 8; half > 0; half /= 2)
    for (int k = 0; k < half; k++)
      sum[k] += sum[k + half];
  return sum[0];
}

const RheoKernels rheo_kernels_fast = {
  .name = "fast",
  .gemm = gemm,
  .direct_product = rheo_kernel_direct_product,
  .add_rows = add_rows,
  .add_events = rheo_kernel_add_events,
  .add_shares = rheo_kernel_add_shares,
  .dot_events = rheo_kernel_dot_events,
  .pack_bits = pack_bits,
  .list_bits = list_bits,
  .sparse_adjoint = sparse_adjoint,
  .transpose = transpose,
  .axpy = axpy,
  .rank1_product = rank1_product,
  .adam = adam,
  .momentum = momentum,
  .rmsprop = rmsprop,
  .keep = keep,
  .clamp = clamp,
  .sum_squares = sum_squares,
};
