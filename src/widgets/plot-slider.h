/* Thread: main. */
/* The parameter of a figure that stands at hand: a slider below its view, with name and value; not there for other figures. */
#pragma once

#include "widgets/plot-view.h"

#define RHEO_TYPE_PLOT_SLIDER (rheo_plot_slider_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotSlider, rheo_plot_slider, RHEO, PLOT_SLIDER, GtkWidget)

/* Follows the view. */
GtkWidget *rheo_plot_slider_new (RheoPlotView *view);
