#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/library-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_TAG_FILE 65536 /* bytes */
#define MAX_NAME 200       /* bytes; endings are added */

static const char *const endings[] = { "", ".parts", ".tags" };

/* --- tags -------------------------------------------------------------------------------------------------------- */

static char *
tags_path (const char *path)
{
  return g_strconcat (path, ".tags", NULL);
}

char **
rheo_run_tags_read (const char *path)
{
  g_autofree char *file = tags_path (path);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  GStatBuf facts;

  if (g_stat (file, &facts) != 0 || facts.st_size > MAX_TAG_FILE || !g_file_get_contents (file, &text, NULL, NULL)
      || !g_utf8_validate (text, -1, NULL))
    return g_new0 (char *, 1);
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (tags, lines[i]);
  return g_strv_builder_end (tags);
}

gboolean
rheo_run_tags_write (const char *path, const char *const *tags, GError **error)
{
  g_autofree char *file = tags_path (path);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) why = NULL;

  for (int i = 0; tags != NULL && tags[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", tags[i]);
  if (text->len == 0 && (g_unlink (file) == 0 || errno == ENOENT))
    return TRUE;
  if (g_file_set_contents (file, text->str, (gssize) text->len, &why))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("The tags were not kept: %s"), why->message);
}

/* --- renaming ---------------------------------------------------------------------------------------------------- */

static gboolean
check_name (const char *name, GError **error)
{
  if (*name == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A run needs a name."));
  if (*name == '.')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A name does not begin with a dot."));
  if (strpbrk (name, "/\\\n\t") != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A name has no “/” or “\\” in it."));
  if (strlen (name) > MAX_NAME)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A name has at most %d letters."), MAX_NAME);
  return TRUE;
}

static gboolean
starts_with_name (const char *figure, const char *name)
{
  size_t n = strlen (name);

  return strncmp (figure, name, n) == 0 && figure[n] == '-';
}

/* Exported figures are called NAME-plot-epoch.svg; those of "a-1" are not of "a". */
static gboolean
is_figure_of (const char *figure, const char *name, const char *const *names)
{
  if (!starts_with_name (figure, name))
    return FALSE;
  for (int i = 0; names[i] != NULL; i++)
    if (strlen (names[i]) > strlen (name) && starts_with_name (figure, names[i]))
      return FALSE;
  return TRUE;
}

static void
rename_figures (const char *folder, const char *old, const char *new, const char *const *names)
{
  g_autofree char *figures = g_build_filename (folder, "figures", NULL);
  g_autoptr (GDir) dir = g_dir_open (figures, 0, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_figure_of (name, old, names))
      g_ptr_array_add (found, g_strdup (name));
  for (guint i = 0; i < found->len; i++)
    {
      const char *figure = g_ptr_array_index (found, i);
      g_autofree char *from = g_build_filename (figures, figure, NULL);
      g_autofree char *name_to = g_strconcat (new, figure + strlen (old), NULL);
      g_autofree char *to = g_build_filename (figures, name_to, NULL);

      /* A figure that is in the way was exported by somebody: it stays. */
      if (!g_file_test (to, G_FILE_TEST_EXISTS))
        g_rename (from, to);
    }
}

static gboolean
is_free (const char *path)
{
  for (size_t i = 0; i < G_N_ELEMENTS (endings) - 1; i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      if (g_file_test (file, G_FILE_TEST_EXISTS))
        return FALSE;
    }
  return TRUE;
}

/* All files of a run, or none of them. */
static gboolean
rename_all (const char *from, const char *to, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *old = g_strconcat (from, endings[i], NULL);
      g_autofree char *new = g_strconcat (to, endings[i], NULL);

      if (g_rename (old, new) != 0 && errno != ENOENT)
        {
          int code = errno;

          while (i-- > 0)
            {
              g_autofree char *back = g_strconcat (from, endings[i], NULL);
              g_autofree char *there = g_strconcat (to, endings[i], NULL);

              g_rename (there, back);
            }
          return rheo_fail (error, RHEO_ERROR_IO, _ ("%s was not renamed: %s."), from, g_strerror (code));
        }
    }
  return TRUE;
}

char *
rheo_run_files_rename (const char *path, const char *name, const char *const *names, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *old = g_path_get_basename (path);
  g_autofree char *new = g_strstrip (g_strdup (name));
  g_autofree char *file = NULL;
  g_autofree char *to = NULL;

  if (g_str_has_suffix (new, ".h5"))
    new[strlen (new) - 3] = '\0';
  old[strlen (old) - 3] = '\0';
  if (!check_name (new, error))
    return NULL;
  file = g_strconcat (new, ".h5", NULL);
  to = g_build_filename (folder, file, NULL);
  if (g_str_equal (to, path))
    return g_steal_pointer (&to);
  if (rheo_run_is_written (path))
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is running. It can be renamed when it has ended."), old);
      return NULL;
    }
  if (!is_free (to))
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is a run named %s already."), new);
      return NULL;
    }
  if (!rename_all (path, to, error))
    return NULL;
  rename_figures (folder, old, new, names);
  return g_steal_pointer (&to);
}

/* --- trash ------------------------------------------------------------------------------------------------------- */

gboolean
rheo_run_files_trash (const char *path, GError **error)
{
  /* The file last: as long as it is there the run is seen. */
  for (size_t i = G_N_ELEMENTS (endings); i-- > 0;)
    {
      g_autofree char *name = g_strconcat (path, endings[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (name);

      if (g_file_query_exists (file, NULL) && !g_file_trash (file, NULL, error))
        return FALSE;
    }
  return TRUE;
}
