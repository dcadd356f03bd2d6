/* Thread: any; a reader belongs to one thread. */
/* Series of a stored run by name: what plots, analyses and exports read.
 *   train.loss, valid.accuracy      a metric, one number per iteration, in the table of all metrics
 *   batch/train.loss                a log with several records per iteration
 *   hidden.spikes, out.value ...    a recording or weights, from the snapshot of an iteration (else its checkpoint)
 *   rec.change                      weights at an iteration minus those of the first snapshot
 *   ee.matrix, ee.matrix-change     weights that are a list of synapses as a matrix [source][target], and their change
 *   spike-stats/fano                a column of the newest result of an analysis; spike-stats/2/fano: of the second
 * Where a metric and a recording have one name (hidden.rate), an iteration asks for the recording. */
#pragma once

#include "store.h"

typedef struct RheoSeriesReader RheoSeriesReader;

/* The run is borrowed. Metrics and the last snapshots that were read are kept. */
RheoSeriesReader *rheo_series_reader_new (RheoRun *run);
void rheo_series_reader_free (RheoSeriesReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSeriesReader, rheo_series_reader_free)

/* All series of the run: one row each in the text columns "series", "label", "unit", "axes". NULL with an error. */
RheoTable *rheo_series_list (RheoSeriesReader *reader, GError **error);
/* The table that holds a series, and the key of its column there (valid as long as the table). at: an iteration with a
 * snapshot or a checkpoint, -1 the newest; of no account for what is not a snapshot. Yours. NULL with an error that names
 * what the run has. */
RheoTable *rheo_series_read (RheoSeriesReader *reader, const char *name, int64_t at, const char **key, GError **error);
/* "first" (after the first iteration, where there is such a snapshot), "middle", "last", or a number: the iteration of a
 * snapshot. Words give the nearest one that there is; a number must be there. */
gboolean rheo_series_find_iteration (RheoSeriesReader *reader, const char *word, int64_t *at, GError **error);
/* A note of the newest snapshot ("unit": what an iteration is called, "dt": length of a step in ms), or NULL. Borrowed. */
const char *rheo_series_get_note (RheoSeriesReader *reader, const char *key);
/* What an iteration is called, for people, or NULL. Borrowed. */
const char *rheo_series_get_unit (RheoSeriesReader *reader);
/* Iterations that the run was to have, or had when it was over. */
int rheo_series_get_budget (RheoSeriesReader *reader);

/* --- a metric ------------------------------------------------------------------------------------------------- */
/* -1: the lower the better, 1: the higher, 0: neither. */
int rheo_series_get_direction (const RheoColumn *column);
/* Row with the best value, or -1. */
int64_t rheo_series_find_best (const RheoColumn *column);
/* Validation is not done at each iteration: the last value that there is. NaN: none. */
double rheo_series_find_last (const RheoColumn *column);
