/* Thread: any; a writer belongs to the engine, a reader to its owner. HDF5 calls go through one lock of the process. */
/* Run files (docs/run-file.md). While a run goes on RUN.h5 is never open: RUN.h5.parts/ beside it holds a lock, the
 * experiment, metrics, logs and journal as fixed records with check sums, and every epoch, checkpoint and analysis as a
 * small finished file renamed into place by a writer thread. Parts are folded into RUN.h5 on close, or when a writer
 * next opens the run. Readers see RUN.h5 overlaid with its parts: one call, running, killed or finished. */
#pragma once

#include "experiment.h"
#include "table.h"

/* Where a run stands: an iteration is what the budget counts, a batch is what can be saved after. */
typedef struct
{
  int64_t iteration; /* finished */
  int64_t batch;     /* batches done since the start of the run */
} RheoPlace;

/* One metric or log column as the store keeps it. */
typedef struct
{
  const char *name, *label, *unit;
  double lo, hi;
  unsigned flags; /* RheoSeriesFlags */
} RheoStoreColumn;

/* --- writing ----------------------------------------------------------------------------------------------- */
typedef struct RheoStore RheoStore;

/* What computes a run. */
typedef struct
{
  const char *name;   /* as RheoDevice.name */
  const char *reason; /* why it is not a card, in a sentence in English, to be translated; or NULL */
} RheoStoreDevice;

/* A new run. Refuses to overwrite a file that exists, and a path that another process holds. parent: run id, and the
 * iteration it was branched at, or NULL. The experiment is written with everything `auto` resolved. device: copied; NULL:
 * not known. */
RheoStore *rheo_store_create (const char *path, const RheoExperiment *experiment, const char *parent,
                              int64_t parent_iteration, const RheoStoreDevice *device, GError **error);
/* Continues a run at a checkpoint: folds what a killed writer left, drops records newer than `at`. */
RheoStore *rheo_store_resume (const char *path, RheoPlace at, const RheoExperiment *experiment,
                              const RheoStoreDevice *device, GError **error);
/* Waits for the writer, folds, writes the stop reason ("budget", "solved", "diverged", "user"; NULL: none, the run counts
 * as interrupted), releases the lock and frees the store, also when it fails; then the parts are still there. */
gboolean rheo_store_close (RheoStore *store, const char *stop_reason, GError **error);
/* Ends it and removes all that it wrote, the file with it. Only for what rheo_store_create made. */
void rheo_store_discard (RheoStore *store);
const char *rheo_store_get_path (const RheoStore *store);
const char *rheo_store_get_run_id (const RheoStore *store);

/* Columns of the metrics (log NULL) or of a log ("batch", "episode"); once, before the first record. On a resume the
 * names must be those of the run. */
gboolean rheo_store_declare (RheoStore *store, const char *log, const RheoStoreColumn *columns, int n, GError **error);
/* One record: values in the order of the columns; NaN where there is none. seconds: wall time of the run so far. */
gboolean rheo_store_append (RheoStore *store, const char *log, RheoPlace place, double seconds, const double *values,
                            GError **error);
gboolean rheo_store_journal (RheoStore *store, RheoPlace place, const char *key, const char *old_value,
                             const char *new_value, GError **error);
/* Queued for the writer thread (two at most wait; a third call waits for room), which reports its first failure at the
 * next call. The table is referenced, never changed. Marked checkpoints and the newest two are kept. */
gboolean rheo_store_put_epoch (RheoStore *store, int64_t iteration, RheoTable *table, GError **error);
gboolean rheo_store_put_checkpoint (RheoStore *store, RheoPlace place, RheoTable *table, gboolean marked,
                                    GError **error);
gboolean rheo_store_put_analysis (RheoStore *store, const char *id, int64_t iteration, const char *config_json,
                                  RheoTable *table, GError **error);
/* Number of the newest result of an analysis, as given by put_analysis; 0: none yet. */
int64_t rheo_store_get_last_analysis (RheoStore *store, const char *id);
/* Waits until everything queued is on disk. */
gboolean rheo_store_sync (RheoStore *store, GError **error);

/* --- reading ----------------------------------------------------------------------------------------------- */
typedef struct RheoRun RheoRun;

RheoRun *rheo_run_open (const char *path, GError **error);
void rheo_run_free (RheoRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoRun, rheo_run_free)
/* Keeps the run file open from the next reading until the run is freed, for whoever reads it many times. A file that takes
 * its place meanwhile is noticed. */
void rheo_run_hold (RheoRun *run);
/* For tests: how often the run file has been opened for readings since it is held. */
int rheo_run_get_n_opened (const RheoRun *run);

typedef enum
{
  RHEO_RUN_FINISHED,
  RHEO_RUN_RUNNING,     /* a living process holds the lock */
  RHEO_RUN_INTERRUPTED, /* no stop reason, nobody writes */
} RheoRunState;

RheoRunState rheo_run_get_state (const RheoRun *run);
/* Whether a living process writes the run now. Reads nothing but its lock, so that it may be asked often. */
gboolean rheo_run_is_written (const char *path);
const char *rheo_run_get_path (const RheoRun *run);
const char *rheo_run_get_id (const RheoRun *run);
const char *rheo_run_get_parent (const RheoRun *run, int64_t *iteration); /* NULL: not a branch */
const char *rheo_run_get_stop_reason (const RheoRun *run);                /* NULL: not finished */
const char *rheo_run_get_created (const RheoRun *run);                    /* ISO 8601 */
/* What computed it last, as rheo_store_create was told. name NULL: not known. */
RheoStoreDevice rheo_run_get_device (const RheoRun *run);
double rheo_run_get_seconds (const RheoRun *run);
RheoPlace rheo_run_get_place (const RheoRun *run); /* of the newest metric record */
const RheoExperiment *rheo_run_get_experiment (const RheoRun *run);
/* All metrics (log NULL) or a log as a table: columns "iteration", "batch", "seconds", then the declared ones. */
RheoTable *rheo_run_dup_metrics (RheoRun *run, const char *log, GError **error);
/* The fixed columns of the metrics, and those of `keys` (NULL-ended) that there are; others may come along. */
RheoTable *rheo_run_read_metrics (RheoRun *run, const char *const *keys, GError **error);
RheoTable *rheo_run_dup_journal (RheoRun *run, GError **error);
const int64_t *rheo_run_get_epochs (const RheoRun *run, int *n);        /* iterations with a snapshot, ascending */
const RheoPlace *rheo_run_get_checkpoints (const RheoRun *run, int *n); /* ascending */
/* keys NULL: all columns; else only these (NULL-ended); "?key": where it is there. */
RheoTable *rheo_run_read_epoch (RheoRun *run, int64_t iteration, const char *const *keys, GError **error);
RheoTable *rheo_run_read_checkpoint (RheoRun *run, RheoPlace place, GError **error);
char **rheo_run_dup_analyses (const RheoRun *run); /* "id/n" each; yours (g_strfreev) */
/* The config that made it is the note "config" of the table, the iteration of the network the note "iteration". */
RheoTable *rheo_run_read_analysis (RheoRun *run, const char *name, GError **error);
/* Adds an analysis (or an evaluation) to a run that no writer holds. */
gboolean rheo_run_add_analysis (const char *path, const char *id, int64_t iteration, const char *config_json,
                                RheoTable *table, GError **error);
/* Takes a result ("id/n") out of a run that no writer holds. FALSE: it is not there, or the run cannot be written. */
gboolean rheo_run_remove_analysis (const char *path, const char *name, GError **error);

/* A table as the datasets of a new HDF5 file, title and notes as attributes of its root; written beside and renamed into place.
 * A run is never overwritten. */
gboolean rheo_store_write_table (const RheoTable *table, const char *path, GError **error);

/* --- damaged and newer files --------------------------------------------------------------------------------- */
/* What can be read of a run file that ends early, has bad places in it, or comes from a newer Rheobase that says that this
 * one can read it. */
typedef struct
{
  int64_t size, whole;    /* bytes that are there, and that were written; whole 0: not known */
  int64_t n_iterations;   /* with metrics */
  int budget;             /* iterations of the experiment */
  char unit[32];          /* of an iteration: "epoch" */
  int64_t checkpoint;     /* iteration of the newest whole one; -1: none */
  int n_whole, n_damaged; /* snapshots, checkpoints and analyses that can and cannot be read */
} RheoSalvage;
/* Copies what is whole into the new file `to` (NULL: only looks), which then is a run that can be opened, and gone on with
 * where a checkpoint is left. The file itself is not changed. FALSE: nothing can be saved, or `to` exists or cannot be
 * written. */
gboolean rheo_run_salvage (const char *path, const char *to, RheoSalvage *found, GError **error);
