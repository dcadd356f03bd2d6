#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "cochlea.h"

#include <math.h>

#include "half.h"
#include "rng.h"

#define BLOCK 16 /* channels that are computed side by side */
#define ORDER 4
#define LOWEST 80.0 /* Hz */
#define HIGHEST 7000.0
#define MIDDLE_EAR 1000.0 /* Hz: corner of the high-pass */

/* The hair cell: Meddis (1986), in units of the sound's amplitude and of a second. */
#define PERMEABLE_A 5.0f
#define PERMEABLE_B 300.0f
#define RELEASE 2000.0f    /* g */
#define REPLENISH 5.05f    /* y */
#define LOSS 2500.0f       /* l */
#define RECOVERY 6580.0f   /* r */
#define REPROCESS 66.31f   /* x */
#define FIRING 50000.0f    /* h: spikes per second and unit of transmitter in the cleft */
#define FIBRE_PAUSE 0.001f /* seconds */

/* The bushy cell. */
#define FIBRES 40
#define MEMBRANE 0.001    /* seconds */
#define THRESHOLD 8.0f    /* fibres */
#define BUSHY_PAUSE 0.002 /* seconds */
#define MOST_FIRED 200    /* fibres in a step: far above what 40 of them can do */

/* Coefficients and state of the channels of a block. */
typedef struct
{
  float re[BLOCK], im[BLOCK], gain[BLOCK];      /* of a one-pole filter, and of the whole cascade */
  float x[ORDER][BLOCK], y[ORDER][BLOCK];       /* real and imaginary parts of what the stages put out */
  float free[BLOCK], cleft[BLOCK], work[BLOCK]; /* transmitter: q, c, w */
} Cells;

/* --- places ------------------------------------------------------------------------------------------------------- */

/* Number of equivalent rectangular bandwidths below a frequency. */
static double
erb_number (double hz)
{
  return 21.4 * log10 (1 + 0.00437 * hz);
}

double
rheo_cochlea_get_frequency (int channel)
{
  const double lo = erb_number (LOWEST), hi = erb_number (HIGHEST);

  return (pow (10, (lo + (hi - lo) * channel / (RHEO_COCHLEA_CHANNELS - 1)) / 21.4) - 1) / 0.00437;
}

/* Channels beyond the last are like the last; they are not heard. */
static void
begin_block (Cells *cells, int first, double rate)
{
  /* At rest: dq/dt = y (1 - q) + x w - k q, dc/dt = k q - (l + r) c and dw/dt = r c - x w are 0. */
  const float k = RELEASE * PERMEABLE_A / (PERMEABLE_A + PERMEABLE_B);
  const float free = REPLENISH / (REPLENISH + LOSS / (LOSS + RECOVERY) * k), cleft = k * free / (LOSS + RECOVERY);

  for (int i = 0; i < BLOCK; i++)
    {
      const double hz = rheo_cochlea_get_frequency (MIN (first + i, RHEO_COCHLEA_CHANNELS - 1));
      /* A gammatone of order 4 whose rectangular bandwidth is 24.7 + 0.108 Hz. */
      const double width = 1.019 * (24.7 + 0.108 * hz), radius = exp (-2 * G_PI * width / rate);

      cells->re[i] = (float) (radius * cos (2 * G_PI * hz / rate));
      cells->im[i] = (float) (radius * sin (2 * G_PI * hz / rate));
      cells->gain[i] = (float) (2 * pow (1 - radius, ORDER));
      for (int s = 0; s < ORDER; s++)
        cells->x[s][i] = cells->y[s][i] = 0;
      cells->free[i] = free;
      cells->cleft[i] = cleft;
      cells->work[i] = RECOVERY * cleft / REPROCESS;
    }
}

/* --- membrane and hair cells -------------------------------------------------------------------------------------- */

/* Adds what is in the clefts to sum, over n samples that are dt apart. */
RHEO_MULTI static void
hear_step (Cells *cells, const float *sound, int n, float dt, float sum[BLOCK])
{
  for (int t = 0; t < n; t++)
    for (int i = 0; i < BLOCK; i++)
      {
        const float re = cells->re[i], im = cells->im[i];
        float x = sound[t] * cells->gain[i], y = 0, k, released, level;

#pragma GCC unroll 4
        for (int s = 0; s < ORDER; s++)
          {
            const float before = cells->x[s][i];

            cells->x[s][i] = x += re * before - im * cells->y[s][i];
            cells->y[s][i] = y += re * cells->y[s][i] + im * before;
          }
        level = x + PERMEABLE_A > 0 ? x + PERMEABLE_A : 0;
        k = RELEASE * level / (level + PERMEABLE_B);
        released = k * cells->free[i];
        cells->free[i] += dt * (REPLENISH * (1 - cells->free[i]) + REPROCESS * cells->work[i] - released);
        cells->work[i] += dt * (RECOVERY * cells->cleft[i] - REPROCESS * cells->work[i]);
        cells->cleft[i] += dt * (released - (LOSS + RECOVERY) * cells->cleft[i]);
        sum[i] += cells->cleft[i];
      }
}

/* --- bushy cells -------------------------------------------------------------------------------------------------- */

/* How many fibres fire when so many are expected to: trains of many fibres together are nearly Poisson. */
static int
draw_fired (float mean, uint32_t bits)
{
  const float u = ((float) (bits >> 8) + 0.5f) * 0x1p-24f;
  float p = expf (-mean), below = p;
  int n = 0;

  while (u > below && n < MOST_FIRED)
    {
      p *= mean / (float) ++n;
      below += p;
    }
  return n;
}

typedef struct
{
  float potential[BLOCK];
  int pause[BLOCK]; /* steps until the cell may fire again */
} Bushy;

/* A step of dt in which the mean of what is in the clefts is sum / n. Spikes are (step, channel) in one number. */
static void
fire (Bushy *bushy, const float sum[BLOCK], int n, float dt, RheoRng rng, guint step, int first, GArray *spikes)
{
  const float keep = expf (-dt / (float) MEMBRANE);
  uint32_t bits[BLOCK];

  for (int i = 0; i < BLOCK; i += 4)
    rheo_rng_block (rng, step, (uint32_t) (first + i) / 4, bits + i);
  for (int i = 0; i < BLOCK && first + i < RHEO_COCHLEA_CHANNELS; i++)
    {
      const float rate = FIRING * sum[i] / (float) n;
      const guint spike = step * RHEO_COCHLEA_CHANNELS + (guint) (first + i);

      bushy->potential[i] =
          keep * bushy->potential[i] + (float) draw_fired (FIBRES * dt * rate / (1 + FIBRE_PAUSE * rate), bits[i]);
      if (bushy->pause[i] > 0)
        bushy->pause[i]--;
      else if (bushy->potential[i] > THRESHOLD)
        {
          g_array_append_val (spikes, spike);
          bushy->potential[i] = 0;
          bushy->pause[i] = (int) (BUSHY_PAUSE / RHEO_COCHLEA_STEP);
        }
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static float *
pass_middle_ear (const float *sound, int n, double rate)
{
  const float keep = (float) exp (-2 * G_PI * MIDDLE_EAR / rate);
  float *out = g_new (float, n + 1), low = 0;

  for (int t = 0; t < n; t++)
    {
      low += (1 - keep) * (sound[t] - low);
      out[t] = sound[t] - low;
    }
  return out;
}

static int
compare_spikes (const void *a, const void *b)
{
  const guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

void
rheo_cochlea_hear (const float *sound, int n, double rate, RheoRng rng, GArray *times, GArray *units)
{
  const int samples = (int) (rate * RHEO_COCHLEA_STEP + 0.5); /* of a step */
  const float dt = (float) (1 / rate);
  g_autofree float *moved = pass_middle_ear (sound, n, rate);
  g_autoptr (GArray) spikes = g_array_new (FALSE, FALSE, sizeof (guint));

  for (int first = 0; first < RHEO_COCHLEA_CHANNELS; first += BLOCK)
    {
      Bushy bushy = { 0 };
      Cells cells;

      begin_block (&cells, first, rate);
      for (int t = 0; t + samples <= n; t += samples)
        {
          float sum[BLOCK] = { 0 };

          hear_step (&cells, moved + t, samples, dt, sum);
          fire (&bushy, sum, samples, (float) samples * dt, rng, (guint) (t / samples), first, spikes);
        }
    }
  g_array_sort (spikes, compare_spikes);
  g_array_set_size (times, spikes->len);
  g_array_set_size (units, spikes->len);
  for (guint s = 0; s < spikes->len; s++)
    {
      const guint spike = g_array_index (spikes, guint, s);

      g_array_index (times, float, s) =
          rheo_half_round ((float) (spike / RHEO_COCHLEA_CHANNELS) * (float) samples * dt);
      g_array_index (units, int32_t, s) = (int32_t) (spike % RHEO_COCHLEA_CHANNELS);
    }
}
