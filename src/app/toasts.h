/* Thread: main. */
/* The toasts of a window, one after the other, 5 s each. libadwaita 1.2 uses a toast after it is gone when it is hidden
 * before it has come into its place, so all go through here: on its way in or out a toast takes no click and no key. None is
 * to be added to the overlay or dismissed by anything else. */
#pragma once

#include <adwaita.h>

/* Once, when the overlay has its child, which must stay. */
void rheo_toasts_init (AdwToastOverlay *overlay);
/* Shows it after those that wait. Its button works once. */
void rheo_toasts_take (AdwToastOverlay *overlay, AdwToast *toast);
/* What it says from now on, shown for another 5 s or when its turn comes. FALSE: it goes already. Only until it has said
 * "dismissed". */
gboolean rheo_toasts_change (AdwToastOverlay *overlay, AdwToast *toast, const char *text);
