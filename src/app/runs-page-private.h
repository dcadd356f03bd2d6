/* Thread: main. */
/* What the page (runs-page.c) and what is done with runs share: runs-actions.c, and with names and tags runs-edits.c. */
#pragma once

#include "app/run-list.h"
#include "app/runs-page.h"

struct _RheoRunsPage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *beside, *left, *right, *split, *stack, *files, *tree, *viewer, *run;
  GtkWidget *broken;          /* at the right, for files that cannot be opened */
  GtkWidget *detail, *back;   /* the right with the way back to the list, where they take turns */
  GtkWidget *whole, *compare; /* list and run, or several runs beside each other */
  GtkWidget *search, *tasks, *reason, *bar, *bar_label, *empty;
  RheoRunList *list;
  GSimpleActionGroup *actions;
  GPtrArray *task_ids; /* of the drop-down, behind its first entry */
  GPtrArray *steps;    /* what can be taken back (runs-edits.c) */
  char *shown;         /* path of the run at the right and in the tree */
  gboolean narrow;
  gboolean awaited; /* the shown run is not in the list yet */
  int width;
  guint fold, refresh;
};

/* Makes page->actions. */
void rheo_runs_actions_add (RheoRunsPage *page);
/* Those that change names and tags; part of it. */
void rheo_runs_edits_add (RheoRunsPage *page);
/* Adds a tag to runs (RheoRunItem) or takes it away, with a toast that undoes it. */
void rheo_runs_page_tag (RheoRunsPage *page, GPtrArray *items, const char *tag, gboolean there);
/* Which of them can be done now. */
void rheo_runs_actions_update (RheoRunsPage *page);
GMenuModel *rheo_runs_actions_new_menu (void);
/* One line; in a window that has no toasts it is only logged. The toast is borrowed, NULL without one. */
AdwToast *rheo_runs_page_toast (RheoRunsPage *page, const char *text, const char *button, const char *action);
/* Runs join those that are compared. paths: NULL-ended. */
void rheo_runs_page_compare_more (RheoRunsPage *page, const char *const *paths);
/* Puts runs beside each other. paths: NULL-ended. */
void rheo_runs_page_compare (RheoRunsPage *page, const char *const *paths);
