#include "config.h"

#include "store-samples.h"

#include <glib/gstdio.h>
#include <hdf5.h>

#include "engine/store-h5-private.h"

typedef struct
{
  char *folder, *path;
} Fixture;

/* HDF5 loses memory when it cannot open a damaged file. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libhdf5";
}

/* A finished run at f->path. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "run.h5", NULL);
  rheo_store_close (start_sample (f->path), "budget", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

/* Wherever a file ends, what is saved of it is a run that can be read to its end, with the numbers that it had. */
static void
test_salvage (Fixture *f, gconstpointer data)
{
  g_autofree char *whole = NULL;
  g_autofree char *torn = g_build_filename (f->folder, "torn.h5", NULL);
  g_autofree char *saved = g_build_filename (f->folder, "saved.h5", NULL);
  int most = 0, n_saved = 0, n_partly = 0;
  gsize size;

  g_file_get_contents (f->path, &whole, &size, NULL);
  for (gsize n = size; n > 4096; n -= MIN (n, size / 40))
    {
      RheoSalvage looked, found;
      gboolean ok;

      g_assert_true (g_file_set_contents (torn, whole, (gssize) n, NULL));
      ok = rheo_run_salvage (torn, NULL, &looked, NULL);
      g_assert_true (rheo_run_salvage (torn, saved, &found, NULL) == ok);
      if (!ok)
        continue;
      g_assert_cmpint (looked.size, ==, (int64_t) n);
      g_assert_cmpint (looked.whole, ==, (int64_t) size);
      g_assert_cmpmem (&looked, sizeof looked, &found, sizeof found);
      most = MAX (most, found.n_whole);
      n_saved++;
      n_partly += found.n_damaged > 0;
      assert_whole (saved);
      {
        g_autoptr (RheoRun) run = rheo_run_open (saved, NULL);
        const int64_t *epochs;
        const RheoPlace *places;
        int n_epochs, n_places;

        g_assert_cmpint (rheo_run_get_state (run), ==, n < size ? RHEO_RUN_INTERRUPTED : RHEO_RUN_FINISHED);
        epochs = rheo_run_get_epochs (run, &n_epochs);
        for (int i = 0; i < n_epochs; i++)
          {
            g_autoptr (RheoTable) made = make_table ((int) epochs[i]);
            g_autoptr (RheoTable) table = rheo_run_read_epoch (run, epochs[i], NULL, NULL);

            assert_tables_equal (made, table);
          }
        places = rheo_run_get_checkpoints (run, &n_places);
        for (int i = 0; i < n_places; i++)
          {
            g_autoptr (RheoTable) made = make_table ((int) places[i].iteration);
            g_autoptr (RheoTable) table = rheo_run_read_checkpoint (run, places[i], NULL);

            assert_tables_equal (made, table);
          }
        g_assert_cmpint (found.checkpoint, ==, n_places > 0 ? places[n_places - 1].iteration : -1);
      }
      /* Never over what is there already. */
      g_assert_false (rheo_run_salvage (torn, saved, &found, NULL));
      g_remove (saved);
      {
        g_autofree char *after = NULL;
        gsize after_size;

        g_file_get_contents (torn, &after, &after_size, NULL);
        g_assert_cmpmem (whole, n, after, after_size);
      }
    }
  g_assert_cmpint (most, ==, 2 * N_LAST + 2);
  g_assert_cmpint (n_saved, >, 10);
  g_assert_cmpint (n_partly, >, 5);
}

static void
test_salvage_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other.h5", NULL);
  g_autofree char *saved = g_build_filename (f->folder, "saved.h5", NULL);
  g_autoptr (GError) error = NULL;
  RheoSalvage found;

  g_file_set_contents (other, "a,b\n1,2\n", -1, NULL);
  g_assert_false (rheo_run_salvage (other, saved, &found, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FOREIGN);
  g_assert_false (g_file_test (saved, G_FILE_TEST_EXISTS));
}

static void
set_format (const char *path, int64_t format, int64_t readable)
{
  hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);

  H5Adelete (file, "format-version");
  g_assert_true (rheo_h5_set_int (file, "format-version", format));
  if (H5Aexists (file, "format-readable") > 0)
    H5Adelete (file, "format-readable");
  g_assert_true (readable == 0 || rheo_h5_set_int (file, "format-readable", readable));
  H5Fclose (file);
}

/* A newer file is copied into one of this format where it says that this can be done; else it is refused. */
static void
test_salvage_newer (Fixture *f, gconstpointer data)
{
  g_autofree char *saved = g_build_filename (f->folder, "saved.h5", NULL), *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  RheoSalvage found;
  gsize n_before, n_after;

  set_format (f->path, 3, 0);
  g_assert_false (rheo_run_salvage (f->path, saved, &found, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  set_format (f->path, 3, 2);
  g_assert_false (rheo_run_salvage (f->path, saved, &found, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  set_format (f->path, 3, 1);
  g_assert_null (rheo_run_open (f->path, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_file_get_contents (f->path, &before, &n_before, NULL);
  g_assert_true (rheo_run_salvage (f->path, saved, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpint (found.n_damaged, ==, 0);
  assert_whole (saved);
  g_file_get_contents (f->path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/salvage/torn", Fixture, NULL, set_up, test_salvage, tear_down);
  g_test_add ("/store/salvage/nothing", Fixture, NULL, set_up, test_salvage_nothing, tear_down);
  g_test_add ("/store/salvage/newer", Fixture, NULL, set_up, test_salvage_newer, tear_down);
  return g_test_run ();
}
