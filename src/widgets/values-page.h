/* Thread: main. */
/* The page of a form with the numbers of one parameter: a row for each, and numbers from a file. */
#pragma once

#include "widgets/param-row.h"

#define RHEO_TYPE_VALUES_PAGE (rheo_values_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoValuesPage, rheo_values_page, RHEO, VALUES_PAGE, AdwBin)

/* Signal "back" (void). names: of cell classes (NULL: none), copied; host and param are borrowed and outlive the page. */
GtkWidget *rheo_values_page_new (const RheoParam *param, const char *path, const char *const *names,
                                 const RheoParamHost *host);
void rheo_values_page_update (RheoValuesPage *page);
const char *rheo_values_page_get_path (RheoValuesPage *page);
