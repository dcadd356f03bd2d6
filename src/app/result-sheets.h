/* Thread: any. */
/* The numbers of a result of an analysis as facts and as tables for people. */
#pragma once

#include "engine/analysis.h"

/* One column of a sheet: some numbers of a column of the table. */
typedef struct
{
  const RheoColumn *column; /* borrowed; NULL: the number of the row, from 1 */
  int64_t first, stride;    /* number of row i: first + i * stride */
  char *title;              /* with its unit */
  const char *const *words; /* of values 0, 1 ...; or NULL */
  const RheoColumn *upper;  /* the column has the lower ends of intervals, and this their upper ones; or NULL */
  gboolean aside;           /* not shown: the upper ends, which stand with the lower ones */
} RheoResultField;

/* What has one axis in common. */
typedef struct
{
  char *axis;  /* "point" */
  char *title; /* "Points" */
  int64_t n_rows;
  GPtrArray *fields; /* RheoResultField */
} RheoResultSheet;

/* RheoResultSheet, the one with most columns first. analysis: what made the table, or NULL. Yours; table must outlive it. */
GPtrArray *rheo_result_dup_sheets (const RheoTable *table, const RheoAnalysis *analysis);
double rheo_result_field_get (const RheoResultField *field, int64_t row); /* NaN: none, or a text */
/* As people read it; yours. */
char *rheo_result_field_dup_text (const RheoResultField *field, int64_t row);
/* For other programs: all digits, numbers in the C locale; yours. */
char *rheo_result_field_dup_plain (const RheoResultField *field, int64_t row);
/* Single numbers: label and value in turn, NULL-ended; yours (g_strfreev). */
char **rheo_result_dup_facts (const RheoTable *table, const RheoAnalysis *analysis);
