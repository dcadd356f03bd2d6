/* Thread: main. */
/* The numbers of a result as a table: sorted by a click on a head, rows chosen and copied. */
#pragma once

#include <gtk/gtk.h>

#include "app/result-sheets.h"

#define RHEO_TYPE_RESULT_TABLE (rheo_result_table_get_type ())
G_DECLARE_FINAL_TYPE (RheoResultTable, rheo_result_table, RHEO, RESULT_TABLE, GtkWidget)

/* Signal "picked" (x row): a row was chosen by the user, counted from 0; -1: none. */
GtkWidget *rheo_result_table_new (void);
/* The rows of a sheet; table NULL: none. Both are kept (a reference to the table), the sheet as long as the table is shown:
 * sheets is taken over by a reference. i: which of them. */
void rheo_result_table_show (RheoResultTable *view, RheoTable *table, GPtrArray *sheets, guint i);
/* Chooses a row and brings it into view, without a signal; -1: none. */
void rheo_result_table_choose (RheoResultTable *view, int64_t row);
/* What is chosen, or everything, with a head, separated by tabs; yours. NULL: nothing is shown. */
char *rheo_result_table_dup_text (RheoResultTable *view);
/* The sheet as a table of its own for rheo_table_write, in the order of the numbers; NULL: nothing is shown. */
RheoTable *rheo_result_table_dup_table (RheoResultTable *view);
