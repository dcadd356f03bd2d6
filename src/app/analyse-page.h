/* Thread: main. */
/* Analyse: one network of a run taken apart. */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

#define RHEO_TYPE_ANALYSE_PAGE (rheo_analyse_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalysePage, rheo_analyse_page, RHEO, ANALYSE_PAGE, GtkWidget)

/* Signal "plots-changed" (void): there are plots to export now, or there no longer are. */
GtkWidget *rheo_analyse_page_new (RheoContext *context);
/* Opens a run. What goes on is followed again when the run in Live is opened. */
void rheo_analyse_page_open (RheoAnalysePage *page, const char *path);
/* The same where there is no run yet, until there is one in Live. */
void rheo_analyse_page_offer (RheoAnalysePage *page, const char *path);
void rheo_analyse_page_search (RheoAnalysePage *page);
gboolean rheo_analyse_page_has_plots (RheoAnalysePage *page);
void rheo_analyse_page_export_all (RheoAnalysePage *page);
