/* A plot on screen: reading, zooming, hiding, holding, keys. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "plot-place.h"
#include "widgets/plot-card.h"
#include "widgets/plot-legend.h"

/* --- reading ------------------------------------------------------------------------------------------------------- */
static void
test_hover (void)
{
  Place p;
  RheoPlotSpec *short_run;

  place_init (&p, "loss", "rates");
  place_point (p.view, place_x (p.view, 6.2), place_y (p.view, 8));
  g_assert_true (g_str_has_prefix (place_reading (p.view), "Epoch 6: Training 3."));
  g_assert_nonnull (strstr (place_reading (p.view), ", Validation 3."));
  g_assert_true (gtk_widget_get_visible (p.view->reading));
  NEAR (p.view->read_x, 6, 1e-9);
  /* The other plot over epochs reads its own values at the same place. */
  g_assert_true (g_str_has_prefix (place_reading (p.other), "Epoch 6: E 2"));
  g_assert_true (p.other->has_line);
  NEAR (p.other->read_x, 6, 1e-9);
  /* A new spec under a resting pointer: the values follow. */
  short_run = place_spec ("loss-done");
  rheo_plot_view_take_spec (p.view, short_run);
  ui_wait (place_has_picture, p.view);
  place_settle (p.view);
  g_assert_nonnull (strstr (place_reading (p.view), "BPTT"));
  /* Beside the frame nothing is read. */
  place_point (p.view, 2, 2);
  g_assert_cmpstr (place_reading (p.view), ==, "");
  g_assert_cmpstr (place_reading (p.other), ==, "");
  g_assert_false (p.other->has_line);
  place_clear (&p);

  /* Steps of time are no epochs. */
  place_init (&p, "loss", "spikes");
  place_point (p.view, place_x (p.view, 6.2), place_y (p.view, 8));
  g_assert_cmpstr (place_reading (p.other), ==, "");
  place_point (p.other, place_x (p.other, 100), place_y (p.other, 500));
  g_assert_true (g_str_has_prefix (place_reading (p.other), "Unit "));
  g_assert_cmpstr (place_reading (p.view), ==, "");
  place_clear (&p);
}

static void
test_marks (void)
{
  const double at[] = { 4, 9 };
  const char *const what[] = { "Learning rate 0.002", "Rate penalty 0.1" };
  Place p;

  place_init (&p, "rates", NULL);
  rheo_plot_view_set_marks (p.view, at, what, 2);
  place_settle (p.view);
  g_assert_cmpint (rheo_plot_view_get_spec (p.view)->n_bindings, ==, 6);
  place_point (p.view, place_x (p.view, 9), place_y (p.view, 1));
  g_assert_cmpstr (place_reading (p.view), ==, "Epoch 9: Rate penalty 0.1");
  rheo_plot_view_set_marks (p.view, NULL, NULL, 0);
  place_settle (p.view);
  g_assert_cmpint (rheo_plot_view_get_spec (p.view)->n_bindings, ==, 5);
  place_clear (&p);
}

/* --- zoom ---------------------------------------------------------------------------------------------------------- */
static void
test_zoom (void)
{
  Place p;
  RheoPlotAxis x, y;

  place_init (&p, "loss", NULL);
  x = place_panel (p.view, 0)->x;
  y = place_panel (p.view, 0)->y;
  {
    double x0 = place_x (p.view, 5), x1 = place_x (p.view, 10), y0 = place_y (p.view, 6), y1 = place_y (p.view, 2);

    rheo_plot_view_zoom_box (p.view, 0, &(RheoRect){ x0, y0, x1 - x0, y1 - y0 });
  }
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.lo, 5, 1e-6);
  NEAR (place_panel (p.view, 0)->x.hi, 10, 1e-6);
  NEAR (place_panel (p.view, 0)->y.lo, 2, 1e-6);
  NEAR (place_panel (p.view, 0)->y.hi, 6, 1e-6);
  g_assert_true (rheo_plot_view_is_zoomed (p.view));
  /* What comes next is shown in the same window. */
  rheo_plot_view_take_spec (p.view, place_spec ("loss"));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.lo, 5, 1e-6);
  NEAR (p.view->spec->y.hi, 6, 1e-6);
  /* Pan by a tenth of the frame to the right. */
  rheo_plot_view_pan (p.view, 0, place_panel (p.view, 0)->area.width / 10, 0);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.lo, 4.5, 1e-6);
  NEAR (place_panel (p.view, 0)->x.hi, 9.5, 1e-6);
  NEAR (place_panel (p.view, 0)->y.lo, 2, 1e-6);
  /* Two steps of a drag in one frame count both. */
  rheo_plot_view_pan (p.view, 0, place_panel (p.view, 0)->area.width / 10, 0);
  rheo_plot_view_pan (p.view, 0, place_panel (p.view, 0)->area.width / 10, 0);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.lo, 3.5, 1e-6);
  place_act (p.view, "fit");
  NEAR (place_panel (p.view, 0)->x.lo, x.lo, 1e-9);
  NEAR (place_panel (p.view, 0)->x.hi, x.hi, 1e-9);
  NEAR (place_panel (p.view, 0)->y.hi, y.hi, 1e-9);
  g_assert_false (rheo_plot_view_is_zoomed (p.view));
  /* At the pointer: the place under it stays. */
  {
    double at = place_x (p.view, 15), level = place_y (p.view, 5);

    rheo_plot_view_zoom (p.view, at, level, 0.5, FALSE, FALSE);
    place_settle (p.view);
    /* As far as the frame stays: its margins are those of the numbers at the axes. */
    NEAR (place_x (p.view, 15), at, 8);
    NEAR (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, (x.hi - x.lo) / 2, 1e-6);
    NEAR (place_panel (p.view, 0)->y.hi, y.hi, 1e-9);
    rheo_plot_view_zoom (p.view, at, place_y (p.view, 5), 0.5, TRUE, FALSE);
    place_settle (p.view);
    NEAR (place_panel (p.view, 0)->y.hi - place_panel (p.view, 0)->y.lo, (y.hi - y.lo) / 2, 1e-6);
  }
  /* Neither into nothing nor out to where nothing is. */
  for (int i = 0; i < 400; i++)
    rheo_plot_view_zoom (p.view,
                         place_x (p.view, place_panel (p.view, 0)->x.lo * 0.5 + place_panel (p.view, 0)->x.hi * 0.5),
                         place_panel (p.view, 0)->area.y + 20, 0.8, FALSE, TRUE);
  place_settle (p.view);
  g_assert_true (place_panel (p.view, 0)->x.hi > place_panel (p.view, 0)->x.lo);
  for (int i = 0; i < 400; i++)
    rheo_plot_view_zoom (p.view, place_panel (p.view, 0)->area.x + 50, place_panel (p.view, 0)->area.y + 20, 1.25,
                         FALSE, TRUE);
  place_settle (p.view);
  g_assert_cmpfloat (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, <, 21 * (x.hi - x.lo));
  place_clear (&p);
}

/* A plot whose numbers get smaller while one looks. */
static RheoPlotSpec *
histogram_of (double scale)
{
  const int64_t n = 1000;
  g_autoptr (RheoTable) table = rheo_table_new ("values");
  double *v = rheo_table_add (table, "rec.weight", "Weight", "", "row", RHEO_F64, &n)->data;
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("histogram", NULL));

  for (int i = 0; i < n; i++)
    v[i] = scale * sin (i);
  g_assert_true (rheo_plot_bind (spec, "values", table, "rec.weight", NULL, NULL));
  return spec;
}

static void
test_grow (void)
{
  Place p;

  place_init (&p, "loss", NULL);
  rheo_plot_view_take_spec (p.view, histogram_of (1));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 1, 0.26);
  /* Axes grow, and do not shrink by themselves. */
  rheo_plot_view_take_spec (p.view, histogram_of (10));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 10, 2.6);
  rheo_plot_view_take_spec (p.view, histogram_of (0.1));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 10, 2.6);
  NEAR (place_panel (p.view, 0)->x.lo, -10, 2.6);
  gtk_widget_queue_draw (GTK_WIDGET (p.view));
  rheo_plot_view_redraw (p.view);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 10, 2.6);
  /* The user fits them. */
  rheo_plot_view_fit (p.view);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 0.1, 0.026);
  /* What is about something else has axes of its own; a picture of what was there before it comes does not count. */
  rheo_plot_view_take_spec (p.view, histogram_of (10));
  ui_wait (place_has_picture, p.view);
  rheo_plot_view_begin (p.view);
  rheo_plot_view_redraw (p.view);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 10, 2.6);
  rheo_plot_view_take_spec (p.view, histogram_of (0.1));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 0.1, 0.026);
  rheo_plot_view_take_spec (p.view, histogram_of (0.01));
  ui_wait (place_has_picture, p.view);
  NEAR (place_panel (p.view, 0)->x.hi, 0.1, 0.026);
  place_clear (&p);
}

/* Where an axis counts units a box means those that lie in it. */
static void
test_units (void)
{
  Place p;
  int first, last;
  double x0, x1, y0, y1;
  const RheoRect *area;

  place_init (&p, "spikes", "loss");
  area = &place_panel (p.view, 0)->area;
  y0 = place_y (p.view, 5.9);
  y1 = place_y (p.view, 3.2);
  g_assert_true (rheo_plot_view_find_units (p.view, 0, &(RheoRect){ area->x + 10, y0, 30, y1 - y0 }, &first, &last));
  g_assert_cmpint (first, ==, 3);
  g_assert_cmpint (last, ==, 5);
  g_assert_false (rheo_plot_view_find_units (p.other, 0, &place_panel (p.other, 0)->area, &first, &last));
  place_clear (&p);
  /* In a matrix of weights both axes do: the longer side of the box tells. */
  place_init (&p, "heat-map", NULL);
  x0 = place_x (p.view, 100);
  x1 = place_x (p.view, 220);
  y0 = MIN (place_y (p.view, 300), place_y (p.view, 600));
  y1 = MAX (place_y (p.view, 300), place_y (p.view, 600));
  g_assert_true (rheo_plot_view_find_units (p.view, 0, &(RheoRect){ x0, y0, (x1 - x0) / 8, y1 - y0 }, &first, &last));
  g_assert_cmpint (first, ==, 300);
  g_assert_cmpint (last, ==, 600);
  g_assert_true (rheo_plot_view_find_units (p.view, 0, &(RheoRect){ x0, y0, x1 - x0, 3 }, &first, &last));
  g_assert_cmpint (first, ==, 100);
  g_assert_cmpint (last, ==, 220);
  place_clear (&p);
}

static void
test_zoom_kinds (void)
{
  Place p;

  /* A matrix stays inside itself and keeps its shape. */
  place_init (&p, "heat-map", NULL);
  rheo_plot_view_zoom (p.view, place_x (p.view, 500), place_y (p.view, 500), 0.5, FALSE, FALSE);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, 500, 1);
  NEAR (fabs (place_panel (p.view, 0)->y.hi - place_panel (p.view, 0)->y.lo), 500, 1);
  rheo_plot_view_pan (p.view, 0, 1e4, 0);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.lo, -0.5, 1e-6);
  NEAR (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, 500, 1);
  rheo_plot_view_zoom (p.view, place_x (p.view, 100), place_y (p.view, 500), 10, FALSE, FALSE);
  place_settle (p.view);
  g_assert_false (rheo_plot_view_is_zoomed (p.view));
  place_clear (&p);

  /* Violins: y alone, each panel its own. */
  place_init (&p, "violins", NULL);
  g_assert_cmpint (p.view->picture->n_panels, ==, 2);
  {
    const RheoRect *a = &place_panel (p.view, 1)->area;
    RheoPlotAxis first = place_panel (p.view, 0)->y, second = place_panel (p.view, 1)->y;

    rheo_plot_view_zoom (p.view, a->x + a->width / 2, a->y + a->height / 2, 0.5, FALSE, FALSE);
    place_settle (p.view);
    NEAR (place_panel (p.view, 0)->y.hi, first.hi, 1e-9);
    NEAR (place_panel (p.view, 1)->y.hi - place_panel (p.view, 1)->y.lo, (second.hi - second.lo) / 2, 1e-6);
    NEAR (place_panel (p.view, 1)->x.hi, 2.5, 1e-9);
  }
  place_clear (&p);
}

/* --- selecting ------------------------------------------------------------------------------------------------------ */
static void
test_hide (void)
{
  Place p;
  const RheoPlotHit *hit;
  double hi;
  int before;

  place_init (&p, "rates", NULL);
  hi = place_panel (p.view, 0)->y.hi;
  g_assert_cmpint ((int) p.view->picture->hits->len, ==, 4);
  /* The line at the top, by its name at the end of the line. */
  hit = &g_array_index (p.view->picture->hits, RheoPlotHit, 0);
  for (guint i = 1; i < p.view->picture->hits->len; i++)
    if (g_array_index (p.view->picture->hits, RheoPlotHit, i).rect.y < hit->rect.y)
      hit = &g_array_index (p.view->picture->hits, RheoPlotHit, i);
  g_assert_cmpint (hit->entry, ==, 2);
  before = p.n_picked;
  rheo_plot_view_click (p.view, hit->rect.x + 3, hit->rect.y + 3);
  place_settle (p.view);
  g_assert_cmpuint (p.view->hidden, ==, 1 << 2);
  g_assert_cmpint (p.n_picked, ==, before);
  g_assert_cmpfloat (place_panel (p.view, 0)->y.hi, <, hi);
  /* All four stay in a legend, from which it comes back. */
  g_assert_cmpint ((int) p.view->picture->hits->len, ==, 4);
  place_point (p.view, place_x (p.view, 6), place_y (p.view, 10));
  g_assert_null (strstr (place_reading (p.view), "SST"));
  for (guint i = 0; i < p.view->picture->hits->len; i++)
    {
      hit = &g_array_index (p.view->picture->hits, RheoPlotHit, i);
      if (hit->entry == 2)
        {
          rheo_plot_view_click (p.view, hit->rect.x + 3, hit->rect.y + 3);
          break;
        }
    }
  place_settle (p.view);
  g_assert_cmpuint (p.view->hidden, ==, 0);
  NEAR (place_panel (p.view, 0)->y.hi, hi, 1e-9);
  place_clear (&p);
}

static void
test_select (void)
{
  Place p;
  double iteration;
  int unit;

  place_init (&p, "loss", "spikes");
  rheo_plot_view_click (p.view, place_x (p.view, 6), place_y (p.view, 3.7));
  g_object_get (p.group, "iteration", &iteration, NULL);
  NEAR (iteration, 6, 1e-9);
  g_assert_cmpint (p.view->picked, >=, 0);
  g_assert_cmpint (p.n_picked, ==, 1);
  NEAR (p.picked_x, 6, 1e-9);
  place_settle (p.view);
  place_settle (p.other);
  g_assert_cmpint (p.view->spec->picked, ==, p.view->picked);
  /* A unit of the raster is marked in all plots of the group. */
  rheo_plot_view_click (p.other, place_x (p.other, 150), place_y (p.other, 500.5));
  g_object_get (p.group, "unit", &unit, NULL);
  g_assert_cmpint (unit, >=, 450);
  g_assert_cmpint (unit, <=, 550);
  place_settle (p.view);
  place_settle (p.other);
  g_assert_cmpint ((int) p.other->spec->unit, ==, unit);
  g_assert_cmpint ((int) p.view->spec->unit, ==, unit);
  /* Esc lets go. */
  g_assert_true (place_press (p.other, GDK_KEY_Escape, 0));
  g_object_get (p.group, "unit", &unit, "iteration", &iteration, NULL);
  g_assert_cmpint (unit, ==, -1);
  g_assert_true (isnan (iteration));
  place_clear (&p);
}

/* --- hold and options ------------------------------------------------------------------------------------------------ */
static void
test_hold (void)
{
  Place p;

  place_init (&p, "loss", NULL);
  g_action_group_change_action_state (rheo_plot_view_get_actions (p.view), "hold", g_variant_new_boolean (TRUE));
  place_settle (p.view);
  g_assert_true (rheo_plot_view_get_held (p.view));
  g_assert_true (g_str_has_suffix (rheo_plot_view_get_spec (p.view)->subtitle, "held"));
  rheo_plot_view_take_spec (p.view, place_spec ("rates"));
  place_settle (p.view);
  g_assert_cmpstr (rheo_plot_view_get_spec (p.view)->title, ==, "Loss");
  g_action_group_change_action_state (rheo_plot_view_get_actions (p.view), "hold", g_variant_new_boolean (FALSE));
  ui_wait (place_has_picture, p.view);
  g_assert_cmpstr (rheo_plot_view_get_spec (p.view)->title, ==, "Firing rate");
  place_clear (&p);
}

static void
test_options (void)
{
  Place p;
  g_autofree char *options = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&p, "loss", NULL);
  g_assert_true (rheo_plot_view_set_option (p.view, "log-y", "true", &error));
  g_assert_no_error (error);
  place_settle (p.view);
  g_assert_true (place_panel (p.view, 0)->y.log);
  g_assert_false (rheo_plot_view_set_option (p.view, "log-y", "perhaps", &error));
  g_assert_nonnull (error);
  options = rheo_plot_view_dup_options (p.view);
  g_assert_cmpstr (options, ==, "log-y=true\n");
  /* They stay with what comes next, and come back with a layout. */
  rheo_plot_view_take_spec (p.view, place_spec ("loss"));
  ui_wait (place_has_picture, p.view);
  g_assert_true (place_panel (p.view, 0)->y.log);
  rheo_plot_view_set_options (p.view, "");
  place_settle (p.view);
  g_assert_false (place_panel (p.view, 0)->y.log);
  rheo_plot_view_set_options (p.view, options);
  place_settle (p.view);
  g_assert_true (place_panel (p.view, 0)->y.log);
  /* The form shows and sets them. */
  place_act (p.view, "options");
  g_assert_nonnull (p.view->options_window);
  {
    GtkWidget *log_y = ui_get (p.view->options_window, GTK_TYPE_SWITCH, "Logarithmic y axis");

    g_assert_true (gtk_switch_get_active (GTK_SWITCH (log_y)));
    gtk_switch_set_active (GTK_SWITCH (log_y), FALSE);
  }
  place_settle (p.view);
  g_assert_false (place_panel (p.view, 0)->y.log);
  place_clear (&p);
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */
static void
test_keys (void)
{
  Place p;
  double span, lo;

  place_init (&p, "loss", NULL);
  gtk_widget_grab_focus (GTK_WIDGET (p.view));
  span = place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo;
  g_assert_true (place_press (p.view, GDK_KEY_plus, 0));
  g_assert_cmpfloat (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, <, span * 0.9);
  lo = place_panel (p.view, 0)->x.lo;
  g_assert_true (place_press (p.view, GDK_KEY_Right, GDK_SHIFT_MASK));
  g_assert_cmpfloat (place_panel (p.view, 0)->x.lo, >, lo);
  g_assert_true (place_press (p.view, GDK_KEY_minus, 0));
  g_assert_true (place_press (p.view, GDK_KEY_0, 0));
  NEAR (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, span, 1e-9);
  /* The reading line starts at the newest value and goes from sample to sample. */
  g_assert_true (place_press (p.view, GDK_KEY_Right, 0));
  NEAR (p.view->read_x, 12, 1e-9);
  g_assert_true (place_press (p.view, GDK_KEY_Left, 0));
  NEAR (p.view->read_x, 11, 1e-9);
  g_assert_true (place_press (p.view, GDK_KEY_Left, 0));
  NEAR (p.view->read_x, 10, 1e-9);
  g_assert_true (place_press (p.view, GDK_KEY_Right, 0));
  NEAR (p.view->read_x, 11, 1e-9);
  g_assert_true (g_str_has_prefix (place_reading (p.view), "Epoch 11: Training"));
  /* Up and down are the page's. */
  g_assert_false (place_press (p.view, GDK_KEY_Down, 0));
  g_assert_true (place_press (p.view, GDK_KEY_Escape, 0));
  g_assert_cmpstr (place_reading (p.view), ==, "");
  g_assert_false (place_press (p.view, GDK_KEY_Escape, 0));
  g_assert_false (place_press (p.view, GDK_KEY_e, GDK_ALT_MASK));
  /* Full screen shows the same plot, and follows. */
  g_assert_true (place_press (p.view, GDK_KEY_f, 0));
  g_assert_nonnull (p.view->full);
  g_assert_nonnull (p.view->mirror);
  ui_wait (place_has_picture, p.view->mirror);
  rheo_plot_view_take_spec (p.view, place_spec ("rates"));
  ui_wait (place_has_picture, p.view->mirror);
  ui_settle (p.view->full);
  g_assert_cmpstr (rheo_plot_view_get_spec (p.view->mirror)->title, ==, "Firing rate");
  /* Escape leaves it, whatever is selected. */
  p.view->mirror->picked = 0;
  g_assert_false (place_press (p.view->mirror, GDK_KEY_Escape, 0));
  g_assert_cmpint (p.view->mirror->picked, ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (p.view->mirror), "plot.full-screen", NULL);
  place_settle (p.view);
  g_assert_null (p.view->full);
  g_assert_null (p.view->mirror);
  place_clear (&p);
}

/* --- names for assistive tools, cards -------------------------------------------------------------------------------- */
static void
test_names (void)
{
  Place p;

  place_init (&p, "loss", NULL);
  rheo_plot_view_set_name (p.view, "Loss", "loss", NULL);
  gtk_test_accessible_assert_role (p.view, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (p.view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss, line plot");
  g_assert_false (gtk_test_accessible_has_property (GTK_ACCESSIBLE (p.view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  gtk_widget_grab_focus (GTK_WIDGET (p.view));
  rheo_plot_view_describe (p.view);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (p.view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  place_point (p.view, place_x (p.view, 12), place_y (p.view, 8));
  gtk_test_accessible_assert_property (p.view, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, place_reading (p.view));
  place_clear (&p);
}

static void
test_card (void)
{
  Place p;
  GtkWidget *card, *button;
  RheoPlotView *view;

  place_init (&p, "loss", NULL);
  card = rheo_plot_card_new (p.group);
  gtk_widget_set_size_request (card, 412, 280);
  gtk_box_append (GTK_BOX (p.box), card);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), place_spec ("trajectory"));
  ui_wait (place_has_picture, view);
  place_settle (view);
  g_assert_nonnull (ui_find_text (card, "Trajectory"));
  ui_get (card, GTK_TYPE_MENU_BUTTON, "Menu of Trajectory");
  button = ui_get (card, GTK_TYPE_BUTTON, "Hide prediction");
  ui_click (button);
  place_settle (view);
  g_assert_cmpuint (view->hidden, ==, 2);
  g_assert_cmpuint (view->spec->hidden, ==, 2);
  ui_click (ui_get (card, GTK_TYPE_BUTTON, "Show prediction"));
  place_settle (view);
  g_assert_cmpuint (view->hidden, ==, 0);
  g_action_group_change_action_state (rheo_plot_view_get_actions (view), "hold", g_variant_new_boolean (TRUE));
  place_settle (view);
  g_assert_nonnull (ui_find_text (card, "held"));
  /* The title stands in the card, not in the picture, but in a figure it does. */
  g_assert_true (view->spec->no_head);
  {
    g_autoptr (RheoPlotSpec) figure = rheo_plot_view_dup_figure (view, RHEO_THEME_PRINT);

    g_assert_false (figure->no_head);
    g_assert_cmpint (figure->theme, ==, RHEO_THEME_PRINT);
  }
  place_clear (&p);
}

/* A view goes while the worker draws for it; a spec that is dear to draw comes all the same. */
static void
test_worker (void)
{
  Place p;
  int64_t dims[2] = { 1000, 1000 };
  RheoTable *table = rheo_table_new ("large");
  RheoColumn *column = rheo_table_add (table, "rec.change", "Change", "", "pre post", RHEO_F32, dims);
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("violin", NULL));

  for (int i = 0; i < 1000000; i++)
    ((float *) column->data)[i] = (float) sin (i) * 0.1f;
  g_assert_true (rheo_plot_bind (spec, "values", table, "rec.change", NULL, NULL));
  place_init (&p, "loss", NULL);
  for (int i = 0; i < 20; i++)
    rheo_plot_view_take_spec (p.view, rheo_plot_spec_dup (spec));
  ui_wait (place_has_picture, p.view);
  g_assert_cmpstr (p.view->spec->kind->base.id, ==, "violin");
  rheo_plot_view_take_spec (p.view, rheo_plot_spec_dup (spec));
  place_settle (p.view);
  place_clear (&p);
  place_init (&p, "loss", NULL);
  rheo_plot_view_take_spec (p.view, spec);
  place_settle (p.view);
  rheo_plot_view_take_spec (p.view, NULL);
  place_settle (p.view);
  g_assert_null (rheo_plot_view_get_spec (p.view));
  rheo_table_unref (table);
  place_clear (&p);
}

static gboolean
is_lent (gpointer data)
{
  const RheoPlotView *view = data;

  return view->busy && view->spec == NULL;
}

/* The same picture is drawn anew by the worker, which has the spec. */
static void
lend (RheoPlotView *view)
{
  view->cost_again = G_USEC_PER_SEC;
  rheo_plot_view_redraw (view);
  ui_wait (is_lent, view);
}

/* What is pressed, pointed at and clicked meanwhile is done, late. */
static void
test_while_drawn (void)
{
  Place p;
  double span, lo;

  place_init (&p, "loss", NULL);
  gtk_widget_grab_focus (GTK_WIDGET (p.view));
  lend (p.view);
  rheo_plot_view_read_by_key (p.view, 1, 0);
  rheo_plot_view_read_by_key (p.view, -1, 0);
  rheo_plot_view_read_by_key (p.view, -1, 0);
  g_assert_true (is_lent (p.view));
  place_settle (p.view);
  g_assert_true (g_str_has_prefix (place_reading (p.view), "Epoch 10: Training"));
  lend (p.view);
  rheo_plot_view_read_by_key (p.view, -1, 0);
  rheo_plot_view_read_by_key (p.view, -1, 0);
  g_assert_true (is_lent (p.view));
  place_settle (p.view);
  NEAR (p.view->read_x, 8, 1e-9);
  /* Two steps of the zoom, one after the other picture has come. */
  span = place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo;
  lo = place_panel (p.view, 0)->x.lo;
  lend (p.view);
  rheo_plot_view_zoom_by_key (p.view, TRUE);
  g_assert_true (is_lent (p.view));
  ui_wait (place_has_picture, p.view);
  rheo_plot_view_zoom_by_key (p.view, TRUE);
  place_settle (p.view);
  NEAR (place_panel (p.view, 0)->x.hi - place_panel (p.view, 0)->x.lo, 0.64 * span, 1e-6 * span);
  g_assert_cmpfloat (place_panel (p.view, 0)->x.lo, >, lo);
  rheo_plot_view_fit (p.view);
  rheo_plot_view_stop_reading (p.view);
  place_settle (p.view);
  lend (p.view);
  place_point (p.view, place_x (p.view, 6.2), place_y (p.view, 8));
  place_settle (p.view);
  NEAR (p.view->read_x, 6, 1e-9);
  lend (p.view);
  rheo_plot_view_click (p.view, place_x (p.view, 6), place_y (p.view, 3.7));
  g_assert_cmpint (p.n_picked, ==, 0);
  place_settle (p.view);
  g_assert_cmpint (p.n_picked, ==, 1);
  NEAR (p.picked_x, 6, 1e-9);
  place_clear (&p);
}

static GskRenderNode *
dup_node (RheoPlotView *view)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  rheo_plot_picture_snapshot (view->picture, GTK_WIDGET (view), snapshot);
  return gtk_snapshot_free_to_node (snapshot);
}

/* The software renderer would convert a texture in every frame of the window; and what has not changed is the same node,
 * so that it is not drawn at all. */
static void
test_frames (void)
{
  Place p;
  GskRenderNode *node, *again;
  cairo_surface_t *drawn, *surface;
  cairo_t *cr;

  place_init (&p, "loss", NULL);
  g_assert_true (GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (GTK_NATIVE (p.window))));
  node = dup_node (p.view);
  again = dup_node (p.view);
  g_assert_cmpint (gsk_render_node_get_node_type (node), ==, GSK_CAIRO_NODE);
  g_assert_true (node == again);
  surface = p.view->picture->surface;
  drawn = cairo_surface_create_similar_image (surface, CAIRO_FORMAT_ARGB32, p.view->picture->width,
                                              p.view->picture->height);
  cr = cairo_create (drawn);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (drawn);
  g_assert_cmpmem (cairo_image_surface_get_data (drawn),
                   cairo_image_surface_get_stride (drawn) * cairo_image_surface_get_height (drawn),
                   cairo_image_surface_get_data (surface),
                   cairo_image_surface_get_stride (surface) * cairo_image_surface_get_height (surface));
  cairo_surface_destroy (drawn);
  gsk_render_node_unref (again);
  gsk_render_node_unref (node);
  place_clear (&p);
}

/* Every kind takes every gesture. */
static void
test_kinds (void)
{
  static const char *const scenes[] = { "spikes", "trajectory", "trajectory-time", "violins", "heat-map",  "histogram",
                                        "trials", "outputs",    "empty",           "unbound", "network",   "trial",
                                        "seeds",  "many",       "sweep",           "batches", "few-spikes" };

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *file = g_strconcat (scenes[i], ".json", NULL);
      g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_PLOT"), "scenes", file, NULL);
      Place p;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      place_init (&p, scenes[i], "loss");
      for (int k = 0; k < 9; k++)
        {
          place_point (p.view, 412 * (k % 3 + 0.5) / 3, 248 * (k / 3 + 0.5) / 3);
          rheo_plot_view_click (p.view, 412 * (k % 3 + 0.5) / 3, 248 * (k / 3 + 0.5) / 3);
          g_assert_true (g_utf8_validate (place_reading (p.view), -1, NULL));
        }
      place_press (p.view, GDK_KEY_plus, 0);
      place_press (p.view, GDK_KEY_Left, GDK_SHIFT_MASK);
      place_press (p.view, GDK_KEY_Right, 0);
      place_press (p.view, GDK_KEY_Left, 0);
      place_press (p.view, GDK_KEY_Up, 0);
      rheo_plot_view_toggle_entry (p.view, 0);
      place_settle (p.view);
      place_press (p.view, GDK_KEY_0, 0);
      place_press (p.view, GDK_KEY_Escape, 0);
      place_clear (&p);
    }
}

/* A legend that has no room beside the title stands below it, in as many rows as it needs. */
static void
test_legend_room (void)
{
  GtkWidget *window = gtk_window_new (), *card = rheo_plot_card_new (NULL), *legend;
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  GtkWidget *header = rheo_plot_card_get_header (RHEO_PLOT_CARD (card));
  int low, high, narrow;

  gtk_window_set_child (GTK_WINDOW (window), card);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 400);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), place_spec ("scatter"));
  gtk_window_present (GTK_WINDOW (window));
  ui_wait (place_has_picture, view);
  ui_settle (window);
  legend = ui_find_type (header, RHEO_TYPE_PLOT_LEGEND);
  g_assert_cmpint (rheo_plot_legend_get_n_entries (RHEO_PLOT_LEGEND (legend)), ==, 6);
  g_assert_true (gtk_widget_get_mapped (legend));
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, 1800, &low, NULL, NULL, NULL);
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, 500, &high, NULL, NULL, NULL);
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, 300, &narrow, NULL, NULL, NULL);
  g_assert_cmpint (high, >, low + 15);
  g_assert_cmpint (narrow, >=, high);
  gtk_window_destroy (GTK_WINDOW (window));

  /* Each of its entries can be clicked there. */
  window = gtk_window_new ();
  card = rheo_plot_card_new (NULL);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  gtk_window_set_child (GTK_WINDOW (window), card);
  gtk_window_set_default_size (GTK_WINDOW (window), 420, 400);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), place_spec ("scatter"));
  gtk_window_present (GTK_WINDOW (window));
  ui_wait (place_has_picture, view);
  ui_settle (window);
  for (int i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("Hide %s", view->picture->entries[i].label);
      GtkWidget *entry = ui_get (window, GTK_TYPE_BUTTON, name);
      graphene_rect_t at;

      g_assert_true (gtk_widget_compute_bounds (entry, window, &at));
      g_assert_cmpfloat (at.origin.x + at.size.width, <=, 420);
    }
  ui_click (ui_get (window, GTK_TYPE_BUTTON, "Hide Trials · 6"));
  place_settle (view);
  g_assert_cmpint (view->hidden, ==, 1 << 5);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/plot-view/hover", test_hover);
  g_test_add_func ("/plot-view/marks", test_marks);
  g_test_add_func ("/plot-view/zoom", test_zoom);
  g_test_add_func ("/plot-view/units", test_units);
  g_test_add_func ("/plot-view/zoom-kinds", test_zoom_kinds);
  g_test_add_func ("/plot-view/grow", test_grow);
  g_test_add_func ("/plot-view/hide", test_hide);
  g_test_add_func ("/plot-view/select", test_select);
  g_test_add_func ("/plot-view/hold", test_hold);
  g_test_add_func ("/plot-view/options", test_options);
  g_test_add_func ("/plot-view/keys", test_keys);
  g_test_add_func ("/plot-view/names", test_names);
  g_test_add_func ("/plot-view/card", test_card);
  g_test_add_func ("/plot-view/worker", test_worker);
  g_test_add_func ("/plot-view/while-drawn", test_while_drawn);
  g_test_add_func ("/plot-view/frames", test_frames);
  g_test_add_func ("/plot-view/kinds", test_kinds);
  g_test_add_func ("/plot-view/legend-room", test_legend_room);
  return ui_test_run ();
}
