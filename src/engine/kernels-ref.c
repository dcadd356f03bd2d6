#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels.h"

#include <math.h>

/* The definition of every slot, as plainly as it can be said. Sums are double, so that the order of a fast version is
 * the only difference. */

static void
gemm (bool ta, bool tb, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb, RheoReal beta,
      RheoReal *c, int ldc)
{
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++)
      {
        RheoReal *to = c + (size_t) i * ldc + j;
        double sum = 0;

        for (int l = 0; l < k; l++)
          sum += (double) (ta ? a[(size_t) l * lda + i] : a[(size_t) i * lda + l])
                 * (double) (tb ? b[(size_t) j * ldb + l] : b[(size_t) l * ldb + j]);
        *to = (RheoReal) (sum + (beta == 0 ? 0 : (double) beta * (double) *to));
      }
}

static void
direct_product (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                const RheoReal *turned, int ld_turned, const RheoReal *start, RheoReal *c, int ldc)
{
  for (int i = 0; start != NULL && i < m; i++)
    for (int j = 0; j < n; j++)
      c[(size_t) i * ldc + j] = start[j];
  gemm (ta, false, m, n, k, a, lda, b, ldb, 1, c, ldc);
}

static void
add_rows (int n_list, const int32_t *list, const RheoReal *w, int ldw, int n, RheoReal *c)
{
  for (int i = 0; i < n; i++)
    {
      double sum = (double) c[i];

      for (int k = 0; k < n_list; k++)
        sum += (double) w[(size_t) list[k] * ldw + i];
      c[i] = (RheoReal) sum;
    }
}

static void
add_events (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *x, int ldx, int n, RheoReal *c,
            int ldc)
{
  for (int j = 0; j < n_lists; j++)
    for (int i = 0; i < n; i++)
      {
        double sum = (double) c[(size_t) j * ldc + i];

        for (int k = first[j]; k < first[j + 1]; k++)
          sum += (double) x[(size_t) event[k] * ldx + i];
        c[(size_t) j * ldc + i] = (RheoReal) sum;
      }
}

static void
add_shares (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now, const RheoReal *next,
            const RheoReal *x, int ldx, int n, RheoReal *c, int ldc, int after)
{
  for (int j = 0; j < n_lists; j++)
    for (int k = first[j]; k < first[j + 1]; k++)
      for (int i = 0; i < n; i++)
        {
          if (now != NULL)
            c[(size_t) j * ldc + i] += now[k] * x[(size_t) event[k] * ldx + i];
          if (next != NULL)
            c[(size_t) (j + after) * ldc + i] += next[k] * x[(size_t) event[k] * ldx + i];
        }
}

static void
dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw, int n_rows,
            const RheoReal *d, int ldd, int k, RheoReal *c, int ldc)
{
  for (int j = 0; j < n_lists; j++)
    for (int i = first[j]; i < first[j + 1]; i++)
      {
        double sum = (double) c[(size_t) row[i] * ldc + j];

        for (int l = 0; l < k; l++)
          sum += (double) w[(size_t) j * ldw + l] * (double) d[(size_t) row[i] * ldd + l];
        c[(size_t) row[i] * ldc + j] = (RheoReal) sum;
      }
}

static int64_t
pack_bits (int n, const RheoReal *x, uint64_t *bits)
{
  int64_t n_set = 0;

  for (int i = 0; i < (n + 63) / 64; i++)
    bits[i] = 0;
  for (int i = 0; i < n; i++)
    if (x[i] != 0)
      {
        bits[i / 64] |= UINT64_C (1) << i % 64;
        n_set++;
      }
  return n_set;
}

static int
list_bits (int n_words, const uint64_t *bits, int32_t *list)
{
  int n = 0;

  for (int i = 0; i < 64 * n_words; i++)
    if (bits[i / 64] >> i % 64 & 1)
      list[n++] = i;
  return n;
}

static void
sparse_adjoint (int n_pre, const int64_t *first, const int32_t *target, const RheoReal *w, int n_rows,
                const RheoReal *d, RheoReal *c, int ld)
{
  for (int j = 0; j < n_pre; j++)
    for (int r = 0; r < n_rows; r++)
      {
        double sum = (double) c[(size_t) j * ld + r];

        for (int64_t s = first[j]; s < first[j + 1]; s++)
          sum += (double) w[s] * (double) d[(size_t) target[s] * ld + r];
        c[(size_t) j * ld + r] = (RheoReal) sum;
      }
}

static void
transpose (int m, int n, const RheoReal *a, int lda, RheoReal *b, int ldb)
{
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++)
      b[(size_t) j * ldb + i] = a[(size_t) i * lda + j];
}

static void
axpy (int n, RheoReal s, const RheoReal *x, RheoReal *w)
{
  for (int i = 0; i < n; i++)
    w[i] += s * x[i];
}

static void
rank1_product (int n_pre, int n_post, RheoReal rate, const RheoReal *pre, const RheoReal *post, const RheoReal *x,
               RheoReal *w, int ldw, RheoReal *c)
{
  for (int j = 0; j < n_pre; j++)
    for (int i = 0; pre[j] != 0 && i < n_post; i++)
      w[(size_t) j * ldw + i] += rate * pre[j] * post[i];
  for (int i = 0; i < n_post; i++)
    {
      double sum = (double) c[i];

      for (int j = 0; j < n_pre; j++)
        if (x[j] != 0)
          sum += (double) x[j] * (double) w[(size_t) j * ldw + i];
      c[i] = (RheoReal) sum;
    }
}

static void
adam (int n, RheoReal *w, const RheoReal *g, RheoReal *m, RheoReal *v, const RheoAdam *a)
{
  for (int i = 0; i < n; i++)
    rheo_adam_one (&w[i], g[i], &m[i], &v[i], a);
}

static void
momentum (int n, RheoReal *w, const RheoReal *g, RheoReal *m, const RheoMomentum *a)
{
  for (int i = 0; i < n; i++)
    rheo_momentum_one (&w[i], g[i], m != NULL ? &m[i] : NULL, a);
}

static void
rmsprop (int n, RheoReal *w, const RheoReal *g, RheoReal *v, const RheoRmsprop *a)
{
  for (int i = 0; i < n; i++)
    rheo_rmsprop_one (&w[i], g[i], &v[i], a);
}

static void
keep (int n, RheoReal *w, const uint8_t *mask, int sign, int64_t *n_zero, int64_t *n_wrong)
{
  for (int i = 0; i < n; i++)
    {
      if (mask != NULL && mask[i] == 0)
        w[i] = 0;
      *n_zero += w[i] == 0;
      if (sign * w[i] < 0)
        {
          w[i] = 0;
          ++*n_wrong;
        }
    }
}

static void
clamp (int n, RheoReal lo, RheoReal hi, RheoReal *w)
{
  for (int i = 0; i < n; i++)
    if (w[i] < lo)
      w[i] = lo;
    else if (w[i] > hi)
      w[i] = hi;
}

static double
sum_squares (int64_t n_rows, int64_t ld, int n, const RheoReal *x)
{
  double sum = 0;

  for (int64_t row = 0; row < n_rows; row++)
    for (int i = 0; i < n; i++)
      sum += (double) x[row * ld + i] * (double) x[row * ld + i];
  return sum;
}

const RheoKernels rheo_kernels_ref = {
  .name = "reference",
  .gemm = gemm,
  .direct_product = direct_product,
  .add_rows = add_rows,
  .add_events = add_events,
  .add_shares = add_shares,
  .dot_events = dot_events,
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
