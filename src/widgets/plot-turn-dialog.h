/* Thread: main. */
/* "Export turning figure…": how a figure in space turns, and the file of it. */
#pragma once

#include <adwaita.h>

#include "widgets/plot-view.h"

#define RHEO_TYPE_PLOT_TURN_DIALOG (rheo_plot_turn_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotTurnDialog, rheo_plot_turn_dialog, RHEO, PLOT_TURN_DIALOG, AdwWindow)

/* The view can turn and outlives the window; it says with its signals what became of the figure. */
GtkWidget *rheo_plot_turn_dialog_new (RheoPlotView *view);
/* Begins: path as rheo_plot_export_turn has it. Not while another one is being written. */
void rheo_plot_turn_dialog_write (RheoPlotTurnDialog *dialog, const char *path);
