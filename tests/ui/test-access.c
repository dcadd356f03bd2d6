/* What a keyboard and a screen reader need: every control has a name, and Tab reaches it. */
#include "config.h"

#include "analyse-fixture.h"
#include "ui-places.h"

#include "app/analyse-result.h"
#include "app/live-value.h"
#include "app/runs-page-private.h"
#include "app/sweeps-page.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"

typedef struct
{
  const char *view, *state;
  /* Makes the place; a window beside the main one where that is what is looked at, else NULL. */
  GtkWidget *(*prepare) (RheoAppWindow *window);
} Place;

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_SPIN_BUTTON (widget) || GTK_IS_SCALE (widget)
         || GTK_IS_DROP_DOWN (widget) || GTK_IS_ENTRY (widget) || GTK_IS_SEARCH_ENTRY (widget)
         || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_TEXT_VIEW (widget)
         || (GTK_IS_DRAWING_AREA (widget) && gtk_widget_get_focusable (widget));
}

/* Made by a widget of the toolkit, which names its own parts. */
static gboolean
is_part (GtkWidget *widget)
{
  static const char *const wholes[] = { "GtkMenuButton",   "GtkSpinButton",  "GtkDropDown",        "GtkSearchEntry",
                                        "AdwComboRow",     "AdwExpanderRow", "AdwEntryRow",        "GtkWindowControls",
                                        "AdwViewSwitcher", "AdwTabBar",      "GtkColumnViewTitle", "GtkPopoverMenu",
                                        "AdwToastWidget",  "GtkInfoBar",     "GtkTreeExpander",    "AdwSplitButton" };

  for (GtkWidget *parent = gtk_widget_get_parent (widget); parent != NULL; parent = gtk_widget_get_parent (parent))
    for (gsize i = 0; i < G_N_ELEMENTS (wholes); i++)
      if (g_str_equal (G_OBJECT_TYPE_NAME (parent), wholes[i]))
        return TRUE;
  return FALSE;
}

/* The check answers with the name that there is when it is another one. */
static gboolean
has_label (GtkWidget *widget)
{
  g_autofree char *name =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, "\001");

  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
         && g_strcmp0 (name, "") != 0;
}

/* A button says that its child labels it even when that is a picture. */
static gboolean
is_named (GtkWidget *widget)
{
  if (has_label (widget))
    return TRUE;
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_label (GTK_BUTTON (widget)) != NULL;
  return gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static char *
dup_place (GtkWidget *widget)
{
  GString *text = g_string_new (NULL);

  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      const char *tooltip = gtk_widget_get_tooltip_text (widget);

      g_string_append_printf (text, "%s%s", text->len > 0 ? " < " : "", G_OBJECT_TYPE_NAME (widget));
      if (tooltip != NULL)
        g_string_append_printf (text, " (%s)", tooltip);
    }
  return g_string_free (text, FALSE);
}

static int
count_nameless (GtkWidget *widget)
{
  int n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (is_control (widget) && !is_part (widget) && !is_named (widget))
    {
      g_autofree char *place = dup_place (widget);

      g_test_message ("without a name: %s", place);
      n++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_nameless (child);
  return n;
}

/* --- tooltips --------------------------------------------------------------------------------------------------- */

static gboolean
has_words (GtkWidget *widget)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget))
    return *gtk_label_get_text (GTK_LABEL (widget)) != '\0';
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child) && has_words (child))
      return TRUE;
  return FALSE;
}

/* Its own, or that of a whole row or group. */
static gboolean
has_tooltip (GtkWidget *widget)
{
  for (; widget != NULL && !GTK_IS_ROOT (widget); widget = gtk_widget_get_parent (widget))
    if (gtk_widget_get_tooltip_text (widget) != NULL && *gtk_widget_get_tooltip_text (widget) != '\0')
      return TRUE;
  return FALSE;
}

/* Buttons without words, and what cannot be used now. */
static int
count_untold (GtkWidget *widget)
{
  int n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (is_control (widget) && !is_part (widget) && !has_tooltip (widget)
      && (!gtk_widget_is_sensitive (widget)
          || ((GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget)) && !has_words (widget))))
    {
      g_autofree char *place = dup_place (widget);

      g_test_message ("%s, without a tooltip: %s", gtk_widget_is_sensitive (widget) ? "an icon" : "insensitive", place);
      n++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_untold (child);
  return n;
}

/* --- Tab -------------------------------------------------------------------------------------------------------- */

/* FALSE: Tab goes round in a part, and never comes back to where it began. */
static gboolean
collect_reachable (GtkWidget *root, GHashTable *reached)
{
  GtkWidget *first = NULL;

  /* Each turn starts at what has the focus; a walk that goes round ends it. */
  for (int i = 0; i < 2000; i++)
    {
      GtkWidget *focus;

      if (!gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD))
        return TRUE;
      focus = gtk_root_get_focus (GTK_ROOT (root));
      if (focus == NULL || focus == first)
        return TRUE;
      if (!g_hash_table_add (reached, focus))
        {
          g_autofree char *place = dup_place (focus);

          g_test_message ("Tab stays at: %s", place);
          return FALSE;
        }
      first = first != NULL ? first : focus;
    }
  return FALSE;
}

static gboolean
is_reached (GtkWidget *widget, GHashTable *reached)
{
  GHashTableIter iter;
  gpointer focus;

  g_hash_table_iter_init (&iter, reached);
  while (g_hash_table_iter_next (&iter, &focus, NULL))
    if (focus == widget || gtk_widget_is_ancestor (focus, widget))
      return TRUE;
  return FALSE;
}

/* Rows, cards and groups of buttons are one stop; arrows go on from there. */
static gboolean
is_inside_stop (GtkWidget *widget, GHashTable *reached)
{
  for (GtkWidget *parent = gtk_widget_get_parent (widget); parent != NULL; parent = gtk_widget_get_parent (parent))
    if (GTK_IS_LIST_BOX (parent) || GTK_IS_FLOW_BOX (parent) || GTK_IS_COLUMN_VIEW (parent) || GTK_IS_LIST_VIEW (parent)
        || g_hash_table_contains (reached, parent))
      return is_reached (parent, reached);
  return FALSE;
}

static int
count_unreached (GtkWidget *widget, GHashTable *reached)
{
  int n = 0;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget))
    return 0;
  if (is_control (widget) && !is_part (widget) && !GTK_IS_DRAWING_AREA (widget) && gtk_widget_get_focusable (widget)
      && !is_reached (widget, reached) && !is_inside_stop (widget, reached))
    {
      g_autofree char *place = dup_place (widget);

      g_test_message ("Tab does not reach: %s", place);
      n++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_unreached (child, reached);
  return n;
}

/* --- places ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
show_form (RheoAppWindow *window)
{
  ui_show_form (window);
  return NULL;
}

static GtkWidget *
show_live (RheoAppWindow *window)
{
  ui_show_live (window);
  return NULL;
}

static GtkWidget *
get_plot (RheoAppWindow *window, int panel)
{
  return GTK_WIDGET (ui_get_plot (window, panel));
}

/* A window of the loss, which has two epochs to show. */
static GtkWidget *
show_of_plot (RheoAppWindow *window, const char *action)
{
  GtkWidget *plot;

  show_live (window);
  plot = get_plot (window, 2);
  ui_step_live (window);
  g_action_group_activate_action (rheo_plot_view_get_actions (RHEO_PLOT_VIEW (plot)), action, NULL);
  return ui_get_beside (window);
}

static GtkWidget *
show_options (RheoAppWindow *window)
{
  return show_of_plot (window, "options");
}

static GtkWidget *
show_numbers (RheoAppWindow *window)
{
  return show_of_plot (window, "numbers");
}

static GtkWidget *
show_preferences (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.preferences");
  return ui_get_beside (window);
}

static GtkWidget *
show_help (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.help");
  return ui_get_beside (window);
}

static GtkWidget *
show_shortcuts (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.shortcuts");
  return ui_get_beside (window);
}

static GtkWidget *
show_run (RheoAppWindow *window)
{
  g_autofree char *path = ui_dup_run ("one.h5");

  ui_show_run (window, path);
  return NULL;
}

static gboolean
has_interval (gpointer window)
{
  return ui_find_text (window, "fresh trial") != NULL;
}

static GtkWidget *
show_compare (RheoAppWindow *window)
{
  g_autofree char *one = ui_dup_run ("one.h5"), *two = ui_dup_run ("two.h5");

  rheo_runs_page_compare (RHEO_RUNS_PAGE (ui_find_type (GTK_WIDGET (window), RHEO_TYPE_RUNS_PAGE)),
                          (const char *const[]){ one, two, NULL });
  ui_wait (has_interval, window);
  return NULL;
}

/* An analysis that waits for its start, beside the list of all. */
static GtkWidget *
show_analysis (RheoAppWindow *window)
{
  g_autofree char *path = ui_dup_run ("one.h5");
  g_autofree char *action = g_action_print_detailed_name ("win.analyse", g_variant_new_string (path));
  GtkWidget *row;

  ui_activate (GTK_WIDGET (window), action);
  row = ui_get (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW, "Weights");
  ui_settle (GTK_WIDGET (window));
  row = ui_get (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW, "Weights");
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  ui_settle (GTK_WIDGET (window));
  return NULL;
}

static gboolean
is_shown (gpointer result)
{
  return rheo_analyse_result_get_table (result) != NULL && gtk_widget_get_mapped (result);
}

/* Figures and a table of fixed points, with the details of one. */
static GtkWidget *
show_point (RheoAppWindow *window)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "rates.h5", NULL);
  g_autofree char *action = g_action_print_detailed_name ("win.analyse", g_variant_new_string (path));
  GtkWidget *root = GTK_WIDGET (window), *row;

  analyse_small_rates (path);
  ui_activate (root, action);
  ui_settle (root);
  row = ui_get (root, GTK_TYPE_LIST_BOX_ROW, "Fixed points");
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  ui_wait (is_shown, ui_find_type (root, RHEO_TYPE_ANALYSE_RESULT));
  gtk_selection_model_select_item (
      gtk_column_view_get_model (GTK_COLUMN_VIEW (ui_get (root, GTK_TYPE_COLUMN_VIEW, "Points"))), 0, TRUE);
  ui_get (root, GTK_TYPE_BUTTON, "Start trials here");
  return NULL;
}

/* The editor of scripts, with the bar of its search and a line that is wrong. */
static GtkWidget *
show_script (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.new-script::template");
  ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Next trial");
  ui_activate (GTK_WIDGET (window), "win.search");
  return NULL;
}

static gboolean
has_map (gpointer page)
{
  return ui_find_text (page, "0 of 8 runs") != NULL;
}

/* A paused sweep, and a cell of it. */
static GtkWidget *
show_sweep (RheoAppWindow *window)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep = rheo_sweep_parse (
      "{\"experiment\": \"robot-trajectory\", \"seeds\": 2, \"axes\": [{\"key\": \"run.batch\", \"values\": [10, 20]},"
      "{\"key\": \"rule.optimiser.lr\", \"values\": [0.1, 0.2]}]}",
      "test", NULL, &error);
  g_autofree char *folder = g_build_filename (ui_test_folder (), "sweep-to-see", NULL);
  g_autoptr (RheoSweepWatch) watch = NULL;
  GtkWidget *page = ui_find_type (GTK_WIDGET (window), RHEO_TYPE_SWEEPS_PAGE);

  g_assert_no_error (error);
  g_assert_true (rheo_sweep_create (sweep, folder, &error));
  rheo_sweep_queue_write (sweep, &(RheoSweepQueue){ .paused = TRUE }, &error);
  g_assert_no_error (error);
  watch = rheo_sweep_watch_new (sweep);
  rheo_sweeps_page_show (RHEO_SWEEPS_PAGE (page), watch);
  ui_wait (has_map, page);
  rheo_sweep_watch_shut (watch);
  rheo_sweeps_page_select (RHEO_SWEEPS_PAGE (page), 1);
  return NULL;
}

static GtkWidget *
show_new_sweep (RheoAppWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "sweep-value", g_variant_new_string ("rule.optimiser.lr"));
  return ui_get_beside (window);
}

static const Place places[] = {
  { "setup", "start", NULL },
  { "setup", "form", show_form },
  { "live", "empty", NULL },
  { "live", "paused", show_live },
  { "analyse", "empty", NULL },
  { "analyse", "form", show_analysis },
  { "runs", "empty", NULL },
  { "runs", "run", show_run },
  { "runs", "compare", show_compare },
  { "sweeps", "empty", NULL },
  { "sweeps", "cell", show_sweep },
  { "sweeps", "new", show_new_sweep },
  { "live", "options", show_options },
  { "live", "numbers", show_numbers },
  { "setup", "preferences", show_preferences },
  { "setup", "script", show_script },
  { "analyse", "point", show_point },
  { "setup", "shortcuts", show_shortcuts },
  { "setup", "help", show_help },
};

static RheoAppWindow *
open_place (const Place *place, GtkWidget **root)
{
  RheoAppWindow *window = ui_window_new ();
  GtkWidget *beside = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (window), "view", g_variant_new_string (place->view));
  if (place->prepare != NULL)
    beside = place->prepare (window);
  *root = beside != NULL ? beside : GTK_WIDGET (window);
  ui_settle (*root);
  return window;
}

/* Stops where nothing can be done and no ring shows. */
static int
count_idle (GHashTable *reached)
{
  GHashTableIter iter;
  gpointer widget;
  int n = 0;

  g_hash_table_iter_init (&iter, reached);
  while (g_hash_table_iter_next (&iter, &widget, NULL))
    if (GTK_IS_SCROLLED_WINDOW (widget)
        && gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (widget))
               <= gtk_adjustment_get_page_size (gtk_scrolled_window_get_vadjustment (widget)))
      {
        g_test_message ("Tab stops at a view that cannot be scrolled, in %s",
                        G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
        n++;
      }
  return n;
}

static void
test_place (gconstpointer data)
{
  GtkWidget *root;
  RheoAppWindow *window = open_place (data, &root);
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);

  g_assert_cmpint (count_nameless (root), ==, 0);
  g_assert_cmpint (count_untold (root), ==, 0);
  g_assert_true (collect_reachable (root, reached));
  g_assert_cmpuint (g_hash_table_size (reached), >, root == GTK_WIDGET (window) ? 3 : 0);
  g_assert_cmpint (count_unreached (root, reached), ==, 0);
  g_assert_cmpint (count_idle (reached), ==, 0);
  ui_window_close (window);
}

/* --- cards, roles and values ------------------------------------------------------------------------------------- */

/* A card is one stop, its menu the next, in the order of the dashboard and back. */
static void
test_cards (void)
{
  RheoAppWindow *window = ui_window_new ();
  GtkWidget *root = GTK_WIDGET (window);

  ui_activate (root, "win.view::live");
  show_live (window);
  gtk_widget_grab_focus (get_plot (window, 0));
  for (int i = 0; i < 6; i++)
    {
      GtkWidget *plot = get_plot (window, i), *card = gtk_widget_get_ancestor (plot, RHEO_TYPE_PLOT_CARD);
      GtkWidget *menu = ui_find_type (card, GTK_TYPE_MENU_BUTTON);

      g_assert_true (gtk_root_get_focus (GTK_ROOT (root)) == plot);
      g_assert_true (gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD));
      g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (root)), menu));
      g_assert_true (gtk_widget_child_focus (root, GTK_DIR_TAB_BACKWARD));
      g_assert_true (gtk_root_get_focus (GTK_ROOT (root)) == plot);
      for (int k = 0; k < 2 && i < 5; k++)
        gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD);
    }
  ui_window_close (window);
}

static gboolean
has_legend (gpointer view)
{
  int n;

  return rheo_plot_view_get_entries (view, &n) != NULL;
}

/* What a click in the legend does is in the menu too. */
static void
test_legend (void)
{
  RheoAppWindow *window = ui_window_new ();
  const RheoPlotEntry *entries;
  RheoPlotView *view;
  int n;

  ui_activate (GTK_WIDGET (window), "win.view::live");
  show_live (window);
  view = RHEO_PLOT_VIEW (get_plot (window, 1));
  rheo_session_step (rheo_app_window_get_context (window)->session);
  ui_wait (has_legend, view);
  entries = rheo_plot_view_get_entries (view, &n);
  g_assert_cmpint (n, ==, 2);
  g_action_group_activate_action (rheo_plot_view_get_actions (view), "series", g_variant_new_int32 (entries[1].entry));
  entries = rheo_plot_view_get_entries (view, &n);
  g_assert_false (entries[0].hidden);
  g_assert_true (entries[1].hidden);
  ui_window_close (window);
}

static gboolean
says (GtkWidget *widget, GtkAccessibleProperty property, const char *text)
{
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), property, text);

  if (other != NULL)
    g_test_message ("says \"%s\", not \"%s\"", other, text);
  return other == NULL;
}

static void
test_roles (void)
{
  RheoAppWindow *window = ui_window_new ();
  GtkWidget *root = GTK_WIDGET (window), *plot, *scrubber, *bar;

  ui_activate (root, "win.view::live");
  show_live (window);
  plot = get_plot (window, 2);
  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (plot), GTK_ACCESSIBLE_ROLE_IMG));
  g_assert_true (says (plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss, line plot"));
  g_assert_true (gtk_test_accessible_has_role (
      GTK_ACCESSIBLE (ui_get (root, GTK_TYPE_PROGRESS_BAR, "Progress of the run")), GTK_ACCESSIBLE_ROLE_PROGRESS_BAR));
  g_assert_true (says (ui_find_type (ui_find_type (root, RHEO_TYPE_LIVE_VALUE), GTK_TYPE_SCALE),
                       GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "0.005"));
  bar = ui_find_type (root, GTK_TYPE_INFO_BAR);
  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_ROLE_ALERT));
  show_run (window);
  scrubber = ui_find_type (ui_find_type (ui_find_type (root, RHEO_TYPE_RUNS_PAGE), RHEO_TYPE_SCRUBBER), GTK_TYPE_SCALE);
  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (scrubber), GTK_ACCESSIBLE_ROLE_SLIDER));
  g_assert_true (says (scrubber, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 4 of 4"));
  ui_window_close (window);
}

/* Words that can be copied are not marked because Tab comes to them. */
static void
test_copied (void)
{
  RheoAppWindow *window = ui_window_new ();
  GtkWidget *beside = gtk_window_new (), *label = gtk_label_new ("numbers");

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_window_set_child (GTK_WINDOW (beside), label);
  gtk_window_present (GTK_WINDOW (beside));
  ui_settle (beside);
  gtk_widget_grab_focus (label);
  g_assert_false (gtk_label_get_selection_bounds (GTK_LABEL (label), NULL, NULL));
  gtk_window_destroy (GTK_WINDOW (beside));
  ui_window_close (window);
}

/* The checks find what they are for. */
static void
test_catches (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = gtk_button_new_from_icon_name ("open-menu-symbolic"), *skipped = gtk_button_new_with_label ("a");
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), skipped);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  ui_settle (window);
  g_assert_cmpint (count_nameless (box), ==, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, "Menu", -1);
  g_assert_cmpint (count_nameless (box), ==, 0);
  g_assert_cmpint (count_untold (box), ==, 1);
  gtk_widget_set_tooltip_text (icon, "Menu");
  g_assert_cmpint (count_untold (box), ==, 0);
  gtk_widget_set_sensitive (skipped, FALSE);
  g_assert_cmpint (count_untold (box), ==, 1);
  gtk_widget_set_sensitive (skipped, TRUE);
  g_hash_table_add (reached, icon);
  g_assert_cmpint (count_unreached (box, reached), ==, 1);
  g_hash_table_remove_all (reached);
  g_assert_true (collect_reachable (window, reached));
  g_assert_cmpint (count_unreached (box, reached), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/access/catches", test_catches);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/access/%s-%s", places[i].view, places[i].state);

      g_test_add_data_func (path, &places[i], test_place);
    }
  g_test_add_func ("/ui/access/cards", test_cards);
  g_test_add_func ("/ui/access/legend", test_legend);
  g_test_add_func ("/ui/access/roles", test_roles);
  g_test_add_func ("/ui/access/copied", test_copied);
  return ui_test_run ();
}
