/* Thread: any. */
/* What sweep.c and sweep-axis.c share. */
#pragma once

#include "sweep.h"

void rheo_sweep_point_clear (RheoSweepPoint *point);
void rheo_sweep_axis_free (RheoSweepAxis *axis);

/* An axis as JSON describes it. base: an experiment in which its keys are looked up. where: "axes[0]", for messages. */
RheoSweepAxis *rheo_sweep_axis_read (JsonNode *node, const RheoExperiment *base, const char *where, GError **error);
/* The axis of `seeds`: a list, or how many from the seed of the experiment on. */
RheoSweepAxis *rheo_sweep_seeds_read (JsonNode *node, const RheoExperiment *base, GError **error);
/* "marks": points that have a name. marks: array of RheoSweepMark, to which they are added. */
gboolean rheo_sweep_marks_read (const RheoSweep *sweep, JsonNode *node, GArray *marks, GError **error);
void rheo_sweep_mark_clear (gpointer mark);
/* Refuses keys that are not in the NULL-ended list. */
gboolean rheo_sweep_check_keys (JsonObject *object, const char *const *known, const char *where, GError **error);
/* A value as rheo_experiment_set reads it; NULL for what is no value. Yours. */
char *rheo_sweep_dup_value_text (JsonNode *node);
