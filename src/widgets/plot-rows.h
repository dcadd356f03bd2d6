/* Thread: any; a text belongs to whoever asks for it. */
/* The numbers of a plot as rows of text: for the clipboard and for the table on screen. */
#pragma once

#include "engine/table.h"

/* Columns of one dimension stand side by side. A matrix is one row for each number: row, column, value. */
typedef struct
{
  const RheoTable *table; /* borrowed */
  gboolean matrix;
  int n_columns;
  int64_t n_rows;
} RheoPlotRows;

void rheo_plot_rows_init (RheoPlotRows *rows, const RheoTable *table);
/* "Loss (a.u.)". Yours. */
char *rheo_plot_rows_dup_title (const RheoPlotRows *rows, int column);
/* For machines: numbers in the C locale, with all digits. */
void rheo_plot_rows_append (const RheoPlotRows *rows, int64_t row, int column, GString *out);
/* One line with the titles and one for each row, separated by tabs. Matrices as they are: a line for each of their rows.
 * Yours. */
char *rheo_plot_rows_dup_text (const RheoTable *table);
gboolean rheo_plot_rows_is_number (const RheoPlotRows *rows, int column);
/* The titles, or a row, with tabs between and a new line behind. */
void rheo_plot_rows_append_titles (const RheoPlotRows *rows, GString *out);
void rheo_plot_rows_append_row (const RheoPlotRows *rows, int64_t row, GString *out);
