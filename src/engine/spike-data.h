/* Thread: any. */
/* The published data sets of spoken digits and words in spikes (Cramer et al. 2022) on this computer: where their files lie, and
 * whether they are what was published. */
#pragma once

#include <stdbool.h>

#include "error.h"

/* Where they are looked for when no folder is named, and where a download goes: the one that was remembered last. Yours. */
char *rheo_spike_data_dup_folder (void);
/* The folder that a path means: of a file the one that it lies in, of no text that which is remembered. Yours. */
char *rheo_spike_data_dup_place (const char *path);
/* From now on that one, for all experiments that name none. FALSE: it cannot be noted. */
gboolean rheo_spike_data_remember (const char *folder, GError **error);

/* A file that was published, whole or packed, and its MD5 sum as lower-case digits. */
typedef struct
{
  const char *name, *md5;
} RheoSpikeSource;
const RheoSpikeSource *rheo_spike_data_get_sources (void); /* ended by one without a name */

typedef enum
{
  RHEO_SPIKE_SUM_GOOD,    /* bytes that were published, whatever the file is called */
  RHEO_SPIKE_SUM_OTHER,   /* called like one of these, with other bytes: a reason to warn, not to refuse */
  RHEO_SPIKE_SUM_UNKNOWN, /* a file of somebody else */
} RheoSpikeSum;

/* Reads the whole file. go_on (may be NULL) hears how much of it is done, 0 to 1, and may end it. FALSE: it cannot be read, or
 * was ended (RHEO_ERROR_CANCELLED). */
gboolean rheo_spike_data_verify (const char *path, bool (*go_on) (double done, void *data), void *data,
                                 RheoSpikeSum *sum, GError **error);

/* "The data file is not there." with RHEO_ERROR_NO_DATA. */
gboolean rheo_spike_data_fail_missing (const char *folder, const char *name, GError **error);
