/* Thread: engine; filling happens on a thread of the feed. */
/* The feed owns batches: a thread fills the next two by calling the task's fill, trial by trial. Fixed data sets are
 * shuffled anew each epoch, the last incomplete batch is dropped (rsnn 1.2). Of a task without fill batches say which
 * episodes are next: their inputs are 0, and there are no targets. */
#pragma once

#include "plan.h"
#include "task.h"

typedef struct RheoFeed RheoFeed;

/* task, config and data are borrowed until free; config is copied at each rheo_feed_restart. */
RheoFeed *rheo_feed_new (const RheoTask *task, const void *config, const void *data, const RheoShape *shape, int batch,
                         uint64_t seed, GError **error);
void rheo_feed_free (RheoFeed *feed);
int rheo_feed_get_n_rows (const RheoFeed *feed); /* of a batch, swapped axes taken into account */
int rheo_feed_get_n_steps (const RheoFeed *feed);
int rheo_feed_get_n_batches (const RheoFeed *feed); /* per epoch; 1 for endless tasks */
/* Training batch number `batch` since the start of the run; prefetches the ones after it. Lent until give. NULL: fill
 * failed (the message names trial and step) or the feed is being freed. */
const RheoBatch *rheo_feed_take (RheoFeed *feed, int64_t batch, GError **error);
void rheo_feed_give (RheoFeed *feed, const RheoBatch *batch);
/* A batch of another set, filled by the caller's thread: trials first .. first + n - 1. Free with rheo_batch_free. */
RheoBatch *rheo_feed_new_batch (RheoFeed *feed, RheoSet set, uint32_t iteration, int first, int n, GError **error);
/* The task's score of each trial of the batch that rheo_feed_new_batch gave last; output: [row][step][out], laid out like
 * that batch. scores [trial], in the order of its items. FALSE with an error that names the trial; or without one, where
 * `stop` (may be NULL), asked before each trial, said so. For tasks whose shape says `scored`. */
gboolean rheo_feed_score (RheoFeed *feed, const RheoBatch *batch, const RheoReal *output, bool (*stop) (void *data),
                          void *stop_data, double *scores, GError **error);
void rheo_batch_free (RheoBatch *batch);
/* After a LIVE task value changed: what was prefetched is dropped. */
void rheo_feed_restart (RheoFeed *feed, const void *config);
/* The input of all rows with their hints in their places. Yours; NULL: it has no hints. */
RheoReal *rheo_batch_dup_hinted (const RheoBatch *batch);
/* Conditions of a row of a lent batch. */
double rheo_batch_get_condition (const RheoBatch *batch, int row, int i_condition);
/* What they are; borrowed. */
const RheoSeries *rheo_feed_get_conditions (const RheoFeed *feed);
