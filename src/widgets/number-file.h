/* Thread: any. */
/* Numbers from a file: NPY (real or whole numbers, in C order) or text with commas, semicolons or blanks between. */
#pragma once

#include <gio/gio.h>

#include "engine/error.h"

/* At most n_max numbers as doubles; yours. More of them, none, or what is no number is an error that names the file. */
GArray *rheo_numbers_parse (const char *data, gsize size, const char *name, int n_max, GError **error);
