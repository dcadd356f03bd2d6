/* Thread: main. */
/* The left side of Set up: ready-made experiments by family, and what was opened lately. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SETUP_LIST (rheo_setup_list_get_type ())
G_DECLARE_FINAL_TYPE (RheoSetupList, rheo_setup_list, RHEO, SETUP_LIST, AdwBin)

/* Signal "load" (s name or path, s title). The context is borrowed and outlives the list. */
GtkWidget *rheo_setup_list_new (RheoContext *context);
/* Marks what the document holds. */
void rheo_setup_list_update (RheoSetupList *list);
/* What kind of experiment it is, by what its components give and need: "Spiking, gradient". */
const char *rheo_experiment_get_family (const RheoExperiment *experiment);
