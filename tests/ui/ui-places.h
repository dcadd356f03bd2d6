/* Thread: main. */
/* Places of the window that several tests go to. */
#pragma once

#include "ui-test.h"

#include "app/dashboard.h"
#include "widgets/plot-view.h"

/* Set up's form. */
void ui_show_form (RheoAppWindow *window);
/* Live with a small run that waits before its first epoch, and all its six cards. */
void ui_show_live (RheoAppWindow *window);
RheoDashboard *ui_get_dashboard (RheoAppWindow *window);
RheoPlotView *ui_get_plot (RheoAppWindow *window, int panel); /* of the dashboard */
/* One more epoch of it, until the loss can be shown. */
void ui_step_live (RheoAppWindow *window);
/* A stored run in the test's folder, made where it is not there yet: snapshots of 0 to 4, checkpoints of 2 and 4. */
char *ui_dup_run (const char *name);
/* That run in Runs, at its last snapshot. */
void ui_show_run (RheoAppWindow *window, const char *path);
/* A window that has come up beside the main one. */
GtkWidget *ui_get_beside (RheoAppWindow *window);
