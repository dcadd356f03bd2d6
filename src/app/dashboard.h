/* Thread: main. */
/* The plots of the current run in columns: moved by their headers or with Alt and arrows, one or two columns wide, added,
 * removed and replaced. The layout is kept for each kind of experiment. */
#pragma once

#include <adwaita.h>

#include "app/context.h"
#include "app/dashboard-layout.h"

#define RHEO_TYPE_DASHBOARD (rheo_dashboard_get_type ())
G_DECLARE_FINAL_TYPE (RheoDashboard, rheo_dashboard, RHEO, DASHBOARD, GtkWidget)

/* Signal "layout" (void): another layout, of this or another kind of experiment.
 * Actions, group "dash": panel-0 … (boolean: shown), add, columns (s "0" … "4"), reset, export-all
 * (a figure of each plot, with its numbers). */
GtkWidget *rheo_dashboard_new (RheoContext *context);
GActionGroup *rheo_dashboard_get_actions (RheoDashboard *dashboard); /* borrowed */
GMenuModel *rheo_dashboard_get_menu (RheoDashboard *dashboard);      /* borrowed: "Plots" */
/* Borrowed until "layout". NULL before the first run. */
const RheoDashboardLayout *rheo_dashboard_get_layout (RheoDashboard *dashboard);
/* Which LIVE values are shown; kept with the layout. */
void rheo_dashboard_set_values (RheoDashboard *dashboard, const char *const *paths);
/* Of moving pictures (rheo_plot_view_set_speed). */
void rheo_dashboard_set_speed (RheoDashboard *dashboard, double speed, double rest_ms);
/* Puts panel `from` where `to` is, counted in the layout. */
void rheo_dashboard_move (RheoDashboard *dashboard, int from, int to);
void rheo_dashboard_set_wide (RheoDashboard *dashboard, int panel, gboolean wide);
void rheo_dashboard_remove (RheoDashboard *dashboard, int panel);         /* with a toast that takes it back */
GtkWidget *rheo_dashboard_get_card (RheoDashboard *dashboard, int panel); /* borrowed; NULL: not shown */
int rheo_dashboard_get_columns (RheoDashboard *dashboard);                /* as shown now */
