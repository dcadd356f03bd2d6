#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-card.h"

#include "widgets/plot-header.h"
#include "widgets/plot-slider.h"

struct _RheoPlotCard
{
  GtkWidget parent_instance;
  GtkWidget *header, *view, *slider;
};

G_DEFINE_FINAL_TYPE (RheoPlotCard, rheo_plot_card, GTK_TYPE_WIDGET)

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_plot_card_parent_class)->dispose (object);
}

/* Tab comes to the plot first, then to its slider and its menu, although that stands above. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  RheoPlotCard *card = RHEO_PLOT_CARD (widget);
  GtkWidget *const stops[] = { card->view, card->slider, card->header }, *focused = gtk_widget_get_focus_child (widget);
  const int step = direction == GTK_DIR_TAB_BACKWARD ? -1 : 1, n = G_N_ELEMENTS (stops);
  int from = step > 0 ? 0 : n - 1;

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (rheo_plot_card_parent_class)->focus (widget, direction);
  for (int i = 0; i < n; i++)
    if (focused != NULL && focused == stops[i])
      from = i;
  for (int i = from; i >= 0 && i < n; i += step)
    if (gtk_widget_child_focus (stops[i], direction))
      return TRUE;
  return FALSE;
}

static void
rheo_plot_card_class_init (RheoPlotCardClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->focus = focus;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "plotcard");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static void
rheo_plot_card_init (RheoPlotCard *card)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (card));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (card), "card");
  gtk_widget_set_overflow (GTK_WIDGET (card), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
rheo_plot_card_new (RheoPlotGroup *group)
{
  RheoPlotCard *card = g_object_new (RHEO_TYPE_PLOT_CARD, NULL);

  card->view = rheo_plot_view_new (group);
  card->header = rheo_plot_header_new (RHEO_PLOT_VIEW (card->view));
  gtk_widget_set_vexpand (card->view, TRUE);
  gtk_widget_set_parent (card->header, GTK_WIDGET (card));
  gtk_widget_set_parent (card->view, GTK_WIDGET (card));
  card->slider = rheo_plot_slider_new (RHEO_PLOT_VIEW (card->view));
  gtk_widget_set_parent (card->slider, GTK_WIDGET (card));
  return GTK_WIDGET (card);
}

RheoPlotView *
rheo_plot_card_get_view (RheoPlotCard *card)
{
  return RHEO_PLOT_VIEW (card->view);
}

GtkWidget *
rheo_plot_card_get_header (RheoPlotCard *card)
{
  return card->header;
}

void
rheo_plot_card_take_spec (RheoPlotCard *card, RheoPlotSpec *spec)
{
  if (spec != NULL)
    spec->no_head = TRUE;
  rheo_plot_view_take_spec (RHEO_PLOT_VIEW (card->view), spec);
}

void
rheo_plot_card_set_movable (RheoPlotCard *card, gboolean movable)
{
  rheo_plot_header_set_movable (RHEO_PLOT_HEADER (card->header), movable);
}

void
rheo_plot_card_take_extra (RheoPlotCard *card, GtkWidget *extra)
{
  rheo_plot_header_take_extra (RHEO_PLOT_HEADER (card->header), extra);
}
