/* Thread: main. */
/* The editor of scripts, in the place of Set up's form: the text, and beside it one trial of it. What is typed is kept until
 * it is saved, also when the page or the program is left. */
#pragma once

#include <adwaita.h>

#include "app/context.h"

#define RHEO_TYPE_SCRIPT_PAGE (rheo_script_page_get_type ())
G_DECLARE_FINAL_TYPE (RheoScriptPage, rheo_script_page, RHEO, SCRIPT_PAGE, GtkWidget)

/* Signals: "changed" (void): what can_undo and the like say; "back" (void): the form is wanted; "stored" (void): the file on
 * disk is another than before. The context is borrowed and outlives the page. */
GtkWidget *rheo_script_page_new (RheoContext *context);

/* Opens a file; one that is open already stays as it is. */
void rheo_script_page_open (RheoScriptPage *page, const char *path);
/* A new script that begins as the example. */
void rheo_script_page_open_new (RheoScriptPage *page, const char *example);
const char *rheo_script_page_get_path (RheoScriptPage *page); /* NULL: it has no file yet */
gboolean rheo_script_page_is_modified (RheoScriptPage *page);

/* What the experiment runs is open here and not saved. */
gboolean rheo_script_page_must_save (RheoScriptPage *page);
/* Saves, after a question for the name where there is none. then: called when that went well; or NULL. */
void rheo_script_page_save (RheoScriptPage *page, void (*then) (gpointer data), gpointer data);
/* What is not saved goes to the drafts. */
void rheo_script_page_keep (RheoScriptPage *page);

gboolean rheo_script_page_can_undo (RheoScriptPage *page);
gboolean rheo_script_page_can_redo (RheoScriptPage *page);
void rheo_script_page_undo (RheoScriptPage *page);
void rheo_script_page_redo (RheoScriptPage *page);
void rheo_script_page_search (RheoScriptPage *page);
void rheo_script_page_toggle_preview (RheoScriptPage *page);
