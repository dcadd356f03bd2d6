/* Thread: main. */
/* A few numbers as small bars, to see at a glance how they lie. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_VALUE_BARS (rheo_value_bars_get_type ())
G_DECLARE_FINAL_TYPE (RheoValueBars, rheo_value_bars, RHEO, VALUE_BARS, GtkWidget)

GtkWidget *rheo_value_bars_new (void);
/* Plain numbers with blanks between; one number alone is not drawn. */
void rheo_value_bars_set_text (RheoValueBars *bars, const char *text);
