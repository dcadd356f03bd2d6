#include "config.h"

#include "engine/json-text.h"
#include "engine/numbers.h"
#include "engine/store.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static char *folder;

static RheoTable *
make_table (void)
{
  static const double loss[] = { 0.1, NAN, 1e-7 };
  static const float rate[] = { 0.1f, 2, 3 };
  static const char *const names[] = { "plain", "a, b", "say \"x\"" };
  static const int64_t n = 3;
  RheoTable *table = rheo_table_new ("A table");

  rheo_table_add_copy (table, "train.loss", "Loss", "nat", "epoch", RHEO_F64, &n, loss);
  rheo_table_add_copy (table, "hidden.rate", "Rate", "Hz", "epoch", RHEO_F32, &n, rate);
  rheo_table_add_copy (table, "name", "Name, short", "", "epoch", RHEO_STRING, &n, names);
  rheo_table_set_note (table, "epoch", "11");
  rheo_table_set_note (table, "trial", "3");
  rheo_table_set_note (table, "epoch", "12");
  return table;
}

static char *
write_text (const RheoTable *table, const char *key, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  char *text = NULL;

  g_assert_true (rheo_table_write (table, key, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, length, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir)); /* nothing is left beside it */
  return text;
}

static void
test_columns (void)
{
  g_autoptr (RheoTable) table = make_table ();
  RheoTable *again = rheo_table_ref (table);
  const RheoColumn *column = rheo_table_find (table, "hidden.rate");
  RheoColumn *one = rheo_table_add (table, "count", "Count", NULL, "", RHEO_U64, NULL);
  int64_t dims[] = { 2, 0, 3 };

  rheo_table_unref (again);
  g_assert_cmpint (rheo_table_get_n_columns (table), ==, 4);
  g_assert_true (rheo_table_get_column (table, 1) == column);
  g_assert_null (rheo_table_find (table, "rate"));
  g_assert_cmpint (rheo_column_get_length (column), ==, 3);
  g_assert_cmpfloat (rheo_column_get_number (column, 1), ==, 2);
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "name"), 1), ==, "a, b");
  g_assert_true (isnan (rheo_column_get_number (rheo_table_find (table, "name"), 0)));
  g_assert_cmpint (rheo_column_get_length (one), ==, 1);
  g_assert_cmpfloat (rheo_column_get_number (one, 0), ==, 0);
  g_assert_cmpint ((int) ((guintptr) one->data % 64), ==, 0);
  g_assert_cmpint (rheo_column_get_length (rheo_table_add (table, "e", "", "", "a b c", RHEO_I32, dims)), ==, 0);

  g_assert_cmpstr (rheo_table_get_note (table, "epoch"), ==, "12");
  g_assert_null (rheo_table_get_note (table, "x"));
  g_assert_cmpint (g_strv_length ((char **) rheo_table_get_note_keys (table)), ==, 2);
  g_assert_cmpstr (rheo_table_get_note_keys (table)[0], ==, "epoch");
}

static void
test_csv (void)
{
  g_autoptr (RheoTable) table = make_table (), twins = rheo_table_new (NULL), matrix = rheo_table_new (NULL);
  g_autofree char *text = write_text (table, NULL, "t.csv", NULL);
  g_autofree char *one = write_text (table, "train.loss", "t.csv", NULL);
  g_autofree char *same = NULL, *square = NULL, *named = NULL;
  static const char *const names[] = { "E", "I" };
  static const int32_t numbers[] = { 1, 2, 3, 4, 5, 6 };
  static const int64_t dims[] = { 2, 3 };

  g_assert_cmpstr (text, ==,
                   "Loss (nat),Rate (Hz),\"Name, short\"\n0.1,0.1,plain\nnan,2,\"a, b\"\n1e-7,3,\"say \"\"x\"\"\"\n");
  g_assert_cmpstr (one, ==, "Loss (nat)\n0.1\nnan\n1e-7\n");

  rheo_table_add (twins, "train.loss", "Loss", "", "", RHEO_U8, NULL);
  rheo_table_add (twins, "valid.loss", "Loss", "nat", "", RHEO_I64, NULL);
  same = write_text (twins, NULL, "t.csv", NULL);
  g_assert_cmpstr (same, ==, "train.loss: Loss,valid.loss: Loss (nat)\n0,0\n");

  rheo_table_add_copy (matrix, "w", "Weight", "mV", "pre post", RHEO_I32, dims, numbers);
  square = write_text (matrix, NULL, "t.csv", NULL);
  g_assert_cmpstr (square, ==, "\"Weight (mV): lines pre, columns post\",0,1,2\n0,1,2,3\n1,4,5,6\n");

  /* What stands along an axis is called as it is. */
  rheo_table_add_copy (matrix, "pre", "Source", "", "pre", RHEO_STRING, dims, names);
  named = write_text (matrix, NULL, "t.csv", NULL);
  g_assert_cmpstr (named, ==, "\"Weight (mV): lines pre, columns post\",0,1,2\nE,1,2,3\nI,4,5,6\n");
}

static void
test_json (void)
{
  g_autoptr (RheoTable) table = make_table ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  static const int64_t dims[] = { 2, 2 };
  static const float w[] = { 1, 2, 3, INFINITY };
  JsonObject *root, *column;
  JsonArray *columns, *data;

  rheo_table_add_copy (table, "w", "Weight", "mV", "pre post", RHEO_F32, dims, w);
  text = write_text (table, NULL, "t.json", NULL);
  node = rheo_json_parse (text, -1, "t.json", &error);
  g_assert_no_error (error);
  root = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "notes"), "epoch"), ==, "12");
  columns = json_object_get_array_member (root, "columns");
  g_assert_cmpint (json_array_get_length (columns), ==, 4);
  column = json_array_get_object_element (columns, 3);
  g_assert_cmpstr (json_object_get_string_member (column, "unit"), ==, "mV");
  data = json_array_get_array_element (json_object_get_array_member (column, "data"), 1);
  g_assert_cmpfloat (json_array_get_double_element (data, 0), ==, 3);
  g_assert_true (json_array_get_null_element (data, 1));
  data = json_object_get_array_member (json_array_get_object_element (columns, 0), "data");
  g_assert_cmpfloat (json_array_get_double_element (data, 2), ==, 1e-7);
  g_assert_true (json_array_get_null_element (data, 1));
}

static void
test_npy (void)
{
  g_autoptr (RheoTable) table = rheo_table_new ("");
  static const int64_t dims[] = { 2, 3 };
  static const float numbers[] = { 1, 2, 3, 4, 5, 6 };
  g_autofree char *text = NULL, *single = NULL;
  gsize n, start;

  rheo_table_add_copy (table, "w", "", "", "pre post", RHEO_F32, dims, numbers);
  text = write_text (table, NULL, "t.npy", &n);
  g_assert_cmpmem (text, 8, "\x93NUMPY\x01\x00", 8);
  start = 10 + (guchar) text[8] + 256 * (gsize) (guchar) text[9];
  g_assert_cmpint ((int) (start % 64), ==, 0);
  g_assert_true (g_str_has_prefix (text + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, ), }"));
  g_assert_cmpint (text[start - 1], ==, '\n');
  g_assert_cmpmem (text + start, n - start, numbers, sizeof numbers);

  rheo_table_add (table, "one", "", "", "", RHEO_U8, NULL);
  single = write_text (table, "one", "t.npy", &n);
  g_assert_true (g_str_has_prefix (single + 10, "{'descr': '|u1', 'fortran_order': False, 'shape': (), }"));
  g_assert_cmpint ((int) n, ==, 129);
}

static void
test_refused (void)
{
  g_autoptr (RheoTable) table = make_table (), cube = rheo_table_new ("");
  static const int64_t dims[] = { 1, 1, 1 };
  g_autofree char *no_folder = g_build_filename (folder, "no", "t.csv", NULL);
  g_autofree char *expected = g_strdup_printf ("%s could not be written: No such file or directory.", no_folder);
  const struct
  {
    const RheoTable *table;
    const char *key, *path, *message;
    RheoError code;
  } cases[] = {
    { table, NULL, "t.xls", "t.xls has an unknown ending; allowed are .csv, .json, .npy and .h5.", RHEO_ERROR_INVALID },
    { table, "x", "t.csv", "There is no column \"x\" to write to t.csv; there are train.loss, hidden.rate, name.",
      RHEO_ERROR_INVALID },
    { table, NULL, "t.npy", "t.npy holds one column; choose one of train.loss, hidden.rate, name.",
      RHEO_ERROR_INVALID },
    { table, "name", "t.npy", "t.npy cannot hold name, which is text; write .csv or .json.", RHEO_ERROR_INVALID },
    { cube, NULL, "t.csv", "t.csv cannot hold c, which has 3 dimensions; write .npy or .json.", RHEO_ERROR_INVALID },
    { table, NULL, no_folder, expected, RHEO_ERROR_IO },
  };

  rheo_table_add (cube, "c", "", "", "x y z", RHEO_F64, dims);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_table_write (cases[i].table, cases[i].key, cases[i].path, &error));
      g_assert_error (error, RHEO_ERROR, (int) cases[i].code);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

/* All columns of a table, or one of them, as datasets of a file; a run is never overwritten. */
static void
test_h5 (void)
{
  g_autoptr (RheoTable) table = make_table ();
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "t.h5", NULL);
  const char *const names[] = { "train.loss", "hidden.rate", NULL };
  const RheoColumn *loss = rheo_table_find (table, "train.loss");
  RheoStore *store;

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (RheoTable) read = NULL;

      g_assert_true (rheo_table_write (table, k == 0 ? NULL : "hidden.rate", path, &error));
      read = rheo_numbers_read (path, names, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (rheo_table_get_note (read, "names"), ==,
                       k == 0 ? "train.loss, hidden.rate, name" : "hidden.rate");
      g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (read, "hidden.rate"), 2), ==, 3);
      if (k == 0)
        g_assert_cmpmem (rheo_table_find (read, "train.loss")->data, 3 * sizeof (double), loss->data,
                         3 * sizeof (double));
    }
  g_unlink (path);
  store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (rheo_table_write (table, NULL, path, &error)); /* it has begun */
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (rheo_store_close (store, "user", &error));
  g_assert_false (rheo_table_write (table, NULL, path, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_unlink (path);
}

/* Two columns of different length, and a matrix beside a column, do not share a sheet. */
static void
test_mixed (void)
{
  g_autoptr (RheoTable) table = make_table (), other = make_table ();
  g_autoptr (GError) error = NULL;
  static const int64_t dims[] = { 4, 1 };

  rheo_table_add (table, "longer", "", "", "unit", RHEO_F64, dims);
  g_assert_false (rheo_table_write (table, NULL, "t.csv", &error));
  g_assert_true (strstr (error->message, "train.loss and longer side by side") != NULL);
  g_clear_error (&error);
  rheo_table_add (other, "w", "", "", "pre post", RHEO_F64, dims);
  g_assert_false (rheo_table_write (other, NULL, "t.csv", &error));
  g_assert_true (strstr (error->message, "cannot hold w beside others") != NULL);
}

int
main (int argc, char *argv[])
{
  int result;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheobase-table-XXXXXX", NULL);
  g_test_add_func ("/table/columns", test_columns);
  g_test_add_func ("/table/csv", test_csv);
  g_test_add_func ("/table/json", test_json);
  g_test_add_func ("/table/npy", test_npy);
  g_test_add_func ("/table/refused", test_refused);
  g_test_add_func ("/table/mixed", test_mixed);
  g_test_add_func ("/table/h5", test_h5);
  result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
