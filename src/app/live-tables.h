/* Thread: main. */
/* What a run has told so far, as tables that plots read: its metrics, the newest frame of each stream, and small frames
 * of past iterations. */
#pragma once

#include "app/live-metrics.h"
#include "plot/plot-source.h"

typedef struct RheoLiveTables RheoLiveTables;

RheoLiveTables *rheo_live_tables_new (void);
void rheo_live_tables_free (RheoLiveTables *tables);

void rheo_live_tables_reset (RheoLiveTables *tables); /* forgets everything */
/* streams (referenced): the list of what can be watched, or NULL. outputs: names of the task's outputs, separated by ";". */
void rheo_live_tables_set_streams (RheoLiveTables *tables, RheoTable *streams, const char *unit, int budget,
                                   const char *outputs);
/* The run is over: so many iterations were all. */
void rheo_live_tables_set_budget (RheoLiveTables *tables, int budget);
/* A reference to the frame is taken. */
void rheo_live_tables_add_frame (RheoLiveTables *tables, const char *stream, RheoTable *frame);

RheoTable *rheo_live_tables_get_streams (RheoLiveTables *tables);                   /* or NULL */
RheoTable *rheo_live_tables_get_frame (RheoLiveTables *tables, const char *stream); /* newest, or NULL */
RheoLiveMetrics *rheo_live_tables_get_metrics (RheoLiveTables *tables);
const RheoPlotSource *rheo_live_tables_get_source (RheoLiveTables *tables);
