#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trainer-private.h"

#include <string.h>

#include "label.h"

#define BEST "best." /* before the name of an array of the network */

void
rheo_trainer_add_best (RheoTrainer *trainer)
{
  const int n = rheo_net_get_n_arrays (trainer->net);

  for (int i = 0; i < n; i++)
    {
      const RheoNetArray *array = rheo_net_get_array (trainer->net, i);
      g_autofree char *name = g_strconcat (BEST, array->name, NULL);
      g_autofree char *label = rheo_label_dup (RHEO_LABEL_BEST, array->label);

      if (array->use == RHEO_USE_WEIGHT || array->use == RHEO_USE_CONST)
        rheo_net_array (trainer->net, name, label, array->unit, array->axes, array->type, RHEO_USE_KEEP, array->dims);
    }
}

static void
copy_rows (const RheoNetArray *a, const RheoNetArray *b, gboolean swap)
{
  int64_t n = 1, width = a->n_dims > 0 ? a->dims[a->n_dims - 1] : 1;
  gsize size = rheo_type_size (a->type), bytes = width * size;
  g_autofree char *hold = g_malloc (bytes);

  for (int i = 0; i + 1 < a->n_dims; i++)
    n *= a->dims[i];
  for (int64_t r = 0; r < n; r++)
    {
      char *x = (char *) a->data + r * a->stride * size, *y = (char *) b->data + r * b->stride * size;
      if (swap)
        memcpy (hold, y, bytes);
      memcpy (y, x, bytes);
      if (swap)
        memcpy (x, hold, bytes);
    }
}

/* From the network to its best copy, or both ways. */
static void
copy_best (RheoTrainer *trainer, gboolean swap)
{
  for (int i = 0; i < rheo_net_get_n_arrays (trainer->net); i++)
    {
      const RheoNetArray *best = rheo_net_get_array (trainer->net, i);
      if (g_str_has_prefix (best->name, BEST))
        copy_rows (rheo_net_find_array (trainer->net, best->name + strlen (BEST)), best, swap);
    }
}

void
rheo_trainer_keep_best (RheoTrainer *trainer)
{
  copy_best (trainer, FALSE);
}

void
rheo_trainer_swap_best (RheoTrainer *trainer)
{
  copy_best (trainer, TRUE);
  rheo_net_weights_changed (trainer->net);
  rheo_net_masks_changed (trainer->net);
}
