/* Thread: any. */
/* What a run that plays came to as a whole: the best rolling medians and means of the lengths of its episodes, and mean rates. */
#pragma once

#include "table.h"

/* A column with one number each, "play.max-median-21" ..., "play.mean-rate.EM". metrics: those of the run. NULL: it plays no
 * episodes. */
RheoTable *rheo_sweep_played (const RheoTable *metrics);
/* TRUE: a metric is one of these, which have no course; and one that says how long episodes were at best. */
gboolean rheo_sweep_is_played (const char *metric);
gboolean rheo_sweep_is_best (const char *metric);
