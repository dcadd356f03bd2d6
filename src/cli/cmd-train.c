#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/ranks.h"

static volatile sig_atomic_t n_signals;

/* The first signal asks for a checkpoint and the end; the next one does not wait for it. */
static void
on_signal (int number)
{
  if (n_signals++ > 0)
    _exit (RHEO_EXIT_INTERRUPTED);
}

/* --- progress -------------------------------------------------------------------------------------------------- */
typedef struct
{
  gboolean terminal, shown; /* a bar that is drawn over; it is on the screen */
  gboolean quiet;           /* only what went wrong is told */
  char *unit;
  double began;    /* seconds of the run when this process took it over */
  int64_t from;    /* iterations done then */
  double drawn_at; /* monotonic seconds */
} Progress;

/* "loss 22.5, valid.loss 23.1": the first two of the metrics that tell how good the network is. */
static char *
dup_scores (const RheoTable *metrics)
{
  static const char *const wanted[] = { "loss",          "valid.loss",     "mse",   "valid.mse", "accuracy",
                                        "test-accuracy", "valid.accuracy", "score", "reward" };
  GString *text = g_string_new (NULL);
  int n = 0;

  for (guint i = 0; metrics != NULL && i < G_N_ELEMENTS (wanted) && n < 3; i++)
    {
      const RheoColumn *column = rheo_table_find (metrics, wanted[i]);
      double value = column != NULL ? rheo_column_get_number (column, 0) : NAN;

      if (isnan (value))
        continue;
      g_string_append_printf (text, ", %s %.4g", wanted[i], value);
      n++;
    }
  return g_string_free (text, FALSE);
}

static char *
dup_speed (const Progress *progress, const RheoMessage *message)
{
  double seconds = message->seconds - progress->began, rate;
  int64_t done = message->place.iteration - progress->from;
  g_autofree char *left = NULL;

  if (done <= 0 || seconds <= 0)
    return g_strdup ("");
  rate = (double) done / seconds;
  left = rheo_cli_dup_duration ((double) (message->budget - message->place.iteration) / rate);
  if (message->place.iteration >= message->budget)
    return g_strdup_printf (_ (", %.3g %s/s"), rate, progress->unit);
  if (rate < 1)
    return g_strdup_printf (_ (", %.3g s/%s, %s left"), 1 / rate, progress->unit, left);
  return g_strdup_printf (_ (", %.3g %s/s, %s left"), rate, progress->unit, left);
}

static void
show_progress (Progress *progress, const RheoMessage *message)
{
  g_autofree char *scores = NULL, *speed = NULL;
  double now = (double) g_get_monotonic_time () / 1e6;
  char bar[21] = "....................";

  if (progress->quiet)
    return;
  scores = dup_scores (message->table);
  speed = dup_speed (progress, message);
  if (!progress->terminal)
    {
      g_printerr (_ ("%s %" PRId64 " of %d%s%s\n"), progress->unit, message->place.iteration, message->budget, scores,
                  speed);
      return;
    }
  if (progress->shown && now - progress->drawn_at < 0.05 && message->place.iteration < message->budget)
    return;
  for (int i = 0; i < 20 && i < 20 * message->place.iteration / MAX (1, message->budget); i++)
    bar[i] = '#';
  g_printerr ("\r[%s] ", bar);
  g_printerr (_ ("%s %" PRId64 " of %d%s%s"), progress->unit, message->place.iteration, message->budget, scores, speed);
  g_printerr ("\033[K");
  progress->shown = TRUE;
  progress->drawn_at = now;
}

/* Leaves the bar where it is, so that a message gets a line of its own. */
static void
end_line (Progress *progress)
{
  if (progress->shown)
    g_printerr ("\n");
  progress->shown = FALSE;
}

/* --- the run --------------------------------------------------------------------------------------------------- */
/* A name that no run has yet: runs/robot-trajectory-seed1.h5, runs/robot-trajectory-seed1-2.h5 ... */
static char *
choose_path (const char *experiment, int seed, GError **error)
{
  g_autofree char *base = g_path_get_basename (experiment), *name = NULL;

  if (g_str_has_suffix (base, ".json"))
    base[strlen (base) - strlen (".json")] = '\0';
  if (g_mkdir_with_parents ("runs", 0777) != 0)
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("The folder runs cannot be made: %s."), g_strerror (errno));
      return NULL;
    }
  for (int i = 1;; i++)
    {
      g_autofree char *path = i == 1 ? g_strdup_printf ("runs/%s-seed%d.h5", base, seed)
                                     : g_strdup_printf ("runs/%s-seed%d-%d.h5", base, seed, i);
      g_autofree char *parts = g_strconcat (path, ".parts", NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (parts, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

static void
print_result (const char *path, const RheoMessage *stopped)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "run", path);
  json_object_set_string_member (object, "stop", rheo_stop_name (stopped->stop));
  json_object_set_int_member (object, "iterations", stopped->place.iteration);
  json_object_set_double_member (object, "seconds", stopped->seconds);
  json_object_set_object_member (
      object, "metrics", stopped->table != NULL ? rheo_cli_dup_last_values (stopped->table) : json_object_new ());
  rheo_cli_print_json (object);
}

static int
tell_end (Progress *progress, const char *path, const RheoMessage *stopped, gboolean json)
{
  g_autofree char *time = rheo_cli_dup_duration (stopped->seconds);

  end_line (progress);
  if (!rheo_ranks_speaks ())
    return RHEO_EXIT_DONE;
  switch (stopped->stop)
    {
    case RHEO_STOP_DIVERGED:
      g_printerr (_ ("Diverged after %" PRId64 " iterations: the loss is no longer a number, or far too large. "
                     "%s holds the last good checkpoint.\n"),
                  stopped->place.iteration, path);
      break;
    case RHEO_STOP_USER:
      g_printerr (_ ("Interrupted after %" PRId64 " iterations; to go on: rheobase-cli train --resume %s\n"),
                  stopped->place.iteration, path);
      break;
    default:
      if (progress->quiet)
        break;
      g_printerr (_ ("Done: %" PRId64 " iterations in %s (%s).\n"), stopped->place.iteration, time,
                  rheo_stop_name (stopped->stop));
    }
  if (json)
    print_result (path, stopped);
  else
    puts (path);
  return stopped->stop == RHEO_STOP_DIVERGED ? RHEO_EXIT_DIVERGED
         : stopped->stop == RHEO_STOP_USER   ? RHEO_EXIT_INTERRUPTED
                                             : RHEO_EXIT_DONE;
}

/* The next message, or NULL after a while without any; a signal is passed on. */
static RheoMessage *
next_message (RheoEngine *engine, gboolean *stopping)
{
  if (n_signals > 0 && !*stopping)
    {
      *stopping = TRUE;
      rheo_engine_stop (engine);
    }
  return rheo_engine_wait (engine, 0.1) ? rheo_engine_pop (engine) : NULL;
}

static void
tell_device (const RheoMessage *message)
{
  g_autofree char *device = rheo_cli_dup_device (message->device, message->device_reason);

  g_printerr (_ ("Device: %s\n"), device);
}

static int
watch_run (RheoEngine *engine, const char *path, gboolean json, gboolean quiet)
{
  Progress progress = { .terminal = isatty (STDERR_FILENO), .quiet = quiet || !rheo_ranks_speaks () };
  gboolean stopping = FALSE, failed = FALSE;
  int code = -1;

  while (code < 0)
    {
      g_autoptr (RheoMessage) message = next_message (engine, &stopping);

      if (message == NULL)
        continue;
      switch (message->type)
        {
        case RHEO_MSG_STATE:
          if (message->state == RHEO_ENGINE_RUNNING)
            {
              if (progress.unit == NULL && !progress.quiet)
                tell_device (message);
              g_free (progress.unit);
              progress.unit = g_strdup (message->key);
              progress.began = message->seconds;
              progress.from = message->place.iteration;
            }
          else if (message->state == RHEO_ENGINE_STOPPED)
            code = failed ? RHEO_EXIT_FAILED : tell_end (&progress, path, message, json);
          break;
        case RHEO_MSG_METRICS:
          show_progress (&progress, message);
          break;
        case RHEO_MSG_NOTE:
          if (g_strcmp0 (message->key, "diverged") == 0 && rheo_ranks_speaks ())
            {
              end_line (&progress);
              g_printerr ("%s\n", message->text);
            }
          break;
        case RHEO_MSG_FRAME:
          break;
        case RHEO_MSG_ERROR:
          end_line (&progress);
          rheo_cli_fail (message->error);
          failed = TRUE;
          break;
        }
    }
  g_free (progress.unit);
  return code;
}

/* --- the command ----------------------------------------------------------------------------------------------- */
/* The stored experiment with what the command line changes. */
static int
load_resumed (const char *from, char **settings, RheoExperiment **experiment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) stored = rheo_run_open (from, &error);
  g_autoptr (RheoExperiment) mine = NULL;
  int code;

  if (stored == NULL)
    return rheo_cli_fail (error);
  mine = rheo_experiment_dup (rheo_run_get_experiment (stored));
  code = rheo_cli_configure (mine, settings);
  if (code == RHEO_EXIT_DONE)
    *experiment = g_steal_pointer (&mine);
  return code;
}

static int
train (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *out = NULL, *resume = NULL, *path = NULL;
  gint64 at = -1;
  RheoStart start;
  int threads = -1, code;
  gboolean json = FALSE, quiet = FALSE;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoEngine) engine = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Run file to write; without it a new one in runs"), "RUN.h5" },
    { "resume", 'r', 0, G_OPTION_ARG_FILENAME, &resume, N_ ("Go on with this run; with another --out branch from it"),
      "RUN.h5" },
    { "at", 0, 0, G_OPTION_ARG_INT64, &at, N_ ("From the checkpoint of this iteration, not the newest"), "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_ ("Threads to compute with; 0: one per core"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print the result as JSON"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, N_ ("Tell no progress, only what goes wrong"), NULL },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 0, 1, &argc, &argv, &code))
    return code;
  if (resume == NULL && argc < 2)
    return rheo_cli_fail_usage (command, _ ("train needs an experiment, or --resume with a run."));
  if (resume != NULL && argc > 1)
    return rheo_cli_fail_usage (command, _ ("A resumed run has its experiment: \"%s\" is a word too many."), argv[1]);
  if (resume == NULL && at != -1)
    return rheo_cli_fail_usage (command, _ ("--at belongs to --resume."));
  if (at < -1)
    return rheo_cli_fail_usage (command, _ ("--at is %" PRId64 "; allowed is 0 or more."), at);
  code = resume != NULL ? load_resumed (resume, settings, &experiment) : rheo_cli_load (argv[1], settings, &experiment);
  if (code != RHEO_EXIT_DONE)
    return code;
  if (threads != -1)
    {
      g_autofree char *text = g_strdup_printf ("%d", threads);

      if (!rheo_experiment_set (experiment, "run.threads", text, &error))
        return rheo_cli_fail_usage (command, "%s", error->message);
    }
  start = (RheoStart){ .resume_from = resume, .at = at, .follows = !rheo_ranks_speaks () };
  if (start.follows)
    rheo_experiment_get_run (experiment)->validate = 0;
  else
    start.path = path = out != NULL      ? g_strdup (out)
                        : resume != NULL ? g_strdup (resume)
                                         : choose_path (argv[1], rheo_experiment_get_run (experiment)->seed, &error);
  if (!start.follows && path == NULL)
    return rheo_cli_fail (error);
  engine = rheo_engine_new (NULL, NULL);
  rheo_cli_catch_signals (on_signal);
  if (!rheo_engine_start (engine, experiment, &start, &error))
    return rheo_cli_fail (error);
  return watch_run (engine, path, json, quiet);
}

/* Under mpirun as one of the ranks of a run. */
static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int code;

  if (!rheo_ranks_join (&error))
    return rheo_cli_fail (error);
  code = train (command, argc, argv);
  rheo_ranks_leave (rheo_cli_get_failure ());
  /* The exit code of the first rank is that of the run. */
  return rheo_ranks_speaks () ? code : RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_train = {
  .name = "train",
  .usage = "EXPERIMENT [--set KEY=VALUE ...] [--out RUN.h5] [--threads N] [--json] [--quiet]\n"
           "             train --resume RUN.h5 [--at N] [--out BRANCH.h5] [--set KEY=VALUE ...]",
  .summary = N_ ("Trains a network and writes everything into a run file"),
  .run = run,
};
