/* Thread: main. */
#pragma once

#include "app/application.h"
#include "app/context.h"

#define RHEO_TYPE_APP_WINDOW (rheo_app_window_get_type ())
G_DECLARE_FINAL_TYPE (RheoAppWindow, rheo_app_window, RHEO, APP_WINDOW, AdwApplicationWindow)

RheoAppWindow *rheo_app_window_new (RheoApplication *application);
/* A short line for 5 s; detailed_action ("win.show-run::/home/…") may be NULL. The toast is borrowed until it says
 * "dismissed". */
AdwToast *rheo_app_window_toast (RheoAppWindow *window, const char *text, const char *button,
                                 const char *detailed_action);
/* It says something else from now on and begins its 5 s anew. FALSE: it goes already, so another one is due. */
gboolean rheo_app_window_change_toast (RheoAppWindow *window, AdwToast *toast, const char *text);
/* A run file, an experiment, or a sentence that says what is wrong with it. */
void rheo_app_window_open (RheoAppWindow *window, const char *path);
/* Live, or Runs where the file is not that of the current run any more. "": the current run has no file. */
void rheo_app_window_show_ended (RheoAppWindow *window, const char *path);
/* Borrowed, as long as the window. */
RheoContext *rheo_app_window_get_context (RheoAppWindow *window);
