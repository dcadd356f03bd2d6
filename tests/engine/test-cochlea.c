/* The model of the ear: places of tones, loudness, adaptation, and that the same numbers come out again. */
#include <math.h>
#include <string.h>

#include "engine/cochlea.h"
#include "engine/rng.h"

#define RATE 22050
#define SECONDS 0.3

typedef struct
{
  GArray *times, *units;
} Spikes;

static void
clear (Spikes *spikes)
{
  g_array_unref (spikes->times);
  g_array_unref (spikes->units);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spikes, clear)

/* A tone of so many dB that begins after 0.1 s; 0 Hz: silence. */
static Spikes
hear (double hz, double level, double rate, uint64_t seed)
{
  const int n = (int) (SECONDS * rate), silent = (int) (0.1 * rate);
  const RheoRng rng = { seed, RHEO_STREAM_DATA, 0, 0 };
  const double amplitude = sqrt (2) * pow (10, (level - RHEO_COCHLEA_UNIT_LEVEL) / 20);
  g_autofree float *sound = g_new0 (float, n);
  Spikes spikes = { g_array_new (FALSE, FALSE, sizeof (float)), g_array_new (FALSE, FALSE, sizeof (int32_t)) };

  for (int t = silent; t < n && hz > 0; t++)
    sound[t] = (float) (amplitude * sin (2 * G_PI * hz * (t - silent) / rate));
  rheo_cochlea_hear (sound, n, rate, rng, spikes.times, spikes.units);
  g_assert_cmpuint (spikes.times->len, ==, spikes.units->len);
  return spikes;
}

static int
unit_of (const Spikes *spikes, guint i)
{
  return g_array_index (spikes->units, int32_t, i);
}

static float
time_of (const Spikes *spikes, guint i)
{
  return g_array_index (spikes->times, float, i);
}

/* Spikes of 21 channels about one, between two times. */
static int
count_near (const Spikes *spikes, int channel, double from, double to)
{
  int n = 0;

  for (guint i = 0; i < spikes->units->len; i++)
    n += ABS (unit_of (spikes, i) - channel) <= 10 && time_of (spikes, i) >= from && time_of (spikes, i) < to;
  return n;
}

static int
find_channel (double hz)
{
  int best = 0;

  for (int c = 1; c < RHEO_COCHLEA_CHANNELS; c++)
    if (fabs (rheo_cochlea_get_frequency (c) - hz) < fabs (rheo_cochlea_get_frequency (best) - hz))
      best = c;
  return best;
}

/* Places rise, in equal parts of the ERB-rate scale of Glasberg & Moore (1990): 21.4 log10 (1 + 4.37 kHz). */
static void
test_map (void)
{
  g_assert_cmpfloat_with_epsilon (rheo_cochlea_get_frequency (0), 80, 1e-6);
  g_assert_cmpfloat_with_epsilon (rheo_cochlea_get_frequency (699), 7000, 1e-6);
  /* Half way: 10^((log10 1.3496 + log10 31.59) / 2) = 6.52946 = 1 + 0.00437 Hz. */
  g_assert_cmpfloat_with_epsilon ((rheo_cochlea_get_frequency (349) + rheo_cochlea_get_frequency (350)) / 2, 1265.3,
                                  0.5);
  for (int c = 1; c < RHEO_COCHLEA_CHANNELS; c++)
    g_assert_true (rheo_cochlea_get_frequency (c) > rheo_cochlea_get_frequency (c - 1));
}

/* The middle of the spikes of a tone is the channel of its frequency, at any rate of samples. */
static void
test_tones (void)
{
  static const double rates[] = { 16000, 22050, 44100 };
  static const double tones[] = { 300, 600, 1200, 2400, 4800 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    for (guint k = 0; k < G_N_ELEMENTS (tones); k++)
      {
        g_auto (Spikes) spikes = hear (tones[k], 65, rates[r], 1);
        double sum = 0;
        int n = 0;

        for (guint i = 0; i < spikes.units->len; i++)
          if (time_of (&spikes, i) >= 0.1 && ABS (unit_of (&spikes, i) - find_channel (tones[k])) < 100)
            {
              sum += unit_of (&spikes, i);
              n++;
            }
        g_assert_cmpint (n, >, 100);
        g_assert_cmpfloat (fabs (sum / n - find_channel (tones[k])), <, 15);
        g_assert_cmpint (count_near (&spikes, find_channel (tones[k]), 0.1, 0.3), >,
                         5 * count_near (&spikes, find_channel (tones[k]) > 350 ? 100 : 600, 0.1, 0.3));
      }
}

/* Fibres fire without sound too, but hardly ever enough of them at once: less than 3 spikes a second of a channel. */
static void
test_loudness (void)
{
  g_auto (Spikes) silence = hear (0, 0, RATE, 1);
  int before = (int) silence.units->len;

  g_assert_cmpint (before, <, (int) (3 * SECONDS * RHEO_COCHLEA_CHANNELS));
  for (double level = 50; level <= 90; level += 10)
    {
      g_auto (Spikes) spikes = hear (1000, level, RATE, 1);

      g_assert_cmpint ((int) spikes.units->len, >, before);
      before = (int) spikes.units->len;
    }
}

/* Transmitter runs low: a tone too high to be followed is heard most where it begins. */
static void
test_adaptation (void)
{
  g_auto (Spikes) spikes = hear (6000, 70, RATE, 1);
  const int c = find_channel (6000);
  const int onset = count_near (&spikes, c, 0.1, 0.12), steady = count_near (&spikes, c, 0.26, 0.28);

  g_assert_cmpint (count_near (&spikes, c, 0.08, 0.1), <, steady);
  g_assert_cmpint (onset, >, 2 * steady);
}

static void
test_same_again (void)
{
  g_auto (Spikes) a = hear (1000, 70, RATE, 1);
  g_auto (Spikes) b = hear (1000, 70, RATE, 1);
  g_auto (Spikes) c = hear (1000, 70, RATE, 2);

  g_assert_cmpmem (a.times->data, a.times->len * sizeof (float), b.times->data, b.times->len * sizeof (float));
  g_assert_cmpmem (a.units->data, a.units->len * sizeof (int32_t), b.units->data, b.units->len * sizeof (int32_t));
  g_assert_false (a.units->len == c.units->len && memcmp (a.units->data, c.units->data, a.units->len * 4) == 0);
  for (guint i = 1; i < a.times->len; i++)
    g_assert_true (time_of (&a, i) >= time_of (&a, i - 1));
}

/* No samples, and none that fill a step. */
static void
test_nothing (void)
{
  const float sound[3] = { 1, 2, 3 };
  const RheoRng rng = { 1, RHEO_STREAM_DATA, 0, 0 };
  g_auto (Spikes) spikes = hear (1000, 70, RATE, 1);

  rheo_cochlea_hear (sound, 3, RATE, rng, spikes.times, spikes.units);
  g_assert_cmpuint (spikes.times->len, ==, 0);
  rheo_cochlea_hear (sound, 0, RATE, rng, spikes.times, spikes.units);
  g_assert_cmpuint (spikes.units->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cochlea/map", test_map);
  g_test_add_func ("/cochlea/tones", test_tones);
  g_test_add_func ("/cochlea/loudness", test_loudness);
  g_test_add_func ("/cochlea/adaptation", test_adaptation);
  g_test_add_func ("/cochlea/same-again", test_same_again);
  g_test_add_func ("/cochlea/nothing", test_nothing);
  return g_test_run ();
}
