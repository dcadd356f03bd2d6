/* Thread: main. */
/* Two widgets with a handle between them. The size that the user gives to one of them is kept in the settings; while the
 * window is too small for it, both have what there is. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_SPLIT (rheo_split_get_type ())
G_DECLARE_FINAL_TYPE (RheoSplit, rheo_split, RHEO, SPLIT, GtkWidget)

/* key: integer in the settings, size of the start, or with of_end of the end, px at a text scale of 1. */
GtkWidget *rheo_split_new (GtkOrientation orientation, GtkWidget *start, GtkWidget *end, GSettings *settings,
                           const char *key, gboolean of_end);
GtkPaned *rheo_split_get_paned (RheoSplit *split);
