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

static GArray *
read_numbers (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize size;

  if (g_file_get_contents (path, &text, &size, &local) && (gint64) size <= MAX_FILE)
    return rheo_numbers_parse (text, size, path, G_MAXINT - 1, error);
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
  numbers = read_numbers (path, error);
  if (numbers == NULL)
    return FALSE;
  if (numbers->len != places->len)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has %u numbers; the network has %u weights that learn."), path,
                      numbers->len, places->len);
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
