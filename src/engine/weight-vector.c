#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "weight-vector.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "json-text.h"
#include "numbers.h"

#define MAX_FILE ((gint64) 1 << 30)

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const RheoWeightPlace *x = a, *y = b;

  if (x->post != y->post)
    return x->post < y->post ? -1 : 1;
  if (x->pre != y->pre)
    return x->pre < y->pre ? -1 : 1;
  return x->proj < y->proj ? -1 : x->proj > y->proj;
}

GArray *
rheo_weight_vector_list (RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  GArray *places = g_array_new (FALSE, FALSE, sizeof (RheoWeightPlace));
  g_autofree int *first = g_new0 (int, plan->n_pops + 1);

  for (int i = 0; i < plan->n_pops; i++)
    first[i + 1] = first[i] + plan->pop[i].n_units;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];

      if (p->form != RHEO_SPARSE || p->from < 0 || (p->flags & RHEO_PROJ_TRAIN) == 0)
        continue;
      for (int j = 0; j < p->n_pre; j++)
        for (int64_t at = p->syn_first[j]; at < p->syn_first[j + 1]; at++)
          {
            const RheoWeightPlace place = { first[p->from] + j, first[p->to] + p->syn_post[at], i, at };

            g_array_append_val (places, place);
          }
    }
  g_array_sort (places, compare_places);
  return places;
}

void
rheo_weight_vector_get (RheoNet *net, const GArray *places, double *to)
{
  for (guint i = 0; i < places->len; i++)
    {
      const RheoWeightPlace *place = &g_array_index (places, RheoWeightPlace, i);

      to[i] = (double) rheo_net_get_proj (net, place->proj)->weight[place->at];
    }
}

static gboolean
fail_none (const GArray *places, GError **error)
{
  return places->len > 0
         || rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                       _ ("This network has no single synapses that learn, so there is no list of their weights."));
}

static gboolean
fail_count (const char *path, guint n, const GArray *places, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has %u numbers; the network has %u weights that learn."), path, n,
                    places->len);
}

static GArray *
fail_synapse (const char *path, const RheoWeightPlace *place, GError **error)
{
  rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has no weight of the synapse from cell %d to cell %d."), path, place->pre,
             place->post);
  return NULL;
}

/* The member of an object; NULL: it has none, or is something else. */
static JsonNode *
get_cell (JsonNode *node, int cell)
{
  g_autofree char *key = g_strdup_printf ("%d", cell);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), key)
                                                       : NULL;
}

/* The last element of a list; NULL: it is empty, or something else. */
static JsonNode *
get_last (JsonNode *node)
{
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return array != NULL && json_array_get_length (array) > 0
             ? json_array_get_element (array, json_array_get_length (array) - 1)
             : NULL;
}

/* Of the network's synapses; more than these are too many. */
static GArray *
read_snapshots (const char *text, gsize size, const char *path, const GArray *places, GError **error)
{
  g_autoptr (JsonNode) root = rheo_json_parse (text, (gssize) size, path, error);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GList) sources = NULL;
  guint n = 0;

  if (root == NULL)
    return NULL;
  for (guint i = 0; i < places->len; i++)
    {
      const RheoWeightPlace *place = &g_array_index (places, RheoWeightPlace, i);
      JsonNode *last = get_last (get_last (get_cell (get_cell (root, place->pre), place->post)));
      double w;

      if (last == NULL || !JSON_NODE_HOLDS_VALUE (last)
          || (json_node_get_value_type (last) != G_TYPE_INT64 && json_node_get_value_type (last) != G_TYPE_DOUBLE))
        return fail_synapse (path, place, error);
      w = json_node_get_double (last);
      g_array_append_val (numbers, w);
    }
  sources = json_object_get_values (json_node_get_object (root));
  for (GList *l = sources; l != NULL; l = l->next)
    n += JSON_NODE_HOLDS_OBJECT (l->data) ? json_object_get_size (json_node_get_object (l->data)) : 1;
  if (n != places->len)
    {
      fail_count (path, n, places, error);
      return NULL;
    }
  return g_steal_pointer (&numbers);
}

static GArray *
read_numbers (const char *path, const GArray *places, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize size;

  if (g_file_get_contents (path, &text, &size, &local) && (gint64) size <= MAX_FILE)
    return size > 0 && *text == '{' ? read_snapshots (text, size, path, places, error)
                                    : rheo_numbers_parse (text, size, path, G_MAXINT - 1, error);
  if (local != NULL)
    rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be read: %s"), path, local->message);
  else
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is too large for a list of weights."), path);
  return NULL;
}

gboolean
rheo_weight_vector_load (RheoNet *net, const char *path, GError **error)
{
  g_autoptr (GArray) places = rheo_weight_vector_list (net);
  g_autoptr (GArray) numbers = NULL;

  if (!fail_none (places, error))
    return FALSE;
  numbers = read_numbers (path, places, error);
  if (numbers == NULL)
    return FALSE;
  if (numbers->len != places->len)
    return fail_count (path, numbers->len, places, error);
  for (guint i = 0; i < numbers->len; i++)
    {
      const double w = g_array_index (numbers, double, i);
      char shown[RHEO_NUMBER_SIZE];

      if (!isfinite (w) || w < 0 || w > (double) G_MAXFLOAT)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("Weight %u of %s is %s; allowed are finite numbers from 0 on."),
                          i + 1, path, rheo_number_text (w, shown));
    }
  for (guint i = 0; i < places->len; i++)
    {
      const RheoWeightPlace *place = &g_array_index (places, RheoWeightPlace, i);

      rheo_net_get_proj (net, place->proj)->weight[place->at] = (RheoReal) g_array_index (numbers, double, i);
    }
  rheo_net_weights_changed (net);
  return TRUE;
}

gboolean
rheo_weight_vector_save (RheoNet *net, const char *path, GError **error)
{
  g_autoptr (GArray) places = rheo_weight_vector_list (net);
  g_autofree double *weight = g_new (double, MAX (places->len, 1));
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) local = NULL;
  const int64_t n = places->len;

  if (!fail_none (places, error))
    return FALSE;
  rheo_weight_vector_get (net, places, weight);
  if (g_str_has_suffix (path, ".npy"))
    {
      table = rheo_table_new (N_ ("Weights"));
      rheo_table_add_copy (table, "weight", N_ ("Weight"), "", "synapse", RHEO_F64, &n, weight);
      return rheo_table_write (table, NULL, path, error);
    }
  text = g_string_new (NULL);
  for (int64_t i = 0; i < n; i++)
    {
      char number[RHEO_NUMBER_SIZE];

      g_string_append_printf (text, "%s\n", rheo_number_text (weight[i], number));
    }
  if (g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: %s"), path, local->message);
}
