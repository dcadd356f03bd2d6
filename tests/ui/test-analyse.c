/* Analyse in the real window: a stored network is taken apart, and what comes of it is looked at. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "ui-test.h"

#include "app/analyse-list.h"
#include "app/analyse-page.h"
#include "app/analyse-result.h"
#include "app/settings.h"
#include "engine/trainer.h"
#include "widgets/plot-card.h"

typedef struct
{
  char *folder, *path;
  RheoAppWindow *window;
  GtkWidget *page, *result;
} Fixture;

/* A few units, hardly trained: what matters here is that it has fixed points. */
static void
small_rates (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("flip-flop-3bit", &error);
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoStop stop = RHEO_STOP_NONE;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment,
                           (const char *const[]){ "model.units=12", "run.batch=16", "run.threads=1", "run.budget=4",
                                                  "run.record=", "run.record-every=2", "run.checkpoint=2", NULL },
                           &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  rheo_trainer_create_run (trainer, path, &error);
  while (error == NULL && stop == RHEO_STOP_NONE)
    rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  rheo_trainer_close_run (trainer, stop, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();

  f->folder = g_build_filename (ui_test_folder (), "analyse", NULL);
  f->path = g_build_filename (f->folder, "rates.h5", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  if (data == NULL)
    small_rates (f->path);
  g_settings_set_string (settings, "runs-folder", f->folder);
  f->window = ui_window_new ();
  f->page = ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_ANALYSE_PAGE);
  f->result = ui_find_type (f->page, RHEO_TYPE_ANALYSE_RESULT);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ui_window_close (f->window);
  g_remove (f->path);
  g_free (f->path);
  g_free (f->folder);
}

static void
open_run (Fixture *f)
{
  g_autofree char *action = g_action_print_detailed_name ("win.analyse", g_variant_new_string (f->path));

  ui_activate (GTK_WIDGET (f->window), action);
  ui_settle (GTK_WIDGET (f->window));
}

/* A row of the list at the side, by its name. */
static void
click_row (Fixture *f, const char *name)
{
  GtkWidget *row = ui_get (f->page, GTK_TYPE_LIST_BOX_ROW, name);

  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
}

static RheoTable *
get_table (Fixture *f)
{
  return rheo_analyse_result_get_table (RHEO_ANALYSE_RESULT (f->result));
}

static gboolean
has_result (gpointer data)
{
  return get_table (data) != NULL && gtk_widget_get_mapped (((Fixture *) data)->result);
}

static gboolean
has_plot (gpointer data)
{
  GtkWidget *card = ui_find_type (((Fixture *) data)->result, RHEO_TYPE_PLOT_CARD);

  return card != NULL && rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) != NULL;
}

static gboolean
is_listed (gpointer data)
{
  return ui_find (((Fixture *) data)->page, GTK_TYPE_LIST_BOX_ROW, "Fixed points, 1 · batch 4") != NULL;
}

static gboolean
is_not_listed (gpointer data)
{
  return !is_listed (data);
}

static void
test_nothing (Fixture *f, gconstpointer data)
{
  ui_activate (GTK_WIDGET (f->window), "win.view::analyse");
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (f->page, "No trained network yet"));
  g_assert_nonnull (ui_find (f->page, GTK_TYPE_BUTTON, "Open file…"));
}

/* The first click finds them, because that takes little time. */
static void
test_fixed_points (Fixture *f, gconstpointer data)
{
  int64_t n;

  open_run (f);
  click_row (f, "Fixed points");
  ui_wait (has_result, f);
  ui_wait (has_plot, f);
  ui_wait (is_listed, f);
  n = rheo_table_find (get_table (f), "place")->dims[0];
  g_assert_cmpint (n, >, 0);
  g_assert_nonnull (ui_find_text (f->result, "Points"));
  g_assert_nonnull (ui_find (f->result, GTK_TYPE_COLUMN_VIEW, "Points"));
  ui_shot (GTK_WIDGET (f->window), "analyse-points.png");
  /* Read again from the file, it is the same. */
  click_row (f, "Line attractor");
  g_assert_nonnull (ui_find_text (f->page, "This needs the task cddm"));
  g_assert_false (has_result (f));
  click_row (f, "Fixed points");
  ui_wait (has_result, f);
  g_assert_cmpint (rheo_table_find (get_table (f), "place")->dims[0], ==, n);
  g_assert_nonnull (rheo_table_get_note (get_table (f), "config"));
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  open_run (f);
  click_row (f, "Fixed points");
  ui_wait (is_listed, f);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Remove Fixed points, 1 · batch 4"));
  ui_wait (is_not_listed, f);
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  ui_wait (is_listed, f);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/analyse/nothing", Fixture, "no run", set_up, test_nothing, tear_down);
  g_test_add ("/analyse/fixed-points", Fixture, NULL, set_up, test_fixed_points, tear_down);
  g_test_add ("/analyse/remove", Fixture, NULL, set_up, test_remove, tear_down);
  return ui_test_run ();
}
