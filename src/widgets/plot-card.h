/* Thread: main. */
/* A card of a dashboard: header of 31 px (grip on hover, title, subtitle, legend, menu) above a plot view,
 * and a slider below it where the figure has one. */
#pragma once

#include "widgets/plot-view.h"

#define RHEO_TYPE_PLOT_CARD (rheo_plot_card_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotCard, rheo_plot_card, RHEO, PLOT_CARD, GtkWidget)

/* Title, subtitle and legend come from the spec that the view shows. */
GtkWidget *rheo_plot_card_new (RheoPlotGroup *group);
RheoPlotView *rheo_plot_card_get_view (RheoPlotCard *card);
GtkWidget *rheo_plot_card_get_header (RheoPlotCard *card); /* where drags start */
/* Takes the spec for the view, and shows its title in the header rather than in the picture. */
void rheo_plot_card_take_spec (RheoPlotCard *card, RheoPlotSpec *spec);
/* Controls of the owner, in the header before the menu button; once. Takes them (a floating reference). */
void rheo_plot_card_take_extra (RheoPlotCard *card, GtkWidget *extra);
void rheo_plot_card_set_movable (RheoPlotCard *card, gboolean movable); /* grip */
