/* The scrubber of a stored run: all plots follow it, and how long that takes. */
#include "config.h"

#include "../app/small-run.h"
#include "ui-test.h"

#include "app/run-pane.h"
#include "app/runs-page-private.h"
#include "app/settings.h"
#include "widgets/plot-card.h"
#include "widgets/plot-view-private.h"
#include "widgets/scrubber.h"

#define N_PLOTS 6

typedef struct
{
  RheoAppWindow *window;
  RheoRunsPage *page;
  RheoScrubber *scrubber;
  GPtrArray *views; /* borrowed */
  gint64 painted;   /* when all plots of the snapshot were on screen, µs; 0: not yet */
  gint64 seen;      /* the same of those that are not scrolled away */
} Place;

static void
find_views (GtkWidget *widget, GPtrArray *views)
{
  if (RHEO_IS_PLOT_CARD (widget))
    g_ptr_array_add (views, rheo_plot_card_get_view (RHEO_PLOT_CARD (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_views (child, views);
}

/* Curves over training are the same at each snapshot; a line stands at it. */
static gboolean
is_over_training (const RheoPlotSpec *spec)
{
  for (int i = 0; i < spec->n_bindings; i++)
    if (g_str_equal (spec->binding[i].column->key, "iteration"))
      return TRUE;
  return FALSE;
}

static gboolean
shows (RheoPlotView *view, double at)
{
  g_autofree char *when = g_strdup_printf (" %.0f", at);

  if (view->spec == NULL || view->busy || view->incoming != NULL)
    return FALSE;
  if (is_over_training (view->spec))
    return view->cursor == at;
  return view->spec->when != NULL && g_str_has_suffix (view->spec->when, when);
}

static gboolean
is_seen (RheoPlotView *view)
{
  GtkWidget *port = gtk_widget_get_ancestor (GTK_WIDGET (view), GTK_TYPE_VIEWPORT);
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (GTK_WIDGET (view), port, &bounds) && bounds.origin.y < gtk_widget_get_height (port)
         && bounds.origin.y + bounds.size.height > 0;
}

static gboolean
all_show (Place *p, gboolean all)
{
  const double at = rheo_scrubber_get_iteration (p->scrubber);

  for (guint i = 0; i < p->views->len; i++)
    if ((all || is_seen (p->views->pdata[i])) && !shows (p->views->pdata[i], at))
      return FALSE;
  return TRUE;
}

static void
on_painted (GdkFrameClock *clock, Place *p)
{
  if (p->seen == 0 && all_show (p, FALSE))
    p->seen = g_get_monotonic_time ();
  if (p->painted == 0 && all_show (p, TRUE))
    p->painted = g_get_monotonic_time ();
}

static gboolean
is_painted (gpointer data)
{
  return ((Place *) data)->painted != 0;
}

static gboolean
has_views (gpointer data)
{
  Place *p = data;

  g_ptr_array_set_size (p->views, 0);
  find_views (p->page->run, p->views);
  return p->views->len == N_PLOTS;
}

static void
expect_paint (Place *p)
{
  p->seen = p->painted = 0;
  gtk_widget_queue_draw (GTK_WIDGET (p->window));
}

static void
open_place (Place *p, const char *path)
{
  p->views = g_ptr_array_new ();
  p->window = ui_window_new ();
  ui_activate (GTK_WIDGET (p->window), "win.view::runs");
  p->page = RHEO_RUNS_PAGE (ui_find_type (GTK_WIDGET (p->window), RHEO_TYPE_RUNS_PAGE));
  p->scrubber = RHEO_SCRUBBER (ui_find_type (p->page->run, RHEO_TYPE_SCRUBBER));
  ui_settle (GTK_WIDGET (p->window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (p->window)), "after-paint", G_CALLBACK (on_painted), p);
  rheo_runs_page_show (p->page, path);
  ui_wait (has_views, p);
  expect_paint (p);
  ui_wait (is_painted, p);
}

static void
close_place (Place *p)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (GTK_WIDGET (p->window)), p);
  ui_window_close (p->window);
  g_ptr_array_unref (p->views);
}

/* Wherever a drag goes, in the end all plots show the place where it ended. */
static void
test_settles (void)
{
  static const int ends[] = { 4, 2, 3, 2, 4, 3 };
  g_autofree char *path = g_build_filename (ui_test_folder (), "settles.h5", NULL);
  Place place = { 0 };

  small_run (path, "run.seed=1");
  open_place (&place, path);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      for (int k = 0; k < 12; k++)
        {
          rheo_scrubber_set_iteration (place.scrubber, k % 5);
          /* As much of it as is due: some plots are on their way when the next move comes. */
          for (int j = 0; j < k; j++)
            g_main_context_iteration (NULL, FALSE);
        }
      rheo_scrubber_set_iteration (place.scrubber, ends[i]);
      expect_paint (&place);
      ui_wait (is_painted, &place);
      g_assert_cmpfloat (rheo_scrubber_get_iteration (place.scrubber), ==, ends[i]);
      /* And nothing older comes after it. */
      ui_settle (GTK_WIDGET (place.window));
      g_assert_true (all_show (&place, TRUE));
    }
  close_place (&place);
  g_remove (path);
}

/* --- milliseconds ------------------------------------------------------------------------------------------------- */

static gboolean
note_end (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
stay (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, note_end, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
say (const char *what, const char *which, double *ms, int n)
{
  qsort (ms, (size_t) n, sizeof *ms, compare);
  g_test_message ("%s, %s: median %.0f, p99 %.0f, longest %.0f ms of %d moves", what, which, ms[n / 2],
                  ms[n * 99 / 100], ms[n - 1], n);
}

enum
{
  KEYS,  /* the next as soon as all is there */
  STEPS, /* a little later */
  JUMPS, /* anywhere */
  DRAG,  /* the last of eight steps, one in each frame */
  N_WAYS
};

static int
direction_of (int i)
{
  return i / 12 % 2 == 0 ? 1 : -1;
}

/* What comes before the move that is measured. */
static void
approach (Place *p, int way, int i)
{
  if (way == STEPS)
    stay (200);
  for (int k = 0; k < 8 && way == DRAG; k++)
    {
      rheo_scrubber_step (p->scrubber, direction_of (i));
      stay (16);
    }
}

static void
move (Place *p, int way, int i, GRand *rand)
{
  expect_paint (p);
  if (way == JUMPS)
    rheo_scrubber_set_iteration (p->scrubber, g_rand_int_range (rand, 2, 120));
  else
    rheo_scrubber_step (p->scrubber, way == DRAG ? direction_of (i) : 1);
}

/* From a move to the last plot on screen, of a run of six plots with 120 snapshots or more. */
static void
test_speed (void)
{
  static const char *const names[] = { "next as soon as all is there", "next 200 ms later", "anywhere",
                                       "end of a drag" };
  const char *path = g_getenv ("RHEO_TEST_RUN");
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double all[110], seen[110];
  Place place = { 0 };
  gint64 start;

  if (!g_test_perf () || path == NULL)
    {
      g_test_skip ("measured with -m perf and a run file in RHEO_TEST_RUN");
      return;
    }
  open_place (&place, path);
  for (int way = 0; way < N_WAYS; way++)
    {
      rheo_scrubber_set_iteration (place.scrubber, 2);
      stay (1000);
      for (int i = 0; i < (int) G_N_ELEMENTS (all); i++)
        {
          approach (&place, way, i);
          start = g_get_monotonic_time ();
          move (&place, way, i, rand);
          ui_wait (is_painted, &place);
          all[i] = (double) (place.painted - start) / 1000;
          seen[i] = (double) (place.seen - start) / 1000;
        }
      say (names[way], "all plots", all, G_N_ELEMENTS (all));
      say (names[way], "on screen", seen, G_N_ELEMENTS (seen));
    }
  close_place (&place);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/scrub/settles", test_settles);
  g_test_add_func ("/ui/scrub/speed", test_speed);
  return ui_test_run ();
}
