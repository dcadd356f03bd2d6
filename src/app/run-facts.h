/* Thread: any. */
/* Reads what the library shows of a run. */
#pragma once

#include "app/library.h"
#include "engine/store.h"

/* What an iteration of the run is called, in the language of the user: "epoch", and "iteration" where no snapshot says it.
 * Yours. */
char *rheo_run_dup_unit (RheoRun *run);

/* What was read of a run file as one value, which is also what the cache keeps: of type RHEO_FACTS_TYPE. Yours, not
 * floating. Never NULL: what cannot be read is said by its state and error. */
#define RHEO_FACTS_TYPE "(sssssixisdssbadixsx)"
GVariant *rheo_run_facts_read (const char *path);

/* The facts that a value holds; they borrow their texts and numbers from it, and from path and name of the caller. tags,
 * size, path and name are left as they are. */
void rheo_run_facts_load (RheoRunFacts *facts, GVariant *value);
