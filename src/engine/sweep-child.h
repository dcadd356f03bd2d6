/* Thread: any. */
/* A run of a sweep as a process: `rheobase-cli train`. */
#pragma once

#include <sys/types.h>

#include "error.h"

/* rheobase-cli of this build or installation; yours. */
char *rheo_sweep_dup_program (void);
/* Starts words (NULL-ended) with stderr into the file log, `nice` behind other programs. *life can be read from (its end)
 * when the process has ended; close it. */
gboolean rheo_sweep_spawn (const char *const *words, const char *log, int nice, pid_t *pid, int *life, GError **error);
/* Why it ended, from its log and what waitpid gave. Yours. */
char *rheo_sweep_dup_last_words (const char *log, int status);
