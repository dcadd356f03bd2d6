/* Thread: any; belongs to whoever made it. */
/* Metrics of a run from its first iteration to its newest, in memory that does not grow with their number: from
 * RHEO_LIVE_ROWS on, the smallest and the largest value of equal stretches stand for them, in the order in which they
 * came. The newest iteration is always there as it was. */
#pragma once

#include "engine/table.h"

#define RHEO_LIVE_ROWS 16384 /* so many iterations are kept as they were: four for a pixel of the widest screen */

typedef struct RheoLiveMetrics RheoLiveMetrics;

RheoLiveMetrics *rheo_live_metrics_new (void);
void rheo_live_metrics_free (RheoLiveMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoLiveMetrics, rheo_live_metrics_free)

/* numbers: one number per column, as rheo_trainer_dup_last_metrics gives them. Iterations ascend. */
void rheo_live_metrics_add (RheoLiveMetrics *metrics, int64_t iteration, const RheoTable *numbers);
/* All iterations of a stored run (rheo_run_dup_metrics). */
void rheo_live_metrics_add_stored (RheoLiveMetrics *metrics, const RheoTable *stored);
/* Those of earlier from before the first iteration that is there: where a run goes on. */
void rheo_live_metrics_put_before (RheoLiveMetrics *metrics, const RheoLiveMetrics *earlier);

int rheo_live_metrics_get_n (const RheoLiveMetrics *metrics);
const char *rheo_live_metrics_get_name (const RheoLiveMetrics *metrics, int i);
/* Columns by name beside "iteration"; NaN where there is no value; with RHEO_NOTE_EXTREMES where rows stand for more.
 * NULL: nothing yet. Borrowed until something is added. */
RheoTable *rheo_live_metrics_get_table (RheoLiveMetrics *metrics);
