/* A graph of units on screen: nodes are dragged, a slider chooses the threshold, and nothing jumps. */
#include "config.h"

#include <math.h>

#include "plot-place.h"
#include "widgets/plot-card.h"

static double
node_x (RheoPlotView *view, int i)
{
  return place_x (view, view->places->x[i]);
}

static double
node_y (RheoPlotView *view, int i)
{
  return place_y (view, view->places->y[i]);
}

/* The node follows, stays where it was put when the plot is drawn for new data, and no zoom begins. */
static void
test_drag (void)
{
  Place p;
  double x, y;

  place_init (&p, "graph-weights", NULL);
  g_assert_false (rheo_plot_view_grab (p.view, 1, 1));
  g_assert_true (rheo_plot_view_grab (p.view, node_x (p.view, 2), node_y (p.view, 2)));
  g_assert_cmpint (p.view->moving, ==, 2);
  x = node_x (p.view, 2) - 40;
  y = node_y (p.view, 2) - 25;
  rheo_plot_view_drag (p.view, x + 20, y);
  rheo_plot_view_drag (p.view, x, y);
  place_settle (p.view);
  NEAR (node_x (p.view, 2), x, 0.5);
  NEAR (node_y (p.view, 2), y, 0.5);
  p.view->moving = -1;
  rheo_plot_view_take_spec (p.view, place_spec ("graph-weights"));
  ui_wait (place_has_picture, p.view);
  place_settle (p.view);
  NEAR (node_x (p.view, 2), x, 0.5);
  NEAR (node_y (p.view, 2), y, 0.5);
  /* A file shows it there, too. */
  {
    g_autoptr (RheoPlotSpec) figure = rheo_plot_view_dup_figure (p.view, RHEO_THEME_PRINT);
    g_autoptr (RheoPlotPlaces) places = rheo_plot_dup_places (figure);

    g_assert_cmpfloat (places->x[2], ==, p.view->places->x[2]);
  }
  /* Another run is laid out anew. */
  rheo_plot_view_begin (p.view);
  rheo_plot_view_take_spec (p.view, place_spec ("graph-weights"));
  ui_wait (place_has_picture, p.view);
  place_settle (p.view);
  g_assert_false (p.view->places->held[2]);
  place_clear (&p);
}

static void
test_hover_edge (void)
{
  Place p;

  place_init (&p, "graph-weights", NULL);
  place_point (p.view, (node_x (p.view, 0) + node_x (p.view, 5)) / 2, (node_y (p.view, 0) + node_y (p.view, 5)) / 2);
  g_assert_cmpstr (place_reading (p.view), ==, "0 → 5: Weight −0.7");
  g_assert_true (p.view->marks_line);
  NEAR (p.view->mark_x, node_x (p.view, 0), 0.01);
  NEAR (p.view->mark_end_y, node_y (p.view, 5), 0.01);
  place_point (p.view, node_x (p.view, 1), node_y (p.view, 1));
  g_assert_true (g_str_has_prefix (place_reading (p.view), "Unit 1, "));
  g_assert_false (p.view->marks_line);
  place_clear (&p);
}

static double
count_edges (RheoPlotView *view)
{
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (view->spec, NULL);

  return (double) rheo_table_find (table, "from")->dims[0];
}

/* Keys and pointer change its value; it is there for graphs alone. */
static void
test_slider (void)
{
  g_autoptr (RheoPlotPlaces) before = NULL;
  Place p;
  GtkWidget *card, *scale;
  RheoPlotView *view;
  double n;

  place_init (&p, "loss", NULL);
  card = rheo_plot_card_new (p.group);
  gtk_widget_set_size_request (card, 412, 280);
  gtk_box_append (GTK_BOX (p.box), card);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), place_spec ("graph"));
  ui_wait (place_has_picture, view);
  place_settle (view);
  scale = ui_get (card, GTK_TYPE_SCALE, "Threshold");
  g_assert_true (gtk_widget_get_mapped (scale));
  n = count_edges (view);
  g_assert_cmpfloat (n, ==, 120);
  before = rheo_plot_places_ref (view->places);
  gtk_range_set_value (GTK_RANGE (scale), 0.1);
  place_settle (view);
  g_assert_cmpfloat (count_edges (view), <, n);
  g_assert_cmpfloat (count_edges (view), >, 0);
  NEAR (gtk_range_get_value (GTK_RANGE (scale)), 0.1, 1e-9);
  g_assert_nonnull (ui_find_text (card, "0.1"));
  for (int64_t i = 0; i < before->n; i++)
    g_assert_cmpfloat (hypot (before->x[i] - view->places->x[i], before->y[i] - view->places->y[i]), <=, 0.1001);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), place_spec ("loss"));
  ui_wait (place_has_picture, view);
  place_settle (view);
  g_assert_false (gtk_widget_get_mapped (scale));
  place_clear (&p);
}

/* Trials are called by numbers from 1, as in the strip over the plots; their files count from 0. */
static void
test_trials (void)
{
  g_autoptr (RheoTable) table = rheo_table_new ("epoch");
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("raster", NULL));
  const int64_t dims[] = { 3, 5, 4 };
  Place p;
  GtkWidget *card, *scale;
  RheoPlotView *view;

  rheo_table_add (table, "hidden.spikes", "Spikes", "", "trial time unit", RHEO_U8, dims);
  rheo_table_add (table, "task.label", "Class", "", "trial", RHEO_I32, dims);
  g_assert_true (rheo_plot_bind (spec, "spikes", table, "hidden.spikes", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "label", table, "task.label", NULL, NULL));
  place_init (&p, "loss", NULL);
  card = rheo_plot_card_new (p.group);
  gtk_widget_set_size_request (card, 412, 280);
  gtk_box_append (GTK_BOX (p.box), card);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), spec);
  ui_wait (place_has_picture, view);
  place_settle (view);
  scale = ui_get (card, GTK_TYPE_SCALE, "Trial");
  g_assert_true (gtk_widget_get_mapped (scale));
  g_assert_nonnull (ui_find_text (card, "1"));
  gtk_range_set_value (GTK_RANGE (scale), 2);
  place_settle (view);
  g_assert_nonnull (ui_find_text (card, "3"));
  g_assert_null (ui_find_text (card, "2"));
  place_clear (&p);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/plot-graph-view/drag", test_drag);
  g_test_add_func ("/plot-graph-view/hover-edge", test_hover_edge);
  g_test_add_func ("/plot-graph-view/slider", test_slider);
  g_test_add_func ("/plot-graph-view/trials", test_trials);
  return ui_test_run ();
}
