/* Thread: main. */
/* The entries of a plot in rows, as many as its width needs; a click on one hides its series. */
#pragma once

#include "widgets/plot-view.h"

#define RHEO_TYPE_PLOT_LEGEND (rheo_plot_legend_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotLegend, rheo_plot_legend, RHEO, PLOT_LEGEND, GtkWidget)

/* A short line in the colour and dash of an entry. */
GtkWidget *rheo_plot_sample_new (const RheoPlotEntry *entry);

/* view: borrowed, outlives it. */
GtkWidget *rheo_plot_legend_new (RheoPlotView *view);
/* Shows what the view shows now. */
void rheo_plot_legend_follow (RheoPlotLegend *legend);
int rheo_plot_legend_get_n_entries (RheoPlotLegend *legend);
