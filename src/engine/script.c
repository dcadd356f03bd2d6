#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "script.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "installation.h"

#define MAX_WORDS 4096 /* bytes of a message of the script */
#define ASK_EVERY 20   /* ms between questions whether it is cancelled */

struct RheoScript
{
  char *name, *text;
  gsize size;
  double time_limit;
  RheoScriptShape shape;
  GPid child; /* 0: there is none */
  int socket;
  double *numbers; /* of one trial; NULL: never loaded */
  RheoScriptFault fault;
  bool (*is_cancelled) (void *data);
  void *cancel_data;
};

RheoScript *
rheo_script_new (const char *name, const char *text, gsize size, double time_limit)
{
  RheoScript *s = g_new0 (RheoScript, 1);

  s->name = g_strdup (name);
  s->text = g_memdup2 (text, size);
  s->size = size;
  s->time_limit = time_limit;
  return s;
}

void
rheo_script_set_cancel (RheoScript *s, bool (*is_cancelled) (void *data), void *data)
{
  s->is_cancelled = is_cancelled;
  s->cancel_data = data;
}

/* --- the child ---------------------------------------------------------------------------------------------------- */

static void
end_child (RheoScript *s)
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
start_child (RheoScript *s, GError **error)
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

/* FALSE with errno ETIMEDOUT, ECANCELED, or EPIPE when the child has ended. */
static gboolean
move (RheoScript *s, void *data, gsize n, gboolean out, gint64 until)
{
  for (gsize done = 0; done < n;)
    {
      const gint64 left = (until - g_get_monotonic_time ()) / 1000 + 1;
      struct pollfd poller = { s->socket, out ? POLLOUT : POLLIN, 0 };
      int ready = 0;
      ssize_t moved;

      if (s->is_cancelled != NULL && s->is_cancelled (s->cancel_data))
        {
          errno = ECANCELED;
          return FALSE;
        }
      if (left > 0)
        ready = poll (&poller, 1, (int) (s->is_cancelled != NULL ? MIN (left, ASK_EVERY) : left));
      if ((ready < 0 && errno == EINTR) || (ready == 0 && left > 0))
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

/* --- what goes wrong ------------------------------------------------------------------------------------------------ */

static void
set_fault (RheoScript *s, RheoScriptStatus status, int line, const char *words)
{
  g_free (s->fault.words);
  s->fault = (RheoScriptFault){ status, line, g_utf8_make_valid (words, -1) };
}

/* "script:5: words", as Lua has it. */
static void
take_words (RheoScript *s, RheoScriptStatus status, const char *words)
{
  char *end = NULL;
  gint64 line = 0;

  if (g_str_has_prefix (words, "script:"))
    line = g_ascii_strtoll (words + strlen ("script:"), &end, 10);
  if (line > 0 && *end == ':')
    set_fault (s, status, (int) MIN (line, G_MAXINT), g_str_has_prefix (end, ": ") ? end + 2 : end + 1);
  else
    set_fault (s, status, 0, words);
}

static gboolean
fail (const RheoScript *s, GError **error)
{
  const RheoScriptFault *f = &s->fault;

  switch (f->status)
    {
    case RHEO_SCRIPT_ENDLESS:
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped in line %d, because it does not come to an end."),
                        s->name, f->line);
    case RHEO_SCRIPT_MEMORY:
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped, because it takes more than 256 MiB of memory."),
                        s->name);
    case RHEO_SCRIPT_LATE:
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s was stopped after %g s (task.time-limit)."), s->name,
                        s->time_limit);
    case RHEO_SCRIPT_CANCELLED:
      return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("%s was stopped."), s->name);
    case RHEO_SCRIPT_GONE:
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The process that runs %s has ended."), s->name);
    default:
      return f->line > 0 ? rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s, line %d: %s"), s->name, f->line, f->words)
                         : rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: %s"), s->name, f->words);
    }
}

/* Sends a request, with what comes behind it, and reads the answer of so many bytes. The child is ended after any failure,
 * so that the next request finds a new one. */
static gboolean
exchange (RheoScript *s, RheoScriptRequest *request, const void *more, void *answer, gsize bytes, GError **error)
{
  const gint64 until = g_get_monotonic_time () + (gint64) (s->time_limit * G_USEC_PER_SEC);
  RheoScriptAnswer head = { 0 };
  char words[MAX_WORDS + 1] = "";
  gboolean good = move (s, request, sizeof *request, TRUE, until)
                  && move (s, (void *) more, request->bytes, TRUE, until) && move (s, &head, sizeof head, FALSE, until);

  if (good && head.status == RHEO_SCRIPT_GOOD && head.bytes == bytes && move (s, answer, bytes, FALSE, until))
    return TRUE;
  if (good && head.status != RHEO_SCRIPT_GOOD && move (s, words, MIN (head.bytes, MAX_WORDS), FALSE, until))
    take_words (s, head.status, words);
  else
    set_fault (s,
               errno == ETIMEDOUT   ? RHEO_SCRIPT_LATE
               : errno == ECANCELED ? RHEO_SCRIPT_CANCELLED
                                    : RHEO_SCRIPT_GONE,
               0, "");
  end_child (s);
  return fail (s, error);
}

/* --- shape and trials --------------------------------------------------------------------------------------------- */

gboolean
rheo_script_load (RheoScript *s, GError **error)
{
  RheoScriptRequest request = { .what = RHEO_SCRIPT_LOAD, .bytes = s->size };
  g_autoptr (GError) local = NULL;

  set_fault (s, RHEO_SCRIPT_GOOD, 0, "");
  if (s->child != 0)
    return TRUE;
  if (!start_child (s, &local))
    {
      set_fault (s, RHEO_SCRIPT_GONE, 0, local->message);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!exchange (s, &request, s->text, &s->shape, sizeof s->shape, error))
    return FALSE;
  g_free (s->numbers);
  s->numbers = g_new (double, rheo_script_count_numbers (s));
  return TRUE;
}

const RheoScriptShape *
rheo_script_get_shape (const RheoScript *s)
{
  return &s->shape;
}

gsize
rheo_script_count_numbers (const RheoScript *s)
{
  return (gsize) s->shape.n_steps * (gsize) (s->shape.n_in + s->shape.n_out + 1) + (gsize) s->shape.n_conditions;
}

const double *
rheo_script_make_trial (RheoScript *s, int index, RheoRng rng, GError **error)
{
  RheoScriptRequest request = { .what = RHEO_SCRIPT_TRIAL, .index = index, .rng = rng };

  if (!rheo_script_load (s, error)
      || !exchange (s, &request, NULL, s->numbers, rheo_script_count_numbers (s) * sizeof (double), error))
    return NULL;
  return s->numbers;
}

gboolean
rheo_script_score (RheoScript *s, int index, RheoRng rng, const double *output, double *score, GError **error)
{
  RheoScriptRequest request = {
    .what = RHEO_SCRIPT_SCORE,
    .index = index,
    .bytes = (gsize) s->shape.n_steps * (gsize) s->shape.n_out * sizeof *output,
    .rng = rng,
  };

  set_fault (s, RHEO_SCRIPT_GOOD, 0, "");
  return exchange (s, &request, output, score, sizeof *score, error);
}

const RheoScriptFault *
rheo_script_get_fault (const RheoScript *s)
{
  return &s->fault;
}

void
rheo_script_free (RheoScript *s)
{
  if (s == NULL)
    return;
  end_child (s);
  g_free (s->name);
  g_free (s->text);
  g_free (s->numbers);
  g_free (s->fault.words);
  g_free (s);
}
