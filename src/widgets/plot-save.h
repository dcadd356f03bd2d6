/* Thread: main. */
/* Figures of a plot view as files and on the clipboard. All is written beside the main thread; the view tells by
 * "exported", "export-failed" and "copied" what came of it. */
#pragma once

#include "widgets/plot-view.h"

#define RHEO_FIGURE_WIDTH 120.0 /* mm */
#define RHEO_FIGURE_HEIGHT 80.0

/* "svg", "png", "pdf"; the one that was used last is kept with the settings of the program. */
extern const char *const rheo_figure_formats[];
int rheo_figure_get_format (void);
void rheo_figure_set_format (int format);

/* "robot-lif-seed1-loss-epoch-12". Yours. */
char *rheo_plot_view_dup_file_stem (RheoPlotView *view);

/* At once, in the last format, with the numbers beside it; what is there already keeps its name. */
void rheo_plot_view_save_figure (RheoPlotView *view);
void rheo_plot_view_save_numbers (RheoPlotView *view);
/* The format is the ending of path, which is overwritten; mm. */
void rheo_plot_view_save_as (RheoPlotView *view, const char *path, RheoPlotThemeId theme, double width, double height);
/* PNG, SVG and the numbers separated by tabs. */
void rheo_plot_view_copy (RheoPlotView *view);
