#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "ranks.h"

#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <string.h>

#include "installation.h"

#define PIECE (1 << 24) /* bytes that are told at once */

/* What goes before everything that is told. */
typedef struct
{
  gboolean left;
  char why[508]; /* empty: done or interrupted */
} State;

static const RheoRanksOps *joined; /* NULL: not yet, or no longer */

/* What those that start several processes tell each of them: how many there are, and which one it is. OpenMPI's mpirun; others
 * and srun with PMI; srun with PMIx. */
static const struct
{
  const char *n, *rank;
} told[] = {
  { "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK" },
  { "PMI_SIZE", "PMI_RANK" },
  { "SLURM_STEP_NUM_TASKS", "SLURM_PROCID" },
};

static int
get_number (const char *variable, int otherwise)
{
  const char *text = g_getenv (variable);

  return text != NULL ? (int) g_ascii_strtoll (text, NULL, 10) : otherwise;
}

/* Of 1 where nobody told anything. */
static int
get_told (int *rank)
{
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    if (g_getenv (told[i].n) != NULL && g_getenv (told[i].rank) != NULL)
      {
        *rank = get_number (told[i].rank, 0);
        return get_number (told[i].n, 1);
      }
  *rank = 0;
  return 1;
}

int
rheo_ranks_get_n (void)
{
  int rank;

  return joined != NULL ? get_told (&rank) : 1;
}

int
rheo_ranks_get_rank (void)
{
  int rank = 0;

  if (joined != NULL)
    get_told (&rank);
  return rank;
}

gboolean
rheo_ranks_speaks (void)
{
  int rank;

  return get_told (&rank) <= 1 || rank == 0;
}

char **
rheo_ranks_leave_out (char **environment)
{
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    environment = g_environ_unsetenv (environment, told[i].n);
  return environment;
}

gboolean
rheo_ranks_join (GError **error)
{
  int rank;
  const int n = get_told (&rank);
  g_autofree char *build = rheo_dup_build_folder (), *folder = NULL, *path = NULL;
  GModule *module;
  gpointer symbol;

  if (n <= 1)
    return TRUE;
  folder = build != NULL ? g_build_filename (build, "src", "engine", NULL) : g_strdup (RHEO_MODULE_DIR);
  path = g_build_filename (folder, "rheobase-mpi." G_MODULE_SUFFIX, NULL);
  /* Modules of MPI's own look for its symbols among those of the program. */
  module = g_module_open (path, 0);
  if (module == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("%d processes were started together, but this build has no module for MPI (%s); it is made "
                         "where OpenMPI can be compiled with."),
                      n, path);
  g_module_make_resident (module);
  if (!g_module_symbol (module, "rheo_ranks_mpi", &symbol)
      || strcmp (((const RheoRanksOps *) symbol)->build, RHEO_VERSION) != 0)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s belongs to another version of the program."), path);
  if (!((const RheoRanksOps *) symbol)->join ())
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("This MPI does not go together with threads."));
  joined = symbol;
  if (joined->count () == n)
    return TRUE;
  rheo_fail (
      error, RHEO_ERROR_UNSUPPORTED,
      _ ("%d processes were started together, but MPI knows of %d; srun has to be told how they meet, such as with "
         "--mpi=pmix."),
      n, joined->count ());
  joined->leave ();
  joined = NULL;
  return FALSE;
}

/* What all ranks say; yours. */
static State *
gather_states (gboolean leaves, const char *why)
{
  State mine = { .left = leaves };
  State *all = g_new0 (State, rheo_ranks_get_n ());

  if (why != NULL)
    g_strlcpy (mine.why, why, sizeof mine.why);
  joined->gather (&mine, all, sizeof mine);
  return all;
}

gboolean
rheo_ranks_tell (const void *mine, void *all, gsize n, GError **error)
{
  const int n_ranks = rheo_ranks_get_n ();
  g_autofree State *state = NULL;

  if (joined == NULL)
    {
      memcpy (all, mine, n);
      return TRUE;
    }
  state = gather_states (FALSE, NULL);
  for (int rank = 0; rank < n_ranks; rank++)
    if (state[rank].left && state[rank].why[0] == '\0')
      return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Process %d of the run was interrupted."), rank);
    else if (state[rank].left)
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Process %d of the run has ended: %s"), rank, state[rank].why);
  for (gsize at = 0; at < n; at += PIECE)
    {
      const int bytes = (int) MIN (n - at, PIECE);
      g_autofree char *piece = g_malloc ((gsize) n_ranks * (gsize) bytes);

      joined->gather ((const char *) mine + at, piece, bytes);
      for (int rank = 0; rank < n_ranks; rank++)
        memcpy ((char *) all + (gsize) rank * n + at, piece + (gsize) rank * (gsize) bytes, (gsize) bytes);
    }
  return TRUE;
}

void
rheo_ranks_leave (const char *why)
{
  gboolean all_left = joined == NULL;

  while (!all_left)
    {
      g_autofree State *state = gather_states (TRUE, why);

      all_left = TRUE;
      for (int rank = 0; rank < rheo_ranks_get_n (); rank++)
        all_left = all_left && state[rank].left;
    }
  if (joined != NULL)
    joined->leave ();
  joined = NULL;
}
