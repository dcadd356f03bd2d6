#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/spike-file.h"

/* Whatever lies at the place of a file of spikes is read or refused with a sentence. The first byte says what the rest is:
 *   0x89  a file, as it is
 *   'T'   a good file that ends after so many bytes (two bytes)
 *   else  changes of a good file: place (two bytes), new byte; and again */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
const char *__lsan_default_suppressions (void);

/* HDF5 loses memory when it cannot open a damaged file. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:libhdf5";
}

static char *path, *good;
static gsize good_size;

static void
remove_file (void)
{
  g_unlink (path);
}

static void
make_good (void)
{
  g_autofree char *from = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "shd", "shd_test.h5", NULL);
  g_autoptr (GError) error = NULL;
  const int fd = g_file_open_tmp ("rheobase-spikes-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_file_get_contents (from, &good, &good_size, &error);
  g_assert_no_error (error);
  atexit (remove_file);
}

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_str_has_suffix (error->message, ".") && g_utf8_validate (error->message, -1, NULL));
}

static void
read_all (void)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, &error);
  int n_classes;

  if (file == NULL)
    {
      check_error (error);
      return;
    }
  n_classes = (int) g_strv_length ((char **) rheo_spike_file_get_classes (file));
  for (int i = 0; i < rheo_spike_file_get_n_trials (file); i++)
    {
      g_autoptr (GError) local = NULL;

      g_assert_cmpint (rheo_spike_file_get_labels (file)[i], <, n_classes);
      if (!rheo_spike_file_read (file, i, times, units, &local))
        {
          check_error (local);
          continue;
        }
      g_assert_cmpuint (times->len, ==, rheo_spike_file_get_n_spikes (file, i));
      g_assert_cmpuint (units->len, ==, times->len);
      for (guint k = 0; k < times->len; k++)
        {
          g_assert_true (g_array_index (times, float, k) >= 0);
          g_assert_cmpuint ((guint) g_array_index (units, int32_t, k), <, RHEO_SPIKE_CHANNELS);
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = NULL;
  gsize n = good_size;

  if (good == NULL)
    make_good ();
  n = good_size;
  bytes = g_memdup2 (good, n);
  if (size > 0 && *data == 0x89)
    {
      g_free (bytes);
      bytes = g_memdup2 (data, n = size);
    }
  else if (size > 2 && *data == 'T')
    n = MIN ((gsize) data[1] << 8 | data[2], n);
  else
    for (size_t k = 1; k + 2 < size; k += 3)
      bytes[((gsize) data[k] << 8 | data[k + 1]) % n] = (char) data[k + 2];
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  read_all ();
  return 0;
}
