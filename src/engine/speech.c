#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "speech.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cochlea.h"
#include "digits.h"
#include "rng.h"
#include "team.h"

#define PROGRAM "espeak-ng"
#define PATIENCE 20         /* seconds until a program that is not done is given up */
#define MOST_BYTES 1000000  /* of a word: ten seconds of sound and more */
#define UNKNOWN 0x7ffff000u /* bytes that espeak-ng tells when it writes into a pipe, or more */

#define N_PITCHES 4
#define N_SPEEDS 4
#define N_VARIANTS (N_PITCHES * N_SPEEDS)
#define PITCH_STEP 6  /* of espeak-ng's 0 to 99 */
#define SPEED_STEP 12 /* words per minute */

#define QUIET 0.02 /* of the largest sample: before and after the word */
#define MIN_LEVEL 76.0
#define MAX_LEVEL 84.0 /* dB SPL */
#define MIN_BEFORE 0.02
#define MAX_BEFORE 0.08 /* seconds of silence before the word */
#define AFTER 0.1
#define MOST_SECONDS 5

typedef struct
{
  const char *english, *german, *gender;
  int pitch, speed; /* in the middle */
} Voice;

static const Voice voices[RHEO_DIGITS_SPEAKERS] = {
  { "en-us+m1", "de+m1", "m", 45, 165 },          { "en-gb+f2", "de+f2", "f", 50, 175 },
  { "en-gb+m3", "de+m3", "m", 40, 155 },          { "en-us+f3", "de+f3", "f", 55, 170 },
  { "en-us+m4", "de+m4", "m", 50, 180 },          { "en-gb+f5", "de+f5", "f", 45, 160 },
  { "en-gb+m2", "de+m2", "m", 35, 170 },          { "en-us+f4", "de+f4", "f", 60, 180 },
  { "en-us+m7", "de+m7", "m", 50, 160 },          { "en-gb+f1", "de+f1", "f", 50, 165 },
  { "en-gb-scotland+m6", "de+m6", "m", 55, 175 }, { "en-us+m8", "de+m8", "m", 45, 150 },
};

/* --- sound files -------------------------------------------------------------------------------------------------- */

static guint
get_number (const guint8 *at, int bytes)
{
  guint number = 0;

  for (int i = bytes; i-- > 0;)
    number = number << 8 | at[i];
  return number;
}

static gboolean
read_format (const guint8 *at, gsize size, int *rate, GError **error)
{
  if (size < 16)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The sound does not tell its format."));
  if (get_number (at, 2) != 1 || get_number (at + 2, 2) != 1 || get_number (at + 14, 2) != 16)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The sound is not of one channel of 16-bit samples."));
  *rate = (int) MIN (get_number (at + 4, 4), G_MAXINT);
  if (*rate < RHEO_COCHLEA_MIN_RATE || *rate > RHEO_COCHLEA_MAX_RATE)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The sound has %d samples per second; allowed are %d to %d."), *rate,
                      RHEO_COCHLEA_MIN_RATE, RHEO_COCHLEA_MAX_RATE);
  return TRUE;
}

gboolean
rheo_speech_read_wav (const void *data, gsize size, GArray *samples, int *rate, GError **error)
{
  const guint8 *bytes = data;
  gboolean known = FALSE;
  gsize at = 12;

  if (size < 12 || memcmp (bytes, "RIFF", 4) != 0 || memcmp (bytes + 8, "WAVE", 4) != 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("It is no sound file in the format WAV."));
  while (size - at >= 8)
    {
      const guint8 *chunk = bytes + at;
      const gsize told = get_number (chunk + 4, 4), left = size - at - 8;
      const gboolean is_data = memcmp (chunk, "data", 4) == 0;

      if (told > left && !(is_data && told >= UNKNOWN))
        break;
      if (is_data && !known)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The sound does not tell its format."));
      if (is_data)
        {
          g_array_set_size (samples, (guint) (MIN (told, left) / 2));
          for (guint i = 0; i < samples->len; i++)
            g_array_index (samples, int16_t, i) = (int16_t) get_number (chunk + 8 + 2 * (gsize) i, 2);
          return TRUE;
        }
      if (memcmp (chunk, "fmt ", 4) == 0 && !(known = read_format (chunk + 8, told, rate, error)))
        return FALSE;
      at += 8 + MIN (told + (told & 1), left); /* chunks begin at even bytes */
    }
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("The sound file ends too early."));
}

/* --- espeak-ng ---------------------------------------------------------------------------------------------------- */

static gboolean
is_cancelled (const atomic_bool *cancelled)
{
  return cancelled != NULL && atomic_load (cancelled);
}

static gboolean
fail_cancelled (GError **error)
{
  return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Making the data was cancelled."));
}

/* What a program writes until it closes its output. */
static gboolean
read_output (int fd, GByteArray *output, const atomic_bool *cancelled, GError **error)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;
  guint8 part[16384];

  while (TRUE)
    {
      struct pollfd wait = { .fd = fd, .events = POLLIN };
      const int ready = poll (&wait, 1, 100);
      const gssize n = ready > 0 ? read (fd, part, sizeof part) : -1;

      if (is_cancelled (cancelled))
        return fail_cancelled (error);
      if (n == 0)
        return TRUE;
      if (n > 0)
        g_byte_array_append (output, part, (guint) n);
      else if ((ready < 0 || (ready > 0 && n < 0)) && errno != EINTR && errno != EAGAIN)
        return rheo_fail (error, RHEO_ERROR_IO, _ ("What %s says could not be read: %s."), PROGRAM, g_strerror (errno));
      if (output->len > MOST_BYTES)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s does not stop talking."), PROGRAM);
      if (g_get_monotonic_time () > deadline)
        return rheo_fail (error, RHEO_ERROR_IO, _ ("%s was not done after %d seconds."), PROGRAM, PATIENCE);
    }
}

/* A word in a voice, as a sound file. */
static GByteArray *
speak (const char *program, const char *voice, int pitch, int speed, const char *word, const atomic_bool *cancelled,
       GError **error)
{
  g_autofree char *p = g_strdup_printf ("%d", pitch), *s = g_strdup_printf ("%d", speed);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autoptr (GError) bad = NULL;
  GInputStream *stream;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &bad, program, "-b",
                              "1", "-z", "-v", voice, "-p", p, "-s", s, "--stdout", word, NULL);
  if (process == NULL)
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be started: %s."), PROGRAM, bad->message);
      return NULL;
    }
  stream = g_subprocess_get_stdout_pipe (process);
  if (!read_output (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (stream)), output, cancelled, error))
    {
      g_subprocess_force_exit (process);
      return NULL;
    }
  if (g_subprocess_wait_check (process, NULL, &bad))
    return g_steal_pointer (&output);
  if (is_cancelled (cancelled)) /* Ctrl-C ends it too */
    fail_cancelled (error);
  else
    rheo_fail (error, RHEO_ERROR_IO, _ ("%s did not speak \"%s\" in the voice %s: %s."), PROGRAM, word, voice,
               bad->message);
  return NULL;
}

/* --- words that are spoken ---------------------------------------------------------------------------------------- */

typedef struct
{
  int set, speaker, label, variant; /* set 1: of the test */
  int16_t *samples;                 /* owned; without the silence about the word */
  int n, rate;
  double power; /* mean square of the samples */
} Sound;

typedef struct
{
  int set, label, speaker;
  guint sound; /* its number */
  RheoRng rng;
  GArray *times, *units;
} Trial;

/* What is common to all that is made, and the items that are made just now. */
typedef struct
{
  const RheoSpeechConfig *config;
  const atomic_bool *cancelled;
  char *program;
  RheoDigits *digits;
  RheoTeam *team;
  GArray *sounds; /* Sound, each once */
  Trial *trials;  /* train, then test */
  RheoSpikeWriter *writers[2];
  int first;       /* number of the first item */
  GError **errors; /* [item] */
} Work;

/* Steps of the generator for a trial; the ear draws at all others. */
enum
{
  DRAW_TRIAL = RHEO_STEP_BEFORE,
};

/* Takes what is between silences. */
static gboolean
keep_word (const GArray *samples, Sound *sound)
{
  const int16_t *x = (const int16_t *) (void *) samples->data;
  int largest = 0, first = 0, end = (int) samples->len;

  for (int i = 0; i < end; i++)
    largest = MAX (largest, ABS ((int) x[i]));
  if (largest == 0 || samples->len > (guint) (MOST_SECONDS * sound->rate))
    return FALSE;
  while (ABS ((int) x[first]) < QUIET * largest)
    first++;
  while (ABS ((int) x[end - 1]) < QUIET * largest)
    end--;
  sound->n = end - first;
  sound->samples = g_memdup2 (x + first, (gsize) sound->n * sizeof *x);
  for (int i = first; i < end; i++)
    sound->power += (double) x[i] * x[i] / sound->n;
  return TRUE;
}

static void
make_sound (void *data, int item, int thread)
{
  Work *work = data;
  Sound *sound = &g_array_index (work->sounds, Sound, work->first + item);
  const Voice *voice = &voices[sound->speaker];
  const char *word = rheo_digits_get_classes ()[sound->label];
  const char *name = sound->label < RHEO_DIGITS_CLASSES / 2 ? voice->english : voice->german;
  const int p = 2 * (sound->variant / N_SPEEDS) - (N_PITCHES - 1), s = 2 * (sound->variant % N_SPEEDS) - (N_SPEEDS - 1);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (int16_t));
  g_autoptr (GByteArray) output = NULL;
  g_autoptr (GError) bad = NULL;

  /* Pitches and speeds of the test are between those of the training. */
  output = speak (work->program, name, voice->pitch + (p + sound->set) * PITCH_STEP / 2,
                  voice->speed + (s + sound->set) * SPEED_STEP / 2, word, work->cancelled, &work->errors[item]);
  if (output == NULL)
    return;
  if (!rheo_speech_read_wav (output->data, output->len, samples, &sound->rate, &bad))
    rheo_fail (&work->errors[item], RHEO_ERROR_FORMAT,
               _ ("What %s wrote for \"%s\" in the voice %s cannot be heard: %s"), PROGRAM, word, name, bad->message);
  else if (!keep_word (samples, sound))
    rheo_fail (&work->errors[item], RHEO_ERROR_FORMAT,
               _ ("What %s spoke for \"%s\" in the voice %s is silence or longer than %d seconds."), PROGRAM, word,
               name, MOST_SECONDS);
}

static void
clear_sound (void *data)
{
  g_free (((Sound *) data)->samples);
}

/* --- trials ------------------------------------------------------------------------------------------------------- */

static double
draw_between (const Trial *trial, guint index, double lo, double hi)
{
  return lo + (hi - lo) * rheo_rng_uniform (trial->rng, DRAW_TRIAL, index);
}

static void
make_trial (void *data, int item, int thread)
{
  Work *work = data;
  Trial *trial = &work->trials[work->first + item];
  const Sound *sound = &g_array_index (work->sounds, Sound, trial->sound);
  const double level = draw_between (trial, 1, MIN_LEVEL, MAX_LEVEL) - RHEO_COCHLEA_UNIT_LEVEL;
  const int before = (int) (draw_between (trial, 2, MIN_BEFORE, MAX_BEFORE) * sound->rate);
  const int n = before + sound->n + (int) (AFTER * sound->rate);
  const double scale = pow (10, level / 20) / sqrt (sound->power);
  g_autofree float *x = NULL;

  if (is_cancelled (work->cancelled))
    {
      fail_cancelled (&work->errors[item]);
      return;
    }
  x = g_new0 (float, n);
  for (int i = 0; i < sound->n; i++)
    x[before + i] = (float) (scale * sound->samples[i]);
  trial->times = g_array_new (FALSE, FALSE, sizeof (float));
  trial->units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  rheo_cochlea_hear (x, n, sound->rate, trial->rng, trial->times, trial->units);
}

static void
forget_trial (Trial *trial)
{
  g_clear_pointer (&trial->times, g_array_unref);
  g_clear_pointer (&trial->units, g_array_unref);
}

/* Who says what in each trial, and each sound that is needed once. */
static void
plan (Work *work)
{
  const int n_train = work->config->n_train, n = n_train + work->config->n_test;
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL); /* number of what is spoken: number of the sound + 1 */

  work->trials = g_new0 (Trial, n);
  for (int i = 0; i < n; i++)
    {
      Trial *trial = &work->trials[i];
      const RheoSet set = i < n_train ? RHEO_SET_TRAIN : RHEO_SET_TEST;
      const int in_set = i < n_train ? i : i - n_train;
      Sound sound = { .set = set != RHEO_SET_TRAIN };
      gpointer key, value;

      trial->rng = (RheoRng){ work->config->seed, RHEO_STREAM_DATA, (uint32_t) sound.set, (uint32_t) in_set };
      trial->set = sound.set;
      trial->label = sound.label = rheo_digits_get_label (work->digits, set, in_set);
      trial->speaker = sound.speaker = rheo_digits_get_speaker (work->digits, set, in_set);
      sound.variant = (int) rheo_rng_below (trial->rng, DRAW_TRIAL, 0, N_VARIANTS);
      key = GINT_TO_POINTER (((sound.set * RHEO_DIGITS_SPEAKERS + sound.speaker) * RHEO_DIGITS_CLASSES + sound.label)
                                 * N_VARIANTS
                             + sound.variant);
      value = g_hash_table_lookup (known, key);
      if (value == NULL)
        {
          g_array_append_val (work->sounds, sound);
          value = GUINT_TO_POINTER (work->sounds->len);
          g_hash_table_insert (known, key, value);
        }
      trial->sound = GPOINTER_TO_UINT (value) - 1;
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

/* Makes items from work->first on, on all threads, and tells the first error. */
static gboolean
make_some (Work *work, int n, void (*make) (void *data, int item, int thread), GError **error)
{
  g_autofree GError **errors = work->errors = g_new0 (GError *, n);
  GError *failed = NULL;

  rheo_team_map (work->team, n, make, work);
  for (int i = 0; i < n; i++)
    if (errors[i] != NULL && failed == NULL)
      failed = errors[i];
    else
      g_clear_error (&errors[i]);
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
write_trials (Work *work, int n, GError **error)
{
  gboolean good = TRUE;

  for (int i = 0; i < n; i++)
    {
      Trial *trial = &work->trials[work->first + i];

      good = good
             && rheo_spike_writer_add (
                 work->writers[trial->set], (int) trial->times->len, (const float *) (void *) trial->times->data,
                 (const int32_t *) (void *) trial->units->data, trial->label, trial->speaker, error);
      forget_trial (trial);
    }
  return good;
}

static gboolean
write_all (Work *work, void (*progress) (void *data, double fraction), void *progress_data, GError **error)
{
  const int some = 4 * rheo_team_get_n_threads (work->team);
  const int n_sounds = (int) work->sounds->len, n = n_sounds + work->config->n_train + work->config->n_test;

  for (int done = 0, now; done < n; done += now)
    {
      const gboolean speaks = done < n_sounds;

      work->first = speaks ? done : done - n_sounds;
      now = MIN (some, (speaks ? n_sounds : n) - done);
      if (is_cancelled (work->cancelled))
        return fail_cancelled (error);
      if (!make_some (work, now, speaks ? make_sound : make_trial, error)
          || (!speaks && !write_trials (work, now, error)))
        return FALSE;
      if (progress != NULL)
        progress (progress_data, (double) (done + now) / n);
    }
  return rheo_spike_writers_finish (work->writers, error);
}

gboolean
rheo_speech_check (const RheoSpeechConfig *config, GError **error)
{
  const RheoDigitsConfig digits = { config->n_train, config->n_test, config->seed, 0 };

  return rheo_digits_check (&digits, error);
}

static void
clear_work (Work *work)
{
  rheo_spike_writers_clear (work->writers);
  for (int i = 0; i < work->config->n_train + work->config->n_test; i++)
    forget_trial (&work->trials[i]);
  g_free (work->trials);
  g_array_unref (work->sounds);
  rheo_digits_free (work->digits);
  rheo_team_free (work->team);
  g_free (work->program);
}

gboolean
rheo_speech_write (const RheoSpeechConfig *config, const char *folder, gboolean replace,
                   void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled,
                   GError **error)
{
  const RheoDigitsConfig who = { config->n_train, config->n_test, config->seed, 0 };
  RheoSpikeSpeaker speakers[RHEO_DIGITS_SPEAKERS] = { 0 };
  Work work = { .config = config, .cancelled = cancelled };
  gboolean done;

  if (!rheo_speech_check (config, error))
    return FALSE;
  work.program = g_find_program_in_path (PROGRAM);
  if (work.program == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("Digits are spoken by the program %s, which is not on this computer; install the package %s."),
                      PROGRAM, PROGRAM);
  work.team = rheo_team_new (0);
  if (work.team == NULL)
    {
      g_free (work.program);
      return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("No thread could be started."));
    }
  work.digits = rheo_digits_new (&who);
  work.sounds = g_array_new (FALSE, TRUE, sizeof (Sound));
  g_array_set_clear_func (work.sounds, clear_sound);
  plan (&work);
  for (int s = 0; s < RHEO_DIGITS_SPEAKERS; s++)
    speakers[s].gender = voices[s].gender; /* nothing is told of their age and height: 0 */
  done = rheo_spike_writers_new (folder, replace, RHEO_COCHLEA_CHANNELS, rheo_digits_get_classes (), speakers,
                                 RHEO_DIGITS_SPEAKERS, work.writers, error)
         && write_all (&work, progress, progress_data, error);
  clear_work (&work);
  return done;
}
