/* Thread: main. */
/* Children beside each other, as many of them from the first on as fit; they share the width that there is. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_FIT_ROW (rheo_fit_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoFitRow, rheo_fit_row, RHEO, FIT_ROW, GtkWidget)

GtkWidget *rheo_fit_row_new (void);
void rheo_fit_row_set_spacing (RheoFitRow *row, int spacing);
void rheo_fit_row_append (RheoFitRow *row, GtkWidget *child);
void rheo_fit_row_clear (RheoFitRow *row);
