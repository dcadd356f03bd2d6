/* Thread: any. */
/* What a folder with spoken digits or words in spikes holds, and whether it is what was published. */
#pragma once

#include <stdint.h>

#include "engine/spike-data.h"

#define RHEO_SPIKE_MOST_FILES 3

typedef struct
{
  int n_files;
  const char *names[RHEO_SPIKE_MOST_FILES];                               /* training, then test files */
  int n_trials[RHEO_SPIKE_MOST_FILES], n_speakers[RHEO_SPIKE_MOST_FILES]; /* speakers 0: not told */
  RheoSpikeSum sums[RHEO_SPIKE_MOST_FILES];
  int n_classes;
  double mean;             /* spikes of a trial */
  uint32_t least, most;    /* the same */
  float shortest, longest; /* seconds to the last spike of a trial */
} RheoSpikeFacts;

/* Names of the files that are wanted of a folder, ended by NULL: those of words where it has these, else of digits. */
const char *const *rheo_spike_facts_get_names (const char *folder);
/* The first of them that is not there; NULL: all are. */
const char *rheo_spike_facts_find_missing (const char *folder);

/* Reads all of it, which takes seconds; go_on hears how much is done, 0 to 1, and may end it. NULL: a file is missing or wrong,
 * or it was ended (RHEO_ERROR_CANCELLED). Yours (g_free). */
RheoSpikeFacts *rheo_spike_facts_read (const char *folder, bool (*go_on) (double done, void *data), void *data,
                                       GError **error);
