/* Thread: main. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SETUP_PAGE (rheo_setup_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoSetupPage, rheo_setup_page, RHEO, SETUP_PAGE, GtkWidget)

/* Actions of the page: setup.reset-all, setup.show-changed, setup.search (the focus goes to the search over parameters),
 * setup.side-bar, setup.side-pane.
 * The context is borrowed and outlives the page. */
GtkWidget *rheo_setup_page_new (RheoContext *context);
/* The file of the task is another than before, under the same name. */
void rheo_setup_page_reload (RheoSetupPage *page);
/* Opens what is around a value, scrolls to it and gives it the focus. FALSE: there is no such row now. */
gboolean rheo_setup_page_show (RheoSetupPage *page, const char *path);
