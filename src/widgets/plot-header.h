/* Thread: main. */
/* The header of a plot's card: grip, title, legend, subtitle, menu, on one line. What has no room goes: the legend into rows
 * below the title, the subtitle gets shorter; below 230 px it goes. */
#pragma once

#include "widgets/plot-view.h"

#define RHEO_TYPE_PLOT_HEADER (rheo_plot_header_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotHeader, rheo_plot_header, RHEO, PLOT_HEADER, GtkWidget)

/* Follows the view. */
GtkWidget *rheo_plot_header_new (RheoPlotView *view);
/* Controls before the menu button, once. Takes them (a floating reference). */
void rheo_plot_header_take_extra (RheoPlotHeader *header, GtkWidget *extra);
void rheo_plot_header_set_movable (RheoPlotHeader *header, gboolean movable);
