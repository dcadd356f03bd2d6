#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* With more connections than this the dense product is the faster one. */
#define INDEX_BELOW 0.35
/* Deltas of one block of targets should fit into the first-level cache. */
#define BLOCK_BYTES (32 * 1024)

static void
free_index (RheoProjIndex *index)
{
  if (index == NULL)
    return;
  rheo_net_release (index->first);
  rheo_net_release (index->target);
  rheo_net_release (index->place);
  rheo_net_release (index->w);
  g_free (index);
}

void
rheo_cpu_free_indexes (RheoCpu *cpu)
{
  for (int i = 0; i < cpu->net->plan.n_projs; i++)
    g_clear_pointer (&cpu->net->proj[i].index, free_index);
}

/* Connected targets of source j within a block, as places in weight. */
static int64_t
places (const RheoProj *p, int j, int first, int last, int64_t *place, int32_t *target)
{
  int64_t n = 0;

  if (p->form == RHEO_SPARSE)
    {
      for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
        if (p->syn_post[s] >= first && p->syn_post[s] < last)
          {
            if (place != NULL)
              {
                place[n] = s;
                target[n] = p->syn_post[s];
              }
            n++;
          }
      return n;
    }
  for (int k = first; k < last; k++)
    if (p->keep.mask[(size_t) j * p->stride + k])
      {
        if (place != NULL)
          {
            place[n] = (int64_t) j * p->stride + k;
            target[n] = k;
          }
        n++;
      }
  return n;
}

/* Weights whose transposed copy is worth its memory, 64 MB. */
#define MOST_TURNED (INT64_C (1) << 24)

static bool
build (RheoCpu *cpu, RheoProj *p)
{
  RheoProjIndex *index = g_new0 (RheoProjIndex, 1);
  int64_t at = 0;

  p->index = index;
  index->block = MAX (64, BLOCK_BYTES / (int) sizeof (RheoReal) / cpu->padded_rows);
  index->n_blocks = (p->n_post + index->block - 1) / index->block;
  for (int j = 0; j < p->n_pre; j++)
    index->n += places (p, j, 0, p->n_post, NULL, NULL);
  index->first = rheo_net_alloc (sizeof *index->first * ((size_t) index->n_blocks * (size_t) p->n_pre + 1));
  index->target = rheo_net_alloc (sizeof *index->target * (size_t) index->n);
  index->place = rheo_net_alloc (sizeof *index->place * (size_t) index->n);
  index->w = rheo_net_alloc (sizeof *index->w * (size_t) index->n);
  if (index->first == NULL || index->target == NULL || index->place == NULL || index->w == NULL)
    return false;
  for (int b = 0; b < index->n_blocks; b++)
    for (int j = 0; j < p->n_pre; j++)
      {
        const int first = b * index->block;

        at += places (p, j, first, MIN (first + index->block, p->n_post), index->place + at, index->target + at);
        index->first[(size_t) b * p->n_pre + j + 1] = at;
      }
  return true;
}

static bool
wants_index (const RheoProj *p)
{
  int64_t n = 0;

  if (p->from < 0 || p->feedback != NULL || p->form == RHEO_ONE_TO_ONE || (p->flags & RHEO_PROJ_PLASTIC) != 0)
    return false;
  if (p->form == RHEO_SPARSE)
    return true;
  if (p->keep.mask == NULL)
    return false;
  for (int j = 0; j < p->n_pre; j++)
    n += places (p, j, 0, p->n_post, NULL, NULL);
  return n < INDEX_BELOW * p->n_pre * p->n_post;
}

static void
refresh_proj (void *data, int item, int thread)
{
  RheoCpu *cpu = data;
  const RheoProj *p = &cpu->net->proj[item];
  const RheoReal *weight = p->feedback != NULL ? p->feedback : p->weight;
  RheoProjIndex *index = p->index;

  if (index != NULL)
    for (int64_t s = 0; s < index->n; s++)
      index->w[s] = p->weight[index->place[s]];
  else if (cpu->turned[item] != NULL)
    cpu->kernels->transpose (p->n_pre, p->n_post, weight, p->stride, cpu->turned[item], RHEO_PADDED (p->n_pre));
}

/* The adjoint walks along rows of the transposed weights where targets are few, the matrix small, or its product direct. */
static bool
turns (const RheoProj *p)
{
  const bool direct = rheo_kernel_direct_pays () && (int64_t) p->n_pre * p->n_post <= MOST_TURNED;

  return p->from >= 0 && p->form == RHEO_DENSE && p->index == NULL
         && (p->n_post <= RHEO_FEW || rheo_proj_is_small (p) || direct);
}

bool
rheo_cpu_refresh (RheoCpu *cpu)
{
  RheoNet *net = cpu->net;

  if (net->stale & RHEO_STALE_MASKS)
    {
      rheo_cpu_free_indexes (cpu);
      for (int i = 0; i < net->plan.n_projs; i++)
        if (wants_index (&net->proj[i]) && !build (cpu, &net->proj[i]))
          return false;
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    if (turns (&net->proj[i]) && cpu->turned[i] == NULL)
      {
        const RheoProj *p = &net->proj[i];

        cpu->turned[i] = rheo_net_alloc (sizeof (RheoReal) * (size_t) p->n_post * RHEO_PADDED (p->n_pre));
        if (cpu->turned[i] == NULL)
          return false;
        g_ptr_array_add (cpu->blocks, cpu->turned[i]);
      }
  if (net->stale & (RHEO_STALE_INDEX | RHEO_STALE_MASKS))
    rheo_team_map (net->device->team, net->plan.n_projs, refresh_proj, cpu);
  net->stale &= RHEO_STALE_CARD | RHEO_STALE_MOMENTS;
  return true;
}
