/* Thread: main. */
/* The tags of a run as a row of words, each with a button that removes it, and a field for more. */
#pragma once

#include <gtk/gtk.h>

#define RHEO_TYPE_TAG_ROW (rheo_tag_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoTagRow, rheo_tag_row, RHEO, TAG_ROW, GtkWidget)

/* Signals: "add" (s tag), "remove" (s tag). */
GtkWidget *rheo_tag_row_new (void);
/* Copied; "star" is left out. */
void rheo_tag_row_set_tags (RheoTagRow *row, const char *const *tags);
