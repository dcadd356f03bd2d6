/* Thread: main. */
/* The plots of a result: beside each other where each has room for itself, else below each other. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_RESULT_GRID (rheo_result_grid_get_type ())
G_DECLARE_FINAL_TYPE (RheoResultGrid, rheo_result_grid, RHEO, RESULT_GRID, GtkWidget)

GtkWidget *rheo_result_grid_new (void);
void rheo_result_grid_append (RheoResultGrid *grid, GtkWidget *card);
void rheo_result_grid_clear (RheoResultGrid *grid);
/* Width that a card has at least where two stand beside each other, px; below it they stand below each other. */
void rheo_result_grid_set_card_width (RheoResultGrid *grid, int width);
