/* Files of spikes as they are written: read again they have the same trials, and what was not finished leaves nothing. How
 * the files are laid out is looked at by the tests of the command make-data. */
#include "config.h"

#include "store-folder.h"

#include <math.h>
#include <string.h>
#include <sys/mount.h>

#include "engine/digits.h"
#include "engine/half.h"
#include "engine/spike-file.h"

static const char *const classes[] = { "yes", "fünf", "no", NULL };
static const RheoSpikeSpeaker speakers[] = { { "f", 33, 170.5 }, { "m", 47, 181 } };

static int
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static RheoSpikeWriter *
begin (const Fixture *f)
{
  g_autoptr (GError) error = NULL;
  RheoSpikeWriter *writer = rheo_spike_writer_new (f->path, 700, classes, speakers, G_N_ELEMENTS (speakers), &error);

  g_assert_no_error (error);
  return writer;
}

/* Trials of any length, one of none; times between two numbers of half precision. */
static void
test_round_trip (Fixture *f, gconstpointer data)
{
  static const float times[] = { 0, 1e-5f, 0.25012f, 0.25012f, 0.7777f, 1.3f };
  static const int32_t units[] = { 699, 0, 3, 3, 512, 17 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) file = NULL;
  g_autoptr (RheoSpikeWriter) writer = begin (f);
  g_autoptr (GArray) t = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) u = g_array_new (FALSE, FALSE, sizeof (int32_t));

  for (int i = 0; i < 300; i++)
    {
      rheo_spike_writer_add (writer, i % 7, times, units, i % 3, i % 2, &error);
      g_assert_no_error (error);
    }
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  rheo_spike_writer_finish (writer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_files (f->folder), ==, 1);

  file = rheo_spike_file_open (f->path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_spike_file_get_n_trials (file), ==, 300);
  g_assert_cmpstrv (rheo_spike_file_get_classes (file), classes);
  for (int i = 0; i < 300; i++)
    {
      rheo_spike_file_read (file, i, t, u, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_spike_file_get_labels (file)[i], ==, i % 3);
      g_assert_cmpint (rheo_spike_file_get_speakers (file)[i], ==, i % 2);
      g_assert_cmpuint (t->len, ==, i % 7);
      for (int k = 0; k < i % 7; k++)
        g_assert_true (g_array_index (t, float, k) == rheo_half_round (times[k]));
      g_assert_cmpmem (u->data, u->len * sizeof (int32_t), units, (size_t) (i % 7) * sizeof (int32_t));
    }
}

/* What was there stays until a new file is whole. */
static void
test_unfinished (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  RheoSpikeWriter *writer;

  g_file_set_contents (f->path, "mine", -1, &error);
  g_assert_no_error (error);
  writer = begin (f);
  g_assert_true (rheo_spike_writer_add (writer, 1, &(float){ 0.5f }, &(int32_t){ 5 }, 0, 0, NULL));
  rheo_spike_writer_free (writer);
  g_file_get_contents (f->path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpint (count_files (f->folder), ==, 1);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  static const struct
  {
    float times[2];
    int32_t units[2];
    int label, speaker;
    const char *message;
  } wrong[] = {
    { { 0, 1 }, { 0, 700 }, 0, 0, "Trial 1 has the unit 700; allowed are 0 to 699." },
    { { 0, 1 }, { -1, 0 }, 0, 0, "Trial 1 has the unit -1; allowed are 0 to 699." },
    { { 0.5f, 0.25f },
      { 0, 0 },
      0,
      0,
      "Trial 1 has a spike at 0.25 s; allowed are times from 0 to 65504 s in ascending order." },
    { { NAN, 1 },
      { 0, 0 },
      0,
      0,
      "Trial 1 has a spike at nan s; allowed are times from 0 to 65504 s in ascending order." },
    { { 0, 65520 },
      { 0, 0 },
      0,
      0,
      "Trial 1 has a spike at 65520 s; allowed are times from 0 to 65504 s in ascending order." },
    { { 0, 1 }, { 0, 0 }, 3, 0, "Trial 1 has the label 3; allowed are 0 to 2." },
    { { 0, 1 }, { 0, 0 }, 0, 2, "Trial 1 has the speaker 2; allowed are 0 to 1." },
  };
  g_autoptr (RheoSpikeWriter) writer = begin (f), lost = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (
          rheo_spike_writer_add (writer, 2, wrong[i].times, wrong[i].units, wrong[i].label, wrong[i].speaker, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, wrong[i].message);
      g_clear_error (&error);
    }
  g_assert_false (rheo_spike_writer_add (writer, -1, NULL, NULL, 0, 0, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  lost = rheo_spike_writer_new ("/no/such/folder/spikes.h5", 700, classes, speakers, 2, &error);
  g_assert_null (lost);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
}

static void
unmount (Fixture *f, gconstpointer data)
{
  umount2 (f->folder, MNT_DETACH);
  tear_down (f, data);
}

/* On a disk of 8 MB the room ends under a growing file. */
static void
test_full (Fixture *f, gconstpointer data)
{
  g_autofree float *times = g_new0 (float, 20000);
  g_autofree int32_t *units = g_new0 (int32_t, 20000);
  g_autoptr (GError) error = NULL;
  RheoSpikeWriter *writer;
  int n = 0;

  if (mount ("none", f->folder, "tmpfs", 0, "size=8M") != 0)
    {
      g_test_skip ("This user may not mount a small disk.");
      return;
    }
  writer = begin (f);
  while (n < 1000 && rheo_spike_writer_add (writer, 20000, times, units, 0, 0, &error))
    n++;
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  g_assert_cmpint (n, >=, 10);
  rheo_spike_writer_free (writer);
  g_assert_cmpint (count_files (f->folder), ==, 0);
}

/* The room ends as both files are finished, or does not: both are there, or none. */
static void
test_pair_full (Fixture *f, gconstpointer data)
{
  g_autofree float *times = g_new0 (float, 500);
  g_autofree int32_t *units = g_new0 (int32_t, 500);
  int n_failed = 0, n_done = 0;

  if (mount ("none", f->folder, "tmpfs", 0, "size=10M") != 0)
    {
      g_test_skip ("This user may not mount a small disk.");
      return;
    }
  /* What is reserved holds some 375 short trials, and their labels only as long as the last one is short. */
  for (int n_spikes = 0; n_spikes < 500; n_spikes += 40)
    {
      g_autofree char *ballast = g_build_filename (f->folder, "ballast", NULL);
      g_autofree char *page = g_malloc0 (4096);
      g_autoptr (GError) error = NULL;
      RheoSpikeWriter *writers[2];
      FILE *file;

      g_assert_true (
          rheo_spike_writers_new (f->folder, TRUE, 700, classes, speakers, G_N_ELEMENTS (speakers), writers, &error));
      rheo_spike_writer_add (writers[0], 1, times, units, 0, 0, &error);
      for (int i = 0; i < 375 && error == NULL; i++)
        rheo_spike_writer_add (writers[1], i < 374 ? 0 : n_spikes, times, units, 0, 0, &error);
      file = fopen (ballast, "w");
      while (fwrite (page, 1, 4096, file) == 4096)
        ;
      fclose (file);
      if (error == NULL && rheo_spike_writers_finish (writers, &error))
        n_done++;
      else
        n_failed++;
      g_assert_true (error == NULL || g_error_matches (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE));
      rheo_spike_writers_clear (writers);
      remove (ballast);
      g_assert_cmpint (count_files (f->folder), ==, error == NULL ? 2 : 0);
      for (int i = 0; i < 2 && error == NULL; i++)
        {
          g_autofree char *path = g_build_filename (f->folder, i == 0 ? "shd_train.h5" : "shd_test.h5", NULL);

          remove (path);
        }
    }
  g_assert_cmpint (n_done, >, 0);
  g_assert_cmpint (n_failed, >, 0);
}

/* --- made-up digits as files -------------------------------------------------------------------------------------- */

static void
check_file (const RheoDigitsConfig *config, const char *folder, RheoSet set)
{
  g_autofree char *path = g_build_filename (folder, set == RHEO_SET_TRAIN ? "shd_train.h5" : "shd_test.h5", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoDigits) digits = rheo_digits_new (config);
  g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, &error);
  g_autoptr (GArray) t = g_array_new (FALSE, FALSE, sizeof (float)), t2 = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) u = g_array_new (FALSE, FALSE, sizeof (int32_t)),
                     u2 = g_array_new (FALSE, FALSE, sizeof (int32_t));
  const int n = set == RHEO_SET_TRAIN ? config->n_train : config->n_test;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_spike_file_get_n_trials (file), ==, n);
  g_assert_cmpstrv (rheo_spike_file_get_classes (file), rheo_digits_get_classes ());
  for (int i = 0; i < n; i++)
    {
      int label, speaker;

      rheo_digits_trial (digits, set, i, t, u, &label, &speaker);
      rheo_spike_file_read (file, i, t2, u2, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rheo_spike_file_get_labels (file)[i], ==, label);
      g_assert_cmpint (rheo_spike_file_get_speakers (file)[i], ==, speaker);
      g_assert_cmpmem (t->data, t->len * sizeof (float), t2->data, t2->len * sizeof (float));
      g_assert_cmpmem (u->data, u->len * sizeof (int32_t), u2->data, u2->len * sizeof (int32_t));
    }
}

static void
note_progress (void *data, double fraction)
{
  double *last = data;

  g_assert_cmpfloat (fraction, >, *last);
  *last = fraction;
}

static void
test_digits (Fixture *f, gconstpointer data)
{
  const RheoDigitsConfig config = { 30, 10, 5, 0.3 };
  g_autofree char *folder = g_build_filename (f->folder, "a", "b", NULL);
  g_autoptr (GError) error = NULL;
  double last = 0;

  rheo_digits_write (&config, folder, FALSE, note_progress, &last, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (last, ==, 1);
  check_file (&config, folder, RHEO_SET_TRAIN);
  check_file (&config, folder, RHEO_SET_TEST);
  g_assert_cmpint (count_files (folder), ==, 2);
  g_assert_false (rheo_digits_write (&config, folder, FALSE, NULL, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_clear_error (&error);
  rheo_digits_write (&config, folder, TRUE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
cancel_at_half (void *data, double fraction)
{
  if (fraction >= 0.5)
    atomic_store ((atomic_bool *) data, true);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  const RheoDigitsConfig config = { 5, 15, 1, 0.5 };
  g_autoptr (GError) error = NULL;
  atomic_bool cancelled = false;

  g_assert_false (rheo_digits_write (&config, f->folder, FALSE, cancel_at_half, &cancelled, &cancelled, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_assert_cmpint (count_files (f->folder), ==, 0);
}

static void
test_config (Fixture *f, gconstpointer data)
{
  static const RheoDigitsConfig wrong[] = { { 0, 1, 1, 0 },    { 1, 0, 1, 0 },   { 100001, 1, 1, 0 },
                                            { 1, 1, 1, -0.1 }, { 1, 1, 1, 1.1 }, { 1, 1, 1, NAN } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_digits_write (&wrong[i], f->folder, FALSE, NULL, NULL, NULL, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
    }
  g_assert_cmpint (count_files (f->folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/spike-file-write/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/spike-file-write/unfinished", Fixture, NULL, set_up, test_unfinished, tear_down);
  g_test_add ("/spike-file-write/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/spike-file-write/full", Fixture, NULL, set_up, test_full, unmount);
  g_test_add ("/spike-file-write/pair-full", Fixture, NULL, set_up, test_pair_full, unmount);
  g_test_add ("/spike-file-write/digits", Fixture, NULL, set_up, test_digits, tear_down);
  g_test_add ("/spike-file-write/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/spike-file-write/config", Fixture, NULL, set_up, test_config, tear_down);
  return g_test_run ();
}
