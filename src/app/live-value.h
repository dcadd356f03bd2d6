/* Thread: main. */
/* One value that may change while the run goes on: name, dot and "changed at epoch 9", a scale and a field, or a switch, or a
 * list. */
#pragma once

#include <gtk/gtk.h>

#include "engine/param.h"

#define RHEO_TYPE_LIVE_VALUE (rheo_live_value_get_type ())
G_DECLARE_FINAL_TYPE (RheoLiveValue, rheo_live_value, RHEO, LIVE_VALUE, GtkWidget)

/* Signal "wanted" (s plain): the user wants this value; of a scale that is moved the last one. param is borrowed for ever. */
GtkWidget *rheo_live_value_new (const char *path, const RheoParam *param);
const char *rheo_live_value_get_path (RheoLiveValue *value);
/* The value in force, and when it was changed (NULL: never). */
void rheo_live_value_set (RheoLiveValue *value, const char *plain, const char *change);
void rheo_live_value_set_narrow (RheoLiveValue *value, gboolean narrow); /* one line */
