/* Thread: main. */
/* "Change while running": the LIVE values of the current run, each with a scale and a field, or a switch or list. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_LIVE_VALUES (rheo_live_values_get_type ())
G_DECLARE_FINAL_TYPE (RheoLiveValues, rheo_live_values, RHEO, LIVE_VALUES, GtkWidget)

/* Signal "chosen" (strv paths): the user wants these values here.
 * Actions, group "values": reset, which. */
GtkWidget *rheo_live_values_new (RheoContext *context);
/* The values of the run that the session has; paths NULL: the first ones. */
void rheo_live_values_show (RheoLiveValues *values, const char *const *paths);
void rheo_live_values_update (RheoLiveValues *values);
void rheo_live_values_set_narrow (RheoLiveValues *values, gboolean narrow);
