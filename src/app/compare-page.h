/* Thread: main; files are read and networks scored by threads. */
/* Two or more runs beside each other: the same plots over each other, settings that differ, results on the same trials. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_COMPARE_PAGE (rheo_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoComparePage, rheo_compare_page, RHEO, COMPARE_PAGE, GtkWidget)

/* Signals:
 * "back" (void)      the user goes back to the list of runs
 * "open" (s path)    one of the runs is to be shown by itself
 * "add" (s path)     a run is to be put beside those that are there
 * "remove" (as paths)   runs are to go
 * The context is borrowed and outlives the page. */
GtkWidget *rheo_compare_page_new (RheoContext *context);
/* paths: NULL-ended, two or more. */
void rheo_compare_page_show (RheoComparePage *page, const char *const *paths);
/* What is shown; NULL: nothing yet. Borrowed. */
const char *const *rheo_compare_page_get_paths (RheoComparePage *page);
/* Stops what is being scored: when the page is left. */
void rheo_compare_page_stop (RheoComparePage *page);
