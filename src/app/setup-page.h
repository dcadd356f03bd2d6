/* Thread: main. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SETUP_PAGE (rheo_setup_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoSetupPage, rheo_setup_page, RHEO, SETUP_PAGE, GtkWidget)

/* The context is borrowed and outlives the page. */
GtkWidget *rheo_setup_page_new (RheoContext *context);
