/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Functions of one number for the loops of cells: without calls, so that the loops vectorise. */
#pragma once

#include "../cells.h"

#include <string.h>

/* e^x to rounding, 0 where that would be below the normal numbers; without a call, since the loops below must vectorise. */
RHEO_ALWAYS_INLINE RheoReal
rheo_cell_exp (RheoReal x)
{
#ifdef RHEO_DOUBLE
  const double given = x;
  double n, r, p, scale;
  int64_t bits;

  x = x < -708 ? -708 : x > 708 ? 708 : x;
  n = x * 1.4426950408889634 + 6755399441055744.0;
  n -= 6755399441055744.0;
  r = x - n * 6.93147180369123816490e-01;
  r -= n * 1.90821492927058770002e-10;
  p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  bits = ((int64_t) n + 1023) * ((int64_t) 1 << 52);
#else
  const float given = x;
  float n, r, p, scale;
  int32_t bits;

  x = x < -87 ? -87 : x > 88 ? 88 : x;
  n = x * 1.44269504f + 12582912.0f;
  n -= 12582912.0f;
  r = x - n * 0.693359375f;
  r += n * 2.12194440e-4f;
  p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1;
  p = p * r + 1;
  bits = ((int32_t) n + 127) * (1 << 23);
#endif
  memcpy (&scale, &bits, sizeof scale);
  return given < x ? 0 : p * scale;
}

/* What a decay with a time constant of tau steps takes away in one, 1 - e^(-1 / tau), to rounding for large tau as well; what it
 * leaves, e^(-1 / tau), to *left. */
RHEO_ALWAYS_INLINE RheoReal
rheo_cell_lost (RheoReal tau, RheoReal *left)
{
  const RheoReal one = 1, x = -1 / tau;
  RheoReal series = one;

  for (int k = sizeof (RheoReal) == 4 ? 7 : 13; k > 1; k--)
    series = one + series * x / (RheoReal) k;
  *left = rheo_cell_exp (x);
  return x > (RheoReal) -0.25 ? -x * series : one - *left;
}

RHEO_ALWAYS_INLINE RheoReal
rheo_cell_abs (RheoReal x)
{
  return x < 0 ? -x : x;
}

#ifdef RHEO_DOUBLE

/* To rounding of the result near 0 as well: the quotient alone would lose the small ones. */
RHEO_ALWAYS_INLINE RheoReal
rheo_cell_tanh (RheoReal x)
{
  const RheoReal t = rheo_cell_exp (-2 * rheo_cell_abs (x)), y = (1 - t) / (1 + t), z = x * x;
  const RheoReal series =
      x + x * z * (-1.0 / 3 + z * (2.0 / 15 + z * (-17.0 / 315 + z * (62.0 / 2835 - z * (1382.0 / 155925)))));

  return z < 1e-4 ? series : x < 0 ? -y : y;
}

#else

/* x P (x^2) / Q (x^2), fitted for the smallest relative error up to where the result rounds to 1: 2e-8, and 3e-7 with
 * that of the arithmetic. */
RHEO_ALWAYS_INLINE RheoReal
rheo_cell_tanh (RheoReal x)
{
  const float most = 9.01f, near = x < -most ? -most : x > most ? most : x, z = near * near;
  float p = 1.333655264e-8f, q = 7.769160078e-7f, y;

  p = p * z + 2.059605479e-5f;
  p = p * z + 3.494797651e-3f;
  p = p * z + 1.338036035e-1f;
  p = p * z + 9.999999793e-1f;
  q = q * z + 3.284341335e-4f;
  q = q * z + 2.587397584e-2f;
  q = q * z + 4.671367578e-1f;
  q = q * z + 1;
  y = near * p / q;
  return y < -1 ? -1 : y > 1 ? 1 : y;
}

#endif

RHEO_ALWAYS_INLINE RheoReal
rheo_cell_sigmoid (RheoReal x)
{
  const RheoReal t = rheo_cell_exp (-rheo_cell_abs (x)), one = 1;

  return (x < 0 ? t : one) / (one + t);
}

/* log (1 + e^x) = max (x, 0) + log (1 + t), t = e^-|x|; log (1 + t) = 2 artanh (t / (2 + t)), whose series ends soon
 * since t <= 1. */
RHEO_ALWAYS_INLINE RheoReal
rheo_cell_softplus (RheoReal x)
{
  const RheoReal one = 1, t = rheo_cell_exp (-rheo_cell_abs (x)), z = t / (2 + t), square = z * z;
  RheoReal sum = 0;

  for (int k = sizeof (RheoReal) == 4 ? 7 : 16; k >= 0; k--)
    sum = sum * square + one / (RheoReal) (2 * k + 1);
  return (x > 0 ? x : 0) + 2 * z * sum;
}
