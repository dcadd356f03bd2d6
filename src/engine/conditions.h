/* Thread: any. */
/* Groups of trials that have the same conditions, for averages. */
#pragma once

#include "table.h"
#include "task.h"

/* What is recorded of each trial of an open task, until it is closed: ended by a row without a key; never NULL. */
const RheoSeries *rheo_conditions_get (const RheoTask *task, const void *data);
int rheo_conditions_count (const RheoSeries *conditions);

/* condition [n_trials][conditions]; by: names of those that count, with blanks between. None: those with at most 8
 * values, the fewest first, as long as they make no more than 32 groups, else the first one. More than 8 values are cut into 8 ranges with
 * equally many trials. Sets group [n_trials], and adds the columns "group" (names) and "group-size" to out. Gives the number
 * of groups, at most 64; -1 with an error. */
int rheo_conditions_add_groups (const RheoSeries *conditions, int n_trials, const double *condition, const char *by,
                                RheoTable *out, int *group, GError **error);
