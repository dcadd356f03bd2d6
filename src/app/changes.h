/* Thread: any; changes are a value with one owner. */
/* Which values of an experiment differ from those of another one that it came from. Values of a component that the other
 * does not have are compared with the component's defaults. */
#pragma once

#include "engine/experiment.h"

typedef struct RheoChanges RheoChanges;

/* The experiment is borrowed, and must not change before the changes are freed. */
RheoChanges *rheo_changes_new (const RheoExperiment *experiment, const RheoExperiment *reference);
void rheo_changes_free (RheoChanges *changes);

/* path: of a value, of a list (its length differs), or "rule.id". */
gboolean rheo_changes_contain (const RheoChanges *changes, const char *path);
/* How many at path and below it; NULL: in all. */
int rheo_changes_count (const RheoChanges *changes, const char *path);
char **rheo_changes_dup_paths (const RheoChanges *changes); /* sorted; yours (g_strfreev) */
/* What the value at path is compared with; NULL: there is no such path. Yours. */
char *rheo_changes_dup_reference_text (const RheoChanges *changes, const char *path);

/* Slot of "rule.id"; -1: path is not that of a component. */
int rheo_slot_of_id (const char *path);
