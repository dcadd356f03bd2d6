/* Thread: main. */
#pragma once

#include <gtk/gtk.h>

/* gtk_widget_set_tooltip_text, but nothing where the text is there already: each time GTK waits for the X server to say where
 * the pointer is. NULL: none. */
void rheo_tooltip_set (GtkWidget *widget, const char *text);
