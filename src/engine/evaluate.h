/* Thread: any; an evaluation belongs to one thread. */
/* Scores stored networks on trials of a set, one trial (or one batch, where samples are time) after the other, so that
 * two runs can be compared trial by trial. */
#pragma once

#include "metrics.h"
#include "played.h"
#include "store.h"
#include "trainer.h"

typedef struct RheoEvaluation RheoEvaluation;

extern const char *const rheo_set_names[]; /* by RheoSet: "train", "valid", "test", "probe"; NULL-ended */

/* Where a run that plays was best: of the 100 episodes in a row with the highest median length (the first ones of these; the last
 * 100 are left out, as in curves of the course of training) the last checkpoint or snapshot before the end of the window; in *at.
 * The end is where it was if actions had lasted as long as the rule counts them. Of fewer episodes there is none. */
gboolean rheo_evaluation_find_best (RheoRun *run, int64_t *at, GError **error);
/* Counted from the end, -1 the newest: the iteration of a stored network, a checkpoint or snapshot; in *at. */
gboolean rheo_evaluation_find_from_end (const RheoRun *run, int64_t index, int64_t *at, GError **error);

typedef struct
{
  int64_t at;       /* iteration of a checkpoint or snapshot; -1: the newest checkpoint */
  gboolean changed; /* another experiment than the stored one: only weights are taken over */
  RheoSet set;
  int n_trials;           /* 0: the whole set, or 200 */
  double time;            /* simulated ms of an environment with actions, after which it ends; 0: after the trials */
  gboolean keeps, spikes; /* what happens in its episodes is kept, with spikes: rheo_evaluation_get_played */
} RheoEvaluationHow;

RheoEvaluation *rheo_evaluation_new (RheoRun *run, const RheoExperiment *experiment, const RheoEvaluationHow *how,
                                     GError **error);
void rheo_evaluation_free (RheoEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoEvaluation, rheo_evaluation_free)

RheoNet *rheo_evaluation_get_net (RheoEvaluation *evaluation); /* borrowed */
int64_t rheo_evaluation_get_iteration (const RheoEvaluation *evaluation);
/* With a time as its end: episodes that came to theirs so far. */
int rheo_evaluation_get_n_trials (const RheoEvaluation *evaluation);
/* From 0 to 1, where all calls of rheo_evaluation_step that there are were made. */
double rheo_evaluation_get_progress (const RheoEvaluation *evaluation);
gboolean rheo_evaluation_step (RheoEvaluation *evaluation, GError **error);
const RheoPlayed *rheo_evaluation_get_played (const RheoEvaluation *evaluation); /* NULL: nothing is kept */
/* R² over all trials together, without noise and with that of the training; NaN where the task has no targets over time. */
gboolean rheo_evaluation_measure_r2 (RheoEvaluation *evaluation, GError **error);
/* A row per metric with "metric", "mean", "lo", "hi" (95 %, Student's t) and "n"; and a column per metric with its score
 * of every step. Of the steps that were done. Without an interval: "r2" and "r2-noisy", where they were measured; of episodes
 * "mean-episode", "median-episode", "lower-quartile-episode" and "upper-quartile-episode", of their lengths. Yours. */
RheoTable *rheo_evaluation_dup_table (const RheoEvaluation *evaluation);

/* Mean of b - a over what both scored, with its 95 % interval: columns of one metric of two tables of the same trials. NaN
 * where there are fewer than two; how many count is returned. */
int rheo_evaluation_difference (const RheoTable *a, const RheoTable *b, const char *metric, double *mean, double *lo,
                                double *hi);
