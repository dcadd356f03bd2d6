/* Thread: main. */
/* What Set up shows until something is chosen: a card for each ready-made experiment, with its first trial as a picture and
 * a button that runs it at once. Acts by "win.start", "win.new" and "win.open-file". */
#pragma once

#include <adwaita.h>

GtkWidget *rheo_start_page_new (GSettings *settings);
