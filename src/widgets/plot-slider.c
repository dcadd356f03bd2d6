#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-slider.h"

#include <math.h>

#include "plot/plot-kind.h"

#define STEPS 100

struct _RheoPlotSlider
{
  GtkWidget parent_instance;
  RheoPlotView *view;
  GtkWidget *name, *scale, *value;
  RheoPlotSlide slide; /* as shown */
  double wanted;       /* what the user chose and is not yet shown; NaN: nothing */
  gulong changed;
};

G_DEFINE_FINAL_TYPE (RheoPlotSlider, rheo_plot_slider, GTK_TYPE_WIDGET)

static void
say (RheoPlotSlider *slider, double value)
{
  char text[40];

  rheo_plot_number_short (value + slider->slide.first, 3, text, sizeof text);
  gtk_label_set_text (GTK_LABEL (slider->value), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (slider->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, slider->slide.label,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
on_changed (GtkRange *range, RheoPlotSlider *slider)
{
  const double value = gtk_range_get_value (range);

  slider->wanted = slider->slide.whole ? round (value) : value;
  say (slider, slider->wanted);
  rheo_plot_view_slide (slider->view, &slider->slide, slider->wanted);
}

/* What was chosen stays while older pictures come. */
static void
follow_view (RheoPlotSlider *slider)
{
  GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (slider->scale));
  const gboolean has = rheo_plot_view_get_slide (slider->view, &slider->slide);
  const double hi = MAX (slider->slide.hi, slider->slide.value);

  gtk_widget_set_visible (GTK_WIDGET (slider), has);
  if (!has || (!isnan (slider->wanted) && slider->wanted != slider->slide.value))
    return;
  slider->wanted = NAN;
  g_signal_handler_block (slider->scale, slider->changed);
  gtk_adjustment_configure (adjustment, slider->slide.value, 0, hi, slider->slide.whole ? 1 : hi / STEPS,
                            slider->slide.whole ? MAX (round (hi / 10), 1) : hi / 10, 0);
  gtk_range_set_round_digits (GTK_RANGE (slider->scale), slider->slide.whole ? 0 : -1);
  g_signal_handler_unblock (slider->scale, slider->changed);
  gtk_label_set_text (GTK_LABEL (slider->name), slider->slide.label);
  say (slider, slider->slide.value);
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_plot_slider_parent_class)->dispose (object);
}

static void
rheo_plot_slider_class_init (RheoPlotSliderClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "plotslider");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static void
rheo_plot_slider_init (RheoPlotSlider *slider)
{
  GtkWidget *const label[] = { gtk_label_new (NULL), gtk_label_new (NULL) };

  slider->wanted = NAN;
  slider->name = label[0];
  slider->value = label[1];
  slider->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1.0 / STEPS);
  gtk_scale_set_draw_value (GTK_SCALE (slider->scale), FALSE);
  gtk_widget_set_hexpand (slider->scale, TRUE);
  gtk_widget_add_css_class (slider->name, "caption");
  gtk_widget_add_css_class (slider->value, "caption");
  gtk_widget_add_css_class (slider->value, "tabular");
  gtk_label_set_width_chars (GTK_LABEL (slider->value), 6);
  gtk_label_set_xalign (GTK_LABEL (slider->value), 1);
  gtk_widget_set_parent (slider->name, GTK_WIDGET (slider));
  gtk_widget_set_parent (slider->scale, GTK_WIDGET (slider));
  gtk_widget_set_parent (slider->value, GTK_WIDGET (slider));
  gtk_widget_set_visible (GTK_WIDGET (slider), FALSE);
  slider->changed = g_signal_connect (slider->scale, "value-changed", G_CALLBACK (on_changed), slider);
}

GtkWidget *
rheo_plot_slider_new (RheoPlotView *view)
{
  RheoPlotSlider *slider = g_object_new (RHEO_TYPE_PLOT_SLIDER, NULL);

  slider->view = view;
  g_signal_connect_object (view, "shown", G_CALLBACK (follow_view), slider, G_CONNECT_SWAPPED);
  return GTK_WIDGET (slider);
}
