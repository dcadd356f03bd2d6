/* Thread: any. */
/* What a table of confusions comes to. count: [n][n], of a class (row) and what its trials are taken for (column). */
#pragma once

#include <glib.h>

/* A class that trials of another are taken for. */
typedef struct
{
  int of, as;
  double n, share; /* trials; and their share of all that are of the class, 0 to 1 */
} RheoConfusion;

/* [n] each, over classes. recall (also called the accuracy of a class): share of its trials that are right, NaN where it has
 * none. precision: share of the trials taken for it that are of it, NaN where none is taken for it. */
void rheo_confusions_judge (const double *count, int n, double *trials, double *recall, double *precision);
/* Pairs of different classes that were confused, the largest count first; of equal counts the larger share, then the order of
 * the classes. Yours (g_array_unref). */
GArray *rheo_confusions_find (const double *count, int n);
