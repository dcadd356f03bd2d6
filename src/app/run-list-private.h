/* Thread: main. */
/* The columns of the table of runs (run-columns.c), for run-list.c. */
#pragma once

#include "app/run-list.h"

/* Makes all columns, in the order and visibility that the settings remember, and keeps these there. The view is borrowed
 * and outlives nothing of it. */
void rheo_run_columns_add (RheoRunList *list, GtkColumnView *view, GSettings *settings);
/* Hides columns that have no room, the least important first. */
void rheo_run_columns_fit (GtkColumnView *view, int width);
/* The item of the row that a widget belongs to, or NULL. */
RheoRunItem *rheo_run_columns_find_item (GtkWidget *widget);
