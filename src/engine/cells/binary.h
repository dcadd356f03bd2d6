/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Binary threshold units (Lazar, Pipa & Triesch 2009, Frontiers in Computational Neuroscience 3:23).
 *
 *   z = I_0 - I_1 + sigma xi - T,   x = [z + I_2 > 0]
 *
 *   I_0, I_1, I_2: currents of ports 0 (excitation), 1 (inhibition), 2 (input); the cell with one port has I_0 alone
 *   T: param "threshold";  x before the first step: param "start";  sigma: noise;  xi: normal
 *   z, the drive without input: tape 0;  with at_threshold a unit fires where z + I_2 is 0, too
 */
#pragma once

#include "../cells.h"

typedef struct
{
  RheoReal noise;
  bool at_threshold;
} RheoBinary;

/* The drive of a step stays for what records it. */
RHEO_CELL_FUNCTION int
rheo_binary_n_tape (const void *derived)
{
  return 1;
}

RHEO_CELL_FUNCTION bool
rheo_binary_noisy (const void *derived)
{
  return ((const RheoBinary *) derived)->noise > 0;
}

RHEO_CELL_FUNCTION void
rheo_binary_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  for (int row = 0; row < s->n_rows; row++)
    for (int i = 0; i < s->n_units; i++)
      s->out[(size_t) row * (size_t) s->stride + (size_t) i] = s->param[1][i];
}

RHEO_ALWAYS_INLINE void
rheo_binary_loop (const RheoSlice *s, bool driven, bool noisy, bool at_threshold, RheoReal sigma)
{
  const RheoReal *threshold = s->param[0];

  for (int row = 0; row < s->n_rows; row++)
    {
      const size_t at = (size_t) row * (size_t) s->stride;
      const RheoReal *excitation = s->current[0] + at, *inhibition = driven ? s->current[1] + at : excitation;
      const RheoReal *input = driven ? s->current[2] + at : excitation, *xi = noisy ? s->noise + at : excitation;
      RheoReal *drive = s->tape[0] + at, *out = s->out + at;

      RHEO_IVDEP
      for (int i = 0; i < s->stride; i++)
        {
          RheoReal z = excitation[i], all;

          if (driven)
            z -= inhibition[i];
          if (noisy)
            z += sigma * xi[i];
          z -= threshold[i];
          all = driven ? z + input[i] : z;
          drive[i] = z;
          out[i] = (at_threshold ? all >= 0 : all > 0) ? (RheoReal) 1 : (RheoReal) 0;
        }
    }
}

RHEO_ALWAYS_INLINE void
rheo_binary_choose (const void *derived, const RheoSlice *s, bool driven)
{
  const RheoBinary *c = (const RheoBinary *) derived;
  const bool noisy = s->noise != NULL && c->noise > 0;

  switch (2 * noisy + c->at_threshold)
    {
    case 0:
      rheo_binary_loop (s, driven, false, false, 0);
      break;
    case 1:
      rheo_binary_loop (s, driven, false, true, 0);
      break;
    case 2:
      rheo_binary_loop (s, driven, true, false, c->noise);
      break;
    default:
      rheo_binary_loop (s, driven, true, true, c->noise);
    }
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_binary_forward (const void *derived, const RheoSlice *s)
{
  rheo_binary_choose (derived, s, false);
}

RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_binary_driven_forward (const void *derived, const RheoSlice *s)
{
  rheo_binary_choose (derived, s, true);
}

static const char *const rheo_binary_params[] = { "threshold", "start", NULL };
static const char *const rheo_binary_states[] = { NULL };

static const RheoCell rheo_cell_binary = {
  .id = "binary",
  .params = rheo_binary_params,
  .states = rheo_binary_states,
  .n_ports = 1,
  .n_tape = rheo_binary_n_tape,
  .spikes = true,
  .noisy = rheo_binary_noisy,
  .reset = rheo_binary_reset,
  .forward = rheo_binary_forward,
};

static const RheoCell rheo_cell_binary_driven = {
  .id = "binary-driven",
  .params = rheo_binary_params,
  .states = rheo_binary_states,
  .n_ports = 3,
  .n_tape = rheo_binary_n_tape,
  .spikes = true,
  .noisy = rheo_binary_noisy,
  .reset = rheo_binary_reset,
  .forward = rheo_binary_driven_forward,
};
