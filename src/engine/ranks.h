/* Thread: join and leave: main; tell: one thread at a time. */
/* Ranks: processes of one run, on one machine or several, that mpirun has started together. Each has the whole run and does the
 * same, but for work that a rule shares out, of which the ranks tell each other the results; rank 0 alone writes. Without
 * mpirun there is one rank, and nothing of this happens. MPI itself is in a module, which is opened where it is needed. */
#pragma once

#include "error.h"

#define RHEO_RANKS_VARIABLE "OMPI_COMM_WORLD_SIZE" /* of the environment: mpirun has started so many */

/* 0 of 1 where this process has not joined others. */
int rheo_ranks_get_rank (void);
int rheo_ranks_get_n (void);
/* FALSE: rank 0 tells the user for all. As mpirun says, so also before joining. */
gboolean rheo_ranks_speaks (void);

/* Before all else; without mpirun it does nothing. FALSE: the module is not there. */
gboolean rheo_ranks_join (GError **error);
/* all [rank][n] = what each rank tells, n bytes; the same calls with the same n on all ranks, in the same order. Waits for
 * them. FALSE: a rank has left, and says why; RHEO_ERROR_CANCELLED: it was interrupted. */
gboolean rheo_ranks_tell (const void *mine, void *all, gsize n, GError **error);
/* After all else, also after a failure. Waits until all ranks have left; those that still tell something learn of it.
 * why: a sentence, or NULL where this rank was done or was interrupted. */
void rheo_ranks_leave (const char *why);

/* What the module gives, as the symbol rheo_ranks_mpi. */
typedef struct
{
  const char *build; /* must equal the program's */
  gboolean (*join) (void);
  void (*gather) (const void *mine, void *all, int n); /* bytes; [rank][n] */
  void (*leave) (void);
} RheoRanksOps;
