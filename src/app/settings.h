/* Thread: main. */
/* What the program remembers: data/org.rheobase.Rheobase.gschema.xml. */
#pragma once

#include <gio/gio.h>

/* Of the installation, or of the build folder that the program runs from. Never NULL: without a schema nothing would be
 * safe to use, and the program ends with a sentence. */
GSettings *rheo_settings_new (void);
/* Folder of run files: as set, else Rheobase/runs among the user's documents. */
char *rheo_settings_dup_runs_folder (GSettings *settings);
