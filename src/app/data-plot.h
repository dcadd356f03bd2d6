/* Thread: any makes a plot, main shows it. */
/* A set of an HDF5 file as a plot that fits it. */
#pragma once

#include <gtk/gtk.h>

#include "engine/store-tree.h"
#include "plot/plot.h"

/* Thread: any. The set without its first n_fixed dimensions. Records of a run get their iterations as x. NULL with an
 * error. */
RheoPlotSpec *rheo_data_plot_new (RheoTree *tree, const RheoNode *node, int n_fixed, const int64_t *fixed,
                                  GError **error);
/* Thread: main. In a window of its own, above that of `from`. Takes the spec. run: path of the run file. */
void rheo_data_plot_present (GtkWidget *from, RheoPlotSpec *spec, const RheoNode *node, const char *run);
