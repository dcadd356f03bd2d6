/* Thread: main; files are read and networks scored by threads. */
/* Two or more runs beside each other: the same plots over each other, settings that differ, results on the same trials. */
#pragma once

#include <adwaita.h>

#define RHEO_TYPE_COMPARE_PAGE (rheo_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoComparePage, rheo_compare_page, RHEO, COMPARE_PAGE, GtkWidget)

/* Signals:
 * "back" (void)            the user goes back to the list of runs
 * "trouble" (s sentence), "saved" (s path)    as of RheoRunPane */
GtkWidget *rheo_compare_page_new (void);
/* paths: NULL-ended, two or more. */
void rheo_compare_page_show (RheoComparePage *page, const char *const *paths);
/* Stops what is being scored: when the page is left. */
void rheo_compare_page_stop (RheoComparePage *page);
