/* Thread: main. */
/* A window with plots over made-up tables, for tests. */
#pragma once

#include "ui-test.h"
#include "widgets/plot-view-private.h"

typedef struct
{
  GtkWidget *window, *box;
  RheoPlotGroup *group;
  RheoPlotView *view, *other;
  GtkWidget *card;
  char *exported, *failed;
  int n_exported, n_copied, n_picked, n_shown;
  double picked_x;
} Place;

#define NEAR(a, b, far) g_assert_cmpfloat_with_epsilon (a, b, far)

/* A view of one scene of tests/plot/scenes, and another one of the same group below it, or NULL. */
void place_init (Place *p, const char *scene, const char *other);
void place_clear (Place *p);
RheoPlotSpec *place_spec (const char *scene);
/* Iterates until the picture shows all that was asked of the view. */
void place_settle (RheoPlotView *view);
gboolean place_has_picture (gpointer view); /* the newest spec is shown */
const RheoPlotPanel *place_panel (RheoPlotView *view, int i);
/* Where data lie in the picture. */
double place_x (RheoPlotView *view, double x);
double place_y (RheoPlotView *view, double y);
/* As keys and pointer do; press gives whether the key was taken. */
gboolean place_press (RheoPlotView *view, guint key, GdkModifierType modifiers);
void place_point (RheoPlotView *view, double x, double y);
void place_act (RheoPlotView *view, const char *action);
const char *place_reading (RheoPlotView *view);
