/* Thread: any. */
/* What two or more runs differ in, and how they score on the same trials. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"
#include "engine/table.h"

/* One setting that is not the same in all runs. */
typedef struct
{
  char *key, *label; /* label with unit */
  char **values;     /* one for each run; "not used" where it has none */
} RheoDifference;

/* In the order of the experiment; yours (g_ptr_array_unref). */
GPtrArray *rheo_compare_dup_differences (RheoExperiment *const *experiments, int n);
/* One or two sentences: where the difference can come from, and how many seeds stand behind it. Yours. */
char *rheo_compare_dup_conclusion (RheoExperiment *const *experiments, int n);
/* Why scores cannot be put beside each other, one sentence; NULL: they can. Yours. */
char *rheo_compare_dup_obstacle (RheoExperiment *const *experiments, int n);

/* Scores of the newest checkpoint of each run on the trials that the first run keeps for tests: tables as of
 * rheo_evaluation_dup_table, in the order of the runs. *done goes from 0 to 1000, for progress. NULL: cancelled, or an
 * error. For a worker thread. */
GPtrArray *rheo_compare_score (const char *const *paths, int n_trials, int *done, GCancellable *cancellable,
                               GError **error);
