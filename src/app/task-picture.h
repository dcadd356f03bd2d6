/* Thread: main; the trial is made by a task. */
/* A small picture of what an experiment is about: the targets of its first trial, or its inputs where it has none. Without
 * axes and words. */
#pragma once

#include <gtk/gtk.h>

#include "engine/experiment.h"

#define RHEO_TYPE_TASK_PICTURE (rheo_task_picture_get_type ())
G_DECLARE_FINAL_TYPE (RheoTaskPicture, rheo_task_picture, RHEO, TASK_PICTURE, GtkWidget)

/* Property "seconds" (double, with notify): about how long a whole run takes; 0: not known. The experiment is copied. settings:
 * where speeds are remembered. */
GtkWidget *rheo_task_picture_new (const RheoExperiment *experiment, GSettings *settings);
