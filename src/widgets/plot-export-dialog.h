/* Thread: main. */
/* "Export figure as…": where to, and how it looks. */
#pragma once

#include "widgets/plot-view.h"

void rheo_plot_export_dialog_show (RheoPlotView *view);
