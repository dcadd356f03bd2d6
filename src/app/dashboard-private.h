/* Thread: main. */
/* Parts of the dashboard: dashboard.c places cards and keeps them up to date, dashboard-edit.c changes the layout,
 * dashboard-move.c lets cards be moved. */
#pragma once

#include "app/dashboard-cell.h"
#include "app/dashboard.h"

struct _RheoDashboard
{
  GtkWidget parent_instance;
  RheoContext *context;
  RheoPlotGroup *group;
  RheoDashboardLayout *layout; /* NULL before the first run */
  char *kind;                  /* of the experiment */
  GPtrArray *cells;            /* of RheoDashboardCell, in reading order */
  GSimpleActionGroup *actions;
  GMenu *menu, *plots;   /* plots: its first section */
  GtkWidget *dragged;    /* card, or NULL */
  int drag_from;         /* panel */
  char *before_drag;     /* layout, JSON */
  AdwToast *toast;       /* of the last change; weak */
  char *undo;            /* layout before it, JSON */
  char *undo_kind;       /* of the experiment whose layout it is */
  int replaced;          /* panel for which another plot is being chosen */
  double speed, rest_ms; /* of moving pictures */
  guint tick, next, n_marks;
  int columns;
  gboolean starting, listed, going;
};

/* dashboard.c */
void rheo_dashboard_stir (RheoDashboard *d); /* something is to be shown anew */
void rheo_dashboard_rebuild (RheoDashboard *d);
void rheo_dashboard_follow (RheoDashboard *d); /* a new run */
void rheo_dashboard_set_layout (RheoDashboard *d, RheoDashboardLayout *layout);
int rheo_dashboard_index_of (RheoDashboard *d, GtkWidget *card); /* of its panel; -1: none */

GActionGroup *rheo_dashboard_get_card_actions (RheoDashboard *d, GtkWidget *card); /* borrowed */

/* dashboard-edit.c */
void rheo_dashboard_init_actions (RheoDashboard *d);
void rheo_dashboard_add_controls (RheoDashboard *d, RheoDashboardCell *cell);
void rheo_dashboard_update_menu (RheoDashboard *d);
char *rheo_dashboard_dup_stored (RheoDashboard *d); /* JSON, or NULL */
void rheo_dashboard_store (RheoDashboard *d);
/* "Removed Loss" [Undo]. before: the layout, as JSON, that comes back. */
void rheo_dashboard_tell (RheoDashboard *d, const char *text, const char *before);
/* Of a panel that has a card or not; yours. */
char *rheo_dashboard_dup_title (RheoDashboard *d, int panel);

/* dashboard-move.c */
void rheo_dashboard_init_moves (RheoDashboard *d);
void rheo_dashboard_add_drag (RheoDashboard *d, RheoDashboardCell *cell);
/* way: "left", "right", "up" or "down", as one sees it. */
void rheo_dashboard_move_by_key (RheoDashboard *d, GtkWidget *card, const char *way);
