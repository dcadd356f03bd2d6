#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "frozen.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "task.h"

int
rheo_frozen_count_rows (const RheoNet *net)
{
  const RheoLane *last = rheo_net_get_lane ((RheoNet *) net, rheo_net_get_n_lanes (net) - 1);

  return last->row0 + last->n_rows;
}

int
rheo_frozen_find_readout (const RheoNet *net, RheoReal *decay, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoPop *out = &plan->pop[plan->out_pop];
  const gboolean leaky = g_str_equal (out->cell->id, "leaky");
  int found = -1, n = 0;

  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].to == plan->out_pop)
      {
        found = i;
        n++;
      }
  if (n != 1 || plan->proj[found].from < 0 || plan->proj[found].form == RHEO_ONE_TO_ONE
      || (!leaky && !g_str_equal (out->cell->id, "linear")))
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                 _ ("This rule learns the read-out alone, which must be linear or leaky and read one population."));
      return -1;
    }
  *decay = leaky ? out->param[0][0] : 0;
  return found;
}

void
rheo_frozen_init (RheoFrozen *frozen, const RheoNet *net)
{
  frozen->n_out = rheo_net_get_plan (net)->n_out;
  frozen->out = g_new0 (RheoReal, (gsize) rheo_frozen_count_rows (net) * (gsize) rheo_net_get_shape (net)->n_steps
                                      * (gsize) frozen->n_out);
}

void
rheo_frozen_release (RheoFrozen *frozen)
{
  g_clear_pointer (&frozen->out, g_free);
}

gboolean
rheo_frozen_has_noise (const RheoRule *rule, const RheoBatch *batch)
{
  return rule->noise == RHEO_NOISE_ALWAYS || (rule->noise == RHEO_NOISE_AS_SET && batch->set == RHEO_SET_TRAIN);
}

/* Lanes that the batch has rows for. */
static int
count_lanes (const RheoNet *net, const RheoBatch *batch)
{
  int n = 0;

  while (n < rheo_net_get_n_lanes (net) && rheo_net_get_lane ((RheoNet *) net, n)->row0 < batch->n_rows)
    n++;
  return n;
}

int
rheo_frozen_rows_of_wave (const RheoNet *net, const RheoBatch *batch, int *first)
{
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoTapeLane *last = &tape->lane[tape->n_lanes - 1];

  *first = tape->lane[0].row0;
  return MIN (last->row0 + last->n_rows, batch->n_rows);
}

void
rheo_frozen_collect (RheoFrozen *frozen, const RheoNet *net, const RheoBatch *batch, int64_t t0)
{
  const int64_t n_steps = rheo_net_get_tape (net)->n_steps;
  int row, end = rheo_frozen_rows_of_wave (net, batch, &row);

  for (; row < end; row++)
    for (int64_t t = 0; t < n_steps; t++)
      memcpy (frozen->out + ((gsize) row * (gsize) batch->n_steps + (gsize) (t0 + t)) * (gsize) frozen->n_out,
              rheo_tape_get_output (net, row, t), sizeof (RheoReal) * (gsize) frozen->n_out);
}

gboolean
rheo_frozen_next_wave (const RheoNet *net, RheoRollout *r)
{
  r->lane0 += r->n_lanes;
  r->n_lanes = MIN (rheo_net_get_wave (net), count_lanes (net, r->batch) - r->lane0);
  return r->n_lanes > 0;
}

RheoRollout
rheo_frozen_rollout (const RheoRule *rule, const RheoBatch *batch, unsigned flags)
{
  RheoRollout r = rheo_rule_rollout (rule, batch, flags | RHEO_ROLL_TAPE);

  if (!rheo_frozen_has_noise (rule, batch))
    r.flags &= ~(unsigned) RHEO_ROLL_NOISE;
  return r;
}

RheoFit
rheo_frozen_fit (const RheoFrozen *frozen, const RheoBatch *batch)
{
  RheoFit fit = { 0 };

  for (int row = 0; row < batch->n_rows; row++)
    {
      RheoFit of_row = { 0 };

      rheo_loss_fit_row (batch, row, frozen->out + (gsize) row * (gsize) batch->n_steps * (gsize) frozen->n_out,
                         frozen->n_out, &of_row);
      rheo_loss_fit_add (&fit, &of_row);
    }
  return fit;
}

gboolean
rheo_frozen_run (RheoFrozen *frozen, const RheoRule *rule, const RheoBatch *batch,
                 void (*on_wave) (void *data, const RheoBatch *batch), void *data, RheoFit *fit)
{
  RheoRollout r = rheo_frozen_rollout (rule, batch, 0);

  while (rheo_frozen_next_wave (rule->net, &r))
    {
      if (!rheo_rollout (rule->net, &r))
        return FALSE;
      rheo_frozen_collect (frozen, rule->net, batch, 0);
      if (on_wave != NULL)
        on_wave (data, batch);
    }
  *fit = rheo_frozen_fit (frozen, batch);
  return TRUE;
}

double
rheo_frozen_mse (const RheoFit *fit)
{
  return fit->n > 0 ? fit->error / fit->n : 0;
}

double
rheo_frozen_weight (const RheoBatch *batch)
{
  return batch->swapped ? batch->n_steps : batch->n_rows;
}

void
rheo_frozen_report (const RheoFit *fit, const RheoBatch *batch, RheoMetrics *m)
{
  const double weight = rheo_frozen_weight (batch), r2 = rheo_loss_r2 (fit);

  rheo_metrics_add_key (m, rheo_set_prefix (batch->set), "mse", rheo_frozen_mse (fit), weight);
  if (isfinite (r2))
    rheo_metrics_add_key (m, rheo_set_prefix (batch->set), "nmse", 1 - r2, weight);
}

#define N_ERRORS 2 /* mse, nmse */

gboolean
rheo_frozen_evaluate (RheoFrozen *frozen, RheoRule *rule, const RheoBatch *batch, const RheoSeries *series,
                      RheoMetrics *m)
{
  for (int i = 0; i < N_ERRORS; i++)
    rheo_metrics_declare (m, rheo_set_prefix (batch->set), &series[i], NULL);
  if (!rheo_frozen_run (frozen, rule, batch, NULL, NULL, &rule->fit))
    return FALSE;
  rheo_frozen_report (&rule->fit, batch, m);
  rule->output = frozen->out;
  return TRUE;
}

void
rheo_frozen_declare (RheoRule *rule, const RheoSeries *series, int n)
{
  for (int i = 0; i < n; i++)
    rheo_metrics_declare (rule->metrics, "train", &series[i], NULL);
  for (int i = 0; i < N_ERRORS; i++)
    rheo_metrics_declare (rule->metrics, "valid", &series[i], NULL);
}
