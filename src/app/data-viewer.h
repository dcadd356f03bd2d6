/* Thread: main; files are read by tasks. */
/* What is selected in the tree of a file: numbers, text, attributes; as a plot, and as a file of its own. */
#pragma once

#include <adwaita.h>

#include "app/file-tree.h"

#define RHEO_TYPE_DATA_VIEWER (rheo_data_viewer_get_type ())
G_DECLARE_FINAL_TYPE (RheoDataViewer, rheo_data_viewer, RHEO, DATA_VIEWER, GtkWidget)

/* Signals: "saved" (s path), "trouble" (s sentence). */
GtkWidget *rheo_data_viewer_new (void);
/* node NULL: nothing. run: path of the run file, for titles and names of files. */
void rheo_data_viewer_show (RheoDataViewer *viewer, RheoTreeFile *file, RheoNodeItem *node, const char *run);
/* Writes what is shown by the ending of path: .csv, .npy, .json. What came of it is told by the signals. */
void rheo_data_viewer_save (RheoDataViewer *viewer, const char *path);
