/* Thread: main; files are read and analyses computed by tasks. */
/* One run that is being analysed: what its file holds, results kept there, and analyses that are computed. */
#pragma once

#include <gio/gio.h>

#include "app/session.h"
#include "engine/analysis.h"

/* A result in the file. */
typedef struct
{
  char *name;        /* "fixed-points/2" */
  char *id;          /* of the analysis */
  int n;             /* 2 */
  int64_t iteration; /* of the network; -1: not known */
  char *config;      /* JSON of the values that made it, or NULL */
} RheoStudyResult;

#define RHEO_TYPE_STUDY (rheo_study_get_type ())
G_DECLARE_FINAL_TYPE (RheoStudy, rheo_study, RHEO, STUDY, GObject)

/* Signals:
 * "opened" (void)   what the file holds has been read, for the first time or again
 * session: borrowed; may be the one that writes the run. */
RheoStudy *rheo_study_new (RheoSession *session);
/* Another run; NULL: none. What is computed for the one before goes on, and is kept in its file. */
void rheo_study_open (RheoStudy *study, const char *path);
/* Reads it again. */
void rheo_study_reload (RheoStudy *study);
const char *rheo_study_get_path (RheoStudy *study);
const char *rheo_study_get_name (RheoStudy *study);  /* of the file, without ending; NULL: nothing is open */
const char *rheo_study_get_error (RheoStudy *study); /* one sentence: why it cannot be read; or NULL */
/* The engine writes it now. */
gboolean rheo_study_is_live (RheoStudy *study);
const RheoExperiment *rheo_study_get_experiment (RheoStudy *study); /* NULL before "opened" */
const char *rheo_study_get_unit (RheoStudy *study);                 /* "epoch" */
const double *rheo_study_get_snapshots (RheoStudy *study, int *n);  /* iterations, ascending */
const double *rheo_study_get_checkpoints (RheoStudy *study, int *n);
const GPtrArray *rheo_study_get_results (RheoStudy *study); /* RheoStudyResult, oldest first */
const RheoStudyResult *rheo_study_find (RheoStudy *study, const char *name);
/* Whether it can be analysed so at an iteration (-1: the newest); FALSE with a sentence. */
gboolean rheo_study_allows (RheoStudy *study, const RheoAnalysis *analysis, int64_t at, GError **error);

/* What came of an analysis. */
typedef struct
{
  RheoTable *table;
  int64_t iteration;
  char *path;   /* of the run */
  char *name;   /* in the file, or NULL: not there, or not yet */
  char *config; /* JSON of the values, while the engine is to put it into the file; else NULL */
  char *loss;   /* why it is not kept in the file, one sentence; or NULL */
} RheoStudyAnswer;
void rheo_study_answer_free (RheoStudyAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoStudyAnswer, rheo_study_answer_free)

enum /* how an analysis is computed */
{
  RHEO_STUDY_KEEP = 1 << 0,     /* the result goes into the file */
  RHEO_STUDY_GIVE_WAY = 1 << 1, /* behind everything else that the program does, training included */
};

/* Runs an analysis on the open run. config: of its rows, copied. at: iteration; -1: the newest, of a run that goes on as it
 * is now: the engine saves it between two batches. previous: as in RheoAnalysis.run, or NULL. how: RHEO_STUDY_*. progress is
 * called in the main thread. Cancelled: G_IO_ERROR_CANCELLED, at once. */
typedef void (*RheoStudyProgress) (double fraction, gpointer data);
void rheo_study_compute_async (RheoStudy *study, const RheoAnalysis *analysis, const void *config, int64_t at,
                               RheoTable *previous, unsigned how, GCancellable *cancellable, RheoStudyProgress progress,
                               GAsyncReadyCallback done, gpointer data);
RheoStudyAnswer *rheo_study_compute_finish (RheoStudy *study, GAsyncResult *result, GError **error);
/* Values of an analysis as JSON, as they are kept with a result; yours. */
char *rheo_study_dup_config (const RheoAnalysis *analysis, const void *config);

/* A result of the file. */
void rheo_study_load_async (RheoStudy *study, const char *name, GCancellable *cancellable, GAsyncReadyCallback done,
                            gpointer data);
RheoTable *rheo_study_load_finish (RheoStudy *study, GAsyncResult *result, GError **error);
