/* Thread: main; files are read by threads. */
/* One stored run: what it is, its tags, its plots at any iteration that it kept, and going on from there. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUN_PANE (rheo_run_pane_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunPane, rheo_run_pane, RHEO, RUN_PANE, GtkWidget)

/* Signals:
 * "compare" (s path)       the run is to be put beside others
 * "tag" (s tag, b there)   the run is to have a tag, or no longer
 * The context is borrowed and outlives the pane. */
GtkWidget *rheo_run_pane_new (RheoContext *context);
/* The same path again reads the run again. */
void rheo_run_pane_show (RheoRunPane *pane, const char *path);
