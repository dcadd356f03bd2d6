/* Thread: main. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_RUNS_PAGE (rheo_runs_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunsPage, rheo_runs_page, RHEO, RUNS_PAGE, GtkWidget)

/* The context is borrowed and outlives the page. */
GtkWidget *rheo_runs_page_new (RheoContext *context);
