/* Thread: main. */
/* The chosen point of a result: its facts, its eigenvalues, and the modes of small pushes there. */
#pragma once

#include <gtk/gtk.h>

#include "app/analyse-result.h"
#include "app/study.h"

#define RHEO_TYPE_ANALYSE_POINT (rheo_analyse_point_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalysePoint, rheo_analyse_point, RHEO, ANALYSE_POINT, GtkWidget)

/* study: borrowed, outlives the pane but for what it computes. */
GtkWidget *rheo_analyse_point_new (RheoStudy *study);
/* point: row of the axis "point" of the table; -1: none is chosen. origin is copied. */
void rheo_analyse_point_show (RheoAnalysePoint *pane, RheoTable *table, const RheoAnalyseOrigin *origin, int64_t point);
/* The RheoAnalyseEffect of what is tried there. */
GtkWidget *rheo_analyse_point_get_effect (RheoAnalysePoint *pane);
/* "grows by e in 24 ms", "decays in 15 ms, turns in 80 ms"; yours. per_tau: the eigenvalue; tau: in ms. */
char *rheo_analyse_dup_mode (double re, double im, double tau);
