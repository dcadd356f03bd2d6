/* Thread: any. */
/* The connections of a projection as a record holds them: of dense and masked weights, of single ones for each unit, and of
 * lists of synapses. */
#pragma once

#include "result-rows.h"

/* Weights that are not zero. A list of synapses may have free places: of weight zero, or beyond "<projection>.count". */
typedef struct
{
  int64_t n, n_pre, n_post; /* synapses, sources, targets */
  int32_t *pre, *post;      /* [n] */
  double *weight;           /* [n] */
} RheoConnections;

/* Of "<projection>.weight" and what stands beside it. Yours. NULL with an error that names the column that is not as it must
 * be, or is missing. */
RheoConnections *rheo_connections_new (const RheoTable *record, const char *projection, GError **error);
/* The same with the synapses of a list that weigh nothing at the moment: all its places, where it has no free ones. */
RheoConnections *rheo_connections_new_silent (const RheoTable *record, const char *projection, GError **error);
void rheo_connections_free (RheoConnections *connections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoConnections, rheo_connections_free)
/* How many synapses each target has, in [n_post], and each source, out [n_pre]. */
void rheo_connections_count (const RheoConnections *connections, double *in, double *out);

/* Where a projection comes from and goes to: a population, "input" or "teacher"; NULL: the record does not say. Borrowed. */
const char *rheo_connections_from (const RheoTable *record, const char *projection);
const char *rheo_connections_to (const RheoTable *record, const char *projection);
/* Names of the projections that an analysis is about: the one of this name; of "" all that lead from a population to the same,
 * and where there are none all. NULL-ended, yours (g_strfreev). NULL with an error that lists the names. */
char **rheo_connections_dup_parts (const RheoTable *record, const char *only, GError **error);
/* Those that fit one of some names with *, separated by spaces; of "" all but those to the output. As above. */
char **rheo_connections_dup_named (const RheoTable *record, const char *names, GError **error);

/* A result with rows for the projections of all records, in order. */
typedef struct
{
  const void *config;
  const char *projection; /* see rheo_connections_dup_parts */
  const RheoSeries *series;
  /* Adds the rows of one projection, part. */
  void (*visit) (RheoResultRows *rows, const void *config, const RheoRecord *record, const char *part,
                 const RheoConnections *synapses);
  const RheoRecord *records;
  int n_records;
} RheoConnectionsReport;

/* The rest is what RheoAnalysis.run gets. FALSE with an error: there is no such projection, its columns are not as they must
 * be, or cancelled. */
gboolean rheo_connections_report (const RheoConnectionsReport *report, RheoTable *out,
                                  void (*progress) (void *data, double fraction), void *progress_data,
                                  const atomic_bool *cancelled, GError **error);
