/* Thread: main. */
/* One line of New sweep: a value and how it varies, or conditions that have a name and set any values. */
#pragma once

#include <gtk/gtk.h>

#include "engine/experiment.h"

#define RHEO_TYPE_SWEEP_VARY (rheo_sweep_vary_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepVary, rheo_sweep_vary, RHEO, SWEEP_VARY, GtkListBoxRow)

/* key: of a value of the experiment, or NULL: conditions alone. Signals: "changed"; "removed": the user wants it no more. */
RheoSweepVary *rheo_sweep_vary_new (const RheoExperiment *experiment, const char *key);
const char *rheo_sweep_vary_get_key (RheoSweepVary *vary); /* or NULL */
/* What a sweep file says of it (docs/sweeps.md); yours. */
JsonObject *rheo_sweep_vary_dup_axis (RheoSweepVary *vary);
/* TRUE: it varies as one with the line above. */
gboolean rheo_sweep_vary_is_together (RheoSweepVary *vary);
/* FALSE: it is the first, and nothing is asked. */
void rheo_sweep_vary_set_has_above (RheoSweepVary *vary, gboolean has_above);
/* What is wrong with it, told below it; NULL: nothing. */
void rheo_sweep_vary_set_message (RheoSweepVary *vary, const char *message);
