/* Thread: engine; rheo_activity_add: one lane per thread. */
/* Block: what the hidden spiking populations did in a batch, counted from the tape window by window: mean rates, by class,
 * synchrony, Fano factor, branching (rsnn 2.7). */
#pragma once

#include "metrics.h"
#include "net.h"

typedef struct
{
  int window;    /* steps of a window of the Fano factor */
  int lag;       /* steps of the branching parameter */
  int branching; /* 0: all steps, 1: truncated (rsnn Q11) */
} RheoActivityConfig;

extern const RheoParam rheo_activity_rows[];

typedef struct
{
  int pop, n_units, n_words, n_classes; /* n_classes at least 1 */
  uint8_t *class_of;                    /* [unit] */
  int64_t *spikes;                      /* [row][class] */
  int32_t *active;                      /* [row][step]: units that fire */
  int32_t *count;                       /* [row][unit]: spikes */
  int32_t *recent;                      /* [row][unit]: spikes in the running window */
  uint64_t *last;                       /* [row][word]: spikes of the step before */
  double *synchrony, *fano;             /* [row]: sum over steps; sum over windows */
} RheoActivityPop;

typedef struct
{
  RheoActivityConfig config;
  int n_pops, n_rows, n_steps; /* of the net */
  int n_units;                 /* of all populations together */
  RheoActivityPop *pop;
  int64_t *sample; /* spikes per trial, in the order of rows, or of steps where the batch is turned; after finish */
  int32_t *joint;  /* [step]: scratch */
} RheoActivity;

RheoActivity *rheo_activity_new (const RheoNet *net, const RheoActivityConfig *config);
void rheo_activity_free (RheoActivity *activity);

void rheo_activity_begin (RheoActivity *activity, const RheoBatch *batch);
/* Counts a lane of the tape, whose first step is step t0 of the trials. Windows come in their order. */
void rheo_activity_add (RheoActivity *activity, const RheoNet *net, const RheoBatch *batch, int i_lane, int64_t t0);
/* After the last window of the last lane. */
void rheo_activity_finish (RheoActivity *activity, const RheoBatch *batch);
/* Trials and steps x units of each. */
int rheo_activity_get_n_samples (const RheoBatch *batch);
double rheo_activity_get_sample_size (const RheoActivity *activity, const RheoBatch *batch, int i_sample);

/* Metrics: "<prefix>.rate" and so on over all hidden units; by_pop: also "<pop>.rate" and "<pop>.rate.<class>". */
void rheo_activity_declare (const RheoActivity *activity, const RheoNet *net, RheoMetrics *m, const char *prefix,
                            gboolean by_pop);
void rheo_activity_report (const RheoActivity *activity, const RheoNet *net, const RheoBatch *batch, RheoMetrics *m,
                           const char *prefix, gboolean by_pop);
