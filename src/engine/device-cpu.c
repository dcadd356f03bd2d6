#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* Currents of a chunk of steps should stay in the second-level cache. */
#define CHUNK_BYTES (512 * 1024)
#define CHUNK_MAX 64
/* Noise of some steps is drawn at once, since it comes in groups, and stays in the first-level cache. */
#define NOISE_BYTES (16 * 1024)
#define NOISE_MAX 8

typedef struct
{
  GPtrArray *to;
  bool failed;
} Maker;

static void *
make (Maker *m, size_t bytes)
{
  void *block = m->failed ? NULL : rheo_net_alloc (bytes);

  m->failed = block == NULL;
  if (block != NULL)
    g_ptr_array_add (m->to, block);
  return block;
}

static RheoReal *
make_reals (Maker *m, int64_t n)
{
  return make (m, sizeof (RheoReal) * (size_t) n);
}

static bool
trained (const RheoPop *pop, int k)
{
  return pop->train_params >> k & 1;
}

static void
make_work (RheoCpu *cpu, RheoCpuWork *work, Maker *m)
{
  const RheoNet *net = cpu->net;
  const int rows = net->size.lane_rows, padded = cpu->padded_rows;
  const int64_t widest = (int64_t) cpu->widest;

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];
      const RheoNetPop *more = &net->more[i];
      const int64_t step = (int64_t) rows * pop->stride, words = (int64_t) rows * ((pop->n_units + 63) / 64);
      RheoCpuPop *p = &work->pop[i];

      for (int k = 0; k < pop->cell->n_ports; k++)
        p->current[k] = make_reals (m, cpu->chunk * step);
      for (int k = 0; k < 2; k++)
        p->out[k] = make_reals (m, step);
      p->bits = make (m, sizeof (uint64_t) * (size_t) ((more->depth + cpu->chunk) * words));
      p->graded = make_reals (m, (more->depth + cpu->chunk) * step);
      p->tape = make (m, sizeof (RheoReal *) * (size_t) MAX (more->n_tape, 1));
      for (int k = 0; p->tape != NULL && k < more->n_tape; k++)
        p->tape[k] = make_reals (m, 2 * step);
      p->noise = make_reals (m, cpu->noise_steps * step);
      p->d_out = make_reals (m, cpu->chunk * step);
      p->d_before = make_reals (m, step);
      p->d_state = make (m, sizeof (RheoReal *) * (size_t) MAX (more->n_states, 1));
      for (int k = 0; p->d_state != NULL && k < more->n_states; k++)
        p->d_state[k] = make_reals (m, step);
    }
  work->source = make_reals (m, cpu->chunk * rows * MAX (widest, RHEO_TILE));
  work->product = make_reals (m, cpu->chunk * rows * widest);
  work->whole = make_reals (m, rows * widest);
  work->row = make_reals (m, widest);
  work->across = make_reals (m, widest * padded);
  work->back = make_reals (m, widest * padded);
  work->list = make (m, sizeof (int32_t) * (size_t) (widest + 64));
  work->first = make (m, sizeof (int32_t) * (size_t) (MAX (widest, RHEO_FIRST) + 2));
  work->event = make (m, sizeof (uint16_t) * (size_t) MAX (cpu->most_chosen, RHEO_EVENTS));
  work->heard = make (m, sizeof (uint64_t) * (size_t) (rows * (widest / 64 + 1)));
  work->tile = make_reals (m, (RHEO_MOST_MOMENTS + rows) * RHEO_COLUMNS);
  if (cpu->most_lagged > 0)
    {
      work->first_lagged = make (m, sizeof (int32_t) * (size_t) (RHEO_LAGGED_LISTS + rows + 2));
      work->lagged = make (m, sizeof (uint16_t) * (size_t) (cpu->most_lagged + 1));
      work->now = make_reals (m, cpu->most_lagged + 1);
      work->next = make_reals (m, cpu->most_lagged + 1);
      work->heard_sum = make_reals (m, 2 * widest * RHEO_COLUMNS);
    }
}

/* As a number that cannot overflow. */
static double
lane_tape_bytes (const RheoNet *net)
{
  const double rows = net->size.lane_rows, steps = net->shape.n_steps;
  double bytes = 0;

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];
      const RheoNetPop *more = &net->more[i];
      const double step = rows * pop->stride * sizeof (RheoReal), words = rows * ((pop->n_units + 63) / 64);

      bytes += (steps + 1) * more->n_tape * step + steps * pop->cell->n_ports * step;
      bytes += (steps + more->depth) * (pop->cell->spikes ? words * sizeof (uint64_t) : step);
      if (pop->cell->spikes) /* the list of moments (device-cpu-weights.c) */
        bytes += (RHEO_DENSE_SPIKES_ABOVE * sizeof (uint16_t) + sizeof (int32_t) * 1.0 / RHEO_MOMENTS)
                 * (steps + more->depth) * rows * pop->n_units;
      if (i == net->plan.out_pop)
        bytes += steps * step;
    }
  return bytes;
}

static void
make_tape_lane (RheoCpu *cpu, Maker *m, int i_lane, int64_t n_steps)
{
  RheoNet *net = cpu->net;
  const int rows = net->size.lane_rows;
  RheoTapeLane *lane = &net->tape.lane[i_lane];

  lane->pop = make (m, sizeof (RheoTapePop) * (size_t) net->plan.n_pops);
  for (int i = 0; !m->failed && i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];
      const RheoNetPop *more = &net->more[i];
      const int64_t step = (int64_t) rows * pop->stride;
      RheoTapePop *p = &lane->pop[i];

      p->n_words = (pop->n_units + 63) / 64;
      if (pop->cell->spikes)
        cpu->tape_bits[i][i_lane] =
            make (m, sizeof (uint64_t) * (size_t) ((more->depth + n_steps) * rows * p->n_words));
      else
        cpu->tape_out[i][i_lane] = make_reals (m, (more->depth + n_steps) * step);
      p->tape = make (m, sizeof (RheoReal *) * (size_t) MAX (more->n_tape, 1));
      for (int k = 0; !m->failed && k < more->n_tape; k++)
        p->tape[k] = make_reals (m, (n_steps + 1) * step);
      p->current = make (m, sizeof (RheoReal *) * (size_t) pop->cell->n_ports);
      p->delta = make (m, sizeof (RheoReal *) * (size_t) pop->cell->n_ports);
    }
}

bool
rheo_cpu_tape (RheoCpu *cpu, int64_t n_steps)
{
  RheoNet *net = cpu->net;
  const size_t n_lanes = (size_t) net->wave + (size_t) cpu->n_threads;
  Maker m = { .to = cpu->tape_blocks };

  if (n_steps <= cpu->capacity)
    return true;
  g_ptr_array_set_size (cpu->tape_blocks, 0);
  net->tape.n_pops = net->plan.n_pops;
  net->tape.lane = make (&m, sizeof (RheoTapeLane) * n_lanes);
  for (int i = 0; i < net->plan.n_pops; i++)
    {
      cpu->tape_out[i] = make (&m, sizeof (RheoReal *) * n_lanes);
      cpu->tape_d_out[i] = make (&m, sizeof (RheoReal *) * n_lanes);
      cpu->tape_bits[i] = make (&m, sizeof (uint64_t *) * n_lanes);
      cpu->tape_current[i] = make (&m, sizeof (RheoReal *) * (n_lanes * RHEO_MAX_PORTS));
      cpu->tape_delta[i] = make (&m, sizeof (RheoReal *) * (n_lanes * RHEO_MAX_PORTS));
    }
  cpu->capacity = 0;
  for (int i_lane = 0; !m.failed && i_lane < net->wave; i_lane++)
    make_tape_lane (cpu, &m, i_lane, n_steps);
  if (m.failed || !rheo_cpu_make_events (cpu, n_steps))
    return false;
  cpu->capacity = n_steps;
  return true;
}

/* A block of the tape that only some windows need. */
static RheoReal *
on_demand (RheoCpu *cpu, RheoReal **block, int64_t n)
{
  Maker m = { .to = cpu->tape_blocks };

  if (*block == NULL)
    *block = make_reals (&m, n);
  return *block;
}

static bool
can (RheoDevice *dev, const RheoPlan *plan, const char **why_not)
{
  return true;
}

static void
forget (RheoDevice *dev, RheoNet *net)
{
  RheoCpu *cpu = net->on_device;

  if (cpu == NULL)
    return;
  rheo_cpu_free_indexes (cpu);
  rheo_cpu_free_queues (cpu);
  rheo_cpu_free_events (cpu);
  g_clear_pointer (&cpu->items, g_array_unref);
  g_ptr_array_unref (cpu->tape_blocks);
  g_ptr_array_unref (cpu->blocks);
  g_free (cpu);
  net->on_device = NULL;
}

void
rheo_cpu_size_tape (RheoNet *net)
{
  const double lane_bytes = lane_tape_bytes (net), lanes = MAX (net->size.memory, 1) * 1048576.0 / lane_bytes;

  net->wave = (int) CLAMP (lanes, 1, net->n_lanes);
  net->tape_needs = lane_bytes * net->wave;
  net->tape_bytes = (size_t) net->tape_needs;
}

static bool
prepare (RheoDevice *dev, RheoNet *net)
{
  RheoCpu *cpu = g_new0 (RheoCpu, 1);
  const int rows = net->size.lane_rows;
  int64_t step_bytes = 1;
  Maker m;

  net->on_device = cpu;
  cpu->net = net;
  cpu->kernels = &rheo_kernels_fast;
  cpu->n_threads = rheo_team_get_n_threads (dev->team);
  cpu->padded_rows = RHEO_PADDED (rows);
  cpu->blocks = g_ptr_array_new_with_free_func (rheo_net_release);
  cpu->tape_blocks = g_ptr_array_new_with_free_func (rheo_net_release);
  m = (Maker){ .to = cpu->blocks };
  cpu->widest = RHEO_PADDED (MAX (net->plan.n_in, net->plan.n_out));
  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];

      cpu->widest = MAX (cpu->widest, pop->stride);
      step_bytes = MAX (step_bytes, (int64_t) sizeof (RheoReal) * rows * pop->stride * pop->cell->n_ports);
      for (int k = 0; k < pop->cell->n_ports; k++)
        cpu->bias[i][k] = make_reals (&m, pop->stride);
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    if (rheo_proj_may_skip (net, &net->proj[i]))
      cpu->most_chosen =
          MAX (cpu->most_chosen, (int) (RHEO_DENSE_ADJOINT_ABOVE * RHEO_MOST_CHOSEN * net->proj[i].n_pre));
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].lag != NULL)
      cpu->most_lagged = MAX (cpu->most_lagged, (int) (RHEO_DENSE_ABOVE * RHEO_LAGGED_LISTS * net->proj[i].n_pre));
  cpu->chunk = (int) CLAMP (CHUNK_BYTES / step_bytes, 1, MIN (CHUNK_MAX, net->shape.n_steps));
  cpu->noise_steps = (int) CLAMP (NOISE_BYTES / step_bytes, 1, NOISE_MAX);
  rheo_cpu_size_tape (net);
  if (net->tape_needs > rheo_net_physical_memory ())
    return false;
  cpu->work = make (&m, sizeof (RheoCpuWork) * (size_t) cpu->n_threads);
  for (int i = 0; !m.failed && i < cpu->n_threads; i++)
    make_work (cpu, &cpu->work[i], &m);
  for (int i = 0; i < net->plan.n_projs; i++)
    {
      cpu->queue[i].sum = make (&m, sizeof (RheoReal *) * (size_t) net->n_lanes);
      if (net->proj[i].lag != NULL)
        cpu->tap[i] = make (&m, sizeof (RheoTap) * (size_t) net->proj[i].n_pre);
    }
  cpu->lane = make (&m, sizeof (RheoCpuLane) * (size_t) net->n_lanes);
  for (int i = 0; !m.failed && i < net->n_lanes; i++)
    for (int j = 0; !m.failed && j < net->plan.n_pops; j++)
      {
        const int n_params = net->more[j].n_params;
        RheoReal **d_param = make (&m, sizeof (RheoReal *) * (size_t) MAX (n_params, 1));

        cpu->lane[i].d_param[j] = d_param;
        for (int k = 0; !m.failed && k < n_params; k++)
          if (trained (&net->pop[j], k))
            d_param[k] = make_reals (&m, net->pop[j].stride);
      }
  cpu->events = make (&m, sizeof *cpu->events * (size_t) net->wave);
  cpu->share = make (&m, sizeof *cpu->share * (size_t) net->wave);
  for (int i = 0; !m.failed && i < net->wave; i++)
    cpu->share[i] = make (&m, sizeof (RheoReal *) * (size_t) MAX (net->trainables->len, 1));
  return !m.failed && rheo_cpu_tape (cpu, net->shape.n_steps);
}

const char *
rheo_cpu_sync (RheoDevice *dev)
{
  const char *error = dev->priv;

  dev->priv = NULL;
  return error;
}

void
rheo_cpu_classify (RheoCpu *cpu, const RheoWindow *w)
{
  for (int i = 0; i < cpu->net->plan.n_pops; i++)
    cpu->graded[i] = !cpu->net->pop[i].cell->spikes || rheo_acts_make_graded (w, i);
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    cpu->changed[i] = rheo_acts_change_source (w, i);
  rheo_cpu_tap (cpu, w);
}

static bool
begin_tape_lane (RheoCpu *cpu, const RheoWindow *w, int i_lane, int n_rows)
{
  RheoNet *net = cpu->net;

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoPop *pop = &net->pop[i];
      const int depth = net->more[i].depth;
      const int64_t step = (int64_t) net->size.lane_rows * pop->stride;
      RheoTapePop *p = &net->tape.lane[i_lane].pop[i];

      p->n_spikes = 0;
      p->bits = NULL;
      p->out = NULL;
      p->d_out = NULL;
      if (!cpu->graded[i])
        p->bits = cpu->tape_bits[i][i_lane] + (int64_t) depth * n_rows * p->n_words;
      else if (on_demand (cpu, &cpu->tape_out[i][i_lane], (depth + cpu->capacity) * step) == NULL)
        return false;
      else
        p->out = cpu->tape_out[i][i_lane] + (int64_t) depth * n_rows * pop->stride;
      if (i == net->plan.out_pop || w->flags & RHEO_ROLL_D_OUT)
        {
          p->d_out = on_demand (cpu, &cpu->tape_d_out[i][i_lane], cpu->capacity * step);
          if (p->d_out == NULL)
            return false;
        }
      for (int k = 0; k < pop->cell->n_ports; k++)
        {
          p->current[k] = NULL;
          if (w->flags & RHEO_ROLL_CURRENTS)
            {
              p->current[k] = on_demand (cpu, &cpu->tape_current[i][i_lane * RHEO_MAX_PORTS + k], cpu->capacity * step);
              if (p->current[k] == NULL)
                return false;
            }
          /* Once lanes go back one by one nobody asks for the tape behind them. */
          if (w->by_lane && k == 0 && pop->cell->adjoint_in_place)
            p->delta[k] = p->tape[0] + (int64_t) n_rows * pop->stride;
          else
            p->delta[k] = on_demand (cpu, &cpu->tape_delta[i][i_lane * RHEO_MAX_PORTS + k], cpu->capacity * step);
          if (p->delta[k] == NULL)
            return false;
        }
    }
  return true;
}

/* Where nothing of a lane is asked for once it has gone back, all that a thread runs share one tape, which stays in its
 * cache. The tapes of threads lie behind those of the wave. */
bool
rheo_cpu_make_thread_tapes (RheoCpu *cpu, const RheoWindow *w)
{
  const RheoNet *net = cpu->net;
  Maker m = { .to = cpu->tape_blocks };

  for (int k = net->wave; k < net->wave + cpu->n_threads; k++)
    {
      if (net->tape.lane[k].pop == NULL)
        make_tape_lane (cpu, &m, k, cpu->capacity);
      if (m.failed || !begin_tape_lane (cpu, w, k, net->size.lane_rows))
        return false;
    }
  return true;
}

void
rheo_cpu_lend_tape (RheoCpu *cpu, const RheoWindow *w, int i_lane, int thread)
{
  RheoTapeLane *lane = &cpu->net->tape.lane[i_lane];

  /* Makes nothing: rheo_cpu_make_thread_tapes did. */
  begin_tape_lane (cpu, w, cpu->net->wave + thread, lane->n_rows);
  lane->pop = cpu->net->tape.lane[cpu->net->wave + thread].pop;
}

bool
rheo_cpu_begin (RheoCpu *cpu, const RheoWindow *w)
{
  RheoNet *net = cpu->net;
  const int64_t n_steps = w->t1 - w->t0;

  g_assert (w->batch->n_rows <= net->size.n_rows && n_steps > 0);
  rheo_cpu_classify (cpu, w);
  for (int i = 0; i < net->plan.n_pops; i++)
    for (int k = 0; k < net->pop[i].cell->n_ports; k++)
      {
        memset (cpu->bias[i][k], 0, sizeof (RheoReal) * (size_t) net->pop[i].stride);
        for (int j = 0; j < net->plan.n_projs; j++)
          if (net->proj[j].bias != NULL && net->proj[j].to == i && net->proj[j].port == k)
            cpu->kernels->axpy (net->proj[j].n_post, 1, net->proj[j].bias, cpu->bias[i][k]);
      }
  atomic_store (&cpu->stopped, false);
  cpu->alone = net->size.n_rows == 1 || (w->batch->n_rows == 1 && w->n_lanes == 1);
  /* Only products of single steps know what waits, and only where no other lane looks. */
  if (!cpu->alone || w->on_step == NULL)
    rheo_cpu_flush (cpu);
  /* Copies of weights are for the way back, and for products of windows in which weights stay. */
  if (w->on_step == NULL && !rheo_cpu_refresh (cpu))
    return false;
  if (!(w->flags & RHEO_ROLL_TAPE))
    return true;
  g_assert (w->n_lanes <= net->wave);
  if (!rheo_cpu_tape (cpu, n_steps))
    return false;
  net->tape.n_lanes = w->n_lanes;
  net->tape.n_steps = n_steps;
  net->tape.lane0 = w->lane0;
  for (int i_lane = 0; i_lane < w->n_lanes; i_lane++)
    {
      const RheoLane *lane = &net->lane[w->lane0 + i_lane];

      net->tape.lane[i_lane].n_rows = lane->n_rows;
      net->tape.lane[i_lane].row0 = lane->row0;
      if (!begin_tape_lane (cpu, w, i_lane, lane->n_rows))
        return false;
    }
  return true;
}

const RheoDeviceOps rheo_device_cpu_ops = {
  .id = "cpu",
  .build = RHEO_VERSION,
  .can = can,
  .prepare = prepare,
  .forget = forget,
  .sync = rheo_cpu_sync,
  .forward = rheo_cpu_forward,
  .backward = rheo_cpu_backward,
  .by_lane = rheo_cpu_by_lane,
  .weights = rheo_cpu_weights,
};
