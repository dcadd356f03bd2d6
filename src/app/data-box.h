/* Thread: main. */
/* Where a task has its data set from: what to do when the files are not there, a download of the published ones, and what the
 * files hold that are there. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_DATA_BOX (rheo_data_box_get_type ())
G_DECLARE_FINAL_TYPE (RheoDataBox, rheo_data_box, RHEO, DATA_BOX, AdwBin)

/* Hidden while the task of the document has no files. Signal "arrived" (void): there are others than before, though no value
 * changed. The context is borrowed and outlives the box. */
GtkWidget *rheo_data_box_new (RheoContext *context);
/* The document has changed, or files may have come. */
void rheo_data_box_update (RheoDataBox *box);
/* The folder of this file counts from now on, here and in all experiments that name none; told where files are missing there. */
void rheo_data_box_take (RheoDataBox *box, const char *path);
