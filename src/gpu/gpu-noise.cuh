/* Thread: engine. C++. */
/* The normals of rng.h on a card: the integers are the same, the normals equal to rounding. */
#pragma once

#include "gpu-net.cuh"

#include <Random123/philox.h>
#include <math.h>

/* -2 log u of u = (bits + 1/2) / 2^32; near 1 from the distance to it, which the integer has exactly. */
GPU_DEVICE RheoReal
gpu_minus_two_log (uint32_t bits)
{
  const RheoReal unit = (RheoReal) 2.3283064365386962890625e-10;

  return bits < 0x80000000u ? -2 * log (((RheoReal) bits + (RheoReal) 0.5) * unit)
                            : -2 * log1p (-((RheoReal) ~bits + (RheoReal) 0.5) * unit);
}

/* Sine or cosine of pi x. CUDA's own have no branch for large x, which needs memory. */
GPU_DEVICE RheoReal
gpu_half_turns (bool sine, RheoReal x)
{
#ifdef RHEO_SHIM
  const RheoReal angle = (RheoReal) 3.14159265358979323846 * x;

  return sine ? sin (angle) : cos (angle);
#else
  return sine ? sinpif (x) : cospif (x);
#endif
}

/* That of a unit of a population in a row, at step t of the window. */
GPU_DEVICE RheoReal
gpu_normal (const GpuWindow *w, const GpuPop *pop, int64_t t, int row, int unit)
{
  const RheoReal half_turn = (RheoReal) (1 / 2147483648.0);
  const uint32_t index = pop->noise_first + (uint32_t) unit,
                 seed = (uint32_t) w->noise.seed ^ (uint32_t) (w->noise.seed >> 32);
  const philox4x32_ctr_t counter = { { index / 4, w->step + (uint32_t) t, w->noise.item + (uint32_t) row,
                                       w->noise.iteration } };
  const philox4x32_key_t key = { { seed, w->noise.stream } };
  const philox4x32_ctr_t bits = philox4x32 (counter, key);
  const bool second = (index & 2) != 0;
  const uint32_t of_radius = second ? bits.v[2] : bits.v[0], of_angle = second ? bits.v[3] : bits.v[1];
  /* From -1 to 1 half turn, where sine and cosine are exact to rounding. */
  const RheoReal angle = ((RheoReal) (int32_t) of_angle + (RheoReal) 0.5) * half_turn,
                 radius = sqrt (gpu_minus_two_log (of_radius));

  return w->noise_scale * radius * gpu_half_turns (index & 1, angle);
}
