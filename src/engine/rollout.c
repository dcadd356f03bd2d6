#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rollout.h"

#include <string.h>

#include "device-cpu-private.h"

/* Sets of trials draw their noise apart from each other. */
#define SET_ITEMS (1u << 24)

static RheoWindow
window (RheoNet *net, const RheoRollout *r)
{
  return (RheoWindow){
    .net = net,
    .batch = r->batch,
    .t0 = r->t0,
    .t1 = r->t1,
    .flags = r->flags,
    .noise_scale = r->noise_scale,
    .dt_ms = net->shape.dt_ms > 0 ? net->shape.dt_ms : 1,
    .noise = { .seed = r->seed,
               .stream = RHEO_STREAM_NOISE,
               .iteration = r->batch->iteration,
               .item = SET_ITEMS * (uint32_t) r->batch->set },
    .teacher = r->teacher,
    .clamp = r->clamp,
    .start = r->start,
    .acts = r->acts,
    .n_acts = r->n_acts,
    .lane0 = r->lane0,
    .n_lanes = r->n_lanes > 0 ? r->n_lanes : net->n_lanes,
    .on_step = r->flags & RHEO_ROLL_LEARN ? r->on_step : NULL,
    .on_step_data = r->on_step_data,
    .on_spike = r->on_spike,
    .on_spike_data = r->on_spike_data,
    .read_pops = r->read_pops,
    .n_seen = r->n_seen,
    .on_lane = r->on_lane,
    .on_lane_data = r->on_lane_data,
    .pull_pop = r->pull_pop,
    .pull = r->pull,
    .stop = r->stop,
    .stop_data = r->stop_data,
  };
}

gboolean
rheo_rollout (RheoNet *net, const RheoRollout *r)
{
  const RheoWindow w = window (net, r);

  rheo_net_wind (net);
  return net->device->ops->forward (net->device, &w);
}

gboolean
rheo_backprop (RheoNet *net, const RheoRollout *r, RheoGrad *out)
{
  const RheoWindow w = window (net, r);

  g_assert (net->tape.lane0 == w.lane0 && net->tape.n_lanes == w.n_lanes && net->tape.n_steps == w.t1 - w.t0);
  return net->device->ops->backward (net->device, &w) && net->device->ops->weights (net->device, &w, out);
}

gboolean
rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out)
{
  RheoWindow w = window (net, r);

  w.by_lane = true;
  return net->device->ops->by_lane (net->device, &w) && net->device->ops->weights (net->device, &w, out);
}

void
rheo_net_fetch_tape (RheoNet *net)
{
  if (net->device->ops->fetch != NULL)
    net->device->ops->fetch (net->device, net);
}

static RheoTapeLane *
lane_of (const RheoNet *net, int row, int *row_of_lane)
{
  int i = 0;

  while (row >= net->tape.lane[i].row0 + net->tape.lane[i].n_rows)
    i++;
  *row_of_lane = row - net->tape.lane[i].row0;
  return &net->tape.lane[i];
}

static size_t
place (const RheoNet *net, const RheoTapeLane *lane, int pop, int row, int64_t t)
{
  return (size_t) (t * lane->n_rows + row) * (size_t) net->pop[pop].stride;
}

const RheoReal *
rheo_tape_get_output (const RheoNet *net, int row, int64_t t)
{
  const int pop = net->plan.out_pop;
  const RheoTapeLane *lane = lane_of (net, row, &row);

  return lane->pop[pop].out + place (net, lane, pop, row, t);
}

RheoReal *
rheo_tape_get_d_output (const RheoNet *net, int row, int64_t t)
{
  const int pop = net->plan.out_pop;
  const RheoTapeLane *lane = lane_of (net, row, &row);

  return lane->pop[pop].d_out + place (net, lane, pop, row, t);
}

gboolean
rheo_tape_get_spike (const RheoNet *net, int pop, int row, int64_t t, int unit)
{
  const RheoTapeLane *lane = lane_of (net, row, &row);
  const RheoTapePop *p = &lane->pop[pop];

  if (p->bits != NULL)
    return p->bits[(t * lane->n_rows + row) * p->n_words + unit / 64] >> unit % 64 & 1;
  return p->out[place (net, lane, pop, row, t) + (size_t) unit] > 0;
}

void
rheo_tape_copy_out (const RheoNet *net, int pop, int row, int64_t t, RheoReal *to)
{
  const RheoTapeLane *lane = lane_of (net, row, &row);
  const RheoTapePop *p = &lane->pop[pop];
  const int64_t at = t * lane->n_rows + row;

  if (p->bits != NULL)
    rheo_bits_expand (net->pop[pop].n_units, p->bits + at * p->n_words, to);
  else
    memcpy (to, p->out + at * net->pop[pop].stride, sizeof *to * (size_t) net->pop[pop].n_units);
}

const RheoReal *
rheo_tape_get_current (const RheoNet *net, int pop, int port, int row, int64_t t)
{
  const RheoTapeLane *lane = lane_of (net, row, &row);

  return lane->pop[pop].current[port] + place (net, lane, pop, row, t);
}

void
rheo_proj_rank1 (RheoNet *net, int proj, RheoLane *lane, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  rheo_cpu_queue (net->on_device, proj, lane, pre, post, rate);
}

void
rheo_proj_rank1_traced (RheoNet *net, int proj, RheoLane *lane, const RheoTraces *traces, const RheoReal *post)
{
  rheo_cpu_queue_traced (net->on_device, proj, lane, traces, post);
}

void
rheo_net_flush (RheoNet *net)
{
  if (net->on_device == NULL)
    return;
  rheo_cpu_flush (net->on_device);
  if (net->device->ops->fetch_moments != NULL)
    net->device->ops->fetch_moments (net->device, net);
}
