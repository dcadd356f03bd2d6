/* Thread: any; a spec belongs to one thread. */
/* Figures that an analysis knows (RheoFigure): lines and dots of several columns of its result, of one run or of several. */
#pragma once

#include "engine/figure.h"
#include "plot.h"

/* The figure of an analysis with this key; NULL with an error that lists those there are. figures: or NULL. */
const RheoFigure *rheo_plot_figure_find (const char *analysis, const RheoFigure *figures, const char *key,
                                         GError **error);

/* tables: results of the analysis, one for each run; names: of the runs, used where there are several; styles: which colour
 * each has then, or NULL: by order. line: of the lines this one alone, with the dots behind it, after which the figure is
 * called, too; NULL: all. There are no dots
 * of more runs than there are colours. NULL: none of the
 * results has any of its numbers. */
RheoPlotSpec *rheo_plot_figure (const RheoFigure *figure, RheoTable *const *tables, const char *const *names, int n,
                                const int *styles, const char *line);
