/* Thread: main. */
/* What comes of doing something to a network: its score before and after, how trials are spread around it, and some of them.
 * All on a copy: the network itself stays as it is. */
#pragma once

#include <gtk/gtk.h>

#include "app/analyse-result.h"
#include "app/study.h"

#define RHEO_TYPE_ANALYSE_EFFECT (rheo_analyse_effect_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseEffect, rheo_analyse_effect, RHEO, ANALYSE_EFFECT, GtkWidget)

/* Signals: "done" (void): there is a table, or no longer one; "keep" (s config): the same is to be computed once more and kept
 * in the file, with these values as JSON. study: borrowed, outlives the widget but for what it computes. */
GtkWidget *rheo_analyse_effect_new (RheoStudy *study);
/* Computes the analysis "causes" at an iteration (-1: the newest) and shows what comes of it; hidden until then. title: what is
 * done. values: keys and texts in turn, NULL-ended. points: fixed points along whose directions paths are told; or NULL.
 * origin: for names of figures. Whatever was being computed is left. */
void rheo_analyse_effect_try (RheoAnalyseEffect *effect, const char *title, const char *const *values, int64_t at,
                              RheoTable *points, const RheoAnalyseOrigin *origin);
/* Shows nothing, and leaves what is being computed. */
void rheo_analyse_effect_clear (RheoAnalyseEffect *effect);
gboolean rheo_analyse_effect_is_working (RheoAnalyseEffect *effect);
RheoTable *rheo_analyse_effect_get_table (RheoAnalyseEffect *effect); /* borrowed, or NULL */
/* "R² 0.981 → 0.634"; yours. */
char *rheo_analyse_dup_score (const RheoTable *table);
