#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* Local rules change weights by outer products. With a single row the change waits for the next product and is made in
 * the same pass over the weights. With more rows each lane sums its own changes, since the others read the weights
 * meanwhile, and they are added in lane order when the window ends. */

static void
apply (RheoCpu *cpu, const RheoProj *p, RheoReal *weight, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  for (int j = 0; j < p->n_pre; j++)
    {
      RheoReal *row = weight + (size_t) j * p->stride;

      if (pre[j] != 0 && p->keep.mask == NULL)
        cpu->kernels->axpy (p->n_post, rate * pre[j], post, row);
      else if (pre[j] != 0)
        for (int k = 0; k < p->n_post; k++)
          row[k] += p->keep.mask[(size_t) j * p->stride + k] ? rate * pre[j] * post[k] : 0;
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
rheo_cpu_queue (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoReal *pre, const RheoReal *post, RheoReal rate)
{
  const RheoProj *p = &cpu->net->proj[proj];
  RheoCpuQueue *queue = &cpu->queue[proj];

  g_assert (p->form == RHEO_DENSE);
  if (cpu->net->size.n_rows > 1)
    {
      RheoReal *sum = reals (&queue->sum[lane->index], (size_t) p->n_pre * (size_t) p->stride);

      if (sum != NULL)
        apply (cpu, p, sum, pre, post, rate);
      else
        atomic_store (&cpu->starved, true);
      atomic_store (&queue->summed, true);
      return;
    }
  if (queue->waiting)
    apply (cpu, p, p->weight, queue->pre, queue->post, queue->rate);
  cpu->net->stale |= RHEO_STALE_WEIGHTS;
  queue->waiting = p->keep.mask == NULL && reals (&queue->pre, (size_t) p->n_pre) != NULL
                   && reals (&queue->post, (size_t) p->n_post) != NULL;
  if (!queue->waiting)
    {
      apply (cpu, p, p->weight, pre, post, rate);
      return;
    }
  memcpy (queue->pre, pre, sizeof *pre * (size_t) p->n_pre);
  memcpy (queue->post, post, sizeof *post * (size_t) p->n_post);
  queue->rate = rate;
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
    {
      const RheoProj *p = &cpu->net->proj[i];
      RheoCpuQueue *queue = &cpu->queue[i];

      if (!queue->waiting)
        continue;
      apply (cpu, p, p->weight, queue->pre, queue->post, queue->rate);
      queue->waiting = false;
      cpu->net->stale |= RHEO_STALE_WEIGHTS;
    }
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
