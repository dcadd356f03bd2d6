/* Thread: main. */
/* Which runs are compared: a chip with the colour and dash of each, and a list to add another from. */
#pragma once

#include <adwaita.h>

#include "app/compare-tables.h"
#include "app/context.h"

#define RHEO_TYPE_COMPARE_CHIPS (rheo_compare_chips_get_type ())
G_DECLARE_FINAL_TYPE (RheoCompareChips, rheo_compare_chips, RHEO, COMPARE_CHIPS, GtkWidget)

/* Signals: "open" (s path), "add" (s path), "remove" (as paths). The context is borrowed and outlives the widget. */
GtkWidget *rheo_compare_chips_new (RheoContext *context);
/* columns, paths of all runs; NULL: not known yet. */
void rheo_compare_chips_show (RheoCompareChips *chips, const RheoCompareColumns *columns, const char *const *paths);
