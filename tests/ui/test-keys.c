/* Every key of the program's table, in every place where it acts: pressed, and what it does looked at. */
#include "config.h"

#include <glib/gstdio.h>

#include "plot-place.h"
#include "ui-keys.h"
#include "ui-places.h"

#include "app/data-viewer.h"
#include "app/dialogs.h"
#include "app/file-tree.h"
#include "app/runs-page-private.h"
#include "app/settings.h"
#include "app/window-private.h"
#include "widgets/keys.h"
#include "widgets/param-row.h"
#include "widgets/plot-card.h"
#include "widgets/plot-view-private.h"
#include "widgets/scrubber.h"

/* One key in one place, with a fresh window. */
typedef struct
{
  RheoAppWindow *window; /* NULL: the key has closed it */
  const RheoKey *key;
  const char *run; /* path of a stored run */
} Press;

static GtkWidget *
root_of (Press *press)
{
  return GTK_WIDGET (press->window);
}

static RheoContext *
context_of (Press *press)
{
  return rheo_app_window_get_context (press->window);
}

static void
hit (Press *press)
{
  ui_press (GTK_WINDOW (press->window), press->key->key);
}

static void
show_view (Press *press, const char *name)
{
  g_action_group_activate_action (G_ACTION_GROUP (press->window), "view", g_variant_new_string (name));
  ui_settle (root_of (press));
}

static const char *
shown_view (Press *press)
{
  return adw_view_stack_get_visible_child_name (press->window->stack);
}

static gboolean
is_focused (Press *press, GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (press->window));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

typedef struct
{
  GtkWidget *root;
  const char *text;
} Text;

static gboolean
has_text (gpointer data)
{
  return ui_find_text (((Text *) data)->root, ((Text *) data)->text) != NULL;
}

static void
wait_text (Press *press, const char *text)
{
  Text wanted = { root_of (press), text };

  ui_wait (has_text, &wanted);
}

/* --- the clipboard ----------------------------------------------------------------------------------------------- */

static void
take_text (GObject *clipboard, GAsyncResult *result, gpointer text)
{
  *(char **) text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  if (*(char **) text == NULL)
    *(char **) text = g_strdup ("");
}

static gboolean
is_set (gpointer place)
{
  return *(gpointer *) place != NULL;
}

static char *
dup_copied (Press *press)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (root_of (press)), NULL, take_text, &text);
  ui_wait (is_set, &text);
  return text;
}

static gboolean
has_copied (gpointer press)
{
  g_autofree char *text = dup_copied (press);

  return *text != '\0';
}

static void
empty_clipboard (Press *press)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (root_of (press)), "");
}

/* --- runs -------------------------------------------------------------------------------------------------------- */

static gboolean
is_running (gpointer press)
{
  return rheo_session_get_state (context_of (press)->session) == RHEO_ENGINE_RUNNING;
}

static gboolean
is_paused (gpointer press)
{
  return rheo_session_get_state (context_of (press)->session) == RHEO_ENGINE_PAUSED;
}

static gboolean
is_stopped (gpointer press)
{
  return rheo_session_get_state (context_of (press)->session) == RHEO_ENGINE_STOPPED;
}

static gboolean
has_stepped (gpointer press)
{
  return is_paused (press) && rheo_session_get_place (context_of (press)->session).iteration > 0;
}

static gboolean
has_stepped_again (gpointer press)
{
  return is_paused (press) && rheo_session_get_place (context_of (press)->session).iteration > 1;
}

static gboolean
has_stepped_thrice (gpointer press)
{
  return is_paused (press) && rheo_session_get_place (context_of (press)->session).iteration > 2;
}

/* Set up with an experiment that learns fast and long. */
static void
show_small (Press *press)
{
  g_autoptr (GError) error = NULL;
  RheoDocument *document = context_of (press)->document;

  rheo_document_load (document, "robot-clean", &error);
  g_assert_no_error (error);
  rheo_document_set (document, "model.layers.0.units", "32", NULL, &error);
  rheo_document_set (document, "run.budget", "1000000", NULL, &error);
  g_assert_no_error (error);
  rheo_app_window_show_form (press->window);
  ui_settle (root_of (press));
}

static void
stop (Press *press)
{
  ui_activate (root_of (press), "win.stop");
  ui_wait (is_stopped, press);
}

/* From each view. */
static void
press_run (Press *press)
{
  show_small (press);
  hit (press);
  ui_wait (is_running, press);
  g_assert_cmpstr (shown_view (press), ==, "live");
  hit (press);
  ui_wait (is_paused, press);
  show_view (press, "runs");
  hit (press);
  ui_wait (is_running, press);
  g_assert_cmpstr (shown_view (press), ==, "runs");
  stop (press);
}

static void
press_step (Press *press)
{
  show_small (press);
  hit (press);
  ui_wait (has_stepped, press);
  g_assert_cmpint (rheo_session_get_place (context_of (press)->session).iteration, ==, 1);
  show_view (press, "runs");
  hit (press);
  ui_wait (has_stepped_again, press);
  stop (press);
}

static void
press_stop (Press *press)
{
  static const char *const views[] = { "setup", "live", "runs" };

  show_small (press);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      show_view (press, "setup");
      ui_activate (root_of (press), "win.run");
      ui_wait (is_running, press);
      show_view (press, views[i]);
      hit (press);
      ui_wait (is_stopped, press);
    }
}

static RheoRunsPage *
runs_page_of (Press *press)
{
  return press->window->runs_page;
}

static gboolean
has_branch (gpointer press)
{
  int64_t at = -1;
  const char *from = rheo_document_get_branch (context_of (press)->document, &at);

  return g_strcmp0 (from, ((Press *) press)->run) == 0 && at == 4;
}

static void
press_branch (Press *press)
{
  ui_show_run (press->window, press->run);
  /* Where no run is shown there is nothing to branch from. */
  show_view (press, "live");
  hit (press);
  g_assert_cmpstr (shown_view (press), ==, "live");
  show_view (press, "runs");
  hit (press);
  ui_wait (has_branch, press);
  ui_settle (root_of (press));
  g_assert_cmpstr (shown_view (press), ==, "setup");
}

/* On the scale, on a plot beside it, and on a button. */
static void
press_snapshot (Press *press)
{
  GtkWidget *pane = runs_page_of (press)->run, *places[3];
  RheoScrubber *scrubber = RHEO_SCRUBBER (ui_find_type (pane, RHEO_TYPE_SCRUBBER));
  const gboolean back = g_str_equal (press->key->key, "Page_Up");

  ui_show_run (press->window, press->run);
  ui_settle (root_of (press));
  places[0] = ui_find_type (GTK_WIDGET (scrubber), GTK_TYPE_SCALE);
  places[1] = ui_find_type (pane, RHEO_TYPE_PLOT_VIEW);
  places[2] = ui_get (pane, GTK_TYPE_BUTTON, "Branch from here");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      rheo_scrubber_set_iteration (scrubber, back ? 4 : 2);
      g_assert_true (gtk_widget_grab_focus (places[i]));
      g_test_message ("on a %s", G_OBJECT_TYPE_NAME (places[i]));
      hit (press);
      g_assert_cmpfloat (rheo_scrubber_get_iteration (scrubber), ==, 3);
    }
}

static gboolean
has_run (gpointer press)
{
  return rheo_library_find (context_of (press)->library, ((Press *) press)->run) != NULL
         && rheo_run_list_get_n_shown (runs_page_of (press)->list) > 0;
}

static gboolean
is_selected (gpointer press)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (runs_page_of (press)->list);

  return items->len == 1;
}

/* A stored run in the list is selected, and has the focus. */
static void
select_run (Press *press)
{
  RheoRunList *list;

  show_view (press, "runs");
  list = runs_page_of (press)->list;
  ui_wait (has_run, press);
  g_assert_true (rheo_run_list_select (list, rheo_library_find (context_of (press)->library, press->run)));
  ui_wait (is_selected, press);
  ui_settle (root_of (press));
  gtk_widget_child_focus (GTK_WIDGET (list), GTK_DIR_TAB_FORWARD);
  g_assert_true (is_focused (press, GTK_WIDGET (list)));
}

static void
press_rename (Press *press)
{
  select_run (press);
  hit (press);
  ui_get (root_of (press), GTK_TYPE_ENTRY, "Name of the run");
  ui_press (GTK_WINDOW (press->window), "Escape");
  g_assert_null (ui_find (root_of (press), GTK_TYPE_ENTRY, "Name of the run"));
  g_assert_true (is_focused (press, GTK_WIDGET (runs_page_of (press)->list)));
}

static gboolean
is_gone (gpointer press)
{
  return rheo_library_find (context_of (press)->library, ((Press *) press)->run) == NULL;
}

static void
press_trash (Press *press)
{
  select_run (press);
  hit (press);
  ui_wait (is_gone, press);
  wait_text (press, "Run moved to trash");
  ui_click (ui_get (root_of (press), GTK_TYPE_BUTTON, "Undo"));
  ui_wait (has_run, press);
}

static void
press_copy_rows (Press *press)
{
  g_autofree char *text = NULL;

  select_run (press);
  empty_clipboard (press);
  hit (press);
  text = dup_copied (press);
  g_assert_nonnull (strstr (text, "one"));
}

static void
press_run_menu (Press *press)
{
  select_run (press);
  hit (press);
  g_assert_nonnull (ui_find_text (root_of (press), "Branch from last checkpoint"));
  ui_press (GTK_WINDOW (press->window), "Escape");
  g_assert_null (ui_find_text (root_of (press), "Branch from last checkpoint"));
  g_assert_true (is_focused (press, GTK_WIDGET (runs_page_of (press)->list)));
}

/* --- experiments ------------------------------------------------------------------------------------------------- */

static void
press_new (Press *press)
{
  show_view (press, "runs");
  hit (press);
  g_assert_cmpstr (shown_view (press), ==, "setup");
  wait_text (press, "New experiment");
}

static void
close_chooser (Press *press, GtkFileChooserAction action)
{
  g_assert_nonnull (press->window->chooser);
  g_assert_true (gtk_native_dialog_get_visible (GTK_NATIVE_DIALOG (press->window->chooser)));
  g_assert_cmpint (gtk_file_chooser_get_action (GTK_FILE_CHOOSER (press->window->chooser)), ==, action);
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (press->window->chooser));
  g_signal_emit_by_name (press->window->chooser, "response", GTK_RESPONSE_CANCEL);
}

static void
press_open (Press *press)
{
  show_view (press, "runs");
  hit (press);
  close_chooser (press, GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
press_save (Press *press)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "kept.json", NULL), *text = NULL;

  show_small (press);
  /* Without a file yet it asks for one. */
  hit (press);
  close_chooser (press, GTK_FILE_CHOOSER_ACTION_SAVE);
  g_assert_true (rheo_document_save (context_of (press)->document, path, NULL));
  rheo_document_set (context_of (press)->document, "run.seed", "4711", NULL, NULL);
  hit (press);
  wait_text (press, "Saved kept.json");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "4711"));
}

static void
press_save_as (Press *press)
{
  show_small (press);
  hit (press);
  close_chooser (press, GTK_FILE_CHOOSER_ACTION_SAVE);
}

static void
assert_seed (Press *press, const char *seed)
{
  g_autofree char *value =
      rheo_experiment_dup_value (rheo_document_get_experiment (context_of (press)->document), "run.seed", NULL);

  g_assert_cmpstr (value, ==, seed);
}

static void
press_undo (Press *press)
{
  show_small (press);
  rheo_document_set (context_of (press)->document, "run.seed", "11", "seed", NULL);
  hit (press);
  assert_seed (press, "1");
}

static void
press_redo (Press *press)
{
  show_small (press);
  rheo_document_set (context_of (press)->document, "run.seed", "11", "seed", NULL);
  rheo_document_undo (context_of (press)->document);
  assert_seed (press, "1");
  hit (press);
  assert_seed (press, "11");
}

static RheoParamRow *
find_row (GtkWidget *root, const char *path)
{
  RheoParamRow *found = NULL;

  if (RHEO_IS_PARAM_ROW (root) && g_str_equal (rheo_param_row_get_path (RHEO_PARAM_ROW (root)), path))
    return RHEO_PARAM_ROW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, path);
  return found;
}

/* A number's row, and that of a choice. */
static RheoParamRow *
focus_row (Press *press, const char *path)
{
  RheoParamRow *row;

  show_small (press);
  row = find_row (GTK_WIDGET (press->window->setup_page), path);
  g_assert_nonnull (row);
  gtk_widget_grab_focus (rheo_param_row_get_control (row));
  ui_settle (root_of (press));
  g_assert_true (is_focused (press, GTK_WIDGET (row)));
  return row;
}

static const char *const rows_of_form[] = { "model.layers.0.units", "rule.optimiser.kind" };

static void
press_help (Press *press)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows_of_form); i++)
    {
      RheoParamRow *row = focus_row (press, rows_of_form[i]);

      hit (press);
      g_assert_true (rheo_param_row_get_help_open (row));
      hit (press);
      g_assert_false (rheo_param_row_get_help_open (row));
    }
}

static void
press_row_menu (Press *press)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows_of_form); i++)
    {
      RheoParamRow *row = focus_row (press, rows_of_form[i]);

      hit (press);
      g_assert_nonnull (ui_find_text (GTK_WIDGET (row), "Copy key"));
      ui_press (GTK_WINDOW (press->window), "Escape");
      g_assert_null (ui_find_text (GTK_WIDGET (row), "Copy key"));
      g_assert_true (is_focused (press, GTK_WIDGET (row)));
    }
}

/* --- plots ------------------------------------------------------------------------------------------------------- */

static char *last_exported;
static RheoPlotView *exported_view;

static void
note_exported (RheoPlotView *view, const char *path)
{
  g_free (last_exported);
  last_exported = g_strdup (path);
  exported_view = view;
}

/* The loss has the focus, or the pointer while the focus is elsewhere. */
static RheoPlotView *
reach_plot (Press *press)
{
  RheoPlotView *view;

  ui_show_live (press->window);
  ui_step_live (press->window);
  view = ui_get_plot (press->window, 2);
  ui_settle (root_of (press));
  g_clear_pointer (&last_exported, g_free);
  for (int i = 0; i < 6; i++)
    {
      /* The run has no file, beside which its figures would go. */
      rheo_plot_view_set_name (ui_get_plot (press->window, i), "Plot", "plot", ui_test_folder ());
      g_signal_connect (ui_get_plot (press->window, i), "exported", G_CALLBACK (note_exported), NULL);
    }
  if (press->key->place == RHEO_KEYS_HOVER)
    {
      gtk_widget_grab_focus (press->window->menu_button);
      ui_point_at (GTK_WIDGET (view));
    }
  else
    g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (view)));
  place_settle (view);
  return view;
}

static void
press_export (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_set, &last_exported);
  g_assert_true (exported_view == view);
  g_assert_true (g_str_has_suffix (last_exported, ".svg"));
  g_assert_true (g_file_test (last_exported, G_FILE_TEST_EXISTS));
}

static void
press_export_numbers (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_set, &last_exported);
  g_assert_true (exported_view == view);
  g_assert_true (g_str_has_suffix (last_exported, ".csv"));
}

static void
press_export_as (Press *press)
{
  GtkWidget *dialog;

  reach_plot (press);
  hit (press);
  dialog = ui_get_beside (press->window);
  g_assert_true (GTK_IS_FILE_CHOOSER (dialog));
  ui_press (GTK_WINDOW (dialog), "Escape");
}

static gboolean
offers_picture (gpointer press)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (gtk_widget_get_clipboard (root_of (press)));

  return gdk_content_formats_contain_mime_type (formats, "image/svg+xml")
         && gdk_content_formats_contain_mime_type (formats, "image/png");
}

static void
press_copy_figure (Press *press)
{
  reach_plot (press);
  empty_clipboard (press);
  hit (press);
  ui_wait (offers_picture, press);
}

static gboolean
is_full (gpointer view)
{
  const RheoPlotView *plot = view;

  return plot->full != NULL && gtk_window_is_active (GTK_WINDOW (plot->full))
         && gtk_window_is_fullscreen (GTK_WINDOW (plot->full));
}

static gboolean
is_back (gpointer view)
{
  return ((RheoPlotView *) view)->full == NULL;
}

static void
press_full_screen (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_full, view);
}

static void
press_leave_full (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  ui_press (GTK_WINDOW (press->window), rheo_keys_find (RHEO_KEYS_PLOT, "plot.full-screen"));
  ui_wait (is_full, view);
  ui_press (GTK_WINDOW (view->full), press->key->key);
  ui_wait (is_back, view);
  /* The focus is where it was. */
  g_assert_true (is_focused (press, GTK_WIDGET (view)));
}

static double
span_of (RheoPlotView *view)
{
  return view->picture->panels[0].x.hi - view->picture->panels[0].x.lo;
}

typedef struct
{
  RheoPlotView *view;
  double lo, hi;
} Frame;

static gboolean
has_moved (gpointer data)
{
  const Frame *frame = data;

  return frame->view->picture != NULL
         && (frame->view->picture->panels[0].x.lo != frame->lo || frame->view->picture->panels[0].x.hi != frame->hi
             || isnan (frame->lo));
}

static Frame
frame_of (RheoPlotView *view)
{
  return (Frame){ view, view->picture->panels[0].x.lo, view->picture->panels[0].x.hi };
}

static void
press_zoom (Press *press)
{
  RheoPlotView *view = reach_plot (press);
  Frame before;
  double span;

  /* Out and fit come after in. */
  if (!g_str_equal (press->key->action, "plot.zoom-in"))
    {
      before = frame_of (view);
      ui_press (GTK_WINDOW (press->window), rheo_keys_find (RHEO_KEYS_PLOT, "plot.zoom-in"));
      ui_wait (has_moved, &before);
    }
  before = frame_of (view);
  span = span_of (view);
  hit (press);
  ui_wait (has_moved, &before);
  if (g_str_equal (press->key->action, "plot.zoom-in"))
    g_assert_cmpfloat (span_of (view), <, span);
  else
    g_assert_cmpfloat (span_of (view), >, span);
}

static gboolean
shows_three (gpointer view)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);

  return spec->n_bindings > 0 && rheo_column_get_length (spec->binding[0].column) >= 3;
}

/* It starts at the newest epoch. */
static void
press_read (Press *press)
{
  RheoPlotView *view = reach_plot (press);
  const gboolean back = g_str_equal (press->key->key, "Left");
  double before;

  for (int64_t at = 1; at < 3; at++)
    {
      rheo_session_step (context_of (press)->session);
      ui_wait (at == 1 ? has_stepped_again : has_stepped_thrice, press);
    }
  ui_wait (shows_three, view);
  place_settle (view);
  for (int i = 0; i < (back ? 1 : 2); i++)
    ui_press (GTK_WINDOW (press->window), "Left");
  g_assert_true (view->has_line);
  before = view->read_x;
  hit (press);
  if (back)
    g_assert_cmpfloat (view->read_x, <, before);
  else
    g_assert_cmpfloat (view->read_x, >, before);
}

/* In a plane, where the point can go up and down: the trajectory. */
static void
press_read_across (Press *press)
{
  RheoPlotView *view;
  double before;

  reach_plot (press);
  view = NULL;
  for (int i = 0; i < 6 && view == NULL; i++)
    if (ui_get_plot (press->window, i)->picture->n_panels > 0
        && ui_get_plot (press->window, i)->picture->panels[0].plane)
      view = ui_get_plot (press->window, i);
  g_assert_nonnull (view);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (view)));
  place_settle (view);
  ui_press (GTK_WINDOW (press->window), "Left");
  place_settle (view);
  g_assert_true (view->is_reading);
  before = view->point_y;
  hit (press);
  if (g_str_equal (press->key->key, "Up"))
    g_assert_cmpfloat (view->point_y, <, before);
  else
    g_assert_cmpfloat (view->point_y, >, before);
}

static void
press_pan (Press *press)
{
  RheoPlotView *view = reach_plot (press);
  const gboolean level = strstr (press->key->key, "Left") != NULL || strstr (press->key->key, "Right") != NULL;
  const gboolean on = strstr (press->key->key, "Right") != NULL || strstr (press->key->key, "Up") != NULL;
  Frame before = frame_of (view);
  RheoPlotPanel then;

  ui_press (GTK_WINDOW (press->window), rheo_keys_find (RHEO_KEYS_PLOT, "plot.zoom-in"));
  ui_wait (has_moved, &before);
  then = view->picture->panels[0];
  hit (press);
  ui_settle (root_of (press));
  if (level && on)
    g_assert_cmpfloat (view->picture->panels[0].x.lo, >, then.x.lo);
  else if (level)
    g_assert_cmpfloat (view->picture->panels[0].x.lo, <, then.x.lo);
  else if (on)
    g_assert_cmpfloat (view->picture->panels[0].y.lo, >, then.y.lo);
  else
    g_assert_cmpfloat (view->picture->panels[0].y.lo, <, then.y.lo);
}

static void
press_plot_menu (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (view), "Export figure as…"));
  ui_press (GTK_WINDOW (press->window), "Escape");
  g_assert_null (ui_find_text (GTK_WIDGET (view), "Export figure as…"));
  g_assert_true (is_focused (press, GTK_WIDGET (view)));
}

/* --- tables of numbers ------------------------------------------------------------------------------------------- */

static void
press_copy_numbers (Press *press)
{
  RheoPlotView *view = reach_plot (press);
  GtkWidget *numbers;
  g_autofree char *text = NULL;

  empty_clipboard (press);
  g_action_group_activate_action (rheo_plot_view_get_actions (view), "numbers", NULL);
  numbers = ui_get_beside (press->window);
  ui_get (numbers, GTK_TYPE_COLUMN_VIEW, "Numbers");
  ui_press (GTK_WINDOW (numbers), press->key->key);
  ui_wait (has_copied, press);
  text = dup_copied (press);
  g_assert_nonnull (strstr (text, "\t"));
  ui_press (GTK_WINDOW (numbers), "Escape");
}

/* --- cards ------------------------------------------------------------------------------------------------------- */

static GtkWidget *
card_at (Press *press, int i)
{
  return rheo_dashboard_get_card (ui_get_dashboard (press->window), i);
}

/* The panel of the card among those of the layout. */
static int
place_of (Press *press, GtkWidget *card)
{
  for (int i = 0; i < 6; i++)
    if (card_at (press, i) == card)
      return i;
  return -1;
}

/* On the plot, and on the menu button of the card. */
static void
press_move (Press *press)
{
  const char *way = press->key->action + strlen ("card.move::");
  GtkWidget *card, *focus;
  int columns, by, from;

  ui_show_live (press->window);
  columns = rheo_dashboard_get_columns (ui_get_dashboard (press->window));
  g_assert_cmpint (columns, >=, 2);
  by = g_str_equal (way, "left") ? -1 : g_str_equal (way, "right") ? 1 : g_str_equal (way, "up") ? -columns : columns;
  from = by < 0 ? 5 : 0;
  for (int i = 0; i < 2; i++)
    {
      card = card_at (press, from);
      focus = ui_find_type (card, i == 0 ? RHEO_TYPE_PLOT_VIEW : GTK_TYPE_MENU_BUTTON);
      g_assert_true (gtk_widget_grab_focus (focus));
      ui_settle (root_of (press));
      hit (press);
      g_assert_cmpint (place_of (press, card), ==, from + by);
      g_assert_true (is_focused (press, focus));
      rheo_dashboard_move (ui_get_dashboard (press->window), from + by, from);
    }
}

static void
press_widen (Press *press)
{
  const gboolean wide = g_str_has_suffix (press->key->action, "right");
  const RheoDashboardPanel *panel;

  ui_show_live (press->window);
  rheo_dashboard_set_wide (ui_get_dashboard (press->window), 0, !wide);
  gtk_widget_grab_focus (GTK_WIDGET (ui_get_plot (press->window, 0)));
  hit (press);
  panel = rheo_dashboard_get_layout (ui_get_dashboard (press->window))->panels->pdata[0];
  g_assert_cmpint (panel->wide, ==, wide);
}

static void
press_remove (Press *press)
{
  const RheoDashboardPanel *panel;

  ui_show_live (press->window);
  gtk_widget_grab_focus (GTK_WIDGET (ui_get_plot (press->window, 0)));
  hit (press);
  panel = rheo_dashboard_get_layout (ui_get_dashboard (press->window))->panels->pdata[0];
  g_assert_false (panel->shown);
  ui_click (ui_get (root_of (press), GTK_TYPE_BUTTON, "Undo"));
}

/* --- the window -------------------------------------------------------------------------------------------------- */

/* The first view has the first number, and so on: there is none without. */
static void
press_view (Press *press)
{
  const char *name = strstr (press->key->action, "::") + 2;
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (press->window->stack);
  const int number = press->key->key[strlen (press->key->key) - 1] - '0';
  g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), (guint) number - 1);

  g_assert_cmpstr (adw_view_stack_page_get_name (page), ==, name);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (AdwViewStackPage) other = g_list_model_get_item (G_LIST_MODEL (pages), i);
      g_autofree char *action = g_strconcat ("win.view::", adw_view_stack_page_get_name (other), NULL);

      g_assert_nonnull (rheo_keys_find (RHEO_KEYS_WINDOW, action));
      show_view (press, adw_view_stack_page_get_name (other));
      hit (press);
      g_assert_cmpstr (shown_view (press), ==, name);
    }
}

static void
press_search (Press *press)
{
  show_small (press);
  hit (press);
  g_assert_true (is_focused (press, ui_get (root_of (press), GTK_TYPE_SEARCH_ENTRY, "Search parameters")));
  select_run (press);
  hit (press);
  g_assert_true (is_focused (press, runs_page_of (press)->search));
}

/* Once the bar has slid out. */
static gboolean
hides_experiments (gpointer press)
{
  return ui_find (root_of (press), GTK_TYPE_SEARCH_ENTRY, "Search experiments") == NULL;
}

static void
press_side_bar (Press *press)
{
  show_small (press);
  ui_get (root_of (press), GTK_TYPE_SEARCH_ENTRY, "Search experiments");
  hit (press);
  ui_wait (hides_experiments, press);
  hit (press);
  ui_get (root_of (press), GTK_TYPE_SEARCH_ENTRY, "Search experiments");
  /* What is not shown does not fold. */
  show_view (press, "runs");
  hit (press);
  show_view (press, "setup");
  ui_get (root_of (press), GTK_TYPE_SEARCH_ENTRY, "Search experiments");
}

static void
press_main_menu (Press *press)
{
  gtk_widget_grab_focus (press->window->menu_button);
  hit (press);
  g_assert_nonnull (ui_find_text (press->window->menu_button, "About Rheobase"));
  ui_press (GTK_WINDOW (press->window), "Escape");
  g_assert_null (ui_find_text (press->window->menu_button, "About Rheobase"));
  g_assert_true (is_focused (press, press->window->menu_button));
}

static gboolean
fills_screen (gpointer window)
{
  return gtk_window_is_fullscreen (window);
}

static gboolean
fills_no_screen (gpointer window)
{
  return !gtk_window_is_fullscreen (window);
}

static void
press_fill (Press *press)
{
  hit (press);
  ui_wait (fills_screen, press->window);
  hit (press);
  ui_wait (fills_no_screen, press->window);
}

static gboolean
is_active (gpointer window)
{
  return gtk_window_is_active (window);
}

/* A dialog that Escape closes; the focus is where it was. */
static void
press_dialog (Press *press)
{
  const gboolean is_list = g_str_equal (press->key->action, "win.shortcuts");
  GtkWidget *dialog;

  gtk_widget_grab_focus (press->window->menu_button);
  hit (press);
  dialog = ui_get_beside (press->window);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (dialog)), ==, is_list ? "Keyboard shortcuts" : "Preferences");
  ui_press (GTK_WINDOW (dialog), "Escape");
  ui_wait (is_active, press->window);
  g_assert_true (is_focused (press, press->window->menu_button));
}

static void
note_gone (gpointer press, GObject *window)
{
  ((Press *) press)->window = NULL;
}

static gboolean
is_closed (gpointer press)
{
  return ((Press *) press)->window == NULL;
}

static void
press_close (Press *press)
{
  GtkWindow *window = GTK_WINDOW (press->window);

  g_object_weak_ref (G_OBJECT (window), note_gone, press);
  ui_wait (is_active, window);
  ui_send_keys (press->key->key);
  ui_wait (is_closed, press);
}

/* --- the table --------------------------------------------------------------------------------------------------- */

static const struct
{
  RheoKeysPlace place;
  const char *action; /* as in the table, or its beginning with * */
  void (*press) (Press *press);
} presses[] = {
  { RHEO_KEYS_WINDOW, "win.run", press_run },
  { RHEO_KEYS_WINDOW, "win.step", press_step },
  { RHEO_KEYS_WINDOW, "win.stop", press_stop },
  { RHEO_KEYS_WINDOW, "win.branch-here", press_branch },
  { RHEO_KEYS_WINDOW, "win.new", press_new },
  { RHEO_KEYS_WINDOW, "win.open-file", press_open },
  { RHEO_KEYS_WINDOW, "win.save", press_save },
  { RHEO_KEYS_WINDOW, "win.save-as", press_save_as },
  { RHEO_KEYS_WINDOW, "win.undo", press_undo },
  { RHEO_KEYS_WINDOW, "win.redo", press_redo },
  { RHEO_KEYS_WINDOW, "win.view::*", press_view },
  { RHEO_KEYS_WINDOW, "win.search", press_search },
  { RHEO_KEYS_WINDOW, "win.side-bar", press_side_bar },
  { RHEO_KEYS_WINDOW, "win.menu", press_main_menu },
  { RHEO_KEYS_WINDOW, "win.full-screen", press_fill },
  { RHEO_KEYS_WINDOW, "win.preferences", press_dialog },
  { RHEO_KEYS_WINDOW, "win.shortcuts", press_dialog },
  { RHEO_KEYS_WINDOW, "window.close", press_close },
  { RHEO_KEYS_WINDOW, "app.quit", press_close },
  { RHEO_KEYS_FIELD, "param.help", press_help },
  { RHEO_KEYS_FIELD, "param.menu", press_row_menu },
  { RHEO_KEYS_RUNS, "runs.rename", press_rename },
  { RHEO_KEYS_RUNS, "runs.trash", press_trash },
  { RHEO_KEYS_RUNS, "run-list.copy", press_copy_rows },
  { RHEO_KEYS_RUNS, "run-list.menu", press_run_menu },
  { RHEO_KEYS_RUN, "run.step*", press_snapshot },
  { RHEO_KEYS_TABLE, "table.copy", press_copy_numbers },
  { RHEO_KEYS_PLOT, "plot.export", press_export },
  { RHEO_KEYS_PLOT, "plot.export-as", press_export_as },
  { RHEO_KEYS_PLOT, "plot.export-numbers", press_export_numbers },
  { RHEO_KEYS_HOVER, "plot.export", press_export },
  { RHEO_KEYS_HOVER, "plot.export-as", press_export_as },
  { RHEO_KEYS_HOVER, "plot.export-numbers", press_export_numbers },
  { RHEO_KEYS_PLOT, "plot.copy", press_copy_figure },
  { RHEO_KEYS_PLOT, "plot.full-screen", press_full_screen },
  { RHEO_KEYS_FULL, "window.close", press_leave_full },
  { RHEO_KEYS_PLOT, "plot.zoom-*", press_zoom },
  { RHEO_KEYS_PLOT, "plot.fit", press_zoom },
  { RHEO_KEYS_PLOT, "plot.read(*", press_read },
  { RHEO_KEYS_PLOT, "plot.read-across*", press_read_across },
  { RHEO_KEYS_PLOT, "plot.pan*", press_pan },
  { RHEO_KEYS_PLOT, "plot.menu", press_plot_menu },
  { RHEO_KEYS_CARD, "card.move::*", press_move },
  { RHEO_KEYS_CARD, "card.widen::*", press_widen },
  { RHEO_KEYS_CARD, "card.remove", press_remove },
};

/* A key that nobody presses here fails. */
static void
press_key (Press *press)
{
  for (gsize i = 0; i < G_N_ELEMENTS (presses); i++)
    if (presses[i].place == press->key->place && g_pattern_match_simple (presses[i].action, press->key->action))
      {
        presses[i].press (press);
        return;
      }
  g_error ("nothing here presses %s for %s", press->key->key, press->key->action);
}

static void
test_row (gconstpointer data)
{
  const RheoKeysRow *row = data;
  g_autofree char *run = ui_dup_run ("one.h5");
  g_autoptr (GSettings) settings = rheo_settings_new ();

  g_settings_set_string (settings, "runs-folder", ui_test_folder ());
  for (const RheoKey *key = row->keys; key->key != NULL; key++)
    {
      Press press = { ui_window_new (), key, run };

      g_test_message ("%s: %s", key->key, key->action);
      press_key (&press);
      if (press.window != NULL)
        ui_window_close (press.window);
    }
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

static void
collect_keys (GtkWidget *widget, GString *text)
{
  if (GTK_IS_SHORTCUT_LABEL (widget))
    g_string_append_printf (text, " %s", gtk_shortcut_label_get_accelerator (GTK_SHORTCUT_LABEL (widget)));
  else
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
      collect_keys (child, text);
}

static void
collect_rows (GtkWidget *widget, GPtrArray *lines)
{
  if (ADW_IS_ACTION_ROW (widget))
    {
      GString *text = g_string_new (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)));

      collect_keys (widget, text);
      g_ptr_array_add (lines, g_string_free (text, FALSE));
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_rows (child, lines);
}

/* The window of shortcuts names the rows of the table, and no others. */
static void
test_list (void)
{
  GtkWindow *window = rheo_shortcuts_new (NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  int n;
  const RheoKeysRow *rows = rheo_keys_get_rows (&n);

  gtk_window_present (window);
  ui_settle (GTK_WIDGET (window));
  collect_rows (GTK_WIDGET (window), lines);
  g_assert_cmpuint (lines->len, ==, (guint) n);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) named = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GString) line = g_string_new (rows[i].title);

      for (const RheoKey *key = rows[i].keys; key->key != NULL; key++)
        if (g_hash_table_add (named, (gpointer) key->key))
          g_string_append_printf (line, " %s", key->key);
      g_assert_cmpstr (lines->pdata[i], ==, line->str);
    }
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  int n, result;
  const RheoKeysRow *rows = rheo_keys_get_rows (&n);

  ui_test_init (&argc, &argv);
  ui_keys_start ();
  g_test_add_func ("/ui/keys/list", test_list);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_ascii_strdown (rows[i].title, -1), *path = NULL;

      path = g_strconcat ("/ui/keys/", g_strdelimit (name, " ,", '-'), NULL);
      g_test_add_data_func (path, &rows[i], test_row);
    }
  result = ui_test_run ();
  g_free (last_exported);
  return result;
}
