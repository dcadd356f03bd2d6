/* Thread: any. */
/* Noise-free trials of a task run through a vector field: states for starts, trajectories and principal directions. */
#pragma once

#include "axes.h"
#include "field.h"
#include "task.h"

typedef struct
{
  int n_trials, n_steps, n_in, n_out, n_conditions;
  int *length; /* [trial] */
  double *input, *target, *state,
      *output;       /* [trial][step][...]; state before the step's input acts; beyond a trial 0 */
  double *condition; /* [trial][condition] */
} RheoFieldTrials;

/* The first n_trials of the validation set, or fewer where it has fewer. NULL with an error. */
RheoFieldTrials *rheo_field_trials_new (const RheoExperiment *experiment, const RheoField *field, int n_trials,
                                        GError **error);
/* n_trials of a batch, as far from each other as can be: tasks repeat conditions side by side. */
RheoFieldTrials *rheo_field_trials_new_spread (const RheoExperiment *experiment, const RheoField *field, int n_trials,
                                               GError **error);
/* The same, not run: states and outputs are not there. */
RheoFieldTrials *rheo_field_trials_new_unrun (const RheoExperiment *experiment, int n_trials, GError **error);
/* Inputs that the trials have, [n][n_in], yours: zero first, then those that last longest; at most `most`. */
double *rheo_field_trials_dup_inputs (const RheoFieldTrials *trials, int most, int *n);
void rheo_field_trials_free (RheoFieldTrials *trials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoFieldTrials, rheo_field_trials_free)

/* States of all trials one behind the other, [n][field->n], yours; n: how many. */
double *rheo_field_trials_dup_states (const RheoFieldTrials *trials, const RheoField *field, int *n);
/* path [n_paths][n_steps][axes->n]: so many trials, as far from each other as there are, along axes; NaN beyond the end of a
 * trial. n_paths at most n_trials. */
void rheo_field_trials_project (const RheoFieldTrials *trials, const RheoAxes *axes, int n_paths, double *path);
