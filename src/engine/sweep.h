/* Thread: any; a sweep is a value with one owner, and does not change once it was read. */
/* Many runs of one experiment (docs/sweeps.md). A sweep is a folder: sweep.json says what is varied, experiment.json what
 * all runs share, and each row has a run file of its own, named by its values. What is on disk is the state
 * (sweep-state.h): there is nothing else that a crash could lose. */
#pragma once

#include "experiment.h"

#define RHEO_SWEEP_FORMAT 1
#define RHEO_SWEEP_MAX_ROWS 100000
#define RHEO_SWEEP_FILE "sweep.json"

/* In what order rows are started. */
typedef enum
{
  RHEO_ORDER_POINTS, /* all seeds of a point together */
  RHEO_ORDER_SEEDS,  /* all points with the first seed, then with the next */
  RHEO_ORDER_RANDOM, /* mixed, the same each time */
} RheoSweepOrder;
extern const char *const rheo_sweep_orders[]; /* "points", "seeds", "random"; NULL-ended */

/* One value of an axis. */
typedef struct
{
  char *text;    /* "5", "diagonal", "1, 0.5" */
  char **values; /* one for each column of the axis: "5" */
  char **set;    /* what it does: KEY=VALUE, NULL-ended */
  double number; /* NaN: it has a name, or is no number */
} RheoSweepPoint;

typedef struct
{
  char **columns; /* names in tables, NULL-ended: key paths, or the name of conditions */
  char **keys;    /* all that are varied, those of named values too; NULL-ended */
  char *word;     /* short, for names of rows: "tau-star" */
  char *label;    /* for people, in English where it is that of a row (label.h): "Target time constant" */
  char *unit;     /* the same; "" */
  char *symbol;   /* shorter than the label: "τ*"; or the word */
  gboolean log;   /* values are powers: a plot has a logarithmic axis */
  gboolean seeds; /* repetitions: results are reduced over them */
  int n;
  RheoSweepPoint *points;
} RheoSweepAxis;

/* Points that have a name of their own, for figures. */
typedef struct
{
  char *name;
  int *point; /* [axis]: number of the value; -1: any */
} RheoSweepMark;

typedef struct RheoSweep RheoSweep;

/* path: a sweep's folder, a file that describes one, or the name of a ready-made one. Every message names the file and the key. */
RheoSweep *rheo_sweep_load (const char *path, GError **error);
/* folder: where files that the text names are looked for; NULL: where the program runs. */
RheoSweep *rheo_sweep_parse (const char *json, const char *origin, const char *folder, GError **error);
RheoSweep *rheo_sweep_ref (RheoSweep *sweep);
void rheo_sweep_unref (RheoSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweep, rheo_sweep_unref)

/* Every row is an experiment that can run: keys, ranges, combinations. The message names the first row that is not. */
gboolean rheo_sweep_check (const RheoSweep *sweep, GError **error);

char **rheo_sweep_names (void); /* ready-made ones, sorted; yours (g_strfreev) */
const char *rheo_sweep_get_title (const RheoSweep *sweep);
/* The same in the language of the user, where it is that of a ready-made one. */
const char *rheo_sweep_get_shown_title (const RheoSweep *sweep);
const RheoExperiment *rheo_sweep_get_experiment (const RheoSweep *sweep); /* what all rows share */
RheoSweepOrder rheo_sweep_get_order (const RheoSweep *sweep);
int rheo_sweep_get_n_axes (const RheoSweep *sweep);
const RheoSweepAxis *rheo_sweep_get_axis (const RheoSweep *sweep, int axis);
/* TRUE: conditions leave one value of an earlier axis with each of its values, so that it tells nothing of its own. */
gboolean rheo_sweep_is_tied (const RheoSweep *sweep, int axis);
const RheoSweepMark *rheo_sweep_get_marks (const RheoSweep *sweep, int *n);

/* Rows count from 0: points of which all conditions hold, the last axis, the seeds, fastest; where some are drawn they come in the
 * order in which they were. */
int rheo_sweep_get_n_rows (const RheoSweep *sweep);
int rheo_sweep_get_point (const RheoSweep *sweep, int row, int axis); /* number of the value */
/* The point of a row among those of all axes but seeds that there are, and how many those are. */
int rheo_sweep_get_combination (const RheoSweep *sweep, int row);
int rheo_sweep_get_n_points (const RheoSweep *sweep);
const char *rheo_sweep_get_name (const RheoSweep *sweep, int row);  /* of its run file, without ending */
int rheo_sweep_find_row (const RheoSweep *sweep, const char *name); /* -1: none */
char *rheo_sweep_dup_row_title (const RheoSweep *sweep, int row);   /* "R 150 · τ* 5 · seed 2"; yours */
char *rheo_sweep_dup_rows_title (const RheoSweep *sweep, const int *rows, int n); /* of what they share; yours */
char **rheo_sweep_dup_settings (const RheoSweep *sweep, int row); /* KEY=VALUE ...; yours (g_strfreev) */
RheoExperiment *rheo_sweep_dup_experiment (const RheoSweep *sweep, int row, GError **error);
/* The run that a row goes on from; NULL: it begins anew. */
const char *rheo_sweep_get_start (const RheoSweep *sweep, int row);
char **rheo_sweep_dup_drawn (const RheoSweep *sweep); /* keys for which each row draws a value; yours (g_strfreev) */
/* All rows in the order in which they are started; yours (g_free). */
int *rheo_sweep_dup_sequence (const RheoSweep *sweep);
/* TRUE when two describe the same runs. */
gboolean rheo_sweep_equal (const RheoSweep *a, const RheoSweep *b);

/* Makes the folder of a sweep: sweep.json and experiment.json. One that is there already must hold the same sweep. */
gboolean rheo_sweep_create (RheoSweep *sweep, const char *folder, GError **error);
/* The folder that holds the runs; NULL: it was read from text, or from a file that is not sweep.json. */
const char *rheo_sweep_get_folder (const RheoSweep *sweep);
/* TRUE when a folder holds a sweep. */
gboolean rheo_sweep_is_folder (const char *path);
