#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-data.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1 << 20) /* bytes that are read at once */

/* As programs that load these files have them; of the packed ones several agree, of shd_*.h5 one. */
static const RheoSpikeSource sources[] = {
  { "shd_train.h5", "8e9877c85f29a28dd353ea6a54402667" },
  { "shd_test.h5", "207ad1295a0ab611e22d1734989c254e" },
  { "shd_train.h5.gz", "d47c9825dee33347913e8ce0f2be08b0" },
  { "shd_test.h5.gz", "3062a80ec0c5719404d5b02e166543b1" },
  { "shd_train.h5.zip", "f3252aeb598ac776c1b526422d90eecb" },
  { "shd_test.h5.zip", "1503a5064faa34311c398fb0a1ed0a6f" },
  { NULL },
};

/* A line of text: the folder that was chosen. */
static char *
dup_note (void)
{
  return g_build_filename (g_get_user_data_dir (), "rheobase", "data", "shd-folder", NULL);
}

char *
rheo_spike_data_dup_folder (void)
{
  g_autofree char *note = dup_note ();
  char *folder = NULL;

  if (g_file_get_contents (note, &folder, NULL, NULL))
    folder[strcspn (folder, "\n")] = '\0';
  if (folder != NULL && g_path_is_absolute (folder))
    return folder;
  g_free (folder);
  return g_build_filename (g_get_user_data_dir (), "rheobase", "data", "shd", NULL);
}

char *
rheo_spike_data_dup_place (const char *path)
{
  if (*path == '\0')
    return rheo_spike_data_dup_folder ();
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_path_get_dirname (path) : g_strdup (path);
}

gboolean
rheo_spike_data_remember (const char *folder, GError **error)
{
  g_autofree char *note = dup_note (), *place = g_path_get_dirname (note);
  g_autofree char *whole = g_canonicalize_filename (folder, NULL), *line = g_strconcat (whole, "\n", NULL);
  g_autoptr (GError) cause = NULL;

  g_mkdir_with_parents (place, 0700);
  return g_file_set_contents (note, line, -1, &cause)
         || rheo_fail (error, RHEO_ERROR_IO, _ ("The folder cannot be remembered: %s."), cause->message);
}

const RheoSpikeSource *
rheo_spike_data_get_sources (void)
{
  return sources;
}

gboolean
rheo_spike_data_fail_missing (const char *folder, const char *name, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_NO_DATA, _ ("The data file is not there. %s was expected in %s."), name, folder);
}

/* --- sums ----------------------------------------------------------------------------------------------------------- */
static gboolean
add_all (const char *path, int fd, int64_t size, bool (*go_on) (double done, void *data), void *data,
         GChecksum *checksum, GError **error)
{
  g_autofree guchar *piece = g_malloc (PIECE);
  int64_t done = 0;

  for (;;)
    {
      const ssize_t n = read (fd, piece, PIECE);

      if (n == 0)
        return TRUE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), path, g_strerror (errno));
      g_checksum_update (checksum, piece, n);
      done += n;
      if (go_on != NULL && !go_on (size > 0 ? MIN ((double) done / (double) size, 1) : 1, data))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
    }
}

static RheoSpikeSum
judge (const char *path, const char *md5)
{
  g_autofree char *name = g_path_get_basename (path);
  RheoSpikeSum sum = RHEO_SPIKE_SUM_UNKNOWN;

  for (const RheoSpikeSource *s = sources; s->name != NULL; s++)
    if (g_str_equal (s->md5, md5))
      return RHEO_SPIKE_SUM_GOOD;
    else if (g_str_equal (s->name, name))
      sum = RHEO_SPIKE_SUM_OTHER;
  return sum;
}

gboolean
rheo_spike_data_verify (const char *path, bool (*go_on) (double done, void *data), void *data, RheoSpikeSum *sum,
                        GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  gboolean ok;

  if (fd < 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), path, g_strerror (errno));
  ok = fstat (fd, &facts) == 0
           ? add_all (path, fd, facts.st_size, go_on, data, checksum, error)
           : rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), path, g_strerror (errno));
  close (fd);
  if (ok)
    *sum = judge (path, g_checksum_get_string (checksum));
  return ok;
}
