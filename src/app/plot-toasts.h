/* Thread: main. */
/* What a plot's menu did is said in a toast of the window: "Saved loss-epoch-12.svg" [Show]. */
#pragma once

#include "widgets/plot-view.h"

/* From here on, as long as the view lives. Several figures within a moment share one toast. */
void rheo_plot_toasts_follow (RheoPlotView *view);
