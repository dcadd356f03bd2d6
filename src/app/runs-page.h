/* Thread: main. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUNS_PAGE (rheo_runs_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunsPage, rheo_runs_page, RHEO, RUNS_PAGE, GtkWidget)

/* Stored runs: the library at the left, one run or a comparison at the right.
 * Actions, group "runs", also of the window that holds the page: resume, branch, compare, export, show, rename, tag,
 * star, trash. They act on the selected runs, compare on the ticked ones where there are two.
 * The context is borrowed and outlives the page. */
GtkWidget *rheo_runs_page_new (RheoContext *context);
/* Shows a run, which may lie outside the folder of the library. */
void rheo_runs_page_show (RheoRunsPage *page, const char *path);
/* Puts the focus into the search (Ctrl+F). */
void rheo_runs_page_search (RheoRunsPage *page);
/* From the shown place of the opened run, where one is shown and a checkpoint is there (Ctrl+B). */
void rheo_runs_page_branch (RheoRunsPage *page);
