/* Thread: any; a call works until it is done, so not that of the window. */
/* Files of a published data set from the servers that have them, packed by gzip. */
#pragma once

#include <gio/gio.h>

#include "engine/spike-data.h"

typedef struct
{
  const char *const *bases; /* addresses of folders, with a slash at the end, ended by NULL: the next where one fails */
  const char *const *names; /* of files, ended by NULL; each lies there as NAME.gz */
  const RheoSpikeSource *sums; /* of NAME and NAME.gz, in any order; ended by one without a name */
  const char *folder;          /* where they go; made where there is none */
  int pause_ms; /* before a server that dropped the connection is asked again; doubles from time to time */
} RheoDownload;

typedef enum
{
  RHEO_DOWNLOAD_FETCHING,
  RHEO_DOWNLOAD_WAITING,  /* the connection was dropped */
  RHEO_DOWNLOAD_CHECKING, /* and unpacking */
} RheoDownloadPhase;

typedef struct
{
  RheoDownloadPhase phase;
  const char *name;  /* of the file */
  int file, n_files; /* the first one is 0 */
  gint64 done, size; /* bytes of the packed file that are there, and in all; size 0: the server does not tell */
  gint64 began;      /* of done: what was there before */
} RheoDownloadState;

/* FALSE: this program was built without what it takes. */
gboolean rheo_download_is_possible (void);

/* The published digits, into the folder. */
RheoDownload rheo_download_of_digits (const char *folder);

/* Fetches the files that are not in the folder yet. A file comes as NAME.gz.part and goes on from there when the connection is
 * dropped, also in a later call, unless the server has another file by then; it becomes NAME when its bytes are the published
 * ones. tell, from the calling thread, and cancellable may be NULL.
 * FALSE: cancelled (RHEO_ERROR_CANCELLED) or a full disk (RHEO_ERROR_NO_SPACE), and parts stay for the next call; a file is
 * nowhere to be had (RHEO_ERROR_IO); what came is not the published file (RHEO_ERROR_FORMAT), and nothing of it stays. */
gboolean rheo_download_run (const RheoDownload *download, void (*tell) (const RheoDownloadState *state, void *data),
                            void *data, GCancellable *cancellable, GError **error);
