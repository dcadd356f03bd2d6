/* Thread: main. */
/* One plot on the screen: draws a spec, and does everything a user may do with it (hover, zoom, pan, select, hide series,
 * options, full screen, hold, export, copy). Drawing is done into a picture that is kept until the spec, the size, the
 * theme or the view of the axes changes. */
#pragma once

#include <gtk/gtk.h>

#include "plot/plot.h"

/* Views that show the same thing share a group: reading line, selected unit and selected iteration. */
#define RHEO_TYPE_PLOT_GROUP (rheo_plot_group_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotGroup, rheo_plot_group, RHEO, PLOT_GROUP, GObject)
/* Properties, with notify: "unit" (int, -1: none), "iteration" (double, NaN: none). */
RheoPlotGroup *rheo_plot_group_new (void);

#define RHEO_TYPE_PLOT_VIEW (rheo_plot_view_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotView, rheo_plot_view, RHEO, PLOT_VIEW, GtkWidget)

/* Signals:
 * "exported" (s path)       a figure or its numbers were written; "export-failed" (s sentence)
 * "copied" (void)
 * "picked" (i binding, x index, d x, d y); binding and index -1: what was chosen no longer is
 * "units" (i first, i last, b more)  a drag chose units; more: besides those that were (Ctrl)
 * "shown" (void)            another spec is on screen: titles and legends around the view follow
 * Actions, group "plot": export, export-as, export-numbers, copy, numbers, full-screen, options, fit,
 * series (i entry: hides it, or shows it again), hold (boolean).
 * rheo_plot_view_new: group may be NULL. */
GtkWidget *rheo_plot_view_new (RheoPlotGroup *group);
/* What is shown from the next frame on; theme and font scale are set here. Takes it. Zoom, hidden series, options chosen by
 * the user and hold are kept; while held, the newest spec waits. NULL: nothing. */
void rheo_plot_view_take_spec (RheoPlotView *view, RheoPlotSpec *spec);
/* What is taken next is about something else, such as another run: axes, which never shrink by themselves, follow it alone. */
void rheo_plot_view_begin (RheoPlotView *view);
const RheoPlotSpec *rheo_plot_view_get_spec (RheoPlotView *view); /* as shown; or NULL */
/* Name of the plot ("Loss") for assistive tools and dialogs; stem: beginning of file names ("robot-lif-seed1-loss"), the
 * iteration is added; folder: where figures go, made when needed. */
void rheo_plot_view_set_name (RheoPlotView *view, const char *name, const char *stem, const char *folder);
/* Ticks on axes over iterations, in data units: where values were changed while the run went on. Copied. */
void rheo_plot_view_set_marks (RheoPlotView *view, const double *iterations, const char *const *labels, int n);
/* A line at an iteration (the epoch scrubber); NaN: none. */
void rheo_plot_view_set_cursor (RheoPlotView *view, double iteration);
/* The ringed point of the first set of points, counted from 0; -1: none. */
void rheo_plot_view_set_point (RheoPlotView *view, int64_t point);
/* What comes while a moving picture moves waits until it begins again: for views that are given a new one every moment. */
void rheo_plot_view_set_patient (RheoPlotView *view, gboolean patient);
#define RHEO_PLOT_REST_MS 1200 /* for which the end stands unless said otherwise */
/* How fast moving pictures move, as a multiple of their own pace, and how long their end stands; 0: they stand at their end. */
void rheo_plot_view_set_speed (RheoPlotView *view, double speed, double rest_ms);
/* A drag chooses units of the network where an axis counts them ("units"), instead of zooming. */
void rheo_plot_view_set_chooses (RheoPlotView *view, gboolean chooses);
/* Units that are marked along the axes that count them; copied. */
void rheo_plot_view_set_units (RheoPlotView *view, const gboolean *chosen, int n);
/* Appended to the plot menu; NULL: nothing. */
void rheo_plot_view_set_extra_menu (RheoPlotView *view, GMenuModel *menu);
GMenuModel *rheo_plot_view_get_menu (RheoPlotView *view); /* borrowed: for the button of a card */
gboolean rheo_plot_view_get_held (RheoPlotView *view);
/* Options that the user chose, "key=value" lines; for keeping the layout. Yours. */
char *rheo_plot_view_dup_options (RheoPlotView *view);
void rheo_plot_view_set_options (RheoPlotView *view, const char *options);
/* A parameter to be chosen with a slider beside the view, as of what is shown. FALSE: there is none. */
gboolean rheo_plot_view_get_slide (RheoPlotView *view, RheoPlotSlide *slide);
void rheo_plot_view_slide (RheoPlotView *view, const RheoPlotSlide *slide, double value);
/* For a legend around the view: entries of what is shown, valid until "shown"; NULL: none. A click on one hides its series,
 * or brings it back. */
const RheoPlotEntry *rheo_plot_view_get_entries (RheoPlotView *view, int *n);
void rheo_plot_view_toggle_entry (RheoPlotView *view, int entry);
/* The actions, for menus that stand outside the view: insert as "plot". Borrowed. */
GActionGroup *rheo_plot_view_get_actions (RheoPlotView *view);
