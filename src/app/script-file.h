/* Thread: main. */
/* The file of a script that is edited: read and written without waiting, never over what somebody else has written. */
#pragma once

#include <gio/gio.h>

#define RHEO_TYPE_SCRIPT_FILE (rheo_script_file_get_type ())
G_DECLARE_FINAL_TYPE (RheoScriptFile, rheo_script_file, RHEO, SCRIPT_FILE, GObject)

/* Signal "changed" (void): what is on disk is no longer what was read or written last.
 * path NULL: a script that has no file yet. */
RheoScriptFile *rheo_script_file_new (const char *path);
const char *rheo_script_file_get_path (RheoScriptFile *file);
char *rheo_script_file_dup_name (RheoScriptFile *file); /* to show */

/* Gives the text, and in draft what was kept of it unsaved where that is something else; both yours. NULL with a sentence. */
void rheo_script_file_read_async (RheoScriptFile *file, GAsyncReadyCallback done, gpointer data);
char *rheo_script_file_read_finish (RheoScriptFile *file, GAsyncResult *result, char **draft, GError **error);

/* path: where to, from now on; NULL: where it was. over: also over what somebody else has written meanwhile; else that is
 * G_IO_ERROR_WRONG_ETAG. */
void rheo_script_file_write_async (RheoScriptFile *file, const char *path, const char *text, gboolean over,
                                   GAsyncReadyCallback done, gpointer data);
gboolean rheo_script_file_write_finish (RheoScriptFile *file, GAsyncResult *result, GError **error);

/* Looks whether the file has changed, for systems that do not tell. */
void rheo_script_file_look (RheoScriptFile *file);
