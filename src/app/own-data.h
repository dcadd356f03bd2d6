/* Thread: any. */
/* A file with data of the user's own: which of its arrays are inputs and which targets, and an experiment that learns them. */
#pragma once

#include "engine/experiment.h"

typedef struct
{
  char *path, *input, *target;         /* names of arrays */
  char *mask, *trial, *lengths, *ends; /* the same, as in task-table; NULL where there is none */
  int n_in, n_out, n_steps, n_trials;
  gboolean trials_first; /* axes are trial, step, channel, and not channel, step, trial */
  gboolean in_a_row;     /* axes are step, channel: one trial after another */
} RheoOwnData;
void rheo_own_data_free (RheoOwnData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoOwnData, rheo_own_data_free)

/* Whether files with this ending hold numbers and nothing else that this program opens: CSV, TSV, NPY, NPZ. */
gboolean rheo_own_data_is_file (const char *path);
/* Reads the file and finds the roles of its arrays by their names, else by their order. NULL: it cannot be read, or has
 * fewer than two arrays. */
RheoOwnData *rheo_own_data_read (const char *path, GError **error);
/* Learns the data with model and rule of `base`, or with a rate network; base may be NULL. Yours. */
RheoExperiment *rheo_own_data_new_experiment (const RheoOwnData *data, const RheoExperiment *base, GError **error);
