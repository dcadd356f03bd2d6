/* Every key of the program's table, in every place where it acts: pressed, and what it does looked at. */
#include "config.h"

#include "keys-press.h"

#include "app/dialogs.h"
#include "app/runs-page-private.h"
#include "app/settings.h"
#include "app/window-private.h"

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
  { RHEO_KEYS_SCRIPT, "script.save", press_save_script },
  { RHEO_KEYS_SCRIPT, "script.save-as", press_save_script_as },
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
  int n;
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
  return ui_test_run ();
}
