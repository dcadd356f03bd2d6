/* Thread: main; folders are read by a task. */
/* The sweeps of the folder of runs (its folder "sweeps"), as a list (GListModel of RheoSweepWatch, newest first). One at a
 * time runs; one that has runs left and was not paused begins when its turn comes, also after a restart. */
#pragma once

#include "app/sweep-watch.h"

#define RHEO_TYPE_SWEEPS (rheo_sweeps_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweeps, rheo_sweeps, RHEO, SWEEPS, GObject)

/* Signals: "changed" (void): a sweep has changed, been begun or paused; "resumed" (RheoSweepWatch): one goes on that an earlier
 * program had begun; "ended" (RheoSweepWatch); "trouble" (s sentence). */
RheoSweeps *rheo_sweeps_new (const char *runs_folder);
void rheo_sweeps_set_folder (RheoSweeps *sweeps, const char *runs_folder);
/* A new folder for it, and its runs begin in their turn. NULL: it cannot be made. Borrowed. */
RheoSweepWatch *rheo_sweeps_add (RheoSweeps *sweeps, RheoSweep *sweep, GError **error);
/* The user wants this one now: another that runs is paused. */
void rheo_sweeps_start (RheoSweeps *sweeps, RheoSweepWatch *watch);
void rheo_sweeps_pause (RheoSweeps *sweeps, RheoSweepWatch *watch);
/* Ends all runs after a checkpoint; no signal comes any more. */
void rheo_sweeps_shut (RheoSweeps *sweeps);
