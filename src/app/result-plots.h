/* Thread: any; specs belong to whoever asks for them. */
/* The plots of a result of an analysis: those kinds that know its columns, and curves and matrices of the others. */
#pragma once

#include "engine/analysis.h"
#include "plot/plot-source.h"

/* RheoPlotSpec, what says most first; at least those kinds that show a result by themselves ("*n_own" of them). id: of the
 * analysis; run: name, for subtitles (may be NULL). Yours (g_ptr_array_unref). */
GPtrArray *rheo_result_dup_plots (RheoTable *table, const char *id, const char *run, int *n_own);
/* The column of a role of the spec's first set of points that is bound to this table; NULL: none. */
const RheoColumn *rheo_result_find_points (const RheoTable *table);
