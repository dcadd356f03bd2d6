#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cpu-private.h"

#include <string.h>

/* The work is a fixed list of items made from shapes alone, and inside an item lanes are added in order: so any number of
 * threads gives the same bits. */

typedef struct
{
  enum
  {
    WEIGHT,
    BIAS,
    PARAM
  } kind;
  int proj, pop, param; /* proj of WEIGHT; pop and port (as param) of BIAS; pop and param of PARAM */
  int first, n;         /* sources */
  RheoReal *to;
} Item;

typedef struct
{
  const RheoWindow *w;
  Item *item;
  int n_items;
} Pass;

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

/* Where few sources are active: per source the delta rows of the moments when it was. false: too many are. */
static bool
event_gradient (const RheoLaneRun *run, const RheoProj *p, const Item *item, int n_rows, const RheoReal *source,
                const RheoReal *delta)
{
  const RheoKernels *kernels = run->cpu->kernels;
  const int64_t most = (int64_t) (RHEO_DENSE_GRADIENT_ABOVE * n_rows * item->n);
  int32_t *rows = run->work->rows, active[RHEO_TILE];
  int count[RHEO_TILE] = { 0 };
  bool graded[RHEO_TILE] = { false };
  uint64_t bits[RHEO_TILE / 64];
  int64_t n_active = 0;

  for (int row = 0; row < n_rows; row++)
    {
      const RheoReal *x = source + (size_t) row * RHEO_TILE;
      int n;

      n_active += kernels->pack_bits (item->n, x, bits);
      if (n_active > most)
        return false;
      n = kernels->list_bits ((item->n + 63) / 64, bits, active);
      for (int i = 0; i < n; i++)
        {
          const int k = active[i];

          rows[(size_t) k * (size_t) n_rows + (size_t) count[k]++] = row;
          graded[k] |= x[k] != 1;
        }
    }
  for (int k = 0; k < item->n; k++)
    {
      const int32_t *list = rows + (size_t) k * (size_t) n_rows;
      RheoReal *to = item->to + (size_t) (item->first + k) * (size_t) p->stride;

      if (!graded[k])
        kernels->add_rows (count[k], list, delta, p->stride, p->n_post, to);
      else
        for (int i = 0; i < count[k]; i++)
          kernels->axpy (p->n_post, source[(size_t) list[i] * RHEO_TILE + (size_t) k],
                         delta + (size_t) list[i] * (size_t) p->stride, to);
    }
  return true;
}

static void
weight_gradient (const RheoWindow *w, const Item *item, int thread)
{
  RheoNet *net = w->net;
  RheoCpu *cpu = net->on_device;
  const RheoProj *p = &net->proj[item->proj];

  for (int i = 0; i < w->n_lanes; i++)
    {
      const RheoLaneRun run = rheo_lane_run (cpu, w, w->lane0 + i, thread);
      const RheoReal *delta = run.tape->pop[p->to].delta[p->port];
      RheoReal *source = run.work->source;

      for (int64_t t = 0; t < run.n_steps; t += cpu->chunk)
        {
          const int n = (int) MIN (cpu->chunk, run.n_steps - t), n_rows = n * run.n_rows;
          const RheoReal *d = delta + (size_t) t * run.n_rows * p->stride;

          rheo_lane_source (&run, item->proj, t, n, item->first, item->n, RHEO_TILE, source);
          if (p->form != RHEO_DENSE)
            synapse_gradient (p, item, n_rows, source, d);
          else if (!event_gradient (&run, p, item, n_rows, source, d))
            cpu->kernels->gemm (true, false, item->n, p->n_post, n_rows, source, RHEO_TILE, d, p->stride, 1,
                                item->to + (size_t) item->first * p->stride, p->stride);
        }
    }
}

static void
add_item (const Pass *pass, int i_item, int thread)
{
  const Item *item = &pass->item[i_item];
  RheoNet *net = pass->w->net;
  RheoCpu *cpu = net->on_device;

  if (item->kind == WEIGHT)
    {
      weight_gradient (pass->w, item, thread);
      return;
    }
  for (int i = 0; i < pass->w->n_lanes; i++)
    {
      const RheoPop *pop = &net->pop[item->pop];
      const RheoTapeLane *lane = &net->tape.lane[i];

      if (item->kind == PARAM)
        cpu->kernels->axpy (pop->n_units, 1, cpu->lane[pass->w->lane0 + i].d_param[item->pop][item->param], item->to);
      else
        for (int64_t k = 0; k < net->tape.n_steps * lane->n_rows; k++)
          cpu->kernels->axpy (pop->n_units, 1, lane->pop[item->pop].delta[item->param] + k * pop->stride, item->to);
    }
}

static void
run_item (void *data, int i_item, int thread)
{
  const unsigned before = rheo_denormals_off ();

  add_item (data, i_item, thread);
  rheo_denormals_back (before);
}

void
rheo_cpu_weights (RheoDevice *dev, const RheoWindow *w, RheoGrad *g)
{
  RheoNet *net = w->net;
  RheoCpu *cpu = net->on_device;
  Pass pass = { .w = w };

  if (cpu->items == NULL)
    cpu->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_size (cpu->items, 0);
  for (int i = 0; i < g->n; i++)
    {
      const RheoTrainable *t = net->trainables->pdata[i];
      const RheoProj *p = t->proj;
      Item item = { .to = g->value[i] };

      if (p != NULL && t->value == p->weight)
        {
          item.kind = WEIGHT;
          item.proj = (int) (p - net->proj);
          for (item.first = 0; item.first < p->n_pre; item.first += RHEO_TILE)
            {
              item.n = MIN (RHEO_TILE, p->n_pre - item.first);
              g_array_append_val (cpu->items, item);
            }
        }
      else if (p != NULL)
        {
          item.kind = BIAS;
          item.pop = p->to;
          item.param = p->port;
          g_array_append_val (cpu->items, item);
        }
      else
        {
          item.kind = PARAM;
          item.pop = t->pop;
          while (net->pop[t->pop].param[item.param] != t->value)
            item.param++;
          g_array_append_val (cpu->items, item);
        }
    }
  pass.item = (Item *) cpu->items->data;
  pass.n_items = (int) cpu->items->len;
  rheo_team_map (dev->team, pass.n_items, run_item, &pass);
}
