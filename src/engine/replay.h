/* Thread: any; a replay belongs to one thread. */
/* The network of a record on trials of its task once more, for analyses: forward only, with a net, a task and threads of its
 * own, so that a run that goes on is not touched. */
#pragma once

#include "analysis.h"
#include "loss.h"
#include "net.h"
#include "task.h"

typedef struct RheoReplay RheoReplay;

/* A task with targets over time. NULL with an error. */
RheoReplay *rheo_replay_new (const RheoRecord *record, GError **error);
/* A task with labels, and a rule whose loss says which class outputs stand for. NULL with an error. */
RheoReplay *rheo_replay_new_classes (const RheoRecord *record, GError **error);
void rheo_replay_free (RheoReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoReplay, rheo_replay_free)

const RheoTask *rheo_replay_get_task (const RheoReplay *replay);
const RheoShape *rheo_replay_get_shape (const RheoReplay *replay); /* of the task */
const RheoNet *rheo_replay_get_net (const RheoReplay *replay);
/* Trials of the validation set, or `otherwise` where the task draws without end. */
int rheo_replay_get_n_valid (const RheoReplay *replay, int otherwise);
const RheoSeries *rheo_replay_get_conditions (const RheoReplay *replay);    /* ended by a row without a key */
int rheo_replay_find_condition (const RheoReplay *replay, const char *key); /* -1: the task has none of this name */

/* Adds the column "in" or "out": what the task calls its inputs or targets, else their numbers. */
void rheo_replay_add_names (const RheoReplay *replay, gboolean target, RheoTable *out);

/* A signal of one trial: number k of step t is first[t * step + k]. */
typedef struct
{
  const RheoReal *first;
  int64_t step;
  int n;
} RheoReplaySignal;

/* A trial as it was run; lent for the call. */
typedef struct
{
  int index;               /* in its set */
  int length;              /* steps */
  const double *condition; /* one for each of the task's */
  const RheoReal *weight;  /* [step] in the loss; NULL: all 1 */
  RheoReplaySignal input, target, output;
  RheoReplaySignal rate; /* of the first population, at the end of each step; first NULL: it spikes */
  RheoFit fit;           /* of this trial alone; of targets over time */
  int label, predicted;  /* classes; -1: of a task without labels */
} RheoReplayTrial;

typedef struct
{
  RheoSet set;
  int first, n;                 /* trials of the set */
  uint32_t draw;                /* another number, other noise, and other trials where the task draws without end */
  double noise;                 /* times that of the training; 0: none */
  const RheoIntervention *acts; /* on the first population and its projections */
  int n_acts;
  const RheoOrigin *start;                                 /* or NULL: as the model says */
  void (*each) (void *data, const RheoReplayTrial *trial); /* in any order */
  void *data;
  const atomic_bool *cancelled; /* or NULL */
} RheoReplayRun;

/* FALSE with an error, which is RHEO_ERROR_CANCELLED when it was. */
gboolean rheo_replay_run (RheoReplay *replay, const RheoReplayRun *run, GError **error);
