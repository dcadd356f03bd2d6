/* How fast stored runs come on screen: all plots of a run at one snapshot after another, and a folder of many runs.
 * Prints a line for each measure, in ms.
 * bench-runs scrub RUN.h5 ROUNDS
 * bench-runs library FOLDER */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/library.h"
#include "app/run-source.h"

#define WIDTH 640
#define HEIGHT 240
#define MAX_PLOTS 64

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1000;
}

/* ms that the processors have worked: for this program, whatever else the machine does. */
static double
worked (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return 1e3 * (double) t.tv_sec + 1e-6 * (double) t.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
print_times (const char *what, GArray *times)
{
  double *t = (double *) times->data;

  qsort (t, times->len, sizeof *t, compare);
  printf ("%-34s %4u times  median %7.1f  95 %% %7.1f  worst %7.1f ms\n", what, times->len, t[times->len / 2],
          t[times->len * 95 / 100], t[times->len - 1]);
  g_array_set_size (times, 0);
}

/* Out of the system's memory, as after a start of the machine. */
static void
forget_file (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0 || posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
    g_printerr ("%s stays in memory.\n", path);
  close (fd);
}

/* --- scrubbing ---------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoRunSource *source;
  gboolean opened, complete;
  int64_t at;
  double asked, first, made, drawn, all_work, my_work;
  gboolean done[MAX_PLOTS];
  GArray *firsts, *mades, *drawns, *work, *draw_work;
} Scrub;

static void
draw (const RheoPlotSpec *made)
{
  RheoPlotSpec *spec = rheo_plot_spec_dup (made);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);

  rheo_plot_draw (spec, cr, WIDTH, HEIGHT);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  rheo_plot_spec_free (spec);
}

static void
on_opened (RheoRunSource *source, Scrub *scrub)
{
  scrub->opened = TRUE;
}

/* As the pane does: each plot once, when it is there. */
static void
on_ready (RheoRunSource *source, gint64 at, Scrub *scrub)
{
  const GPtrArray *specs = rheo_run_source_get_specs (source);

  if (at != scrub->at || scrub->complete)
    return;
  scrub->complete = rheo_run_source_is_complete (source);
  if (scrub->complete)
    scrub->made = now () - scrub->asked;
  for (guint i = 0; i < MIN (specs->len, MAX_PLOTS); i++)
    if (g_ptr_array_index (specs, i) != NULL && !scrub->done[i])
      {
        scrub->done[i] = TRUE;
        draw (g_ptr_array_index (specs, i));
        if (scrub->first < 0)
          scrub->first = now () - scrub->asked;
      }
  scrub->drawn = now () - scrub->asked;
}

static void
ask (Scrub *scrub, int64_t at)
{
  memset (scrub->done, 0, sizeof scrub->done);
  scrub->complete = FALSE;
  scrub->first = -1;
  scrub->at = at;
  scrub->all_work = worked (CLOCK_PROCESS_CPUTIME_ID);
  scrub->my_work = worked (CLOCK_THREAD_CPUTIME_ID);
  scrub->asked = now ();
  rheo_run_source_request (scrub->source, at);
  while (!scrub->complete)
    g_main_context_iteration (NULL, TRUE);
  scrub->my_work = worked (CLOCK_THREAD_CPUTIME_ID) - scrub->my_work;
  scrub->all_work = worked (CLOCK_PROCESS_CPUTIME_ID) - scrub->all_work - scrub->my_work;
  g_array_append_val (scrub->work, scrub->all_work);
  g_array_append_val (scrub->draw_work, scrub->my_work);
  g_array_append_val (scrub->firsts, scrub->first);
  g_array_append_val (scrub->mades, scrub->made);
  g_array_append_val (scrub->drawns, scrub->drawn);
}

static void
print_scrub (Scrub *scrub, const char *how)
{
  const char *const what[] = { "first plot drawn", "all plots made", "all plots drawn", "processor, reading",
                               "processor, drawing" };
  GArray *const times[] = { scrub->firsts, scrub->mades, scrub->drawns, scrub->work, scrub->draw_work };

  for (size_t i = 0; i < G_N_ELEMENTS (what); i++)
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", how, what[i]);

      print_times (line, times[i]);
    }
}

static gboolean
on_pause (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* As long as somebody who plays the snapshots looks at one. */
static void
pause_ms (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_pause, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static int
run_scrub (const char *path, int n_rounds)
{
  Scrub scrub = { .source = rheo_run_source_new ((const char *const[]){ path, NULL }),
                  .firsts = g_array_new (FALSE, FALSE, sizeof (double)),
                  .mades = g_array_new (FALSE, FALSE, sizeof (double)),
                  .drawns = g_array_new (FALSE, FALSE, sizeof (double)),
                  .work = g_array_new (FALSE, FALSE, sizeof (double)),
                  .draw_work = g_array_new (FALSE, FALSE, sizeof (double)) };
  const RheoRunContents *contents;
  double start = now ();
  int n;

  g_signal_connect (scrub.source, "opened", G_CALLBACK (on_opened), &scrub);
  g_signal_connect (scrub.source, "ready", G_CALLBACK (on_ready), &scrub);
  while (!scrub.opened)
    g_main_context_iteration (NULL, TRUE);
  printf ("opened in %.1f ms\n", now () - start);
  contents = rheo_run_source_get_contents (scrub.source, 0);
  n = contents->n_epochs;
  if (n < 2)
    {
      fprintf (stderr, "%s\n", contents->error != NULL ? contents->error : "The run has no snapshots to go through.");
      return 1;
    }
  /* Nothing is kept and nothing read ahead: the worst that can happen. 7 steps, so that no neighbour comes next. */
  rheo_run_source_set_room (scrub.source, 1);
  for (int i = 0; i < n_rounds; i++)
    {
      forget_file (path);
      ask (&scrub, (int64_t) contents->epochs[i * 7 % n]);
    }
  print_scrub (&scrub, "disk");
  for (int i = 0; i < n_rounds; i++)
    ask (&scrub, (int64_t) contents->epochs[i * 7 % n]);
  print_scrub (&scrub, "jump");
  rheo_run_source_set_room (scrub.source, (gsize) 256 << 20);
  for (int i = 0; i < n; i++)
    {
      ask (&scrub, (int64_t) contents->epochs[i]);
      pause_ms (150);
    }
  print_scrub (&scrub, "play");
  for (int i = 0; i < n_rounds; i++)
    ask (&scrub, (int64_t) contents->epochs[n - 1 - i % MIN (n, 4)]);
  print_scrub (&scrub, "back");
  return 0;
}

/* --- a folder of runs ----------------------------------------------------------------------------------------------- */
static long
resident_kb (void)
{
  g_autofree char *text = NULL;
  const char *line = NULL;

  if (g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    line = strstr (text, "VmRSS:");
  return line != NULL ? strtol (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

static void
read_folder (const char *folder, const char *how)
{
  double start = now (), listed = -1, longest = 0;
  g_autoptr (RheoLibrary) library = rheo_library_new (folder);
  GListModel *list = G_LIST_MODEL (library);

  while (rheo_library_is_busy (library))
    {
      double before;

      while (!g_main_context_pending (NULL))
        g_usleep (100);
      before = now ();
      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, now () - before);
      if (listed < 0 && g_list_model_get_n_items (list) > 0)
        listed = now () - start;
    }
  printf ("%-6s %u runs: listed after %.0f ms, read after %.0f ms, longest stretch of the main thread %.1f ms, "
          "%.1f MB resident\n",
          how, g_list_model_get_n_items (list), listed, now () - start, longest, (double) resident_kb () / 1024);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "scrub") == 0)
    return run_scrub (argv[2], CLAMP (atoi (argv[3]), 1, 10000));
  if (argc == 3 && strcmp (argv[1], "library") == 0)
    {
      read_folder (argv[2], "first");
      read_folder (argv[2], "again");
      return 0;
    }
  fprintf (stderr, "usage: bench-runs scrub RUN.h5 ROUNDS\n       bench-runs library FOLDER\n");
  return 2;
}
