/* Thread: main. */
#pragma once

#include <gtk/gtk.h>

/* gtk_widget_set_tooltip_text, but nothing where the text is there already: each time GTK waits for the X server to say where
 * the pointer is. NULL: none. */
void rheo_tooltip_set (GtkWidget *widget, const char *text);
/* The same for what comes by the hundred, such as the cells of a table: it is shown when the pointer rests there, and nobody
 * waits before. For texts that can be read elsewhere too, since assistive tools do not see it. */
void rheo_tooltip_keep (GtkWidget *widget, const char *text);
