#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels.h"

#include <math.h>
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

static void
gemm (bool ta, bool tb, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb, RheoReal beta,
      RheoReal *c, int ldc)
{
  if (m <= 0 || n <= 0)
    return;
  BLAS (gemm)
  (CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c,
   ldc);
}

/* --- events ------------------------------------------------------------------------------------------------- */

RHEO_MULTI static void
add_rows (int n_list, const int32_t *list, const RheoReal *w, int ldw, int n, RheoReal *restrict c)
{
  int k = 0;

  for (; k + 8 <= n_list; k += 8)
    {
      const RheoReal *w0 = w + (size_t) list[k] * ldw, *w1 = w + (size_t) list[k + 1] * ldw;
      const RheoReal *w2 = w + (size_t) list[k + 2] * ldw, *w3 = w + (size_t) list[k + 3] * ldw;
      const RheoReal *w4 = w + (size_t) list[k + 4] * ldw, *w5 = w + (size_t) list[k + 5] * ldw;
      const RheoReal *w6 = w + (size_t) list[k + 6] * ldw, *w7 = w + (size_t) list[k + 7] * ldw;

      for (int i = 0; i < n; i++)
        c[i] += ((w0[i] + w1[i]) + (w2[i] + w3[i])) + ((w4[i] + w5[i]) + (w6[i] + w7[i]));
    }
  for (; k < n_list; k++)
    {
      const RheoReal *w0 = w + (size_t) list[k] * ldw;

      for (int i = 0; i < n; i++)
        c[i] += w0[i];
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

static int64_t
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

/* Two synapses at a time into sums of their own: a fused multiply and add waits 4 cycles for the one before it. */
RHEO_ALWAYS_INLINE void
adjoint_columns (int n_pre, const int64_t *first, const int32_t *target, const RheoReal *restrict w,
                 const RheoReal *restrict d, RheoReal *restrict c, int ld, const int n)
{
  for (int j = 0; j < n_pre; j++)
    {
      RheoReal even[BLOCK] = { 0 }, odd[BLOCK] = { 0 };
      int64_t s = first[j], end = first[j + 1];

      for (; s + 2 <= end; s += 2)
        {
          const RheoReal *d0 = d + (size_t) target[s] * ld, *d1 = d + (size_t) target[s + 1] * ld;

          for (int r = 0; r < n; r++)
            even[r] += w[s] * d0[r];
          for (int r = 0; r < n; r++)
            odd[r] += w[s + 1] * d1[r];
        }
      if (s < end)
        for (int r = 0; r < n; r++)
          even[r] += w[s] * d[(size_t) target[s] * ld + r];
      for (int r = 0; r < n; r++)
        c[(size_t) j * ld + r] = even[r] + odd[r];
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
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, RHEO_PAD);
        break;
      case 2:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 2 * RHEO_PAD);
        break;
      case 3:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, 3 * RHEO_PAD);
        break;
      default:
        adjoint_columns (n_pre, first, target, w, d + r, c + r, ld, BLOCK);
      }
}

/* --- whole matrices and vectors ------------------------------------------------------------------------------ */

static void
transpose (int m, int n, const RheoReal *a, int lda, RheoReal *b, int ldb)
{
  const int tile = 16;

  for (int i0 = 0; i0 < m; i0 += tile)
    for (int j0 = 0; j0 < n; j0 += tile)
      for (int j = j0; j < n && j < j0 + tile; j++)
        for (int i = i0; i < m && i < i0 + tile; i++)
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
  if (a.nesterov)
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

/* Sums side by side, joined in one fixed order. */
RHEO_MULTI static double
sum_squares (int n, const RheoReal *x)
{
  double sum[16] = { 0 };
  int i = 0;

  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < 16; k++)
      sum[k] += (double) x[i + k] * (double) x[i + k];
  for (; i < n; i++)
    sum[i % 16] += (double) x[i] * (double) x[i];
  for (int half = 8; half > 0; half /= 2)
    for (int k = 0; k < half; k++)
      sum[k] += sum[k + half];
  return sum[0];
}

const RheoKernels rheo_kernels_fast = {
  .name = "fast",
  .gemm = gemm,
  .add_rows = add_rows,
  .pack_bits = pack_bits,
  .list_bits = list_bits,
  .sparse_adjoint = sparse_adjoint,
  .transpose = transpose,
  .axpy = axpy,
  .rank1_product = rank1_product,
  .adam = adam,
  .momentum = momentum,
  .rmsprop = rmsprop,
  .sum_squares = sum_squares,
};
