/* Thread: any; specs belong to one thread. */
/* Figures of results by which runs are compared (RheoFigure.compare): what analyses make of logs alone. */
#pragma once

#include "engine/store.h"
#include "plot/plot-source.h"

/* Appends a plot for each line of such figures, of the analyses that fit all runs; those that differ only in the seed have one
 * colour. Runs are borrowed and read; sources: those of the same runs, for their names. specs: of RheoPlotSpec. */
void rheo_compare_add_figures (GPtrArray *specs, RheoRun *const *runs, const RheoPlotSource *sources, int n);
