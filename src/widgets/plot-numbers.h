/* Thread: main. */
/* The numbers behind a plot as a table in a window; rows can be copied. */
#pragma once

#include <gtk/gtk.h>

#include "plot/plot.h"

/* Takes spec; the table is made beside the main thread. */
GtkWidget *rheo_plot_numbers_new (RheoPlotSpec *spec, const char *name);
