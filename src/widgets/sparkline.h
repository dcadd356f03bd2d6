/* Thread: main. */
/* A small curve without axes: how a run went, in a row of a table. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_SPARKLINE (rheo_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (RheoSparkline, rheo_sparkline, RHEO, SPARKLINE, GtkWidget)

GtkWidget *rheo_sparkline_new (void);
/* Copied; numbers that are not finite are gaps. alarm: drawn in the colour of errors (a run that diverged). */
void rheo_sparkline_set_values (RheoSparkline *sparkline, const double *values, int n, gboolean alarm);
