/* Thread: any. */
/* What two or more runs differ in, and how they score on the same trials. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"
#include "engine/table.h"

/* One setting of all runs. */
typedef struct
{
  char *key, *label; /* label with unit */
  char **values;     /* one for each run; "not used" where it has none */
  gboolean differs;
} RheoDifference;

/* All settings, in the order of the experiment; yours (g_ptr_array_unref). */
GPtrArray *rheo_compare_dup_settings (RheoExperiment *const *experiments, int n);
/* Runs that are alike but for the seed belong together: group[i] is the number of the group of run i, in the order in
 * which they come. Where only the seed differs each run stands for itself. How many groups there are. */
int rheo_compare_group (RheoExperiment *const *experiments, int n, int *group);
/* The same experiments with n_seeds further seeds each, seed by seed, for the queue: seeds that none of the runs has.
 * names: of the n runs. new_names: what the new ones are called like, "robot-seed7" after "robot-seed1", NULL-ended, yours.
 * RheoExperiment; yours (g_ptr_array_unref). */
GPtrArray *rheo_compare_dup_more (RheoExperiment *const *experiments, const char *const *names, int n, int n_seeds,
                                  char ***new_names);
/* One or two sentences: where the difference can come from, and how many seeds stand behind it. Yours. */
char *rheo_compare_dup_conclusion (RheoExperiment *const *experiments, int n);
/* Why scores cannot be put beside each other, one sentence; NULL: they can. Yours. */
char *rheo_compare_dup_obstacle (RheoExperiment *const *experiments, int n);

/* Scores of the newest checkpoint of each run on the trials that the first run keeps for tests: tables as of
 * rheo_evaluation_dup_table, in the order of the runs. *done goes from 0 to 1000, for progress. NULL: cancelled, or an
 * error. For a worker thread. */
GPtrArray *rheo_compare_score (const char *const *paths, int n_trials, int *done, GCancellable *cancellable,
                               GError **error);
