/* Thread: any. */
/* What param.c and param-json.c share. */
#pragma once

#include "param.h"

#define FIELD(at, row, T) (*(T *) ((char *) (at) + (row)->offset))
#define COUNT(at, row) (*(int *) ((char *) (at) + (row)->count_offset))
#define ELEMENT(at, row, i) ((char *) (at) + (row)->offset + (size_t) (i) * (row)->stride)

/* "model" and "tau-mem": "model.tau-mem". prefix may be NULL or empty. */
char *rheo_param_join (const char *prefix, const char *key);
const RheoParam *rheo_param_row (const RheoParam *rows, const char *key); /* NULL: no such key */
void rheo_param_get_limits (const RheoParam *row, double *lo, double *hi);
gboolean rheo_param_fail_unknown (const RheoParam *rows, const char *key, const char *object, GError **error);
/* Range, not NaN, whole where the row is INT. */
gboolean rheo_param_check_number (const RheoParam *row, double v, const char *path, GError **error);
/* A LIST or REALS may have n elements. */
gboolean rheo_param_check_count (const RheoParam *row, int n, const char *path, GError **error);
/* Reads numbers between blanks and commas. How many there are (values holds at most n_max), -1: one is no number. */
int rheo_param_split_reals (const char *text, double *values, int n_max);
