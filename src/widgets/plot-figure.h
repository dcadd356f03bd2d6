/* Thread: main. */
/* How a figure can be exported: what the dialogs offer. */
#pragma once

#include "plot/plot.h"

typedef struct
{
  const char *id, *label;
  double width, height; /* mm */
} RheoFigureSize;

typedef struct
{
  const char *id, *label;
  RheoPlotThemeId theme;
} RheoFigureLook;

#define RHEO_N_FIGURE_SIZES 5
#define RHEO_N_FIGURE_LOOKS 3

/* Labels are to be translated. */
extern const RheoFigureSize rheo_figure_sizes[RHEO_N_FIGURE_SIZES];
extern const RheoFigureLook rheo_figure_looks[RHEO_N_FIGURE_LOOKS];
