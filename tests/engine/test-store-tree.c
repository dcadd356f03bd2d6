#include "config.h"

#include "store-folder.h"

#include <hdf5.h>

#include "engine/store-tree.h"

/* --- helpers ----------------------------------------------------------------------------------------------- */

/* A run with three epochs; reason NULL: its parts stay, as after a kill. */
static RheoStore *
make_run (const char *path)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (7);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  for (int64_t i = 1; i <= 3; i++)
    {
      double values[2] = { sample_value (i, 0), sample_value (i, 1) };
      g_autoptr (RheoTable) table = make_table ((int) i);

      rheo_store_append (store, NULL, (RheoPlace){ i, i }, (double) i, values, &error);
      rheo_store_put_epoch (store, i, table, &error);
      rheo_store_put_checkpoint (store, (RheoPlace){ i, i }, table, FALSE, &error);
      rheo_store_put_analysis (store, "probe", i, "{}", table, &error);
      rheo_store_journal (store, (RheoPlace){ i, i }, "rule.lr", "0.1", "0.2", &error);
    }
  rheo_store_sync (store, &error);
  g_assert_no_error (error);
  return store;
}

static RheoTree *
open_tree (const char *path)
{
  g_autoptr (GError) error = NULL;
  RheoTree *tree = rheo_tree_open (path, &error);

  g_assert_no_error (error);
  return tree;
}

static char *
list_names (RheoTree *tree, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes = rheo_tree_list (tree, path, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < nodes->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", ((RheoNode *) g_ptr_array_index (nodes, i))->name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_names (RheoTree *tree, const char *path, const char *wanted)
{
  g_autofree char *names = list_names (tree, path);

  g_assert_cmpstr (names, ==, wanted);
}

static RheoNode *
look (RheoTree *tree, const char *path)
{
  g_autoptr (GError) error = NULL;
  RheoNode *node = rheo_tree_look (tree, path, &error);

  g_assert_no_error (error);
  return node;
}

/* --- a run, whole and in parts -------------------------------------------------------------------------------- */

static void
check_run (RheoTree *tree, const char *path)
{
  const int64_t start[] = { 1, 2 }, count[] = { 2, 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoNode) weight = look (tree, "/epochs/2/rec.weight");
  g_autoptr (RheoNode) epochs = look (tree, "/epochs");
  g_autoptr (RheoNode) loss = look (tree, "/metrics/train.loss");
  g_autoptr (RheoTable) expected = make_table (2);
  const RheoColumn *column = rheo_table_find (expected, "rec.weight");
  double numbers[6];

  assert_names (tree, "/epochs", "1 2 3");
  assert_names (tree, "/metrics", "iteration batch seconds train.loss hidden.rate");
  assert_names (tree, "/analysis/probe", "1 2 3");
  assert_names (tree, "/checkpoint", "2 3");
  assert_names (tree, "/epochs/2", "rec.weight one hidden.spikes state i32 i64 u16 u64 empty words");
  g_assert_cmpint (epochs->kind, ==, RHEO_NODE_GROUP);
  g_assert_cmpint (epochs->n_children, ==, 3);
  g_assert_cmpint (weight->kind, ==, RHEO_NODE_NUMBERS);
  g_assert_cmpstr (weight->type, ==, "float32");
  g_assert_cmpstr (weight->description, ==, "Weights of rec");
  g_assert_cmpstr (weight->unit, ==, "mV");
  g_assert_cmpstr (weight->axes, ==, "pre post");
  g_assert_cmpint (weight->n_dims, ==, 2);
  g_assert_cmpint (weight->dims[0], ==, 3);
  g_assert_cmpint (weight->dims[1], ==, 5);
  g_assert_cmpstr (loss->type, ==, "float64");
  g_assert_cmpint (loss->dims[0], ==, 3);

  rheo_tree_read_numbers (tree, "/epochs/2/rec.weight", start, count, numbers, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 6; i++)
    g_assert_cmpfloat (numbers[i], ==, rheo_column_get_number (column, (1 + i / 3) * 5 + 2 + i % 3));
  rheo_tree_read_numbers (tree, "/metrics/train.loss", &start[0], &count[0], numbers, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (numbers[0], ==, sample_value (2, 0));
  g_assert_cmpfloat (numbers[1], ==, sample_value (3, 0));
}

static void
check_texts (RheoTree *tree)
{
  const int64_t start[] = { 1 }, count[] = { 2 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = rheo_tree_read_texts (tree, "/epochs/3/words", start, count, &error);
  g_auto (GStrv) keys = NULL, config = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (words[0], ==, "");
  g_assert_cmpstr (words[1], ==, "größer");
  g_assert_null (words[2]);
  keys = rheo_tree_read_texts (tree, "/journal/key", start, count, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (keys[0], ==, "rule.lr");
  config = rheo_tree_read_texts (tree, "/config", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (config[0], "\"seed\": 7"));
}

static void
check_tables (RheoTree *tree)
{
  static const char *const keys[] = {
    "rec.weight", "one", "hidden.spikes", "i32", "i64", "u16", "u64", "empty", "words"
  };
  g_autoptr (RheoTable) expected = make_table (1);
  g_autoptr (RheoTable) loss = NULL, row = NULL;
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *path = g_strconcat ("/epochs/1/", keys[i], NULL);
      g_autoptr (RheoTable) table = rheo_tree_read_table (tree, path, 0, NULL, &error);

      g_assert_no_error (error);
      assert_columns_equal (rheo_table_get_column (table, 0), rheo_table_find (expected, keys[i]));
    }
  row = rheo_tree_read_table (tree, "/epochs/1/hidden.spikes", 1, (int64_t[]){ 5 }, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rheo_table_get_column (row, 0)->axes, ==, "unit");
  g_assert_cmpmem (rheo_table_get_column (row, 0)->data, 100,
                   (uint8_t *) rheo_table_find (expected, "hidden.spikes")->data + 500, 100);
  loss = rheo_tree_read_table (tree, "/metrics/train.loss", 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_get_column (loss, 0), 1), ==, sample_value (2, 0));
}

static void
finished_run (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTree) tree = NULL;
  g_auto (GStrv) attributes = NULL;

  rheo_store_close (make_run (f->path), "budget", &error);
  g_assert_no_error (error);
  tree = open_tree (f->path);
  check_run (tree, f->path);
  check_texts (tree);
  check_tables (tree);
  attributes = rheo_tree_dup_attributes (tree, "/");
  g_assert_true (g_strv_contains ((const char *const *) attributes, "stop-reason"));
  for (int i = 0; attributes[i] != NULL; i += 2)
    if (g_str_equal (attributes[i], "stop-reason"))
      g_assert_cmpstr (attributes[i + 1], ==, "budget");
    else if (g_str_equal (attributes[i], "format-version"))
      g_assert_cmpstr (attributes[i + 1], ==, "1");
}

static void
running_run (Fixture *f, gconstpointer data)
{
  RheoStore *store = make_run (f->path);
  g_autoptr (RheoTree) tree = open_tree (f->path);
  g_autoptr (GError) error = NULL;

  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  assert_names (tree, "/", "config metrics journal epochs checkpoint analysis");
  check_run (tree, f->path);
  check_texts (tree);
  check_tables (tree);
  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
}

/* The file has three epochs, its parts have more. */
static void
resumed_run (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (7);
  g_autoptr (RheoTable) table = make_table (4);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTree) tree = NULL;
  RheoStore *store;

  rheo_store_close (make_run (f->path), "user", &error);
  store = rheo_store_resume (f->path, (RheoPlace){ 3, 3 }, experiment, NULL, &error);
  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  rheo_store_put_epoch (store, 4, table, &error);
  rheo_store_sync (store, &error);
  g_assert_no_error (error);
  tree = open_tree (f->path);
  assert_names (tree, "/epochs", "1 2 3 4");
  assert_names (tree, "/epochs/4", "rec.weight one hidden.spikes state i32 i64 u16 u64 empty words");
  assert_names (tree, "/epochs/1", "rec.weight one hidden.spikes state i32 i64 u16 u64 empty words");
  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
}

/* --- what is refused ------------------------------------------------------------------------------------------ */

static void
out_of_bounds (Fixture *f, gconstpointer data)
{
  static const int64_t wrong[][4] = { { -1, 0, 1, 1 }, { 0, 0, 4, 1 },         { 3, 0, 1, 1 },
                                      { 0, 5, 1, 1 },  { INT64_MAX, 0, 2, 1 }, { 0, 0, 1, -1 } };
  g_autoptr (RheoTree) tree = NULL;
  double numbers[64];

  rheo_store_close (make_run (f->path), "budget", NULL);
  tree = open_tree (f->path);
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_tree_read_numbers (tree, "/epochs/1/rec.weight", wrong[i], wrong[i] + 2, numbers, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
    }
}

static void
missing (Fixture *f, gconstpointer data)
{
  static const char *const paths[] = { "/nothing", "/epochs/9", "/epochs/1/nothing", "/epochs/1/one/more",
                                       "",         "x",         "/metrics/nothing" };
  g_autoptr (RheoTree) tree = NULL;

  rheo_store_close (make_run (f->path), "budget", NULL);
  tree = open_tree (f->path);
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) attributes = rheo_tree_dup_attributes (tree, paths[i]);

      g_assert_null (rheo_tree_look (tree, paths[i], &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
      g_assert_cmpuint (g_strv_length (attributes), ==, 0);
    }
}

static void
no_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_tree_open (f->path, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
}

/* --- files of others -------------------------------------------------------------------------------------------- */

static void
make_foreign (const char *path)
{
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t group = H5Gcreate2 (file, "deep", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  hsize_t dims[5] = { 2, 1, 2, 1, 3 }, two = 2, huge[2] = { 1 << 14, 1 << 14 };
  hid_t space = H5Screate_simple (5, dims, NULL), line = H5Screate_simple (1, &two, NULL);
  hid_t text = H5Tcopy (H5T_C_S1), compound = H5Tcreate (H5T_COMPOUND, 16), plan = H5Pcreate (H5P_DATASET_CREATE);
  const char *words[] = { "one", "zwei" };
  int8_t small[12];
  hid_t set, big;

  for (int i = 0; i < 12; i++)
    small[i] = (int8_t) (i - 6);
  set = H5Dcreate2 (group, "small", H5T_STD_I8BE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite (set, H5T_NATIVE_INT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, small);
  H5Dclose (set);
  H5Tset_size (text, H5T_VARIABLE);
  set = H5Dcreate2 (group, "words", text, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite (set, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, words);
  H5Dclose (set);
  H5Tinsert (compound, "a", 0, H5T_NATIVE_DOUBLE);
  H5Dclose (H5Dcreate2 (file, "pairs", compound, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  /* One chunk of a gigabyte: it would be taken whole for a single number. */
  H5Pset_chunk (plan, 2, huge);
  big = H5Screate_simple (2, huge, NULL);
  H5Dclose (H5Dcreate2 (file, "huge", H5T_NATIVE_FLOAT, big, H5P_DEFAULT, plan, H5P_DEFAULT));
  /* A group that holds itself, and links that lead elsewhere. */
  H5Lcreate_hard (file, "deep", group, "again", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft ("/nowhere", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external ("other.h5", "/", file, "other", H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose (plan);
  H5Tclose (compound);
  H5Tclose (text);
  H5Sclose (big);
  H5Sclose (line);
  H5Sclose (space);
  H5Gclose (group);
  H5Fclose (file);
}

static void
foreign (Fixture *f, gconstpointer data)
{
  const int64_t start[] = { 1, 0, 1, 0, 0 }, count[] = { 1, 1, 1, 1, 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTree) tree = NULL;
  g_autoptr (RheoNode) small = NULL, pairs = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_auto (GStrv) words = NULL;
  double numbers[3];

  make_foreign (f->path);
  tree = open_tree (f->path);
  assert_names (tree, "/", "deep huge pairs");
  assert_names (tree, "/deep/again/again", "again small words");
  small = look (tree, "/deep/again/small");
  g_assert_cmpstr (small->type, ==, "int8");
  g_assert_true (small->whole);
  g_assert_cmpint (small->n_dims, ==, 5);
  rheo_tree_read_numbers (tree, "/deep/small", start, count, numbers, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (numbers[0], ==, 3);
  g_assert_cmpfloat (numbers[2], ==, 5);
  words = rheo_tree_read_texts (tree, "/deep/words", (int64_t[]){ 0 }, (int64_t[]){ 2 }, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (words[1], ==, "zwei");
  pairs = look (tree, "/pairs");
  g_assert_cmpint (pairs->kind, ==, RHEO_NODE_OTHER);
  g_assert_false (rheo_tree_read_numbers (tree, "/pairs", start, count, numbers, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (rheo_tree_read_numbers (tree, "/huge", (int64_t[]){ 0, 0 }, (int64_t[]){ 1, 1 }, numbers, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  /* Five dimensions do not fit into a table, four of them do. */
  g_assert_null (rheo_tree_read_table (tree, "/deep/small", 0, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  table = rheo_tree_read_table (tree, "/deep/small", 1, (int64_t[]){ 1 }, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_get_column (table, 0)->type, ==, RHEO_I32);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_get_column (table, 0), 5), ==, 5);
}

#define ADD(path, function) g_test_add ("/tree/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("finished", finished_run);
  ADD ("running", running_run);
  ADD ("resumed", resumed_run);
  ADD ("out-of-bounds", out_of_bounds);
  ADD ("missing", missing);
  ADD ("no-file", no_file);
  ADD ("foreign", foreign);
  return g_test_run ();
}
