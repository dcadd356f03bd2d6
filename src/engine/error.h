/* Thread: any. */
#pragma once

#include <glib.h>

#define RHEO_ERROR (rheo_error_quark ())

/* Messages are whole sentences for the user: they name the key or file, what is wrong and what is allowed. */
typedef enum
{
  RHEO_ERROR_INVALID,     /* a value, key or combination that is not allowed */
  RHEO_ERROR_UNSUPPORTED, /* allowed, but not with this build, device or component */
  RHEO_ERROR_IO,          /* the system refused: missing file, no permission */
  RHEO_ERROR_NO_SPACE,    /* the disk is full, or the user's share of it */
  RHEO_ERROR_FORMAT,      /* a file is damaged; a newer one is UNSUPPORTED */
  RHEO_ERROR_FOREIGN,     /* a file is whole, but not of the kind that is wanted */
  RHEO_ERROR_NO_DATA,     /* a data set is not on this computer: it may be chosen, downloaded or made */
  RHEO_ERROR_DEVICE,      /* a compute device failed */
  RHEO_ERROR_MEMORY,      /* not enough memory */
  RHEO_ERROR_CANCELLED,
} RheoError;

GQuark rheo_error_quark (void);

/* Sets an error in the project's domain. Returns FALSE, so that a check is one line:
 * `return rheo_fail (error, RHEO_ERROR_INVALID, _("..."), ...);` */
gboolean rheo_fail (GError **error, RheoError code, const char *format, ...) G_GNUC_PRINTF (3, 4);
