#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-augment.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define BLOCK 256 /* normal numbers that are drawn at once */

enum
{
  SPREAD_NORMAL,
  SPREAD_UNIFORM,
};

/* What is drawn, as the step of its address. */
enum
{
  DRAW_BLENDED,
  DRAW_PARTNER,
  DRAW_KEEP,
  DRAW_KEEP_OTHER,
  DRAW_STRETCH,
  DRAW_SHIFT,
  DRAW_JITTER,
  DRAW_DROP,
};

static const char *const spread_choices[] = { "normal", "uniform", NULL };

const RheoParam rheo_spike_augment_rows[] = {
  RHEO_P_REAL (RheoSpikeAugment, shift, "shift", .label = N_ ("Channel shift"), .unit = N_ ("channels"), .max = 700,
               .soft_max = 40, .flags = RHEO_LIVE,
               .help = N_ ("All spikes of a trial move by a random number of channels; 0: they stay.")),
  RHEO_P_CHOICE (RheoSpikeAugment, spread, "spread", spread_choices, .label = N_ ("Spread of the shift"),
                 .help = N_ ("Normal: the shift is the standard deviation; uniform: the largest in either direction."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoSpikeAugment, jitter, "jitter", .label = N_ ("Time jitter"), .unit = N_ ("ms"), .max = 1000,
               .soft_max = 50, .help = N_ ("Standard deviation of what is added to the time of each spike."),
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoSpikeAugment, drop, "drop", .label = N_ ("Dropped spikes"), .max = 1, .soft_max = 0.5,
               .help = N_ ("Probability that a spike is left out."), .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoSpikeAugment, stretch, "stretch", .label = N_ ("Time stretch"), .max = 0.9, .soft_max = 0.3,
               .help = N_ ("Times of a trial are multiplied by a random factor, at most so much above or below 1."),
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoSpikeAugment, blend, "blend", .label = N_ ("Blended trials"), .max = 1,
               .help = N_ ("Probability that a trial becomes a mixture with another one of its class: both are brought "
                           "to the same mean, and half of the spikes of each are kept."),
               .flags = RHEO_LIVE),
  RHEO_P_END,
};

gboolean
rheo_spike_augment_does (const RheoSpikeAugment *how)
{
  return how->shift > 0 || how->jitter > 0 || how->drop > 0 || how->stretch > 0 || how->blend > 0;
}

static float *
times_of (GArray *times)
{
  return (float *) (void *) times->data;
}

static int32_t *
units_of (GArray *units)
{
  return (int32_t *) (void *) units->data;
}

/* --- blends -------------------------------------------------------------------------------------------------------- */
int
rheo_spike_augment_draw_partner (const RheoSpikeAugment *how, RheoRng rng, int n)
{
  if (n < 1 || how->blend <= 0 || rheo_rng_uniform (rng, DRAW_BLENDED, 0) >= how->blend)
    return -1;
  return (int) rheo_rng_below (rng, DRAW_PARTNER, 0, (uint32_t) n);
}

/* Half of the spikes; each number that is drawn decides on 32 of them. */
static void
halve (RheoRng rng, uint32_t step, GArray *times, GArray *units)
{
  uint32_t bits = 0;
  guint n = 0;

  for (guint k = 0; k < times->len; k++, bits >>= 1)
    {
      if (k % 32 == 0)
        bits = rheo_rng_bits (rng, step, k / 32);
      if ((bits & 1) == 0)
        continue;
      times_of (times)[n] = times_of (times)[k];
      units_of (units)[n++] = units_of (units)[k];
    }
  g_array_set_size (times, n);
  g_array_set_size (units, n);
}

/* All spikes later and along the channels; those that leave channels or times are lost. */
static void
move (GArray *times, GArray *units, int n_channels, float later, int along)
{
  guint n = 0;

  for (guint k = 0; k < times->len; k++)
    {
      const float time = times_of (times)[k] + later;
      const int unit = units_of (units)[k] + along;

      if (time < 0 || unit < 0 || unit >= n_channels)
        continue;
      times_of (times)[n] = time;
      units_of (units)[n++] = unit;
    }
  g_array_set_size (times, n);
  g_array_set_size (units, n);
}

static void
find_means (GArray *times, GArray *units, double *time, double *unit)
{
  *time = *unit = 0;
  for (guint k = 0; k < times->len; k++)
    {
      *time += (double) times_of (times)[k] / times->len;
      *unit += (double) units_of (units)[k] / units->len;
    }
}

void
rheo_spike_augment_blend (RheoRng rng, int n_channels, GArray *times, GArray *units, GArray *other_times,
                          GArray *other_units)
{
  double time, unit, other_time, other_unit;

  if (times->len == 0 || other_times->len == 0)
    return;
  find_means (times, units, &time, &unit);
  find_means (other_times, other_units, &other_time, &other_unit);
  move (other_times, other_units, n_channels, (float) (time - other_time), (int) rint (unit - other_unit));
  halve (rng, DRAW_KEEP, times, units);
  halve (rng, DRAW_KEEP_OTHER, other_times, other_units);
  g_array_append_vals (times, other_times->data, other_times->len);
  g_array_append_vals (units, other_units->data, other_units->len);
}

/* --- one trial ----------------------------------------------------------------------------------------------------- */
static int
draw_shift (const RheoSpikeAugment *how, RheoRng rng)
{
  const double x = how->spread == SPREAD_NORMAL ? rheo_rng_normal (rng, DRAW_SHIFT, 0)
                                                : 2 * rheo_rng_uniform (rng, DRAW_SHIFT, 0) - 1;

  return (int) rint (CLAMP (x * how->shift, -1e6, 1e6));
}

/* Times before the start are mirrored there. */
static void
jitter (const RheoSpikeAugment *how, RheoRng rng, GArray *times)
{
  const RheoReal sd = (RheoReal) (how->jitter / 1000);
  RheoReal normal[BLOCK];

  for (guint first = 0; first < times->len; first += BLOCK)
    {
      const guint n = MIN (times->len - first, BLOCK);

      rheo_rng_normals (rng, DRAW_JITTER, first, (int) n, normal);
      for (guint k = 0; k < n; k++)
        times_of (times)[first + k] = (float) fabs ((double) (times_of (times)[first + k] + (float) (sd * normal[k])));
    }
}

static void
drop (const RheoSpikeAugment *how, RheoRng rng, GArray *times, GArray *units)
{
  guint n = 0;

  for (guint k = 0; k < times->len; k++)
    if (rheo_rng_uniform (rng, DRAW_DROP, k) >= how->drop)
      {
        times_of (times)[n] = times_of (times)[k];
        units_of (units)[n++] = units_of (units)[k];
      }
  g_array_set_size (times, n);
  g_array_set_size (units, n);
}

void
rheo_spike_augment_change (const RheoSpikeAugment *how, RheoRng rng, int n_channels, GArray *times, GArray *units)
{
  const double factor = how->stretch > 0 ? 1 + how->stretch * (2 * rheo_rng_uniform (rng, DRAW_STRETCH, 0) - 1) : 1;

  for (guint k = 0; k < times->len && how->stretch > 0; k++)
    times_of (times)[k] = (float) (factor * (double) times_of (times)[k]);
  if (how->shift > 0)
    move (times, units, n_channels, 0, draw_shift (how, rng));
  if (how->jitter > 0)
    jitter (how, rng, times);
  if (how->drop > 0)
    drop (how, rng, times, units);
}
