#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/library-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/run-facts.h"

/* The cache: program version, then path, size, time of change and facts of each run. */
#define CACHE_TYPE "(sa(stx" RHEO_FACTS_TYPE "))"

void
rheo_found_free (RheoFound *found)
{
  g_free (found->path);
  g_strfreev (found->tags);
  g_clear_pointer (&found->value, g_variant_unref);
  g_free (found);
}

static gint64
change_time (const struct stat *facts)
{
  return (gint64) facts->st_mtim.tv_sec * G_USEC_PER_SEC + facts->st_mtim.tv_nsec / 1000;
}

/* --- cache ------------------------------------------------------------------------------------------------------- */

static char *
cache_path (const char *folder)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, folder, -1);
  g_autofree char *name = g_strdup_printf ("runs-%.16s", sum);

  return g_build_filename (g_get_user_cache_dir (), "rheobase", name, NULL);
}

/* Entries of the cache by path; the values are of the type of one entry. Empty when there is none, or one of another
 * version. */
static GHashTable *
read_cache (const char *folder)
{
  GHashTable *entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  g_autofree char *path = cache_path (folder);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (GBytes) bytes = file != NULL ? g_mapped_file_get_bytes (file) : NULL;
  g_autoptr (GVariant) all = NULL, list = NULL;
  const char *version;

  if (bytes == NULL)
    return entries;
  all = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (CACHE_TYPE), bytes, FALSE));
  if (!g_variant_is_normal_form (all))
    return entries;
  g_variant_get (all, "(&s@a(stx" RHEO_FACTS_TYPE "))", &version, &list);
  if (!g_str_equal (version, RHEO_VERSION))
    return entries;
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      GVariant *entry = g_variant_get_child_value (list, i);
      char *run;

      g_variant_get_child (entry, 0, "s", &run);
      g_hash_table_replace (entries, run, entry);
    }
  return entries;
}

static GVariant *
dup_cached (GHashTable *entries, const char *path, const RheoRunStamp *stamp)
{
  GVariant *entry = stamp->parts == 0 ? g_hash_table_lookup (entries, path) : NULL;
  guint64 size;
  gint64 time;

  if (entry == NULL)
    return NULL;
  g_variant_get_child (entry, 1, "t", &size);
  g_variant_get_child (entry, 2, "x", &time);
  return size == stamp->size && time == stamp->time ? g_variant_get_child_value (entry, 3) : NULL;
}

void
rheo_library_write_cache (const char *folder, GPtrArray *runs)
{
  g_autofree char *path = cache_path (folder);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GVariant) all = NULL;
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(stx" RHEO_FACTS_TYPE ")"));
  for (guint i = 0; i < runs->len; i++)
    {
      const RheoFound *run = g_ptr_array_index (runs, i);

      g_variant_builder_add (&list, "(stx@" RHEO_FACTS_TYPE ")", run->path, run->stamp.size, run->stamp.time,
                             run->value);
    }
  all = g_variant_ref_sink (g_variant_new ("(sa(stx" RHEO_FACTS_TYPE "))", RHEO_VERSION, &list));
  if (g_mkdir_with_parents (parent, 0777) == 0)
    g_file_set_contents_full (path, g_variant_get_data (all), (gssize) g_variant_get_size (all),
                              G_FILE_SET_CONTENTS_CONSISTENT, 0666, NULL);
}

/* --- the folder -------------------------------------------------------------------------------------------------- */

/* What a run with parts looks like: the records grow inside the folder, which notes only what comes and goes. */
static void
stamp_parts (const char *path, RheoRunStamp *stamp)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  g_autofree char *metrics = g_build_filename (parts, "metrics", NULL);
  struct stat facts;

  if (stat (parts, &facts) != 0)
    return;
  stamp->parts = change_time (&facts);
  stamp->time = MAX (stamp->time, stamp->parts);
  if (stat (metrics, &facts) == 0)
    {
      stamp->parts += facts.st_size;
      stamp->time = MAX (stamp->time, change_time (&facts));
    }
  stamp->held = rheo_run_is_written (path);
}

/* A run by the name of its file or of its parts. */
static RheoFound *
look_at (const char *folder, const char *name, gboolean has_parts, gboolean has_tags)
{
  RheoFound *found = g_new0 (RheoFound, 1);
  struct stat facts;

  found->path = g_build_filename (folder, name, NULL);
  if (stat (found->path, &facts) == 0)
    {
      found->stamp.size = (guint64) facts.st_size;
      found->stamp.time = change_time (&facts);
    }
  if (has_parts)
    stamp_parts (found->path, &found->stamp);
  found->tags = has_tags ? rheo_run_tags_read (found->path) : g_new0 (char *, 1);
  return found;
}

/* As the list is. */
static int
compare_found (gconstpointer a, gconstpointer b)
{
  const RheoFound *x = *(RheoFound *const *) a, *y = *(RheoFound *const *) b;

  if (x->stamp.time != y->stamp.time)
    return x->stamp.time > y->stamp.time ? -1 : 1;
  return strcmp (x->path, y->path);
}

GPtrArray *
rheo_library_scan (const char *folder, gboolean use_cache)
{
  enum
  {
    FILE_OF_RUN = 1,
    PARTS = 2,
    TAGS = 4
  };
  static const struct
  {
    const char *end;
    guint what;
  } ends[] = { { ".h5", FILE_OF_RUN }, { ".h5.parts", PARTS }, { ".h5.tags", TAGS } };
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_found_free);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) cache = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GHashTableIter iter;
  gpointer key, value;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (size_t i = 0; *name != '.' && i < G_N_ELEMENTS (ends); i++)
      if (g_str_has_suffix (name, ends[i].end))
        {
          char *run = g_strndup (name, strlen (name) - strlen (ends[i].end) + strlen (".h5"));
          guint what = GPOINTER_TO_UINT (g_hash_table_lookup (names, run));

          g_hash_table_replace (names, run, GUINT_TO_POINTER (what | ends[i].what));
        }
  if (use_cache && g_hash_table_size (names) > 0)
    cache = read_cache (folder);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint what = GPOINTER_TO_UINT (value);
      RheoFound *found;

      if ((what & (FILE_OF_RUN | PARTS)) == 0)
        continue;
      found = look_at (folder, key, (what & PARTS) != 0, (what & TAGS) != 0);
      if (cache != NULL)
        found->value = dup_cached (cache, found->path, &found->stamp);
      g_ptr_array_add (runs, found);
    }
  g_ptr_array_sort (runs, compare_found);
  return runs;
}
