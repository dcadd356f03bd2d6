#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/frame-times.h"

#include <gio/gio.h>
#include <stdlib.h>

static char *file;
static GArray *stretches; /* ms */
static gint64 since;
static gint64 began;

/* Polling ends a stretch; coming back from it begins the next. */
static int
timed_poll (GPollFD *fds, guint n, int timeout)
{
  double ms = (double) (g_get_monotonic_time () - since) / 1000;
  int result;

  g_array_append_val (stretches, ms);
  result = g_poll (fds, n, timeout);
  since = g_get_monotonic_time ();
  return result;
}

void
rheo_frame_times_start (const char *path)
{
  file = g_strdup (path);
  stretches = g_array_new (FALSE, FALSE, sizeof (double));
  began = since = g_get_monotonic_time ();
  g_main_context_set_poll_func (NULL, timed_poll);
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static double
quantile (double q)
{
  return g_array_index (stretches, double, (guint) (q * (stretches->len - 1)));
}

void
rheo_frame_times_finish (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (file == NULL || stretches->len == 0)
    return;
  g_main_context_set_poll_func (NULL, NULL);
  qsort (stretches->data, stretches->len, sizeof (double), compare);
  text = g_strdup_printf ("{\"stretches\": %u, \"seconds\": %.1f, \"median\": %.3f, \"p99\": %.3f, \"p99.9\": %.3f, "
                          "\"longest\": %.3f}\n",
                          stretches->len, (double) (g_get_monotonic_time () - began) / 1e6, quantile (0.5),
                          quantile (0.99), quantile (0.999), quantile (1));
  if (!g_file_set_contents (file, text, -1, &error))
    g_warning ("%s", error->message);
  g_clear_pointer (&stretches, g_array_unref);
  g_clear_pointer (&file, g_free);
}
