/* Thread: main. */
/* A sweep in the list of sweeps: its name, how large it is and how it stands. */
#pragma once

#include <gtk/gtk.h>

#include "app/sweep-watch.h"

/* GtkListBoxCreateWidgetFunc; item: RheoSweepWatch. */
GtkWidget *rheo_sweep_row_new (gpointer item, gpointer unused);
void rheo_sweep_row_update (GtkWidget *row, RheoSweepWatch *watch);

/* Runs that are not done yet. */
int rheo_sweep_count_left (const RheoSweepSight *sight);
/* "GOAL · 110 points × 3 seeds"; yours. */
char *rheo_sweep_dup_size (RheoSweep *sweep);
