/* Thread: any. */
/* What a critic makes of episodes that were played: its values at the steps that count. Episodes count that lasted the whole time,
 * without their first and last step and without undecided actions. */
#pragma once

#include "critic.h"
#include "played.h"

/* Plays n episodes of the test set. NULL with an error: also where no episode lasted the whole time, or what is observed is not
 * what critics judge. The rest is what RheoAnalysis.run gets. */
RheoPlayed *rheo_judged_play (const RheoRecord *record, int n, void (*progress) (void *data, double fraction),
                              void *progress_data, const atomic_bool *cancelled, GError **error);
/* For RheoAnalysis.fits. */
gboolean rheo_judged_fits (const RheoExperiment *experiment, GError **error);

typedef struct
{
  double mean, ratio; /* of all values, and the share above 0 of those that are not 0; NaN: there are none */
  int64_t n;
} RheoJudged;

/* Adds the values that count (double) and the places of their episodes among those played (int); episode: or NULL. */
RheoJudged rheo_judge_played (const RheoPlayed *played, const RheoCritic *critic, GArray *value, GArray *episode);
/* The same numbers of n values. */
RheoJudged rheo_judge_values (int64_t n, const double *value);
