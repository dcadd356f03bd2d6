/* Thread: any; what is played belongs to one thread. */
/* Episodes that a network plays with learning off, and everything that happens in them, action by action and on demand spike by
 * spike: what figures of votes, rates, critics and receptive fields are made of. Weights and states of the network stay as they
 * are. The same weights, set and episodes give the same bits. */
#pragma once

#include "analysis.h"
#include "trainer.h"

typedef struct RheoPlayed RheoPlayed;

/* At least one of n and time says when it ends; of both, whichever comes first. */
typedef struct
{
  RheoSet set;
  int first, n;    /* episodes of the set; n 0: as many as the time takes */
  double time;     /* simulated ms: it ends there, in the middle of an episode if need be; 0: no end */
  gboolean spikes; /* those of all units are kept */
} RheoPlayedHow;

/* What was done at the end of a stretch of the network. */
typedef struct
{
  double time; /* since the first episode began, ms; a step of a network counts as 1 where it has none */
  int episode; /* place among those played, from 0 */
  int step;    /* of the episode, from 0 */
  int action;
  bool undecided, over; /* votes were equal; the episode ended with it */
  double reward;
} RheoPlayedAction;

typedef struct
{
  double time;
  int32_t unit; /* of all populations of the plan in order */
} RheoPlayedSpike;

/* Nothing is played yet. trainer: borrowed, with the weights that are wanted (rheo_net_load). NULL with an error: its task is no
 * environment with actions. */
RheoPlayed *rheo_played_new (RheoTrainer *trainer, const RheoPlayedHow *how, GError **error);
/* The same of the network of a record (RHEO_WANTS_WEIGHTS), with a trainer of its own. */
RheoPlayed *rheo_played_new_of_record (const RheoRecord *record, const RheoPlayedHow *how, GError **error);
void rheo_played_free (RheoPlayed *played);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPlayed, rheo_played_free)
/* For RheoAnalysis.fits: experiments whose networks can be played so. */
gboolean rheo_played_fits (const RheoExperiment *experiment, GError **error);

/* One more episode, whose measures are added to m ("test.episode-length" ...; NULL: nowhere). FALSE: the time was over before its
 * end; what came later is thrown away, and m tells of the whole episode. */
gboolean rheo_played_next (RheoPlayed *played, RheoMetrics *m);
gboolean rheo_played_is_done (const RheoPlayed *played);
/* All that are left. progress and cancelled may be NULL. FALSE with RHEO_ERROR_CANCELLED. */
gboolean rheo_played_run (RheoPlayed *played, void (*progress) (void *data, double fraction), void *progress_data,
                          const atomic_bool *cancelled, GError **error);

RheoTrainer *rheo_played_get_trainer (const RheoPlayed *played); /* its net and task */
const RheoPlayedAction *rheo_played_get_actions (const RheoPlayed *played, int64_t *n);
/* [n_out]: spikes for each action, or outputs. */
const double *rheo_played_get_votes (const RheoPlayed *played, int64_t action);
/* What the environment showed before and after an action, [n_observed] (RheoTask.observed). */
int rheo_played_get_n_observed (const RheoPlayed *played);
const double *rheo_played_get_before (const RheoPlayed *played, int64_t action);
const double *rheo_played_get_after (const RheoPlayed *played, int64_t action);
/* In actions, of the *n episodes that came to their end. */
const int *rheo_played_get_lengths (const RheoPlayed *played, int *n);
double rheo_played_get_time (const RheoPlayed *played); /* played in all, as RheoPlayedAction.time */
/* In order of time; none unless they were asked for. */
const RheoPlayedSpike *rheo_played_get_spikes (const RheoPlayed *played, int64_t *n);

/* Adds columns:
 *   time episode step action undecided reward votes.<name> <observed> next.<observed>   action
 *   length                                                                              episode
 *   spike.time spike.unit                                                               spike, where they were kept
 *   notes "populations" = "ES:80 EA:40 ...": their sizes in the order of the units, "dt" = time between two actions
 * Episodes and steps are counted from 1, actions and units from 0. */
void rheo_played_add (const RheoPlayed *played, RheoTable *table);
