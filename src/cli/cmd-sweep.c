#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/sweep-child.h"
#include "engine/sweep-drive.h"
#include "engine/sweep-estimate.h"
#include "engine/sweep-results.h"

static volatile sig_atomic_t n_signals;

/* The first signal ends the runs after a checkpoint; the next one does not wait for them. */
static void
on_signal (int number)
{
  n_signals++;
}

typedef struct
{
  RheoSweep *sweep;
  RheoSweepState *state;
  RheoSweepResults *results;
  RheoSweepDrive *drive;
  gboolean terminal, shown;
} Session;

/* What is done is in the table, so that it can be read meanwhile. NULL with an error; else its path, yours. */
static char *
write_results (const Session *session, GError **error)
{
  g_autofree char *path = g_build_filename (rheo_sweep_get_folder (session->sweep), "results.tsv", NULL);

  rheo_sweep_results_read (session->results);
  return rheo_sweep_results_write (session->results, path, error) ? g_steal_pointer (&path) : NULL;
}

/* --- progress ------------------------------------------------------------------------------------------------- */

static int
count (const Session *session, RheoRowState which)
{
  int n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (session->sweep); row++)
    n += rheo_sweep_drive_owns (session->drive, row) && rheo_sweep_state_get (session->state, row)->state == which;
  return n;
}

static char *
dup_left (const Session *session)
{
  double left = rheo_sweep_drive_get_left (session->drive);
  g_autofree char *text = isnan (left) ? NULL : rheo_cli_dup_duration (left);

  return text != NULL && left > 0 ? g_strdup_printf (_ (", %s left"), text) : g_strdup ("");
}

/* "12 of 330 runs, 1 failed, 4 min left" */
static char *
dup_sums (const Session *session)
{
  int n = rheo_sweep_drive_get_n_rows (session->drive), n_left = rheo_sweep_drive_get_n_left (session->drive);
  int n_failed = count (session, RHEO_ROW_FAILED), n_diverged = count (session, RHEO_ROW_DIVERGED);
  g_autofree char *left = dup_left (session);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("%d of %d runs"), n - n_left, n);
  if (n_diverged > 0)
    g_string_append_printf (text, _ (", %d diverged"), n_diverged);
  if (n_failed > 0)
    g_string_append_printf (text, _ (", %d failed"), n_failed);
  g_string_append (text, left);
  return g_string_free (text, FALSE);
}

static void
show_row (int row, void *data)
{
  Session *session = data;
  const RheoRowFacts *facts = rheo_sweep_state_get (session->state, row);
  g_autofree char *sums = dup_sums (session), *title = rheo_sweep_dup_row_title (session->sweep, row);
  int n = rheo_sweep_drive_get_n_rows (session->drive), done = n - rheo_sweep_drive_get_n_left (session->drive);
  char bar[21] = "....................";

  if (facts->state == RHEO_ROW_DONE || facts->state == RHEO_ROW_DIVERGED)
    g_free (write_results (session, NULL));
  if (session->terminal && (facts->state == RHEO_ROW_FAILED || facts->state == RHEO_ROW_DIVERGED) && session->shown)
    g_printerr ("\r\033[K");
  if (facts->state == RHEO_ROW_FAILED)
    g_printerr (_ ("%s could not run: %s\n"), title, facts->error);
  else if (!session->terminal && (facts->state == RHEO_ROW_DONE || facts->state == RHEO_ROW_DIVERGED))
    g_printerr ("%s: %s (%s)\n", sums, title, facts->stop);
  if (!session->terminal)
    return;
  for (int i = 0; i < 20 && i * n < 20 * done; i++)
    bar[i] = '#';
  g_printerr ("\r[%s] %s\033[K", bar, sums);
  session->shown = TRUE;
}

/* --- where it lies -------------------------------------------------------------------------------------------- */

/* The folder of sweep.json, or runs/NAME for a file of another name. */
static char *
choose_folder (const char *path, const RheoSweep *sweep)
{
  g_autofree char *base = NULL;

  if (rheo_sweep_get_folder (sweep) != NULL)
    return g_strdup (rheo_sweep_get_folder (sweep));
  base = g_path_get_basename (path);
  if (g_str_has_suffix (base, ".json"))
    base[strlen (base) - strlen (".json")] = '\0';
  return g_build_filename ("runs", base, NULL);
}

static gboolean
parse_share (const char *text, RheoSweepPlan *plan)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 i, n;

  if (g_strv_length (parts) != 2 || !g_ascii_string_to_unsigned (parts[1], 10, 1, RHEO_SWEEP_MAX_ROWS, &n, NULL)
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, n, &i, NULL))
    return FALSE;
  plan->share = (int) i - 1;
  plan->n_share = (int) n;
  return TRUE;
}

/* --- Slurm ---------------------------------------------------------------------------------------------------- */

static int
write_script (const RheoSweep *sweep, int jobs)
{
  g_autofree char *program = rheo_sweep_dup_program (),
                  *folder = g_canonicalize_filename (rheo_sweep_get_folder (sweep), NULL);
  g_autofree char *quoted_program = g_shell_quote (program), *quoted = g_shell_quote (folder),
                  *path = g_build_filename (folder, "sweep.sbatch", NULL), *name = g_path_get_basename (folder),
                  *text = NULL;
  g_autoptr (GError) error = NULL;
  int n_tasks = MIN (100, (rheo_sweep_get_n_rows (sweep) + jobs - 1) / jobs);

  g_strcanon (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", '-');
  text = g_strdup_printf ("#!/bin/sh\n"
                          "#SBATCH --job-name=%s\n"
                          "#SBATCH --array=1-%d\n"
                          "#SBATCH --cpus-per-task=%d\n"
                          "#SBATCH --signal=B:TERM@60\n"
                          "#SBATCH --requeue\n"
                          "# Each task of the array takes a fixed share of the %d runs. A job that was ended may be\n"
                          "# submitted again: what is done stays done.\n"
                          "exec %s sweep %s --resume --jobs %d \\\n"
                          "  --share \"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT\"\n",
                          name, n_tasks, jobs, rheo_sweep_get_n_rows (sweep), quoted_program, quoted, jobs);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0777, &error))
    return rheo_cli_fail (error);
  g_printerr (_ ("To submit it: sbatch %s\n"), path);
  puts (path);
  return RHEO_EXIT_DONE;
}

/* --- the command ---------------------------------------------------------------------------------------------- */

static void
print_result (const Session *session, const char *results, double seconds)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "sweep", rheo_sweep_get_folder (session->sweep));
  json_object_set_int_member (object, "runs", rheo_sweep_drive_get_n_rows (session->drive));
  for (int state = 0; state < RHEO_N_ROW_STATES; state++)
    json_object_set_int_member (object, rheo_row_state_name ((RheoRowState) state),
                                count (session, (RheoRowState) state));
  json_object_set_double_member (object, "seconds", seconds);
  json_object_set_string_member (object, "results", results);
  rheo_cli_print_json (object);
}

static int
tell_end (Session *session, double seconds, gboolean json)
{
  g_autofree char *path = NULL, *time = rheo_cli_dup_duration (seconds), *sums = NULL;
  g_autoptr (GError) error = NULL;
  int n = rheo_sweep_drive_get_n_rows (session->drive);

  if (session->shown)
    g_printerr ("\n");
  /* Others may have worked on it meanwhile. */
  rheo_sweep_state_look (session->state);
  path = write_results (session, &error);
  if (path == NULL)
    return rheo_cli_fail (error);
  sums = dup_sums (session);
  if (rheo_sweep_drive_get_n_left (session->drive) > 0)
    g_printerr (_ ("Interrupted: %s; to go on: rheobase-cli sweep %s --resume\n"), sums,
                rheo_sweep_get_folder (session->sweep));
  else
    g_printerr (_ ("Done: %s in %s.\n"), sums, time);
  if (json)
    print_result (session, path, seconds);
  else
    puts (path);
  if (rheo_sweep_drive_get_n_left (session->drive) > 0)
    return RHEO_EXIT_INTERRUPTED;
  return count (session, RHEO_ROW_FAILED) > 0               ? RHEO_EXIT_FAILED
         : n > 0 && count (session, RHEO_ROW_DIVERGED) == n ? RHEO_EXIT_DIVERGED
                                                            : RHEO_EXIT_DONE;
}

static int
drive (Session *session, gboolean json)
{
  double began = (double) g_get_monotonic_time () / 1e6;
  g_autoptr (GError) error = NULL;
  int told = 0;

  rheo_cli_catch_signals (on_signal);
  while (rheo_sweep_drive_step (session->drive, 0.2, show_row, session, &error))
    {
      if (n_signals > told && told == 0)
        rheo_sweep_drive_stop (session->drive);
      else if (n_signals > told)
        rheo_sweep_drive_kill (session->drive);
      told = n_signals;
    }
  if (error != NULL)
    {
      if (session->shown)
        g_printerr ("\n");
      rheo_cli_fail (error);
      g_clear_error (&error);
      rheo_sweep_drive_stop (session->drive);
      while (rheo_sweep_drive_step (session->drive, 0.2, NULL, NULL, &error))
        ;
      return RHEO_EXIT_FAILED;
    }
  return tell_end (session, (double) g_get_monotonic_time () / 1e6 - began, json);
}

static int
tell_estimate (const RheoSweep *sweep, const RheoSweepState *state, int jobs, gboolean json)
{
  RheoSweepEstimate estimate;
  g_autoptr (GError) error = NULL;
  g_autofree char *time = NULL, *size = NULL;

  if (!rheo_sweep_estimate (sweep, state, jobs, NULL, &estimate, &error))
    return rheo_cli_fail (error);
  if (json)
    {
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "runs", estimate.n_runs);
      json_object_set_double_member (object, "seconds", estimate.seconds);
      json_object_set_double_member (object, "bytes", estimate.bytes);
      rheo_cli_print_json (object);
      return RHEO_EXIT_DONE;
    }
  time = rheo_cli_dup_duration (estimate.seconds);
  size = g_format_size ((guint64) estimate.bytes);
  g_print (ngettext ("%d run, about %s, %s\n", "%d runs, about %s, %s\n", (gulong) estimate.n_runs), estimate.n_runs,
           time, size);
  return RHEO_EXIT_DONE;
}

typedef struct
{
  char *out, *share;
  int jobs;
  gboolean resume, retry, slurm, estimate, json;
} Options;

/* Rows that failed wait again. */
static gboolean
clear_failed (Session *session, GError **error)
{
  for (int row = 0; row < rheo_sweep_get_n_rows (session->sweep); row++)
    if (rheo_sweep_drive_owns (session->drive, row) && !rheo_sweep_clear_failed (session->sweep, row, error))
      return FALSE;
  return TRUE;
}

static int
begin (const RheoCommand *command, RheoSweep *sweep, const char *folder, const Options *options,
       const RheoSweepPlan *plan)
{
  Session session = { .sweep = sweep, .terminal = isatty (STDERR_FILENO) };
  g_autoptr (RheoSweepState) state = NULL;
  g_autoptr (RheoSweepResults) results = NULL;
  g_autoptr (RheoSweepDrive) own = NULL;
  g_autoptr (GError) error = NULL;
  int jobs = options->jobs > 0 ? options->jobs : 1;

  if (!rheo_sweep_create (sweep, folder, &error))
    return rheo_cli_fail (error);
  if (options->slurm)
    return write_script (sweep, jobs);
  session.state = state = rheo_sweep_state_new (sweep);
  session.results = results = rheo_sweep_results_new (state);
  rheo_sweep_state_look (state);
  if (!options->resume && plan->n_share == 0
      && rheo_sweep_state_count (state, RHEO_ROW_WAITING) < rheo_sweep_get_n_rows (sweep))
    return rheo_cli_fail_usage (command, _ ("%s holds runs already; with --resume they go on."), folder);
  session.drive = own = rheo_sweep_drive_new (state, plan);
  if (options->retry && !clear_failed (&session, &error))
    return rheo_cli_fail (error);
  return drive (&session, options->json);
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  Options options = { NULL };
  g_autofree char *out = NULL, *share = NULL, *folder = NULL;
  RheoSweepPlan plan = { 0 };
  g_autoptr (RheoSweep) sweep = NULL;
  g_autoptr (GError) error = NULL;
  int code;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("Folder of the runs; without it that of sweep.json, or a new one in runs"), "DIR" },
    { "resume", 'r', 0, G_OPTION_ARG_NONE, &options.resume, N_ ("Go on with the runs that are there"), NULL },
    { "retry", 0, 0, G_OPTION_ARG_NONE, &options.retry, N_ ("Go on, and try runs that failed once more"), NULL },
    { "share", 0, 0, G_OPTION_ARG_FILENAME, &share, N_ ("Only the I-th of N shares, from 1/N to N/N"), "I/N" },
    { "slurm", 0, 0, G_OPTION_ARG_NONE, &options.slurm, N_ ("Write a job script for Slurm instead of running"), NULL },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, N_ ("Runs at the same time; without it one per core"), "N" },
    { "estimate", 0, 0, G_OPTION_ARG_NONE, &options.estimate, N_ ("Only tell how long and how large it will be"),
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_ ("Print the result as JSON"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  options.out = out;
  options.resume = options.resume || options.retry;
  if (options.jobs < 0 || options.jobs > 1024)
    return rheo_cli_fail_usage (command, _ ("--jobs is %d; allowed is 1 to 1024."), options.jobs);
  if (share != NULL && !parse_share (share, &plan))
    return rheo_cli_fail_usage (command, _ ("--share is \"%s\"; allowed is 1/N to N/N, as in 2/8."), share);
  plan.jobs = options.jobs;
  sweep = rheo_sweep_load (argv[1], &error);
  if (sweep == NULL)
    return rheo_cli_fail (error);
  if (!rheo_sweep_check (sweep, &error))
    {
      g_prefix_error (&error, "%s: ", argv[1]);
      return rheo_cli_fail (error);
    }
  folder = out != NULL ? g_strdup (out) : choose_folder (argv[1], sweep);
  if (options.estimate)
    {
      g_autoptr (RheoSweepState) state = rheo_sweep_get_folder (sweep) != NULL ? rheo_sweep_state_new (sweep) : NULL;

      if (state != NULL)
        rheo_sweep_state_look (state);
      return tell_estimate (sweep, state, options.jobs > 0 ? options.jobs : (int) g_get_num_processors (),
                            options.json);
    }
  return begin (command, sweep, folder, &options, &plan);
}

const RheoCommand rheo_cmd_sweep = {
  .name = "sweep",
  .usage = "SWEEP.json [--out DIR] [--resume] [--retry] [--share I/N] [--jobs N] [--slurm] [--estimate] [--json]",
  .summary = N_ ("Runs one experiment with many values or seeds, each run a process of its own"),
  .run = run,
};
