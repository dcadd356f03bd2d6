/* Thread: any; one at a time for a script. */
/* A Lua script of the user's that makes trials. It runs in a process of its own (src/script) with limits on instructions,
 * memory and time: whatever it does, it is stopped after a while, and this program goes on. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "script-protocol.h"

typedef struct RheoScript RheoScript;

/* What went wrong last. */
typedef struct
{
  RheoScriptStatus status;
  int line;    /* from 1; 0: not known */
  char *words; /* of Lua, without file and line; "" where the status says all */
} RheoScriptFault;

/* Not loaded yet. name: of the file, for messages. time_limit: seconds for loading, for each trial and for each score. */
RheoScript *rheo_script_new (const char *name, const char *text, gsize size, double time_limit);
void rheo_script_free (RheoScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoScript, rheo_script_free)

/* Asked many times a second while the script works; what it works at then fails with RHEO_ERROR_CANCELLED. */
void rheo_script_set_cancel (RheoScript *script, bool (*is_cancelled) (void *data), void *data);

/* Runs the script and its function shape. FALSE with a sentence that names file and line. */
gboolean rheo_script_load (RheoScript *script, GError **error);
/* Valid once it is loaded. */
const RheoScriptShape *rheo_script_get_shape (const RheoScript *script);
/* Of a trial: [step][in] of the input, [step][out] of the target, [step] of the mask, and the conditions, where NaN is one
 * that the trial does not have. */
gsize rheo_script_count_numbers (const RheoScript *script);
/* Runs the function trial; numbers as counted, borrowed until the next call. NULL: as rheo_script_load, which is called where
 * it was not. After a failure the next call begins with a new process. */
const double *rheo_script_make_trial (RheoScript *script, int index, RheoRng rng, GError **error);

/* Makes the trial again, which is the same again, and runs the function score on it and on output, [step][out] as the shape
 * has it. For scripts that are loaded and have this function. Errors as above. */
gboolean rheo_script_score (RheoScript *script, int index, RheoRng rng, const double *output, double *score,
                            GError **error);

/* Borrowed until the next call; RHEO_SCRIPT_GOOD where nothing went wrong. */
const RheoScriptFault *rheo_script_get_fault (const RheoScript *script);
