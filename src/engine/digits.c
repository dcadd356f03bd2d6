#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "digits.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "error.h"
#include "half.h"
#include "rng.h"

#define N_WORDS (RHEO_DIGITS_CLASSES / 2) /* and as many reversals */
#define N_SEGMENTS 4
#define N_KNOTS (N_SEGMENTS + 1)
#define N_FORMANTS 3
#define N_UNSEEN 2 /* speakers of the test set alone, from UNSEEN on */
#define UNSEEN 4
#define SHARE_UNSEEN 0.72 /* of the test trials */

#define CELL 0.004 /* seconds of a cell of the grid on which intensities lie */
#define MIN_SECONDS 0.25
#define MAX_SECONDS 1.16
#define MAX_CELLS 290        /* MAX_SECONDS / CELL */
#define MEAN_SPIKES 8000.0   /* of a trial, without background */
#define NOISE_WIDTH 70.0     /* channels */
#define NOISE_HEIGHT 0.5     /* beside formants of gains up to 1 */
#define FAR 6.0              /* widths beyond which there is nothing of a band */
#define MAX_POISSON_MEAN 500 /* exp (-mean) is a number of full precision */

/* Parts of the data set: iterations of the generator. The items of the words are their numbers, and N_WORDS of what all
 * words have in common. */
enum
{
  PART_WORDS,
  PART_SPEAKERS,
  PART_TRAIN,
  PART_TEST,
};

#define DESCRIBE 1 /* step of the generator for what is told of a speaker */

/* Steps of the generator in a trial. Spikes of cell k have step DRAW_SPIKES + k. */
enum
{
  DRAW_NORMALS,
  DRAW_UNIFORMS,
  DRAW_COUNTS,
  DRAW_ORDER,
  DRAW_SPIKES,
};

typedef struct
{
  double knot[N_KNOTS][N_FORMANTS]; /* channels of the formants where segments meet */
  double gain[N_SEGMENTS][N_FORMANTS];
  double noise[N_SEGMENTS]; /* channel of a fricative's noise; 0: none */
  double share[N_SEGMENTS]; /* of the duration */
  double width[N_FORMANTS];
} Word;

typedef struct
{
  double shift; /* channels */
  double speed, loudness;
} Speaker;

struct RheoDigits
{
  RheoDigitsConfig config;
  Word words[RHEO_DIGITS_CLASSES];
  Speaker speakers[RHEO_DIGITS_SPEAKERS];
  int *order[2]; /* trials of either set, shuffled: labels are these modulo the number of classes */
};

/* Numbers of one step of the generator, one after another. */
typedef struct
{
  RheoRng rng;
  uint32_t step, index;
} Source;

static double
draw_uniform (Source *source, double lo, double hi)
{
  return lo + (hi - lo) * rheo_rng_uniform (source->rng, source->step, source->index++);
}

static double
draw_normal (Source *source, double sd)
{
  return sd * rheo_rng_normal (source->rng, source->step, source->index++);
}

/* The number whose cumulative probability first reaches a uniform number; large means in parts. */
static int
draw_poisson (Source *source, double mean)
{
  int n = 0;

  for (; mean > 0; mean -= MAX_POISSON_MEAN)
    {
      const double part = MIN (mean, MAX_POISSON_MEAN), u = draw_uniform (source, 0, 1);
      double p = exp (-part), sum = p;

      for (int k = 1; u > sum && k < 4 * MAX_POISSON_MEAN; k++, n++)
        {
          p *= part / k;
          sum += p;
        }
    }
  return n;
}

/* A gamma variate of shape 6: the sum of six exponential ones. */
static double
draw_share (Source *source)
{
  double product = 1;

  for (int i = 0; i < 6; i++)
    product *= draw_uniform (source, 0, 1);
  return -log (product);
}

static void
normalise (double share[N_SEGMENTS])
{
  double sum = 0;

  for (int s = 0; s < N_SEGMENTS; s++)
    sum += share[s];
  for (int s = 0; s < N_SEGMENTS; s++)
    share[s] /= sum;
}

/* --- what does not change ----------------------------------------------------------------------------------------- */

static void
draw_knots (Source *source, double knot[N_KNOTS][N_FORMANTS])
{
  static const double range[N_FORMANTS][2] = { { 60, 260 }, { 220, 480 }, { 420, 640 } };

  for (int k = 0; k < N_KNOTS; k++)
    for (int f = 0; f < N_FORMANTS; f++)
      knot[k][f] = draw_uniform (source, range[f][0], range[f][1]);
}

static void
draw_word (const RheoDigits *digits, int number, Word *word)
{
  const RheoRng rng = { digits->config.seed, RHEO_STREAM_DATA, PART_WORDS, (uint32_t) number };
  const double alike = 0.6 * digits->config.difficulty;
  Source own = { rng, 0, 0 }, all = { rng, 0, 0 };
  double common[N_KNOTS][N_FORMANTS];

  all.rng.item = N_WORDS;
  draw_knots (&own, word->knot);
  draw_knots (&all, common);
  for (int k = 0; k < N_KNOTS; k++)
    for (int f = 0; f < N_FORMANTS; f++)
      word->knot[k][f] += alike * (common[k][f] - word->knot[k][f]);
  for (int f = 0; f < N_FORMANTS; f++)
    word->width[f] = draw_uniform (&own, 12, 30);
  for (int s = 0; s < N_SEGMENTS; s++)
    {
      const gboolean fricative = draw_uniform (&own, 0, 1) < 0.25;
      const double noise = draw_uniform (&own, 450, 650);

      word->noise[s] = fricative ? noise : 0;
      for (int f = 0; f < N_FORMANTS; f++)
        word->gain[s][f] = draw_uniform (&own, 0.3, 1) * (fricative ? 0.15 : 1);
      word->share[s] = draw_share (&own);
    }
  normalise (word->share);
}

static void
reverse (const Word *word, Word *back)
{
  *back = *word;
  for (int f = 0; f < N_FORMANTS; f++)
    {
      for (int k = 0; k < N_KNOTS; k++)
        back->knot[k][f] = word->knot[N_KNOTS - 1 - k][f];
      for (int s = 0; s < N_SEGMENTS; s++)
        back->gain[s][f] = word->gain[N_SEGMENTS - 1 - s][f];
    }
  for (int s = 0; s < N_SEGMENTS; s++)
    {
      back->noise[s] = word->noise[N_SEGMENTS - 1 - s];
      back->share[s] = word->share[N_SEGMENTS - 1 - s];
    }
}

static RheoRng
rng_of (const RheoDigits *digits, RheoSet set, int i)
{
  return (RheoRng){ digits->config.seed, RHEO_STREAM_DATA, set == RHEO_SET_TRAIN ? PART_TRAIN : PART_TEST,
                    (uint32_t) i };
}

static int *
draw_order (const RheoDigits *digits, RheoSet set, int n)
{
  int *order = g_new (int, MAX (n, 1));

  rheo_rng_permute (rng_of (digits, set, 0), DRAW_ORDER, n, order);
  return order;
}

gboolean
rheo_digits_check (const RheoDigitsConfig *config, GError **error)
{
  if (config->n_train < 1 || config->n_train > RHEO_DIGITS_MAX_TRIALS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There cannot be %d training trials; allowed are 1 to %d."),
                      config->n_train, RHEO_DIGITS_MAX_TRIALS);
  if (config->n_test < 1 || config->n_test > RHEO_DIGITS_MAX_TRIALS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There cannot be %d test trials; allowed are 1 to %d."),
                      config->n_test, RHEO_DIGITS_MAX_TRIALS);
  if (!(config->difficulty >= 0 && config->difficulty <= 1))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The difficulty cannot be %g; allowed is 0 to 1."),
                      config->difficulty);
  return TRUE;
}

RheoDigits *
rheo_digits_new (const RheoDigitsConfig *config)
{
  RheoDigits *digits = g_new0 (RheoDigits, 1);

  digits->config = *config;
  for (int w = 0; w < N_WORDS; w++)
    {
      draw_word (digits, w, &digits->words[w]);
      reverse (&digits->words[w], &digits->words[N_WORDS + w]);
    }
  for (int s = 0; s < RHEO_DIGITS_SPEAKERS; s++)
    {
      Source source = { { config->seed, RHEO_STREAM_DATA, PART_SPEAKERS, (uint32_t) s }, 0, 0 };

      digits->speakers[s].shift = draw_normal (&source, 6 + 20 * config->difficulty);
      digits->speakers[s].speed = exp (draw_normal (&source, 0.08));
      digits->speakers[s].loudness = exp (draw_normal (&source, 0.2));
    }
  digits->order[0] = draw_order (digits, RHEO_SET_TRAIN, config->n_train);
  digits->order[1] = draw_order (digits, RHEO_SET_TEST, config->n_test);
  return digits;
}

void
rheo_digits_free (RheoDigits *digits)
{
  if (digits == NULL)
    return;
  g_free (digits->order[0]);
  g_free (digits->order[1]);
  g_free (digits);
}

const char *const *
rheo_digits_get_classes (void)
{
  static const char *const names[] = { "zero",  "one",   "two",   "three",  "four", "five", "six",
                                       "seven", "eight", "nine",  "null",   "eins", "zwei", "drei",
                                       "vier",  "fünf",  "sechs", "sieben", "acht", "neun", NULL };

  return names;
}

RheoSpikeSpeaker
rheo_digits_describe_speaker (const RheoDigits *digits, int speaker)
{
  const RheoRng rng = { digits->config.seed, RHEO_STREAM_DATA, PART_SPEAKERS, (uint32_t) speaker };
  const gboolean female = rheo_rng_uniform (rng, DESCRIBE, 0) < 0.5;

  return (RheoSpikeSpeaker){ .gender = female ? "f" : "m",
                             .age = 20 + (int) rheo_rng_below (rng, DESCRIBE, 1, 45),
                             .height = rint ((female ? 166 : 179) + 7 * rheo_rng_normal (rng, DESCRIBE, 4)) };
}

int
rheo_digits_get_label (const RheoDigits *digits, RheoSet set, int i)
{
  return digits->order[set != RHEO_SET_TRAIN][i] % RHEO_DIGITS_CLASSES;
}

int
rheo_digits_get_speaker (const RheoDigits *digits, RheoSet set, int i)
{
  const RheoRng rng = rng_of (digits, set, i);
  int n = (int) rheo_rng_below (rng, DRAW_UNIFORMS, 0, RHEO_DIGITS_SPEAKERS - N_UNSEEN);

  if (set != RHEO_SET_TRAIN && rheo_rng_uniform (rng, DRAW_UNIFORMS, 1) < SHARE_UNSEEN)
    return UNSEEN + (int) rheo_rng_below (rng, DRAW_UNIFORMS, 2, N_UNSEEN);
  return n < UNSEEN ? n : n + N_UNSEEN;
}

/* --- a trial ------------------------------------------------------------------------------------------------------ */

/* Intensities of a trial. */
typedef struct
{
  int n;                                      /* cells in time */
  float sum[MAX_CELLS][RHEO_DIGITS_CHANNELS]; /* in each cell: those of all channels up to this one */
  double mean[MAX_CELLS];                     /* spikes that are expected in it */
} Grid;

/* Adds gain exp (-((channel - centre) / width)² / 2), each value from the one before by a factor that itself changes by a
 * factor. */
static void
add_band (double centre, double width, double gain, double row[RHEO_DIGITS_CHANNELS])
{
  const int first = (int) CLAMP (ceil (centre - FAR * width), 0, RHEO_DIGITS_CHANNELS);
  const int last = (int) CLAMP (floor (centre + FAR * width), -1, RHEO_DIGITS_CHANNELS - 1);
  const double z = (first - centre) / width, bend = exp (-1 / (width * width));
  double v = gain * exp (-z * z / 2), factor = exp (-(z + 1 / (2 * width)) / width);

  for (int c = first; c <= last; c++)
    {
      row[c] += v;
      v *= factor;
      factor *= bend;
    }
}

/* share: of the segments in this trial */
static void
fill_row (const Word *word, const double share[N_SEGMENTS], double shift, double phase,
          double row[RHEO_DIGITS_CHANNELS])
{
  int s = 0;

  for (; s < N_SEGMENTS - 1 && phase > share[s]; s++)
    phase -= share[s];
  phase = MIN (phase / share[s], 1);
  for (int f = 0; f < N_FORMANTS; f++)
    {
      const double centre = word->knot[s][f] + phase * (word->knot[s + 1][f] - word->knot[s][f]);

      add_band (centre + shift, word->width[f], word->gain[s][f], row);
    }
  if (word->noise[s] > 0)
    add_band (word->noise[s] + shift, NOISE_WIDTH, NOISE_HEIGHT, row);
}

static void
fill_grid (const Word *word, const double share[N_SEGMENTS], double shift, double seconds, double n_spikes, Grid *grid)
{
  double all = 0;

  grid->n = CLAMP ((int) lround (seconds / CELL), 1, MAX_CELLS);
  for (int k = 0; k < grid->n; k++)
    {
      const double phase = (k + 0.5) / grid->n;
      double row[RHEO_DIGITS_CHANNELS] = { 0 }, sum = 0;

      fill_row (word, share, shift, phase, row);
      for (int c = 0; c < RHEO_DIGITS_CHANNELS; c++)
        grid->sum[k][c] = (float) (sum += row[c]);
      grid->mean[k] = sum * pow (sin (G_PI * phase), 0.3);
      all += grid->mean[k];
    }
  for (int k = 0; k < grid->n; k++)
    grid->mean[k] *= n_spikes / all;
}

/* The first channel whose sum exceeds x, which is less than the last sum. */
static uint32_t
find_channel (const float sum[RHEO_DIGITS_CHANNELS], float x)
{
  uint32_t base = 0, n = RHEO_DIGITS_CHANNELS;

  while (n > 1)
    {
      const uint32_t half = n / 2;

      base = sum[base + half - 1] <= x ? base + half : base;
      n -= half;
    }
  return base;
}

/* Spikes of one cell, sorted: time within it in the upper half, channel in the lower one. */
static void
draw_spikes (RheoRng rng, uint32_t step, const float sum[RHEO_DIGITS_CHANNELS], int n, int n_background,
             uint64_t *spike)
{
  uint32_t bits[4] = { 0 };

  for (int i = 0; i < n + n_background; i++)
    {
      const uint32_t *pair = bits + 2 * (i % 2);
      uint64_t now;
      int j = i;

      if (i % 2 == 0)
        rheo_rng_block (rng, step, (uint32_t) i / 2, bits);
      now = (uint64_t) pair[1] << 32;
      if (i < n)
        now |= find_channel (sum, (float) (pair[0] >> 8) * 0x1p-24f * sum[RHEO_DIGITS_CHANNELS - 1]);
      else
        now |= (uint64_t) pair[0] * RHEO_DIGITS_CHANNELS >> 32;
      for (; j > 0 && spike[j - 1] > now; j--)
        spike[j] = spike[j - 1];
      spike[j] = now;
    }
}

void
rheo_digits_trial (const RheoDigits *digits, RheoSet set, int i, GArray *times, GArray *units, int *label, int *speaker)
{
  const RheoRng rng = rng_of (digits, set, i);
  const double d = digits->config.difficulty, background = (0.3 + 1.7 * d) * CELL * RHEO_DIGITS_CHANNELS;
  const int class = rheo_digits_get_label (digits, set, i), who = rheo_digits_get_speaker (digits, set, i);
  const Word *word = &digits->words[class];
  const Speaker *voice = &digits->speakers[who];
  g_autofree Grid *grid = g_new (Grid, 1);
  g_autoptr (GArray) spikes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  Source normals = { rng, DRAW_NORMALS, 0 }, uniforms = { rng, DRAW_UNIFORMS, 4 }, counts = { rng, DRAW_COUNTS, 0 };
  const double seconds = CLAMP ((0.75 + draw_normal (&normals, 0.1)) * voice->speed, MIN_SECONDS, MAX_SECONDS);
  const double shift = voice->shift + draw_normal (&normals, 4 + 8 * d);
  const double n_spikes = MEAN_SPIKES * voice->loudness * exp (draw_normal (&normals, 0.2));
  const double onset = draw_uniform (&uniforms, 0, 0.03);
  double share[N_SEGMENTS];

  for (int s = 0; s < N_SEGMENTS; s++)
    share[s] = word->share[s] * exp (draw_normal (&normals, 0.05 + 0.15 * d));
  normalise (share);
  fill_grid (word, share, shift, seconds, n_spikes, grid);
  g_array_set_size (times, 0);
  g_array_set_size (units, 0);
  for (int k = 0; k < grid->n; k++)
    {
      const int n = draw_poisson (&counts, grid->mean[k]), n_background = draw_poisson (&counts, background);

      g_array_set_size (spikes, (guint) (n + n_background));
      draw_spikes (rng, DRAW_SPIKES + (uint32_t) k, grid->sum[k], n, n_background, (uint64_t *) (void *) spikes->data);
      for (guint j = 0; j < spikes->len; j++)
        {
          const uint64_t spike = g_array_index (spikes, uint64_t, j);
          const float time = rheo_half_round ((float) (onset + CELL * (k + (double) (spike >> 32) * 0x1p-32)));
          const int32_t unit = (int32_t) (spike & 0xffffffff);

          g_array_append_val (times, time);
          g_array_append_val (units, unit);
        }
    }
  if (label != NULL)
    *label = class;
  if (speaker != NULL)
    *speaker = who;
}
