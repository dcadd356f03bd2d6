#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "penalty.h"

#include <glib/gi18n-lib.h>

const RheoParam rheo_penalty_rows[] = {
  RHEO_P_REAL (RheoPenalty, rate, "rate", .label = N_ ("Rate penalty"),
               .help = N_ ("Weight of the squared distance of each trial's mean firing rate from the target."),
               .max = 1e9, .soft_max = 1e4, .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoPenalty, rate_target, "rate-target", .label = N_ ("Target rate"),
               .help = N_ ("Mean spikes per unit and step that a trial should have."), .unit = N_ ("spikes/step"),
               .def = 0.02, .max = 1, .soft_max = 0.2, .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoPenalty, lower, "lower", .label = N_ ("Penalty on silent units"),
               .help = N_ ("Weight of the squared lack of spikes of single units below the lower bound."), .max = 1e9,
               .soft_max = 10, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoPenalty, lower_at, "lower-at", .label = N_ ("Lower bound"),
               .help = N_ ("Spikes that each unit should have in a trial."), .unit = N_ ("spikes"), .def = 1,
               .max = 1e6, .soft_max = 20, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoPenalty, upper, "upper", .label = N_ ("Penalty on busy populations"),
               .help = N_ ("Weight of the squared excess of the mean spike count of all units above the upper bound."),
               .max = 1e9, .soft_max = 10, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoPenalty, upper_at, "upper-at", .label = N_ ("Upper bound"),
               .help = N_ ("Spikes that units should have in a trial on average, at most."), .unit = N_ ("spikes"),
               .def = 10, .max = 1e6, .soft_max = 100, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_END,
};

gboolean
rheo_penalty_is_on (const RheoPenalty *penalty)
{
  return penalty->rate > 0 || penalty->lower > 0 || penalty->upper > 0;
}

/* Distance of a trial's rate from the target. */
static double
rate_error (const RheoPenalty *penalty, const RheoActivity *a, const RheoBatch *batch, int i)
{
  return a->sample[i] / rheo_activity_get_sample_size (a, batch, i) - penalty->rate_target;
}

/* Mean spike count of all units in a row above the bound. */
static double
excess (const RheoPenalty *penalty, const RheoActivity *a, int row)
{
  int64_t sum = 0;

  for (int i = 0; i < a->n_pops; i++)
    for (int c = 0; c < a->pop[i].n_classes; c++)
      sum += a->pop[i].spikes[(gsize) row * a->pop[i].n_classes + c];
  return MAX (0, (double) sum / a->n_units - penalty->upper_at);
}

double
rheo_penalty_rate_loss (const RheoPenalty *penalty, const RheoActivity *a, const RheoBatch *batch)
{
  int n = rheo_activity_get_n_samples (batch);
  double sum = 0;

  if (a->n_units == 0)
    return 0;
  for (int i = 0; i < n; i++)
    sum += rate_error (penalty, a, batch, i) * rate_error (penalty, a, batch, i);
  return sum / n;
}

double
rheo_penalty_value (const RheoPenalty *penalty, const RheoActivity *a, const RheoBatch *batch)
{
  double value = 0;

  if (a->n_units == 0)
    return 0;
  if (penalty->rate > 0)
    value += penalty->rate * rheo_penalty_rate_loss (penalty, a, batch);
  if (penalty->lower > 0)
    {
      double sum = 0;
      for (int i = 0; i < a->n_pops; i++)
        for (gsize k = 0; k < (gsize) batch->n_rows * a->pop[i].n_units; k++)
          {
            double lack = MAX (0, penalty->lower_at - a->pop[i].count[k]);
            sum += lack * lack;
          }
      value += penalty->lower * sum / ((double) batch->n_rows * a->n_units);
    }
  if (penalty->upper > 0)
    {
      double sum = 0;
      for (int r = 0; r < batch->n_rows; r++)
        sum += excess (penalty, a, r) * excess (penalty, a, r);
      value += penalty->upper * sum / batch->n_rows;
    }
  return value;
}

void
rheo_penalty_gradient (const RheoPenalty *penalty, const RheoActivity *a, const RheoBatch *batch, int i_pop, int row,
                       int64_t t, RheoReal *d_out)
{
  const RheoActivityPop *p = &a->pop[i_pop];
  double same = 0;

  if (penalty->rate > 0)
    {
      int i = batch->swapped ? (int) t : row;
      same += 2 * penalty->rate * rate_error (penalty, a, batch, i)
              / (rheo_activity_get_n_samples (batch) * rheo_activity_get_sample_size (a, batch, i));
    }
  if (penalty->upper > 0)
    same += 2 * penalty->upper * excess (penalty, a, row) / ((double) batch->n_rows * a->n_units);
  if (same != 0)
    for (int k = 0; k < p->n_units; k++)
      d_out[k] += (RheoReal) same;
  if (penalty->lower > 0)
    for (int k = 0; k < p->n_units; k++)
      {
        double lack = penalty->lower_at - p->count[(gsize) row * p->n_units + k];
        if (lack > 0)
          d_out[k] -= (RheoReal) (2 * penalty->lower * lack / ((double) batch->n_rows * a->n_units));
      }
}
