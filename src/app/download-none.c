#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/download.h"

#include <glib/gi18n-lib.h>

/* Of a program that is built without libsoup. */

gboolean
rheo_download_is_possible (void)
{
  return FALSE;
}

RheoDownload
rheo_download_of_digits (const char *folder)
{
  return (RheoDownload){ .folder = folder };
}

gboolean
rheo_download_run (const RheoDownload *download, void (*tell) (const RheoDownloadState *state, void *data), void *data,
                   GCancellable *cancellable, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("This program was built without downloads."));
}
