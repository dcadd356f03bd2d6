/* Thread: main. */
/* The table of stored runs: searched, sorted, with ticks. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUN_LIST (rheo_run_list_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunList, rheo_run_list, RHEO, RUN_LIST, GtkWidget)

/* Signals:
 * "selected" (void)         other runs are selected
 * "opened" (RheoRunItem)    double-click or Enter
 * "ticked" (void)
 * "counted" (void)          the number of runs that are shown has changed
 * The context is borrowed and outlives the list. menu: for a right-click. */
GtkWidget *rheo_run_list_new (RheoContext *context, GMenuModel *menu);

/* FALSE: a term is not understood; what was shown stays. */
gboolean rheo_run_list_set_search (RheoRunList *list, const char *text, GError **error);
/* Only runs of a task, by its id; NULL: all. */
void rheo_run_list_set_task (RheoRunList *list, const char *task_id);

/* TRUE while a search still goes through many runs. */
gboolean rheo_run_list_is_searching (RheoRunList *list);
guint rheo_run_list_get_n_shown (RheoRunList *list);
GPtrArray *rheo_run_list_dup_selected (RheoRunList *list); /* RheoRunItem, in the order of the table */
GPtrArray *rheo_run_list_dup_ticked (RheoRunList *list);   /* also those that a search hides */
void rheo_run_list_untick_all (RheoRunList *list);
void rheo_run_list_set_ticked (RheoRunList *list, RheoRunItem *item, gboolean ticked);
gboolean rheo_run_list_get_ticked (RheoRunList *list, RheoRunItem *item);
/* FALSE: it is not shown. */
gboolean rheo_run_list_select (RheoRunList *list, RheoRunItem *item);
/* Where a popover for the selected run points to, in the coordinates of the list. */
void rheo_run_list_get_spot (RheoRunList *list, GdkRectangle *spot);
void rheo_run_list_popup_menu (RheoRunList *list);
