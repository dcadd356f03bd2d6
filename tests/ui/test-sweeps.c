/* Sweeps: what is varied is asked, runs are started and shown, a cell leads back to Set up, and a sweep goes on by itself. */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>

#include "../app/small-run.h"
#include "app/settings.h"
#include "app/sweep-cell.h"
#include "app/sweep-new.h"
#include "app/sweep-vary.h"
#include "app/sweeps-page.h"
#include "plot/plot-kind.h"
#include "widgets/plot-view.h"

typedef struct
{
  char *folder;
  RheoAppWindow *window;
} Fixture;

static void
begin (Fixture *f, gconstpointer name)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();

  f->folder = g_build_filename (ui_test_folder (), name, NULL);
  g_mkdir_with_parents (f->folder, 0777);
  g_settings_set_string (settings, "runs-folder", f->folder);
}

static void
open_window (Fixture *f)
{
  f->window = ui_window_new ();
  ui_activate (GTK_WIDGET (f->window), "win.view::sweeps");
}

static void
end (Fixture *f, gconstpointer name)
{
  ui_window_close (f->window);
  g_free (f->folder);
}

static RheoSweepWatch *
first_watch (RheoAppWindow *window)
{
  RheoSweeps *sweeps = rheo_app_window_get_context (window)->sweeps;
  g_autoptr (RheoSweepWatch) watch = g_list_model_get_item (G_LIST_MODEL (sweeps), 0);

  return watch;
}

static gboolean
has_map (gpointer data)
{
  RheoSweepWatch *watch = first_watch (data);
  const RheoSweepSight *sight = watch != NULL ? rheo_sweep_watch_get (watch) : NULL;
  GtkWidget *view = ui_find_type (ui_find_type (data, RHEO_TYPE_SWEEPS_PAGE), RHEO_TYPE_PLOT_VIEW);

  return sight != NULL && sight->map != NULL && view != NULL && rheo_plot_view_get_spec (RHEO_PLOT_VIEW (view)) != NULL;
}

static gboolean
all_done (gpointer data)
{
  RheoSweepWatch *watch = first_watch (data);
  const RheoSweepSight *sight = watch != NULL ? rheo_sweep_watch_get (watch) : NULL;

  return sight != NULL && sight->count[RHEO_ROW_DONE] == sight->n_rows && !rheo_sweep_watch_is_driving (watch);
}

static gboolean
has_dialog (gpointer data)
{
  g_autoptr (GListModel) tops = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (tops); i++)
    {
      g_autoptr (GtkWidget) top = g_list_model_get_item (tops, i);

      if (RHEO_IS_SWEEP_NEW (top) && gtk_widget_get_mapped (top))
        {
          *(GtkWidget **) data = top;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
no_dialog (gpointer data)
{
  GtkWidget *dialog;

  return !has_dialog (&dialog);
}

static void
test_empty (Fixture *f, gconstpointer name)
{
  GtkWidget *dialog = NULL;

  open_window (f);
  g_assert_nonnull (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "New sweep"));
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "No sweeps yet"));
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "New sweep"));
  ui_wait (has_dialog, &dialog);
  ui_settle (dialog);
  g_assert_true (gtk_widget_get_sensitive (ui_get (dialog, GTK_TYPE_BUTTON, "Start 3 runs")));
  gtk_window_close (GTK_WINDOW (dialog));
  ui_wait (no_dialog, NULL);
}

static void
test_value (Fixture *f, gconstpointer name)
{
  RheoContext *context;
  GtkWidget *dialog = NULL, *entry, *seeds, *page;
  const RheoSweepSight *sight;

  open_window (f);
  context = rheo_app_window_get_context (f->window);
  rheo_document_take (context->document, small_experiment ("run.budget=2 run.record-every=0"));
  ui_activate (GTK_WIDGET (f->window), "win.sweep-value::rule.optimiser.lr");
  ui_wait (has_dialog, &dialog);
  entry = ui_get (dialog, GTK_TYPE_ENTRY, "Learning rate");
  seeds = ui_get (dialog, GTK_TYPE_SPIN_BUTTON, "Seeds");
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.001, -5");
  ui_settle (dialog);
  g_assert_false (gtk_widget_get_sensitive (ui_get (dialog, GTK_TYPE_BUTTON, "Start")));
  g_assert_nonnull (ui_find_text (ui_find_type (dialog, RHEO_TYPE_SWEEP_VARY), "rule.optimiser.lr is -5"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.001, 0.01, 0.1");
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (seeds), 2);
  ui_click (ui_get (dialog, GTK_TYPE_BUTTON, "Start 6 runs"));
  ui_wait (no_dialog, NULL);
  ui_wait (all_done, f->window);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "6 of 6 runs"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "Lowest: "));

  sight = rheo_sweep_watch_get (first_watch (f->window));
  g_assert_cmpstr (sight->view.metric, ==, "valid.loss");
  g_assert_cmpint (rheo_table_get_n_columns (sight->map), >, 5);
  page = ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_SWEEPS_PAGE);
  rheo_sweeps_page_select (RHEO_SWEEPS_PAGE (page), 2);
  ui_settle (page);
  g_assert_nonnull (ui_find_text (page, "lr 0.1"));
  ui_shot (GTK_WIDGET (f->window), "sweeps.png");
  ui_click (ui_get (page, GTK_TYPE_BUTTON, "Set up like this"));
  {
    g_autofree char *lr =
        rheo_experiment_dup_value (rheo_document_get_experiment (context->document), "rule.optimiser.lr", NULL);

    g_assert_cmpstr (lr, ==, "0.1");
  }
  ui_activate (GTK_WIDGET (f->window), "win.view::sweeps");
  /* A cell that is run again has nothing of before. */
  ui_click (ui_get (page, GTK_TYPE_BUTTON, "Run again"));
  ui_wait (all_done, f->window);
}

static void
keep_sweep (RheoSweepNew *dialog, RheoSweep *sweep, RheoSweep **kept)
{
  *kept = rheo_sweep_ref (sweep);
}

/* What a sweep file says can be said in the window: values that vary together, conditions, ranges that are drawn, the order. */
static void
test_everything (Fixture *f, gconstpointer name)
{
  RheoContext *context;
  GtkWidget *dialog = NULL, *entry, *batch, *conditions;
  g_autoptr (RheoSweep) sweep = NULL;

  open_window (f);
  context = rheo_app_window_get_context (f->window);
  rheo_document_take (context->document, small_experiment ("run.budget=2 run.record-every=0"));
  dialog = GTK_WIDGET (rheo_sweep_new_open (GTK_WINDOW (f->window), context, "rule.optimiser.lr"));
  g_signal_connect (dialog, "start", G_CALLBACK (keep_sweep), &sweep);
  ui_settle (dialog);
  rheo_sweep_new_add (RHEO_SWEEP_NEW (dialog), "run.batch");
  rheo_sweep_new_add (RHEO_SWEEP_NEW (dialog), NULL);
  entry = ui_get (dialog, GTK_TYPE_ENTRY, "Learning rate");
  batch = ui_get (dialog, GTK_TYPE_ENTRY, "Batch size");
  conditions = ui_get (dialog, GTK_TYPE_ENTRY, "Conditions");
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.001, 0.1, 3, 7");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (ui_get (dialog, GTK_TYPE_DROP_DOWN, "Learning rate, how it varies")), 4);
  gtk_editable_set_text (GTK_EDITABLE (batch), "1, 1");
  ui_settle (dialog);
  g_assert_nonnull (ui_find_text (dialog, "there are two values \"1\""));
  gtk_editable_set_text (GTK_EDITABLE (batch), "");
  ui_settle (dialog);
  g_assert_nonnull (ui_find_text (dialog, "values is no list of values"));
  /* A line without a word of its own is no sweep. */
  g_assert_nonnull (ui_find_text (dialog, "conditions is no list of values"));
  gtk_editable_set_text (GTK_EDITABLE (conditions), "plain: rule.optimiser.kind=sgd; clipped: rule.optimiser.clip=1");
  gtk_editable_set_text (GTK_EDITABLE (batch), "10, 20");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (ui_get (gtk_widget_get_ancestor (batch, RHEO_TYPE_SWEEP_VARY),
                                                         GTK_TYPE_CHECK_BUTTON, "Varies together with the one above")),
                               TRUE);
  ui_settle (dialog);
  g_assert_nonnull (ui_find_text (dialog, "rule.optimiser.lr has 3, run.batch has 2"));
  gtk_editable_set_text (GTK_EDITABLE (batch), "10, 20, 30");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (ui_get (dialog, GTK_TYPE_DROP_DOWN, "Order")), RHEO_ORDER_SEEDS);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (ui_get (dialog, GTK_TYPE_SPIN_BUTTON, "Seeds")), 2);
  ui_settle (dialog);
  ui_shot (dialog, "sweep-everything.png");
  ui_click (ui_get (dialog, GTK_TYPE_BUTTON, "Start 12 runs"));
  ui_wait (no_dialog, NULL);
  g_assert_nonnull (sweep);
  g_assert_cmpint (rheo_sweep_get_order (sweep), ==, RHEO_ORDER_SEEDS);
  g_assert_cmpint (rheo_sweep_get_n_axes (sweep), ==, 3);
  g_assert_true (g_strv_contains ((const char *const *) rheo_sweep_get_axis (sweep, 0)->columns, "run.batch"));
  g_assert_cmpstr (rheo_sweep_get_axis (sweep, 1)->points[1].text, ==, "clipped");
  g_assert_cmpstr (rheo_sweep_get_axis (sweep, 1)->points[1].set[0], ==, "rule.optimiser.clip=1");
}

/* A ready-made one tells what it varies, and its named points are framed. */
static void
test_ready (Fixture *f, gconstpointer name)
{
  GtkWidget *dialog = NULL, *page;
  RheoSweep *sweep;
  int n;

  open_window (f);
  ui_activate (GTK_WIDGET (f->window), "win.ready-sweep::goal-plane");
  ui_wait (has_dialog, &dialog);
  ui_settle (dialog);
  g_assert_nonnull (ui_find_text (dialog, "3, 19, 35, 52, 68, 84, 101, 117, 133, 150, diagonal"));
  ui_shot (dialog, "sweep-ready.png");
  ui_click (ui_get (dialog, GTK_TYPE_BUTTON, "Start 110 runs"));
  ui_wait (no_dialog, NULL);
  sweep = rheo_sweep_watch_get_sweep (first_watch (f->window));
  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 110);
  rheo_sweep_get_marks (sweep, &n);
  g_assert_cmpint (n, ==, 3);
  ui_wait (has_map, f->window);
  rheo_sweeps_pause (rheo_app_window_get_context (f->window)->sweeps, first_watch (f->window));
  page = ui_find_type (ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_SWEEPS_PAGE), RHEO_TYPE_PLOT_VIEW);
  g_assert_nonnull (rheo_plot_find (rheo_plot_view_get_spec (RHEO_PLOT_VIEW (page)), "mark", 0));
}

static gboolean
has_resumed (gpointer window)
{
  return ui_find_text (window, "goes on: 2 runs left") != NULL;
}

static void
test_goes_on (Fixture *f, gconstpointer name)
{
  g_autoptr (RheoExperiment) experiment = small_experiment ("run.budget=2 run.record-every=0");
  g_autoptr (GError) error = NULL;
  g_autofree char *json = rheo_experiment_dup_json (experiment), *text = NULL,
                  *folder = g_build_filename (f->folder, "sweeps", "two", NULL);
  g_autoptr (RheoSweep) sweep = NULL;

  text = g_strdup_printf ("{\"title\": \"Two seeds\", \"experiment\": %s, \"seeds\": 2}", json);
  sweep = rheo_sweep_parse (text, "test", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_sweep_create (sweep, folder, &error));
  open_window (f);
  ui_wait (has_resumed, f->window);
  ui_wait (all_done, f->window);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "2 of 2 runs"));
}

static gboolean
has_all (gpointer window)
{
  const RheoSweepSight *sight = rheo_sweep_watch_get (first_watch (window));
  GtkWidget *view = ui_find_type (ui_find_type (window, RHEO_TYPE_SWEEPS_PAGE), RHEO_TYPE_PLOT_VIEW);

  return all_done (window) && sight->view.form == RHEO_SWEEP_ALL
         && g_str_equal (rheo_plot_view_get_spec (RHEO_PLOT_VIEW (view))->kind->base.id, "parallel");
}

static gboolean
shows (gpointer window, const char *kind, int n_bindings)
{
  GtkWidget *view = ui_find_type (ui_find_type (window, RHEO_TYPE_SWEEPS_PAGE), RHEO_TYPE_PLOT_VIEW);
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (RHEO_PLOT_VIEW (view));

  return g_str_equal (spec->kind->base.id, kind) && (n_bindings < 0 || spec->n_bindings == n_bindings);
}

static gboolean
has_cells (gpointer window)
{
  return shows (window, "cells", -1);
}

/* The result and three axes. */
static gboolean
has_boxes (gpointer window)
{
  return shows (window, "boxes", 4);
}

/* Eight runs, each with its iterations. */
static gboolean
has_curves (gpointer window)
{
  return shows (window, "line", 16);
}

/* Three varied values, whatever they are called, stand on parallel axes, and a line leads to its runs; a map is there on demand. */
static void
test_parallel (Fixture *f, gconstpointer name)
{
  g_autoptr (RheoExperiment) experiment = small_experiment ("run.budget=2 run.record-every=0");
  g_autoptr (GError) error = NULL;
  g_autofree char *json = rheo_experiment_dup_json (experiment), *text = NULL,
                  *folder = g_build_filename (f->folder, "sweeps", "three", NULL);
  g_autoptr (RheoSweep) sweep = NULL;
  GtkWidget *page, *form;

  text = g_strdup_printf ("{\"title\": \"Three values\", \"experiment\": %s, \"axes\": ["
                          "{\"key\": \"rule.optimiser.lr\", \"log\": [0.001, 0.1], \"count\": 2},"
                          "{\"key\": \"run.batch\", \"short\": \"value\", \"values\": [5, 10]},"
                          "{\"key\": \"rule.optimiser.kind\", \"short\": \"state\", \"values\": [\"sgd\", \"adam\"]}]}",
                          json);
  sweep = rheo_sweep_parse (text, "test", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_sweep_create (sweep, folder, &error));
  open_window (f);
  ui_wait (has_all, f->window);
  ui_settle (GTK_WIDGET (f->window));
  page = ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_SWEEPS_PAGE);
  g_assert_nonnull (ui_find_text (page, "Lowest: "));
  rheo_sweeps_page_select (RHEO_SWEEPS_PAGE (page), 5);
  ui_settle (page);
  g_assert_nonnull (ui_find_text (page, "adam"));
  ui_shot (GTK_WIDGET (f->window), "sweeps-parallel.png");
  form = ui_get (page, GTK_TYPE_DROP_DOWN, "How the points are shown");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form), RHEO_SWEEP_BOXES);
  ui_wait (has_boxes, f->window);
  ui_shot (GTK_WIDGET (f->window), "sweeps-boxes.png");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form), RHEO_SWEEP_CURVES);
  ui_wait (has_curves, f->window);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form), 0);
  ui_wait (has_cells, f->window);
  g_assert_true (gtk_widget_get_visible (ui_get (page, GTK_TYPE_DROP_DOWN, "Along x")));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/sweeps/empty", Fixture, "empty", begin, test_empty, end);
  g_test_add ("/sweeps/value", Fixture, "value", begin, test_value, end);
  g_test_add ("/sweeps/everything", Fixture, "everything", begin, test_everything, end);
  g_test_add ("/sweeps/ready", Fixture, "ready", begin, test_ready, end);
  g_test_add ("/sweeps/parallel", Fixture, "parallel", begin, test_parallel, end);
  g_test_add ("/sweeps/goes-on", Fixture, "goes-on", begin, test_goes_on, end);
  return ui_test_run ();
}
