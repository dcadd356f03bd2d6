/* Thread: main; numbers are read by tasks. */
/* A set of an HDF5 file as a grid with row and column heads. Only what is seen is read. */
#pragma once

#include <gtk/gtk.h>

#include "app/file-tree.h"

#define RHEO_TYPE_DATA_GRID (rheo_data_grid_get_type ())
G_DECLARE_FINAL_TYPE (RheoDataGrid, rheo_data_grid, RHEO, DATA_GRID, GtkWidget)

/* Signal "trouble" (s sentence): something could not be read. */
GtkWidget *rheo_data_grid_new (void);
/* The last two dimensions of a set, at these places of those before. node NULL: nothing. */
void rheo_data_grid_show (RheoDataGrid *grid, RheoTreeFile *file, RheoNodeItem *node, const int64_t *fixed);
