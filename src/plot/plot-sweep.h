/* Thread: any. */
/* Figures of the results of a sweep. */
#pragma once

#include "plot.h"

/* Boxes of a table of rheo_sweep_results_dup_boxes: a panel for each axis, or one with a box for each result. title: in the
 * language of the user. */
RheoPlotSpec *rheo_plot_sweep_boxes (RheoTable *table, const char *title);
/* Running means over `window` iterations of a metric, a line for each of n runs. tables: with "iteration" and the metric;
 * those without it have no line. */
RheoPlotSpec *rheo_plot_sweep_curves (RheoTable *const *tables, const char *const *names, int n, const char *metric,
                                      int window, const char *title);
