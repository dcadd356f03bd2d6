/* Thread: any, but one at a time makes a data set. */
/* Digits that are really spoken, in English and German, by the program espeak-ng, and turned into spikes by a model of the
 * ear (cochlea.h): a data set in the manner of the Spiking Heidelberg Digits. Classes, and who speaks which trial, are those of
 * the digits that are made up (digits.h): of twelve voices 4 and 5 are only heard in the test set. A voice speaks a word at 16
 * pitches and speeds, at others for the test; trials differ in loudness, in when the word begins, and in what the ear's noise
 * does. */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>

#include "error.h"

typedef struct
{
  int n_train, n_test; /* trials; labels are balanced over them */
  uint64_t seed;
} RheoSpeechConfig;

/* FALSE: a number that is out of its range. */
gboolean rheo_speech_check (const RheoSpeechConfig *config, GError **error);

/* Looks for espeak-ng on PATH, has it speak, and writes both sets into a folder, as shd_train.h5 and shd_test.h5: both, or none
 * where it is cancelled (RHEO_ERROR_CANCELLED) or fails before the end. RHEO_ERROR_UNSUPPORTED: espeak-ng is not there. progress,
 * from the calling thread, and cancelled may be NULL. */
gboolean rheo_speech_write (const RheoSpeechConfig *config, const char *folder, gboolean replace,
                            void (*progress) (void *data, double fraction), void *progress_data,
                            const atomic_bool *cancelled, GError **error);

/* Reads a RIFF file of one channel of 16 bits, such as espeak-ng writes into a pipe, where it cannot know the length yet and
 * tells a very large one. Fills samples (int16_t) and rate (per second). FALSE: it is not such a file. */
gboolean rheo_speech_read_wav (const void *data, gsize size, GArray *samples, int *rate, GError **error);
