/* Sound files as they are read, whole and damaged, and a data set of a program that speaks as espeak-ng does. */
#include "config.h"

#include "store-folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/digits.h"
#include "engine/spike-file.h"
#include "engine/speech.h"

#define N_SAMPLES 4000

/* --- sound files -------------------------------------------------------------------------------------------------- */

static void
add_number (GByteArray *wav, guint number, int bytes)
{
  for (int i = 0; i < bytes; i++)
    g_byte_array_append (wav, &(guint8){ (guint8) (number >> (8 * i)) }, 1);
}

static void
add_text (GByteArray *wav, const char *text)
{
  g_byte_array_append (wav, (const guint8 *) text, (guint) strlen (text));
}

typedef struct
{
  guint coding, channels, rate, bits;
  guint told;    /* bytes of data that the header tells */
  guint samples; /* that are there */
} Header;

static const Header good = { 1, 1, 22050, 16, 2 * N_SAMPLES, N_SAMPLES };

/* A tone of 1 kHz. */
static GByteArray *
make_wav (Header header)
{
  GByteArray *wav = g_byte_array_new ();

  add_text (wav, "RIFF");
  add_number (wav, 36 + header.told, 4);
  add_text (wav, "WAVEfmt ");
  add_number (wav, 16, 4);
  add_number (wav, header.coding, 2);
  add_number (wav, header.channels, 2);
  add_number (wav, header.rate, 4);
  add_number (wav, 2 * header.rate, 4);
  add_number (wav, 2, 2);
  add_number (wav, header.bits, 2);
  add_text (wav, "data");
  add_number (wav, header.told, 4);
  for (guint i = 0; i < header.samples; i++)
    add_number (wav, (guint) (int) (8000 * sin (2 * G_PI * 1000 * i / 22050)), 2);
  return wav;
}

/* NULL: it is read, and has so many samples. */
static void
check_wav (const GByteArray *wav, guint samples, const char *sentence)
{
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (int16_t));
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *copy = g_memdup2 (wav->data, wav->len); /* which tells of what is read beyond its end */
  int rate = 0;
  const gboolean done = rheo_speech_read_wav (copy, wav->len, read, &rate, &error);

  if (sentence == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (done);
      g_assert_cmpint (rate, ==, 22050);
      g_assert_cmpuint (read->len, ==, samples);
      for (guint i = 0; i < samples; i++)
        g_assert_cmpint (g_array_index (read, int16_t, i), ==, (int) (8000 * sin (2 * G_PI * 1000 * i / 22050)));
      return;
    }
  g_assert_false (done);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
check_header (Header header, guint samples, const char *sentence)
{
  g_autoptr (GByteArray) wav = make_wav (header);

  check_wav (wav, samples, sentence);
}

static void
test_wav (void)
{
  Header header = good;

  check_header (header, N_SAMPLES, NULL);
  header.told = 0x7ffff000; /* as it is in a pipe */
  check_header (header, N_SAMPLES, NULL);
  header.told = 0xffffffff;
  check_header (header, N_SAMPLES, NULL);
  header.samples = 0;
  check_header (header, 0, NULL);
  header = good;
  header.told = 100;
  check_header (header, 50, NULL);
}

static void
test_bad_wav (void)
{
  static const char *format = "The sound is not of one channel of 16-bit samples.";
  Header header = good;

  header.told += 2;
  check_header (header, 0, "The sound file ends too early.");
  header = good;
  header.coding = 3;
  check_header (header, 0, format);
  header = good;
  header.channels = 2;
  check_header (header, 0, format);
  header = good;
  header.bits = 8;
  check_header (header, 0, format);
  header = good;
  header.rate = 8000;
  check_header (header, 0, "The sound has 8000 samples per second; allowed are 16000 to 48000.");
  header.rate = 0xffffffff;
  check_header (header, 0, "The sound has 2147483647 samples per second; allowed are 16000 to 48000.");
}

/* Ends anywhere, chunks of any length. */
static void
test_cut_wav (void)
{
  for (guint n = 0; n < 44; n++)
    {
      g_autoptr (GByteArray) wav = make_wav (good);

      g_byte_array_set_size (wav, n);
      check_wav (wav, 0, n < 12 ? "It is no sound file in the format WAV." : "The sound file ends too early.");
    }
  for (guint told = 0; told < 3; told++) /* of the format: too short, none, larger than the file */
    {
      g_autoptr (GByteArray) wav = make_wav (good);
      static const guint8 sizes[][4] = { { 14 }, { 0 }, { 0xff, 0xff, 0xff, 0xff } };

      memcpy (wav->data + 16, sizes[told], 4);
      check_wav (wav, 0, told < 2 ? "The sound does not tell its format." : "The sound file ends too early.");
    }
  {
    g_autoptr (GByteArray) wav = make_wav (good);

    memcpy (wav->data + 12, "junk", 4);
    check_wav (wav, 0, "The sound does not tell its format.");
  }
  {
    /* A chunk of an odd length, with the byte that fills it up, is passed over. */
    static const guint8 list[] = { 'L', 'I', 'S', 'T', 3, 0, 0, 0, 'a', 'b', 'c', 0 };
    g_autoptr (GByteArray) wav = g_byte_array_new (), plain = make_wav (good);

    g_byte_array_append (wav, plain->data, 12);
    g_byte_array_append (wav, list, sizeof list);
    g_byte_array_append (wav, plain->data + 12, plain->len - 12);
    check_wav (wav, N_SAMPLES, NULL);
  }
}

/* --- data sets ---------------------------------------------------------------------------------------------------- */

static char *bin; /* the first folder of PATH */

/* A program named espeak-ng, which does what a line of the shell says. */
static void
pretend (const char *line)
{
  g_autofree char *program = g_build_filename (bin, "espeak-ng", NULL);
  g_autofree char *wav_path = g_build_filename (bin, "word.wav", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\nfolder=%s\n%s\n", bin, line);
  Header header = good;
  g_autoptr (GByteArray) wav = NULL;

  header.told = 0x7ffff000;
  wav = make_wav (header);
  g_assert_true (g_file_set_contents (wav_path, (const char *) wav->data, wav->len, NULL));
  g_assert_true (g_file_set_contents (program, text, -1, NULL));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
}

static gboolean
make (const Fixture *f, const atomic_bool *cancelled, GError **error)
{
  const RheoSpeechConfig config = { 24, 20, 5 };
  g_autofree char *out = g_build_filename (f->folder, "out", NULL);

  return rheo_speech_write (&config, out, TRUE, NULL, NULL, cancelled, error);
}

static int
count_out (const Fixture *f)
{
  g_autofree char *out = g_build_filename (f->folder, "out", NULL);
  g_autoptr (GDir) dir = g_dir_open (out, 0, NULL);
  int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static RheoSpikeFile *
open_set (const Fixture *f, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, "out", name, NULL);
  RheoSpikeFile *file = rheo_spike_file_open (path, &error);

  g_assert_no_error (error);
  return file;
}

/* What is spoken, in which voice; the files are those of the digits, with the tone in every trial. */
static void
test_set (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) train = NULL, test = NULL;
  g_autoptr (GArray) t = g_array_new (FALSE, FALSE, sizeof (float)), u = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autofree char *log_path = g_build_filename (bin, "log", NULL), *log = NULL;
  g_auto (GStrv) lines = NULL;
  int n_lines;

  pretend ("echo \"$*\" >>$folder/log; cat $folder/word.wav");
  make (f, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_out (f), ==, 2);
  train = open_set (f, "shd_train.h5");
  test = open_set (f, "shd_test.h5");
  g_assert_cmpint (rheo_spike_file_get_n_trials (train), ==, 24);
  g_assert_cmpint (rheo_spike_file_get_n_trials (test), ==, 20);
  g_assert_cmpstrv (rheo_spike_file_get_classes (train), rheo_digits_get_classes ());
  for (int i = 0; i < 24; i++)
    {
      int tone = 0, low = 0;

      g_assert_true (rheo_spike_file_read (train, i, t, u, NULL));
      g_assert_true (rheo_spike_file_get_speakers (train)[i] / 2 != 2);
      /* 1 kHz is 15.59 - 2.79 of the 32.09 - 2.79 ERBs: channel 305. */
      for (guint k = 0; k < u->len; k++)
        {
          tone += ABS (g_array_index (u, int32_t, k) - 305) < 30;
          low += g_array_index (u, int32_t, k) < 60;
        }
      g_assert_cmpint (tone, >, 10 * low);
      g_assert_cmpint (tone, >, 200);
      g_assert_cmpfloat (g_array_index (t, float, t->len - 1), <, N_SAMPLES / 22050.0 + 0.18);
    }
  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));
  lines = g_strsplit (g_strchomp (log), "\n", -1);
  n_lines = (int) g_strv_length (lines);
  g_assert_cmpint (n_lines, <=, 44);
  for (int i = 0; i < n_lines; i++)
    {
      const char *word = strrchr (lines[i], ' ') + 1;
      const gboolean german = strstr (lines[i], "-v de+") != NULL;

      g_assert_true (g_strv_contains (rheo_digits_get_classes () + (german ? 10 : 0), word));
      g_assert_true (german || strstr (lines[i], "-v en-") != NULL);
      for (int j = 0; j < i; j++)
        g_assert_cmpstr (lines[i], !=, lines[j]);
    }
}

static void
test_same_again (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) t = g_array_new (FALSE, FALSE, sizeof (float)), u = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GArray) t2 = g_array_new (FALSE, FALSE, sizeof (float)), u2 = g_array_new (FALSE, FALSE, sizeof (int32_t));

  pretend ("cat $folder/word.wav");
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (RheoSpikeFile) file = NULL;

      g_assert_true (make (f, NULL, NULL));
      file = open_set (f, "shd_test.h5");
      g_assert_true (rheo_spike_file_read (file, 7, k == 0 ? t : t2, k == 0 ? u : u2, NULL));
    }
  g_assert_cmpuint (t->len, >, 0);
  g_assert_cmpmem (t->data, t->len * sizeof (float), t2->data, t2->len * sizeof (float));
  g_assert_cmpmem (u->data, u->len * sizeof (int32_t), u2->data, u2->len * sizeof (int32_t));
}

/* A program that does something else is told of, and leaves nothing. */
static void
test_failures (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *line;
    RheoError code;
    const char *sentence; /* part of it */
  } cases[] = {
    { "exit 3", RHEO_ERROR_IO, "espeak-ng did not speak \"" },
    { "kill -9 $$", RHEO_ERROR_IO, "espeak-ng did not speak \"" },
    { "echo hello, hello", RHEO_ERROR_FORMAT, "cannot be heard: It is no sound file in the format WAV." },
    { "true", RHEO_ERROR_FORMAT, "cannot be heard: It is no sound file in the format WAV." },
    { "head -c 30 $folder/word.wav", RHEO_ERROR_FORMAT, "cannot be heard: The sound file ends too early." },
    { "head -c 44 $folder/word.wav; head -c 9000 /dev/zero", RHEO_ERROR_FORMAT,
      "is silence or longer than 5 seconds." },
    { "head -c 44 $folder/word.wav", RHEO_ERROR_FORMAT, "is silence or longer than 5 seconds." },
    { "cat $folder/word.wav; yes | head -c 400000", RHEO_ERROR_FORMAT, "is silence or longer than 5 seconds." },
    { "yes", RHEO_ERROR_FORMAT, "espeak-ng does not stop talking." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      pretend (cases[i].line);
      g_assert_false (make (f, NULL, &error));
      g_assert_error (error, RHEO_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].sentence));
      g_assert_cmpint (count_out (f), ==, 0);
    }
}

static void *
cancel_soon (void *cancelled)
{
  g_usleep (200000);
  atomic_store ((atomic_bool *) cancelled, true);
  return NULL;
}

/* Also while the program says nothing. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  static const char *const lines[] = { "cat $folder/word.wav", "exec sleep 15" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      atomic_bool cancelled = i == 0;
      GThread *thread = g_thread_new ("cancel", cancel_soon, &cancelled);

      pretend (lines[i]);
      g_assert_false (make (f, &cancelled, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
      g_assert_cmpint (count_out (f), ==, 0);
      g_thread_join (thread);
    }
}

/* The program itself, where it is there: words of a data set have the number of spikes that the published one has. */
static void
test_real (Fixture *f, gconstpointer data)
{
  g_autofree char *fake = g_build_filename (bin, "espeak-ng", NULL), *out = g_build_filename (f->folder, "out", NULL);
  g_autofree char *program = NULL;
  const RheoSpeechConfig config = { 10, 10, 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeFile) file = NULL;
  guint sum = 0;

  g_remove (fake);
  program = g_find_program_in_path ("espeak-ng");
  if (program == NULL)
    {
      g_test_skip ("espeak-ng is not there");
      return;
    }
  rheo_speech_write (&config, out, FALSE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  file = open_set (f, "shd_train.h5");
  for (int i = 0; i < 10; i++)
    sum += rheo_spike_file_get_n_spikes (file, i);
  g_assert_cmpuint (sum, >, 10 * 3000);
  g_assert_cmpuint (sum, <, 10 * 12000);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  int failed;

  bin = make_folder ();
  path = g_strconcat (bin, ":", g_getenv ("PATH"), NULL);
  g_setenv ("PATH", path, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/speech/wav", test_wav);
  g_test_add_func ("/speech/bad-wav", test_bad_wav);
  g_test_add_func ("/speech/cut-wav", test_cut_wav);
  g_test_add ("/speech/set", Fixture, NULL, set_up, test_set, tear_down);
  g_test_add ("/speech/same-again", Fixture, NULL, set_up, test_same_again, tear_down);
  g_test_add ("/speech/failures", Fixture, NULL, set_up, test_failures, tear_down);
  g_test_add ("/speech/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/speech/real", Fixture, NULL, set_up, test_real, tear_down);
  failed = g_test_run ();
  remove_tree (bin);
  g_free (bin);
  return failed;
}
