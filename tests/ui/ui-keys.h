/* Thread: main. */
/* Real keys and a real pointer for a test, by xdotool, under a window manager (openbox): windows have the focus, and can fill
 * the screen. */
#pragma once

#include "ui-test.h"

/* After ui_test_init; ends when the test does. */
void ui_keys_start (void);
/* As gtk_accelerator_parse reads it, to whatever has the focus. */
void ui_send_keys (const char *accelerator);
/* Once the window has the focus; then it has drawn. */
void ui_press (GtkWindow *window, const char *accelerator);
/* The pointer goes to the middle of a widget of the window. */
void ui_point_at (GtkWidget *widget);
