#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-keep.h"

#include <stdatomic.h>

#include "half.h"

/* All times, then all units. */
typedef struct
{
  uint32_t n;
  uint16_t number[];
} Packed;

struct RheoSpikeKeep
{
  int n_trials;
  gsize most;
  atomic_size_t used; /* bytes */
  _Atomic (Packed *) trial[];
};

RheoSpikeKeep *
rheo_spike_keep_new (int n_trials, gsize most)
{
  RheoSpikeKeep *keep = g_malloc0 (sizeof *keep + sizeof keep->trial[0] * (gsize) n_trials);

  keep->n_trials = n_trials;
  keep->most = most;
  return keep;
}

void
rheo_spike_keep_free (RheoSpikeKeep *keep)
{
  for (int i = 0; keep != NULL && i < keep->n_trials; i++)
    g_free (atomic_load (&keep->trial[i]));
  g_free (keep);
}

gboolean
rheo_spike_keep_get (const RheoSpikeKeep *keep, int trial, GArray *times, GArray *units)
{
  const Packed *packed = atomic_load (&keep->trial[trial]);
  float *time;
  int32_t *unit;

  if (packed == NULL)
    return FALSE;
  g_array_set_size (times, packed->n);
  g_array_set_size (units, packed->n);
  time = (float *) (void *) times->data;
  unit = (int32_t *) (void *) units->data;
  for (uint32_t k = 0; k < packed->n; k++)
    time[k] = rheo_half_value (packed->number[k]);
  for (uint32_t k = 0; k < packed->n; k++)
    unit[k] = packed->number[packed->n + k];
  return TRUE;
}

void
rheo_spike_keep_put (RheoSpikeKeep *keep, int trial, const GArray *times, const GArray *units)
{
  const float *time = (const float *) (const void *) times->data;
  const int32_t *unit = (const int32_t *) (const void *) units->data;
  const guint n = times->len;
  const gsize bytes = sizeof (Packed) + 2 * sizeof (uint16_t) * n;
  Packed *packed, *none = NULL;

  if (atomic_fetch_add (&keep->used, bytes) + bytes > keep->most || (packed = g_try_malloc (bytes)) == NULL)
    {
      atomic_fetch_sub (&keep->used, bytes);
      return;
    }
  packed->n = n;
  for (guint k = 0; k < n; k++)
    {
      packed->number[k] = rheo_half_bits (time[k]);
      packed->number[n + k] = (uint16_t) unit[k];
    }
  if (atomic_compare_exchange_strong (&keep->trial[trial], &none, packed))
    return;
  atomic_fetch_sub (&keep->used, bytes); /* another thread was first */
  g_free (packed);
}
