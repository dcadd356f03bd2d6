/* Thread: main. */
/* Small things that several pages build in the same way. */
#pragma once

#include <gtk/gtk.h>

/* A button with a word, and an icon before it unless icon is NULL; named for assistive tools. */
GtkWidget *rheo_text_button_new (const char *label, const char *icon);

/* How much larger text is than with a font of 11 points at 96 dots an inch; at least 1. */
double rheo_text_scale (void);
/* From this width on pages show four plots beside each other: a full HD screen, less the frame of a window that is not
 * maximized. */
#define RHEO_FULL_HD 1896

/* Calls changed (object) after a change of it, as long as the object lives. */
void rheo_text_scale_watch (gpointer object, GCallback changed);
/* The head of the column that was appended last stands above its numbers, at the end. */
void rheo_column_view_end_title (GtkColumnView *view);
/* Where text runs to the left, what scrolls across begins at the right; made for tables that GTK begins at the left. */
void rheo_scroll_from_start (GtkScrolledWindow *scroll);
/* Fixes the width of a column that holds text: px at a scale of 1, more where the text is larger. */
void rheo_column_set_text_width (GtkColumnViewColumn *column, int width);
/* The least height of a widget with text in it, such as a plot: px at a scale of 1, more where the text is larger. */
void rheo_widget_set_text_height (GtkWidget *widget, int height);
/* The same of its width. */
void rheo_widget_set_text_width (GtkWidget *widget, int width);

/* The label shows numbers, at the end of its room: from left to right in every language, so that a minus stays before its
 * number and an interval begins with its lower end. */
void rheo_label_hold_numbers (GtkLabel *label);

/* Makes a window one of the window that `of` is in (or is; NULL: none): above it, gone with it, and with the shortcuts of its
 * application. */
void rheo_window_stand_beside (GtkWindow *window, GtkWidget *of);

/* What a list that is searched shows first, for Enter in its search; NULL: nothing. */
GtkListBoxRow *rheo_list_box_get_first_shown (GtkListBox *box);

/* Where a menu opens, in coordinates of what it belongs to; or as near to it as the window goes, for things that are partly
 * scrolled out of it. */
void rheo_popover_point_at (GtkWidget *popover, double x, double y);

/* When the popover closes, the focus goes back to where it was when it opened, or where that has gone, into `home`. By itself
 * it would go to whatever above the popover can have it, after some frames. */
void rheo_popover_return_focus (GtkWidget *popover, GtkWidget *home);

/* Shows it. All file choosers come through here: a file that is dragged out of GTK 4.8's own chooser keeps the list of the
 * folder, which ends the program when the folder changes after the chooser has gone; so none can be dragged. For the same
 * reason a chooser is kept after its end until the next is shown: what it was reading of the folder still comes to it. */
void rheo_chooser_show (GtkFileChooserNative *chooser);
