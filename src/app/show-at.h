/* Thread: main. */
/* How fast networks that play are shown: in slow motion, in the time of their world, at full speed. The run waits for what is
 * shown, except at full speed; there a sample of it is shown in real time. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SHOW_AT (rheo_show_at_get_type ())
G_DECLARE_FINAL_TYPE (RheoShowAt, rheo_show_at, RHEO, SHOW_AT, GtkWidget)

/* Signal "chosen" (double speed, double rest_ms): of moving pictures (rheo_plot_view_set_speed). */
GtkWidget *rheo_show_at_new (RheoContext *context);
/* Whether an experiment plays and can be seen. */
gboolean rheo_show_at_fits (const RheoExperiment *experiment);
/* Without the words before it. */
void rheo_show_at_set_narrow (RheoShowAt *show, gboolean narrow);
