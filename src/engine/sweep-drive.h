/* Thread: one; rheo_sweep_drive_wake and rheo_sweep_drive_stop: any. */
/* Runs the rows of a sweep, each in a child process `rheobase-cli train`, so that a crash costs one run. It may be killed at
 * any moment: children that are under way go on to their end, and who drives the sweep next finds them by their locks. Two
 * may drive one sweep; a row is never run twice at a time. */
#pragma once

#include "sweep-state.h"

typedef struct
{
  int jobs;           /* runs at the same time; 0: what the queue says, else one per core */
  int share, n_share; /* only rows share, share + n_share ... of all; n_share 0: all rows */
  int nice;           /* how far behind other programs the children stand: 0 to 19 */
} RheoSweepPlan;

typedef struct RheoSweepDrive RheoSweepDrive;

/* The state is borrowed, and is what the drive keeps up to date. */
RheoSweepDrive *rheo_sweep_drive_new (RheoSweepState *state, const RheoSweepPlan *plan);
/* Children that still run are not touched: stop it first. */
void rheo_sweep_drive_free (RheoSweepDrive *drive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweepDrive, rheo_sweep_drive_free)

/* Starts what may start and waits, at most so many seconds, until a child ends or somebody wakes it. changed, called for
 * each row that was started or has ended, may be NULL. FALSE: all is over (nothing left, or stopped and all children have
 * ended), or with an error: no child can be started. */
gboolean rheo_sweep_drive_step (RheoSweepDrive *drive, double seconds, void (*changed) (int row, void *data),
                                void *data, GError **error);
/* No more rows, and those that run end after writing a checkpoint. */
void rheo_sweep_drive_stop (RheoSweepDrive *drive);
/* Ends a step that waits: what the queue says has changed. */
void rheo_sweep_drive_wake (RheoSweepDrive *drive);
/* Children that do not react to stop are ended. */
void rheo_sweep_drive_kill (RheoSweepDrive *drive);
/* How many rows belong to it (its share), and how many of them are neither done, diverged nor failed. */
int rheo_sweep_drive_get_n_rows (const RheoSweepDrive *drive);
int rheo_sweep_drive_get_n_left (const RheoSweepDrive *drive);
gboolean rheo_sweep_drive_owns (const RheoSweepDrive *drive, int row);
gboolean rheo_sweep_drive_has_child (const RheoSweepDrive *drive, int row); /* started by it, and still running */
/* Runs at the same time, as it stands now. */
int rheo_sweep_drive_get_jobs (const RheoSweepDrive *drive);
/* Seconds until all is done, from the runs that are finished; NaN: none is. */
double rheo_sweep_drive_get_left (const RheoSweepDrive *drive);
