/* Thread: main. */
/* Small things that several pages build in the same way. */
#pragma once

#include <gtk/gtk.h>

/* A button with a word, and an icon before it unless icon is NULL; named for assistive tools. */
GtkWidget *rheo_text_button_new (const char *label, const char *icon);

/* How much larger text is than at 96 dots an inch; at least 1. */
double rheo_text_scale (void);

/* Makes a window one of the window that `of` is in (or is; NULL: none): above it, gone with it, and with the shortcuts of its
 * application. */
void rheo_window_stand_beside (GtkWindow *window, GtkWidget *of);

/* Shows it. All file choosers come through here: a file that is dragged out of GTK 4.8's own chooser keeps the list of the
 * folder, which ends the program when the folder changes after the chooser has gone; so none can be dragged. */
void rheo_chooser_show (GtkFileChooserNative *chooser);
