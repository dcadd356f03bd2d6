/* Thread: any. */
#pragma once

#include "engine/experiment.h"

/* What kind of experiment it is, by what its components give and need: "Spiking, gradient". */
const char *rheo_experiment_get_family (const RheoExperiment *experiment);
