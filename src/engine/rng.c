#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rng.h"

#include <math.h>
#include <string.h>

#include <Random123/philox.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define TWO_PI 6.283185307179586476925286766559

/* Counters made side by side: one vector loop over them keeps everything in registers. */
#define N_SIDE 256

static uint32_t
fold (uint64_t seed)
{
  return (uint32_t) seed ^ (uint32_t) (seed >> 32);
}

static philox4x32_ctr_t
draw (RheoRng rng, uint32_t step, uint32_t block)
{
  philox4x32_ctr_t counter = { { block, step, rng.item, rng.iteration } };
  philox4x32_key_t key = { { fold (rng.seed), rng.stream } };

  return philox4x32 (counter, key);
}

static double
uniform (uint32_t bits)
{
  return (bits + 0.5) * 0x1p-32;
}

uint32_t
rheo_rng_bits (RheoRng rng, uint32_t step, uint32_t index)
{
  return draw (rng, step, index / 4).v[index % 4];
}

void
rheo_rng_block (RheoRng rng, uint32_t step, uint32_t block, uint32_t out[4])
{
  const philox4x32_ctr_t bits = draw (rng, step, block);

  memcpy (out, bits.v, sizeof bits.v);
}

double
rheo_rng_uniform (RheoRng rng, uint32_t step, uint32_t index)
{
  return uniform (rheo_rng_bits (rng, step, index));
}

/* Box and Muller 1958: two uniforms of one block give the two normals at their places. */
double
rheo_rng_normal (RheoRng rng, uint32_t step, uint32_t index)
{
  philox4x32_ctr_t bits = draw (rng, step, index / 4);
  const uint32_t *pair = bits.v + (index & 2);
  double radius = sqrt (-2 * log (uniform (pair[0]))), angle = TWO_PI * uniform (pair[1]);

  return radius * (index & 1 ? sin (angle) : cos (angle));
}

uint32_t
rheo_rng_below (RheoRng rng, uint32_t step, uint32_t index, uint32_t n)
{
  return (uint32_t) (((uint64_t) rheo_rng_bits (rng, step, index) * n) >> 32);
}

void
rheo_rng_permute (RheoRng rng, uint32_t step, int n, int *out)
{
  philox4x32_ctr_t bits = { { 0 } };

  for (int i = 0; i < n; i++)
    {
      uint32_t j;

      if (i % 4 == 0)
        bits = draw (rng, step, (uint32_t) i / 4);
      j = (uint32_t) (((uint64_t) bits.v[i % 4] * (uint32_t) (i + 1)) >> 32);
      out[i] = out[j];
      out[j] = i;
    }
}

/* Rows of n_blocks counters each, numbered through, in steps of n_rows rows each. */
typedef struct
{
  uint32_t first;         /* block where each row begins */
  uint32_t n_blocks;      /* at most MOST */
  uint32_t inverse;       /* 2^31 / n_blocks, rounded up: row of counter q = q inverse >> 31, exact below 2^31 */
  uint32_t row;           /* of counter 0, in its step */
  uint32_t n_rows;        /* at most MOST */
  uint32_t inverse_steps; /* the same of n_rows */
} Rows;

#define MOST (1u << 15)

#if defined RHEO_DOUBLE || !defined __x86_64__

/* What counter q draws. */
static philox4x32_ctr_t
draw_of_rows (RheoRng rng, uint32_t step, const Rows *rows, uint32_t q)
{
  const uint32_t row = (uint32_t) ((uint64_t) q * rows->inverse >> 31), of_all = rows->row + row;
  const uint32_t steps = (uint32_t) ((uint64_t) of_all * rows->inverse_steps >> 31);

  rng.item += of_all - steps * rows->n_rows;
  return draw (rng, step + steps, rows->first + q - row * rows->n_blocks);
}

#endif

#ifdef RHEO_DOUBLE

/* Normals of n counters from q on, n at most N_SIDE; more may be written, up to N_SIDE. */
static void
fill (RheoRng rng, uint32_t step, const Rows *rows, uint32_t q, int n, RheoReal *out)
{
  for (uint32_t b = 0; b < (uint32_t) n; b++)
    {
      philox4x32_ctr_t bits = draw_of_rows (rng, step, rows, q + b);

      for (int pair = 0; pair < 4; pair += 2)
        {
          double radius = sqrt (-2 * log (uniform (bits.v[pair]))), angle = TWO_PI * uniform (bits.v[pair + 1]);

          out[4 * b + (uint32_t) pair] = radius * cos (angle);
          out[4 * b + (uint32_t) pair + 1] = radius * sin (angle);
        }
    }
}

#else

/* -2 log u of u = (bits + 1/2) / 2^32 = 2^e (1 + f), f from sqrt (1/2) - 1 to sqrt 2 - 1; relative error 4e-7. Near
 * u = 1 the distance to 1 is taken from the integer, where it is exact. The coefficients are the minimax polynomial of
 * (log (1 + f) - f + f^2 / 2) / f^3, times -2. */
RHEO_ALWAYS_INLINE float
minus_two_log (uint32_t bits)
{
  float x = (float) bits + 0.5f, f, y, z;
  int32_t i, exponent;

  memcpy (&i, &x, sizeof i);
  exponent = (i - 0x3f3504f3) >> 23;
  i -= (int32_t) ((uint32_t) exponent << 23);
  memcpy (&f, &i, sizeof f);
  f = exponent == 32 ? (float) ~bits * -0x1p-32f - 0x1p-33f : f - 1;
  z = f * f;
  y = 2.1055789896e-1f;
  y = y * f - 3.2245937959e-1f;
  y = y * f + 3.4166286396e-1f;
  y = y * f - 3.9825960360e-1f;
  y = y * f + 4.9971151267e-1f;
  y = y * f - 6.6668979750e-1f;
  return y * (f * z) + (z - 2 * f) - 1.38629436112f * (float) (exponent - 32);
}

/* Cosine and sine of 2 pi (bits + 1/2) / 2^32. The two uppermost bits, rounded, are the quadrant; those below, with
 * their sign, the angle within it. */
RHEO_ALWAYS_INLINE void
turn (uint32_t bits, float *cosine, float *sine)
{
  const uint32_t rounded = bits + 0x20000000u, ahead = rounded + 0x40000000u, sign = 0x80000000u;
  const bool swapped = rounded & 0x40000000u;
  float a = (float) (int32_t) (bits << 2) * (float) (TWO_PI * 0x1p-34) + (float) (TWO_PI * 0x1p-33), z = a * a;
  float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * (z * a) + a;
  float c =
      ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * (z * z) + (1 - 0.5f * z);
  float first = swapped ? s : c, second = swapped ? c : s;
  uint32_t of_first, of_second;

  memcpy (&of_first, &first, sizeof first);
  memcpy (&of_second, &second, sizeof second);
  of_first ^= ahead & sign;
  of_second ^= rounded & sign;
  memcpy (cosine, &of_first, sizeof of_first);
  memcpy (sine, &of_second, sizeof of_second);
}

/* A group of counters, as many as a vector has words: four normals of each. */
RHEO_ALWAYS_INLINE void
box_muller (const int n, const uint32_t *const bits[4], float *out)
{
  RHEO_IVDEP
  for (int b = 0; b < n; b++)
    {
      float radius0 = sqrtf (minus_two_log (bits[0][b])), radius1 = sqrtf (minus_two_log (bits[2][b]));
      float c0, s0, c1, s1;

      turn (bits[1][b], &c0, &s0);
      turn (bits[3][b], &c1, &s1);
      out[4 * b] = radius0 * c0;
      out[4 * b + 1] = radius0 * s0;
      out[4 * b + 2] = radius1 * c1;
      out[4 * b + 3] = radius1 * s1;
    }
}

/* Philox of counters, each in the low half of a 64-bit lane: one 32 x 32 product gives both halves that a round
 * needs, and what gathers in the high halves is never read. gcc makes three products of the same thing written in
 * plain C, hence the intrinsics. Pairs of vectors, as many as registers hold, go side by side, since a round waits for the
 * one before; the low halves of a pair make one vector of words. */
#define FILL(NAME, TARGET, VECTOR, PRODUCT, PAIRS, ...)                                                                \
  TARGET static void NAME (RheoRng rng, uint32_t step, const Rows *rows, uint32_t q, int n, float *out)                \
  {                                                                                                                    \
    enum                                                                                                               \
    {                                                                                                                  \
      WIDTH = sizeof (VECTOR) / sizeof (uint32_t)                                                                      \
    };                                                                                                                 \
    typedef uint64_t V __attribute__ ((vector_size (sizeof (VECTOR))));                                                \
    typedef uint32_t Words __attribute__ ((vector_size (sizeof (VECTOR))));                                            \
    const VECTOR m0 = (VECTOR) ((V){ 0 } + PHILOX_M4x32_0), m1 = (VECTOR) ((V){ 0 } + PHILOX_M4x32_1);                 \
    const VECTOR inverse = (VECTOR) ((V){ 0 } + rows->inverse), n_blocks = (VECTOR) ((V){ 0 } + rows->n_blocks);       \
    const VECTOR inverse_steps = (VECTOR) ((V){ 0 } + rows->inverse_steps);                                            \
    const VECTOR n_rows = (VECTOR) ((V){ 0 } + rows->n_rows);                                                          \
    V count;                                                                                                           \
    V key0[10], key1[10];                                                                                              \
                                                                                                                       \
    for (uint32_t round = 0; round < 10; round++)                                                                      \
      {                                                                                                                \
        key0[round] = (V){ 0 } + (fold (rng.seed) + round * PHILOX_W32_0);                                             \
        key1[round] = (V){ 0 } + (rng.stream + round * PHILOX_W32_1);                                                  \
      }                                                                                                                \
    for (int k = 0; k < WIDTH / 2; k++)                                                                                \
      count[k] = (uint64_t) k;                                                                                         \
    for (int b = 0; b < n; b += PAIRS * WIDTH)                                                                         \
      {                                                                                                                \
        V x[4][2 * PAIRS];                                                                                             \
                                                                                                                       \
        for (int k = 0; k < 2 * PAIRS; k++)                                                                            \
          {                                                                                                            \
            V at = count + (q + (uint32_t) (b + k * WIDTH / 2)), row = (V) PRODUCT ((VECTOR) at, inverse) >> 31;       \
            V of_all = row + rows->row, steps = (V) PRODUCT ((VECTOR) of_all, inverse_steps) >> 31;                    \
                                                                                                                       \
            x[0][k] = at + rows->first - (V) PRODUCT ((VECTOR) row, n_blocks);                                         \
            x[1][k] = steps + step;                                                                                    \
            x[2][k] = of_all + rng.item - (V) PRODUCT ((VECTOR) steps, n_rows);                                        \
            x[3][k] = (V){ 0 } + rng.iteration;                                                                        \
          }                                                                                                            \
        for (int round = 0; round < 10; round++)                                                                       \
          for (int k = 0; k < 2 * PAIRS; k++)                                                                          \
            {                                                                                                          \
              V product0 = (V) PRODUCT ((VECTOR) x[0][k], m0), product1 = (V) PRODUCT ((VECTOR) x[2][k], m1);          \
                                                                                                                       \
              x[0][k] = (product1 >> 32) ^ x[1][k] ^ key0[round];                                                      \
              x[1][k] = product1;                                                                                      \
              x[2][k] = (product0 >> 32) ^ x[3][k] ^ key1[round];                                                      \
              x[3][k] = product0;                                                                                      \
            }                                                                                                          \
        for (int pair = 0; pair < PAIRS; pair++)                                                                       \
          {                                                                                                            \
            Words word[4];                                                                                             \
            const uint32_t *const bits[4] = { (uint32_t *) &word[0], (uint32_t *) &word[1], (uint32_t *) &word[2],     \
                                              (uint32_t *) &word[3] };                                                 \
                                                                                                                       \
            for (int i = 0; i < 4; i++)                                                                                \
              word[i] = __builtin_shufflevector ((Words) x[i][2 * pair], (Words) x[i][2 * pair + 1], __VA_ARGS__);     \
            box_muller (WIDTH, bits, out + 4 * (b + pair * WIDTH));                                                    \
          }                                                                                                            \
      }                                                                                                                \
  }

#ifdef __x86_64__

FILL (fill_v4, __attribute__ ((target ("arch=x86-64-v4"))), __m512i, _mm512_mul_epu32, 2, 0, 2, 4, 6, 8, 10, 12, 14, 16,
      18, 20, 22, 24, 26, 28, 30)
FILL (fill_v3, __attribute__ ((target ("arch=x86-64-v3"))), __m256i, _mm256_mul_epu32, 1, 0, 2, 4, 6, 8, 10, 12, 14)
FILL (fill_v1, , __m128i, _mm_mul_epu32, 1, 0, 2, 4, 6)

static void
fill (RheoRng rng, uint32_t step, const Rows *rows, uint32_t q, int n, float *out)
{
  if (__builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq"))
    fill_v4 (rng, step, rows, q, n, out);
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    fill_v3 (rng, step, rows, q, n, out);
  else
    fill_v1 (rng, step, rows, q, n, out);
}

#else

static void
fill (RheoRng rng, uint32_t step, const Rows *rows, uint32_t q, int n, float *out)
{
  uint32_t word[4][N_SIDE];
  const uint32_t *const bits[4] = { word[0], word[1], word[2], word[3] };

  for (uint32_t b = 0; b < (uint32_t) n; b++)
    {
      philox4x32_ctr_t four = draw_of_rows (rng, step, rows, q + b);

      for (int i = 0; i < 4; i++)
        word[i][b] = four.v[i];
    }
  box_muller (n, bits, out);
}

#endif

#endif

/* n is a multiple of 4. */
RHEO_MULTI static void
put_long (int n, RheoReal scale, bool add, const RheoReal *restrict from, RheoReal *restrict to)
{
  int i = 0;

  for (; i + 16 <= n; i += 16)
    for (int k = i; k < i + 16; k++)
      to[k] = (add ? to[k] : 0) + scale * from[k];
  for (; i < n; i += 4)
    for (int k = i; k < i + 4; k++)
      to[k] = (add ? to[k] : 0) + scale * from[k];
}

static inline void
put (int n, RheoReal scale, bool add, const RheoReal *restrict from, RheoReal *restrict to)
{
  if (n > 4)
    put_long (n, scale, add, from, to);
  else
    for (int k = 0; k < 4; k++)
      to[k] = (add ? to[k] : 0) + scale * from[k];
}

void
rheo_rng_normal_rows (RheoRng rng, uint32_t step, uint32_t first, const RheoRngRows *to, RheoReal scale, bool add,
                      RheoReal *out)
{
  const int n_blocks = (to->n + 3) / 4, n_all = to->n_rows * to->n_steps, most = (int) MOST;
  Rows rows = { .first = first / 4, .n_blocks = (uint32_t) n_blocks, .n_rows = (uint32_t) to->n_rows };
  RheoReal *begin = out; /* of the row */
  int row = 0, of_step = 0, block = 0;

  if (to->n <= 0 || n_all <= 0)
    return;
  if (n_blocks > most || to->n_rows > most)
    {
      for (int i = 0; i < n_all; i++)
        for (int done = 0; done < to->n; done += 4 * most)
          {
            const RheoRngRows part = { .n = to->n - done < 4 * most ? to->n - done : 4 * most,
                                       .n_rows = 1,
                                       .n_steps = 1 };
            RheoRng own = rng;

            own.item += (uint32_t) (i % to->n_rows);
            rheo_rng_normal_rows (own, step + (uint32_t) (i / to->n_rows), first + (uint32_t) done, &part, scale, add,
                                  out + i / to->n_rows * to->step_size + (int64_t) (i % to->n_rows) * to->stride
                                      + done);
          }
      return;
    }
  rows.inverse = (1u << 31) / rows.n_blocks + 1;
  rows.inverse_steps = (1u << 31) / rows.n_rows + 1;
  while (row < n_all)
    {
      RheoReal drawn[4 * N_SIDE];
      const int64_t left = (int64_t) (n_all - row) * n_blocks - block;
      const int n_side = left < N_SIDE ? (int) left : N_SIDE;

      rows.row = (uint32_t) of_step;
      fill (rng, step, &rows, (uint32_t) block, n_side, drawn);
      for (int k = 0; k < n_side;)
        {
          const int n_here = n_blocks - block < n_side - k ? n_blocks - block : n_side - k;

          put (4 * n_here, scale, add, drawn + 4 * k, begin + 4 * block);
          k += n_here;
          block += n_here;
          if (block < n_blocks)
            continue;
          block = 0;
          row++;
          begin += to->stride;
          if (++of_step == to->n_rows)
            {
              of_step = 0;
              step++;
              begin = out += to->step_size;
            }
        }
    }
}

void
rheo_rng_normals (RheoRng rng, uint32_t step, uint32_t first, int n, RheoReal *out)
{
  const int whole = n / 4 * 4;

  if (whole > 0)
    rheo_rng_normal_rows (rng, step, first, &(RheoRngRows){ .n = whole, .n_rows = 1, .n_steps = 1 }, 1, false, out);
  if (n > whole)
    {
      RheoReal rest[4];

      rheo_rng_normal_rows (rng, step, first + (uint32_t) whole, &(RheoRngRows){ .n = 4, .n_rows = 1, .n_steps = 1 }, 1,
                            false, rest);
      memcpy (out + whole, rest, (size_t) (n - whole) * sizeof *out);
    }
}
