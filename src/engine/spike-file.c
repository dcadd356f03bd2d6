#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "store-h5-private.h"

/* A list of any length is a reference of 16 bytes to an object in a heap of the file: number of elements, address of the
 * heap, index of the object. HDF5 copies an object without looking whether it is as long as the reference says, so
 * objects are found and read here, and HDF5 has the types of the numbers. That also leaves its lock alone while the disk is
 * read.
 *
 * A heap: "GCOL", version 1, three bytes, size (8 bytes); objects, each with index (2), uses (2), four bytes, size (8) and
 * content, filled up to a multiple of 8. Index 0 is what is left. */

#define REFERENCE 16
#define HEAD 16                    /* bytes before the objects of a heap, and before the content of an object */
#define MAX_TRIALS 10000000        /* of a file */
#define MAX_CLASSES 1000           /* without names */
#define MAX_NUMBER 1000000         /* of a speaker */
#define MAX_NAME 4096              /* bytes of the name of a class */
#define MAX_WIDTH sizeof (int64_t) /* bytes of a number */
#define N_PAIRS 65536              /* pairs of bytes */

#define TIMES "spikes/times"
#define UNITS "spikes/units"
#define LABELS "labels"
#define SPEAKERS "extra/speaker"
#define KEYS "extra/keys"

typedef struct
{
  uint32_t n, index;
  uint64_t heap;
} Reference;

/* A dataset of lists. */
typedef struct
{
  const char *name;
  RheoH5Id type; /* of the numbers, as they are in the file */
  size_t width;  /* bytes of one */
  void *meaning; /* [65536], float or int32_t: what each number of two bytes is; NULL: numbers are longer or shorter */
  Reference *of; /* [n] */
  int64_t n;
} Lists;

struct RheoSpikeFile
{
  char *path;
  int fd;
  int64_t size; /* bytes */
  Lists times, units;
  int32_t *label, *speaker;
  char **classes;
};

/* --- bytes of the file --------------------------------------------------------------------------------------------- */
static gboolean
read_bytes (const RheoSpikeFile *file, uint64_t at, void *to, size_t n)
{
  size_t done = 0;

  if (n == 0)
    return TRUE;
  if (at > (uint64_t) file->size || n > (uint64_t) file->size - at)
    return FALSE;
  while (done < n)
    {
      const ssize_t got = pread (file->fd, (char *) to + done, n - done, (off_t) (at + done));

      if (got == 0 || (got < 0 && errno != EINTR))
        return FALSE;
      done += got > 0 ? (size_t) got : 0;
    }
  return TRUE;
}

static uint64_t
number_at (const uint8_t *bytes, int n)
{
  uint64_t v = 0;

  for (int i = n - 1; i >= 0; i--)
    v = v << 8 | bytes[i];
  return v;
}

/* Where the content of an object lies that holds at least n bytes. */
static gboolean
find_object (const RheoSpikeFile *file, const Reference *reference, size_t n, uint64_t *at)
{
  uint8_t head[HEAD];
  uint64_t end;

  *at = reference->heap;
  if (n == 0)
    return TRUE;
  if (!read_bytes (file, *at, head, HEAD) || memcmp (head, "GCOL\1", 5) != 0
      || number_at (head + 8, 8) > (uint64_t) file->size - *at)
    return FALSE;
  end = *at + number_at (head + 8, 8);
  *at += HEAD;
  while (*at < end && end - *at > HEAD && read_bytes (file, *at, head, HEAD))
    {
      const uint64_t index = number_at (head, 2), size = number_at (head + 8, 8);

      *at += HEAD;
      if (index == 0 || size > end - *at)
        return FALSE;
      if (index == reference->index)
        return size >= n;
      *at += (size + 7) / 8 * 8;
    }
  return FALSE;
}

/* --- lists --------------------------------------------------------------------------------------------------------- */
static gboolean
fail_unreadable (const RheoSpikeFile *file, const char *name, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s cannot be read."), file->path, name);
}

static hid_t
open_set (hid_t h5, const char *name)
{
  const char *slash = strchr (name, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : g_strdup ("");
  g_auto (RheoH5Id) group = rheo_h5_open_group (h5, folder);

  return group >= 0 ? rheo_h5_open_child (group, slash != NULL ? slash + 1 : name, H5I_DATASET) : -1;
}

static gboolean
fail_missing (const RheoSpikeFile *file, const char *name, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FOREIGN,
                    _ ("%1$s has no dataset “%2$s”; a file of spikes has “%3$s”, “%4$s” and “%5$s”."), file->path, name,
                    TIMES, UNITS, LABELS);
}

/* Numbers of a set of one dimension, or -1. */
static int64_t
count (hid_t set)
{
  g_auto (RheoH5Id) space = H5Dget_space (set);
  hsize_t n;

  if (H5Sget_simple_extent_type (space) != H5S_SIMPLE || H5Sget_simple_extent_ndims (space) != 1)
    return -1;
  H5Sget_simple_extent_dims (space, &n, NULL);
  return n <= MAX_TRIALS ? (int64_t) n : -1;
}

/* The references of n lists as bytes, or NULL. */
static uint8_t *
read_references (const RheoSpikeFile *file, hid_t h5, hid_t set, int64_t n)
{
  g_auto (RheoH5Id) creation = H5Fget_create_plist (h5);
  g_auto (RheoH5Id) plan = H5Dget_create_plist (set);
  const H5D_layout_t layout = H5Pget_layout (plan);
  g_autofree uint8_t *bytes = NULL;
  size_t of_address = 0, of_size = 0;
  hsize_t before = 1;
  gboolean ok = FALSE;

  H5Pget_sizes (creation, &of_address, &of_size);
  H5Pget_userblock (creation, &before);
  if (of_address != 8 || of_size != 8 || before != 0 || !rheo_h5_is_safe (set, REFERENCE, 1)
      || (layout == H5D_CONTIGUOUS && H5Dget_storage_size (set) != (hsize_t) n * REFERENCE))
    return NULL;
  bytes = g_try_malloc0 ((size_t) MAX (n, 1) * REFERENCE);
  if (bytes == NULL || n == 0)
    return g_steal_pointer (&bytes);
  if (layout == H5D_CONTIGUOUS)
    ok = read_bytes (file, H5Dget_offset (set), bytes, (size_t) n * REFERENCE);
  else if (layout == H5D_CHUNKED)
    ok = rheo_h5_read_bytes (set, REFERENCE, &n, 1, bytes);
  return ok ? g_steal_pointer (&bytes) : NULL;
}

/* Lists of numbers of a class, of `width` bytes each; nothing of them is read yet but their lengths. */
static gboolean
open_lists (const RheoSpikeFile *file, hid_t h5, hid_t set, const char *name, size_t width, Lists *lists,
            GError **error)
{
  g_autofree uint8_t *bytes = NULL;

  lists->name = name;
  lists->width = width;
  lists->n = count (set);
  if (lists->n < 0 || (bytes = read_references (file, h5, set, lists->n)) == NULL)
    return fail_unreadable (file, name, error);
  lists->of = g_new (Reference, lists->n);
  for (int64_t i = 0; i < lists->n; i++)
    {
      const uint8_t *at = bytes + i * REFERENCE;
      Reference *reference = &lists->of[i];

      *reference =
          (Reference){ (uint32_t) number_at (at, 4), (uint32_t) number_at (at + 12, 4), number_at (at + 4, 8) };
      if (reference->n > (uint64_t) file->size / width || reference->n > G_MAXINT / 2)
        return rheo_fail (
            error, RHEO_ERROR_FORMAT,
            _ ("“%2$s” in %1$s says that trial %3$d has %4$u numbers, which is more than the file holds."), file->path,
            name, (int) i, reference->n);
    }
  return TRUE;
}

/* n numbers as they are in the file become float or int32_t, in a buffer that has room for both. */
static gboolean
convert (const Lists *lists, void *data, size_t n)
{
  RHEO_H5_SCOPE;
  const hid_t to = H5Tget_class (lists->type) == H5T_FLOAT ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32;

  return n == 0 || H5Tconvert (lists->type, to, n, data, NULL, H5P_DEFAULT) >= 0;
}

/* HDF5 takes most of the time of a trial for numbers of half precision, so all of them are converted once. */
static gboolean
find_meaning (Lists *lists)
{
  uint16_t *pairs;

  if (lists->width != 2)
    return TRUE;
  lists->meaning = g_malloc (4 * N_PAIRS);
  pairs = lists->meaning;
  for (int k = 0; k < N_PAIRS; k++)
    pairs[k] = (uint16_t) k;
  return convert (lists, lists->meaning, N_PAIRS);
}

static gboolean
open_spikes (const RheoSpikeFile *file, hid_t h5, const char *name, gboolean real, Lists *lists, GError **error)
{
  const H5T_class_t wanted = real ? H5T_FLOAT : H5T_INTEGER;
  g_auto (RheoH5Id) set = open_set (h5, name);
  g_auto (RheoH5Id) type = -1;

  if (set < 0)
    return fail_missing (file, name, error);
  type = H5Dget_type (set);
  if (H5Tget_class (type) == H5T_VLEN)
    lists->type = H5Tget_super (type);
  if (lists->type < 0 || H5Tget_class (lists->type) != wanted || H5Tget_size (lists->type) > MAX_WIDTH)
    return rheo_fail (error, RHEO_ERROR_FORMAT,
                      real ? _ ("“%2$s” in %1$s must have a list of real numbers for each trial.")
                           : _ ("“%2$s” in %1$s must have a list of whole numbers for each trial."),
                      file->path, name);
  return open_lists (file, h5, set, name, H5Tget_size (lists->type), lists, error)
         && (find_meaning (lists) || fail_unreadable (file, name, error));
}

static void
clear_lists (Lists *lists)
{
  g_free (lists->meaning);
  rheo_h5_close (lists->type);
  g_free (lists->of);
}

/* --- labels, speakers, classes -------------------------------------------------------------------------------------- */
static gboolean
fail_count (const RheoSpikeFile *file, const char *name, int64_t n, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT,
                    _ ("“%2$s” in %1$s is for %3$" PRId64 " trials, but “%4$s” for %5$" PRId64 "."), file->path, name,
                    n, TIMES, file->times.n);
}

/* A whole number below n for each trial. Yours; *numbers NULL: there are none. */
static gboolean
take_numbers (const RheoSpikeFile *file, const RheoTable *table, const char *name, int n, int32_t **numbers,
              GError **error)
{
  const RheoColumn *column = rheo_table_find (table, name);

  if (column == NULL)
    return TRUE;
  if (column->n_dims != 1 || column->dims[0] != file->times.n)
    return fail_count (file, name, rheo_column_get_length (column), error);
  *numbers = g_new (int32_t, MAX (file->times.n, 1));
  for (int64_t i = 0; i < file->times.n; i++)
    {
      const double v = rheo_column_get_number (column, i);

      if (!(v >= 0 && v < n && v == floor (v)))
        return rheo_fail (error, RHEO_ERROR_FORMAT,
                          _ ("“%2$s” in %1$s is %3$g at trial %4$d; whole numbers from 0 to %5$d are allowed."),
                          file->path, name, v, (int) i, n - 1);
      (*numbers)[i] = (int32_t) v;
    }
  return TRUE;
}

/* Texts of one size, or lists of characters. FALSE: they cannot be read. */
static gboolean
read_texts (const RheoSpikeFile *file, hid_t h5, hid_t set, int64_t n, GPtrArray *names)
{
  g_auto (RheoH5Id) type = H5Dget_type (set);
  const gboolean lists = H5Tis_variable_str (type) > 0;
  const size_t size = lists ? MAX_NAME : H5Tget_size (type);
  g_autofree uint8_t *bytes = NULL;
  g_autofree char *text = g_malloc0 (size + 1);
  uint64_t from;

  if (lists)
    bytes = read_references (file, h5, set, n);
  else if (rheo_h5_is_safe (set, size, 1) && (bytes = g_try_malloc0 (MAX ((size_t) n, 1) * size)) != NULL
           && H5Dread (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
    g_clear_pointer (&bytes, g_free);
  for (int64_t i = 0; i < n && bytes != NULL; i++)
    {
      const uint8_t *at = bytes + i * (int64_t) (lists ? REFERENCE : size);
      const Reference reference = { 0, (uint32_t) number_at (lists ? at + 12 : at, lists ? 4 : 0),
                                    number_at (lists ? at + 4 : at, lists ? 8 : 0) };
      const size_t length = lists ? (size_t) number_at (at, 4) : size;

      memset (text, 0, size + 1);
      if (!lists)
        memcpy (text, at, length);
      else if (length > MAX_NAME || !find_object (file, &reference, length, &from)
               || !read_bytes (file, from, text, length))
        return FALSE;
      g_ptr_array_add (names, rheo_h5_valid_text (g_strchomp (g_strdup (text))));
    }
  return bytes != NULL;
}

static gboolean
read_names (const RheoSpikeFile *file, hid_t h5, GPtrArray *names, GError **error)
{
  g_auto (RheoH5Id) set = open_set (h5, KEYS);
  g_auto (RheoH5Id) type = -1;
  int64_t n;

  if (set < 0)
    return TRUE;
  type = H5Dget_type (set);
  n = count (set);
  if (H5Tget_class (type) != H5T_STRING || n < 1 || n > MAX_CLASSES
      || (H5Tis_variable_str (type) <= 0 && H5Tget_size (type) > MAX_NAME))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s must have the names of 1 to %3$d classes."),
                      file->path, KEYS, MAX_CLASSES);
  return read_texts (file, h5, set, n, names) || fail_unreadable (file, KEYS, error);
}

static gboolean
read_labels (RheoSpikeFile *file, hid_t h5, GError **error)
{
  static const char *const wanted[] = { LABELS, SPEAKERS, NULL };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RheoTable) table = rheo_table_new ("");
  int n_classes = 1;

  if (!read_names (file, h5, names, error) || !rheo_h5_read_arrays (file->path, wanted, table, error))
    return FALSE;
  if (rheo_table_find (table, LABELS) == NULL)
    return fail_missing (file, LABELS, error);
  if (!take_numbers (file, table, LABELS, names->len > 0 ? (int) names->len : MAX_CLASSES, &file->label, error)
      || !take_numbers (file, table, SPEAKERS, MAX_NUMBER, &file->speaker, error))
    return FALSE;
  for (int64_t i = 0; i < file->times.n; i++)
    n_classes = MAX (n_classes, file->label[i] + 1);
  for (int k = (int) names->len; k < n_classes; k++)
    g_ptr_array_add (names, g_strdup_printf ("%d", k));
  g_ptr_array_add (names, NULL);
  file->classes = (char **) g_ptr_array_steal (names, NULL);
  return TRUE;
}

/* --- public --------------------------------------------------------------------------------------------------------- */
void
rheo_spike_file_close (RheoSpikeFile *file)
{
  if (file == NULL)
    return;
  clear_lists (&file->times);
  clear_lists (&file->units);
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->label);
  g_free (file->speaker);
  g_strfreev (file->classes);
  g_free (file->path);
  g_free (file);
}

static gboolean
open_all (RheoSpikeFile *file, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) h5 = -1;
  g_autoptr (GError) local = NULL;
  struct stat facts;

  h5 = rheo_h5_open (file->path, &local);
  if (h5 < 0 && g_error_matches (local, RHEO_ERROR, RHEO_ERROR_FOREIGN))
    return rheo_fail (error, RHEO_ERROR_FOREIGN, _ ("%s is no HDF5 file."), file->path);
  if (h5 < 0)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  file->fd = open (file->path, O_RDONLY | O_CLOEXEC);
  if (file->fd < 0 || fstat (file->fd, &facts) < 0)
    return rheo_fail_system (file->path, errno, FALSE, error);
  file->size = facts.st_size;
  if (!open_spikes (file, h5, TIMES, TRUE, &file->times, error)
      || !open_spikes (file, h5, UNITS, FALSE, &file->units, error))
    return FALSE;
  if (file->units.n != file->times.n)
    return fail_count (file, UNITS, file->units.n, error);
  if (file->times.n == 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has no trials."), file->path);
  for (int64_t i = 0; i < file->times.n; i++)
    if (file->times.of[i].n != file->units.of[i].n)
      return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("Trial %2$d of %1$s has %3$u times but %4$u units."), file->path,
                        (int) i, file->times.of[i].n, file->units.of[i].n);
  return read_labels (file, h5, error);
}

RheoSpikeFile *
rheo_spike_file_open (const char *path, GError **error)
{
  RheoSpikeFile *file = g_new0 (RheoSpikeFile, 1);

  file->path = g_strdup (path);
  file->fd = -1;
  file->times.type = file->units.type = -1;
  if (open_all (file, error))
    return file;
  rheo_spike_file_close (file);
  return NULL;
}

int
rheo_spike_file_get_n_trials (const RheoSpikeFile *file)
{
  return (int) file->times.n;
}

const char *const *
rheo_spike_file_get_classes (const RheoSpikeFile *file)
{
  return (const char *const *) file->classes;
}

const int32_t *
rheo_spike_file_get_labels (const RheoSpikeFile *file)
{
  return file->label;
}

const int32_t *
rheo_spike_file_get_speakers (const RheoSpikeFile *file)
{
  return file->speaker;
}

uint32_t
rheo_spike_file_get_n_spikes (const RheoSpikeFile *file, int trial)
{
  return file->times.of[trial].n;
}

/* The list of a trial as numbers of 4 bytes, in an array that has room for them as they are in the file. */
static gboolean
read_list (const RheoSpikeFile *file, const Lists *lists, int trial, GArray *out, GError **error)
{
  const Reference *reference = &lists->of[trial];
  const size_t n = reference->n, bytes = n * lists->width;
  /* Numbers of two bytes begin in the middle, so that each is read before its place is written. */
  const size_t first = lists->meaning != NULL ? bytes : 0;
  uint64_t at;
  gboolean found = find_object (file, reference, bytes, &at);

  if (found)
    {
      g_array_set_size (out, (guint) (n * MAX (lists->width, 4) / 4));
      found = read_bytes (file, at, out->data + first, bytes);
    }
  if (!found)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("“%2$s” in %1$s is damaged: trial %3$d cannot be read."), file->path,
                      lists->name, trial);
  for (size_t k = 0; k < n && lists->meaning != NULL; k++)
    {
      uint16_t pair;

      memcpy (&pair, out->data + first + 2 * k, 2);
      memcpy (out->data + 4 * k, (const char *) lists->meaning + 4 * (size_t) pair, 4);
    }
  if (lists->meaning == NULL && !convert (lists, out->data, n))
    return fail_unreadable (file, lists->name, error);
  g_array_set_size (out, (guint) n);
  return TRUE;
}

gboolean
rheo_spike_file_read (const RheoSpikeFile *file, int trial, GArray *times, GArray *units, GError **error)
{
  const float *time;
  const int32_t *unit;

  if (!read_list (file, &file->times, trial, times, error) || !read_list (file, &file->units, trial, units, error))
    return FALSE;
  time = (const float *) (const void *) times->data;
  unit = (const int32_t *) (const void *) units->data;
  for (guint k = 0; k < times->len; k++)
    {
      if (!(isfinite (time[k]) && time[k] >= (k > 0 ? time[k - 1] : 0)))
        return rheo_fail (
            error, RHEO_ERROR_FORMAT,
            _ ("“%2$s” in %1$s is %3$g at spike %4$u of trial %5$d; seconds from 0 that ascend are allowed."),
            file->path, TIMES, (double) time[k], k, trial);
      if (unit[k] < 0 || unit[k] >= RHEO_SPIKE_CHANNELS)
        return rheo_fail (error, RHEO_ERROR_FORMAT,
                          _ ("“%2$s” in %1$s is %3$d at spike %4$u of trial %5$d; 0 to %6$d are allowed."), file->path,
                          UNITS, unit[k], k, trial, RHEO_SPIKE_CHANNELS - 1);
    }
  return TRUE;
}
