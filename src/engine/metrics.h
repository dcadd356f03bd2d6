/* Thread: engine. */
/* Named numbers of one iteration. Declared once (from rows of series), then filled batch by batch; the value of an
 * iteration is the mean over its batches. */
#pragma once

#include "component.h"

typedef struct RheoMetrics RheoMetrics;

RheoMetrics *rheo_metrics_new (void);
void rheo_metrics_free (RheoMetrics *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoMetrics, rheo_metrics_free)
/* Declares "<prefix>.<key>", or "<key>" where prefix is NULL (with ".<name>" for BY_CLASS and BY_PROJECTION rows, one per name in classes). Series text is
 * borrowed: rows are constant. Declaring a name twice keeps the first. Returns the index of the first. */
int rheo_metrics_declare (RheoMetrics *m, const char *prefix, const RheoSeries *series, const char *const *classes);
int rheo_metrics_get_n (const RheoMetrics *m);
const char *rheo_metrics_get_name (const RheoMetrics *m, int i);
const RheoSeries *rheo_metrics_get_series (const RheoMetrics *m, int i);
int rheo_metrics_find (const RheoMetrics *m, const char *name); /* -1: not declared */
/* Adds a value with a weight (trials it stands for). Undeclared names are a programmer's mistake. */
void rheo_metrics_add (RheoMetrics *m, const char *name, double value, double weight);
/* The same to "<prefix>.<key>". */
void rheo_metrics_add_key (RheoMetrics *m, const char *prefix, const char *key, double value, double weight);
/* Weighted mean since the last clear; NaN: nothing added. */
double rheo_metrics_get (const RheoMetrics *m, int i);
void rheo_metrics_clear (RheoMetrics *m);
/* The same metrics with nothing added. */
RheoMetrics *rheo_metrics_dup_declared (const RheoMetrics *m);
/* Adds what `from` (declared alike) has, and clears it. */
void rheo_metrics_take (RheoMetrics *m, RheoMetrics *from);
/* What was added so far, [metric][2]: mean and weight; and back, for checkpoints. */
void rheo_metrics_get_state (const RheoMetrics *m, double *state);
void rheo_metrics_set_state (RheoMetrics *m, const double *state);
