/* Thread: any; what is made here does not change. */
/* Spoken digits in spikes that are made up: a data set in the manner of the Spiking Heidelberg Digits (Cramer et al. 2022, IEEE
 * Trans. Neural Netw. Learn. Syst. 33:2744), with nothing to download. Classes 0-9 are words of four phones, whose formants
 * glide over 700 channels; 10-19 are the same words played backwards, so that counts of spikes alone do not tell them apart.
 * Of twelve speakers 4 and 5 are only heard in the test set. Every trial is drawn by its address, alone and on any thread. */
#pragma once

#include <glib.h>
#include <stdatomic.h>

#include "spike-file-write.h"
#include "task.h"

#define RHEO_DIGITS_CHANNELS 700
#define RHEO_DIGITS_SEED 11 /* of the data, where none is given: words of middling difficulty (docs/spike-data.md) */
#define RHEO_DIGITS_CLASSES 20
#define RHEO_DIGITS_SPEAKERS 12
#define RHEO_DIGITS_MAX_TRIALS 100000 /* of a set */

typedef struct
{
  int n_train, n_test; /* trials; labels are balanced over them */
  uint64_t seed;
  double difficulty; /* 0-1: words become more alike, speakers and trials less so, and the background grows */
} RheoDigitsConfig;

typedef struct RheoDigits RheoDigits;

/* FALSE: a number that is out of its range. */
gboolean rheo_digits_check (const RheoDigitsConfig *config, GError **error);

/* The configuration has been checked, or has 0 trials in a set that is not asked for. */
RheoDigits *rheo_digits_new (const RheoDigitsConfig *config);
void rheo_digits_free (RheoDigits *digits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoDigits, rheo_digits_free)

/* Names of the classes, English and German, ended by NULL. */
const char *const *rheo_digits_get_classes (void);

/* What is told of a speaker, who is made up too. */
RheoSpikeSpeaker rheo_digits_describe_speaker (const RheoDigits *digits, int speaker);

/* RHEO_SET_TRAIN, or any other for the test set; i from 0 to n_train - 1 or n_test - 1. */
int rheo_digits_get_label (const RheoDigits *digits, RheoSet set, int i);
int rheo_digits_get_speaker (const RheoDigits *digits, RheoSet set, int i);
/* The spikes of a trial take the place of what is in times (float, seconds, ascending, of half precision) and units (int32_t,
 * channel). label and speaker may be NULL. */
void rheo_digits_trial (const RheoDigits *digits, RheoSet set, int i, GArray *times, GArray *units, int *label,
                        int *speaker);

/* Writes both sets into a folder, as shd_train.h5 and shd_test.h5 (spike-file-write.h): both, or none where it is cancelled
 * (RHEO_ERROR_CANCELLED) or fails before the end. progress, from the calling thread, and cancelled may be NULL (digits-write.c). */
gboolean rheo_digits_write (const RheoDigitsConfig *config, const char *folder, gboolean replace,
                            void (*progress) (void *data, double fraction), void *progress_data,
                            const atomic_bool *cancelled, GError **error);
