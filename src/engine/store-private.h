/* Thread: any, unless a function says more; HDF5 calls go through one lock of the process. */
/* What the files of the store share: HDF5 in few verbs (store-h5*.c, which alone include hdf5.h), the parts beside
 * a run file (store-parts.c), and the index of a run with the fold (store-read.c, store-fold.c). */
#pragma once

#include <sys/stat.h>

#include "store.h"

#define RHEO_STORE_FORMAT 1
#define RHEO_N_FIXED 3       /* columns of every record: iteration, batch, seconds */
#define RHEO_N_CHECKPOINTS 2 /* newest ones that are kept, beside the marked ones */

/* --- HDF5 -------------------------------------------------------------------------------------------------- */
typedef int64_t RheoH5Id; /* hid_t; below 0: none */

void rheo_h5_close (RheoH5Id id);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (RheoH5Id, rheo_h5_close, -1)

/* A new file at `path`, an old one is overwritten. Disk space for `bytes` is reserved first, because HDF5 1.10 crashes
 * when the disk fills up under it: it must be an upper bound of what will be written. -1: failed. */
RheoH5Id rheo_h5_create (const char *path, int64_t bytes, GError **error);
/* For a file that grows: reserves the bytes from .. to - 1 too, before they are written. */
gboolean rheo_h5_reserve (const char *path, int64_t from, int64_t to, GError **error);
/* Closes *file, cuts off what was reserved too much, syncs, renames it from `path` to `final` and syncs the folder. On
 * failure the file at `path` is removed. */
gboolean rheo_h5_finish (RheoH5Id *file, const char *path, const char *final, GError **error);
/* Closes and removes a file that will not be finished. */
void rheo_h5_discard (RheoH5Id *file, const char *path);
/* Opens for reading. Every way a file can be wrong has its own sentence. */
RheoH5Id rheo_h5_open (const char *path, GError **error);
/* The same for a file that may end early: what is missing reads as zeros. What has a check sum cannot be read then; of
 * what has none, rheo_h5_ends_before says whether it is there. */
RheoH5Id rheo_h5_open_torn (const char *path, GError **error);
/* A file that stays open between readings (store-h5-hold.c). Thread: the one of its run. */
typedef struct RheoHold RheoHold;
RheoHold *rheo_hold_new (void);
void rheo_hold_free (RheoHold *hold);
/* The file, to be closed as if it had just been opened. It is opened anew where another one has taken its place. */
RheoH5Id rheo_hold_open (RheoHold *hold, const char *path, GError **error);
int rheo_hold_get_n_opened (const RheoHold *hold);
/* The same file, and nothing was written to it in between. */
gboolean rheo_is_same_file (const struct stat *a, const struct stat *b);
/* Bytes that the file had when it was written; 0: it does not say. */
int64_t rheo_h5_get_whole_size (const char *path);
/* All plain datasets of the group lie before this place in the file. */
gboolean rheo_h5_ends_before (RheoH5Id group, int64_t bytes);

/* Path of names separated by "/", from the root; only hard links are followed. -1: not there, or not a group. */
RheoH5Id rheo_h5_open_group (RheoH5Id file, const char *path);
/* The same, made where it is missing. */
RheoH5Id rheo_h5_make_group (RheoH5Id file, const char *path);
/* Names of the objects in a group in the order they were made; yours (g_strfreev). */
char **rheo_h5_list (RheoH5Id group);
/* Whether a group holds an object of this name. */
gboolean rheo_h5_has (RheoH5Id group, const char *name);
/* Copies the object at `path` with everything in it. The groups above it are there already. */
gboolean rheo_h5_copy (RheoH5Id from, RheoH5Id to, const char *path);

/* Attributes of a group, or of the dataset `dataset` in it. What is not there or of another type reads as NULL, or
 * FALSE. */
gboolean rheo_h5_set_text (RheoH5Id object, const char *key, const char *value);
gboolean rheo_h5_set_int (RheoH5Id object, const char *key, int64_t value);
gboolean rheo_h5_set_real (RheoH5Id object, const char *key, const double *values, int n); /* n 0: one */
gboolean rheo_h5_set_bool (RheoH5Id object, const char *key, gboolean value);
char *rheo_h5_dup_text (RheoH5Id object, const char *key);
gboolean rheo_h5_get_int (RheoH5Id object, const char *key, int64_t *value);
gboolean rheo_h5_get_real (RheoH5Id object, const char *key, double *values, int n);
gboolean rheo_h5_get_bool (RheoH5Id object, const char *key);
char **rheo_h5_list_attributes (RheoH5Id object);

/* A long text as a dataset of its own; write gives the dataset for more attributes. */
RheoH5Id rheo_h5_write_text (RheoH5Id group, const char *name, const char *text, const char *description);
char *rheo_h5_read_text (RheoH5Id group, const char *name);

/* A table as the datasets of a group, title and notes as its attributes. plain: neither chunked nor compressed.
 * Reading checks every size and type before it allocates; keys NULL: all columns, else these in their order, "?key"
 * where it is there. Messages name `path`, the file, and `where`, the group. */
gboolean rheo_h5_write_table (RheoH5Id group, const RheoTable *table, gboolean plain);
RheoTable *rheo_h5_read_table (RheoH5Id group, const char *const *keys, const char *path, const char *where,
                               GError **error);
/* Upper bound of the bytes that a table takes in a file. */
int64_t rheo_h5_bound_table (const RheoTable *table);
/* "%s could not be written: ..." with what HDF5 or the system said. */
gboolean rheo_h5_fail (const char *path, GError **error);

/* --- arrays of files from elsewhere (store-arrays.c) ------------------------------------------------------- */
/* Those of the named arrays (NULL-ended) that there are become columns of doubles; the note "names" lists all of them. FALSE:
 * damaged, or no numbers. */
gboolean rheo_h5_read_arrays (const char *path, const char *const *names, RheoTable *table, GError **error);
/* The same of an NPZ file in memory. */
gboolean rheo_npz_read (const char *path, const char *data, gsize size, const char *const *names, RheoTable *table,
                        GError **error);

/* --- packed chunks of numbers (store-pack.c) --------------------------------------------------------------- */
/* What HDF5's shuffle, deflate and Fletcher-32 filters make of a chunk, without HDF5 and its lock: on several threads,
 * and with a faster inflate. */
#define RHEO_DEFLATE_LEVEL 1 /* as small as level 4 of zlib, in a quarter of its time */

typedef struct
{
  size_t bytes, element; /* of a whole chunk, of a number */
  gboolean shuffled, summed;
} RheoPacking;

typedef struct
{
  uint8_t *packed;
  size_t size;
  gboolean as_is;  /* not shuffled, and ... */
  gboolean stored; /* ... not deflated: little would be saved, and reading takes its time */
  uint8_t *data;   /* numbers */
  size_t n;        /* of them; fewer than a whole chunk at the edge of a set */
} RheoChunk;

int rheo_pack_threads (void); /* how many chunks are worked on at a time */
/* From packed to data. FALSE: one of them is damaged. */
gboolean rheo_unpack (const RheoPacking *how, RheoChunk *chunks, int n);
/* From data to packed, which is made (g_free, also when it fails). */
gboolean rheo_pack (const RheoPacking *how, RheoChunk *chunks, int n);

/* --- parts beside a run file ------------------------------------------------------------------------------- */
/* Kinds of files in RUN.h5.parts/, by name. */
typedef enum
{
  RHEO_PART_OTHER, /* not ours */
  RHEO_PART_TEMP,  /* "tmp-..." */
  RHEO_PART_LOCK,
  RHEO_PART_EXPERIMENT, /* "experiment.json" */
  RHEO_PART_RUN,        /* "run.json": written last when a writer begins, removed first when the parts are folded */
  RHEO_PART_STOP,       /* "stop.json" */
  RHEO_PART_METRICS,    /* "metrics" */
  RHEO_PART_LOG,        /* "log-NAME" */
  RHEO_PART_JOURNAL,    /* "journal" */
  RHEO_PART_EPOCH,      /* "epoch-N.h5" */
  RHEO_PART_CHECKPOINT, /* "checkpoint-ITERATION-BATCH.h5", "checkpoint-ITERATION-BATCH-marked.h5" */
  RHEO_PART_ANALYSIS,   /* "analysis-ID-N.h5" */
} RheoPartKind;

typedef struct
{
  RheoPartKind kind;
  int64_t iteration, batch; /* EPOCH and CHECKPOINT */
  gboolean marked;
  int64_t n;  /* ANALYSIS */
  char *name; /* LOG, ANALYSIS: its id; g_free */
} RheoPartName;

RheoPartName rheo_part_parse (const char *file);
gboolean rheo_part_number (const char *text, int64_t *number); /* digits only, without leading zeros */
gboolean rheo_part_valid_name (const char *name);              /* of a log or an analysis */

gboolean rheo_part_check_id (const char *id, GError **error);            /* of an analysis */
gboolean rheo_part_check_key (const char *key, GError **error);          /* of a column: no "/" */
gboolean rheo_part_check_table (const RheoTable *table, GError **error); /* all its columns */

/* Locks the parts of a run for writing: makes the folder and the lock file where they are missing, removes left-over
 * temporary files. Returns a file descriptor, or -1 with a sentence: another process holds it, no permission ... */
int rheo_parts_lock (const char *path, const char *parts, GError **error);
/* Removes what folded, or never begun, parts hold; "run.json" first, so that at no moment half of them are seen. */
void rheo_parts_clear (const char *parts);
/* Removes lock and folder (empty by now) and gives the lock back. */
void rheo_parts_unlock (const char *parts, int lock);
gboolean rheo_parts_is_locked (const char *parts);

/* A small file that is there whole or not at all. */
gboolean rheo_parts_write_text (const char *parts, const char *name, const char *text, GError **error);
gboolean rheo_sync_folder (const char *folder);
gboolean rheo_fail_system (const char *path, int code, gboolean writing, GError **error);

/* --- records of metrics, logs and the journal (store-log.c) ------------------------------------------------ */
/* Append-only files of frames: length, check sum (CRC-32C of length and payload), payload; little-endian. The first
 * payload is a JSON text that describes the columns. */
int rheo_log_create (const char *path, const char *head, GError **error);
/* All or nothing: a frame that did not fit is cut off again. */
gboolean rheo_log_append (int fd, const char *path, const void *payload, size_t size, GError **error);
char *rheo_log_dup_head (const RheoStoreColumn *columns, int n); /* of a metrics file or log */
#define RHEO_JOURNAL_HEAD "{\"format\": 1}"

/* A part as a table. Reading stops at the first frame that is torn or whose check sum is wrong; when that is the head,
 * *table is NULL: a writer was killed before it had written anything. axis: what a row is. */
gboolean rheo_log_read (const char *path, const char *axis, RheoTable **table, GError **error);
RheoTable *rheo_journal_read (const char *path, GError **error);
/* Tables of these shapes without rows. */
RheoTable *rheo_log_new_table (const char *axis);
RheoTable *rheo_journal_new_table (void);
/* The first n rows of a and all of b (NULL: none). They must have the same columns, else the result is NULL. */
RheoTable *rheo_log_join (const RheoTable *a, int64_t n, const RheoTable *b);

/* --- a run as it stands: the file overlaid with its parts (store-index.c) ---------------------------------- */
typedef struct
{
  RheoPlace place; /* an epoch has an iteration only, an analysis too */
  gboolean marked;
  char *name; /* path in the file: "epochs/12" */
  char *part; /* file in the folder of parts, or NULL: it lies in the run file */
} RheoItem;

typedef struct
{
  char *path, *parts;
  gboolean has_file;
  gboolean has_parts; /* and they are not folded yet */
  gboolean less;      /* something of the file was taken out of the index */
  gboolean torn;      /* the file may end early, or be newer than this program; what can be read counts */
  char *run;          /* text of run.json at the moment of reading */
  struct stat file;   /* and the facts of the file at that moment; zero: there was none */
  char *run_id, *parent, *created, *host, *app_version, *stop_reason, *experiment; /* experiment: JSON */
  char *device, *device_reason;                                                    /* RheoStoreDevice */
  char *session;                                                                   /* of the writer of the parts */
  int64_t parent_iteration, seed;
  double seconds;
  RheoPlace base;                          /* with parts: what is newer in the file does not count */
  RheoPlace place;                         /* of the newest metric record */
  GArray *epochs, *checkpoints, *analyses; /* RheoItem, ascending */
  GPtrArray *logs;                         /* names, sorted */
  RheoHold *hold;                          /* of the file; NULL: it is opened for each reading */
} RheoIndex;

RheoIndex *rheo_index_new (const char *path, GError **error);
RheoIndex *rheo_index_new_torn (const char *path, GError **error); /* of a file that may end early */
/* The run file itself. */
RheoH5Id rheo_index_open_file (const RheoIndex *index, GError **error);
void rheo_index_free (RheoIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoIndex, rheo_index_free)
/* FALSE when the parts were folded, or a writer began, since the index was made: what it says may be gone. */
gboolean rheo_index_is_current (const RheoIndex *index);
/* FALSE when another file has taken the place of the run file since: a fold puts it there before it removes the parts. */
gboolean rheo_index_has_its_file (const RheoIndex *index);
/* log NULL: the metrics. keys NULL: all columns; else those of them that there are, and at least these where the run has
 * parts. */
RheoTable *rheo_index_read_log (const RheoIndex *index, const char *log, const char *const *keys, GError **error);
RheoTable *rheo_index_read_journal (const RheoIndex *index, GError **error);
const RheoItem *rheo_index_find (const RheoIndex *index, const char *name); /* NULL: not there */
RheoTable *rheo_index_read_item (const RheoIndex *index, const RheoItem *item, const char *const *keys, GError **error);
char **rheo_index_dup_columns (const RheoIndex *index, const char *log); /* of the file; NULL: has none */
gboolean rheo_index_fail_missing (const RheoIndex *index, const GArray *items, const char *name, GError **error);
/* Adds an analysis whose part has just been written. */
void rheo_index_add_analysis (RheoIndex *index, const char *id, int64_t n, const char *part);
/* Highest number of an analysis there is. */
/* FALSE: there is none of this name ("id/n"). */
gboolean rheo_index_remove_analysis (RheoIndex *index, const char *name);
int64_t rheo_index_last_analysis (const RheoIndex *index, const char *id);

/* Copies file and parts into a new file and puts it in place; then the parts are removed, all but the lock, which the
 * caller holds. Doing it twice changes nothing, and a kill at any moment loses nothing (store-fold.c). */
gboolean rheo_index_fold (const RheoIndex *index, GError **error);
/* For whoever writes a run into a new file: bytes that it takes at most; facts and experiment; metrics (where "metrics"), a
 * log ("logs/NAME") or the journal as a group, where there are records. */
int64_t rheo_index_bound (const RheoIndex *index);
gboolean rheo_index_write_head (const RheoIndex *index, RheoH5Id file);
gboolean rheo_index_write_records (const RheoIndex *index, RheoH5Id file, const char *where, GError **error);

/* Writes a part and renames it into place: `group` of the file holds the table and these attributes. */
typedef struct
{
  const char *parts, *part; /* folder, name of the file */
  const char *group;        /* "epochs/12" */
  const RheoTable *table;
  gboolean plain;
  int64_t iteration, batch; /* -1: none */
  int marked;               /* -1: does not apply */
  const char *config;       /* of an analysis, or NULL */
} RheoPart;
gboolean rheo_part_write (const RheoPart *part, GError **error);
gboolean rheo_part_fill (RheoH5Id file, const RheoPart *part); /* the same into an open file; parts, part: not used */
