/* Thread: main. */
/* A line of text that changes often, and its size seldom. With each new text a GtkLabel has the whole window laid out again,
 * for which GTK on X11 also asks the server several times and waits; this one only when the text needs more room than it
 * has, or much less. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_STEADY_TEXT (rheo_steady_text_get_type ())
G_DECLARE_FINAL_TYPE (RheoSteadyText, rheo_steady_text, RHEO, STEADY_TEXT, GtkWidget)

/* overflow: what is done when there is less room than the text needs; GTK_INSCRIPTION_OVERFLOW_CLIP: it always gets it. */
GtkWidget *rheo_steady_text_new (float xalign, GtkInscriptionOverflow overflow);
void rheo_steady_text_set (RheoSteadyText *steady, const char *text);
const char *rheo_steady_text_get (RheoSteadyText *steady); /* never NULL */
/* px that the text of now needs. */
int rheo_steady_text_get_need (RheoSteadyText *steady);
