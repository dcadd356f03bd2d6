#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"
#include "task.h"

#include <string.h>

/* Learnt delays (plan.h). What a source sends at a step reaches the two steps around its lag: events are put there in place
 * of being sought, so that the work is that of the events. */

/* Steps that come between, and shares of the signal: at that step, and at the one after it. */
typedef struct
{
  int step;
  RheoReal now, next;
} Tap;

/* The lag is below the last whole step, where it is the one before that with f = 1. */
static inline Tap
tap_of (const RheoProj *p, int j, bool rounded)
{
  const RheoReal most = (RheoReal) p->most_lag;
  RheoReal lag = p->lag[j] > 0 ? MIN (p->lag[j], most) : 0; /* of what is no number: 0 */
  int step;

  if (rounded)
    lag = (RheoReal) (int) (lag + (RheoReal) 0.5);
  step = MIN ((int) lag, p->most_lag - 1);
  return (Tap){ step, (RheoReal) (step + 1) - lag, lag - (RheoReal) step };
}

static inline Tap
slope_of (const RheoProj *p, int j)
{
  return (Tap){ tap_of (p, j, false).step, -1, 1 };
}

static bool
rounded (const RheoLaneRun *run, const RheoProj *p)
{
  return p->rounds && run->w->batch->set != RHEO_SET_TRAIN;
}

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
put (Tap tap, RheoReal x, int64_t i, int n, int64_t size, RheoReal *to)
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
  const bool whole = rounded (run, p);
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
                const Tap tap = slope ? slope_of (p, j) : tap_of (p, j, whole);

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
  const bool whole = rounded (run, p);

  for (int64_t i = 0; i < n; i++)
    for (int64_t row = 0; row < run->n_rows; row++)
      for (int j = 0; j < p->n_pre; j++)
        {
          const Tap tap = tap_of (p, j, whole);
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

  if (rounded (run, p))
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
