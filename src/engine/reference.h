/* Thread: any. */
/* The configuration files of the program of Haşegan et al. 2022 (Front. Comput. Neurosci. 16:1017284), JSON with the sections
 * ES, STDP_ES, env, moves, pop_to_moves, critic, simtype, sim, cell, net, STDP-RL and noise: read as experiments, and
 * experiments written as such files. One table (reference-keys.c) says which of their keys is which of ours. The object that
 * was read stays with the experiment, so that keys without effect are as they were when it is written again. What only we
 * have (iterations to record, threads ...) stands in a section "rheobase", which that program does not look at. */
#pragma once

#include "experiment.h"

/* How that program trains with one and the same file. */
typedef enum
{
  RHEO_REFERENCE_AS_WRITTEN, /* what the section "rheobase" says, else STDP_RL */
  RHEO_REFERENCE_STDP_RL,
  RHEO_REFERENCE_EVOLUTION,      /* section ES */
  RHEO_REFERENCE_EVOLUTION_STDP, /* section STDP_ES */
} RheoReferenceKind;
extern const char *const rheo_reference_kinds[]; /* "as-written", "stdp-rl" ...; NULL-ended */

/* TRUE: it has the sections of such a file and is no experiment. */
gboolean rheo_reference_is (JsonObject *object);
/* NULL: a key is not known, has a wrong type or a value that cannot be had; the message names it. */
RheoExperiment *rheo_reference_import (JsonObject *object, RheoReferenceKind kind, GError **error);
/* FALSE: it is no such file, or cannot be read. */
gboolean rheo_reference_is_file (const char *path);
/* What an experiment is; AS_WRITTEN: another network, which such a file cannot hold. */
RheoReferenceKind rheo_reference_get_kind (const RheoExperiment *experiment);
/* Text of such a file; yours. NULL: it is another network, or has a value that such a file has no place for. */
char *rheo_reference_dup_json (const RheoExperiment *experiment, GError **error);
/* Its configuration read for another kind of training, whose values are those of its own section. */
RheoExperiment *rheo_reference_dup_as (const RheoExperiment *experiment, RheoReferenceKind kind, GError **error);
gboolean rheo_reference_save (const RheoExperiment *experiment, const char *path, GError **error);
