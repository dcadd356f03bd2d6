#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "error.h"

G_DEFINE_QUARK (rheo - error - quark, rheo_error)

gboolean
rheo_fail (GError **error, RheoError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (RHEO_ERROR, (int) code, format, args);
  va_end (args);
  return FALSE;
}
