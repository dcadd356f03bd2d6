/* Thread: main. */
/* Children beside each other at their own widths, in as many rows as those need. (A GtkFlowBox lines them up in columns and
 * spreads them over the width that there is.) */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_WRAP_ROW (rheo_wrap_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoWrapRow, rheo_wrap_row, RHEO, WRAP_ROW, GtkWidget)

/* space: px between children and between rows. */
GtkWidget *rheo_wrap_row_new (int space);
/* Before the child `before`; NULL: at the end. */
void rheo_wrap_row_insert_before (RheoWrapRow *row, GtkWidget *child, GtkWidget *before);

/* What it and the legend of a plot do with the children of any widget. Gives the height from top on; places them too on
 * demand, and hides what would be in more rows than most_rows. */
int rheo_wrap_lay_out (GtkWidget *of, int space, int row_space, int most_rows, int width, int top, gboolean place);
/* The height for a width, or the widths of the widest child and of a single row. */
void rheo_wrap_measure (GtkWidget *of, int space, int row_space, int most_rows, GtkOrientation orientation,
                        int for_size, int *minimum, int *natural);
