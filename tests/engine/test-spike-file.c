/* Files of spikes: what h5py wrote is read as h5py reads it, numbers of any width are, and each way to be wrong has its own
 * sentence. */
#define _GNU_SOURCE /* memmem */

#include "config.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <string.h>

#include "engine/spike-file.h"

#define TRIALS 3
#define MOST 4

static char *folder;

static char *
dup_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* --- what h5py wrote: numbers of tests/data/make-shd.py ---------------------------------------------------------------- */
typedef struct
{
  int trial, n, label, speaker, sum_units, unit_first, unit_last;
  double sum_times, first, last;
} Trial;

typedef struct
{
  const char *name;
  int n_trials, n_spikes, sum_units;
  double sum_times;
  Trial trial[3];
} Known;

static const Known known[] = {
  { "shd_train.h5",
    24,
    1762,
    611261,
    860.395678,
    { { 0, 60, 0, 0, 20801, 0, 130, 40.898504, 0.00208091736, 1.296875 },
      { 3, 81, 1, 3, 25846, 173, 184, 38.318391, 0.00100040436, 0.889648438 },
      { 23, 81, 1, 7, 28698, 541, 464, 33.744130, 0.000618457794, 0.897949219 } } },
  { "shd_test.h5",
    10,
    740,
    255987,
    378.025025,
    { { 0, 60, 0, 4, 19930, 0, 298, 39.040958, 0.0019569397, 1.29882812 },
      { 3, 81, 1, 0, 27637, 639, 291, 35.621618, 0.000968456268, 0.895507812 },
      { 9, 88, 3, 5, 32236, 330, 72, 37.387352, 0.000804424286, 0.893554688 } } },
};

static void
check_trial (const Trial *t, const GArray *times, const GArray *units, const RheoSpikeFile *file)
{
  double sum = 0;
  int of_units = 0;

  g_assert_cmpuint (rheo_spike_file_get_n_spikes (file, t->trial), ==, times->len);
  g_assert_cmpint (rheo_spike_file_get_labels (file)[t->trial], ==, t->label);
  g_assert_cmpint (rheo_spike_file_get_speakers (file)[t->trial], ==, t->speaker);
  g_assert_cmpint (times->len, ==, t->n);
  for (int k = 0; k < t->n; k++)
    {
      sum += (double) g_array_index (times, float, k);
      of_units += g_array_index (units, int32_t, k);
    }
  g_assert_cmpfloat_with_epsilon (sum, t->sum_times, 1e-6);
  g_assert_cmpint (of_units, ==, t->sum_units);
  g_assert_true (g_array_index (times, float, 0) == (float) t->first);
  g_assert_true (g_array_index (times, float, t->n - 1) == (float) t->last);
  g_assert_cmpint (g_array_index (units, int32_t, 0), ==, t->unit_first);
  g_assert_cmpint (g_array_index (units, int32_t, t->n - 1), ==, t->unit_last);
}

static void
test_h5py (void)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  for (guint f = 0; f < G_N_ELEMENTS (known); f++)
    {
      const Known *k = &known[f];
      g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "shd", k->name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, &error);
      int n = 0, of_units = 0;
      double sum = 0;

      g_assert_no_error (error);
      g_assert_cmpint (rheo_spike_file_get_n_trials (file), ==, k->n_trials);
      g_assert_cmpint ((int) g_strv_length ((char **) rheo_spike_file_get_classes (file)), ==, 20);
      g_assert_cmpstr (rheo_spike_file_get_classes (file)[0], ==, "zero");
      g_assert_cmpstr (rheo_spike_file_get_classes (file)[15], ==, "fuenf");
      for (int i = 0; i < k->n_trials; i++)
        {
          rheo_spike_file_read (file, i, times, units, &error);
          g_assert_no_error (error);
          for (int j = 0; j < 3; j++)
            if (k->trial[j].trial == i)
              check_trial (&k->trial[j], times, units, file);
          n += (int) times->len;
          for (guint s = 0; s < times->len; s++)
            {
              sum += (double) g_array_index (times, float, s);
              of_units += g_array_index (units, int32_t, s);
            }
        }
      g_assert_cmpint (n, ==, k->n_spikes);
      g_assert_cmpint (of_units, ==, k->sum_units);
      g_assert_cmpfloat_with_epsilon (sum, k->sum_times, 1e-5);
    }
}

/* --- files of any kind -------------------------------------------------------------------------------------------------- */
typedef struct
{
  hid_t time_type, unit_type, label_type;
  gboolean chunked, packed, variable_names, plain; /* plain: numbers in place of lists */
  const char *without;
  int n_units, n_labels; /* trials of them; 0: as many as there are */
  int fewer;             /* units of the last trial */
  double label;          /* of the last trial */
  const double *time;    /* the same; NULL: the usual ones */
  const int *unit;
  gboolean no_names, no_trials;
} How;

static const double usual_times[MOST] = { 0.25, 0.5, 0.5, 1 };
static const int usual_units[MOST] = { 3, 0, 699, 4 };

static const double *
time_of (const How *how)
{
  return how->time != NULL ? how->time : usual_times;
}

static const int *
unit_of (const How *how)
{
  return how->unit != NULL ? how->unit : usual_units;
}

static int
count_spikes (int trial)
{
  return trial == TRIALS - 1 ? MOST : 2 * trial; /* 0, 2, 4 */
}

static void
put_lists (hid_t group, const char *name, const How *how, gboolean real, int n_trials)
{
  double time[TRIALS][MOST];
  int unit[TRIALS][MOST];
  hvl_t list[TRIALS];
  const hid_t own = real ? how->time_type : how->unit_type;
  const hid_t base = own != 0 ? own : real ? H5T_IEEE_F32LE : H5T_STD_U16LE;
  const hid_t type = H5Tvlen_create (base), memory = H5Tvlen_create (real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT);
  const hsize_t n = (hsize_t) n_trials, chunk = 2;
  const hid_t space = H5Screate_simple (1, &n, NULL), plan = H5Pcreate (H5P_DATASET_CREATE);
  hid_t set;

  for (int i = 0; i < TRIALS; i++)
    {
      for (int k = 0; k < MOST; k++)
        {
          time[i][k] = i == TRIALS - 1 ? time_of (how)[k] : 0.125 * (k + 1);
          unit[i][k] = i == TRIALS - 1 ? unit_of (how)[k] : 10 * i + k;
        }
      list[i] = (hvl_t){ (size_t) (count_spikes (i) - (i == TRIALS - 1 && !real ? how->fewer : 0)),
                         real ? (void *) time[i] : (void *) unit[i] };
    }
  if (how->chunked)
    H5Pset_chunk (plan, 1, &chunk);
  if (how->packed)
    {
      H5Pset_shuffle (plan);
      H5Pset_deflate (plan, 4);
    }
  set = H5Dcreate2 (group, name, how->plain ? base : type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  g_assert_cmpint (set, >=, 0);
  if (n > 0 && !how->plain)
    g_assert_cmpint (H5Dwrite (set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, list), >=, 0);
  H5Dclose (set);
  H5Pclose (plan);
  H5Sclose (space);
  H5Tclose (memory);
  H5Tclose (type);
}

static void
put_names (hid_t group, gboolean variable)
{
  static const char *const lists[] = { "eins", "zw\xc3\xb6lf" };
  const hid_t type = H5Tcopy (H5T_C_S1);
  const hsize_t n = 2;
  const hid_t space = H5Screate_simple (1, &n, NULL);
  hid_t set;

  H5Tset_size (type, variable ? H5T_VARIABLE : 6);
  H5Tset_strpad (type, H5T_STR_NULLPAD);
  set = H5Dcreate2 (group, "keys", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
            variable ? (const void *) lists : (const void *) "eins\0\0zw\xc3\xb6lf");
  H5Dclose (set);
  H5Sclose (space);
  H5Tclose (type);
}

static void
put_labels (hid_t file, const How *how, int n_trials)
{
  const double label[TRIALS + 1] = { 0, 1, how->label, 0 };
  const hsize_t n = (hsize_t) (how->n_labels > 0 ? how->n_labels : n_trials);
  const hid_t space = H5Screate_simple (1, &n, NULL);
  const hid_t set = H5Dcreate2 (file, "labels", how->label_type != 0 ? how->label_type : H5T_STD_I16LE, space,
                                H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  if (how->label_type == 0 || H5Tget_class (how->label_type) == H5T_FLOAT)
    H5Dwrite (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, label);
  H5Dclose (set);
  H5Sclose (space);
}

static char *
make_file (const How *how)
{
  char *path = dup_path ("made.h5");
  const hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t spikes = H5Gcreate2 (file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t extra = H5Gcreate2 (file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const int n = how->no_trials ? 0 : TRIALS;

  g_assert_cmpint (file, >=, 0);
  put_lists (spikes, "times", how, TRUE, n);
  put_lists (spikes, "units", how, FALSE, how->n_units > 0 ? how->n_units : n);
  put_labels (file, how, n);
  if (!how->no_names)
    put_names (extra, how->variable_names);
  if (how->without != NULL)
    g_assert_cmpint (H5Ldelete (file, how->without, H5P_DEFAULT), >=, 0);
  H5Gclose (spikes);
  H5Gclose (extra);
  H5Fclose (file);
  return path;
}

static void
check_usual (const How *how)
{
  g_autofree char *path = make_file (how);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, &error);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  g_assert_no_error (error);
  g_assert_cmpint (rheo_spike_file_get_n_trials (file), ==, TRIALS);
  g_assert_null (rheo_spike_file_get_speakers (file));
  g_assert_cmpstr (rheo_spike_file_get_classes (file)[1], ==, how->no_names ? "1" : "zw\xc3\xb6lf");
  g_assert_null (rheo_spike_file_get_classes (file)[2]);
  for (int i = 0; i < TRIALS; i++)
    {
      rheo_spike_file_read (file, i, times, units, &error);
      g_assert_no_error (error);
      g_assert_cmpint ((int) times->len, ==, count_spikes (i));
      g_assert_cmpint ((int) units->len, ==, count_spikes (i));
      for (int k = 0; k < count_spikes (i); k++)
        {
          const double time = i == TRIALS - 1 ? time_of (how)[k] : 0.125 * (k + 1);

          g_assert_cmpfloat ((double) g_array_index (times, float, k), ==, time);
          g_assert_cmpint (g_array_index (units, int32_t, k), ==, i == TRIALS - 1 ? unit_of (how)[k] : 10 * i + k);
        }
    }
}

/* IEEE half precision, of either order of bytes. */
static hid_t
new_half (hid_t like)
{
  const hid_t half = H5Tcopy (like);

  H5Tset_fields (half, 15, 10, 5, 0, 10);
  H5Tset_size (half, 2);
  H5Tset_ebias (half, 15);
  return half;
}

static void
test_types (void)
{
  const hid_t little = new_half (H5T_IEEE_F32LE), big = new_half (H5T_IEEE_F32BE);
  const hid_t times[] = { little, big, H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE };
  const hid_t units[] = { H5T_STD_I16LE, H5T_STD_U16BE, H5T_STD_I32LE, H5T_STD_U32BE, H5T_STD_I64BE, H5T_STD_U64LE };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    for (int k = 0; k < 3; k++)
      {
        How how = { 0 };

        how.time_type = times[i];
        how.unit_type = units[i];
        how.label_type = i == 1 ? H5T_IEEE_F32LE : 0;
        how.chunked = k > 0;
        how.packed = k > 1;
        how.variable_names = i % 2 == 1;
        how.no_names = i == 4;
        check_usual (&how);
      }
  H5Tclose (little);
  H5Tclose (big);
}

/* --- what is wrong ------------------------------------------------------------------------------------------------------- */

/* The file is refused, or a trial of it, with words that tell which dataset and what. */
static void
check_refused (const char *path, const char *words)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, &error);

  for (int i = 0; error == NULL && i < rheo_spike_file_get_n_trials (file); i++)
    rheo_spike_file_read (file, i, times, units, &error);
  if (error == NULL)
    g_error ("nothing is wrong, where this was awaited: %s", words);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, path));
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say: %s", error->message, words);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
test_wrong (void)
{
  static const double negative[MOST] = { -0.25, 0.5, 0.5, 1 }, descending[MOST] = { 0.25, 0.125, 0.5, 1 },
                      no_number[MOST] = { 0.25, 0.5, NAN, 1 }, endless[MOST] = { 0.25, 0.5, 0.5, INFINITY };
  static const int beyond[MOST] = { 3, 700, 699, 4 };
  static const struct
  {
    How how;
    const char *words;
  } wrong[] = {
    { { .without = "spikes/times" }, "has no dataset “spikes/times”" },
    { { .without = "spikes/units" }, "has no dataset “spikes/units”" },
    { { .without = "labels" }, "has no dataset “labels”" },
    { { .without = "spikes" }, "has no dataset “spikes/times”" },
    { { .plain = TRUE }, "“spikes/times” in" },
    { { .n_units = 2 }, "is for 2 trials, but “spikes/times” for 3" },
    { { .n_labels = 2 }, "is for 2 trials, but “spikes/times” for 3" },
    { { .fewer = 1 }, "has 4 times but 3 units" },
    { { .label = 2 }, "whole numbers from 0 to 1 are allowed" },
    { { .label = -1 }, "whole numbers from 0 to 1 are allowed" },
    { { .label = 1000, .no_names = TRUE }, "whole numbers from 0 to 999 are allowed" },
    { { .time = negative }, "is -0.25 at spike 0 of trial 2" },
    { { .time = descending }, "is 0.125 at spike 1 of trial 2" },
    { { .time = no_number }, "is nan at spike 2 of trial 2" },
    { { .time = endless }, "is inf at spike 3 of trial 2" },
    { { .unit = beyond }, "is 700 at spike 1 of trial 2; 0 to 699 are allowed" },
    { { .no_trials = TRUE }, "has no trials" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = make_file (&wrong[i].how);

      check_refused (path, wrong[i].words);
    }
}

static void
test_wrong_types (void)
{
  static const int below[MOST] = { -1, 0, 100, 4 };
  How how = { 0 };

  for (int k = 0; k < 5; k++)
    {
      static const char *const words[] = { "“spikes/times” in", "“spikes/units” in", "“labels” in",
                                           "whole numbers from 0 to 1 are allowed", "is -1 at spike 0 of trial 2" };
      g_autofree char *path = NULL;

      how = (How){ 0 };
      how.time_type = k == 0 ? H5T_STD_I32LE : 0;
      how.unit_type = k == 1 ? H5T_IEEE_F32LE : k == 4 ? H5T_STD_I8LE : 0;
      how.label_type = k == 2 ? H5T_C_S1 : k == 3 ? H5T_IEEE_F32LE : 0;
      how.label = k == 3 ? 0.5 : 1;
      how.unit = k == 4 ? below : NULL;
      path = make_file (&how);
      check_refused (path, words[k]);
    }
}

static void
save (const char *path, const char *bytes, gsize n)
{
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
}

/* No file, a folder, no HDF5, an end too early anywhere, and a length that no file holds. */
static void
test_damaged (void)
{
  g_autofree char *path = make_file (&(How){ 0 }), *none = dup_path ("none.h5"), *bytes = NULL;
  char *reference;
  gsize n;

  check_refused (none, "does not exist");
  check_refused (folder, "is a folder");
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  save (path, "spikes", 6);
  check_refused (path, "is no HDF5 file");
  save (path, "", 0);
  check_refused (path, "is empty");
  for (gsize end = 64; end < n; end += 512)
    {
      save (path, bytes, end);
      check_refused (path, "ends early");
    }

  /* The reference of the last trial: four numbers, in either dataset; and where it leads. */
  reference = memmem (bytes, n, "GCOL", 4);
  g_assert_nonnull (reference);
  for (char *at = bytes; at + 16 < bytes + n; at++)
    if (memcmp (at, "\4\0\0\0", 4) == 0
        && *(guint64 *) memcpy (&(guint64){ 0 }, at + 4, 8) == (guint64) (reference - bytes))
      {
        memcpy (at, "\xff\xff\xff\x7f", 4);
        save (path, bytes, n);
        check_refused (path, "2147483647 numbers, which is more than the file holds");
        memcpy (at, "\4\1\0\0", 4);
        save (path, bytes, n);
        check_refused (path, "has 260 times but 4 units");
        memcpy (at, "\4\0\0\0", 4);
        at[12]++;
        save (path, bytes, n);
        check_refused (path, "“spikes/");
        at[12]--;
        at[5]++;
        save (path, bytes, n);
        check_refused (path, "is damaged: trial 2 cannot be read");
        return;
      }
  g_assert_not_reached ();
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autofree char *made = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheobase-spikes-XXXXXX", &error);
  g_assert_no_error (error);
  g_test_add_func ("/spike-file/h5py", test_h5py);
  g_test_add_func ("/spike-file/types", test_types);
  g_test_add_func ("/spike-file/wrong", test_wrong);
  g_test_add_func ("/spike-file/wrong-types", test_wrong_types);
  g_test_add_func ("/spike-file/damaged", test_damaged);
  result = g_test_run ();
  made = dup_path ("made.h5");
  g_unlink (made);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
