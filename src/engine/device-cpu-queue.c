#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* Local rules change weights by outer products. With a single row the change waits: for the next product, which makes it
 * in the same pass over the weights; or where spikes are the source, and a product reads a few rows only, for more of its
 * kind, which then go into the weights together, as a product of two matrices. With more rows each lane sums its own
 * changes, since the others read the weights meanwhile, and they are added in lane order when the window ends. */

static void
apply (const RheoCpu *cpu, const RheoProj *p, RheoReal *weight, const RheoReal *pre, const RheoReal *post,
       RheoReal rate)
{
  for (int j = 0; j < p->n_pre; j++)
    {
      RheoReal *row = weight + (size_t) j * p->stride;
      const RheoReal self = p->keep.no_self ? row[j] : 0;

      if (pre[j] != 0 && p->keep.mask == NULL)
        cpu->kernels->axpy (p->n_post, rate * pre[j], post, row);
      else if (pre[j] != 0)
        for (int k = 0; k < p->n_post; k++)
          row[k] += p->keep.mask[(size_t) j * p->stride + k] ? rate * pre[j] * post[k] : 0;
      if (p->keep.no_self)
        row[j] = self;
    }
}

static RheoReal *
reals (RheoReal **block, size_t n)
{
  if (*block == NULL)
    *block = rheo_net_alloc (sizeof **block * n);
  return *block;
}

void
rheo_cpu_flush_proj (RheoCpu *cpu, int proj)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];
  const int ld = RHEO_PADDED (p->n_pre);

  if (queue->n_waiting == 0)
    return;
  if (queue->n_waiting == 1)
    apply (cpu, p, p->weight, queue->pre, queue->post, 1);
  else
    {
      RheoReal *self = queue->pre + (size_t) RHEO_QUEUE * (size_t) ld;

      for (int j = 0; j < p->n_pre && p->keep.no_self; j++)
        self[j] = p->weight[(size_t) j * p->stride + j];
      cpu->kernels->gemm (true, false, p->n_pre, p->n_post, queue->n_waiting, queue->pre, ld, queue->post, p->stride, 1,
                          p->weight, p->stride);
      for (int j = 0; j < p->n_pre && p->keep.no_self; j++)
        p->weight[(size_t) j * p->stride + j] = self[j];
    }
  queue->n_waiting = 0;
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
}

void
rheo_cpu_add_waiting (const RheoCpu *cpu, int proj, int n_list, const int32_t *list, RheoReal *c)
{
  const RheoProj *p = &cpu->net->proj[proj];
  const RheoCpuQueue *queue = &cpu->queue[proj];
  const int ld = RHEO_PADDED (p->n_pre);

  for (int k = 0; k < queue->n_waiting; k++)
    {
      const RheoReal *pre = queue->pre + (size_t) k * ld, *post = queue->post + (size_t) k * p->stride;
      RheoReal sum = 0;

      for (int i = 0; i < n_list; i++)
        sum += pre[list[i]];
      cpu->kernels->axpy (p->stride, sum, post, c);
      for (int i = 0; i < n_list && p->keep.no_self; i++)
        c[list[i]] -= pre[list[i]] * post[list[i]];
    }
}

void
rheo_cpu_queue (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];
  const int ld = RHEO_PADDED (p->n_pre), room = p->from >= 0 && cpu->net->pop[p->from].cell->spikes ? RHEO_QUEUE : 1;
  RheoReal *to;

  g_assert (p->form == RHEO_DENSE);
  if (!cpu->alone)
    {
      RheoReal *sum = reals (&queue->sum[lane->index], (size_t) p->n_pre * (size_t) p->stride);

      if (sum != NULL)
        apply (cpu, p, sum, pre, post, rate);
      else
        atomic_store (&cpu->starved, true);
      atomic_store (&queue->summed, true);
      return;
    }
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
  if (p->keep.mask != NULL || reals (&queue->pre, (size_t) (RHEO_QUEUE + 1) * (size_t) ld) == NULL
      || reals (&queue->post, (size_t) RHEO_QUEUE * (size_t) p->stride) == NULL)
    {
      apply (cpu, p, p->weight, pre, post, rate);
      return;
    }
  if (queue->n_waiting == room)
    rheo_cpu_flush_proj (cpu, proj);
  memcpy (queue->pre + (size_t) queue->n_waiting * ld, pre, sizeof *pre * (size_t) p->n_pre);
  to = queue->post + (size_t) queue->n_waiting++ * p->stride;
  for (int k = 0; k < p->n_post; k++)
    to[k] = rate * post[k];
}

/* What lanes have summed; what waits for a product goes on waiting. */
void
rheo_cpu_end_window (RheoCpu *cpu)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    {
      RheoCpuQueue *queue = &cpu->queue[i];
      const RheoProj *p = &cpu->net->proj[i];
      const size_t n = (size_t) p->n_pre * (size_t) p->stride;

      if (!atomic_load (&queue->summed))
        continue;
      for (int k = 0; k < cpu->net->n_lanes; k++)
        if (queue->sum[k] != NULL)
          {
            cpu->kernels->axpy ((int) n, 1, queue->sum[k], p->weight);
            memset (queue->sum[k], 0, sizeof (RheoReal) * n);
          }
      atomic_store (&queue->summed, false);
      cpu->net->stale |= RHEO_STALE_WEIGHTS;
    }
}

void
rheo_cpu_flush (RheoCpu *cpu)
{
  rheo_cpu_end_window (cpu);
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    rheo_cpu_flush_proj (cpu, i);
}

void
rheo_cpu_free_queues (RheoCpu *cpu)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    {
      for (int k = 0; cpu->queue[i].sum != NULL && k < cpu->net->n_lanes; k++)
        rheo_net_release (cpu->queue[i].sum[k]);
      rheo_net_release (cpu->queue[i].pre);
      rheo_net_release (cpu->queue[i].post);
    }
}
