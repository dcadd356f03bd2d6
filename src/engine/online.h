/* Thread: engine. */
/* Block: learning while trials run, window by window: what the sources of a projection give, filtered, and the errors of the
 * outputs, for recursive least squares (rls.h). */
#pragma once

#include "frozen.h"

/* Trials run in windows: after each, all rows are seen step by step, and then the rule learns. */
typedef struct
{
  const RheoRule *rule;
  const RheoBatch *batch;
  int every;                                                /* steps of a window */
  unsigned flags;                                           /* RHEO_ROLL_*, besides what each pass has */
  void (*see) (void *data, int row, int64_t t, int64_t at); /* a row that runs at step t; at: of the tape */
  void (*learn) (void *data, int64_t t, int n_rows); /* rows 0 .. n_rows - 1 run at the last step t of a window */
  void *data;
} RheoOnline;

/* FALSE: stopped part ways. */
gboolean rheo_online_run (const RheoOnline *online);
/* What updates change in the net, and what rules and optimiser keep there: added to copy, or back from it, for a batch that is
 * given up. */
void rheo_online_copy (RheoNet *net, GByteArray *copy, gboolean back);
/* Weight of a step in the loss. */
double rheo_online_counts (const RheoBatch *batch, int row, int64_t t);

/* What the sources of a projection give: x_t = decay x_(t-1) + s_t, s as the projection sees it. */
typedef struct
{
  int from, delay, n;
  RheoReal decay;
  RheoReal *x;   /* [row][n] */
  RheoReal *now; /* [n] */
} RheoSources;

void rheo_sources_init (RheoSources *sources, RheoNet *net, int proj, RheoReal decay);
void rheo_sources_release (RheoSources *sources);
void rheo_sources_clear (RheoSources *sources, int n_rows);
void rheo_sources_see (RheoSources *sources, const RheoNet *net, int row, int64_t at);

/* Errors of the outputs as the weights of the moment would have made them. A leaky read-out u_t = d u_(t-1) + W' s_t still
 * holds what earlier weights gave: e_t = d e_(t-1) + (u - y)_t - d (u - y)_(t-1), where e_(t-1) is that after the last
 * update. */
typedef struct
{
  int n;
  RheoReal decay;
  RheoReal *e, *before; /* [row][n]: e, u - y */
  double error, counts; /* sums over what was seen: squares of u - y, and their number */
} RheoOutputs;

void rheo_outputs_init (RheoOutputs *outputs, const RheoNet *net, RheoReal decay);
void rheo_outputs_release (RheoOutputs *outputs);
void rheo_outputs_clear (RheoOutputs *outputs, int n_rows);
void rheo_outputs_see (RheoOutputs *outputs, const RheoNet *net, const RheoBatch *batch, int row, int64_t t,
                       int64_t at);
/* "train.online-mse", declared by the rule. */
void rheo_outputs_report (const RheoOutputs *outputs, const RheoBatch *batch, RheoMetrics *m);
