/* Thread: main; runs are read by a task. */
/* The runs of one cell of a sweep: their curves, and what can be done with them. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SWEEP_CELL (rheo_sweep_cell_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepCell, rheo_sweep_cell, RHEO, SWEEP_CELL, GtkWidget)

GtkWidget *rheo_sweep_cell_new (RheoContext *context);
/* Rows of the sweep; n 0: none is selected. metric: what the curves show. */
void rheo_sweep_cell_show (RheoSweepCell *cell, RheoSweepWatch *watch, const int *rows, int n, const char *metric);
