/* Thread: engine. */
/* The closed loop: episodes of an environment, each step answered by one step of the network. Environments stand side by
 * side in the rows of the network. */
#pragma once

#include "film.h"
#include "rollout.h"

typedef struct RheoPlay
{
  RheoNet *net; /* its weights are left alone, its states are not */
  const RheoTask *task;
  const void *config, *data; /* of the task */
  const RheoShape *shape;
  RheoSet set;
  uint32_t iteration; /* training: of which batch the episodes are */
  int n;              /* episodes */
  const int *index;   /* [n]: which of the set; NULL: the first n */
  RheoRollout how;  /* each step of the network: seed, noise, local rule, interventions, stop; the rest is filled in */
  gboolean goes_on; /* the network begins as it was left, not anew */
  gboolean runs_on; /* it begins anew at the first episodes only; the others follow one by one in the same run */
  /* An episode begins; state: of the environment. Or NULL. */
  void (*begin) (void *data, int episode, const void *state);
  /* What is done as action t of an episode: action [out] comes in as the output of the last step of the network. The steps
   * since the last action (shape->hold) are on the tape, in the row. NULL: the output is the action. */
  void (*choose) (void *data, int episode, int row, int t, RheoReal *action);
  /* What came of it; state: of the environment. Or NULL. */
  void (*reward) (void *data, int episode, int t, double reward, const void *state);
  /* The same for who learns from it; over: the episode is. Or NULL. */
  void (*learn) (void *data, const struct RheoPlay *play, double reward, const void *state, bool over);
  void *learn_data;
  /* The network has run to action t of all episodes: the batch, with that window on the tape. Or NULL. */
  void (*ran) (void *data, const RheoBatch *batch, int64_t t0, int64_t t1);
  void *ran_data;
  void *hook_data;
  RheoFilm *film; /* of as many episodes, or NULL */
} RheoPlay;

/* value: [episode][measure of the task], or NULL. FALSE: stopped. */
gboolean rheo_play (const RheoPlay *play, double *value);

/* The same, once more without a stop, as a batch that may be rolled out as trials are: what was seen, longest episodes first,
 * item = place among those that were played. As many episodes as fit into one wave. Without noise it leaves what the
 * episodes left. Free with rheo_play_free_batch. */
RheoBatch *rheo_play_batch (const RheoPlay *play);
void rheo_play_free_batch (RheoBatch *batch);

/* As rheo_play, and what happened as columns of a table (film.h). For tasks with a scene. FALSE: stopped; nothing was
 * added. */
gboolean rheo_play_record (const RheoPlay *play, RheoTable *table);
