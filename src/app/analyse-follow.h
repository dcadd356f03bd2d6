/* Thread: main. */
/* An analysis that is repeated while its run goes on: on snapshots, by a worker that stands behind the training, each time
 * beginning with what was found last. Results of earlier times are kept. */
#pragma once

#include "app/session.h"
#include "app/study.h"

typedef struct
{
  int64_t iteration;
  RheoTable *table;
  char *name; /* in the file, or NULL: not there */
} RheoFollowed;

#define RHEO_TYPE_ANALYSE_FOLLOW (rheo_analyse_follow_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseFollow, rheo_analyse_follow, RHEO, ANALYSE_FOLLOW, GObject)

/* Signals: "added" (x iteration): there is a result of this iteration; "ended" (void): nothing more comes, by itself.
 * session and study: borrowed, outlive it. */
RheoAnalyseFollow *rheo_analyse_follow_new (RheoSession *session, RheoStudy *study);
/* Begins with the live run that the study has open. dup_config: values of the analysis each time, yours to give away (g_free).
 * What another run or analysis left is forgotten. */
typedef void *(*RheoFollowConfig) (gpointer data);
void rheo_analyse_follow_start (RheoAnalyseFollow *follow, const RheoAnalysis *analysis, RheoFollowConfig dup_config,
                                gpointer data);
/* Nothing more is computed; what there is stays. */
void rheo_analyse_follow_stop (RheoAnalyseFollow *follow);
/* And is forgotten. */
void rheo_analyse_follow_clear (RheoAnalyseFollow *follow);
gboolean rheo_analyse_follow_is_on (RheoAnalyseFollow *follow);
/* Iterations from one snapshot to the next at least; more where the analysis takes longer. 0: as many as lie between two
 * checkpoints of the run. */
void rheo_analyse_follow_set_every (RheoAnalyseFollow *follow, int every);
int rheo_analyse_follow_get_every (RheoAnalyseFollow *follow);            /* never 0 while it is on */
const GPtrArray *rheo_analyse_follow_get_all (RheoAnalyseFollow *follow); /* RheoFollowed, by iteration */
const RheoFollowed *rheo_analyse_follow_find (RheoAnalyseFollow *follow, int64_t iteration);
/* One sentence: what went wrong last; NULL: nothing. */
const char *rheo_analyse_follow_get_error (RheoAnalyseFollow *follow);
