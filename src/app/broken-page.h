/* Thread: main; files are read by tasks. */
/* What Runs shows instead of a run whose file cannot be opened: what is wrong with it, what of it is left, and what can be
 * done. The file itself is never changed. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_BROKEN_PAGE (rheo_broken_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoBrokenPage, rheo_broken_page, RHEO, BROKEN_PAGE, GtkWidget)

/* Signal "broken" (void): the file that was asked about cannot be opened, and the page now says why.
 * The context is borrowed and outlives the page. */
GtkWidget *rheo_broken_page_new (RheoContext *context);
/* Looks at a file. NULL: what was asked before does not matter any more. */
void rheo_broken_page_look (RheoBrokenPage *page, const char *path);
/* Copies what is whole into a new file and shows that. */
void rheo_broken_page_recover (RheoBrokenPage *page, const char *to);
