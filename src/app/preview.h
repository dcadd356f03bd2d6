/* Thread: any; one call at a time for an experiment. */
/* What Set up shows of an experiment before it runs: one trial of its task, a sketch of its network, and what a run
 * takes. Nothing here knows the window. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"
#include "engine/sketch.h"

/* An opened task. Previews of the same values share it, so that a data set is not read for every edit. */
typedef struct RheoPreviewTask RheoPreviewTask;
RheoPreviewTask *rheo_preview_task_ref (RheoPreviewTask *task);
void rheo_preview_task_unref (RheoPreviewTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPreviewTask, rheo_preview_task_unref)

typedef struct
{
  char *problem;  /* why the experiment cannot run, one sentence; NULL: it can */
  int trial;      /* that is shown, from 0 */
  int n_trials;   /* of the training set; 0: without end */
  gboolean plays; /* the task is an environment alone: there are no trials */
  RheoTable
      *signals;     /* "input" [time in], "target" [time out], "weight" [time]; NULL with a problem or without trials */
  RheoTable *scene; /* of a task that plays: its world in the middle of an episode (engine/film.h); or NULL */
  char *inputs, *targets; /* names, separated by semicolons; "" where there are none */
  char *label;            /* "Class 3 of 20", "Class “five”", or NULL */
  double dt_ms;           /* length of a step; 0: the task has no physical time */
  RheoTable *network;     /* as of rheo_sketch_new; NULL: the model does not allow one */
  RheoSketchFacts facts;  /* with a network */
  const char *unit;       /* of an iteration, translated: "epoch" */
  int n_threads;
  char *device;          /* what run.device = auto takes, in words; or NULL */
  RheoPreviewTask *task; /* for the next call; or NULL */
} RheoPreview;
void rheo_preview_free (RheoPreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPreview, rheo_preview_free)

/* trial: number of a training trial; the last one where there are fewer. task: of the preview before, or NULL. NULL:
 * cancelled. */
RheoPreview *rheo_preview_make (const RheoExperiment *experiment, int trial, RheoPreviewTask *task,
                                GCancellable *cancellable);

/* Whether the targets are a way through a plane: two signals that both move at most steps. Those that switch now and then
 * are better seen over time. */
gboolean rheo_preview_is_path (const RheoPreview *preview);

/* Additions and multiplications a second (as RheoSketchFacts counts them) of a few batches of the experiment, on as many
 * threads as it asks for. 0: cancelled, or it cannot run. */
double rheo_preview_measure (const RheoExperiment *experiment, GCancellable *cancellable);
