#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static size_t
bytes (int64_t n)
{
  return sizeof (RheoReal) * (size_t) n;
}

/* Words per row of the bits of a population. */
static int
words (const RheoPop *pop)
{
  return (pop->n_units + 63) / 64;
}

/* --- start and end of a window ------------------------------------------------------------------------------ */

static RheoReal *
history (const RheoLaneRun *run, int i_pop, int lag)
{
  const RheoNet *net = run->net;

  return net->more[i_pop].history + ((size_t) lag * net->size.n_rows + run->lane->row0) * net->pop[i_pop].stride;
}

/* Entry of the log for step t; t < 0: before the window. */
static void
log_set (const RheoLaneRun *run, int i_pop, int64_t t, const RheoReal *out)
{
  const RheoPop *pop = &run->net->pop[i_pop];

  if (run->bits[i_pop] != NULL)
    for (int row = 0; row < run->n_rows; row++)
      run->cpu->kernels->pack_bits (pop->n_units, out + (size_t) row * pop->stride,
                                    run->bits[i_pop] + ((t - run->base) * run->n_rows + row) * words (pop));
  else
    memcpy (run->out[i_pop] + (t - run->base) * run->n_rows * pop->stride, out,
            bytes ((int64_t) run->n_rows * pop->stride));
}

static void
log_get (const RheoLaneRun *run, int i_pop, int64_t t, RheoReal *out)
{
  const RheoPop *pop = &run->net->pop[i_pop];

  if (run->bits[i_pop] != NULL)
    for (int row = 0; row < run->n_rows; row++)
      rheo_bits_expand (pop->n_units, run->bits[i_pop] + ((t - run->base) * run->n_rows + row) * words (pop),
                        out + (size_t) row * pop->stride);
  else
    memcpy (out, run->out[i_pop] + (t - run->base) * run->n_rows * pop->stride,
            bytes ((int64_t) run->n_rows * pop->stride));
}

static RheoSlice
slice (const RheoLaneRun *run, int i_pop, int n_rows)
{
  RheoSlice s = run->slice[i_pop];

  s.n_rows = n_rows;
  return s;
}

/* Cells draw row by row, so that what they draw does not depend on lanes. */
static void
reset (const RheoLaneRun *run, int i_pop)
{
  const RheoPop *pop = &run->net->pop[i_pop];
  const RheoNetPop *more = &run->net->more[i_pop];
  const int64_t n = (int64_t) run->n_rows * pop->stride;

  for (int k = 0; k < more->n_states; k++)
    memset (run->lane->pop[i_pop].state[k], 0, bytes (n));
  memset (history (run, i_pop, 0), 0, bytes (n));
  for (int row = 0; pop->cell->reset != NULL && row < run->n_rows; row++)
    {
      RheoReal *state[8];
      RheoSlice s = slice (run, i_pop, 1);
      RheoRng rng = run->w->noise;

      for (int k = 0; k < more->n_states; k++)
        state[k] = s.state[k] + (size_t) row * pop->stride;
      s.state = state;
      s.out = history (run, i_pop, 0) + (size_t) row * pop->stride;
      rng.item += (uint32_t) (run->lane->row0 + row);
      pop->cell->reset (pop->derived, &s, rng);
    }
  if (run->w->start != NULL && run->w->start->pop == i_pop)
    for (int row = 0; row < run->n_rows; row++)
      {
        memcpy (run->lane->pop[i_pop].state[0] + (size_t) row * pop->stride, run->w->start->state,
                bytes (pop->n_units));
        memcpy (history (run, i_pop, 0) + (size_t) row * pop->stride, run->w->start->out, bytes (pop->n_units));
      }
  for (int lag = 1; lag < more->depth; lag++)
    memcpy (history (run, i_pop, lag), history (run, i_pop, 0), bytes (n));
}

void
rheo_lane_begin (RheoLaneRun *run)
{
  for (int i = 0; i < run->net->plan.n_pops; i++)
    {
      const RheoPop *pop = &run->net->pop[i];
      const RheoNetPop *more = &run->net->more[i];
      RheoCpuPop *work = &run->work->pop[i];

      if (run->w->flags & RHEO_ROLL_RESET)
        reset (run, i);
      for (int lag = 0; lag < more->depth; lag++)
        log_set (run, i, -1 - lag, history (run, i, lag));
      memcpy (work->out[1], history (run, i, 0), bytes ((int64_t) run->n_rows * pop->stride));
      if (run->tape != NULL && run->tape->pop[i].d_out != NULL)
        memset (run->tape->pop[i].d_out, 0, bytes (run->n_steps * run->n_rows * pop->stride));
      if (run->tape != NULL && pop->cell->first_tape != NULL)
        {
          RheoSlice s = slice (run, i, run->n_rows);

          s.tape = run->tape->pop[i].tape;
          pop->cell->first_tape (pop->derived, &s);
        }
    }
}

void
rheo_lane_end (RheoLaneRun *run)
{
  for (int i = 0; i < run->net->plan.n_pops; i++)
    for (int lag = 0; lag < run->net->more[i].depth; lag++)
      log_get (run, i, run->n_steps - 1 - lag, history (run, i, lag));
}

/* --- one step of one population ----------------------------------------------------------------------------- */

static void
add_teacher (const RheoLaneRun *run, int i_pop, int64_t t, int n_running, RheoReal *const *current)
{
  const RheoSignal *teacher = run->w->teacher;
  const RheoPop *pop = &run->net->pop[i_pop];

  if (teacher == NULL || teacher->pop != i_pop)
    return;
  for (int row = 0; row < n_running; row++)
    {
      const RheoReal *value =
          teacher->value + ((size_t) (run->lane->row0 + row) * run->w->batch->n_steps + run->w->t0 + t) * pop->n_units;
      RheoReal *to = current[teacher->port] + (size_t) row * pop->stride;

      for (int i = 0; i < pop->n_units; i++)
        if (teacher->unit_on == NULL || teacher->unit_on[i])
          to[i] += value[i];
    }
}

static void
step (RheoLaneRun *run, int i_stage, int i_pop, int64_t t, int i_chunk)
{
  RheoNet *net = run->net;
  const RheoPop *pop = &net->pop[i_pop];
  const RheoNetPop *more = &net->more[i_pop];
  RheoCpuPop *work = &run->work->pop[i_pop];
  RheoTapePop *tape = run->tape != NULL ? &run->tape->pop[i_pop] : NULL;
  const int n_running = rheo_lane_running (run, t), n_words = words (pop);
  const int64_t n = (int64_t) run->n_rows * pop->stride, step_now = run->w->t0 + t;
  const bool graded = run->bits[i_pop] == NULL;
  RheoReal *current[RHEO_MAX_PORTS], *tape_now[8];
  RheoReal *out = graded ? run->out[i_pop] + (t - run->base) * n : work->out[t & 1];
  RheoReal *out_before = graded ? out - n : work->out[(t + 1) & 1];
  RheoLanePop *seen = &run->lane->pop[i_pop];
  RheoSlice *s = &run->slice[i_pop];

  for (int k = 0; k < pop->cell->n_ports; k++)
    current[k] = work->current[k] + i_chunk * n;
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].to == i_pop && net->proj[i].from >= 0 && net->stage_of[net->proj[i].from] == i_stage)
      rheo_lane_product (run, i, t, 1, NULL, current[net->proj[i].port]);
  add_teacher (run, i_pop, t, n_running, current);
  if (run->w->n_acts > 0)
    rheo_acts_on_current (run->w, i_pop, step_now, run->lane->row0, n_running, current[0], pop->stride, run->work->row);
  if (tape != NULL && tape->current[0] != NULL)
    for (int k = 0; k < pop->cell->n_ports; k++)
      memcpy (tape->current[k] + t * n, current[k], bytes (n));

  s->n_rows = n_running;
  s->noise = NULL;
  s->current = current;
  s->out = out;
  s->out_before = out_before;
  for (int k = 0; k < more->n_tape; k++)
    tape_now[k] = tape != NULL ? tape->tape[k] + (t + 1) * n : work->tape[k];
  s->tape = tape_now;
  if (run->w->flags & RHEO_ROLL_NOISE && pop->cell->noisy != NULL && pop->cell->noisy (pop->derived))
    {
      const int place = (int) (t % run->cpu->noise_steps);

      if (place == 0)
        rheo_acts_noise (run->w, i_pop, step_now, (int) MIN (run->cpu->noise_steps, run->n_steps - t), n,
                         run->lane->row0, n_running, work->noise);
      s->noise = work->noise + place * n;
    }
  if (n_running > 0)
    pop->cell->forward (pop->derived, s);
  if (n_running < run->n_rows)
    memset (out + (size_t) n_running * pop->stride, 0, bytes ((int64_t) (run->n_rows - n_running) * pop->stride));
  if (run->w->n_acts > 0 || run->w->clamp != NULL)
    rheo_acts_on_out (run->w, i_pop, step_now, run->lane->row0, n_running, out, pop->stride);

  if (!graded)
    {
      uint64_t *bits = run->bits[i_pop] + (t - run->base) * run->n_rows * n_words;
      int64_t n_spikes = 0;

      for (int row = 0; row < run->n_rows; row++)
        n_spikes += run->cpu->kernels->pack_bits (pop->n_units, out + (size_t) row * pop->stride,
                                                  bits + (size_t) row * n_words);
      if (tape != NULL)
        tape->n_spikes += n_spikes;
    }
  seen->n_running = n_running;
  seen->out = out;
  seen->out_before = out_before;
  for (int k = 0; k < pop->cell->n_ports; k++)
    seen->current[k] = current[k];
}

/* --- the window --------------------------------------------------------------------------------------------- */

/* Biases, and what does not depend on this stage: all steps of the chunk at a time. */
static void
batched_currents (RheoLaneRun *run, int i_stage, int i_pop, int64_t t, int n)
{
  RheoNet *net = run->net;
  const RheoPop *pop = &net->pop[i_pop];
  RheoCpuPop *work = &run->work->pop[i_pop];

  for (int k = 0; k < pop->cell->n_ports; k++)
    {
      const RheoReal *start = run->cpu->bias[i_pop][k];

      for (int i = 0; i < net->plan.n_projs; i++)
        if (net->proj[i].to == i_pop && net->proj[i].port == k
            && (net->proj[i].from < 0 || net->stage_of[net->proj[i].from] != i_stage))
          {
            rheo_lane_product (run, i, t, n, start, work->current[k]);
            start = NULL;
          }
      if (start != NULL)
        rheo_rows_fill (n * run->n_rows, pop->stride, start, work->current[k]);
    }
}

/* Without a tape the logs hold one chunk: its last steps become those before the next one. */
static void
roll_logs (RheoLaneRun *run, int n)
{
  for (int i = 0; i < run->net->plan.n_pops; i++)
    {
      const RheoPop *pop = &run->net->pop[i];
      const int64_t depth = run->net->more[i].depth;

      if (run->bits[i] != NULL)
        {
          const int64_t size = (int64_t) run->n_rows * words (pop);

          memmove (run->bits[i] - depth * size, run->bits[i] + (n - depth) * size,
                   sizeof (uint64_t) * (size_t) (depth * size));
        }
      else
        {
          const int64_t size = (int64_t) run->n_rows * pop->stride;

          memmove (run->out[i] - depth * size, run->out[i] + (n - depth) * size, bytes (depth * size));
        }
    }
  run->base += n;
}

bool
rheo_cpu_is_stopped (RheoCpu *cpu, const RheoWindow *w)
{
  if (w->stop == NULL)
    return false;
  if (!atomic_load (&cpu->stopped) && w->stop (w->stop_data))
    atomic_store (&cpu->stopped, true);
  return atomic_load (&cpu->stopped);
}

/* Stages first .. last - 1 in n steps from t on. */
static void
run_stages (RheoLaneRun *run, int first, int last, int64_t t, int n)
{
  const RheoNet *net = run->net;

  for (int i_stage = first; i_stage < last; i_stage++)
    {
      const int *pop = net->stage_pop + net->stage_first[i_stage];
      const int n_pops = net->stage_first[i_stage + 1] - net->stage_first[i_stage];

      for (int k = 0; k < n_pops; k++)
        batched_currents (run, i_stage, pop[k], t, n);
      for (int i = 0; i < n; i++)
        for (int k = 0; k < n_pops; k++)
          step (run, i_stage, pop[k], t + i, i);
    }
}

/* How many stages must be there when the local rule looks. */
static int
seen_stages (const RheoWindow *w)
{
  const RheoNet *net = w->net;
  int n = 0;

  if (w->on_step == NULL)
    return 0;
  if (w->n_seen == 0)
    return net->plan.n_stages;
  for (int i = 0; i < w->n_seen; i++)
    n = MAX (n, net->stage_of[i] + 1);
  return n;
}

static void
run_clock (const RheoLaneRun *run, int64_t t, int n)
{
  const RheoWindow *w = run->w;
  RheoNet *net = run->net;
  RheoTurn turn = { .w = w,
                    .lane = (RheoLane *) run->lane,
                    .n_rows = CLAMP (w->batch->n_rows - run->lane->row0, 0, run->n_rows),
                    .t0 = w->t0 + t,
                    .n = n,
                    .reset = t == 0 && (w->flags & RHEO_ROLL_RESET) != 0 };

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      turn.n_words[i] = words (&net->pop[i]);
      turn.stride[i] = net->pop[i].stride;
      if (run->bits[i] != NULL)
        {
          const int64_t size = (int64_t) run->n_rows * turn.n_words[i];

          turn.bits[i] = run->bits[i] + (t - run->base) * size;
          memset (turn.bits[i], 0, sizeof (uint64_t) * (size_t) (n * size));
        }
      else
        {
          const int64_t size = (int64_t) run->n_rows * turn.stride[i];

          turn.out[i] = run->out[i] + (t - run->base) * size;
          memset (turn.out[i], 0, bytes (n * size));
        }
    }
  if (!net->model->advance (net->clock, &turn))
    atomic_store (&run->cpu->starved, true);
}

static void
forward_clock (RheoLaneRun *run)
{
  const int most = run->tape != NULL ? RHEO_MOST_TURN : MIN (run->cpu->chunk, RHEO_MOST_TURN);

  for (int64_t t = 0; t < run->n_steps; t += most)
    {
      const int n = (int) MIN (most, run->n_steps - t);

      if (rheo_cpu_is_stopped (run->cpu, run->w))
        return;
      run_clock (run, t, n);
      if (run->tape == NULL)
        roll_logs (run, n);
    }
  rheo_lane_end (run);
}

static void
forward_lane (const RheoWindow *w, int item, int thread)
{
  RheoNet *net = w->net;
  RheoCpu *cpu = net->on_device;
  RheoLaneRun run = rheo_lane_run (cpu, w, w->lane0 + item, thread);
  const int n_seen = seen_stages (w), chunk = n_seen == net->plan.n_stages ? 1 : cpu->chunk;

  if (rheo_lane_running (&run, -w->t0) == 0 && w->batch->n_rows <= run.lane->row0 && run.tape == NULL)
    return;
  rheo_lane_begin (&run);
  if (net->clock != NULL)
    {
      forward_clock (&run);
      return;
    }
  for (int64_t t = 0; t < run.n_steps; t += chunk)
    {
      const int n = (int) MIN (chunk, run.n_steps - t);

      if (rheo_cpu_is_stopped (cpu, w))
        return;
      for (int i = 0; i < n && w->on_step != NULL; i++)
        {
          run_stages (&run, 0, n_seen, t + i, 1);
          w->on_step (w->on_step_data, (RheoLane *) run.lane, w->t0 + t + i);
        }
      run_stages (&run, n_seen, net->plan.n_stages, t, n);
      if (run.tape == NULL)
        roll_logs (&run, n);
    }
  rheo_lane_end (&run);
}

static void
run_lane (void *data, int item, int thread)
{
  const unsigned before = rheo_denormals_off ();

  forward_lane (data, item, thread);
  rheo_denormals_back (before);
}

bool
rheo_cpu_fail (RheoDevice *dev, const char *sentence)
{
  dev->priv = (void *) sentence;
  return false;
}

bool
rheo_cpu_forward (RheoDevice *dev, const RheoWindow *w)
{
  RheoCpu *cpu = w->net->on_device;

  if (rheo_cpu_begin (cpu, w))
    rheo_team_map (dev->team, w->n_lanes, run_lane, (void *) w);
  else
    atomic_store (&cpu->starved, true);
  rheo_cpu_end_window (cpu);
  if (atomic_load (&cpu->starved))
    return rheo_cpu_fail (dev, N_ ("There is not enough memory for this window."));
  return !atomic_load (&cpu->stopped);
}

/* --- backwards ---------------------------------------------------------------------------------------------- */

static void
step_back (RheoLaneRun *run, int i_stage, int i_pop, int64_t t, int i_chunk)
{
  RheoNet *net = run->net;
  const RheoPop *pop = &net->pop[i_pop];
  const RheoNetPop *more = &net->more[i_pop];
  RheoCpuPop *work = &run->work->pop[i_pop];
  RheoTapePop *tape = &run->tape->pop[i_pop];
  const int n_running = rheo_lane_running (run, t);
  const int64_t n = (int64_t) run->n_rows * pop->stride;
  RheoReal *d_out = run->d_out[i_pop] + i_chunk * n, *delta[RHEO_MAX_PORTS], *tape_now[8];
  const RheoReal *tape_before[8];
  RheoSlice *s = &run->slice[i_pop];

  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].from == i_pop && net->stage_of[net->proj[i].to] == i_stage
        && !(net->proj[i].flags & RHEO_PROJ_CUT))
      rheo_lane_adjoint (run, i, t, 1, d_out);
  if (run->w->n_acts > 0 || run->w->clamp != NULL)
    rheo_acts_on_d_out (run->w, i_pop, run->w->t0 + t, run->lane->row0, n_running, d_out, pop->stride);
  if (pop->cell->adjoint_before)
    {
      run->cpu->kernels->axpy ((int) n, 1, work->d_before, d_out);
      memset (work->d_before, 0, bytes (n));
    }

  for (int k = 0; k < pop->cell->n_ports; k++)
    delta[k] = tape->delta[k] + t * n;
  for (int k = 0; k < more->n_tape; k++)
    {
      tape_now[k] = tape->tape[k] + (t + 1) * n;
      tape_before[k] = tape->tape[k] + t * n;
    }
  if (pop->cell->adjoint_out)
    {
      log_get (run, i_pop, t, work->out[0]);
      log_get (run, i_pop, t - 1, work->out[1]);
      s->out = work->out[0];
      s->out_before = work->out[1];
    }
  s->n_rows = n_running;
  s->state = work->d_state;
  s->tape = tape_now;
  s->tape_before = tape_before;
  s->surrogate = &net->surrogate;
  s->d_out = d_out;
  s->d_current = delta;
  s->d_out_before = pop->cell->adjoint_before ? work->d_before : NULL;
  s->d_param = run->cpu->lane[run->lane->index].d_param[i_pop];
  if (n_running > 0)
    pop->cell->adjoint (pop->derived, s);
  for (int k = 0; n_running < run->n_rows && k < pop->cell->n_ports; k++)
    memset (delta[k] + (size_t) n_running * pop->stride, 0, bytes ((int64_t) (run->n_rows - n_running) * pop->stride));
}

RHEO_MULTI static void
scale (int64_t n, RheoReal by, const RheoReal *restrict from, bool add, RheoReal *restrict to)
{
  if (add)
    for (int64_t i = 0; i < n; i++)
      to[i] += by * from[i];
  else
    for (int64_t i = 0; i < n; i++)
      to[i] = by * from[i];
}

/* Gradient of a penalty on squared rates, at n steps from t on: added to what is there, or set. */
static void
pull (const RheoLaneRun *run, int i_pop, int64_t t, int n, bool add, RheoReal *to)
{
  const int64_t stride = run->net->pop[i_pop].stride, size = run->n_rows * stride;
  const RheoReal *from = run->out[i_pop] + (t - run->base) * size;

  for (int i = 0; i < n; i++, from += size, to += size)
    {
      /* The last step of a trial does not count. */
      const int64_t counted = rheo_lane_running (run, t + i + 1) * stride;

      scale (counted, (RheoReal) run->w->pull, from, add, to);
      if (!add)
        memset (to + counted, 0, bytes (size - counted));
    }
}

static void
batched_d_out (RheoLaneRun *run, int i_stage, int i_pop, int64_t t, int n)
{
  RheoNet *net = run->net;
  const int64_t size = (int64_t) run->n_rows * net->pop[i_pop].stride;
  const bool pulled = run->w->pull != 0 && run->w->pull_pop == i_pop;
  RheoReal *d_out = run->tape->pop[i_pop].d_out, *to = run->work->pop[i_pop].d_out;

  /* What is not asked for again is added to where it lies. */
  if (d_out != NULL && run->w->by_lane)
    to = d_out + t * size;
  else if (d_out != NULL)
    memcpy (to, d_out + t * size, bytes (n * size));
  else if (!pulled)
    memset (to, 0, bytes (n * size));
  if (pulled)
    pull (run, i_pop, t, n, d_out != NULL, to);
  run->d_out[i_pop] = to;
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].from == i_pop && net->stage_of[net->proj[i].to] != i_stage
        && !(net->proj[i].flags & RHEO_PROJ_CUT))
      rheo_lane_adjoint (run, i, t, n, to);
}

static void
backward_lane (const RheoWindow *w, int item, int thread)
{
  RheoNet *net = w->net;
  RheoCpu *cpu = net->on_device;
  RheoLaneRun run = rheo_lane_run (cpu, w, w->lane0 + item, thread);

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const int64_t n = (int64_t) run.n_rows * net->pop[i].stride;
      RheoReal **d_param = cpu->lane[run.lane->index].d_param[i];

      memset (run.work->pop[i].d_before, 0, bytes (n));
      for (int k = 0; k < net->more[i].n_states; k++)
        memset (run.work->pop[i].d_state[k], 0, bytes (n));
      for (int k = 0; k < net->more[i].n_params; k++)
        if (d_param[k] != NULL)
          memset (d_param[k], 0, bytes (net->pop[i].stride));
    }
  for (int64_t end_of = run.n_steps; end_of > 0; end_of -= cpu->chunk)
    {
      const int n = (int) MIN (cpu->chunk, end_of);
      const int64_t t = end_of - n;

      if (rheo_cpu_is_stopped (cpu, w))
        return;
      for (int i_stage = net->plan.n_stages - 1; i_stage >= 0; i_stage--)
        {
          const int *pop = net->stage_pop + net->stage_first[i_stage];
          const int n_pops = net->stage_first[i_stage + 1] - net->stage_first[i_stage];

          for (int k = 0; k < n_pops; k++)
            batched_d_out (&run, i_stage, pop[k], t, n);
          for (int i = n - 1; i >= 0; i--)
            for (int k = n_pops - 1; k >= 0; k--)
              step_back (&run, i_stage, pop[k], t + i, i);
        }
    }
}

static void
run_lane_back (void *data, int item, int thread)
{
  const unsigned before = rheo_denormals_off ();

  backward_lane (data, item, thread);
  rheo_denormals_back (before);
}

bool
rheo_cpu_backward (RheoDevice *dev, const RheoWindow *w)
{
  RheoCpu *cpu = w->net->on_device;

  rheo_cpu_classify (cpu, w);
  if (!rheo_cpu_refresh (cpu) || !rheo_cpu_make_shares (cpu, w))
    return rheo_cpu_fail (dev, N_ ("There is not enough memory for the gradient."));
  atomic_store (&cpu->stopped, false);
  rheo_team_map (dev->team, w->n_lanes, run_lane_back, (void *) w);
  return !atomic_load (&cpu->stopped);
}

static void
run_lane_both (void *data, int item, int thread)
{
  const unsigned before = rheo_denormals_off ();
  const RheoWindow *w = data;
  RheoCpu *cpu = w->net->on_device;
  RheoTapePop *own = w->net->tape.lane[item].pop;

  if (cpu->lends)
    rheo_cpu_lend_tape (cpu, w, item, thread);
  forward_lane (w, item, thread);
  if (!atomic_load (&cpu->stopped))
    w->on_lane (w->on_lane_data, item, thread);
  if (!atomic_load (&cpu->stopped))
    backward_lane (w, item, thread);
  if (!atomic_load (&cpu->stopped))
    {
      const RheoLaneRun run = rheo_lane_run (cpu, w, w->lane0 + item, thread);

      rheo_lane_gradient (&run);
    }
  w->net->tape.lane[item].pop = own;
  rheo_denormals_back (before);
}

bool
rheo_cpu_by_lane (RheoDevice *dev, const RheoWindow *w)
{
  RheoCpu *cpu = w->net->on_device;

  if (!rheo_cpu_begin (cpu, w))
    return rheo_cpu_fail (dev, N_ ("There is not enough memory for this window."));
  cpu->lends = rheo_cpu_is_small (w);
  if (!rheo_cpu_make_shares (cpu, w) || (cpu->lends && !rheo_cpu_make_thread_tapes (cpu, w)))
    return rheo_cpu_fail (dev, N_ ("There is not enough memory for the gradient."));
  rheo_team_map (dev->team, w->n_lanes, run_lane_both, (void *) w);
  rheo_cpu_end_window (cpu);
  return !atomic_load (&cpu->stopped);
}
