/* Chunks that the store packs and unpacks itself: HDF5 reads what it writes, and it reads what HDF5 writes. */
#include "config.h"

#include "store-folder.h"

#include <hdf5.h>

#include "engine/store-h5-private.h"

typedef struct
{
  const char *key, *axes;
  RheoType type;
  int64_t dims[RHEO_MAX_DIMS];
} Shape;

/* From one chunk that is not full to dozens, and cut along the first, the second and the third dimension. */
static const Shape shapes[] = {
  { "small", "a", RHEO_F32, { 1025 } },         { "line", "a", RHEO_F64, { 700001 } },
  { "matrix", "a b", RHEO_F32, { 1003, 997 } }, { "bits", "time unit", RHEO_U8, { 3000, 1111 } },
  { "whole", "a", RHEO_I64, { 300000 } },       { "wide", "a b", RHEO_I32, { 3, 600007 } },
  { "short", "a b", RHEO_U16, { 900, 1300 } },  { "deep", "a b c d", RHEO_F32, { 2, 3, 401, 1701 } },
  { "u64", "a b", RHEO_U64, { 5000, 41 } },     { "random", "a b", RHEO_F32, { 1003, 997 } },
};

/* Numbers like those of a network: some are alike, many are 0, none is random to the last bit; of "random" those of the
 * second half are. */
static void
fill (RheoColumn *column, int salt)
{
  int64_t n = rheo_column_get_length (column), size = (int64_t) rheo_type_size (column->type);
  uint8_t *bytes = column->data;

  for (int64_t i = 0; i < n; i++)
    {
      uint64_t x = (uint64_t) (i * 7 + salt) % 5 != 0 ? 0 : (uint64_t) (i + salt) * 0x9e3779b97f4a7c15ULL >> 16;
      float real = (float) (x % 100000) * 0.37f;

      if (g_str_equal (column->key, "random") && i > n / 2)
        {
          x = (uint64_t) (i + salt) * 0x9e3779b97f4a7c15ULL;
          x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
          x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
          real = (float) (x >> 40) * 1e-6f;
        }
      if (column->type == RHEO_F32)
        ((float *) column->data)[i] = real;
      else if (column->type == RHEO_F64)
        ((double *) column->data)[i] = real / 7.0;
      else
        memcpy (bytes + i * size, &x, (size_t) size);
    }
}

static RheoTable *
make_shapes (void)
{
  RheoTable *table = rheo_table_new ("Shapes");

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
    fill (rheo_table_add (table, shapes[i].key, shapes[i].key, "", shapes[i].axes, shapes[i].type, shapes[i].dims),
          (int) i);
  return table;
}

static void
assert_same (const RheoColumn *column, const void *data)
{
  g_assert_cmpmem (data, (size_t) rheo_column_get_length (column) * rheo_type_size (column->type), column->data,
                   (size_t) rheo_column_get_length (column) * rheo_type_size (column->type));
}

static void
write_shapes (Fixture *f, const RheoTable *table)
{
  g_autofree char *temp = g_strconcat (f->path, ".new", NULL);
  g_autoptr (GError) error = NULL;
  RheoH5Id file = rheo_h5_create (temp, rheo_h5_bound_table (table), &error);

  g_assert_no_error (error);
  {
    g_auto (RheoH5Id) group = rheo_h5_make_group (file, "shapes");

    g_assert_true (rheo_h5_write_table (group, table, FALSE));
  }
  g_assert_true (rheo_h5_finish (&file, temp, f->path, &error));
}

static RheoTable *
read_group (Fixture *f, const char *where, GError **error)
{
  g_auto (RheoH5Id) file = rheo_h5_open (f->path, error);
  g_auto (RheoH5Id) group = file >= 0 ? rheo_h5_open_group (file, where) : -1;

  return group >= 0 ? rheo_h5_read_table (group, NULL, f->path, where, error) : NULL;
}

/* --- HDF5 reads it --------------------------------------------------------------------------------------------- */

static void
test_written (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoTable) table = make_shapes ();
  g_autoptr (RheoTable) back = NULL;
  g_autoptr (GError) error = NULL;
  hid_t file;

  write_shapes (f, table);
  file = H5Fopen (f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *name = g_strconcat ("shapes/", shapes[i].key, NULL);
      const RheoColumn *column = rheo_table_find (table, shapes[i].key);
      g_autofree void *read = g_malloc0 ((size_t) rheo_column_get_length (column) * rheo_type_size (column->type));
      hid_t set = H5Dopen2 (file, name, H5P_DEFAULT), plan = H5Dget_create_plist (set);

      g_assert_cmpint (H5Pget_layout (plan), ==, H5D_CHUNKED);
      g_assert_cmpint (H5Pget_nfilters (plan), ==, 3);
      g_assert_cmpint (H5Dread (set, rheo_h5_number_type (column->type, FALSE), H5S_ALL, H5S_ALL, H5P_DEFAULT, read),
                       >=, 0);
      assert_same (column, read);
      H5Pclose (plan);
      H5Dclose (set);
    }
  H5Fclose (file);
  back = read_group (f, "shapes", &error);
  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
    assert_same (rheo_table_find (table, shapes[i].key), rheo_table_find (back, shapes[i].key)->data);
}

/* Where little would be saved the numbers stand as they are, with their check sum. */
static void
test_plain (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoTable) table = make_shapes ();
  hid_t file, set, plan;
  hsize_t chunk[2], size;
  haddr_t at;
  unsigned skipped;

  write_shapes (f, table);
  file = H5Fopen (f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  set = H5Dopen2 (file, "shapes/random", H5P_DEFAULT);
  plan = H5Dget_create_plist (set);
  g_assert_cmpint (H5Pget_chunk (plan, 2, chunk), ==, 2);
  g_assert_cmpint (H5Dget_chunk_info_by_coord (set, (const hsize_t[]){ 0, 0 }, &skipped, &at, &size), >=, 0);
  g_assert_cmpuint (skipped, ==, 0);
  g_assert_cmpuint (size, <, chunk[0] * chunk[1] * sizeof (float) * 3 / 4);
  g_assert_cmpint (
      H5Dget_chunk_info_by_coord (set, (const hsize_t[]){ 752 / chunk[0] * chunk[0], 0 }, &skipped, &at, &size), >=, 0);
  g_assert_cmpuint (skipped, ==, 3);
  g_assert_cmpuint (size, ==, chunk[0] * chunk[1] * sizeof (float) + 4);
  H5Pclose (plan);
  H5Dclose (set);
  H5Fclose (file);
}

/* --- it reads what HDF5 wrote ------------------------------------------------------------------------------------ */

/* As somebody else may have made a set. */
typedef struct
{
  const char *path;
  hsize_t chunk[2];
  gboolean shuffle, deflate, sum, sum_first, swapped, gaps;
  gboolean own; /* taken chunk by chunk, not through HDF5 */
} Foreign;

static const Foreign foreign[] = {
  { "/whole-rows", { 100, 613 }, .shuffle = TRUE, .deflate = TRUE, .sum = TRUE, .own = TRUE },
  { "/no-sum", { 100, 613 }, .shuffle = TRUE, .deflate = TRUE, .own = TRUE },
  { "/no-shuffle", { 64, 613 }, .deflate = TRUE, .sum = TRUE, .own = TRUE },
  { "/one-chunk", { 777, 613 }, .deflate = TRUE, .own = TRUE },
  { "/single-rows", { 1, 100 }, .shuffle = TRUE, .deflate = TRUE, .sum = TRUE, .own = TRUE },
  { "/squares", { 100, 100 }, .shuffle = TRUE, .deflate = TRUE, .sum = TRUE },
  { "/not-deflated", { 100, 613 }, .shuffle = TRUE, .sum = TRUE },
  { "/sum-first", { 100, 613 }, .deflate = TRUE, .sum = TRUE, .sum_first = TRUE },
  { "/big-endian", { 100, 613 }, .shuffle = TRUE, .deflate = TRUE, .swapped = TRUE },
  { "/gaps", { 100, 613 }, .shuffle = TRUE, .deflate = TRUE, .sum = TRUE, .gaps = TRUE },
};

static void
write_foreign (hid_t file, const Foreign *how, const RheoColumn *column)
{
  const hsize_t dims[] = { (hsize_t) column->dims[0], (hsize_t) column->dims[1] }, start[] = { 0, 0 };
  const hsize_t written[] = { how->gaps ? 150 : dims[0], dims[1] };
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE), space = H5Screate_simple (2, dims, NULL), part = H5Scopy (space), set;

  H5Pset_chunk (plan, 2, how->chunk);
  if (how->sum && how->sum_first)
    H5Pset_fletcher32 (plan);
  if (how->shuffle)
    H5Pset_shuffle (plan);
  if (how->deflate)
    H5Pset_deflate (plan, 6);
  if (how->sum && !how->sum_first)
    H5Pset_fletcher32 (plan);
  set = H5Dcreate2 (file, how->path, how->swapped ? H5T_IEEE_F32BE : H5T_IEEE_F32LE, space, H5P_DEFAULT, plan,
                    H5P_DEFAULT);
  H5Sselect_hyperslab (part, H5S_SELECT_SET, start, NULL, written, NULL);
  g_assert_cmpint (H5Dwrite (set, H5T_NATIVE_FLOAT, part, part, H5P_DEFAULT, column->data), >=, 0);
  H5Dclose (set);
  H5Sclose (part);
  H5Sclose (space);
  H5Pclose (plan);
}

static void
test_read (Fixture *f, gconstpointer data)
{
  const int64_t dims[] = { 777, 613 };
  g_autoptr (RheoTable) table = rheo_table_new (""), back = NULL;
  RheoColumn *column = rheo_table_add (table, "numbers", "", "", "a b", RHEO_F32, dims);
  g_autofree float *numbers = g_new0 (float, 777 * 613);
  g_autoptr (GError) error = NULL;
  hid_t file = H5Fcreate (f->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  fill (column, 3);
  for (size_t i = 0; i < G_N_ELEMENTS (foreign); i++)
    write_foreign (file, &foreign[i], column);
  H5Fclose (file);
  back = read_group (f, "/", &error);
  g_assert_no_error (error);
  file = H5Fopen (f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  for (size_t i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      const RheoColumn *read = rheo_table_find (back, foreign[i].path + 1);
      hid_t set = H5Dopen2 (file, foreign[i].path, H5P_DEFAULT);

      g_test_message ("%s", foreign[i].path);
      /* What was not written is 0. */
      g_assert_cmpmem (read->data, 150 * 613 * 4, column->data, 150 * 613 * 4);
      if (!foreign[i].gaps)
        assert_same (column, read->data);
      else
        for (int64_t k = 150 * 613; k < 777 * 613; k++)
          g_assert_cmpfloat (((const float *) read->data)[k], ==, 0);
      g_assert_cmpint (rheo_h5_read_chunks (set, RHEO_F32, dims, 2, numbers), ==, foreign[i].own);
      if (foreign[i].own)
        assert_same (column, numbers);
      H5Dclose (set);
    }
  H5Fclose (file);
}

/* --- damage ------------------------------------------------------------------------------------------------------ */

/* One wrong byte in a chunk, wherever it is, is found. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoTable) table = make_shapes ();
  g_autofree char *name = g_strconcat ("shapes/", data, NULL), *words = g_strdup_printf ("/%s cannot be read", name);
  hid_t file, set;
  haddr_t at;
  hsize_t size;
  unsigned skipped;

  write_shapes (f, table);
  file = H5Fopen (f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  set = H5Dopen2 (file, name, H5P_DEFAULT);
  g_assert_cmpint (H5Dget_chunk_info_by_coord (set, (const hsize_t[]){ 502, 0 }, &skipped, &at, &size), >=, 0);
  H5Dclose (set);
  H5Fclose (file);
  for (int place = 0; place < 3; place++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (f->path, &text, &length, NULL));
      text[at + (place == 0 ? 0 : place == 1 ? size / 2 : size - 1)] ^= 4;
      g_assert_true (g_file_set_contents (f->path, text, (gssize) length, NULL));
      g_assert_null (read_group (f, "shapes", &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, words));
      text[at + (place == 0 ? 0 : place == 1 ? size / 2 : size - 1)] ^= 4;
      g_assert_true (g_file_set_contents (f->path, text, (gssize) length, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/chunks/written", Fixture, NULL, set_up, test_written, tear_down);
  g_test_add ("/store/chunks/read", Fixture, NULL, set_up, test_read, tear_down);
  g_test_add ("/store/chunks/plain", Fixture, NULL, set_up, test_plain, tear_down);
  g_test_add ("/store/chunks/damaged-plain", Fixture, "random", set_up, test_damaged, tear_down);
  g_test_add ("/store/chunks/damaged", Fixture, "matrix", set_up, test_damaged, tear_down);
  return g_test_run ();
}
