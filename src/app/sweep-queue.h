/* Thread: main. */
/* The runs of a sweep in the order in which they come: running, waiting, failed and diverged, done. */
#pragma once

#include <gtk/gtk.h>

#include "app/sweep-watch.h"

#define RHEO_TYPE_SWEEP_QUEUE (rheo_sweep_queue_view_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepQueueView, rheo_sweep_queue_view, RHEO, SWEEP_QUEUE, GtkWidget)

/* Signal "chosen" (i row): the user wants to look at a run. */
GtkWidget *rheo_sweep_queue_view_new (void);
void rheo_sweep_queue_show (RheoSweepQueueView *queue, RheoSweepWatch *watch);
