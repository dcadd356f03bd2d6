/* Trials from files: every format gives the same numbers, and every way to be wrong its own sentence. */
#include <glib/gstdio.h>
#include <hdf5.h>
#include <libdeflate.h>
#include <math.h>
#include <string.h>

#include "engine/task.h"

#define N_IN 2
#define N_OUT 1
#define STEPS 4
#define TRIALS 5

/* --- files ---------------------------------------------------------------------------------------------------------- */

static char *folder;

static char *
dup_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static double
input_at (int channel, int step, int trial)
{
  return 100 * trial + 10 * step + channel;
}

static double
target_at (int step, int trial)
{
  return -input_at (0, step, trial);
}

/* [channel][step][trial], or [trial][step][channel]. */
static double *
new_array (int n_channels, gboolean target, gboolean trials_first)
{
  double *out = g_new (double, n_channels *STEPS *TRIALS);

  for (int k = 0; k < n_channels; k++)
    for (int t = 0; t < STEPS; t++)
      for (int i = 0; i < TRIALS; i++)
        out[trials_first ? (i * STEPS + t) * n_channels + k : (k * STEPS + t) * TRIALS + i] =
            target ? target_at (t, i) : input_at (k, t, i);
  return out;
}

static GString *
new_npy (const char *descr, gboolean fortran, const char *shape, const void *data, gsize size)
{
  g_autofree char *header = g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n", descr,
                                             fortran ? "True" : "False", shape);
  GString *npy = g_string_new_len ("\223NUMPY\001\000", 8);

  g_string_append_c (npy, (char) strlen (header));
  g_string_append_c (npy, 0);
  g_string_append (npy, header);
  g_string_append_len (npy, data, (gssize) size);
  return npy;
}

static void
add_number (GString *out, guint64 v, int n)
{
  for (int i = 0; i < n; i++, v >>= 8)
    g_string_append_c (out, (char) (v & 0xff));
}

/* Adds an array to an archive and its list. */
static void
zip (GString *archive, GString *list, const char *name, GString *npy, gboolean packed)
{
  g_autofree char *file = g_strconcat (name, ".npy", NULL), *room = g_malloc (npy->len + 100);
  struct libdeflate_compressor *deflater = libdeflate_alloc_compressor (6);
  const gsize size =
      packed ? libdeflate_deflate_compress (deflater, npy->str, npy->len, room, npy->len + 100) : npy->len;
  const guint32 sum = libdeflate_crc32 (0, npy->str, npy->len);
  const gsize at = archive->len;

  libdeflate_free_compressor (deflater);
  g_assert_cmpuint (size, >, 0);
  for (int k = 0; k < 2; k++)
    {
      GString *out = k == 0 ? archive : list;

      g_string_append_len (out, k == 0 ? "PK\3\4" : "PK\1\2\24\0", k == 0 ? 4 : 6);
      add_number (out, 20, 2);
      add_number (out, 0, 2);
      add_number (out, packed ? 8 : 0, 2);
      add_number (out, 0, 4);
      add_number (out, sum, 4);
      add_number (out, size, 4);
      add_number (out, npy->len, 4);
      add_number (out, strlen (file), 2);
      add_number (out, 0, 2);
      if (k == 1)
        {
          add_number (out, 0, 10);
          add_number (out, at, 4);
        }
      g_string_append (out, file);
    }
  g_string_append_len (archive, packed ? room : npy->str, (gssize) size);
}

static GString *
new_npz (gboolean packed)
{
  g_autofree double *input = new_array (N_IN, FALSE, FALSE), *target = new_array (N_OUT, TRUE, FALSE);
  GString *npy[] = { new_npy ("<f8", FALSE, "2, 4, 5", input, sizeof (double) * 40),
                     new_npy ("<f8", FALSE, "1, 4, 5", target, sizeof (double) * 20) };
  GString *archive = g_string_new (NULL), *list = g_string_new (NULL);
  gsize at;

  zip (archive, list, "input", npy[0], packed);
  zip (archive, list, "target", npy[1], packed);
  at = archive->len;
  g_string_append_len (archive, list->str, (gssize) list->len);
  g_string_append_len (archive, "PK\5\6\0\0\0\0", 8);
  add_number (archive, 2, 2);
  add_number (archive, 2, 2);
  add_number (archive, list->len, 4);
  add_number (archive, at, 4);
  add_number (archive, 0, 2);
  g_string_free (list, TRUE);
  g_string_free (npy[0], TRUE);
  g_string_free (npy[1], TRUE);
  return archive;
}

static char *
save (const char *name, const GString *bytes)
{
  char *path = dup_path (name);

  g_assert_true (g_file_set_contents (path, bytes->str, (gssize) bytes->len, NULL));
  return path;
}

static void
put_set (hid_t group, const char *name, int n_dims, const hsize_t *dims, const double *data)
{
  hid_t space = H5Screate_simple (n_dims, dims, NULL);
  hid_t set = H5Dcreate2 (group, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (H5Dwrite (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), >=, 0);
  H5Dclose (set);
  H5Sclose (space);
}

/* Inputs in a group, targets without an axis of channels, and a mask of truth values for all trials. */
static char *
save_h5 (const char *name)
{
  g_autofree double *input = new_array (N_IN, FALSE, TRUE), *target = new_array (N_OUT, TRUE, TRUE);
  const signed char counts[STEPS] = { 1, 0, 0, 1 };
  char *path = dup_path (name);
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t group = H5Gcreate2 (file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  hid_t truth = H5Tenum_create (H5T_STD_I8LE), space = H5Screate_simple (1, (hsize_t[]){ STEPS }, NULL), set;

  put_set (group, "input", 3, (hsize_t[]){ TRIALS, STEPS, N_IN }, input);
  put_set (file, "target", 2, (hsize_t[]){ TRIALS, STEPS }, target);
  H5Tenum_insert (truth, "FALSE", &(signed char){ 0 });
  H5Tenum_insert (truth, "TRUE", &(signed char){ 1 });
  set = H5Dcreate2 (file, "mask", truth, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (H5Dwrite (set, truth, H5S_ALL, H5S_ALL, H5P_DEFAULT, counts), >=, 0);
  H5Dclose (set);
  H5Sclose (space);
  H5Tclose (truth);
  H5Gclose (group);
  H5Fclose (file);
  return path;
}

static GString *
new_csv (void)
{
  GString *out = g_string_new ("trial,step,input1,input2,target,mask\n");

  for (int i = 0; i < TRIALS; i++)
    for (int t = 0; t < STEPS; t++)
      g_string_append_printf (out, "%d,%d,%g,%g,%g,%d\n", i, t, input_at (0, t, i), input_at (1, t, i),
                              target_at (t, i), t == 0 || t == 3);
  return out;
}

/* --- the task --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const RheoTask *task;
  void *config, *data;
  RheoShape shape;
} Opened;

static void
shut (Opened *o)
{
  if (o->data != NULL)
    o->task->close (o->data);
  g_free (o->config);
  g_free (o);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opened, shut)

/* settings: "axes=trial-step-channel held-out=0". */
static Opened *
prepare (const char *path, const char *settings)
{
  Opened *o = g_new0 (Opened, 1);
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);
  g_autoptr (GError) error = NULL;

  o->task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "task-table", &error);
  g_assert_no_error (error);
  o->config = g_malloc0 (o->task->base.config_size);
  rheo_params_reset (o->task->base.params, o->config);
  for (int i = -1; i < 0 || words[i] != NULL; i++)
    {
      g_auto (GStrv) word = i < 0 ? NULL : g_strsplit (words[i], "=", 2);
      const char *key = i < 0 ? "file" : word[0];
      void *at;
      const RheoParam *row;

      if (i >= 0 && *words[i] == '\0')
        continue;
      row = rheo_params_find (o->task->base.params, o->config, key, "task", &at, &error);
      g_assert_no_error (error);
      g_assert_true (rheo_param_set_text (row, at, i < 0 ? path : word[1], key, &error));
    }
  return o;
}

static Opened *
open_path (const char *path, const char *settings)
{
  Opened *o = prepare (path, settings);
  g_autoptr (GError) error = NULL;

  g_assert_true (o->task->base.check (o->config, &error));
  o->task->open (o->config, 1, &o->data, &error);
  g_assert_no_error (error);
  o->task->shape (o->config, o->data, &o->shape);
  return o;
}

static gboolean
fill (const Opened *o, RheoSet set, int index, double *numbers, double *which, GError **error)
{
  const RheoDraw draw = { .set = set, .index = index };
  RheoReal input[STEPS * N_IN], target[STEPS * N_OUT], weight[STEPS] = { 1, 1, 1, 1 };
  RheoTrial trial = { .n_steps = STEPS,
                      .n_in = N_IN,
                      .n_out = N_OUT,
                      .input = input,
                      .target = target,
                      .weight = weight,
                      .condition = which };

  if (!o->task->fill (o->config, o->data, &draw, &trial, error))
    return FALSE;
  for (int i = 0; i < STEPS * N_IN; i++)
    numbers[i] = (double) input[i];
  for (int i = 0; i < STEPS; i++)
    {
      numbers[STEPS * N_IN + i] = (double) target[i];
      numbers[STEPS * (N_IN + 1) + i] = (double) weight[i];
    }
  return TRUE;
}

/* All trials are there once, with their numbers; how many count in the mask. */
static void
check_trials (const char *path, const char *settings, gboolean masked)
{
  g_autoptr (Opened) o = open_path (path, settings);
  gboolean seen[TRIALS] = { FALSE };

  g_assert_cmpint (o->shape.n_in, ==, N_IN);
  g_assert_cmpint (o->shape.n_out, ==, N_OUT);
  g_assert_cmpint (o->shape.n_steps, ==, STEPS);
  g_assert_cmpint (o->shape.n_trials, ==, 4);
  g_assert_cmpint (o->shape.n_valid, ==, 1);
  for (int i = 0; i < TRIALS; i++)
    {
      double numbers[STEPS * (N_IN + 2)], which;
      g_autoptr (GError) error = NULL;

      fill (o, i < 4 ? RHEO_SET_TRAIN : RHEO_SET_VALID, i % 4, numbers, &which, &error);
      g_assert_no_error (error);
      g_assert_false (seen[(int) which]);
      seen[(int) which] = TRUE;
      for (int t = 0; t < STEPS; t++)
        {
          g_assert_cmpfloat (numbers[t * N_IN], ==, input_at (0, t, (int) which));
          g_assert_cmpfloat (numbers[t * N_IN + 1], ==, input_at (1, t, (int) which));
          g_assert_cmpfloat (numbers[STEPS * N_IN + t], ==, target_at (t, (int) which));
          g_assert_cmpfloat (numbers[STEPS * (N_IN + 1) + t], ==, masked ? t == 0 || t == 3 : 1);
        }
    }
}

static void
assert_refused (const char *path, const char *settings, const char *about)
{
  g_autoptr (Opened) o = prepare (path, settings);
  g_autoptr (GError) error = NULL;

  g_assert_false (o->task->base.check (o->config, &error) && o->task->open (o->config, 1, &o->data, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, about) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, about);
}

/* --- formats ---------------------------------------------------------------------------------------------------------- */

static void
test_npz (void)
{
  for (int packed = 0; packed < 2; packed++)
    {
      GString *bytes = new_npz (packed);
      g_autofree char *path = save ("trials.npz", bytes);

      check_trials (path, "", FALSE);
      /* A file that ends early is refused wherever it ends. */
      for (gsize n = 1; n < bytes->len; n += 7)
        {
          g_autoptr (Opened) o = prepare (path, "");
          g_autoptr (GError) error = NULL;

          g_assert_true (g_file_set_contents (path, bytes->str, (gssize) n, NULL));
          g_assert_false (o->task->open (o->config, 1, &o->data, &error));
          g_assert_nonnull (error);
        }
      bytes->str[bytes->len / 3] ^= 1;
      g_free (path);
      path = save ("trials.npz", bytes);
      assert_refused (path, "", "cannot be read");
      g_string_free (bytes, TRUE);
    }
}

/* In Fortran order the axes of the file are the other way round in memory. */
static void
test_npy (void)
{
  g_autofree double *input = new_array (N_IN, FALSE, FALSE), *target = new_array (N_OUT, TRUE, TRUE);
  GString *in = new_npy ("<f8", FALSE, "2, 4, 5", input, sizeof (double) * 40),
          *out = new_npy ("<f8", TRUE, "1, 4, 5", target, sizeof (double) * 20);
  g_autofree char *path = save ("input.npy", in), *beside = save ("target.npy", out);

  check_trials (path, "", FALSE);
  check_trials (beside, "", FALSE);
  assert_refused (path, "target=answer", "task.target is \342\200\234answer\342\200\235");
  g_string_free (in, TRUE);
  in = new_npy ("<f8", FALSE, "2, 4, 6", input, sizeof (double) * 40);
  g_free (path);
  path = save ("input.npy", in);
  assert_refused (path, "", "no whole NPY file");
  g_string_free (in, TRUE);
  g_string_free (out, TRUE);
  g_remove (path);
  g_remove (beside);
}

static void
test_hdf5 (void)
{
  g_autofree char *path = save_h5 ("trials.h5"), *contents = NULL;
  gsize size;

  check_trials (path, "input=data/input axes=trial-step-channel", TRUE);
  assert_refused (path, "axes=trial-step-channel", "task.input is \342\200\234input\342\200\235");
  assert_refused (path, "axes=trial-step-channel", "It holds data, mask, target");
  assert_refused (path, "input=data/input", "task.axes");
  assert_refused (path, "input=mask", "must have three axes");
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (path, contents, (gssize) size / 2, NULL));
  assert_refused (path, "", "damaged");
}

static void
test_csv (void)
{
  GString *text = new_csv ();
  g_autofree char *path = save ("trials.csv", text), *other = NULL;

  check_trials (path, "", TRUE);
  assert_refused (path, "input=in", "It holds trial, step, input1, input2, target, mask");
  g_string_append (text, "5,1,1,1\n");
  g_free (path);
  path = save ("trials.csv", text);
  assert_refused (path, "", "Line 22 of");
  g_string_assign (text, "trial;input;target\n0;1;2\n0;x;2\n");
  g_free (path);
  path = save ("trials.csv", text);
  assert_refused (path, "", "\342\200\234x\342\200\235, which is no number");
  g_string_assign (text, "trial;input;target\n");
  g_free (path);
  path = save ("trials.csv", text);
  assert_refused (path, "", "holds no numbers");
  g_string_free (text, TRUE);
}

/* --- demonstrations ------------------------------------------------------------------------------------------------- */

#define LONGEST 5

/* Three demonstrations of 3, 5 and 2 steps: observations 10 d + t and 100, action -(10 d + t), t step, d demonstration. */
static const int lengths[] = { 3, 5, 2 };

typedef struct
{
  int n_steps, which;
  double input[2 * LONGEST], target[LONGEST], weight[LONGEST];
  double score; /* of outputs that are 0 */
} Demonstration;

static Demonstration
take (const Opened *o, RheoSet set, int index)
{
  const RheoDraw draw = { .set = set, .index = index };
  RheoReal input[2 * LONGEST] = { 0 }, target[LONGEST] = { 0 }, weight[LONGEST] = { 1, 1, 1, 1, 1 };
  const RheoReal output[LONGEST] = { 0 };
  double which;
  RheoTrial trial = { .n_steps = o->shape.n_steps,
                      .n_in = 2,
                      .n_out = 1,
                      .input = input,
                      .target = target,
                      .weight = weight,
                      .condition = &which };
  Demonstration d = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (o->shape.n_in, ==, 2);
  g_assert_cmpint (o->shape.n_out, ==, 1);
  o->task->fill (o->config, o->data, &draw, &trial, &error);
  g_assert_no_error (error);
  g_assert_true (o->shape.scored);
  o->task->score (o->config, o->data, &draw, &trial, output, &d.score, &error);
  g_assert_no_error (error);
  d.n_steps = trial.n_steps;
  d.which = (int) which;
  for (int i = 0; i < 2 * LONGEST; i++)
    d.input[i] = (double) input[i];
  for (int i = 0; i < LONGEST; i++)
    {
      d.target[i] = (double) target[i];
      d.weight[i] = (double) weight[i];
    }
  return d;
}

/* All three in order of the file, the last one held out. */
static void
check_demonstrations (const char *path, const char *settings)
{
  g_autofree char *all = g_strconcat (settings, " split=last held-out=0.3", NULL);
  g_autoptr (Opened) o = open_path (path, all);

  g_assert_cmpint (o->shape.n_steps, ==, LONGEST);
  g_assert_cmpint (o->shape.n_trials, ==, 2);
  g_assert_cmpint (o->shape.n_valid, ==, 1);
  for (int i = 0; i < 3; i++)
    {
      const Demonstration d = take (o, i < 2 ? RHEO_SET_TRAIN : RHEO_SET_VALID, i % 2);

      g_assert_cmpint (d.which, ==, i);
      g_assert_cmpint (d.n_steps, ==, lengths[i]);
      for (int t = 0; t < d.n_steps; t++)
        {
          g_assert_cmpfloat (d.input[2 * t], ==, 10 * i + t);
          g_assert_cmpfloat (d.input[2 * t + 1], ==, 100);
          g_assert_cmpfloat (d.target[t], ==, -(10 * i + t));
          g_assert_cmpfloat (d.weight[t], ==, 1);
        }
    }
  /* 0 and -1 would be off by a half; 0, -1 and -2 by the root of two thirds. */
  g_assert_cmpfloat_with_epsilon (take (o, RHEO_SET_VALID, 0).score, 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (take (o, RHEO_SET_TRAIN, 0).score, sqrt (2.0 / 3), 1e-6);
}

/* Wanted one step late, from what was standardised, four steps at most. */
static void
check_options (const char *path, const char *settings)
{
  g_autofree char *all =
      g_strconcat (settings, " split=last held-out=0.3 longest=4 lag=1 standardise=inputs-and-targets", NULL);
  g_autofree char *late = g_strconcat (settings, " lag=2", NULL);
  g_autoptr (Opened) o = open_path (path, all);
  const double mean = (0 + 1 + 2 + 10 + 11 + 12 + 13) / 7.0;
  Demonstration d = take (o, RHEO_SET_TRAIN, 1);
  double sd = 0;

  for (int i = 0; i < 7; i++)
    sd += pow ((i < 3 ? i : 7 + i) - mean, 2) / 7;
  sd = sqrt (sd);
  g_assert_cmpint (o->shape.n_steps, ==, 4);
  g_assert_cmpint (d.n_steps, ==, 4);
  for (int t = 0; t < 4; t++)
    {
      g_assert_cmpfloat_with_epsilon (d.input[2 * t], (10 + t - mean) / sd, 1e-5);
      g_assert_cmpfloat (d.input[2 * t + 1], ==, 0); /* never changes */
      g_assert_cmpfloat_with_epsilon (d.target[t], t == 0 ? 0 : -(9 + t - mean) / sd, 1e-5);
      g_assert_cmpfloat (d.weight[t], ==, t > 0);
    }
  /* In units of the file. */
  g_assert_cmpfloat_with_epsilon (d.score, sqrt (2.0 / 3), 1e-5);
  assert_refused (path, late, "task.lag");
}

static GString *
new_demonstrations (const char *separator)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "trial%sinput1%sinput2%starget\n", separator, separator, separator);
  for (int i = 0; i < 3; i++)
    for (int t = 0; t < lengths[i]; t++)
      g_string_append_printf (out, "%d%s%d%s100%s%d\n", i, separator, 10 * i + t, separator, separator, -(10 * i + t));
  return out;
}

static void
test_demonstrations_text (void)
{
  static const char *const separators[] = { ",", "\t", ";" };

  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++)
    {
      GString *text = new_demonstrations (separators[i]);
      g_autofree char *path = save (i == 1 ? "demos.tsv" : "demos.csv", text);

      check_demonstrations (path, "");
      check_options (path, "");
      g_string_free (text, TRUE);
    }
}

/* Arrays as programs of reinforcement learning write them, or all as long as the longest. */
static void
test_demonstrations_hdf5 (void)
{
  g_autofree char *path = dup_path ("demos.h5");
  double row_in[20], row_out[10], trial[10], end[10] = { 0 }, in[30], out[15], counts[3];
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  int n = 0;

  for (int i = 0; i < 30; i++)
    in[i] = out[i / 2] = NAN;
  for (int i = 0; i < 3; i++)
    for (int t = 0; t < lengths[i]; t++, n++)
      {
        row_in[2 * n] = in[2 * (5 * i + t)] = 10 * i + t;
        row_in[2 * n + 1] = in[2 * (5 * i + t) + 1] = 100;
        row_out[n] = out[5 * i + t] = -(10 * i + t);
        trial[n] = 7 - i;
        end[n] = t == lengths[i] - 1;
        counts[i] = lengths[i];
      }
  put_set (file, "observations", 2, (hsize_t[]){ 10, 2 }, row_in);
  put_set (file, "actions", 1, (hsize_t[]){ 10 }, row_out);
  put_set (file, "episode", 1, (hsize_t[]){ 10 }, trial);
  end[n - 1] = end[2] = 0;
  put_set (file, "timeouts", 1, (hsize_t[]){ 10 }, end);
  end[2] = 1;
  end[7] = 0;
  put_set (file, "terminals", 1, (hsize_t[]){ 10 }, end);
  put_set (file, "input", 3, (hsize_t[]){ 3, 5, 2 }, in);
  put_set (file, "target", 2, (hsize_t[]){ 3, 5 }, out);
  put_set (file, "lengths", 1, (hsize_t[]){ 3 }, counts);
  H5Fclose (file);
  check_demonstrations (path, "axes=step-channel input=observations target=actions");
  check_demonstrations (path, "axes=step-channel input=observations target=actions trial=episode ends=none");
  check_demonstrations (path, "axes=trial-step-channel");
  check_options (path, "axes=step-channel input=observations target=actions");
  check_options (path, "axes=trial-step-channel");
  assert_refused (path, "axes=trial-step-channel lengths=none", "not a finite number");
  assert_refused (path, "axes=trial-step-channel lengths=trial", "not a finite number");
  assert_refused (path, "axes=trial-step-channel lengths=episode", "3 are needed");
  assert_refused (path, "axes=step-channel", "must have two axes");
  g_remove (path);
}

/* --- wrong -------------------------------------------------------------------------------------------------------------- */

static void
test_missing (void)
{
  g_autofree char *path = dup_path ("nothing.h5");

  assert_refused (path, "", "task.file is ");
  assert_refused (path, "", "nothing.h5");
  assert_refused ("", "", "task.file is empty");
  assert_refused (folder, "", "is not a file");
  assert_refused (path, "input=", "task.input is empty");
}

/* The array, the trial and the step are named. */
static void
test_nan (void)
{
  GString *text = new_csv ();
  g_autofree char *path = NULL;
  char *at = strstr (text->str, "2,3,230,231,-230,1");

  g_assert_nonnull (at);
  memcpy (at, "2,3,230,nan,-230,1", 18);
  path = save ("trials.csv", text);
  assert_refused (path, "", "\342\200\234input\342\200\235");
  assert_refused (path, "", "at trial 2, step 3, channel 1");
  memcpy (at, "2,3,230,231,-inf,1", 18);
  g_free (path);
  path = save ("trials.csv", text);
  assert_refused (path, "", "\342\200\234target\342\200\235");
  assert_refused (path, "", "at trial 2, step 3, channel 0");
  memcpy (at, "2,3,230,231,-23,-1", 18);
  g_free (path);
  path = save ("trials.csv", text);
  assert_refused (path, "", "is -1 at trial 2, step 3");
  g_string_free (text, TRUE);
}

/* --- which are held out ------------------------------------------------------------------------------------------------- */

static int
held_out (const char *path, const char *settings)
{
  g_autoptr (Opened) o = open_path (path, settings);
  double numbers[STEPS * (N_IN + 2)], which = -1;
  g_autoptr (GError) error = NULL;

  g_assert_true (fill (o, RHEO_SET_VALID, 0, numbers, &which, &error));
  g_assert_false (fill (o, RHEO_SET_VALID, o->shape.n_valid, numbers, &which, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  return (int) which;
}

static void
test_split (void)
{
  GString *text = new_csv ();
  g_autofree char *path = save ("trials.csv", text);
  g_autoptr (Opened) all = open_path (path, "held-out=0"), half = open_path (path, "held-out=0.4 dt=2.5");
  gboolean other = FALSE;

  g_assert_cmpint (held_out (path, "split=last"), ==, 4);
  for (int seed = 1; seed < 8; seed++)
    {
      g_autofree char *setting = g_strdup_printf ("split-seed=%d", seed);

      g_assert_cmpint (held_out (path, setting), ==, held_out (path, setting));
      other |= held_out (path, setting) != held_out (path, "");
    }
  g_assert_true (other);
  g_assert_cmpint (all->shape.n_trials, ==, 5);
  g_assert_cmpint (all->shape.n_valid, ==, 5);
  g_assert_cmpint (half->shape.n_trials, ==, 3);
  g_assert_cmpint (half->shape.n_valid, ==, 2);
  g_assert_cmpfloat (half->shape.dt_ms, ==, 2.5);
  g_string_free (text, TRUE);
}

int
main (int argc, char *argv[])
{
  g_autofree char *clear = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheobase-table-XXXXXX", NULL);
  clear = g_strdup_printf ("rm -r %s", folder);
  g_test_add_func ("/task-table/npz", test_npz);
  g_test_add_func ("/task-table/npy", test_npy);
  g_test_add_func ("/task-table/hdf5", test_hdf5);
  g_test_add_func ("/task-table/csv", test_csv);
  g_test_add_func ("/task-table/missing", test_missing);
  g_test_add_func ("/task-table/nan", test_nan);
  g_test_add_func ("/task-table/split", test_split);
  g_test_add_func ("/task-table/demonstrations/text", test_demonstrations_text);
  g_test_add_func ("/task-table/demonstrations/hdf5", test_demonstrations_hdf5);
  status = g_test_run ();
  g_spawn_command_line_sync (clear, NULL, NULL, NULL, NULL);
  g_free (folder);
  return status;
}
