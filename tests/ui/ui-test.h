/* Thread: main. */
/* The real window in a test: a folder of its own for runs, settings in memory, a main loop that goes on until something
 * holds, widgets found by what assistive tools see. */
#pragma once

#include <adwaita.h>

#include "app/application.h"
#include "app/window.h"

/* Instead of g_test_init and gtk_test_init. Makes the folder and leaves it in RHEO_TEST_FOLDER. */
void ui_test_init (int *argc, char ***argv);
/* Removes the folder; instead of g_test_run. */
int ui_test_run (void);
const char *ui_test_folder (void);

/* A shown window of the application, drawn once. */
RheoAppWindow *ui_window_new (void);
void ui_window_close (RheoAppWindow *window);

/* Iterates until the condition holds; the test fails after a long while (a minute, ten under a sanitizer). */
typedef gboolean (*UiCondition) (gpointer data);
void ui_wait (UiCondition condition, gpointer data);
/* Iterates until nothing is due and the window has drawn. */
void ui_settle (GtkWidget *widget);

/* The first mapped widget of the type below `root` whose accessible name is `name`; NULL: none. */
GtkWidget *ui_find (GtkWidget *root, GType type, const char *name);
/* The same, waiting for it. */
GtkWidget *ui_get (GtkWidget *root, GType type, const char *name);
/* The first widget of the type below `root`, shown or not; NULL: none. */
GtkWidget *ui_find_type (GtkWidget *root, GType type);
/* The first mapped label or inscription below `root` that contains the text; NULL: none. */
GtkWidget *ui_find_text (GtkWidget *root, const char *text);
/* As a click does. */
void ui_click (GtkWidget *button);
/* Activates "win.view" or the like on the widget's groups. */
void ui_activate (GtkWidget *widget, const char *detailed_action);
/* Waits for a file chooser that asks for a name, and types a path; NULL: cancels it. Returns when it has gone. */
void ui_answer_chooser (const char *path);
/* PNG of a widget, for looking at; relative paths lie in the test's folder. */
void ui_shot (GtkWidget *widget, const char *path);
