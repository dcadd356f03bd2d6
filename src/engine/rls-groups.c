#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rls-private.h"

/* Which targets share a matrix of correlations, and where each group keeps its numbers. */

/* Above so many numbers in matrices of their own, targets share one. */
#define MOST_NUMBERS (INT64_C (1) << 26)

static int64_t
count_numbers (int n_padded)
{
  const int64_t n = n_padded / RHEO_PAD;

  return n * (n + 1) / 2 * RHEO_PAD * RHEO_PAD;
}

gboolean
rheo_rls_is_connected (const RheoProj *p, int pre, int post)
{
  return (p->keep.mask == NULL || p->keep.mask[(size_t) pre * (size_t) p->stride + (size_t) post] != 0)
         && !(p->keep.no_self && p->from == p->to && pre == post);
}

typedef struct
{
  GArray *source, *place; /* int32_t, int64_t: of all groups and sparse targets */
  GArray *target, *group;
  GHashTable *seen; /* bytes of a list of sources -> 1 + group */
} Sorting;

/* Sources of a target in their order; place: of sparse weights. Where only the unit itself is missing it counts as one, so
 * that units do not ask for matrices of their own for that. */
static int
list_sources (const RheoProj *p, int post, int32_t *source, int64_t *place)
{
  int n = 0;

  for (int j = 0; j < p->n_pre; j++)
    if (p->form == RHEO_SPARSE)
      {
        for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
          if (p->syn_post[s] == post)
            {
              source[n] = j;
              place[n++] = s;
            }
      }
    else if (rheo_rls_is_connected (p, j, post))
      source[n++] = j;
  if (p->form == RHEO_DENSE && n == p->n_pre - 1 && p->from == p->to && !rheo_rls_is_connected (p, post, post))
    for (n = 0; n < p->n_pre; n++)
      source[n] = n;
  return n;
}

static int
find_group (Sorting *s, const int32_t *source, int n, int n_pre)
{
  g_autoptr (GBytes) key = g_bytes_new (source, sizeof *source * (gsize) n);
  int found = GPOINTER_TO_INT (g_hash_table_lookup (s->seen, key));

  if (found == 0)
    {
      RheoRlsGroup group = { .n = n,
                             .n_padded = RHEO_PADDED (MAX (n, 1)),
                             .at = n == n_pre ? -1 : (int64_t) s->source->len };

      g_array_append_vals (s->source, source, n == n_pre ? 0 : (guint) n);
      g_array_append_val (s->group, group);
      found = (int) s->group->len;
      g_hash_table_insert (s->seen, g_steal_pointer (&key), GINT_TO_POINTER (found));
    }
  return found - 1;
}

/* The group of each target, projection by projection. */
static int *
sort_targets (RheoRls *rls, Sorting *s, gboolean shared)
{
  g_autofree int32_t *source = g_new (int32_t, rls->n_pre);
  g_autofree int64_t *place = g_new (int64_t, rls->n_pre);
  GArray *of = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < rls->n_projs; i++)
    for (int post = 0; post < rls->proj[i]->n_post; post++)
      {
        RheoRlsTarget target = { .proj = i, .post = post, .places = -1 };
        int n = list_sources (rls->proj[i], post, source, place), group;

        if (rls->proj[i]->form == RHEO_SPARSE)
          {
            target.places = (int64_t) s->place->len;
            g_array_append_vals (s->place, place, (guint) n);
          }
        for (int j = 0; shared && j < rls->n_pre; j++)
          source[j] = j;
        n = shared ? rls->n_pre : n;
        group = find_group (s, source, n, rls->n_pre);
        g_array_append_val (s->target, target);
        g_array_append_val (of, group);
      }
  return (int *) (void *) g_array_free (of, FALSE);
}

static int64_t
count_all (const GArray *groups)
{
  int64_t n = 0;

  for (guint i = 0; i < groups->len; i++)
    n += count_numbers (g_array_index (groups, RheoRlsGroup, i).n_padded);
  return n;
}

static void
clear_sorting (Sorting *s)
{
  g_array_set_size (s->source, 0);
  g_array_set_size (s->place, 0);
  g_array_set_size (s->target, 0);
  g_array_set_size (s->group, 0);
  g_hash_table_remove_all (s->seen);
}

/* Targets in the order of their groups, and where each group keeps its numbers. Returns numbers of all vectors. */
static int64_t
lay_out (RheoRls *rls, const RheoRlsTarget *target, const int *of)
{
  int64_t p_at = 0, at = 0;
  int first = 0;

  for (int i = 0; i < rls->n_groups; i++)
    {
      RheoRlsGroup *g = &rls->group[i];

      g->source = g->at >= 0 ? rls->source + g->at : NULL;
      g->first = first;
      for (int k = 0; k < rls->n_targets; k++)
        if (of[k] == i)
          rls->target[first++] = target[k];
      g->n_targets = first - g->first;
      g->p_at = p_at;
      g->at = at;
      p_at += count_numbers (g->n_padded);
      at += g->n_padded;
    }
  return at;
}

void
rheo_rls_group_targets (RheoRls *rls, int sharing, int64_t *n_numbers, int64_t *n_vectors)
{
  Sorting s = { .source = g_array_new (FALSE, FALSE, sizeof (int32_t)),
                .place = g_array_new (FALSE, FALSE, sizeof (int64_t)),
                .target = g_array_new (FALSE, FALSE, sizeof (RheoRlsTarget)),
                .group = g_array_new (FALSE, FALSE, sizeof (RheoRlsGroup)),
                .seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL) };
  g_autofree int *of = NULL;
  gboolean dense = TRUE;

  for (int i = 0; i < rls->n_projs; i++)
    dense = dense && rls->proj[i]->form == RHEO_DENSE;
  of = sort_targets (rls, &s, dense && sharing == RHEO_RLS_SHARED);
  if (sharing == RHEO_RLS_AUTO && dense && count_all (s.group) > MOST_NUMBERS)
    {
      clear_sorting (&s);
      g_free (of);
      of = sort_targets (rls, &s, TRUE);
    }
  *n_numbers = count_all (s.group);
  rls->n_groups = (int) s.group->len;
  rls->n_targets = (int) s.target->len;
  rls->whole = dense && rls->n_groups == 1 && g_array_index (s.group, RheoRlsGroup, 0).n == rls->n_pre;
  rls->source = (int32_t *) (void *) g_array_free (s.source, FALSE);
  rls->place = (int64_t *) (void *) g_array_free (s.place, FALSE);
  rls->group = (RheoRlsGroup *) (void *) g_array_free (s.group, FALSE);
  rls->target = g_new (RheoRlsTarget, MAX (rls->n_targets, 1));
  *n_vectors = lay_out (rls, &g_array_index (s.target, RheoRlsTarget, 0), of);
  g_array_unref (s.target);
  g_hash_table_unref (s.seen);
}
