#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "label.h"
#include "net-private.h"

/* Free places of a source beside its synapses. */
#define LEAST_FREE 8

static int
compare_synapses (const void *a, const void *b, void *data)
{
  const int32_t *pre = ((const int32_t *const *) data)[0], *post = ((const int32_t *const *) data)[1];
  const int64_t i = *(const int64_t *) a, j = *(const int64_t *) b;

  return pre[i] != pre[j] ? (pre[i] > pre[j] ? 1 : -1) : (post[i] > post[j]) - (post[i] < post[j]);
}

static RheoNetArray *
add_array (RheoNet *net, const RheoProj *p, const char *key, RheoLabelForm label, const char *axes, RheoType type,
           int64_t n)
{
  return rheo_net_add_array (net, g_strdup_printf ("%s.%s", p->name, key), rheo_label_dup (label, p->name), "", axes,
                             type, RHEO_USE_CONST, 1, &n, n, NULL);
}

static RheoNetArray *
find_array (const RheoNet *net, const RheoProj *p, const char *key)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", p->name, key);

  return rheo_net_find_array ((RheoNet *) net, name);
}

/* Places of a source with so many synapses, at most one for each target. */
static int64_t
places (const RheoProj *p, int64_t n)
{
  return MIN (n + MAX (LEAST_FREE, n / 2), p->n_post);
}

gboolean
rheo_net_set_synapses (RheoNet *net, int proj, int64_t n, const int32_t *pre, const int32_t *post)
{
  RheoProj *p = &net->proj[proj];
  const gboolean plastic = (p->flags & RHEO_PROJ_PLASTIC) != 0;
  const int32_t *pair[2] = { pre, post };
  g_autofree int64_t *order = g_try_new (int64_t, MAX (n, 1));
  g_autofree int32_t *count = g_new0 (int32_t, MAX (p->n_pre, 1));
  RheoNetArray *first, *target, *used = NULL;
  int64_t *at, n_places = 0;
  int32_t *to;

  g_assert (p->form == RHEO_SPARSE && p->syn_first == NULL);
  if (order == NULL || n > G_MAXINT)
    return FALSE;
  for (int64_t s = 0; s < n; s++)
    {
      order[s] = s;
      count[pre[s]]++;
    }
  g_qsort_with_data (order, (gint) n, sizeof *order, compare_synapses, pair);
  for (int j = 0; j < p->n_pre; j++)
    n_places += plastic ? places (p, count[j]) : count[j];
  net->n_synapses[proj] = n_places;
  if (!rheo_net_make_weight (net, p, NULL))
    return FALSE;
  first = add_array (net, p, "first", RHEO_LABEL_FIRST_SYNAPSE, "pre", RHEO_I64, p->n_pre + 1);
  target = add_array (net, p, "target", RHEO_LABEL_TARGET, "synapse", RHEO_I32, n_places);
  if (plastic)
    used = add_array (net, p, "count", RHEO_LABEL_SYNAPSES, "pre", RHEO_I32, p->n_pre);
  if (first == NULL || target == NULL || (plastic && used == NULL))
    return FALSE;
  at = first->data;
  to = target->data;
  for (int j = 0; j < p->n_pre; j++)
    at[j + 1] = at[j] + (plastic ? places (p, count[j]) : count[j]);
  for (int64_t s = 0, k = 0; s < n; s++)
    {
      k = s > 0 && pre[order[s]] == pre[order[s - 1]] ? k + 1 : 0;
      to[at[pre[order[s]]] + k] = post[order[s]];
    }
  p->syn_first = at;
  p->syn_post = to;
  if (plastic)
    {
      memcpy (used->data, count, sizeof *count * (size_t) p->n_pre);
      p->syn_count = used->data;
      target->grows = find_array (net, p, "weight")->grows = true;
    }
  return TRUE;
}

int64_t
rheo_net_count_synapses (const RheoNet *net, int proj)
{
  const RheoProj *p = &net->proj[proj];
  int64_t n = 0;

  if (p->syn_count == NULL)
    return net->n_synapses[proj];
  for (int j = 0; j < p->n_pre; j++)
    n += p->syn_count[j];
  return n;
}

gboolean
rheo_net_resize_array (RheoNet *net, RheoNetArray *array, int64_t n)
{
  const size_t size = rheo_type_size (array->type);
  void *data = rheo_net_alloc (size * (size_t) n);

  if (data == NULL)
    return FALSE;
  net->bytes[array->use] += size * (size_t) (n - array->dims[0]);
  rheo_net_release (array->data);
  array->data = data;
  array->dims[0] = array->stride = n;
  return TRUE;
}

void
rheo_net_adopt_synapses (RheoNet *net, int proj)
{
  RheoProj *p = &net->proj[proj];
  const RheoNetArray *target = find_array (net, p, "target");

  p->weight = find_array (net, p, "weight")->data;
  p->syn_post = target->data;
  net->n_synapses[proj] = target->dims[0];
  net->replaced[proj]++;
}

gboolean
rheo_net_make_room (RheoNet *net, int proj)
{
  RheoProj *p = &net->proj[proj];
  RheoNetArray *weight = find_array (net, p, "weight"), *target = find_array (net, p, "target");
  int64_t *first = (int64_t *) p->syn_first, n = 0;
  g_autofree int64_t *was = g_memdup2 (first, sizeof *was * (size_t) (p->n_pre + 1));
  RheoReal *w;
  int32_t *post;

  for (int j = 0; j < p->n_pre; j++)
    n += places (p, p->syn_count[j]);
  w = rheo_net_alloc (sizeof *w * (size_t) n);
  post = rheo_net_alloc (sizeof *post * (size_t) n);
  if (w == NULL || post == NULL)
    {
      rheo_net_release (w);
      rheo_net_release (post);
      return FALSE;
    }
  for (int j = 0; j < p->n_pre; j++)
    {
      first[j + 1] = first[j] + places (p, p->syn_count[j]);
      memcpy (w + first[j], p->weight + was[j], sizeof *w * (size_t) p->syn_count[j]);
      memcpy (post + first[j], p->syn_post + was[j], sizeof *post * (size_t) p->syn_count[j]);
    }
  net->bytes[weight->use] += sizeof *w * (size_t) (n - weight->dims[0]);
  net->bytes[target->use] += sizeof *post * (size_t) (n - target->dims[0]);
  rheo_net_release (weight->data);
  rheo_net_release (target->data);
  weight->data = w;
  target->data = post;
  weight->dims[0] = weight->stride = target->dims[0] = target->stride = n;
  rheo_net_adopt_synapses (net, proj);
  return TRUE;
}

static const RheoColumn *
find_column (const RheoProj *p, const RheoTable *table, const char *key)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", p->name, key);

  return rheo_table_find (table, name);
}

/* Synapses of one source; seen: [target], 0 or the last source + 1 that has one to it. */
static gboolean
is_possible (const RheoProj *p, int j, const int64_t *first, int64_t n_places, const int32_t *count,
             const int32_t *target, int32_t *seen)
{
  if (first[j] < 0 || first[j + 1] < first[j] || first[j + 1] > n_places || count[j] < 0
      || count[j] > first[j + 1] - first[j])
    return FALSE;
  for (int64_t s = first[j]; s < first[j] + count[j]; s++)
    {
      if (target[s] < 0 || target[s] >= p->n_post || seen[target[s]] == j + 1)
        return FALSE;
      seen[target[s]] = j + 1;
    }
  return TRUE;
}

gboolean
rheo_net_check_synapses (const RheoNet *net, int proj, const RheoTable *table, GError **error)
{
  const RheoProj *p = &net->proj[proj];
  const RheoColumn *weight = find_column (p, table, "weight"), *first = find_column (p, table, "first");
  const RheoColumn *target = find_column (p, table, "target"), *count = find_column (p, table, "count");
  g_autofree int32_t *seen = NULL;
  gboolean possible;

  if ((p->flags & RHEO_PROJ_PLASTIC) == 0)
    return TRUE;
  seen = g_new0 (int32_t, MAX (p->n_post, 1));
  possible = weight->dims[0] == target->dims[0] && ((const int64_t *) first->data)[0] == 0
             && ((const int64_t *) first->data)[p->n_pre] == target->dims[0];
  for (int j = 0; possible && j < p->n_pre; j++)
    possible = is_possible (p, j, first->data, target->dims[0], count->data, target->data, seen);
  return possible
         || rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The synapses of %s in the file cannot be those of this network."),
                       p->name);
}
