/* Thread: any; results belong to one thread at a time, tables to everybody. Files are read. */
/* What came out of a sweep: metrics of its runs as tables, by row, or reduced over seeds in cells of one or two axes. What
 * was read of a finished run is kept. */
#pragma once

#include "sweep-state.h"

/* One number of a run. */
typedef enum
{
  RHEO_MEASURE_LAST,
  RHEO_MEASURE_BEST,
  RHEO_MEASURE_MEAN,    /* of the last n */
  RHEO_MEASURE_REACHED, /* first iteration at or below the threshold (above, where higher is better); infinity: never */
  RHEO_N_MEASURES,
} RheoMeasure;

typedef enum
{
  RHEO_OVER_SEEDS_MEAN,
  RHEO_OVER_SEEDS_MEDIAN,
  RHEO_OVER_SEEDS_BEST,
  RHEO_OVER_SEEDS_SPREAD, /* standard deviation; NaN for one run */
  RHEO_N_OVER_SEEDS,
} RheoReduction;

typedef struct
{
  const char *metric; /* "train.loss" */
  RheoMeasure measure;
  int n; /* MEAN */
  double threshold;
} RheoSweepAsk;

typedef struct RheoSweepResults RheoSweepResults;

/* The state is borrowed. */
RheoSweepResults *rheo_sweep_results_new (RheoSweepState *state);
void rheo_sweep_results_free (RheoSweepResults *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSweepResults, rheo_sweep_results_free)

/* Reads the runs that the state calls done or diverged and that were not read yet. What cannot be read has no numbers. */
void rheo_sweep_results_read (RheoSweepResults *results);

/* All metrics of all runs: one row each in the text columns "metric", "bare" ("loss" for "train.loss", where that is
 * unambiguous), "label", "unit", and "direction": -1 the lower the better, 1 the higher, 0 neither. */
RheoTable *rheo_sweep_results_dup_metrics (const RheoSweepResults *results);
/* The metric of which a bare or whole name speaks; NULL: there is none. Borrowed until the next read. */
const char *rheo_sweep_results_find (const RheoSweepResults *results, const char *name);

/* The metric of the name, or "", else the one that tells best how good a network is. NULL: there is none. */
const char *rheo_sweep_results_choose (const RheoSweepResults *results, const char *wanted);

/* One row per run: "run", a text column for each varied key, "seed", "state", "stop", "iterations", "seconds", then by bare
 * name the last value of each metric, and as "best.loss" the best of those that have one. */
RheoTable *rheo_sweep_results_dup_table (const RheoSweepResults *results);
/* The same as text. */
gboolean rheo_sweep_results_write (const RheoSweepResults *results, const char *path, GError **error);

/* The rows that have a value of a metric, the best one first. */
RheoTable *rheo_sweep_results_dup_best (RheoSweepResults *results, const char *metric);
/* Tab-separated text with a line of names; what there is not is empty. Renamed into place. */
gboolean rheo_sweep_table_write (const RheoTable *table, const char *path, GError **error);

/* One value per row, in "value": NaN where the run has none (not done, or diverged). */
RheoTable *rheo_sweep_results_dup_values (RheoSweepResults *results, const RheoSweepAsk *ask);

/* Cells of axes x and y (-1: only x), all other axes reduced: columns "x" and "y" (numbers of values), "value", "low" and
 * "high" (smallest and largest of the runs), "done", "diverged", "failed", "running", "waiting" (numbers of runs), "share"
 * (of the iterations of those that run, done). Cells in the order of x within y. */
RheoTable *rheo_sweep_results_dup_map (RheoSweepResults *results, const RheoSweepAsk *ask, int x, int y,
                                       RheoReduction reduction);

/* What a figure of boxes shows, a row per run: "value.<metric>", and for each axis of which values have several runs, but for
 * those that go together with an earlier one, "by.<axis>" with the texts of its values, whose order is the note
 * "by.<axis>.order". Where there is no such axis, all the best means and medians beside the one that was asked for. */
RheoTable *rheo_sweep_results_dup_boxes (RheoSweepResults *results, const RheoSweep *sweep, const RheoSweepAsk *ask);

/* TRUE: such a table has several results beside each other, and no axis. */
gboolean rheo_sweep_has_sets (const RheoTable *boxes);

/* Points of all axes but seeds: "point" (numbers from 0, as rheo_sweep_get_combination counts), then the columns of a map from
 * "value" on. */
RheoTable *rheo_sweep_results_dup_points (RheoSweepResults *results, const RheoSweepAsk *ask, RheoReduction reduction);
