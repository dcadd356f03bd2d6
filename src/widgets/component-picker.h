/* Thread: main. */
/* "Change…": a list of the components that a slot may hold. What does not fit the others is dimmed and says what it needs,
 * and can be chosen all the same. */
#pragma once

#include <adwaita.h>

#include "engine/experiment.h"

#define RHEO_TYPE_COMPONENT_PICKER (rheo_component_picker_get_type ())
G_DECLARE_FINAL_TYPE (RheoComponentPicker, rheo_component_picker, RHEO, COMPONENT_PICKER, AdwBin)

/* Signal "chosen" (s id): another component than the present one. get: the experiment of now, borrowed during the call. */
GtkWidget *rheo_component_picker_new (RheoSlot slot, const RheoExperiment *(*get) (gpointer data), gpointer data);
/* Why a component does not fit, in a few words ("needs rewards"); NULL: it fits. Yours. */
char *rheo_component_dup_misfit (const RheoExperiment *experiment, RheoSlot slot, const RheoComponent *component);
void rheo_component_picker_open (RheoComponentPicker *picker);
