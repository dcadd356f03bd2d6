/* Thread: any; an evaluation belongs to one thread. */
/* Scores stored networks on trials of a set, one trial (or one batch, where samples are time) after the other, so that
 * two runs can be compared trial by trial. */
#pragma once

#include "metrics.h"
#include "store.h"
#include "trainer.h"

typedef struct RheoEvaluation RheoEvaluation;

extern const char *const rheo_set_names[]; /* by RheoSet: "train", "valid", "test", "probe"; NULL-ended */

/* Where a run that plays was best: the last checkpoint or snapshot before the end of the 100 episodes in a row with the highest
 * median length, the first ones of these; in *at. Of fewer episodes there is none. */
gboolean rheo_evaluation_find_best (RheoRun *run, int64_t *at, GError **error);
/* The network of a checkpoint or snapshot (at; -1: the newest checkpoint). With another experiment than the stored one
 * (changed) only weights are taken over. n_trials 0: the whole set, or 200. */
RheoEvaluation *rheo_evaluation_new (RheoRun *run, const RheoExperiment *experiment, int64_t at, gboolean changed,
                                     RheoSet set, int n_trials, GError **error);
void rheo_evaluation_free (RheoEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoEvaluation, rheo_evaluation_free)

int64_t rheo_evaluation_get_iteration (const RheoEvaluation *evaluation);
int rheo_evaluation_get_n_trials (const RheoEvaluation *evaluation);
int rheo_evaluation_get_n_steps (const RheoEvaluation *evaluation); /* calls of rheo_evaluation_step that there are */
gboolean rheo_evaluation_step (RheoEvaluation *evaluation, GError **error);
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
