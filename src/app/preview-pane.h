/* Thread: main. */
/* The right side of Set up: one trial of the task, a sketch of the network, and what a run would cost. All of it is made
 * by a task from a copy of the experiment. */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "app/preview.h"

#define RHEO_TYPE_PREVIEW_PANE (rheo_preview_pane_get_type ())
G_DECLARE_FINAL_TYPE (RheoPreviewPane, rheo_preview_pane, RHEO, PREVIEW_PANE, GtkWidget)

/* The context is borrowed and outlives the pane. */
GtkWidget *rheo_preview_pane_new (RheoContext *context);

/* What the task reads is another than before: it is opened anew. */
void rheo_preview_pane_reload (RheoPreviewPane *pane);
/* Signal "shown" (void): a newer preview is on screen. Borrowed until then; NULL: none yet. */
const RheoPreview *rheo_preview_pane_get_preview (RheoPreviewPane *pane);
