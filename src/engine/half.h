/* Thread: any. Plain C, no GLib. */
/* Numbers of half precision (IEEE 754 binary16), as spike files have their times. */
#pragma once

#include "types.h"

#include <math.h>
#include <string.h>

/* The nearest number of half precision, the even one of two, from 0 to 65504. */
static inline float
rheo_half_round (float x)
{
  uint32_t bits;

  if (x < 0x1p-14f)
    return rintf (x * 0x1p24f) * 0x1p-24f;
  memcpy (&bits, &x, sizeof bits);
  bits = (bits + 0xfff + (bits >> 13 & 1)) & ~(uint32_t) 0x1fff;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* The bits of such a number. */
static inline uint16_t
rheo_half_bits (float x)
{
  uint32_t bits;

  if (x < 0x1p-14f)
    return (uint16_t) (x * 0x1p24f);
  memcpy (&bits, &x, sizeof bits);
  return (uint16_t) ((bits >> 13) - ((127 - 15) << 10));
}

/* What such bits mean. */
static inline float
rheo_half_value (uint16_t half)
{
  const uint32_t bits = ((uint32_t) half << 13) + ((uint32_t) (127 - 15) << 23);
  float x;

  memcpy (&x, &bits, sizeof x);
  return half < 0x400 ? (float) half * 0x1p-24f : x;
}
