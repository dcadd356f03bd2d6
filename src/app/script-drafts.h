/* Thread: main. */
/* What was typed into scripts and not saved, kept on disk: whatever happens to the program, it can be had back. Written one
 * after the other by a thread of their own. */
#pragma once

#include <gio/gio.h>

/* path: of the script; NULL: one that has no file yet. text NULL: nothing is to be kept of it any more. */
void rheo_script_drafts_keep (const char *path, const char *text);
/* For a task; not while one of the same script is being written. NULL: none. Yours. */
char *rheo_script_drafts_read (const char *path);
/* Returns when all is on disk, or after RHEO_BEHIND_LIMIT. At the end of the program, when no window is left. */
void rheo_script_drafts_finish (void);
