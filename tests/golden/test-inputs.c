/* Inputs of networks that go on: blocks join, symbols and words come as they should, files are read exactly. */
#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <string.h>

#include "engine/task.h"

#define SEED 11

/* A task with values, opened. */
typedef struct
{
  const RheoTask *task;
  void *config;
  void *data;
  RheoShape shape;
} Opened;

static gboolean
open_task (Opened *o, const char *id, const char *json, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  o->task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, id, NULL);
  o->config = g_malloc0 (o->task->base.config_size);
  o->data = NULL;
  rheo_params_reset (o->task->base.params, o->config);
  if (!rheo_params_set_json (o->task->base.params, o->config, json_node_get_object (node), "task", error)
      || (o->task->base.check != NULL && !o->task->base.check (o->config, error))
      || (o->task->open != NULL && !o->task->open (o->config, SEED, &o->data, error)))
    {
      g_clear_pointer (&o->config, g_free);
      return FALSE;
    }
  o->task->shape (o->config, o->data, &o->shape);
  return TRUE;
}

static void
close_task (Opened *o)
{
  if (o->data != NULL)
    o->task->close (o->data);
  g_clear_pointer (&o->config, g_free);
}

typedef struct
{
  RheoReal *input, *target, *weight;
} Block;

static void
fill_block (const Opened *o, uint32_t iteration, Block *block)
{
  const gsize n = (gsize) o->shape.n_steps;
  const RheoDraw draw = { .set = RHEO_SET_TRAIN,
                          .iteration = iteration,
                          .rng = { SEED, RHEO_STREAM_TASK, iteration, 0 } };
  RheoTrial trial = { .n_steps = o->shape.n_steps, .n_in = o->shape.n_in, .n_out = o->shape.n_out };

  trial.input = block->input = g_new0 (RheoReal, n * (gsize) o->shape.n_in + 1);
  trial.target = block->target = g_new0 (RheoReal, n * (gsize) o->shape.n_out + 1);
  trial.weight = block->weight = g_new0 (RheoReal, n);
  for (gsize t = 0; t < n; t++)
    trial.weight[t] = 1;
  g_assert_true (o->task->fill (o->config, o->data, &draw, &trial, NULL));
  g_assert_cmpint (trial.n_steps, ==, o->shape.n_steps);
}

static void
clear_block (Block *block)
{
  g_free (block->input);
  g_free (block->target);
  g_free (block->weight);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Block, clear_block)

/* The same input in short blocks and in one long one, whatever the order of the calls. */
static void
check_joins (const char *id, const char *values)
{
  g_autofree char *short_json = g_strdup_printf ("{%s, \"n-steps\": 7}", values);
  g_autofree char *long_json = g_strdup_printf ("{%s, \"n-steps\": 700}", values);
  Opened many, one;
  g_auto (Block) whole = { NULL };

  g_assert_true (open_task (&many, id, short_json, NULL));
  g_assert_true (open_task (&one, id, long_json, NULL));
  fill_block (&one, 3, &whole);
  for (int b = 399; b >= 300; b--)
    {
      g_auto (Block) part = { NULL };
      const gsize at = (gsize) (b - 300) * 7, n_in = (gsize) one.shape.n_in, n_out = (gsize) one.shape.n_out;

      fill_block (&many, (uint32_t) b, &part);
      g_assert_cmpmem (part.input, 7 * n_in * sizeof (RheoReal), whole.input + at * n_in, 7 * n_in * sizeof (RheoReal));
      g_assert_cmpmem (part.target, 7 * n_out * sizeof (RheoReal), whole.target + at * n_out,
                       7 * n_out * sizeof (RheoReal));
      g_assert_cmpmem (part.weight, 7 * sizeof (RheoReal), whole.weight + at, 7 * sizeof (RheoReal));
    }
  close_task (&many);
  close_task (&one);
}

static void
test_joins (void)
{
  check_joins ("input", "\"kind\": \"one-hot\", \"hold\": 3, \"order\": \"random\"");
  check_joins ("input", "\"kind\": \"multi-hot\", \"channels\": 40, \"hold\": 2");
  check_joins ("input", "\"kind\": \"subsets\", \"order\": \"random\"");
  check_joins ("counting", "\"inner-letters\": 4");
  check_joins ("counting", "\"words\": \"ABCD EF GHIJKLM\"");
  check_joins ("counting", "\"words\": \"AB CDEF GHIJKL\", \"probabilities\": [1, 5, 0.5]");
}

/* --- symbols ------------------------------------------------------------------------------------------------------ */
static void
test_one_hot (void)
{
  Opened o;
  g_auto (Block) block = { NULL };

  g_assert_true (open_task (
      &o, "input",
      "{\"kind\": \"one-hot\", \"channels\": 7, \"symbols\": 3, \"hold\": 2, \"amplitude\": 4, \"n-steps\": 60}",
      NULL));
  fill_block (&o, 1, &block);
  for (int t = 0; t < 60; t++)
    for (int k = 0; k < 7; k++) /* 60 is a multiple of 6: block 1 begins as block 0; channel 6 has no symbol */
      g_assert_cmpfloat (block.input[t * 7 + k], ==, k < 6 && k / 2 == t / 2 % 3 ? 4 : 0);
  close_task (&o);
}

/* Each draw gives each symbol one channel and no two the same, so 3 symbols have 1 to 4 channels after 4 draws, and each
 * draw takes 3 of them. */
static void
test_multi_hot (void)
{
  Opened o;
  g_auto (Block) block = { NULL };
  int total = 0;

  g_assert_true (open_task (&o, "input",
                            "{\"kind\": \"multi-hot\", \"channels\": 3, \"symbols\": 3, \"per-symbol\": 1, "
                            "\"n-steps\": 3}",
                            NULL));
  fill_block (&o, 0, &block);
  for (int k = 0; k < 3; k++) /* a permutation */
    g_assert_cmpfloat (block.input[k] + block.input[3 + k] + block.input[6 + k], ==, 1);
  close_task (&o);
  clear_block (&block);
  g_assert_true (open_task (&o, "input",
                            "{\"kind\": \"multi-hot\", \"channels\": 5000, \"symbols\": 3, \"per-symbol\": 4, "
                            "\"n-steps\": 3}",
                            NULL));
  fill_block (&o, 0, &block);
  for (int t = 0; t < 3; t++)
    {
      int n = 0;

      for (int k = 0; k < 5000; k++)
        n += block.input[t * 5000 + k] == 1;
      g_assert_cmpint (n, >=, 1);
      g_assert_cmpint (n, <=, 4);
      total += n;
    }
  g_assert_cmpint (total, >=, 11); /* draws seldom meet among 5000 channels */
  close_task (&o);
}

/* One symbol stays the same in all blocks; its share is near the chance, 0.3 +- 5 sd of 2000 draws. */
static void
test_subsets (void)
{
  Opened o;
  g_auto (Block) block = { NULL };
  int n = 0;

  g_assert_true (open_task (&o, "input",
                            "{\"kind\": \"subsets\", \"channels\": 2000, \"symbols\": 1, \"share\": 0.3, "
                            "\"amplitude\": 10000, \"n-steps\": 2}",
                            NULL));
  fill_block (&o, 5, &block);
  for (int k = 0; k < 2000; k++)
    {
      g_assert_cmpfloat (block.input[k], ==, block.input[2000 + k]);
      n += block.input[k] == 10000;
    }
  g_assert_cmpfloat_with_epsilon (n / 2000.0, 0.3, 5 * sqrt (0.21 / 2000));
  close_task (&o);
}

/* --- words -------------------------------------------------------------------------------------------------------- */
static int
one_of (const RheoReal *x, int n, RheoReal amplitude)
{
  int found = -1;

  for (int k = 0; k < n; k++)
    if (x[k] != 0)
      {
        g_assert_cmpint (found, ==, -1);
        g_assert_cmpfloat (x[k], ==, amplitude);
        found = k;
      }
  g_assert_cmpint (found, >=, 0);
  return found;
}

/* Letters as text from the inputs, with what the targets and weights say checked on the way. */
static char *
dup_letters (const Opened *o, int units, RheoReal amplitude, const char *letters, const Block *block)
{
  GString *text = g_string_new (NULL);
  const int n = o->shape.n_out;

  for (int t = 0; t < o->shape.n_steps; t++)
    {
      const RheoReal *x = block->input + t * o->shape.n_in;
      int letter = -1;

      for (int k = 0; k < o->shape.n_in; k++)
        if (x[k] != 0)
          {
            g_assert_cmpfloat (x[k], ==, amplitude);
            g_assert_true (letter < 0 || letter == k / units);
            letter = k / units;
          }
        else
          g_assert_true (k / units != letter);
      g_string_append_c (text, letters[letter]);
      if (t > 0)
        g_assert_cmpint (one_of (block->target + (t - 1) * n, n, 1), ==, letter);
    }
  return g_string_free (text, FALSE);
}

/* Both words, whole, each about half of the time; the first letter of a word does not count. */
static void
test_counting (void)
{
  Opened o;
  g_auto (Block) block = { NULL };
  g_autofree char *text = NULL;
  const char *const *names;
  int n_words = 0, n_first = 0;

  g_assert_true (open_task (&o, "counting",
                            "{\"inner-letters\": 3, \"per-letter\": 2, \"amplitude\": 0.5, \"n-steps\": 10000}", NULL));
  g_assert_cmpint (o.shape.n_in, ==, 12);
  g_assert_cmpint (o.shape.n_out, ==, 6);
  fill_block (&o, 4, &block);
  text = dup_letters (&o, 2, (RheoReal) 0.5, "ABCDEF", &block);
  for (int t = 0; t < 10000; t += 5, n_words++) /* 40000 is a multiple of 5: a word begins with the block */
    {
      const gboolean first = g_str_has_prefix (text + t, "ABBBC");

      g_assert_true (first || g_str_has_prefix (text + t, "DEEEF"));
      n_first += first;
      for (int k = 0; k < 5; k++)
        g_assert_cmpfloat (block.weight[t + k], ==, k < 4);
    }
  g_assert_cmpfloat_with_epsilon ((double) n_first / n_words, 0.5, 5 * sqrt (0.25 / n_words));
  names = o.task->labels (o.config, FALSE);
  g_assert_cmpuint (g_strv_length ((char **) names), ==, 12);
  g_assert_cmpstr (names[3], ==, "B");
  g_assert_cmpstr (o.task->labels (o.config, TRUE)[5], ==, "F");
  g_assert_null (o.task->labels (o.config, TRUE)[6]);
  close_task (&o);
}

/* Words of three lengths by their probabilities, in letters beyond ASCII. */
static void
test_own_words (void)
{
  Opened o;
  g_auto (Block) block = { NULL };
  g_autofree char *text = NULL;
  int count[3] = { 0 }, n = 0;

  g_assert_true (open_task (&o, "counting",
                            "{\"words\": \" ÄB  1122 x\", \"probabilities\": [2, 1, 1], "
                            "\"per-letter\": 1, \"n-steps\": 20000}",
                            NULL));
  g_assert_cmpint (o.shape.n_out, ==, 5);
  g_assert_cmpstr (o.task->labels (o.config, TRUE)[0], ==, "Ä");
  fill_block (&o, 0, &block);
  text = dup_letters (&o, 1, 1, "AB12x", &block);
  for (const char *c = text; strlen (c) >= 4; n++)
    {
      const int w = g_str_has_prefix (c, "AB") ? 0 : g_str_has_prefix (c, "1122") ? 1 : 2;
      const int length = w == 0 ? 2 : w == 1 ? 4 : 1;

      g_assert_true (w < 2 || *c == 'x');
      g_assert_cmpfloat (block.weight[c - text + length - 1], ==, 0);
      count[w]++;
      c += length;
    }
  for (int w = 0; w < 3; w++)
    g_assert_cmpfloat_with_epsilon ((double) count[w] / n, w == 0 ? 0.5 : 0.25, 5 * sqrt (0.25 / n));
  close_task (&o);
}

static void
check_refused (const char *id, const char *json, const char *says)
{
  g_autoptr (GError) error = NULL;
  Opened o;

  g_assert_false (open_task (&o, id, json, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, says);
}

static void
test_refused (void)
{
  g_autofree char *b = g_strnfill (1100, 'b'), *lengthy = g_strdup_printf ("{\"words\": \"%s\"}", b);

  check_refused ("input", "{\"kind\": \"one-hot\", \"symbols\": 5, \"channels\": 4}", "task.channels is 4");
  check_refused ("input", "{\"lowest\": 2}", "must not be above");
  check_refused ("counting", "{\"words\": \"  \"}", "holds no word");
  check_refused ("counting", "{\"words\": \"A,B\"}", "letters, digits and blanks");
  check_refused ("counting", "{\"words\": \"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a\"}",
                 "than 32 words");
  check_refused ("counting", "{\"words\": \"AB CD\", \"probabilities\": [1]}", "has 1 numbers");
  check_refused ("counting", lengthy, "longer than 1002");
}

/* --- files -------------------------------------------------------------------------------------------------------- */
#define STEPS 5
#define CHANNELS 3

static char *folder;

static char *
write_file (const char *name, const char *text, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, size, NULL));
  return path;
}

static double
number_at (int t, int k)
{
  return 10 * t + k + 0.25;
}

static char *
write_npy (const char *name, gboolean turned)
{
  GString *npy = g_string_new_len ("\223NUMPY\001\000", 8);
  g_autofree char *head = g_strdup_printf ("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }\n",
                                           turned ? CHANNELS : STEPS, turned ? STEPS : CHANNELS);
  char *path;

  g_string_append_c (npy, (char) strlen (head));
  g_string_append_c (npy, 0);
  g_string_append (npy, head);
  for (int i = 0; i < STEPS * CHANNELS; i++)
    {
      const double v = turned ? number_at (i % STEPS, i / STEPS) : number_at (i / CHANNELS, i % CHANNELS);

      g_string_append_len (npy, (const char *) &v, sizeof v);
    }
  path = write_file (name, npy->str, (gssize) npy->len);
  g_string_free (npy, TRUE);
  return path;
}

static void
write_set (hid_t at, const char *name, int rank, const hsize_t *dims, const double *x)
{
  const hid_t space = H5Screate_simple (rank, dims, NULL);
  const hid_t set = H5Dcreate2 (at, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_true (set >= 0 && H5Dwrite (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
  H5Dclose (set);
  H5Sclose (space);
}

/* data/input [step][channel], data/cube with three axes, data/none without steps. */
static char *
write_hdf5 (void)
{
  char *path = g_build_filename (folder, "some.h5", NULL);
  const hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t group = H5Gcreate2 (file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  double x[STEPS * CHANNELS];

  for (int i = 0; i < STEPS * CHANNELS; i++)
    x[i] = number_at (i / CHANNELS, i % CHANNELS);
  write_set (group, "input", 2, (hsize_t[]){ STEPS, CHANNELS }, x);
  write_set (group, "cube", 3, (hsize_t[]){ STEPS, 1, CHANNELS }, x);
  write_set (group, "none", 2, (hsize_t[]){ 0, CHANNELS }, x);
  H5Gclose (group);
  H5Fclose (file);
  return path;
}

static char *
write_text (const char *name, char separator, gboolean head)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (head)
    g_string_append_printf (text, "input1%cinput2%cinput3\n", separator, separator);
  for (int t = 0; t < STEPS; t++)
    for (int k = 0; k < CHANNELS; k++)
      g_string_append_printf (text, "%g%c", number_at (t, k), k < CHANNELS - 1 ? separator : '\n');
  return write_file (name, text->str, -1);
}

/* Block 1 of three steps: 3, 4, then 0 again, or nothing. */
static void
check_file (const char *path, const char *more)
{
  for (int repeat = 0; repeat < 2; repeat++)
    {
      g_autofree char *json = g_strdup_printf ("{\"file\": \"%s\", \"n-steps\": 3, \"scale\": 2, \"at-end\": \"%s\"%s}",
                                               path, repeat ? "repeat" : "zeros", more);
      g_autoptr (GError) error = NULL;
      g_auto (Block) block = { NULL };
      Opened o;

      open_task (&o, "input-file", json, &error);
      g_assert_no_error (error);
      g_assert_cmpint (o.shape.n_in, ==, CHANNELS);
      g_assert_cmpint (o.shape.n_out, ==, 0);
      fill_block (&o, 1, &block);
      for (int t = 0; t < 3; t++)
        for (int k = 0; k < CHANNELS; k++)
          g_assert_cmpfloat (block.input[t * CHANNELS + k], ==,
                             t < 2    ? 2 * number_at (3 + t, k)
                             : repeat ? 2 * number_at (0, k)
                                      : 0);
      close_task (&o);
    }
}

static void
test_formats (void)
{
  g_autofree char *npy = write_npy ("one.npy", FALSE), *turned = write_npy ("turned.npy", TRUE), *h5 = write_hdf5 ();
  g_autofree char *csv = write_text ("head.csv", ',', TRUE), *bare = write_text ("bare.csv", ',', FALSE);
  g_autofree char *tsv = write_text ("head.tsv", '\t', TRUE);
  g_autofree char *trials = write_file ("trials.csv",
                                        "trial,a,b,c\n1,0.25,1.25,2.25\n1,10.25,11.25,12.25\n2,20.25,21.25,22.25\n"
                                        "2,30.25,31.25,32.25\n2,40.25,41.25,42.25\n",
                                        -1);

  check_file (npy, "");
  check_file (turned, ", \"axes\": \"channel-step\"");
  check_file (h5, ", \"array\": \"data/input\"");
  check_file (csv, "");
  check_file (csv, ", \"array\": \"input\"");
  check_file (bare, "");
  check_file (tsv, "");
  check_file (trials, "");
}

/* Some channels in the order asked for, from a step on. */
static void
test_channels (void)
{
  g_autofree char *csv = write_text ("some.csv", ';', TRUE);
  g_autofree char *json =
      g_strdup_printf ("{\"file\": \"%s\", \"n-steps\": 4, \"channels\": \"2, 0-1, 1\", \"first\": 2}", csv);
  g_auto (Block) block = { NULL };
  const int order[] = { 2, 0, 1 };
  Opened o;

  g_assert_true (open_task (&o, "input-file", json, NULL));
  g_assert_cmpint (o.shape.n_in, ==, 3);
  fill_block (&o, 0, &block);
  for (int t = 0; t < 4; t++)
    for (int k = 0; k < 3; k++)
      g_assert_cmpfloat (block.input[t * 3 + k], ==, number_at (2 + t % 3, order[k]));
  close_task (&o);
}

static void
check_broken (const char *path, const char *more, const char *says)
{
  g_autofree char *json = g_strdup_printf ("{\"file\": \"%s\"%s}", path, more);

  check_refused ("input-file", json, says);
}

static void
test_broken (void)
{
  g_autofree char *h5 = write_hdf5 (), *csv = write_text ("fine.csv", ',', TRUE);
  g_autofree char *word = write_file ("word.csv", "a,b\n1,2\n3,four\n", -1);
  g_autofree char *gap = write_file ("gap.csv", "a,b\n1,2\n3,\n", -1);
  g_autofree char *empty = write_file ("empty.csv", "", 0), *head = write_file ("head.csv", "a,b\n", -1);
  g_autofree char *ragged = write_file ("ragged.csv", "1,2\n3\n", -1);
  g_autofree char *damaged = write_file ("damaged.h5", "\211HDF\r\n\032\nnothing else", -1);

  check_refused ("input-file", "{}", "task.file is empty");
  check_broken ("/nowhere/at-all.csv", "", "no such file");
  check_broken (h5, ", \"array\": \"data/other\"", "holds no such array");
  check_broken (h5, ", \"array\": \"data/cube\"", "has 3 axes");
  check_broken (h5, ", \"array\": \"data/none\"", "has 0 steps");
  check_broken (csv, ", \"array\": \"output\"", "holds no such array");
  check_broken (csv, ", \"channels\": \"0-3\"", "from 0 to 2");
  check_broken (csv, ", \"channels\": \"x\"", "task.channels has “x”");
  check_broken (csv, ", \"first\": 5", "has 5 steps");
  check_broken (word, "", "“four”, which is no number");
  check_broken (gap, "", "not a finite number at step 1, channel 1");
  check_broken (empty, "", "holds no numbers");
  check_broken (head, "", "holds no numbers");
  check_broken (ragged, "", "Line 2");
  check_broken (damaged, "", "damaged");
}

int
main (int argc, char *argv[])
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheo-inputs-XXXXXX", NULL);
  g_test_add_func ("/inputs/joins", test_joins);
  g_test_add_func ("/inputs/one-hot", test_one_hot);
  g_test_add_func ("/inputs/multi-hot", test_multi_hot);
  g_test_add_func ("/inputs/subsets", test_subsets);
  g_test_add_func ("/inputs/counting", test_counting);
  g_test_add_func ("/inputs/own-words", test_own_words);
  g_test_add_func ("/inputs/refused", test_refused);
  g_test_add_func ("/inputs/formats", test_formats);
  g_test_add_func ("/inputs/channels", test_channels);
  g_test_add_func ("/inputs/broken", test_broken);
  failed = g_test_run ();
  {
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_remove (path);
      }
  }
  g_rmdir (folder);
  g_free (folder);
  return failed;
}
