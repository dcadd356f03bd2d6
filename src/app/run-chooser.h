/* Thread: main. */
/* A button that names a run, and a list of others to choose from: that in Live and those of the library. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUN_CHOOSER (rheo_run_chooser_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunChooser, rheo_run_chooser, RHEO, RUN_CHOOSER, AdwBin)

/* Signal "chosen" (s path). */
GtkWidget *rheo_run_chooser_new (RheoContext *context);
/* experiment: of the run, for its title; may be NULL. path NULL: none. */
void rheo_run_chooser_set_current (RheoRunChooser *chooser, const char *path, const RheoExperiment *experiment);
