/* Thread: main. */
/* A window that asks for a plot: a kind, and series of the run that fit it. */
#pragma once

#include <adwaita.h>

#include "plot/plot-source.h"

/* from: NULL-ended, NULL: what the kind shows by itself. */
typedef void (*RheoPlotChosen) (const char *plot, const char *const *from, gpointer data);

/* streams: of the session, or NULL. data is kept alive while the window is there. */
void rheo_plot_chooser_show (GtkWidget *parent, const char *title, const char *button, const RheoPlotSource *source,
                             RheoTable *streams, RheoPlotChosen chosen, GObject *data);
