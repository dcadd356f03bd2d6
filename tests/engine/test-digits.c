/* Spoken digits that are made up: what their spikes are like, and how hard they are for classifiers that see counts alone and
 * counts in time. The reference numbers were measured on an independent implementation of the same distributions. */
#include <math.h>
#include <string.h>

#include "engine/digits.h"
#include "engine/half.h"
#include "engine/linalg.h"

typedef struct
{
  GArray *times, *units;
  int label, speaker;
} Trial;

static void
get_trial (const RheoDigits *digits, RheoSet set, int i, Trial *trial)
{
  if (trial->times == NULL)
    {
      trial->times = g_array_new (FALSE, FALSE, sizeof (float));
      trial->units = g_array_new (FALSE, FALSE, sizeof (int32_t));
    }
  rheo_digits_trial (digits, set, i, trial->times, trial->units, &trial->label, &trial->speaker);
  g_assert_cmpuint (trial->times->len, ==, trial->units->len);
}

static float
time_of (const Trial *trial, guint i)
{
  return g_array_index (trial->times, float, i);
}

static int
unit_of (const Trial *trial, guint i)
{
  return g_array_index (trial->units, int32_t, i);
}

static void
clear (Trial *trial)
{
  g_array_unref (trial->times);
  g_array_unref (trial->units);
}

/* --- one trial ---------------------------------------------------------------------------------------------------- */

static void
test_trial (void)
{
  const RheoDigitsConfig config = { 60, 40, 3, 0.5 };
  g_autoptr (RheoDigits) digits = rheo_digits_new (&config);
  int n_of[2][RHEO_DIGITS_CLASSES] = { { 0 } };
  Trial trial = { 0 };

  for (int i = 0; i < 100; i++)
    {
      const RheoSet set = i < 60 ? RHEO_SET_TRAIN : RHEO_SET_TEST;

      get_trial (digits, set, i < 60 ? i : i - 60, &trial);
      n_of[set != RHEO_SET_TRAIN][trial.label]++;
      g_assert_true (trial.speaker >= 0 && trial.speaker < RHEO_DIGITS_SPEAKERS);
      g_assert_true (set != RHEO_SET_TRAIN || (trial.speaker != 4 && trial.speaker != 5));
      for (guint k = 0; k < trial.times->len; k++)
        {
          g_assert_true (time_of (&trial, k) >= (k > 0 ? time_of (&trial, k - 1) : 0));
          g_assert_true (time_of (&trial, k) < 1.2f);
          g_assert_true (time_of (&trial, k) == rheo_half_round (time_of (&trial, k)));
          g_assert_true (unit_of (&trial, k) >= 0 && unit_of (&trial, k) < RHEO_DIGITS_CHANNELS);
        }
    }
  for (int c = 0; c < RHEO_DIGITS_CLASSES; c++)
    {
      g_assert_cmpint (n_of[0][c], ==, 3);
      g_assert_cmpint (n_of[1][c], ==, 2);
    }
  clear (&trial);
  g_assert_cmpuint (g_strv_length ((char **) rheo_digits_get_classes ()), ==, RHEO_DIGITS_CLASSES);
}

/* A trial is the same whenever it is made, and one of another seed or set is not. */
static void
test_address (void)
{
  RheoDigitsConfig config = { 60, 60, 3, 0.5 };
  g_autoptr (RheoDigits) digits = rheo_digits_new (&config), again = rheo_digits_new (&config), other = NULL;
  Trial a = { 0 }, b = { 0 };

  get_trial (digits, RHEO_SET_TRAIN, 11, &a);
  for (int i = 10; i < 12; i++)
    get_trial (again, RHEO_SET_TRAIN, i, &b);
  g_assert_cmpmem (a.times->data, a.times->len * sizeof (float), b.times->data, b.times->len * sizeof (float));
  g_assert_cmpmem (a.units->data, a.units->len * sizeof (int32_t), b.units->data, b.units->len * sizeof (int32_t));
  g_assert_cmpint (rheo_digits_get_label (digits, RHEO_SET_TRAIN, 11), ==, b.label);
  g_assert_cmpint (rheo_digits_get_speaker (digits, RHEO_SET_TRAIN, 11), ==, b.speaker);
  get_trial (again, RHEO_SET_TEST, 11, &b);
  g_assert_false (a.times->len == b.times->len && memcmp (a.times->data, b.times->data, a.times->len) == 0);
  config.seed = 4;
  other = rheo_digits_new (&config);
  get_trial (other, RHEO_SET_TRAIN, 11, &b);
  g_assert_false (a.times->len == b.times->len && memcmp (a.times->data, b.times->data, a.times->len) == 0);
  clear (&a);
  clear (&b);
}

/* --- many of them ------------------------------------------------------------------------------------------------- */

#define N_SEEDS 80
#define N_EACH 6

typedef struct
{
  double spikes, channels, last, occupied; /* means over trials; occupied: share of 100 bins of 10 ms */
} Facts;

static void
add_facts (const Trial *trial, Facts *facts)
{
  static uint8_t bin[100][RHEO_DIGITS_CHANNELS], seen[RHEO_DIGITS_CHANNELS];
  const double one = 1.0 / (N_SEEDS * N_EACH);

  memset (bin, 0, sizeof bin);
  memset (seen, 0, sizeof seen);
  for (guint k = 0; k < trial->times->len; k++)
    {
      const int at = (int) (time_of (trial, k) * 100), unit = unit_of (trial, k);

      facts->channels += one * !seen[unit];
      seen[unit] = 1;
      if (at >= 100)
        continue;
      facts->occupied += one * !bin[at][unit] / sizeof bin;
      bin[at][unit] = 1;
    }
  facts->spikes += one * trial->times->len;
  facts->last += one * (double) time_of (trial, trial->times->len - 1);
}

static void
test_facts (void)
{
  static const Facts wanted[] = { { 8294, 620, 0.78, 0.091 }, { 8740, 642, 0.78, 0.097 }, { 9173, 668, 0.78, 0.103 } };
  Trial trial = { 0 };

  for (guint q = 0; q < G_N_ELEMENTS (wanted); q++)
    {
      Facts facts = { 0 };
      int n_unseen = 0;

      /* Speakers differ from seed to seed by more than trials do: their loudness by 20 %. */
      for (guint64 seed = 1; seed <= N_SEEDS; seed++)
        {
          const RheoDigitsConfig config = { 0, N_EACH, seed, 0.5 * q };
          g_autoptr (RheoDigits) digits = rheo_digits_new (&config);

          for (int i = 0; i < N_EACH; i++)
            {
              get_trial (digits, RHEO_SET_TEST, i, &trial);
              add_facts (&trial, &facts);
              n_unseen += trial.speaker == 4 || trial.speaker == 5;
            }
        }
      g_test_message ("difficulty %.1f: %.0f spikes, %.0f channels, last at %.3f s, %.1f %% of bins", 0.5 * q,
                      facts.spikes, facts.channels, facts.last, 100 * facts.occupied);
      g_assert_cmpfloat_with_epsilon (facts.spikes, wanted[q].spikes, 0.06 * wanted[q].spikes);
      g_assert_cmpfloat_with_epsilon (facts.channels, wanted[q].channels, 0.03 * wanted[q].channels);
      g_assert_cmpfloat_with_epsilon (facts.last, wanted[q].last, 0.03);
      g_assert_cmpfloat_with_epsilon (facts.occupied, wanted[q].occupied, 0.006);
      g_assert_cmpfloat_with_epsilon (n_unseen / (double) (N_SEEDS * N_EACH), 0.72, 0.06);
    }
  clear (&trial);
}

/* --- how hard they are -------------------------------------------------------------------------------------------- */

#define N_TRAIN 800
#define N_TEST 300
#define N_PARTS 10  /* of 100 ms */
#define N_GROUPS 35 /* of 20 channels */
#define MOST (RHEO_DIGITS_CHANNELS + 1)

/* Counts of each channel, or of groups of channels in parts of the trial; then a 1. */
static void
make_features (const Trial *trial, gboolean in_time, double *x)
{
  const int n = in_time ? N_PARTS * N_GROUPS : RHEO_DIGITS_CHANNELS;

  memset (x, 0, (size_t) n * sizeof *x);
  for (guint k = 0; k < trial->times->len; k++)
    {
      const int part = MIN ((int) (time_of (trial, k) * 10), N_PARTS - 1);

      x[in_time ? part * N_GROUPS + unit_of (trial, k) / (RHEO_DIGITS_CHANNELS / N_GROUPS) : unit_of (trial, k)]++;
    }
  x[n] = 1;
}

/* Features of all trials, [trial][N]: the learned ones first. */
typedef struct
{
  double counts[N_TRAIN + N_TEST][MOST], in_time[N_TRAIN + N_TEST][N_PARTS * N_GROUPS + 1];
  int label[N_TRAIN + N_TEST];
} Features;

static void
fill_features (const RheoDigits *digits, Features *features)
{
  Trial trial = { 0 };

  for (int i = 0; i < N_TRAIN + N_TEST; i++)
    {
      get_trial (digits, i < N_TRAIN ? RHEO_SET_TRAIN : RHEO_SET_TEST, i < N_TRAIN ? i : i - N_TRAIN, &trial);
      features->label[i] = trial.label;
      make_features (&trial, FALSE, features->counts[i]);
      make_features (&trial, TRUE, features->in_time[i]);
    }
  clear (&trial);
}

/* Ridge regression onto classes 1, others 0, with lambda 100: share of the test trials whose class has the largest answer.
 * x: [trial][n] */
static double
classify (const double *x, int n, const int *label)
{
  g_autofree double *y = g_new0 (double, RHEO_DIGITS_CLASSES *N_TRAIN), *a = g_new (double, n *n);
  g_autofree double *w = g_new (double, RHEO_DIGITS_CLASSES *n), *answer = g_new (double, N_TEST *RHEO_DIGITS_CLASSES);
  int n_right = 0;

  for (int i = 0; i < N_TRAIN; i++)
    y[label[i] * N_TRAIN + i] = 1;
  rheo_multiply (true, false, n, n, N_TRAIN, 1, x, x, 0, a);
  rheo_multiply (false, false, RHEO_DIGITS_CLASSES, n, N_TRAIN, 1, y, x, 0, w);
  for (int j = 0; j < n - 1; j++)
    a[j * n + j] += 100;
  g_assert_true (rheo_solve_positive (n, a, RHEO_DIGITS_CLASSES, w));
  rheo_multiply (false, true, N_TEST, RHEO_DIGITS_CLASSES, n, 1, x + N_TRAIN * n, w, 0, answer);
  for (int i = 0; i < N_TEST; i++)
    {
      const double *mine = answer + i * RHEO_DIGITS_CLASSES;
      int best = 0;

      for (int c = 1; c < RHEO_DIGITS_CLASSES; c++)
        best = mine[c] > mine[best] ? c : best;
      n_right += best == label[N_TRAIN + i];
    }
  return n_right / (double) N_TEST;
}

/* Counts in time tell words apart, less well where they are harder; counts alone never do. What comes out depends on the two
 * speakers that were not heard: medians of twelve seeds are 0.99, 0.98 and 0.91, the lowest 0.97, 0.70 and 0.58. */
static void
test_difficulty (void)
{
  static const double range[][2] = { { 0.98, 1 }, { 0.94, 1 }, { 0.75, 0.96 } };
  g_autofree Features *features = g_new (Features, 1);

  for (guint q = 0; q < G_N_ELEMENTS (range); q++)
    {
      const RheoDigitsConfig config = { N_TRAIN, N_TEST, 1, 0.5 * q };
      g_autoptr (RheoDigits) digits = rheo_digits_new (&config);
      double counts, in_time;

      fill_features (digits, features);
      counts = classify (features->counts[0], MOST, features->label);
      in_time = classify (features->in_time[0], N_PARTS * N_GROUPS + 1, features->label);
      g_test_message ("difficulty %.1f: accuracy %.3f of counts, %.3f of counts in time", config.difficulty, counts,
                      in_time);
      g_assert_cmpfloat (counts, <=, 0.5);
      g_assert_cmpfloat (counts, >, 0.1);
      g_assert_cmpfloat (in_time, >=, range[q][0]);
      g_assert_cmpfloat (in_time, <=, range[q][1]);
    }
}

/* Times: all numbers of half precision, and what lies between two of them. */
static void
test_half (void)
{
  for (uint32_t bits = 0; bits < 0x7c00; bits++)
    {
      const uint32_t exponent = bits >> 10, part = bits & 0x3ff;
      const float x = exponent == 0 ? ldexpf ((float) part, -24) : ldexpf ((float) (part + 1024), (int) exponent - 25);
      const float gap = ldexpf (1, exponent == 0 ? -24 : (int) exponent - 25);

      g_assert_true (rheo_half_round (x) == x);
      g_assert_cmpuint (rheo_half_bits (x), ==, bits);
      if (bits == 0x7bff)
        break;
      g_assert_true (rheo_half_round (x + gap * 0.49f) == x);
      g_assert_true (rheo_half_round (x + gap * 0.51f) == x + gap);
      g_assert_true (rheo_half_round (x + gap * 0.5f) == (bits % 2 == 0 ? x : x + gap));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digits/half", test_half);
  g_test_add_func ("/digits/trial", test_trial);
  g_test_add_func ("/digits/address", test_address);
  g_test_add_func ("/digits/facts", test_facts);
  g_test_add_func ("/digits/difficulty", test_difficulty);
  return g_test_run ();
}
