/* What a keyboard and a screen reader need: every control has a name, and Tab reaches it. */
#include "config.h"

#include "ui-test.h"

typedef struct
{
  const char *view, *state;
  void (*prepare) (RheoAppWindow *window);
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

/* --- Tab -------------------------------------------------------------------------------------------------------- */

static void
collect_reachable (GtkWidget *root, GHashTable *reached)
{
  /* Each turn starts at what has the focus; a walk that goes round ends it. */
  for (int i = 0; i < 2000; i++)
    {
      GtkWidget *focus;

      if (!gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD))
        break;
      focus = gtk_root_get_focus (GTK_ROOT (root));
      if (focus == NULL || !g_hash_table_add (reached, focus))
        break;
    }
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

static void
show_form (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.new");
}

static gboolean
has_title (gpointer window)
{
  return ui_find_text (window, "run-format-1") != NULL;
}

static void
show_run (RheoAppWindow *window)
{
  g_autofree char *from = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "run-format-1.h5", NULL);
  g_autofree char *to = g_build_filename (ui_test_folder (), "run-format-1.h5", NULL);
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_action_group_activate_action (G_ACTION_GROUP (window), "show-run", g_variant_new_string (to));
  ui_wait (has_title, window);
}

static const Place places[] = {
  { "setup", "start", NULL }, { "setup", "form", show_form }, { "live", "empty", NULL },
  { "runs", "empty", NULL },  { "runs", "run", show_run },
};

static RheoAppWindow *
open_place (const Place *place)
{
  RheoAppWindow *window = ui_window_new ();

  g_action_group_activate_action (G_ACTION_GROUP (window), "view", g_variant_new_string (place->view));
  if (place->prepare != NULL)
    place->prepare (window);
  ui_settle (GTK_WIDGET (window));
  return window;
}

static void
test_names (gconstpointer data)
{
  RheoAppWindow *window = open_place (data);

  g_assert_cmpint (count_nameless (GTK_WIDGET (window)), ==, 0);
  ui_window_close (window);
}

static void
test_tab (gconstpointer data)
{
  RheoAppWindow *window = open_place (data);
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);

  collect_reachable (GTK_WIDGET (window), reached);
  g_assert_cmpuint (g_hash_table_size (reached), >, 3);
  g_assert_cmpint (count_unreached (GTK_WIDGET (window), reached), ==, 0);
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
  g_hash_table_add (reached, icon);
  g_assert_cmpint (count_unreached (box, reached), ==, 1);
  g_hash_table_remove_all (reached);
  collect_reachable (window, reached);
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
      g_autofree char *names = g_strdup_printf ("/ui/access/names/%s-%s", places[i].view, places[i].state);
      g_autofree char *tab = g_strdup_printf ("/ui/access/tab/%s-%s", places[i].view, places[i].state);

      g_test_add_data_func (names, &places[i], test_names);
      g_test_add_data_func (tab, &places[i], test_tab);
    }
  return ui_test_run ();
}
