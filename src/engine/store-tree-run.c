#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-tree-private.h"

#include <string.h>

RheoTable *
rheo_tree_find_records (RheoTree *tree, const char *path)
{
  RheoTable *table = NULL;

  if (tree->index == NULL)
    return NULL;
  if (g_hash_table_lookup_extended (tree->tables, path, NULL, (gpointer *) &table))
    return table;
  if (g_str_equal (path, "/metrics"))
    table = rheo_index_read_log (tree->index, NULL, NULL, NULL);
  else if (g_str_equal (path, "/journal"))
    table = rheo_index_read_journal (tree->index, NULL);
  else if (g_str_has_prefix (path, "/logs/"))
    table = rheo_index_read_log (tree->index, path + strlen ("/logs/"), NULL, NULL);
  else
    return NULL;
  if (table != NULL)
    g_hash_table_insert (tree->tables, g_strdup (path), table);
  return table;
}

const RheoColumn *
rheo_tree_find_record_column (RheoTree *tree, const char *path)
{
  g_autofree char *group = g_path_get_dirname (path);
  RheoTable *table = rheo_tree_find_records (tree, group);

  return table != NULL ? rheo_table_find (table, strrchr (path, '/') + 1) : NULL;
}

static void
add_name (GPtrArray *names, const char *name, size_t n)
{
  for (guint i = 0; i < names->len; i++)
    if (strncmp (g_ptr_array_index (names, i), name, n) == 0 && strlen (g_ptr_array_index (names, i)) == n)
      return;
  g_ptr_array_add (names, g_strndup (name, n));
}

/* What lies directly below `path` ("/epochs") of items with names like "epochs/12". */
static void
add_items (GPtrArray *names, const GArray *items, const char *path)
{
  size_t n = strlen (path + 1);

  for (guint i = 0; i < items->len; i++)
    {
      const char *name = g_array_index (items, RheoItem, i).name;

      if (strncmp (name, path + 1, n) == 0 && name[n] == '/')
        add_name (names, name + n + 1, strcspn (name + n + 1, "/"));
    }
}

static gboolean
is_item (const RheoIndex *index, const char *path)
{
  return *path == '/' && rheo_index_find (index, path + 1) != NULL;
}

char **
rheo_tree_list_overlay (RheoTree *tree, const char *path)
{
  const RheoIndex *index = tree->index;
  g_autoptr (GPtrArray) names = NULL;
  RheoTable *records;

  if (index == NULL || is_item (index, path))
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  records = rheo_tree_find_records (tree, path);
  if (records != NULL)
    for (int i = 0; i < rheo_table_get_n_columns (records); i++)
      g_ptr_array_add (names, g_strdup (rheo_table_get_column (records, i)->key));
  else if (g_str_equal (path, "/"))
    {
      static const char *const all[] = { "config", "metrics", "logs", "journal", "epochs", "checkpoint", "analysis" };

      for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
        if ((!g_str_equal (all[i], "logs") || index->logs->len > 0)
            && (!g_str_equal (all[i], "analysis") || index->analyses->len > 0))
          g_ptr_array_add (names, g_strdup (all[i]));
    }
  else if (g_str_equal (path, "/logs"))
    for (guint i = 0; i < index->logs->len; i++)
      g_ptr_array_add (names, g_strdup (g_ptr_array_index (index->logs, i)));
  else if (g_str_equal (path, "/epochs"))
    add_items (names, index->epochs, path);
  else if (g_str_equal (path, "/checkpoint"))
    add_items (names, index->checkpoints, path);
  else if (g_str_equal (path, "/analysis") || g_str_has_prefix (path, "/analysis/"))
    add_items (names, index->analyses, path);
  else
    return NULL;
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

hid_t
rheo_tree_file_of (RheoTree *tree, const char *path, RheoH5Id *part)
{
  /* "/epochs/12/rec.weight" lies in the part of "epochs/12", "/analysis/probe/2/x" in that of "analysis/probe/2". */
  int n_names = g_str_has_prefix (path, "/analysis/") ? 3 : 2;
  g_auto (GStrv) names = NULL;
  g_autofree char *name = NULL;
  g_autofree char *file = NULL;
  const RheoItem *item;

  if (tree->index == NULL || *path != '/')
    return tree->file;
  names = g_strsplit (path + 1, "/", n_names + 1);
  if ((int) g_strv_length (names) > n_names)
    g_clear_pointer (&names[n_names], g_free);
  name = g_strjoinv ("/", names);
  item = rheo_index_find (tree->index, name);
  if (item == NULL || item->part == NULL)
    return tree->file;
  file = g_build_filename (tree->index->parts, item->part, NULL);
  *part = rheo_h5_open (file, NULL);
  return *part;
}
