/* Thread: any; a chain belongs to one thread at a time. */
/* A run and those that it was branched from, back to the first: its training as a whole. A parent is known by its run id, and
 * looked for in the folder of its child. */
#pragma once

#include "store.h"

typedef struct RheoChain RheoChain;

/* The run is borrowed. A parent that is not there, or cannot be read, is where the chain begins. */
RheoChain *rheo_chain_new (RheoRun *run);
void rheo_chain_free (RheoChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoChain, rheo_chain_free)

/* Run files, oldest first; the last is that of the run itself. */
int rheo_chain_get_n (const RheoChain *chain);
const char *rheo_chain_get_name (const RheoChain *chain, int file); /* without ending */
const RheoExperiment *rheo_chain_get_experiment (const RheoChain *chain, int file);
/* FALSE: the oldest one has a parent, too, which is not there. */
gboolean rheo_chain_is_whole (const RheoChain *chain);

#define RHEO_CHAIN_FILE "file"
/* All metrics (log NULL) or a log, one file after the other, of each what its child went on from: the columns that the run has,
 * NaN (whole numbers: 0) where an older file lacks them, and RHEO_CHAIN_FILE, the number of the file from 0 (I32). NULL with
 * an error: the run itself has no such log, or a file cannot be read. */
RheoTable *rheo_chain_dup_log (RheoChain *chain, const char *log, GError **error);
