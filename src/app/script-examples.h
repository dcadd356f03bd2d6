/* Thread: any. */
/* Scripts that come with the program: the template, and worked examples. */
#pragma once

#include <gio/gio.h>

/* Ids of all, the template first; NULL-ended. */
extern const char *const rheo_script_examples[];

/* Translated: "Delayed copy". NULL: there is none of that id. */
const char *rheo_script_example_get_title (const char *id);
/* Borrowed, for good. NULL: there is none of that id. */
const char *rheo_script_example_get_text (const char *id);
/* Items that activate the action with an id, the template first. */
GMenuModel *rheo_script_examples_new_menu (const char *action);
