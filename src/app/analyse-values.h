/* Thread: main. */
/* What analyses are run with: a set of values for each of them, as forms see it. */
#pragma once

#include "engine/analysis.h"
#include "widgets/param-row.h"

typedef struct RheoAnalyseValues RheoAnalyseValues;

/* changed is called after a value has changed. */
RheoAnalyseValues *rheo_analyse_values_new (void (*changed) (gpointer data), gpointer data);
void rheo_analyse_values_free (RheoAnalyseValues *values);
/* The analysis whose values forms see; NULL: none. */
void rheo_analyse_values_choose (RheoAnalyseValues *values, const RheoAnalysis *analysis);
/* For rheo_param_form_new with the prefix "analysis". Borrowed. */
const RheoParamHost *rheo_analyse_values_get_host (RheoAnalyseValues *values);
void *rheo_analyse_values_get (RheoAnalyseValues *values); /* config of the chosen one, borrowed */
/* Those of a stored result. What cannot be read stays as it is. */
void rheo_analyse_values_take_json (RheoAnalyseValues *values, const char *json);
/* Every edit can be taken back, for each analysis on its own; edits of one value within a second are one step. Labels are those
 * of the rows; NULL: there is nothing. Borrowed. */
const char *rheo_analyse_values_get_undo_label (RheoAnalyseValues *values);
const char *rheo_analyse_values_get_redo_label (RheoAnalyseValues *values);
void rheo_analyse_values_undo (RheoAnalyseValues *values);
void rheo_analyse_values_redo (RheoAnalyseValues *values);
/* The analysis' own check of the whole. */
gboolean rheo_analyse_values_check (RheoAnalyseValues *values, GError **error);
