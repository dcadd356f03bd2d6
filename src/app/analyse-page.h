/* Thread: main. */
/* Analyse: one network of a run taken apart. */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

#define RHEO_TYPE_ANALYSE_PAGE (rheo_analyse_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalysePage, rheo_analyse_page, RHEO, ANALYSE_PAGE, GtkWidget)

/* Signal "plots-changed" (void): there are plots to export or steps to undo now, or there no longer are. */
GtkWidget *rheo_analyse_page_new (RheoContext *context);
/* Opens a run. What goes on is followed again when the run in Live is opened. */
void rheo_analyse_page_open (RheoAnalysePage *page, const char *path);
/* The same where there is no run yet, until there is one in Live. */
void rheo_analyse_page_offer (RheoAnalysePage *page, const char *path);
void rheo_analyse_page_search (RheoAnalysePage *page);
gboolean rheo_analyse_page_has_plots (RheoAnalysePage *page);
/* While the values of an analysis are on screen: steps of their own; labels NULL: none. */
gboolean rheo_analyse_page_has_steps (RheoAnalysePage *page);
const char *rheo_analyse_page_get_undo_label (RheoAnalysePage *page);
const char *rheo_analyse_page_get_redo_label (RheoAnalysePage *page);
void rheo_analyse_page_undo (RheoAnalysePage *page);
void rheo_analyse_page_redo (RheoAnalysePage *page);
void rheo_analyse_page_export_all (RheoAnalysePage *page);
