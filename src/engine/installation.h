/* Thread: any; rheo_start_locale: main, before any other thread. */
/* Where the program finds what belongs to it, and the language that it speaks. */
#pragma once

#include <glib.h>

/* The build folder that the program or test runs from. NULL: it does not run from one. Yours. */
char *rheo_dup_build_folder (void);

/* First thing in main (): language and character set of the user; translations of the build folder, or else of the
 * installation. numbers FALSE: numbers keep the decimal point of the C locale, for output that other programs read. */
void rheo_start_locale (gboolean numbers);
