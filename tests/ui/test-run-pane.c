/* One stored run, and two beside each other, in the real window. */
#include "config.h"

#include "../app/small-run.h"
#include "ui-test.h"

#include "app/compare-page.h"
#include "app/run-pane.h"
#include "app/runs-page-private.h"
#include "app/settings.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"

typedef struct
{
  char *folder, *one, *two;
  RheoAppWindow *window;
  RheoRunsPage *page;
  RheoScrubber *scrubber;
} Fixture;

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

static gboolean
has_place (gpointer data)
{
  return rheo_scrubber_get_iteration (((Fixture *) data)->scrubber) >= 4;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();

  f->folder = g_build_filename (ui_test_folder (), "panes", NULL);
  f->one = g_build_filename (f->folder, "one.h5", NULL);
  f->two = g_build_filename (f->folder, "two.h5", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  small_run (f->one, "run.seed=1");
  small_run (f->two, "run.seed=2");
  g_settings_set_string (settings, "runs-folder", f->folder);
  f->window = ui_window_new ();
  ui_activate (GTK_WIDGET (f->window), "win.view::runs");
  f->page = RHEO_RUNS_PAGE (find_type (GTK_WIDGET (f->window), RHEO_TYPE_RUNS_PAGE));
  f->scrubber = RHEO_SCRUBBER (find_type (f->page->run, RHEO_TYPE_SCRUBBER));
  rheo_runs_page_show (f->page, f->one);
  ui_wait (has_place, f);
  ui_settle (GTK_WIDGET (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ui_window_close (f->window);
  g_remove (f->one);
  g_remove (f->two);
  g_free (f->one);
  g_free (f->two);
  g_free (f->folder);
}

static GtkWidget *
get_pane (Fixture *f)
{
  return f->page->run;
}

/* The first plot says which snapshot it shows. */
static gboolean
shows (gpointer data, const char *when)
{
  GtkWidget *card = find_type (get_pane (data), RHEO_TYPE_PLOT_CARD);
  const RheoPlotSpec *spec =
      card != NULL ? rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) : NULL;

  return spec != NULL && spec->when != NULL && g_str_equal (spec->when, when);
}

static gboolean
shows_four (gpointer data)
{
  return shows (data, "epoch 4");
}

static gboolean
shows_three (gpointer data)
{
  return shows (data, "epoch 3");
}

static void
test_scrub (Fixture *f, gconstpointer data)
{
  GtkWidget *branch = ui_get (get_pane (f), GTK_TYPE_BUTTON, "Branch from here");
  GtkWidget *scale = find_type (GTK_WIDGET (f->scrubber), GTK_TYPE_SCALE);

  ui_wait (shows_four, f);
  g_assert_true (gtk_widget_get_sensitive (branch));
  g_assert_null (
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 4 of 4"));
  /* Between marks it snaps. */
  gtk_range_set_value (GTK_RANGE (scale), 2.8);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 3);
  ui_wait (shows_three, f);
  g_assert_false (gtk_widget_get_sensitive (branch));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (branch), "Nearest checkpoint: "));
  g_assert_true (rheo_scrubber_step (f->scrubber, -1));
  g_assert_cmpfloat (rheo_scrubber_get_iteration (f->scrubber), ==, 2);
  g_assert_true (gtk_widget_get_sensitive (branch));
  ui_click (ui_get (get_pane (f), GTK_TYPE_BUTTON, "Next snapshot (Page Down)"));
  g_assert_cmpfloat (rheo_scrubber_get_iteration (f->scrubber), ==, 3);
}

static gboolean
has_branch (gpointer data)
{
  int64_t at = -1;
  const char *from = rheo_document_get_branch (rheo_app_window_get_context (((Fixture *) data)->window)->document, &at);

  return from != NULL && at == 2;
}

static void
test_branch (Fixture *f, gconstpointer data)
{
  rheo_scrubber_set_iteration (f->scrubber, 2);
  ui_click (ui_get (get_pane (f), GTK_TYPE_BUTTON, "Branch from here"));
  ui_wait (has_branch, f);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "from epoch 2"));
}

static gboolean
has_stopped (gpointer data)
{
  RheoSession *session = rheo_app_window_get_context (((Fixture *) data)->window)->session;

  return rheo_session_get_state (session) == RHEO_ENGINE_STOPPED;
}

static gboolean
is_longer (gpointer data)
{
  return rheo_scrubber_step (((Fixture *) data)->scrubber, 1)
         && rheo_scrubber_get_iteration (((Fixture *) data)->scrubber) >= 6;
}

static void
test_further (Fixture *f, gconstpointer data)
{
  RheoSession *session = rheo_app_window_get_context (f->window)->session;
  GtkWidget *further = ui_get (get_pane (f), GTK_TYPE_MENU_BUTTON, "Train further");
  g_autoptr (RheoRun) run = NULL;
  GtkWidget *more;

  g_assert_true (gtk_widget_get_sensitive (further));
  /* Before the popover selects all of it. */
  more = find_type (further, GTK_TYPE_SPIN_BUTTON);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (more), 3);
  gtk_menu_button_popup (GTK_MENU_BUTTON (further));
  g_assert_true (ui_get (further, GTK_TYPE_SPIN_BUTTON, "Iterations more") == more);
  ui_click (ui_get (further, GTK_TYPE_BUTTON, "Train"));
  ui_wait (has_stopped, f);
  g_assert_null (rheo_session_get_error (session));
  g_assert_cmpint (rheo_session_get_place (session).iteration, ==, 7);
  ui_activate (GTK_WIDGET (f->window), "win.view::runs");
  ui_wait (is_longer, f);
  run = rheo_run_open (f->one, NULL);
  g_assert_cmpint (rheo_run_get_place (run).iteration, ==, 7);
  g_assert_cmpint (rheo_experiment_get_run (rheo_run_get_experiment (run))->budget, ==, 7);
}

static gboolean
has_item (gpointer data)
{
  Fixture *f = data;

  return rheo_library_find (rheo_app_window_get_context (f->window)->library, f->one) != NULL
         && gtk_widget_get_sensitive (ui_get (get_pane (f), GTK_TYPE_BUTTON, "Star this run"));
}

static void
test_tags (Fixture *f, gconstpointer data)
{
  GtkWidget *row = NULL;

  ui_wait (has_item, f);
  ui_click (ui_get (get_pane (f), GTK_TYPE_BUTTON, "Star this run"));
  g_assert_nonnull (ui_find (get_pane (f), GTK_TYPE_BUTTON, "Remove the star"));
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  g_assert_nonnull (ui_find (get_pane (f), GTK_TYPE_BUTTON, "Star this run"));
  row = ui_get (get_pane (f), GTK_TYPE_MENU_BUTTON, "Add tag");
  gtk_menu_button_popup (GTK_MENU_BUTTON (row));
  gtk_editable_set_text (GTK_EDITABLE (ui_get (row, GTK_TYPE_ENTRY, "New tag")), "good");
  g_signal_emit_by_name (ui_get (row, GTK_TYPE_ENTRY, "New tag"), "activate");
  ui_click (ui_get (get_pane (f), GTK_TYPE_BUTTON, "Remove tag good"));
  g_assert_null (ui_find (get_pane (f), GTK_TYPE_BUTTON, "Remove tag good"));
}

static gboolean
has_results (gpointer data)
{
  return ui_find_text (GTK_WIDGET (((Fixture *) data)->page), "20 fresh trials") != NULL;
}

static gboolean
has_plots (gpointer data)
{
  return find_type (((Fixture *) data)->page->compare, RHEO_TYPE_PLOT_CARD) != NULL;
}

static void
test_compare (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };
  GtkWidget *page = f->page->compare;

  rheo_runs_page_compare (f->page, paths);
  ui_wait (has_results, f);
  g_assert_nonnull (ui_find_text (page, "Compare 2 runs"));
  g_assert_nonnull (ui_find_text (page, "Only the seed differs"));
  g_assert_nonnull (ui_find_text (page, "1 differs"));
  g_assert_nonnull (ui_find_text (page, "Difference (95"));
  ui_wait (has_plots, f);
  ui_click (ui_get (page, GTK_TYPE_BUTTON, "Runs"));
  g_assert_true (gtk_widget_get_mapped (get_pane (f)));
}

/* Plots that are read before the page has its first width do not take its title away. */
static void
test_compare_early (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };

  rheo_compare_page_show (RHEO_COMPARE_PAGE (f->page->compare), paths);
  ui_wait (has_plots, f);
  gtk_stack_set_visible_child (GTK_STACK (f->page->whole), f->page->compare);
  g_assert_nonnull (ui_find_text (f->page->compare, "Compare 2 runs"));
  ui_wait (has_results, f);
}

static int
count_first_row (Fixture *f)
{
  GtkWidget *card = find_type (f->page->compare, RHEO_TYPE_PLOT_CARD);
  GtkWidget *flow = card != NULL ? gtk_widget_get_ancestor (card, GTK_TYPE_FLOW_BOX) : NULL;
  int n = 0;

  while (flow != NULL && gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (flow), n) != NULL)
    n++;
  return n;
}

static gboolean
has_three (gpointer data)
{
  return count_first_row (data) == 3;
}

static gboolean
has_two (gpointer data)
{
  return count_first_row (data) == 2;
}

/* As many plots stand above the tables as there is room for now, whatever there was when the page was opened. */
static void
test_compare_wider (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };
  int width, height; /* which the next window begins with */

  gtk_window_get_default_size (GTK_WINDOW (f->window), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1000, 700);
  ui_settle (GTK_WIDGET (f->window));
  rheo_runs_page_compare (f->page, paths);
  ui_wait (has_results, f);
  ui_wait (has_two, f);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1280, 800);
  ui_wait (has_three, f);
  ui_shot (GTK_WIDGET (f->window), "compare-wider.png");
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1000, 700);
  ui_wait (has_two, f);
  gtk_window_set_default_size (GTK_WINDOW (f->window), width, height);
  ui_settle (GTK_WIDGET (f->window));
}

static const RheoPlotSpec *
first_spec (Fixture *f)
{
  GtkWidget *card = find_type (f->page->compare, RHEO_TYPE_PLOT_CARD);

  return rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)));
}

static gboolean
is_over_time (gpointer data)
{
  const RheoPlotSpec *spec = first_spec (data);

  return spec != NULL && g_str_equal (spec->x.label, "Time") && g_str_equal (spec->x.unit, "s");
}

static gboolean
is_over_epochs (gpointer data)
{
  const RheoPlotSpec *spec = first_spec (data);

  return spec != NULL && g_str_equal (spec->x.label, "Epoch");
}

/* Epochs are counted: "12", not "12.0". */
static void
check_best (GtkWidget *label)
{
  GtkWidget *cell;
  int row;

  g_assert_nonnull (label);
  while (!GTK_IS_GRID (gtk_widget_get_parent (label)))
    label = gtk_widget_get_parent (label);
  gtk_grid_query_child (GTK_GRID (gtk_widget_get_parent (label)), label, NULL, &row, NULL, NULL);
  cell = gtk_grid_get_child_at (GTK_GRID (gtk_widget_get_parent (label)), 1, row);
  g_assert_true (g_regex_match_simple ("^[0-9]+$", gtk_label_get_text (GTK_LABEL (cell)), 0, 0));
}

/* One curve for each run, in the colour of its chip, over epochs or over time; all settings, or those that differ. */
static void
test_compare_controls (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };
  GtkWidget *page = f->page->compare;
  const RheoPlotSpec *spec;

  rheo_runs_page_compare (f->page, paths);
  ui_wait (has_results, f);
  ui_wait (has_plots, f);
  ui_wait (is_over_epochs, f);
  spec = first_spec (f);
  g_assert_cmpstr (spec->subtitle, ==, "validation");
  g_assert_cmpint (spec->binding[0].style, ==, 0);
  g_assert_cmpstr (spec->binding[0].label, ==, "one");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_get (page, GTK_TYPE_TOGGLE_BUTTON, "Time")), TRUE);
  ui_wait (is_over_time, f);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_get (page, GTK_TYPE_TOGGLE_BUTTON, "Epoch")), TRUE);
  ui_wait (is_over_epochs, f);
  g_assert_null (ui_find_text (page, "Batch"));
  gtk_switch_set_active (GTK_SWITCH (ui_get (page, GTK_TYPE_SWITCH, "Only differences")), FALSE);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (page, "Batch"));
  check_best (ui_find_text (page, "Best epoch"));
  ui_click (ui_get (page, GTK_TYPE_BUTTON, "Open two"));
  g_assert_true (gtk_widget_get_mapped (get_pane (f)));
  g_assert_cmpstr (f->page->shown, ==, f->two);
}

static gboolean
has_five_more (gpointer data)
{
  return ui_find_text (((Fixture *) data)->page->compare, "Compare 7 runs") != NULL;
}

static gboolean
has_begun (gpointer data)
{
  return rheo_run_queue_get_n_begun (rheo_app_window_get_context (((Fixture *) data)->window)->queue) > 0;
}

static gboolean
is_idle (gpointer data)
{
  RheoContext *context = rheo_app_window_get_context (((Fixture *) data)->window);

  return !rheo_run_queue_is_busy (context->queue) && !rheo_session_is_going (context->session);
}

static int
count_runs (Fixture *f)
{
  return (int) g_list_model_get_n_items (G_LIST_MODEL (rheo_app_window_get_context (f->window)->library));
}

static void
remove_others (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      if (!g_str_equal (path, f->one) && !g_str_equal (path, f->two))
        g_remove (path);
    }
}

/* Further seeds run one after the other and join the comparison. */
static void
test_seeds (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };
  const RheoContext *context = rheo_app_window_get_context (f->window);

  rheo_runs_page_compare (f->page, paths);
  ui_wait (has_results, f);
  ui_click (ui_get (f->page->compare, GTK_TYPE_BUTTON, "Run 5 more seeds"));
  ui_wait (has_begun, f);
  g_assert_nonnull (ui_get (f->page->compare, GTK_TYPE_BUTTON, "Stop"));
  g_assert_cmpint (rheo_run_queue_get_n (context->queue), ==, 5);
  ui_wait (has_five_more, f);
  ui_wait (is_idle, f);
  ui_wait (has_results, f);
  g_assert_nonnull (ui_get (f->page->compare, GTK_TYPE_BUTTON, "Run 5 more seeds"));
  for (int i = 0; i < 5; i++)
    {
      const char *path = g_ptr_array_index (rheo_run_queue_get_paths (context->queue), i);
      g_autoptr (RheoRun) run = rheo_run_open (path, NULL);

      g_assert_cmpint (rheo_experiment_get_run (rheo_run_get_experiment (run))->seed, ==, 3 + i);
      g_assert_cmpstr (rheo_run_get_stop_reason (run), ==, "budget");
    }
  remove_others (f);
}

static void
test_seeds_stopped (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { f->one, f->two, NULL };
  int before = count_runs (f);

  rheo_runs_page_compare (f->page, paths);
  ui_wait (has_results, f);
  ui_click (ui_get (f->page->compare, GTK_TYPE_BUTTON, "Run 5 more seeds"));
  ui_click (ui_get (f->page->compare, GTK_TYPE_BUTTON, "Stop"));
  ui_wait (is_idle, f);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_true (is_idle (f));
  g_assert_cmpint (count_runs (f) - before, <, 5);
  remove_others (f);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/run-pane/scrub", Fixture, NULL, set_up, test_scrub, tear_down);
  g_test_add ("/ui/run-pane/branch", Fixture, NULL, set_up, test_branch, tear_down);
  g_test_add ("/ui/run-pane/further", Fixture, NULL, set_up, test_further, tear_down);
  g_test_add ("/ui/run-pane/tags", Fixture, NULL, set_up, test_tags, tear_down);
  g_test_add ("/ui/run-pane/compare", Fixture, NULL, set_up, test_compare, tear_down);
  g_test_add ("/ui/run-pane/compare-early", Fixture, NULL, set_up, test_compare_early, tear_down);
  g_test_add ("/ui/run-pane/compare-wider", Fixture, NULL, set_up, test_compare_wider, tear_down);
  g_test_add ("/ui/run-pane/compare-controls", Fixture, NULL, set_up, test_compare_controls, tear_down);
  g_test_add ("/ui/run-pane/seeds", Fixture, NULL, set_up, test_seeds, tear_down);
  g_test_add ("/ui/run-pane/seeds-stopped", Fixture, NULL, set_up, test_seeds_stopped, tear_down);
  return ui_test_run ();
}
