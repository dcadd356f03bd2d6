/* Thread: any. */
#pragma once

#include "engine/experiment.h"

/* What kind of experiment it is, by what its components give and need: "Spiking, gradient". */
const char *rheo_experiment_get_family (const RheoExperiment *experiment);
/* Its title, or what that is called for short, where room is little. In the user's language, borrowed. */
const char *rheo_component_get_short_title (const RheoComponent *component);
