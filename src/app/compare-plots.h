/* Thread: any; specs belong to one thread. */
/* Plots of several runs over each other, in which each run, or the runs that differ only in the seed, has one colour. */
#pragma once

#include "app/view-panels.h"

/* What tells groups of runs apart: the words that their names share, without those that all have ("robot-lif-seed0",
 * "robot-fast-seed0": "lif", "fast"); a whole name where too little would be left. group: which group each of the n names
 * belongs to. One for each group, NULL-ended, yours. */
char **rheo_compare_dup_names (const char *const *names, const int *group, int n, int n_groups);

/* Specs of panels that can show several runs, losses first; of a panel over training with several curves each has a plot of
 * its own, and training is left out where there is validation. Styles are those of rheo_compare_group. metrics: of the
 * first run. Yours (g_ptr_array_unref). */
GPtrArray *rheo_compare_dup_plots (const GPtrArray *panels, const RheoPlotSource *sources,
                                   RheoExperiment *const *experiments, int n, const RheoTable *metrics);

/* Curves over training, which can stand over time too. */
gboolean rheo_compare_is_over_training (const RheoPlotSpec *spec);
/* A copy; by_time: over the time that the run took, not over its iterations. Yours. */
RheoPlotSpec *rheo_compare_dup_aligned (const RheoPlotSpec *spec, gboolean by_time);
/* Iteration of the best number in the curve with this label; NaN: there is none. */
double rheo_compare_find_best (const RheoPlotSpec *spec, const char *label);
