/* Thread: main. */
/* Why the experiment cannot run, in the program's own words, and buttons that mend it. They are found by trying. */
#pragma once

#include <adwaita.h>

#include "app/document.h"

#define RHEO_TYPE_MISFIT_BOX (rheo_misfit_box_get_type ())
G_DECLARE_FINAL_TYPE (RheoMisfitBox, rheo_misfit_box, RHEO, MISFIT_BOX, AdwBin)

/* Signal "show-value" (s path): the user wants to see the value. Hidden while the experiment can run. The document is borrowed and
 * outlives the box. */
GtkWidget *rheo_misfit_box_new (RheoDocument *document);
void rheo_misfit_box_update (RheoMisfitBox *box);
/* TRUE when the component of the slot is part of what does not fit. */
gboolean rheo_misfit_box_concerns (RheoMisfitBox *box, RheoSlot slot);
