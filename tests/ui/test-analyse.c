/* Analyse in the real window: a stored network is taken apart, and what comes of it is looked at. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "ui-test.h"

#include "app/analyse-effect.h"
#include "app/analyse-lesion.h"
#include "app/analyse-list.h"
#include "app/analyse-page-private.h"
#include "app/analyse-point.h"
#include "app/analyse-result.h"
#include "app/run-pane.h"
#include "app/settings.h"
#include "engine/trainer.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"

#define LATER 36 /* a number of a path some steps after its start */

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

static gboolean
is_open (gpointer data)
{
  const Fixture *f = data;

  return ui_find_text (f->page, "No trained network yet") == NULL
         || !gtk_widget_get_mapped (ui_find_text (f->page, "No trained network yet"));
}

/* A run that is opened elsewhere is there to be taken apart, and a button of its pane leads to it. */
static void
test_offer (Fixture *f, gconstpointer data)
{
  g_autofree char *action = g_action_print_detailed_name ("win.show-run", g_variant_new_string (f->path));
  GtkWidget *runs = ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_RUN_PANE);

  ui_activate (GTK_WIDGET (f->window), action);
  ui_settle (GTK_WIDGET (f->window));
  g_assert_cmpstr (rheo_study_get_path (RHEO_ANALYSE_PAGE (f->page)->study), ==, f->path);
  ui_click (ui_get (runs, GTK_TYPE_BUTTON, "Take this network apart"));
  ui_wait (is_open, f);
  g_assert_true (gtk_widget_get_mapped (f->page));
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

static gboolean
has_modes (gpointer data)
{
  return ui_find_text (((Fixture *) data)->page, "λ = ") != NULL;
}

/* A row of the table and a point of the figure are one choice. */
static void
test_point (Fixture *f, gconstpointer data)
{
  GtkWidget *card;

  open_run (f);
  click_row (f, "Fixed points");
  ui_wait (has_result, f);
  ui_wait (has_plot, f);
  g_assert_nonnull (ui_find_text (f->page, "Click a point"));
  card = ui_find_type (f->result, RHEO_TYPE_PLOT_CARD);
  g_signal_emit_by_name (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)), "picked", 0, (gint64) 0, 0.0, 0.0);
  g_assert_cmpint (rheo_analyse_result_get_point (RHEO_ANALYSE_RESULT (f->result)), ==, 0);
  ui_wait (has_modes, f);
  g_assert_nonnull (ui_find_text (f->page, "Point 1"));
  ui_settle (GTK_WIDGET (f->window));
  ui_shot (GTK_WIDGET (f->window), "analyse-point.png");
  rheo_analyse_result_choose (RHEO_ANALYSE_RESULT (f->result), -1);
  g_assert_null (ui_find_text (f->page, "λ = "));
}

static RheoTable *
get_effect (Fixture *f)
{
  return rheo_analyse_effect_get_table (RHEO_ANALYSE_EFFECT (ui_find_type (f->page, RHEO_TYPE_ANALYSE_EFFECT)));
}

static gboolean
has_effect (gpointer data)
{
  return get_effect (data) != NULL;
}

static const RheoTable *
get_path_table (Fixture *f)
{
  GtkWidget *card = ui_find_type (f->result, RHEO_TYPE_PLOT_CARD);
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)));

  for (int i = 0; spec != NULL && i < spec->n_bindings; i++)
    if (g_str_equal (spec->binding[i].role, "path"))
      return spec->binding[i].table;
  return NULL;
}

static gboolean
shows_its_paths (gpointer data)
{
  return get_path_table (data) == get_effect (data);
}

static gboolean
shows_own_paths (gpointer data)
{
  return get_path_table (data) == get_table (data);
}

static gboolean
has_second_mode (gpointer data)
{
  return ui_find (((Fixture *) data)->page, GTK_TYPE_BUTTON, "Push along mode 2") != NULL;
}

static gboolean
is_kept (gpointer data)
{
  return ui_find (((Fixture *) data)->page, GTK_TYPE_LIST_BOX_ROW, "Causes, 1 · batch 4") != NULL;
}

static double
get_number (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

/* Trials begin in a point, and are pushed from there along a mode. */
static void
test_try (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  GtkWidget *modes;
  double first;

  g_file_get_contents (f->path, &before, &n_before, NULL);
  open_run (f);
  click_row (f, "Fixed points");
  ui_wait (is_listed, f);
  ui_wait (has_plot, f);
  rheo_analyse_result_choose (RHEO_ANALYSE_RESULT (f->result), 0);
  ui_wait (has_modes, f);
  g_free (g_steal_pointer (&before));
  g_file_get_contents (f->path, &before, &n_before, NULL);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Start trials here"));
  ui_wait (has_effect, f);
  g_assert_nonnull (ui_find_text (f->page, "Trials from point 1"));
  g_assert_nonnull (ui_find_text (f->page, "R² "));
  g_assert_cmpint (rheo_table_find (get_effect (f), "trial-before")->dims[0], ==, 200);
  first = get_number (get_effect (f), "path", LATER);
  ui_wait (shows_its_paths, f);
  ui_settle (GTK_WIDGET (f->window));
  ui_shot (GTK_WIDGET (f->window), "analyse-try.png");
  /* The mode that is chosen is the one that is pushed along. */
  modes = ui_get (f->page, GTK_TYPE_LIST_BOX, "Modes");
  gtk_list_box_select_row (GTK_LIST_BOX (modes), gtk_list_box_get_row_at_index (GTK_LIST_BOX (modes), 1));
  if (!has_second_mode (f))
    g_assert_nonnull (ui_find (f->page, GTK_TYPE_BUTTON, "Push along mode 3"));
  gtk_list_box_select_row (GTK_LIST_BOX (modes), gtk_list_box_get_row_at_index (GTK_LIST_BOX (modes), 0));
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Push along mode 1"));
  ui_wait (has_effect, f);
  g_assert_nonnull (ui_find_text (f->page, "Point 1, pushed along mode 1"));
  g_assert_cmpfloat (get_number (get_effect (f), "path-before", LATER), ==, first);
  g_assert_cmpfloat (get_number (get_effect (f), "path", LATER), !=, first);
  g_file_get_contents (f->path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
  /* Another point: what was tried is gone. */
  rheo_analyse_result_choose (RHEO_ANALYSE_RESULT (f->result), -1);
  g_assert_null (get_effect (f));
  ui_wait (shows_own_paths, f);
  rheo_analyse_result_choose (RHEO_ANALYSE_RESULT (f->result), 0);
  ui_wait (has_modes, f);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Push along mode 1"));
  ui_wait (has_effect, f);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Keep as a result"));
  ui_wait (is_kept, f);
  g_assert_nonnull (rheo_table_find (get_table (f), "r2-after"));
}

static gboolean
is_cancelled (gpointer data)
{
  return ui_find_text (((Fixture *) data)->page, "Nothing was kept") != NULL;
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  static const char *const values[][2] = { { "analysis.search.method", "slow" },
                                           { "analysis.search.starts", "20000" } };

  open_run (f);
  click_row (f, "Fixed points");
  ui_wait (has_result, f);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;

      host->set (host->data, values[i][0], values[i][1], NULL, &error);
      g_assert_no_error (error);
    }
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Run again"));
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Cancel"));
  ui_wait (is_cancelled, f);
  g_assert_nonnull (ui_find (f->page, GTK_TYPE_BUTTON, "Start"));
}

static void
test_check (void)
{
  static const int32_t unstable[] = { 0, 1, 0, 2, 1 };
  const int64_t n = G_N_ELEMENTS (unstable);
  g_autoptr (RheoTable) table = rheo_table_new ("points"), other = rheo_table_new ("points");
  g_autofree char *complete = NULL, *missing = NULL, *none = NULL;
  const double sums[] = { 1, 0 };
  gboolean is_complete = FALSE;

  rheo_table_add_copy (table, "index-sum", "", "", "", RHEO_F64, NULL, &sums[0]);
  rheo_table_add_copy (table, "unstable", "", "", "point", RHEO_I32, &n, unstable);
  none = rheo_analyse_dup_check (table, &is_complete);
  g_assert_null (none);
  rheo_table_set_note (table, "index", "holds");
  complete = rheo_analyse_dup_check (table, &is_complete);
  g_assert_cmpstr (complete, ==, "Index sum 2 − 2 + 1 = +1. The list can be complete.");
  g_assert_true (is_complete);
  rheo_table_add_copy (other, "index-sum", "", "", "", RHEO_F64, NULL, &sums[1]);
  rheo_table_add_copy (other, "unstable", "", "", "point", RHEO_I32, &n, unstable);
  rheo_table_set_note (other, "index", "holds");
  missing = rheo_analyse_dup_check (other, &is_complete);
  g_assert_cmpstr (missing, ==, "Index sum 0, should be +1. Points are missing.");
  g_assert_false (is_complete);
}

static void
test_modes (void)
{
  g_autofree char *grows = rheo_analyse_dup_mode (0.5, 0, 10), *turns = rheo_analyse_dup_mode (-0.5, 0.1, 10);

  g_assert_cmpstr (grows, ==, "grows by e in 20.0 ms");
  g_assert_cmpstr (turns, ==, "decays in 20.0 ms, turns in 628 ms");
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

/* --- lesions --------------------------------------------------------------------------------------------------------- */

static void
test_units (void)
{
  gboolean chosen[30] = { FALSE }, again[30];
  g_autofree char *none = rheo_analyse_dup_units (chosen, 30), *text = NULL;

  g_assert_cmpstr (none, ==, "");
  chosen[3] = chosen[7] = chosen[8] = chosen[9] = chosen[29] = TRUE;
  text = rheo_analyse_dup_units (chosen, 30);
  g_assert_cmpstr (text, ==, "3 7-9 29");
  g_assert_true (rheo_analyse_read_units (text, again, 30));
  g_assert_cmpmem (again, sizeof again, chosen, sizeof chosen);
  g_assert_false (rheo_analyse_read_units ("I 3 30 9-8", again, 30));
  for (int i = 0; i < 30; i++)
    g_assert_cmpint (again[i], ==, i == 3);
}

static RheoPlotView *
get_matrix (Fixture *f)
{
  GtkWidget *figures = rheo_analyse_lesion_get_figures (RHEO_ANALYSE_LESION (RHEO_ANALYSE_PAGE (f->page)->lesion));
  GtkWidget *card = ui_find_type (figures, RHEO_TYPE_PLOT_CARD);

  return card != NULL ? rheo_plot_card_get_view (RHEO_PLOT_CARD (card)) : NULL;
}

static gboolean
has_matrix (gpointer data)
{
  return get_matrix (data) != NULL && rheo_plot_view_get_spec (get_matrix (data)) != NULL;
}

static RheoAnalyseEffect *
get_lesion_effect (Fixture *f)
{
  return RHEO_ANALYSE_EFFECT (
      rheo_analyse_lesion_get_effect (RHEO_ANALYSE_LESION (RHEO_ANALYSE_PAGE (f->page)->lesion)));
}

static gboolean
has_lesion (gpointer data)
{
  return rheo_analyse_effect_get_table (get_lesion_effect (data)) != NULL;
}

/* Units that are dragged over are silenced at once, what is done to them can be chosen, and the file stays as it was. */
static void
test_lesion (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  RheoTable *silenced;
  GtkWidget *entry;

  open_run (f);
  g_file_get_contents (f->path, &before, &n_before, NULL);
  click_row (f, "Causes");
  ui_wait (has_matrix, f);
  g_assert_false (gtk_widget_is_sensitive (ui_get (f->page, GTK_TYPE_BUTTON, "Compare before and after")));
  g_signal_emit_by_name (get_matrix (f), "units", 2, 4, FALSE);
  ui_wait (has_lesion, f);
  entry = ui_get (f->page, GTK_TYPE_ENTRY, "Units");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "2-4");
  g_assert_nonnull (ui_find_text (f->page, "3 of 12 units"));
  g_assert_nonnull (ui_find_text (f->page, "Units 2-4 silenced"));
  silenced = rheo_table_ref (rheo_analyse_effect_get_table (get_lesion_effect (f)));
  g_assert_cmpint (rheo_table_find (silenced, "unit")->dims[0], ==, 3);
  g_assert_cmpint (rheo_table_find (silenced, "trial-after")->dims[0], ==, 200);
  ui_settle (GTK_WIDGET (f->window));
  ui_shot (GTK_WIDGET (f->window), "analyse-lesion.png");
  /* With Ctrl they come to those that are chosen. */
  g_signal_emit_by_name (get_matrix (f), "units", 10, 20, TRUE);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "2-4 10-11");
  ui_wait (has_lesion, f);
  /* Another deed is done at once. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (ui_get (f->page, GTK_TYPE_DROP_DOWN, "What is done")), 1);
  ui_wait (has_lesion, f);
  g_assert_nonnull (ui_find_text (f->page, "Units 2-4 10-11 held"));
  g_assert_cmpfloat (get_number (silenced, "r2-before", 0), ==,
                     get_number (rheo_analyse_effect_get_table (get_lesion_effect (f)), "r2-before", 0));
  g_assert_cmpfloat (get_number (silenced, "r2-after", 0), !=,
                     get_number (rheo_analyse_effect_get_table (get_lesion_effect (f)), "r2-after", 0));
  g_file_get_contents (f->path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
  rheo_table_unref (silenced);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Keep as a result"));
  ui_wait (is_kept, f);
}

/* --- following --------------------------------------------------------------------------------------------------------- */

#define ENOUGH 3

static RheoSession *
get_session (Fixture *f)
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
start_live (Fixture *f, int budget)
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
  GtkWidget *button = ui_find (((Fixture *) data)->page, GTK_TYPE_TOGGLE_BUTTON, "Follow");

  return button != NULL && gtk_widget_is_sensitive (button);
}

static const GPtrArray *
get_followed (Fixture *f)
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
         && !rheo_analyse_follow_is_on (RHEO_ANALYSE_PAGE (((Fixture *) data)->page)->follow);
}

static gboolean
lists_last (gpointer data)
{
  return rheo_study_find (RHEO_ANALYSE_PAGE (((Fixture *) data)->page)->study, "fixed-points/2") != NULL;
}

static RheoTable *
get_followed_table (Fixture *f, guint i)
{
  return ((const RheoFollowed *) get_followed (f)->pdata[i])->table;
}

/* The analysis is repeated as the run goes on, earlier results are there on the scale, and it ends with the run. */
static void
test_follow (Fixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  GtkWidget *camera;
  RheoTable *first;

  start_live (f, 1000000);
  open_run (f);
  g_assert_false (can_follow (f));
  click_row (f, "Fixed points");
  ui_wait (has_result, f);
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
  g_assert_true (get_table (f) == get_followed_table (f, get_followed (f)->len - 1));
  g_assert_true (ui_find_type (f->result, RHEO_TYPE_PLOT_CARD) == camera);
  ui_settle (GTK_WIDGET (f->window));
  ui_shot (GTK_WIDGET (f->window), "analyse-follow.png");
  /* Back in time: the earlier result stays while newer ones come. */
  first = get_followed_table (f, 0);
  rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->time),
                               (double) ((const RheoFollowed *) get_followed (f)->pdata[0])->iteration);
  g_assert_true (get_table (f) == first);
  ui_wait (has_one_more, f);
  g_assert_true (get_table (f) == first);
  rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->time), INFINITY);
  g_assert_true (get_table (f) == get_followed_table (f, get_followed (f)->len - 1));
  /* The end of the run is that of following it; the last network is looked at, and that is kept. */
  rheo_session_stop (get_session (f));
  ui_wait (is_over, f);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->follow_button)));
  ui_wait (lists_last, f);
  g_assert_cmpint (((const RheoFollowed *) get_followed (f)->pdata[get_followed (f)->len - 1])->iteration, ==,
                   rheo_session_get_place (get_session (f)).iteration);
  g_assert_true (gtk_widget_get_mapped (page->times));
  /* Another analysis: the earlier times go. */
  click_row (f, "Modes of a state");
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
test_undisturbed (Fixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  double alone, followed;

  start_live (f, 3000);
  ui_wait (is_done, f);
  alone = get_loss (f->path);
  start_live (f, 3000);
  open_run (f);
  click_row (f, "Fixed points");
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
test_follow_off (Fixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);

  start_live (f, 1000000);
  open_run (f);
  click_row (f, "Fixed points");
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
  g_test_add ("/analyse/nothing", Fixture, "no run", set_up, test_nothing, tear_down);
  g_test_add ("/analyse/offer", Fixture, NULL, set_up, test_offer, tear_down);
  g_test_add ("/analyse/fixed-points", Fixture, NULL, set_up, test_fixed_points, tear_down);
  g_test_add ("/analyse/point", Fixture, NULL, set_up, test_point, tear_down);
  g_test_add ("/analyse/try", Fixture, NULL, set_up, test_try, tear_down);
  g_test_add ("/analyse/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/analyse/follow", Fixture, "no run", set_up, test_follow, tear_down);
  g_test_add ("/analyse/follow-off", Fixture, "no run", set_up, test_follow_off, tear_down);
  g_test_add ("/analyse/undisturbed", Fixture, "no run", set_up, test_undisturbed, tear_down);
  g_test_add_func ("/analyse/units", test_units);
  g_test_add ("/analyse/lesion", Fixture, NULL, set_up, test_lesion, tear_down);
  g_test_add_func ("/analyse/check", test_check);
  g_test_add_func ("/analyse/modes", test_modes);
  g_test_add ("/analyse/remove", Fixture, NULL, set_up, test_remove, tear_down);
  return ui_test_run ();
}
