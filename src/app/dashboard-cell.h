/* Thread: main. */
/* One plot of a dashboard: a card that follows the series of the current run. */
#pragma once

#include "app/context.h"
#include "app/dashboard-layout.h"
#include "widgets/plot-card.h"

typedef struct
{
  RheoContext *context;
  RheoDashboardPanel *panel; /* borrowed from the layout */
  GtkWidget *card;           /* owned */
  const RheoPlotKind *kind;  /* NULL: there is no such kind */
  GSimpleActionGroup *actions;
  char **streams;  /* that it shows; NULL: not known yet */
  gboolean stages; /* it shows earlier frames too, so they are wanted while nobody looks */
  gboolean watched, dirty;
  gint64 shown_at; /* monotonic time of the last spec */
  double x, y, width, height;
} RheoDashboardCell;

RheoDashboardCell *rheo_dashboard_cell_new (RheoContext *context, RheoDashboardPanel *panel, RheoPlotGroup *group);
void rheo_dashboard_cell_free (RheoDashboardCell *cell);

/* Another run, whose streams are not known yet. */
void rheo_dashboard_cell_forget (RheoDashboardCell *cell);
/* visible: somebody can see it. */
void rheo_dashboard_cell_watch (RheoDashboardCell *cell, gboolean visible);
gboolean rheo_dashboard_cell_shows (RheoDashboardCell *cell, const char *stream);
gboolean rheo_dashboard_cell_shows_metrics (RheoDashboardCell *cell);
/* Shows what there is now. */
void rheo_dashboard_cell_refresh (RheoDashboardCell *cell);
/* Title for menus: what it shows, or its kind. Borrowed. */
/* What a panel will be about, while there is nothing that says so itself: "Loss" for train.loss. NULL: its kind knows. */
const char *rheo_dashboard_panel_guess_title (const RheoDashboardPanel *panel);
const char *rheo_dashboard_cell_get_title (RheoDashboardCell *cell);
/* Of the LIVE values that were changed. */
void rheo_dashboard_cell_set_marks (RheoDashboardCell *cell, const GPtrArray *marks);
