#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "installation.h"
#include "ranks.h"

#define LIFE 3 /* descriptor of a child that closes when it ends */

char *
rheo_sweep_dup_program (void)
{
  g_autofree char *build = rheo_dup_build_folder (), *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  char *beside;

  if (build != NULL)
    return g_build_filename (build, "src", "cli", "rheobase-cli", NULL);
  beside = folder != NULL ? g_build_filename (folder, "rheobase-cli", NULL) : NULL;
  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free (beside);
  beside = g_find_program_in_path ("rheobase-cli");
  return beside != NULL ? beside : g_strdup ("rheobase-cli");
}

/* A group of its own: the terminal's Ctrl+C reaches the drive alone, which asks each child once. */
static int
spawn (const char *const *words, const char *log, int life, pid_t *pid)
{
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  /* OpenBLAS makes its threads when it is loaded; nobody would use them. A child is no rank, whoever started the drive. */
  g_auto (GStrv) environment =
      rheo_ranks_leave_out (g_environ_setenv (g_get_environ (), "OPENBLAS_NUM_THREADS", "1", TRUE));
  int code;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_init (&files);
  posix_spawnattr_init (&attributes);
  posix_spawn_file_actions_addopen (&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&files, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawn_file_actions_adddup2 (&files, life, LIFE);
  posix_spawnattr_setpgroup (&attributes, 0);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  code = posix_spawnp (pid, words[0], &files, &attributes, (char **) words, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&files);
  return code;
}

gboolean
rheo_sweep_spawn (const char *const *words, const char *log, int nice, pid_t *pid, int *life, GError **error)
{
  int ends[2], code;

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be started: %s."), words[0], g_strerror (errno));
  code = spawn (words, log, ends[1], pid);
  close (ends[1]);
  if (code != 0)
    {
      close (ends[0]);
      return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be started: %s."), words[0], g_strerror (code));
    }
  if (nice > 0)
    setpriority (PRIO_PROCESS, (id_t) *pid, nice);
  *life = ends[0];
  return TRUE;
}

char *
rheo_sweep_dup_last_words (const char *log, int status)
{
  g_autofree char *text = NULL;
  const char *start;

  if (WIFSIGNALED (status))
    return g_strdup_printf (_ ("The run was ended by signal %d (%s)."), WTERMSIG (status),
                            g_strsignal (WTERMSIG (status)));
  if (!g_file_get_contents (log, &text, NULL, NULL) || *g_strstrip (text) == '\0')
    return g_strdup_printf (_ ("The run ended with exit code %d and said nothing."), WEXITSTATUS (status));
  start = strstr (text, "rheobase-cli: ");
  return g_utf8_make_valid (start != NULL ? start + strlen ("rheobase-cli: ") : text, -1);
}
