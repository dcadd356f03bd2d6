/* Thread: any; specs belong to whoever asks for them. */
/* The plots of a result of an analysis: those kinds that know its columns, and curves and matrices of the others. */
#pragma once

#include "engine/analysis.h"
#include "plot/plot-source.h"

/* RheoPlotSpec, what says most first; at least the figures of the analysis, those kinds that show a result by themselves, and what the analysis marks
 * (RHEO_SERIES_SHOW) ("*n_own" of them). id: of the analysis; unit: of an iteration, for subtitles. Yours
 * (g_ptr_array_unref). */
GPtrArray *rheo_result_dup_plots (RheoTable *table, const char *id, const char *unit, int *n_own);
/* States of points that can be taken apart one by one (analysis "point"); NULL: there are none. */
const RheoColumn *rheo_result_find_points (const RheoTable *table);
