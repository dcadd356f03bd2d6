/* Analyse follows a run that goes on in the window. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "analyse-fixture.h"

#include "app/analyse-result.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"

#define ENOUGH 3

static RheoSession *
get_session (AnalyseFixture *f)
{
  return RHEO_ANALYSE_PAGE (f->page)->context->session;
}

static gboolean
is_going (gpointer data)
{
  return rheo_session_get_place (get_session (data)).iteration > 0;
}

/* Goes on in the window, in the file of the fixture. */
static void
start_live (AnalyseFixture *f, int budget)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("flip-flop-3bit", &error);
  g_autofree char *all = g_strdup_printf ("run.budget=%d", budget);

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment,
                           (const char *const[]){ "model.units=8", "task.n-steps=40", "run.batch=4", "run.threads=1",
                                                  "run.record=", "run.checkpoint=0", all, NULL },
                           &error);
  g_assert_no_error (error);
  g_remove (f->path);
  rheo_session_start (get_session (f), experiment, &(RheoStart){ .path = f->path, .at = -1 }, &error);
  g_assert_no_error (error);
  ui_wait (is_going, f);
}

static gboolean
can_follow (gpointer data)
{
  GtkWidget *button = ui_find (((AnalyseFixture *) data)->page, GTK_TYPE_TOGGLE_BUTTON, "Follow");

  return button != NULL && gtk_widget_is_sensitive (button);
}

static const GPtrArray *
get_followed (AnalyseFixture *f)
{
  return rheo_analyse_follow_get_all (RHEO_ANALYSE_PAGE (f->page)->follow);
}

static gboolean
has_several (gpointer data)
{
  return get_followed (data)->len >= ENOUGH;
}

static gboolean
has_one_more (gpointer data)
{
  return get_followed (data)->len > ENOUGH;
}

static gboolean
is_over (gpointer data)
{
  return !rheo_session_is_going (get_session (data))
         && !rheo_analyse_follow_is_on (RHEO_ANALYSE_PAGE (((AnalyseFixture *) data)->page)->follow);
}

static gboolean
lists_last (gpointer data)
{
  return rheo_study_find (RHEO_ANALYSE_PAGE (((AnalyseFixture *) data)->page)->study, "fixed-points/2") != NULL;
}

static RheoTable *
get_followed_table (AnalyseFixture *f, guint i)
{
  return ((const RheoFollowed *) get_followed (f)->pdata[i])->table;
}

/* The analysis is repeated as the run goes on, earlier results are there on the scale, and it ends with the run. */
static void
test_follow (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  GtkWidget *camera;
  RheoTable *first;

  start_live (f, 1000000);
  analyse_open (f);
  g_assert_false (can_follow (f));
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  ui_wait (can_follow, f);
  g_assert_false (gtk_widget_get_mapped (page->times));
  camera = ui_find_type (f->result, RHEO_TYPE_PLOT_CARD);
  rheo_analyse_follow_set_every (page->follow, 1);
  ui_click (ui_get (f->page, GTK_TYPE_TOGGLE_BUTTON, "Follow"));
  ui_wait (has_several, f);
  for (guint i = 1; i < ENOUGH; i++)
    g_assert_cmpint (((const RheoFollowed *) get_followed (f)->pdata[i])->iteration, >,
                     ((const RheoFollowed *) get_followed (f)->pdata[i - 1])->iteration);
  g_assert_true (gtk_widget_get_mapped (page->times));
  /* What is on screen is the newest; the figure is the same one, so that its camera stays. */
  g_assert_true (analyse_get_table (f) == get_followed_table (f, get_followed (f)->len - 1));
  g_assert_true (ui_find_type (f->result, RHEO_TYPE_PLOT_CARD) == camera);
  ui_settle (GTK_WIDGET (f->window));
  ui_shot (GTK_WIDGET (f->window), "analyse-follow.png");
  /* Back in time: the earlier result stays while newer ones come. */
  first = get_followed_table (f, 0);
  rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->time),
                               (double) ((const RheoFollowed *) get_followed (f)->pdata[0])->iteration);
  g_assert_true (analyse_get_table (f) == first);
  ui_wait (has_one_more, f);
  g_assert_true (analyse_get_table (f) == first);
  rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->time), INFINITY);
  g_assert_true (analyse_get_table (f) == get_followed_table (f, get_followed (f)->len - 1));
  /* The end of the run is that of following it; the last network is looked at, and that is kept. */
  rheo_session_stop (get_session (f));
  ui_wait (is_over, f);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->follow_button)));
  ui_wait (lists_last, f);
  g_assert_cmpint (((const RheoFollowed *) get_followed (f)->pdata[get_followed (f)->len - 1])->iteration, ==,
                   rheo_session_get_place (get_session (f)).iteration);
  g_assert_true (gtk_widget_get_mapped (page->times));
  /* Another analysis: the earlier times go. */
  analyse_click (f, "Modes of a state");
  g_assert_cmpint (get_followed (f)->len, ==, 0);
}

static double
get_loss (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  g_autoptr (RheoTable) metrics = run != NULL ? rheo_run_dup_metrics (run, NULL, &error) : NULL;
  const RheoColumn *loss;

  g_assert_no_error (error);
  loss = rheo_table_find (metrics, "train.loss");
  return rheo_column_get_number (loss, rheo_column_get_length (loss) - 1);
}

static gboolean
is_done (gpointer data)
{
  return !rheo_session_is_going (get_session (data));
}

/* A run that is followed learns the very same. */
static void
test_undisturbed (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  double alone, followed;

  start_live (f, 3000);
  ui_wait (is_done, f);
  alone = get_loss (f->path);
  start_live (f, 3000);
  analyse_open (f);
  analyse_click (f, "Fixed points");
  rheo_analyse_follow_set_every (page->follow, 1);
  ui_wait (can_follow, f);
  ui_click (ui_get (f->page, GTK_TYPE_TOGGLE_BUTTON, "Follow"));
  ui_wait (has_several, f);
  ui_wait (is_over, f);
  followed = get_loss (f->path);
  g_assert_cmpfloat (alone, ==, followed);
}

/* Switched off, it leaves the run alone. */
static void
test_follow_off (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);

  start_live (f, 1000000);
  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (can_follow, f);
  ui_click (page->follow_button);
  g_assert_true (rheo_analyse_follow_is_on (page->follow));
  ui_click (page->follow_button);
  g_assert_false (rheo_analyse_follow_is_on (page->follow));
  g_assert_true (rheo_session_is_going (get_session (f)));
  rheo_session_stop (get_session (f));
  ui_wait (is_done, f);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/follow/live", AnalyseFixture, "no file", analyse_set_up, test_follow, analyse_tear_down);
  g_test_add ("/follow/off", AnalyseFixture, "no file", analyse_set_up, test_follow_off, analyse_tear_down);
  g_test_add ("/follow/undisturbed", AnalyseFixture, "no file", analyse_set_up, test_undisturbed, analyse_tear_down);
  return ui_test_run ();
}
