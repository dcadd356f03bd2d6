/* Thread: any. */
/* What a run that ended badly has left: told beside what can be done about it. */
#pragma once

#include "engine/store.h"

typedef struct
{
  int64_t checkpoint; /* iteration of the newest one; -1: none */
  double growth;      /* of the gradient since `since`; 0: not known, or it did not grow */
  int64_t since;      /* iteration */
} RheoRunEnd;

/* Reads the file: not in the main thread. path NULL or unreadable: nothing is left. */
RheoRunEnd rheo_run_end_read (const char *path);
/* Growth and its beginning from the norms of iterations: from the newest checkpoint on, or from the smallest norm before it
 * where the growth had begun by then. */
void rheo_run_end_find_growth (RheoRunEnd *end, const int64_t *iterations, const double *norms, int64_t n);
/* Whether an end is worth a notice of the desktop: focused says that the program has the focus, duration is that of the
 * run in microseconds. */
gboolean rheo_run_end_is_news (gboolean focused, gint64 duration);
