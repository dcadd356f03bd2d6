/* Thread: any; a writer belongs to one at a time. */
/* Writes files of spike trains with a label each, in the layout of the Spiking Heidelberg Digits (Cramer et al. 2022):
 *
 *   spikes/times            [trial] lists of half precision, seconds, ascending
 *   spikes/units            [trial] lists of uint16, channels
 *   labels, extra/speaker   [trial] uint16
 *   extra/keys              [class] texts of one length: names of the classes
 *   extra/meta_info/gender, extra/meta_info/age, extra/meta_info/body_height   [speaker] text, uint16 (years), float32 (cm)
 *
 * A file is written beside its place, under another name, and put there when it is whole: what was there before is replaced
 * then, and nothing stays of a file that was not finished. */
#pragma once

#include <stdint.h>

#include "error.h"

typedef struct
{
  const char *gender; /* "f", "m" */
  int age;            /* years */
  double height;      /* cm */
} RheoSpikeSpeaker;

typedef struct RheoSpikeWriter RheoSpikeWriter;

/* Units are 0 .. n_channels - 1; classes are ended by NULL. */
RheoSpikeWriter *rheo_spike_writer_new (const char *path, int n_channels, const char *const *classes,
                                        const RheoSpikeSpeaker *speakers, int n_speakers, GError **error);
/* One more trial of n spikes. Times are rounded to half precision. FALSE: times that do not ascend, a number that is out of its
 * range, a full disk; then the file is not to be finished. */
gboolean rheo_spike_writer_add (RheoSpikeWriter *writer, int n, const float *times, const int32_t *units, int label,
                                int speaker, GError **error);
/* Puts the file in its place. The writer is good for nothing but being freed after that. */
gboolean rheo_spike_writer_finish (RheoSpikeWriter *writer, GError **error);
/* Removes what was not finished. */
void rheo_spike_writer_free (RheoSpikeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSpikeWriter, rheo_spike_writer_free)

/* The two files of a data set, shd_train.h5 and shd_test.h5. The folder is made where there is none; files of these names that
 * are there are an error unless they may be replaced. writers becomes those of the two files. */
gboolean rheo_spike_writers_new (const char *folder, gboolean replace, int n_channels, const char *const *classes,
                                 const RheoSpikeSpeaker *speakers, int n_speakers, RheoSpikeWriter *writers[2],
                                 GError **error);
/* Puts both into their places, or none where the disk is full. */
gboolean rheo_spike_writers_finish (RheoSpikeWriter *writers[2], GError **error);
/* Frees both and leaves NULL. */
void rheo_spike_writers_clear (RheoSpikeWriter *writers[2]);
