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
#define N_SIDE 64

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

/* What differs between counters that are made side by side. */
typedef struct
{
  uint32_t block[N_SIDE], item[N_SIDE];
} Sides;

#ifdef RHEO_DOUBLE

static void
fill (RheoRng rng, uint32_t step, const Sides *side, RheoReal *out)
{
  for (uint32_t b = 0; b < N_SIDE; b++)
    {
      const RheoRng own = { rng.seed, rng.stream, rng.iteration, side->item[b] };
      philox4x32_ctr_t bits = draw (own, step, side->block[b]);

      for (int pair = 0; pair < 4; pair += 2)
        {
          double radius = sqrt (-2 * log (uniform (bits.v[pair]))), angle = TWO_PI * uniform (bits.v[pair + 1]);

          out[4 * b + (uint32_t) pair] = radius * cos (angle);
          out[4 * b + (uint32_t) pair + 1] = radius * sin (angle);
        }
    }
}

#else

/* -2 log u of u = (bits + 1/2) / 2^32. Near u = 1 the distance to 1 is taken from the integer, where it is exact. */
RHEO_ALWAYS_INLINE float
minus_two_log (uint32_t bits)
{
  float x = (float) bits + 0.5f, f, y, z, e;
  int32_t i, exponent;

  memcpy (&i, &x, sizeof i);
  exponent = (i - 0x3f3504f3) >> 23;
  i -= (int32_t) ((uint32_t) exponent << 23);
  memcpy (&f, &i, sizeof f);
  f = exponent == 32 ? -((float) ~bits + 0.5f) * 0x1p-32f : f - 1;
  e = (float) (exponent - 32);
  z = f * f;
  y = 7.0376836292e-2f;
  y = y * f - 1.1514610310e-1f;
  y = y * f + 1.1676998740e-1f;
  y = y * f - 1.2420140846e-1f;
  y = y * f + 1.4249322787e-1f;
  y = y * f - 1.6668057665e-1f;
  y = y * f + 2.0000714765e-1f;
  y = y * f - 2.4999993993e-1f;
  y = y * f + 3.3333331174e-1f;
  y = y * f * z - 2.12194440e-4f * e - 0.5f * z;
  return -2 * (f + y + 0.693359375f * e);
}

/* Cosine and sine of 2 pi (bits + 1/2) / 2^32: the quadrant is the integer's top. */
RHEO_ALWAYS_INLINE void
turn (uint32_t bits, float *cosine, float *sine)
{
  uint32_t quadrant = (bits + 0x20000000u) >> 30;
  float a = ((float) (int32_t) (bits - (quadrant << 30)) + 0.5f) * (float) (TWO_PI * 0x1p-32), z = a * a;
  float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * a + a;
  float c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1;
  float first = quadrant & 1 ? s : c, second = quadrant & 1 ? c : s;

  *cosine = (quadrant + 1) & 2 ? -first : first;
  *sine = quadrant & 2 ? -second : second;
}

/* Philox of N_SIDE counters, each in the low half of a 64-bit lane: one 32 x 32 product gives both halves that a round
 * needs, and what gathers in the high halves is never read. gcc makes three products of the same thing written in
 * plain C, hence the intrinsics. */
#define PHILOX(NAME, TARGET, VECTOR, PRODUCT)                                                                          \
  TARGET static void NAME (RheoRng rng, uint32_t step, const Sides *side, uint32_t bits[4][N_SIDE])                    \
  {                                                                                                                    \
    typedef uint64_t V __attribute__ ((vector_size (sizeof (VECTOR))));                                                \
    typedef uint32_t Half __attribute__ ((vector_size (sizeof (VECTOR) / 2)));                                         \
    const VECTOR m0 = (VECTOR) ((V){ 0 } + PHILOX_M4x32_0), m1 = (VECTOR) ((V){ 0 } + PHILOX_M4x32_1);                 \
    V key0[10], key1[10];                                                                                              \
                                                                                                                       \
    for (uint32_t round = 0; round < 10; round++)                                                                      \
      {                                                                                                                \
        key0[round] = (V){ 0 } + (fold (rng.seed) + round * PHILOX_W32_0);                                             \
        key1[round] = (V){ 0 } + (rng.stream + round * PHILOX_W32_1);                                                  \
      }                                                                                                                \
    for (uint32_t b = 0; b < N_SIDE; b += sizeof (V) / sizeof (uint64_t))                                              \
      {                                                                                                                \
        V x0, x1 = (V){ 0 } + step, x2, x3 = (V){ 0 } + rng.iteration;                                                 \
        Half out;                                                                                                      \
                                                                                                                       \
        memcpy (&out, side->block + b, sizeof out);                                                                    \
        x0 = __builtin_convertvector(out, V);                                                                          \
        memcpy (&out, side->item + b, sizeof out);                                                                     \
        x2 = __builtin_convertvector(out, V);                                                                          \
                                                                                                                       \
        for (int round = 0; round < 10; round++)                                                                       \
          {                                                                                                            \
            V product0 = (V) PRODUCT ((VECTOR) x0, m0), product1 = (V) PRODUCT ((VECTOR) x2, m1);                      \
                                                                                                                       \
            x0 = (product1 >> 32) ^ x1 ^ key0[round];                                                                  \
            x1 = product1;                                                                                             \
            x2 = (product0 >> 32) ^ x3 ^ key1[round];                                                                  \
            x3 = product0;                                                                                             \
          }                                                                                                            \
        out = __builtin_convertvector(x0, Half);                                                                       \
        memcpy (bits[0] + b, &out, sizeof out);                                                                        \
        out = __builtin_convertvector(x1, Half);                                                                       \
        memcpy (bits[1] + b, &out, sizeof out);                                                                        \
        out = __builtin_convertvector(x2, Half);                                                                       \
        memcpy (bits[2] + b, &out, sizeof out);                                                                        \
        out = __builtin_convertvector(x3, Half);                                                                       \
        memcpy (bits[3] + b, &out, sizeof out);                                                                        \
      }                                                                                                                \
  }

#ifdef __x86_64__

PHILOX (philox_v4, __attribute__ ((target ("arch=x86-64-v4"))), __m512i, _mm512_mul_epu32)
PHILOX (philox_v3, __attribute__ ((target ("arch=x86-64-v3"))), __m256i, _mm256_mul_epu32)
PHILOX (philox_v1, , __m128i, _mm_mul_epu32)

static void
many_bits (RheoRng rng, uint32_t step, const Sides *side, uint32_t bits[4][N_SIDE])
{
  if (__builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq"))
    philox_v4 (rng, step, side, bits);
  else if (__builtin_cpu_supports ("avx2"))
    philox_v3 (rng, step, side, bits);
  else
    philox_v1 (rng, step, side, bits);
}

#else

static void
many_bits (RheoRng rng, uint32_t step, const Sides *side, uint32_t bits[4][N_SIDE])
{
  for (uint32_t b = 0; b < N_SIDE; b++)
    {
      const RheoRng own = { rng.seed, rng.stream, rng.iteration, side->item[b] };
      philox4x32_ctr_t four = draw (own, step, side->block[b]);

      for (int i = 0; i < 4; i++)
        bits[i][b] = four.v[i];
    }
}

#endif

RHEO_MULTI static void
box_muller (uint32_t bits[4][N_SIDE], float *out)
{
  for (int b = 0; b < N_SIDE; b++)
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

static void
fill (RheoRng rng, uint32_t step, const Sides *side, RheoReal *out)
{
  uint32_t bits[4][N_SIDE];

  many_bits (rng, step, side, bits);
  box_muller (bits, out);
}

#endif

RHEO_MULTI static void
put (int n, RheoReal scale, bool add, const RheoReal *restrict from, RheoReal *restrict to)
{
  if (add)
    for (int i = 0; i < n; i++)
      to[i] += scale * from[i];
  else
    for (int i = 0; i < n; i++)
      to[i] = scale * from[i];
}

void
rheo_rng_normal_rows (RheoRng rng, uint32_t step, uint32_t first, int n, int n_rows, int stride, RheoReal scale,
                      bool add, RheoReal *out)
{
  const int n_blocks = (n + 3) / 4;
  int row = 0, block = 0;

  while (row < n_rows)
    {
      RheoReal drawn[4 * N_SIDE];
      Sides side;
      int end = row, place = block;

      /* Beyond the last row nothing is read of what is drawn. */
      for (int k = 0; k < N_SIDE; k++)
        {
          side.block[k] = first / 4 + (uint32_t) place;
          side.item[k] = rng.item + (uint32_t) end;
          if (++place == n_blocks)
            {
              place = 0;
              end++;
            }
        }
      fill (rng, step, &side, drawn);
      for (int k = 0; k < N_SIDE && row < n_rows;)
        {
          const int n_here = 4 * (n_blocks - block < N_SIDE - k ? n_blocks - block : N_SIDE - k);
          RheoReal *to = out + (size_t) row * (size_t) stride + 4 * block;

          put (n_here, scale, add, drawn + 4 * k, to);
          k += n_here / 4;
          block += n_here / 4;
          if (block == n_blocks)
            {
              block = 0;
              row++;
            }
        }
    }
}

void
rheo_rng_normals (RheoRng rng, uint32_t step, uint32_t first, int n, RheoReal *out)
{
  const int whole = n / 4 * 4;

  if (whole > 0)
    rheo_rng_normal_rows (rng, step, first, whole, 1, whole, 1, false, out);
  if (n > whole)
    {
      RheoReal rest[4];

      rheo_rng_normal_rows (rng, step, first + (uint32_t) whole, 4, 1, 4, 1, false, rest);
      memcpy (out + whole, rest, (size_t) (n - whole) * sizeof *out);
    }
}
