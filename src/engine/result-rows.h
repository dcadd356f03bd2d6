/* Thread: any. */
/* A result of an analysis that is made row by row: histograms with fitted curves, of which each has as many numbers as it
 * needs. */
#pragma once

#include "analysis.h"

typedef struct RheoResultRows RheoResultRows;

/* series: the leading ones with the axes "row" are numbers, later ones texts; those with the axes "row <other>" are lists of
 * numbers; others are none of its business. Borrowed. */
RheoResultRows *rheo_result_rows_new (const RheoSeries *series);
void rheo_result_rows_free (RheoResultRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoResultRows, rheo_result_rows_free)

/* Begins a row. Its numbers, for filling: one for each leading series, NaN so far. record is borrowed. */
double *rheo_result_rows_add (RheoResultRows *rows, const RheoRecord *record, const char *part);
/* Of the newest row. english: words (rheo_table_set_words); where none are set they are "". */
void rheo_result_rows_set_text (RheoResultRows *rows, const char *key, const char *english);
void rheo_result_rows_append (RheoResultRows *rows, const char *key, int n, const double *v);
/* Columns "run", "iteration", part_key ("part", where a figure is to tell parts apart) and those of the series; part_label: in
 * English, marked with N_(). Lists that are shorter than others end with NaN. */
void rheo_result_rows_write (const RheoResultRows *rows, const char *part_key, const char *part_label, RheoTable *out);
/* Copies of all columns of a table after those of the rows: curves that were made beside them. */
void rheo_result_add_all (RheoTable *out, const RheoTable *table);

gboolean rheo_result_is_one_run (const RheoRecord *records, int n_records);
/* What tells a network apart from the others: "149" where all are of one run, "good", "good, 149". Yours. */
char *rheo_result_dup_name (const RheoRecord *records, int n_records, int i);
