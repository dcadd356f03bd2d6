#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-drive.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sweep-child.h"

#define MAX_TRIES 3      /* a child that is killed again and again, and comes no further, has failed */
#define MAX_FAILURES 10  /* in a row: then something else is wrong than the rows */
#define FOREIGN_LOOK 0.3 /* seconds between looks at rows that somebody else runs */

typedef struct
{
  pid_t pid;
  int row;
  int life; /* the end that reads */
  double began;
} Child;

struct RheoSweepDrive
{
  RheoSweepState *state;
  RheoSweep *sweep;
  RheoSweepPlan plan;
  GArray *children;  /* Child */
  int *sequence;     /* [n_rows], what comes first */
  gint64 queue_time; /* change of the queue's file */
  RheoSweepQueue queue;
  gint8 *tries;     /* per row */
  int64_t *reached; /* iteration at the last try */
  int wake[2];
  atomic_bool stopping;
  gboolean told, looked;  /* children know that they stop; the disk was looked at once */
  int n_failures, n_runs; /* in a row; whole runs of this drive */
  double run_seconds;     /* of these runs */
  char *program, *experiment;
};

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

RheoSweepDrive *
rheo_sweep_drive_new (RheoSweepState *state, const RheoSweepPlan *plan)
{
  RheoSweepDrive *drive = g_new0 (RheoSweepDrive, 1);
  int n;

  drive->state = state;
  drive->sweep = rheo_sweep_state_get_sweep (state);
  drive->plan = *plan;
  n = rheo_sweep_get_n_rows (drive->sweep);
  drive->children = g_array_new (FALSE, FALSE, sizeof (Child));
  drive->sequence = rheo_sweep_dup_sequence (drive->sweep);
  drive->tries = g_new0 (gint8, n);
  drive->reached = g_new0 (int64_t, n);
  drive->program = rheo_sweep_dup_program ();
  drive->experiment = g_build_filename (rheo_sweep_get_folder (drive->sweep), "experiment.json", NULL);
  drive->wake[0] = drive->wake[1] = -1;
  if (g_unix_open_pipe (drive->wake, FD_CLOEXEC, NULL))
    for (int i = 0; i < 2; i++)
      g_unix_set_fd_nonblocking (drive->wake[i], TRUE, NULL);
  return drive;
}

void
rheo_sweep_drive_free (RheoSweepDrive *drive)
{
  if (drive == NULL)
    return;
  for (guint i = 0; i < drive->children->len; i++)
    close (g_array_index (drive->children, Child, i).life);
  for (int i = 0; i < 2; i++)
    if (drive->wake[i] >= 0)
      close (drive->wake[i]);
  g_array_unref (drive->children);
  rheo_sweep_queue_clear (&drive->queue);
  g_free (drive->sequence);
  g_free (drive->tries);
  g_free (drive->reached);
  g_free (drive->program);
  g_free (drive->experiment);
  g_free (drive);
}

void
rheo_sweep_drive_wake (RheoSweepDrive *drive)
{
  /* A full pipe wakes as well. */
  if (write (drive->wake[1], "", 1) < 0 && errno != EAGAIN)
    g_warning ("The sweep cannot be woken: %s", g_strerror (errno));
}

void
rheo_sweep_drive_stop (RheoSweepDrive *drive)
{
  atomic_store (&drive->stopping, true);
  rheo_sweep_drive_wake (drive);
}

static void
signal_children (RheoSweepDrive *drive, int number)
{
  for (guint i = 0; i < drive->children->len; i++)
    kill (g_array_index (drive->children, Child, i).pid, number);
}

void
rheo_sweep_drive_kill (RheoSweepDrive *drive)
{
  signal_children (drive, SIGKILL);
}

/* --- counting ------------------------------------------------------------------------------------------------- */

gboolean
rheo_sweep_drive_owns (const RheoSweepDrive *drive, int row)
{
  return drive->plan.n_share == 0 || row % drive->plan.n_share == drive->plan.share;
}

int
rheo_sweep_drive_get_n_rows (const RheoSweepDrive *drive)
{
  int n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (drive->sweep); row++)
    n += rheo_sweep_drive_owns (drive, row);
  return n;
}

static gboolean
is_open (const RheoSweepDrive *drive, int row)
{
  RheoRowState state = rheo_sweep_state_get (drive->state, row)->state;

  return rheo_sweep_drive_owns (drive, row) && (state == RHEO_ROW_WAITING || state == RHEO_ROW_RUNNING);
}

int
rheo_sweep_drive_get_n_left (const RheoSweepDrive *drive)
{
  int n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (drive->sweep); row++)
    n += is_open (drive, row);
  return n;
}

int
rheo_sweep_drive_get_jobs (const RheoSweepDrive *drive)
{
  int jobs = drive->plan.jobs > 0 ? drive->plan.jobs : drive->queue.jobs;

  return jobs > 0 ? jobs : (int) g_get_num_processors ();
}

gboolean
rheo_sweep_drive_has_child (const RheoSweepDrive *drive, int row)
{
  for (guint i = 0; i < drive->children->len; i++)
    if (g_array_index (drive->children, Child, i).row == row)
      return TRUE;
  return FALSE;
}

/* Rows that somebody else runs: children of a drive that was killed, or of another one. */
static int
count_foreign (const RheoSweepDrive *drive)
{
  int n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (drive->sweep); row++)
    n += rheo_sweep_drive_owns (drive, row) && rheo_sweep_state_get (drive->state, row)->state == RHEO_ROW_RUNNING
         && !rheo_sweep_drive_has_child (drive, row);
  return n;
}

double
rheo_sweep_drive_get_left (const RheoSweepDrive *drive)
{
  double sum = drive->run_seconds, mean, left = 0;
  int n = drive->n_runs;

  for (int row = 0; drive->n_runs == 0 && row < rheo_sweep_get_n_rows (drive->sweep); row++)
    {
      const RheoRowFacts *facts = rheo_sweep_state_get (drive->state, row);

      if (facts->state == RHEO_ROW_DONE)
        {
          sum += facts->seconds;
          n++;
        }
    }
  if (n == 0)
    return NAN;
  mean = sum / n;
  left = rheo_sweep_drive_get_n_left (drive) * mean;
  for (guint i = 0; i < drive->children->len; i++)
    left -= MIN (mean, now () - g_array_index (drive->children, Child, i).began);
  return left / rheo_sweep_drive_get_jobs (drive);
}

/* --- children ------------------------------------------------------------------------------------------------- */

/* TRUE: there is a checkpoint to go on from. What was written before the first one is thrown away. */
static gboolean
can_resume (RheoSweepDrive *drive, int row, const char *path)
{
  g_autoptr (RheoRun) run = NULL;
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  int n = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (parts, G_FILE_TEST_EXISTS))
    return FALSE;
  run = rheo_run_open (path, NULL);
  if (run != NULL)
    rheo_run_get_checkpoints (run, &n);
  if (n == 0)
    rheo_sweep_forget (drive->sweep, row, NULL);
  return n > 0;
}

/* One core each; all of them where fewer runs than cores are left. */
static int
count_threads (const RheoSweepDrive *drive)
{
  int n = MIN (rheo_sweep_drive_get_jobs (drive), rheo_sweep_drive_get_n_left (drive));

  return MAX (1, (int) g_get_num_processors () / MAX (1, n));
}

static char **
dup_words (RheoSweepDrive *drive, int row)
{
  g_autofree char *path = rheo_sweep_dup_path (drive->sweep, row),
                  *threads = g_strdup_printf ("%d", count_threads (drive));
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) settings = rheo_sweep_dup_settings (drive->sweep, row);
  const char *start = rheo_sweep_get_start (drive->sweep, row);

  g_strv_builder_add_many (words, drive->program, "train", "--quiet", "--threads", threads, NULL);
  if (can_resume (drive, row, path))
    {
      g_strv_builder_add_many (words, "--resume", path, NULL);
      return g_strv_builder_end (words);
    }
  for (char **setting = settings; *setting != NULL; setting++)
    g_strv_builder_add_many (words, "--set", *setting, NULL);
  if (start != NULL)
    g_strv_builder_add_many (words, "--out", path, "--resume", start, NULL);
  else
    g_strv_builder_add_many (words, "--out", path, "--", drive->experiment, NULL);
  return g_strv_builder_end (words);
}

static gboolean
start_child (RheoSweepDrive *drive, int row, GError **error)
{
  g_auto (GStrv) words = dup_words (drive, row);
  g_autofree char *log = rheo_sweep_dup_beside (drive->sweep, row, ".log");
  Child child = { .row = row, .began = now () };

  if (!rheo_sweep_spawn ((const char *const *) words, log, drive->plan.nice, &child.pid, &child.life, error))
    return FALSE;
  g_array_append_val (drive->children, child);
  return TRUE;
}

static gboolean
was_interrupted (int status)
{
  static const int numbers[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP };

  if (WIFEXITED (status))
    return WEXITSTATUS (status) == 130;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (WTERMSIG (status) == numbers[i])
      return TRUE;
  return FALSE;
}

/* What the disk says counts; the exit code only tells why a row is not finished. */
static gboolean
judge (RheoSweepDrive *drive, const Child *child, int status, GError **error)
{
  const RheoRowFacts *facts;
  g_autofree char *log = rheo_sweep_dup_beside (drive->sweep, child->row, ".log"), *why = NULL;

  rheo_sweep_state_look_at (drive->state, child->row);
  facts = rheo_sweep_state_get (drive->state, child->row);
  if (facts->state != RHEO_ROW_WAITING)
    {
      g_unlink (log);
      drive->n_failures = facts->state == RHEO_ROW_FAILED ? drive->n_failures + 1 : 0;
      if (facts->state == RHEO_ROW_DONE && drive->tries[child->row] == 0)
        {
          drive->n_runs++;
          drive->run_seconds += now () - child->began;
        }
      return TRUE;
    }
  if (was_interrupted (status))
    {
      if (facts->iteration > drive->reached[child->row])
        drive->tries[child->row] = 0;
      drive->reached[child->row] = facts->iteration;
      if (atomic_load (&drive->stopping) || ++drive->tries[child->row] < MAX_TRIES)
        {
          g_unlink (log);
          return TRUE;
        }
    }
  why = rheo_sweep_dup_last_words (log, status);
  g_unlink (log);
  if (!rheo_sweep_mark_failed (drive->sweep, child->row, why, error))
    return FALSE;
  rheo_sweep_state_look_at (drive->state, child->row);
  if (++drive->n_failures < MAX_FAILURES)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%d runs in a row could not run. The last one: %s"), MAX_FAILURES,
                    why);
}

/* --- a step --------------------------------------------------------------------------------------------------- */

static void
read_queue (RheoSweepDrive *drive)
{
  g_autofree char *path = g_build_filename (rheo_sweep_get_folder (drive->sweep), "queue.json", NULL);
  struct stat facts;
  gint64 time =
      stat (path, &facts) == 0 ? (gint64) facts.st_mtim.tv_sec * G_USEC_PER_SEC + facts.st_mtim.tv_nsec / 1000 : -1;

  if (time == drive->queue_time)
    return;
  drive->queue_time = time;
  rheo_sweep_queue_clear (&drive->queue);
  rheo_sweep_queue_read (drive->sweep, &drive->queue);
  g_free (drive->sequence);
  drive->sequence = rheo_sweep_queue_dup_sequence (drive->sweep, &drive->queue);
}

/* Somebody else may have taken the row since it was looked at. -1: none may start. */
static int
find_next (RheoSweepDrive *drive)
{
  for (int i = 0; i < rheo_sweep_get_n_rows (drive->sweep); i++)
    {
      int row = drive->sequence[i];

      if (!rheo_sweep_drive_owns (drive, row) || rheo_sweep_drive_has_child (drive, row)
          || rheo_sweep_state_get (drive->state, row)->state != RHEO_ROW_WAITING)
        continue;
      rheo_sweep_state_look_at (drive->state, row);
      if (rheo_sweep_state_get (drive->state, row)->state == RHEO_ROW_WAITING)
        return row;
    }
  return -1;
}

static void
look_at_foreign (RheoSweepDrive *drive, void (*changed) (int row, void *data), void *data)
{
  for (int row = 0; row < rheo_sweep_get_n_rows (drive->sweep); row++)
    if (rheo_sweep_drive_owns (drive, row) && rheo_sweep_state_get (drive->state, row)->state == RHEO_ROW_RUNNING
        && !rheo_sweep_drive_has_child (drive, row) && rheo_sweep_state_look_at (drive->state, row) && changed != NULL)
      changed (row, data);
}

static gboolean
start_rows (RheoSweepDrive *drive, void (*changed) (int row, void *data), void *data, GError **error)
{
  while (!atomic_load (&drive->stopping)
         && (int) drive->children->len + count_foreign (drive) < rheo_sweep_drive_get_jobs (drive))
    {
      int row = find_next (drive);

      if (row < 0)
        return TRUE;
      if (!start_child (drive, row, error))
        return FALSE;
      if (changed != NULL)
        changed (row, data);
    }
  return TRUE;
}

/* FALSE: nothing has ended. */
static gboolean
wait_for_end (RheoSweepDrive *drive, double seconds)
{
  guint n = drive->children->len;
  g_autofree struct pollfd *polled = g_new0 (struct pollfd, n + 1);
  char drain[64];

  for (guint i = 0; i < n; i++)
    polled[i] = (struct pollfd){ g_array_index (drive->children, Child, i).life, POLLIN, 0 };
  polled[n] = (struct pollfd){ drive->wake[0], POLLIN, 0 };
  if (poll (polled, n + 1, (int) (seconds * 1000)) <= 0)
    return FALSE;
  while (read (drive->wake[0], drain, sizeof drain) > 0)
    ;
  for (guint i = 0; i < n; i++)
    if (polled[i].revents != 0)
      return TRUE;
  return FALSE;
}

static gboolean
collect (RheoSweepDrive *drive, void (*changed) (int row, void *data), void *data, GError **error)
{
  for (guint i = 0; i < drive->children->len; i++)
    {
      Child child = g_array_index (drive->children, Child, i);
      struct pollfd polled = { child.life, POLLIN, 0 };
      int status = 0;

      if (poll (&polled, 1, 0) <= 0)
        continue;
      while (waitpid (child.pid, &status, 0) < 0 && errno == EINTR)
        ;
      close (child.life);
      g_array_remove_index (drive->children, i--);
      if (!judge (drive, &child, status, error))
        return FALSE;
      if (changed != NULL)
        changed (child.row, data);
    }
  return TRUE;
}

gboolean
rheo_sweep_drive_step (RheoSweepDrive *drive, double seconds, void (*changed) (int row, void *data), void *data,
                       GError **error)
{
  if (!drive->looked)
    rheo_sweep_state_look (drive->state);
  drive->looked = TRUE;
  read_queue (drive);
  look_at_foreign (drive, changed, data);
  if (!start_rows (drive, changed, data, error))
    return FALSE;
  if (atomic_load (&drive->stopping) && !drive->told)
    {
      drive->told = TRUE;
      signal_children (drive, SIGTERM);
    }
  if (drive->children->len == 0 && (atomic_load (&drive->stopping) || rheo_sweep_drive_get_n_left (drive) == 0))
    return FALSE;
  wait_for_end (drive, count_foreign (drive) > 0 ? MIN (seconds, FOREIGN_LOOK) : seconds);
  return collect (drive, changed, data, error);
}
