#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* --- lists of units --------------------------------------------------------------------------------------------- */

void
rheo_lists_begin (int n_units, int32_t *first)
{
  memset (first, 0, sizeof *first * (size_t) (n_units + 2));
}

void
rheo_lists_count (int n, const int32_t *list, int32_t *first)
{
  for (int k = 0; k < n; k++)
    first[list[k] + 2]++;
}

int32_t
rheo_lists_divide (int n_units, int32_t start, int32_t *first)
{
  first[0] = first[1] = start;
  for (int j = 0; j < n_units; j++)
    first[j + 2] += first[j + 1];
  return first[n_units + 1];
}

void
rheo_lists_put (int n, const int32_t *list, uint16_t event, int32_t *first, uint16_t *to)
{
  for (int k = 0; k < n; k++)
    to[first[list[k] + 1]++] = event;
}

/* --- products of events ----------------------------------------------------------------------------------------- */

/* Sources whose weights are added at a time: in a block of columns so many stay in the first-level cache. */
#define SOURCES 128
/* Rows whose lists are made at a time. */
#define LISTS (RHEO_FIRST - 1)

RHEO_MULTI static void
narrow (int n, const int32_t *from, uint16_t *to)
{
  RHEO_IVDEP
  for (int k = 0; k < n; k++)
    to[k] = (uint16_t) from[k];
}

/* Active sources first .. first + n - 1 of n_pre in a row, counted from the first of them. NULL bits: of the list. */
static int
sources_between (int n_pre, int first, int n, const uint64_t *bits, const int32_t *list, int n_list, uint16_t *to)
{
  int n_found = 0;

  if (bits == NULL && n == n_pre)
    {
      narrow (n_list, list, to);
      return n_list;
    }
  if (bits == NULL)
    for (int k = 0; k < n_list; k++)
      {
        const unsigned j = (unsigned) (list[k] - first);

        to[n_found] = (uint16_t) j;
        n_found += j < (unsigned) n;
      }
  else
    for (int i = 0; i < (n + 63) / 64; i++)
      for (uint64_t word = bits[first / 64 + i]; word != 0; word &= word - 1)
        to[n_found++] = (uint16_t) (64 * i + __builtin_ctzll (word));
  return n_found;
}

/* Of spikes as few as make long lists. Events of the input, in any order, would have to be sought in each block: they go
 * at once. */
static int
block_of (const RheoProj *p, int n_rows, int64_t n_spikes)
{
  const double wanted = p->from >= 0 ? RHEO_LONG_LIST * (double) n_rows * p->n_pre / (double) n_spikes : UINT16_MAX;
  const int block = (int) MIN (wanted, MIN (p->n_pre, p->from >= 0 ? RHEO_EVENTS : UINT16_MAX));

  return MAX ((block + SOURCES - 1) / SOURCES, 1) * SOURCES;
}

void
rheo_lane_add_events (const RheoLaneRun *run, int i_proj, int64_t t, int n, int64_t n_spikes, RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoKernels *kernels = run->cpu->kernels;
  const int n_rows = n * run->n_rows, block = block_of (p, n_rows, n_spikes);
  int32_t *first = run->work->first;
  uint16_t *event = run->work->event;

  for (int source = 0; source < p->n_pre; source += block)
    for (int row = 0, n_lists; row < n_rows; row += n_lists)
      {
        first[0] = 0;
        for (n_lists = 0; n_lists < LISTS && row + n_lists < n_rows; n_lists++)
          {
            const int step = (row + n_lists) / run->n_rows, of_lane = (row + n_lists) % run->n_rows;
            const uint64_t *bits;
            const int32_t *list = NULL;
            int n_list = rheo_lane_active (run, p, t + step, of_lane, &bits, &list);

            if (bits == NULL && n_list > RHEO_EVENTS - first[n_lists])
              {
                /* More than there is room for: with the next rows, or alone. */
                if (first[n_lists] > 0)
                  break;
                if (source == 0)
                  kernels->add_rows (n_list, list, p->weight, p->stride, p->stride,
                                     dst + (size_t) (row + n_lists) * p->stride);
                n_list = 0;
              }
            else if (bits != NULL && first[n_lists] > RHEO_EVENTS - MIN (block, p->n_pre))
              break;
            first[n_lists + 1] = first[n_lists]
                                 + sources_between (p->n_pre, source, MIN (block, p->n_pre - source), bits, list,
                                                    n_list, event + first[n_lists]);
          }
        if (first[n_lists] > 0)
          kernels->add_events (n_lists, first, event, p->weight + (size_t) source * p->stride, p->stride, p->stride,
                               dst + (size_t) row * p->stride, p->stride);
      }
}

/* --- adjoint of what counts -------------------------------------------------------------------------------------- */

bool
rheo_lane_adjoint_heard (const RheoLaneRun *run, int i_proj, int64_t t, int n_rows, const RheoReal *delta,
                         RheoReal *dst)
{
  const RheoProj *p = &run->net->proj[i_proj];
  const RheoPop *pop = &run->net->pop[p->from];
  const RheoKernels *kernels = run->cpu->kernels;
  const int64_t size = (int64_t) run->n_rows * pop->stride;
  const int n_words = (p->n_pre + 63) / 64;
  int32_t *first = run->work->first, *list = run->work->list;
  RheoReal *tape[8];
  RheoSlice s = run->slice[p->from];
  int64_t n_heard = 0;

  if (!rheo_proj_may_skip (run->net, p) || n_rows < RHEO_LEAST_CHOSEN || n_rows > RHEO_MOST_CHOSEN)
    return false;
  for (int k = 0; k < run->net->more[p->from].n_tape; k++)
    tape[k] = run->tape->pop[p->from].tape[k] + (t + 1) * size;
  s.n_rows = n_rows;
  s.tape = tape;
  s.surrogate = &run->net->surrogate;
  if (!pop->cell->hears (pop->derived, &s, run->work->product))
    return false;
  for (int row = 0; row < n_rows; row++)
    n_heard += kernels->pack_bits (p->n_pre, run->work->product + (size_t) row * pop->stride,
                                   run->work->heard + (size_t) row * n_words);
  if (n_heard > RHEO_DENSE_ADJOINT_ABOVE * n_rows * p->n_pre)
    return false;
  rheo_lists_begin (p->n_pre, first);
  for (int row = 0; row < n_rows; row++)
    rheo_lists_count (kernels->list_bits (n_words, run->work->heard + (size_t) row * n_words, list), list, first);
  rheo_lists_divide (p->n_pre, 0, first);
  for (int row = 0; row < n_rows; row++)
    rheo_lists_put (kernels->list_bits (n_words, run->work->heard + (size_t) row * n_words, list), list, (uint16_t) row,
                    first, run->work->event);
  kernels->dot_events (p->n_pre, first, run->work->event, p->feedback != NULL ? p->feedback : p->weight, p->stride,
                       n_rows, delta, p->stride, p->n_post, dst, pop->stride);
  return true;
}
