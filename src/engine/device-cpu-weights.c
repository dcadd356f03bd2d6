#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* The work is a fixed list of items made from shapes alone, and inside an item each lane is added on its own, in order: so
 * any number of threads and any division into waves gives the same bits. What is small is summed lane by lane before, each
 * lane's share from its own tape. */

/* Last columns of a small gradient that are summed apart. */
#define FEW_COLUMNS 4

typedef struct
{
  enum
  {
    SPIKES,
    NUMBERS,
    BIAS,
    PARAM,
    LANES
  } kind;
  int proj, pop,
      param; /* proj of weights; pop and port (as param) of BIAS; pop and param of PARAM; number of LANES as param, and
                   of the delays that belong to SPIKES, or -1 */
  int first, n; /* SPIKES of a matrix and BIAS: targets; else sources */
  RheoReal *to; /* NULL: the weights that belong to delays are not trained */
} Item;

typedef struct
{
  const RheoWindow *w;
  RheoGrad *g;
  Item *item;
  int n_items;
} Pass;

/* --- when the sources were active ------------------------------------------------------------------------------ */

/* Populations, then the input, then projections that hear each of their sources after a delay of its own. */
static int
source_of (const RheoNet *net, const RheoProj *p)
{
  if (p->lag != NULL)
    return net->plan.n_pops + 1 + (int) (p - net->proj);
  return p->from >= 0 ? p->from : net->plan.n_pops;
}

static int
n_sources (const RheoNet *net)
{
  return net->plan.n_pops + 1 + net->plan.n_projs;
}

/* Whose activity it is. */
static int
sender_of (const RheoNet *net, int source)
{
  const int from = source > net->plan.n_pops ? net->proj[source - net->plan.n_pops - 1].from : source;

  return from >= 0 ? from : net->plan.n_pops;
}

static bool
trains (const RheoProj *p)
{
  return p->flags & RHEO_PROJ_TRAIN || (p->lag != NULL && p->lag_rate > 0);
}

/* Longest look back of the projections that train from this source; -1: none does. Delays are counted where they end: what
 * is heard from the step before the window on is heard in it. */
static int
depth_of (const RheoNet *net, int source)
{
  int depth = -1;

  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].from != RHEO_TEACHER && source_of (net, &net->proj[i]) == source && trains (&net->proj[i]))
      depth = MAX (depth, net->proj[i].lag != NULL ? 1 : net->proj[i].delay);
  return depth;
}

/* Calls for each moment of a lane, in order of time, with the units that were active. */
static int
active_units (const RheoLaneRun *run, int source, int64_t t, int row, const int32_t **list)
{
  const RheoNet *net = run->net;
  const RheoBatch *batch = run->w->batch;

  if (source < net->plan.n_pops)
    {
      const int n_words = (net->pop[source].n_units + 63) / 64;

      *list = run->work->list;
      return run->cpu->kernels->list_bits (n_words, run->bits[source] + ((t - run->base) * run->n_rows + row) * n_words,
                                           run->work->list);
    }
  if (run->w->t0 + t < 0 || run->lane->row0 + row >= batch->n_rows)
    return 0;
  {
    const int64_t at = (int64_t) (run->lane->row0 + row) * batch->n_steps + run->w->t0 + t;

    *list = batch->event_unit + batch->event_first[at];
    return (int) (batch->event_first[at + 1] - batch->event_first[at]);
  }
}

static bool
has_events (const RheoLaneRun *run, int source)
{
  return source < run->net->plan.n_pops ? run->bits[source] != NULL : run->w->batch->input == NULL;
}

static int64_t
most_events (int64_t n_moments, int n_units)
{
  return (int64_t) (RHEO_DENSE_SPIKES_ABOVE * (double) n_moments * n_units);
}

static int
tiles_of (int64_t n_moments, int n_of_tile)
{
  return (int) ((n_moments + n_of_tile - 1) / n_of_tile);
}

static int64_t
count_events (const RheoLaneRun *run, int source, int depth)
{
  const RheoNet *net = run->net;
  const int32_t *list = NULL;
  int64_t n = 0;

  if (source < net->plan.n_pops)
    {
      const int n_words = (net->pop[source].n_units + 63) / 64;

      return rheo_bits_count ((run->n_steps + depth) * run->n_rows * n_words,
                              run->bits[source] - (run->base + depth) * run->n_rows * n_words);
    }
  for (int64_t t = -depth; t < run->n_steps; t++)
    for (int row = 0; row < run->n_rows; row++)
      n += active_units (run, source, t, row, &list);
  return n;
}

/* So many that lists are long. */
static int
moments_of (int64_t n_events, int64_t n_moments, int n_units)
{
  int n = RHEO_MOMENTS;

  while (n < RHEO_MOST_MOMENTS && (double) n * (double) n_events < RHEO_LONG_LIST * (double) n_moments * n_units)
    n *= 2;
  return n;
}

/* Moments of activity of each unit of a source, in one lane; dense where there are too many of them. */
static void
list_events (const RheoLaneRun *run, int source, RheoCpuEvents *events)
{
  const RheoNet *net = run->net;
  const int sender = sender_of (net, source), i_proj = source - net->plan.n_pops - 1;
  const int n_units = sender < net->plan.n_pops ? net->pop[sender].n_units : net->plan.n_in;
  const int depth = i_proj < 0 ? events->depth : net->proj[i_proj].delay + net->proj[i_proj].most_lag;
  const int64_t n_moments = (run->n_steps + events->depth) * run->n_rows;
  const int64_t n_events = has_events (run, sender) ? count_events (run, sender, depth) : INT64_MAX;
  int32_t *first = events->first, end = 0;
  const int32_t *list = NULL;

  /* Those with a delay are heard twice. */
  events->dense = n_events > most_events (n_moments, n_units) / (i_proj < 0 ? 1 : 2);
  if (events->dense)
    return;
  events->n_moments = moments_of (n_events, n_moments, n_units);
  events->n_tiles = tiles_of (n_moments, events->n_moments);
  if (i_proj >= 0)
    {
      rheo_lane_list_lagged (run, i_proj, events);
      return;
    }
  for (int tile = 0; tile < events->n_tiles; tile++, first += n_units + 2)
    {
      const int64_t begin = (int64_t) tile * events->n_moments;
      const int n = (int) MIN (events->n_moments, n_moments - begin);

      rheo_lists_begin (n_units, first);
      for (int pass = 0; pass < 2; pass++)
        {
          for (int i = 0; i < n; i++)
            {
              const int64_t t = (begin + i) / run->n_rows - events->depth;
              const int n_active = active_units (run, source, t, (int) ((begin + i) % run->n_rows), &list);

              if (pass == 0)
                rheo_lists_count (n_active, list, first);
              else
                rheo_lists_put (n_active, list, (uint16_t) i, first, events->moment);
            }
          if (pass == 0)
            end = rheo_lists_divide (n_units, end, first);
        }
    }
}

static void
list_item (void *data, int item, int thread)
{
  const Pass *pass = data;
  RheoNet *net = pass->w->net;
  RheoCpu *cpu = net->on_device;
  const int i_lane = item / n_sources (net), source = item % n_sources (net);
  RheoLaneRun run;

  if (cpu->events[i_lane][source].first == NULL)
    return;
  run = rheo_lane_run (cpu, pass->w, pass->w->lane0 + i_lane, thread);
  list_events (&run, source, &cpu->events[i_lane][source]);
}

/* TRUE where sources are spikes or events as they came, in this window. */
static bool
from_spikes (const RheoWindow *w, int i_proj)
{
  const RheoNet *net = w->net;
  const RheoCpu *cpu = net->on_device;
  const RheoProj *p = &net->proj[i_proj];

  if (p->from == RHEO_TEACHER || cpu->changed[i_proj])
    return false;
  return p->from >= 0 ? !cpu->graded[p->from] : w->batch->input == NULL;
}

/* --- gradients -------------------------------------------------------------------------------------------------- */

void
rheo_lane_take_deltas (const RheoLaneRun *run, const RheoProj *p, int64_t first, int n_of_tile, int column,
                       int n_columns, RheoReal *to)
{
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port] + column;
  const int64_t n_moments = run->n_steps * run->n_rows;

  for (int i = 0; i < n_of_tile; i++, to += RHEO_COLUMNS)
    {
      const int n = first + i >= 0 && first + i < n_moments ? n_columns : 0;

      if (n > 0)
        memcpy (to, delta + (first + i) * p->stride, sizeof (RheoReal) * (size_t) n);
      memset (to + n, 0, sizeof (RheoReal) * (size_t) (RHEO_COLUMNS - n));
    }
}

/* The same of synapses, source by source. */
static void
synapse_events (const RheoLaneRun *run, const Item *item, int64_t begin, const int32_t *first, const uint16_t *moment)
{
  const RheoProj *p = &run->net->proj[item->proj];
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port];

  for (int j = item->first; j < item->first + item->n; j++)
    for (int k = first[j]; k < first[j + 1]; k++)
      {
        const int64_t at = begin + moment[k];
        const RheoReal *d = delta + at * p->stride;

        if (at < 0 || at >= run->n_steps * run->n_rows)
          continue;
        if (p->form == RHEO_ONE_TO_ONE)
          item->to[j] += d[j];
        else
          for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
            item->to[s] += d[p->syn_post[s]];
      }
}

static void
event_gradient (const RheoLaneRun *run, const Item *item, const RheoCpuEvents *events)
{
  const RheoProj *p = &run->net->proj[item->proj];
  const int32_t *first = events->first;
  int64_t begin = (int64_t) (p->delay - events->depth) * run->n_rows;
  RheoReal *tile = run->work->tile;

  for (int i = 0; i < events->n_tiles; i++, first += p->n_pre + 2, begin += events->n_moments)
    if (first[0] == first[p->n_pre])
      continue;
    else if (p->form != RHEO_DENSE)
      synapse_events (run, item, begin, first, events->moment);
    else
      {
        rheo_lane_take_deltas (run, p, begin, events->n_moments, item->first, item->n, tile);
        run->cpu->kernels->add_events (p->n_pre, first, events->moment, tile, RHEO_COLUMNS, RHEO_PADDED (item->n),
                                       item->to + item->first, p->stride);
      }
}

/* Gradient of one-to-one weights and of lists of synapses, source by source. */
static void
synapse_gradient (const RheoProj *p, const Item *item, int n_rows, const RheoReal *source, const RheoReal *delta)
{
  for (int row = 0; row < n_rows; row++)
    for (int k = 0; k < item->n; k++)
      {
        const RheoReal x = source[(size_t) row * RHEO_TILE + k];
        const RheoReal *d = delta + (size_t) row * p->stride;
        const int j = item->first + k;

        if (x == 0)
          continue;
        if (p->form == RHEO_ONE_TO_ONE)
          item->to[j] += x * d[j];
        else
          for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
            item->to[s] += x * d[p->syn_post[s]];
      }
}

/* Numbers most of which are 0: source by source, where they are not. False: too many are not. */
static bool
sparse_gradient (const RheoLaneRun *run, const RheoProj *p, const Item *item, int n_rows, const RheoReal *source,
                 const RheoReal *delta)
{
  const int64_t most = (int64_t) (RHEO_DENSE_GRADIENT_ABOVE * n_rows * item->n);
  int64_t n_active = 0;

  for (int row = 0; row < n_rows; row++)
    for (int k = 0; k < item->n; k++)
      n_active += source[(size_t) row * RHEO_TILE + k] != 0;
  if (n_active > most)
    return false;
  for (int row = 0; row < n_rows; row++)
    for (int k = 0; k < item->n; k++)
      if (source[(size_t) row * RHEO_TILE + k] != 0)
        run->cpu->kernels->axpy (p->n_post, source[(size_t) row * RHEO_TILE + k], delta + (size_t) row * p->stride,
                                 item->to + (size_t) (item->first + k) * (size_t) p->stride);
  return true;
}

/* Sources first .. first + n - 1 as numbers, chunk by chunk; columns of the gradient from `column` on. */
static void
number_gradient (const RheoLaneRun *run, const Item *item, int first, int n_sources, int column, int n_columns)
{
  const RheoCpu *cpu = run->cpu;
  const RheoProj *p = &run->net->proj[item->proj];
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port];
  const Item part = { .first = first, .n = n_sources, .to = item->to };
  const bool whole = n_columns == p->n_post;
  RheoReal *source = run->work->source;

  for (int64_t t = 0; t < run->n_steps; t += cpu->chunk)
    {
      const int n = (int) MIN (cpu->chunk, run->n_steps - t), n_rows = n * run->n_rows;
      const RheoReal *d = delta + (size_t) t * run->n_rows * p->stride;

      rheo_lane_source (run, item->proj, t, n, first, n_sources, RHEO_TILE, source);
      if (p->form != RHEO_DENSE)
        synapse_gradient (p, &part, n_rows, source, d);
      else if (!whole || p->n_pre <= RHEO_FEW || !sparse_gradient (run, p, &part, n_rows, source, d))
        cpu->kernels->gemm (true, false, n_sources, n_columns, n_rows, source, RHEO_TILE, d + column, p->stride, 1,
                            item->to + (size_t) first * p->stride + column, p->stride);
    }
}

/* c[i] += sum of x[row][i] */
RHEO_MULTI static void
add_columns (int64_t n_rows, const RheoReal *x, int ld, int n, RheoReal *c)
{
  int64_t row = 0;

  for (; row + 4 <= n_rows; row += 4)
    {
      const RheoReal *x0 = x + row * ld, *x1 = x0 + ld, *x2 = x1 + ld, *x3 = x2 + ld;

      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        c[i] += (x0[i] + x1[i]) + (x2[i] + x3[i]);
    }
  for (; row < n_rows; row++)
    {
      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        c[i] += x[row * ld + i];
    }
}

/* --- small arrays, lane by lane --------------------------------------------------------------------------------- */

static bool
is_weight (const RheoTrainable *t)
{
  return t->proj != NULL && t->value == t->proj->weight;
}

/* Whether each lane sums its share while its tape is in the cache. */
static bool
by_lane (const RheoWindow *w, const RheoTrainable *t)
{
  if (t->lag_of != NULL)
    return !from_spikes (w, (int) (t->lag_of - w->net->proj));
  if (t->proj == NULL)
    return false;
  if (!is_weight (t))
    return t->proj->n_post <= RHEO_SMALL;
  return rheo_proj_is_small (t->proj) && !from_spikes (w, (int) (t->proj - w->net->proj));
}

bool
rheo_cpu_is_small (const RheoWindow *w)
{
  for (guint k = 0; k < w->net->trainables->len; k++)
    if (!by_lane (w, w->net->trainables->pdata[k]))
      return false;
  return true;
}

static size_t
share_size (const RheoTrainable *t)
{
  if (t->lag_of != NULL)
    return (size_t) (t->stride * tiles_of (t->lag_of->n_post, RHEO_COLUMNS));
  return (size_t) (is_weight (t) ? RHEO_PADDED (t->proj->n_pre) : 1) * (size_t) t->proj->stride;
}

/* to += source' delta over n_rows rows; rows of `to` that belong to no source, up to a multiple of RHEO_PAD, may change.
 * Of few last columns BLAS's place has a kernel that is faster than whole vectors,
 * most of which would be padding. */
static void
add_product (const RheoLaneRun *run, const RheoProj *p, int n_rows, const RheoReal *source, int ld,
             const RheoReal *delta, RheoReal *to)
{
  const RheoKernels *kernels = run->cpu->kernels;
  const int few = p->n_post % RHEO_PAD, whole = few > 0 && few <= FEW_COLUMNS ? p->n_post - few : p->n_post;

  if (whole > 0)
    kernels->direct_product (true, p->n_pre, whole, n_rows, source, ld, delta, p->stride, NULL, 0, NULL, to, p->stride);
  if (whole < p->n_post)
    kernels->gemm (true, false, RHEO_PADDED (p->n_pre), few, n_rows, source, ld, delta + whole, p->stride, 1,
                   to + whole, p->stride);
}

static void
small_gradient (const RheoLaneRun *run, const RheoProj *p, RheoReal *to)
{
  const RheoCpu *cpu = run->cpu;
  const RheoReal *delta = run->tape->pop[p->to].delta[p->port];
  const int i_proj = (int) (p - run->net->proj);

  if (p->from >= 0 && rheo_cpu_carries_out (cpu, i_proj))
    {
      const int ld = run->net->pop[p->from].stride;

      add_product (run, p, (int) (run->n_steps * run->n_rows),
                   run->out[p->from] - (int64_t) p->delay * run->n_rows * ld, ld, delta, to);
      return;
    }
  for (int64_t t = 0; t < run->n_steps; t += cpu->chunk)
    {
      const int n = (int) MIN (cpu->chunk, run->n_steps - t), ld = RHEO_PADDED (p->n_pre);

      rheo_lane_source (run, i_proj, t, n, 0, p->n_pre, ld, run->work->source);
      add_product (run, p, n * run->n_rows, run->work->source, ld, delta + t * run->n_rows * p->stride, to);
    }
}

void
rheo_lane_gradient (const RheoLaneRun *run)
{
  const RheoNet *net = run->net;
  RheoReal **share = run->cpu->share[run->lane->index - run->w->lane0];

  for (guint k = 0; k < net->trainables->len; k++)
    {
      const RheoTrainable *t = net->trainables->pdata[k];

      if (!by_lane (run->w, t))
        continue;
      memset (share[k], 0, sizeof (RheoReal) * share_size (t));
      if (t->lag_of != NULL) /* the first of its tiles is all of it */
        rheo_lane_lag_gradient (run, (int) (t->lag_of - net->proj), share[k]);
      else if (is_weight (t))
        small_gradient (run, t->proj, share[k]);
      else
        add_columns (run->n_steps * run->n_rows, run->tape->pop[t->proj->to].delta[t->proj->port], t->proj->stride,
                     t->proj->n_post, share[k]);
    }
}

static void
gradient_of_lane (void *data, int item, int thread)
{
  const unsigned before = rheo_denormals_off ();
  const Pass *pass = data;
  const RheoLaneRun run = rheo_lane_run (pass->w->net->on_device, pass->w, pass->w->lane0 + item, thread);

  if (!rheo_cpu_is_stopped (run.cpu, pass->w))
    rheo_lane_gradient (&run);
  rheo_denormals_back (before);
}

static void
add_shares (const Pass *pass, const Item *item)
{
  const RheoNet *net = pass->w->net;
  const RheoCpu *cpu = net->on_device;
  const RheoTrainable *t = net->trainables->pdata[item->param];

  for (int i = 0; i < pass->w->n_lanes; i++)
    for (int64_t j = 0; j < t->n_rows; j++)
      cpu->kernels->axpy (t->width, 1, cpu->share[i][item->param] + (size_t) j * t->stride,
                          item->to + (size_t) j * t->stride);
}

/* Items with delays of events leave a share for each tile of targets. */
static bool
is_shared (const RheoWindow *w, const RheoTrainable *t)
{
  return t->lag_of != NULL || by_lane (w, t);
}

bool
rheo_cpu_make_shares (RheoCpu *cpu, const RheoWindow *w)
{
  const RheoNet *net = cpu->net;

  for (guint k = 0; k < net->trainables->len; k++)
    for (int i = 0; i < w->n_lanes; i++)
      if (cpu->share[i][k] == NULL && is_shared (w, net->trainables->pdata[k]))
        {
          cpu->share[i][k] = rheo_net_alloc (sizeof (RheoReal) * share_size (net->trainables->pdata[k]));
          if (cpu->share[i][k] == NULL)
            return false;
          g_ptr_array_add (cpu->blocks, cpu->share[i][k]);
        }
  return true;
}

/* --- large arrays, item by item --------------------------------------------------------------------------------- */

/* A lane in which too many units were active goes by numbers. */
static void
spike_gradient (const RheoLaneRun *run, const Item *item)
{
  const RheoProj *p = &run->net->proj[item->proj];
  const int i_lane = run->lane->index - run->w->lane0;
  const RheoCpuEvents *events = &run->cpu->events[i_lane][source_of (run->net, p)];
  const int size = RHEO_PADDED (p->n_pre), tile = item->first / RHEO_COLUMNS;
  RheoReal *of_lags =
      p->lag != NULL && item->param >= 0 ? run->cpu->share[i_lane][item->param] + (size_t) tile * size : NULL;

  if (of_lags != NULL && events->dense)
    {
      memset (of_lags, 0, sizeof (RheoReal) * (size_t) size);
      if (tile == 0)
        rheo_lane_lag_gradient (run, item->proj, of_lags);
    }
  if (p->lag != NULL && !events->dense)
    rheo_lane_lagged_gradient (run, item->proj, events, item->first, item->n, item->to, of_lags);
  else if (item->to == NULL)
    return;
  else if (!events->dense)
    event_gradient (run, item, events);
  else if (p->form != RHEO_DENSE)
    number_gradient (run, item, item->first, item->n, 0, p->n_post);
  else
    for (int first = 0; first < p->n_pre; first += RHEO_TILE)
      number_gradient (run, item, first, MIN (RHEO_TILE, p->n_pre - first), item->first, item->n);
}

static bool
is_bias (const RheoNet *net, const Item *item, int i_trainable)
{
  const RheoTrainable *t = net->trainables->pdata[i_trainable];

  return t->proj != NULL && t->value == t->proj->bias && t->proj->to == item->pop && t->proj->port == item->param;
}

/* All biases of a current have the same gradient. */
static void
bias_gradient (const Pass *pass, const Item *item)
{
  const RheoNet *net = pass->w->net;
  const RheoPop *pop = &net->pop[item->pop];

  for (int i = 0; i < pass->w->n_lanes; i++)
    {
      const RheoTapeLane *lane = &net->tape.lane[i];
      RheoReal sum[RHEO_COLUMNS] = { 0 };

      add_columns (net->tape.n_steps * lane->n_rows, lane->pop[item->pop].delta[item->param] + item->first, pop->stride,
                   item->n, sum);
      for (int k = 0; k < pass->g->n; k++)
        if (is_bias (net, item, k))
          for (int j = 0; j < item->n; j++)
            pass->g->value[k][item->first + j] += sum[j];
    }
}

static void
run_item (void *data, int i_item, int thread)
{
  const unsigned before = rheo_denormals_off ();
  const Pass *pass = data;
  const Item *item = &pass->item[i_item];
  RheoNet *net = pass->w->net;
  RheoCpu *cpu = net->on_device;

  switch (item->kind)
    {
    case SPIKES:
    case NUMBERS:
      /* Asked lane by lane: an item takes some 20 ms where a thousand trials make a batch. */
      for (int i = 0; i < pass->w->n_lanes && !rheo_cpu_is_stopped (cpu, pass->w); i++)
        {
          const RheoLaneRun run = rheo_lane_run (cpu, pass->w, pass->w->lane0 + i, thread);

          if (item->kind == SPIKES)
            spike_gradient (&run, item);
          else
            number_gradient (&run, item, item->first, item->n, 0, net->proj[item->proj].n_post);
        }
      break;
    case BIAS:
      bias_gradient (pass, item);
      break;
    case PARAM:
      for (int i = 0; i < pass->w->n_lanes; i++)
        cpu->kernels->axpy (net->pop[item->pop].n_units, 1,
                            cpu->lane[pass->w->lane0 + i].d_param[item->pop][item->param], item->to);
      break;
    case LANES:
      add_shares (pass, item);
    }
  rheo_denormals_back (before);
}

/* --- the list of items ------------------------------------------------------------------------------------------ */

void
rheo_cpu_free_events (RheoCpu *cpu)
{
  for (int i = 0; cpu->events != NULL && i < cpu->net->wave; i++)
    for (int source = 0; source < n_sources (cpu->net); source++)
      {
        g_clear_pointer (&cpu->events[i][source].first, rheo_net_release);
        g_clear_pointer (&cpu->events[i][source].moment, rheo_net_release);
      }
}

bool
rheo_cpu_make_events (RheoCpu *cpu, int64_t n_steps)
{
  const RheoNet *net = cpu->net;

  rheo_cpu_free_events (cpu);
  for (int i = 0; i < net->wave; i++)
    for (int source = 0; source < n_sources (net); source++)
      {
        RheoCpuEvents *events = &cpu->events[i][source];
        const int sender = sender_of (net, source), depth = depth_of (net, source);
        const bool input = sender == net->plan.n_pops;
        const int n_units = input ? net->plan.n_in : net->pop[sender].n_units;
        const int64_t n_moments = (n_steps + depth) * net->size.lane_rows;

        if (depth < 0 || (!input && !net->pop[sender].cell->spikes))
          {
            events->dense = true;
            continue;
          }
        events->depth = depth;
        events->first =
            rheo_net_alloc (sizeof (int32_t) * (size_t) tiles_of (n_moments, RHEO_MOMENTS) * ((size_t) n_units + 2));
        events->moment = rheo_net_alloc (sizeof (uint16_t) * (size_t) most_events (n_moments, n_units));
        if (events->first == NULL || events->moment == NULL)
          return false;
      }
  return true;
}

static void
add_tiles (GArray *items, Item item, int n, int tile)
{
  for (item.first = 0; item.first < n; item.first += tile)
    {
      item.n = MIN (tile, n - item.first);
      g_array_append_val (items, item);
    }
}

/* Number of the delays of a projection among the trainables; -1: they are not trained. */
static int
find_lags (const RheoNet *net, const RheoProj *p)
{
  int k = (int) net->trainables->len - 1;

  while (k >= 0 && ((const RheoTrainable *) net->trainables->pdata[k])->lag_of != p)
    k--;
  return k;
}

/* What items that heard each event twice have left for the delays, lane by lane. */
static void
add_lags (const RheoWindow *w, const RheoGrad *g)
{
  const RheoCpu *cpu = w->net->on_device;

  for (int k = 0; k < g->n; k++)
    {
      const RheoTrainable *t = w->net->trainables->pdata[k];

      for (int i = 0; i < w->n_lanes && t->lag_of != NULL && !by_lane (w, t); i++)
        for (int tile = 0; tile < tiles_of (t->lag_of->n_post, RHEO_COLUMNS); tile++)
          cpu->kernels->axpy (t->width, 1, cpu->share[i][k] + (size_t) tile * t->stride, g->value[k]);
    }
}

static void
add_trainable (GArray *items, const RheoWindow *w, const RheoGrad *g, int k)
{
  const RheoNet *net = w->net;
  const RheoTrainable *t = net->trainables->pdata[k];
  const RheoProj *p = t->proj;
  Item item = { .to = g->value[k] };

  if (by_lane (w, t))
    {
      item.kind = LANES;
      item.param = k;
      g_array_append_val (items, item);
    }
  else if (t->lag_of != NULL)
    {
      /* Beside their weights, where these are trained. */
      item.kind = SPIKES;
      item.proj = (int) (t->lag_of - net->proj);
      item.param = k;
      item.to = NULL;
      if (!(t->lag_of->flags & RHEO_PROJ_TRAIN))
        add_tiles (items, item, t->lag_of->n_post, RHEO_COLUMNS);
    }
  else if (p == NULL)
    {
      item.kind = PARAM;
      item.pop = t->pop;
      while (net->pop[t->pop].param[item.param] != t->value)
        item.param++;
      g_array_append_val (items, item);
    }
  else if (is_weight (t))
    {
      item.proj = (int) (p - net->proj);
      item.kind = from_spikes (w, item.proj) ? SPIKES : NUMBERS;
      item.param = p->lag != NULL ? find_lags (net, p) : -1;
      if (item.kind == SPIKES && p->form == RHEO_DENSE)
        add_tiles (items, item, p->n_post, RHEO_COLUMNS);
      else
        add_tiles (items, item, p->n_pre, RHEO_TILE);
    }
  else
    {
      item.kind = BIAS;
      item.pop = p->to;
      item.param = p->port;
      for (int before = 0; before < k; before++)
        if (is_bias (net, &item, before))
          return;
      add_tiles (items, item, p->n_post, RHEO_COLUMNS);
    }
}

bool
rheo_cpu_weights (RheoDevice *dev, const RheoWindow *w, RheoGrad *g)
{
  RheoNet *net = w->net;
  RheoCpu *cpu = net->on_device;
  Pass pass = { .w = w, .g = g };

  if (cpu->items == NULL)
    cpu->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_size (cpu->items, 0);
  if (!w->by_lane)
    rheo_team_map (dev->team, w->n_lanes, gradient_of_lane, &pass);
  rheo_team_map (dev->team, w->n_lanes * n_sources (net), list_item, &pass);
  for (int i = 0; i < g->n; i++)
    add_trainable (cpu->items, w, g, i);
  pass.item = (Item *) (void *) cpu->items->data;
  pass.n_items = (int) cpu->items->len;
  rheo_team_map (dev->team, pass.n_items, run_item, &pass);
  add_lags (w, g);
  return !atomic_load (&cpu->stopped);
}
