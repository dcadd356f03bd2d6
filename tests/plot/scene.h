/* Thread: any. */
/* Scenes: plots described in JSON over made-up tables that look like those of real runs. */
#pragma once

#include "plot/plot.h"

typedef struct
{
  char *name;
  RheoPlotSpec *spec;
  double width, height;
  unsigned themes; /* 1 << RheoPlotThemeId */
} PlotScene;

PlotScene *scene_load (const char *path, GError **error);
/* That of the tests; ends the test where it cannot be loaded. Yours. */
PlotScene *scene_find (const char *name);
void scene_free (PlotScene *scene);
/* Background and plot on an RGB24 image of scale pixels per length. */
cairo_surface_t *scene_draw (const PlotScene *scene, RheoPlotThemeId theme, double scale);
const char *scene_theme_name (RheoPlotThemeId theme);

/* Tables by name ("loss", "robot", "spikes" ...), made once; element: RheoTable. */
GPtrArray *scene_tables (const char *name);
/* Histograms with fits. */
RheoTable *scene_degrees (void);
RheoTable *scene_strengths (void);
RheoTable *scene_intervals (void);
RheoTable *scene_avalanches (void);
/* A symmetric matrix. */
RheoTable *scene_correlations (void);
/* Of pairs of units: "correlation" of 60 and "rec.weight" of six. */
RheoTable *scene_pairs (void);
/* Of a spiking network that plays: "populations" (seven tables of spikes), "episode", "plastic-weights" (five times of
 * training), "weight-histograms", "connections", "receptive-fields",
 * "rates-groups", "critic-values". FALSE: the name is none of these. */
gboolean scene_add_play (const char *name, GPtrArray *tables);
/* Results of the course of training: "course" of one run, "courses" of two. FALSE: the name is none of these. */
gboolean scene_add_course (const char *name, GPtrArray *tables);
/* Those of rate networks and their dynamics: "fixed-points", "line-attractor", "wells", "curves". */
void scene_add_dynamics (const char *name, GPtrArray *tables);
