/* Thread: any; several at once may read one file. */
/* Files of spike trains with a label each, in the layout of the Spiking Heidelberg Digits and Spiking Speech Commands (Cramer
 * et al. 2022): HDF5 with a list of times and a list of units for each trial, of numbers of any width. Labels, speakers and the
 * lengths of the lists are read when a file is opened, spikes trial by trial. A file stays as it was when it was opened,
 * whatever takes its place. */
#pragma once

#include <stdint.h>

#include "error.h"

#define RHEO_SPIKE_CHANNELS 700 /* units are 0 .. RHEO_SPIKE_CHANNELS - 1 */

typedef struct RheoSpikeFile RheoSpikeFile;

/* NULL: every way a file can be wrong has a sentence of its own, which names the file and the dataset. */
RheoSpikeFile *rheo_spike_file_open (const char *path, GError **error);
void rheo_spike_file_close (RheoSpikeFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSpikeFile, rheo_spike_file_close)

int rheo_spike_file_get_n_trials (const RheoSpikeFile *file);
/* Names of the classes, NULL-ended: those of the file, or numbers where it has none. */
const char *const *rheo_spike_file_get_classes (const RheoSpikeFile *file);
const int32_t *rheo_spike_file_get_labels (const RheoSpikeFile *file);   /* [trial]: 0 .. classes - 1 */
const int32_t *rheo_spike_file_get_speakers (const RheoSpikeFile *file); /* [trial]: from 0; NULL: not told */
/* Spikes of a trial, as the file says; reading it may yet find that they are not there. */
uint32_t rheo_spike_file_get_n_spikes (const RheoSpikeFile *file, int trial);

/* Fills times (float, seconds from 0, ascending) and units (int32_t) with the spikes of a trial; what was in the arrays is
 * replaced. FALSE: they are damaged. */
gboolean rheo_spike_file_read (const RheoSpikeFile *file, int trial, GArray *times, GArray *units, GError **error);
