#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <string.h>

#define BLOCK 2048 /* numbers that stay in the cache between two loops over them */

/* --- transformed values ----------------------------------------------------------------------------------------- */

/* The mathematical library takes them one by one; this is wrong in the last digit of a float at most, and many are worked
 * out at once (Moshier's polynomial, Cephes). x: positive and finite. */
static inline float
log_of (float x)
{
  const gboolean tiny = x < 1.17549435e-38F;
  const float whole = tiny ? x * 8388608.0F : x;
  uint32_t bits;
  float m, e, y, z;

  memcpy (&bits, &whole, sizeof bits);
  e = (float) ((int32_t) (bits >> 23) - 126) - (tiny ? 23.0F : 0.0F);
  bits = (bits & 0x007fffffu) | 0x3f000000u;
  memcpy (&m, &bits, sizeof m);
  e = m < 0.707106781186547524F ? e - 1 : e;
  m = m < 0.707106781186547524F ? m + m - 1 : m - 1;
  z = m * m;
  y = 7.0376836292e-2F;
  y = y * m - 1.1514610310e-1F;
  y = y * m + 1.1676998740e-1F;
  y = y * m - 1.2420140846e-1F;
  y = y * m + 1.4249322787e-1F;
  y = y * m - 1.6668057665e-1F;
  y = y * m + 2.0000714765e-1F;
  y = y * m - 2.4999993993e-1F;
  y = y * m + 3.3333331174e-1F;
  y = y * m * z - 2.12194440e-4F * e - 0.5F * z;
  return m + y + 0.693359375F * e;
}

RHEO_MULTI static void
take_log10 (float *v, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    v[i] = 0.43429448190325182765F * log_of (fabsf (v[i]));
}

/* What is lost of a small number where 1 is added to it is made good. */
RHEO_MULTI static void
take_log1p (float *v, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    {
      const float x = fabsf (v[i]), u = 1 + x;

      v[i] = log_of (u) + (x - (u - 1)) / u;
    }
}

RHEO_MULTI static int
count_kept (const float *v, int n, int zeros)
{
  int k = 0;

  for (int i = 0; i < n; i++)
    k += (fabsf (v[i]) <= G_MAXFLOAT) & ((v[i] != 0) | zeros);
  return k;
}

int64_t
rheo_plot_pack (const float *v, int64_t n, gboolean zeros, float *out)
{
  int64_t k = 0;

  for (int64_t first = 0; first < n; first += BLOCK)
    {
      const int size = (int) MIN (n - first, BLOCK), here = count_kept (v + first, size, zeros);
      const float *x = v + first;

      /* Of most matrices nearly nothing is left out, or nearly all. */
      if (here == size)
        memcpy (out + k, x, sizeof *x * (gsize) size);
      else if (here > 0)
        /* Without branches: where zeros are is random. */
        for (int i = 0, j = 0; i < size; i++)
          {
            out[k + j] = x[i];
            j += (fabsf (x[i]) <= G_MAXFLOAT) & ((x[i] != 0) | zeros);
          }
      k += here;
    }
  return k;
}

RHEO_MULTI static void
subtract (const float *a, const float *b, int64_t n, float *out)
{
  for (int64_t i = 0; i < n; i++)
    out[i] = a[i] - b[i];
}

float *
rheo_plot_gather (const RheoColumn *column, const RheoColumn *minus, RheoTransform transform, gboolean skip_zeros,
                  int64_t *n)
{
  const RheoVector all = rheo_vector (column);
  const RheoVector other = minus != NULL ? rheo_vector (minus) : (RheoVector){ 0 };
  const int64_t n_less = MIN (all.n, other.n);
  const gboolean zeros = !skip_zeros && transform != RHEO_TRANSFORM_LOG10_ABS;
  g_autofree float *own_a = NULL, *own_b = NULL;
  const float *a = rheo_vector_borrow (&all, &own_a);
  const float *b = minus != NULL ? rheo_vector_borrow (&other, &own_b) : NULL;
  float *v = g_new (float, MAX (all.n, 1)), less[BLOCK];
  int64_t k = 0;

  for (int64_t first = 0; first < all.n; first += BLOCK)
    {
      const int64_t size = MIN (all.n - first, BLOCK), part = CLAMP (n_less - first, 0, size), before = k;
      const float *x = a + first;

      if (part > 0)
        {
          subtract (x, b + first, part, less);
          memcpy (less + part, x + part, sizeof *less * (gsize) (size - part));
          x = less;
        }
      k += rheo_plot_pack (x, size, zeros, v + k);
      if (transform == RHEO_TRANSFORM_LOG1P_ABS)
        take_log1p (v + before, k - before);
      else if (transform == RHEO_TRANSFORM_LOG10_ABS)
        take_log10 (v + before, k - before);
      else if (transform == RHEO_TRANSFORM_ABS)
        for (int64_t i = before; i < k; i++)
          v[i] = fabsf (v[i]);
    }
  *n = k;
  return v;
}

/* --- order ------------------------------------------------------------------------------------------------------- */

/* Floats as integers in the same order. */
static inline uint32_t
order_of (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static inline float
value_of (uint32_t order)
{
  uint32_t bits = order & 0x80000000u ? order & 0x7fffffffu : ~order;
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* A radix search from the highest bits down: linear in n whatever the data are. After the first level only those numbers
 * are looked at that share their highest bits with one that is wanted, which mostly are few. What no rank falls into is
 * counted too, in a place of its own, because a branch that cannot be foreseen costs more than that. */
#define LEVELS 3
static const int level_shift[LEVELS] = { 19, 9, 0 }, level_bits[LEVELS] = { 13, 10, 9 };

static void
count_all (const float *v, int64_t n, uint32_t *count)
{
  const int bits = level_bits[0], shift = level_shift[0];
  g_autofree uint32_t *odd = g_new0 (uint32_t, 1 << bits);
  int64_t i = 0;

  /* Neighbours are often alike, and what has just been counted up must not be waited for. */
  for (; i + 1 < n; i += 2)
    {
      count[order_of (v[i]) >> shift]++;
      odd[order_of (v[i + 1]) >> shift]++;
    }
  if (i < n)
    count[order_of (v[i]) >> shift]++;
  for (int bin = 0; bin < 1 << bits; bin++)
    count[bin] += odd[bin];
}

/* Those whose highest bits have a slot: `n_left` of them. */
static uint32_t *
pick_left (const float *v, int64_t n, const uint16_t *slot, int64_t n_left)
{
  uint32_t *left = g_new (uint32_t, n_left + 1);
  int64_t k = 0;

  for (int64_t i = 0; i < n; i++)
    {
      const uint32_t order = order_of (v[i]);

      left[k] = order;
      k += slot[order >> level_shift[0]] != 0;
    }
  return left;
}

void
rheo_plot_ranks (const float *v, int64_t n, const int64_t *rank, int n_ranks, float *out)
{
  const int most = n_ranks + 1;
  g_autofree int64_t *within = g_memdup2 (rank, sizeof *rank * (gsize) n_ranks); /* what its higher bits share */
  g_autofree uint32_t *found = g_new0 (uint32_t, n_ranks), *count = NULL, *left = NULL;
  g_autofree int *slot_of_rank = g_new0 (int, n_ranks);
  /* Where the numbers with the same higher bits are counted; 0: of no account. */
  g_autofree uint16_t *slot = g_new0 (uint16_t, 1 << level_bits[0]), *next = NULL;
  int64_t n_left = 0;
  int n_slots = 0;

  next = g_new0 (uint16_t, (gsize) most << level_bits[1]);
  count = g_new0 (uint32_t, MAX ((gsize) 1 << level_bits[0], (gsize) most << level_bits[1]));
  for (int level = 0; level < LEVELS; level++)
    {
      const int shift = level_shift[level], bits = level_bits[level];
      const uint32_t mask = (1u << bits) - 1;
      uint16_t *mine = level == 0 ? slot : next;
      int n_next = 0;

      if (level > 0)
        memset (count, 0, sizeof *count * ((gsize) (n_slots + 1) << bits));
      if (level == 0)
        count_all (v, n, count);
      else if (level == 1)
        for (int64_t i = 0; i < n_left; i++)
          count[((gsize) slot[left[i] >> level_shift[0]] << bits) + (left[i] >> shift & mask)]++;
      else
        for (int64_t i = 0; i < n_left; i++)
          {
            const gsize above = (gsize) slot[left[i] >> level_shift[0]] << level_bits[1];
            const uint32_t middle = left[i] >> level_shift[1] & ((1u << level_bits[1]) - 1);

            count[((gsize) next[above + middle] << bits) + (left[i] & mask)]++;
          }
      for (int i = 0; i < n_ranks; i++)
        {
          const gsize first = (gsize) slot_of_rank[i] << bits;
          uint32_t bin = 0;

          while (count[first + bin] <= within[i])
            within[i] -= count[first + bin++];
          found[i] |= bin << shift;
          if (level == LEVELS - 1)
            continue;
          if (mine[first + bin] == 0)
            {
              mine[first + bin] = (uint16_t) ++n_next;
              n_left += level == 0 ? count[bin] : 0;
            }
          slot_of_rank[i] = mine[first + bin];
        }
      n_slots = n_next;
      if (level == 0)
        left = pick_left (v, n, slot, n_left);
    }
  for (int i = 0; i < n_ranks; i++)
    out[i] = value_of (found[i]);
}

void
rheo_plot_quantiles (const float *v, int64_t n, const double *p, int n_p, double *out)
{
  g_autofree int64_t *rank = g_new (int64_t, 2 * n_p);
  g_autofree float *at = g_new (float, 2 * n_p);

  for (int i = 0; i < n_p && n == 0; i++)
    out[i] = NAN;
  if (n == 0)
    return;
  for (int i = 0; i < 2 * n_p; i++)
    rank[i] = CLAMP ((int64_t) floor (p[i / 2] * (double) (n - 1)) + i % 2, 0, n - 1);
  rheo_plot_ranks (v, n, rank, 2 * n_p, at);
  for (int i = 0; i < n_p; i++)
    {
      const double low = at[2 * i], high = at[2 * i + 1];
      double f = p[i] * (double) (n - 1);

      f -= floor (f);
      out[i] = f > 0 ? low + f * (high - low) : low;
    }
}

double
rheo_plot_quantile_beside_zeros (const float *v, int64_t n, int64_t n_zeros, double p)
{
  const double at = p * (double) (n + n_zeros - 1), f = at - floor (at);
  const int64_t below = (int64_t) floor (at) - n_zeros, above = MIN (below + 1, n - 1);
  const int64_t rank[2] = { MAX (below, 0), MAX (above, 0) };
  float ends[2];

  if (n == 0)
    return n_zeros > 0 ? 0 : NAN;
  rheo_plot_ranks (v, n, rank, 2, ends);
  return (1 - f) * (below >= 0 ? ends[0] : 0) + f * (above >= 0 ? ends[1] : 0);
}

/* --- density ----------------------------------------------------------------------------------------------------- */

#define FINE 4096
#define LANES 16

typedef struct
{
  double sum[LANES], squares[LANES]; /* shares of the sums, so that many are added at once */
} Sums;

/* What falls outside goes into a place of its own. */
RHEO_MULTI static void
find_places (const float *v, int n, float lo, float per_step, int32_t *place, Sums *sums)
{
  int i = 0;

  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++)
      {
        const double x = v[i + k];

        sums->sum[k] += x;
        sums->squares[k] += x * x;
      }
  for (; i < n; i++)
    {
      sums->sum[0] += v[i];
      sums->squares[0] += (double) v[i] * v[i];
    }
  for (i = 0; i < n; i++)
    {
      const float u = (v[i] - lo) * per_step;

      place[i] = (u >= 0) & (u < FINE) ? (int32_t) u : FINE;
    }
}

/* Gaussians at all steps from `middle` on one side, from its neighbours: exp (-(d + s)² / 2) = exp (-d² / 2) r, and r itself
 * shrinks by the same factor at each step. */
static double
sum_side (const double *count, int from, int to, int direction, double d, double step)
{
  const double shrink = exp (-step * step);
  double weight = exp (-0.5 * d * d), ratio = exp (-d * step - 0.5 * step * step), total = 0;

  for (int k = from; direction > 0 ? k <= to : k >= to; k += direction)
    {
      total += count[k] * weight;
      weight *= ratio;
      ratio *= shrink;
    }
  return total;
}

/* The kernel at `at`, in steps from the lower end, summed over what was counted at the middles of the steps. */
static double
sum_kernel (const double *count, double at, double h, int reach)
{
  const int middle = (int) CLAMP (floor (at), -1e6, 1e6);
  const int first = MAX (middle - reach, 0), last = MIN (middle + reach, FINE - 1);
  const int up = MAX (middle, 0), down = MIN (middle - 1, FINE - 1);

  return (up <= last ? sum_side (count, up, last, 1, (up + 0.5 - at) / h, 1 / h) : 0)
         + (down >= first ? sum_side (count, down, first, -1, (at - down - 0.5) / h, 1 / h) : 0);
}

/* Counts on a fine grid, then one Gaussian sum (Silverman 1982, without the Fourier transform): the grid is many times
 * finer than the bandwidth, so the result is that of the exact sum to about 1e-4 of the peak. */
double
rheo_plot_density (const float *v, int64_t n, const double quartile[2], gboolean bounded, double lo, double hi,
                   int n_grid, double *out)
{
  g_autofree uint32_t *number = g_new0 (uint32_t, FINE + 1);
  g_autofree double *count = g_new (double, FINE);
  const double step = (hi - lo) / FINE;
  double sum = 0, sum2 = 0, sd, h;
  int32_t place[BLOCK];
  Sums sums = { 0 };
  int reach;

  for (int i = 0; i < n_grid; i++)
    out[i] = 0;
  if (n == 0 || !(hi > lo))
    return 0;
  for (int64_t first = 0; first < n; first += BLOCK)
    {
      const int size = (int) MIN (n - first, BLOCK);

      find_places (v + first, size, (float) lo, (float) (1 / step), place, &sums);
      for (int i = 0; i < size; i++)
        number[place[i]]++;
    }
  for (int k = 0; k < LANES; k++)
    {
      sum += sums.sum[k];
      sum2 += sums.squares[k];
    }
  for (int k = 0; k < FINE; k++)
    count[k] = number[k];
  sd = sqrt (MAX (sum2 / n - sum / n * (sum / n), 0));
  h = 0.9 * (quartile[1] > quartile[0] ? MIN (sd, (quartile[1] - quartile[0]) / 1.34) : sd) * pow (n, -0.2);
  h = MAX (h, 2 * step);
  reach = (int) ceil (4 * h / step);
  for (int g = 0; g < n_grid; g++)
    {
      const double at = lo + (hi - lo) * g / (n_grid - 1);

      if (bounded && at < 0)
        continue;
      out[g] = sum_kernel (count, (at - lo) / step, h / step, reach);
      if (bounded)
        out[g] += sum_kernel (count, (-at - lo) / step, h / step, reach);
      out[g] /= n * h * sqrt (2 * RHEO_PLOT_PI);
    }
  return h;
}
