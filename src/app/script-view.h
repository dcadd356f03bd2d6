/* Thread: main. */
/* The text of a script: Lua with line numbers, search, and the line where something is wrong. */
#pragma once

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

#define RHEO_TYPE_SCRIPT_VIEW (rheo_script_view_get_type ())
G_DECLARE_FINAL_TYPE (RheoScriptView, rheo_script_view, RHEO, SCRIPT_VIEW, GtkWidget)

GtkWidget *rheo_script_view_new (void);
/* Undo, redo, "modified" and "changed" are those of the buffer. */
GtkTextBuffer *rheo_script_view_get_buffer (RheoScriptView *view);
char *rheo_script_view_dup_text (RheoScriptView *view);
/* undoable: a step of its own that can be undone; else there is nothing to undo, and nothing is modified. */
void rheo_script_view_set_text (RheoScriptView *view, const char *text, gboolean undoable);
/* Marks the line and says the sentence below the text. line 0: the sentence alone; text NULL: all is well. */
void rheo_script_view_set_fault (RheoScriptView *view, int line, const char *text);
void rheo_script_view_search (RheoScriptView *view);
