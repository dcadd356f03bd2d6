/* Thread: main. */
#pragma once

#include "app/application.h"

#define RHEO_TYPE_APP_WINDOW (rheo_app_window_get_type ())
G_DECLARE_FINAL_TYPE (RheoAppWindow, rheo_app_window, RHEO, APP_WINDOW, AdwApplicationWindow)

RheoAppWindow *rheo_app_window_new (RheoApplication *application);
/* A short line for 5 s; detailed_action ("win.show-run::/home/…") may be NULL. The toast is borrowed until it says
 * "dismissed". */
AdwToast *rheo_app_window_toast (RheoAppWindow *window, const char *text, const char *button,
                                 const char *detailed_action);
