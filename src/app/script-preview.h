/* Thread: main. */
/* Beside a script: one trial of it as it stands now, and its shape. A while after the last edit the script is run by a task,
 * in a process of its own; a newer edit ends it. */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "app/script-trial.h"

#define RHEO_TYPE_SCRIPT_PREVIEW (rheo_script_preview_get_type ())
G_DECLARE_FINAL_TYPE (RheoScriptPreview, rheo_script_preview, RHEO, SCRIPT_PREVIEW, GtkWidget)

/* Signal "shown" (void): what get_trial gives is on screen. The context and what dup_text needs outlive the preview. */
GtkWidget *rheo_script_preview_new (RheoContext *context, char *(*dup_text) (gpointer data), gpointer data);

/* The script has changed. fresh: another script, whose picture does not follow on that of the one before. */
void rheo_script_preview_touch (RheoScriptPreview *preview, gboolean fresh);
/* Begins what waits for a pause in typing at once. */
void rheo_script_preview_flush (RheoScriptPreview *preview);
/* What was made last, borrowed until "shown"; NULL: nothing yet. */
const RheoScriptTrial *rheo_script_preview_get_trial (RheoScriptPreview *preview);
/* Nothing is made and nothing waits. */
gboolean rheo_script_preview_is_idle (RheoScriptPreview *preview);
