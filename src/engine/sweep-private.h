/* Thread: any. */
/* What files of sweeps share. */
#pragma once

#include <stdatomic.h>

#include "sweep.h"

void rheo_sweep_point_clear (RheoSweepPoint *point);
void rheo_sweep_axis_free (RheoSweepAxis *axis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweepAxis, rheo_sweep_axis_free)

/* An axis as JSON describes it. base: an experiment in which its keys are looked up. where: "axes[0]", for messages. */
RheoSweepAxis *rheo_sweep_axis_read (JsonNode *node, const RheoExperiment *base, const char *where, GError **error);
/* The axis of `seeds`: a list, or how many from the seed of the experiment on. */
RheoSweepAxis *rheo_sweep_seeds_read (JsonNode *node, const RheoExperiment *base, GError **error);
/* The axis that has this column; -1: none. *column: which of its columns. */
int rheo_sweep_find_axis (const RheoSweep *sweep, const char *key, int *column);
/* The axis of `continue`: a folder, or a list of run files. folder: where they are looked for first, or NULL. paths: yours. */
RheoSweepAxis *rheo_sweep_runs_read (JsonNode *node, const char *folder, char ***paths, GError **error);
/* "where": conditions between varied values; node NULL: none. */
typedef struct RheoSweepWhere RheoSweepWhere;
RheoSweepWhere *rheo_sweep_where_read (const RheoSweep *sweep, JsonNode *node, GError **error);
void rheo_sweep_where_free (RheoSweepWhere *where);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweepWhere, rheo_sweep_where_free)
/* Whether the conditions hold that can be told once `axis` and those before it have a value. point: [axis], numbers of them. */
gboolean rheo_sweep_where_holds (const RheoSweepWhere *where, const RheoSweep *sweep, int axis, const int *point);
/* The settings of a run without those that its other values switch off, as far as a condition names them: only one of their
 * values is left there then. Yours (g_strfreev). */
char **rheo_sweep_where_dup_used (const RheoSweepWhere *where, const RheoExperiment *base, char **settings);
/* Numbers of the points of all axes, the last one fastest, that are runs; count > 0: only so many, drawn by the seed, in the
 * order in which they were drawn, each with all seeds of its own. Yours. */
gint64 *rheo_sweep_rows_find (const RheoSweep *sweep, const RheoSweepWhere *where, int count, int seed, int *n,
                              GError **error);
/* "draw": keys for which each run has a number of its own. */
typedef struct
{
  char *key;
  double lo, hi;
  gboolean whole;
} RheoSweepDraw;
/* draws: array of RheoSweepDraw, to which they are added. */
gboolean rheo_sweep_draws_read (JsonNode *node, const RheoSweep *sweep, const RheoExperiment *base, GArray *draws,
                                GError **error);
void rheo_sweep_draw_clear (gpointer draw);
/* KEY=VALUE of draw number i for the point of a run. Yours. */
char *rheo_sweep_draw_dup (const RheoSweepDraw *draw, int i, int seed, gint64 cell);
/* A member that is a whole number; missing: *value stays. */
gboolean rheo_sweep_read_whole (JsonObject *object, const char *key, const char *where, gint64 min, gint64 max,
                                gint64 *value, GError **error);
/* "marks": points that have a name. marks: array of RheoSweepMark, to which they are added. */
gboolean rheo_sweep_marks_read (const RheoSweep *sweep, JsonNode *node, GArray *marks, GError **error);
void rheo_sweep_mark_clear (gpointer mark);
/* Refuses keys that are not in the NULL-ended list. */
gboolean rheo_sweep_check_keys (JsonObject *object, const char *const *known, const char *where, GError **error);
/* A value as rheo_experiment_set reads it; NULL for what is no value. Yours. */
char *rheo_sweep_dup_value_text (JsonNode *node);

struct RheoSweep
{
  atomic_int n_refs;
  char *origin, *folder; /* folder NULL: none yet */
  char *title;
  RheoExperiment *experiment;
  char **shared;                       /* KEY=VALUE ... of "set", or NULL */
  char **starts;                       /* run files that are continued, one per value of axis 0; or NULL */
  GPtrArray *bases;                    /* RheoExperiment of each of them */
  JsonNode *set, *axes, *seeds, *mark; /* as they were written; or NULL */
  JsonNode *conditions, *drawn;        /* "where" and "draw"; the same */
  GPtrArray *axis;                     /* RheoSweepAxis; that of the seeds comes last */
  GArray *marks, *draws;               /* RheoSweepMark, RheoSweepDraw */
  RheoSweepWhere *where;
  int choose, seed; /* points that are drawn; 0: all. Of all that is drawn */
  RheoSweepOrder order;
  int n_rows;
  int *points, n_points; /* [n_rows]: all seeds of a point have its number */
  gint64 *cells;         /* [n_rows]: their points, the last axis fastest */
  char **names;          /* [n_rows] */
  GHashTable *index;     /* name -> row + 1 */
};
