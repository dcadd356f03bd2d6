/* Thread: any. */
/* Numbers from the user's own files: HDF5, NPZ, NPY and text. */
#pragma once

#include "table.h"

#define RHEO_NUMBERS_LENGTHS "trial.lengths" /* column of text files: steps of each trial, I32 */
#define RHEO_NUMBERS_ALL "*"                 /* of text files: all columns */

/* NPY in memory (real or whole numbers), or text with commas, semicolons or blanks between: at most n_max numbers in C order
 * as doubles; yours. More of them, none, or what is no number is an error that names the file. */
GArray *rheo_numbers_parse (const char *data, gsize size, const char *name, int n_max, GError **error);
/* One array in NPY format becomes the column `key`, of doubles. name: of the file, for messages. */
gboolean rheo_numbers_parse_npy (const char *data, gsize size, const char *name, RheoTable *table, const char *key,
                                 GError **error);

/* Those of the named arrays (NULL-ended) that a file holds, as columns of doubles. HDF5: a name may be a path of groups. NPZ:
 * as they are called there. NPY: `path` is one of them, the others lie beside it as NAME.npy. Text: a head and a line for
 * each step; the columns NAME, NAME1, NAME.2, NAME[3] ... are one array [trial][step][channel], and a name with commas means
 * the columns of all its parts, RHEO_NUMBERS_ALL all columns but the trial's; without a head they are called 1, 2, 3 ...; the column "trial" ("episode", "demonstration"), if there is one, says where a trial begins, NaN follows shorter trials, and the note "axes" is "trial step channel". The
 * note "names" lists what the file holds. NULL: the file cannot be read or is damaged. */
RheoTable *rheo_numbers_read (const char *path, const char *const *names, GError **error);
