#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/frame-times.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <time.h>

#define START_S 10 /* what happens first is counted apart */

typedef struct
{
  double since, cpu; /* s, when it began: on the clock, and of work of this thread */
} Moment;

typedef struct
{
  GArray *wall, *cpu; /* ms */
} Stretches;

static char *file;
static Stretches first, later;
static Moment began, since;

static double
clock_seconds (clockid_t id)
{
  struct timespec t;

  clock_gettime (id, &t);
  return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static Moment
get_now (void)
{
  return (Moment){ clock_seconds (CLOCK_MONOTONIC), clock_seconds (CLOCK_THREAD_CPUTIME_ID) };
}

/* Polling ends a stretch; coming back from it begins the next. */
static int
timed_poll (GPollFD *fds, guint n, int timeout)
{
  const Moment now = get_now ();
  const double wall = 1000 * (now.since - since.since), cpu = 1000 * (now.cpu - since.cpu);
  Stretches *stretches = since.since - began.since < START_S ? &first : &later;
  int result;

  g_array_append_val (stretches->wall, wall);
  g_array_append_val (stretches->cpu, cpu);
  result = g_poll (fds, n, timeout);
  since = get_now ();
  return result;
}

void
rheo_frame_times_start (const char *path)
{
  file = g_strdup (path);
  for (int i = 0; i < 2; i++)
    {
      Stretches *stretches = i == 0 ? &first : &later;

      stretches->wall = g_array_new (FALSE, FALSE, sizeof (double));
      stretches->cpu = g_array_new (FALSE, FALSE, sizeof (double));
    }
  began = since = get_now ();
  g_main_context_set_poll_func (NULL, timed_poll);
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* With a point in every locale, as JSON wants it. */
static void
add_number (GString *text, const char *format, double v)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (number, sizeof number, format, v));
}

static void
add_quantiles (GString *text, const char *name, GArray *ms)
{
  static const struct
  {
    const char *name;
    double q;
  } quantiles[] = { { "median", 0.5 }, { "p99", 0.99 }, { "p99.9", 0.999 }, { "longest", 1 } };

  qsort (ms->data, ms->len, sizeof (double), compare);
  g_string_append_printf (text, ", \"%s\": {", name);
  for (gsize i = 0; i < G_N_ELEMENTS (quantiles); i++)
    {
      g_string_append_printf (text, "%s\"%s\": ", i > 0 ? ", " : "", quantiles[i].name);
      add_number (text, "%.3f", g_array_index (ms, double, (guint) (quantiles[i].q * (ms->len - 1))));
    }
  g_string_append (text, "}");
}

static void
add_stretches (GString *text, const char *name, Stretches *stretches, double seconds)
{
  if (stretches->wall->len > 0)
    {
      g_string_append_printf (text, "{\"part\": \"%s\", \"stretches\": %u, \"seconds\": ", name, stretches->wall->len);
      add_number (text, "%.1f", seconds);
      add_quantiles (text, "ms", stretches->wall);
      add_quantiles (text, "cpu_ms", stretches->cpu);
      g_string_append (text, "}\n");
    }
  g_array_unref (stretches->wall);
  g_array_unref (stretches->cpu);
}

void
rheo_frame_times_finish (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const double seconds = get_now ().since - began.since;

  if (file == NULL)
    return;
  g_main_context_set_poll_func (NULL, NULL);
  add_stretches (text, "start", &first, MIN (seconds, START_S));
  add_stretches (text, "later", &later, seconds - START_S);
  if (!g_file_set_contents (file, text->str, -1, &error))
    g_warning ("%s", error->message);
  g_clear_pointer (&file, g_free);
}
