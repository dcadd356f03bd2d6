/* Thread: main. */
/* The parameters of a plot as a form in a window; each takes effect at once. */
#pragma once

#include "widgets/plot-view.h"

GtkWidget *rheo_plot_options_new (RheoPlotView *view);
