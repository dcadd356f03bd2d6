#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "synapses.h"

#include <string.h>

#include "net-private.h"

/* Draws before free pairs are counted instead. */
#define MOST_DRAWS 64

static int64_t
end_of (const RheoProj *p, int pre)
{
  return p->syn_first[pre] + p->syn_count[pre];
}

static int64_t *
room_for (RheoSynapsesOf *of, int at)
{
  if (of->n == of->room)
    {
      of->room = MAX (8, 2 * of->room);
      of->place = g_renew (int64_t, of->place, of->room);
    }
  memmove (of->place + at + 1, of->place + at, sizeof *of->place * (size_t) (of->n - at));
  of->n++;
  return of->place + at;
}

/* Where a place stands among those of a target, or is to stand. */
static int
position (const RheoSynapsesOf *of, int64_t place)
{
  int at = 0;

  while (at < of->n && of->place[at] < place)
    at++;
  return at;
}

static void
take_out (RheoSynapsesOf *of, int64_t place)
{
  const int at = position (of, place);

  of->n--;
  memmove (of->place + at, of->place + at + 1, sizeof *of->place * (size_t) (of->n - at));
}

static void
put_in (RheoSynapsesOf *of, int64_t place)
{
  *room_for (of, position (of, place)) = place;
}

static void
index_all (RheoSynapses *synapses)
{
  const RheoProj *p = synapses->proj;

  synapses->n = 0;
  for (int i = 0; i < p->n_post; i++)
    synapses->to[i].n = 0;
  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < end_of (p, j); s++)
      {
        RheoSynapsesOf *of = &synapses->to[p->syn_post[s]];

        *room_for (of, of->n) = s;
        synapses->n++;
      }
  synapses->replaced = synapses->net->replaced[synapses->i_proj];
}

RheoSynapses *
rheo_synapses_new (RheoNet *net, int proj)
{
  RheoSynapses *synapses = g_new0 (RheoSynapses, 1);

  synapses->net = net;
  synapses->i_proj = proj;
  synapses->proj = rheo_net_get_proj (net, proj);
  g_assert (synapses->proj->syn_count != NULL);
  synapses->to = g_new0 (RheoSynapsesOf, synapses->proj->n_post);
  index_all (synapses);
  return synapses;
}

void
rheo_synapses_free (RheoSynapses *synapses)
{
  if (synapses == NULL)
    return;
  for (int i = 0; i < synapses->proj->n_post; i++)
    g_free (synapses->to[i].place);
  g_free (synapses->to);
  g_free (synapses);
}

void
rheo_synapses_refresh (RheoSynapses *synapses)
{
  if (synapses->replaced != synapses->net->replaced[synapses->i_proj])
    index_all (synapses);
}

int64_t
rheo_synapses_find (const RheoSynapses *synapses, int pre, int post)
{
  const RheoProj *p = synapses->proj;

  for (int64_t s = p->syn_first[pre]; s < end_of (p, pre); s++)
    if (p->syn_post[s] == post)
      return s;
  return -1;
}

gboolean
rheo_synapses_add (RheoSynapses *synapses, int pre, int post, RheoReal weight)
{
  RheoProj *p = synapses->proj;
  int64_t place;

  if (end_of (p, pre) == p->syn_first[pre + 1])
    {
      if (!rheo_net_make_room (synapses->net, synapses->i_proj))
        return FALSE;
      index_all (synapses);
    }
  place = end_of (p, pre);
  p->weight[place] = weight;
  ((int32_t *) p->syn_post)[place] = post;
  ((int32_t *) p->syn_count)[pre]++;
  put_in (&synapses->to[post], place);
  synapses->n++;
  return TRUE;
}

void
rheo_synapses_remove (RheoSynapses *synapses, int pre, int64_t place)
{
  RheoProj *p = synapses->proj;
  int32_t *post = (int32_t *) p->syn_post;
  const int64_t last = end_of (p, pre) - 1;

  take_out (&synapses->to[post[place]], place);
  if (place != last)
    {
      RheoSynapsesOf *moved = &synapses->to[post[last]];

      take_out (moved, last);
      put_in (moved, place);
      post[place] = post[last];
      p->weight[place] = p->weight[last];
    }
  post[last] = 0;
  p->weight[last] = 0;
  ((int32_t *) p->syn_count)[pre]--;
  synapses->n--;
}

void
rheo_synapses_normalise (RheoSynapses *synapses, int post)
{
  const RheoSynapsesOf *of = &synapses->to[post];
  RheoReal *w = synapses->proj->weight, sum = 0, scale;

  for (int k = 0; k < of->n; k++)
    sum += w[of->place[k]];
  if (!(sum > 0))
    return;
  scale = 1 / sum;
  for (int k = 0; k < of->n; k++)
    w[of->place[k]] *= scale;
}

/* Free pair number k, in the order of sources, then targets. */
static void
find_free (const RheoSynapses *synapses, int64_t k, int *pre, int *post)
{
  const RheoProj *p = synapses->proj;
  int j = 0;

  for (; k >= p->n_post - 1 - p->syn_count[j]; j++)
    k -= p->n_post - 1 - p->syn_count[j];
  *pre = j;
  for (*post = 0;; ++*post)
    if (*post != j && rheo_synapses_find (synapses, j, *post) < 0 && k-- == 0)
      return;
}

gboolean
rheo_synapses_draw_free (const RheoSynapses *synapses, RheoRng rng, uint32_t step, uint32_t index, int *pre, int *post)
{
  const int64_t n = synapses->proj->n_pre, n_free = n * (n - 1) - synapses->n;

  if (n_free <= 0)
    return FALSE;
  /* Most pairs are free: the first that is found so is as good as any of them. */
  for (int k = 0; k < MOST_DRAWS; k++)
    {
      *pre = (int) rheo_rng_below (rng, step, index++, (uint32_t) n);
      *post = (int) rheo_rng_below (rng, step, index++, (uint32_t) (n - 1));
      *post += *post >= *pre;
      if (rheo_synapses_find (synapses, *pre, *post) < 0)
        return TRUE;
    }
  find_free (synapses, (int64_t) (rheo_rng_uniform (rng, step, index) * (double) n_free), pre, post);
  return TRUE;
}
