/* Thread: any. */
/* What a choice is called. */
#pragma once

/* "fast-sigmoid": "Fast sigmoid", in the language of the user; a key that is not known with a capital and without
 * hyphens. Yours. */
char *rheo_choice_dup_label (const char *key);
