/* Set up: the form over a document, without the rest of the window. */
#include "config.h"

#include <glib/gstdio.h>

#include "app/settings.h"
#include "app/setup-page.h"
#include "app/speed.h"
#include "app/start-page.h"
#include "ui-test.h"
#include "widgets/number-field.h"
#include "widgets/param-form.h"
#include "widgets/preset-picker.h"
#include "widgets/values-page.h"

#define UNITS "model.layers.0.units"
#define THRESHOLD "model.layers.0.threshold"
#define LR "rule.optimiser.lr"
#define BETA "model.layers.0.beta"

typedef struct
{
  RheoContext context;
  GtkWidget *window, *page;
} Set;

static gboolean
is_drawn (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

static void
open_page (Set *set, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set->context.settings = rheo_settings_new ();
  set->context.document = rheo_document_new ();
  set->context.session = rheo_session_new ();
  rheo_document_load (set->context.document, "robot-trajectory", &error);
  g_assert_no_error (error);
  set->page = rheo_setup_page_new (&set->context);
  set->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (set->window), 1280, 760);
  gtk_window_set_child (GTK_WINDOW (set->window), set->page);
  gtk_window_present (GTK_WINDOW (set->window));
  ui_wait (is_drawn, set->page);
  ui_settle (set->window);
}

static void
close_page (Set *set, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (set->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (rheo_session_shut (set->context.session, 60));
  g_assert_finalize_object (set->context.session);
  g_assert_finalize_object (set->context.document);
  g_clear_object (&set->context.settings);
}

/* --- what a user sees and does --------------------------------------------------------------------------------- */

static RheoParamRow *
find_row (GtkWidget *root, const char *path)
{
  if (RHEO_IS_PARAM_ROW (root) && g_str_equal (rheo_param_row_get_path (RHEO_PARAM_ROW (root)), path))
    return RHEO_PARAM_ROW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      RheoParamRow *found = find_row (child, path);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
is_seen (Set *set, const char *path)
{
  RheoParamRow *row = find_row (set->page, path);

  return row != NULL && gtk_widget_get_mapped (GTK_WIDGET (row));
}

static GtkWidget *
get_text (GtkWidget *field)
{
  GtkWidget *child = gtk_widget_get_first_child (field);

  while (!GTK_IS_TEXT (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
type_into (GtkWidget *field, const char *text)
{
  GtkWidget *entry = get_text (field);

  gtk_widget_grab_focus (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
}

static void
assert_shown (GtkWidget *field, const char *text)
{
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_text (field))), ==, text);
}

static void
assert_value (Set *set, const char *path, const char *expected)
{
  g_autofree char *value = rheo_experiment_dup_value (rheo_document_get_experiment (set->context.document), path, NULL);

  g_assert_cmpstr (value, ==, expected);
}

static GtkWidget *
get_control (Set *set, const char *path)
{
  RheoParamRow *row = find_row (set->page, path);

  g_assert_nonnull (row);
  return rheo_param_row_get_control (row);
}

static gboolean
set_search (Set *set, const char *text)
{
  GtkWidget *search = ui_get (set->page, GTK_TYPE_SEARCH_ENTRY, "Search parameters");

  gtk_editable_set_text (GTK_EDITABLE (search), text);
  g_signal_emit_by_name (search, "search-changed");
  ui_settle (set->window);
  return TRUE;
}

/* --- tests ----------------------------------------------------------------------------------------------------- */

static void
test_set (Set *set, gconstpointer data)
{
  GtkWidget *field = ui_get (set->page, RHEO_TYPE_NUMBER_FIELD, "Training trials");
  RheoParamRow *row = find_row (set->page, "task.n-trials");

  assert_shown (field, "1,000");
  type_into (field, "1200");
  assert_value (set, "task.n-trials", "1200");
  assert_shown (field, "1,200");
  ui_settle (set->window);
  g_assert_nonnull (ui_find (GTK_WIDGET (row), GTK_TYPE_BUTTON, "Reset, Training trials"));
  g_assert_nonnull (ui_find_text (set->page, "1 value differs from the ready-made experiment"));
  type_into (field, "1,500");
  assert_value (set, "task.n-trials", "1500");

  /* The buttons beside it step through nice values. */
  ui_click (ui_get (field, GTK_TYPE_BUTTON, "More, Training trials"));
  assert_value (set, "task.n-trials", "1550");
  ui_click (ui_get (field, GTK_TYPE_BUTTON, "Less, Training trials"));
  ui_click (ui_get (field, GTK_TYPE_BUTTON, "Less, Training trials"));
  assert_value (set, "task.n-trials", "1450");
}

/* What does nothing in the network that is chosen is neither shown nor counted as changed. */
static void
test_rows_that_act (Set *set, gconstpointer data)
{
  RheoDocument *document = set->context.document;

  g_assert_true (rheo_document_set (document, "rule.surrogate.kind", "triangular", "", NULL));
  ui_settle (set->window);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (find_row (set->page, "rule.surrogate.kind"))));
  g_assert_cmpint (rheo_document_count_changed (document, "rule"), ==, 1);
  g_assert_true (rheo_document_set (document, "model.id", "ctrnn", "", NULL));
  ui_settle (set->window);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (find_row (set->page, "rule.surrogate.kind"))));
  g_assert_cmpint (rheo_document_count_changed (document, "rule"), ==, 0);
  g_assert_true (rheo_document_set (document, "model.id", "lif", "", NULL));
  ui_settle (set->window);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (find_row (set->page, "rule.surrogate.kind"))));
}

static void
test_out_of_range (Set *set, gconstpointer data)
{
  GtkWidget *field = get_control (set, "task.n-steps");
  RheoParamRow *row = find_row (set->page, "task.n-steps");

  g_assert_cmpstr (rheo_param_row_get_subtitle (row), ==, "2 \342\200\223 100,000 steps \302\267 default 30");
  type_into (field, "1");
  g_assert_true (gtk_widget_has_css_class (field, "error"));
  g_assert_cmpstr (rheo_param_row_get_subtitle (row), ==, "Whole, between 2 and 100,000 steps. Still 30.");
  assert_shown (field, "1");
  assert_value (set, "task.n-steps", "30");

  /* What is no number is refused as well; leaving the field keeps what was typed. */
  type_into (field, "many");
  g_assert_true (rheo_number_field_get_refused (RHEO_NUMBER_FIELD (field)));
  gtk_widget_grab_focus (get_control (set, "task.n-valid"));
  assert_shown (field, "many");
  assert_value (set, "task.n-steps", "30");
  type_into (field, "40");
  g_assert_false (gtk_widget_has_css_class (field, "error"));
  g_assert_cmpstr (rheo_param_row_get_subtitle (row), ==, "2 \342\200\223 100,000 steps \302\267 default 30");
  assert_value (set, "task.n-steps", "40");

  /* Typing the value in force ends a refusal too. */
  type_into (field, "0");
  type_into (field, "40");
  g_assert_false (gtk_widget_has_css_class (field, "error"));
  g_assert_null (g_strstr_len (rheo_param_row_get_subtitle (row), -1, "Still"));
}

static void
test_leave (Set *set, gconstpointer data)
{
  GtkWidget *field = get_control (set, "task.n-trials");

  gtk_widget_grab_focus (get_text (field));
  gtk_editable_set_text (GTK_EDITABLE (get_text (field)), "900");
  assert_value (set, "task.n-trials", "1000");
  gtk_widget_grab_focus (get_control (set, "task.n-valid"));
  assert_value (set, "task.n-trials", "900");
}

static void
test_reset (Set *set, gconstpointer data)
{
  RheoParamRow *row = find_row (set->page, THRESHOLD);

  type_into (get_control (set, THRESHOLD), "-50");
  assert_value (set, THRESHOLD, "-50");
  ui_settle (set->window);
  ui_click (ui_get (GTK_WIDGET (row), GTK_TYPE_BUTTON, "Reset, Threshold"));
  assert_value (set, THRESHOLD, "-55");
  assert_shown (get_control (set, THRESHOLD), "\342\210\22255");
  ui_settle (set->window);
  g_assert_null (ui_find (GTK_WIDGET (row), GTK_TYPE_BUTTON, "Reset, Threshold"));
}

static void
test_undo (Set *set, gconstpointer data)
{
  RheoParamRow *row = find_row (set->page, UNITS);

  type_into (get_control (set, UNITS), "400");
  rheo_document_undo (set->context.document);
  assert_shown (get_control (set, UNITS), "1,000");
  rheo_document_redo (set->context.document);
  assert_shown (get_control (set, UNITS), "400");

  /* The rows are the same ones: nothing is built again. */
  g_assert_true (find_row (set->page, UNITS) == row);
}

static void
test_when (Set *set, gconstpointer data)
{
  g_assert_true (is_seen (set, "model.layers.0.reset-potential"));
  gtk_widget_activate_action (get_control (set, "model.layers.0.reset"), "value.choose", "s", "zero");
  assert_value (set, "model.layers.0.reset", "zero");
  ui_settle (set->window);
  g_assert_false (is_seen (set, "model.layers.0.reset-potential"));
  rheo_document_undo (set->context.document);
  ui_settle (set->window);
  g_assert_true (is_seen (set, "model.layers.0.reset-potential"));
}

static void
test_search (Set *set, gconstpointer data)
{
  /* Behind "Advanced", which opens by itself; by label, key and help. */
  g_assert_false (is_seen (set, "rule.optimiser.eps"));
  set_search (set, "epsilon");
  g_assert_true (is_seen (set, "rule.optimiser.eps"));
  g_assert_false (is_seen (set, LR));
  set_search (set, "optimiser.lr");
  g_assert_true (is_seen (set, LR));
  set_search (set, "dale law");
  g_assert_true (is_seen (set, "model.constraints.signs"));
  /* By the words of other programs and of the rows of a choice. */
  set_search (set, "epochs");
  g_assert_true (is_seen (set, "run.budget"));
  g_assert_false (is_seen (set, LR));
  set_search (set, "iterations");
  g_assert_true (is_seen (set, "run.budget"));
  set_search (set, "Learning rate");
  g_assert_true (is_seen (set, LR));
  set_search (set, "neurons");
  g_assert_true (is_seen (set, UNITS));
  set_search (set, "AdamW");
  g_assert_true (is_seen (set, "rule.optimiser.kind"));
  set_search (set, "early stopping");
  g_assert_true (is_seen (set, "rule.stop.target-r2"));
  set_search (set, "no such thing");
  g_assert_nonnull (ui_find_text (set->page, "No parameters match"));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Clear search"));
  ui_settle (set->window);
  g_assert_true (is_seen (set, "task.n-trials"));
  g_assert_false (is_seen (set, "rule.optimiser.eps"));
}

static void
test_only_changed (Set *set, gconstpointer data)
{
  g_assert_true (rheo_document_set (set->context.document, LR, "0.01", NULL, NULL));
  gtk_widget_activate_action (set->page, "setup.show-changed", NULL);
  ui_settle (set->window);
  g_assert_true (is_seen (set, LR));
  g_assert_false (is_seen (set, "task.n-trials"));
  gtk_widget_activate_action (set->page, "setup.show-changed", NULL);
  ui_settle (set->window);
  g_assert_true (is_seen (set, "task.n-trials"));
  gtk_widget_activate_action (set->page, "setup.reset-all", NULL);
  assert_value (set, LR, "0.005");
}

static void
test_help (Set *set, gconstpointer data)
{
  RheoParamRow *first = find_row (set->page, "task.n-trials"), *other = find_row (set->page, UNITS);

  gtk_widget_activate_action (rheo_param_row_get_control (first), "param.help", NULL);
  g_assert_true (rheo_param_row_get_help_open (first));
  ui_settle (set->window);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (first), "Trajectories of the fixed training set."));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (first), "task.n-trials"));
  gtk_widget_activate_action (rheo_param_row_get_control (other), "param.help", NULL);
  g_assert_true (rheo_param_row_get_help_open (other));
  g_assert_false (rheo_param_row_get_help_open (first));
  gtk_widget_activate_action (rheo_param_row_get_control (other), "param.help", NULL);
  g_assert_false (rheo_param_row_get_help_open (other));
}

static gboolean
has_text (gpointer data)
{
  return *(char **) data != NULL;
}

static void
take_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_copy (Set *set, gconstpointer data)
{
  GtkWidget *row = GTK_WIDGET (find_row (set->page, UNITS));
  g_autofree char *key = NULL, *option = NULL;

  gtk_widget_activate_action (row, "param.copy-key", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (row), NULL, take_text, &key);
  ui_wait (has_text, &key);
  g_assert_cmpstr (key, ==, UNITS);
  row = GTK_WIDGET (find_row (set->page, BETA));
  gtk_widget_activate_action (row, "param.copy-option", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (row), NULL, take_text, &option);
  ui_wait (has_text, &option);
  g_assert_cmpstr (option, ==, "--set " BETA "='0.85 0.7 0.3 0.6'");
}

static void
test_values (Set *set, gconstpointer data)
{
  GtkWidget *field;
  int before, after;

  gtk_widget_measure (set->page, GTK_ORIENTATION_HORIZONTAL, -1, &before, NULL, NULL, NULL);
  ui_click (get_control (set, BETA));
  field = ui_get (set->page, RHEO_TYPE_NUMBER_FIELD, "Decay of the membrane, SST");
  assert_shown (field, "0.3");
  gtk_widget_measure (set->page, GTK_ORIENTATION_HORIZONTAL, -1, &after, NULL, NULL, NULL);
  g_assert_cmpint (after, ==, before);
  type_into (field, "0.35");
  assert_value (set, BETA, "0.85 0.7 0.35 0.6");
  type_into (field, "7");
  g_assert_true (gtk_widget_has_css_class (field, "error"));
  g_assert_nonnull (ui_find_text (set->page, "Between 0 and 1. Still 0.35."));
  assert_value (set, BETA, "0.85 0.7 0.35 0.6");
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "One value for all"));
  assert_value (set, BETA, "0.85");
  rheo_document_undo (set->context.document);
  ui_settle (set->window);
  g_assert_nonnull (ui_find (set->page, RHEO_TYPE_NUMBER_FIELD, "Decay of the membrane, Htr"));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Back"));
  ui_settle (set->window);
  g_assert_true (is_seen (set, BETA));
}

static void
test_list (Set *set, gconstpointer data)
{
  ui_click (get_control (set, "model.layers"));
  assert_value (set, "model.layers.1.units", "1000");
  ui_settle (set->window);
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Remove, 1 of 2 layers"));
  ui_settle (set->window);
  g_assert_null (rheo_document_get_problem (set->context.document));
  g_assert_true (is_seen (set, UNITS));
  g_assert_null (find_row (set->page, "model.layers.1.units"));
}

static void
test_problem (Set *set, gconstpointer data)
{
  /* Four decays, but one class. */
  gtk_widget_activate_action (get_control (set, "model.layers.0.classes"), "value.choose", "s", "one");
  ui_settle (set->window);
  g_assert_nonnull (rheo_document_get_problem (set->context.document));
  g_assert_nonnull (ui_find_text (set->page, "This cannot run"));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Reset cell classes"));
  g_assert_null (rheo_document_get_problem (set->context.document));
  ui_settle (set->window);
  g_assert_null (ui_find_text (set->page, "This cannot run"));
  rheo_document_undo (set->context.document);
  ui_settle (set->window);
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Undo"));
  assert_value (set, "model.layers.0.classes", "e-pv-sst-htr");
}

static void
test_load (Set *set, gconstpointer data)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "mine.json", NULL);
  g_autofree char *other = g_build_filename (ui_test_folder (), "other.json", NULL);
  g_autoptr (GError) error = NULL;
  GtkWidget *row = ui_get (set->page, GTK_TYPE_LIST_BOX_ROW, "Robot trajectory, plain spiking network");

  gtk_widget_activate (row);
  ui_settle (set->window);
  g_assert_cmpstr (rheo_document_get_name (set->context.document), ==, "robot-clean");
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row)));
  g_assert_nonnull (ui_find_text (set->page, "As ready-made"));
  assert_shown (get_control (set, UNITS), "256");
  rheo_document_undo (set->context.document);
  assert_shown (get_control (set, UNITS), "1,000");

  /* A file that was opened lately stands below. */
  type_into (get_control (set, UNITS), "320");
  g_assert_true (rheo_document_save (set->context.document, path, &error));
  g_settings_set_strv (set->context.settings, "recent-files", (const char *const[]){ path, NULL });
  g_assert_true (rheo_document_load (set->context.document, "robot-clean", &error));
  row = ui_get (set->page, GTK_TYPE_LIST_BOX_ROW, "mine.json");
  g_assert_nonnull (ui_find_text (row, "Spiking, gradient · today"));
  /* When the list is read again what it still shows is not built anew: it may be pressed just then. */
  g_assert_true (rheo_experiment_save (rheo_document_get_experiment (set->context.document), other, &error));
  g_settings_set_strv (set->context.settings, "recent-files", (const char *const[]){ path, other, NULL });
  ui_get (set->page, GTK_TYPE_LIST_BOX_ROW, "other.json");
  g_assert_true (ui_find (set->page, GTK_TYPE_LIST_BOX_ROW, "mine.json") == row);
  gtk_widget_activate (row);
  ui_settle (set->window);
  assert_value (set, UNITS, "320");
  g_assert_cmpstr (rheo_document_get_path (set->context.document), ==, path);
  g_unlink (path);
  g_unlink (other);
}

static void
take_result (GObject *document, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_branch (Set *set, gconstpointer data)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "ff3.h5", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RheoStore *store =
      rheo_store_create (path, rheo_document_get_experiment (set->context.document), NULL, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (rheo_store_close (store, "user", &error));
  rheo_document_load_run_async (set->context.document, path, 300, take_result, &result);
  ui_wait (has_text, &result);
  g_assert_true (rheo_document_load_run_finish (set->context.document, result, &error));
  ui_settle (set->window);
  g_assert_nonnull (ui_find_text (set->page, "Continues ff3 from iteration 300"));
  g_assert_false (gtk_widget_is_sensitive (get_control (set, UNITS)));
  g_assert_false (gtk_widget_is_sensitive (ui_get (set->page, GTK_TYPE_MENU_BUTTON, "Change model")));
  g_assert_true (gtk_widget_is_sensitive (get_control (set, LR)));
  g_assert_true (gtk_widget_is_sensitive (get_control (set, "run.budget")));
  g_assert_true (gtk_widget_is_sensitive (get_control (set, "model.layers.0.reset-potential")));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Start fresh instead"));
  ui_settle (set->window);
  g_assert_null (ui_find_text (set->page, "Continues ff3"));
  g_assert_true (gtk_widget_is_sensitive (get_control (set, UNITS)));
  g_unlink (path);
}

/* Edits bring the rows up to date that are concerned, and nothing moves. */
static void
test_still (Set *set, gconstpointer data)
{
  GtkWidget *scroll = gtk_widget_get_ancestor (get_control (set, LR), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroll));
  GtkWidget *field = get_control (set, LR);
  double before;

  g_assert_true (rheo_setup_page_show (RHEO_SETUP_PAGE (set->page), LR));
  do
    {
      before = gtk_adjustment_get_value (adjustment);
      ui_settle (set->window);
    }
  while (gtk_adjustment_get_value (adjustment) != before);
  g_assert_cmpfloat (before, >, 0);
  type_into (field, "0.01");
  rheo_document_set (set->context.document, "task.n-trials", "600", NULL, NULL);
  ui_settle (set->window);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, before);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (set->window)) == get_text (field));
}

static RheoParamRow *
find_focused_row (Set *set)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (set->window));

  return focus != NULL ? (RheoParamRow *) gtk_widget_get_ancestor (focus, RHEO_TYPE_PARAM_ROW) : NULL;
}

static gboolean
has_no_popover (gpointer row)
{
  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      return FALSE;
  return TRUE;
}

/* The menu of a row leaves focus and form where they were. */
static void
test_menu (Set *set, gconstpointer data)
{
  RheoParamRow *row = find_row (set->page, "task.n-trials");
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (row), GTK_TYPE_SCROLLED_WINDOW)));
  GtkWidget *popover;

  gtk_widget_grab_focus (get_control (set, "task.n-trials"));
  gtk_widget_activate_action (GTK_WIDGET (row), "param.menu", NULL);
  popover = gtk_widget_get_last_child (GTK_WIDGET (row));
  g_assert_true (GTK_IS_POPOVER (popover));
  ui_wait (is_drawn, popover);
  gtk_popover_popdown (GTK_POPOVER (popover));
  ui_wait (has_no_popover, row);
  ui_settle (set->window);
  g_assert_true (find_focused_row (set) == row);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
}

/* A row goes with its menu, whether that is open or closes just then. */
static void
test_menu_goes (Set *set, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++)
    {
      RheoParamRow *row = find_row (set->page, "task.n-trials");
      gpointer gone = row;
      GtkWidget *popover;

      g_object_add_weak_pointer (G_OBJECT (row), &gone);
      gtk_widget_activate_action (GTK_WIDGET (row), "param.menu", NULL);
      popover = gtk_widget_get_last_child (GTK_WIDGET (row));
      ui_wait (is_drawn, popover);
      if (i == 1)
        gtk_popover_popdown (GTK_POPOVER (popover));
      rheo_document_load (set->context.document, "flip-flop-3bit", &error);
      g_assert_no_error (error);
      ui_settle (set->window);
      g_assert_null (gone);
      rheo_document_undo (set->context.document);
      ui_settle (set->window);
    }
}

static void
list_times (GtkWidget *widget, GString *times)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";

  if (g_str_has_prefix (text, "about "))
    g_string_append_printf (times, "%s\n", text);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    list_times (child, times);
}

static gboolean
has_all_times (gpointer page)
{
  g_autoptr (GString) times = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  list_times (page, times);
  lines = g_strsplit (times->str, "\n", -1);
  return g_strv_length (lines) == 6 + 1;
}

static GString *
read_start_page (Set *set)
{
  GtkWidget *page = rheo_start_page_new (set->context.settings);
  GString *times = g_string_new (NULL);

  rheo_speed_use_settings (set->context.settings);
  gtk_window_set_child (GTK_WINDOW (set->window), page);
  ui_wait (has_all_times, page);
  ui_settle (set->window);
  list_times (page, times);
  return times;
}

/* What is told at one start is told at the next one, too. */
static void
test_start_times (Set *set, gconstpointer data)
{
  g_autoptr (GString) first = read_start_page (set), second = read_start_page (set);

  g_assert_cmpstr (first->str, ==, second->str);
  rheo_speed_use_settings (NULL);
}

static gboolean
says_epochs (gpointer page)
{
  return ui_find_text (page, "20 epochs") != NULL;
}

/* What a task does that has no trials: it plays. */
static void
test_plays (Set *set, gconstpointer data)
{
  g_assert_nonnull (ui_find_text (set->window, "2 in, 2 out \302\267 30 steps"));
  g_assert_true (rheo_document_load (set->context.document, "cartpole-stdp-rl", NULL));
  ui_settle (set->window);
  g_assert_nonnull (ui_find_text (set->window, "up to 500 steps"));
}

/* The card of the run counts in what the task and the rule count. */
static void
test_unit (Set *set, gconstpointer data)
{
  ui_wait (says_epochs, set->page);
  g_assert_true (rheo_document_set (set->context.document, "run.budget", "1", NULL, NULL));
  ui_settle (set->window);
  g_assert_nonnull (ui_find_text (set->page, "1 epoch"));
}

static gboolean
says_device (gpointer page)
{
  const char *text = rheo_param_row_get_subtitle (find_row (page, "run.device"));

  return g_str_has_suffix (text, "auto takes the CPU, no card: This program was built without CUDA.");
}

/* What auto comes to is said where it is chosen, also while it is not chosen. */
static void
test_device (Set *set, gconstpointer data)
{
  ui_wait (says_device, set->page);
  g_assert_true (rheo_document_set (set->context.document, "run.device", "cpu", NULL, NULL));
  ui_settle (set->window);
  g_assert_true (says_device (set->page));
}

static void
test_preset (Set *set, gconstpointer data)
{
  GtkWidget *presets = ui_get (set->page, GTK_TYPE_MENU_BUTTON, "Presets, Model"), *picker, *popover;

  gtk_menu_button_popup (GTK_MENU_BUTTON (presets));
  popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (presets)));
  ui_wait (is_drawn, popover);
  g_assert_nonnull (ui_find_text (popover, "Robot network as published"));
  g_assert_nonnull (ui_find_text (popover, "Plain robot network"));
  gtk_menu_button_popdown (GTK_MENU_BUTTON (presets));
  picker = gtk_widget_get_parent (presets);
  gtk_widget_activate_action (presets, "preset.choose", "s", "clean");
  assert_value (set, UNITS, "256");
  ui_settle (set->window);
  assert_shown (get_control (set, UNITS), "256");
  g_assert_nonnull (ui_find (GTK_WIDGET (find_row (set->page, UNITS)), GTK_TYPE_BUTTON, "Reset, Units"));
  g_assert_cmpint (
      rheo_preset_count_changes (rheo_document_get_experiment (set->context.document), RHEO_SLOT_MODEL, "clean"), ==,
      0);

  /* What is in force is not a step again. */
  gtk_widget_activate_action (picker, "preset.choose", "s", "clean");
  rheo_document_undo (set->context.document);
  assert_value (set, UNITS, "1000");
}

/* As its list does when a row is taken. */
static void
choose_compared (Set *set, const char *id)
{
  g_signal_emit_by_name (gtk_widget_get_parent (ui_get (set->page, GTK_TYPE_MENU_BUTTON, "Change compare")), "chosen",
                         id);
  ui_settle (set->window);
}

/* The slot may be filled and emptied; of its rule only what a gradient has use for is shown. */
static void
test_compared (Set *set, gconstpointer data)
{
  g_assert_false (is_seen (set, "run.compare"));
  choose_compared (set, "bptt");
  assert_value (set, "compare.id", "bptt");
  g_assert_true (is_seen (set, "compare.surrogate.kind"));
  g_assert_false (is_seen (set, "compare.optimiser.lr"));
  g_assert_true (is_seen (set, "rule.optimiser.lr"));
  g_assert_true (is_seen (set, "run.compare"));
  choose_compared (set, "none");
  assert_value (set, "compare.id", "none");
  g_assert_null (find_row (set->page, "compare.surrogate.kind"));
  g_assert_false (is_seen (set, "run.compare"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Set *set, gconstpointer data);
  } tests[] = {
    { "/ui/setup/set", test_set },
    { "/ui/setup/rows-that-act", test_rows_that_act },
    { "/ui/setup/out-of-range", test_out_of_range },
    { "/ui/setup/leave", test_leave },
    { "/ui/setup/reset", test_reset },
    { "/ui/setup/undo", test_undo },
    { "/ui/setup/when", test_when },
    { "/ui/setup/search", test_search },
    { "/ui/setup/only-changed", test_only_changed },
    { "/ui/setup/help", test_help },
    { "/ui/setup/copy", test_copy },
    { "/ui/setup/values", test_values },
    { "/ui/setup/list", test_list },
    { "/ui/setup/problem", test_problem },
    { "/ui/setup/load", test_load },
    { "/ui/setup/branch", test_branch },
    { "/ui/setup/still", test_still },
    { "/ui/setup/preset", test_preset },
    { "/ui/setup/compared", test_compared },
    { "/ui/setup/menu", test_menu },
    { "/ui/setup/menu-goes", test_menu_goes },
    { "/ui/setup/start-times", test_start_times },
    { "/ui/setup/plays", test_plays },
    { "/ui/setup/unit", test_unit },
    { "/ui/setup/device", test_device },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Set, NULL, open_page, tests[i].test, close_page);
  return ui_test_run ();
}
