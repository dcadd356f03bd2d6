#include "config.h"

#include "keys-press.h"

#include "app/runs-page-private.h"
#include "app/window-private.h"
#include "widgets/param-row.h"
#include "widgets/scrubber.h"

GtkWidget *
root_of (Press *press)
{
  return GTK_WIDGET (press->window);
}

RheoContext *
context_of (Press *press)
{
  return rheo_app_window_get_context (press->window);
}

void
hit (Press *press)
{
  ui_press (GTK_WINDOW (press->window), press->key->key);
}

void
show_view (Press *press, const char *name)
{
  g_action_group_activate_action (G_ACTION_GROUP (press->window), "view", g_variant_new_string (name));
  ui_settle (root_of (press));
}

const char *
shown_view (Press *press)
{
  return adw_view_stack_get_visible_child_name (press->window->stack);
}

gboolean
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

gboolean
is_set (gpointer place)
{
  return *(gpointer *) place != NULL;
}

char *
dup_copied (Press *press)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (root_of (press)), NULL, take_text, &text);
  ui_wait (is_set, &text);
  return text;
}

gboolean
has_copied (gpointer press)
{
  g_autofree char *text = dup_copied (press);

  return *text != '\0';
}

void
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

gboolean
has_stepped_again (gpointer press)
{
  return is_paused (press) && rheo_session_get_place (context_of (press)->session).iteration > 1;
}

gboolean
has_stepped_thrice (gpointer press)
{
  return is_paused (press) && rheo_session_get_place (context_of (press)->session).iteration > 2;
}

/* Set up with an experiment that learns fast and long. */
void
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

void
stop (Press *press)
{
  ui_activate (root_of (press), "win.stop");
  ui_wait (is_stopped, press);
}

/* From each view. */
void
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

void
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

void
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

RheoRunsPage *
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

void
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
void
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
void
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

void
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

void
press_trash (Press *press)
{
  select_run (press);
  hit (press);
  ui_wait (is_gone, press);
  wait_text (press, "Run moved to trash");
  ui_click (ui_get (root_of (press), GTK_TYPE_BUTTON, "Undo"));
  ui_wait (has_run, press);
}

void
press_copy_rows (Press *press)
{
  g_autofree char *text = NULL;

  select_run (press);
  empty_clipboard (press);
  hit (press);
  text = dup_copied (press);
  g_assert_nonnull (strstr (text, "one"));
}

void
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

void
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

void
press_open (Press *press)
{
  show_view (press, "runs");
  hit (press);
  close_chooser (press, GTK_FILE_CHOOSER_ACTION_OPEN);
}

void
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

void
press_save_as (Press *press)
{
  show_small (press);
  hit (press);
  close_chooser (press, GTK_FILE_CHOOSER_ACTION_SAVE);
}

/* With the focus in the text, as after it was opened. */
static void
hit_in_script (Press *press, const char *action)
{
  ui_activate (root_of (press), action);
  ui_get (root_of (press), GTK_TYPE_BUTTON, "Next trial");
  ui_settle (root_of (press));
  hit (press);
}

void
press_save_script_as (Press *press)
{
  hit_in_script (press, "win.new-script::template");
  ui_answer_chooser (NULL);
}

void
press_save_script (Press *press)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "keys.lua", NULL), *text = NULL;
  g_autofree char *action = g_action_print_detailed_name ("win.edit-script", g_variant_new_string (path));

  /* Without a file yet it asks for one. */
  press_save_script_as (press);
  g_assert_true (g_file_set_contents (path, "-- as it was\n", -1, NULL));
  ui_activate (root_of (press), action);
  wait_text (press, "keys.lua");
  ui_settle (root_of (press));
  gtk_widget_activate_action (gtk_window_get_focus (GTK_WINDOW (press->window)), "script.insert", "s", "template");
  hit (press);
  wait_text (press, "Saved keys.lua");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "function trial"));
}

static void
assert_seed (Press *press, const char *seed)
{
  g_autofree char *value =
      rheo_experiment_dup_value (rheo_document_get_experiment (context_of (press)->document), "run.seed", NULL);

  g_assert_cmpstr (value, ==, seed);
}

void
press_undo (Press *press)
{
  show_small (press);
  rheo_document_set (context_of (press)->document, "run.seed", "11", "seed", NULL);
  hit (press);
  assert_seed (press, "1");
}

void
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

void
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

void
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
