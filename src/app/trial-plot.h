/* Thread: any; a spec belongs to one thread. */
/* The picture of one trial that Set up and the editor of scripts show. */
#pragma once

#include "plot/plot.h"

/* signals: columns "input" [time in] and, where they are there, "target" [time out] and "weight" [time]. label: a few words
 * about the trial, or NULL. Names are separated by semicolons; dt_ms 0: the trial has no physical time. Where
 * the input is 0 all the time and there is nothing to aim at, words say so. */
RheoPlotSpec *rheo_trial_plot_new (RheoTable *signals, const char *label, const char *inputs, const char *targets,
                                   double dt_ms);
/* Says why there is no trial. line: one sentence; NULL: nothing. */
RheoPlotSpec *rheo_trial_plot_new_empty (const char *line);
