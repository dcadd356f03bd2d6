/* Thread: engine. */
/* What happens to weights after a gradient is known, by any rule: clipping, optimiser, constraints. The `optimiser` block
 * is embedded in a rule's config. */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_OPTIMISER_SGD,
  RHEO_OPTIMISER_MOMENTUM,
  RHEO_OPTIMISER_ADAM,
  RHEO_OPTIMISER_ADAMW,
  RHEO_OPTIMISER_RMSPROP,
} RheoOptimiserKind;

typedef enum
{
  RHEO_SCHEDULE_NONE,
  RHEO_SCHEDULE_STEP,    /* times factor after each `every` */
  RHEO_SCHEDULE_COSINE,  /* half a cosine down to min, `every` long, then min */
  RHEO_SCHEDULE_PLATEAU, /* times factor when the loss has not fallen for more than `patience` iterations */
} RheoScheduleKind;

typedef struct
{
  int kind;         /* RheoScheduleKind */
  gboolean updates; /* `every` counts updates, not iterations */
  int every, patience;
  double factor, min; /* min: fraction of the learning rate that stays */
  double threshold;   /* relative fall of the loss that counts */
} RheoSchedule;

typedef struct
{
  int kind; /* RheoOptimiserKind */
  double lr, beta1, beta2, eps, momentum, alpha, weight_decay;
  gboolean nesterov;
  double clip; /* of the global norm; 0: none */
  RheoSchedule schedule;
} RheoOptimiser;

extern const RheoParam rheo_schedule_rows[];
extern const RheoParam rheo_optimiser_rows[];

/* What the constraints of one projection met in one update (rsnn spec 2.3). */
typedef struct
{
  int64_t n_weights;
  int64_t n_zero; /* zeros once the mask is applied, before signs are clamped: sparsity = n_zero / n_weights */
  int64_t false_neg, false_pos; /* negative weights of sources with sign +1, positive ones of sign -1: set to 0 */
  int64_t n_new;                /* synapses that rewiring made */
} RheoKept;

typedef struct
{
  bool finite;          /* false: the gradient holds NaN or infinity, and nothing was changed */
  double lr;            /* with the schedule */
  double norm;          /* of the whole gradient, before clipping; frozen arrays left out */
  double scale;         /* what clipping multiplied the gradient by */
  const double *norms;  /* per trainable of the net, before clipping; borrowed until the next update */
  const RheoKept *kept; /* per projection of the net; likewise */
  RheoKept kept_signed; /* sum over the projections that keep signs or a mask */
} RheoUpdate;

/* Numbers that the optimiser keeps beside each weight: 0 to 2. */
int rheo_optimiser_count_moments (const RheoOptimiser *config);

/* An optimiser at work on all trainables of a net. */
typedef struct RheoUpdater RheoUpdater;

/* Asks the net for what must survive a resume, as KEEP arrays "<name>.…": moments, step counter, state of the schedule.
 * net must outlive the updater. config->kind must stay what it is here; everything else may change between updates.
 * seed: of the draws of rewiring. NULL: not enough memory. */
RheoUpdater *rheo_updater_new (RheoNet *net, const RheoOptimiser *config, const char *name, uint64_t seed,
                               GError **error);
void rheo_updater_free (RheoUpdater *updater);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoUpdater, rheo_updater_free)

/* One update with `grad` (its numbers are left as they are; where a card keeps them the card does it), on all threads of the net's device; the same bits for any number of them.
 * Clips by the global norm (Pascanu et al. 2013), steps each trainable (numerics of PyTorch), then holds the constraints:
 * mask, self-connections, signs, ranges, rewiring. Tells the net. iteration: since the start of the run, from 0. */
void rheo_updater_step (RheoUpdater *updater, const RheoOptimiser *config, RheoGrad *grad, int64_t iteration,
                        RheoUpdate *facts);

/* At the end of an iteration, for the plateau schedule: its validation loss, or the training loss where there is none. */
void rheo_updater_note_loss (RheoUpdater *updater, const RheoOptimiser *config, double loss);

/* What holds for a projection after every update, whoever made it: weights that a mask, a sign or a range does not allow
 * are set to 0 or to the end of the range. For rules that change weights themselves. */
void rheo_proj_hold (RheoProj *proj);
