/* Thread: main. */
#pragma once

#include <adwaita.h>

#define RHEO_TYPE_APPLICATION (rheo_application_get_type ())
G_DECLARE_FINAL_TYPE (RheoApplication, rheo_application, RHEO, APPLICATION, AdwApplication)

#define RHEO_APP_ID "org.rheobase.Rheobase"

/* One instance for each user; files on the command line open in its window. */
RheoApplication *rheo_application_new (void);
