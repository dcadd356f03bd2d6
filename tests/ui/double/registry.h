/* The components of the program, and two more that do not go with them. */
RHEO_COMPONENT (task, robot_trajectory)
RHEO_COMPONENT (model, lif)
RHEO_COMPONENT (rule, bptt)
RHEO_COMPONENT (task, balance)
RHEO_COMPONENT (rule, rewarded)
