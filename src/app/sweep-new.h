/* Thread: main; the estimate is made by a task. */
/* A window that describes a new sweep of the experiment in Set up. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SWEEP_NEW (rheo_sweep_new_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepNew, rheo_sweep_new, RHEO, SWEEP_NEW, AdwWindow)

/* Signal "start" (RheoSweep as pointer): begin it. key: a value that is varied from the start; NULL: none. Shows it. */
RheoSweepNew *rheo_sweep_new_open (GtkWindow *parent, RheoContext *context, const char *key);
/* The same for a ready-made one: what it varies is told, and only its name is the user's. */
RheoSweepNew *rheo_sweep_new_open_ready (GtkWindow *parent, RheoContext *context, RheoSweep *sweep);
/* One more line: of a value, or NULL: of conditions alone. */
void rheo_sweep_new_add (RheoSweepNew *window, const char *key);
