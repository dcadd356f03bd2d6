/* Thread: any. */
/* Files that were opened, saved or run lately, with a few words about each. */
#pragma once

#include "app/library.h"

typedef struct
{
  char *path, *name; /* name: of the file */
  char *note;        /* "run · 12 of 20 epochs · today", "Spiking, gradient · yesterday" */
  char *details;     /* for the tooltip, some lines */
} RheoRecent;
void rheo_recent_free (RheoRecent *recent);

/* Reads files (RheoRecent, in the order of paths; what is no longer there is left out). For a task. */
GPtrArray *rheo_recent_read (const char *const *paths, int most, GCancellable *cancellable);
/* facts: as of rheo_run_facts_load. Yours. */
char *rheo_recent_dup_run_note (const RheoRunFacts *facts, GDateTime *now);
