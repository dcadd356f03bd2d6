/* Thread: main. */
/* A result of an analysis: its facts, plots and tables, with one choice of a point for all of them. */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis.h"
#include "widgets/plot-view.h"

/* What a result belongs to. */
typedef struct
{
  const RheoAnalysis *analysis;
  const char *run_path, *run_name;
  const char *result; /* "fixed-points/2", or NULL: not in a file */
  const char *unit;   /* "epoch" */
  int64_t iteration;
} RheoAnalyseOrigin;

#define RHEO_TYPE_ANALYSE_RESULT (rheo_analyse_result_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseResult, rheo_analyse_result, RHEO, ANALYSE_RESULT, GtkWidget)

/* Signals: "picked" (x point): another point was chosen, -1: none; "more" (void): more points are to be searched. */
GtkWidget *rheo_analyse_result_new (void);
/* Another result, which has no point chosen; table NULL: none. A reference to the table is kept. */
void rheo_analyse_result_show (RheoAnalyseResult *result, RheoTable *table, const RheoAnalyseOrigin *origin);
/* The same analysis at another time: zoom, camera and the nearest point to the chosen one stay. */
void rheo_analyse_result_renew (RheoAnalyseResult *result, RheoTable *table, const RheoAnalyseOrigin *origin);
RheoTable *rheo_analyse_result_get_table (RheoAnalyseResult *result); /* borrowed, or NULL */
gboolean rheo_analyse_result_has_points (RheoAnalyseResult *result);  /* that can be chosen */
int64_t rheo_analyse_result_get_point (RheoAnalyseResult *result);    /* -1: none */
void rheo_analyse_result_choose (RheoAnalyseResult *result, int64_t point);
/* Paths of trials (columns "path") beside the points in place of those of the result; NULL, or none there: its own. */
void rheo_analyse_result_set_paths (RheoAnalyseResult *result, RheoTable *paths);
/* All plots of the result as files, as from their menus. */
void rheo_analyse_result_export_all (RheoAnalyseResult *result);

/* "Index sum 8 − 12 + 6 − 1 = +1. The list can be complete.", yours; NULL: the theorem does not hold. */
char *rheo_analyse_dup_check (const RheoTable *table, gboolean *complete);
