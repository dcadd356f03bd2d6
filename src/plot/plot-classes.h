/* Thread: as the spec. */
/* Classes of units, for colours and legends. */
#pragma once

#include "plot/plot.h"

#define RHEO_PLOT_CLASSES 64

typedef struct
{
  int n, style[RHEO_PLOT_CLASSES];
  char name[RHEO_PLOT_CLASSES][24];
  int count[RHEO_PLOT_CLASSES]; /* units */
} RheoPlotClasses;

/* Names stand in the note "<pop>.classes" beside the column "<pop>.class"; a column of text names itself. Gives the class of
 * each unit, [n_units], yours; units that the column does not reach are of the first. */
guint8 *rheo_plot_classes_init (RheoPlotClasses *classes, const RheoPlotBinding *b, int64_t n_units);
