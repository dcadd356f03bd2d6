#include "config.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <string.h>
#include <unistd.h>

#include "../engine/store-samples.h"
#include "engine/store-private.h"

/* Whatever lies at the place of a run file, or of its parts, is read or refused with a sentence. The first byte says
 * what the rest is:
 *   0x89  a run file, as it is
 *   'P'   parts: sections of name, size (two bytes) and content. Records are framed here, with right check sums, or the
 *         fuzzer would never get past these: their content is payloads, each after its size (one byte)
 *   'R'   a recipe: steps by which a good run file is changed with HDF5 itself, for the same reason */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
const char *__lsan_default_suppressions (void);

/* HDF5 loses memory when it cannot open a damaged file. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:libhdf5";
}

typedef struct
{
  const uint8_t *at, *end;
} Input;

static unsigned
take_byte (Input *in)
{
  return in->at < in->end ? *in->at++ : 0;
}

static const uint8_t *
take_bytes (Input *in, size_t *n)
{
  const uint8_t *start = in->at;

  *n = MIN (*n, (size_t) (in->end - in->at));
  in->at += *n;
  return start;
}

/* --- reading all there is ---------------------------------------------------------------------------------- */

static void
drop (RheoTable *table, GError **error)
{
  g_assert_true ((table == NULL) == (*error != NULL));
  if (*error != NULL)
    g_assert_true (g_str_has_suffix ((*error)->message, ".") && g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
  rheo_table_unref (table);
}

static void
read_whole_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  g_auto (GStrv) analyses = NULL;
  const RheoPlace *places;
  const int64_t *epochs;
  int n;

  g_assert_true ((run == NULL) == (error != NULL));
  if (run == NULL)
    return;
  g_assert_nonnull (rheo_run_get_experiment (run));
  drop (rheo_run_dup_metrics (run, NULL, &error), &error);
  drop (rheo_run_dup_metrics (run, "batch", &error), &error);
  drop (rheo_run_dup_journal (run, &error), &error);
  epochs = rheo_run_get_epochs (run, &n);
  for (int i = 0; i < n; i++)
    drop (rheo_run_read_epoch (run, epochs[i], NULL, &error), &error);
  places = rheo_run_get_checkpoints (run, &n);
  for (int i = 0; i < n; i++)
    drop (rheo_run_read_checkpoint (run, places[i], &error), &error);
  analyses = rheo_run_dup_analyses (run);
  for (int i = 0; analyses[i] != NULL; i++)
    drop (rheo_run_read_analysis (run, analyses[i], &error), &error);
}

/* And going on with it, or failing to. */
static void
go_on (const char *path)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_resume (path, (RheoPlace){ 1, 1 }, experiment, NULL, &error);

  g_assert_true ((store == NULL) == (error != NULL));
  if (store == NULL)
    return;
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), NULL);
  rheo_store_close (store, "user", NULL);
}

/* --- a good run -------------------------------------------------------------------------------------------- */

static char *folder, *path, *parts, *good;
static gsize good_size;

static void
make_good (void)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (RheoTable) table = rheo_table_new ("");
  const int64_t dims[] = { 40, 30 };
  g_autoptr (GError) error = NULL;
  RheoStore *store;

  folder = make_folder ();
  path = g_build_filename (folder, "run.h5", NULL);
  parts = g_strconcat (path, ".parts", NULL);
  rheo_table_add (table, "state", "State", "mV", "time unit", RHEO_F32, dims);
  rheo_table_add (table, "one", "", "", "", RHEO_F64, NULL);
  store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  rheo_store_append (store, NULL, (RheoPlace){ 1, 1 }, 1, (double[]){ 1, 2 }, &error);
  rheo_store_journal (store, (RheoPlace){ 1, 1 }, "key", "old", "new", &error);
  rheo_store_put_epoch (store, 1, table, &error);
  rheo_store_put_checkpoint (store, (RheoPlace){ 1, 1 }, table, FALSE, &error);
  rheo_store_put_analysis (store, "probe", 1, "{}", table, &error);
  rheo_store_close (store, "budget", &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &good, &good_size, NULL));
}

static void
remove_folder (void)
{
  remove_tree (folder);
}

static void
write_file (const char *name, const void *data, size_t size)
{
  FILE *file = fopen (name, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  fclose (file);
}

/* --- parts ------------------------------------------------------------------------------------------------- */

static const char *const part_names[] = { "run.json",
                                          "experiment.json",
                                          "stop.json",
                                          "metrics",
                                          "log-batch",
                                          "journal",
                                          "epoch-1.h5",
                                          "checkpoint-1-1.h5",
                                          "checkpoint-2-2-marked.h5",
                                          "analysis-probe-1.h5" };

static void
write_records (const char *name, Input in)
{
  size_t n = take_byte (&in);
  const uint8_t *head = take_bytes (&in, &n);
  g_autofree char *text = g_strndup ((const char *) head, n);
  int fd = rheo_log_create (name, text, NULL);

  g_assert_cmpint (fd, >=, 0);
  while (in.at < in.end)
    {
      const uint8_t *payload;

      n = take_byte (&in);
      payload = take_bytes (&in, &n);
      g_assert_true (rheo_log_append (fd, name, payload, n, NULL));
    }
  close (fd);
}

static void
make_parts (Input *in)
{
  g_mkdir (parts, 0777);
  if (take_byte (in) & 1)
    write_file (path, good, good_size);
  while (in->at < in->end)
    {
      const char *name = part_names[take_byte (in) % G_N_ELEMENTS (part_names)];
      g_autofree char *file = g_build_filename (parts, name, NULL);
      size_t size = take_byte (in);
      const uint8_t *content;

      size += 256 * take_byte (in);
      content = take_bytes (in, &size);
      if (g_str_equal (name, "metrics") || g_str_equal (name, "log-batch") || g_str_equal (name, "journal"))
        write_records (file, (Input){ content, content + size });
      else
        write_file (file, content, size);
    }
}

/* --- recipes ----------------------------------------------------------------------------------------------- */

static const char *const set_names[] = { "/config",
                                         "/metrics/iteration",
                                         "/metrics/batch",
                                         "/metrics/train.loss",
                                         "/journal/key",
                                         "/journal/batch",
                                         "/epochs/1/state",
                                         "/epochs/1/one",
                                         "/checkpoint/1/state",
                                         "/analysis/probe/1/one",
                                         "/logs/batch/batch",
                                         "/epochs/2",
                                         "/epochs/1/new",
                                         "/analysis/probe",
                                         "/checkpoint/1",
                                         "/metrics",
                                         "/epochs",
                                         "/metrics/seconds" };
static const char *const attribute_names[] = { "format-version", "run-id", "session", "seconds", "stop-reason",
                                               "iteration",      "marked", "axes",    "unit",    "range",
                                               "flags",          "title",  "note.a",  "config",  "description" };

static hid_t
take_type (Input *in)
{
  const hid_t simple[] = { H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_I64LE, H5T_STD_U8LE,  H5T_STD_U16BE,
                           H5T_STD_U64LE,  H5T_STD_I32LE,  H5T_STD_I8LE,  H5T_STD_U32LE, H5T_STD_B16LE };
  unsigned which = take_byte (in) % 16;
  hid_t type;

  if (which < G_N_ELEMENTS (simple))
    return H5Tcopy (simple[which]);
  switch (which)
    {
    case 10:
      type = H5Tcopy (H5T_C_S1);
      H5Tset_size (type, H5T_VARIABLE);
      return type;
    case 11:
      type = H5Tcreate (H5T_COMPOUND, 8);
      H5Tinsert (type, "a", 0, H5T_IEEE_F64LE);
      return type;
    case 12:
      return H5Tvlen_create (H5T_IEEE_F32LE);
    case 13:
      return H5Tarray_create2 (H5T_IEEE_F32LE, 1, (hsize_t[]){ 4 });
    case 14:
      type = H5Tcreate (H5T_ENUM, 1);
      H5Tenum_insert (type, "A", &(int8_t){ 0 });
      return type;
    default:
      type = H5Tcopy (H5T_C_S1);
      H5Tset_size (type, 1 + (size_t) (take_byte (in) << (take_byte (in) % 18)));
      return type;
    }
}

static hid_t
take_space (Input *in, int *rank)
{
  hsize_t dims[8];

  *rank = (int) (take_byte (in) % 7);
  for (int i = 0; i < *rank; i++)
    dims[i] = (hsize_t) take_byte (in) << (take_byte (in) % 55);
  return *rank == 0 ? H5Screate (H5S_SCALAR) : *rank == 6 ? H5Screate (H5S_NULL) : H5Screate_simple (*rank, dims, NULL);
}

static void
change_set (hid_t file, const char *name, Input *in)
{
  g_auto (RheoH5Id) plan = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (RheoH5Id) links = H5Pcreate (H5P_LINK_CREATE);
  g_auto (RheoH5Id) type = take_type (in);
  unsigned how = take_byte (in);
  hsize_t chunk[8];
  int rank;
  g_auto (RheoH5Id) space = take_space (in, &rank);

  H5Pset_create_intermediate_group (links, 1);
  H5Pset_alloc_time (plan, H5D_ALLOC_TIME_INCR);
  if ((how & 1) != 0 && rank > 0)
    {
      for (int i = 0; i < rank; i++)
        chunk[i] = (hsize_t) (1 + take_byte (in)) << (take_byte (in) % 25);
      H5Pset_chunk (plan, rank, chunk);
      if ((how & 2) != 0)
        H5Pset_shuffle (plan);
      if ((how & 4) != 0)
        H5Pset_deflate (plan, 4);
      if ((how & 8) != 0)
        H5Pset_fletcher32 (plan);
      if ((how & 16) != 0)
        H5Pset_scaleoffset (plan, H5Z_SO_INT, 0);
    }
  else if ((how & 32) != 0)
    H5Pset_layout (plan, H5D_COMPACT);
  else if ((how & 64) != 0)
    H5Pset_external (plan, "/etc/hostname", 0, 4);
  H5Ldelete (file, name, H5P_DEFAULT);
  rheo_h5_close (H5Dcreate2 (file, name, type, space, links, plan, H5P_DEFAULT));
}

static void
change_attribute (hid_t file, const char *name, Input *in)
{
  const char *key = attribute_names[take_byte (in) % G_N_ELEMENTS (attribute_names)];
  g_auto (RheoH5Id) object = H5Oopen (file, take_byte (in) % 2 ? name : "/", H5P_DEFAULT);
  g_auto (RheoH5Id) type = take_type (in);
  int rank;
  g_auto (RheoH5Id) space = take_space (in, &rank);

  if (object < 0)
    return;
  H5Adelete (object, key);
  if (H5Sget_simple_extent_npoints (space) < 1000
      && (size_t) H5Sget_simple_extent_npoints (space) * H5Tget_size (type) < 1 << 20)
    rheo_h5_close (H5Acreate2 (object, key, type, space, H5P_DEFAULT, H5P_DEFAULT));
}

static void
follow_recipe (Input *in)
{
  hid_t file;

  write_file (path, good, good_size);
  file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);
  g_assert_cmpint (file, >=, 0);
  while (in->at < in->end)
    {
      unsigned what = take_byte (in) % 8;
      const char *name = set_names[take_byte (in) % G_N_ELEMENTS (set_names)];
      const char *other = set_names[take_byte (in) % G_N_ELEMENTS (set_names)];

      if (what < 3)
        change_set (file, name, in);
      else if (what < 5)
        change_attribute (file, name, in);
      else if (what == 5)
        H5Ldelete (file, name, H5P_DEFAULT);
      else if (what == 6)
        {
          H5Ldelete (file, name, H5P_DEFAULT);
          if (take_byte (in) % 2)
            H5Lcreate_hard (file, other, file, name, H5P_DEFAULT, H5P_DEFAULT);
          else
            H5Lcreate_soft (other, file, name, H5P_DEFAULT, H5P_DEFAULT);
        }
      else
        {
          H5Ldelete (file, name, H5P_DEFAULT);
          rheo_h5_close (H5Gcreate2 (file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        }
    }
  H5Fclose (file);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input in = { data, data + size };

  if (folder == NULL)
    {
      make_good ();
      atexit (remove_folder);
    }
  g_unlink (path);
  remove_tree (parts);
  if (size == 0)
    return 0;
  if (*data == 0x89)
    write_file (path, data, size);
  else if (take_byte (&in) == 'P')
    make_parts (&in);
  else
    follow_recipe (&in);
  read_whole_run (path);
  go_on (path);
  return 0;
}
