#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-estimate.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sweep-child.h"

#define PROBE_SECONDS 1.0  /* of training */
#define START_SECONDS 60.0 /* that the data may take before */
#define ASK_EVERY 30       /* ms */

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

/* --- a second of training ------------------------------------------------------------------------------------- */

typedef struct
{
  char *folder, *experiment, *run, *log;
  double wall; /* seconds from start to end */
} Probe;

static void
clear_probe (Probe *probe)
{
  g_autofree char *parts = g_strconcat (probe->run, ".parts", NULL);
  g_autoptr (GDir) dir = g_dir_open (parts, 0, NULL);
  const char *const paths[] = { parts, probe->run, probe->log, probe->experiment, probe->folder };
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inside = g_build_filename (parts, name, NULL);

      g_remove (inside);
    }
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_remove (paths[i]);
  g_free (probe->folder);
  g_free (probe->experiment);
  g_free (probe->run);
  g_free (probe->log);
}

static gboolean
prepare_probe (Probe *probe, const RheoSweep *sweep, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (sweep, rheo_sweep_get_n_rows (sweep) / 2, error);
  g_autoptr (GError) local = NULL;

  if (experiment == NULL)
    return FALSE;
  probe->folder = g_dir_make_tmp ("rheobase-XXXXXX", &local);
  if (probe->folder == NULL)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("A temporary folder cannot be made: %s."), local->message);
  probe->experiment = g_build_filename (probe->folder, "experiment.json", NULL);
  probe->run = g_build_filename (probe->folder, "run.h5", NULL);
  probe->log = g_build_filename (probe->folder, "log", NULL);
  return rheo_experiment_save (experiment, probe->experiment, error);
}

/* TRUE when the child has trained long enough; *since: when that was first seen. */
static gboolean
has_trained (const char *path, double *since)
{
  g_autoptr (RheoRun) run = NULL;

  if (*since > 0)
    return now () - *since > PROBE_SECONDS;
  run = rheo_run_open (path, NULL);
  if (run != NULL && rheo_run_get_place (run).iteration >= 1)
    *since = now ();
  return FALSE;
}

static gboolean
train (Probe *probe, const atomic_bool *cancelled, GError **error)
{
  g_autofree char *program = rheo_sweep_dup_program ();
  const char *const words[] = { program, "train",    "--quiet", "--threads",       "1",
                                "--out", probe->run, "--",      probe->experiment, NULL };
  g_autofree char *why = NULL;
  double began = now (), since = 0;
  gboolean asked = FALSE, given_up = FALSE;
  int status, life;
  pid_t pid;

  if (!rheo_sweep_spawn (words, probe->log, 0, &pid, &life, error))
    return FALSE;
  for (struct pollfd polled = { life, POLLIN, 0 }; poll (&polled, 1, ASK_EVERY) <= 0;)
    {
      given_up = (cancelled != NULL && atomic_load (cancelled)) || now () - began > START_SECONDS;
      if (given_up)
        kill (pid, SIGKILL);
      else if (!asked && has_trained (probe->run, &since))
        {
          kill (pid, SIGTERM);
          asked = TRUE;
        }
    }
  waitpid (pid, &status, 0);
  close (life);
  probe->wall = now () - began;
  if (given_up)
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("No time was measured: the run took too long to begin."));
  /* Diverged (3) and interrupted (130) runs were measured as well. */
  if (WIFEXITED (status) && (WEXITSTATUS (status) == 0 || WEXITSTATUS (status) == 3 || WEXITSTATUS (status) == 130))
    return TRUE;
  why = rheo_sweep_dup_last_words (probe->log, status);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run cannot be trained: %s"), why);
}

/* --- what it says --------------------------------------------------------------------------------------------- */

static double
table_bytes (const RheoTable *table)
{
  double bytes = 0;

  for (int c = 0; table != NULL && c < rheo_table_get_n_columns (table); c++)
    {
      const RheoColumn *column = rheo_table_get_column (table, c);

      bytes += (double) rheo_column_get_length (column) * (double) rheo_type_size (column->type);
    }
  return bytes;
}

static int
count_records (const RheoRunRows *rows, int64_t iterations)
{
  int n = 0;

  for (int i = 0; i < rows->n_record; i++)
    n += rows->record[i] <= iterations
         && (rows->record_every == 0 || (int64_t) rows->record[i] % rows->record_every != 0);
  return n + (rows->record_every > 0 ? (int) (iterations / rows->record_every) : 0);
}

/* Metrics grow with the iterations, snapshots with those that are recorded; two checkpoints stay. */
static double
guess_bytes (RheoRun *run, double bytes, const RheoTable *metrics)
{
  const RheoRunRows *rows = rheo_experiment_get_run (rheo_run_get_experiment (run));
  int64_t done = rheo_run_get_place (run).iteration;
  double of_metrics = table_bytes (metrics), of_checkpoint = 0;
  const RheoPlace *places;
  int n_epochs, n_places;

  rheo_run_get_epochs (run, &n_epochs);
  places = rheo_run_get_checkpoints (run, &n_places);
  if (n_places > 0)
    {
      g_autoptr (RheoTable) checkpoint = rheo_run_read_checkpoint (run, places[n_places - 1], NULL);

      of_checkpoint = table_bytes (checkpoint);
    }
  bytes = MAX (bytes - of_metrics - n_places * of_checkpoint, 0);
  if (n_epochs > 0)
    bytes *= (double) MAX (count_records (rows, rows->budget), 1) / n_epochs;
  return bytes + of_metrics * rows->budget / (double) MAX (done, 1) + 2 * of_checkpoint;
}

static double
guess_seconds (RheoRun *run, const RheoTable *metrics, double wall)
{
  const RheoColumn *seconds = rheo_table_find (metrics, "seconds"), *iteration = rheo_table_find (metrics, "iteration");
  int64_t n = seconds != NULL ? rheo_column_get_length (seconds) : 0;
  int budget = rheo_experiment_get_run (rheo_run_get_experiment (run))->budget;
  double first, last, done;

  if (n == 0)
    return wall * budget;
  /* The first iteration is slower than others. */
  first = n > 1 ? rheo_column_get_number (seconds, 0) : 0;
  last = rheo_column_get_number (seconds, n - 1);
  done = rheo_column_get_number (iteration, n - 1) - (n > 1 ? rheo_column_get_number (iteration, 0) : 0);
  return MAX (wall - last, 0) + first + (last - first) / MAX (done, 1) * budget;
}

static gboolean
measure (const RheoSweep *sweep, const atomic_bool *cancelled, RheoSweepEstimate *estimate, GError **error)
{
  Probe probe = { NULL };
  g_autoptr (RheoRun) run = NULL;
  gboolean done = prepare_probe (&probe, sweep, error) && train (&probe, cancelled, error);

  if (done)
    run = rheo_run_open (probe.run, error);
  if (run != NULL)
    {
      g_autoptr (RheoTable) metrics = rheo_run_dup_metrics (run, NULL, error);
      GStatBuf facts;

      done = metrics != NULL && g_stat (probe.run, &facts) == 0;
      if (done)
        {
          estimate->run_seconds = guess_seconds (run, metrics, probe.wall);
          estimate->bytes = guess_bytes (run, (double) facts.st_size, metrics) * estimate->n_runs;
        }
    }
  if (probe.folder != NULL)
    clear_probe (&probe);
  return done && run != NULL;
}

gboolean
rheo_sweep_estimate (const RheoSweep *sweep, const RheoSweepState *state, int jobs, const atomic_bool *cancelled,
                     RheoSweepEstimate *estimate, GError **error)
{
  int n = rheo_sweep_get_n_rows (sweep), n_done = 0;
  double seconds = 0, bytes = 0;

  *estimate = (RheoSweepEstimate){ .n_runs = n };
  for (int row = 0; state != NULL && row < n; row++)
    {
      const RheoRowFacts *facts = rheo_sweep_state_get (state, row);

      if (facts->state != RHEO_ROW_WAITING && facts->state != RHEO_ROW_RUNNING)
        estimate->n_runs--;
      if (facts->state != RHEO_ROW_DONE)
        continue;
      seconds += facts->seconds;
      bytes += (double) facts->bytes;
      n_done++;
    }
  if (n_done > 0)
    {
      estimate->run_seconds = seconds / n_done;
      estimate->bytes = bytes / n_done * estimate->n_runs;
    }
  else if (!measure (sweep, cancelled, estimate, error))
    return FALSE;
  estimate->seconds = estimate->run_seconds * estimate->n_runs / MAX (1, MIN (jobs, estimate->n_runs));
  return TRUE;
}
