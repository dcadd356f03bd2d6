/* Thread: any. */
/* What comes ready-made with the program, one file NAME.json each, in folders of its data: "experiments", "sweeps". */
#pragma once

#include <glib.h>

/* Names without ending, sorted; NULL-ended. Yours (g_strfreev). */
char **rheo_ready_dup_names (const char *folder);
/* The file of a name; NULL: there is none. Yours. */
char *rheo_ready_find (const char *folder, const char *name);
