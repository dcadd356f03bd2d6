#include "config.h"

#include "store-samples.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/store-h5-private.h"

typedef struct
{
  char *folder, *path, *parts;
} Fixture;

/* HDF5 loses memory when it cannot open a damaged file. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libhdf5";
}

/* --- helpers ----------------------------------------------------------------------------------------------- */

/* A finished run at f->path. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "run.h5", NULL);
  f->parts = g_strconcat (f->path, ".parts", NULL);
  rheo_store_close (start_sample (f->path), "budget", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->parts);
}

/* Reading fails with a sentence that holds `part` and names the file. */
static void
assert_unreadable (const char *path, RheoError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (read_all (path, &error));
  g_assert_error (error, RHEO_ERROR, (int) code);
  if (strstr (error->message, part) == NULL || strstr (error->message, path) == NULL
      || !g_str_has_suffix (error->message, "."))
    g_error ("“%s” should say “%s” of %s", error->message, part, path);
}

/* --- files that are no runs -------------------------------------------------------------------------------- */

static void
test_foreign (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);
  hid_t file;

  assert_unreadable (other, RHEO_ERROR_IO, "does not exist");
  assert_unreadable (f->folder, RHEO_ERROR_FORMAT, "is a folder");
  g_file_set_contents (other, "", 0, NULL);
  assert_unreadable (other, RHEO_ERROR_FORMAT, "it is empty");
  g_file_set_contents (other, "a,b\n1,2\n", -1, NULL);
  assert_unreadable (other, RHEO_ERROR_FOREIGN, "is not a run file");
  g_file_set_contents (other, "\x89HDF\r\n\x1a\n and then something quite different", -1, NULL);
  assert_unreadable (other, RHEO_ERROR_FORMAT, "is damaged");
  H5Fclose (H5Fcreate (other, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  assert_unreadable (other, RHEO_ERROR_FOREIGN, "is an HDF5 file, but not a run file");
  file = H5Fopen (f->path, H5F_ACC_RDWR, H5P_DEFAULT);
  H5Adelete (file, "format-version");
  rheo_h5_set_int (file, "format-version", 2);
  H5Fclose (file);
  assert_unreadable (f->path, RHEO_ERROR_UNSUPPORTED,
                     "comes from a newer Rheobase (format 2; this program reads up to 1)");
}

static void
test_newer_parts (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.h5", NULL);
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);

  g_mkdir (parts, 0777);
  assert_unreadable (path, RHEO_ERROR_IO, "does not exist");
  g_assert_true (rheo_parts_write_text (parts, "run.json", "{\"format\": 2, \"run-id\": \"x\"}", NULL));
  assert_unreadable (path, RHEO_ERROR_UNSUPPORTED, "comes from a newer Rheobase (format 2");
  g_assert_true (rheo_parts_write_text (parts, "run.json", "{\"format\": 1, \"run-id\": \"x\"}", NULL));
  assert_unreadable (path, RHEO_ERROR_FORMAT, "is incomplete");
  g_assert_true (rheo_parts_write_text (parts, "run.json", "[[[[", NULL));
  assert_unreadable (path, RHEO_ERROR_FORMAT, "run.json cannot be read");
}

static void
test_other_run (Fixture *f, gconstpointer data)
{
  g_mkdir (f->parts, 0777);
  g_assert_true (rheo_parts_write_text (f->parts, "experiment.json", "{}", NULL));
  g_assert_true (
      rheo_parts_write_text (f->parts, "run.json", "{\"format\": 1, \"run-id\": \"x\", \"session\": \"y\"}", NULL));
  assert_unreadable (f->path, RHEO_ERROR_FORMAT, "belong to different runs");
}

/* --- damaged files ----------------------------------------------------------------------------------------- */

static void
test_truncated (Fixture *f, gconstpointer data)
{
  g_autofree char *whole = NULL;
  g_autofree char *other = g_build_filename (f->folder, "other.h5", NULL);
  gsize size;

  g_file_get_contents (f->path, &whole, &size, NULL);
  for (gsize n = size - 1; n > 0; n -= MIN (n, n < 64 ? 1 : size / 100))
    {
      g_assert_true (g_file_set_contents (other, whole, (gssize) n, NULL));
      assert_unreadable (other, RHEO_ERROR_FORMAT, "is damaged: it ends early");
    }
}

/* A flipped bit is found, unless it lies in the plain numbers of a checkpoint, in a small set, or in a gap. */
static void
test_bits (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autofree char *whole = NULL;
  g_autofree char *other = g_build_filename (f->folder, "other.h5", NULL);
  int n_found = 0, n_tries = 100;
  gsize size;

  g_file_get_contents (f->path, &whole, &size, NULL);
  for (int i = 0; i < n_tries; i++)
    {
      /* Half of them in the first bytes, where the tables of contents begin. */
      gsize at = (gsize) g_rand_int_range (random, 0, i % 2 == 0 ? 4096 : (gint32) size);
      char bit = (char) (1 << g_rand_int_range (random, 0, 8));
      g_autoptr (GError) error = NULL;

      whole[at] ^= bit;
      g_assert_true (g_file_set_contents (other, whole, (gssize) size, NULL));
      if (!read_all (other, &error))
        {
          n_found++;
          g_assert_nonnull (strstr (error->message, other));
        }
      whole[at] ^= bit;
    }
  g_assert_cmpint (n_found, >, n_tries / 3);
}

/* --- hostile files ----------------------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *says;
  void (*change) (hid_t file, const char *folder);
} Attack;

static const char target[] = "/epochs/2/state";

static void
replace (hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims, hid_t plan)
{
  hid_t space = rank == 0 ? H5Screate (H5S_SCALAR) : H5Screate_simple (rank, dims, NULL);
  hid_t set;

  H5Ldelete (file, name, H5P_DEFAULT);
  set = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  g_assert_cmpint (set, >=, 0);
  H5Dclose (set);
  H5Sclose (space);
}

static void
huge_contiguous (hid_t file, const char *folder)
{
  replace (file, target, H5T_IEEE_F64LE, 2, (hsize_t[]){ 1 << 30, 1 << 20 }, H5P_DEFAULT);
}

static void
huge_chunked (hid_t file, const char *folder)
{
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE);

  H5Pset_chunk (plan, 2, (hsize_t[]){ 100, 100 });
  H5Pset_deflate (plan, 4);
  replace (file, target, H5T_IEEE_F64LE, 2, (hsize_t[]){ 1 << 30, 1 << 20 }, plan);
  H5Pclose (plan);
}

static void
huge_product (hid_t file, const char *folder)
{
  replace (file, target, H5T_IEEE_F64LE, 3, (hsize_t[]){ 1ULL << 31, 1ULL << 30, 0 }, H5P_DEFAULT);
}

static void
huge_chunk (hid_t file, const char *folder)
{
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE);

  H5Pset_chunk (plan, 1, (hsize_t[]){ 1 << 30 });
  H5Pset_alloc_time (plan, H5D_ALLOC_TIME_INCR);
  replace (file, target, H5T_STD_U8LE, 1, (hsize_t[]){ 1 << 30 }, plan);
  H5Pclose (plan);
}

static void
five_dimensions (hid_t file, const char *folder)
{
  replace (file, target, H5T_IEEE_F32LE, 5, (hsize_t[]){ 1, 1, 1, 1, 1 }, H5P_DEFAULT);
}

static void
compound_type (hid_t file, const char *folder)
{
  hid_t type = H5Tcreate (H5T_COMPOUND, 16);

  H5Tinsert (type, "a", 0, H5T_IEEE_F64LE);
  replace (file, target, type, 1, (hsize_t[]){ 3 }, H5P_DEFAULT);
  H5Tclose (type);
}

static void
variable_strings (hid_t file, const char *folder)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, H5T_VARIABLE);
  replace (file, target, type, 1, (hsize_t[]){ 3 }, H5P_DEFAULT);
  H5Tclose (type);
}

static void
long_strings (hid_t file, const char *folder)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, 1 << 30);
  replace (file, target, type, 0, NULL, H5P_DEFAULT);
  H5Tclose (type);
}

static void
data_elsewhere (hid_t file, const char *folder)
{
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE);

  H5Pset_external (plan, "/etc/hostname", 0, 4);
  replace (file, target, H5T_STD_U8LE, 1, (hsize_t[]){ 4 }, plan);
  H5Pclose (plan);
}

static void
virtual_data (hid_t file, const char *folder)
{
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, (hsize_t[]){ 4 }, NULL);

  H5Pset_virtual (plan, space, "other.h5", "/data", space);
  replace (file, target, H5T_STD_U8LE, 1, (hsize_t[]){ 4 }, plan);
  H5Sclose (space);
  H5Pclose (plan);
}

static void
other_filter (hid_t file, const char *folder)
{
  hid_t plan = H5Pcreate (H5P_DATASET_CREATE);

  H5Pset_chunk (plan, 1, (hsize_t[]){ 4 });
  H5Pset_scaleoffset (plan, H5Z_SO_INT, 0);
  replace (file, target, H5T_STD_I32LE, 1, (hsize_t[]){ 4 }, plan);
  H5Pclose (plan);
}

static void
group_for_set (hid_t file, const char *folder)
{
  H5Ldelete (file, target, H5P_DEFAULT);
  H5Gclose (H5Gcreate2 (file, target, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

static void
set_for_group (hid_t file, const char *folder)
{
  replace (file, "/epochs/2", H5T_IEEE_F32LE, 0, NULL, H5P_DEFAULT);
}

static void
shorter_column (hid_t file, const char *folder)
{
  replace (file, "/metrics/train.loss", H5T_IEEE_F64LE, 1, (hsize_t[]){ 0 }, H5P_DEFAULT);
}

static void
text_column (hid_t file, const char *folder)
{
  replace (file, "/metrics/iteration", H5T_C_S1, 1, (hsize_t[]){ 0 }, H5P_DEFAULT);
}

static void
no_config (hid_t file, const char *folder)
{
  H5Ldelete (file, "/config", H5P_DEFAULT);
}

static void
number_config (hid_t file, const char *folder)
{
  replace (file, "/config", H5T_IEEE_F64LE, 0, NULL, H5P_DEFAULT);
}

static void
no_id (hid_t file, const char *folder)
{
  H5Adelete (file, "run-id");
}

static const Attack attacks[] = {
  { "huge-contiguous", "/epochs/2/state cannot be read", huge_contiguous },
  { "huge-chunked", "/epochs/2/state cannot be read", huge_chunked },
  { "huge-product", "/epochs/2/state cannot be read", huge_product },
  { "huge-chunk", "/epochs/2/state cannot be read", huge_chunk },
  { "five-dimensions", "/epochs/2/state cannot be read", five_dimensions },
  { "compound", "/epochs/2/state cannot be read", compound_type },
  { "variable-strings", "/epochs/2/state cannot be read", variable_strings },
  { "long-strings", "/epochs/2/state cannot be read", long_strings },
  { "data-elsewhere", "/epochs/2/state cannot be read", data_elsewhere },
  { "virtual-data", "/epochs/2/state cannot be read", virtual_data },
  { "other-filter", "/epochs/2/state cannot be read", other_filter },
  { "group-for-set", "/epochs/2/state cannot be read", group_for_set },
  { "set-for-group", "there is no /epochs/2 in it", set_for_group },
  { "shorter-column", "the sets in /metrics do not fit together", shorter_column },
  { "text-column", "is damaged: ", text_column },
  { "no-config", "/config cannot be read", no_config },
  { "number-config", "/config cannot be read", number_config },
  { "no-id", "not a run file", no_id },
};

static void
test_attack (Fixture *f, gconstpointer data)
{
  const Attack *attack = data;
  hid_t file = H5Fopen (f->path, H5F_ACC_RDWR, H5P_DEFAULT);

  g_assert_cmpint (file, >=, 0);
  attack->change (file, f->folder);
  H5Fclose (file);
  assert_unreadable (f->path, strstr (attack->says, "not a run file") != NULL ? RHEO_ERROR_FOREIGN : RHEO_ERROR_FORMAT,
                     attack->says);
}

/* Links that lead elsewhere, and into themselves, are not followed. What is not ours is left alone. */
static void
test_links (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) epoch = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = make_table (1);
  hid_t file, mine;
  int n;

  file = H5Fopen (f->path, H5F_ACC_RDWR, H5P_DEFAULT);
  H5Lcreate_external ("/etc/passwd", "/", file, "/epochs/100", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft ("/epochs", file, "/epochs/101", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft ("/epochs/1/one", file, "/epochs/2/soft", H5P_DEFAULT, H5P_DEFAULT);
  mine = H5Gcreate2 (file, "/my-notes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  rheo_h5_set_text (mine, "text", "kept");
  H5Gclose (mine);
  H5Fclose (file);
  run = rheo_run_open (f->path, &error);
  g_assert_no_error (error);
  rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, ==, N_LAST);
  epoch = rheo_run_read_epoch (run, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_table_find (epoch, "soft"));
  assert_whole (f->path);

  /* A fold copies what others added. */
  g_assert_true (rheo_run_add_analysis (f->path, "probe", 6, NULL, table, &error));
  assert_whole (f->path);
  file = H5Fopen (f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  g_assert_cmpint (H5Lexists (file, "/my-notes", H5P_DEFAULT), >, 0);
  H5Fclose (file);
}

/* --- damaged parts ----------------------------------------------------------------------------------------- */

/* Rows of the metrics of a run whose parts lie at f->parts; -1: unreadable. */
static int64_t
count_rows (const Fixture *f, const char *log)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (f->path, &error);
  g_autoptr (RheoTable) table = NULL;

  if (run == NULL)
    return -1;
  table = g_str_equal (log, "journal") ? rheo_run_dup_journal (run, &error) : rheo_run_dup_metrics (run, NULL, &error);
  return table != NULL ? rheo_table_get_column (table, 0)->dims[0] : -1;
}

static void
set_up_parts (Fixture *f, gconstpointer data)
{
  g_autofree char *quoted = NULL;
  g_autofree char *line = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  RheoStore *store;

  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "run.h5", NULL);
  f->parts = g_strconcat (f->path, ".parts", NULL);
  kept = g_build_filename (f->folder, "kept", NULL);
  store = start_sample (f->path);
  quoted = g_shell_quote (f->parts);
  line = g_strdup_printf ("cp -r %s %s", quoted, kept);
  g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, NULL, NULL));
  rheo_store_close (store, "budget", &error);
  g_assert_no_error (error);
  g_unlink (f->path);
  g_rename (kept, f->parts);
}

/* Cut at any third byte, or with that byte changed, the records before that place are read, and nothing else. */
static void
test_records (Fixture *f, gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_build_filename (f->parts, name, NULL);
  g_autofree char *whole = NULL;
  gsize size, record, head;
  guint32 length;

  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  memcpy (&length, whole, 4);
  head = 8 + GUINT32_FROM_LE (length);
  record = (size - head) / N_LAST;
  g_assert_cmpint (count_rows (f, name), ==, N_LAST);
  for (gsize n = 0; n < size; n += n < head ? 11 : 3)
    {
      int64_t expected = n >= head ? (int64_t) ((n - head) / record) : 0;

      g_assert_true (g_file_set_contents (path, whole, (gssize) n, NULL));
      g_assert_cmpint (count_rows (f, name), ==, expected);
      whole[n] ^= 0x10;
      g_assert_true (g_file_set_contents (path, whole, (gssize) size, NULL));
      whole[n] ^= 0x10;
      g_assert_cmpint (count_rows (f, name), ==, expected);
    }
}

/* A resume goes on after what is left. */
static void
test_torn_resume (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->parts, "metrics", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autofree char *whole = NULL;
  g_autoptr (GError) error = NULL;
  RheoStore *store;
  gsize size;

  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  g_assert_true (g_file_set_contents (path, whole, (gssize) size - 3, NULL));
  store = rheo_store_resume (f->path, (RheoPlace){ 5, 5 }, experiment, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (f, "metrics"), ==, 5);
  rheo_store_declare (store, NULL, sample_columns, 2, &error);
  g_assert_no_error (error);
  write_sample (store, 6, 8, &error);
  g_assert_no_error (error);
  rheo_store_close (store, "budget", &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (f, "metrics"), ==, 8);
  g_assert_cmpint (count_rows (f, "journal"), ==, 8);
}

static void
test_broken_part (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->parts, "epoch-3.h5", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "half", -1, NULL);
  run = rheo_run_open (f->path, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_run_read_epoch (run, 3, NULL, &error));
  g_assert_nonnull (strstr (error->message, "epoch-3.h5 is not a run file"));
  g_clear_error (&error);
  /* What cannot be folded stays as it is. */
  g_assert_null (rheo_store_resume (f->path, (RheoPlace){ 5, 5 }, experiment, NULL, &error));
  g_assert_nonnull (strstr (error->message, "epoch-3.h5"));
  g_assert_cmpint (count_rows (f, "metrics"), ==, N_LAST);
  g_unlink (path);
  assert_whole (f->path);
}

/* --- writing ----------------------------------------------------------------------------------------------- */

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "nowhere", "run.h5", NULL);
  g_autofree char *below = g_build_filename (f->path, "run.h5", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_store_create (path, experiment, NULL, 0, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "there is no folder"));
  g_clear_error (&error);
  g_assert_null (rheo_store_create (below, experiment, NULL, 0, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, below));
  g_clear_error (&error);
  g_assert_null (rheo_store_resume (path, (RheoPlace){ 1, 1 }, experiment, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
}

static void
test_no_permission (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.h5", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (RheoTable) table = make_table (1);
  g_autoptr (GError) error = NULL;

  g_chmod (f->folder, 0555);
  if (g_access (f->folder, W_OK) == 0)
    g_test_skip ("This user may write everywhere.");
  else
    {
      g_assert_null (rheo_store_create (path, experiment, NULL, 0, NULL, &error));
      g_assert_nonnull (strstr (error->message, "Permission denied"));
      g_clear_error (&error);
      g_assert_false (rheo_run_add_analysis (f->path, "probe", 1, NULL, table, &error));
      g_assert_nonnull (strstr (error->message, "Permission denied"));
    }
  assert_whole (f->path);
  g_chmod (f->folder, 0777);
}

static void
test_bad_names (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.h5", NULL);
  const RheoStoreColumn slash[] = { { "a/b" } }, twice[] = { { "a" }, { "a" } }, fixed[] = { { "seconds" } };
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (RheoTable) table = rheo_table_new ("");
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, NULL);

  g_assert_false (rheo_store_declare (store, NULL, slash, 1, &error));
  g_assert_nonnull (strstr (error->message, "“a/b”"));
  g_clear_error (&error);
  g_assert_false (rheo_store_declare (store, NULL, twice, 2, &error));
  g_assert_nonnull (strstr (error->message, "two columns “a”"));
  g_clear_error (&error);
  g_assert_false (rheo_store_declare (store, NULL, fixed, 1, &error));
  g_assert_nonnull (strstr (error->message, "“seconds”"));
  g_clear_error (&error);
  rheo_table_add (table, "x/y", "", "", "", RHEO_F64, NULL);
  g_assert_false (rheo_store_put_epoch (store, 1, table, &error));
  g_assert_nonnull (strstr (error->message, "“x/y”"));
  g_clear_error (&error);
  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
}

/* While the writer cannot go on, three calls return: one is being written, two wait. */
static void
test_no_waiting (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.h5", NULL);
  RheoStore *store = start_sample (path);
  g_autoptr (RheoTable) table = make_table (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = NULL;
  int n, h5_scope = rheo_h5_enter ();

  for (int i = 1; i <= 3; i++)
    g_assert_true (rheo_store_put_epoch (store, 100 + i, table, &error));
  rheo_h5_leave (&h5_scope);
  for (int i = 4; i <= 20; i++)
    g_assert_true (rheo_store_put_epoch (store, 100 + i, table, &error));
  g_assert_true (rheo_store_sync (store, &error));
  run = rheo_run_open (path, &error);
  rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, ==, N_LAST + 20);
  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
}

/* A failure of the writer is told at the next call, once. */
static void
test_failure (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.h5", NULL);
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  g_autofree char *away = g_build_filename (f->folder, "away", NULL);
  RheoStore *store = start_sample (path);
  g_autoptr (RheoTable) table = make_table (1);
  g_autoptr (GError) error = NULL;

  g_rename (parts, away);
  g_assert_true (rheo_store_put_epoch (store, 100, table, &error));
  g_assert_false (rheo_store_sync (store, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "epoch-100.h5"));
  g_clear_error (&error);
  g_assert_true (rheo_store_put_epoch (store, 101, table, &error));
  while (rheo_store_journal (store, (RheoPlace){ 7, 7 }, "a", "b", "c", &error))
    g_thread_yield ();
  g_assert_nonnull (strstr (error->message, "epoch-101.h5"));
  g_clear_error (&error);
  g_rename (away, parts);
  g_assert_true (rheo_store_put_epoch (store, 102, table, &error));
  rheo_store_close (store, "user", &error);
  g_assert_no_error (error);
  assert_whole (path);
}

/* What was saved before the disk was full can be read, and the run goes on once there is room. */
static void
test_full_disk (Fixture *f, gconstpointer data)
{
  g_autofree char *disk = g_build_filename (f->folder, "disk", NULL);
  g_autofree char *path = g_build_filename (disk, "run.h5", NULL);
  g_autofree char *ballast = g_build_filename (disk, "ballast", NULL);
  g_autofree char *zeros = g_malloc0 (1 << 20);
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (GError) error = NULL;
  RheoStore *store;

  g_mkdir (disk, 0777);
  if (mount ("none", disk, "tmpfs", 0, "size=8m") < 0)
    {
      g_test_skip ("This user may not mount a small disk.");
      return;
    }
  g_assert_true (g_file_set_contents (ballast, zeros, 1 << 20, NULL));
  store = start_sample (path);
  for (int i = N_LAST + 1; error == NULL; i++)
    write_sample (store, i, i, &error);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "No space left"));
  g_clear_error (&error);
  assert_whole (path);
  g_assert_false (rheo_store_close (store, "user", &error));
  g_assert_nonnull (strstr (error->message, "No space left"));
  g_clear_error (&error);
  assert_whole (path);

  /* The fold needs as much room again. */
  g_assert_null (rheo_store_resume (path, (RheoPlace){ N_LAST, N_LAST }, experiment, NULL, NULL));
  assert_whole (path);
  umount2 (disk, MNT_DETACH);
}

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  rheo_h5_close (-1); /* sets HDF5 up */
  ADD ("/store/foreign", NULL, test_foreign);
  ADD ("/store/newer-parts", NULL, test_newer_parts);
  ADD ("/store/other-run", NULL, test_other_run);
  ADD ("/store/truncated", NULL, test_truncated);
  ADD ("/store/bits", NULL, test_bits);
  for (size_t i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *name = g_strconcat ("/store/hostile/", attacks[i].name, NULL);

      ADD (name, &attacks[i], test_attack);
    }
  ADD ("/store/links", NULL, test_links);
  g_test_add ("/store/records/metrics", Fixture, "metrics", set_up_parts, test_records, tear_down);
  g_test_add ("/store/records/journal", Fixture, "journal", set_up_parts, test_records, tear_down);
  g_test_add ("/store/torn-resume", Fixture, NULL, set_up_parts, test_torn_resume, tear_down);
  g_test_add ("/store/broken-part", Fixture, NULL, set_up_parts, test_broken_part, tear_down);
  ADD ("/store/no-folder", NULL, test_no_folder);
  ADD ("/store/no-permission", NULL, test_no_permission);
  ADD ("/store/bad-names", NULL, test_bad_names);
  ADD ("/store/no-waiting", NULL, test_no_waiting);
  ADD ("/store/failure", NULL, test_failure);
  ADD ("/store/full-disk", NULL, test_full_disk);
  return g_test_run ();
}
