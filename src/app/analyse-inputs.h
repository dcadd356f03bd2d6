/* Thread: main; trials are made by a task. */
/* A choice of the input that a network sees all the time: those of its task, and whatever else is set. */
#pragma once

#include <adwaita.h>

#include "engine/experiment.h"

#define RHEO_TYPE_ANALYSE_INPUTS (rheo_analyse_inputs_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseInputs, rheo_analyse_inputs, RHEO, ANALYSE_INPUTS, AdwBin)

/* Signal "chosen" (s numbers): by the user; "" is zero. */
GtkWidget *rheo_analyse_inputs_new (void);
/* Those of the task of an experiment; NULL: none. Looked at during the call. */
void rheo_analyse_inputs_set_experiment (RheoAnalyseInputs *inputs, const RheoExperiment *experiment);
/* What is in force, as numbers with blanks between; NULL: the analysis has no input of its own, and nothing can be chosen. */
void rheo_analyse_inputs_set (RheoAnalyseInputs *inputs, const char *numbers);
