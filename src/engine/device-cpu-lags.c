#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"
#include "task.h"

#include <string.h>

/* Learnt delays (plan.h). What a source sends at a step reaches the two steps around its lag: events are put there in place
 * of being sought, so that the work is that of the events. Where events are few, so are the products: rows of weights in
 * their shares, and sums of deltas. */

static bool
rounded (const RheoWindow *w, const RheoProj *p)
{
  return p->rounds && w->batch->set != RHEO_SET_TRAIN;
}

/* The lag is below the last whole step, where it is the one before that with f = 1. */
static RheoTap
tap_of (const RheoProj *p, int j, bool whole)
{
  const RheoReal most = (RheoReal) p->most_lag;
  RheoReal lag = p->lag[j] > 0 ? MIN (p->lag[j], most) : 0; /* of what is no number: 0 */
  int step;

  if (whole)
    lag = (RheoReal) (int) (lag + (RheoReal) 0.5);
  step = MIN ((int) lag, p->most_lag - 1);
  return (RheoTap){ step, (RheoReal) (step + 1) - lag, lag - (RheoReal) step };
}

void
rheo_cpu_tap (RheoCpu *cpu, const RheoWindow *w)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    {
      const RheoProj *p = &cpu->net->proj[i];

      for (int j = 0; j < p->n_pre && cpu->tap[i] != NULL; j++)
        cpu->tap[i][j] = tap_of (p, j, rounded (w, p));
    }
}

/* --- by numbers --------------------------------------------------------------------------------------------------- */

/* One row of the source at step t of the window: active ones in list, so many, each 1; or numbers, with -1. */
static int
row_of (const RheoLaneRun *run, const RheoProj *p, int64_t t, int row, const int32_t **list, const RheoReal **x)
{
  const RheoBatch *batch = run->w->batch;
  const int64_t step = run->w->t0 + t, of_batch = run->lane->row0 + row, hold = MAX (batch->hold, 1);

  if (p->from >= 0 && run->bits[p->from] == NULL)
    {
      *x = run->out[p->from] + ((t - run->base) * run->n_rows + row) * run->net->pop[p->from].stride;
      return -1;
    }
  if (p->from >= 0)
    {
      const int n_words = (p->n_pre + 63) / 64;

      *list = run->work->list;
      return run->cpu->kernels->list_bits (
          n_words, run->bits[p->from] + ((t - run->base) * run->n_rows + row) * n_words, run->work->list);
    }
  if (step < 0 || of_batch >= batch->n_rows
      || step >= (batch->length != NULL ? batch->length[of_batch] : batch->n_steps))
    return 0;
  if (batch->input != NULL)
    {
      *x = batch->input + (of_batch * (batch->n_steps / hold) + step / hold) * batch->n_in;
      return -1;
    }
  {
    const int64_t at = of_batch * batch->n_steps + step;

    *list = batch->event_unit + batch->event_first[at];
    return (int) (batch->event_first[at + 1] - batch->event_first[at]);
  }
}

/* to: of the unit, at step i of n. */
static inline void
put (RheoTap tap, RheoReal x, int64_t i, int n, int64_t size, RheoReal *to)
{
  if (i >= 0 && i < n)
    to[i * size] += tap.now * x;
  if (i >= -1 && i + 1 < n)
    to[(i + 1) * size] += tap.next * x;
}

static void
spread (const RheoLaneRun *run, int i_proj, bool slope, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoTap *taps = run->cpu->tap[i_proj];
  const int64_t size = (int64_t) run->n_rows * ld, first = t - p->delay;

  for (int64_t i = 0; i < (int64_t) n * run->n_rows; i++)
    memset (to + i * ld, 0, sizeof (RheoReal) * (size_t) n_units);
  for (int64_t at = first - p->most_lag; at < first + n; at++)
    for (int row = 0; row < run->n_rows; row++)
      {
        const int32_t *list = NULL;
        const RheoReal *x = NULL;
        const int n_list = row_of (run, p, at, row, &list, &x);

        for (int k = 0; k < (n_list < 0 ? n_units : n_list); k++)
          {
            const int j = n_list < 0 ? j0 + k : list[k];

            if (j >= j0 && j < j0 + n_units && (n_list >= 0 || x[j] != 0))
              {
                const RheoTap tap = slope ? (RheoTap){ taps[j].step, -1, 1 } : taps[j];

                put (tap, n_list < 0 ? x[j] : 1, at - first + tap.step, n, size, to + (int64_t) row * ld + j - j0);
              }
          }
      }
}

void
rheo_lane_lagged (const RheoLaneRun *run, int i_proj, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to)
{
  spread (run, i_proj, false, t, n, j0, n_units, ld, to);
}

void
rheo_lane_lag_back (const RheoLaneRun *run, int i_proj, int64_t t, int n, const RheoReal *product, int64_t t_dst,
                    int n_dst, RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const int stride = run->net->pop[p->from].stride;
  const int64_t size = (int64_t) run->n_rows * stride;
  const RheoTap *taps = run->cpu->tap[i_proj];

  for (int64_t i = 0; i < n; i++)
    for (int64_t row = 0; row < run->n_rows; row++)
      for (int j = 0; j < p->n_pre; j++)
        {
          const RheoTap tap = taps[j];
          const int64_t to = t + i - tap.step - t_dst, at = row * stride + j;

          if (to >= 0 && to < n_dst)
            dst[to * size + at] += tap.now * product[i * size + at];
          if (to >= 1 && to <= n_dst)
            dst[(to - 1) * size + at] += tap.next * product[i * size + at];
        }
}

RHEO_MULTI static RheoReal
dot (int n, const RheoReal *a, const RheoReal *b)
{
  RheoReal sum[RHEO_PAD] = { 0 }, all = 0;
  int i = 0;

  for (; i + RHEO_PAD <= n; i += RHEO_PAD)
    for (int k = 0; k < RHEO_PAD; k++)
      sum[k] += a[i + k] * b[i + k];
  for (; i < n; i++)
    all += a[i] * b[i];
  for (int k = 0; k < RHEO_PAD; k++)
    all += sum[k];
  return all;
}

/* sum over time of (x(t - k - 1) - x(t - k)) (W delta_t), where the difference is not 0. */
void
rheo_lane_lag_gradient (const RheoLaneRun *run, int i_proj, RheoReal *to)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port], *weight = p->feedback != NULL ? p->feedback : p->weight;
  const int ld = RHEO_PADDED (p->n_pre);
  RheoReal *slope = run->work->source;

  if (rounded (run->w, p))
    return;
  for (int64_t t = 0; t < run->n_steps; t += run->cpu->chunk)
    {
      const int n = (int) MIN (run->cpu->chunk, run->n_steps - t), n_rows = n * run->n_rows;

      spread (run, i_proj, true, t, n, 0, p->n_pre, ld, slope);
      for (int i = 0; i < n && run->cpu->changed[i_proj]; i++)
        rheo_acts_on_d_source (run->w, i_proj, run->w->t0 + t + i, run->n_rows, ld,
                               slope + (size_t) i * run->n_rows * ld);
      for (int row = 0; row < n_rows; row++)
        {
          const RheoReal *d = delta + (t * run->n_rows + row) * p->stride;

          for (int j = 0; j < p->n_pre; j++)
            if (slope[(size_t) row * ld + j] != 0)
              to[j] += slope[(size_t) row * ld + j] * dot (p->n_post, weight + (size_t) j * p->stride, d);
        }
    }
}

/* --- by events ---------------------------------------------------------------------------------------------------- */

static bool
has_events (const RheoLaneRun *run, int i_proj)
{
  const RheoProj *p = &run->net->proj[i_proj];

  return !run->cpu->changed[i_proj] && (p->from >= 0 ? run->bits[p->from] != NULL : run->w->batch->input == NULL);
}

/* For each list, of a row and the step in which events are first heard, from the one before t on: counts them, or puts them
 * with their shares. What is heard later or was heard before goes, without a branch, to lists behind the others, all of which
 * are one place behind the last. */
static void
list_heard (const RheoLaneRun *run, int i_proj, int64_t t, int n, bool count)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoTap *taps = run->cpu->tap[i_proj];
  const unsigned n_rows = (unsigned) run->n_rows, end = (unsigned) n + 1;
  int32_t *restrict first = run->work->first_lagged;
  uint16_t *restrict event = run->work->lagged;
  RheoReal *restrict now = run->work->now, *restrict next = run->work->next;

  for (int i = -p->most_lag; i < n; i++)
    for (unsigned row = 0; row < n_rows; row++)
      {
        const int32_t *list = NULL;
        const RheoReal *x;
        const int n_list = row_of (run, p, t - p->delay + i, (int) row, &list, &x);
        int32_t *of_row = first + row + 1;

        for (int k = 0; k < n_list && count; k++)
          {
            const unsigned at = (unsigned) (i + 1 + taps[list[k]].step);

            of_row[MIN (at, end) * n_rows + 1]++;
          }
        for (int k = 0; k < n_list && !count; k++)
          {
            const RheoTap *tap = &taps[list[k]];
            const unsigned at = (unsigned) (i + 1 + tap->step);
            int32_t *of_list = &of_row[MIN (at, end) * n_rows];

            event[*of_list] = (uint16_t) list[k];
            now[*of_list] = tap->now;
            next[*of_list] = tap->next;
            *of_list += at < end;
          }
      }
}

bool
rheo_lane_add_lagged (const RheoLaneRun *run, int i_proj, int64_t t, int n, RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoKernels *kernels = run->cpu->kernels;
  const RheoCpuWork *work = run->work;
  const int n_rows = run->n_rows, n_lists = (n + 1) * n_rows, last = n * n_rows, stride = p->stride;
  int32_t *first = work->first_lagged, n_events;

  if (!has_events (run, i_proj) || p->n_pre > UINT16_MAX || n_lists > RHEO_LAGGED_LISTS)
    return false;
  rheo_lists_begin (n_lists + n_rows, first);
  list_heard (run, i_proj, t, n, true);
  n_events = rheo_lists_divide (n_lists, 0, first);
  if (n_events > RHEO_DENSE_ABOVE * n_lists * p->n_pre)
    return false;
  for (int row = 0; row < n_rows; row++)
    first[n_lists + 1 + row] = n_events;
  list_heard (run, i_proj, t, n, false);
  /* Of the first step the second share, of the last one the first. */
  kernels->add_shares (n_rows, first, work->lagged, NULL, work->next, p->weight, stride, stride, dst, stride, 0);
  kernels->add_shares (last - n_rows, first + n_rows, work->lagged, work->now, work->next, p->weight, stride, stride,
                       dst, stride, n_rows);
  kernels->add_shares (n_rows, first + last, work->lagged, work->now, NULL, p->weight, stride, stride,
                       dst + (size_t) (last - n_rows) * stride, stride, 0);
  return true;
}

void
rheo_lane_list_lagged (const RheoLaneRun *run, int i_proj, RheoCpuEvents *events)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoTap *taps = run->cpu->tap[i_proj];
  const int n_rows = run->n_rows, shift = __builtin_ctz ((unsigned) events->n_moments),
            n_steps = (int) run->n_steps + events->depth;
  const int64_t size = p->n_pre + 2, begin = -events->depth - p->delay;
  int32_t end = 0;

  for (int tile = 0; tile < events->n_tiles; tile++)
    rheo_lists_begin (p->n_pre, events->first + tile * size);
  for (int pass = 0; pass < 2; pass++)
    {
      for (int from = 1 - p->most_lag; from < n_steps; from++)
        for (int row = 0; row < n_rows; row++)
          {
            const int32_t *list = NULL;
            const RheoReal *x;
            const int n_list = row_of (run, p, begin + from, row, &list, &x);

            for (int k = 0; k < n_list; k++)
              {
                const int at = from + taps[list[k]].step, moment = at * n_rows + row;
                int32_t *next;

                if (at < 0 || at >= n_steps)
                  continue;
                next = events->first + (moment >> shift) * size + list[k] + 1;
                if (pass == 0)
                  next[1]++;
                else
                  events->moment[(*next)++] = (uint16_t) (moment - (moment >> shift << shift));
              }
          }
      for (int tile = 0; tile < events->n_tiles && pass == 0; tile++)
        end = rheo_lists_divide (p->n_pre, end, events->first + tile * size);
    }
}

/* to [n_pre][stride] += the sums in their shares; of_lags: (next - now) weight. */
RHEO_MULTI static void
share_out (int n_pre, int n, const RheoTap *taps, const RheoReal *now, const RheoReal *next, const RheoReal *weight,
           int stride, RheoReal *to, RheoReal *of_lags)
{
  for (int j = 0; j < n_pre; j++, now += RHEO_COLUMNS, next += RHEO_COLUMNS, weight += stride)
    {
      const RheoTap tap = taps[j];
      RheoReal slope[RHEO_COLUMNS];

      if (to != NULL)
        {
          RheoReal *row = to + (size_t) j * stride;

          RHEO_IVDEP
          for (int i = 0; i < n; i++)
            row[i] += tap.now * now[i] + tap.next * next[i];
        }
      if (of_lags != NULL)
        {
          for (int i = 0; i < n; i++)
            slope[i] = next[i] - now[i];
          of_lags[j] = dot (n, weight, slope);
        }
    }
}

/* The sums of what came after each event, in the two steps in which it is heard, are all there is to know. */
void
rheo_lane_lagged_gradient (const RheoLaneRun *run, int i_proj, const RheoCpuEvents *events, int column, int n_columns,
                           RheoReal *to, RheoReal *of_lags)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoKernels *kernels = run->cpu->kernels;
  const int32_t *first = events->first;
  const int n_rows = run->n_rows, n = RHEO_PADDED (n_columns);
  const size_t size = (size_t) p->n_pre * RHEO_COLUMNS;
  const RheoReal *weight = p->feedback != NULL ? p->feedback : p->weight;
  RheoReal *tile = run->work->tile, *now = run->work->heard_sum, *next = now + size;
  int64_t begin = -(int64_t) events->depth * n_rows;

  memset (now, 0, 2 * sizeof (RheoReal) * size);
  for (int i = 0; i < events->n_tiles; i++, first += p->n_pre + 2, begin += events->n_moments)
    if (first[0] < first[p->n_pre])
      {
        rheo_lane_take_deltas (run, p, begin, events->n_moments + n_rows, column, n_columns, tile);
        kernels->add_events (p->n_pre, first, events->moment, tile, RHEO_COLUMNS, n, now, RHEO_COLUMNS);
        kernels->add_events (p->n_pre, first, events->moment, tile + (size_t) n_rows * RHEO_COLUMNS, RHEO_COLUMNS, n,
                             next, RHEO_COLUMNS);
      }
  share_out (p->n_pre, n_columns, run->cpu->tap[i_proj], now, next, weight + column, p->stride,
             to != NULL ? to + column : NULL, of_lags);
  if (of_lags != NULL && rounded (run->w, p))
    memset (of_lags, 0, sizeof (RheoReal) * (size_t) p->n_pre);
}
