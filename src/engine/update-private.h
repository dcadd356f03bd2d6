/* Thread: engine. */
/* Shared by update.c and update-rewire.c alone. */
#pragma once

#include "kernels.h"
#include "team.h"
#include "update.h"

typedef struct
{
  RheoReal *value; /* rows stride apart; NULL: the optimiser needs none */
  int64_t stride;
} RheoMoment;

typedef struct
{
  int trainable, n_rows, column, n_columns;
  int64_t row;
  double squares;
  RheoKept kept;
  int64_t n_lost;
} RheoUpdateItem;

/* What rewiring needs of a projection. */
typedef struct
{
  int32_t *source[2]; /* sources with sign +1, -1 */
  int n_sources[2];
  int64_t *lost; /* places pre * n_post + post, at the item's first place onwards */
} RheoWiring;

enum
{
  BEST,
  N_BAD,
  N_REDUCED,
  N_LOSSES,
  N_SCHEDULE,
};

struct RheoUpdater
{
  RheoNet *net;
  RheoTeam *team;
  int kind, n_trainables, n_projs, n_items;
  uint64_t seed;
  RheoMoment *mean, *square; /* per trainable */
  int *i_proj;               /* per trainable: whose weight it is; -1: another array */
  RheoUpdateItem *item;
  RheoWiring *wiring; /* per projection */
  double *norms;
  RheoKept *kept;
  int64_t *n_updates; /* KEEP */
  double *schedule;   /* KEEP; N_SCHEDULE numbers */

  /* while an update runs */
  const RheoGrad *grad;
  RheoAdam *adam; /* per trainable */
  RheoMomentum *momentum;
  RheoRmsprop *rmsprop;
};

void rheo_wiring_init (RheoWiring *wiring, const RheoProj *proj);
void rheo_wiring_release (RheoWiring *wiring);
/* --- update-away.c: on the card that keeps the gradient ----------------------------------------------------------- */
/* Whether it can. FALSE: the gradient has been fetched. */
bool rheo_update_stays_away (RheoUpdater *updater, RheoGrad *grad);
/* Sums of squares to updater->norms. */
void rheo_update_measure_away (RheoUpdater *updater);
/* With the constants of this update; counts go to updater->kept. */
void rheo_update_away (RheoUpdater *updater);

/* New synapses of a trainable that is a weight, after all items are done. TRUE: the mask changed. */
gboolean rheo_update_rewire (RheoUpdater *updater, int i_trainable);
