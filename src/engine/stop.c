#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "stop.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "component.h"

static const char *const watches[] = { "auto", "train", "valid", NULL };

const RheoParam rheo_stop_rows[] = {
  RHEO_P_CHOICE (RheoStopRows, watch, "watch", watches, .label = N_ ("Judged by"),
                 .help =
                     N_ ("Loss, accuracy and R² of the validation trials or of training; auto takes validation where "
                         "the run validates.")),
  RHEO_P_INT (RheoStopRows, patience, "patience", .label = N_ ("Patience"), .unit = N_ ("iterations"),
              .help = N_ ("Stops after so many judged iterations without a better loss; 0 never does."),
              .words = N_ ("early stopping"), .max = 1e6, .soft_max = 50, .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoStopRows, min_change, "min-change", .label = N_ ("Smallest improvement"),
               .help = N_ ("A loss must be lower than the best one by more than this to count as better."), .max = 1e6,
               .soft_max = 0.1, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoStopRows, target_loss, "target-loss", .label = N_ ("Solved at loss"),
               .help = N_ ("Stops when the loss is this low; 0: never."), .max = 1e9, .soft_max = 10,
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoStopRows, target_accuracy, "target-accuracy", .label = N_ ("Solved at accuracy"),
               .help = N_ ("Stops when the fraction of right answers is this high; 0: never."), .max = 1,
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoStopRows, target_r2, "target-r2", .label = N_ ("Solved at R²"),
               .help = N_ ("Stops when the outputs explain this share of the targets’ variance; 0: never."), .max = 1,
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoStopRows, target_score, "target-score", .label = N_ ("Solved at score"),
               .help =
                   N_ ("Stops when the mean of the scores that the task itself gives in validation is this high; 0: "
                       "never."),
               .min = -1e9, .max = 1e9, .soft_min = 0, .soft_max = 1, .flags = RHEO_LIVE, .needs = RHEO_SCORES),
  RHEO_P_END,
};

void
rheo_stop_begin (RheoStopState *state)
{
  *state = (RheoStopState){ .best = INFINITY };
}

RheoVerdict
rheo_stop_judge (const RheoStopRows *rows, RheoStopState *state, int64_t iteration, const RheoStopMeasures *measures,
                 gboolean *better)
{
  const double loss = measures->loss;

  *better = loss < state->best - (isfinite (state->best) ? rows->min_change : 0);
  if (*better)
    {
      state->best = loss;
      state->best_at = iteration;
      state->waited = 0;
    }
  else if (!isnan (loss))
    state->waited++;
  if (rows->target_loss > 0 && loss <= rows->target_loss)
    return RHEO_VERDICT_SOLVED;
  if (rows->target_accuracy > 0 && measures->accuracy >= rows->target_accuracy)
    return RHEO_VERDICT_SOLVED;
  if (rows->target_r2 > 0 && measures->r2 >= rows->target_r2)
    return RHEO_VERDICT_SOLVED;
  if (rows->target_score != 0 && measures->score >= rows->target_score)
    return RHEO_VERDICT_SOLVED;
  if (rows->patience > 0 && state->waited >= rows->patience)
    return RHEO_VERDICT_NO_BETTER;
  return RHEO_VERDICT_GO_ON;
}
