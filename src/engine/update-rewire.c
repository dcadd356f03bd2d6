#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "update-private.h"

#include <math.h>

/* Random places tried for a new synapse before the free ones are looked for in order. */
#define N_TRIES 200

void
rheo_wiring_init (RheoWiring *wiring, const RheoProj *p)
{
  const RheoConstraint *keep = &p->keep;

  if (keep->rewire == RHEO_REWIRE_NONE || keep->sign == NULL || p->form != RHEO_DENSE)
    return;
  for (int k = 0; k < 2; k++)
    {
      wiring->source[k] = g_new (int32_t, p->n_pre);
      for (int j = 0; j < p->n_pre; j++)
        if (keep->sign[j] == (k == 0 ? 1 : -1))
          wiring->source[k][wiring->n_sources[k]++] = j;
    }
  if (keep->rewire == RHEO_REWIRE_REPLACE && keep->mask != NULL)
    wiring->lost = g_new (int64_t, (gsize) p->n_pre * (gsize) p->n_post);
}

void
rheo_wiring_release (RheoWiring *wiring)
{
  g_free (wiring->source[0]);
  g_free (wiring->source[1]);
  g_free (wiring->lost);
}

typedef struct
{
  RheoRng rng;
  const RheoProj *proj;
  const RheoWiring *wiring;
  bool by_weight; /* a place is free where the weight is 0, not where the mask is */
  uint32_t n_draws;
} Rewiring;

static bool
is_free (const Rewiring *r, int pre, int post)
{
  const RheoProj *p = r->proj;
  const size_t at = (size_t) pre * (size_t) p->stride + (size_t) post;

  if (p->keep.no_self && p->from == p->to && pre == post)
    return false;
  return r->by_weight ? p->weight[at] == 0 : p->keep.mask[at] == 0;
}

/* Place of a new synapse from a source of the kind (0: +1, 1: -1), each free one with the same chance; -1: none. */
static int64_t
find_place (Rewiring *r, int kind)
{
  const RheoProj *p = r->proj;
  const int n_sources = r->wiring->n_sources[kind];
  const uint32_t draw = r->n_draws++;
  int64_t n_places = (int64_t) n_sources * p->n_post, start = 0;

  if (n_sources == 0)
    return -1;
  for (uint32_t i = 0; i < N_TRIES; i++)
    {
      const int source = (int) rheo_rng_below (r->rng, 2 * draw, 2 * i, (uint32_t) n_sources);
      const int post = (int) rheo_rng_below (r->rng, 2 * draw, 2 * i + 1, (uint32_t) p->n_post);

      if (is_free (r, r->wiring->source[kind][source], post))
        return (int64_t) r->wiring->source[kind][source] * p->n_post + post;
      start = (int64_t) source * p->n_post + post;
    }
  for (int64_t i = 0; i < n_places; i++)
    {
      const int64_t place = (start + i) % n_places;
      const int pre = r->wiring->source[kind][place / p->n_post], post = (int) (place % p->n_post);

      if (is_free (r, pre, post))
        return (int64_t) pre * p->n_post + post;
    }
  return -1;
}

/* Log-normal magnitude of the synapse whose place was drawn last. */
static double
magnitude (const Rewiring *r)
{
  const RheoConstraint *keep = &r->proj->keep;

  return exp (keep->mu + keep->sigma * rheo_rng_normal (r->rng, 2 * r->n_draws - 1, 0));
}

static void
forget (RheoMoment moment, int64_t row, int column)
{
  if (moment.value != NULL)
    moment.value[row * moment.stride + column] = 0;
}

/* Each clamped synapse makes room for a new one of its kind, and neither keeps moments (after Bellec et al. 2018, Deep
 * Rewiring). */
static int64_t
replace_lost (RheoUpdater *u, Rewiring *r, int i_trainable)
{
  RheoProj *p = rheo_net_get_proj (u->net, (int) r->rng.item);
  uint8_t *mask = p->keep.mask;
  const int64_t *lost = r->wiring->lost;
  int64_t n_new = 0;

  /* Lost places stay marked until all new ones are drawn: none comes back at once. */
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < u->n_items; i++)
      {
        const RheoUpdateItem *item = &u->item[i];
        const int64_t first = item->row * p->n_post + item->column;

        for (int64_t k = 0; item->trainable == i_trainable && k < item->n_lost; k++)
          {
            const int64_t pre = lost[first + k] / p->n_post;
            const int post = (int) (lost[first + k] % p->n_post), kind = p->keep.sign[pre] < 0;
            int64_t place;

            if (pass == 1)
              {
                mask[pre * p->stride + post] = 0;
                continue;
              }
            forget (u->mean[i_trainable], pre, post);
            forget (u->square[i_trainable], pre, post);
            place = find_place (r, kind);
            if (place < 0)
              continue;
            mask[place / p->n_post * p->stride + place % p->n_post] = 1;
            p->weight[place / p->n_post * p->stride + place % p->n_post] =
                (RheoReal) (kind == 0 ? magnitude (r) : -magnitude (r) * p->keep.negative_scale);
            forget (u->mean[i_trainable], place / p->n_post, (int) (place % p->n_post));
            forget (u->square[i_trainable], place / p->n_post, (int) (place % p->n_post));
            n_new++;
          }
      }
  return n_new;
}

/* As published: only a single loss is made up for, by a synapse of the other kind, anywhere a weight is 0. What it puts
 * outside the mask goes with the next update. */
static int64_t
replace_one (RheoUpdater *u, Rewiring *r, const RheoKept *kept)
{
  RheoProj *p = rheo_net_get_proj (u->net, (int) r->rng.item);
  int64_t n_new = 0;

  r->by_weight = true;
  for (int kind = 0; kind < 2; kind++)
    if ((kind == 0 ? kept->false_pos : kept->false_neg) == 1)
      {
        const int64_t place = find_place (r, kind);

        if (place < 0)
          continue;
        p->weight[place / p->n_post * p->stride + place % p->n_post] =
            (RheoReal) (kind == 0 ? magnitude (r) : -magnitude (r));
        n_new++;
      }
  return n_new;
}

gboolean
rheo_update_rewire (RheoUpdater *u, int i_trainable)
{
  const RheoTrainable *t = rheo_net_get_trainable (u->net, i_trainable);
  const int i_proj = u->i_proj[i_trainable];
  RheoKept *kept = &u->kept[i_proj];
  Rewiring r = { .rng = { .seed = u->seed,
                          .stream = RHEO_STREAM_REWIRE,
                          .iteration = (uint32_t) *u->n_updates,
                          .item = (uint32_t) i_proj },
                 .proj = t->proj,
                 .wiring = &u->wiring[i_proj] };

  if (r.wiring->lost != NULL)
    {
      kept->n_new = replace_lost (u, &r, i_trainable);
      return kept->false_neg + kept->false_pos > 0;
    }
  if (r.wiring->source[0] != NULL && t->proj->keep.rewire == RHEO_REWIRE_UPSTREAM)
    kept->n_new = replace_one (u, &r, kept);
  return FALSE;
}
