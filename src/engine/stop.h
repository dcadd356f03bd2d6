/* Thread: engine. */
/* Block: when a run may end before its budget. */
#pragma once

#include "param.h"

typedef struct
{
  int watch;    /* 0: validation where there is one, else training; 1: training; 2: validation */
  int patience; /* iterations without a better loss; 0: never stops for that */
  double min_change;
  double target_loss, target_accuracy, target_r2; /* 0: none */
} RheoStopRows;

extern const RheoParam rheo_stop_rows[];

/* What must survive a resume. */
typedef struct
{
  double best; /* lowest loss so far; infinity at first */
  int64_t best_at, waited;
} RheoStopState;

typedef enum
{
  RHEO_VERDICT_GO_ON,
  RHEO_VERDICT_SOLVED,
  RHEO_VERDICT_NO_BETTER,
} RheoVerdict;

void rheo_stop_begin (RheoStopState *state);
/* Judges the loss, accuracy and R² (NaN: not measured) of a finished iteration. *better: it is the best so far. */
RheoVerdict rheo_stop_judge (const RheoStopRows *rows, RheoStopState *state, int64_t iteration, double loss,
                             double accuracy, double r2, gboolean *better);
