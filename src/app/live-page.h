/* Thread: main. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_LIVE_PAGE (rheo_live_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoLivePage, rheo_live_page, RHEO, LIVE_PAGE, GtkWidget)

/* The context is borrowed and outlives the page. */
GtkWidget *rheo_live_page_new (RheoContext *context);
/* The last toast, for the status bar. */
void rheo_live_page_tell (RheoLivePage *page, const char *text);
/* A figure of each plot that is shown, with its numbers. */
void rheo_live_page_export_all (RheoLivePage *page);
