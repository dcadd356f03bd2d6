#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "net-private.h"

#include <string.h>

/* Every drawn number has an address: the row of the batch, the step, and an index of its own among populations,
 * projections and interventions of the net. Whether a unit drops out is drawn at a step that no window reaches. */
#define DROP_STEP 0xffffff00u

static uint32_t
first_index (const RheoNet *net, int pop, int proj, int act)
{
  uint32_t index = 0;

  for (int i = 0; i < net->plan.n_pops && i != pop; i++)
    index += (uint32_t) net->pop[i].stride;
  for (int i = 0; pop < 0 && i < net->plan.n_projs && i != proj; i++)
    index += (uint32_t) RHEO_PADDED (net->proj[i].n_pre);
  return act < 0 ? index : index + (uint32_t) act * (1u << 20);
}

static void
normals (const RheoWindow *w, uint32_t first, int64_t step, int row, int n, RheoReal *out)
{
  RheoRng rng = w->noise;

  rng.item += (uint32_t) row;
  rheo_rng_normals (rng, (uint32_t) step, first, n, out);
}

uint32_t
rheo_acts_first_normal (const RheoNet *net, int pop)
{
  return first_index (net, pop, -1, -1);
}

void
rheo_acts_noise (const RheoWindow *w, int pop, int64_t step, int n_steps, int64_t step_size, int row0, int n_rows,
                 RheoReal *out)
{
  const RheoPop *p = &w->net->pop[pop];
  const RheoRngRows rows = {
    .n = p->n_units, .n_rows = n_rows, .stride = p->stride, .n_steps = n_steps, .step_size = step_size
  };
  RheoRng rng = w->noise;

  rng.item += (uint32_t) row0;
  rheo_rng_normal_rows (rng, (uint32_t) step, rheo_acts_first_normal (w->net, pop), &rows, (RheoReal) w->noise_scale,
                        false, out);
}

static bool
acts_at (const RheoIntervention *act, int64_t step)
{
  return step >= act->t0 && step < act->t1;
}

static bool
acts_in (const RheoWindow *w, const RheoIntervention *act)
{
  return act->t0 < w->t1 && act->t1 > w->t0;
}

static bool
is_bit (double value)
{
  return value == 0 || value == 1;
}

bool
rheo_acts_make_graded (const RheoWindow *w, int pop)
{
  const RheoSignal *clamp = w->clamp;
  const int n_units = w->net->pop[pop].n_units;

  for (int i = 0; i < w->n_acts; i++)
    {
      const RheoIntervention *act = &w->acts[i];

      if (act->pop == pop && acts_in (w, act) && (act->kind == RHEO_ACT_CLAMP || act->kind == RHEO_ACT_SCALE)
          && !is_bit (act->value))
        return true;
    }
  if (clamp != NULL && clamp->pop == pop)
    for (int row = 0; row < w->batch->n_rows; row++)
      for (int64_t step = w->t0; step < w->t1; step++)
        for (int i = 0; i < n_units; i++)
          if ((clamp->unit_on == NULL || clamp->unit_on[i])
              && !is_bit ((double) clamp->value[((size_t) row * w->batch->n_steps + step) * n_units + i]))
            return true;
  return false;
}

static bool
scales (const RheoIntervention *act, int proj)
{
  return act->proj == proj && (act->kind == RHEO_ACT_SCALE || act->kind == RHEO_ACT_SILENCE);
}

static RheoReal
factor (const RheoIntervention *act)
{
  return act->kind == RHEO_ACT_SILENCE ? 0 : (RheoReal) act->value;
}

bool
rheo_acts_change_source (const RheoWindow *w, int proj)
{
  for (int i = 0; i < w->n_acts; i++)
    if (scales (&w->acts[i], proj) && acts_in (w, &w->acts[i]))
      return true;
  return w->flags & RHEO_ROLL_NOISE && w->net->proj[proj].noise > 0;
}

/* Places of an intervention: its units, or all n. */
static int
n_places (const RheoIntervention *act, int n)
{
  return act->units != NULL ? act->n_units : n;
}

static int
place (const RheoIntervention *act, int k)
{
  return act->units != NULL ? act->units[k] : k;
}

void
rheo_acts_on_current (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *current, int stride,
                      RheoReal *scratch)
{
  const int n_units = w->net->pop[pop].n_units;

  for (int i = 0; i < w->n_acts; i++)
    {
      const RheoIntervention *act = &w->acts[i];
      const RheoReal value = (RheoReal) act->value;

      if (act->pop != pop || !acts_at (act, step) || (act->kind != RHEO_ACT_ADD && act->kind != RHEO_ACT_NOISE))
        continue;
      for (int row = 0; row < n_rows; row++)
        {
          RheoReal *to = current + (size_t) row * stride;

          if (act->kind == RHEO_ACT_NOISE)
            normals (w, first_index (w->net, -1, -1, i), step, row0 + row, n_units, scratch);
          for (int k = 0; k < n_places (act, n_units); k++)
            to[place (act, k)] += act->kind == RHEO_ACT_NOISE ? value * scratch[place (act, k)] : value;
        }
    }
}

/* Signal and interventions on out alike: what out is forced to, or what it is multiplied by. */
static void
on_out (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *out, int stride, bool adjoint)
{
  const int n_units = w->net->pop[pop].n_units;
  const RheoSignal *clamp = w->clamp;

  for (int row = 0; clamp != NULL && clamp->pop == pop && row < n_rows; row++)
    {
      const RheoReal *value = clamp->value + ((size_t) (row0 + row) * w->batch->n_steps + step) * n_units;
      RheoReal *to = out + (size_t) row * stride;

      for (int i = 0; i < n_units; i++)
        if (clamp->unit_on == NULL || clamp->unit_on[i])
          to[i] = adjoint ? 0 : value[i];
    }
  for (int i = 0; i < w->n_acts; i++)
    {
      const RheoIntervention *act = &w->acts[i];
      const RheoReal value = (RheoReal) act->value;
      const int n = n_places (act, n_units);

      if (act->pop != pop || !acts_at (act, step))
        continue;
      for (int row = 0; row < n_rows; row++)
        {
          RheoReal *to = out + (size_t) row * stride;
          RheoRng rng = w->noise;

          rng.item += (uint32_t) (row0 + row);
          switch (act->kind)
            {
            case RHEO_ACT_SILENCE:
              for (int k = 0; k < n; k++)
                to[place (act, k)] = 0;
              break;
            case RHEO_ACT_CLAMP:
              for (int k = 0; k < n; k++)
                to[place (act, k)] = adjoint ? 0 : value;
              break;
            case RHEO_ACT_SCALE:
              for (int k = 0; k < n; k++)
                to[place (act, k)] *= value;
              break;
            case RHEO_ACT_DROP:
              for (int k = 0; k < n; k++)
                if (rheo_rng_uniform (rng, DROP_STEP, first_index (w->net, pop, -1, i) + (uint32_t) place (act, k))
                    < act->value)
                  to[place (act, k)] = 0;
              break;
            default:
              break;
            }
        }
    }
}

void
rheo_acts_on_out (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *out, int stride)
{
  on_out (w, pop, step, row0, n_rows, out, stride, false);
}

void
rheo_acts_on_d_out (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *d_out, int stride)
{
  on_out (w, pop, step, row0, n_rows, d_out, stride, true);
}

static void
scale_sources (const RheoWindow *w, int proj, int64_t step, int n_rows, int stride, RheoReal *source)
{
  const int n_pre = w->net->proj[proj].n_pre;

  for (int i = 0; i < w->n_acts; i++)
    {
      const RheoIntervention *act = &w->acts[i];

      if (scales (act, proj) && acts_at (act, step))
        for (int row = 0; row < n_rows; row++)
          for (int k = 0; k < n_places (act, n_pre); k++)
            source[(size_t) row * stride + place (act, k)] *= factor (act);
    }
}

void
rheo_acts_on_source (const RheoWindow *w, int proj, int64_t step, int n_steps, int64_t step_size, int row0, int n_rows,
                     int stride, RheoReal *source)
{
  const RheoProj *p = &w->net->proj[proj];
  const RheoReal sd = (RheoReal) (p->noise * w->noise_scale);
  const RheoRngRows rows = {
    .n = p->n_pre, .n_rows = n_rows, .stride = stride, .n_steps = n_steps, .step_size = step_size
  };
  RheoRng rng = w->noise;

  rng.item += (uint32_t) row0;
  if (w->flags & RHEO_ROLL_NOISE && p->noise > 0)
    rheo_rng_normal_rows (rng, (uint32_t) step, first_index (w->net, -1, proj, -1), &rows, sd, true, source);
  for (int i = 0; i < n_steps && w->n_acts > 0; i++)
    scale_sources (w, proj, step + i, n_rows, stride, source + i * step_size);
}

void
rheo_acts_on_d_source (const RheoWindow *w, int proj, int64_t step, int n_rows, int stride, RheoReal *d_source)
{
  scale_sources (w, proj, step, n_rows, stride, d_source);
}
