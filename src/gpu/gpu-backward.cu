/* A window backwards: deltas take the place of the currents. */

#include "gpu-cells.cuh"
#include "gpu-module.cuh"

GPU_DEVICE void
no_delta (const GpuPop *pop, const GpuWindow *w, int64_t t, int row, int unit)
{
  for (int k = 0; k < pop->n_ports; k++)
    pop->current[k][gpu_at (w, pop, t, row, unit)] = 0;
}

/* Steps t0 + n - 1 .. t0 of units that hear nothing of each other within them. */
template <int CELL>
GPU_KERNEL
cells_back (GpuPop pop, GpuWindow w, int64_t t0, int64_t n)
{
  const int row = (int) blockIdx.x;

  GPU_OF_TILE (i, pop.stride)
  for (int64_t t = t0 + n - 1; t >= t0; t--)
    if (t < w.left[row])
      gpu_adjoint<CELL> (&pop, &w, t, row, i);
    else
      no_delta (&pop, &w, t, row, i);
}

/* The whole window of one row in one block. */
template <int CELL>
GPU_WIDE_KERNEL
loop_back (GpuPop pop, GpuLoop rec, GpuWindow w)
{
  const GpuProj p = rec.proj;
  const int row = (int) blockIdx.x, n_steps = w.left[row] < w.n_steps ? w.left[row] : w.n_steps, n_post = p.n_post;
  GPU_SHARED (delta);
  RheoReal *turned = delta + RHEO_PADDED (n_post);

  for (int k = (int) threadIdx.x; k < n_post * p.ld_pre; k += (int) blockDim.x)
    turned[k] = p.turned[k];
  for (int64_t t = n_steps; t < w.n_steps; t++)
    for (int i = (int) threadIdx.x; i < pop.stride; i += (int) blockDim.x)
      no_delta (&pop, &w, t, row, i);
  for (int64_t t = n_steps - 1; t >= 0; t--)
    {
      const bool heard = t + p.delay < n_steps;

      GPU_BARRIER ();
      for (int k = (int) threadIdx.x; k < n_post && heard; k += (int) blockDim.x)
        delta[k] = pop.current[p.port][gpu_at (&w, &pop, t + p.delay, row, k)];
      GPU_BARRIER ();
      for (int i = (int) threadIdx.x; i < pop.stride; i += (int) blockDim.x)
        {
          RheoReal *d_out = pop.d_out + gpu_at (&w, &pop, t, row, i), sum = *d_out;

          for (int k = 0; k < n_post && heard; k++)
            sum += delta[k] * turned[k * p.ld_pre + i];
          *d_out = sum;
          gpu_adjoint<CELL> (&pop, &w, t, row, i);
        }
    }
}

static void
run_cells_back (RheoCardNet *net, const GpuPop &pop, const GpuWindow &w, int64_t t, int64_t n)
{
  const unsigned x = (unsigned) w.n_rows, y = GPU_TILES (pop.stride);

  GPU_FOR_CELL (pop.cell, GPU_LAUNCH (net->card, cells_back<CELL>, x, y, GPU_BLOCK, 0, pop, w, t, n));
}

static void
run_loop_back (RheoCardNet *net, const GpuPop &pop, const GpuLoop &rec, const GpuWindow &w, size_t shared)
{
  const unsigned n_threads = gpu_loop_threads (pop.stride);

  GPU_FOR_RECURRENT (pop.cell,
                     GPU_LAUNCH (net->card, loop_back<CELL>, (unsigned) w.n_rows, 1, n_threads, shared, pop, rec, w));
}

/* --- projections ---------------------------------------------------------------------------------------------------------- */

/* What the sources of steps t .. t + n - 1 are given by a projection: by its targets `delay` steps later. */
static void
product_back (RheoCardNet *net, const GpuWindow &w, const GpuProj &p, int64_t t, int64_t n)
{
  const GpuPop &from = net->pop[p.from], &to = net->pop[p.to];
  const int64_t n_heard = t + n + p.delay <= w.n_steps ? n : w.n_steps - p.delay - t, n_rows = n_heard * w.n_rows;
  const RheoReal *delta = to.current[p.port] + (t + p.delay) * w.n_rows * to.stride;
  RheoReal *d_out = from.d_out + t * w.n_rows * from.stride;

  if (n_heard <= 0)
    return;
  if (p.one_to_one)
    gpu_add_each (net, n_rows, p.n_post, delta, to.stride, p.back, d_out, from.stride);
  else
    gpu_gemm (net->card, false, true, n_rows, p.n_pre, p.n_post, delta, to.stride, p.back, p.stride, 1, d_out,
              from.stride);
}

/* d_out += pull times out, but at the last step of each trial. */
GPU_KERNEL
pull (GpuPop pop, GpuWindow w, RheoReal by)
{
  const int64_t t = blockIdx.x / (unsigned) w.n_rows;
  const int row = (int) (blockIdx.x % (unsigned) w.n_rows);

  GPU_OF_TILE (i, pop.stride)
  if (t + 1 < w.left[row])
    pop.d_out[gpu_at (&w, &pop, t, row, i)] += by * pop.out[gpu_at (&w, &pop, t, row, i)];
}

void
gpu_clear_d_out (RheoCardNet *net)
{
  for (int i = 0; i < net->spec.plan->n_pops; i++)
    gpu_zero (net->card, net->pop[i].d_out,
              sizeof (RheoReal) * (size_t) net->spec.n_steps * (size_t) net->spec.n_rows * (size_t) net->pop[i].stride);
}

/* --- stages --------------------------------------------------------------------------------------------------------------- */

static void
begin_back (RheoCardNet *net, const GpuWindow &w, int i_pop)
{
  const GpuPop &pop = net->pop[i_pop];
  const size_t bytes = sizeof (RheoReal) * (size_t) w.n_rows * (size_t) pop.stride;

  gpu_zero (net->card, pop.d_before, bytes);
  for (int k = 0; k < pop.n_states; k++)
    gpu_zero (net->card, pop.d_state[k], bytes);
  for (int k = 0; k < pop.n_params; k++)
    if (pop.d_param[k] != NULL)
      gpu_zero (net->card, pop.d_param[k], bytes);
  for (int i = 0; i < net->spec.plan->n_projs; i++)
    if (net->proj[i].from == i_pop && net->stage_of[net->proj[i].to] != net->stage_of[i_pop] && !net->proj[i].cut)
      product_back (net, w, net->proj[i], 0, w.n_steps);
}

static bool
run_loop_back_of (RheoCardNet *net, const GpuWindow &w, int i_pop, int i_proj)
{
  const GpuProj &p = net->proj[i_proj];
  const size_t room = gpu_loop_room (p.n_post), weights = sizeof (RheoReal) * (size_t) p.n_post * (size_t) p.ld_pre;
  const GpuLoop rec = { p, true };

  if (p.cut || p.turned == NULL || room + weights > gpu_shared_limit (net->card))
    return false;
  run_loop_back (net, net->pop[i_pop], rec, w, room + weights);
  return true;
}

static void
stage_back (RheoCardNet *net, const GpuWindow &w, int i_stage)
{
  const RheoPlan *plan = net->spec.plan;
  const int *pop = plan->stage_pop + plan->stage_first[i_stage];
  const int n_pops = plan->stage_first[i_stage + 1] - plan->stage_first[i_stage];
  int i_proj;

  for (int k = 0; k < n_pops; k++)
    begin_back (net, w, pop[k]);
  if (gpu_loop_of (net, pop[0], &i_proj))
    {
      if (i_proj < 0 || net->proj[i_proj].cut)
        {
          run_cells_back (net, net->pop[pop[0]], w, 0, w.n_steps);
          return;
        }
      if (run_loop_back_of (net, w, pop[0], i_proj))
        return;
    }
  for (int64_t t = w.n_steps - 1; t >= 0; t--)
    for (int k = n_pops - 1; k >= 0; k--)
      {
        for (int i = 0; i < plan->n_projs; i++)
          if (net->proj[i].from == pop[k] && net->stage_of[net->proj[i].to] == i_stage && !net->proj[i].cut)
            product_back (net, w, net->proj[i], t, 1);
        run_cells_back (net, net->pop[pop[k]], w, t, 1);
      }
}

void
gpu_run_backward (RheoCardNet *net, const RheoCardWindow *w)
{
  const GpuWindow window = gpu_window (net, w);

  if (w->w->pull != 0)
    GPU_LAUNCH (net->card, pull, (unsigned) (window.n_steps * w->n_rows), GPU_TILES (net->pop[w->w->pull_pop].stride),
                GPU_BLOCK, 0, net->pop[w->w->pull_pop], window, (RheoReal) w->w->pull);
  for (int i = net->spec.plan->n_stages - 1; i >= 0; i--)
    stage_back (net, window, i);
}
