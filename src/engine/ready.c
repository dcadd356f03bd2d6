#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "ready.h"

#include <string.h>

#include "installation.h"

/* Of the source tree or wherever RHEO_DATA says, of the build folder that the program runs from, of the installation. */
static char **
dup_folders (const char *folder)
{
  GPtrArray *folders = g_ptr_array_new ();
  const char *data = g_getenv ("RHEO_DATA");
  g_autofree char *build = rheo_dup_build_folder ();

  if (data != NULL && *data != '\0')
    g_ptr_array_add (folders, g_build_filename (data, folder, NULL));
  if (build != NULL)
    g_ptr_array_add (folders, g_build_filename (build, "data", folder, NULL));
  g_ptr_array_add (folders, g_build_filename (RHEO_DATA_DIR, folder, NULL));
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (folders, FALSE);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
rheo_ready_dup_names (const char *kind)
{
  g_auto (GStrv) folders = dup_folders (kind);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new ();

  for (char **folder = folders; *folder != NULL; folder++)
    {
      g_autoptr (GDir) dir = g_dir_open (*folder, 0, NULL);
      const char *file;

      while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *name = g_str_has_suffix (file, ".json") ? g_strndup (file, strlen (file) - 5) : NULL;

          if (name == NULL || g_hash_table_contains (seen, name))
            continue;
          g_hash_table_add (seen, name);
          g_ptr_array_add (names, g_steal_pointer (&name));
        }
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char *
rheo_ready_find (const char *kind, const char *name)
{
  g_auto (GStrv) folders = dup_folders (kind);

  if (strchr (name, '/') != NULL)
    return NULL;
  for (char **folder = folders; *folder != NULL; folder++)
    {
      g_autofree char *file = g_strconcat (name, ".json", NULL);
      g_autofree char *path = g_build_filename (*folder, file, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}
