/* Thread: engine. */
/* The trainer owns one run: net, rule, feed, validation, best so far, snapshots and the store's writer. It knows no
 * thread and no window; engine.h runs it on a thread of its own. */
#pragma once

#include "experiment.h"
#include "feed.h"
#include "metrics.h"
#include "net.h"
#include "rule.h"
#include "store.h"
#include "team.h"

typedef enum
{
  RHEO_STOP_NONE,
  RHEO_STOP_BUDGET,
  RHEO_STOP_SOLVED,
  RHEO_STOP_DIVERGED,
  RHEO_STOP_USER,
} RheoStop;

const char *rheo_stop_name (RheoStop stop); /* "budget", "solved", "diverged", "user" */

/* Checks the experiment, opens the task, makes device, net, feed and rule. Nothing is written. */
RheoTrainer *rheo_trainer_new (const RheoExperiment *experiment, GError **error);
void rheo_trainer_free (RheoTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoTrainer, rheo_trainer_free)

/* Writes to a new run file; or goes on with one (at: iteration of a checkpoint, -1 the newest); or branches from one
 * into another file. Without any of these nothing is written. */
gboolean rheo_trainer_create_run (RheoTrainer *trainer, const char *path, GError **error);
gboolean rheo_trainer_resume_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error);
gboolean rheo_trainer_branch_run (RheoTrainer *trainer, const char *from, int64_t at, const char *path, GError **error);
/* Last metrics, checkpoint, fold. */
gboolean rheo_trainer_close_run (RheoTrainer *trainer, RheoStop stop, GError **error);

/* One batch (the smallest piece that can be saved after): forward, loss, backward, update; at the end of an iteration
 * also metrics, validation, records, checkpoints as due. *stop says whether the run is over. FALSE only for faults
 * (disk, data); divergence is a stop reason. `interrupt` (may be NULL) is asked at safe points at most 20 ms apart: when
 * it returns true the batch is dropped whole and *stop is RHEO_STOP_NONE. */
gboolean rheo_trainer_step (RheoTrainer *trainer, bool (*interrupt) (void *data), void *data, RheoStop *stop,
                            GError **error);

RheoPlace rheo_trainer_get_place (const RheoTrainer *trainer);
int rheo_trainer_get_n_batches (const RheoTrainer *trainer);                    /* per iteration */
const char *rheo_trainer_get_unit (const RheoTrainer *trainer);                 /* "epoch", "batch", "episode" ... */
const RheoExperiment *rheo_trainer_get_experiment (const RheoTrainer *trainer); /* with what auto resolved to */
RheoNet *rheo_trainer_get_net (RheoTrainer *trainer);
RheoRule *rheo_trainer_get_rule (RheoTrainer *trainer);
RheoFeed *rheo_trainer_get_feed (RheoTrainer *trainer);
RheoTeam *rheo_trainer_get_team (RheoTrainer *trainer);
const RheoMetrics *rheo_trainer_get_metrics (const RheoTrainer *trainer);
double rheo_trainer_get_seconds (const RheoTrainer *trainer);

/* Last value of every metric: bare key where it is unique ("loss"), else the full name ("valid.loss"); train comes
 * first. A table with one number per column. */
RheoTable *rheo_trainer_dup_last_metrics (const RheoTrainer *trainer);

/* A LIVE value, between batches: checked, taken over by net, rule and feed, written into the journal. */
gboolean rheo_trainer_set (RheoTrainer *trainer, const char *path, const char *text, GError **error);
/* Interventions that stay until changed (n 0: none), in the journal too. Copied. */
gboolean rheo_trainer_intervene (RheoTrainer *trainer, const RheoIntervention *acts, int n, GError **error);
/* Everything a resume needs. */
RheoTable *rheo_trainer_dup_checkpoint (RheoTrainer *trainer);
gboolean rheo_trainer_write_checkpoint (RheoTrainer *trainer, gboolean marked, GError **error);
/* Runs the probe trials and gives what an epoch record holds: weights, probe inputs, outputs, targets, spikes, rates. */
RheoTable *rheo_trainer_dup_record (RheoTrainer *trainer, GError **error);
/* Scores fresh trials of a set without learning. */
gboolean rheo_trainer_evaluate (RheoTrainer *trainer, RheoSet set, int n_trials, RheoMetrics *m, GError **error);
