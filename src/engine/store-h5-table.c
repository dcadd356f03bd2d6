#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-h5-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHUNK_BYTES (1 << 20)      /* of what is written */
#define MAX_CHUNK_BYTES (64 << 20) /* of what is read */
#define SMALL 4096                 /* bytes; smaller sets are not worth a chunk index */
#define MAX_EXPANSION 1100         /* deflate cannot make more of a byte */
#define MAX_COLUMNS 10000          /* of a table that is read */
#define MAX_NUMBERS (1ULL << 36)   /* of a set that is read */
#define MAX_STRINGS (1 << 24)

/* --- writing ------------------------------------------------------------------------------------------------ */

hid_t
rheo_h5_number_type (RheoType type, gboolean in_file)
{
  switch (type)
    {
    case RHEO_F32:
      return in_file ? H5T_IEEE_F32LE : H5T_NATIVE_FLOAT;
    case RHEO_F64:
      return in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE;
    case RHEO_I32:
      return in_file ? H5T_STD_I32LE : H5T_NATIVE_INT32;
    case RHEO_I64:
      return in_file ? H5T_STD_I64LE : H5T_NATIVE_INT64;
    case RHEO_U8:
      return in_file ? H5T_STD_U8LE : H5T_NATIVE_UINT8;
    case RHEO_U16:
      return in_file ? H5T_STD_U16LE : H5T_NATIVE_UINT16;
    case RHEO_U64:
      return in_file ? H5T_STD_U64LE : H5T_NATIVE_UINT64;
    case RHEO_STRING:
    default:
      return -1;
    }
}

/* As it stands in files. */
static const char *
plain_text (const RheoColumn *column, int64_t i)
{
  return column->plain != NULL && column->plain[i] != NULL ? column->plain[i] : rheo_column_get_string (column, i);
}

/* Bytes of the longest text of a column, which is the size of all of them in the file. */
static size_t
text_size (const RheoColumn *column)
{
  int64_t n = rheo_column_get_length (column);
  size_t size = 1;

  for (int64_t i = 0; i < n; i++)
    size = MAX (size, strlen (plain_text (column, i)));
  return size;
}

static int64_t
column_bytes (const RheoColumn *column)
{
  size_t size = column->type == RHEO_STRING ? text_size (column) : rheo_type_size (column->type);

  return rheo_column_get_length (column) * (int64_t) size;
}

int64_t
rheo_h5_bound_table (const RheoTable *table)
{
  const char *const *notes = rheo_table_get_note_keys (table);
  int64_t bytes = 1 << 16;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);
      int64_t data = column_bytes (column);

      bytes += data + data / 16 + (int64_t) strlen (column->plain_label) + 8192;
    }
  for (int i = 0; notes[i] != NULL; i++)
    bytes += (int64_t) strlen (rheo_table_get_note (table, notes[i])) + 4096;
  return bytes;
}

/* Halves the slowest dimensions until a chunk is small enough. */
static void
choose_chunk (const RheoColumn *column, size_t size, hsize_t *chunk)
{
  hsize_t bytes = size;
  int slowest = 0;

  for (int i = 0; i < column->n_dims; i++)
    {
      chunk[i] = (hsize_t) column->dims[i];
      bytes *= chunk[i];
    }
  while (bytes > CHUNK_BYTES && slowest < column->n_dims)
    {
      if (chunk[slowest] == 1)
        {
          slowest++;
          continue;
        }
      bytes /= chunk[slowest];
      chunk[slowest] = (chunk[slowest] + 1) / 2;
      bytes *= chunk[slowest];
    }
}

static gboolean
write_data (hid_t set, hid_t type, const RheoColumn *column)
{
  RHEO_H5_SCOPE;

  if (column->type == RHEO_STRING)
    {
      int64_t n = rheo_column_get_length (column);
      size_t size = H5Tget_size (type);
      g_autofree char *packed = g_malloc0 ((size_t) n * size + 1);

      for (int64_t i = 0; i < n; i++)
        {
          const char *text = plain_text (column, i);

          memcpy (packed + (size_t) i * size, text, strlen (text));
        }
      return H5Dwrite (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, packed) >= 0;
    }
  return H5Dwrite (set, rheo_h5_number_type (column->type, FALSE), H5S_ALL, H5S_ALL, H5P_DEFAULT, column->data) >= 0;
}

static hid_t
create_set (hid_t group, const RheoColumn *column, hid_t type, gboolean packed)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_DATASET_CREATE);
  g_auto (RheoH5Id) space = -1;
  hsize_t dims[RHEO_MAX_DIMS], chunk[RHEO_MAX_DIMS];

  for (int i = 0; i < column->n_dims; i++)
    dims[i] = (hsize_t) column->dims[i];
  space = column->n_dims == 0 ? H5Screate (H5S_SCALAR) : H5Screate_simple (column->n_dims, dims, NULL);
  if (packed)
    {
      choose_chunk (column, H5Tget_size (type), chunk);
      H5Pset_chunk (plan, column->n_dims, chunk);
      if (column->type != RHEO_STRING)
        H5Pset_shuffle (plan);
      H5Pset_deflate (plan, RHEO_DEFLATE_LEVEL);
      H5Pset_fletcher32 (plan);
    }
  return H5Dcreate2 (group, column->key, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
}

static hid_t
column_type (const RheoColumn *column)
{
  RHEO_H5_SCOPE;

  return column->type == RHEO_STRING ? rheo_h5_text_type (text_size (column))
                                     : H5Tcopy (rheo_h5_number_type (column->type, TRUE));
}

static gboolean
write_column (hid_t group, const RheoColumn *column, gboolean plain)
{
  const unsigned flags = column->flags | (column->plain != NULL ? RHEO_SERIES_WORDS : 0);
  const gboolean packed = !plain && column->n_dims > 0 && column_bytes (column) >= SMALL;
  g_auto (RheoH5Id) type = column_type (column);
  g_auto (RheoH5Id) set = create_set (group, column, type, packed);
  double range[2] = { column->lo, column->hi };

  return set >= 0
         && (rheo_column_get_length (column) == 0
             || (packed && column->type != RHEO_STRING
                 && rheo_h5_write_chunks (set, column->type, column->dims, column->n_dims, column->data))
             || write_data (set, type, column))
         && rheo_h5_set_text (set, "description", column->plain_label)
         && rheo_h5_set_text (set, "unit", column->plain_unit) && rheo_h5_set_text (set, "axes", column->axes)
         && ((column->lo == 0 && column->hi == 0) || rheo_h5_set_real (set, "range", range, 2))
         && (flags == 0 || rheo_h5_set_int (set, "flags", flags));
}

gboolean
rheo_h5_write_table (RheoH5Id group, const RheoTable *table, gboolean plain)
{
  const char *const *notes = rheo_table_get_note_keys (table);
  gboolean ok = rheo_h5_set_text (group, "title", rheo_table_get_plain_title (table));

  for (int i = 0; notes[i] != NULL && ok; i++)
    {
      g_autofree char *key = g_strconcat ("note.", notes[i], NULL);

      ok = rheo_h5_set_text (group, key, rheo_table_get_note (table, notes[i]));
    }
  for (int i = 0; i < rheo_table_get_n_columns (table) && ok; i++)
    ok = write_column (group, rheo_table_get_column (table, i), plain);
  return ok;
}

RheoH5Id
rheo_h5_write_text (RheoH5Id group, const char *name, const char *text, const char *description)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = rheo_h5_text_type (strlen (text));
  g_auto (RheoH5Id) space = H5Screate (H5S_SCALAR);
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_DATASET_CREATE);
  hid_t set = H5Dcreate2 (group, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);

  if (set >= 0 && H5Dwrite (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0
      && rheo_h5_set_text (set, "description", description) && rheo_h5_set_text (set, "unit", ""))
    return set;
  rheo_h5_close (set);
  return -1;
}

/* --- reading ---------------------------------------------------------------------------------------------- */

/* What a dataset holds, as far as a run file may hold it. */
typedef struct
{
  RheoType type;
  size_t size; /* of one number or text */
  int n_dims;
  int64_t dims[RHEO_MAX_DIMS];
  int64_t n;
} Shape;

static gboolean
read_type (hid_t type, Shape *shape)
{
  gboolean is_signed = H5Tget_sign (type) == H5T_SGN_2;

  shape->size = H5Tget_size (type);
  switch (H5Tget_class (type))
    {
    case H5T_FLOAT:
      shape->type = shape->size == 4 ? RHEO_F32 : RHEO_F64;
      return shape->size == 4 || shape->size == 8;
    case H5T_INTEGER:
      shape->type = shape->size == 8   ? is_signed ? RHEO_I64 : RHEO_U64
                    : shape->size == 4 ? RHEO_I32
                    : shape->size == 2 ? RHEO_U16
                                       : RHEO_U8;
      return shape->size == 8 || (shape->size == 4 && is_signed) || (shape->size <= 2 && !is_signed);
    case H5T_STRING:
      shape->type = RHEO_STRING;
      return shape->size > 0 && shape->size <= RHEO_H5_MAX_TEXT && H5Tis_variable_str (type) <= 0;
    default:
      return FALSE;
    }
}

gboolean
rheo_h5_is_safe (hid_t set, size_t size, int n_dims)
{
  g_auto (RheoH5Id) plan = H5Dget_create_plist (set);
  H5D_layout_t layout = H5Pget_layout (plan);
  hsize_t chunk[H5S_MAX_RANK], bytes = size;
  unsigned flags, info;
  size_t n_values;

  if (H5Pget_external_count (plan) != 0 || (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED))
    return FALSE;
  for (int i = 0; i < H5Pget_nfilters (plan); i++)
    {
      H5Z_filter_t filter =
          H5Pget_filter2 (plan, (unsigned) i, &flags, (n_values = 0, &n_values), NULL, 0, NULL, &info);

      if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_FLETCHER32)
        return FALSE;
    }
  if (layout == H5D_CHUNKED)
    {
      if (H5Pget_chunk (plan, H5S_MAX_RANK, chunk) != n_dims)
        return FALSE;
      for (int i = 0; i < n_dims; i++)
        if (chunk[i] == 0 || chunk[i] > MAX_CHUNK_BYTES || (bytes *= chunk[i]) > MAX_CHUNK_BYTES)
          return FALSE;
    }
  return TRUE;
}

/* The bytes must lie in the file, or fit into what its bytes can be inflated to. */
static gboolean
read_shape (hid_t file, hid_t set, Shape *shape)
{
  g_auto (RheoH5Id) type = H5Dget_type (set);
  g_auto (RheoH5Id) space = H5Dget_space (set);
  g_auto (RheoH5Id) plan = -1;
  hsize_t dims[RHEO_MAX_DIMS], file_size = 0, stored;
  uint64_t bytes;
  gboolean packed;

  if (type < 0 || space < 0 || !read_type (type, shape))
    return FALSE;
  shape->n_dims = H5Sget_simple_extent_type (space) == H5S_SCALAR ? 0 : H5Sget_simple_extent_ndims (space);
  if (shape->n_dims < 0 || shape->n_dims > RHEO_MAX_DIMS || H5Sget_simple_extent_type (space) == H5S_NULL)
    return FALSE;
  if (shape->n_dims > 0)
    H5Sget_simple_extent_dims (space, dims, NULL);
  /* Each product on the way must be small, also where a dimension behind is 0. */
  shape->n = 1;
  for (int i = 0; i < shape->n_dims; i++)
    {
      if (dims[i] > MAX_NUMBERS || (dims[i] > 0 && shape->n > (int64_t) (MAX_NUMBERS / dims[i])))
        return FALSE;
      shape->dims[i] = (int64_t) dims[i];
      shape->n *= shape->dims[i];
    }
  if (!rheo_h5_is_safe (set, shape->size, shape->n_dims) || H5Fget_filesize (file, &file_size) < 0)
    return FALSE;
  bytes = (uint64_t) shape->n * (uint64_t) shape->size; /* at most 2^36 * 2^26 */
  plan = H5Dget_create_plist (set);
  packed = H5Pget_layout (plan) == H5D_CHUNKED && H5Pget_nfilters (plan) > 0;
  stored = H5Dget_storage_size (set);
  /* A table takes a pointer for each text, however short. */
  if (shape->type == RHEO_STRING && shape->n > MAX_STRINGS)
    return FALSE;
  return stored <= file_size && bytes / (packed ? MAX_EXPANSION : 1) <= stored;
}

static gboolean
read_strings (hid_t set, const Shape *shape, RheoTable *table, RheoColumn *column)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) memory = rheo_h5_text_type (shape->size);
  g_autofree char *packed = g_try_malloc0 ((size_t) shape->n * shape->size + 1);
  g_autofree char *text = g_malloc0 (shape->size + 1);

  if (packed == NULL || H5Dread (set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, packed) < 0)
    return FALSE;
  for (int64_t i = 0; i < shape->n; i++)
    {
      g_autofree char *valid = NULL;

      memcpy (text, packed + (size_t) i * shape->size, shape->size);
      valid = g_utf8_make_valid (text, -1);
      if ((column->flags & RHEO_SERIES_WORDS) != 0)
        rheo_table_set_words (table, column, i, valid);
      else
        ((const char **) column->data)[i] = rheo_table_keep (table, valid);
    }
  return TRUE;
}

static gboolean
has_words (const char *text, int n)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  int n_words = 0;

  for (int i = 0; words[i] != NULL; i++)
    n_words += *words[i] != '\0';
  return n_words == n;
}

static gboolean
read_numbers (hid_t set, const Shape *shape, RheoColumn *column)
{
  RHEO_H5_SCOPE;

  return H5Dread (set, rheo_h5_number_type (shape->type, FALSE), H5S_ALL, H5S_ALL, H5P_DEFAULT, column->data) >= 0;
}

/* Opens a set and adds an empty column for it, or NULL. */
static RheoColumn *
add_column (hid_t group, const char *name, RheoTable *table, RheoH5Id *set, Shape *shape)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) file = H5Iget_file_id (group);
  g_autofree char *label = NULL, *unit = NULL, *axes = NULL;
  double range[2] = { 0, 0 };
  int64_t flags = 0;
  RheoColumn *column;

  *set = rheo_h5_open_child (group, name, H5I_DATASET);
  if (*set < 0 || !read_shape (file, *set, shape))
    return NULL;
  label = rheo_h5_dup_text (*set, "description");
  unit = rheo_h5_dup_text (*set, "unit");
  axes = rheo_h5_dup_text (*set, "axes");
  rheo_h5_get_real (*set, "range", range, 2);
  rheo_h5_get_int (*set, "flags", &flags);
  if (axes == NULL || !has_words (axes, shape->n_dims))
    {
      g_free (axes);
      axes = g_strndup ("dim1 dim2 dim3 dim4", (gsize) MAX (shape->n_dims * 5 - 1, 0));
    }
  column = rheo_table_add (table, name, label, unit, axes, shape->type, shape->dims);
  if (column == NULL)
    return NULL;
  column->lo = range[0];
  column->hi = range[1];
  column->flags = (unsigned) flags;
  return column;
}

static gboolean
read_column (hid_t group, const char *name, RheoTable *table)
{
  g_auto (RheoH5Id) set = -1;
  Shape shape = { 0 };
  RheoColumn *column = add_column (group, name, table, &set, &shape);

  if (column == NULL)
    return FALSE;
  if (shape.n == 0)
    return TRUE;
  if (shape.type == RHEO_STRING)
    return read_strings (set, &shape, table, column);
  return rheo_h5_read_chunks (set, shape.type, shape.dims, shape.n_dims, column->data)
         || read_numbers (set, &shape, column);
}

static RheoTable *
fail_missing (hid_t group, const char *key, const char *path, const char *where, GError **error)
{
  g_auto (GStrv) names = rheo_h5_list (group);
  g_autofree char *list = g_strjoinv (", ", names);

  rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no “%s” in /%s. It holds %s."), path, key, where, list);
  return NULL;
}

RheoTable *
rheo_h5_read_table (RheoH5Id group, const char *const *keys, const char *path, const char *where, GError **error)
{
  g_auto (GStrv) names = keys == NULL ? rheo_h5_list (group) : NULL;
  g_auto (GStrv) attributes = rheo_h5_list_attributes (group);
  g_autofree char *title = rheo_h5_dup_text (group, "title");
  g_autoptr (RheoTable) table = rheo_table_new (title);

  for (int i = 0; attributes[i] != NULL; i++)
    if (g_str_has_prefix (attributes[i], "note."))
      {
        g_autofree char *value = rheo_h5_dup_text (group, attributes[i]);

        if (value != NULL)
          rheo_table_set_note (table, attributes[i] + strlen ("note."), value);
      }
  if (names != NULL && g_strv_length (names) > MAX_COLUMNS)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: /%s holds more than %d sets."), path, where, MAX_COLUMNS);
      return NULL;
    }
  /* Whether all are there, before the first of them is read for nothing. */
  for (int i = 0; keys != NULL && keys[i] != NULL; i++)
    if (keys[i][0] != '?' && !rheo_h5_has (group, keys[i]))
      return fail_missing (group, keys[i], path, where, error);
  if (keys == NULL)
    keys = (const char *const *) names;
  for (int i = 0; keys[i] != NULL; i++)
    {
      const gboolean wanted = names == NULL && keys[i][0] == '?';
      const char *key = keys[i] + wanted;

      if (rheo_table_find (table, key) != NULL || (wanted && !rheo_h5_has (group, key))
          || read_column (group, key, table))
        continue;
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: /%s/%s cannot be read."), path, where, key);
      return NULL;
    }
  return g_steal_pointer (&table);
}

gboolean
rheo_h5_ends_before (RheoH5Id group, int64_t bytes)
{
  RHEO_H5_SCOPE;
  g_auto (GStrv) names = rheo_h5_list (group);

  for (int i = 0; names[i] != NULL; i++)
    {
      g_auto (RheoH5Id) set = rheo_h5_open_child (group, names[i], H5I_DATASET);
      haddr_t at = set >= 0 ? H5Dget_offset (set) : HADDR_UNDEF;

      if (at != HADDR_UNDEF && at + H5Dget_storage_size (set) > (uint64_t) bytes)
        return FALSE;
    }
  return TRUE;
}

char *
rheo_h5_read_text (RheoH5Id group, const char *name)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) set = rheo_h5_open_child (group, name, H5I_DATASET);
  g_auto (RheoH5Id) file = H5Iget_file_id (group);
  g_auto (RheoH5Id) memory = -1;
  g_autofree char *text = NULL;
  Shape shape = { 0 };

  if (set < 0 || !read_shape (file, set, &shape) || shape.type != RHEO_STRING || shape.n != 1)
    return NULL;
  memory = rheo_h5_text_type (shape.size);
  text = g_malloc0 (shape.size + 1);
  if (H5Dread (set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0)
    return NULL;
  return rheo_h5_valid_text (g_steal_pointer (&text));
}
