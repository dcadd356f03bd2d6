/* A full disk under HDF5, which loses memory when it cannot write: as long as a run waits for room, it tries again. The
 * address sanitizer sees what is lost. */
#include "config.h"

#include "store-samples.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/store-h5-private.h"
#include "trainer-of.h"

#define DISK (4 << 20)
#define PAGE 4096

typedef struct
{
  char *folder, *path, *ballast;
  gboolean is_small; /* else nothing can be tested */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *size = g_strdup_printf ("size=%d", DISK);

  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "run.h5", NULL);
  f->ballast = g_build_filename (f->folder, "ballast", NULL);
  f->is_small = mount ("none", f->folder, "tmpfs", 0, size) == 0;
  if (!f->is_small)
    g_test_skip ("This user may not mount a small disk.");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->is_small)
    umount2 (f->folder, MNT_DETACH);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->ballast);
}

/* Leaves that many bytes free. */
static void
fill_disk (Fixture *f, int64_t room)
{
  const char page[PAGE] = { 0 };
  int file = open (f->ballast, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int64_t size = 0;

  g_assert_cmpint (file, >=, 0);
  while (write (file, page, sizeof page) == (ssize_t) sizeof page)
    size += PAGE;
  g_assert_cmpint (size, >, room);
  g_assert_cmpint (ftruncate (file, size - room), ==, 0);
  close (file);
}

/* With too little room for what is asked for, and for the head of the file itself. */
static void
test_begun (Fixture *f, gconstpointer data)
{
  for (int64_t room = 0; f->is_small && room < 32 * PAGE; room += PAGE)
    {
      g_autoptr (GError) error = NULL;

      fill_disk (f, room);
      g_assert_cmpint (rheo_h5_create (f->path, 1 << 20, &error), ==, -1);
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
    }
}

/* More than was asked for does not fit, nor does what HDF5 still wants to write as the file is closed. */
static void
test_outgrown (Fixture *f, gconstpointer data)
{
  const int64_t dims[] = { DISK / 4 };
  g_autoptr (RheoTable) table = rheo_table_new ("Large");
  g_autoptr (GError) error = NULL;
  float *numbers = rheo_table_add (table, "noise", "", "", "a", RHEO_F32, dims)->data;
  RheoH5Id file;

  for (int64_t i = 0; i < dims[0]; i++)
    numbers[i] = (float) (((uint64_t) i * 2654435761u) % 1000003u);
  for (int64_t room = 0; f->is_small && room < 16 * PAGE; room += PAGE)
    {
      unlink (f->ballast);
      file = rheo_h5_create (f->path, 1, &error);
      g_assert_no_error (error);
      fill_disk (f, room);
      g_assert_false (rheo_h5_write_table (file, table, TRUE));
      rheo_h5_fail (f->path, &error);
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
      g_clear_error (&error);
      rheo_h5_discard (&file, f->path);
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
    }
}

/* A run that cannot begin leaves nothing beside the place of its file, whatever it was that did not fit. */
static void
test_not_begun (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("robot-clean", "task.n-trials=8 run.batch=4 run.threads=1");
  gboolean begun = !f->is_small;
  int n_failed = 0;

  for (int64_t room = 0; !begun; room += 2 * PAGE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDir) folder = NULL;

      fill_disk (f, room);
      begun = rheo_trainer_create_run (trainer, f->path, &error);
      if (begun)
        break;
      n_failed++;
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
      folder = g_dir_open (f->folder, 0, NULL);
      g_assert_cmpstr (g_dir_read_name (folder), ==, "ballast");
      g_assert_null (g_dir_read_name (folder));
    }
  g_assert_true (rheo_trainer_drop_run (trainer) == f->is_small);
  g_assert_true ((n_failed > 1) == f->is_small);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/full/begun", Fixture, NULL, set_up, test_begun, tear_down);
  g_test_add ("/store/full/outgrown", Fixture, NULL, set_up, test_outgrown, tear_down);
  g_test_add ("/store/full/not-begun", Fixture, NULL, set_up, test_not_begun, tear_down);
  return g_test_run ();
}
