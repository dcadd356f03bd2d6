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
