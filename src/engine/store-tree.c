#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "label.h"

#define MAX_ATTRIBUTE 20     /* numbers of an attribute that are shown */
#define MAX_SHOWN_TEXT 10000 /* bytes of a text in an attribute */

void
rheo_node_free (RheoNode *node)
{
  if (node == NULL)
    return;
  g_free (node->name);
  g_free (node->path);
  g_free (node->type);
  g_free (node->description);
  g_free (node->unit);
  g_free (node->axes);
  g_free (node);
}

/* --- the file ------------------------------------------------------------------------------------------------ */

RheoTree *
rheo_tree_open (const char *path, GError **error)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  g_autoptr (RheoIndex) index = NULL;
  RheoH5Id file = -1;
  RheoTree *tree;

  if (g_file_test (parts, G_FILE_TEST_IS_DIR))
    index = rheo_index_new (path, NULL);
  if (index == NULL || index->has_file)
    file = rheo_h5_open (path, error);
  if (file < 0 && (index == NULL || index->has_file))
    return NULL;
  tree = g_new0 (RheoTree, 1);
  tree->path = g_strdup (path);
  tree->file = file;
  if (index != NULL && index->has_parts)
    tree->index = g_steal_pointer (&index);
  tree->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) rheo_table_unref);
  return tree;
}

void
rheo_tree_close (RheoTree *tree)
{
  if (tree == NULL)
    return;
  rheo_h5_close (tree->file);
  rheo_index_free (tree->index);
  g_hash_table_unref (tree->tables);
  g_free (tree->path);
  g_free (tree);
}

/* The object at a path, by hard links only. -1: not there. */
hid_t
rheo_tree_open_object (hid_t file, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char *name = strrchr (path, '/');
  g_auto (RheoH5Id) group = -1;
  hid_t object;

  if (file < 0 || name == NULL)
    return -1;
  group = rheo_h5_open_group (file, folder);
  if (name[1] == '\0' || group < 0)
    {
      object = group;
      group = -1;
      return object;
    }
  object = rheo_h5_open_child (group, name + 1, H5I_DATASET);
  return object >= 0 ? object : rheo_h5_open_child (group, name + 1, H5I_GROUP);
}

gboolean
rheo_tree_fail_missing (const RheoTree *tree, const char *path, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds no %s that can be read."), tree->path, path);
}

/* --- what a set is ------------------------------------------------------------------------------------------- */

static gboolean
is_boolean (hid_t type)
{
  g_autofree char *name = NULL;
  char *first;

  if (H5Tget_nmembers (type) != 2)
    return FALSE;
  first = H5Tget_member_name (type, 0);
  name = g_strdup (first);
  H5free_memory (first);
  return g_strcmp0 (name, "FALSE") == 0;
}

static void
describe_type (hid_t type, RheoNode *node)
{
  size_t bits = H5Tget_size (type) * 8;

  node->kind = RHEO_NODE_OTHER;
  switch (H5Tget_class (type))
    {
    case H5T_FLOAT:
      node->kind = RHEO_NODE_NUMBERS;
      node->type = g_strdup_printf ("float%zu", bits);
      break;
    case H5T_INTEGER:
      node->kind = RHEO_NODE_NUMBERS;
      node->whole = TRUE;
      node->type = g_strdup_printf ("%s%zu", H5Tget_sign (type) == H5T_SGN_NONE ? "uint" : "int", bits);
      break;
    case H5T_ENUM:
      node->kind = bits == 8 ? RHEO_NODE_NUMBERS : RHEO_NODE_OTHER;
      node->whole = TRUE;
      node->type = g_strdup (is_boolean (type) ? "boolean" : "enumeration");
      break;
    case H5T_STRING:
      node->kind = bits / 8 <= RHEO_H5_MAX_TEXT ? RHEO_NODE_TEXT : RHEO_NODE_OTHER;
      node->type = g_strdup ("text");
      break;
    case H5T_COMPOUND:
      node->type = g_strdup ("compound");
      break;
    case H5T_VLEN:
      node->type = g_strdup ("lists");
      break;
    case H5T_ARRAY:
      node->type = g_strdup ("arrays");
      break;
    case H5T_REFERENCE:
      node->type = g_strdup ("references");
      break;
    default:
      node->type = g_strdup ("other");
      break;
    }
}

static char *
dup_text (hid_t object, const char *key)
{
  char *text = rheo_h5_dup_text (object, key);

  return text != NULL ? text : g_strdup ("");
}

static char *
dup_shown (hid_t object, const char *key)
{
  g_autofree char *text = dup_text (object, key);

  return rheo_label_dup_shown (text);
}

static RheoNode *
new_node (const char *path)
{
  RheoNode *node = g_new0 (RheoNode, 1);

  node->path = g_strdup (path);
  node->name = g_strdup (strrchr (path, '/') + 1);
  return node;
}

static RheoNode *
describe (hid_t object, const char *path)
{
  RheoNode *node = new_node (path);
  hsize_t dims[H5S_MAX_RANK];

  node->description = dup_shown (object, "description");
  node->unit = dup_shown (object, "unit");
  node->axes = dup_text (object, "axes");
  if (H5Iget_type (object) == H5I_GROUP)
    {
      H5G_info_t info = { 0 };

      H5Gget_info (object, &info);
      node->n_children = (int64_t) MIN (info.nlinks, (hsize_t) INT64_MAX);
      node->type = g_strdup ("");
      if (*node->description == '\0')
        {
          g_free (node->description);
          node->description = dup_shown (object, "title");
        }
    }
  else
    {
      g_auto (RheoH5Id) type = H5Dget_type (object);
      g_auto (RheoH5Id) space = H5Dget_space (object);

      describe_type (type, node);
      if (H5Sget_simple_extent_type (space) == H5S_SIMPLE)
        node->n_dims = H5Sget_simple_extent_dims (space, dims, NULL);
      if (H5Sget_simple_extent_type (space) == H5S_NULL || node->n_dims < 0 || node->n_dims > RHEO_TREE_MAX_DIMS)
        {
          node->kind = RHEO_NODE_OTHER;
          node->n_dims = 0;
        }
      for (int i = 0; i < node->n_dims; i++)
        node->dims[i] = (int64_t) MIN (dims[i], (hsize_t) INT64_MAX / 2);
    }
  return node;
}

static RheoNode *
describe_column (const RheoColumn *column, const char *path)
{
  static const char *const types[] = {
    [RHEO_F32] = "float32", [RHEO_F64] = "float64", [RHEO_I32] = "int32",  [RHEO_I64] = "int64",
    [RHEO_U8] = "uint8",    [RHEO_U16] = "uint16",  [RHEO_U64] = "uint64", [RHEO_STRING] = "text"
  };
  RheoNode *node = new_node (path);

  node->kind = column->type == RHEO_STRING ? RHEO_NODE_TEXT : RHEO_NODE_NUMBERS;
  node->whole = column->type != RHEO_F32 && column->type != RHEO_F64;
  node->type = g_strdup (types[column->type]);
  node->n_dims = column->n_dims;
  memcpy (node->dims, column->dims, sizeof column->dims);
  node->description = g_strdup (column->label);
  node->unit = g_strdup (column->unit);
  node->axes = g_strdup (column->axes);
  return node;
}

/* Of a group of a run with parts. */
static RheoNode *
describe_overlay (const char *path, char **names)
{
  RheoNode *node = new_node (path);

  node->n_children = g_strv_length (names);
  node->type = g_strdup ("");
  node->description = g_strdup ("");
  node->unit = g_strdup ("");
  node->axes = g_strdup ("");
  return node;
}

static RheoNode *
describe_config (const char *path)
{
  RheoNode *node = describe_overlay (path, (char *[]){ NULL });

  node->kind = RHEO_NODE_TEXT;
  g_free (node->type);
  node->type = g_strdup ("text");
  return node;
}

gboolean
rheo_tree_is_config (const RheoTree *tree, const char *path)
{
  return tree->index != NULL && g_str_equal (path, "/config");
}

RheoNode *
rheo_tree_look (RheoTree *tree, const char *path, GError **error)
{
  RHEO_H5_SCOPE;
  const RheoColumn *column = rheo_tree_find_record_column (tree, path);
  g_auto (GStrv) names = column == NULL ? rheo_tree_list_overlay (tree, path) : NULL;
  g_auto (RheoH5Id) part = -1;
  g_auto (RheoH5Id) object = -1;

  if (column != NULL)
    return describe_column (column, path);
  if (names != NULL)
    return describe_overlay (path, names);
  if (rheo_tree_is_config (tree, path))
    return describe_config (path);
  object = rheo_tree_open_object (rheo_tree_file_of (tree, path, &part), path);
  if (object >= 0)
    return describe (object, path);
  rheo_tree_fail_missing (tree, path, error);
  return NULL;
}

GPtrArray *
rheo_tree_list (RheoTree *tree, const char *path, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (GStrv) names = rheo_tree_list_overlay (tree, path);
  g_auto (RheoH5Id) part = -1;
  GPtrArray *nodes;

  if (names == NULL)
    {
      g_auto (RheoH5Id) group = rheo_tree_open_object (rheo_tree_file_of (tree, path, &part), path);

      if (group < 0 || H5Iget_type (group) != H5I_GROUP)
        {
          rheo_tree_fail_missing (tree, path, error);
          return NULL;
        }
      names = rheo_h5_list (group);
    }
  nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_node_free);
  for (int i = 0; names[i] != NULL && i < RHEO_TREE_MAX_CHILDREN; i++)
    {
      g_autofree char *below = g_strconcat (path[1] != '\0' ? path : "", "/", names[i], NULL);
      RheoNode *node = rheo_tree_look (tree, below, NULL);

      if (node != NULL)
        g_ptr_array_add (nodes, node);
    }
  return nodes;
}

/* --- attributes ---------------------------------------------------------------------------------------------- */

/* One text of no fixed size, or of a fixed one. */
static char *
read_text_attribute (hid_t attribute, hid_t type)
{
  g_auto (RheoH5Id) memory = -1;
  size_t size = H5Tget_size (type);
  g_autofree char *text = NULL;
  char *lent = NULL;

  if (H5Tis_variable_str (type) > 0)
    {
      memory = H5Tcopy (H5T_C_S1);
      H5Tset_size (memory, H5T_VARIABLE);
      H5Tset_cset (memory, H5Tget_cset (type));
      if (H5Aread (attribute, memory, &lent) < 0 || lent == NULL)
        return g_strdup ("");
      text = g_strndup (lent, MAX_SHOWN_TEXT);
      H5free_memory (lent);
      return rheo_h5_valid_text (g_steal_pointer (&text));
    }
  if (size > RHEO_H5_MAX_TEXT)
    return NULL;
  text = g_malloc0 (size + 1);
  memory = H5Tcopy (type);
  if (H5Aread (attribute, memory, text) < 0)
    return NULL;
  if (size > MAX_SHOWN_TEXT)
    text[MAX_SHOWN_TEXT] = '\0';
  return rheo_h5_valid_text (g_steal_pointer (&text));
}

static char *
read_attribute (hid_t attribute)
{
  g_auto (RheoH5Id) type = H5Aget_type (attribute);
  g_auto (RheoH5Id) space = H5Aget_space (attribute);
  hssize_t n = H5Sget_simple_extent_npoints (space);
  g_autoptr (GString) text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double values[MAX_ATTRIBUTE];
  gint64 whole;

  if (H5Tget_class (type) == H5T_STRING && n == 1)
    return read_text_attribute (attribute, type);
  if (H5Tget_class (type) == H5T_INTEGER && n == 1 && H5Aread (attribute, H5T_NATIVE_INT64, &whole) >= 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, whole);
  if (H5Tget_class (type) == H5T_ENUM && n == 1 && H5Tget_size (type) == 1 && is_boolean (type))
    {
      int8_t truth = 0;

      return H5Aread (attribute, type, &truth) >= 0 ? g_strdup (truth != 0 ? "TRUE" : "FALSE") : NULL;
    }
  if ((H5Tget_class (type) != H5T_FLOAT && H5Tget_class (type) != H5T_INTEGER) || n < 1 || n > MAX_ATTRIBUTE
      || H5Aread (attribute, H5T_NATIVE_DOUBLE, values) < 0)
    return NULL;
  for (hssize_t i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            g_ascii_formatd (number, sizeof number, "%.10g", values[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char **
rheo_tree_dup_attributes (RheoTree *tree, const char *path)
{
  RHEO_H5_SCOPE;
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_auto (RheoH5Id) part = -1;
  g_auto (RheoH5Id) object = rheo_tree_open_object (rheo_tree_file_of (tree, path, &part), path);
  g_auto (GStrv) names = object >= 0 ? rheo_h5_list_attributes (object) : NULL;

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_auto (RheoH5Id) attribute = H5Aopen (object, names[i], H5P_DEFAULT);
      g_autofree char *value = attribute >= 0 ? read_attribute (attribute) : NULL;

      g_strv_builder_add (list, names[i]);
      g_strv_builder_add (list, value != NULL ? value : "…");
    }
  return g_strv_builder_end (list);
}
