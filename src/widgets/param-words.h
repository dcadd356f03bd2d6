/* Thread: any. */
/* By what words a row is found. */
#pragma once

#include "engine/param.h"

/* All that a search looks at: label, path, help, unit, choices and `words`, and the title of the block around it (within,
 * or NULL). In any language the English label and words too: papers and other programs use them. Case folded. Yours. */
char *rheo_param_dup_search_words (const RheoParam *param, const char *path, const char *within);
/* The same of a block's title, given in the language of the user; words: `words` of its row, or NULL. Yours. */
char *rheo_title_dup_search_words (const char *title, const char *words);
/* TRUE when all words (case folded, NULL-ended) are in text. */
gboolean rheo_search_words_match (const char *text, const char *const *words);
