/* Thread: any; one call at a time for what it gives. */
/* One trial of a script as it stands in the editor. Nothing here knows the window. */
#pragma once

#include <gio/gio.h>

#include "engine/script.h"
#include "engine/table.h"

typedef struct
{
  char *problem;         /* one sentence without a line; NULL: the script is right */
  int line;              /* where, from 1; 0: not known */
  RheoScriptShape shape; /* n_steps 0: the script did not come so far */
  int trial;             /* that is shown, from 0 */
  RheoTable
      *signals; /* "input" [time in], "target" [time out], "weight" [time]; NULL: there is a problem before the score */
  int n_counting;   /* steps that count in the loss */
  char *conditions; /* "context 1, coherence 0.4"; NULL: the script names none */
  double score;     /* of the target as output; NaN: the script has no score, or it failed */
  double seconds;   /* that the trial took */
} RheoScriptTrial;
void rheo_script_trial_free (RheoScriptTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoScriptTrial, rheo_script_trial_free)

/* Trial number `trial` of those that a run with the seed begins with. time_limit: seconds. NULL: cancelled, which takes a few
 * milliseconds whatever the script does. */
RheoScriptTrial *rheo_script_trial_make (const char *text, double time_limit, int seed, int trial,
                                         GCancellable *cancellable);
