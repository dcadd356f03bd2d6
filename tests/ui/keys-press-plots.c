#include "config.h"

#include "keys-press.h"

#include "plot-place.h"

#include "app/window-private.h"
#include "widgets/plot-card.h"

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
    {
      /* Away from plots, which would read where it is. */
      ui_point_at (press->window->menu_button);
      g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (view)));
    }
  place_settle (view);
  return view;
}

void
press_export (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_set, &last_exported);
  g_assert_true (exported_view == view);
  g_assert_true (g_str_has_suffix (last_exported, ".svg"));
  g_assert_true (g_file_test (last_exported, G_FILE_TEST_EXISTS));
}

void
press_export_numbers (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_set, &last_exported);
  g_assert_true (exported_view == view);
  g_assert_true (g_str_has_suffix (last_exported, ".csv"));
}

void
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

void
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

void
press_full_screen (Press *press)
{
  RheoPlotView *view = reach_plot (press);

  hit (press);
  ui_wait (is_full, view);
}

void
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

void
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
void
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
void
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

void
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

void
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

void
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
void
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

void
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

void
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
