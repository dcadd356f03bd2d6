/* The plots of a stored run: the newest request wins, what was read is kept while there is room. No display. */
#include "config.h"

#include "small-run.h"

#include "app/run-source.h"
#include "plot/plot-kind.h"

typedef struct
{
  char *folder, *path;
  RheoRunSource *source;
  int n_opened, n_ready;
  int n_stale;
  int64_t at, wanted; /* wanted -1: of no account */
} Fixture;

static gboolean
give_up (gpointer data)
{
  g_error ("Waited in vain.");
  return G_SOURCE_REMOVE;
}

#define WAIT(condition)                                                                                                \
  do                                                                                                                   \
    {                                                                                                                  \
      guint limit = g_timeout_add_seconds (60, give_up, NULL), tick = g_timeout_add (5, on_tick, NULL);                \
      while (!(condition))                                                                                             \
        g_main_context_iteration (NULL, TRUE);                                                                         \
      g_source_remove (limit);                                                                                         \
      g_source_remove (tick);                                                                                          \
    }                                                                                                                  \
  while (0)

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
on_opened (RheoRunSource *source, Fixture *f)
{
  f->n_opened++;
}

static void
on_ready (RheoRunSource *source, gint64 at, Fixture *f)
{
  f->n_stale += at != f->wanted && f->wanted >= 0;
  if (rheo_run_source_is_complete (source))
    {
      f->n_ready++;
      f->at = at;
    }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->wanted = -1;
  f->folder = g_dir_make_tmp ("rheo-source-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "small.h5", NULL);
  if (data == NULL)
    small_run (f->path, "run.seed=1");
  else
    g_file_set_contents (f->path, data, -1, NULL);
  f->source = rheo_run_source_new ((const char *const[]){ f->path, NULL });
  g_signal_connect (f->source, "opened", G_CALLBACK (on_opened), f);
  g_signal_connect (f->source, "ready", G_CALLBACK (on_ready), f);
  WAIT (f->n_opened > 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->source);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

static void
test_contents (Fixture *f, gconstpointer data)
{
  const RheoRunContents *contents = rheo_run_source_get_contents (f->source, 0);

  g_assert_null (contents->error);
  g_assert_cmpint (contents->n_epochs, ==, 5);
  g_assert_cmpint (contents->n_checkpoints, ==, 2);
  g_assert_cmpfloat (contents->checkpoints[0], ==, 2);
  g_assert_cmpstr (contents->unit, ==, "epoch");
  rheo_run_source_request (f->source, 3);
  WAIT (f->n_ready == 1);
  g_assert_cmpint (f->at, ==, 3);
  g_assert_cmpint (rheo_run_source_get_specs (f->source)->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_true (rheo_plot_has_data (g_ptr_array_index (rheo_run_source_get_specs (f->source), i)));
}

static void
test_newest (Fixture *f, gconstpointer data)
{
  f->wanted = 4;
  for (int round = 0; round < 20; round++)
    for (int at = 0; at < 5; at++)
      rheo_run_source_request (f->source, at);
  WAIT (f->n_ready > 0);
  g_assert_cmpint (f->at, ==, 4);
  g_assert_cmpint (f->n_ready, ==, 1);
  g_assert_cmpint (f->n_stale, ==, 0);
}

/* Back to what was read before: nothing is read again. */
static void
test_kept (Fixture *f, gconstpointer data)
{
  rheo_run_source_request (f->source, 2);
  WAIT (rheo_run_source_get_n_made (f->source) == 4); /* 2, where it goes on 3 and 4, and on the other side 1 */
  WAIT (f->at == 2);
  rheo_run_source_request (f->source, 3);
  WAIT (f->at == 3 && rheo_run_source_get_n_made (f->source) == 4);
  rheo_run_source_request (f->source, 1); /* backwards */
  WAIT (f->at == 1);
  WAIT (rheo_run_source_get_n_made (f->source) == 5); /* all there are */
  for (int at = 0; at < 5; at++)
    {
      rheo_run_source_request (f->source, at);
      WAIT (f->at == at);
    }
  g_assert_cmpint (rheo_run_source_get_n_made (f->source), ==, 5);
}

/* All series of all snapshots are read from a file that is opened once. */
static void
test_opened_once (Fixture *f, gconstpointer data)
{
  for (int at = 0; at < 5; at++)
    {
      rheo_run_source_request (f->source, at);
      WAIT (f->at == at && rheo_run_source_is_complete (f->source));
    }
  WAIT (rheo_run_source_get_n_made (f->source) == 5);
  g_assert_cmpint (rheo_run_source_get_n_opened (f->source), ==, 1);
}

static void
test_no_room (Fixture *f, gconstpointer data)
{
  rheo_run_source_set_room (f->source, 1);
  for (int i = 0; i < 3; i++)
    {
      rheo_run_source_request (f->source, 1 + i % 2);
      WAIT (f->at == 1 + i % 2);
      g_assert_cmpint (rheo_run_source_get_n_made (f->source), ==, i + 1);
    }
}

/* What is scrolled away is made last. */
static void
on_first (RheoRunSource *source, gint64 at, int *first)
{
  const GPtrArray *specs = rheo_run_source_get_specs (source);

  for (guint i = 0; i < specs->len && *first < 0; i++)
    if (g_ptr_array_index (specs, i) != NULL)
      *first = (int) i;
}

static void
test_seen (Fixture *f, gconstpointer data)
{
  int first = -1;

  rheo_run_source_set_room (f->source, 1);
  rheo_run_source_set_seen (f->source, 1 << 4);
  g_signal_connect (f->source, "ready", G_CALLBACK (on_first), &first);
  /* Where this thread comes late to look, all of them are there already. */
  for (int i = 0; i < 100 && first != 4; i++)
    {
      first = -1;
      rheo_run_source_request (f->source, 1 + i % 2);
      WAIT (f->n_ready == i + 1);
    }
  g_assert_cmpint (first, ==, 4);
  for (guint i = 0; i < 6; i++)
    g_assert_true (rheo_plot_has_data (g_ptr_array_index (rheo_run_source_get_specs (f->source), i)));
}

/* The thread of the source stops before its first series, until it may go on. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean there, go_on;
  GPtrArray *read; /* "AT SERIES" */
} Probe;

static void
note_read (int64_t at, const char *series, gpointer data)
{
  Probe *probe = data;

  g_mutex_lock (&probe->lock);
  g_ptr_array_add (probe->read, g_strdup_printf ("%" G_GINT64_FORMAT " %s", at, series));
  probe->there = TRUE;
  while (!probe->go_on)
    g_cond_wait (&probe->changed, &probe->lock);
  g_mutex_unlock (&probe->lock);
}

static void
let_go (Probe *probe)
{
  g_mutex_lock (&probe->lock);
  probe->go_on = TRUE;
  g_cond_signal (&probe->changed);
  g_mutex_unlock (&probe->lock);
}

static gboolean
has_read (Probe *probe)
{
  gboolean there;

  g_mutex_lock (&probe->lock);
  there = probe->there;
  g_mutex_unlock (&probe->lock);
  return there;
}

static guint
find_read (Probe *probe, const char *text)
{
  guint i = G_MAXUINT;

  g_assert_true (g_ptr_array_find_with_equal_func (probe->read, text, g_str_equal, &i));
  return i;
}

/* A newer request waits for one series, not for the plot that needs it. What has few series is made before what has
 * many. */
static void
test_superseded (Fixture *f, gconstpointer data)
{
  Probe probe = { .read = g_ptr_array_new_with_free_func (g_free) };

  g_mutex_init (&probe.lock);
  g_cond_init (&probe.changed);
  rheo_run_source_set_room (f->source, 1);
  rheo_run_source_set_probe (f->source, note_read, &probe);
  rheo_run_source_request (f->source, 2);
  WAIT (has_read (&probe));
  rheo_run_source_request (f->source, 3);
  let_go (&probe);
  WAIT (f->n_ready > 0);
  g_assert_cmpint (f->at, ==, 3);
  g_assert_cmpint (rheo_run_source_get_n_made (f->source), ==, 1);
  rheo_run_source_set_probe (f->source, NULL, NULL);
  g_assert_true (g_str_has_prefix (probe.read->pdata[0], "2 "));
  for (guint i = 1; i < probe.read->len; i++)
    g_assert_false (g_str_has_prefix (probe.read->pdata[i], "2 "));
  g_assert_cmpuint (find_read (&probe, "3 rec.weight"), <, find_read (&probe, "3 in.change"));
  g_mutex_clear (&probe.lock);
  g_cond_clear (&probe.changed);
  g_ptr_array_unref (probe.read);
}

/* The one that is being made is asked for again after another one was: it has no gaps. */
static void
test_and_back (Fixture *f, gconstpointer data)
{
  Probe probe = { .read = g_ptr_array_new_with_free_func (g_free) };

  g_mutex_init (&probe.lock);
  g_cond_init (&probe.changed);
  rheo_run_source_set_room (f->source, 1); /* nothing is read ahead */
  rheo_run_source_set_probe (f->source, note_read, &probe);
  rheo_run_source_request (f->source, 2);
  WAIT (has_read (&probe));
  rheo_run_source_request (f->source, 3);
  rheo_run_source_request (f->source, 2);
  let_go (&probe);
  WAIT (f->n_ready > 0);
  rheo_run_source_set_probe (f->source, NULL, NULL);
  g_assert_cmpint (f->at, ==, 2);
  for (guint i = 0; i < 6; i++)
    g_assert_true (rheo_plot_has_data (g_ptr_array_index (rheo_run_source_get_specs (f->source), i)));
  g_mutex_clear (&probe.lock);
  g_cond_clear (&probe.changed);
  g_ptr_array_unref (probe.read);
}

/* What is being read ahead when it is asked for is not begun anew, and comes plot by plot like anything else. */
static void
test_overtaken (Fixture *f, gconstpointer data)
{
  Probe probe = { .read = g_ptr_array_new_with_free_func (g_free) };

  g_mutex_init (&probe.lock);
  g_cond_init (&probe.changed);
  rheo_run_source_set_room (f->source, 1);
  rheo_run_source_request (f->source, 2);
  WAIT (f->n_ready == 1);
  rheo_run_source_set_probe (f->source, note_read, &probe);
  rheo_run_source_set_room (f->source, 1 << 30);
  WAIT (has_read (&probe));
  g_assert_true (g_str_has_prefix (probe.read->pdata[0], "3 "));
  f->wanted = 3;
  rheo_run_source_request (f->source, 3);
  let_go (&probe);
  WAIT (f->n_ready == 2);
  g_assert_cmpint (f->at, ==, 3);
  g_assert_cmpint (f->n_stale, ==, 0);
  for (guint i = 0; i < 6; i++)
    g_assert_true (rheo_plot_has_data (g_ptr_array_index (rheo_run_source_get_specs (f->source), i)));
  rheo_run_source_set_probe (f->source, NULL, NULL);
  for (guint i = 1; i < probe.read->len; i++)
    g_assert_cmpstr (probe.read->pdata[i], !=, probe.read->pdata[0]);
  g_mutex_clear (&probe.lock);
  g_cond_clear (&probe.changed);
  g_ptr_array_unref (probe.read);
}

/* What is drawn twice is worked out once: the copies of what was kept know of each other. */
static void
test_worked_out (Fixture *f, gconstpointer data)
{
  const void *before[6];

  for (int round = 0; round < 2; round++)
    {
      rheo_run_source_request (f->source, 2);
      WAIT (f->n_ready == 2 * round + 1);
      for (guint i = 0; i < 6; i++)
        {
          const RheoPlotSpec *spec = g_ptr_array_index (rheo_run_source_get_specs (f->source), i);

          g_assert_true (round == 0 || rheo_plot_get_prepared (spec) == before[i]);
          before[i] = rheo_plot_get_prepared (spec);
          g_assert_nonnull (before[i]);
        }
      rheo_run_source_request (f->source, 3);
      WAIT (f->n_ready == 2 * round + 2);
      for (guint i = 0; i < 6; i++)
        {
          const RheoPlotSpec *spec = g_ptr_array_index (rheo_run_source_get_specs (f->source), i);

          g_assert_true (rheo_plot_get_prepared (spec) != before[i]);
        }
    }
}

static void
test_reload (Fixture *f, gconstpointer data)
{
  rheo_run_source_request (f->source, 2);
  WAIT (f->n_ready == 1);
  rheo_run_source_reload (f->source);
  WAIT (f->n_opened == 2 && f->n_ready == 2);
  g_assert_cmpint (f->at, ==, 2);
}

static void
test_foreign (Fixture *f, gconstpointer data)
{
  g_assert_nonnull (rheo_run_source_get_contents (f->source, 0)->error);
  rheo_run_source_request (f->source, -1);
  WAIT (f->n_ready == 1);
  g_assert_cmpint (rheo_run_source_get_specs (f->source)->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/run-source/contents", Fixture, NULL, set_up, test_contents, tear_down);
  g_test_add ("/app/run-source/newest", Fixture, NULL, set_up, test_newest, tear_down);
  g_test_add ("/app/run-source/opened-once", Fixture, NULL, set_up, test_opened_once, tear_down);
  g_test_add ("/app/run-source/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/app/run-source/no-room", Fixture, NULL, set_up, test_no_room, tear_down);
  g_test_add ("/app/run-source/seen", Fixture, NULL, set_up, test_seen, tear_down);
  g_test_add ("/app/run-source/superseded", Fixture, NULL, set_up, test_superseded, tear_down);
  g_test_add ("/app/run-source/and-back", Fixture, NULL, set_up, test_and_back, tear_down);
  g_test_add ("/app/run-source/overtaken", Fixture, NULL, set_up, test_overtaken, tear_down);
  g_test_add ("/app/run-source/worked-out", Fixture, NULL, set_up, test_worked_out, tear_down);
  g_test_add ("/app/run-source/reload", Fixture, NULL, set_up, test_reload, tear_down);
  g_test_add ("/app/run-source/foreign", Fixture, "not a run", set_up, test_foreign, tear_down);
  return g_test_run ();
}
