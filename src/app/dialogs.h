/* Thread: main. */
/* Windows beside the window: preferences, shortcuts, help, about. */
#pragma once

#include <adwaita.h>

/* Each is transient for the parent; not yet presented. */
GtkWindow *rheo_preferences_new (GtkWindow *parent, GSettings *settings);
GtkWindow *rheo_shortcuts_new (GtkWindow *parent);
GtkWindow *rheo_help_new (GtkWindow *parent); /* parent: does what its buttons say */
GtkWindow *rheo_about_new (GtkWindow *parent);
