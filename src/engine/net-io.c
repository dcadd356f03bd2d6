#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "net-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Between padded rows and packed ones. */
static void
copy_rows (const RheoNetArray *array, char *packed, gboolean pack)
{
  const size_t size = rheo_type_size (array->type);
  const size_t width = size * (size_t) (array->n_dims > 0 ? array->dims[array->n_dims - 1] : 1);

  for (int64_t i = 0; i < rheo_net_array_rows (array); i++)
    {
      char *row = (char *) array->data + (size_t) i * size * (size_t) array->stride;

      if (pack)
        memcpy (packed + (size_t) i * width, row, width);
      else
        memcpy (row, packed + (size_t) i * width, width);
    }
}

static gboolean
left_out (const RheoNetArray *array, gboolean weights_only)
{
  return array->use == RHEO_USE_SCRATCH
         || (weights_only && array->use != RHEO_USE_WEIGHT && array->use != RHEO_USE_CONST);
}

void
rheo_net_save (const RheoNet *net, gboolean weights_only, RheoTable *table)
{
  rheo_net_flush ((RheoNet *) net);
  for (guint i = 0; i < net->arrays->len; i++)
    {
      const RheoNetArray *array = net->arrays->pdata[i];
      RheoColumn *column;

      if (left_out (array, weights_only))
        continue;
      column = rheo_table_add (table, array->name, array->label, array->unit, array->axes, array->type, array->dims);
      copy_rows (array, column->data, TRUE);
    }
}

static char *
dup_dims (int n_dims, const int64_t *dims)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? " x " : "", dims[i]);
  return g_string_free (text, FALSE);
}

gboolean
rheo_net_load (RheoNet *net, const RheoTable *table, gboolean weights_only, GError **error)
{
  for (guint i = 0; i < net->arrays->len; i++)
    {
      const RheoNetArray *array = net->arrays->pdata[i];
      const RheoColumn *column = rheo_table_find (table, array->name);

      if (left_out (array, weights_only))
        continue;
      if (column == NULL)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The array %s of this network is not in the file."),
                          array->name);
      if (column->type != array->type)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The array %s holds numbers of another type than this network."),
                          array->name);
      if (column->n_dims != array->n_dims
          || (!array->grows && memcmp (column->dims, array->dims, sizeof *array->dims * (size_t) array->n_dims) != 0))
        {
          g_autofree char *there = dup_dims (column->n_dims, column->dims);
          g_autofree char *here = dup_dims (array->n_dims, array->dims);

          return rheo_fail (error, RHEO_ERROR_FORMAT,
                            _ ("The array %s is of size %s in the file, but %s in this network."), array->name, there,
                            here);
        }
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    if (!rheo_net_check_synapses (net, i, table, error))
      return FALSE;
  rheo_net_flush (net);
  for (guint i = 0; i < net->arrays->len; i++)
    {
      RheoNetArray *array = net->arrays->pdata[i];
      const RheoColumn *column = rheo_table_find (table, array->name);

      if (left_out (array, weights_only))
        continue;
      if (array->grows && array->dims[0] != column->dims[0] && !rheo_net_resize_array (net, array, column->dims[0]))
        return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the array %s."), array->name);
      copy_rows (array, column->data, FALSE);
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].flags & RHEO_PROJ_PLASTIC)
      rheo_net_adopt_synapses (net, i);
  rheo_net_masks_changed (net);
  net->stale |= RHEO_STALE_MOMENTS;
  rheo_net_unwind (net);
  return TRUE;
}

void
rheo_net_copy_states (RheoNet *net, GByteArray *copy, gboolean back)
{
  gsize at = 0;

  for (guint i = 0; i < net->arrays->len; i++)
    {
      const RheoNetArray *array = net->arrays->pdata[i];
      const gsize bytes =
          (gsize) rheo_net_array_rows (array) * (gsize) array->stride * (gsize) rheo_type_size (array->type);

      if (array->use != RHEO_USE_STATE)
        continue;
      if (back)
        memcpy (array->data, copy->data + at, bytes);
      else
        g_byte_array_append (copy, array->data, (guint) bytes);
      at += bytes;
    }
}

static size_t
count_bytes (const RheoNetArray *array)
{
  return (size_t) rheo_net_array_rows (array) * (size_t) array->stride * rheo_type_size (array->type);
}

gboolean
rheo_net_take (RheoNet *net, const RheoNet *from, unsigned uses, GError **error)
{
  gboolean masks = FALSE;

  rheo_net_flush ((RheoNet *) from);
  rheo_net_flush (net); /* what waits is not for the new weights */
  for (guint i = 0; i < from->arrays->len; i++)
    {
      const RheoNetArray *array = from->arrays->pdata[i];
      RheoNetArray *to = uses >> array->use & 1 ? rheo_net_find_array (net, array->name) : NULL;

      if (to == NULL)
        continue;
      if (to->grows && to->dims[0] != array->dims[0] && !rheo_net_resize_array (net, to, array->dims[0]))
        return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for a copy of the network."));
      masks = masks || (to->type == RHEO_U8 && memcmp (to->data, array->data, count_bytes (array)) != 0);
      memcpy (to->data, array->data, count_bytes (array));
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].flags & RHEO_PROJ_PLASTIC)
      rheo_net_adopt_synapses (net, i);
  if (masks)
    rheo_net_masks_changed (net);
  rheo_net_weights_changed (net);
  net->stale |= RHEO_STALE_MOMENTS;
  return TRUE;
}

RheoNet *
rheo_net_dup (const RheoNet *net, int n_rows, GError **error)
{
  return rheo_net_dup_on (net, net->device, n_rows, error);
}

RheoNet *
rheo_net_dup_on (const RheoNet *net, RheoDevice *device, int n_rows, GError **error)
{
  const unsigned all = ~(1u << RHEO_USE_STATE);
  const RheoNetSize size = { .n_rows = n_rows, .memory = net->size.memory };
  g_autoptr (RheoNet) copy = rheo_net_lay_out (net->model, net->config, &net->shape, device, &size, net->seed, error);

  if (copy == NULL)
    return NULL;
  rheo_net_flush ((RheoNet *) net);
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].form == RHEO_SPARSE)
      {
        /* Those that come and go get their places below. */
        const RheoProj *p = &net->proj[i];
        const int64_t n = p->syn_count == NULL ? net->n_synapses[i] : 0;
        g_autofree int32_t *pre = g_new (int32_t, MAX (n, 1));

        for (int j = 0; n > 0 && j < p->n_pre; j++)
          for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
            pre[s] = j;
        if (!rheo_net_set_synapses (copy, i, n, pre, p->syn_post))
          return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for a copy of the network.")),
                 NULL;
      }
  for (guint i = 0; i < net->arrays->len; i++)
    {
      const RheoNetArray *from = net->arrays->pdata[i];

      if (from->use != RHEO_USE_STATE && rheo_net_find_array (copy, from->name) == NULL
          && rheo_net_add_array (copy, g_strdup (from->name), g_strdup (from->label), from->unit, from->axes,
                                 from->type, from->use, from->n_dims, from->dims, from->stride, error)
                 == NULL)
        return NULL;
    }
  if (!rheo_net_take (copy, net, all, error))
    return NULL;
  copy->surrogate = net->surrogate;
  if (!rheo_net_prepare (copy, error))
    return NULL;
  return g_steal_pointer (&copy);
}
