#include "config.h"

#include "engine/rng.h"

#include <glib.h>
#include <math.h>

/* The reference stream of Salmon et al. 2011 (kat_vectors of Random123): zero key and zero counter. */
static void
test_known_answer (void)
{
  const RheoRng zero = { 0 };
  const uint32_t expected[4] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };

  for (uint32_t i = 0; i < 4; i++)
    g_assert_cmphex (rheo_rng_bits (zero, 0, i), ==, expected[i]);
}

/* The address reaches every word of counter and key, each in its own place. */
static void
test_address (void)
{
  RheoRng rng = { .seed = 7, .stream = 3, .iteration = 2, .item = 1 }, other;
  const uint32_t here = rheo_rng_bits (rng, 5, 8);
  uint32_t block[4];

  rheo_rng_block (rng, 5, 2, block);
  for (uint32_t i = 0; i < 4; i++)
    g_assert_cmphex (block[i], ==, rheo_rng_bits (rng, 5, 8 + i));
  g_assert_cmphex (rheo_rng_bits (rng, 5, 8), ==, here);
  other = rng, other.seed = 8;
  g_assert_cmphex (rheo_rng_bits (other, 5, 8), !=, here);
  other = rng, other.seed = rng.seed | UINT64_C (1) << 40;
  g_assert_cmphex (rheo_rng_bits (other, 5, 8), !=, here);
  other = rng, other.stream = 4;
  g_assert_cmphex (rheo_rng_bits (other, 5, 8), !=, here);
  other = rng, other.iteration = 3;
  g_assert_cmphex (rheo_rng_bits (other, 5, 8), !=, here);
  other = rng, other.item = 2;
  g_assert_cmphex (rheo_rng_bits (other, 5, 8), !=, here);
  g_assert_cmphex (rheo_rng_bits (rng, 6, 8), !=, here);
  g_assert_cmphex (rheo_rng_bits (rng, 5, 9), !=, here);
  g_assert_cmphex (rheo_rng_bits (rng, 5, 12), !=, here);
}

static void
test_uniform (void)
{
  enum
  {
    N = 100000
  };
  const RheoRng rng = { .seed = 11, .stream = RHEO_STREAM_TASK };
  double sum = 0, squares = 0, after = 0, before = 0;
  int bins[16] = { 0 };
  double chi2 = 0;

  for (uint32_t i = 0; i < N; i++)
    {
      double u = rheo_rng_uniform (rng, 0, i);

      g_assert_cmpfloat (u, >, 0);
      g_assert_cmpfloat (u, <, 1);
      sum += u;
      squares += u * u;
      after += i > 0 ? (u - 0.5) * (before - 0.5) : 0;
      before = u;
      bins[(int) (u * 16)]++;
    }
  for (int i = 0; i < 16; i++)
    chi2 += (bins[i] - N / 16.) * (bins[i] - N / 16.) / (N / 16.);
  /* Five standard errors. */
  g_assert_cmpfloat (fabs (sum / N - 0.5), <, 5 / sqrt (12. * N));
  g_assert_cmpfloat (fabs (squares / N - 1 / 3.), <, 5 * sqrt (4. / 45 / N));
  g_assert_cmpfloat (fabs (after / N), <, 5 / (12 * sqrt (N)));
  g_assert_cmpfloat (chi2, <, 15 + 5 * sqrt (30));
}

/* The bits at both ends still give numbers inside (0, 1). */
static void
test_uniform_ends (void)
{
  const RheoRng rng = { .seed = 1 };
  uint32_t least = UINT32_MAX, most = 0, at_least = 0, at_most = 0;

  for (uint32_t i = 0; i < 4000000; i++)
    {
      uint32_t bits = rheo_rng_bits (rng, 0, i);

      if (bits < least)
        least = bits, at_least = i;
      if (bits > most)
        most = bits, at_most = i;
    }
  g_assert_cmpuint (least, <, 1 << 16);
  g_assert_cmpuint (most, >, UINT32_MAX - (1 << 16));
  g_assert_cmpfloat (rheo_rng_uniform (rng, 0, at_least), ==, (least + 0.5) / 4294967296.);
  g_assert_cmpfloat (rheo_rng_uniform (rng, 0, at_most), ==, (most + 0.5) / 4294967296.);
}

static void
moments (const RheoReal *x, int n, double m[5])
{
  for (int k = 1; k < 5; k++)
    {
      m[k] = 0;
      for (int i = 0; i < n; i++)
        m[k] += pow ((double) x[i], k) / n;
    }
}

static void
assert_normal (const RheoReal *x, int n)
{
  double m[5];

  moments (x, n, m);
  /* Variances of x, x^2, x^3, x^4 of a standard normal: 1, 2, 15, 96. Five standard errors. */
  g_assert_cmpfloat (fabs (m[1]), <, 5 * sqrt (1. / n));
  g_assert_cmpfloat (fabs (m[2] - 1), <, 5 * sqrt (2. / n));
  g_assert_cmpfloat (fabs (m[3]), <, 5 * sqrt (15. / n));
  g_assert_cmpfloat (fabs (m[4] - 3), <, 5 * sqrt (96. / n));
}

static double
correlation (const RheoReal *x, const RheoReal *y, int n)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (double) x[i] * (double) y[i];
  return sum / n;
}

static void
test_normal_moments (void)
{
  enum
  {
    N = 1 << 18
  };
  g_autofree RheoReal *x = g_new (RheoReal, N), *y = g_new (RheoReal, N);

  for (uint64_t seed = 1; seed <= 5; seed++)
    {
      RheoRng rng = { .seed = seed, .stream = RHEO_STREAM_NOISE, .iteration = 3, .item = 4 }, other;
      const double bound = 5 / sqrt (N);
      int n_far = 0;

      rheo_rng_normals (rng, 9, 0, N, x);
      assert_normal (x, N);
      for (int i = 0; i < N; i++)
        n_far += x[i] > 3 || x[i] < -3;
      /* P (|x| > 3) = 0.0027. */
      g_assert_cmpfloat (fabs (n_far - 0.0026998 * N), <, 5 * sqrt (0.0027 * N));

      /* Neighbours, pairs of one transformation, and every part of the address. */
      for (int lag = 1; lag <= 4; lag++)
        g_assert_cmpfloat (fabs (correlation (x, x + lag, N - lag)), <, bound);
      other = rng, other.iteration++;
      rheo_rng_normals (other, 9, 0, N, y);
      g_assert_cmpfloat (fabs (correlation (x, y, N)), <, bound);
      other = rng, other.item++;
      rheo_rng_normals (other, 9, 0, N, y);
      g_assert_cmpfloat (fabs (correlation (x, y, N)), <, bound);
      other = rng, other.stream++;
      rheo_rng_normals (other, 9, 0, N, y);
      g_assert_cmpfloat (fabs (correlation (x, y, N)), <, bound);
      rheo_rng_normals (rng, 10, 0, N, y);
      g_assert_cmpfloat (fabs (correlation (x, y, N)), <, bound);
      for (int i = 0; i < N; i++)
        {
          x[i] = (x[i] * x[i] - 1) / (RheoReal) sqrt (2);
          y[i] = (y[i] * y[i] - 1) / (RheoReal) sqrt (2);
        }
      g_assert_cmpfloat (fabs (correlation (x, y, N)), <, bound);
      g_assert_cmpfloat (fabs (correlation (x, x + 1, N - 1)), <, bound);
    }
}

/* One by one across the address that moves (item, step), not the index. */
static void
test_normal_across (void)
{
  enum
  {
    N = 1 << 16
  };
  g_autofree RheoReal *x = g_new (RheoReal, N);
  RheoRng rng = { .seed = 5, .stream = RHEO_STREAM_NOISE };

  for (uint32_t i = 0; i < N; i++)
    {
      rng.item = i;
      x[i] = (RheoReal) rheo_rng_normal (rng, 0, 1);
    }
  assert_normal (x, N);
  g_assert_cmpfloat (fabs (correlation (x, x + 1, N - 1)), <, 5 / sqrt (N));
  rng.item = 0;
  for (uint32_t i = 0; i < N; i++)
    x[i] = (RheoReal) rheo_rng_normal (rng, i, 2);
  assert_normal (x, N);
  g_assert_cmpfloat (fabs (correlation (x, x + 1, N - 1)), <, 5 / sqrt (N));
}

static void
test_normals_equal_normal (void)
{
  const int sizes[] = { 0, 1, 3, 4, 5, 63, 64, 255, 256, 257, 1000, 100003 };
  const double tolerance = sizeof (RheoReal) == sizeof (float) ? 2e-6 : 1e-14;
  g_autofree RheoReal *x = g_new (RheoReal, 100003 + 1);

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (uint32_t first = 0; first <= 4000; first += 4000)
      {
        const RheoRng rng = { .seed = 0x123456789abcdef, .stream = k, .iteration = 77, .item = 0xfffffff0 };

        x[sizes[k]] = 1234;
        rheo_rng_normals (rng, k, first, sizes[k], x);
        for (int i = 0; i < sizes[k]; i++)
          g_assert_cmpfloat_with_epsilon ((double) x[i], rheo_rng_normal (rng, k, first + (uint32_t) i), tolerance);
        g_assert_cmpfloat ((double) x[sizes[k]], ==, 1234);
      }
}

/* Rows lie a stride apart and each is an item of its own, whatever is drawn side by side; steps lie apart too. */
static void
test_normal_rows (void)
{
  const int sizes[] = { 1, 3, 4, 5, 50, 63, 64, 257, 131072, 140001 };
  const double tolerance = sizeof (RheoReal) == sizeof (float) ? 2e-6 : 1e-14;

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int n_rows = 1; n_rows <= 37; n_rows += sizes[k] < 1000 ? 4 : 36)
      for (int n_steps = 1; n_steps <= (sizes[k] < 1000 ? 7 : 2); n_steps += 2)
        {
          const RheoRng rng = { .seed = 5, .stream = RHEO_STREAM_NOISE, .iteration = 3, .item = 0xfffffff0 };
          const int stride = (sizes[k] + 7) / 4 * 4, step_size = (n_rows + n_steps % 3) * stride;
          const RheoRngRows rows = { sizes[k], n_rows, stride, n_steps, step_size };
          g_autofree RheoReal *x = g_new (RheoReal, (gsize) n_steps * (gsize) step_size);

          for (int i = 0; i < n_steps * step_size; i++)
            x[i] = 3;
          rheo_rng_normal_rows (rng, 11, 8, &rows, 2, TRUE, x);
          for (int row = 0; row < n_rows * n_steps; row++)
            {
              const RheoReal *at = x + row / n_rows * step_size + row % n_rows * stride;
              const uint32_t step = 11 + (uint32_t) (row / n_rows);
              RheoRng own = rng;

              own.item += (uint32_t) (row % n_rows);
              for (int i = 0; i < sizes[k]; i += sizes[k] < 1000 ? 1 : 997)
                g_assert_cmpfloat_with_epsilon ((double) at[i], 3 + 2 * rheo_rng_normal (own, step, 8 + (uint32_t) i),
                                                2 * tolerance);
              g_assert_cmpfloat ((double) at[(sizes[k] + 3) / 4 * 4], ==, 3);
            }
        }
}

static void
test_below (void)
{
  enum
  {
    N = 60000,
    SIDES = 6
  };
  const RheoRng rng = { .seed = 3, .stream = RHEO_STREAM_TASK };
  int count[SIDES] = { 0 };
  double chi2 = 0;

  for (uint32_t i = 0; i < N; i++)
    {
      uint32_t side = rheo_rng_below (rng, 0, i, SIDES);

      g_assert_cmpuint (side, <, SIDES);
      count[side]++;
    }
  for (int i = 0; i < SIDES; i++)
    chi2 += (count[i] - N / SIDES) * (count[i] - N / SIDES) / (double) (N / SIDES);
  g_assert_cmpfloat (chi2, <, 5 + 5 * sqrt (10));
  g_assert_cmpuint (rheo_rng_below (rng, 0, 0, 1), ==, 0);
}

static void
test_permute (void)
{
  const int sizes[] = { 0, 1, 2, 7, 1000 };
  int order[1000];
  int places[4][4] = { { 0 } };

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      gboolean seen[1000] = { FALSE };

      rheo_rng_permute ((RheoRng){ .seed = k }, 0, sizes[k], order);
      for (int i = 0; i < sizes[k]; i++)
        {
          g_assert_cmpint (order[i], >=, 0);
          g_assert_cmpint (order[i], <, sizes[k]);
          g_assert_false (seen[order[i]]);
          seen[order[i]] = TRUE;
        }
    }
  for (uint32_t k = 0; k < 40000; k++)
    {
      rheo_rng_permute ((RheoRng){ .seed = 9, .stream = RHEO_STREAM_ORDER, .iteration = k }, 0, 4, order);
      for (int i = 0; i < 4; i++)
        places[i][order[i]]++;
    }
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      g_assert_cmpfloat (fabs (places[i][j] - 10000.), <, 5 * sqrt (7500.));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/known-answer", test_known_answer);
  g_test_add_func ("/rng/address", test_address);
  g_test_add_func ("/rng/uniform", test_uniform);
  g_test_add_func ("/rng/uniform-ends", test_uniform_ends);
  g_test_add_func ("/rng/normal-moments", test_normal_moments);
  g_test_add_func ("/rng/normal-across", test_normal_across);
  g_test_add_func ("/rng/normals-equal-normal", test_normals_equal_normal);
  g_test_add_func ("/rng/normal-rows", test_normal_rows);
  g_test_add_func ("/rng/below", test_below);
  g_test_add_func ("/rng/permute", test_permute);
  return g_test_run ();
}
