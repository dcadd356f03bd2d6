/* Thread: engine. */
/* The trainer owns one run: net, rule, feed, validation, best so far, snapshots and the store's writer. It knows no
 * thread and no window; engine.h runs it on a thread of its own. */
#pragma once

#include "experiment.h"
#include "feed.h"
#include "metrics.h"
#include "net.h"
#include "past.h"
#include "play.h"
#include "rule.h"
#include "store.h"
#include "team.h"

/* What units are to do, and where they do not: an array of the net, and a column of records beside it. */
#define RHEO_TARGET_SPIKES "target.spikes"
#define RHEO_TARGET_DIFFERENCES "target.differences"

typedef enum
{
  RHEO_STOP_NONE,
  RHEO_STOP_BUDGET,
  RHEO_STOP_SOLVED,
  RHEO_STOP_DIVERGED,
  RHEO_STOP_USER,
  RHEO_STOP_PATIENCE, /* no better loss for as many iterations as the rule waits */
} RheoStop;

const char *rheo_stop_name (RheoStop stop); /* "budget", "solved", "diverged", "user", "patience" */

/* Checks the experiment, opens the task, makes device, net, feed and rule. Nothing is written. */
RheoTrainer *rheo_trainer_new (const RheoExperiment *experiment, GError **error);
void rheo_trainer_free (RheoTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoTrainer, rheo_trainer_free)

/* Writes to a new run file; or goes on with one (at: iteration of a checkpoint, -1 the newest); or branches from one
 * into another file. Without any of these nothing is written. */
gboolean rheo_trainer_create_run (RheoTrainer *trainer, const char *path, GError **error);
gboolean rheo_trainer_resume_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error);
gboolean rheo_trainer_branch_run (RheoTrainer *trainer, const char *from, int64_t at, const char *path, GError **error);
/* Goes on as rheo_trainer_resume_run, but writes nothing: another rank does. */
gboolean rheo_trainer_follow_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error);
/* Removes the file of a new run, or of a new branch, in which nothing was trained yet. FALSE: something was, or the run is
 * an old one; then nothing is done. */
gboolean rheo_trainer_drop_run (RheoTrainer *trainer);
/* Last metrics, checkpoint, fold. */
gboolean rheo_trainer_close_run (RheoTrainer *trainer, RheoStop stop, GError **error);

/* One batch (the smallest piece that can be saved after): forward, loss, backward, update; at the end of an iteration
 * also metrics, validation, records, checkpoints as due. *stop says whether the run is over. FALSE only for faults
 * (disk, data); divergence is a stop reason. `interrupt` (may be NULL) is asked at safe points at most 20 ms apart: when
 * it returns true the batch is dropped whole and *stop is RHEO_STOP_NONE. */
gboolean rheo_trainer_step (RheoTrainer *trainer, bool (*interrupt) (void *data), void *data, RheoStop *stop,
                            GError **error);

RheoPlace rheo_trainer_get_place (const RheoTrainer *trainer);
/* Iterations: run.budget, or fewer where the rule's own values end the run before (RheoRuleType.spent), as far as that can
 * be told by now. */
int rheo_trainer_get_budget (const RheoTrainer *trainer);
int rheo_trainer_get_n_batches (const RheoTrainer *trainer); /* per iteration */
const char *
rheo_trainer_get_unit (const RheoTrainer *trainer); /* "epoch", "batch", "episode" ...: in English, for _() */
const RheoExperiment *rheo_trainer_get_experiment (const RheoTrainer *trainer); /* with what auto resolved to */
RheoNet *rheo_trainer_get_net (RheoTrainer *trainer);
/* Name of what computes, as RheoDevice.name. *reason: why it is not a card, in a translated sentence that lasts as long as the
 * program; or NULL. */
const char *rheo_trainer_get_device (const RheoTrainer *trainer, const char **reason);
/* The card that a run of the experiment would be on, were run.device auto: its name, yours. NULL: none, and *reason says why, as
 * above; NULL too: that cannot be told. shape: of the opened task. Where there is a card it is opened for the answer. */
char *rheo_trainer_dup_card (const RheoExperiment *experiment, const RheoShape *shape, const char **reason);
RheoRule *rheo_trainer_get_rule (RheoTrainer *trainer);
RheoFeed *rheo_trainer_get_feed (RheoTrainer *trainer);
/* For drivers with an optimiser: one update while a batch goes on; the metrics tell of the last one. A batch that is given up
 * must put back weights and the arrays "optimiser.…" of the net. FALSE: the gradient is not finite, nothing was changed. */
gboolean rheo_trainer_update (RheoTrainer *trainer, RheoGrad *grad);
RheoTeam *rheo_trainer_get_team (RheoTrainer *trainer);
const RheoMetrics *rheo_trainer_get_metrics (const RheoTrainer *trainer);
double rheo_trainer_get_seconds (const RheoTrainer *trainer);
/* One sentence, after the stop reason DIVERGED; else NULL. Borrowed. */
const char *rheo_trainer_get_divergence (const RheoTrainer *trainer);

/* Last value of every metric: bare key where it is unique ("loss"), else the full name ("valid.loss"); train comes
 * first. A table with one number per column; the note of a bare key is its full name. */
RheoTable *rheo_trainer_dup_last_metrics (const RheoTrainer *trainer);

/* A LIVE value, between batches: checked, taken over by net, rule and feed, written into the journal. */
gboolean rheo_trainer_set (RheoTrainer *trainer, const char *path, const char *text, GError **error);
/* Interventions that stay until changed (n 0: none), in the journal too. Copied. */
gboolean rheo_trainer_intervene (RheoTrainer *trainer, const RheoIntervention *acts, int n, GError **error);
/* Everything a resume needs: arrays of the net but SCRATCH, and columns "trainer.…". */
RheoTable *rheo_trainer_dup_checkpoint (RheoTrainer *trainer);
/* Takes over a checkpoint of the same experiment; nothing is written. With run.keep = best that of a finished run brings
 * the best network. */
gboolean rheo_trainer_load_checkpoint (RheoTrainer *trainer, const RheoTable *table, GError **error);
gboolean rheo_trainer_write_checkpoint (RheoTrainer *trainer, gboolean marked, GError **error);
/* A result of an analysis of this run: into its file. *n: its number. The table is referenced, never changed. */
gboolean rheo_trainer_put_analysis (RheoTrainer *trainer, const char *id, int64_t iteration, const char *config_json,
                                    RheoTable *table, int64_t *n, GError **error);
/* Of a rule that goes on, the one trial is that of the last 1000 steps since the run was started or resumed.
 * Runs the probe trials and gives what an epoch record holds, for probe trials in their own order (swapped batches are
 * turned back: trial = trial, time = time). Plots, series and analyses count on these columns:
 *   <proj>.weight, <proj>.bias and whatever rheo_net_save gives for weights only
 *   <proj>.gradient  pre post        of the last batch; left out before the first and for rules without one
 *   <pop>.spikes     trial time unit 0 or 1, U8, spiking populations
 *   <pop>.rate       trial unit      spikes per step
 *   out.value        trial time out  what the read-out population (by its own name) gives
 *   target.spikes, target.differences   trial time unit   of a rule with an inner target for one trial: it, and where the
 *                                    spikes of "rec" are not it; U8
 *   task.input, task.target          trial time in | out; task.label: trial
 *   task.length      trial           steps of each trial, I32
 *   task.answer      trial           the class that was told; note "task.classes": names of classes, separated by tabs
 *   what told.h and, for rules that flow, gradient-flow.h tell
 *   scene.…          what rheo_play_record adds: a few episodes, where the task is an environment with a scene
 *   what rheo_net_describe adds: <pop>.class, <proj>.sign and notes; so does a checkpoint
 *   notes: "iteration", "unit" (of an iteration: "epoch"), "dt" (of a step, in ms, where there is time)
 * rheo_trainer_create_run puts the record of iteration 0, from which changes of weights are counted. */
RheoTable *rheo_trainer_dup_record (RheoTrainer *trainer, GError **error);
/* Whether there are class labels, so that it can be said which classes were told rightly: of the test trials, where there are
 * any, else of the validation trials. */
gboolean rheo_trainer_tells (const RheoTrainer *trainer);
/* Adds the columns of told.h of the last validation, if there was one. */
void rheo_trainer_add_told (const RheoTrainer *trainer, RheoTable *table);
/* Adds "task.label" of the probe trials and the note "task.classes", where they have labels. */
void rheo_trainer_add_labels (const RheoTrainer *trainer, const RheoBatch *batch, RheoTable *table);
/* Runs the probe trials without learning: what they leave on the tape of the net stays until the net runs again, and so
 * does the batch, which is borrowed. For frames. NULL with an error when the task cannot make them. */
const RheoBatch *rheo_trainer_run_probe (RheoTrainer *trainer, GError **error);
/* In its place, of a rule that goes on and plays: the last steps. NULL: elsewhere, or none ran yet. */
const RheoPast *rheo_trainer_get_past (const RheoTrainer *trainer);
/* Gradient of the last batch before clipping, borrowed until the next step. NULL: none yet, or the rule has none. */
const RheoGrad *rheo_trainer_get_grad (const RheoTrainer *trainer);
/* Scores trials first .. first + n - 1 of a set without learning and adds them to m, which declares what is missing. One
 * trial at a time gives the spread over trials; n is at most what a batch holds. Weights may be put into the net before
 * (rheo_net_load). */
gboolean rheo_trainer_evaluate (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m, GError **error);
/* Plays episodes first .. first + n - 1 of a set of an environment and adds what they come to ("valid.score" ...) to m, which
 * declares what is missing. Nothing for a task that is none. A network with its own clock runs on from one episode to the next,
 * over calls that follow each other. hooks: whose begin, choose, reward, ran and how.on_spike are called; or NULL. */
void rheo_trainer_play (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m, const RheoPlay *hooks);
/* The rule of the slot plasticity at work on another network, of the same layout as that of the run: each network has one of its
 * own, which ends before it does. An empty slot leaves type NULL. */
gboolean rheo_trainer_init_plasticity (RheoTrainer *trainer, RheoNet *net, RheoRule *rule, GError **error);
void rheo_trainer_release_plasticity (RheoRule *rule); /* an empty one, or one that failed, is fine */
/* For a rule that plays: the episodes of a batch of training, side by side, to which it adds how the network runs and what
 * it does itself. */
RheoPlay rheo_trainer_get_play (RheoTrainer *trainer, const RheoBatch *batch);
/* TRUE: the task is an environment that can be seen. */
gboolean rheo_trainer_has_scene (const RheoTrainer *trainer);
/* Seconds of the world that an episode of the last iteration lasted, the mean of several; a step of a world without time is
 * counted as RHEO_SCENE_STEP. 0: none was played. */
double rheo_trainer_get_lived (const RheoTrainer *trainer);
/* TRUE: and it tells which actions were taken, so that they and their rewards can be seen (film.h). */
gboolean rheo_trainer_has_actions (const RheoTrainer *trainer);
/* Adds what happened (film.h): of a rule that goes on in its last episode; else, and before that, in a few that are played
 * for it, spread over those of a validation. Nothing where there is no scene. */
void rheo_trainer_record_play (RheoTrainer *trainer, RheoTable *table);
/* R² over trials 0 .. n - 1 of a set together, with or without the noise of the training. NaN where the task has no
 * targets over time or they do not vary. */
gboolean rheo_trainer_measure_r2 (RheoTrainer *trainer, RheoSet set, int n, gboolean noisy, double *r2, GError **error);
