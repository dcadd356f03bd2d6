/* A window forwards: what is not recurrent in one product over all its steps, then stage by stage. */

#include "gpu-cells.cuh"
#include "gpu-module.cuh"

/* --- input ---------------------------------------------------------------------------------------------------------------- */

/* [step][row] from [row][step], from `depth` steps before the window on; 0 where a trial has no step. */
GPU_KERNEL
gather (GpuWindow w, const RheoReal *from, int n_rows, int64_t n_steps, int64_t t0, int n_in, int depth, RheoReal *to,
        int ld)
{
  const int64_t t = (int64_t) (blockIdx.x / (unsigned) w.n_rows) - depth;
  const int row = (int) (blockIdx.x % (unsigned) w.n_rows);
  const bool there = row < n_rows && t0 + t >= 0 && t < w.left[row];

  GPU_OF_TILE (i, n_in)
  to[(size_t) blockIdx.x * (size_t) ld + (size_t) i] =
      there ? from[((size_t) row * (size_t) n_steps + (size_t) (t0 + t)) * (size_t) n_in + (size_t) i] : 0;
}

/* Events of the batch, as they came. */
typedef struct
{
  const int64_t *first; /* [row * n_steps + step], from 0 */
  const int32_t *unit;
  int64_t base; /* place of unit[0] */
  int n_rows;
  int64_t n_steps, t0;
} Events;

GPU_DEVICE bool
find_events (const GpuWindow *w, const Events *e, int64_t t, int row, int64_t *first, int64_t *end)
{
  const int64_t at = (int64_t) row * e->n_steps + e->t0 + t;

  if (row >= e->n_rows || e->t0 + t < 0 || t >= w->left[row])
    return false;
  *first = e->first[at] - e->base;
  *end = e->first[at + 1] - e->base;
  return true;
}

/* current += rows of the weights of active inputs. */
GPU_KERNEL
add_events (GpuWindow w, Events events, GpuProj p, RheoReal *current)
{
  const int64_t t = blockIdx.x / (unsigned) w.n_rows;
  const int row = (int) (blockIdx.x % (unsigned) w.n_rows);
  int64_t first, end;

  if (!find_events (&w, &events, t - p.delay, row, &first, &end))
    return;
  GPU_OF_TILE (i, p.n_post)
  {
    RheoReal sum = current[(size_t) blockIdx.x * (size_t) p.stride + (size_t) i];

    for (int64_t k = first; k < end; k++)
      sum += p.weight[(size_t) events.unit[k] * (size_t) p.stride + (size_t) i];
    current[(size_t) blockIdx.x * (size_t) p.stride + (size_t) i] = sum;
  }
}

/* The same events as numbers, added to zeros, for the gradient. */
GPU_KERNEL
spread (GpuWindow w, Events events, int depth, RheoReal *to, int ld)
{
  const int64_t t = (int64_t) (blockIdx.x / (unsigned) w.n_rows) - depth;
  int64_t first, end;

  if (threadIdx.x == 0 && find_events (&w, &events, t, (int) (blockIdx.x % (unsigned) w.n_rows), &first, &end))
    for (int64_t k = first; k < end; k++)
      to[(size_t) blockIdx.x * (size_t) ld + (size_t) events.unit[k]] += 1;
}

static Events
events_of (const RheoCardNet *net, const RheoCardWindow *w)
{
  const RheoBatch *batch = w->w->batch;
  const int n_rows = batch->n_rows - w->row0 < w->n_rows ? batch->n_rows - w->row0 : w->n_rows;
  Events events = { net->first, net->unit, 0, n_rows > 0 ? n_rows : 0, batch->n_steps, w->w->t0 };

  if (batch->event_first != NULL)
    events.base = batch->event_first[(int64_t) w->row0 * batch->n_steps];
  return events;
}

/* Rows of the batch, from the first of the wave on. */
static void
put_input (RheoCardNet *net, const RheoCardWindow *w, const GpuWindow &window)
{
  const RheoBatch *batch = w->w->batch;
  const Events events = events_of (net, w);
  const size_t n_cells = (size_t) events.n_rows * (size_t) batch->n_steps, n_in = (size_t) batch->n_in;
  const unsigned n_moments = (unsigned) (net->depth_in + window.n_steps) * (unsigned) w->n_rows;

  net->spread = false;
  net->n_events = 0;
  if (batch->input != NULL)
    {
      const size_t bytes = sizeof (RheoReal) * n_cells * n_in;

      if (!gpu_room (net, (void **) &net->given, &net->given_size, bytes))
        return;
      gpu_put (net->card, net->given, bytes, batch->input + (size_t) w->row0 * (size_t) batch->n_steps * n_in, bytes,
               1);
      GPU_LAUNCH (net->card, gather, n_moments, GPU_TILES (batch->n_in), GPU_BLOCK, 0, window, net->given,
                  events.n_rows, batch->n_steps, w->w->t0, batch->n_in, net->depth_in, net->input, net->ld_in);
    }
  else if (batch->event_first != NULL)
    {
      const int64_t *first = batch->event_first + (int64_t) w->row0 * batch->n_steps;
      const size_t n_events = (size_t) (first[n_cells] - first[0]);

      net->n_events = (int64_t) n_events;
      if (!gpu_room (net, (void **) &net->first, &net->first_size, sizeof (int64_t) * (n_cells + 1))
          || !gpu_room (net, (void **) &net->unit, &net->unit_size, sizeof (int32_t) * n_events))
        return;
      gpu_put (net->card, net->first, 0, first, sizeof (int64_t) * (n_cells + 1), 1);
      gpu_put (net->card, net->unit, 0, batch->event_unit + first[0], sizeof (int32_t) * n_events, 1);
    }
}

const RheoReal *
gpu_input (RheoCardNet *net, const RheoCardWindow *w)
{
  const GpuWindow window = gpu_window (net, w);
  const unsigned n_moments = (unsigned) (net->depth_in + window.n_steps) * (unsigned) w->n_rows;

  if (w->w->batch->input == NULL && w->w->batch->event_first != NULL && !net->spread)
    {
      net->spread = true;
      gpu_zero (net->card, net->input, sizeof (RheoReal) * (size_t) n_moments * (size_t) net->ld_in);
      GPU_LAUNCH (net->card, spread, n_moments, 1, 1, 0, window, events_of (net, w), net->depth_in, net->input,
                  net->ld_in);
    }
  return net->input + (size_t) net->depth_in * (size_t) w->n_rows * (size_t) net->ld_in;
}

/* --- products ------------------------------------------------------------------------------------------------------------- */

GPU_KERNEL
fill (int n_units, int stride, const RheoReal *row, RheoReal *to)
{
  GPU_OF_TILE (i, stride)
  to[(size_t) blockIdx.x * (size_t) stride + (size_t) i] = i < n_units ? row[i] : 0;
}

/* Sources of a row that are active, in shared memory: their numbers where they spike, else all values. */
typedef struct
{
  RheoReal *value;
  int *list;
  unsigned *word; /* [of 32] */
} Heard;

GPU_DEVICE Heard
heard_in (RheoReal *room, int n)
{
  Heard heard;

  heard.value = room;
  heard.list = (int *) (void *) room;
  heard.word = (unsigned *) (void *) (room + RHEO_PADDED (n));
  return heard;
}

/* After a barrier; ends without one. How many are listed. */
GPU_DEVICE int
list_active (const RheoReal *source, int n, const Heard *heard)
{
  const int n_words = (n + 31) / 32;
  int n_before = 0, n_all = 0;

  for (int k = (int) threadIdx.x; k < n_words; k += (int) blockDim.x)
    {
      unsigned word = 0;

      for (int j = 32 * k; j < n && j < 32 * k + 32; j++)
        word |= (source[j] != 0 ? 1u : 0u) << (j - 32 * k);
      heard->word[k] = word;
    }
  GPU_BARRIER ();
  for (int k = 0; k < n_words; k++)
    n_all += GPU_POPCOUNT (heard->word[k]);
  for (int k = (int) threadIdx.x, done = 0; k < n_words; k += (int) blockDim.x)
    {
      for (; done < k; done++)
        n_before += GPU_POPCOUNT (heard->word[done]);
      for (int j = 0, at = n_before; j < 32; j++)
        if (heard->word[k] >> j & 1)
          heard->list[at++] = 32 * k + j;
    }
  return n_all;
}

/* dst += rows of the weights of sources that spike. */
GPU_KERNEL
add_active (const RheoReal *source, int ld, GpuProj p, RheoReal *dst)
{
  GPU_SHARED (room);
  const Heard heard = heard_in (room, p.n_pre);
  const int n = list_active (source + (size_t) blockIdx.x * (size_t) ld, p.n_pre, &heard);

  GPU_BARRIER ();
  GPU_OF_TILE (i, p.n_post)
  {
    RheoReal sum = dst[(size_t) blockIdx.x * (size_t) p.stride + (size_t) i];

    for (int k = 0; k < n; k++)
      sum += p.weight[(size_t) heard.list[k] * (size_t) p.stride + (size_t) i];
    dst[(size_t) blockIdx.x * (size_t) p.stride + (size_t) i] = sum;
  }
}

GPU_KERNEL
add_each (const RheoReal *source, int ld, const RheoReal *weight, int n, RheoReal *dst, int ld_dst)
{
  GPU_OF_TILE (i, n)
  dst[(size_t) blockIdx.x * (size_t) ld_dst + (size_t) i] +=
      weight[i] * source[(size_t) blockIdx.x * (size_t) ld + (size_t) i];
}

void
gpu_add_each (RheoCardNet *net, int64_t n_rows, int n, const RheoReal *source, int ld, const RheoReal *weight,
              RheoReal *dst, int ld_dst)
{
  GPU_LAUNCH (net->card, add_each, (unsigned) n_rows, GPU_TILES (n), GPU_BLOCK, 0, source, ld, weight, n, dst, ld_dst);
}

/* Whether less than GPU_MOST_ACTIVE of n_rows rows of a spiking population is active. */
static bool
is_sparse (RheoCardNet *net, const GpuPop &pop, const RheoReal *out, int64_t n_rows)
{
  double n = 0;

  gpu_sum_columns (net, n_rows, pop.n_units, out, pop.stride, NULL, 0);
  gpu_get (net->card, net->host, net->sum, 0, sizeof (RheoReal) * (size_t) pop.n_units, 1);
  for (int i = 0; i < pop.n_units; i++)
    n += (double) net->host[i];
  return n < GPU_MOST_ACTIVE * (double) n_rows * pop.n_units;
}

/* A projection from a population, n steps from t on. */
static void
product (RheoCardNet *net, const GpuProj &p, int64_t t, int64_t n)
{
  const GpuPop &from = net->pop[p.from], &to = net->pop[p.to];
  const int64_t n_rows = n * net->n_rows;
  const RheoReal *source = from.out + (t - p.delay) * net->n_rows * from.stride;
  RheoReal *dst = to.current[p.port] + t * net->n_rows * to.stride;

  if (p.one_to_one)
    gpu_add_each (net, n_rows, p.n_post, source, from.stride, p.weight, dst, to.stride);
  else if (from.spikes && gpu_loop_room (p.n_pre) <= gpu_shared_limit (net->card)
           && (n == 1 || is_sparse (net, from, source, n_rows)))
    GPU_LAUNCH (net->card, add_active, (unsigned) n_rows, GPU_TILES (p.n_post), GPU_BLOCK, gpu_loop_room (p.n_pre),
                source, from.stride, p, dst);
  else
    gpu_gemm (net->card, false, false, n_rows, p.n_post, p.n_pre, source, from.stride, p.weight, p.stride, 1, dst,
              to.stride);
}

static void
product_of_input (RheoCardNet *net, const RheoCardWindow *w, const GpuWindow &window, const GpuProj &p)
{
  const int64_t n_rows = (int64_t) window.n_steps * w->n_rows;
  const double most = GPU_MOST_ACTIVE * (double) w->n_rows * (double) w->w->batch->n_steps * p.n_pre;
  RheoReal *dst = net->pop[p.to].current[p.port];

  if (w->w->batch->input != NULL || (double) net->n_events >= most)
    gpu_gemm (net->card, false, false, n_rows, p.n_post, p.n_pre,
              gpu_input (net, w) - (int64_t) p.delay * w->n_rows * net->ld_in, net->ld_in, p.weight, p.stride, 1, dst,
              p.stride);
  else if (w->w->batch->event_first != NULL)
    GPU_LAUNCH (net->card, add_events, (unsigned) n_rows, GPU_TILES (p.n_post), GPU_BLOCK, 0, window,
                events_of (net, w), p, dst);
}

/* --- cells ---------------------------------------------------------------------------------------------------------------- */

/* Steps t0 .. t0 + n - 1 of units that hear nothing of each other within them: x: row, y: tile of units. */
template <int CELL>
GPU_KERNEL
cells (GpuPop pop, GpuWindow w, int64_t t0, int64_t n)
{
  const int row = (int) blockIdx.x;

  GPU_OF_TILE (i, pop.stride)
  for (int64_t t = t0; t < t0 + n; t++)
    if (t < w.left[row])
      gpu_forward<CELL> (&pop, &w, t, row, i);
    else
      pop.out[gpu_at (&w, &pop, t, row, i)] = 0;
}

/* The whole window of one row in one block, since rows hear nothing of each other: barriers of the block are enough. */
template <int CELL>
GPU_WIDE_KERNEL
loop (GpuPop pop, GpuLoop rec, GpuWindow w)
{
  const GpuProj p = rec.proj;
  const int row = (int) blockIdx.x, n_steps = w.left[row] < w.n_steps ? w.left[row] : w.n_steps, n_pre = p.n_pre;
  GPU_SHARED (room);
  const Heard heard = heard_in (room, n_pre);
  const RheoReal *weight = p.weight;

  if (rec.resident)
    {
      RheoReal *own = room + RHEO_PADDED (n_pre) + RHEO_PADDED ((n_pre + 31) / 32);

      for (int k = (int) threadIdx.x; k < n_pre * p.stride; k += (int) blockDim.x)
        own[k] = p.weight[k];
      weight = own;
    }
  for (int64_t t = 0; t < n_steps; t++)
    {
      const RheoReal *source =
          pop.out + gpu_at (&w, &pop, t, row, 0) - (size_t) p.delay * (size_t) w.n_rows * (size_t) pop.stride;
      int n_listed = 0;

      GPU_BARRIER ();
      if (pop.spikes)
        n_listed = list_active (source, n_pre, &heard);
      else
        for (int j = (int) threadIdx.x; j < n_pre; j += (int) blockDim.x)
          heard.value[j] = source[j];
      GPU_BARRIER ();
      for (int i = (int) threadIdx.x; i < pop.stride; i += (int) blockDim.x)
        {
          RheoReal *current = pop.current[p.port] + gpu_at (&w, &pop, t, row, i), sum = *current;

          for (int k = 0; k < n_listed; k++)
            sum += weight[heard.list[k] * p.stride + i];
          for (int j = 0; j < n_pre && !pop.spikes; j++)
            sum += heard.value[j] * weight[j * p.stride + i];
          *current = sum;
          gpu_forward<CELL> (&pop, &w, t, row, i);
        }
    }
  for (int64_t t = n_steps; t < w.n_steps; t++)
    for (int i = (int) threadIdx.x; i < pop.stride; i += (int) blockDim.x)
      pop.out[gpu_at (&w, &pop, t, row, i)] = 0;
}

static void
run_cells (RheoCardNet *net, const GpuPop &pop, const GpuWindow &w, int64_t t, int64_t n)
{
  const unsigned x = (unsigned) w.n_rows, y = GPU_TILES (pop.stride);

  GPU_FOR_CELL (pop.cell, GPU_LAUNCH (net->card, cells<CELL>, x, y, GPU_BLOCK, 0, pop, w, t, n));
}

static void
run_loop (RheoCardNet *net, const GpuPop &pop, const GpuLoop &rec, const GpuWindow &w, size_t shared)
{
  const unsigned n_threads = gpu_loop_threads (pop.stride);

  GPU_FOR_RECURRENT (pop.cell,
                     GPU_LAUNCH (net->card, loop<CELL>, (unsigned) w.n_rows, 1, n_threads, shared, pop, rec, w));
}

/* --- stages --------------------------------------------------------------------------------------------------------------- */

/* Bits of the spikes, [step][row][word]. */
GPU_KERNEL
pack (const RheoReal *out, int n_units, int stride, int n_words, uint64_t *bits)
{
  GPU_OF_TILE (k, n_words)
  {
    uint64_t word = 0;

    for (int i = 64 * k; i < n_units && i < 64 * k + 64; i++)
      word |= (uint64_t) (out[(size_t) blockIdx.x * (size_t) stride + (size_t) i] != 0) << (i - 64 * k);
    bits[(size_t) blockIdx.x * (size_t) n_words + (size_t) k] = word;
  }
}

static void
begin_currents (RheoCardNet *net, const RheoCardWindow *w, const GpuWindow &window, int i_pop)
{
  const GpuPop &pop = net->pop[i_pop];

  for (int k = 0; k < pop.n_ports; k++)
    GPU_LAUNCH (net->card, fill, (unsigned) (window.n_steps * w->n_rows), GPU_TILES (pop.stride), GPU_BLOCK, 0,
                pop.n_units, pop.stride, net->bias[i_pop][k], pop.current[k]);
  for (int i = 0; i < net->spec.plan->n_projs; i++)
    if (net->proj[i].to != i_pop || net->proj[i].from == RHEO_TEACHER)
      continue;
    else if (net->proj[i].from == RHEO_INPUT)
      product_of_input (net, w, window, net->proj[i]);
    else if (net->stage_of[net->proj[i].from] != net->stage_of[i_pop])
      product (net, net->proj[i], 0, window.n_steps);
}

/* The whole window in one kernel. False: the weights have no room in it. */
static bool
run_loop_of (RheoCardNet *net, const GpuWindow &w, int i_pop, int i_proj)
{
  const GpuPop &pop = net->pop[i_pop];
  const GpuProj &p = net->proj[i_proj];
  const size_t room = gpu_loop_room (p.n_pre), weights = sizeof (RheoReal) * (size_t) p.n_pre * (size_t) p.stride;
  const GpuLoop rec = { p, room + weights <= gpu_shared_limit (net->card) };

  /* Rows of spiking units are few, and may as well come from the card's cache. */
  if (!rec.resident && !pop.spikes)
    return false;
  run_loop (net, pop, rec, w, room + (rec.resident ? weights : 0));
  return true;
}

static void
run_stage (RheoCardNet *net, const RheoCardWindow *w, const GpuWindow &window, int i_stage)
{
  const RheoPlan *plan = net->spec.plan;
  const int *pop = plan->stage_pop + plan->stage_first[i_stage];
  const int n_pops = plan->stage_first[i_stage + 1] - plan->stage_first[i_stage];
  int i_proj;

  for (int k = 0; k < n_pops; k++)
    begin_currents (net, w, window, pop[k]);
  if (gpu_loop_of (net, pop[0], &i_proj))
    {
      if (i_proj < 0)
        {
          run_cells (net, net->pop[pop[0]], window, 0, window.n_steps);
          return;
        }
      if (run_loop_of (net, window, pop[0], i_proj))
        return;
    }
  for (int64_t t = 0; t < window.n_steps; t++)
    for (int k = 0; k < n_pops; k++)
      {
        for (int i = 0; i < plan->n_projs; i++)
          if (net->proj[i].to == pop[k] && net->proj[i].from >= 0 && net->stage_of[net->proj[i].from] == i_stage)
            product (net, net->proj[i], t, 1);
        run_cells (net, net->pop[pop[k]], window, t, 1);
      }
}

void
gpu_run_forward (RheoCardNet *net, const RheoCardWindow *w)
{
  const GpuWindow window = gpu_window (net, w);

  put_input (net, w, window);
  for (int i = 0; i < net->spec.plan->n_stages; i++)
    run_stage (net, w, window, i);
  for (int i = 0; i < net->spec.plan->n_pops; i++)
    if (net->pop[i].spikes)
      GPU_LAUNCH (net->card, pack, (unsigned) (window.n_steps * w->n_rows), GPU_TILES (net->pop[i].n_words), GPU_BLOCK,
                  0, net->pop[i].out, net->pop[i].n_units, net->pop[i].stride, net->pop[i].n_words, net->pop[i].bits);
}
