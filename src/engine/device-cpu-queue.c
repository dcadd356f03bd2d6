#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* Local rules change weights by outer products. With a single row the change waits: for the next product, which makes it
 * in the same pass over the weights; or where spikes are the source, and a product reads a few rows only, for more of its
 * kind, which then go into the weights together, as a product of two matrices. With more rows each lane sums its own
 * changes, since the others read the weights meanwhile, and they are added in lane order when the window ends. */

static void
apply (const RheoCpu *cpu, const RheoProj *p, RheoReal *weight, const RheoReal *pre, const RheoReal *post,
       RheoReal rate)
{
  for (int j = 0; j < p->n_pre; j++)
    {
      RheoReal *row = weight + (size_t) j * p->stride;
      const RheoReal self = p->keep.no_self ? row[j] : 0;

      if (pre[j] != 0 && p->keep.mask == NULL)
        cpu->kernels->axpy (p->n_post, rate * pre[j], post, row);
      else if (pre[j] != 0)
        for (int k = 0; k < p->n_post; k++)
          row[k] += p->keep.mask[(size_t) j * p->stride + k] ? rate * pre[j] * post[k] : 0;
      if (p->keep.no_self)
        row[j] = self;
    }
}

static RheoReal *
reals (RheoReal **block, size_t n)
{
  if (*block == NULL)
    *block = rheo_net_alloc (sizeof **block * n);
  return *block;
}

static bool
has_room (const RheoProj *p, RheoCpuQueue *queue)
{
  const size_t ld = RHEO_PADDED (p->n_pre);

  return reals (&queue->pre, RHEO_QUEUE * ld) != NULL && reals (&queue->self, 2 * ld) != NULL
         && reals (&queue->post, (RHEO_QUEUE + 1) * (size_t) p->stride) != NULL;
}

static bool
has_room_for_traces (const RheoProj *p, RheoCpuQueue *queue)
{
  if (queue->when == NULL)
    queue->when = rheo_net_alloc (sizeof *queue->when * (size_t) p->n_pre);
  return queue->when != NULL && reals (&queue->x, RHEO_PADDED (p->n_pre)) != NULL
         && reals (&queue->rest, (size_t) p->stride) != NULL && has_room (p, queue);
}

/* --- spikes filtered twice ---------------------------------------------------------------------------------------- */

/* Updates 0 .. n - 1 of sources j by q_k, with spikes z_j at the updates from 1 on, and x and p of update 0:
 *
 *   Q_k = q_k + keep_p Q_(k+1),   S_k = gain_p Q_k + keep_x S_(k+1),   Q_n = S_n = 0
 *   sum of p_jk q_k = p_j Q_0 + keep_x x_j S_1 + gain_x sum over k > 0 of z_jk S_k
 *
 * so that each weight takes two products, and one sum for each spike of its source, in place of n products. */

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));

/* Vectors of a row that are summed in registers. */
#define MOST 10
#define FEW 5

/* FUNCTION (number of vectors, ...) for the parts of a row; `at`: place of the first. */
#define EACH_PART(STRIDE, FUNCTION, ...)                                                                               \
  for (int at = 0, left = (STRIDE) / RHEO_PAD, most = rheo_kernel_direct_pays () ? MOST : FEW, here; left > 0;         \
       left -= here, at += here * RHEO_PAD)                                                                            \
    {                                                                                                                  \
      here = left >= most ? most : left >= FEW ? FEW : left >= 2 ? 2 : 1;                                              \
      if (here == MOST)                                                                                                \
        FUNCTION (MOST, __VA_ARGS__);                                                                                  \
      else if (here == FEW)                                                                                            \
        FUNCTION (FEW, __VA_ARGS__);                                                                                   \
      else if (here == 2)                                                                                              \
        FUNCTION (2, __VA_ARGS__);                                                                                     \
      else                                                                                                             \
        FUNCTION (1, __VA_ARGS__);                                                                                     \
    }

/* q becomes Q_0 and gain_x S_k, rest keep_x S_1. */
RHEO_MULTI static void
look_back (const RheoTraces *filter, int n, int stride, RheoReal *q, RheoReal *rest)
{
  const RheoReal keep_x = filter->keep[0], gain_x = filter->gain[0], keep_p = filter->keep[1], gain_p = filter->gain[1];

  for (int first = 0; first < stride; first += RHEO_PAD)
    {
      Vector of_p = { 0 }, of_x = { 0 }, *row = (Vector *) (q + (size_t) (n - 1) * stride + first);

      for (int k = n - 1; k > 0; k--, row -= stride / RHEO_PAD)
        {
          of_p = *row + keep_p * of_p;
          of_x = gain_p * of_p + keep_x * of_x;
          *row = gain_x * of_x;
        }
      *row += keep_p * of_p;
      *(Vector *) (rest + first) = keep_x * of_x;
    }
}

RHEO_ALWAYS_INLINE void
add_row (const int n_vectors, const RheoReal *row, Vector *sum)
{
#pragma GCC unroll 10
  for (int v = 0; v < n_vectors; v++)
    sum[v] += ((const Vector *) row)[v];
}

/* Most sources have a spike or two in so few steps: a row of zeros in place of one that is not there takes less time than a
 * branch that cannot be foreseen. */
RHEO_ALWAYS_INLINE void
add_traced_columns (const int n_vectors, int n_pre, int stride, const RheoReal *p, const RheoReal *x,
                    const uint32_t *when, const RheoReal *q, const RheoReal *rest, RheoReal *w)
{
  const uint64_t none = UINT64_C (1) << RHEO_QUEUE;

  for (int j = 0; j < n_pre; j++, w += stride)
    {
      uint64_t left = when[j] | none;
      Vector sum[MOST];

#pragma GCC unroll 10
      for (int v = 0; v < n_vectors; v++)
        sum[v] = ((Vector *) w)[v] + p[j] * ((const Vector *) q)[v] + x[j] * ((const Vector *) rest)[v];
      add_row (n_vectors, q + (size_t) __builtin_ctzll (left) * (size_t) stride, sum);
      left = (left & (left - 1)) | none;
      add_row (n_vectors, q + (size_t) __builtin_ctzll (left) * (size_t) stride, sum);
      for (left &= left - 1; left > none; left &= left - 1)
        add_row (n_vectors, q + (size_t) __builtin_ctzll (left) * (size_t) stride, sum);
#pragma GCC unroll 10
      for (int v = 0; v < n_vectors; v++)
        ((Vector *) w)[v] = sum[v];
    }
}

RHEO_MULTI static void
add_traced (int n_pre, int stride, const RheoReal *p, const RheoReal *x, const uint32_t *when, const RheoReal *q,
            const RheoReal *rest, RheoReal *w)
{
  EACH_PART (stride, add_traced_columns, n_pre, stride, p, x, when, q + at, rest + at, w + at);
}

/* --- what waits --------------------------------------------------------------------------------------------------- */

void
rheo_cpu_flush_proj (RheoCpu *cpu, int proj)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];
  const int ld = RHEO_PADDED (p->n_pre);

  if (queue->n_waiting == 0)
    return;
  if (queue->n_waiting == 1)
    apply (cpu, p, p->weight, queue->pre, queue->post, 1);
  else
    {
      RheoReal *self = queue->self + ld;

      for (int j = 0; j < p->n_pre && p->keep.no_self; j++)
        self[j] = p->weight[(size_t) j * p->stride + j];
      if (queue->traced)
        {
          look_back (&queue->filter, queue->n_waiting, p->stride, queue->post, queue->rest);
          add_traced (p->n_pre, p->stride, queue->pre, queue->x, queue->when, queue->post, queue->rest, p->weight);
        }
      else
        cpu->kernels->gemm (true, false, p->n_pre, p->n_post, queue->n_waiting, queue->pre, ld, queue->post, p->stride,
                            1, p->weight, p->stride);
      for (int j = 0; j < p->n_pre && p->keep.no_self; j++)
        p->weight[(size_t) j * p->stride + j] = self[j];
    }
  queue->n_waiting = 0;
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
}

RHEO_ALWAYS_INLINE void
add_scaled_columns (const int n_vectors, int n, int stride, const RheoReal *by, const RheoReal *row, RheoReal *c)
{
  Vector even[MOST], odd[MOST] = { 0 };
  int k = 0;

#pragma GCC unroll 10
  for (int v = 0; v < n_vectors; v++)
    even[v] = ((Vector *) c)[v];
  for (; k + 2 <= n; k += 2, row += 2 * (size_t) stride)
    {
#pragma GCC unroll 10
      for (int v = 0; v < n_vectors; v++)
        {
          even[v] += by[k] * ((const Vector *) row)[v];
          odd[v] += by[k + 1] * ((const Vector *) (row + stride))[v];
        }
    }
#pragma GCC unroll 10
  for (int v = 0; v < n_vectors; v++)
    ((Vector *) c)[v] = even[v] + (k < n ? odd[v] + by[k] * ((const Vector *) row)[v] : odd[v]);
}

/* c += sum of by[k] q_k. */
RHEO_MULTI static void
add_scaled (int n, int stride, const RheoReal *by, const RheoReal *q, RheoReal *c)
{
  EACH_PART (stride, add_scaled_columns, n, stride, by, q + at, c + at);
}

/* by[k] = sum over the list of pre[k], four at a time: sums wait for each other. */
static void
sum_sources (int n, const RheoReal *pre, int ld, int n_list, const int32_t *list, RheoReal *by)
{
  for (; n > 0; n -= 4, pre += 4 * (size_t) ld, by += 4)
    {
      RheoReal sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;

      for (int i = 0; i < n_list; i++)
        {
          const RheoReal *at = pre + list[i];

          sum0 += at[0];
          sum1 += at[ld];
          sum2 += at[2 * ld];
          sum3 += at[3 * ld];
        }
      by[0] = sum0;
      by[1] = sum1;
      by[2] = sum2;
      by[3] = sum3;
    }
}

void
rheo_cpu_add_waiting (const RheoCpu *cpu, int proj, int n_list, const int32_t *list, RheoReal *c)
{
  const RheoProj *p = &cpu->net->proj[proj];
  const RheoCpuQueue *queue = &cpu->queue[proj];
  RheoReal by[RHEO_QUEUE];

  sum_sources (queue->n_waiting, queue->pre, RHEO_PADDED (p->n_pre), n_list, list, by);
  add_scaled (queue->n_waiting, p->stride, by, queue->post, c);
  for (int i = 0; i < n_list && p->keep.no_self; i++)
    c[list[i]] -= queue->self[list[i]];
}

RHEO_MULTI static void
append (const RheoProj *p, RheoCpuQueue *queue, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  const int n_self = p->keep.no_self ? MIN (p->n_pre, p->n_post) : 0;
  RheoReal *restrict to_pre = queue->pre + (size_t) queue->n_waiting * RHEO_PADDED (p->n_pre);
  RheoReal *restrict to_post = queue->post + (size_t) queue->n_waiting * p->stride, *restrict self = queue->self;

  for (int j = 0; j < p->n_pre; j++)
    to_pre[j] = pre[j];
  for (int k = 0; k < p->n_post; k++)
    to_post[k] = rate * post[k];
  if (queue->n_waiting++ == 0)
    memset (self, 0, sizeof *self * (size_t) n_self);
  for (int j = 0; j < n_self; j++)
    self[j] += pre[j] * rate * post[j];
}

void
rheo_cpu_queue (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];
  const int room = p->from >= 0 && cpu->net->pop[p->from].cell->spikes ? RHEO_QUEUE : 1;

  g_assert (p->form == RHEO_DENSE);
  if (!cpu->alone)
    {
      RheoReal *sum = reals (&queue->sum[lane->index], (size_t) p->n_pre * (size_t) p->stride);

      if (sum != NULL)
        apply (cpu, p, sum, pre, post, rate);
      else
        atomic_store (&cpu->starved, true);
      atomic_store (&queue->summed, true);
      return;
    }
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
  if (p->keep.mask != NULL || !has_room (p, queue))
    {
      apply (cpu, p, p->weight, pre, post, rate);
      return;
    }
  if (queue->n_waiting >= room || queue->traced)
    rheo_cpu_flush_proj (cpu, proj);
  queue->traced = false;
  append (p, queue, pre, post, rate);
}

RHEO_MULTI static void
note_spikes (int n, const RheoReal *z, uint32_t bit, uint32_t *when)
{
  RHEO_IVDEP
  for (int j = 0; j < n; j++)
    when[j] |= z[j] != 0 ? bit : 0;
}

void
rheo_cpu_queue_traced (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoTraces *traces, const RheoReal *post)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];

  if (!cpu->alone || p->keep.mask != NULL || p->from < 0 || cpu->graded[p->from] || !has_room_for_traces (p, queue))
    {
      rheo_cpu_queue (cpu, proj, lane, traces->p, post, 1);
      return;
    }
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
  if (queue->n_waiting == RHEO_QUEUE || !queue->traced)
    rheo_cpu_flush_proj (cpu, proj);
  queue->traced = true;
  queue->filter = *traces;
  if (queue->n_waiting > 0)
    note_spikes (p->n_pre, traces->z, UINT32_C (1) << queue->n_waiting, queue->when);
  else
    {
      memcpy (queue->x, traces->x, sizeof *queue->x * (size_t) p->n_pre);
      memset (queue->when, 0, sizeof *queue->when * (size_t) p->n_pre);
    }
  append (p, queue, traces->p, post, 1);
}

/* What lanes have summed; what waits for a product goes on waiting. */
void
rheo_cpu_end_window (RheoCpu *cpu)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    {
      RheoCpuQueue *queue = &cpu->queue[i];
      const RheoProj *p = &cpu->net->proj[i];
      const size_t n = (size_t) p->n_pre * (size_t) p->stride;

      if (!atomic_load (&queue->summed))
        continue;
      for (int k = 0; k < cpu->net->n_lanes; k++)
        if (queue->sum[k] != NULL)
          {
            cpu->kernels->axpy ((int) n, 1, queue->sum[k], p->weight);
            memset (queue->sum[k], 0, sizeof (RheoReal) * n);
          }
      atomic_store (&queue->summed, false);
      cpu->net->stale |= RHEO_STALE_WEIGHTS;
    }
}

void
rheo_cpu_flush (RheoCpu *cpu)
{
  rheo_cpu_end_window (cpu);
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    rheo_cpu_flush_proj (cpu, i);
}

void
rheo_cpu_free_queues (RheoCpu *cpu)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    {
      for (int k = 0; cpu->queue[i].sum != NULL && k < cpu->net->n_lanes; k++)
        rheo_net_release (cpu->queue[i].sum[k]);
      rheo_net_release (cpu->queue[i].pre);
      rheo_net_release (cpu->queue[i].post);
      rheo_net_release (cpu->queue[i].self);
      rheo_net_release (cpu->queue[i].x);
      rheo_net_release (cpu->queue[i].rest);
      rheo_net_release (cpu->queue[i].when);
    }
}
