#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

RheoLaneRun
rheo_lane_run (RheoCpu *cpu, const RheoWindow *w, int i_lane, int thread)
{
  RheoNet *net = cpu->net;
  RheoLaneRun run = { .cpu = cpu,
                      .net = net,
                      .w = w,
                      .lane = &net->lane[i_lane],
                      .work = &cpu->work[thread],
                      .n_rows = net->lane[i_lane].n_rows,
                      .n_steps = w->t1 - w->t0 };

  if (w->flags & RHEO_ROLL_TAPE)
    run.tape = &net->tape.lane[i_lane - w->lane0];
  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];
      const int64_t depth = net->more[i].depth * run.n_rows;

      run.slice[i] = (RheoSlice){ .n_units = pop->n_units,
                                  .n_rows = run.n_rows,
                                  .stride = pop->stride,
                                  .param = (const RheoReal *const *) pop->param,
                                  .state = run.lane->pop[i].state };
      if (run.tape != NULL)
        {
          run.bits[i] = run.tape->pop[i].bits;
          run.out[i] = run.tape->pop[i].out;
        }
      else if (cpu->graded[i])
        run.out[i] = run.work->pop[i].graded + depth * pop->stride;
      else
        run.bits[i] = run.work->pop[i].bits + depth * ((pop->n_units + 63) / 64);
    }
  return run;
}

int
rheo_lane_running (const RheoLaneRun *run, int64_t t)
{
  const RheoBatch *batch = run->w->batch;
  int n = MIN (run->n_rows, batch->n_rows - run->lane->row0);

  if (batch->length != NULL)
    while (n > 0 && batch->length[run->lane->row0 + n - 1] <= run->w->t0 + t)
      n--;
  return MAX (n, 0);
}

typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));
typedef int32_t Integers __attribute__ ((vector_size (RHEO_PAD * sizeof (int32_t))));

/* to = bits i .. i + RHEO_PAD - 1 as 0 and 1; i is a multiple of RHEO_PAD. */
RHEO_ALWAYS_INLINE void
expand (const uint64_t *bits, int i, LooseVector *to)
{
  const int32_t word = (int32_t) (bits[i / 64] >> i % 64 & ((1 << RHEO_PAD) - 1));
  Integers place;

  for (int k = 0; k < RHEO_PAD; k++)
    place[k] = k;
  *to = __builtin_convertvector(((Integers){ 0 } + word) >> place & 1, LooseVector);
}

RHEO_MULTI void
rheo_bits_expand (int n, const uint64_t *bits, RheoReal *out)
{
  int i = 0;

  for (; i + RHEO_PAD <= n; i += RHEO_PAD)
    expand (bits, i, (LooseVector *) (out + i));
  for (; i < n; i++)
    out[i] = bits[i / 64] >> i % 64 & 1;
}

static const uint64_t *
bits_at (const RheoLaneRun *run, int pop, int64_t t, int row)
{
  const int n_words = (run->net->pop[pop].n_units + 63) / 64;

  return run->bits[pop] + ((t - run->base) * run->n_rows + row) * n_words;
}

static const RheoReal *
out_at (const RheoLaneRun *run, int pop, int64_t t)
{
  return run->out[pop] + (t - run->base) * run->n_rows * run->net->pop[pop].stride;
}

static void
events_of_input (const RheoLaneRun *run, int64_t t, int row, const int32_t **list, int *n)
{
  const RheoBatch *batch = run->w->batch;
  const int64_t at = (int64_t) (run->lane->row0 + row) * batch->n_steps + run->w->t0 + t;

  *list = batch->event_unit + batch->event_first[at];
  *n = (int) (batch->event_first[at + 1] - batch->event_first[at]);
}

int
rheo_lane_active (const RheoLaneRun *run, const RheoProj *p, int64_t t, int row, const uint64_t **bits,
                  const int32_t **list)
{
  const RheoBatch *batch = run->w->batch;
  const int64_t at = t - p->delay;
  const int of_batch = run->lane->row0 + row;
  int n = 0;

  *bits = p->from >= 0 ? bits_at (run, p->from, at, row) : NULL;
  if (p->from < 0 && run->w->t0 + at >= 0 && of_batch < batch->n_rows
      && (batch->length == NULL || batch->length[of_batch] > run->w->t0 + t))
    events_of_input (run, at, row, list, &n);
  return n;
}

/* Inputs are few, mostly: a call would cost more than they do. */
static inline void
copy_numbers (int n, const RheoReal *from, RheoReal *to)
{
  if (n > RHEO_FEW)
    memcpy (to, from, sizeof (RheoReal) * (size_t) n);
  else
    for (int i = 0; i < n; i++)
      to[i] = from[i];
}

/* Source signal of one step and row as it leaves its population. */
static void
source_row (const RheoLaneRun *run, const RheoProj *p, int64_t t, int row, bool running, int j0, int n_units,
            RheoReal *to)
{
  const RheoBatch *batch = run->w->batch;
  const int64_t step = run->w->t0 + t;
  const int row_of_batch = run->lane->row0 + row;

  if (p->from >= 0 && run->bits[p->from] != NULL)
    {
      rheo_bits_expand (n_units, bits_at (run, p->from, t, row) + j0 / 64, to);
      return;
    }
  if (p->from >= 0)
    {
      memcpy (to, out_at (run, p->from, t) + (size_t) row * run->net->pop[p->from].stride + j0,
              sizeof (RheoReal) * (size_t) n_units);
      return;
    }
  memset (to, 0, sizeof (RheoReal) * (size_t) n_units);
  if (step < 0 || !running)
    return;
  if (p->from == RHEO_TEACHER)
    {
      if (run->w->teacher != NULL)
        memcpy (to, run->w->teacher->value + ((size_t) row_of_batch * batch->n_steps + step) * p->n_pre + j0,
                sizeof (RheoReal) * (size_t) n_units);
    }
  else
    {
      const int32_t *list;
      int n;

      events_of_input (run, t, row, &list, &n);
      for (int k = 0; k < n; k++)
        if (list[k] >= j0 && list[k] < j0 + n_units)
          to[list[k] - j0] += 1;
    }
}

/* Dense inputs of n steps. */
static void
input_steps (const RheoLaneRun *run, const RheoProj *p, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to)
{
  const RheoBatch *batch = run->w->batch;
  const int64_t first = run->w->t0 + t - p->delay, size = (int64_t) run->n_rows * ld;

  for (int row = 0; row < run->n_rows; row++)
    {
      const int of_batch = run->lane->row0 + row;
      const int64_t length = of_batch >= batch->n_rows ? 0
                             : batch->length != NULL   ? batch->length[of_batch]
                                                       : batch->n_steps;
      const int64_t hold = MAX (batch->hold, 1);
      const RheoReal *from = batch->input + (int64_t) of_batch * (batch->n_steps / hold) * batch->n_in + j0;

      for (int i = 0; i < n; i++)
        if (first + i >= 0 && first + i < length)
          copy_numbers (n_units, from + (first + i) / hold * batch->n_in, to + i * size + (int64_t) row * ld);
        else
          memset (to + i * size + (int64_t) row * ld, 0, sizeof (RheoReal) * (size_t) n_units);
    }
}

static void
source_steps (const RheoLaneRun *run, const RheoProj *p, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to)
{
  if (p->lag != NULL)
    {
      rheo_lane_lagged (run, (int) (p - run->net->proj), t, n, j0, n_units, ld, to);
      return;
    }
  if (p->from == RHEO_INPUT && run->w->batch->input != NULL)
    {
      input_steps (run, p, t, n, j0, n_units, ld, to);
      return;
    }
  for (int i = 0; i < n; i++)
    {
      const int64_t at = t + i - p->delay;
      const int n_running = p->from < 0 ? rheo_lane_running (run, at) : 0;

      for (int row = 0; row < run->n_rows; row++)
        source_row (run, p, at, row, row < n_running, j0, n_units, to + (size_t) (i * run->n_rows + row) * ld);
    }
}

void
rheo_lane_source (const RheoLaneRun *run, int i_proj, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const int stride = RHEO_PADDED (p->n_pre);

  if (!run->cpu->changed[i_proj])
    source_steps (run, p, t, n, j0, n_units, ld, to);
  else if (n_units == p->n_pre && ld % 4 == 0)
    {
      source_steps (run, p, t, n, 0, n_units, ld, to);
      rheo_acts_on_source (run->w, i_proj, run->w->t0 + t, n, (int64_t) run->n_rows * ld, run->lane->row0,
                           rheo_lane_running (run, t), ld, to);
    }
  else
    for (int i = 0; i < n; i++)
      {
        RheoReal *whole = run->work->whole;

        source_steps (run, p, t + i, 1, 0, p->n_pre, stride, whole);
        rheo_acts_on_source (run->w, i_proj, run->w->t0 + t + i, 1, 0, run->lane->row0, rheo_lane_running (run, t + i),
                             stride, whole);
        for (int row = 0; row < run->n_rows; row++)
          copy_numbers (n_units, whole + (size_t) row * stride + j0, to + (size_t) (i * run->n_rows + row) * ld);
      }
}

RHEO_MULTI int64_t
rheo_bits_count (int64_t n_words, const uint64_t *bits)
{
  int64_t n = 0;

  for (int64_t i = 0; i < n_words; i++)
    n += __builtin_popcountll (bits[i]);
  return n;
}

/* c[i] += sum of x[k] w[k][i] for few sources. */
RHEO_MULTI static void
add_few (int n_few, const RheoReal *x, const RheoReal *w, int ldw, int n, RheoReal *c)
{
  int k = 0;

  for (; k + 2 <= n_few; k += 2)
    {
      const RheoReal x0 = x[k], x1 = x[k + 1], *w0 = w + (size_t) k * ldw, *w1 = w0 + ldw;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        c[i] += x0 * w0[i] + x1 * w1[i];
    }
  if (k < n_few)
    {
      const RheoReal x0 = x[k], *w0 = w + (size_t) k * ldw;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        c[i] += x0 * w0[i];
    }
}

static void
add_synapses (const RheoProj *p, int j, RheoReal x, RheoReal *c)
{
  const int64_t end = p->syn_count != NULL ? p->syn_first[j] + p->syn_count[j] : p->syn_first[j + 1];

  for (int64_t s = p->syn_first[j]; s < end; s++)
    c[p->syn_post[s]] += x * p->weight[s];
}

/* The product from source numbers [n * row][ld]; start: for small matrices only. */
static void
product_of_numbers (const RheoLaneRun *run, const RheoProj *p, int n_rows, const RheoReal *source, int ld,
                    const RheoReal *start, RheoReal *dst)
{
  const RheoKernels *kernels = run->cpu->kernels;
  /* Turned weights are of the window's start. */
  const bool turns = p->from >= 0 && p->feedback == NULL && run->w->on_step == NULL;
  const RheoReal *turned = turns ? run->cpu->turned[p - run->net->proj] : NULL;
  const int ld_turned = RHEO_PADDED (p->n_pre);
  const int64_t most = (int64_t) (RHEO_DENSE_ABOVE * n_rows * p->n_pre);
  int64_t n_set = 0;

  if (p->form == RHEO_ONE_TO_ONE)
    {
      for (int row = 0; row < n_rows; row++)
        for (int i = 0; i < p->n_post; i++)
          dst[(size_t) row * p->stride + i] += source[(size_t) row * ld + i] * p->weight[i];
      return;
    }
  if (p->form == RHEO_SPARSE)
    {
      for (int row = 0; row < n_rows; row++)
        for (int j = 0; j < p->n_pre; j++)
          if (source[(size_t) row * ld + j] != 0)
            add_synapses (p, j, source[(size_t) row * ld + j], dst + (size_t) row * p->stride);
      return;
    }
  if (rheo_proj_is_small (p))
    {
      kernels->direct_product (false, n_rows, p->n_post, p->n_pre, source, ld, p->weight, p->stride, turned, ld_turned,
                               start, dst, p->stride);
      return;
    }
  if (p->n_pre <= RHEO_FEW)
    {
      for (int row = 0; row < n_rows; row++)
        add_few (p->n_pre, source + (size_t) row * ld, p->weight, p->stride, p->stride, dst + (size_t) row * p->stride);
      return;
    }
  for (int row = 0; row < n_rows && n_set <= most; row++)
    for (int j = 0; j < p->n_pre; j++)
      n_set += source[(size_t) row * ld + j] != 0;
  if (n_set > most)
    {
      if (rheo_kernel_direct_pays ())
        kernels->direct_product (false, n_rows, p->n_post, p->n_pre, source, ld, p->weight, p->stride, NULL, 0, NULL,
                                 dst, p->stride);
      else
        kernels->gemm (false, false, n_rows, p->n_post, p->n_pre, source, ld, p->weight, p->stride, 1, dst, p->stride);
      return;
    }
  for (int row = 0; row < n_rows; row++)
    for (int j = 0; j < p->n_pre; j++)
      if (source[(size_t) row * ld + j] != 0)
        kernels->axpy (p->stride, source[(size_t) row * ld + j], p->weight + (size_t) j * p->stride,
                       dst + (size_t) row * p->stride);
}

static void
add_list (const RheoLaneRun *run, const RheoProj *p, const int32_t *list, int n, RheoReal *to)
{
  if (p->form == RHEO_DENSE)
    run->cpu->kernels->add_rows (n, list, p->weight, p->stride, p->stride, to);
  else
    for (int k = 0; k < n; k++)
      add_synapses (p, list[k], 1, to);
}

void
rheo_rows_fill (int n_rows, int stride, const RheoReal *row, RheoReal *to)
{
  for (int i = 0; i < n_rows; i++)
    memcpy (to + (size_t) i * stride, row, sizeof (RheoReal) * (size_t) stride);
}

/* Small matrices with numbers as their source: their product can begin with a row in place of what lies in dst. */
static bool
begins_small (const RheoLaneRun *run, int i_proj)
{
  const RheoProj *p = &run->net->proj[i_proj];

  return rheo_proj_is_small (p) && run->cpu->queue[i_proj].n_waiting == 0
         && (p->from >= 0 ? run->bits[p->from] == NULL : p->from != RHEO_INPUT || run->w->batch->input != NULL);
}

/* Spikes to units of their own; bits beyond the last unit are 0. */
RHEO_MULTI static void
add_each (const RheoProj *p, int n_rows, const uint64_t *bits, RheoReal *dst)
{
  for (int row = 0; row < n_rows; row++, dst += p->stride, bits += (p->n_pre + 63) / 64)
    for (int i = 0; i < p->stride; i += RHEO_PAD)
      {
        LooseVector z;

        expand (bits, i, &z);
        *(LooseVector *) (dst + i) += *(const LooseVector *) (p->weight + i) * z;
      }
}

/* Rows that are still running are enough, since what comes after a trial's end is never looked at. */
void
rheo_lane_product (const RheoLaneRun *run, int i_proj, int64_t t, int n, const RheoReal *start, RheoReal *dst)
{
  RheoCpu *cpu = run->cpu;
  const RheoProj *p = &run->net->proj[i_proj];
  RheoCpuQueue *queue = &cpu->queue[i_proj];
  const int stride = RHEO_PADDED (p->n_pre), n_rows = run->n_rows;
  const bool plain = rheo_cpu_carries_out (cpu, i_proj) && p->form != RHEO_ONE_TO_ONE;
  RheoReal *source = run->work->source;

  if (start != NULL && !begins_small (run, i_proj))
    {
      rheo_rows_fill (n * n_rows, p->stride, start, dst);
      start = NULL;
    }
  if (queue->n_waiting > 0 && !(plain && n == 1 && p->from >= 0 && run->bits[p->from] != NULL))
    {
      if (queue->n_waiting == 1 && n == 1 && !p->keep.no_self)
        {
          rheo_lane_source (run, i_proj, t, 1, 0, p->n_pre, stride, source);
          cpu->kernels->rank1_product (p->n_pre, p->n_post, 1, queue->pre, queue->post, source, p->weight, p->stride,
                                       dst);
          queue->n_waiting = 0;
          return;
        }
      rheo_cpu_flush_proj (cpu, i_proj);
    }
  if (p->form == RHEO_ONE_TO_ONE && p->from >= 0 && run->bits[p->from] != NULL && !cpu->changed[i_proj])
    {
      add_each (p, n * n_rows, bits_at (run, p->from, t - p->delay, 0), dst);
      return;
    }
  if (plain && p->from >= 0 && run->bits[p->from] != NULL)
    {
      const int n_words = (p->n_pre + 63) / 64;
      const uint64_t *bits = bits_at (run, p->from, t - p->delay, 0);
      const int64_t n_set = rheo_bits_count ((int64_t) n * n_rows * n_words, bits);

      if (n_set == 0)
        return;
      if (n_set <= RHEO_DENSE_SPIKES_ABOVE * n * n_rows * p->n_pre || p->form == RHEO_SPARSE || queue->n_waiting > 0)
        {
          if (p->form == RHEO_DENSE && n_rows >= RHEO_LEAST_SHARED && queue->n_waiting == 0)
            {
              rheo_lane_add_events (run, i_proj, t, n, n_set, dst);
              return;
            }
          for (int i = 0; i < n * n_rows; i++)
            {
              const int n_list = cpu->kernels->list_bits (n_words, bits + (size_t) i * n_words, run->work->list);

              if (n_list > 0)
                add_list (run, p, run->work->list, n_list, dst + (size_t) i * p->stride);
              if (n_list > 0 && queue->n_waiting > 0)
                rheo_cpu_add_waiting (cpu, i_proj, n_list, run->work->list, dst + (size_t) i * p->stride);
            }
          return;
        }
    }
  else if (plain && p->from >= 0)
    {
      product_of_numbers (run, p, n * n_rows, out_at (run, p->from, t - p->delay), run->net->pop[p->from].stride, start,
                          dst);
      return;
    }
  else if (plain && p->from == RHEO_INPUT && run->w->batch->input == NULL && p->form == RHEO_DENSE
           && n_rows >= RHEO_LEAST_SHARED)
    {
      rheo_lane_add_events (run, i_proj, t, n, 0, dst);
      return;
    }
  else if (plain && p->from == RHEO_INPUT && run->w->batch->input == NULL)
    {
      for (int i = 0; i < n; i++)
        for (int row = 0; row < rheo_lane_running (run, t + i) && run->w->t0 + t + i >= p->delay; row++)
          {
            const int32_t *list;
            int n_list;

            events_of_input (run, t + i - p->delay, row, &list, &n_list);
            if (n_list > 0)
              add_list (run, p, list, n_list, dst + (size_t) (i * n_rows + row) * p->stride);
          }
      return;
    }
  for (int i = 0, n_part = n; i < n; i += n_part)
    {
      RheoReal *to = dst + (size_t) i * n_rows * p->stride;

      if (p->lag != NULL)
        n_part = MIN (MAX (RHEO_LAGGED_LISTS / n_rows - 1, 1), n - i);
      if (p->lag != NULL && rheo_lane_add_lagged (run, i_proj, t + i, n_part, to))
        continue;
      rheo_lane_source (run, i_proj, t + i, n_part, 0, p->n_pre, stride, source);
      product_of_numbers (run, p, n_part * n_rows, source, stride, start, to);
    }
}

/* --- adjoint ------------------------------------------------------------------------------------------------ */

static void
adjoint_sparse (const RheoLaneRun *run, const RheoProjIndex *index, const RheoProj *p, const RheoReal *delta,
                RheoReal *dst, int ld_dst)
{
  const RheoKernels *kernels = run->cpu->kernels;
  RheoCpuWork *work = run->work;
  const int n_rows = run->n_rows, ld = run->cpu->padded_rows;

  kernels->transpose (n_rows, p->n_post, delta, p->stride, work->across, ld);
  memset (work->back, 0, sizeof (RheoReal) * (size_t) p->n_pre * (size_t) ld);
  for (int b = 0; b < index->n_blocks; b++)
    kernels->sparse_adjoint (p->n_pre, index->first + (size_t) b * p->n_pre, index->target, index->w, n_rows,
                             work->across, work->back, ld);
  kernels->transpose (p->n_pre, n_rows, work->back, ld, work->source, RHEO_PADDED (p->n_pre));
  for (int row = 0; row < n_rows; row++)
    kernels->axpy (p->n_pre, 1, work->source + (size_t) row * RHEO_PADDED (p->n_pre), dst + (size_t) row * ld_dst);
}

/* n_rows: of all steps; the first of them where it is one step. */
static void
adjoint_rows (const RheoLaneRun *run, int i_proj, int n, int n_rows, const RheoReal *delta, RheoReal *dst, int ld_dst)
{
  RheoCpu *cpu = run->cpu;
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoReal *weight = p->feedback != NULL ? p->feedback : p->weight;

  if (p->form == RHEO_ONE_TO_ONE)
    {
      for (int row = 0; row < n_rows; row++)
        for (int i = 0; i < p->n_post; i++)
          dst[(size_t) row * ld_dst + i] += weight[i] * delta[(size_t) row * p->stride + i];
    }
  else if (p->index != NULL)
    for (int i = 0; i < n; i++)
      adjoint_sparse (run, p->index, p, delta + (size_t) i * run->n_rows * p->stride,
                      dst + (size_t) i * run->n_rows * ld_dst, ld_dst);
  else if (cpu->turned[i_proj] != NULL && (rheo_proj_is_small (p) || p->n_post > RHEO_FEW))
    cpu->kernels->direct_product (false, n_rows, p->n_pre, p->n_post, delta, p->stride, cpu->turned[i_proj],
                                  RHEO_PADDED (p->n_pre), weight, p->stride, NULL, dst, ld_dst);
  else if (cpu->turned[i_proj] != NULL)
    for (int row = 0; row < n_rows; row++)
      add_few (p->n_post, delta + (size_t) row * p->stride, cpu->turned[i_proj], RHEO_PADDED (p->n_pre), p->n_pre,
               dst + (size_t) row * ld_dst);
  else
    cpu->kernels->gemm (false, true, n_rows, p->n_pre, p->n_post, delta, p->stride, weight, p->stride, 1, dst, ld_dst);
}

/* Deltas of trials that have ended are 0: their rows are left out. heard: units that do not ask for a gradient may be. */
static void
adjoint_steps (const RheoLaneRun *run, int i_proj, int64_t t, int n, bool heard, const RheoReal *delta, RheoReal *dst,
               int ld_dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const size_t size = (size_t) run->n_rows * p->stride, size_dst = (size_t) run->n_rows * ld_dst;

  heard = heard && rheo_proj_may_skip (run->net, p);
  if (!heard && rheo_lane_running (run, t + n - 1 + p->delay) == run->n_rows)
    {
      adjoint_rows (run, i_proj, n, n * run->n_rows, delta, dst, ld_dst);
      return;
    }
  for (int i = 0; i < n; i++)
    {
      const int n_rows = rheo_lane_running (run, t + i + p->delay);

      if (n_rows > 0
          && !(heard && rheo_lane_adjoint_heard (run, i_proj, t + i, n_rows, delta + i * size, dst + i * size_dst)))
        adjoint_rows (run, i_proj, 1, n_rows, delta + i * size, dst + i * size_dst, ld_dst);
    }
}

/* What is heard up to most_lag steps later, a chunk at a time. */
static void
adjoint_lagged (const RheoLaneRun *run, int i_proj, int64_t t, int n, RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const int64_t end = MIN (t + n + p->most_lag, run->n_steps - p->delay);
  const int stride = run->net->pop[p->from].stride;
  const size_t size = (size_t) run->n_rows * stride;
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port];
  RheoReal *product = run->work->product;

  for (int64_t at = t; at < end; at += run->cpu->chunk)
    {
      const int n_steps = (int) MIN (run->cpu->chunk, end - at);

      memset (product, 0, sizeof (RheoReal) * size * (size_t) n_steps);
      adjoint_steps (run, i_proj, at, n_steps, false, delta + (size_t) (at + p->delay) * run->n_rows * p->stride,
                     product, stride);
      for (int i = 0; i < n_steps && run->cpu->changed[i_proj]; i++)
        rheo_acts_on_d_source (run->w, i_proj, run->w->t0 + at + i + p->delay, run->n_rows, stride,
                               product + (size_t) i * size);
      rheo_lane_lag_back (run, i_proj, at, n_steps, product, t, n, dst);
    }
}

void
rheo_lane_adjoint (const RheoLaneRun *run, int i_proj, int64_t t, int n, RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const int64_t last = MIN ((int64_t) n, run->n_steps - p->delay - t);
  const int stride = run->net->pop[p->from].stride;
  const RheoReal *delta;

  if (last <= 0)
    return;
  if (p->lag != NULL)
    {
      adjoint_lagged (run, i_proj, t, n, dst);
      return;
    }
  delta = run->tape->pop[p->to].delta[p->port] + (size_t) (t + p->delay) * run->n_rows * p->stride;
  if (run->cpu->changed[i_proj])
    {
      RheoReal *product = run->work->product;
      const size_t size = (size_t) last * run->n_rows * stride;

      memset (product, 0, sizeof (RheoReal) * size);
      adjoint_steps (run, i_proj, t, (int) last, false, delta, product, stride);
      for (int i = 0; i < last; i++)
        rheo_acts_on_d_source (run->w, i_proj, run->w->t0 + t + i + p->delay, run->n_rows, stride,
                               product + (size_t) i * run->n_rows * stride);
      for (size_t i = 0; i < size; i++)
        dst[i] += product[i];
    }
  else
    adjoint_steps (run, i_proj, t, (int) last, true, delta, dst, stride);
}
