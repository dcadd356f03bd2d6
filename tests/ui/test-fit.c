/* The window on small screens and with large text: no view asks for more than the screen, and no text is cut. */
#include "config.h"

#include "ui-test.h"

#include <math.h>

#include "app/settings.h"
#include "app/setup-cards.h"
#include "app/split.h"
#include "widgets/common.h"
#include "widgets/scrubber.h"
#include "widgets/wrap-row.h"

static const char *const views[] = { "setup", "live", "runs" };

/* Text of this many per cent of the usual size. */
static RheoAppWindow *
open_window (int percent)
{
  RheoAppWindow *window;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * percent / 100, NULL);
  window = ui_window_new ();
  ui_activate (GTK_WIDGET (window), "win.new");
  ui_settle (GTK_WIDGET (window));
  return window;
}

static void
close_window (RheoAppWindow *window)
{
  ui_window_close (window);
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-xft-dpi");
}

/* A larger font asks for the same room as a larger scale; a size in pixels has the scale in it. */
static void
text_scale (void)
{
  static const struct
  {
    const char *font;
    int percent;
    double scale;
  } of[] = {
    { "Sans 10", 100, 1 },           { "Sans 11", 100, 1 },          { "Cantarell 16.5", 100, 1.5 },
    { "Cantarell 16.5", 150, 2.25 }, { "Cantarell 11", 150, 1.5 },   { "Cantarell", 150, 1.5 },
    { "Cantarell 22px", 100, 1.5 },  { "Cantarell 22px", 150, 1.5 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (of); i++)
    {
      g_object_set (gtk_settings_get_default (), "gtk-font-name", of[i].font, "gtk-xft-dpi",
                    96 * 1024 * of[i].percent / 100, NULL);
      g_assert_cmpfloat_with_epsilon (rheo_text_scale (), of[i].scale, 1e-9);
    }
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-font-name");
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-xft-dpi");
}

static int
get_least_width (RheoAppWindow *window)
{
  int width;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

static void
narrow_enough (gconstpointer data)
{
  const int percent = GPOINTER_TO_INT (data);
  RheoAppWindow *window = open_window (percent);

  for (size_t i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *action = g_strdup_printf ("win.view::%s", views[i]);

      ui_activate (GTK_WIDGET (window), action);
      ui_settle (GTK_WIDGET (window));
      g_test_message ("%s at %d %%: %d px", views[i], percent, get_least_width (window));
      g_assert_cmpint (get_least_width (window), <=, percent > 100 ? 1280 : 1024);
    }
  close_window (window);
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

static void
check_whole (GtkWidget *widget, int *n)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    {
      const gboolean cut = pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));

      if (cut)
        g_test_message ("Cut: %s", gtk_label_get_text (GTK_LABEL (widget)));
      g_assert_false (cut);
      (*n)++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_whole (child, n);
}

static void
cards_whole (gconstpointer data)
{
  RheoAppWindow *window = open_window (GPOINTER_TO_INT (data));
  int n = 0;

  check_whole (find_type (GTK_WIDGET (window), RHEO_TYPE_SETUP_CARDS), &n);
  g_assert_cmpint (n, >=, 12);
  close_window (window);
}

/* Beside the button of the pane of Runs at 1280 px, in the longest words. */
static void
scrubber_whole (void)
{
  static const struct
  {
    const char *unit, *button;
    double total;
  } of[] = { { "batch", "Branch from here", 1500 },
             { "epoch", "Branch from here", 100000 },
             { "Epoche", "Von hier abzweigen", 123456 } };

  for (size_t i = 0; i < G_N_ELEMENTS (of); i++)
    {
      GtkWidget *window = gtk_window_new (), *scrubber = rheo_scrubber_new ();
      const double at[] = { 0, of[i].total };
      int n = 0;

      rheo_scrubber_take_extra (RHEO_SCRUBBER (scrubber), rheo_text_button_new (of[i].button, "list-add-symbolic"));
      rheo_scrubber_set_marks (RHEO_SCRUBBER (scrubber), at, 2, at, 2, of[i].total, of[i].unit);
      rheo_scrubber_set_iteration (RHEO_SCRUBBER (scrubber), INFINITY);
      gtk_window_set_child (GTK_WINDOW (window), scrubber);
      gtk_window_set_default_size (GTK_WINDOW (window), 330, -1);
      gtk_window_set_resizable (GTK_WINDOW (window), TRUE);
      gtk_window_present (GTK_WINDOW (window));
      ui_settle (scrubber);
      check_whole (scrubber, &n);
      g_assert_cmpint (n, ==, 2);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

/* Words at their own widths, close to each other, however wide the row is; in rows where it is narrow. */
static void
row_wraps (void)
{
  static const int widths[] = { 600, 120 };

  for (size_t i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkWidget *window = gtk_window_new (), *row = rheo_wrap_row_new (6), *child[3];
      graphene_rect_t at[3];

      for (int k = 0; k < 3; k++)
        {
          child[k] = gtk_button_new_with_label (k == 1 ? "longer words" : "word");
          rheo_wrap_row_insert_before (RHEO_WRAP_ROW (row), child[k], NULL);
        }
      gtk_window_set_child (GTK_WINDOW (window), row);
      gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 200);
      gtk_window_present (GTK_WINDOW (window));
      ui_settle (row);
      for (int k = 0; k < 3; k++)
        g_assert_true (gtk_widget_compute_bounds (child[k], row, &at[k]));
      for (int k = 1; k < 3; k++)
        {
          const float gap = i == 0 ? at[k].origin.x - at[k - 1].origin.x - at[k - 1].size.width
                                   : at[k].origin.y - at[k - 1].origin.y - at[k - 1].size.height;

          g_assert_cmpfloat (gap, ==, 6);
        }
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static int
find_width (GtkWidget *widget, int window_width)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (widget));

  gtk_window_set_default_size (GTK_WINDOW (window), window_width, 200);
  while (gtk_widget_get_width (window) != window_width)
    g_main_context_iteration (NULL, TRUE);
  ui_settle (window);
  return gtk_widget_get_width (widget);
}

/* A window that was narrow for a while leaves nothing behind: what was given to a side comes back with the room. */
static void
split_kept (void)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  GtkWidget *window = gtk_window_new (), *start = gtk_label_new (NULL), *end = gtk_label_new (NULL);
  GtkWidget *split = rheo_split_new (GTK_ORIENTATION_HORIZONTAL, start, end, settings, "runs-detail", TRUE);
  int handle;

  gtk_widget_set_size_request (start, 300, -1);
  gtk_widget_set_size_request (end, 100, -1);
  g_settings_set_int (settings, "runs-detail", 400);
  gtk_window_set_child (GTK_WINDOW (window), split);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 200);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_cmpint (find_width (end, 1000), ==, 400);
  handle = 1000 - 400 - gtk_widget_get_width (start);
  g_assert_cmpint (find_width (end, 500), ==, 500 - 300 - handle);
  g_assert_cmpint (g_settings_get_int (settings, "runs-detail"), ==, 400);
  g_assert_cmpint (find_width (end, 1200), ==, 400);
  /* As the pointer and the keys do. */
  gtk_paned_set_position (rheo_split_get_paned (RHEO_SPLIT (split)), 700);
  ui_settle (window);
  g_assert_cmpint (gtk_widget_get_width (start), ==, 700);
  g_assert_cmpint (g_settings_get_int (settings, "runs-detail"), ==, 1200 - 700 - handle);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A minus stays before its number where words go to the left. */
static void
numbers_ordered (void)
{
  GtkWidget *window, *label;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  window = gtk_window_new ();
  label = gtk_label_new ("\u22120.5 (\u22120.7 … \u22120.2)");
  rheo_label_hold_numbers (GTK_LABEL (label));
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  ui_settle (label);
  g_assert_cmpint (pango_layout_get_direction (gtk_label_get_layout (GTK_LABEL (label)), 0), ==, PANGO_DIRECTION_LTR);
  g_assert_cmpfloat (gtk_label_get_xalign (GTK_LABEL (label)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* A narrow column of numbers, whichever way words run: its head is whole, above the numbers, and a table that is wider
 * than its place begins with its first column. */
static void
heads_whole (gconstpointer data)
{
  const gboolean mirrored = data != NULL;
  GtkWidget *window, *view, *scroll, *title;
  GtkAdjustment *across;
  graphene_rect_t label;

  gtk_widget_set_default_direction (mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  window = gtk_window_new ();
  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (gtk_string_list_new (NULL)))));
  scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), view);
  rheo_scroll_from_start (GTK_SCROLLED_WINDOW (scroll));
  gtk_window_set_child (GTK_WINDOW (window), scroll);
  gtk_window_set_default_size (GTK_WINDOW (window), 200, 100);
  gtk_window_present (GTK_WINDOW (window));
  ui_settle (window);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GtkColumnViewColumn) column =
          gtk_column_view_column_new (i == 0 ? "Seed" : "", gtk_signal_list_item_factory_new ());

      gtk_column_view_column_set_sorter (column, GTK_SORTER (gtk_custom_sorter_new (NULL, NULL, NULL)));
      gtk_column_view_column_set_fixed_width (column, i == 0 ? 48 : 400);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
      if (i == 0)
        rheo_column_view_end_title (GTK_COLUMN_VIEW (view));
    }
  ui_settle (window);
  title = gtk_widget_get_first_child (gtk_widget_get_first_child (view));
  g_assert_true (gtk_widget_compute_bounds (ui_find_text (title, "Seed"), title, &label));
  g_assert_cmpfloat (label.origin.x, >=, 0);
  g_assert_cmpfloat (label.origin.x + label.size.width, <=, 48);
  across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroll));
  g_assert_cmpfloat (gtk_adjustment_get_upper (across), >, gtk_adjustment_get_page_size (across));
  g_assert_cmpfloat (gtk_adjustment_get_value (across), ==,
                     mirrored ? gtk_adjustment_get_upper (across) - gtk_adjustment_get_page_size (across) : 0);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/fit/text-scale", text_scale);
  g_test_add_data_func ("/ui/fit/narrow", GINT_TO_POINTER (100), narrow_enough);
  g_test_add_data_func ("/ui/fit/narrow-large-text", GINT_TO_POINTER (150), narrow_enough);
  g_test_add_data_func ("/ui/fit/cards", GINT_TO_POINTER (100), cards_whole);
  g_test_add_data_func ("/ui/fit/cards-large-text", GINT_TO_POINTER (150), cards_whole);
  g_test_add_func ("/ui/fit/scrubber", scrubber_whole);
  g_test_add_func ("/ui/fit/wrap", row_wraps);
  g_test_add_data_func ("/ui/fit/heads", NULL, heads_whole);
  g_test_add_data_func ("/ui/fit/heads-mirrored", "", heads_whole);
  g_test_add_func ("/ui/fit/split", split_kept);
  g_test_add_func ("/ui/fit/numbers", numbers_ordered);
  return ui_test_run ();
}
