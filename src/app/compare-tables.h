/* Thread: main. */
/* The tables of Compare: what runs are set to, and how they score. */
#pragma once

#include <gtk/gtk.h>

#include "engine/experiment.h"
#include "engine/table.h"

/* Runs beside each other, in columns: a run each, or all runs that differ only in the seed. */
typedef struct
{
  int n, n_groups;
  RheoExperiment *const *experiments; /* n */
  const int *group;                   /* n: column of each run */
  const char *const *names;           /* n_groups */
  const char *const *tips;            /* n_groups: names of the runs in it */
} RheoCompareColumns;

/* A grid for either table. */
GtkWidget *rheo_compare_table_new (void);
void rheo_compare_table_clear (GtkWidget *table);
/* only: what differs, without seeds that stand in one column. How many differ and are equal. */
void rheo_compare_show_settings (GtkWidget *table, const RheoCompareColumns *columns, gboolean only, int *n_differ,
                                 int *n_equal);
/* scores: of rheo_compare_score. best, seconds: iteration of the best validation and time of an iteration of each run; NaN:
 * not known. unit: "epoch". Where a column has several seeds, numbers are means over them and intervals go over the seeds,
 * else over the trials. */
void rheo_compare_show_results (GtkWidget *table, const RheoCompareColumns *columns, const GPtrArray *scores,
                                const double *best, const double *seconds, const char *unit);
/* Fewest runs in a column. */
int rheo_compare_count_seeds (const RheoCompareColumns *columns);
