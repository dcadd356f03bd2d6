/* Thread: main. */
/* "Run 5 more seeds": the same experiments with further seeds, one after the other; how far they are, and a way to stop. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SEEDS_BAR (rheo_seeds_bar_get_type ())
G_DECLARE_FINAL_TYPE (RheoSeedsBar, rheo_seeds_bar, RHEO, SEEDS_BAR, GtkWidget)

/* The context is borrowed and outlives the widget. */
GtkWidget *rheo_seeds_bar_new (RheoContext *context);
/* What would be run again, and the names of these runs; n 0: nothing yet. All is copied. */
void rheo_seeds_bar_show (RheoSeedsBar *bar, RheoExperiment *const *experiments, const char *const *names, int n);
