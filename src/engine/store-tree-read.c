#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LONG_TEXTS 4096 /* texts of no fixed size in one read */

/* --- stretches ----------------------------------------------------------------------------------------------- */

/* A stretch of a set, open for reading. */
typedef struct
{
  RheoH5Id part, set, type, file_space, memory_space;
  int64_t n;
} Stretch;

static void
close_stretch (Stretch *stretch)
{
  rheo_h5_close (stretch->memory_space);
  rheo_h5_close (stretch->file_space);
  rheo_h5_close (stretch->type);
  rheo_h5_close (stretch->set);
  rheo_h5_close (stretch->part);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stretch, close_stretch)

/* Numbers that a stretch of a set of these dimensions has; -1 with a sentence. */
static int64_t
check_stretch (const RheoTree *tree, const RheoNode *node, const int64_t *start, const int64_t *count, GError **error)
{
  int64_t n = 1;

  for (int i = 0; i < node->n_dims; i++)
    if (start[i] < 0 || count[i] < 0 || start[i] > node->dims[i] || count[i] > node->dims[i] - start[i])
      {
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s of %s does not reach so far."), node->path, tree->path);
        return -1;
      }
  for (int i = 0; i < node->n_dims; i++)
    if (count[i] > 0 && n > RHEO_TREE_MAX_NUMBERS / count[i])
      {
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is too large to be read at once."), node->path);
        return -1;
      }
    else
      n *= count[i];
  return n;
}

static gboolean
open_stretch (RheoTree *tree, const RheoNode *node, const int64_t *start, const int64_t *count, Stretch *stretch,
              GError **error)
{
  hsize_t from[RHEO_TREE_MAX_DIMS], length[RHEO_TREE_MAX_DIMS], n;

  *stretch = (Stretch){ -1, -1, -1, -1, -1, check_stretch (tree, node, start, count, error) };
  if (stretch->n < 0)
    return FALSE;
  stretch->set = rheo_tree_open_object (rheo_tree_file_of (tree, node->path, &stretch->part), node->path);
  if (stretch->set < 0)
    return rheo_tree_fail_missing (tree, node->path, error);
  stretch->type = H5Dget_type (stretch->set);
  if (!rheo_h5_is_safe (stretch->set, H5Tget_size (stretch->type), node->n_dims))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s is packed in a way that this program does not read."),
                      node->path);
  stretch->file_space = H5Dget_space (stretch->set);
  n = (hsize_t) stretch->n;
  stretch->memory_space = H5Screate_simple (1, &n, NULL);
  for (int i = 0; i < node->n_dims; i++)
    {
      from[i] = (hsize_t) start[i];
      length[i] = (hsize_t) count[i];
    }
  if (node->n_dims > 0 && stretch->n > 0)
    H5Sselect_hyperslab (stretch->file_space, H5S_SELECT_SET, from, NULL, length, NULL);
  return TRUE;
}

static gboolean
fail_damaged (const RheoTree *tree, const RheoNode *node, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: %s cannot be read."), tree->path, node->path);
}

static gboolean
read_stretch (const RheoTree *tree, const RheoNode *node, const Stretch *stretch, hid_t memory, void *out,
              GError **error)
{
  if (stretch->n == 0
      || H5Dread (stretch->set, memory, stretch->memory_space, stretch->file_space, H5P_DEFAULT, out) >= 0)
    return TRUE;
  return fail_damaged (tree, node, error);
}

/* Goes through the elements of a stretch of a column, row major. */
typedef struct
{
  int n_dims;
  const int64_t *dims, *start, *count;
  int64_t at[RHEO_TREE_MAX_DIMS];
} Walk;

static int64_t
next_element (Walk *walk)
{
  int64_t index = 0;

  for (int i = 0; i < walk->n_dims; i++)
    index = index * walk->dims[i] + walk->start[i] + walk->at[i];
  for (int i = walk->n_dims; i-- > 0;)
    {
      if (++walk->at[i] < walk->count[i])
        break;
      walk->at[i] = 0;
    }
  return index;
}

gboolean
rheo_tree_read_numbers (RheoTree *tree, const char *path, const int64_t *start, const int64_t *count, double *out,
                        GError **error)
{
  RHEO_H5_SCOPE;
  g_autoptr (RheoNode) node = rheo_tree_look (tree, path, error);
  const RheoColumn *column = rheo_tree_find_record_column (tree, path);
  g_auto (Stretch) stretch = { -1, -1, -1, -1, -1, 0 };

  if (node == NULL)
    return FALSE;
  if (node->kind != RHEO_NODE_NUMBERS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no numbers."), path);
  if (column != NULL)
    {
      Walk walk = { node->n_dims, node->dims, start, count, { 0 } };
      int64_t n = check_stretch (tree, node, start, count, error);

      for (int64_t i = 0; i < n; i++)
        out[i] = rheo_column_get_number (column, next_element (&walk));
      return n >= 0;
    }
  if (!open_stretch (tree, node, start, count, &stretch, error))
    return FALSE;
  if (H5Tget_class (stretch.type) == H5T_ENUM)
    {
      g_autofree int8_t *small = g_malloc ((size_t) stretch.n + 1);

      if (!read_stretch (tree, node, &stretch, stretch.type, small, error))
        return FALSE;
      for (int64_t i = 0; i < stretch.n; i++)
        out[i] = small[i];
      return TRUE;
    }
  return read_stretch (tree, node, &stretch, H5T_NATIVE_DOUBLE, out, error);
}

/* Texts of no fixed size: HDF5 lends each of them. */
static gboolean
read_long_texts (const RheoTree *tree, const RheoNode *node, const Stretch *stretch, char **texts, GError **error)
{
  g_auto (RheoH5Id) memory = H5Tcopy (H5T_C_S1);
  g_autofree char **lent = g_new0 (char *, stretch->n + 1);

  if (stretch->n > MAX_LONG_TEXTS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is too large to be read at once."), node->path);
  H5Tset_size (memory, H5T_VARIABLE);
  H5Tset_cset (memory, H5Tget_cset (stretch->type));
  if (!read_stretch (tree, node, stretch, memory, lent, error))
    return FALSE;
  for (int64_t i = 0; i < stretch->n; i++)
    texts[i] = rheo_h5_valid_text (g_strdup (lent[i] != NULL ? lent[i] : ""));
  H5Dvlen_reclaim (memory, stretch->memory_space, H5P_DEFAULT, lent);
  return TRUE;
}

static gboolean
read_short_texts (const RheoTree *tree, const RheoNode *node, const Stretch *stretch, char **texts, GError **error)
{
  size_t size = H5Tget_size (stretch->type);
  g_autofree char *packed = NULL;

  if (stretch->n > 0 && size > (size_t) RHEO_H5_MAX_TEXT / (size_t) stretch->n)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is too large to be read at once."), node->path);
  packed = g_malloc0 ((size_t) stretch->n * size + 1);
  if (!read_stretch (tree, node, stretch, stretch->type, packed, error))
    return FALSE;
  for (int64_t i = 0; i < stretch->n; i++)
    texts[i] = rheo_h5_valid_text (g_strndup (packed + (size_t) i * size, size));
  return TRUE;
}

char **
rheo_tree_read_texts (RheoTree *tree, const char *path, const int64_t *start, const int64_t *count, GError **error)
{
  RHEO_H5_SCOPE;
  g_autoptr (RheoNode) node = rheo_tree_look (tree, path, error);
  const RheoColumn *column = rheo_tree_find_record_column (tree, path);
  g_auto (Stretch) stretch = { -1, -1, -1, -1, -1, 0 };
  g_auto (GStrv) texts = NULL;

  if (node == NULL)
    return NULL;
  if (node->kind != RHEO_NODE_TEXT)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no texts."), path);
      return NULL;
    }
  if (rheo_tree_is_config (tree, path))
    return g_strdupv ((char *[]){ tree->index->experiment, NULL });
  if (column != NULL)
    {
      Walk walk = { node->n_dims, node->dims, start, count, { 0 } };
      int64_t n = check_stretch (tree, node, start, count, error);

      texts = n >= 0 ? g_new0 (char *, n + 1) : NULL;
      for (int64_t i = 0; i < n; i++)
        texts[i] = g_strdup (rheo_column_get_string (column, next_element (&walk)));
      return g_steal_pointer (&texts);
    }
  if (!open_stretch (tree, node, start, count, &stretch, error))
    return NULL;
  texts = g_new0 (char *, stretch.n + 1);
  if (H5Tis_variable_str (stretch.type) > 0 ? read_long_texts (tree, node, &stretch, texts, error)
                                            : read_short_texts (tree, node, &stretch, texts, error))
    return g_steal_pointer (&texts);
  return NULL;
}

/* --- tables -------------------------------------------------------------------------------------------------- */

static RheoType
column_type (hid_t type)
{
  size_t size = H5Tget_size (type);
  gboolean is_signed = H5Tget_sign (type) == H5T_SGN_2;

  switch (H5Tget_class (type))
    {
    case H5T_FLOAT:
      return size <= 4 ? RHEO_F32 : RHEO_F64;
    case H5T_INTEGER:
      if (size <= 2 && !is_signed)
        return size == 1 ? RHEO_U8 : RHEO_U16;
      return size <= 4 - !is_signed ? RHEO_I32 : is_signed || size < 8 ? RHEO_I64 : RHEO_U64;
    default:
      return RHEO_U8; /* truth values */
    }
}

/* Words for the dimensions that are left; where the file has none, or another number, they are counted. */
static char *
dup_axes (const RheoNode *node, int n_fixed)
{
  g_auto (GStrv) words = g_strsplit (node->axes, " ", -1);

  if ((int) g_strv_length (words) == node->n_dims)
    return g_strjoinv (" ", words + n_fixed);
  return g_strndup ("dim1 dim2 dim3 dim4", (gsize) MAX ((node->n_dims - n_fixed) * 5 - 1, 0));
}

static gboolean
fill_texts (RheoTree *tree, const RheoNode *node, const int64_t *start, const int64_t *count, RheoTable *table,
            RheoColumn *column, GError **error)
{
  g_auto (GStrv) texts = rheo_tree_read_texts (tree, node->path, start, count, error);

  for (int i = 0; texts != NULL && texts[i] != NULL; i++)
    ((const char **) column->data)[i] = rheo_table_keep (table, texts[i]);
  return texts != NULL;
}

static gboolean
fill_numbers (RheoTree *tree, const RheoNode *node, const Stretch *stretch, RheoColumn *column, GError **error)
{
  double range[2] = { 0, 0 };
  int64_t flags = 0;

  rheo_h5_get_real (stretch->set, "range", range, 2);
  rheo_h5_get_int (stretch->set, "flags", &flags);
  column->lo = range[0];
  column->hi = range[1];
  column->flags = (unsigned) flags;
  return read_stretch (tree, node, stretch,
                       H5Tget_class (stretch->type) == H5T_ENUM ? stretch->type
                                                                : rheo_h5_number_type (column->type, FALSE),
                       column->data, error);
}

RheoTable *
rheo_tree_read_table (RheoTree *tree, const char *path, int n_fixed, const int64_t *fixed, GError **error)
{
  RHEO_H5_SCOPE;
  g_autoptr (RheoNode) node = rheo_tree_look (tree, path, error);
  const RheoColumn *old = rheo_tree_find_record_column (tree, path);
  g_autoptr (RheoTable) table = rheo_table_new (path);
  g_auto (Stretch) stretch = { -1, -1, -1, -1, -1, 0 };
  int64_t start[RHEO_TREE_MAX_DIMS] = { 0 }, count[RHEO_TREE_MAX_DIMS];
  g_autofree char *axes = NULL;
  gboolean is_text;
  RheoColumn *column;

  if (node == NULL)
    return NULL;
  is_text = node->kind == RHEO_NODE_TEXT;
  if ((!is_text && node->kind != RHEO_NODE_NUMBERS) || n_fixed > node->n_dims || node->n_dims - n_fixed > RHEO_MAX_DIMS)
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s cannot be made a table of at most %d dimensions."), path,
                 RHEO_MAX_DIMS);
      return NULL;
    }
  for (int i = 0; i < node->n_dims; i++)
    {
      start[i] = i < n_fixed ? fixed[i] : 0;
      count[i] = i < n_fixed ? 1 : node->dims[i];
    }
  if (check_stretch (tree, node, start, count, error) < 0)
    return NULL;
  axes = dup_axes (node, n_fixed);
  if (old != NULL && n_fixed == 0)
    {
      column =
          rheo_table_add_copy (table, node->name, node->description, node->unit, axes, old->type, old->dims, old->data);
      column->flags = old->flags;
      return g_steal_pointer (&table);
    }
  if (!is_text && old == NULL && !open_stretch (tree, node, start, count, &stretch, error))
    return NULL;
  column = rheo_table_add (table, node->name, node->description, node->unit, axes,
                           is_text       ? RHEO_STRING
                           : old != NULL ? RHEO_F64
                                         : column_type (stretch.type),
                           node->dims + n_fixed);
  if (column == NULL)
    {
      rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is no memory for %s."), path);
      return NULL;
    }
  if (is_text       ? fill_texts (tree, node, start, count, table, column, error)
      : old != NULL ? rheo_tree_read_numbers (tree, path, start, count, column->data, error)
                    : fill_numbers (tree, node, &stretch, column, error))
    return g_steal_pointer (&table);
  return NULL;
}
