#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "json-text.h"

/* What a fold writes itself; everything else at the root of the old file is copied as it is. */
static const char *const own_groups[] = { "config", "metrics",    "logs",     "journal",
                                          "epochs", "checkpoint", "analysis", NULL };

/* --- /config ----------------------------------------------------------------------------------------------- */

static gboolean
set_value (RheoH5Id set, const char *path, JsonNode *node)
{
  double number;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return rheo_h5_set_text (set, path, json_node_get_string (node));
    case G_TYPE_INT64:
      return rheo_h5_set_int (set, path, json_node_get_int (node));
    case G_TYPE_BOOLEAN:
      return rheo_h5_set_bool (set, path, json_node_get_boolean (node));
    default:
      number = json_node_get_double (node);
      return rheo_h5_set_real (set, path, &number, 0);
    }
}

static gboolean
is_number_list (JsonArray *array)
{
  guint n = json_array_get_length (array);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node)
          || (json_node_get_value_type (node) != G_TYPE_INT64 && json_node_get_value_type (node) != G_TYPE_DOUBLE))
        return FALSE;
    }
  return n > 0;
}

/* One attribute for each key path: "rule.optimiser.lr", "model.layers.1.units"; a list of numbers is one attribute. */
static gboolean
set_values (RheoH5Id set, const char *path, JsonNode *node)
{
  gboolean ok = TRUE;

  if (JSON_NODE_HOLDS_VALUE (node))
    ok = set_value (set, path, node);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      guint n = json_array_get_length (array);

      if (is_number_list (array))
        {
          g_autofree double *values = g_new (double, n);

          for (guint i = 0; i < n; i++)
            values[i] = json_node_get_double (json_array_get_element (array, i));
          return rheo_h5_set_real (set, path, values, (int) n);
        }
      for (guint i = 0; i < n && ok; i++)
        {
          g_autofree char *below = g_strdup_printf ("%s.%u", path, i);

          ok = set_values (set, below, json_array_get_element (array, i));
        }
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GList) keys = json_object_get_members (object);

      for (GList *at = keys; at != NULL && ok; at = at->next)
        {
          g_autofree char *below = *path != '\0' ? g_strconcat (path, ".", at->data, NULL) : g_strdup (at->data);

          /* The dashboard is no value of the experiment. */
          if (!g_str_equal (below, "view"))
            ok = set_values (set, below, json_object_get_member (object, at->data));
        }
    }
  return ok;
}

static gboolean
write_config (const RheoIndex *index, RheoH5Id root)
{
  g_autoptr (JsonNode) node = rheo_json_parse (index->experiment, -1, index->path, NULL);
  g_auto (RheoH5Id) set = rheo_h5_write_text (root, "config", index->experiment, N_ ("The experiment"));

  return set >= 0 && (node == NULL || set_values (set, "", node));
}

/* --- the rest ---------------------------------------------------------------------------------------------- */

static gboolean
set_known (RheoH5Id root, const char *key, const char *value)
{
  return value == NULL || rheo_h5_set_text (root, key, value);
}

static gboolean
write_facts (const RheoIndex *index, RheoH5Id root)
{
  return rheo_h5_set_text (root, "application", "Rheobase")
         && rheo_h5_set_int (root, "format-version", RHEO_STORE_FORMAT)
         && set_known (root, "app-version", index->app_version) && set_known (root, "run-id", index->run_id)
         && set_known (root, "parent-run-id", index->parent)
         && (index->parent == NULL || rheo_h5_set_int (root, "parent-iteration", index->parent_iteration))
         && set_known (root, "created", index->created) && set_known (root, "host", index->host)
         && set_known (root, "device", index->device) && set_known (root, "device-reason", index->device_reason)
         && rheo_h5_set_int (root, "seed", index->seed) && set_known (root, "session", index->session)
         && set_known (root, "stop-reason", index->stop_reason)
         && rheo_h5_set_real (root, "seconds", &index->seconds, 0);
}

gboolean
rheo_index_write_records (const RheoIndex *index, RheoH5Id file, const char *where, GError **error)
{
  const char *log = g_str_has_prefix (where, "logs/") ? where + strlen ("logs/") : NULL;
  g_autoptr (RheoTable) table = g_str_equal (where, "journal") ? rheo_index_read_journal (index, error)
                                                               : rheo_index_read_log (index, log, NULL, error);
  g_auto (RheoH5Id) group = -1;

  if (table == NULL)
    return FALSE;
  if (rheo_table_get_n_columns (table) == RHEO_N_FIXED)
    return TRUE; /* a writer that did not come to declare them; a later one will */
  group = rheo_h5_make_group (file, where);
  return (group >= 0 && rheo_h5_write_table (group, table, FALSE)) || rheo_h5_fail (index->path, error);
}

static gboolean
write_records (const RheoIndex *index, RheoH5Id file, GError **error)
{
  for (guint i = 0; i < index->logs->len; i++)
    {
      g_autofree char *where = g_strconcat ("logs/", g_ptr_array_index (index->logs, i), NULL);

      if (!rheo_index_write_records (index, file, where, error))
        return FALSE;
    }
  return rheo_index_write_records (index, file, "metrics", error)
         && rheo_index_write_records (index, file, "journal", error);
}

static gboolean
copy_items (const RheoIndex *index, GArray *items, RheoH5Id old, RheoH5Id file, const char *temp, GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const RheoItem *item = &g_array_index (items, RheoItem, i);
      g_autofree char *above = g_path_get_dirname (item->name);
      g_autofree char *path = item->part != NULL ? g_build_filename (index->parts, item->part, NULL) : NULL;
      g_auto (RheoH5Id) part = path != NULL ? rheo_h5_open (path, error) : -1;
      g_auto (RheoH5Id) group = rheo_h5_make_group (file, above);
      g_auto (RheoH5Id) source = -1;

      if (path != NULL && part < 0)
        return FALSE;
      source = rheo_h5_open_group (path != NULL ? part : old, item->name);
      if (source < 0)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: there is no /%s in it."),
                          path != NULL ? path : index->path, item->name);
      if (group < 0 || !rheo_h5_copy (path != NULL ? part : old, file, item->name))
        return rheo_h5_fail (temp, error);
    }
  return TRUE;
}

gboolean
rheo_index_write_head (const RheoIndex *index, RheoH5Id file)
{
  g_auto (RheoH5Id) root = rheo_h5_open_group (file, "/");

  return write_facts (index, root) && write_config (index, root);
}

/* What others added at the root is kept. */
static gboolean
copy_foreign (RheoH5Id old, RheoH5Id file, const char *temp, GError **error)
{
  g_auto (RheoH5Id) root = rheo_h5_open_group (old, "/");
  g_auto (GStrv) names = rheo_h5_list (root);

  for (int i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (own_groups, names[i]) && !rheo_h5_copy (old, file, names[i]))
      return rheo_h5_fail (temp, error);
  return TRUE;
}

static gboolean
fill (const RheoIndex *index, RheoH5Id file, const char *temp, GError **error)
{
  GArray *const lists[] = { index->epochs, index->checkpoints, index->analyses };
  g_auto (RheoH5Id) old = index->has_file ? rheo_h5_open (index->path, error) : -1;

  if (index->has_file && old < 0)
    return FALSE;
  if (!rheo_index_write_head (index, file))
    return rheo_h5_fail (temp, error);
  if (!write_records (index, file, error))
    return FALSE;
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    if (!copy_items (index, lists[i], old, file, temp, error))
      return FALSE;
  return old < 0 || copy_foreign (old, file, temp, error);
}

static int64_t
file_size (const char *folder, const char *name)
{
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : g_strdup (folder);
  GStatBuf facts;

  return g_stat (path, &facts) == 0 ? facts.st_size : 0;
}

/* Copies are no larger than what they come from, and records no larger than they are in their parts or, packed, in the
 * old file. The slack is for what is packed anew and for the tables of contents. */
int64_t
rheo_index_bound (const RheoIndex *index)
{
  g_autoptr (GDir) folder = g_dir_open (index->parts, 0, NULL);
  int64_t bytes = file_size (index->path, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    bytes += file_size (index->parts, name) + 4096;
  return bytes + bytes / 16 + 2 * (int64_t) strlen (index->experiment) + (1 << 20);
}

gboolean
rheo_index_fold (const RheoIndex *index, GError **error)
{
  g_autofree char *temp = g_strconcat (index->path, ".new", NULL);
  gboolean has_new = index->has_parts || index->less;
  RheoH5Id file;

  for (guint i = 0; i < index->analyses->len; i++)
    has_new = has_new || g_array_index (index->analyses, RheoItem, i).part != NULL;
  if (has_new)
    {
      file = rheo_h5_create (temp, rheo_index_bound (index), error);
      if (file < 0)
        return FALSE;
      if (!fill (index, file, temp, error))
        {
          rheo_h5_discard (&file, temp);
          return FALSE;
        }
      if (!rheo_h5_finish (&file, temp, index->path, error))
        return FALSE;
    }
  g_unlink (temp);
  rheo_parts_clear (index->parts);
  return TRUE;
}
