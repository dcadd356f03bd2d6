/* Thread: any. */
/* The search language of the runs: words and terms, all of which must hold.
 *   robot "fast one"              in the name, title, task, model, rule or a tag
 *   rule:bptt task:robot model:lif title:… name:…  the beginning of a word of it, or of its id
 *   tag:good  state:diverged  seed:1   the beginning of a tag, of a state
 *   loss<4  score>=0.9  best<4  epochs>100  seed>2   numbers: < <= > >= =
 * A term that begins with "-" must not hold. Upper and lower case are the same. */
#pragma once

#include "app/library.h"

typedef struct RheoRunSearch RheoRunSearch;

/* NULL with a sentence: a term that is not understood. An empty text matches everything. */
RheoRunSearch *rheo_run_search_new (const char *text, GError **error);
void rheo_run_search_free (RheoRunSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoRunSearch, rheo_run_search_free)

gboolean rheo_run_search_match (const RheoRunSearch *search, const RheoRunFacts *facts);

/* Words that a search for states takes, and what the library shows: "running". Translated with _(). */
const char *rheo_item_state_name (RheoItemState state);
