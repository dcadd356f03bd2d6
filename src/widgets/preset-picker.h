/* Thread: main. */
/* "Presets": named sets of values of the component in a slot. Choosing one writes its values; which one the values agree
 * with now is marked. */
#pragma once

#include <adwaita.h>

#include "engine/experiment.h"

#define RHEO_TYPE_PRESET_PICKER (rheo_preset_picker_get_type ())
G_DECLARE_FINAL_TYPE (RheoPresetPicker, rheo_preset_picker, RHEO, PRESET_PICKER, AdwBin)

/* Signal "chosen" (s id): a preset whose values are not all in force. title: of the slot, "Model". get: the experiment of
 * now, borrowed during the call. */
GtkWidget *rheo_preset_picker_new (RheoSlot slot, const char *title, const RheoExperiment *(*get) (gpointer data),
                                   gpointer data);
/* How many values a preset would change; 0: it is in force; -1: the component has no such preset. */
int rheo_preset_count_changes (const RheoExperiment *experiment, RheoSlot slot, const char *id);
