/* Thread: main. */
/* The line below the dashboard: device, what the live view costs, what is recorded, the last checkpoint, what the last
 * toast said, the file. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_STATUS_BAR (rheo_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (RheoStatusBar, rheo_status_bar, RHEO, STATUS_BAR, GtkWidget)

GtkWidget *rheo_status_bar_new (RheoContext *context);
void rheo_status_bar_update (RheoStatusBar *bar);
/* Toasts pass, this stays until the next one. */
void rheo_status_bar_tell (RheoStatusBar *bar, const char *text);
void rheo_status_bar_set_narrow (RheoStatusBar *bar, gboolean narrow); /* name, device, checkpoint and file only */
