/* Analyse in the real window: a stored network is taken apart, and what comes of it is looked at. */
#include "config.h"

#include <math.h>

#include "analyse-fixture.h"

#include "app/analyse-effect.h"
#include "app/analyse-inputs.h"
#include "app/analyse-lesion.h"
#include "app/analyse-list.h"
#include "app/analyse-point.h"
#include "app/analyse-result.h"
#include "app/result-table.h"
#include "app/run-pane.h"
#include "widgets/plot-card.h"

#define LATER 36 /* a number of a path some steps after its start */

static gboolean
is_open (gpointer data)
{
  const AnalyseFixture *f = data;

  return ui_find_text (f->page, "No trained network yet") == NULL
         || !gtk_widget_get_mapped (ui_find_text (f->page, "No trained network yet"));
}

/* A run that is opened elsewhere is there to be taken apart, and a button of its pane leads to it. */
static void
test_offer (AnalyseFixture *f, gconstpointer data)
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

static gboolean
has_plot (gpointer data)
{
  GtkWidget *card = ui_find_type (((AnalyseFixture *) data)->result, RHEO_TYPE_PLOT_CARD);

  return card != NULL && rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) != NULL;
}

static gboolean
is_listed (gpointer data)
{
  return ui_find (((AnalyseFixture *) data)->page, GTK_TYPE_LIST_BOX_ROW, "Fixed points, 1 · batch 4") != NULL;
}

static gboolean
is_not_listed (gpointer data)
{
  return !is_listed (data);
}

static void
test_nothing (AnalyseFixture *f, gconstpointer data)
{
  ui_activate (GTK_WIDGET (f->window), "win.view::analyse");
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (ui_find_text (f->page, "No trained network yet"));
  g_assert_nonnull (ui_find (f->page, GTK_TYPE_BUTTON, "Open file…"));
}

/* The first click finds them, because that takes little time. */
static void
test_fixed_points (AnalyseFixture *f, gconstpointer data)
{
  int64_t n;

  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  ui_wait (has_plot, f);
  ui_wait (is_listed, f);
  n = rheo_table_find (analyse_get_table (f), "place")->dims[0];
  g_assert_cmpint (n, >, 0);
  g_assert_nonnull (ui_find_text (f->result, "Points"));
  g_assert_nonnull (ui_find (f->result, GTK_TYPE_COLUMN_VIEW, "Points"));
  g_assert_nonnull (ui_find_text (f->page, "The total is odd, as it must be."));
  g_assert_nonnull (ui_find_text (f->page, " starts · "));
  ui_shot (GTK_WIDGET (f->window), "analyse-points.png");
  /* Read again from the file, it is the same. */
  analyse_click (f, "Line attractor");
  g_assert_nonnull (ui_find_text (f->page, "This needs the task cddm"));
  g_assert_false (analyse_has_result (f));
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  g_assert_cmpint (rheo_table_find (analyse_get_table (f), "place")->dims[0], ==, n);
  g_assert_nonnull (rheo_table_get_note (analyse_get_table (f), "config"));
}

static void
assert_apart (const AnalyseFixture *f)
{
  GtkWidget *table = gtk_widget_get_parent (ui_find_type (f->result, RHEO_TYPE_RESULT_TABLE));
  GtkWidget *first = ui_find_type (f->result, RHEO_TYPE_PLOT_CARD), *second = gtk_widget_get_next_sibling (first);
  graphene_rect_t below, a, b;

  g_assert_true (RHEO_IS_PLOT_CARD (second));
  g_assert_true (gtk_widget_compute_bounds (table, f->result, &below));
  g_assert_true (gtk_widget_compute_bounds (first, f->result, &a));
  g_assert_true (gtk_widget_compute_bounds (second, f->result, &b));
  g_assert_cmpfloat (a.origin.y + a.size.height, <=, below.origin.y);
  g_assert_cmpfloat (b.origin.y + b.size.height, <=, below.origin.y);
  g_assert_false (graphene_rect_intersection (&a, &b, NULL));
}

/* Several plots stand beside or below each other, and none of them lies under the table. */
static void
test_apart (AnalyseFixture *f, gconstpointer data)
{
  analyse_open (f);
  analyse_click (f, "Flow field");
  ui_wait (analyse_has_result, f);
  ui_wait (has_plot, f);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1280, 800);
  ui_settle (GTK_WIDGET (f->window));
  assert_apart (f);
  ui_shot (GTK_WIDGET (f->window), "analyse-apart.png");
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1024, 700);
  ui_settle (GTK_WIDGET (f->window));
  assert_apart (f);
}

static GtkListBoxRow *
find_row (AnalyseFixture *f, const char *id)
{
  GtkWidget *list = ui_find_type (ui_find_type (f->page, RHEO_TYPE_ANALYSE_LIST), GTK_TYPE_LIST_BOX);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i)) != NULL; i++)
    if (gtk_test_accessible_check_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, id) == NULL)
      return row;
  return NULL;
}

/* A click that comes before the file has been read is not lost, and a row that is pressed is still there when the button
 * is let go, whatever has come meanwhile. */
static void
test_early (AnalyseFixture *f, gconstpointer data)
{
  g_autofree char *action = g_action_print_detailed_name ("win.analyse", g_variant_new_string (f->path));
  GtkListBoxRow *row, *other;

  ui_activate (GTK_WIDGET (f->window), action);
  g_assert_null (rheo_study_get_experiment (RHEO_ANALYSE_PAGE (f->page)->study));
  row = find_row (f, "Fixed points");
  other = find_row (f, "Weights");
  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (row)), "row-activated", row);
  g_assert_nonnull (ui_find_text (f->page, "The run is being read."));
  ui_wait (analyse_has_result, f);
  ui_wait (is_listed, f);
  g_assert_true (find_row (f, "Fixed points") == row);
  g_assert_true (find_row (f, "Weights") == other);
  /* Its results stand below the chosen one alone. */
  analyse_click (f, "Weights");
  ui_wait (is_not_listed, f);
  g_assert_true (find_row (f, "Fixed points") == row);
}

static gboolean
has_modes (gpointer data)
{
  return ui_find_text (((AnalyseFixture *) data)->page, "λ = ") != NULL;
}

/* A row of the table and a point of the figure are one choice. */
static void
test_point (AnalyseFixture *f, gconstpointer data)
{
  GtkWidget *card;

  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
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
get_effect (AnalyseFixture *f)
{
  return rheo_analyse_effect_get_table (RHEO_ANALYSE_EFFECT (ui_find_type (f->page, RHEO_TYPE_ANALYSE_EFFECT)));
}

static gboolean
has_effect (gpointer data)
{
  return get_effect (data) != NULL;
}

static const RheoTable *
get_path_table (AnalyseFixture *f)
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
  return get_path_table (data) == analyse_get_table (data);
}

static gboolean
has_second_mode (gpointer data)
{
  return ui_find (((AnalyseFixture *) data)->page, GTK_TYPE_BUTTON, "Push along mode 2") != NULL;
}

static gboolean
is_kept (gpointer data)
{
  return ui_find (((AnalyseFixture *) data)->page, GTK_TYPE_LIST_BOX_ROW, "Causes, 1 · batch 4") != NULL;
}

static double
get_number (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

/* Trials begin in a point, and are pushed from there along a mode. */
static void
test_try (AnalyseFixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  GtkWidget *modes;
  double first;

  g_file_get_contents (f->path, &before, &n_before, NULL);
  analyse_open (f);
  analyse_click (f, "Fixed points");
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
  g_assert_nonnull (rheo_table_find (analyse_get_table (f), "r2-after"));
}

static gboolean
is_cancelled (gpointer data)
{
  return ui_find_text (((AnalyseFixture *) data)->page, "Nothing was kept") != NULL;
}

static void
test_cancel (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  static const char *const values[][2] = { { "analysis.search.method", "slow" },
                                           { "analysis.search.starts", "20000" } };

  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;

      host->set (host->data, values[i][0], values[i][1], NULL, &error);
      g_assert_no_error (error);
    }
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Search again"));
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
test_remove (AnalyseFixture *f, gconstpointer data)
{
  GtkWidget *toast;

  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (is_listed, f);
  ui_click (ui_get (f->page, GTK_TYPE_BUTTON, "Remove Fixed points, 1 · batch 4"));
  ui_wait (is_not_listed, f);
  /* That of the toast: the header has one of the same name. */
  toast = ui_find_type (GTK_WIDGET (f->window), g_type_from_name ("AdwToastWidget"));
  ui_click (ui_get (toast, GTK_TYPE_BUTTON, "Undo"));
  ui_wait (is_listed, f);
}

static char *
dup_starts (AnalyseFixture *f)
{
  const RheoParamHost *host = rheo_analyse_values_get_host (RHEO_ANALYSE_PAGE (f->page)->values);

  return host->dup_value (host->data, "analysis.search.starts");
}

static gboolean
is_enabled (AnalyseFixture *f, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (f->window), action);
}

/* Values of an analysis are edited and taken back as those of Set up are, and these stay as they are. */
static void
test_undo (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  g_autofree char *before = NULL, *after = NULL, *again = NULL, *back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (rheo_document_get_experiment (page->context->document));

  analyse_open (f);
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  ui_click (ui_get (f->page, GTK_TYPE_TOGGLE_BUTTON, "Options"));
  g_assert_false (is_enabled (f, "undo"));
  before = dup_starts (f);
  g_assert_true (host->set (host->data, "analysis.search.starts", "777", "Starts", &error));
  g_assert_true (host->set (host->data, "analysis.search.starts", "778", "Starts", &error));
  g_assert_true (host->set (host->data, "analysis.seed", "5", "Seed", &error));
  g_assert_false (host->set (host->data, "analysis.seed", "-5", "Seed", &error));
  g_assert_cmpstr (rheo_analyse_page_get_undo_label (page), ==, "seed 5");
  g_assert_true (is_enabled (f, "undo"));
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_cmpstr (rheo_analyse_page_get_undo_label (page), ==, "starts 778");
  g_assert_cmpstr (rheo_analyse_page_get_redo_label (page), ==, "seed 5");
  after = dup_starts (f);
  g_assert_cmpstr (after, ==, "778");
  /* Both edits of one value were one step. */
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  again = dup_starts (f);
  g_assert_cmpstr (again, ==, before);
  g_assert_false (is_enabled (f, "undo"));
  ui_activate (GTK_WIDGET (f->window), "win.redo");
  back = dup_starts (f);
  g_assert_cmpstr (back, ==, "778");
  g_assert_true (rheo_experiment_equal (experiment, rheo_document_get_experiment (page->context->document)));
  /* Elsewhere the keys mean what they did. */
  ui_activate (GTK_WIDGET (f->window), "win.view::setup");
  g_assert_false (is_enabled (f, "undo"));
}

/* --- inputs ---------------------------------------------------------------------------------------------------------- */

static gboolean
has_inputs (gpointer data)
{
  GtkDropDown *choice =
      GTK_DROP_DOWN (gtk_widget_get_first_child (RHEO_ANALYSE_PAGE (((AnalyseFixture *) data)->page)->inputs));

  return g_list_model_get_n_items (gtk_drop_down_get_model (choice)) > 3;
}

static gboolean
has_second_input (gpointer data)
{
  const RheoColumn *input =
      analyse_get_table (data) != NULL ? rheo_table_find (analyse_get_table (data), "input") : NULL;
  double sum = 0;

  for (int64_t i = 0; input != NULL && i < rheo_column_get_length (input); i++)
    sum += fabs (rheo_column_get_number (input, i));
  return sum > 0;
}

/* Inputs of the task can be chosen; what the network does under one is found at once. */
static void
test_input (AnalyseFixture *f, gconstpointer data)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (f->page);
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  GtkDropDown *choice = GTK_DROP_DOWN (gtk_widget_get_first_child (page->inputs));
  guint n;

  analyse_open (f);
  ui_wait (has_inputs, f);
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (choice)));
  n = g_list_model_get_n_items (gtk_drop_down_get_model (choice));
  analyse_click (f, "Fixed points");
  ui_wait (analyse_has_result, f);
  g_assert_true (gtk_widget_is_sensitive (GTK_WIDGET (choice)));
  g_assert_cmpint (gtk_drop_down_get_selected (choice), ==, 0);
  g_assert_nonnull (ui_find_text (f->page, "Input 0 0 0"));
  g_assert_false (has_second_input (f));
  gtk_drop_down_set_selected (choice, 1);
  ui_wait (has_second_input, f);
  /* One that the task does not have stands behind those that it has. */
  g_assert_true (host->set (host->data, "analysis.input", "0.25 0 -7", NULL, NULL));
  g_assert_cmpint (g_list_model_get_n_items (gtk_drop_down_get_model (choice)), ==, n + 1);
  g_assert_cmpint (gtk_drop_down_get_selected (choice), ==, n);
  g_assert_cmpstr (gtk_string_object_get_string (gtk_drop_down_get_selected_item (choice)), ==, "Input 0.25 0 −7");
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
get_matrix (AnalyseFixture *f)
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
get_lesion_effect (AnalyseFixture *f)
{
  return RHEO_ANALYSE_EFFECT (
      rheo_analyse_lesion_get_effect (RHEO_ANALYSE_LESION (RHEO_ANALYSE_PAGE (f->page)->lesion)));
}

/* Nothing goes on, and there it is. */
static gboolean
has_lesion (gpointer data)
{
  if (rheo_analyse_effect_is_working (get_lesion_effect (data)))
    return FALSE;
  g_assert_nonnull (rheo_analyse_effect_get_table (get_lesion_effect (data)));
  return TRUE;
}

/* Units that are dragged over are silenced at once, what is done to them can be chosen, and the file stays as it was. */
static void
test_lesion (AnalyseFixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  RheoTable *silenced;
  GtkWidget *entry;

  analyse_open (f);
  g_file_get_contents (f->path, &before, &n_before, NULL);
  analyse_click (f, "Causes");
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

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/analyse/nothing", AnalyseFixture, "no run", analyse_set_up, test_nothing, analyse_tear_down);
  g_test_add ("/analyse/offer", AnalyseFixture, NULL, analyse_set_up, test_offer, analyse_tear_down);
  g_test_add ("/analyse/fixed-points", AnalyseFixture, NULL, analyse_set_up, test_fixed_points, analyse_tear_down);
  g_test_add ("/analyse/apart", AnalyseFixture, NULL, analyse_set_up, test_apart, analyse_tear_down);
  g_test_add ("/analyse/early", AnalyseFixture, NULL, analyse_set_up, test_early, analyse_tear_down);
  g_test_add ("/analyse/point", AnalyseFixture, NULL, analyse_set_up, test_point, analyse_tear_down);
  g_test_add ("/analyse/try", AnalyseFixture, NULL, analyse_set_up, test_try, analyse_tear_down);
  g_test_add ("/analyse/cancel", AnalyseFixture, NULL, analyse_set_up, test_cancel, analyse_tear_down);
  g_test_add ("/analyse/undo", AnalyseFixture, NULL, analyse_set_up, test_undo, analyse_tear_down);
  g_test_add ("/analyse/input", AnalyseFixture, NULL, analyse_set_up, test_input, analyse_tear_down);
  g_test_add_func ("/analyse/units", test_units);
  g_test_add ("/analyse/lesion", AnalyseFixture, NULL, analyse_set_up, test_lesion, analyse_tear_down);
  g_test_add_func ("/analyse/check", test_check);
  g_test_add_func ("/analyse/modes", test_modes);
  g_test_add ("/analyse/remove", AnalyseFixture, NULL, analyse_set_up, test_remove, analyse_tear_down);
  return ui_test_run ();
}
