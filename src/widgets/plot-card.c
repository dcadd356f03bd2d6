#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-card.h"

#include <glib/gi18n.h>

struct _RheoPlotCard
{
  GtkWidget parent_instance;
  GtkWidget *header, *grip, *title, *subtitle, *menu, *view;
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

static void
rheo_plot_card_class_init (RheoPlotCardClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "plotcard");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static GtkWidget *
add_label (RheoPlotCard *card, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (card->header), label);
  return label;
}

static void
rheo_plot_card_init (RheoPlotCard *card)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (card));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (card), "card");
  card->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_size_request (card->header, -1, 31);
  gtk_widget_set_margin_start (card->header, 12);
  card->grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  gtk_widget_set_visible (card->grip, FALSE);
  gtk_box_append (GTK_BOX (card->header), card->grip);
  card->title = add_label (card, "heading");
  card->subtitle = add_label (card, "dim-label");
  gtk_widget_add_css_class (card->subtitle, "caption");
  gtk_widget_set_hexpand (card->subtitle, TRUE);
  gtk_label_set_xalign (GTK_LABEL (card->subtitle), 0);
  card->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (card->menu), "view-more-symbolic");
  gtk_widget_add_css_class (card->menu, "flat");
  gtk_widget_set_tooltip_text (card->menu, _ ("Plot menu"));
  gtk_box_append (GTK_BOX (card->header), card->menu);
  gtk_widget_set_parent (card->header, GTK_WIDGET (card));
}

static void
show_title (RheoPlotCard *card)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (RHEO_PLOT_VIEW (card->view));

  gtk_label_set_text (GTK_LABEL (card->title), spec != NULL && spec->title != NULL ? spec->title : "");
  gtk_label_set_text (GTK_LABEL (card->subtitle), spec != NULL && spec->subtitle != NULL ? spec->subtitle : "");
}

GtkWidget *
rheo_plot_card_new (RheoPlotGroup *group)
{
  RheoPlotCard *card = g_object_new (RHEO_TYPE_PLOT_CARD, NULL);

  card->view = rheo_plot_view_new (group);
  gtk_widget_set_vexpand (card->view, TRUE);
  gtk_widget_set_parent (card->view, GTK_WIDGET (card));
  g_signal_connect_swapped (card->view, "shown", G_CALLBACK (show_title), card);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (card->menu), rheo_plot_view_get_menu (RHEO_PLOT_VIEW (card->view)));
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
  gtk_widget_set_visible (card->grip, movable);
}
