#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-keep.h"

#include "events.h"

#include <stdatomic.h>

#include "half.h"

/* All times or steps, then all units. */
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

/* --- taken out --------------------------------------------------------------------------------------------------------- */
gboolean
rheo_spike_keep_get (const RheoSpikeKeep *keep, int trial, GArray *times, GArray *units)
{
  const Packed *packed = atomic_load (&keep->trial[trial]);
  float *time;

  if (packed == NULL)
    return FALSE;
  g_array_set_size (times, packed->n);
  g_array_set_size (units, packed->n);
  time = (float *) (void *) times->data;
  for (uint32_t k = 0; k < packed->n; k++)
    time[k] = rheo_half_value (packed->number[k]);
  rheo_events_widen (packed->n, packed->number + packed->n, (int32_t *) (void *) units->data);
  return TRUE;
}

gboolean
rheo_spike_keep_get_events (const RheoSpikeKeep *keep, int trial, GArray *steps, GArray *units)
{
  const Packed *packed = atomic_load (&keep->trial[trial]);

  if (packed == NULL)
    return FALSE;
  g_array_set_size (steps, packed->n);
  g_array_set_size (units, packed->n);
  rheo_events_widen (packed->n, packed->number, (int32_t *) (void *) steps->data);
  rheo_events_widen (packed->n, packed->number + packed->n, (int32_t *) (void *) units->data);
  return TRUE;
}

/* --- put in ------------------------------------------------------------------------------------------------------------ */
static gsize
bytes_of (guint n)
{
  return sizeof (Packed) + 2 * sizeof (uint16_t) * n;
}

/* Room for so many spikes with their units, or NULL: there is none. */
static Packed *
claim (RheoSpikeKeep *keep, const GArray *units)
{
  const gsize bytes = bytes_of (units->len);
  Packed *packed = NULL;

  if (atomic_fetch_add (&keep->used, bytes) + bytes > keep->most || (packed = g_try_malloc (bytes)) == NULL)
    {
      atomic_fetch_sub (&keep->used, bytes);
      return NULL;
    }
  packed->n = units->len;
  for (guint k = 0; k < units->len; k++)
    packed->number[units->len + k] = (uint16_t) g_array_index (units, int32_t, k);
  return packed;
}

static void
store (RheoSpikeKeep *keep, int trial, Packed *packed)
{
  Packed *none = NULL;

  if (atomic_compare_exchange_strong (&keep->trial[trial], &none, packed))
    return;
  atomic_fetch_sub (&keep->used, bytes_of (packed->n)); /* another thread was first */
  g_free (packed);
}

void
rheo_spike_keep_put (RheoSpikeKeep *keep, int trial, const GArray *times, const GArray *units)
{
  Packed *packed = claim (keep, units);

  if (packed == NULL)
    return;
  for (guint k = 0; k < times->len; k++)
    packed->number[k] = rheo_half_bits (g_array_index (times, float, k));
  store (keep, trial, packed);
}

void
rheo_spike_keep_put_events (RheoSpikeKeep *keep, int trial, const GArray *steps, const GArray *units)
{
  Packed *packed = claim (keep, units);

  if (packed == NULL)
    return;
  for (guint k = 0; k < steps->len; k++)
    packed->number[k] = (uint16_t) g_array_index (steps, int32_t, k);
  store (keep, trial, packed);
}
