#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "ranks.h"

#include <mpi.h>

#define PAUSE 100 /* µs between looks at what others tell: a rank that waits leaves its cores to others */

static gboolean
join (void)
{
  int provided = MPI_THREAD_SINGLE;

  return MPI_Init_thread (NULL, NULL, MPI_THREAD_SERIALIZED, &provided) == MPI_SUCCESS
         && provided >= MPI_THREAD_SERIALIZED;
}

static int
count (void)
{
  int n = 1;

  MPI_Comm_size (MPI_COMM_WORLD, &n);
  return n;
}

/* An error of MPI ends all ranks: so it is set, and nothing else is there to be done. */
static void
gather (const void *mine, void *all, int n)
{
  MPI_Request request;
  int done = 0;

  MPI_Iallgather (mine, n, MPI_BYTE, all, n, MPI_BYTE, MPI_COMM_WORLD, &request);
  while (MPI_Test (&request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done)
    g_usleep (PAUSE);
}

static void
leave (void)
{
  MPI_Finalize ();
}

extern const RheoRanksOps rheo_ranks_mpi;
const RheoRanksOps rheo_ranks_mpi = {
  .build = RHEO_VERSION, .join = join, .count = count, .gather = gather, .leave = leave
};
