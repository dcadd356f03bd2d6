/* Thread: main. */
/* The line above the dashboard: what runs, how far it is, how long it will take, which trial is shown. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUN_STRIP (rheo_run_strip_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunStrip, rheo_run_strip, RHEO, RUN_STRIP, GtkWidget)

/* menu: of the button "Plots". Signal "speed" (double speed, double rest_ms): of moving pictures. */
GtkWidget *rheo_run_strip_new (RheoContext *context, GMenuModel *menu);
void rheo_run_strip_update (RheoRunStrip *strip);
/* Without the name; the button has an icon only. */
void rheo_run_strip_set_narrow (RheoRunStrip *strip, gboolean narrow);
/* Seconds that a run may take to stop before one can leave it to itself; 10 unless set. */
void rheo_run_strip_set_patience (RheoRunStrip *strip, double seconds);
