/* Thread: engine. */
/* Block: when a run may end before its budget. */
#pragma once

#include "param.h"

typedef struct
{
  int watch;    /* 0: validation where there is one, else training; 1: training; 2: validation */
  int patience; /* iterations without a better loss; 0: never stops for that */
  double min_change;
  double target_loss, target_accuracy, target_r2, target_score; /* 0: none */
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
/* What a finished iteration was measured to be; NaN: not measured. */
typedef struct
{
  double loss, accuracy, r2, score;
} RheoStopMeasures;

/* Judges a finished iteration. *better: its loss is the best so far. */
RheoVerdict rheo_stop_judge (const RheoStopRows *rows, RheoStopState *state, int64_t iteration,
                             const RheoStopMeasures *measures, gboolean *better);
