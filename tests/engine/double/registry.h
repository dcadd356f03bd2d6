/* Components of test-experiment.c, in the place of the real ones. */
RHEO_COMPONENT (task, reach)
RHEO_COMPONENT (task, pole)
RHEO_COMPONENT (model, lif)
RHEO_COMPONENT (rule, bptt)
RHEO_COMPONENT (rule, stdp)
