/* Thread: any; a state belongs to one thread at a time. Files are read. */
/* Where the runs of a sweep stand, as the disk tells: a run file with a final stop reason is done, one whose lock is held is
 * running, NAME.failed marks one that could not run and says why, anything else waits, begun or not. Beside the runs,
 * queue.json holds what people want of the queue. */
#pragma once

#include "store.h"
#include "sweep.h"

typedef enum
{
  RHEO_ROW_WAITING, /* not begun, or interrupted: it goes on at its newest checkpoint */
  RHEO_ROW_RUNNING,
  RHEO_ROW_DONE,
  RHEO_ROW_DIVERGED,
  RHEO_ROW_FAILED,
  RHEO_N_ROW_STATES,
} RheoRowState;
const char *rheo_row_state_name (RheoRowState state); /* "waiting": in files */

typedef struct
{
  RheoRowState state;
  char *stop;        /* "budget", "solved" ...; NULL: not finished */
  char *error;       /* FAILED: a sentence or more */
  int64_t iteration; /* done */
  int budget;        /* iterations; 0: not begun */
  double seconds;    /* of the run; 0: not begun */
  guint64 bytes;     /* of the run file; 0 while it has parts */
} RheoRowFacts;

typedef struct RheoSweepState RheoSweepState;

/* The sweep has a folder. Nothing is read yet: all rows wait. */
RheoSweepState *rheo_sweep_state_new (RheoSweep *sweep);
void rheo_sweep_state_free (RheoSweepState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweepState, rheo_sweep_state_free)
RheoSweep *rheo_sweep_state_get_sweep (const RheoSweepState *state);

/* Look at the disk; what is finished and has not changed is not opened again. TRUE: something is other than before. */
gboolean rheo_sweep_state_look (RheoSweepState *state);
gboolean rheo_sweep_state_look_at (RheoSweepState *state, int row);
const RheoRowFacts *rheo_sweep_state_get (const RheoSweepState *state, int row); /* borrowed until the next look */
int rheo_sweep_state_count (const RheoSweepState *state, RheoRowState which);

char *rheo_sweep_dup_path (const RheoSweep *sweep, int row);                    /* of its run file */
char *rheo_sweep_dup_beside (const RheoSweep *sweep, int row, const char *end); /* NAME and this ending */
gboolean rheo_sweep_mark_failed (const RheoSweep *sweep, int row, const char *why, GError **error);
/* The row waits again; what it had written is kept. */
gboolean rheo_sweep_clear_failed (const RheoSweep *sweep, int row, GError **error);
/* Takes away all that a row has written, unless it is being written: it is run again from the start. */
gboolean rheo_sweep_forget (const RheoSweep *sweep, int row, GError **error);

/* --- the queue ------------------------------------------------------------------------------------------------ */
typedef struct
{
  char **first;    /* names of rows that come before all others, in this order; NULL-ended, or NULL */
  gboolean paused; /* a window does not go on with it by itself */
  int jobs;        /* runs at the same time; 0: one per core */
} RheoSweepQueue;

void rheo_sweep_queue_clear (RheoSweepQueue *queue);
/* What is missing or cannot be read is nothing that is wanted. */
void rheo_sweep_queue_read (const RheoSweep *sweep, RheoSweepQueue *queue);
gboolean rheo_sweep_queue_write (const RheoSweep *sweep, const RheoSweepQueue *queue, GError **error);
/* All rows in the order in which they are to be started; yours (g_free). */
int *rheo_sweep_queue_dup_sequence (const RheoSweep *sweep, const RheoSweepQueue *queue);
