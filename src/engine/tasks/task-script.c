#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/installation.h"
#include "engine/script-protocol.h"
#include "engine/task.h"
#include "engine/trial.h"

/* Trials from a Lua script of the user's, which runs in a process of its own (src/script): whatever it does, it is stopped
 * after a while, and this program goes on. */

#define MAX_WORDS 4096 /* bytes of a message of the script */

typedef struct
{
  const char *file;
  int n_trials;
  double time_limit;
} TaskScript;

typedef struct
{
  char *path, *text;
  gsize size;
  double time_limit;
  RheoScriptShape shape;
  pthread_mutex_t lock; /* one trial at a time; from here on under it */
  GPid child;           /* 0: there is none */
  int socket;
  double *numbers; /* of one trial */
} Script;

static const RheoParam params[] = {
  RHEO_P_PATH (TaskScript, file, "file", .label = N_ ("Script"),
               .help = N_ ("A Lua 5.4 file with the functions shape and trial; template.lua shows what they give.")),
  RHEO_P_REAL (TaskScript, time_limit, "time-limit", .label = N_ ("Time limit"), .unit = N_ ("s"), .def = 5, .min = 0.1,
               .max = 600, .soft_min = 1, .soft_max = 10,
               .help = N_ ("A script that takes longer for one trial is stopped."), .flags = RHEO_ADVANCED),
  RHEO_P_FIXED (TaskScript, n_trials, 0),
  RHEO_P_END,
};

static gboolean
check (const void *config, GError **error)
{
  const TaskScript *c = config;

  if (*c->file == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.file is empty: choose a Lua file that makes the trials."));
  return TRUE;
}

/* --- the child ---------------------------------------------------------------------------------------------------- */

static void
end_child (Script *s)
{
  if (s->child == 0)
    return;
  close (s->socket);
  kill (s->child, SIGKILL);
  waitpid (s->child, NULL, 0);
  g_spawn_close_pid (s->child);
  s->child = 0;
}

static char *
dup_host (void)
{
  g_autofree char *build = rheo_dup_build_folder ();

  return build != NULL ? g_build_filename (build, "src", "script", "rheobase-script", NULL)
                       : g_build_filename (RHEO_LIBEXEC_DIR, "rheobase-script", NULL);
}

/* The child ends when its socket is closed, so it does not outlive the program. */
static gboolean
start_child (Script *s, GError **error)
{
  g_autofree char *host = dup_host ();
  const char *const words[] = { host, NULL }, *const environment[] = { NULL };
  g_autoptr (GError) local = NULL;
  int ends[2];
  gboolean started;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be started: %s."), host, g_strerror (errno));
  started = g_spawn_async_with_fds ("/", (char **) words, (char **) environment,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                    NULL, NULL, &s->child, ends[1], -1, -1, &local);
  close (ends[1]);
  s->socket = ends[0];
  if (started)
    return TRUE;
  close (ends[0]);
  s->child = 0;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be started: %s."), host, local->message);
}

/* FALSE with errno ETIMEDOUT, or EPIPE when the child has ended. */
static gboolean
move (Script *s, void *data, gsize n, gboolean out, gint64 until)
{
  for (gsize done = 0; done < n;)
    {
      const gint64 left = until - g_get_monotonic_time ();
      struct pollfd poller = { s->socket, out ? POLLOUT : POLLIN, 0 };
      const int ready = left > 0 ? poll (&poller, 1, (int) (left / 1000) + 1) : 0;
      ssize_t moved;

      if (ready < 0 && errno == EINTR)
        continue;
      if (ready <= 0)
        {
          errno = ETIMEDOUT;
          return FALSE;
        }
      moved = out ? send (s->socket, (char *) data + done, n - done, MSG_NOSIGNAL | MSG_DONTWAIT)
                  : recv (s->socket, (char *) data + done, n - done, MSG_DONTWAIT);
      if (moved < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      if (moved <= 0)
        {
          errno = EPIPE;
          return FALSE;
        }
      done += (gsize) moved;
    }
  return TRUE;
}

static gboolean
fail_words (const Script *s, RheoScriptStatus status, const char *words, GError **error)
{
  if (status == RHEO_SCRIPT_ENDLESS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped, because it does not come to an end: %s"), s->path,
                      words);
  if (status == RHEO_SCRIPT_MEMORY)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped, because it takes more than 256 MiB of memory."),
                      s->path);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: %s"), s->path, words);
}

/* Sends a request, with what comes behind it, and reads the answer of so many bytes. The child is ended after any failure,
 * so that the next request finds a new one. */
static gboolean
exchange (Script *s, RheoScriptRequest *request, char *text, void *answer, gsize bytes, GError **error)
{
  const gint64 until = g_get_monotonic_time () + (gint64) (s->time_limit * G_USEC_PER_SEC);
  RheoScriptAnswer head = { 0 };
  char words[MAX_WORDS + 1] = "";
  gboolean good = move (s, request, sizeof *request, TRUE, until) && move (s, text, request->bytes, TRUE, until)
                  && move (s, &head, sizeof head, FALSE, until);

  if (good && head.status == RHEO_SCRIPT_GOOD && head.bytes == bytes && move (s, answer, bytes, FALSE, until))
    return TRUE;
  if (good && head.status != RHEO_SCRIPT_GOOD && move (s, words, MIN (head.bytes, MAX_WORDS), FALSE, until))
    {
      g_autofree char *valid = g_utf8_make_valid (words, -1);

      fail_words (s, head.status, valid, error);
    }
  else if (errno == ETIMEDOUT)
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped after %g s (task.time-limit)."), s->path, s->time_limit);
  else
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("The process that runs %s has ended."), s->path);
  end_child (s);
  return FALSE;
}

/* Gives a child that has read the script. */
static gboolean
ready_child (Script *s, GError **error)
{
  RheoScriptRequest request = { .what = RHEO_SCRIPT_LOAD, .bytes = s->size };

  return s->child != 0
         || (start_child (s, error) && exchange (s, &request, s->text, &s->shape, sizeof s->shape, error));
}

/* --- the task ------------------------------------------------------------------------------------------------------ */

static gsize
count_numbers (const Script *s)
{
  return (gsize) s->shape.n_steps * (gsize) (s->shape.n_in + s->shape.n_out + 1);
}

static void
close_script (void *data)
{
  Script *s = data;

  end_child (s);
  pthread_mutex_destroy (&s->lock);
  g_free (s->path);
  g_free (s->text);
  g_free (s->numbers);
  g_free (s);
}

static gboolean
open_script (const void *config, uint64_t seed, void **data, GError **error)
{
  const TaskScript *c = config;
  g_autofree char *text = NULL;
  gsize size;
  Script *s;

  if (!g_file_test (c->file, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, but there is no such file."), c->file);
  if (!g_file_test (c->file, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents (c->file, &text, &size, NULL))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, which cannot be read."), c->file);
  s = g_new0 (Script, 1);
  s->path = g_path_get_basename (c->file);
  s->text = g_steal_pointer (&text);
  s->size = size;
  s->time_limit = c->time_limit;
  pthread_mutex_init (&s->lock, NULL);
  if (!ready_child (s, error))
    {
      close_script (s);
      return FALSE;
    }
  s->numbers = g_new (double, count_numbers (s));
  *data = s;
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const TaskScript *c = config;
  const Script *s = data;

  *out = (RheoShape){ .n_in = s->shape.n_in,
                      .n_out = s->shape.n_out,
                      .n_steps = s->shape.n_steps,
                      .n_trials = c->n_trials,
                      .n_valid = c->n_trials,
                      .dt_ms = s->shape.dt_ms };
}

static gboolean
fill_locked (Script *s, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  RheoScriptRequest request = { .what = RHEO_SCRIPT_TRIAL, .index = draw->index, .rng = draw->rng };
  const double *from = s->numbers;

  if (!ready_child (s, error) || !exchange (s, &request, NULL, s->numbers, count_numbers (s) * sizeof (double), error))
    return FALSE;
  for (int i = 0; i < trial->n_steps * trial->n_in; i++)
    trial->input[i] = (RheoReal) *from++;
  for (int i = 0; i < trial->n_steps * trial->n_out; i++)
    trial->target[i] = (RheoReal) *from++;
  for (int i = 0; i < trial->n_steps; i++)
    trial->weight[i] = (RheoReal) *from++;
  return TRUE;
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  Script *s = (Script *) data;
  gboolean good;

  pthread_mutex_lock (&s->lock);
  trial->n_steps = s->shape.n_steps;
  good = fill_locked (s, draw, trial, error);
  pthread_mutex_unlock (&s->lock);
  return good;
}

const RheoTask rheo_task_task_script = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "task-script",
            .title = N_ ("Trials from a script"),
            .summary = N_ ("Trials that a Lua script of your own makes."),
            .cite = "",
            .config_size = sizeof (TaskScript),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .open = open_script,
  .close = close_script,
  .shape = shape,
  .fill = fill,
};
