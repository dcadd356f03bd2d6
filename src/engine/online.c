#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "online.h"

#include <string.h>

static int
count_running (const RheoBatch *batch, int64_t t)
{
  int n = batch->n_rows;

  while (n > 0 && batch->length[n - 1] <= t)
    n--;
  return n;
}

gboolean
rheo_online_run (const RheoOnline *online)
{
  const RheoBatch *batch = online->batch;
  const RheoNet *net = online->rule->net;
  RheoRollout r = rheo_frozen_rollout (online->rule, batch, online->flags);

  for (; r.t0 < batch->n_steps; r.t0 = r.t1)
    {
      r.t1 = MIN (r.t0 + online->every, batch->n_steps);
      r.lane0 = r.n_lanes = 0;
      while (rheo_frozen_next_wave (net, &r))
        {
          int row, end;

          if (!rheo_rollout (online->rule->net, &r))
            return FALSE;
          for (end = rheo_frozen_rows_of_wave (net, batch, &row); row < end; row++)
            for (int64_t t = r.t0; t < MIN (r.t1, batch->length[row]); t++)
              online->see (online->data, row, t, t - r.t0);
        }
      r.flags &= ~(unsigned) RHEO_ROLL_RESET;
      online->learn (online->data, r.t1 - 1, count_running (batch, r.t1 - 1));
    }
  return TRUE;
}

void
rheo_online_copy (RheoNet *net, GByteArray *copy, gboolean back)
{
  gsize at = 0;

  for (int i = 0; i < rheo_net_get_n_arrays (net); i++)
    {
      const RheoNetArray *array = rheo_net_get_array (net, i);
      gsize bytes = rheo_type_size (array->type);

      if (array->use == RHEO_USE_STATE)
        continue;
      if (array->n_dims > 0)
        bytes *= (gsize) array->stride;
      for (int k = 0; k + 1 < array->n_dims; k++)
        bytes *= (gsize) array->dims[k];
      if (back)
        memcpy (array->data, copy->data + at, bytes);
      else
        g_byte_array_append (copy, array->data, (guint) bytes);
      at += bytes;
    }
  if (back)
    rheo_net_masks_changed (net);
}

double
rheo_online_counts (const RheoBatch *batch, int row, int64_t t)
{
  return batch->weight != NULL ? (double) batch->weight[(gsize) row * (gsize) batch->n_steps + (gsize) t] : 1;
}

/* --- sources ------------------------------------------------------------------------------------------------------ */
void
rheo_sources_init (RheoSources *sources, RheoNet *net, int proj, RheoReal decay)
{
  const RheoProj *p = rheo_net_get_proj (net, proj);

  sources->from = p->from;
  sources->delay = p->delay;
  sources->n = p->n_pre;
  sources->decay = decay;
  sources->x = g_new0 (RheoReal, (gsize) rheo_frozen_count_rows (net) * (gsize) sources->n);
  sources->now = g_new0 (RheoReal, sources->n);
}

void
rheo_sources_release (RheoSources *sources)
{
  g_clear_pointer (&sources->x, g_free);
  g_clear_pointer (&sources->now, g_free);
}

void
rheo_sources_clear (RheoSources *sources, int n_rows)
{
  memset (sources->x, 0, sizeof *sources->x * (gsize) n_rows * (gsize) sources->n);
}

void
rheo_sources_see (RheoSources *sources, const RheoNet *net, int row, int64_t at)
{
  RheoReal *x = sources->x + (gsize) row * (gsize) sources->n;

  rheo_tape_copy_out (net, sources->from, row, at - sources->delay, sources->now);
  for (int j = 0; j < sources->n; j++)
    x[j] = sources->decay * x[j] + sources->now[j];
}

/* --- outputs ------------------------------------------------------------------------------------------------------ */
void
rheo_outputs_init (RheoOutputs *outputs, const RheoNet *net, RheoReal decay)
{
  const gsize n_rows = (gsize) rheo_frozen_count_rows (net);

  outputs->n = rheo_net_get_plan (net)->n_out;
  outputs->decay = decay;
  outputs->e = g_new0 (RheoReal, n_rows * (gsize) outputs->n);
  outputs->before = g_new0 (RheoReal, n_rows * (gsize) outputs->n);
}

void
rheo_outputs_release (RheoOutputs *outputs)
{
  g_clear_pointer (&outputs->e, g_free);
  g_clear_pointer (&outputs->before, g_free);
}

void
rheo_outputs_clear (RheoOutputs *outputs, int n_rows)
{
  memset (outputs->e, 0, sizeof *outputs->e * (gsize) n_rows * (gsize) outputs->n);
  memset (outputs->before, 0, sizeof *outputs->before * (gsize) n_rows * (gsize) outputs->n);
  outputs->error = outputs->counts = 0;
}

void
rheo_outputs_see (RheoOutputs *outputs, const RheoNet *net, const RheoBatch *batch, int row, int64_t t, int64_t at)
{
  const RheoReal *out = rheo_tape_get_output (net, row, at);
  const RheoReal *target = batch->target + ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) outputs->n;
  const double counts = rheo_online_counts (batch, row, t);
  RheoReal *e = outputs->e + (gsize) row * (gsize) outputs->n, *before = outputs->before + (e - outputs->e);

  for (int i = 0; i < outputs->n; i++)
    {
      const RheoReal now = out[i] - target[i];

      e[i] = outputs->decay * (e[i] - before[i]) + now;
      before[i] = now;
      outputs->error += counts * (double) now * (double) now;
      outputs->counts += counts;
    }
}

void
rheo_outputs_report (const RheoOutputs *outputs, const RheoBatch *batch, RheoMetrics *m)
{
  rheo_metrics_add (m, "train.online-mse", outputs->counts > 0 ? outputs->error / outputs->counts : 0,
                    rheo_frozen_weight (batch));
}
