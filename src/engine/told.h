/* Thread: engine. */
/* What a network told of trials with class labels, counted while a set is scored:
 *   test.confusion        [class][predicted]   trials of a class that were told as each class
 *   test.class-accuracy   [class]              share of its trials that were told rightly; NaN: there was none
 *   <pop>.class-rate      [class]              spikes per step and unit in its trials
 *   class, predicted      names of the classes */
#pragma once

#include "activity.h"
#include "table.h"

typedef struct
{
  int n_classes, n_pops;
  int32_t *count;       /* [class][predicted] */
  double *spikes;       /* [hidden spiking population][class] */
  double *n_unit_steps; /* the same: units times steps */
  int64_t n;            /* trials since it was cleared */
} RheoTold;

RheoTold *rheo_told_new (int n_classes, const RheoPlan *plan);
void rheo_told_free (RheoTold *told);
void rheo_told_clear (RheoTold *told);
/* predicted: [row]. The populations are those of activity, which is finished. */
void rheo_told_add (RheoTold *told, const RheoBatch *batch, const int *predicted, const RheoActivity *activity);
/* names: of the classes, or NULL. Nothing where no trial was counted. */
void rheo_told_add_columns (const RheoTold *told, const char *const *names, const RheoPlan *plan, RheoTable *table);
