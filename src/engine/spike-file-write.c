#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "spike-file-write.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "half.h"
#include "store-h5-private.h"

#define CHUNK 256 /* trials whose references to their lists lie together */
#define MAX_TIME 65504
#define MAX_LIST 10000000 /* spikes of a trial */

/* HDF5 packs lists into blocks of at least 4096 bytes, of which one that does not fit any more may leave most empty. */
#define BOUND_LIST(bytes) (2 * (int64_t) (bytes) + 4096 + 64)
#define BOUND_REST (1 << 20) /* of everything else, and of the references of a chunk */
#define AHEAD (4 << 20)      /* bytes of the disk that are reserved at a time */

struct RheoSpikeWriter
{
  char *path, *temp;
  int n_channels, n_classes, n_speakers;
  RheoH5Id file, times, units;
  RheoH5Id half, list_of_half, list_of_units; /* types in memory */
  GArray *labels, *speakers;                  /* uint16_t [trial] */
  int64_t bound, reserved;                    /* bytes of the file */
};

/* --- types -------------------------------------------------------------------------------------------------------- */

/* HDF5 before 1.14 has no type of half precision, but converts what is described to it. */
static hid_t
half_type (hid_t single)
{
  hid_t type = H5Tcopy (single);

  if (H5Tset_fields (type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size (type, 2) >= 0 && H5Tset_ebias (type, 15) >= 0)
    return type;
  H5Tclose (type);
  return -1;
}

/* --- datasets ----------------------------------------------------------------------------------------------------- */

/* Of lists, empty and growing. */
static hid_t
make_lists (const RheoSpikeWriter *writer, const char *name, hid_t number)
{
  g_auto (RheoH5Id) group = rheo_h5_make_group (writer->file, "spikes");
  g_auto (RheoH5Id) type = H5Tvlen_create (number);
  g_auto (RheoH5Id) space = H5Screate_simple (1, &(hsize_t){ 0 }, &(hsize_t){ H5S_UNLIMITED });
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_DATASET_CREATE);

  if (H5Pset_chunk (plan, 1, &(hsize_t){ CHUNK }) < 0)
    return -1;
  return H5Dcreate2 (group, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
}

static gboolean
add_list (hid_t set, hid_t type, hsize_t i, size_t n, void *data)
{
  g_auto (RheoH5Id) here = H5Screate (H5S_SCALAR), there = -1;
  hvl_t list = { n, data };

  if (H5Dset_extent (set, &(hsize_t){ i + 1 }) < 0 || (there = H5Dget_space (set)) < 0)
    return FALSE;
  return H5Sselect_hyperslab (there, H5S_SELECT_SET, &i, NULL, &(hsize_t){ 1 }, NULL) >= 0
         && H5Dwrite (set, type, here, there, H5P_DEFAULT, &list) >= 0;
}

static gboolean
write_array (hid_t file, const char *folder, const char *name, hid_t in_file, hid_t in_memory, hsize_t n,
             const void *data)
{
  g_auto (RheoH5Id) group = rheo_h5_make_group (file, folder);
  g_auto (RheoH5Id) space = H5Screate_simple (1, &n, NULL);
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_DATASET_CREATE);
  g_auto (RheoH5Id) set = H5Dcreate2 (group, name, in_file, space, H5P_DEFAULT, plan, H5P_DEFAULT);

  return set >= 0 && (n == 0 || H5Dwrite (set, in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
}

/* Texts in as many bytes as the longest has. */
static gboolean
write_texts (hid_t file, const char *folder, const char *name, const char *const *texts, int n)
{
  g_autofree char *data = NULL;
  g_auto (RheoH5Id) type = -1;
  size_t size = 1;

  for (int i = 0; i < n; i++)
    size = MAX (size, strlen (texts[i]));
  data = g_malloc0_n ((gsize) n + 1, size);
  for (int i = 0; i < n; i++)
    memcpy (data + (size_t) i * size, texts[i], strlen (texts[i]));
  type = rheo_h5_text_type (size);
  return write_array (file, folder, name, type, type, (hsize_t) n, data);
}

static gboolean
write_speakers (const RheoSpikeWriter *writer, const RheoSpikeSpeaker *speakers)
{
  const int n = writer->n_speakers;
  g_autofree const char **gender = g_new (const char *, n + 1);
  g_autofree uint16_t *age = g_new (uint16_t, n + 1);
  g_autofree float *height = g_new (float, n + 1);

  for (int i = 0; i < n; i++)
    {
      gender[i] = speakers[i].gender;
      age[i] = (uint16_t) speakers[i].age;
      height[i] = (float) speakers[i].height;
    }
  return write_texts (writer->file, "extra/meta_info", "gender", gender, n)
         && write_array (writer->file, "extra/meta_info", "age", H5T_STD_U16LE, H5T_NATIVE_UINT16, (hsize_t) n, age)
         && write_array (writer->file, "extra/meta_info", "body_height", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, (hsize_t) n,
                         height);
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static gboolean
begin (RheoSpikeWriter *writer, const char *const *classes, const RheoSpikeSpeaker *speakers, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) half = half_type (H5T_IEEE_F32LE);

  writer->half = half_type (H5T_NATIVE_FLOAT);
  writer->list_of_half = H5Tvlen_create (writer->half);
  writer->list_of_units = H5Tvlen_create (H5T_NATIVE_UINT16);
  writer->times = make_lists (writer, "times", half);
  writer->units = make_lists (writer, "units", H5T_STD_U16LE);
  if (writer->list_of_half >= 0 && writer->list_of_units >= 0 && writer->times >= 0 && writer->units >= 0
      && write_texts (writer->file, "extra", "keys", classes, writer->n_classes) && write_speakers (writer, speakers))
    return TRUE;
  return rheo_h5_fail (writer->path, error);
}

RheoSpikeWriter *
rheo_spike_writer_new (const char *path, int n_channels, const char *const *classes, const RheoSpikeSpeaker *speakers,
                       int n_speakers, GError **error)
{
  g_autoptr (RheoSpikeWriter) writer = g_new0 (RheoSpikeWriter, 1);

  writer->path = g_strdup (path);
  writer->temp = g_strdup_printf ("%s.%d.tmp", path, (int) getpid ());
  writer->n_channels = n_channels;
  writer->n_classes = (int) g_strv_length ((char **) classes);
  writer->n_speakers = n_speakers;
  writer->times = writer->units = writer->half = writer->list_of_half = writer->list_of_units = -1;
  writer->labels = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  writer->speakers = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  writer->bound = BOUND_REST;
  writer->reserved = AHEAD;
  writer->file = rheo_h5_create (writer->temp, writer->reserved, error);
  if (writer->file < 0 || !begin (writer, classes, speakers, error))
    return NULL;
  return g_steal_pointer (&writer);
}

/* The number of the trial is told from 1 on. */
static gboolean
check_trial (const RheoSpikeWriter *writer, int n, const float *times, const int32_t *units, int label, int speaker,
             GError **error)
{
  const guint i = writer->labels->len + 1;

  if (n < 0 || n > MAX_LIST)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %u has %d spikes; allowed are 0 to %d."), i, n, MAX_LIST);
  if (label < 0 || label >= writer->n_classes)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %u has the label %d; allowed are 0 to %d."), i, label,
                      writer->n_classes - 1);
  if (speaker < 0 || speaker >= writer->n_speakers)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %u has the speaker %d; allowed are 0 to %d."), i, speaker,
                      writer->n_speakers - 1);
  for (int k = 0; k < n; k++)
    {
      if (units[k] < 0 || units[k] >= writer->n_channels)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %u has the unit %d; allowed are 0 to %d."), i, units[k],
                          writer->n_channels - 1);
      if (!(times[k] >= (k > 0 ? times[k - 1] : 0) && times[k] <= MAX_TIME))
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("Trial %u has a spike at %g s; allowed are times from 0 to %d s in ascending order."), i,
                          (double) times[k], MAX_TIME);
    }
  return TRUE;
}

/* HDF5 must not find the disk full: it does not recover from that. */
static gboolean
reserve (RheoSpikeWriter *writer, int64_t bytes, GError **error)
{
  int64_t wanted;

  writer->bound += bytes;
  if (writer->bound <= writer->reserved)
    return TRUE;
  wanted = writer->bound + AHEAD;
  if (!rheo_h5_reserve (writer->temp, writer->reserved, wanted, error))
    return FALSE;
  writer->reserved = wanted;
  return TRUE;
}

gboolean
rheo_spike_writer_add (RheoSpikeWriter *writer, int n, const float *times, const int32_t *units, int label, int speaker,
                       GError **error)
{
  RHEO_H5_SCOPE;
  const uint16_t narrow_label = (uint16_t) label, narrow_speaker = (uint16_t) speaker;
  const hsize_t i = writer->labels->len;
  g_autofree uint16_t *half = NULL, *narrow = NULL;

  if (!check_trial (writer, n, times, units, label, speaker, error)
      || !reserve (writer, 2 * BOUND_LIST ((size_t) n * sizeof (uint16_t)) + 64, error))
    return FALSE;
  half = g_new (uint16_t, n + 1);
  narrow = g_new (uint16_t, n + 1);
  for (int k = 0; k < n; k++)
    {
      half[k] = rheo_half_bits (rheo_half_round (times[k]));
      narrow[k] = (uint16_t) units[k];
    }
  if (!add_list (writer->times, writer->list_of_half, i, (size_t) n, half)
      || !add_list (writer->units, writer->list_of_units, i, (size_t) n, narrow))
    return rheo_h5_fail (writer->path, error);
  g_array_append_val (writer->labels, narrow_label);
  g_array_append_val (writer->speakers, narrow_speaker);
  return TRUE;
}

/* All but the file. */
static void
close_parts (RheoSpikeWriter *writer)
{
  RheoH5Id *const ids[] = { &writer->times, &writer->units, &writer->half, &writer->list_of_half,
                            &writer->list_of_units };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      rheo_h5_close (*ids[i]);
      *ids[i] = -1;
    }
}

/* Room for what is written last. */
static gboolean
reserve_rest (RheoSpikeWriter *writer, GError **error)
{
  return reserve (writer, 4 * (int64_t) writer->labels->len, error);
}

static gboolean
put_in_place (RheoSpikeWriter *writer, GError **error)
{
  RHEO_H5_SCOPE;
  const hsize_t n = writer->labels->len;

  if (!write_array (writer->file, "/", "labels", H5T_STD_U16LE, H5T_NATIVE_UINT16, n, writer->labels->data)
      || !write_array (writer->file, "extra", "speaker", H5T_STD_U16LE, H5T_NATIVE_UINT16, n, writer->speakers->data))
    return rheo_h5_fail (writer->path, error);
  close_parts (writer);
  return rheo_h5_finish (&writer->file, writer->temp, writer->path, error);
}

gboolean
rheo_spike_writer_finish (RheoSpikeWriter *writer, GError **error)
{
  return reserve_rest (writer, error) && put_in_place (writer, error);
}

void
rheo_spike_writer_free (RheoSpikeWriter *writer)
{
  if (writer == NULL)
    return;
  close_parts (writer);
  if (writer->file >= 0)
    rheo_h5_discard (&writer->file, writer->temp);
  g_array_unref (writer->labels);
  g_array_unref (writer->speakers);
  g_free (writer->path);
  g_free (writer->temp);
  g_free (writer);
}

/* --- two of them -------------------------------------------------------------------------------------------------- */

gboolean
rheo_spike_writers_new (const char *folder, gboolean replace, int n_channels, const char *const *classes,
                        const RheoSpikeSpeaker *speakers, int n_speakers, RheoSpikeWriter *writers[2], GError **error)
{
  static const char *const names[2] = { "shd_train.h5", "shd_test.h5" };
  g_autofree char *train = g_build_filename (folder, names[0], NULL), *test = g_build_filename (folder, names[1], NULL);
  const char *const path[2] = { train, test };

  writers[0] = writers[1] = NULL;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("The folder %s could not be made: %s."), folder, g_strerror (errno));
  for (int i = 0; i < 2 && !replace; i++)
    if (g_file_test (path[i], G_FILE_TEST_EXISTS))
      return rheo_fail (error, RHEO_ERROR_IO, _ ("%s is there already."), path[i]);
  for (int i = 0; i < 2; i++)
    if ((writers[i] = rheo_spike_writer_new (path[i], n_channels, classes, speakers, n_speakers, error)) == NULL)
      {
        rheo_spike_writers_clear (writers);
        return FALSE;
      }
  return TRUE;
}

gboolean
rheo_spike_writers_finish (RheoSpikeWriter *writers[2], GError **error)
{
  return reserve_rest (writers[0], error) && reserve_rest (writers[1], error) && put_in_place (writers[0], error)
         && put_in_place (writers[1], error);
}

void
rheo_spike_writers_clear (RheoSpikeWriter *writers[2])
{
  for (int i = 0; i < 2; i++)
    {
      rheo_spike_writer_free (writers[i]);
      writers[i] = NULL;
    }
}
