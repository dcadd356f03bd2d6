/* Thread: any. Plain C11 that is also C++, no GLib. */
/* Inner loops with a plain C reference (kernels-ref.c) and a fast version (kernels.c); tests hold one to the other.
 * A matrix is row major with its leading dimension (numbers between rows) behind it. */
#pragma once

#include "optimise.h"

#define RHEO_MOST_CHOSEN 64

typedef struct
{
  const char *name;
  /* c (m x n) = beta c + op (a) op (b), inner size k; op transposes when ta or tb says so. beta 0: c is not read. */
  void (*gemm) (bool ta, bool tb, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                RheoReal beta, RheoReal *c, int ldc);
  /* Each row of c (m x n) = start + that of op (a) b, inner size k, op transposes where ta says so; start NULL: it is
   * added to c. Rows of b, c and start go on up to a multiple of RHEO_PAD: what is written there means nothing. turned: b
   * turned over, [n][ld_turned], for n that are a little above such a multiple, or NULL; it is 0 behind k, where rows of a
   * are finite, up to a multiple of RHEO_PAD. For matrices whose sides are a hundred or so, and where
   * rheo_kernel_direct_pays for larger ones with few rows; rows of c do not depend on how many there are. */
  void (*direct_product) (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                          const RheoReal *turned, int ld_turned, const RheoReal *start, RheoReal *c, int ldc);
  /* c[i] += sum over units j of list of w[j][i]: rows of firing units are added; n numbers, w rows ldw apart. With n a
   * multiple of RHEO_PAD there is no tail to do one by one. */
  void (*add_rows) (int n_list, const int32_t *list, const RheoReal *w, int ldw, int n, RheoReal *c);
  /* c[j][i] += sum over the events e of list j of x[e][i]; list j: event[first[j]] .. event[first[j + 1] - 1]; n a multiple
   * of RHEO_PAD. Goes column block by column block: with rows of x that fit into the first-level cache in a block of 4
   * RHEO_PAD columns all lists find them there. */
  void (*add_events) (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *x, int ldx, int n,
                      RheoReal *c, int ldc);
  /* The same in shares, for two rows: c[j][i] += sum of now[k] x[event[k]][i] and c[j + after][i] += that of next[k], over
   * the places k of list j. now or next NULL: nothing for that row; else after > 0. */
  void (*add_shares) (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now,
                      const RheoReal *next, const RheoReal *x, int ldx, int n, RheoReal *c, int ldc, int after);
  /* c[r][j] += sum over l < k of w[j][l] d[r][l] for the rows r of list j alone: row[first[j]] .. row[first[j + 1] - 1],
   * of n_rows <= RHEO_MOST_CHOSEN. Rows of w are 0 and those of d finite behind k, up to a multiple of RHEO_PAD. Where
   * rheo_kernel_direct_pays: without its registers a whole product is faster. */
  void (*dot_events) (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw, int n_rows,
                      const RheoReal *d, int ldd, int k, RheoReal *c, int ldc);
  /* Packs x != 0 of n numbers into bits; returns how many are set. */
  int64_t (*pack_bits) (int n, const RheoReal *x, uint64_t *bits);
  /* Lists the set bits; returns how many. */
  int (*list_bits) (int n_words, const uint64_t *bits, int32_t *list);
  /* c[j][r] += sum over the synapses s of source j of w[s] d[target[s]][r]: the adjoint product of a sparse matrix with
   * n_rows columns; first [n_pre + 1]. Rows of d and c are ld apart, ld >= RHEO_PADDED (n_rows); columns up to there are
   * summed too. */
  void (*sparse_adjoint) (int n_pre, const int64_t *first, const int32_t *target, const RheoReal *w, int n_rows,
                          const RheoReal *d, RheoReal *c, int ld);
  /* Out of place transposition of an m x n matrix. */
  void (*transpose) (int m, int n, const RheoReal *a, int lda, RheoReal *b, int ldb);
  /* w[i] += s * x[i] */
  void (*axpy) (int n, RheoReal s, const RheoReal *x, RheoReal *w);
  /* w[j][i] += rate pre[j] post[i] for all j, then c[i] += sum_j x[j] w[j][i], in one pass over w. Rows whose pre and x
   * are 0 are not touched. */
  void (*rank1_product) (int n_pre, int n_post, RheoReal rate, const RheoReal *pre, const RheoReal *post,
                         const RheoReal *x, RheoReal *w, int ldw, RheoReal *c);
  /* One optimiser step on n numbers each, in the form of PyTorch: g' = grad_scale g + l2 w comes first. */
  void (*adam) (int n, RheoReal *w, const RheoReal *g, RheoReal *m, RheoReal *v, const RheoAdam *how);
  /* m NULL: gradient descent without momentum. */
  void (*momentum) (int n, RheoReal *w, const RheoReal *g, RheoReal *m, const RheoMomentum *how);
  void (*rmsprop) (int n, RheoReal *w, const RheoReal *g, RheoReal *v, const RheoRmsprop *how);
  /* Holds n weights of one source: where mask is 0 they become 0 (mask NULL: nowhere); then zeros are counted; then
   * weights of the wrong sign are counted and become 0 (sign +1: keeps >= 0, -1: keeps <= 0, 0: free). Counts are added
   * to. */
  void (*keep) (int n, RheoReal *w, const uint8_t *mask, int sign, int64_t *n_zero, int64_t *n_wrong);
  /* Numbers below lo become lo, above hi become hi. */
  void (*clamp) (int n, RheoReal lo, RheoReal hi, RheoReal *w);
  /* Of n_rows rows of n numbers, ld apart. */
  double (*sum_squares) (int64_t n_rows, int64_t ld, int n, const RheoReal *x);
} RheoKernels;

/* Whether products of some dozens of rows with large matrices are faster by direct_product than by gemm, here. */
bool rheo_kernel_direct_pays (void);

extern const RheoKernels rheo_kernels_ref;
extern const RheoKernels rheo_kernels_fast;
