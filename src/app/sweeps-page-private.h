/* Thread: main. */
/* Parts of the page of sweeps: sweeps-page.c builds it and follows what is done in it, sweeps-map.c draws the results. */
#pragma once

#include "app/sweeps-page.h"
#include "widgets/plot-view.h"

#define RHEO_SWEEP_MAP_HEIGHT 320

struct _RheoSweepsPage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *stack, *title, *subtitle, *progress, *words, *rate, *left, *pause, *list, *queue, *card, *reduction,
      *metric, *measure, *threshold, *n_last, *form, *across, *up, *axes_row, *legend, *best, *cell, *varied, *jobs,
      *retry, *export;
  GtkWidget *left_side, *right_side;
  GtkFileChooserNative *chooser;
  RheoPlotGroup *group;
  RheoSweepWatch *watch; /* that is shown */
  gulong changed;
  char **metrics;   /* keys in the drop-down */
  gboolean filling; /* controls are set by the program */
  int64_t selected; /* cell of the map, or point of all axes; or -1 */
  int n_x;          /* cells in a row of it */
  gboolean narrow;
};

static inline const RheoSweepSight *
sight_of (RheoSweepsPage *page)
{
  return page->watch != NULL ? rheo_sweep_watch_get (page->watch) : NULL;
}

static inline RheoSweep *
sweep_of (RheoSweepsPage *page)
{
  return rheo_sweep_watch_get_sweep (page->watch);
}

/* sweeps-map.c */
/* Values of an axis that are all numbers, and more than one, and rise or fall: it is drawn as a line when it is alone. */
gboolean rheo_sweeps_page_is_numeric (const RheoSweepAxis *axis);
/* The cell of the map, or the point of all axes, to which a row belongs. */
int rheo_sweeps_page_get_cell (RheoSweepsPage *page, const RheoSweepSight *sight, int row);
void rheo_sweeps_page_show_map (RheoSweepsPage *page, const RheoSweepSight *sight);
void rheo_sweeps_page_show_best (RheoSweepsPage *page, const RheoSweepSight *sight);
