#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TRIES 50  /* a reader that looks whether somebody writes holds the lock for a moment */
#define LOCK_WAIT 5000 /* microseconds */

gboolean
rheo_fail_system (const char *path, int code, gboolean writing, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (writing && code == ENOENT && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be written: there is no folder %s."), path, folder);
  if (writing)
    return rheo_fail (error, code == ENOSPC || code == EDQUOT ? RHEO_ERROR_NO_SPACE : RHEO_ERROR_IO,
                      _ ("%s cannot be written: %s."), path, g_strerror (code));
  if (code == ENOENT)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s does not exist."), path);
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), path, g_strerror (code));
}

gboolean
rheo_sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = 0;

  if (fd < 0)
    return FALSE;
  /* Some file systems cannot sync a folder and say so with EINVAL. */
  if (fsync (fd) < 0 && errno != EINVAL)
    code = errno;
  close (fd);
  errno = code;
  return code == 0;
}

/* --- names ------------------------------------------------------------------------------------------------- */

gboolean
rheo_part_valid_name (const char *name)
{
  return *name != '\0' && strlen (name) <= 64 && *name != '.'
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen (name);
}

gboolean
rheo_part_check_id (const char *id, GError **error)
{
  return rheo_part_valid_name (id)
         || rheo_fail (
             error, RHEO_ERROR_INVALID,
             _ ("“%s” cannot be the name of an analysis: a-z, 0-9, “-”, “_” and “.” are allowed, 64 at most."), id);
}

gboolean
rheo_part_check_key (const char *key, GError **error)
{
  return (*key != '\0' && strlen (key) < 1000 && !g_str_equal (key, ".") && strchr (key, '/') == NULL
          && g_utf8_validate (key, -1, NULL))
         || rheo_fail (error, RHEO_ERROR_INVALID,
                       _ ("“%s” cannot be the name of a column: it is empty, too long, or has a “/”."), key);
}

gboolean
rheo_part_check_table (const RheoTable *table, GError **error)
{
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    if (!rheo_part_check_key (rheo_table_get_column (table, i)->key, error))
      return FALSE;
  return TRUE;
}

/* Digits at *text; moves on behind them. */
static gboolean
take_number (const char **text, int64_t *number)
{
  size_t n = strspn (*text, "0123456789");

  if (n == 0 || n > 18 || (n > 1 && **text == '0'))
    return FALSE;
  *number = g_ascii_strtoll (*text, NULL, 10);
  *text += n;
  return TRUE;
}

gboolean
rheo_part_number (const char *text, int64_t *number)
{
  return take_number (&text, number) && *text == '\0';
}

static gboolean
take_word (const char **text, const char *word)
{
  if (!g_str_has_prefix (*text, word))
    return FALSE;
  *text += strlen (word);
  return TRUE;
}

RheoPartName
rheo_part_parse (const char *file)
{
  static const struct
  {
    const char *name;
    RheoPartKind kind;
  } fixed[] = {
    { "lock", RHEO_PART_LOCK },       { "experiment.json", RHEO_PART_EXPERIMENT },
    { "run.json", RHEO_PART_RUN },    { "stop.json", RHEO_PART_STOP },
    { "metrics", RHEO_PART_METRICS }, { "journal", RHEO_PART_JOURNAL },
  };
  RheoPartName part = { RHEO_PART_OTHER, 0 };
  const char *at = file;

  for (size_t i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (g_str_equal (file, fixed[i].name))
      part.kind = fixed[i].kind;
  if (part.kind != RHEO_PART_OTHER)
    return part;
  if (take_word (&at, "tmp-"))
    part.kind = RHEO_PART_TEMP;
  else if (take_word (&at, "log-") && rheo_part_valid_name (at))
    {
      part.kind = RHEO_PART_LOG;
      part.name = g_strdup (at);
    }
  else if (take_word (&at, "epoch-") && take_number (&at, &part.iteration) && g_str_equal (at, ".h5"))
    part.kind = RHEO_PART_EPOCH;
  else if (take_word (&at, "checkpoint-") && take_number (&at, &part.iteration) && take_word (&at, "-")
           && take_number (&at, &part.batch))
    {
      part.marked = take_word (&at, "-marked");
      if (g_str_equal (at, ".h5"))
        part.kind = RHEO_PART_CHECKPOINT;
    }
  else if (take_word (&at, "analysis-") && g_str_has_suffix (at, ".h5"))
    {
      const char *number = strrchr (at, '-');
      g_autofree char *id = number != NULL ? g_strndup (at, (gsize) (number - at)) : NULL;

      if (id != NULL && rheo_part_valid_name (id) && take_word (&number, "-") && take_number (&number, &part.n)
          && g_str_equal (number, ".h5"))
        {
          part.kind = RHEO_PART_ANALYSIS;
          part.name = g_steal_pointer (&id);
        }
    }
  return part;
}

/* --- the lock ---------------------------------------------------------------------------------------------- */

/* Removes the files of the folder that `wanted` picks. */
static void
remove_files (const char *parts, gboolean (*wanted) (RheoPartKind kind))
{
  g_autoptr (GDir) folder = g_dir_open (parts, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      RheoPartName name = rheo_part_parse (file);

      if (wanted (name.kind))
        {
          g_autofree char *path = g_build_filename (parts, file, NULL);

          unlink (path);
        }
      g_free (name.name);
    }
}

static gboolean
is_temporary (RheoPartKind kind)
{
  return kind == RHEO_PART_TEMP;
}

static gboolean
is_content (RheoPartKind kind)
{
  return kind != RHEO_PART_LOCK && kind != RHEO_PART_OTHER;
}

/* The lock file may have been removed by its last holder between our open and our flock: then it locks nothing. */
static gboolean
still_there (int fd, const char *file)
{
  struct stat mine, there;

  return fstat (fd, &mine) == 0 && stat (file, &there) == 0 && mine.st_ino == there.st_ino
         && mine.st_dev == there.st_dev;
}

int
rheo_parts_lock (const char *path, const char *parts, GError **error)
{
  g_autofree char *file = g_build_filename (parts, "lock", NULL);
  int fd = -1, code = 0;

  for (int i = 0; i < LOCK_TRIES; i++)
    {
      if (mkdir (parts, 0777) < 0 && errno != EEXIST)
        {
          rheo_fail_system (path, errno, TRUE, error);
          return -1;
        }
      fd = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (fd < 0 && errno == ENOENT)
        continue;
      if (fd < 0)
        {
          rheo_fail_system (path, errno, TRUE, error);
          rmdir (parts);
          return -1;
        }
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        {
          if (still_there (fd, file))
            {
              remove_files (parts, is_temporary);
              return fd;
            }
        }
      else
        {
          code = errno;
          if (code != EWOULDBLOCK && code != EINTR)
            {
              close (fd);
              rheo_fail_system (path, code, TRUE, error);
              return -1;
            }
          g_usleep (LOCK_WAIT);
        }
      close (fd);
    }
  rheo_fail (error, RHEO_ERROR_IO, _ ("%s is being written by another process."), path);
  return -1;
}

gboolean
rheo_parts_is_locked (const char *parts)
{
  g_autofree char *file = g_build_filename (parts, "lock", NULL);
  int fd = open (file, O_RDONLY | O_CLOEXEC);
  gboolean locked;

  if (fd < 0)
    return FALSE;
  locked = flock (fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
  close (fd);
  return locked;
}

void
rheo_parts_clear (const char *parts)
{
  g_autofree char *run = g_build_filename (parts, "run.json", NULL);

  if (unlink (run) == 0)
    rheo_sync_folder (parts);
  remove_files (parts, is_content);
}

void
rheo_parts_unlock (const char *parts, int lock)
{
  g_autoptr (GDir) folder = g_dir_open (parts, 0, NULL);
  g_autofree char *file = g_build_filename (parts, "lock", NULL);
  gboolean empty = TRUE;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    empty = empty && g_str_equal (name, "lock");
  if (empty)
    {
      unlink (file);
      rmdir (parts);
    }
  close (lock);
}

/* --- small files ------------------------------------------------------------------------------------------- */

static gboolean
write_all (int fd, const char *data, size_t size)
{
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          size -= (size_t) n;
        }
    }
  return TRUE;
}

gboolean
rheo_parts_write_text (const char *parts, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (parts, name, NULL);
  g_autofree char *file = g_strconcat ("tmp-", name, NULL);
  g_autofree char *temp = g_build_filename (parts, file, NULL);
  int fd = open (temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int code = fd < 0 ? errno : 0;

  if (fd >= 0)
    {
      if (!write_all (fd, text, strlen (text)) || fsync (fd) < 0)
        code = errno;
      close (fd);
    }
  if (code == 0 && (rename (temp, path) < 0 || !rheo_sync_folder (parts)))
    code = errno;
  if (code == 0)
    return TRUE;
  unlink (temp);
  return rheo_fail_system (path, code, TRUE, error);
}

gboolean
rheo_part_fill (RheoH5Id file, const RheoPart *part)
{
  g_auto (RheoH5Id) group = rheo_h5_make_group (file, part->group);

  return group >= 0 && (part->iteration < 0 || rheo_h5_set_int (group, "iteration", part->iteration))
         && (part->batch < 0 || rheo_h5_set_int (group, "batch", part->batch))
         && (part->marked < 0 || rheo_h5_set_bool (group, "marked", part->marked))
         && (part->config == NULL || rheo_h5_set_text (group, "config", part->config))
         && rheo_h5_write_table (group, part->table, part->plain);
}

gboolean
rheo_part_write (const RheoPart *part, GError **error)
{
  g_autofree char *final = g_build_filename (part->parts, part->part, NULL);
  g_autofree char *name = g_strconcat ("tmp-", part->part, NULL);
  g_autofree char *temp = g_build_filename (part->parts, name, NULL);
  int64_t bytes = rheo_h5_bound_table (part->table) + (part->config != NULL ? (int64_t) strlen (part->config) : 0);
  RheoH5Id file = rheo_h5_create (temp, bytes, error);

  if (file < 0)
    return FALSE;
  if (rheo_part_fill (file, part))
    return rheo_h5_finish (&file, temp, final, error);
  rheo_h5_fail (final, error);
  rheo_h5_discard (&file, temp);
  return FALSE;
}

/* --- a table alone ------------------------------------------------------------------------------------------------- */
static gboolean
is_run (const char *path)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  g_auto (RheoH5Id) file = access (path, F_OK) == 0 ? rheo_h5_open (path, NULL) : -1;
  g_auto (RheoH5Id) root = file >= 0 ? rheo_h5_open_group (file, "") : -1;
  g_autofree char *id = root >= 0 ? rheo_h5_dup_text (root, "run-id") : NULL;

  return id != NULL || access (parts, F_OK) == 0;
}

gboolean
rheo_store_write_table (const RheoTable *table, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
  const RheoPart part = {
    .parts = folder, .part = name, .group = "", .table = table, .iteration = -1, .batch = -1, .marked = -1
  };

  if (is_run (path))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is a run; write to another file."), path);
  return rheo_part_write (&part, error);
}
