/* Thread: main. */
/* Units are chosen in figures of the network and silenced, held or made noisy on a copy: what that does to the score. */
#pragma once

#include <gtk/gtk.h>

#include "app/study.h"

#define RHEO_TYPE_ANALYSE_LESION (rheo_analyse_lesion_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseLesion, rheo_analyse_lesion, RHEO, ANALYSE_LESION, GtkWidget)

/* The pane at the side. study: borrowed, outlives it but for what it computes. */
GtkWidget *rheo_analyse_lesion_new (RheoStudy *study);
/* Figures to drag over, for the centre of the page; the pane's. */
GtkWidget *rheo_analyse_lesion_get_figures (RheoAnalyseLesion *lesion);
/* The network of an iteration of the open run (-1: the newest); reads it where another one is shown. */
void rheo_analyse_lesion_show (RheoAnalyseLesion *lesion, int64_t at);
/* The RheoAnalyseEffect. */
GtkWidget *rheo_analyse_lesion_get_effect (RheoAnalyseLesion *lesion);
/* "3 7 10-19" of flags [n]; yours. */
char *rheo_analyse_dup_units (const gboolean *chosen, int n);
/* The other way round; classes of units are left out. FALSE: there is something else in it. */
gboolean rheo_analyse_read_units (const char *text, gboolean *chosen, int n);
