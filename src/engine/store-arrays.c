#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-h5-private.h"

#include <glib/gi18n-lib.h>
#include <libdeflate.h>
#include <string.h>

#include "numbers.h"

/* Arrays of files that were not written here: any HDF5 file, and NPZ, which is a ZIP archive of NPY files. */

#define MAX_NUMBERS (1ULL << 36)
#define MAX_WIDTH 16       /* bytes of a number: HDF5 takes room for one of any width before it looks at it */
#define MAX_EXPANSION 1100 /* deflate cannot make more of a byte */

/* --- HDF5 ----------------------------------------------------------------------------------------------------------- */

/* The dataset at a path of groups, or -1. */
static hid_t
open_set (hid_t file, const char *name)
{
  const char *slash = strrchr (name, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : g_strdup ("");
  g_auto (RheoH5Id) group = rheo_h5_open_group (file, folder);
  const char *last = slash != NULL ? slash + 1 : name;

  return group >= 0 && *last != '\0' ? rheo_h5_open_child (group, last, H5I_DATASET) : -1;
}

/* Truth values of h5py: an enumeration of bytes, which HDF5 does not make numbers of. */
static gboolean
read_truths (hid_t set, hid_t type, RheoColumn *column)
{
  const int64_t n = rheo_column_get_length (column);
  g_autofree int8_t *bytes = g_try_new (int8_t, n);

  if (bytes == NULL || H5Dread (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
    return FALSE;
  for (int64_t i = 0; i < n; i++)
    ((double *) column->data)[i] = bytes[i];
  return TRUE;
}

static gboolean
read_set (hid_t file, hid_t set, const char *path, const char *name, RheoTable *table, GError **error)
{
  static const char *const axes[] = { "", "dim1", "dim1 dim2", "dim1 dim2 dim3", "dim1 dim2 dim3 dim4" };
  g_auto (RheoH5Id) type = H5Dget_type (set);
  g_auto (RheoH5Id) space = H5Dget_space (set);
  const H5T_class_t class = H5Tget_class (type);
  const gboolean truths = class == H5T_ENUM && H5Tget_size (type) == 1;
  const int n_dims = H5Sget_simple_extent_ndims (space);
  hsize_t sizes[H5S_MAX_RANK], n = 1, file_size = 0;
  int64_t dims[RHEO_MAX_DIMS];
  RheoColumn *column;

  if ((class != H5T_FLOAT && class != H5T_INTEGER && !truths) || H5Tget_size (type) > MAX_WIDTH || n_dims < 0
      || n_dims > RHEO_MAX_DIMS || H5Sget_simple_extent_type (space) == H5S_NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT,
                      _ ("“%2$s” in %1$s is no array of real or whole numbers of at most %3$d dimensions."), path, name,
                      RHEO_MAX_DIMS);
  H5Sget_simple_extent_dims (space, sizes, NULL);
  for (int i = 0; i < n_dims; i++)
    {
      if (sizes[i] > MAX_NUMBERS || (sizes[i] > 0 && n > MAX_NUMBERS / sizes[i]))
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s cannot be read."), path, name);
      dims[i] = (int64_t) sizes[i];
      n *= sizes[i];
    }
  if (!rheo_h5_is_safe (set, H5Tget_size (type), n_dims) || H5Fget_filesize (file, &file_size) < 0
      || n / MAX_EXPANSION > file_size)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s cannot be read."), path, name);
  column = rheo_table_add (table, name, name, "", axes[n_dims], RHEO_F64, dims);
  if (column == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the numbers of %s."), path);
  if (n > 0
      && !(truths ? read_truths (set, type, column)
                  : H5Dread (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, column->data) >= 0))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s cannot be read."), path, name);
  return TRUE;
}

gboolean
rheo_h5_read_arrays (const char *path, const char *const *names, RheoTable *table, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) access = H5Pcreate (H5P_FILE_ACCESS);
  g_auto (RheoH5Id) file = -1;
  g_auto (RheoH5Id) root = -1;
  g_auto (GStrv) there = NULL;
  g_autofree char *list = NULL;

  H5Pset_fclose_degree (access, H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking (access, FALSE, TRUE);
#endif
  file = H5Fopen (path, H5F_ACC_RDONLY, access);
  if (file < 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: HDF5 cannot open it."), path);
  root = rheo_h5_open_group (file, "");
  there = rheo_h5_list (root);
  list = g_strjoinv (", ", there);
  rheo_table_set_note (table, "names", list);
  for (int i = 0; names[i] != NULL; i++)
    {
      g_auto (RheoH5Id) set = rheo_table_find (table, names[i]) == NULL ? open_set (file, names[i]) : -1;

      if (set >= 0 && !read_set (file, set, path, names[i], table, error))
        return FALSE;
    }
  return TRUE;
}

/* --- NPZ ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  const uint8_t *data;
  size_t size;
} Zip;

typedef struct
{
  char *name;
  uint64_t packed, whole, at; /* bytes in the archive, unpacked; where its own head lies */
  uint32_t sum;
  int method;
} Entry;

static void
clear_entry (Entry *entry)
{
  g_free (entry->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, clear_entry)

/* Little-endian number of n bytes; 0 beyond the end, where nothing makes sense any more. */
static uint64_t
get (const Zip *zip, uint64_t at, int n)
{
  uint64_t v = 0;

  for (int i = n - 1; i >= 0 && at <= zip->size && zip->size - at >= (uint64_t) n; i--)
    v = v << 8 | zip->data[at + (uint64_t) i];
  return v;
}

/* Where the list of the archive begins, and how many entries it has. The end record may have a comment behind it; sizes that
 * do not fit into it are in a longer one (ZIP64). */
static gboolean
find_list (const Zip *zip, uint64_t *at, uint64_t *n)
{
  const size_t least = zip->size > 22 + 65535 ? zip->size - 22 - 65535 : 0;

  for (size_t end = zip->size >= 22 ? zip->size - 22 : 0; end > least; end--)
    {
      if (get (zip, end, 4) != 0x06054b50)
        continue;
      *n = get (zip, end + 10, 2);
      *at = get (zip, end + 16, 4);
      if ((*n == 0xffff || *at == 0xffffffff) && end >= 20 && get (zip, end - 20, 4) == 0x07064b50)
        {
          const uint64_t longer = get (zip, end - 12, 8);

          if (get (zip, longer, 4) != 0x06064b50)
            return FALSE;
          *n = get (zip, longer + 32, 8);
          *at = get (zip, longer + 48, 8);
        }
      return TRUE;
    }
  return FALSE;
}

/* Reads an entry of the list and goes on to the next. */
static gboolean
read_entry (const Zip *zip, uint64_t *at, Entry *entry)
{
  const uint64_t name = get (zip, *at + 28, 2), extra = get (zip, *at + 30, 2), comment = get (zip, *at + 32, 2);
  uint64_t *const fields[] = { &entry->whole, &entry->packed, &entry->at };

  if (get (zip, *at, 4) != 0x02014b50 || zip->size - *at < 46 + name + extra + comment)
    return FALSE;
  entry->method = (int) get (zip, *at + 10, 2);
  entry->sum = (uint32_t) get (zip, *at + 16, 4);
  entry->packed = get (zip, *at + 20, 4);
  entry->whole = get (zip, *at + 24, 4);
  entry->at = get (zip, *at + 42, 4);
  entry->name = g_strndup ((const char *) zip->data + *at + 46, name);
  for (uint64_t k = *at + 46 + name, end = k + extra; k + 4 <= end; k += 4 + get (zip, k + 2, 2))
    if (get (zip, k, 2) == 1)
      {
        uint64_t field = k + 4;

        for (int i = 0; i < 3; i++)
          if (*fields[i] == 0xffffffff)
            {
              *fields[i] = get (zip, field, 8);
              field += 8;
            }
      }
  *at += 46 + name + extra + comment;
  return TRUE;
}

/* Gives the bytes of an entry, in *made where they had to be unpacked. NULL: damaged. */
static const char *
unpack_entry (const Zip *zip, const Entry *entry, char **made)
{
  const uint64_t start = entry->at + 30 + get (zip, entry->at + 26, 2) + get (zip, entry->at + 28, 2);
  struct libdeflate_decompressor *inflater;
  const char *data = NULL;
  size_t n;

  if (get (zip, entry->at, 4) != 0x04034b50 || start > zip->size || zip->size - start < entry->packed
      || entry->whole / MAX_EXPANSION > entry->packed)
    return NULL;
  if (entry->method == 0 && entry->whole == entry->packed)
    data = (const char *) zip->data + start;
  else if (entry->method == 8 && (*made = g_try_malloc (entry->whole + 1)) != NULL)
    {
      inflater = libdeflate_alloc_decompressor ();
      if (libdeflate_deflate_decompress (inflater, zip->data + start, entry->packed, *made, entry->whole, &n)
              == LIBDEFLATE_SUCCESS
          && n == entry->whole)
        data = *made;
      libdeflate_free_decompressor (inflater);
    }
  return data != NULL && libdeflate_crc32 (0, data, entry->whole) == entry->sum ? data : NULL;
}

gboolean
rheo_npz_read (const char *path, const char *data, gsize size, const char *const *names, RheoTable *table,
               GError **error)
{
  const Zip zip = { (const uint8_t *) data, size };
  g_autoptr (GString) list = g_string_new (NULL);
  uint64_t at = 0, n = 0;

  if (!find_list (&zip, &at, &n))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPZ file."), path);
  for (uint64_t i = 0; i < n; i++)
    {
      g_auto (Entry) entry = { 0 };
      g_autofree char *made = NULL, *where = NULL;
      const char *npy;

      if (!read_entry (&zip, &at, &entry))
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPZ file."), path);
      if (!g_str_has_suffix (entry.name, ".npy") || !g_utf8_validate (entry.name, -1, NULL))
        continue;
      entry.name[strlen (entry.name) - strlen (".npy")] = '\0';
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", entry.name);
      if (!g_strv_contains (names, entry.name) || rheo_table_find (table, entry.name) != NULL)
        continue;
      npy = unpack_entry (&zip, &entry, &made);
      if (npy == NULL)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s cannot be read."), path, entry.name);
      where = g_strdup_printf ("%s/%s", path, entry.name);
      if (!rheo_numbers_parse_npy (npy, entry.whole, where, table, entry.name, error))
        return FALSE;
    }
  rheo_table_set_note (table, "names", list->str);
  return TRUE;
}
