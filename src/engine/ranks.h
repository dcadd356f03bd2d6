/* Thread: join and leave: main; tell: one thread at a time. */
/* Ranks: processes of one run, on one machine or several, that mpirun or srun has started together. Each has the whole run and does the
 * same, but for work that a rule shares out, of which the ranks tell each other the results; rank 0 alone writes. Without
 * mpirun there is one rank, and nothing of this happens. MPI itself is in a module, which is opened where it is needed. */
#pragma once

#include "error.h"

/* 0 of 1 where this process has not joined others. */
int rheo_ranks_get_rank (void);
int rheo_ranks_get_n (void);
/* FALSE: rank 0 tells the user for all. As the environment says, so also before joining. */
gboolean rheo_ranks_speaks (void);
/* An environment, in which no process is a rank any more; consumed. */
char **rheo_ranks_leave_out (char **environment);

/* Before all else; alone it does nothing. FALSE: the module is not there, or MPI knows of another number of processes. */
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
  int (*count) (void);                                 /* ranks */
  void (*gather) (const void *mine, void *all, int n); /* bytes; [rank][n] */
  void (*leave) (void);
} RheoRanksOps;
