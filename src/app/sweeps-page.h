/* Thread: main. */
/* Sweeps: the list of them and their queue, a map of what came out, and the runs of a cell. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SWEEPS_PAGE (rheo_sweeps_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoSweepsPage, rheo_sweeps_page, RHEO, SWEEPS_PAGE, GtkWidget)

/* The context is borrowed and outlives the widget. */
GtkWidget *rheo_sweeps_page_new (RheoContext *context);
void rheo_sweeps_page_show (RheoSweepsPage *page, RheoSweepWatch *watch);
/* Selects a cell of the map; -1: none. */
void rheo_sweeps_page_select (RheoSweepsPage *page, int64_t cell);
